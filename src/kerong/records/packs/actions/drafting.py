"""Saves drafts: 测算稿, each version whole, checked as it is saved, and never in force by itself."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.db import connection, transaction

from kerong.basics.acting import PLATFORM, current_actor
from kerong.basics.clock import current_clock
from kerong.basics.identifiers import new_identifier
from kerong.records.approvals import actions as approvals
from kerong.records.approvals.queries import name_of_account
from kerong.records.evidence.actions import seal
from kerong.records.packs.actions.checking import mistakes_in
from kerong.records.packs.models import Draft, DraftVersion
from kerong.records.packs.queries.drafts import (
    base_release,
    draft,
    latest_version,
    merged,
    release_of,
    submissions_of,
)
from kerong.records.packs.queries.libraries import release
from kerong.records.packs.queries.releases import texts_of
from kerong.records.packs.queries.texts import problems_of_text, texts_sha256

if TYPE_CHECKING:
    from collections.abc import Mapping
    from uuid import UUID

    from kerong.records.packs.models import Release

CHANGED_BECAUSE = "草案内容在提交后有改动"


class DraftRefusedError(ValueError):
    """The draft cannot be saved, handed in or released; ``problems`` maps each field to what is wrong with it."""

    def __init__(self, problems: dict[str, str]) -> None:
        self.problems = problems
        super().__init__("; ".join(f"{field}: {problem}" for field, problem in problems.items()))


def save_draft(
    *,
    texts: Mapping[str, str | None],
    draft_id: str | UUID | None = None,
    title: str = "",
    note: str = "",
) -> DraftVersion:
    """Save changes as the next version of a draft, or as a new draft, and return the version with its mistakes.

    ``texts`` are whole files by path, None takes a file away; they are added to what the draft changed before. A
    version with mistakes is saved too: work in progress is not lost. Approvals of an earlier version end. Raises
    DraftRefusedError.
    """
    base = base_release()
    if base is None:
        raise DraftRefusedError({"base": "no release to build on"})
    problems = {path: said for path, text in texts.items() if (said := problems_of_text(path, text or ""))}
    if problems:
        raise DraftRefusedError(problems)
    with transaction.atomic():
        found = _found(draft_id) if draft_id else None
        if found is None:
            return _first(title.strip(), base, dict(texts), note)
        last = latest_version(found)
        changes = {**last.texts, **texts}
        return _saved(found, last.number + 1, release(last.base_number) or base, changes, note)


def rebase_draft(*, draft_id: str | UUID) -> DraftVersion:
    """Put a draft on the newest release, where no file that it changes was changed in between.

    Raises DraftRefusedError naming the files that both changed.
    """
    with transaction.atomic():
        found = _found(draft_id)
        last, newest = latest_version(found), base_release()
        before = release(last.base_number)
        if newest is None or before is None or newest.number == last.base_number:
            raise DraftRefusedError({"base": "it builds on the newest release already"})
        old, new = texts_of(before), texts_of(newest)
        both = {path: "changed by both" for path in last.texts if old.get(path) != new.get(path)}
        if both:
            raise DraftRefusedError(both)
        return _saved(found, last.number + 1, newest, last.texts, f"基于第 {newest.number} 次发布")


def _found(draft_id: str | UUID) -> Draft:
    found = draft(draft_id)
    if found is None:
        raise DraftRefusedError({"draft": "there is no such draft"})
    if release_of(found) is not None:
        raise DraftRefusedError({"draft": "it was released; begin a new one"})
    if current_actor().party not in ("", found.owner):
        raise DraftRefusedError({"draft": "it belongs to another office"})
    # One after the other: the number of the next version is counted.
    with_lock(found)
    return found


def with_lock(found: Draft) -> None:
    """Let whoever works on the same draft wait until the transaction ends."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(hashtextextended(%s, 0))", [f"packs.draft:{found.id}"])


def _first(title: str, base: Release, texts: dict[str, str | None], note: str) -> DraftVersion:
    if not title:
        raise DraftRefusedError({"title": "a draft needs a name"})
    actor, now = current_actor(), current_clock().now()
    made = Draft.objects.create(
        id=new_identifier(now),
        owner=actor.party or PLATFORM,
        title=title,
        begun_at=now,
        begun_by=name_of_account(actor.user),
    )
    seal(made, stream="packs", kind="draft_begun", subject=made.owner)
    return _saved(made, 1, base, texts, note)


def _saved(
    found: Draft, number: int, base: Release, changes: dict[str, str | None], note: str
) -> DraftVersion:
    actor, now = current_actor(), current_clock().now()
    standing = texts_of(base)
    # What is again as it stands in the release is no change.
    changes = {path: text for path, text in sorted(changes.items()) if standing.get(path) != text}
    whole = merged(standing, changes)
    library_sha256, mistakes = mistakes_in(whole, current_clock().today())
    made = DraftVersion.objects.create(
        id=new_identifier(now),
        draft=found,
        number=number,
        base_number=base.number,
        texts=changes,
        texts_sha256=texts_sha256(whole),
        library_sha256=library_sha256,
        mistakes=mistakes,
        note=note,
        saved_at=now,
        saved_by=name_of_account(actor.user),
        saved_person=actor.person,
    )
    seal(made, stream="packs", kind="draft_saved", subject=found.owner, detail={"version": number})
    for handed_in in submissions_of(found):
        approvals.void(approval_id=handed_in.approval, because=CHANGED_BECAUSE)
    return made
