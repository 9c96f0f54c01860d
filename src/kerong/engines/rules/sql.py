"""Render the compiled criteria as portable SQL: words of truth per firm, masks per rule, verdicts from both.

The same text runs on DuckDB, PostgreSQL and Spark: BIGINT only, no division, no NULL-dependent functions. Words
carry 62 bits, so that they stay positive. Parameters keep their names as comments.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from kerong.engines.rules.graph import COLUMN_TAGS, INT_MAX, LOWEST, Node, operands, reachable

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from kerong.engines.rules.compiler import Catalogue

BITS = 62
_LEAVES = {"fact", "code", "const", "true", "false", "in", "text", "valid"}


@dataclass(frozen=True, slots=True)
class RuleMask:
    """One row of the masks table: a rule and its criteria as 62-bit words."""

    rule: str
    words: tuple[int, ...]


def word_count(catalogue: Catalogue) -> int:
    """Return how many words hold the criteria."""
    return max(1, -(-len(catalogue.criteria) // BITS))


def masks(catalogue: Catalogue) -> list[RuleMask]:
    """Return the masks table."""
    rows: list[RuleMask] = []
    for rule in catalogue.rules:
        words = [0] * word_count(catalogue)
        for criterion in rule.criteria:
            words[criterion // BITS] |= 1 << (criterion % BITS)
        rows.append(RuleMask(rule.key, tuple(words)))
    return rows


def words_query(
    catalogue: Catalogue, table: str, key: str = "uscc", *, available: Sequence[str] | None = None
) -> str:
    """Return a query giving per firm its key and the words t0, t1, …, f0, f1, ….

    ``table`` has one BIGINT column per numeric fact, text per code, and 0/1 or boolean per flag. ``available``
    names the columns it has; others count as missing. Without it all are expected.
    """
    return _Renderer(catalogue, set(available) if available is not None else None).words(table, key)


def counts_query(catalogue: Catalogue, words_table: str, masks_table: str) -> str:
    """Return a query giving per rule: eligible, near_miss, one_document_away."""
    n = word_count(catalogue)
    met, near, document = _verdicts(n)
    open_words = ", ".join(f"m.m{i} & ~w.t{i} AS o{i}, m.m{i} & w.f{i} AS n{i}" for i in range(n))
    return (
        f"SELECT rule, sum(CASE WHEN {met} THEN 1 ELSE 0 END) AS eligible,\n"
        f"  sum(CASE WHEN {near} THEN 1 ELSE 0 END) AS near_miss,\n"
        f"  sum(CASE WHEN {document} THEN 1 ELSE 0 END) AS one_document_away\n"
        f"FROM (SELECT m.rule, m.blocked, {open_words} FROM {words_table} w CROSS JOIN {masks_table} m) v\n"
        "GROUP BY rule ORDER BY rule"
    )


def verdicts_query(catalogue: Catalogue, words_table: str, masks_table: str, key: str = "uscc") -> str:
    """Return a query giving per firm and rule the verdict: met, not_met or unknown, and how near it is."""
    n = word_count(catalogue)
    met, near, document = _verdicts(n)
    failing = " OR ".join(f"n{i} <> 0" for i in range(n))
    open_words = ", ".join(f"m.m{i} & ~w.t{i} AS o{i}, m.m{i} & w.f{i} AS n{i}" for i in range(n))
    return (
        f"SELECT {key}, rule, CASE WHEN {met} THEN 'met' WHEN {failing} THEN 'not_met' ELSE 'unknown' END AS verdict,\n"
        f"  CASE WHEN {near} THEN 'near_miss' WHEN {document} THEN 'one_document_away' ELSE 'none' END AS nearness\n"
        f"FROM (SELECT w.{key}, m.rule, m.blocked, {open_words} FROM {words_table} w CROSS JOIN {masks_table} m) v"
    )


def masks_statements(catalogue: Catalogue, table: str) -> list[str]:
    """Return the statements that create and fill the masks table."""
    columns = ", ".join(f"m{i} BIGINT" for i in range(word_count(catalogue)))
    blocked = {rule.key: int(rule.blocked) for rule in catalogue.rules}
    rows = ",\n".join(
        f"('{mask.rule}', {blocked[mask.rule]}, {', '.join(map(str, mask.words))})"
        for mask in masks(catalogue)
    )
    statements = [f"CREATE TABLE {table} (rule VARCHAR(200), blocked INTEGER, {columns})"]
    return [*statements, f"INSERT INTO {table} VALUES\n{rows}"] if rows else statements


def _verdicts(n: int) -> tuple[str, str, str]:
    """Return the conditions of met, near miss and one document away over o(pen) and n(ot met) words."""
    met = " AND ".join(f"o{i} = 0" for i in range(n))
    # Exactly one bit over all words: one word is not zero, and clearing its lowest bit leaves nothing.
    lone = "(" + " + ".join(f"CASE WHEN o{i} <> 0 THEN 1 ELSE 0 END" for i in range(n)) + ") = 1"
    lone += "".join(f" AND (o{i} & (o{i} - 1)) = 0" for i in range(n))
    failing = "(" + " OR ".join(f"n{i} <> 0" for i in range(n)) + ")"
    return met, f"{lone} AND {failing}", f"{lone} AND NOT {failing} AND blocked = 0"


class _Renderer:
    """Writes one nested query: every computed column and shared condition becomes a column of an inner level."""

    def __init__(self, catalogue: Catalogue, available: set[str] | None) -> None:
        self.catalogue = catalogue
        self.nodes = catalogue.graph.nodes
        self.flags = {name for name, fact in catalogue.library.facts.items() if fact.type == "flag"}
        self.available = available
        self.names = _parameter_names(catalogue)

    def words(self, table: str, key: str) -> str:
        needed = reachable(self.nodes, [b for truth in self.catalogue.criteria for b in truth])
        levels: dict[int, int] = {}
        for i in needed:
            below = max((levels[o] for o in operands(self.nodes[i])), default=0)
            levels[i] = below if self.nodes[i][0] in _LEAVES else below + 1
        source = f"SELECT * FROM {table}"
        for level in range(1, max(levels.values(), default=0) + 1):
            made = [i for i in needed if levels[i] == level and self.nodes[i][0] not in _LEAVES]
            columns = ",\n  ".join(f"{self._written(i)} AS n{i}" for i in made)
            source = f"SELECT s{level}.*,\n  {columns}\nFROM (\n{source}\n) s{level}"
        words: list[str] = []
        for letter, side in (("t", 0), ("f", 1)):
            for word in range(word_count(self.catalogue)):
                members = range(word * BITS, min((word + 1) * BITS, len(self.catalogue.criteria)))
                bits = " |\n    ".join(
                    self._bit(self.catalogue.criteria[k][side], k - word * BITS) for k in members
                )
                words.append(f"({bits or 'CAST(0 AS BIGINT)'}) AS {letter}{word}")
        return f"SELECT {key},\n  " + ",\n  ".join(words) + f"\nFROM (\n{source}\n) facts"

    def _bit(self, bitmap: int, position: int) -> str:
        return (
            f"CASE WHEN {self._used(bitmap)} THEN CAST({1 << position} AS BIGINT) ELSE CAST(0 AS BIGINT) END"
        )

    def _missing(self, name: str) -> bool:
        return self.available is not None and name not in self.available

    def _used(self, i: int) -> str:
        """Return how a later level refers to a node."""
        node = self.nodes[i]
        return self._written(i) if node[0] in _LEAVES else f"n{i}" if node[0] in COLUMN_TAGS else f"n{i} = 1"

    def _written(self, i: int) -> str:
        """Return a node's own expression; conditions that become columns are written as 0 or 1."""
        node = self.nodes[i]
        match node:
            case ("fact" | "code", name):
                if self._missing(name):
                    return (
                        "CAST(NULL AS BIGINT)"
                        if node[0] == "fact" or name in self.flags
                        else "CAST(NULL AS VARCHAR(1))"
                    )
                return name
            case ("const", value):
                return f"CAST({value} AS BIGINT)"
            case ("true",):
                return "1 = 1"
            case ("false",):
                return "1 = 0"
            case ("in", column, low, high):
                return self._range(column, low, high)
            case ("text", code, kind, texts):
                return self._text(code, kind, texts)
            case ("valid", column):
                return f"{self._used(column)} IS NOT NULL"
            case ("and" | "or", items):
                return self._condition(f" {node[0].upper()} ".join(f"({self._used(item)})" for item in items))
            case ("andnot", a, b):
                return self._condition(f"({self._used(a)}) AND NOT ({self._used(b)})")
            case _:
                return self._arithmetic(node)

    @staticmethod
    def _condition(text: str) -> str:
        return f"CASE WHEN {text} THEN 1 ELSE 0 END"

    def _range(self, column: int, low: int, high: int) -> str:
        name = self._used(column)
        note = self.names.get((column, low, high), "")
        if low == high:
            return f"{name} = {low}{note}"
        tests = [f"{name} >= {low}"] if low > LOWEST else []
        tests += [f"{name} <= {high}"] if high < INT_MAX else []
        return " AND ".join(tests) + note

    def _text(self, code: int, kind: str, texts: Sequence[str]) -> str:
        name = self._used(code)
        if self.nodes[code][1] in self.flags:
            return f"CAST({name} AS INTEGER) IN ({', '.join(texts)})"
        quoted = [text.replace("'", "''") for text in texts]
        if kind == "prefix":
            return f"{name} LIKE '{quoted[0]}%'"
        return _in_list(name, quoted)

    def _arithmetic(self, node: Node) -> str:
        match node:
            case ("linear", terms, constant):
                return " + ".join(f"{c} * {self._used(column)}" for c, column in terms) + f" + {constant}"
            case ("mul", a, b):
                return f"{self._used(a)} * {self._used(b)}"
            case ("min" | "max", items):
                names = [self._used(item) for item in items]
                tests = " OR ".join(f"{name} IS NULL" for name in names)
                function = "least" if node[0] == "min" else "greatest"
                return (
                    names[0]
                    if len(names) == 1
                    else f"CASE WHEN {tests} THEN NULL ELSE {function}({', '.join(names)}) END"
                )
            case ("floordiv", a, divisor):
                digits = len(str(divisor)) - 1
                return f"CAST(floor({self._used(a)} * 0.{'0' * (digits - 1)}1) AS BIGINT)"
            case ("cases", listed):
                rows = " ".join(
                    f"WHEN {self._used(bitmap)} THEN CAST({value} AS BIGINT)" for bitmap, value in listed
                )
                return f"CASE {rows} ELSE NULL END"
            case ("bands", side, listed, rest):
                return self._bands(side, listed, rest)
            case ("coalesce", a, b):
                return f"coalesce({self._used(a)}, {self._used(b)})"
            case ("point", a, b):
                return f"CASE WHEN {self._used(a)} = {self._used(b)} THEN {self._used(a)} ELSE NULL END"
            case _:
                raise ValueError(f"no SQL for {node[0]}: amounts are not rendered")

    def _bands(self, side: str, listed: Sequence[tuple[int, int, int]], rest: int) -> str:
        """Return first-match points: the extreme over the bands not excluded before the first certain one."""
        function = "least" if side == "low" else "greatest"
        neutral = 2**31 if side == "low" else -(2**31)
        text = f"CAST({rest} AS BIGINT)"
        for true, false, points in reversed(listed):
            here = f"CAST({points} AS BIGINT)"
            text = (
                f"CASE WHEN {self._used(true)} THEN {here} "
                f"ELSE {function}(CASE WHEN {self._used(false)} THEN {neutral} ELSE {here} END, {text}) END"
            )
        return text


def _in_list(name: str, quoted: Sequence[str]) -> str:
    return f"{name} IN (" + ", ".join(f"'{text}'" for text in quoted) + ")"


def _parameter_names(catalogue: Catalogue) -> Mapping[tuple[int, int, int], str]:
    """Return comments that name the clauses behind simple comparisons, so an auditor can find the number."""
    nodes = catalogue.graph.nodes
    found: dict[tuple[int, int, int], str] = {}
    for rule in catalogue.rules:
        for clause, criterion in zip(rule.clauses, rule.clause_criteria, strict=True):
            for bitmap in catalogue.criteria[criterion]:
                node = nodes[bitmap]
                if node[0] == "andnot":
                    node = nodes[node[2]]
                if node[0] == "in":
                    used = [n for n in _names(clause.holds_when) if n in rule.pack.parameters]
                    found.setdefault(
                        (node[1], node[2], node[3]), f" /* {rule.key}: {', '.join(used) or clause.id} */"
                    )
    return found


def _names(text: str) -> Sequence[str]:
    from kerong.engines.rules.syntax import parsed

    return parsed(text)[1] if text else ()
