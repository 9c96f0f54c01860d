"""Pages for whoever looks after the system: what runs, what failed, alarms, backups, versions.

They stand in the portal because they look at every storey: jobs and alarms of the outbox, notices, backups, health.
"""

from __future__ import annotations

import os
import platform
from pathlib import Path
from typing import TYPE_CHECKING, Any

import django
from django.contrib import messages
from django.core.paginator import Paginator
from django.db import connection
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.urls import path
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST, require_safe

from kerong import __version__
from kerong.adapters.sheets import CSV_TYPE, XLSX_TYPE, as_csv, as_xlsx
from kerong.basics.acting import current_actor
from kerong.basics.clock import current_clock
from kerong.portal.backups import listed
from kerong.portal.home import home_folder
from kerong.portal.jobs.schedule import schedule_of
from kerong.records.notices import actions as notices
from kerong.records.outbox import actions, queries
from kerong.records.parties.queries import active_users, needs

if TYPE_CHECKING:
    from django.http import HttpRequest

PAGE = 30
EXPORTED_MAX = 5_000
REMARK_MAX = 500
BACKUP_AGE_MAX_HOURS = 26
LISTS = {"open": gettext_lazy("待处理"), "closed": gettext_lazy("已处理"), "all": gettext_lazy("全部")}


@never_cache
@require_safe
@needs("system.manage")
def system(request: HttpRequest) -> HttpResponse:
    """Show what needs somebody now: alarms, failed jobs, the age of the last backup, and whether everything runs."""
    backups = _backups()
    now = current_clock().now()
    newest = backups[0]["manifest"].moment if backups else None
    return _rendered(
        request,
        "system.html",
        alarms=queries.open_alarms()[:5],
        alarm_count=queries.open_alarms().count(),
        counts=queries.job_counts(),
        runners=queries.workers_alive(),
        oldest=queries.oldest_waiting(),
        newest=newest,
        is_backup_old=newest is not None and (now - newest).total_seconds() > BACKUP_AGE_MAX_HOURS * 3600,
        backup_folder=os.environ.get("KERONG_BACKUP_FOLDER", ""),
        now=now,
        versions=_versions(),
    )


@never_cache
@require_safe
@needs("system.manage")
def jobs(request: HttpRequest) -> HttpResponse:
    """Show what failed, what waits and runs, and when each scheduled job ran last."""
    from django.conf import settings

    lines = schedule_of(settings.KERONG_ENV)
    last = queries.last_runs([line.name for line in lines])
    return _rendered(
        request,
        "jobs.html",
        failed=Paginator(queries.failed_runs(), PAGE).get_page(request.GET.get("page")),
        queued=queries.queued_jobs(),
        counts=queries.job_counts(),
        runners=queries.workers_alive(),
        schedule=[(line, last.get(line.name)) for line in lines],
    )


@require_POST
@needs("system.manage")
def job_retry(request: HttpRequest, job: int) -> HttpResponse:
    """Put a failed job into the queue again."""
    return _done(request, job, actions.retry_run, _("已重新排队。"))


@require_POST
@needs("system.manage")
def job_dismiss(request: HttpRequest, job: int) -> HttpResponse:
    """Note that a failed job needs nothing more."""
    return _done(request, job, actions.dismiss_run, _("已关闭，不再重试。"))


def _done(request: HttpRequest, job: int, act: Any, words: str) -> HttpResponse:
    try:
        act(job=job)
    except actions.DismissError:
        raise Http404 from None
    messages.success(request, words)
    return redirect("system_jobs")


@never_cache
@require_safe
@needs("system.manage")
def alarms(request: HttpRequest) -> HttpResponse:
    """List alarms with a search, open ones first."""
    chosen, text, found = _alarms(request)
    return _rendered(
        request,
        "alarms.html",
        lists=LISTS.items(),
        chosen=chosen,
        text=text,
        page=Paginator(found, PAGE).get_page(request.GET.get("page")),
        now=current_clock().now(),
    )


@never_cache
@require_safe
@needs("system.manage")
def alarms_export(request: HttpRequest, ending: str) -> HttpResponse:
    """Hand out a list of alarms as xlsx or csv."""
    if ending not in {"csv", "xlsx"}:
        raise Http404
    _chosen, _text, found = _alarms(request)
    head = [
        *(_("程度"), _("类别"), _("发生了什么"), _("首次时间"), _("最近时间"), _("次数")),
        *(_("处理期限"), _("确认时间"), _("处理说明")),
    ]
    rows = [
        [
            *(
                each.get_severity_display(),
                each.kind,
                each.what,
                _moment(each.raised_at),
                _moment(each.last_at),
            ),
            *(each.times, _moment(each.deadline), _moment(each.acknowledged_at), each.remark),
        ]
        for each in found[:EXPORTED_MAX]
    ]
    content = as_csv(head, rows) if ending == "csv" else as_xlsx(_("告警"), head, rows)
    answer = HttpResponse(content, content_type=CSV_TYPE if ending == "csv" else XLSX_TYPE)
    answer["Content-Disposition"] = f'attachment; filename="alarms.{ending}"'
    return answer


