"""Answers the one question of the facts door: on which ground may this recipient use this kind of data now."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from kerong.basics.clock import current_clock
from kerong.records.consents.models import Consent, LegalBasis
from kerong.records.consents.queries.words import FLAG_NEEDED_BY, check_words, current_text
from kerong.records.evidence.actions import house
from kerong.records.parties import queries as parties

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Iterator
    from datetime import date

    from django.db.models import QuerySet
    from django.utils.functional import Promise

CATEGORY = "category:"
# GB 32100 assigns codes that begin with X to nobody: such an enterprise is invented.
_INVENTED = "enterprise:X"


@dataclass(frozen=True, slots=True)
class Basis:
    """The ground that was found. ``reference`` is what a log keeps: ``consent:<id>``, ``basis:<id>`` or ``own``."""

    kind: str
    reference: str
    words: Promise | str
    cites: str = ""
    until: date | None = None
    text_digest: str = ""


def basis_for(
    *, subject: str, recipient: str, purpose: str, data_type: str, flags: Collection[str] = ()
) -> Basis | None:
    """Return the ground on which ``recipient`` may use ``data_type`` of ``subject`` for ``purpose`` now, or None.

    ``recipient`` is a party reference, ``data_type`` a key of DATA_TYPES (for a fact: its holder). A subject always
    reads what is about itself. ``flags`` names what else shall be done: "publish", "cross_border", "to_third_party";
    kinds of data that need a flag of their own are never read without it. Looks at all rows, whoever acts; needs an
    open transaction. Raises WordError for words that are not registered.
    """
    return bases_for(
        subject=subject, recipient=recipient, purpose=purpose, data_types=(data_type,), flags=flags
    )[data_type]


def bases_for(
    *,
    subject: str,
    recipient: str,
    purpose: str,
    data_types: Iterable[str],
    flags: Collection[str] = (),
) -> dict[str, Basis | None]:
    """Return `basis_for` of several kinds of data at once, with the same few questions to the database."""
    wanted = tuple(dict.fromkeys(data_types))
    check_words(purposes=(purpose,), data_types=wanted, flags=tuple(flags))
    if subject == recipient and "publish" not in flags and "cross_border" not in flags:
        return dict.fromkeys(wanted, Basis("own", "own", _("本主体查看自己的资料")))
    with house("whether a consent lives is decided over all rows, not over those the reader sees"):
        consents = list(live_consents(subject=subject, recipient=recipient, purpose=purpose))
        registered = list(_registered(subject, recipient, purpose))
    return {
        data_type: _first_ground(data_type, consents, registered, frozenset(flags)) for data_type in wanted
    }


def live_consents(
    *, subject: str = "", recipient: str = "", purpose: str = "", key: str = ""
) -> Iterator[Consent]:
    """Yield the consents that hold now, the latest first: not withdrawn, not over, their text still counting.

    Sees the rows that the session sees.
    """
    found = Consent.objects.filter(withdrawal__isnull=True, until__gte=current_clock().today())
    if key:
        found = found.filter(pk=key)
    if subject:
        found = found.filter(owner=subject)
    if recipient:
        found = found.filter(recipient__in=_names_of(recipient))
    if purpose:
        found = found.filter(purposes__contains=[purpose])
    for consent in found.order_by("-given_at", "-id"):
        if consent.text_version >= current_text(consent.text_key).counts_from:
            yield consent


def bases() -> QuerySet[LegalBasis]:
    """Return the registered legal bases that the session sees, the latest first, each with its end."""
    return LegalBasis.objects.select_related("end").order_by("-registered_at", "-id")


def still_holds(*, reference: str) -> bool:
    """Tell whether a ground found earlier still holds: for transfers that run on. Needs an open transaction."""
    kind, _colon, key = reference.partition(":")
    with house("whether a ground still holds is decided over all rows"):
        if kind == "consent":
            return any(True for _one in live_consents(key=key))
        if kind == "basis":
            return _in_force(LegalBasis.objects.filter(pk=key)).exists()
    return reference == "own"


def _registered(subject: str, recipient: str, purpose: str) -> QuerySet[LegalBasis]:
    subjects = [subject, LegalBasis.EVERYBODY]
    if subject.startswith(_INVENTED):
        subjects.append(LegalBasis.INVENTED)
    return _in_force(
        LegalBasis.objects.filter(
            subject__in=subjects,
            recipient__in=[*_names_of(recipient), LegalBasis.EVERYBODY],
            purposes__contains=[purpose],
        )
    ).order_by("-registered_at", "-id")


def _in_force(found: QuerySet[LegalBasis]) -> QuerySet[LegalBasis]:
    today = current_clock().today()
    return found.filter(Q(until__isnull=True) | Q(until__gte=today), since__lte=today, end__isnull=True)


def _first_ground(
    data_type: str, consents: list[Consent], registered: list[LegalBasis], flags: frozenset[str]
) -> Basis | None:
    needed = flags | ({FLAG_NEEDED_BY[data_type]} if data_type in FLAG_NEEDED_BY else set())
    for consent in consents:
        if data_type in consent.data_types and all(getattr(consent, flag) for flag in needed):
            return Basis(
                "consent",
                f"consent:{consent.pk}",
                consent.get_kind_display(),
                until=consent.until,
                text_digest=consent.wording_digest,
            )
    # No other ground reaches as far as a separate consent: onward, into public, abroad.
    for basis in () if flags else registered:
        if (data_type in basis.data_types) if basis.data_types else not needed:
            return Basis(basis.kind, f"basis:{basis.pk}", basis.words, basis.cites, basis.until)
    return None


def _names_of(recipient: str) -> list[str]:
    """Return the recipient and the category that it belongs to."""
    kind, _colon, key = recipient.partition(":")
    if kind != "institution":
        return [recipient]
    institution = next((each for each in parties.institutions() if each.key == key), None)
    return [recipient, f"{CATEGORY}{institution.kind}"] if institution else [recipient]
