"""The only HTTP client of the service: https to listed hosts, at an address that was looked at, and nothing else.

A web address that somebody else wrote must never make us knock at our own doors (SSRF). So the name is resolved once,
every address it has must be a public one, and the connection goes to exactly that address while the certificate is
checked for the name. Nobody is followed anywhere, and answers have a size and a time.
"""

from __future__ import annotations

import http.client
import ipaddress
import socket
import ssl
import threading
import time
from contextlib import suppress
from dataclasses import dataclass, field
from typing import TYPE_CHECKING
from urllib.parse import SplitResult, urlsplit

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping

HTTPS_PORT = 443
SECONDS_MAX = 20.0
ANSWER_BYTES_MAX = 64 * 1024
_LETTERS = frozenset("abcdefghijklmnopqrstuvwxyz0123456789-.")


class OutboundError(Exception):
    """A request that was not sent, or whose answer did not come in time or in size."""


class AddressRefusedError(OutboundError):
    """An address we do not talk to; nothing was sent."""


@dataclass(frozen=True)
class Answer:
    """What the other side said. A redirect is an answer like any other: nobody follows it."""

    status: int
    headers: Mapping[str, str]
    body: bytes

    @property
    def is_success(self) -> bool:
        """Tell whether the status is 2xx."""
        return 200 <= self.status < 300  # noqa: PLR2004 - HTTP's own numbers


def resolved(host: str, port: int) -> list[str]:
    """Return every address of a name, as text."""
    try:
        found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    except OSError as error:
        raise OutboundError(f"the name {host} cannot be found: {error}") from None
    return list(dict.fromkeys(str(entry[4][0]) for entry in found))


@dataclass(frozen=True)
class Outbound:
    """A client for one purpose.

    ``hosts`` are the names it may talk to (``None``: any public host, for addresses that parties register themselves).
    ``loopback`` lets tests and the demo talk to this machine in plain HTTP; no setting can turn it on, and production
    code never passes it. ``resolve`` and ``trust`` are for tests.
    """

    purpose: str
    hosts: frozenset[str] | None
    loopback: bool = False
    seconds: float = SECONDS_MAX
    answer_bytes: int = ANSWER_BYTES_MAX
    resolve: Callable[[str, int], list[str]] = resolved
    trust: ssl.SSLContext | None = field(default=None, repr=False)

    def check(self, url: str) -> None:
        """Tell whether an address has the right form and host, without asking for it. Raises AddressRefusedError."""
        self._parts(url)

    def send(
        self, method: str, url: str, *, headers: Mapping[str, str] | None = None, body: bytes = b""
    ) -> Answer:
        """Send one request and return the answer, whatever its status.

        Raises AddressRefusedError before anything is sent, and OutboundError for everything else that goes wrong.
        """
        deadline = time.monotonic() + self.seconds
        parts, host, port = self._parts(url)
        address = self._address(host, port)
        connection = _Pinned(
            host, port, address, tls=self._tls(parts), seconds=max(0.1, deadline - time.monotonic())
        )
        target = parts.path or "/"
        if parts.query:
            target += f"?{parts.query}"
        # Somebody who sends one byte now and then would outlast any limit on single reads.
        watch = threading.Timer(max(0.1, deadline - time.monotonic()), connection.cut)
        watch.daemon = True
        watch.start()
        try:
            connection.request(method, target, body=body, headers={"User-Agent": "kerong", **(headers or {})})
            answer = connection.getresponse()
            content = self._read(answer)
            connection.check_whole()
            return Answer(
                answer.status, {name.lower(): value for name, value in answer.getheaders()}, content
            )
        except OutboundError:
            raise
        except (OSError, http.client.HTTPException, ValueError) as error:
            if connection.was_cut:
                raise OutboundError(f"no whole answer within {self.seconds:g} seconds") from None
            raise OutboundError(f"{type(error).__name__}: {error}") from None
        finally:
            watch.cancel()
            connection.close()

    def _parts(self, url: str) -> tuple[SplitResult, str, int]:
        if any(character.isspace() or not character.isprintable() for character in url) or "\\" in url:
            raise AddressRefusedError("an address has no spaces, control characters or backslashes")
        try:
            parts = urlsplit(url)
            port = parts.port
        except ValueError as error:
            raise AddressRefusedError(f"this is no address: {error}") from None
        wanted = ("https", "http") if self.loopback else ("https",)
        if parts.scheme not in wanted:
            raise AddressRefusedError("an address must begin with https://")
        if parts.username is not None or parts.password is not None:
            raise AddressRefusedError("an address must not hold a user name or a password")
        if not parts.netloc.isascii():
            raise AddressRefusedError("write the name of the host in ASCII (xn--…)")
        host = (parts.hostname or "").rstrip(".").lower()
        if not host:
            raise AddressRefusedError("the address names no host")
        if self.hosts is not None and host not in self.hosts:
            raise AddressRefusedError(f"{host} is not among the hosts for {self.purpose}")
        if not self.loopback:
            _check_name(host)
        if not self.loopback and port not in {None, HTTPS_PORT}:
            raise AddressRefusedError(f"only port {HTTPS_PORT} is used")
        return parts, host, port or (HTTPS_PORT if parts.scheme == "https" else 80)

    def _address(self, host: str, port: int) -> str:
        """Resolve once; one address that is not public refuses them all."""
        found = self.resolve(host, port)
        if not found:
            raise OutboundError(f"the name {host} has no address")
        for text in found:
            if (self.loopback and ipaddress.ip_address(text).is_loopback) or is_public(text):
                continue
            raise AddressRefusedError(f"{host} leads to {text}, which is not a public address")
        return found[0]

    def _tls(self, parts: SplitResult) -> ssl.SSLContext | None:
        if parts.scheme != "https":
            return None
        context = self.trust or ssl.create_default_context()
        context.minimum_version = ssl.TLSVersion.TLSv1_2
        return context

    def _read(self, answer: http.client.HTTPResponse) -> bytes:
        content = answer.read(self.answer_bytes + 1)
        if len(content) > self.answer_bytes:
            raise OutboundError(f"the answer is longer than {self.answer_bytes:,} bytes")
        return content


