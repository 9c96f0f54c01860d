"""Carries many observations into the database at once, by COPY into a table of this transaction."""

from __future__ import annotations

from contextlib import contextmanager
from itertools import islice
from typing import TYPE_CHECKING, Any

from django.db import connection

from kerong.basics.identifiers import new_identifier
from kerong.records.evidence.actions import seal_batch
from kerong.records.facts.models import Observation

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping
    from datetime import datetime

# COPY does not go into a table with row security, so the rows come into a temporary one first.
_COMING = """
CREATE TEMPORARY TABLE facts_coming
    (id uuid NOT NULL, owner varchar(96) NOT NULL, name varchar(128) NOT NULL, "values" jsonb NOT NULL)
    ON COMMIT DROP
"""
_COPY = 'COPY facts_coming (id, owner, name, "values") FROM STDIN'
_PIECE = 5_000
_INTO_OBSERVATIONS = """
INSERT INTO facts_observation
    (id, owner, source, origin, as_of, stated_at, basis, batch, "values", is_demo, row_seal)
SELECT t.id, t.owner, t.source, t.origin, t.as_of, t.stated_at, t.basis, t.batch, t."values", t.is_demo,
    facts_observation_seal(t)
FROM facts_coming c, LATERAL jsonb_populate_record(NULL::facts_observation, jsonb_build_object(
    'id', c.id, 'owner', c.owner, 'source', %(source)s::text, 'origin', %(origin)s::text, 'as_of', %(as_of)s::date,
    'stated_at', %(stated_at)s::timestamptz, 'basis', %(basis)s::text, 'batch', %(batch)s::text,
    'values', c."values", 'is_demo', starts_with(c.owner, 'enterprise:X'))) AS t
"""
# A firm of a story keeps its own dossier when a population comes in beside it.
_INTO_DOSSIERS = """
INSERT INTO facts_dossier (owner, name, "values", origins, is_demo, is_story, changed_at)
SELECT c.owner, c.name, c."values", jsonb_build_object('', c.id), starts_with(c.owner, 'enterprise:X'), false, %s
FROM facts_coming c
WHERE NOT EXISTS (SELECT 1 FROM facts_dossier d WHERE d.owner = c.owner)
"""
# The usual repetition: the only other observation is of the same source, not newer, and says nothing that the coming
# one does not say. Then the coming one is what holds, and nothing needs to be worked out.
_REPLACE = """
WITH plain AS (
    DELETE FROM facts_coming c USING facts_dossier d, facts_observation old
    WHERE d.owner = c.owner AND old.owner = c.owner AND old.id <> c.id
      AND old.source = %(source)s AND old.as_of <= %(as_of)s AND old.stated_at < %(stated_at)s
      AND NOT EXISTS (
          SELECT 1 FROM facts_observation other
          WHERE other.owner = c.owner AND other.id <> c.id AND other.id <> old.id
      )
      AND (d."values" - ARRAY(SELECT jsonb_object_keys(c."values"))) = '{}'
    RETURNING c.id, c.owner, c.name, c."values"
)
UPDATE facts_dossier d
SET name = CASE WHEN plain.name = '' THEN d.name ELSE plain.name END, "values" = plain."values",
    origins = jsonb_build_object('', plain.id), changed_at = %(stated_at)s
FROM plain WHERE d.owner = plain.owner
"""


@contextmanager
def copy_observations(rows: Iterable[tuple[str, str, str]], stated: Mapping[str, Any]) -> Iterator[int]:
    """Write observations (owner, name, values as JSON) and yield how many; inside the block, make dossiers of them.

    ``stated`` has what all rows share: source, origin, as_of, stated_at, basis and batch. A value that is not known is
    left out of the JSON, never null. The whole batch is sealed by one event.
    """
    at = stated["stated_at"]
    number = 0
    with connection.cursor() as cursor:
        cursor.execute(_COMING)
        source = iter(rows)
        # Piece by piece: while a COPY runs the connection answers nobody, and rows may need it for keys.
        while piece := list(islice(source, _PIECE)):
            with connection.wrap_database_errors, cursor.copy(_COPY) as copy:
                for row in piece:
                    copy.write_row((new_identifier(at), *row))
            number += len(piece)
        cursor.execute(_INTO_OBSERVATIONS, stated)
        seal_batch(Observation, stated["batch"], stream="facts", kind="facts_batch_stated")
        yield number
        cursor.execute("DROP TABLE facts_coming")


def make_dossiers(*, at: datetime) -> int:
    """Make a dossier for every subject of the rows just copied that has none yet, and return how many."""
    with connection.cursor() as cursor:
        cursor.execute(_INTO_DOSSIERS, [at])
        return cursor.rowcount


def replace_dossiers(stated: Mapping[str, Any]) -> int:
    """Bring dossiers up to date where the rows just copied replace the only earlier one, and return how many.

    Those rows are done with afterwards.
    """
    with connection.cursor() as cursor:
        cursor.execute(_REPLACE, stated)
        return cursor.rowcount


def coming_with_dossier() -> list[str]:
    """Return the subjects of the rows just copied that had a dossier before: what holds must be worked out anew."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT c.owner FROM facts_coming c JOIN facts_dossier d ON d.owner = c.owner ORDER BY c.owner"
        )
        return [owner for (owner,) in cursor.fetchall()]
