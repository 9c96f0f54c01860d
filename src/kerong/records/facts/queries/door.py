"""The one door to facts: asks on which ground, shows what the ground reaches, and logs the look or the refusal."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.core.exceptions import PermissionDenied
from django.utils.translation import gettext as _

from kerong.basics import party_reference
from kerong.basics.acting import current_actor
from kerong.basics.clock import current_clock
from kerong.basics.identifiers import new_identifier
from kerong.records.consents.queries import bases_for
from kerong.records.evidence.actions import house, seal
from kerong.records.facts.models import Dossier, FactLookup, Observation
from kerong.records.facts.queries.disputes import declarations_of, marks_of
from kerong.records.facts.queries.kinds_of_data import data_types_of, is_published
from kerong.records.facts.queries.known import FactsView, KnownFact, stale_from
from kerong.records.facts.queries.sealing import opened
from kerong.records.facts.queries.standing import origin_of
from kerong.records.packs.queries import current

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping
    from datetime import date

    from kerong.engines.rules.model import Fact
    from kerong.records.facts.models import Dispute
    from kerong.records.facts.queries.known import Mark

DEMONSTRATION, OWN_USE, HANDLING = "demonstration", "own_use", "dispute_handling"
_INVENTED = "enterprise:X"
_CONSENT = "consent:"


class UnknownFactError(ValueError):
    """A name that the law in force does not know as a fact."""


class NoBasisError(PermissionDenied):
    """There is no consent and no other legal basis for this look; the refusal is logged.

    The log line is written where the error is raised. A caller whose transaction fails because of it loses that line,
    so whoever catches the error for good calls `keep_refusal`. It is the same for a subject that does not exist.
    """

    def __init__(self, lookup: FactLookup) -> None:
        self.lookup = lookup
        self.subject, self.purpose = lookup.owner, lookup.purpose
        super().__init__(
            _("没有该主体对这一用途的有效授权，也没有登记的其他合法依据，不能查看。可以向企业发出授权请求。")
        )


def facts_of(*, subject: str, purpose: str, names: Iterable[str] | None = None) -> FactsView:
    """Return what the acting party may see of a subject for a purpose, and log the look; needs an open transaction.

    With ``names`` every one of them must be reached by a ground. Without, the view holds what is reached and names the
    rest as withheld. Raises NoBasisError when no ground reaches what was asked, PartyReferenceError or WordError or
    UnknownFactError for words that mean nothing.
    """
    party_reference.parse(subject)
    law = current().library.facts
    asked = _asked(names, law)
    grounds = _grounds(subject, purpose, asked, law)
    reached = [name for name in asked if _reached(law[name], law, grounds)]
    if not reached and names is None:
        raise _refused(subject, purpose, asked)
    stored, seen = _stored(subject, asked)
    published = {name for name in stored if is_published(law[name], seen[name].basis)}
    open_names = {*reached, *published}
    if names is not None and not open_names.issuperset(asked):
        raise _refused(subject, purpose, asked)
    shown = {name: value for name, value in stored.items() if name in open_names}
    lookup = _log(
        FactLookup.Kind.OWN_USE if current_actor().party == subject else FactLookup.Kind.READ,
        subject,
        purpose,
        shown,
        grounds,
    )
    return FactsView(
        subject=subject,
        purpose=purpose,
        facts=_known(subject, shown, seen, law),
        lookup=str(lookup.id),
        at=lookup.at,
        grounds={data_type: str(ground["words"]) for data_type, ground in grounds.items() if ground},
        withheld=tuple(name for name in asked if name not in open_names),
    )


def own_facts(subject: str) -> FactsView:
    """Return everything that is held on the acting party itself; logged as own use. Raises NoBasisError."""
    if current_actor().party != subject:
        raise _refused(subject, OWN_USE, ())
    return facts_of(subject=subject, purpose=OWN_USE)


def disputed_item(found: Dispute) -> tuple[KnownFact | None, int | str | None]:
    """Return the fact that an objection is about as it holds now, and its value when the objection came; logged.

    For who may see the objection: whoever verifies it must see the item, and nothing else of the subject.
    """
    law = current().library.facts
    values, seen = _stored(found.owner, [found.name])
    with house("the objection names the observation it is about"):
        first = Observation.objects.filter(id=found.observation).first()
        then = opened(first.values.get(found.name), owner=found.owner) if first else None
    ground = {
        "kind": "statutory_duty",
        "reference": f"dispute:{found.id}",
        "words": _("异议核实（征信业管理条例第二十五条）"),
    }
    is_own = current_actor().party == found.owner
    kind = FactLookup.Kind.OWN_USE if is_own else FactLookup.Kind.READ
    _log(kind, found.owner, OWN_USE if is_own else HANDLING, [found.name], {found.name: ground})
    return _known(found.owner, values, seen, law).get(found.name), then


def keep_refusal(error: NoBasisError) -> None:
    """Write the refusal's log line again if the failing transaction took it back; needs an open transaction."""
    with house("the log of refusals belongs to the subject"):
        if not FactLookup.objects.filter(id=error.lookup.id).exists():
            error.lookup.save(force_insert=True)
            seal(error.lookup, stream="facts", kind="look_refused", subject=error.lookup.owner)


