"""Draws an address as a QR code, as an image that stands in the page itself."""

from __future__ import annotations

import base64
from io import BytesIO

import qrcode
from qrcode.image.svg import SvgPathFillImage


def as_image(text: str) -> str:
    """Return the QR code of a text as a data address for ``<img>``, white behind."""
    drawing = qrcode.make(text, image_factory=SvgPathFillImage, border=4)
    written = BytesIO()
    drawing.save(written)
    return f"data:image/svg+xml;base64,{base64.b64encode(written.getvalue()).decode()}"
