"""Finds the record and capability folders that Django shall load."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from pathlib import Path

STOREYS = ("records", "capabilities")


def installed_folders(package_folder: Path) -> list[str]:
    """Return the dotted names of all record and capability folders, records first, in a stable order."""
    return [
        f"kerong.{storey}.{folder.name}"
        for storey in STOREYS
        for folder in sorted((package_folder / storey).iterdir())
        if (folder / "__init__.py").is_file()
    ]
