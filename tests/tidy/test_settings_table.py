"""The how-to for a server names every variable of the environment that the service reads, and no other."""

from __future__ import annotations

import re
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
VARIABLE = re.compile(r"\b(?:KERONG|DATABASE)_[A-Z][A-Z_]*[A-Z]\b")
READ = re.compile(
    r"""(?:environ(?:\.get\(|\[)|getenv\(|_listed\(|envvar=)\s*["']((?:KERONG|DATABASE)_[A-Z_]+)["']"""
    r"""|^[A-Z_]+ = "((?:KERONG|DATABASE)_[A-Z_]+)"$""",
    re.MULTILINE,
)


def test_table_of_settings_is_complete() -> None:
    sources = [path for path in (ROOT / "src").rglob("*.py") if "tests" not in path.parts]
    read = {
        name
        for path in sources
        for pair in READ.findall(path.read_text(encoding="utf-8"))
        for name in pair
        if name
    }
    page = (ROOT / "docs" / "how_to" / "run_a_server.md").read_text(encoding="utf-8")
    table = {name for line in page.splitlines() if line.startswith("| `") for name in VARIABLE.findall(line)}

    assert (sorted(read - table), sorted(table - read)) == ([], [])
