"""Runs the web server, and sees to it that it never outlives whoever started it.

granian sets an event inside its signal handler; when the signal comes while it waits for that very event, it waits
forever. A thread that only watches for the parent's death is not caught by that, and ends the whole session.
"""

from __future__ import annotations

import os
import runpy
import signal
import sys
import threading
import time

LOOK_SECONDS = 1.0
GRACE_SECONDS = 5.0


def watch_parent(parent: int) -> None:
    """Wait until the parent is gone, give the server time to end by itself, then end its session."""
    while os.getppid() == parent:
        time.sleep(LOOK_SECONDS)
    time.sleep(GRACE_SECONDS)
    os.killpg(os.getpgid(0), signal.SIGKILL)


def main() -> None:
    """Run granian with the arguments given; the caller has put us into a session of our own."""
    threading.Thread(target=watch_parent, args=(os.getppid(),), daemon=True).start()
    sys.argv[0] = "granian"
    runpy.run_module("granian", run_name="__main__", alter_sys=True)


if __name__ == "__main__":
    main()
