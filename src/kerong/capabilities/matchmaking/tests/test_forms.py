"""Whatever a visitor types, a field answers with a stored value or an error."""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING

from hypothesis import given
from hypothesis import strategies as st

from kerong.basics.policies_folder import policies_folder
from kerong.capabilities.matchmaking.forms import FactsForm, can_be_typed, written
from kerong.engines.rules.loading import load_library

if TYPE_CHECKING:
    from kerong.engines.rules.model import Library

TYPED = st.one_of(
    st.text(max_size=20),
    st.from_regex(r"-?[0-9]{1,12}(\.[0-9]{1,4})?(万元|亿元|元|%|人|年|个月|天|项)?", fullmatch=True),
    st.sampled_from(["1", "0", "A", "2026-01-01", "2026年1月1日", "NaN", "∞", "²", "1_000"]),
)


@cache
def library() -> Library:
    return load_library(policies_folder())


@given(st.data())
def test_any_text_is_read_or_refused(data: st.DataObject) -> None:
    fact = data.draw(st.sampled_from([fact for fact in library().facts.values() if can_be_typed(fact)]))
    typed = data.draw(TYPED)

    form = FactsForm([fact], {}, {fact.name: typed})

    if form.is_valid():
        value = form.cleaned_data[fact.name]
        assert value is None or isinstance(value, str) or fact.low <= value <= fact.high
    else:
        assert form.errors[fact.name]


@given(st.data())
def test_what_a_field_prints_it_reads_back(data: st.DataObject) -> None:
    facts = [
        f for f in library().facts.values() if can_be_typed(f) and f.type not in {"code", "flag", "date"}
    ]
    fact = data.draw(st.sampled_from(facts))
    value = data.draw(st.integers(fact.low, fact.high))

    form = FactsForm([fact], {fact.name: value}, {fact.name: written(fact, value)})

    assert form.is_valid(), form.errors
    assert form.cleaned_data[fact.name] == value
    assert form.changes() == []
