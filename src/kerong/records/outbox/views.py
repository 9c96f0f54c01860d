"""Pages of the outbox: where a party is told, what was delivered, what was answered, and sending again."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from kerong.adapters.outbound import AddressRefusedError
from kerong.adapters.sheets import CSV_TYPE, XLSX_TYPE, as_csv, as_xlsx
from kerong.basics import crypto
from kerong.basics.acting import PLATFORM, current_actor
from kerong.basics.clock import current_clock
from kerong.records.outbox import actions, queries
from kerong.records.outbox.forms import EndpointForm
from kerong.records.parties.queries import name_of_party, needs

if TYPE_CHECKING:
    from django.http import HttpRequest

    from kerong.records.outbox.models import Delivery, Endpoint

PAGE = 30
EXPORTED_MAX = 5_000
STATES = ("waiting", "delivered", "given_up")
DUTIES = ("outbox.manage", "system.manage")
# Shown once, after the redirect; then it is gone from the session as well.
SHOWN_KEY = "kerong_outbox_shown_key"


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
@needs(*DUTIES)
def endpoints(request: HttpRequest) -> HttpResponse:
    """List the party's endpoints, and register another one."""
    form = EndpointForm(request.POST or None, initial={"kinds": "*", "scheme": "v1"})
    if request.method == "POST" and form.is_valid():
        said = form.cleaned_data
        try:
            made, key = actions.register_endpoint(
                owner=_owner(), url=said["url"].strip(), kinds=said["kinds"], scheme=said["scheme"]
            )
        except AddressRefusedError:
            form.add_error("url", _("地址须以 https:// 开头，写完整的公网域名，不能带端口、账号或 IP 数字。"))
        else:
            _keep_to_show(request, made, key)
            return redirect("outbox:endpoint", made.id)
    return _rendered(
        request,
        "endpoints.html",
        status=422 if form.errors else 200,
        endpoints=queries.endpoints(owner=_owner()),
        form=form,
        owner=name_of_party(_owner()),
    )


@never_cache
@require_safe
@needs(*DUTIES)
def endpoint(request: HttpRequest, key: str) -> HttpResponse:
    """Show one endpoint, its latest deliveries, and once its new key."""
    found = _endpoint(key)
    now = current_clock().now()
    return _rendered(
        request,
        "endpoint.html",
        endpoint=found,
        shown_key=_to_show(request, found),
        deliveries=queries.deliveries(owner=_owner(), endpoint_id=key)[:10],
        both_sign=bool(found.former_until and found.former_until > now),
    )


@require_POST
@needs(*DUTIES)
def rotate(request: HttpRequest, key: str) -> HttpResponse:
    """Give an endpoint a new key and show it once."""
    found = _endpoint(key)
    _made, shown = actions.rotate_secret(endpoint_id=found.id)
    _keep_to_show(request, found, shown)
    return redirect("outbox:endpoint", found.id)


@require_POST
@needs(*DUTIES)
def ping(request: HttpRequest, key: str) -> HttpResponse:
    """Send a test message."""
    found = _endpoint(key)
    try:
        actions.ping(endpoint_id=found.id)
    except actions.EndpointError:
        messages.error(request, _("这个地址已停用，先恢复再测试。"))
    else:
        messages.success(request, _("测试消息已排队，几秒后看下面的送达记录。"))
    return redirect("outbox:endpoint", found.id)


@require_POST
@needs(*DUTIES)
def switch(request: HttpRequest, key: str) -> HttpResponse:
    """Stop an endpoint, or let it be told again."""
    found = _endpoint(key)
    if found.disabled_at is None:
        actions.disable_endpoint(endpoint_id=found.id, because=_("由人工停用"))
        messages.success(request, _("已停用：不再向这个地址发送。"))
    else:
        actions.enable_endpoint(endpoint_id=found.id)
        messages.success(request, _("已恢复：积压的消息按次序发送。"))
    return redirect("outbox:endpoint", found.id)


