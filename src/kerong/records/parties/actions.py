"""Changes to the parties: one verb, one function, one transaction."""

from __future__ import annotations

from django.contrib.auth.password_validation import validate_password
from django.core.exceptions import ValidationError
from django.db import transaction

from kerong.records.parties.models import User


class UserRefusedError(ValueError):
    """The account cannot be made; `problems` maps each field to what is wrong with it."""

    def __init__(self, problems: dict[str, list[str]]) -> None:
        super().__init__("; ".join(f"{field}: {' '.join(messages)}" for field, messages in problems.items()))
        self.problems = problems


@transaction.atomic
def create_user(*, username: str, display_name: str, password: str | None = None, email: str = "") -> User:
    """Create an account and return it; without a password nobody can sign in with one.

    Raises UserRefusedError naming every wrong field at once, a taken user name among them.
    """
    user = User(username=User.normalize_username(username), display_name=display_name, email=email)
    user.set_password(password)
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
    return user
