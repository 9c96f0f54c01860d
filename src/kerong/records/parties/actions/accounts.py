"""Makes, disables and enables accounts; what disabling ends is ended at once."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

from django.contrib.auth.password_validation import validate_password
from django.core.exceptions import ValidationError
from django.db import transaction

from kerong.basics.clock import current_clock
from kerong.records.evidence.actions import record, seal
from kerong.records.parties.models import CodeInVain, PasswordUsed, Person, User

if TYPE_CHECKING:
    from uuid import UUID

STREAM = "parties"


class UserRefusedError(ValueError):
    """The account cannot be made; `problems` maps each field to what is wrong with it."""

    def __init__(self, problems: dict[str, list[str]]) -> None:
        super().__init__("; ".join(f"{field}: {' '.join(messages)}" for field, messages in problems.items()))
        self.problems = problems


@transaction.atomic
def create_user(
    *,
    username: str,
    display_name: str,
    password: str | None = None,
    email: str = "",
    person: Person | None = None,
) -> User:
    """Create an account and return it; without a password nobody can sign in with one.

    Raises UserRefusedError naming every wrong field at once, a taken user name among them.
    """
    user = User(
        username=User.normalize_username(username), display_name=display_name, email=email, person=person
    )
    user.set_password(password)
    user.password_changed_at = current_clock().now() if password is not None else None
    problems: dict[str, list[str]] = {}
    if password is not None:
        try:
            validate_password(password, user)
        except ValidationError as error:
            problems["password"] = error.messages
    try:
        user.full_clean()
    except ValidationError as error:
        problems |= error.message_dict
    if problems:
        raise UserRefusedError(problems)
    user.save(force_insert=True)
    seal(user, stream=STREAM, kind="account_created", subject=_subject(user))
    return user


@transaction.atomic
def belong_to(*, user: User, person: Person) -> None:
    """Say whose account it is, when that was not known."""
    user.person = person
    user.save(update_fields=["person"])
    seal(user, stream=STREAM, kind="account_given_to_person", subject=_subject(user))


@transaction.atomic
def switch_account(*, user_id: UUID, on: bool, because: str) -> User:
    """Enable or disable an account. A disabled one is a stranger from its next request on.

    Raises User.DoesNotExist.
    """
    user = User.objects.select_for_update().get(id=user_id)
    user.is_active = on
    user.save(update_fields=["is_active"])
    kind = "account_enabled" if on else "account_disabled"
    seal(user, stream=STREAM, kind=kind, subject=_subject(user), detail={"because": because})
    return user


@transaction.atomic
def note_password(*, user: User) -> None:
    """Remember the password that was just set, so that the last ones are not taken again."""
    now = current_clock().now()
    PasswordUsed.objects.create(user=user, encoded=user.password, set_at=now)
    user.password_changed_at = now
    User.objects.filter(pk=user.pk).update(password_changed_at=now)
    record(
        stream=STREAM, kind="password_changed", subject=_subject(user), content={"user": user.pk, "at": now}
    )


@transaction.atomic
def note_sign_in(*, user: User, kind: str, detail: dict[str, str] | None = None) -> None:
    """Record that somebody signed in or out, failed to, or changed a factor; ``kind`` is a verb in the past."""
    content = {"user": user.pk, "kind": kind, "at": current_clock().now()}
    record(stream="access", kind=kind, subject=_subject(user), content=content, detail=detail)


@transaction.atomic
def note_code_in_vain(*, who: str, code_digest: str) -> None:
    """Note that an enterprise code was asked for and is not there."""
    CodeInVain.objects.create(who=who, code_digest=code_digest, asked_at=current_clock().now())


@transaction.atomic
def forget_codes_in_vain() -> int:
    """Drop yesterday's notes of codes asked for in vain, and return how many: nobody counts them any more."""
    before = current_clock().now() - timedelta(days=1)
    return CodeInVain.objects.filter(asked_at__lt=before).delete()[0]


@transaction.atomic
def note_crawl(*, who: str, codes: int) -> None:
    """Record that somebody was stopped who asked for too many codes that are not there."""
    content = {"who": who, "codes": codes, "at": current_clock().now()}
    record(stream="access", kind="crawl_stopped", content=content, detail={"who": who, "codes": codes})


def _subject(user: User) -> str:
    return f"person:{user.person_id}" if user.person_id else ""
