"""Whoever looks after the system sees alarms, jobs and backups, and acts on them; nobody else does."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from django.db import connection, transaction

from kerong.basics.acting import PLATFORM, house_actor
from kerong.basics.clock import current_clock
from kerong.portal.backups import Manifest, manifest
from kerong.portal.jobs.alarms import tell_of_alarms
from kerong.portal.jobs.schedule import SCHEDULE
from kerong.portal.jobs.stalled import start_stalled_jobs_again
from kerong.portal.jobs.worker import all_jobs, make_app
from kerong.records.evidence.actions import acting
from kerong.records.notices.queries import todos_of
from kerong.records.outbox.actions import defer, raise_alarm
from kerong.records.outbox.jobs import Job, perform
from kerong.records.outbox.queries import failed_runs

if TYPE_CHECKING:
    from collections.abc import Callable

    from django.test import Client


@pytest.fixture
def admin(sign_in: Callable[..., Client]) -> Client:
    return sign_in("system_admin", PLATFORM)


def an_alarm(**changed: str) -> str:
    said = {"kind": "job_failed", "what": "后台作业失败", "severity": "serious", "key": "x"} | changed
    with transaction.atomic(), acting(house_actor("test")):
        return str(raise_alarm(**said).id)


def broken() -> None:
    raise ValueError("坏了")


def a_failed_job() -> int:
    """Queue a job and let it fail for good, as the worker does."""
    with transaction.atomic():
        number = defer("test.broken", {})
        with connection.cursor() as cursor:
            cursor.execute("UPDATE procrastinate_jobs SET status = 'failed' WHERE id = %s", [number])
    with pytest.raises(ValueError, match="坏了"):
        perform(Job("test.broken", broken, retries=0), number=number, attempts=0, arguments={})
    return number


def in_queue(number: int) -> str:
    with connection.cursor() as cursor:
        cursor.execute("SELECT status::text FROM procrastinate_jobs WHERE id = %s", [number])
        return str(cursor.fetchone()[0])


def test_overview_names_alarms_and_failed_jobs(admin: Client) -> None:
    an_alarm(what="磁盘将满")
    a_failed_job()

    page = admin.get("/system/").content.decode()

    assert "磁盘将满" in page
    assert "1 个后台作业失败" in page
    assert "没有正在运行的作业进程" in page


def test_alarm_is_closed_with_a_remark_and_its_todo_with_it(admin: Client) -> None:
    alarm = an_alarm()
    with transaction.atomic(), acting(house_actor("test")):
        tell_of_alarms()
        tell_of_alarms()
    address = f"/system/alarms/{alarm}/"
    before = todos(admin)
    empty = admin.post(f"{address}close/", {"remark": " "})
    closed = admin.post(f"{address}close/", {"remark": "磁盘已扩容"}, follow=True)
    again = admin.post(f"{address}close/", {"remark": "再来"})

    assert (empty.status_code, again.status_code) == (422, 422)
    assert "磁盘已扩容" in closed.content.decode()
    assert "没有未处理的告警" in admin.get("/system/alarms/").content.decode()
    assert (before, todos(admin)) == (["系统告警：严重"], [])


def todos(client: Client) -> list[str]:
    with transaction.atomic(), acting(client.actor):
        return [each.title for each in todos_of(client.actor)]


@pytest.mark.parametrize(("verb", "status"), [("retry", "todo"), ("dismiss", "failed")])
def test_failed_job_is_retried_or_dismissed(admin: Client, verb: str, status: str) -> None:
    number = a_failed_job()
    with transaction.atomic(), acting(house_actor("test")):
        reference = failed_runs().get().reference
    page = admin.get("/system/jobs/").content.decode()

    admin.post(f"/system/jobs/{number}/{verb}/")

    assert (reference in page, in_queue(number)) == (True, status)
    assert "没有失败的作业" in admin.get("/system/jobs/").content.decode()
    assert admin.post(f"/system/jobs/{number}/{verb}/").status_code == 404


def test_backups_are_listed_with_age_and_size(
    admin: Client, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = tmp_path / "kerong-20261123-024000"
    folder.mkdir()
    at = current_clock().now() - timedelta(hours=30)
    manifest.write(
        folder,
        Manifest(
            made_at=at.isoformat(),
            version="0",
            server="15",
            tables={"a": [1234, "0"]},
            evidence_size=7,
            evidence_root="",
            files={"database.dump": [2_000_000, ""]},
        ),
    )
    monkeypatch.setenv("KERONG_BACKUP_FOLDER", str(tmp_path))

    listed, overview = admin.get("/system/backups/").content.decode(), admin.get("/system/").content.decode()

    assert "1,234" in listed
    assert "最近一次备份已超过 26 小时" in overview


def test_every_scheduled_place_exists_and_every_cron_is_understood() -> None:
    found = all_jobs("production")

    assert {line.name for line in SCHEDULE} <= found.keys()
    assert len({line.name for line in SCHEDULE}) == len(SCHEDULE)
    periodic = make_app("production").periodic_registry.periodic_tasks
    assert {name for name, _cron in periodic} >= {line.name for line in SCHEDULE}


def test_hours_of_the_schedule_are_shanghai_hours() -> None:
    from datetime import UTC, datetime

    tasks = make_app("production").periodic_registry.periodic_tasks
    nightly = next(task for (name, _cron), task in tasks.items() if name == "outbox.tidy")
    nightly.croniter.set_current(datetime(2026, 11, 23, 12, 0, tzinfo=UTC).timestamp(), force=True)

    # 3:20 in Shanghai is 19:20 the day before in UTC.
    assert datetime.fromtimestamp(nightly.croniter.get_next(float), UTC).strftime("%d %H:%M") == "23 19:20"


@pytest.mark.django_db
def test_a_job_whose_worker_died_is_due_again() -> None:
    with connection.cursor() as cursor:
        cursor.execute(
            "INSERT INTO procrastinate_workers (last_heartbeat) VALUES (now()), (now() - interval '5 minutes')"
            " RETURNING id"
        )
        alive, dead = (row[0] for row in cursor.fetchall())
        numbers = [defer("test.stalled", {}) for _ in range(3)]
        for number, worker in zip(numbers, (alive, dead, None), strict=True):
            cursor.execute(
                "UPDATE procrastinate_jobs SET status = 'doing', worker_id = %s WHERE id = %s",
                [worker, number],
            )
        start_stalled_jobs_again()
        cursor.execute(
            "SELECT status::text FROM procrastinate_jobs WHERE id = ANY(%s) ORDER BY id", [numbers]
        )
        assert [row[0] for row in cursor.fetchall()] == ["doing", "todo", "todo"]
