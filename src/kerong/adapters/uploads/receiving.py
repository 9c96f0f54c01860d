"""Stops reading a request that sends more than any page takes, before it fills the disk."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.core.exceptions import RequestDataTooBig
from django.core.files.uploadhandler import FileUploadHandler

if TYPE_CHECKING:
    from django.core.files.uploadedfile import UploadedFile

REQUEST_MAX = 64 * 1024 * 1024
"""Of all files in one request; each page has its own, smaller limit for one file."""


class CappedUploadHandler(FileUploadHandler):
    """The first of Django's handlers: counts what comes in and passes it on."""

    def __init__(self, request: Any = None) -> None:
        super().__init__(request)
        self.seen = 0

    def handle_raw_input(
        self,
        input_data: Any,
        META: Any,  # noqa: N803 - Django calls it so
        content_length: int,
        boundary: bytes,
        encoding: str | None = None,
    ) -> None:
        """Refuse by what the request says of its own length. Raises RequestDataTooBig."""
        del input_data, META, boundary, encoding
        if content_length > REQUEST_MAX:
            raise RequestDataTooBig("the request sends more than any page takes")

    def receive_data_chunk(self, raw_data: bytes, start: int) -> bytes:
        """Count and pass on. Raises RequestDataTooBig."""
        del start
        self.seen += len(raw_data)
        if self.seen > REQUEST_MAX:
            raise RequestDataTooBig("the request sends more than any page takes")
        return raw_data

    def file_complete(self, file_size: int) -> UploadedFile | None:
        """Leave the file to the next handler."""
        del file_size
        return None
