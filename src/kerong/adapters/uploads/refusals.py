"""Why an upload is refused, in words for the person who chose the file."""

from __future__ import annotations


class UploadRefusedError(ValueError):
    """A file that is not taken. ``reason`` is a stable word for logs and tests; the message is for the reader."""

    def __init__(self, reason: str, words: str) -> None:
        super().__init__(words)
        self.reason = reason
