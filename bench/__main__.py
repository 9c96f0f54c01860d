"""Run one benchmark by name: `python -m bench population`."""

from __future__ import annotations

import importlib
import sys

NAMES = (
    "population",
    "single",
    "catalogue",
    "register",
    "directory",
    "invoices",
    "facts_load",
    "evidence",
    "ledger",
)


def main() -> int:
    """Run what was asked for; the exit code is 0 even where a goal is missed, unless `--strict` is given."""
    name, arguments = (sys.argv[1] if len(sys.argv) > 1 else ""), sys.argv[2:]
    if name not in NAMES:
        print(f"Which benchmark? One of: {', '.join(NAMES)}", file=sys.stderr)
        return 2
    strict = "--strict" in arguments
    missed = importlib.import_module(f"bench.{name}").main([a for a in arguments if a != "--strict"])
    return int(strict and missed > 0)


if __name__ == "__main__":
    sys.exit(main())
