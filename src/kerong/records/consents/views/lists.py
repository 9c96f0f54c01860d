"""Lists of consents: what a firm allowed, what an institution holds; one consent to print; the register."""

from __future__ import annotations

from typing import TYPE_CHECKING
from urllib.parse import urlencode

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.utils.http import content_disposition_header
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods, require_safe

from kerong.adapters.sheets import CSV_TYPE, XLSX_TYPE, as_csv, as_xlsx
from kerong.basics import party_reference
from kerong.basics.acting import current_actor
from kerong.records.consents import actions, queries
from kerong.records.consents.forms import AskForm, BecauseForm
from kerong.records.parties.queries import business, institutions, name_of_party, needs

if TYPE_CHECKING:
    from uuid import UUID

    from django.http import HttpRequest

    from kerong.records.consents.models import Consent

FIRM = ("firm.act", "firm.sign")
RECIPIENT = ("institution.act", "office.act", "adviser.act", "facts.import")
READERS = (*FIRM, *RECIPIENT, "audit.read")
PAGE = 25
EXPORTED_MAX = 5_000
STATES = {
    "live": (gettext_lazy("有效"), "green"),
    "withdrawn": (gettext_lazy("已撤回"), "grey"),
    "over": (gettext_lazy("已到期"), "grey"),
    "outdated": (gettext_lazy("文本已改，须重新授权"), "yellow"),
}
ANSWERS = {
    "given": gettext_lazy("已同意"),
    "refused": gettext_lazy("已拒绝"),
    "waiting": gettext_lazy("等企业答复"),
}


@require_safe
@needs(*READERS)
def consents_page(request: HttpRequest) -> HttpResponse:
    """List what waits first, then the consents: a firm's own, or those an institution holds."""
    actor = current_actor()
    is_firm = any(actor.may(duty) for duty in FIRM)
    state = request.GET.get("state", "")
    lines = [line for line in _lines() if not state or line["state"] == state]
    page = Paginator(lines, PAGE).get_page(request.GET.get("page"))
    requests = queries.requests_to(actor.party) if is_firm else []
    unsigned = queries.unsigned(actor.party) if is_firm else []
    being_signed = {each.request_id for each in unsigned}
    for each in requests:
        # An answer that waits for its signature is not to be written a second time.
        each.is_being_signed = str(each.pk) in being_signed
    return render(
        request,
        "consents/consents.html",
        {
            "section": "work",
            "is_firm": is_firm,
            "may_ask": any(actor.may(duty) for duty in RECIPIENT),
            "page": page,
            "state": state if state in STATES else "",
            "states": [(key, words) for key, (words, _light) in STATES.items()],
            "query": urlencode({"state": state}) if state in STATES else "",
            "requests": requests,
            "unsigned": unsigned,
            "refusals": queries.refusals_of(actor.party)[:PAGE] if is_firm else [],
            "asked": [
                (each, ANSWERS[queries.answer_to(each)]) for each in queries.requests_by(actor.party)[:PAGE]
            ],
            "authorisations": _banks_with_texts() if is_firm else [],
            "purpose_words": queries.PURPOSES,
            "synthetic": True,
        },
    )


@require_safe
@needs(*READERS)
def export(request: HttpRequest, ending: str) -> HttpResponse:
    """Hand out the list as xlsx or csv."""
    del request
    if ending not in {"xlsx", "csv"}:
        raise Http404
    head = [
        *(_("编号"), _("企业"), _("接收方"), _("类别"), _("用途"), _("资料"), _("授权时间"), _("有效期至")),
        *(_("状态"), _("撤回时间"), _("签署人"), _("签署人身份"), _("全文摘要")),
    ]
    rows = [
        [
            str(line["consent"].pk),
            line["subject_name"],
            line["recipient_name"],
            str(line["consent"].get_kind_display()),
            "、".join(line["purposes"]),
            "、".join(line["data_types"]),
            line["consent"].given_at.astimezone().isoformat(timespec="minutes"),
            line["consent"].until.isoformat(),
            str(line["words"]),
            line["withdrawn_at"].astimezone().isoformat(timespec="minutes") if line["withdrawn_at"] else "",
            line["consent"].signer_name,
            str(line["consent"].get_signer_standing_display()),
            line["consent"].wording_digest,
        ]
        for line in _lines()[:EXPORTED_MAX]
    ]
    content = as_xlsx(_("授权"), head, rows) if ending == "xlsx" else as_csv(head, rows)
    answer = HttpResponse(content, content_type=XLSX_TYPE if ending == "xlsx" else CSV_TYPE)
    answer["Content-Disposition"] = content_disposition_header(
        as_attachment=True, filename=f"{_('授权')}.{ending}"
    )
    answer["Cache-Control"] = "private, no-store"
    return answer


