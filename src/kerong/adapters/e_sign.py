"""The door to an electronic signature service: sends the code to a telephone, names the signatures.

No real service is connected yet. Outside production an invented one stands in and says so wherever it signs.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol

from django.conf import settings

from kerong.basics import crypto

if TYPE_CHECKING:
    from uuid import UUID

DEMO_LABEL = "演示签名，不具法律效力"
CODE_DIGITS = 6


class NoSignerError(RuntimeError):
    """No signature service is connected, and an invented one is not for production."""


class Signer(Protocol):
    """A signature service: who checks the signer's identity and sends the code."""

    label: str

    def send_code(self, *, request: UUID, phone: str) -> str:
        """Send a fresh code to a telephone and return it, so that its digest can be kept."""
        ...


class DemoSigner:
    """Sends nothing: the code is worked out from the request, so that `kerong demo code` can show it."""

    label = DEMO_LABEL

    def send_code(self, *, request: UUID, phone: str) -> str:
        """Return the code of a request."""
        del phone
        return demo_code(request)


def signer() -> Signer:
    """Return the service that is connected. Raises NoSignerError in production, where none is yet."""
    if settings.KERONG_ENV == "production":
        raise NoSignerError(
            "no electronic signature service is connected; see docs/how_to/give_people_access.md"
        )
    return DemoSigner()


def demo_code(request: UUID) -> str:
    """Return the code that the invented service would have sent for a request. Raises NoSignerError in production."""
    if settings.KERONG_ENV == "production":
        raise NoSignerError("codes are shown in the demo only")
    number = int(crypto.provider().blind(str(request), purpose="demo.signing_code"), 16)
    return f"{number % 10**CODE_DIGITS:0{CODE_DIGITS}}"
