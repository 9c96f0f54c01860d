"""What a firm does with its consents: give, answer a request, send for signature, withdraw."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.contrib import messages
from django.http import Http404
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from kerong.basics.acting import current_actor
from kerong.records.consents import actions, queries
from kerong.records.consents.forms import BecauseForm, GiveForm, SignedForm
from kerong.records.parties.actions import SigningError
from kerong.records.parties.queries import masked_signer_phone, needs, signing_request

if TYPE_CHECKING:
    from uuid import UUID

    from django.http import HttpRequest, HttpResponse

    from kerong.records.consents.models import ConsentRequest
    from kerong.records.consents.queries import TextVersion

FIRM = ("firm.act", "firm.sign")
_LINKS = "kerong_signing_links"


@require_http_methods(["GET", "POST"])
@needs(*FIRM)
def give_consent(request: HttpRequest) -> HttpResponse:
    """Give a consent, or send it to whoever may sign."""
    return _form(request, asked=None)


@require_http_methods(["GET", "POST"])
@needs(*FIRM)
def answer_request(request: HttpRequest, key: UUID) -> HttpResponse:
    """Answer what an institution asked for; everything is to be ticked by hand."""
    return _form(request, asked=_open_request(key))


@require_POST
@needs(*FIRM)
def refuse_request(request: HttpRequest, key: UUID) -> HttpResponse:
    """Say no; the same is not asked again for a while."""
    asked = _open_request(key)
    for purpose in asked.purposes:
        actions.refuse(
            subject=asked.owner, recipient=asked.recipient, purpose=purpose, request_id=str(asked.pk)
        )
    messages.success(
        request, _("已拒绝。%(days)d 天内对方不能为同样的用途再来请求。") % {"days": queries.silence_days()}
    )
    return redirect("consents:consents")


@require_http_methods(["GET", "POST"])
@needs(*FIRM)
def credit_report(request: HttpRequest, bank: str) -> HttpResponse:
    """Send a bank's own authorisation to query the credit report to whoever must sign it in person."""
    actor, recipient = current_actor(), f"institution:{bank}"
    try:
        text = queries.current_text(f"credit_report.{bank}")
    except queries.WordError:
        raise Http404 from None
    form = SignedForm(request.POST or None, text=text, subject=actor.party, must_be_signed=True)
    if form.is_valid():
        terms = {
            "recipient": recipient,
            "purposes": text.purposes,
            "data_types": text.data_types,
            "until": form.cleaned_data["until"],
            "flags": (),
        }
        return _prepare(request, form, text, terms, "")
    return render(
        request,
        "consents/credit_report.html",
        {"section": "work", "form": form, "text": text, "recipient": recipient, "synthetic": True},
        status=400 if form.is_bound else 200,
    )


@require_safe
@needs(*FIRM)
def waiting(request: HttpRequest, key: UUID) -> HttpResponse:
    """Show what waits for a signature; the link itself is shown once, right after it was made."""
    found = next((each for each in queries.unsigned(current_actor().party) if each.pk == key), None)
    if found is None:
        if (signed := queries.signed_from(key)) is not None:
            return redirect("consents:consent", key=signed.pk)
        raise Http404
    links: dict[str, str] = request.session.get(_LINKS, {})
    address = links.pop(str(key), "")
    request.session[_LINKS] = links
    signing = signing_request(found.signing_request_id)
    return render(
        request,
        "consents/waiting.html",
        {
            "section": "work",
            "waiting": found,
            "address": request.build_absolute_uri(address) if address else "",
            "phone": masked_signer_phone(signing) if signing else "",
            "is_opened": bool(signing and signing.opened_at),
            "synthetic": True,
        },
    )


@require_POST
@needs(*FIRM)
def send_again(request: HttpRequest, key: UUID) -> HttpResponse:
    """Make a fresh link for what waits for a signature."""
    return _with_waiting(request, key, again=True)


@require_POST
@needs(*FIRM)
def take_back(request: HttpRequest, key: UUID) -> HttpResponse:
    """Take back what waits for a signature."""
    return _with_waiting(request, key, again=False)


@require_POST
@needs(*FIRM)
def withdraw_consent(request: HttpRequest, key: UUID) -> HttpResponse:
    """Withdraw at once."""
    consent = queries.consent(key)
    if consent is None:
        raise Http404
    form = BecauseForm(request.POST)
    actions.withdraw(consent_id=consent.pk, because=form.cleaned_data["because"] if form.is_valid() else "")
    messages.success(request, _("已撤回，对方从现在起不能再看。"))
    return redirect("consents:consent", key=consent.pk)


def _form(request: HttpRequest, *, asked: ConsentRequest | None) -> HttpResponse:
    actor = current_actor()
    text = queries.current_text(asked.text_key if asked else "platform_data")
    form = GiveForm(
        request.POST or None,
        text=text,
        subject=actor.party,
        must_be_signed=not actor.may("firm.sign"),
        purposes=asked.purposes if asked else (),
        data_types=asked.data_types if asked else (),
        recipient=asked.recipient if asked else "",
        initial={"recipient": asked.recipient} if asked else {},
    )
    request_id = str(asked.pk) if asked else ""
    if form.is_valid():
        if form.must_be_signed:
            return _prepare(request, form, text, form.terms(), request_id)
        consent = actions.give(subject=actor.party, text_key=text.key, request_id=request_id, **form.terms())
        messages.success(request, _("已授权。随时可以撤回。"))
        return redirect("consents:consent", key=consent.pk)
    return render(
        request,
        "consents/give.html",
        {
            "section": "work",
            "form": form,
            "text": text,
            "asked": asked,
            "silence": queries.silence_days(),
            "synthetic": True,
        },
        status=400 if form.is_bound else 200,
    )


def _prepare(
    request: HttpRequest, form: SignedForm, text: TextVersion, terms: dict[str, Any], request_id: str
) -> HttpResponse:
    name, phone = form.signing()
    row, address = actions.prepare(
        subject=current_actor().party,
        text_key=text.key,
        signer_name=name,
        signer_phone=phone,
        request_id=request_id,
        **terms,
    )
    request.session[_LINKS] = {**request.session.get(_LINKS, {}), str(row.pk): address}
    return redirect("consents:waiting", key=row.pk)


def _with_waiting(request: HttpRequest, key: UUID, *, again: bool) -> HttpResponse:
    if not any(each.pk == key for each in queries.unsigned(current_actor().party)):
        raise Http404
    try:
        if again:
            address = actions.send_again(unsigned_id=key)
            request.session[_LINKS] = {**request.session.get(_LINKS, {}), str(key): address}
            return redirect("consents:waiting", key=key)
        actions.take_back(unsigned_id=key)
        messages.success(request, _("已撤下，链接不能再用。"))
    except SigningError:
        # Signed or taken back while the page stood open.
        messages.warning(request, _("这份授权书刚刚有了变化，请看下面的列表。"))
    return redirect("consents:consents")


def _open_request(key: UUID) -> ConsentRequest:
    found = next((each for each in queries.requests_to(current_actor().party) if each.pk == key), None)
    if found is None:
        raise Http404
    return found