class _Pinned(http.client.HTTPConnection):
    """A connection to one address that was looked at, under the name it was looked up by."""

    def __init__(
        self, host: str, port: int, address: str, *, tls: ssl.SSLContext | None, seconds: float
    ) -> None:
        super().__init__(host, port, timeout=seconds)
        self._address = address
        self._tls = tls
        self.was_cut = False

    def cut(self) -> None:
        """End the connection from another thread: whoever waits for it is woken with an error."""
        self.was_cut = True
        if self.sock is not None:
            with suppress(OSError):
                self.sock.shutdown(socket.SHUT_RDWR)

    def check_whole(self) -> None:
        """Refuse an answer that ended because we cut it. Raises TimeoutError."""
        if self.was_cut:
            raise TimeoutError

    def connect(self) -> None:
        """Connect to the address, never to what the name means by now."""
        self.sock = socket.create_connection((self._address, self.port), self.timeout)
        if self._tls is not None:
            self.sock = self._tls.wrap_socket(self.sock, server_hostname=self.host)


def is_public(text: str) -> bool:
    """Tell whether an address belongs to the open Internet, seeing through every way to hide another one in it."""
    try:
        address = ipaddress.ip_address(text.partition("%")[0])
    except ValueError:
        return False
    if isinstance(address, ipaddress.IPv6Address):
        hidden = address.ipv4_mapped or address.sixtofour or (address.teredo[1] if address.teredo else None)
        if hidden is None and address in _NAT64:
            hidden = ipaddress.IPv4Address(int(address) & 0xFFFFFFFF)
        if hidden is None and int(address) >> 32 == 0:
            hidden = ipaddress.IPv4Address(int(address))
        if hidden is not None and not is_public(str(hidden)):
            return False
        if address.is_site_local:
            return False
    return address.is_global and not (address.is_multicast or address.is_reserved or address.is_unspecified)


_NAT64 = ipaddress.IPv6Network("64:ff9b::/96")


def _check_name(host: str) -> None:
    """Refuse numbers in place of names: decimal, octal and hexadecimal spellings hide an address from the reader."""
    last = host.rpartition(".")[2]
    if set(host) - _LETTERS or "." not in host or last.isdigit() or last.startswith("0x"):
        raise AddressRefusedError(
            "an address needs the full name of a host, such as api.example.com; no numbers"
        )


def client_for(purpose: str, hosts: Iterable[str] | None) -> Outbound:
    """Return a client for a purpose and the hosts it may talk to."""
    return Outbound(purpose, None if hosts is None else frozenset(name.lower() for name in hosts))
