"""E-mail about notices: who wants it, and sending what waits."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

from django.db import transaction

from kerong.adapters.mail import MailError, send_mail
from kerong.basics.acting import current_actor
from kerong.basics.clock import current_clock
from kerong.records.evidence.actions import house, record
from kerong.records.notices.models import Mail, Preference
from kerong.records.parties.queries import active_users, live_memberships, role

if TYPE_CHECKING:
    from kerong.records.notices.models import Notice
    from kerong.records.parties.models import User

ATTEMPTS_MAX = 6
BATCH = 50


def queue_mail(told: Notice) -> int:
    """Queue a notice for the mailboxes of those it is for, in the caller's transaction; return for how many."""
    now = current_clock().now()
    users = [user for user in _recipients(told) if user.email and _wants(user, told)]
    Mail.objects.bulk_create(Mail(notice=told, user=str(user.pk), next_at=now) for user in users)
    return len(users)


@transaction.atomic
def prefer(*, by_mail: bool, todos_only: bool) -> Preference:
    """Keep what the actor's account wants mailed."""
    actor = current_actor()
    stored, _created = Preference.objects.update_or_create(
        user=actor.user, defaults={"by_mail": by_mail, "todos_only": todos_only}
    )
    record(
        stream="notices",
        kind="preference_set",
        content={"user": actor.user, "by_mail": by_mail, "todos_only": todos_only},
    )
    return stored


def send_waiting_mail() -> int:
    """Send what waits, each in its own transaction, and return how many went out.

    A mail that cannot be sent waits longer each time and is given up after six attempts; the notice itself stands
    in the service all the same. The mail says only the title and where to read on: the body stays here.
    """
    sent = 0
    with transaction.atomic(), house("mail for all parties"):
        due = Mail.objects.filter(state="waiting", next_at__lte=current_clock().now()).order_by("next_at")
        waiting = list(due.values_list("pk", flat=True)[:BATCH])
    for pk in waiting:
        sent += _send(pk)
    return sent


@transaction.atomic
def _send(pk: int) -> bool:
    now = current_clock().now()
    with house("mail for all parties"):
        mail = (
            Mail.objects.select_for_update(skip_locked=True, of=("self",))
            .select_related("notice")
            .filter(pk=pk, state="waiting")
            .first()
        )
        if mail is None:
            return False
        user = active_users().filter(pk=mail.user).first()
        mail.attempts += 1
        # Closed accounts and taken-away addresses get nothing more.
        is_lost = user is None or not user.email
        try:
            if user is not None and not is_lost:
                send_mail(to=user.email, title=mail.notice.title, link=mail.notice.link or "/notices/")
                mail.state, mail.sent_at = "sent", now
        except MailError:
            is_lost = mail.attempts >= ATTEMPTS_MAX
            mail.next_at = now + timedelta(minutes=5 * 2**mail.attempts)
        if is_lost:
            mail.state = "failed"
        mail.save()
    return mail.state == "sent"


def _recipients(told: Notice) -> list[User]:
    if told.to_person:
        people = active_users().filter(person_id=told.to_person)
        if told.to_party:
            people = people.filter(pk__in=live_memberships(party=told.to_party).values("user"))
        return list(people)
    mandates = live_memberships(party=told.to_party).select_related("user")
    by_user = {
        mandate.user_id: mandate.user
        for mandate in mandates
        if not told.for_duty or ((held := role(mandate.role)) and told.for_duty in held.duties)
    }
    return list(by_user.values())


def _wants(user: User, told: Notice) -> bool:
    wish = Preference.objects.filter(user=str(user.pk)).first()
    return wish is None or (wish.by_mail and (told.is_todo or not wish.todos_only))
