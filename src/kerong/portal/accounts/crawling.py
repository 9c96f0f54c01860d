"""Stops whoever tries out enterprise codes: thirty that are not there within ten minutes, by account or address."""

from __future__ import annotations

import hashlib
import re
from typing import TYPE_CHECKING

from allauth.core.internal.httpkit import get_client_ip
from django.shortcuts import render
from django.utils.translation import gettext as _

from kerong.basics.acting import current_actor
from kerong.portal.accounts.alarms import tell_security
from kerong.records.parties.actions import note_code_in_vain, note_crawl
from kerong.records.parties.queries import codes_in_vain

if TYPE_CHECKING:
    from collections.abc import Callable
    from typing import Any

    from django.http import HttpRequest, HttpResponse

IN_VAIN_MAX = 30
NOT_FOUND, TOO_MANY = 404, 429
_CODE = re.compile(r"[0-9A-Za-z]{18}")


class CrawlingMiddleware:
    """Counts codes asked for in vain; a stranger's firm and one that nobody has answer alike, and count alike."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        """Answer, and count the answer if it was in vain."""
        response = self.get_response(request)
        code = _code_in(getattr(request.resolver_match, "kwargs", {}))
        if code and response.status_code == NOT_FOUND:
            for who in _who(request):
                self._count(who, code)
        return response

    def process_view(
        self, request: HttpRequest, _view: object, _args: tuple[Any, ...], kwargs: dict[str, Any]
    ) -> HttpResponse | None:
        """Refuse the pages of enterprises to whoever is stopped."""
        if not _code_in(kwargs) or all(codes_in_vain(who) < IN_VAIN_MAX for who in _who(request)):
            return None
        context = {
            "title": _("查询太频繁"),
            "message": _("十分钟内查询了太多不存在的企业代码，请稍后再试。安全管理员已收到提醒。"),
            "status": TOO_MANY,
        }
        response = render(request, "429.html", context, status=TOO_MANY)
        response["Retry-After"] = "600"
        return response

    def _count(self, who: str, code: str) -> None:
        before = codes_in_vain(who)
        note_code_in_vain(who=who, code_digest=hashlib.sha256(code.encode()).hexdigest())
        if before < IN_VAIN_MAX <= codes_in_vain(who):
            note_crawl(who=who, codes=IN_VAIN_MAX)
            tell_security(
                kind="crawl_stopped",
                title="有人在试探企业代码，已暂停其查询",
                body=f"来源 {who} 在十分钟内查询了 {IN_VAIN_MAX} 个不存在的企业代码，已返回“查询太频繁”。",
            )


def _who(request: HttpRequest) -> list[str]:
    user = current_actor().user
    return [*([f"user:{user}"] if user else []), f"address:{get_client_ip(request)}"]


def _code_in(kwargs: dict[str, Any]) -> str:
    return next((value for value in kwargs.values() if isinstance(value, str) and _CODE.fullmatch(value)), "")