@never_cache
@require_safe
@needs(*DUTIES)
def deliveries(request: HttpRequest) -> HttpResponse:
    """List deliveries with a filter."""
    chosen, kind, found = _deliveries(request)
    return _rendered(
        request,
        "deliveries.html",
        chosen=chosen,
        kind=kind,
        page=Paginator(found, PAGE).get_page(request.GET.get("page")),
    )


@never_cache
@require_safe
@needs(*DUTIES)
def deliveries_export(request: HttpRequest, ending: str) -> HttpResponse:
    """Hand out a list of deliveries as xlsx or csv."""
    if ending not in {"csv", "xlsx"}:
        raise Http404
    _chosen, _kind, found = _deliveries(request)
    head = [_("时间"), _("事项"), _("对象"), _("接收地址"), _("状态"), _("已试次数"), _("消息编号")]
    rows = [
        [
            each.message.published_at.astimezone(current_clock().now().tzinfo).strftime("%Y-%m-%d %H:%M:%S"),
            *(each.message.kind, each.message.subject, each.endpoint.url, each.get_state_display()),
            *(each.tries, str(each.message_id)),
        ]
        for each in found[:EXPORTED_MAX]
    ]
    content = as_csv(head, rows) if ending == "csv" else as_xlsx(_("送达"), head, rows)
    answer = HttpResponse(content, content_type=CSV_TYPE if ending == "csv" else XLSX_TYPE)
    answer["Content-Disposition"] = f'attachment; filename="deliveries.{ending}"'
    return answer


@never_cache
@require_safe
@needs(*DUTIES)
def delivery(request: HttpRequest, key: str) -> HttpResponse:
    """Show one delivery: what was sent, and every try with its answer."""
    found = _delivery(key)
    return _rendered(
        request,
        "delivery.html",
        delivery=found,
        body=json.dumps(json.loads(found.message.body), ensure_ascii=False, indent=2),
        attempts=found.attempts.all()[:50],
    )


@require_POST
@needs(*DUTIES)
def redeliver(request: HttpRequest, key: str) -> HttpResponse:
    """Send a message once more."""
    found = _delivery(key)
    try:
        actions.redeliver(delivery_id=found.id)
    except actions.EndpointError:
        messages.error(request, _("这条消息还在发送中，或接收地址已停用。"))
    else:
        messages.success(request, _("已重新排队；对方凭消息编号知道是同一条。"))
    return redirect("outbox:delivery", found.id)


def _owner() -> str:
    """Return whose endpoints the actor looks after: the institution's, or the platform's."""
    return current_actor().party or PLATFORM


def _keep_to_show(request: HttpRequest, endpoint: Endpoint, key: str) -> None:
    """Keep a new key for the next page; sealed, because sessions lie in a table."""
    request.session[SHOWN_KEY] = crypto.provider().seal(key, purpose=SHOWN_KEY, context=str(endpoint.id))


def _to_show(request: HttpRequest, endpoint: Endpoint) -> str:
    """Return a new key of this endpoint that was not shown yet, and forget it."""
    sealed = request.session.pop(SHOWN_KEY, "")
    if not sealed:
        return ""
    try:
        return crypto.provider().open(sealed, purpose=SHOWN_KEY, context=str(endpoint.id))
    except crypto.CryptoError:
        return ""


def _endpoint(key: str) -> Endpoint:
    found = queries.endpoint(key, owner=_owner())
    if found is None:
        raise Http404
    return found


def _delivery(key: str) -> Delivery:
    found = queries.delivery(key, owner=_owner())
    if found is None:
        raise Http404
    return found


def _deliveries(request: HttpRequest) -> tuple[str, str, Any]:
    chosen = request.GET.get("state", "")
    chosen = chosen if chosen in STATES else ""
    kind = request.GET.get("kind", "").replace("\0", "").strip()[:96]
    return chosen, kind, queries.deliveries(owner=_owner(), state=chosen, kind=kind)


def _rendered(request: HttpRequest, template: str, *, status: int = 200, **context: Any) -> HttpResponse:
    shown = {"section": "work", "synthetic": True, **context}
    return render(request, f"outbox/{template}", shown, status=status)
