"""The peers of the population benchmark, each in the best form we found, giving our three counts a product."""
# ruff: noqa: S608, E501, C901, PLR0911, PLR0912 - our own SQL, longer than a line; one case a kind of node

from __future__ import annotations

import json
from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING, Any

import duckdb
import numpy as np
import polars as pl
import zen

from kerong.engines.rules import sql
from kerong.engines.rules.syntax import parsed

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from pathlib import Path

    import pyarrow as pa

    from bench.catalogues import Condition
    from kerong.engines.rules.compiler import Catalogue

THREADS = 2
Counts = list[tuple[int, int, int]]
# A criterion as a byte: adding the bytes of a product says all three counts at once.
_MET, _UNMET, _UNKNOWN = 0, 1, 16


def _written(condition: Condition) -> str:
    """Return a condition as SQL with its threshold as a literal."""
    return condition.shape.text.format(p=condition.value)


def distinct(drawn: Sequence[Sequence[Condition]]) -> tuple[list[str], list[list[int]]]:
    """Return the distinct conditions, and per product which of them it needs."""
    texts: dict[str, int] = {}
    needs = [[texts.setdefault(_written(c), len(texts)) for c in conditions] for conditions in drawn]
    return list(texts), needs


# ---- DuckDB


class Duck:
    """DuckDB with two threads, on a table in memory or on Parquet."""

    def __init__(
        self, parquet: Path, catalogue: Catalogue, drawn: Sequence[Sequence[Condition]], *, load: bool = True
    ) -> None:
        self.catalogue, self.drawn = catalogue, drawn
        self.connection = duckdb.connect(config={"threads": THREADS})
        self.table = f"read_parquet('{parquet}')"
        if load:
            self.connection.execute(
                f"CREATE TABLE firms AS SELECT (row_number() OVER () - 1)::UINTEGER AS firm, * FROM {self.table}"
            )
            self.table = "firms"
        for statement in sql.masks_statements(catalogue, "masks"):
            self.connection.execute(statement)
        self.connection.execute(
            "CREATE TABLE numbered AS SELECT (row_number() OVER (ORDER BY rule) - 1)::SMALLINT AS number, * FROM masks"
        )

    def words(self, key: str = "uscc") -> None:
        """Build the words of all firms."""
        query = sql.words_query(self.catalogue, self.table, key)
        self.connection.execute(f"CREATE OR REPLACE TABLE words AS {query}")

    def words_masks(self) -> Counts:
        """Count by words and masks: shared criteria, then a cross join, in the fastest form we found.

        Numbered rules group without hashing; whoever has more than one criterion open is dropped first.
        """
        self.words()
        n = sql.word_count(self.catalogue)
        bits = " + ".join(f"bit_count(m.m{i} & ~w.t{i})" for i in range(n))
        failing = " OR ".join(f"(m{i} & f{i}) <> 0" for i in range(n))
        rows = self.connection.execute(
            f"SELECT number, count_if(b = 0), count_if(b = 1 AND ({failing})), count_if(b = 1 AND NOT ({failing})) "
            f"FROM (SELECT m.*, w.*, {bits} AS b FROM words w CROSS JOIN numbered m WHERE {bits} <= 1) "
            "GROUP BY number ORDER BY number"
        ).fetchall()
        found = {row[0]: tuple(map(int, row[1:])) for row in rows}
        return [found.get(number, (0, 0, 0)) for number in range(len(self.drawn))]

    def wide(self) -> Counts:
        """Count with one SELECT: boolean expressions per product, in its own text."""
        columns: list[str] = []
        for conditions in self.drawn:
            texts = [f"({_written(c)})" for c in conditions]
            open_ = " + ".join(f"({text} IS NOT TRUE)::TINYINT" for text in texts)
            failing = " OR ".join(f"{text} IS FALSE" for text in texts)
            columns += [
                f"count_if({' AND '.join(texts)})",
                f"count_if({open_} = 1 AND ({failing}))",
                f"count_if({open_} = 1 AND NOT ({failing}))",
            ]
        return self._tripled(f"SELECT {', '.join(columns)} FROM {self.table}")

    def wide_eligible(self) -> list[int]:
        """Count with one SELECT only who is eligible: a third of the question, the most natural text."""
        columns = [
            f"count_if({' AND '.join(f'({_written(c)})' for c in conditions)})" for conditions in self.drawn
        ]
        row = self.connection.execute(f"SELECT {', '.join(columns)} FROM {self.table}").fetchone()
        assert row is not None
        return [int(value) for value in row]

    def bytes_summed(self) -> Counts:
        """Count with shared criteria as a table of bytes, added up per product."""
        texts, needs = distinct(self.drawn)
        made = ", ".join(
            f"(CASE WHEN {text} THEN {_MET} WHEN NOT ({text}) THEN {_UNMET} ELSE {_UNKNOWN} END)::UTINYINT AS c{i}"
            for i, text in enumerate(texts)
        )
        self.connection.execute(f"CREATE OR REPLACE TABLE criteria AS SELECT {made} FROM {self.table}")
        columns: list[str] = []
        for needed in needs:
            total = " + ".join(f"c{i}" for i in needed)
            columns += [f"count_if({total} = {value})" for value in (0, _UNMET, _UNKNOWN)]
        return self._tripled(f"SELECT {', '.join(columns)} FROM criteria")

    def _tripled(self, query: str) -> Counts:
        row = self.connection.execute(query).fetchone()
        assert row is not None
        return [(int(row[i]), int(row[i + 1]), int(row[i + 2])) for i in range(0, len(row), 3)]

    def copy_pairs(self, out: Path) -> int:
        """Write the eligible pairs to Parquet from words and masks."""
        self.words("firm")
        n = sql.word_count(self.catalogue)
        met = " AND ".join(f"(m.m{i} & ~w.t{i}) = 0" for i in range(n))
        self.connection.execute(
            f"COPY (SELECT m.rule, w.firm FROM words w CROSS JOIN masks m WHERE {met}) TO '{out}' (FORMAT parquet)"
        )
        row = self.connection.execute(f"SELECT count(*) FROM read_parquet('{out}')").fetchone()
        assert row is not None
        return int(row[0])


