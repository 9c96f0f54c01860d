"""Lets the tests of this folder import its tables as `access.routes` and `access.samples`."""

import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))
