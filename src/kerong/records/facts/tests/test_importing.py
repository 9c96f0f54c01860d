"""A file of facts lands whole and once, over what was known before; a snapshot holds what its purpose may see."""

from __future__ import annotations

from datetime import date, timedelta
from typing import TYPE_CHECKING, Any

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from kerong.basics.acting import house_actor
from kerong.basics.identity_codes import compose
from kerong.basics.party_reference import enterprise
from kerong.engines.rules.snapshot import open_snapshot
from kerong.records.consents.actions import register_basis
from kerong.records.evidence.actions import acting, house
from kerong.records.evidence.queries import events
from kerong.records.facts import actions, queries
from kerong.records.facts.models import Dossier, Observation
from kerong.records.facts.tests.conftest import BANK, FIRM, USCC
from kerong.records.parties import queries as parties
from kerong.records.parties.queries import NotAllowedError

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from kerong.basics.acting import Actor

SECOND = compose("9", "1", "420100", "MA4K0002")
DAY = date(2026, 10, 31)


def written(path: Path, **columns: list[Any]) -> Path:
    pq.write_table(pa.table({"uscc": [USCC, SECOND], "name": ["甲公司", "乙公司"], **columns}), path)
    return path


def land(path: Path, **more: Any) -> Any:
    told = {
        "source": "market_regulation",
        "as_of": DAY,
        "basis": "published",
        "rows_read": 3,
        "rows_rejected": 1,
    }
    return actions.import_facts(parquet=path, **{**told, **more})


def held(owner: str = FIRM) -> dict[str, Any]:
    return Dossier.objects.get(owner=owner).values


@pytest.mark.usefixtures("house")
def test_a_file_lands_in_directory_and_facts_with_one_line_of_evidence(tmp_path: Path) -> None:
    path = written(
        tmp_path / "f.parquet", region_code=["420100", "420200"], is_hnte=pa.array([1, None], pa.int8())
    )

    batch, is_new = land(path)

    assert is_new
    assert (batch.rows_imported, batch.rows_rejected, batch.subjects_new, batch.facts_stated) == (2, 1, 2, 3)
    assert held() == {"region_code": "420100", "is_hnte": 1}
    assert held(enterprise(SECOND)) == {"region_code": "420200"}
    found = parties.enterprise(USCC)
    assert found is not None
    assert (found.name, found.region_code, found.is_demo) == ("甲公司", "420100", False)
    assert events(stream="facts", row_id=str(batch.id)).get().kind == "facts_imported"


@pytest.mark.usefixtures("house")
def test_the_same_content_lands_once(tmp_path: Path) -> None:
    path = written(tmp_path / "f.parquet", is_hnte=[1, 0])
    first, _ = land(path)

    again, is_new = land(path)

    assert (again.id, is_new, Observation.objects.count()) == (first.id, False, 2)


@pytest.mark.usefixtures("house")
@pytest.mark.parametrize("later", [True, False])
def test_a_later_day_supersedes_and_an_earlier_one_does_not(tmp_path: Path, later: bool) -> None:  # noqa: FBT001 - a case
    land(written(tmp_path / "1.parquet", staff_count=[10, 20]))

    land(
        written(tmp_path / "2.parquet", staff_count=[11, 21]), as_of=DAY + timedelta(days=1 if later else -1)
    )

    assert held() == {"staff_count": 11 if later else 10}


@pytest.mark.usefixtures("house")
def test_a_later_file_that_says_less_keeps_what_it_does_not_say(tmp_path: Path) -> None:
    land(written(tmp_path / "1.parquet", staff_count=[10, 20], is_hnte=[1, 1]))

    land(written(tmp_path / "2.parquet", staff_count=[11, 21]), as_of=DAY + timedelta(days=1))

    assert held() == {"staff_count": 11, "is_hnte": 1}


@pytest.mark.usefixtures("house")
def test_what_was_taken_back_on_a_later_day_stays_taken_back(tmp_path: Path) -> None:
    land(written(tmp_path / "1.parquet", staff_count=[10, 20], is_hnte=[1, 1]), as_of=DAY - timedelta(days=9))
    actions.state_facts(
        subject=FIRM, source="market_regulation", as_of=DAY, values={"staff_count": None}, basis="published"
    )

    land(written(tmp_path / "2.parquet", staff_count=[11, 21], is_hnte=[0, 0]), as_of=DAY - timedelta(days=5))

    assert held() == {"is_hnte": 0}


@pytest.mark.parametrize(
    "more",
    [
        {"source": "hearsay"},
        {"basis": ""},
        {"as_of": date(2126, 1, 1)},
        {"headings": ["企业名称", "法定代表人宗教信仰"]},
    ],
)
@pytest.mark.usefixtures("house")
def test_a_file_without_source_or_ground_or_with_forbidden_columns_is_refused(
    tmp_path: Path, more: dict[str, Any]
) -> None:
    path = written(tmp_path / "f.parquet", is_hnte=[1, 0])

    with pytest.raises(actions.ImportRefusedError):
        land(path, **more)

    assert Observation.objects.count() == 0


def test_only_who_has_the_duty_imports(tmp_path: Path, person_in: Callable[..., Actor]) -> None:
    path = written(tmp_path / "f.parquet", is_hnte=[1, 0])

    with acting(person_in("agent", FIRM)), pytest.raises(NotAllowedError):
        land(path)


@pytest.mark.usefixtures("house")
def test_sensitive_columns_land_sealed(tmp_path: Path, person_in: Callable[..., Actor]) -> None:
    land(written(tmp_path / "f.parquet", legal_representative_born_on=[19800101, None]))

    assert "19800101" not in str(held())
    with acting(person_in("agent", FIRM)):
        assert queries.own_facts(FIRM).values == {"legal_representative_born_on": 19800101}


def test_a_snapshot_holds_what_its_purpose_may_see_and_each_subject_finds_the_look(
    tmp_path: Path, person_in: Callable[..., Actor]
) -> None:
    with acting(house_actor("test")):
        land(written(tmp_path / "1.parquet", is_hnte=[1, 0]))
        land(
            written(tmp_path / "2.parquet", annual_revenue_fen=[500, 600]), source="tax", basis="statute:test"
        )
        register_basis(
            kind="contract", subject=FIRM, recipient=BANK, purposes=["post_loan"], data_types=["tax"],
            cites="测试", words="测试",
        )  # fmt: skip

    with acting(person_in("relationship_manager", BANK)):
        made = actions.make_snapshot(purpose="post_loan", folder=tmp_path / "s")

    seen = open_snapshot(made.folder / "snapshot", verify=True)
    assert {key.as_py(): seen.firm(row) for row, key in enumerate(seen.keys)} == {
        USCC: {"is_hnte": 1, "annual_revenue_fen": 500},
        SECOND: {"is_hnte": 0},
    }
    with house("a test reads the logs"):
        found = [[line.kind for line in queries.lookups_of(enterprise(code))] for code in (USCC, SECOND)]
    assert found == [["snapshot"], []]


@pytest.mark.django_db
def test_a_snapshot_for_nobody_is_refused(tmp_path: Path) -> None:
    with pytest.raises(NotAllowedError):
        actions.make_snapshot(purpose="statistics", folder=tmp_path / "s")