# ---- Polars


def _polars(tree: Any) -> pl.Expr:
    match tree:
        case ("name", name):
            return pl.col(name)
        case ("int", value):
            return pl.lit(value)
        case ("text", value):
            return pl.lit(value)
        case ("neg", a):
            return -_polars(a)
        case ("*", a, b):
            return _polars(a) * _polars(b)
        case ("cmp", operator, a, b):
            x, y = _polars(a), _polars(b)
            return {"=": x == y, "<>": x != y, "<": x < y, "<=": x <= y, ">": x > y, ">=": x >= y}[operator]
        case ("between", a, low, high):
            return (_polars(a) >= _polars(low)) & (_polars(a) <= _polars(high))
        case ("in", a, items):
            return _polars(a).is_in([item[1] for item in items])
        case ("like", name, prefix):
            return _polars(name).str.starts_with(prefix)
        case ("and" | "or" as tag, parts):
            made = [_polars(part) for part in parts]
            total = made[0]
            for part in made[1:]:
                total = total & part if tag == "and" else total | part
            return total
        case ("not", part):
            return ~_polars(part)
        case _:
            raise ValueError(tree)


def polars_shared(frame: pl.DataFrame | pl.LazyFrame, drawn: Sequence[Sequence[Condition]]) -> Counts:
    """Count lazily: every distinct criterion one byte column, products add them up."""
    texts, needs = distinct(drawn)
    made = [_polars(parsed(text)[0]) for text in texts]
    criteria = [
        pl.when(e.is_null()).then(pl.lit(_UNKNOWN, pl.UInt8)).otherwise((~e).cast(pl.UInt8)).alias(f"c{i}")
        for i, e in enumerate(made)
    ]
    counts: list[pl.Expr] = []
    for position, needed in enumerate(needs):
        total = pl.col(f"c{needed[0]}")
        for i in needed[1:]:
            total = total + pl.col(f"c{i}")
        counts += [
            (total == value).sum().alias(f"p{position}_{kind}")
            for kind, value in enumerate((0, _UNMET, _UNKNOWN))
        ]
    row = frame.lazy().select(criteria).select(counts).collect().row(0)
    return [(int(row[i]), int(row[i + 1]), int(row[i + 2])) for i in range(0, len(row), 3)]


