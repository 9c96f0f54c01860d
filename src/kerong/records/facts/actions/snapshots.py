"""Makes a columnar snapshot: a query of facts for a registered purpose that holds only what the purpose may see."""

from __future__ import annotations

import json
import shutil
import tempfile
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeAlias

import pyarrow as pa
import pyarrow.csv as pa_csv
import pyarrow.parquet as pq
from django.db import connection, transaction

from kerong.basics.acting import current_actor
from kerong.basics.clock import current_clock
from kerong.basics.identifiers import new_identifier
from kerong.engines.rules.snapshot import build_snapshot
from kerong.records.consents.queries import DATA_TYPES, bases, bases_for, check_words, live_consents
from kerong.records.evidence.actions import house, record
from kerong.records.facts.models import FactLookup
from kerong.records.facts.queries.door import DEMONSTRATION
from kerong.records.facts.queries.kinds_of_data import PUBLIC_LEVEL, data_types_of
from kerong.records.facts.queries.sealing import is_sensitive, opened
from kerong.records.packs.queries import current
from kerong.records.parties.queries import NotAllowedError

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence
    from datetime import date

    from kerong.engines.rules.model import Fact

FACTS_FILE, COLUMNS_FOLDER, MANIFEST_FILE = "facts.parquet", "snapshot", "snapshot.json"
# Nobody's codes: what grounds reach them reach everybody, or everybody invented.
_ANYBODY, _ANYBODY_INVENTED = "enterprise:000000000000000000", "enterprise:X00000000000000000"
_KEY = "uscc"


@dataclass(frozen=True, slots=True)
class MadeSnapshot:
    """What was written: the folder, for which purpose, how many subjects and facts."""

    folder: Path
    purpose: str
    rows: int
    names: tuple[str, ...]
    sha256: str


_Grounds: TypeAlias = tuple[Mapping[str, str], ...]


@dataclass(frozen=True, slots=True)
class _Group:
    """Subjects of whom the same facts are reached: by grounds they share, or each by its own."""

    condition: str
    parameters: tuple[Any, ...]
    reached: tuple[str, ...]
    shared: _Grounds = ()
    own: Mapping[str, _Grounds] = field(default_factory=dict[str, "_Grounds"])
    is_demo: bool = False


@transaction.atomic
def make_snapshot(*, purpose: str, folder: Path, on: date | None = None) -> MadeSnapshot:
    """Write what the acting party may see of everybody for a purpose, as Parquet and as a column store.

    ``folder`` appears whole and replaces an earlier snapshot; ``folder/snapshot`` is what `kerong match` and the worker
    open. What offices published at the public level is in it for everybody, the rest by consent or other ground, and
    every subject reached by a ground finds the look in its log. Raises NotAllowedError for a visitor, WordError.
    """
    actor, day = current_actor(), on or current_clock().today()
    if not actor.party:
        raise NotAllowedError("a snapshot is made for a party")
    check_words(purposes=(purpose,), data_types=())
    law = current().library.facts
    names = [name for name, fact in law.items() if not fact.derived and not fact.published_by]
    folder.parent.mkdir(parents=True, exist_ok=True)
    place = Path(tempfile.mkdtemp(prefix=f".{folder.name}-", suffix=".part", dir=folder.parent))
    try:
        with house("a snapshot looks at everybody; each row holds what a ground reaches"):
            groups = list(_groups(purpose, names, law))
            rows = _write(place, groups, names, law)
            _log(groups, purpose)
        made = build_snapshot(place / FACTS_FILE, law, place / COLUMNS_FOLDER, day)
        told = {
            "purpose": purpose, "party": actor.party, "on": day.isoformat(), "rows": rows, "sha256": made.sha256,
            "law": current().library.sha256,
        }  # fmt: skip
        (place / MANIFEST_FILE).write_text(
            json.dumps(told, ensure_ascii=False, indent=1) + "\n", encoding="utf-8"
        )
        record(stream="facts", kind="snapshot_made", content=told, detail={"purpose": purpose, "rows": rows})
        _put(place, folder)
    finally:
        shutil.rmtree(place, ignore_errors=True)
    held = tuple(name for name in pq.read_schema(folder / FACTS_FILE).names if name != _KEY)
    return MadeSnapshot(folder, purpose, rows, held, made.sha256)


