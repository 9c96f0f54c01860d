"""Keys of single subjects in the database, each wrapped by the service's key: destroying one removes what it sealed."""

from __future__ import annotations

from django.db import transaction

from kerong.basics.clock import current_clock
from kerong.basics.crypto import DestroyedKeyError
from kerong.records.evidence.actions.recording import record
from kerong.records.evidence.models import SubjectKey


class DatabaseKeyStore:
    """The store that the crypto provider uses; see `basics.crypto.KeyStore`."""

    def get(self, context: str) -> str | None:
        """Return a wrapped key, None when there never was one. Raises DestroyedKeyError."""
        found = SubjectKey.objects.filter(context=context).first()
        if found is not None and found.destroyed_at is not None:
            raise DestroyedKeyError("这部分内容已依法移除")
        return found.wrapped if found else None

    @transaction.atomic
    def put(self, context: str, wrapped: str) -> str:
        """Keep a wrapped key unless there is one, and return the one kept. Raises DestroyedKeyError."""
        made, _new = SubjectKey.objects.get_or_create(
            context=context, defaults={"wrapped": wrapped, "created_at": current_clock().now()}
        )
        if made.destroyed_at is not None:
            raise DestroyedKeyError("这部分内容已依法移除")
        return made.wrapped

    @transaction.atomic
    def destroy(self, context: str) -> None:
        """Forget a key for ever; that it was destroyed, when and by whom stays in the evidence."""
        SubjectKey.objects.update_or_create(
            context=context,
            defaults={"wrapped": "", "destroyed_at": current_clock().now()},
            create_defaults={
                "wrapped": "",
                "created_at": current_clock().now(),
                "destroyed_at": current_clock().now(),
            },
        )
        record(stream="evidence", kind="subject_key_destroyed", content={"context": context})
