"""Names and codes of synthetic firms belong to nobody and to one firm each."""

from __future__ import annotations

import os
from pathlib import Path

import numpy as np
import pyarrow.compute as pc
import pyarrow.parquet as pq
import pytest

from kerong.basics.identity_codes import compose, is_credit_code, organisation_code_holds
from kerong.demo import names
from kerong.demo.assumptions import assumptions

# A register to compare with, for whoever has one: a Parquet file with a column `name`.
REGISTER = Path(os.environ.get("KERONG_REGISTER", "../shared/data/registry/hubei.parquet"))
TRADES = [industry.trades for industry in assumptions().industries]


def drawn(number: int, *, regions: list[str] | None = None, industry: int | None = None) -> list[str]:
    rng = np.random.default_rng(1)
    places = (regions or ["420100", "429021", "422800"]) * number
    chosen = np.full(number, industry) if industry is not None else rng.integers(0, len(TRADES), number)
    return names.names(
        places[:number],
        chosen,
        TRADES,
        ["company"] * number,
        np.zeros(number, bool),
        np.random.default_rng(2),
    )


def test_codes_are_those_that_compose_gives() -> None:
    regions = ["420100", "429021", "422800"] * 40

    found = names.codes(regions)

    assert found == [compose("X", "9", region, f"P{i:07d}") for i, region in enumerate(regions)]
    assert all(is_credit_code(code) and organisation_code_holds(code[8:17]) for code in found)


def test_names_of_one_place_and_trade_differ() -> None:
    found = drawn(60_000, regions=["420100"], industry=0)

    assert len(set(found)) == 60_000


def test_every_name_says_that_it_is_invented() -> None:
    assert all("（虚构）" in name for name in drawn(2_000))


def test_names_vary_in_place_brand_and_trade() -> None:
    found = drawn(2_000)

    assert len({name[:2] for name in found}) == 3
    assert len({name[2:4] for name in found}) > 500
    assert {len(name) for name in found} >= {14, 15, 16}


def test_a_former_name_is_no_name_of_today() -> None:
    today = set(drawn(20_000))

    former = {names.former_name(name, trade) for name in today for trade in names.FORMER}

    assert all("虚构" in name for name in former)
    assert not former & today


@pytest.mark.skipif(not REGISTER.is_file(), reason="no register to compare with on this machine")
def test_no_name_stands_in_the_register() -> None:
    real = pq.read_table(REGISTER, columns=["name"])["name"]
    plain = {name.replace("（虚构）", "") for name in drawn(60_000)}

    # Not only the name as it is, which nobody bears: without the word it is nobody's either.
    assert not pc.any(pc.match_substring(real, "虚构")).as_py()
    assert not plain & set(real.to_pylist())
