"""Takes a bundle of evidence out of the database, for an auditor."""

from __future__ import annotations

import base64
from typing import TYPE_CHECKING

from django.db import transaction

from kerong.adapters.evidence_bundle.writing import Entry, Row, write_bundle
from kerong.portal.keys_file import make_evidence_provider
from kerong.records.evidence.actions import house, record
from kerong.records.evidence.queries.bundle import entries, notes, sealed_rows

if TYPE_CHECKING:
    from pathlib import Path

ORIGIN = "kerong/evidence"


@transaction.atomic
def export_bundle(folder: Path, *, with_rows: bool) -> dict[str, int]:
    """Write everything that has its place into a new folder and return the counts; the export itself is recorded.

    With rows the bundle holds the sealed columns as they are now, confidential ones too. Raises FileExistsError.
    """
    with house("an auditor's bundle holds every event and, if asked for, every sealed row"):
        counts = write_bundle(
            folder,
            entries=(Entry(*each) for each in entries()),
            notes=notes(),
            public_keys=public_keys(),
            rows=(Row(*each) for each in sealed_rows()) if with_rows else None,
        )
        record(
            stream="evidence",
            kind="bundle_exported",
            content=counts,
            detail=counts | {"with_rows": with_rows},
        )
    return counts


def public_keys() -> dict[str, list[str]]:
    """Return the public keys by which checkpoints are verified, by the name on their signature lines."""
    encoded = make_evidence_provider().public_keys(purpose="evidence")
    return {ORIGIN: [base64.b64encode(each).decode() for each in encoded]}