def _groups(purpose: str, names: Sequence[str], law: Mapping[str, Fact]) -> Iterator[_Group]:
    recipient = current_actor().party
    singled_out = {row.owner for row in live_consents(recipient=recipient, purpose=purpose)}
    singled_out |= set(
        bases().filter(purposes__contains=[purpose], subject__contains=":").values_list("subject", flat=True)
    )
    singled = sorted(singled_out)
    # Not by `owner <> ALL(...)` alone: what was singled out is read with its own grounds below.
    for probe, is_demo in ((_ANYBODY, False), (_ANYBODY_INVENTED, True)):
        reached, grounds = _reach(probe, purpose, names, law)
        yield _Group(
            "d.is_demo = %s AND d.owner <> ALL(%s)", (is_demo, singled), reached, grounds, is_demo=is_demo
        )
    alike: dict[tuple[str, ...], dict[str, _Grounds]] = {}
    for owner in singled:
        reached, grounds = _reach(owner, purpose, names, law)
        alike.setdefault(reached, {})[owner] = grounds
    for reached, own in alike.items():
        yield _Group("d.owner = ANY(%s)", (list(own),), reached, own=own)


def _reach(
    subject: str, purpose: str, names: Sequence[str], law: Mapping[str, Fact]
) -> tuple[tuple[str, ...], _Grounds]:
    if purpose == DEMONSTRATION and subject.startswith("enterprise:X"):
        return tuple(names), ({"kind": DEMONSTRATION, "reference": DEMONSTRATION, "words": ""},)
    found = bases_for(
        subject=subject, recipient=current_actor().party, purpose=purpose, data_types=DATA_TYPES
    )
    reached = tuple(name for name in names if all(found[each] for each in data_types_of(law[name], law)))
    used = {basis.reference: basis for basis in found.values() if basis}
    return reached, tuple(
        {"kind": basis.kind, "reference": key, "words": str(basis.words)}
        for key, basis in sorted(used.items())
    )


def _write(place: Path, groups: Iterable[_Group], names: Sequence[str], law: Mapping[str, Fact]) -> int:
    """Write the table of all groups and return how many subjects it has; facts that nobody has are left out."""
    held = _held(names)
    schema = pa.schema([(_KEY, pa.string()), *((name, _arrow_type(law[name])) for name in held)])
    rows = 0
    with pq.ParquetWriter(place / FACTS_FILE, schema, compression="zstd") as writer:
        for group in groups:
            reached = [name for name in group.reached if name in held]
            public = [
                name for name in held if name not in set(reached) and law[name].sensitivity == PUBLIC_LEVEL
            ]
            if not reached and not public:
                continue
            path = place / "group.csv"
            _copy_out(path, group, reached, public, law)
            rows += _append(writer, path, schema, law)
            path.unlink()
    return rows


def _held(names: Sequence[str]) -> list[str]:
    """Return the facts that some dossier holds."""
    with connection.cursor() as cursor:
        cursor.execute('SELECT DISTINCT key FROM facts_dossier, jsonb_object_keys("values") AS key')
        there = {key for (key,) in cursor.fetchall()}
    return [name for name in names if name in there]


def _copy_out(
    path: Path, group: _Group, reached: Sequence[str], public: Sequence[str], law: Mapping[str, Fact]
) -> None:
    """Write one group as csv. What was published stands in a dossier whose usual observation was published."""
    columns = [f'x."{name}"' for name in reached] + [f'y."{name}"' for name in public]
    records = ""
    if reached:
        records += f""" CROSS JOIN LATERAL jsonb_to_record(d."values") AS x({_typed(reached, law)})"""
    if public:
        records += f""" CROSS JOIN LATERAL jsonb_to_record(
            CASE WHEN o.basis = 'published' THEN d."values" - ARRAY(SELECT jsonb_object_keys(d.origins)) ELSE '{{}}' END
        ) AS y({_typed(public, law)})"""
    named = ", ".join([f"split_part(d.owner, ':', 2) AS {_KEY}", *columns])
    condition = group.condition if reached else f"{group.condition} AND o.basis = 'published'"
    # Names of facts and of groups only; what somebody gave goes in as a parameter.
    statement = f"""
        COPY (
            SELECT {named} FROM facts_dossier d
            JOIN facts_observation o ON o.id = (d.origins->>'')::uuid {records}
            WHERE d.owner LIKE 'enterprise:%%' AND {condition} ORDER BY d.owner
        ) TO STDOUT (FORMAT csv, HEADER true)
    """  # noqa: S608 - as above
    with (
        path.open("wb") as file,
        connection.cursor() as cursor,
        connection.wrap_database_errors,
        cursor.copy(statement, group.parameters) as copy,
    ):
        for piece in copy:
            file.write(piece)


