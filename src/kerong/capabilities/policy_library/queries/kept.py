"""What is worked out once for a law, a day and a language, and kept until the law changes."""

from __future__ import annotations

import threading
from collections import OrderedDict
from typing import TYPE_CHECKING, Any, TypeVar

from kerong.capabilities.policy_library.queries.expressions import language

if TYPE_CHECKING:
    from collections.abc import Callable

    from kerong.records.packs.queries import CurrentLaw

Found = TypeVar("Found")
_KEPT_MAX = 12
_kept: OrderedDict[object, Any] = OrderedDict()
_lock = threading.Lock()


def kept(law: CurrentLaw, make: Callable[[CurrentLaw], Found]) -> Found:
    """Return what ``make`` finds in the law, found once and kept; two threads may find it at the same time."""
    key = (make.__module__, make.__qualname__, law.library.sha256, law.on, language())
    with _lock:
        if key in _kept:
            _kept.move_to_end(key)
            return _kept[key]
    found = make(law)
    with _lock:
        _kept[key] = found
        while len(_kept) > _KEPT_MAX:
            _kept.popitem(last=False)
    return found
