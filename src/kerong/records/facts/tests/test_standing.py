"""What holds is decided by source order, day and statement, and never by the order in which rows came in."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

from hypothesis import given
from hypothesis import strategies as st

from kerong.records.facts.queries.known import stale_from
from kerong.records.facts.queries.sources import SOURCES, rank_of
from kerong.records.facts.queries.standing import Observed, origin_of, standing

FIRST = date(2026, 1, 1)
BEGUN = datetime(2026, 1, 1, tzinfo=UTC)
NAMES = ("a", "b", "c")
SAID = st.dictionaries(st.sampled_from(NAMES), st.none() | st.integers(0, 9), min_size=1)
OBSERVED = st.lists(
    st.tuples(
        st.sampled_from(["tax", "science", "applicant", "unlisted"]),
        st.integers(0, 3),
        st.integers(0, 3),
        SAID,
    ),
    max_size=12,
)


def rows(drawn: list[tuple[str, int, int, dict[str, int | None]]]) -> list[Observed]:
    return [
        Observed(f"{number:03}", source, FIRST + timedelta(days=day), BEGUN + timedelta(hours=hour), said)
        for number, (source, day, hour, said) in enumerate(drawn)
    ]


def slowly(observed: list[Observed], name: str) -> object:
    """The rule as a person would apply it, one source after the other."""
    sources = sorted({one.source for one in observed}, key=lambda source: (rank_of(source), source))
    for source in sources:
        said = [one for one in observed if one.source == source and name in one.values]
        if said:
            last = max(said, key=lambda one: (one.as_of, one.stated_at, one.id))
            if last.values[name] is not None:
                return last.values[name]
    return None


@given(OBSERVED, st.randoms(use_true_random=False))
def test_the_order_of_arrival_changes_nothing(drawn: list, chance: object) -> None:
    observed = rows(drawn)
    shuffled = list(observed)
    chance.shuffle(shuffled)

    assert standing(shuffled) == standing(observed)


@given(OBSERVED)
def test_what_holds_is_what_the_rule_says(drawn: list) -> None:
    observed = rows(drawn)

    found = standing(observed)

    assert {name: found.values.get(name) for name in NAMES} == {
        name: slowly(observed, name) for name in NAMES
    }


@given(OBSERVED)
def test_every_value_is_found_in_the_observation_it_is_said_to_come_from(drawn: list) -> None:
    observed = rows(drawn)
    found, by_id = standing(observed), {one.id: one for one in observed}

    assert {name: by_id[origin_of(found.origins, name)].values[name] for name in found.values} == found.values


def test_a_source_that_takes_its_word_back_lets_the_next_one_speak() -> None:
    declared = Observed("1", "applicant", FIRST, BEGUN, {"a": 1})
    registered = Observed("2", "tax", FIRST, BEGUN, {"a": 2})
    taken_back = Observed("3", "tax", FIRST + timedelta(days=1), BEGUN, {"a": None})

    assert standing([declared, registered]).values == {"a": 2}
    assert standing([declared, registered, taken_back]).values == {"a": 1}


def test_offices_come_before_what_a_firm_says_of_itself() -> None:
    assert [rank_of(key) for key in ("market_regulation", "invoices", "applicant", "nobody")] == [
        0,
        SOURCES["invoices"].rank,
        SOURCES["applicant"].rank,
        len(SOURCES),
    ]
    assert SOURCES["invoices"].rank < SOURCES["applicant"].rank


def test_a_fact_is_stale_whole_months_later() -> None:
    assert [stale_from(date(2024, 2, 29), months) for months in (None, 3, 12)] == [
        None,
        date(2024, 5, 29),
        date(2025, 2, 28),
    ]
    assert stale_from(date(2026, 11, 30), 3) == date(2027, 2, 28)
