"""Labels of a workflow in the reader's language."""

from __future__ import annotations

from typing import Protocol

from django.utils.translation import get_language


class Labelled(Protocol):
    """Anything of a workflow that has its name in both languages."""

    @property
    def label(self) -> str:
        """The Chinese name."""
        ...

    @property
    def label_en(self) -> str:
        """The English name."""
        ...


def said(thing: Labelled) -> str:
    """Return the name of a thing in the reader's language; Chinese where there is no other."""
    return thing.label_en if (get_language() or "").startswith("en") and thing.label_en else thing.label
