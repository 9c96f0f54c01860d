"""What allauth asks us: who may sign up, how secrets are kept, which factors may go, and what is recorded."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from allauth.account.adapter import DefaultAccountAdapter
from allauth.mfa.adapter import DefaultMFAAdapter
from allauth.mfa.models import Authenticator
from allauth.socialaccount.adapter import DefaultSocialAccountAdapter
from django.core.exceptions import ValidationError

from kerong.basics import crypto
from kerong.records.parties.actions import note_sign_in
from kerong.records.parties.queries import find_user, needs_second_factor

if TYPE_CHECKING:
    from django.contrib.auth.base_user import AbstractBaseUser as User
    from django.http import HttpRequest

SECRET = "mfa.secret"  # noqa: S105 - the name of a purpose
FACTORS = (Authenticator.Type.TOTP, Authenticator.Type.WEBAUTHN)


def display_name(user: User) -> str:
    """Return how an account is called on pages and in mail."""
    return user.display_name or user.username


class AccountAdapter(DefaultAccountAdapter):
    """Records who signed in, who failed to and who was made to wait."""

    def pre_authenticate(self, request: HttpRequest, **credentials: Any) -> None:
        """Refuse an account or an address with too many failures; say so in the evidence."""
        try:
            super().pre_authenticate(request, **credentials)
        except ValidationError:
            if user := _named(credentials):
                note_sign_in(user=user, kind="sign_in_refused_by_lockout", detail=self._where(request))
            raise

    def authentication_failed(self, request: HttpRequest, **credentials: Any) -> None:
        """Note a wrong password of an account that exists."""
        if user := _named(credentials):
            note_sign_in(user=user, kind="sign_in_failed", detail=self._where(request))

    def login(self, request: HttpRequest, user: User) -> None:
        """Sign in and note it."""
        super().login(request, user)
        note_sign_in(user=user, kind="signed_in", detail=self._where(request))

    def logout(self, request: HttpRequest) -> None:
        """Sign out and note it."""
        if request.user.is_authenticated:
            note_sign_in(user=request.user, kind="signed_out")
        super().logout(request)

    def _where(self, request: HttpRequest) -> dict[str, str]:
        return {"address": self.get_client_ip(request)}


class FactorAdapter(DefaultMFAAdapter):
    """Keeps the secrets of second factors encrypted, and the last factor where the role demands one."""

    def encrypt(self, text: str) -> str:
        """Encrypt a secret before it is stored."""
        return crypto.provider().seal(text, purpose=SECRET, context=SECRET)

    def decrypt(self, encrypted_text: str) -> str:
        """Return a stored secret."""
        return crypto.provider().open(encrypted_text, purpose=SECRET, context=SECRET)

    def can_delete_authenticator(self, authenticator: Authenticator) -> bool:
        """Refuse to remove the last factor of somebody whose role demands one."""
        others = Authenticator.objects.filter(user=authenticator.user, type__in=FACTORS).exclude(
            pk=authenticator.pk
        )
        return others.exists() or not needs_second_factor(authenticator.user)


class OutsideAccountAdapter(DefaultSocialAccountAdapter):
    """An outside identity opens an account it was connected to, and makes none by itself."""

    def is_open_for_signup(self, request: HttpRequest, sociallogin: Any) -> bool:
        """Return False: a mandate comes first, then the account, then the connection."""
        del request, sociallogin
        return False


def has_second_factor(user: User) -> bool:
    """Tell whether an account has an authenticator app or a passkey."""
    return Authenticator.objects.filter(user_id=user.pk, type__in=FACTORS).exists()


def _named(credentials: dict[str, Any]) -> User | None:
    username = credentials.get("username")
    return find_user(username=username) if username else None
