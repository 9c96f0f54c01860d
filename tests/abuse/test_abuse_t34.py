"""T34: nobody makes the service knock at its own doors (SSRF) through an address they wrote. SEC-27."""

from __future__ import annotations

import ssl
import subprocess
import sys
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from kerong.adapters.outbound import AddressRefusedError, Outbound, OutboundError, client_for, is_public

if TYPE_CHECKING:
    from collections.abc import Iterator

ROOT = Path(__file__).resolve().parents[2]
NAME = "hook.partner.example"


def never(_host: str, _port: int) -> list[str]:
    raise AssertionError("the name was looked up although the address must be refused before that")


@pytest.mark.parametrize(
    "url",
    [
        "http://hook.partner.example/",  # not TLS
        "ftp://hook.partner.example/",
        "file:///etc/passwd",
        "gopher://hook.partner.example/",
        "https://user:secret@hook.partner.example/",  # credentials
        "https://hook.partner.example@127.0.0.1/",
        "https://127.0.0.1/",
        "https://127.1/",
        "https://0/",
        "https://2130706433/",  # decimal
        "https://0177.0.0.1/",  # octal
        "https://0x7f.0.0.1/",  # hexadecimal
        "https://0x7f000001/",
        "https://169.254.169.254/latest/meta-data/",
        "https://100.100.100.200/latest/meta-data/",
        "https://[::1]/",
        "https://[::ffff:127.0.0.1]/",
        "https://[::ffff:7f00:1]/",
        "https://[fe80::1%25eth0]/",
        "https://localhost/",
        "https://①②⑦.⓪.⓪.①/",  # digits in disguise
        "https://hook.partner.example:22/",
        "https://hook.partner.example:99999/",
        "https://hook.partner.example\\@127.0.0.1/",
        "https://hook.partner.example/\r\nHost: internal",
        "https://hook.partner.example /",
        "https:///path",
        "",
    ],
)
def test_abuse_T34_address_is_refused_before_anything_is_looked_up(url: str) -> None:
    with pytest.raises(AddressRefusedError):
        Outbound("webhooks", None, resolve=never).send("POST", url)


def test_abuse_T34_host_that_is_not_listed_is_refused() -> None:
    with pytest.raises(AddressRefusedError, match="not among the hosts for registry"):
        Outbound("registry", frozenset({"registry.example"}), resolve=never).send("GET", f"https://{NAME}/")


@pytest.mark.parametrize(
    "address",
    [
        "127.0.0.1",
        "127.255.255.254",
        "0.0.0.0",  # noqa: S104 - an address to be refused
        "10.0.0.5",
        "172.16.0.1",
        "192.168.1.1",
        "100.64.0.1",
        "100.100.100.200",
        "169.254.169.254",
        "192.0.0.1",
        "192.0.2.1",
        "198.18.0.1",
        "224.0.0.1",
        "240.0.0.1",
        "255.255.255.255",
        "::",
        "::1",
        "::127.0.0.1",
        "::ffff:127.0.0.1",
        "::ffff:1.1.1.1",  # nobody registers one
        "::ffff:10.0.0.5",
        "::ffff:169.254.169.254",
        "64:ff9b::7f00:1",
        "64:ff9b::a9fe:a9fe",
        "2002:7f00:1::",
        "fe80::1",
        "fe80::1%eth0",
        "fec0::1",
        "fc00::1",
        "fd00:ec2::254",
        "ff02::1",
        "2001:db8::1",
        "not an address",
    ],
)
def test_abuse_T34_name_that_leads_to_us_is_refused(address: str) -> None:
    client = Outbound("webhooks", None, resolve=lambda _host, _port: ["1.1.1.1", address])

    with pytest.raises(AddressRefusedError, match="not a public address"):
        client.send("POST", f"https://{NAME}/")


@pytest.mark.parametrize("address", ["1.1.1.1", "223.5.5.5", "2400:3200::1"])
def test_abuse_T34_public_address_is_not_refused(address: str) -> None:
    assert is_public(address)


class _Receiver(BaseHTTPRequestHandler):
    """Answers as its path says, and counts."""

    seen: list[str] = []

    def do_POST(self) -> None:
        self.seen.append(self.path)
        self.rfile.read(int(self.headers.get("Content-Length", 0)))
        if self.path == "/redirect":
            self.send_response(302)
            self.send_header("Location", "/inside")
            self.end_headers()
        elif self.path == "/large":
            self.send_response(200)
            self.end_headers()
            self.wfile.write(b"x" * 200_000)
        elif self.path == "/dribble":
            self.send_response(200)
            self.end_headers()
            self._dribble()
        else:
            self.send_response(200)
            self.end_headers()
            self.wfile.write(b"ok")

    def _dribble(self) -> None:
        stop = threading.Event()
        for _ in range(100):
            try:
                self.wfile.write(b".")
            except OSError:
                return
            stop.wait(0.1)

    def log_message(self, *_arguments: object) -> None:
        """Say nothing."""


