"""Hands a draft in for release, and releases what others approved: 经办—复核—审批, each another person."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.db import transaction
from django.urls import reverse

from kerong.basics.acting import current_actor
from kerong.basics.clock import current_clock
from kerong.basics.identifiers import new_identifier
from kerong.records.approvals import actions as approvals
from kerong.records.approvals.actions import StepUpNeededError, is_stepped_up
from kerong.records.approvals.queries import approved, name_of_account
from kerong.records.documents.actions import share
from kerong.records.documents.queries import material
from kerong.records.evidence.actions import house, seal
from kerong.records.packs.actions.checking import mistakes_in
from kerong.records.packs.actions.drafting import DraftRefusedError, with_lock
from kerong.records.packs.actions.releasing import lock_releases, store_release
from kerong.records.packs.models import Release, Submission
from kerong.records.packs.queries.differences import differences, overwriting
from kerong.records.packs.queries.drafts import (
    base_release,
    digest_of_release,
    draft,
    latest_version,
    release_of,
    submission_of,
    whole_texts,
)
from kerong.records.packs.queries.libraries import release
from kerong.records.packs.queries.releases import texts_of
from kerong.records.packs.queries.texts import texts_sha256
from kerong.records.parties.queries import ROLES, live_memberships

if TYPE_CHECKING:
    from datetime import date
    from uuid import UUID

    from kerong.records.packs.models import Draft, DraftVersion

KIND = "packs.release"
_READERS = ("packs.review", "packs.approve", "audit.read")


def submit_draft(  # noqa: PLR0913 - what puts a law in force
    *,
    draft_id: str | UUID,
    document_number: str,
    in_force_from: date | None,
    attachment: str,
    note: str = "",
    correction: str = "",
) -> Submission:
    """Hand the version a draft stands at in for release, and return the submission with its approval.

    ``attachment`` is the id of a material of the library. A number changed under its old first day needs
    ``correction``, the reason why that is a correction (正误). Raises DraftRefusedError with every problem.
    """
    found = draft(draft_id)
    if found is None:
        raise DraftRefusedError({"draft": "there is no such draft"})
    with transaction.atomic():
        with_lock(found)
        version = latest_version(found)
        document = material(attachment) if attachment else None
        head = {
            "document_number": document_number.strip(),
            "correction": correction.strip(),
            "note": note.strip(),
        }
        problems = _problems(found, version, head["correction"])
        if not head["document_number"]:
            problems["document_number"] = "missing"
        if in_force_from is None:
            problems["in_force_from"] = "missing"
        if document is None or document.is_withdrawn:
            problems["attachment"] = "missing"
        if problems or document is None or in_force_from is None:
            raise DraftRefusedError(problems)
        return _submitted(found, version, document.sha256, in_force_from, str(document.id), head)


def release_draft(*, draft_id: str | UUID, approval_id: str | UUID) -> Release:
    """Release what was handed in under an approval that every step agreed to, and return the release.

    Everything is checked again on the day: the digest, the attachment, the law, the numbers overwritten. Raises
    StepUpNeededError, DraftRefusedError.
    """
    if not is_stepped_up():
        raise StepUpNeededError
    actor, found, handed_in = current_actor(), draft(draft_id), submission_of(approval_id)
    if found is None or handed_in is None or handed_in.version.draft_id != found.id:
        raise DraftRefusedError({"draft": "there is no such draft"})
    with transaction.atomic():
        lock_releases()
        version = latest_version(found)
        document = _seen_by_house(handed_in.attachment)
        digest = digest_of_release(
            texts_sha256=texts_sha256(whole_texts(version)),
            document_number=handed_in.document_number,
            in_force_from=handed_in.in_force_from,
            attachment_sha256=document,
            correction=handed_in.correction,
            note=handed_in.note,
        )
        problems = _problems(found, version, handed_in.correction)
        if not approved(approval_id=handed_in.approval, content_digest=digest):
            problems["approval"] = "not approved by every step, or for another content"
        if problems:
            raise DraftRefusedError(problems)
        return store_release(
            whole_texts(version),
            library_sha256=version.library_sha256,
            released_by=name_of_account(actor.user) or actor.role,
            document_number=handed_in.document_number,
            in_force_from=handed_in.in_force_from,
            note=handed_in.note,
            origin=Release.Origin.OFFICIAL,
            attachment=handed_in.attachment,
            attachment_sha256=handed_in.attachment_sha256,
            draft=str(found.id),
            approval=handed_in.approval,
            correction=handed_in.correction,
        )


def _problems(found: Draft, version: DraftVersion, correction: str) -> dict[str, str]:
    """Return what stands in the way of releasing a version: mistakes, another base, numbers overwritten."""
    problems: dict[str, str] = {}
    newest, base = base_release(), release(version.base_number)
    if release_of(found) is not None:
        problems["draft"] = "released"
    if not version.texts:
        problems["texts"] = "nothing is changed"
    if newest is None or base is None or newest.number != version.base_number:
        problems["base"] = "another release came in between"
        return problems
    whole = whole_texts(version)
    _sha256, mistakes = mistakes_in(whole, current_clock().today())
    if mistakes:
        problems["mistakes"] = f"{len(mistakes)}"
    if overwriting(differences(texts_of(base), whole)) and not correction:
        problems["correction"] = "missing"
    return problems


def _submitted(  # noqa: PLR0913, PLR0917 - parts of one submission
    found: Draft,
    version: DraftVersion,
    attachment_sha256: str,
    in_force_from: date,
    attachment: str,
    head: dict[str, str],
) -> Submission:
    digest = digest_of_release(
        texts_sha256=version.texts_sha256,
        in_force_from=in_force_from,
        attachment_sha256=attachment_sha256,
        **head,
    )
    asked = approvals.ask(
        kind=KIND,
        subject=f"draft:{found.id}",
        what=f"{found.title}（{head['document_number']}）",
        content_digest=digest,
        link=reverse("packs:draft", args=[found.id]),
    )
    made = Submission.objects.create(
        id=new_identifier(current_clock().now()),
        version=version,
        in_force_from=in_force_from,
        attachment=attachment,
        attachment_sha256=attachment_sha256,
        content_digest=digest,
        approval=str(asked.id),
        submitted_at=current_clock().now(),
        **head,
    )
    seal(made, stream="packs", kind="draft_submitted", subject=found.owner)
    for party in _readers():
        if party != found.owner:
            share(document_id=attachment, reader=party, reference=f"approval:{asked.id}")
    return made


def _readers() -> list[str]:
    """Return the parties whose people review, approve and later audit releases: they read the attachment."""
    roles = [role.key for role in ROLES.values() if any(duty in role.duties for duty in _READERS)]
    parties = live_memberships().filter(role__in=roles).values_list("party", flat=True)
    return sorted(set(parties))


def _seen_by_house(attachment: str) -> str:
    with house("whoever releases need not be the owner of the attachment"):
        found = material(attachment)
    return found.sha256 if found and not found.is_withdrawn else ""