def _typed(names: Sequence[str], law: Mapping[str, Fact]) -> str:
    return ", ".join(f'"{name}" {"text" if _is_text(law[name], law) else "bigint"}' for name in names)


def _is_text(fact: Fact, law: Mapping[str, Fact]) -> bool:
    # A sealed value is an object, so it comes as text and is opened here.
    return fact.type == "code" or is_sensitive(fact, law)


def _append(writer: pq.ParquetWriter, path: Path, schema: pa.Schema, law: Mapping[str, Fact]) -> int:
    types = {
        field.name: pa.string() if field.name == _KEY or _is_text(law[field.name], law) else pa.int64()
        for field in schema
    }
    options = pa_csv.ConvertOptions(
        column_types=types, strings_can_be_null=True, quoted_strings_can_be_null=False
    )
    rows = 0
    with pa_csv.open_csv(path, convert_options=options) as reader:
        for batch in reader:
            owners = batch.column(_KEY).to_pylist()
            columns = [_column(batch, field, owners, law) for field in schema]
            writer.write_table(pa.table(columns, schema=schema))
            rows += batch.num_rows
    return rows


def _column(batch: pa.RecordBatch, field: pa.Field, owners: Sequence[str], law: Mapping[str, Fact]) -> Any:
    if field.name not in batch.schema.names:
        return pa.nulls(batch.num_rows, field.type)
    column = batch.column(field.name)
    if field.name == _KEY or not is_sensitive(law[field.name], law):
        return column.cast(field.type)
    values = _opened(column.to_pylist(), owners)
    if pa.types.is_string(field.type):
        return pa.array(values, field.type)
    return pa.array([None if value is None else int(value) for value in values], field.type)


def _opened(texts: Sequence[str | None], owners: Sequence[str]) -> list[Any]:
    return [
        opened(json.loads(text), owner=f"enterprise:{owner}") if text and text.startswith("{") else text
        for text, owner in zip(texts, owners, strict=True)
    ]


def _arrow_type(fact: Fact) -> pa.DataType:
    if fact.type == "code":
        return pa.string()
    return pa.int8() if fact.type == "flag" else pa.int64()


_LOG = """
INSERT INTO facts_factlookup
    (id, owner, kind, at, "user", person, party, role, purpose, fields, basis, consent, because, request)
SELECT gen_random_uuid(), d.owner, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s, '', %s
FROM facts_dossier d WHERE d.owner LIKE 'enterprise:%%' AND
"""


def _log(groups: Iterable[_Group], purpose: str) -> None:
    """Write a line into the log of every subject that a ground reached; the invented are nobody."""
    actor, now = current_actor(), current_clock().now()
    who = {"user": actor.user, "person": actor.person, "party": actor.party, "role": actor.role}
    for group in groups:
        if group.is_demo or not group.reached:
            continue
        names = list(group.reached)
        if group.own:
            FactLookup.objects.bulk_create(
                FactLookup(
                    id=new_identifier(now),
                    owner=owner,
                    kind=FactLookup.Kind.SNAPSHOT,
                    at=now,
                    **who,
                    purpose=purpose,
                    fields=names,
                    basis=list(grounds),
                    consent=_consent_of(grounds),
                    request=actor.request,
                )
                for owner, grounds in group.own.items()
            )
            continue
        with connection.cursor() as cursor:
            cursor.execute(
                _LOG + group.condition,
                [
                    *(FactLookup.Kind.SNAPSHOT, now, *who.values(), purpose, names),
                    *(json.dumps(group.shared), "", actor.request, *group.parameters),
                ],
            )


def _consent_of(grounds: _Grounds) -> str:
    return next((each["reference"].partition(":")[2] for each in grounds if each["kind"] == "consent"), "")


def _put(place: Path, folder: Path) -> None:
    place.chmod(0o755)
    if folder.exists():
        if not (folder / MANIFEST_FILE).is_file() and any(folder.iterdir()):
            raise FileExistsError(f"{folder} is not a snapshot of facts; choose another folder")
        former = Path(tempfile.mkdtemp(prefix=f".{folder.name}-", dir=folder.parent))
        folder.rename(former / folder.name)
        place.rename(folder)
        shutil.rmtree(former, ignore_errors=True)
        return
    place.rename(folder)
