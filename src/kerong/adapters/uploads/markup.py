"""Refuses XML that declares a document type or entities: the door of XXE and of a billion laughs."""

from __future__ import annotations

from typing import IO
from xml.etree.ElementTree import ParseError

from defusedxml.common import DefusedXmlException
from defusedxml.ElementTree import iterparse
from django.utils.translation import gettext as _

from kerong.adapters.uploads.refusals import UploadRefusedError


def refuse_declarations(content: IO[bytes]) -> None:
    """Read up to the first element, before which alone a declaration can stand. Raises UploadRefusedError."""
    try:
        next(iter(iterparse(content, events=("start",), forbid_dtd=True)))
    except DefusedXmlException as error:
        raise UploadRefusedError("markup", _("文件里有不允许的 XML 声明（DTD 或实体）。")) from error
    except (ParseError, StopIteration, LookupError, ValueError) as error:
        raise UploadRefusedError("content", _("文件损坏，读不出来。")) from error
