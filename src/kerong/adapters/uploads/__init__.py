"""What comes in from outside as a file: checked before it is kept, read where it can do no harm."""

from kerong.adapters.uploads.accepting import SIZE_MAX, TYPES, Accepted, accept
from kerong.adapters.uploads.refusals import UploadRefusedError
from kerong.adapters.uploads.spreadsheets import SheetLimits, read_sheet

__all__ = ["SIZE_MAX", "TYPES", "Accepted", "SheetLimits", "UploadRefusedError", "accept", "read_sheet"]