@never_cache
@require_safe
@needs("system.manage")
def alarm(request: HttpRequest, key: str) -> HttpResponse:
    """Show one alarm with its whole story, and the form that closes it."""
    return _alarm_page(request, key)


@require_POST
@needs("system.manage")
def alarm_close(request: HttpRequest, key: str) -> HttpResponse:
    """Close an alarm with a word on what was done."""
    remark = request.POST.get("remark", "").replace("\0", "").strip()
    if not remark or len(remark) > REMARK_MAX:
        return _alarm_page(request, key, remark=remark, error=_("请写明查到了什么、做了什么，500 字以内。"))
    try:
        closed = actions.acknowledge_alarm(alarm_id=key, remark=remark)
    except actions.AlarmNotOpenError:
        return _alarm_page(request, key, remark=remark, error=_("这条告警刚刚已由他人处理。"))
    notices.done(key=f"alarm:{closed.id}")
    messages.success(request, _("已记下处理结果。"))
    return redirect("system_alarm", closed.id)


@never_cache
@require_safe
@needs("system.manage")
def backups(request: HttpRequest) -> HttpResponse:
    """List the finished backups with their age and size."""
    return _rendered(
        request,
        "backups.html",
        backups=_backups(),
        folder=_folder(),
        is_scheduled=bool(os.environ.get("KERONG_BACKUP_FOLDER")),
        now=current_clock().now(),
    )


def _alarm_page(request: HttpRequest, key: str, *, remark: str = "", error: str = "") -> HttpResponse:
    found = queries.alarm(key)
    if found is None:
        raise Http404
    who = active_users().filter(id=found.acknowledged_by).first() if found.acknowledged_by else None
    context = {"alarm": found, "who": who, "remark": remark, "error": error, "now": current_clock().now()}
    return _rendered(request, "alarm.html", status=422 if error else 200, **context)


def _alarms(request: HttpRequest) -> tuple[str, str, Any]:
    chosen = request.GET.get("list", "open")
    chosen = chosen if chosen in LISTS else "open"
    text = request.GET.get("q", "").replace("\0", "").strip()[:100]
    found = queries.open_alarms() if chosen == "open" else queries.alarms()
    if chosen == "closed":
        found = found.filter(acknowledged_at__isnull=False)
    return chosen, text, found.filter(what__icontains=text) if text else found


def _folder() -> Path:
    return Path(os.environ.get("KERONG_BACKUP_FOLDER") or home_folder() / "backups")


def _backups() -> list[dict[str, Any]]:
    try:
        return [{"name": folder.name, "manifest": manifest} for folder, manifest in listed(_folder())]
    except OSError:
        return []


def _versions() -> list[tuple[str, str]]:
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT current_setting('server_version'), pg_size_pretty(pg_database_size(current_database()))"
        )
        server, size = cursor.fetchone()
    return [
        ("Kerong", __version__),
        ("Python", platform.python_version()),
        ("Django", django.get_version()),
        ("PostgreSQL", server),
        (_("数据库大小"), size),
    ]


def _moment(at: Any) -> str:
    return at.astimezone(current_clock().now().tzinfo).strftime("%Y-%m-%d %H:%M") if at else ""


def _rendered(request: HttpRequest, template: str, *, status: int = 200, **context: Any) -> HttpResponse:
    shown = {"section": "system", "synthetic": True, "actor": current_actor(), **context}
    return render(request, f"system/{template}", shown, status=status)


urlpatterns = [
    path("system/", system, name="system"),
    path("system/jobs/", jobs, name="system_jobs"),
    path("system/jobs/<int:job>/retry/", job_retry, name="system_job_retry"),
    path("system/jobs/<int:job>/dismiss/", job_dismiss, name="system_job_dismiss"),
    path("system/alarms/", alarms, name="system_alarms"),
    path("system/alarms/export.<str:ending>", alarms_export, name="system_alarms_export"),
    path("system/alarms/<uuid:key>/", alarm, name="system_alarm"),
    path("system/alarms/<uuid:key>/close/", alarm_close, name="system_alarm_close"),
    path("system/backups/", backups, name="system_backups"),
]
