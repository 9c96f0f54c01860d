"""An alarm stays one row while it is open, and says who closed it and why."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from kerong.basics.acting import PLATFORM, Actor
from kerong.records.evidence.actions import acting
from kerong.records.evidence.queries import events
from kerong.records.outbox.actions import acknowledge_alarm, raise_alarm
from kerong.records.outbox.actions.alarms import AlarmNotOpenError
from kerong.records.outbox.models import Alarm

if TYPE_CHECKING:
    from collections.abc import Callable

pytestmark = pytest.mark.usefixtures("house")


def test_the_same_alarm_counts_up_while_it_is_open() -> None:
    for _ in range(3):
        alarm = raise_alarm(kind="job_failed", what="作业失败", severity="warning", key="job:x")
    acknowledge_alarm(alarm_id=alarm.id, remark="已处理")
    raise_alarm(kind="job_failed", what="作业又失败", severity="warning", key="job:x")

    assert list(Alarm.objects.order_by("raised_at").values_list("times", "remark")) == [
        (3, "已处理"),
        (1, ""),
    ]


def test_anybody_may_notice_but_only_the_platform_sees(person_in: Callable[..., Actor]) -> None:
    with acting(person_in("agent", "enterprise:A")):
        raise_alarm(kind="k", what="w", severity="serious", key="x")
        seen_by_firm = Alarm.objects.count()
    with acting(person_in("system_admin", PLATFORM)):
        seen_by_administrator = Alarm.objects.count()

    assert (seen_by_firm, seen_by_administrator) == (0, 1)


def test_closing_is_recorded_and_happens_once(person_in: Callable[..., Actor]) -> None:
    alarm = raise_alarm(kind="k", what="w", severity="notice", key="x")
    administrator = person_in("system_admin", PLATFORM)
    with acting(administrator):
        acknowledge_alarm(alarm_id=alarm.id, remark="看过了")
        with pytest.raises(AlarmNotOpenError):
            acknowledge_alarm(alarm_id=alarm.id, remark="再来")

    recorded = events(stream="outbox", row_id=str(alarm.id)).values_list("kind", "actor_user")
    assert list(recorded) == [("alarm_acknowledged", administrator.user), ("alarm_raised", "")]


def test_an_unknown_severity_is_refused() -> None:
    with pytest.raises(ValueError, match="severity is one of"):
        raise_alarm(kind="k", what="w", severity="bad", key="x")
