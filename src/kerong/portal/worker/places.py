"""Where the population that the worker judges lies in a home folder."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from pathlib import Path


def population_folder(home: Path) -> Path:
    """Return the folder of the population: its facts, how they were made, and the snapshot."""
    return home / "population"


def snapshot_folder(home: Path) -> Path:
    """Return the folder of the snapshot that the worker opens."""
    return population_folder(home) / "snapshot"
