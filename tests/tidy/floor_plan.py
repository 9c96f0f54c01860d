"""Writes docs/floor_plan.md: every folder and file of the package with the sentence it opens with."""

from __future__ import annotations

import ast
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
PLAN = ROOT / "docs" / "floor_plan.md"
LEFT_OUT = ("migrations", "tests", "__pycache__")
HEADING = """\
# Floor plan

Generated from the first sentence of every file by `make floor-plan`; do not edit.
"""


def floor_plan(root: Path = ROOT) -> str:
    """Return the page for the package under `root`."""
    package = root / "src" / "kerong"
    lines = [HEADING]
    for folder in sorted([package, *(path for path in package.rglob("*") if path.is_dir())]):
        if any(part in LEFT_OUT for part in folder.relative_to(package).parts):
            continue
        files = sorted(path for path in folder.glob("*.py") if path.name != "__init__.py")
        about = first_sentence(folder / "__init__.py")
        if not files and not about:
            continue
        name = "/".join(("kerong", *folder.relative_to(package).parts))
        lines += [f"## {name}", "", *([about, ""] if about else [])]
        lines += [f"- `{path.name}`: {first_sentence(path)}" for path in files]
        lines += [""] if files else []
    return "\n".join(lines)


def first_sentence(path: Path) -> str:
    """Return the first line of a file's docstring, or nothing."""
    if not path.exists():
        return ""
    docstring = ast.get_docstring(ast.parse(path.read_text(encoding="utf-8")))
    return docstring.splitlines()[0].strip() if docstring else ""


def main() -> None:
    """Write the page, or with --check complain when it is not fresh."""
    wanted = floor_plan()
    if "--check" not in sys.argv:
        PLAN.write_text(wanted, encoding="utf-8")
        print(f"Wrote {PLAN.relative_to(ROOT)}.")
    elif not PLAN.exists() or PLAN.read_text(encoding="utf-8") != wanted:
        sys.exit("docs/floor_plan.md is not fresh: run `make floor-plan`.")


if __name__ == "__main__":
    main()