def _asked(names: Iterable[str] | None, law: Mapping[str, Fact]) -> tuple[str, ...]:
    if names is None:
        return tuple(name for name, fact in law.items() if not fact.derived and not fact.published_by)
    asked = tuple(dict.fromkeys(names))
    if strange := [name for name in asked if name not in law or law[name].derived]:
        raise UnknownFactError(f"{', '.join(strange)}: no such stored fact")
    return asked


def _grounds(
    subject: str, purpose: str, asked: Iterable[str], law: Mapping[str, Fact]
) -> dict[str, dict[str, str] | None]:
    wanted = sorted({each for name in asked for each in data_types_of(law[name], law)})
    if purpose == DEMONSTRATION and subject.startswith(_INVENTED):
        words = {"kind": DEMONSTRATION, "reference": DEMONSTRATION, "words": _("演示企业（虚构）")}
        return dict.fromkeys(wanted, words)
    recipient = current_actor().party
    if not recipient:
        return dict.fromkeys(wanted)
    found = bases_for(subject=subject, recipient=recipient, purpose=purpose, data_types=wanted)
    return {
        data_type: {"kind": basis.kind, "reference": basis.reference, "words": str(basis.words)}
        if basis
        else None
        for data_type, basis in found.items()
    }


def _reached(fact: Fact, law: Mapping[str, Fact], grounds: Mapping[str, Any]) -> bool:
    return all(grounds[each] for each in data_types_of(fact, law))


def _stored(subject: str, names: Iterable[str]) -> tuple[dict[str, Any], dict[str, Observation]]:
    """Return the values that hold, and the observation of each; reads past row security, so the caller has asked."""
    with house("the door has found the ground, or shows published facts only"):
        dossier = Dossier.objects.filter(owner=subject).first()
        if dossier is None:
            return {}, {}
        values = {name: dossier.values[name] for name in names if name in dossier.values}
        ids = {name: origin_of(dossier.origins, name) for name in values}
        rows = {
            str(row.id): row
            for row in Observation.objects.filter(id__in=set(ids.values())).defer("values", "batch")
        }
    return values, {name: rows[key] for name, key in ids.items()}


def _known(
    subject: str, values: Mapping[str, Any], seen: Mapping[str, Observation], law: Mapping[str, Fact]
) -> dict[str, KnownFact]:
    today = current_clock().today()
    with house("marks and declarations go wherever the fact goes"):
        marks, declarations = marks_of(subject), declarations_of(subject)
    return {
        name: _one(
            law[name],
            opened(value, owner=subject),
            seen[name],
            today,
            marks.get(name),
            declarations.get(name, ""),
        )
        for name, value in values.items()
    }


def _one(  # noqa: PLR0913, PLR0917 - what is known of one fact
    fact: Fact, value: Any, row: Observation, today: date, mark: Mark | None, declaration: str
) -> KnownFact:
    old = stale_from(row.as_of, fact.freshness_months)
    return KnownFact(
        fact=fact,
        value=value,
        observation=str(row.id),
        source=row.source,
        origin=row.origin,
        as_of=row.as_of,
        stated_at=row.stated_at,
        basis=row.basis,
        stale_from=old,
        is_stale=old is not None and today >= old,
        age_days=(today - row.as_of).days,
        disputed=mark,
        declaration=declaration,
    )


def _refused(subject: str, purpose: str, asked: Iterable[str]) -> NoBasisError:
    lookup = _log(FactLookup.Kind.REFUSED, subject, purpose, asked, {}, because="no_basis")
    return NoBasisError(lookup)


def _log(  # noqa: PLR0913, PLR0917 - what a log line says
    kind: FactLookup.Kind,
    subject: str,
    purpose: str,
    names: Iterable[str],
    grounds: Mapping[str, dict[str, str] | None],
    because: str = "",
) -> FactLookup:
    actor, now = current_actor(), current_clock().now()
    used = {ground["reference"]: ground for ground in grounds.values() if ground}
    consents = [reference.removeprefix(_CONSENT) for reference in used if reference.startswith(_CONSENT)]
    lookup = FactLookup(
        id=new_identifier(now),
        owner=subject,
        kind=kind,
        at=now,
        user=actor.user,
        person=actor.person,
        party=actor.party,
        role=actor.role,
        purpose=purpose,
        fields=list(names),
        basis=[used[reference] for reference in sorted(used)],
        consent=consents[0] if consents else "",
        because=because,
        request=actor.request,
    )
    with house("the log belongs to the subject, not to who looks"):
        lookup.save(force_insert=True)
        refused = kind == FactLookup.Kind.REFUSED
        seal(lookup, stream="facts", kind="look_refused" if refused else "facts_looked_up", subject=subject)
    return lookup