@require_safe
@needs(*READERS)
def consent_page(request: HttpRequest, key: UUID) -> HttpResponse:
    """Show one consent whole, to read and to print, with its digests and whether it verifies."""
    consent = queries.consent(key)
    if consent is None:
        raise Http404
    actor = current_actor()
    return render(
        request,
        "consents/consent.html",
        {
            "section": "work",
            **_line(consent),
            "check": queries.check_consent(consent),
            "may_withdraw": consent.owner == actor.party and any(actor.may(duty) for duty in FIRM),
            "because": BecauseForm(),
            "synthetic": True,
        },
    )


@require_http_methods(["GET", "POST"])
@needs(*RECIPIENT)
def ask_consent(request: HttpRequest) -> HttpResponse:
    """Ask a firm for a consent."""
    actor = current_actor()
    form = AskForm(
        request.POST or None, text=queries.current_text("platform_data"), initial=_asked_before(request)
    )
    if form.is_valid():
        cleaned = form.cleaned_data
        try:
            actions.ask(
                subject=party_reference.enterprise(cleaned["uscc"]),
                recipient=actor.party,
                **{name: cleaned[name] for name in ("purposes", "data_types", "until", "why")},
            )
        except actions.TooSoonError:
            form.add_error(
                None,
                _("企业不久前拒绝过同样的用途，%(days)d 天内不能再请求。") % {"days": queries.silence_days()},
            )
        else:
            messages.success(request, _("请求已送到企业的待办。"))
            return redirect("consents:consents")
    return render(
        request,
        "consents/ask.html",
        {"section": "work", "form": form, "synthetic": True},
        status=400 if form.is_bound else 200,
    )


@require_safe
@business
def register(request: HttpRequest) -> HttpResponse:
    """List the legal bases other than consent: who may use what without being asked, and by which clause."""
    return render(
        request,
        "consents/register.html",
        {
            "section": "work",
            "lines": [
                {
                    "basis": basis,
                    "purposes": [queries.PURPOSES[key] for key in basis.purposes],
                    "data_types": [queries.DATA_TYPES[key] for key in basis.data_types],
                    "end": getattr(basis, "end", None),
                }
                for basis in queries.bases()
            ],
            "synthetic": True,
        },
    )


def _asked_before(request: HttpRequest) -> dict[str, object]:
    """Return what a refused look hands over: which firm, and for what."""
    try:
        subject = party_reference.parse(request.GET.get("subject", ""))
    except party_reference.PartyReferenceError:
        return {}
    return {
        "uscc": subject.key if subject.kind == "enterprise" else "",
        "purposes": [request.GET.get("purpose", "")],
    }


def _lines() -> list[dict[str, object]]:
    names: dict[str, str] = {}
    return [_line(consent, names) for consent in queries.consents()]


def _line(consent: Consent, names: dict[str, str] | None = None) -> dict[str, object]:
    known = names if names is not None else {}
    for reference in (consent.owner, consent.recipient):
        if reference not in known:
            known[reference] = queries.name_of_recipient(reference)
    state = queries.state_of(consent)
    words, light = STATES[state]
    ended = getattr(consent, "withdrawal", None)
    return {
        "consent": consent,
        "state": state,
        "words": words,
        "light": light,
        "subject_name": known[consent.owner],
        "recipient_name": known[consent.recipient],
        "purposes": [str(queries.PURPOSES[key]) for key in consent.purposes],
        "data_types": [str(queries.DATA_TYPES[key]) for key in consent.data_types],
        "flags": [words for flag, words in queries.FLAG_WORDS.items() if getattr(consent, flag)],
        "withdrawn_at": ended.withdrawn_at if ended else None,
        "withdrawal": ended,
    }


def _banks_with_texts() -> list[tuple[str, str]]:
    keys = [key.partition(".")[2] for key in queries.texts() if key.startswith("credit_report.")]
    known = set(institutions().values_list("key", flat=True))
    return [(key, name_of_party(f"institution:{key}")) for key in keys if key in known]