def polars_carry_save(frame: pl.DataFrame | pl.LazyFrame, drawn: Sequence[Sequence[Condition]]) -> Counts:
    """Count with packed booleans: criteria shared lazily, then our own carry-save pair on Polars' bitmaps."""
    texts, needs = distinct(drawn)
    made = [_polars(parsed(text)[0]) for text in texts]
    criteria = [(~e.fill_null(value=False)).alias(f"n{i}") for i, e in enumerate(made)]
    criteria += [(~e).fill_null(value=False).alias(f"f{i}") for i, e in enumerate(made)]
    bits = frame.lazy().select(criteria).collect()
    columns = {name: bits.get_column(name) for name in bits.columns}

    def judged(needed: Sequence[int]) -> tuple[int, int, int]:
        one, failing = columns[f"n{needed[0]}"], columns[f"f{needed[0]}"]
        two: pl.Series | None = None
        for i in needed[1:]:
            other = columns[f"n{i}"]
            both = one & other
            two = both if two is None else two | both
            one = one | other
            failing = failing | columns[f"f{i}"]
        lone = one if two is None else one & ~two
        near = (lone & failing).sum()
        return len(one) - one.sum(), near, lone.sum() - near

    with ThreadPoolExecutor(THREADS) as pool:
        return list(pool.map(judged, needs))


# ---- numpy, one rule after the other


class Vectors:
    """Formulas over whole columns without sharing, as OpenFisca evaluates them: (true, false) per condition."""

    def __init__(self, table: pa.Table) -> None:
        self.columns: dict[str, Any] = {}
        self.known: dict[str, Any] = {}
        self.texts: dict[str, list[str]] = {}
        for name in table.column_names:
            column = table.column(name).combine_chunks()
            self.known[name] = np.asarray(column.is_valid())
            if str(column.type) == "string":
                encoded = column.dictionary_encode()
                self.texts[name] = encoded.dictionary.to_pylist()
                self.columns[name] = encoded.indices.fill_null(0).to_numpy().astype(np.int16)
            else:
                self.columns[name] = np.asarray(column.fill_null(False if str(column.type) == "bool" else 0))

    def counts(self, drawn: Sequence[Sequence[Condition]]) -> Counts:
        """Count product by product, two threads."""
        with ThreadPoolExecutor(THREADS) as pool:
            return list(pool.map(self._product, drawn))

    def _product(self, conditions: Sequence[Condition]) -> tuple[int, int, int]:
        total: Any = None
        for condition in conditions:
            true, false = self._truth(parsed(_written(condition))[0])
            outcome = (~(true | false)).view(np.uint8) * np.uint8(_UNKNOWN) + false.view(np.uint8)
            total = outcome if total is None else np.add(total, outcome, out=total)
        return tuple(int(np.count_nonzero(total == value)) for value in (_MET, _UNMET, _UNKNOWN))  # type: ignore[return-value] - three

    def _number(self, tree: Any) -> tuple[Any, Any]:
        match tree:
            case ("name", name):
                return self.columns[name], self.known[name]
            case ("int", value):
                return np.int64(value), True
            case ("neg", a):
                value, known = self._number(a)
                return -value, known
            case ("*", a, b):
                (x, known_x), (y, known_y) = self._number(a), self._number(b)
                return x * y, known_x & known_y
            case _:
                raise ValueError(tree)

    def _truth(self, tree: Any) -> tuple[Any, Any]:
        match tree:
            case ("name", name):
                return self.columns[name] & self.known[name], ~self.columns[name] & self.known[name]
            case ("cmp", operator, ("name", name), ("text", text)):
                return self._listed(name, [t == text for t in self.texts[name]], negated=operator == "<>")
            case ("cmp", operator, a, b):
                (x, known_x), (y, known_y) = self._number(a), self._number(b)
                known = known_x & known_y
                holds = {
                    "<": np.less, "<=": np.less_equal, ">": np.greater, ">=": np.greater_equal, "=": np.equal, "<>": np.not_equal,
                }[operator](x, y)  # fmt: skip
                return holds & known, ~holds & known
            case ("between", a, low, high):
                value, known = self._number(a)
                holds = (value >= self._number(low)[0]) & (value <= self._number(high)[0])
                return holds & known, ~holds & known
            case ("in", ("name", name), items):
                wanted = {item[1] for item in items}
                return self._listed(name, [t in wanted for t in self.texts[name]])
            case ("like", ("name", name), prefix):
                return self._listed(name, [t.startswith(prefix) for t in self.texts[name]])
            case ("not", part):
                true, false = self._truth(part)
                return false, true
            case ("or", parts):
                sides = [self._truth(part) for part in parts]
                return np.logical_or.reduce([t for t, _ in sides]), np.logical_and.reduce(
                    [f for _, f in sides]
                )
            case _:
                raise ValueError(tree)

    def _listed(self, name: str, members: list[bool], *, negated: bool = False) -> tuple[Any, Any]:
        holds = np.take(np.array(members), self.columns[name])
        known = self.known[name]
        return (~holds & known, holds & known) if negated else (holds & known, ~holds & known)