@pytest.fixture
def receiver() -> Iterator[ThreadingHTTPServer]:
    server = ThreadingHTTPServer(("127.0.0.1", 0), _Receiver)
    server.daemon_threads = True
    _Receiver.seen = []
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield server
    server.shutdown()
    server.server_close()


def near(server: ThreadingHTTPServer, path: str) -> str:
    return f"http://127.0.0.1:{server.server_port}{path}"


def test_abuse_T34_redirect_is_an_answer_and_not_followed(receiver: ThreadingHTTPServer) -> None:
    answer = Outbound("test", None, loopback=True).send("POST", near(receiver, "/redirect"), body=b"{}")

    assert (answer.status, answer.is_success, _Receiver.seen) == (302, False, ["/redirect"])


def test_abuse_T34_name_is_looked_up_once_and_the_connection_goes_there(
    receiver: ThreadingHTTPServer,
) -> None:
    """A name that changes its meaning between the look and the call (rebinding) is called where it was looked at."""
    asked: list[str] = []

    def first_here_then_nowhere(host: str, _port: int) -> list[str]:
        asked.append(host)
        return ["127.0.0.1"] if len(asked) == 1 else ["203.0.113.9"]

    client = Outbound("test", None, loopback=True, resolve=first_here_then_nowhere)
    answer = client.send("POST", f"http://rebinding.example:{receiver.server_port}/x", body=b"{}")

    assert (answer.status, asked, _Receiver.seen) == (200, ["rebinding.example"], ["/x"])


def test_abuse_T34_answer_that_is_too_long_is_refused(receiver: ThreadingHTTPServer) -> None:
    with pytest.raises(OutboundError, match="longer than"):
        Outbound("test", None, loopback=True).send("POST", near(receiver, "/large"))


def test_abuse_T34_answer_that_never_ends_is_cut(receiver: ThreadingHTTPServer) -> None:
    with pytest.raises(OutboundError, match="no whole answer within"):
        Outbound("test", None, loopback=True, seconds=0.7).send("POST", near(receiver, "/dribble"))


def test_abuse_T34_certificate_is_checked_for_the_name(receiver: ThreadingHTTPServer, tmp_path: Path) -> None:
    """The connection goes to the address, the certificate must be the name's: one for another name is refused."""
    key, certificate = _certificate_for("somebody.else.example", tmp_path)
    server_side = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    server_side.load_cert_chain(certificate, key)
    receiver.socket = server_side.wrap_socket(receiver.socket, server_side=True)
    trust = ssl.create_default_context(cafile=str(certificate))

    def here(_host: str, _port: int) -> list[str]:
        return ["127.0.0.1"]

    client = Outbound("test", None, loopback=True, resolve=here, trust=trust)
    with pytest.raises(OutboundError, match="CERTIFICATE_VERIFY_FAILED"):
        client.send("POST", f"https://{NAME}:{receiver.server_port}/")
    answer = client.send("POST", f"https://somebody.else.example:{receiver.server_port}/", body=b"{}")

    assert answer.status == 200


def _certificate_for(name: str, folder: Path) -> tuple[Path, Path]:
    key, certificate = folder / "key.pem", folder / "certificate.pem"
    subprocess.run(
        [
            *(
                "openssl",
                "req",
                "-x509",
                "-newkey",
                "rsa:2048",
                "-nodes",
                "-days",
                "2",
                "-subj",
                f"/CN={name}",
            ),
            *("-addext", f"subjectAltName=DNS:{name}", "-keyout", str(key), "-out", str(certificate)),
        ],
        check=True,
        capture_output=True,
    )
    return key, certificate


def test_abuse_T34_clients_of_the_service_never_talk_to_loopback() -> None:
    assert not client_for("webhooks", None).loopback
    users = [
        path.relative_to(ROOT).as_posix()
        for path in sorted((ROOT / "src").rglob("*.py"))
        if "loopback=True" in path.read_text(encoding="utf-8") and "tests" not in path.parts
    ]
    assert users == []


@pytest.mark.parametrize(
    "library", ["requests", "urllib.request", "http.client", "httpx", "urllib3", "aiohttp"]
)
def test_abuse_T34_other_http_clients_are_refused_by_the_linter(library: str, tmp_path: Path) -> None:
    """SEC-27: the lint rule itself is tested, so that it cannot fall away unseen."""
    del tmp_path
    found = subprocess.run(
        [
            *(sys.executable, "-m", "ruff", "check", "--no-cache", "--output-format", "concise"),
            *("--stdin-filename", "src/kerong/records/outbox/elsewhere.py", "-"),
        ],
        input=f'"""Elsewhere."""\n\nimport {library}\n\nprint({library})\n',
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
    )

    assert "TID251" in found.stdout
