"""What a predicate may say, what it means in three values, and all that is refused with a reason."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from kerong.engines.rules.syntax import PredicateError, names_in, parse
from kerong.engines.rules.tests.small_law import compiled, letters, pack

X, Y, F, C = ("name", "x"), ("name", "y"), ("name", "f"), ("name", "c")


def cmp(operator: str, a: Any, b: Any) -> tuple[Any, ...]:
    return ("cmp", operator, a, b)


@pytest.mark.parametrize(
    ("text", "tree"),
    [
        ("x >= 5", cmp(">=", X, ("int", 5))),
        ("x != 5", cmp("<>", X, ("int", 5))),
        ("x <> -5", cmp("<>", X, ("neg", ("int", 5)))),
        ("x = 1.50", cmp("=", X, ("dec", 15, 1))),
        ("x = 2.000", cmp("=", X, ("int", 2))),
        ("x = .0", cmp("=", X, ("int", 0))),
        ("x = 0.000001", cmp("=", X, ("dec", 1, 6))),
        ("x = 999999999999999999", cmp("=", X, ("int", 999_999_999_999_999_999))),
        ("d >= DATE '2026-01-31'", cmp(">=", ("name", "d"), ("date", 20260131))),
        ("c = 'it''s --'", cmp("=", C, ("text", "it's --"))),
        ("c = '汉'", cmp("=", C, ("text", "汉"))),
        ("t.one < y", cmp("<", ("name", "t.one"), Y)),
        ("x - y - 1 > 0", cmp(">", ("-", ("-", X, Y), ("int", 1)), ("int", 0))),
        ("x + y * 2 > 0", cmp(">", ("+", X, ("*", Y, ("int", 2))), ("int", 0))),
        ("(x + y) * 2 > 0", cmp(">", ("*", ("+", X, Y), ("int", 2)), ("int", 0))),
        ("- x + y > 0", cmp(">", ("+", ("neg", X), Y), ("int", 0))),
        ("LEAST(x, y, 3) > 0", cmp(">", ("least", (X, Y, ("int", 3))), ("int", 0))),
        ("greatest(x, NULL) > 0", cmp(">", ("greatest", (X, ("null",))), ("int", 0))),
        ("floor(x * 0.5) > 0", cmp(">", ("floor", ("*", X, ("dec", 5, 1))), ("int", 0))),
        ("share(x, 5, 'half_even')", ("share", X, ("int", 5), "half_even")),
        ("f", F),
        ("NOT f", ("not", F)),
        ("f = TRUE", cmp("=", F, ("bool", True))),
        ("NOT f = FALSE", ("not", cmp("=", F, ("bool", False)))),
        ("NOT x IS NULL", ("not", ("isnull", X))),
        ("x IS NOT NULL", ("not", ("isnull", X))),
        ("FALSE = f IS NULL", ("isnull", cmp("=", ("bool", False), F))),
        ("FALSE = (f IS NULL)", cmp("=", ("bool", False), ("isnull", F))),
        ("c LIKE '42%'", ("like", C, "42")),
        ("c NOT LIKE '42%'", ("not", ("like", C, "42"))),
        ("NOT c LIKE '42%'", ("not", ("like", C, "42"))),
        ("c IN ('a', 'b')", ("in", C, (("text", "a"), ("text", "b")))),
        ("x NOT IN (1, NULL)", ("not", ("in", X, (("int", 1), ("null",))))),
        ("x BETWEEN 1 AND 2 AND f", ("and", (("between", X, ("int", 1), ("int", 2)), F))),
        ("x NOT BETWEEN 1 AND 2", ("not", ("between", X, ("int", 1), ("int", 2)))),
        ("f OR f AND NOT f", ("or", (F, ("and", (F, ("not", F)))))),
        ("(f OR f) AND f", ("and", (("or", (F, F)), F))),
    ],
)
def test_accepted_text_is_read_as(text: str, tree: tuple[Any, ...]) -> None:
    assert parse(text) == tree


NUMBERS = [{"x": 1}, {"x": 2}, {"x": None}]
FLAGS = [{"f": 1}, {"f": 0}, {"f": None}]
CODES = [{"c": "a1"}, {"c": "b1"}, {"c": None}]


@pytest.mark.parametrize(
    ("text", "over", "truths"),
    [
        ("x = 1", NUMBERS, "TFU"),
        ("x <> 1", NUMBERS, "FTU"),
        ("NOT x = 1", NUMBERS, "FTU"),
        ("x < 2", NUMBERS, "TFU"),
        ("x <= 1", NUMBERS, "TFU"),
        ("x > 1", NUMBERS, "FTU"),
        ("x >= 2", NUMBERS, "FTU"),
        ("2 > x", NUMBERS, "TFU"),
        ("x BETWEEN 1 AND 1", NUMBERS, "TFU"),
        ("x BETWEEN 2 AND 1", NUMBERS, "FFU"),
        ("x NOT BETWEEN 1 AND 1", NUMBERS, "FTU"),
        ("x NOT BETWEEN 2 AND 1", NUMBERS, "TTU"),
        ("x IN (1, 3)", NUMBERS, "TFU"),
        ("x IN (1, NULL)", NUMBERS, "TUU"),
        ("x NOT IN (1, 3)", NUMBERS, "FTU"),
        ("x NOT IN (1, NULL)", NUMBERS, "FUU"),
        ("x IS NULL", NUMBERS, "FFT"),
        ("x IS NOT NULL", NUMBERS, "TTF"),
        ("x = NULL", NUMBERS, "UUU"),
        ("x - x = 0", NUMBERS, "TTU"),
        ("x * 0 = 0", NUMBERS, "TTU"),
        ("x = x", NUMBERS, "TTU"),
        ("least(x, NULL) < 9", NUMBERS, "UUU"),
        ("greatest(x, 2) = 2", NUMBERS, "TTU"),
        ("floor(x * 1.5) = 1", NUMBERS, "TFU"),
        ("x * x = 4", NUMBERS, "FTU"),
        ("x = 1 OR TRUE", NUMBERS, "TTT"),
        ("x = 1 AND FALSE", NUMBERS, "FFF"),
        ("x = 1 OR NULL", NUMBERS, "TUU"),
        ("x = 1 AND NULL", NUMBERS, "UFU"),
        ("x = 1 OR x IS NULL", NUMBERS, "TFT"),
        ("f", FLAGS, "TFU"),
        ("NOT f", FLAGS, "FTU"),
        ("f = TRUE", FLAGS, "TFU"),
        ("f = FALSE", FLAGS, "FTU"),
        ("f <> TRUE", FLAGS, "FTU"),
        ("TRUE <> f", FLAGS, "FTU"),
        ("(NOT f) = FALSE", FLAGS, "TFU"),
        ("f IS NULL", FLAGS, "FFT"),
        ("FALSE = (f IS NULL)", FLAGS, "TTF"),
        ("f AND NOT f", FLAGS, "FFU"),
        ("f OR NOT f", FLAGS, "TTU"),
        ("c = 'a1'", CODES, "TFU"),
        ("'a1' = c", CODES, "TFU"),
        ("c <> 'a1'", CODES, "FTU"),
        ("c IN ('a1', 'a2')", CODES, "TFU"),
        ("c NOT IN ('a1', 'a2')", CODES, "FTU"),
        ("c IN ('a1', NULL)", CODES, "TUU"),
        ("c NOT IN ('a1', NULL)", CODES, "FUU"),
        ("c = NULL", CODES, "UUU"),
        ("NULL <> c", CODES, "UUU"),
        ("c LIKE 'a%'", CODES, "TFU"),
        ("c NOT LIKE 'a%'", CODES, "FTU"),
        ("c IS NULL", CODES, "FFT"),
        ("c IS NOT NULL", CODES, "TTF"),
        ("TRUE", NUMBERS, "TTT"),
        ("FALSE", NUMBERS, "FFF"),
        ("NULL", NUMBERS, "UUU"),
        ("NOT NULL", NUMBERS, "UUU"),
    ],
)
def test_truth_table(text: str, over: list[dict[str, Any]], truths: str) -> None:
    assert letters(compiled(pack(text)), *over) == truths


REFUSED = {
    "Div is not allowed": ["x / 2 = 1", "x/y >= 1"],
    "IntDiv is not allowed": ["x // 2 = 1", "x DIV 2 = 1"],
    "Mod is not allowed": ["x % 2 = 1", "mod(x, 2) = 1"],
    "Pow is not allowed": ["x ^ 2 = 1", "x ** 2 = 1", "power(x, 2) = 1"],
    "casts are not allowed": [
        "x::INT = 1",
        "'2026-01-01'::DATE <= d",
        "CAST(x AS BIGINT) = 1",
        "cast ('2026-01-01' AS DATE) <= d",
        "TIMESTAMP '2026-01-01' > d",
        "INT '5' > x",
    ],
    "TryCast is not allowed": ["TRY_CAST(x AS INT) = 1"],
    "is not a date": [
        "DATE '20260101' <= d",
        "DATE '2026-W01-1' <= d",
        "DATE '2026-02-30' <= d",
        "DATE '2026-01-01 10:00' <= d",
        "DATE '２０２６-01-01' <= d",
        "DATE '' <= d",
    ],
    "a comment stands": ["x >= 1 -- AND f", "x >= 1 /* OR TRUE */", "x >= 5 --3", "/* */ x >= 1"],
    "quoted name": ['"x" >= 1', '"t".one >= 1', "t.* = 1", 'c = "a"'],
    "'==' is not SQL": ["x == 1", "f==TRUE"],
    "LIKE is only allowed as a prefix": [
        "c LIKE ANY ('a%')",
        "c LIKE '%a'",
        "c LIKE 'a_%'",
        "c LIKE 'a\\%'",
        "c LIKE 'a'",
        "c LIKE '%'",
        "c LIKE d",
        "'a1' LIKE 'a%'",
    ],
    "Escape is not allowed": ["c LIKE 'a%' ESCAPE '!'"],
    "ILike is not allowed": ["c ILIKE 'a%'", "c NOT ILIKE 'a%'"],
    "SimilarTo is not allowed": ["c SIMILAR TO 'a%'"],
    "Glob is not allowed": ["c GLOB 'a*'"],
    "RegexpLike is not allowed": ["c ~ 'a'"],
    "StartsWith is not allowed": ["c ^@ 'a'"],
    "Between with 'symmetric' is not allowed": ["x BETWEEN SYMMETRIC 2 AND 1"],
    "In with 'query' is not allowed": ["x IN (SELECT 1)"],
    "In with 'field' is not allowed": ["x IN y"],
    "empty IN": ["x IN ()"],
    "a comparison is compared without brackets": ["1 < x < 5", "x = 1 = TRUE", "TRUE = NOT f", "x < y = f"],
    "IS is only allowed with NULL": ["f IS TRUE", "f IS NOT TRUE", "f IS FALSE", "x IS 5"],
    "NullSafeNEQ is not allowed": ["x IS DISTINCT FROM 1"],
    "NullSafeEQ is not allowed": ["x IS NOT DISTINCT FROM 1", "x <=> 1"],
    "Case is not allowed": ["CASE WHEN f THEN TRUE END"],
    "If is not allowed": ["IF(f, 1, 2) = 1"],
    "Coalesce is not allowed": ["coalesce(x, 1) = 1", "ifnull(x, 1) = 1", "x ?? 1 = 1"],
    "Nullif is not allowed": ["nullif(x, 1) = 1"],
    "Abs is not allowed": ["abs(x) = 1", "@x = 1"],
    "Round is not allowed": ["round(x) = 1"],
    "Floor with 'decimals' is not allowed": ["floor(x, 2) = 1"],
    "Window is not allowed": ["sum(x) OVER () = 1", "least(x, y) OVER () = 1"],
    "Filter is not allowed": ["least(x, y) FILTER (WHERE f) = 1"],
    "Subquery is not allowed": ["(SELECT 1) = x"],
    "Exists is not allowed": ["EXISTS (SELECT 1)"],
    "Select is not allowed": ["SELECT 1", "FROM x"],
    "Block is not allowed": ["x >= 1; DROP TABLE y"],
    "Alias is not allowed": ["x y", "x AS y", "x >= 0x1F", "x >= 0b1"],
    "Placeholder is not allowed": ["x = ?", "x = $1", "x = :y"],
    "Struct is not allowed": ["{'a': 1} = x", "STRUCT_PACK(a := 1) = x"],
    "Array is not allowed": ["[1] = x"],
    "Bracket is not allowed": ["x[1] = 1"],
    "ToMap is not allowed": ["MAP {1: 2} = x"],
    "ArrayFilter is not allowed": ["list_filter([1], z -> z > 1) = x"],
    "Tuple is not allowed": ["(x, y) = (1, 2)"],
    "Concat is not allowed": ["c = 'a' 'b'"],
    "DPipe is not allowed": ["c || 'a' = 'b'"],
    "BitwiseAnd is not allowed": ["x & 1 = 1"],
    "BitwiseNot is not allowed": ["~x = 1"],
    "ArrayOverlaps is not allowed": ["f && f"],
    "ByteString is not allowed": ["c = e'a'"],
    "Collate is not allowed": ["c COLLATE nocase = 'a'"],
    "Interval is not allowed": ["INTERVAL 1 DAY > x"],
    "CurrentDate is not allowed": ["current_date > d"],
    "Dot is not allowed": ["x.floor() = 1"],
    "Column with 'db' is not allowed": ["a.b.c = 1"],
    "Any is not allowed": ["x = ANY([1])"],
    "All is not allowed": ["x > ALL (SELECT 1)"],
    "Star is not allowed": ["* = 1"],
    "the function now is not allowed": ["now() > d"],
    "the function SHARE is not allowed": ["SHARE(x, 1, 'down') = 1"],
    "share is called wrongly": ["share(x, 1) = 1", "share(x, 1, down) = 1", "share(x, 1, 'near') = 1"],
    "the number '1e5' is not allowed": ["x = 1e5"],
    "the number '9999999999999999999' is not allowed": ["x = 9999999999999999999"],
    "the number '1.0000001' is not allowed": ["x = 1.0000001"],
    "the number '5.' is not allowed": ["x = 5."],
    "digit groups are not allowed": ["x = 20_000"],
    "the character '１' is not allowed": ["x >= １"],
    "the character '²' is not allowed": ["x >= ²"],
    "the character 'с' is not allowed": ["с = 'a1'"],
    "the character '!' is not allowed": ["!f"],
    "the character '[' is not allowed": ["x IN [1, 2]"],
    "the character '~' is not allowed": ["c ~~ 'a%'"],
    "cannot read the predicate": [
        "",
        " ",
        ";",
        "f AND",
        "(x",
        "x)",
        "x => 1",
        "least() = 1",
        "x = 'a",
        "x ≥ 1",
        "x = 1 LIMIT 1",
        "f AND AND f",
    ],
    "NoneType is not allowed": ["floor() = 1"],
    "nested too deeply": ["(" * 61 + "f" + ")" * 61, "NOT " * 61 + "f", "+".join(["x"] * 62) + " > 1"],
    "the predicate has 4001 characters": ["f" * 4001],
}


@pytest.mark.parametrize(
    ("reason", "text"), [(reason, text) for reason, texts in REFUSED.items() for text in texts]
)
def test_text_is_refused_because(reason: str, text: str) -> None:
    with pytest.raises(PredicateError) as caught:
        parse(text)

    assert reason in caught.value.what
    assert caught.value.expected
    assert caught.value.cure


def test_brackets_as_deep_as_sensible_and_long_chains_are_read() -> None:
    assert parse("(" * 50 + "f" + ")" * 50) == F
    assert parse(" AND ".join(["f"] * 500)) == ("and", (F,) * 500)


def test_thousands_of_brackets_are_refused_and_not_a_crash() -> None:
    with pytest.raises(PredicateError):
        parse("(" * 3_999)


def test_names_are_listed_once_in_order() -> None:
    assert names_in(parse("y > x AND NOT least(x, z) IN (1, y) OR c LIKE 'a%'")) == ("y", "x", "z", "c")


WORDS = """
x y f c t.one 1 2.5 'a' '' NULL TRUE AND OR NOT IN BETWEEN IS LIKE DATE '2026-01-01' ( ) , + - * / = <> < >=
least floor share CASE WHEN THEN END SELECT FROM OVER :: -- /* */ ; [ ] { } ? : $1 @ " ' \\ % _ ! ~ ^ | & # `
INTERVAL CAST AS EXISTS UNION 汉 １ e'a' x'41' -> => == !~~ COLUMNS LAMBDA TRY ROW VALUES ANY ALL
"""
FRAGMENTS = st.sampled_from([*WORDS.split(), "\x00", "\n"])


@settings(max_examples=1500)
@given(st.one_of(st.lists(FRAGMENTS, max_size=12).map(" ".join), st.text(max_size=40)))
@example("floor()")
@example("->")
@example("least()")
@example("x IN")
@example("DATE")
def test_any_text_is_a_tree_or_a_predicate_error(text: str) -> None:
    try:
        tree = parse(text)
    except PredicateError:
        return
    assert isinstance(tree[0], str)