# ---- ZEN


def zen_table(drawn: Sequence[Sequence[Condition]], keys: Sequence[str]) -> Any:
    """Return ZEN's compiled decision table: a row a product, a column a fact, and one for what spans facts."""
    facts = sorted({name for conditions in drawn for c in conditions for name in parsed(_written(c))[1]})
    rules: list[dict[str, str]] = []
    for key, conditions in zip(keys, drawn, strict=True):
        row = {"_id": key, "rule": f"'{key}'", "free": ""} | dict.fromkeys(facts, "")
        free: list[str] = []
        for condition in conditions:
            tree, names = parsed(_written(condition))
            if len(names) == 1 and not row[names[0]]:
                row[names[0]] = _zen(tree, {names[0]: "$"})
            else:
                free.append(_zen(tree, {}))
        row["free"] = " and ".join(f"({text})" for text in free)
        rules.append(row)
    inputs = [{"id": name, "name": name, "field": name} for name in facts] + [{"id": "free", "name": "free"}]
    table = {
        "hitPolicy": "collect", "inputs": inputs, "rules": rules,
        "outputs": [{"id": "rule", "name": "rule", "field": "rule"}],
    }  # fmt: skip
    nodes = [
        {"id": "in", "type": "inputNode", "name": "in", "content": {}},
        {"id": "table", "type": "decisionTableNode", "name": "table", "content": table},
        {"id": "out", "type": "outputNode", "name": "out", "content": {}},
    ]
    edges = [
        {"id": f"e{i}", "type": "edge", "sourceId": a, "targetId": b}
        for i, (a, b) in enumerate((("in", "table"), ("table", "out")))
    ]
    return zen.ZenEngine().create_decision(json.dumps({"nodes": nodes, "edges": edges}))


def _zen(tree: Any, names: Mapping[str, str]) -> str:
    """Write a condition for ZEN so that it holds only where it is true; ZEN refuses to compare null."""
    match tree:
        case ("name", name):
            return f"{names.get(name, name)} == true"
        case ("not", ("name", name)):
            return f"{names.get(name, name)} == false"
        case ("or", parts):
            return " or ".join(f"({_zen(part, names)})" for part in parts)
        case ("cmp", operator, a, b):
            used = [names.get(name, name) for side in (a, b) for name in _names(side)]
            written = f"{_zen_value(a, names)} {_ZEN[operator]} {_zen_value(b, names)}"
            return " and ".join([*(f"{name} != null" for name in used), written])
        case ("between", ("name", name), low, high):
            at = names.get(name, name)
            return f"{at} != null and {at} >= {_zen_value(low, names)} and {at} <= {_zen_value(high, names)}"
        case ("in", ("name", name), items):
            return f"{names.get(name, name)} in [{', '.join(repr(item[1]) for item in items)}]"
        case ("like", ("name", name), prefix):
            at = names.get(name, name)
            return f"{at} != null and startsWith({at}, '{prefix}')"
        case ("not", ("like", ("name", name), prefix)):
            at = names.get(name, name)
            return f"{at} != null and not startsWith({at}, '{prefix}')"
        case _:
            raise ValueError(tree)


_ZEN = {"=": "==", "<>": "!=", "<": "<", "<=": "<=", ">": ">", ">=": ">="}


def _names(tree: Any) -> list[str]:
    if tree[0] == "name":
        return [tree[1]]
    return _names(tree[1]) + _names(tree[2]) if tree[0] == "*" else []


def _zen_value(tree: Any, names: Mapping[str, str]) -> str:
    match tree:
        case ("name", name):
            return names.get(name, name)
        case ("int", value):
            return str(value)
        case ("text", value):
            return repr(value)
        case ("neg", a):
            return f"-{_zen_value(a, names)}"
        case ("*", a, b):
            return f"{_zen_value(a, names)} * {_zen_value(b, names)}"
        case _:
            raise ValueError(tree)
