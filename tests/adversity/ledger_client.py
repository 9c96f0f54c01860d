"""A client of the books that never gives up: posts its keys one by one, from the first, whatever has happened before.

Started by test_ledger.py as a process of its own, and killed by it. Arguments: who it is, how many keys.
"""

from __future__ import annotations

import sys
from datetime import date

import django

DAY = date(2026, 1, 5)


def main() -> int:
    """Post every key; exit with 0 when the database confirmed all of them."""
    django.setup()
    from django.db import transaction

    from kerong.basics.acting import house_actor
    from kerong.records.evidence.actions import acting
    from kerong.records.ledger import actions
    from kerong.records.ledger.actions import Leg

    who, count = sys.argv[1], int(sys.argv[2])
    for number in range(count):
        legs = [Leg("5001", 7), Leg("1002", -7)]
        with transaction.atomic(), acting(house_actor("adversity")):
            entry = actions.post(
                book="pool",
                key=f"{who}-{number}",
                legs=legs,
                happened_on=DAY,
                what="付",
                pending=number % 3 == 0,
            )
        if entry.kind == "pending":
            with transaction.atomic(), acting(house_actor("adversity")):
                follow = actions.void if number % 2 else actions.post_pending
                follow(entry_id=entry.id, key=f"{who}-{number}-end", happened_on=DAY)
    return 0


if __name__ == "__main__":
    sys.exit(main())
