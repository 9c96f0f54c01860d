"""Letters and statements: PDF/A by typst in our own font, and editable .docx laid out as official papers are."""

from kerong.adapters.letters.codes import new_code, normal_code, shown_code
from kerong.adapters.letters.content import LetterContent, LetterTable
from kerong.adapters.letters.official import letter_docx
from kerong.adapters.letters.pdf import LetterError, letter_pdf, statement_pdf

__all__ = [
    "LetterContent",
    "LetterError",
    "LetterTable",
    "letter_docx",
    "letter_pdf",
    "new_code",
    "normal_code",
    "shown_code",
    "statement_pdf",
]
