"""The oracle: walk the parsed predicates of one firm in exact fractions, sharing nothing with the graph.

Truth is True, False or None (unknown). A number is the pair of its lowest and highest possible value, or None
when missing; a code is the set of codes still possible, or None when missing. Slow and plain on purpose.
"""

from __future__ import annotations

from fractions import Fraction
from typing import TYPE_CHECKING, Any

from kerong.engines.rules.syntax import Tree, parse

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping
    from datetime import date

    from kerong.engines.rules.model import Clause, Indicator, Library, Pack, Parameter

Truth = bool | None
Number = tuple[Fraction, Fraction] | None
Form = dict[str, Fraction] | None
Value = Any


def all_of(truths: Iterable[Truth]) -> Truth:
    """Kleene AND."""
    found = list(truths)
    return False if False in found else None if None in found else True


def any_of(truths: Iterable[Truth]) -> Truth:
    """Kleene OR."""
    found = list(truths)
    return True if True in found else None if None in found else False


class Interpreter:
    """Interprets a library for one firm on one day; ``facts`` holds stored values."""

    def __init__(self, library: Library, on: date, facts: Mapping[str, int | str | None]) -> None:
        self.library, self.on, self.facts = library, on, facts
        self._memo: dict[tuple[str, str], Value] = {}
        self._spans: dict[str, tuple[Fraction, Fraction]] = {}

    def verdict(self, pack: Pack) -> Truth:
        """Return whether all clauses in force hold."""
        return all_of(self.clause(pack, clause) for clause in pack.clauses if clause.in_force(self.on))

    def clause(self, pack: Pack, clause: Clause) -> Truth:
        """Return whether one clause holds."""
        if not clause.any_of:
            return self.truth(pack, parse(clause.holds_when))
        return any_of(
            all_of(self.truth(pack, parse(p.holds_when)) for p in branch.parts) for branch in clause.any_of
        )

    def truth(self, pack: Pack, tree: Tree) -> Truth:
        """Return the truth of a condition."""
        match tree:
            case ("and", parts):
                return all_of(self.truth(pack, part) for part in parts)
            case ("or", parts):
                return any_of(self.truth(pack, part) for part in parts)
            case ("not", part):
                inner = self.truth(pack, part)
                return None if inner is None else not inner
            case ("bool", value):
                return bool(value)
            case ("null",):
                return None
            case ("name", name):
                value = self.value(pack, name)
                return None if value is None else bool(value)
            case ("between", a, low, high):
                return all_of(
                    [self.truth(pack, ("cmp", ">=", a, low)), self.truth(pack, ("cmp", "<=", a, high))]
                )
            case ("in", a, items):
                return self._member(pack, a, items)
            case ("like", ("name", name), prefix):
                codes = self.value(pack, name)
                return (
                    None if codes is None else _uniform(c is not None and c.startswith(prefix) for c in codes)
                )
            case ("isnull", a):
                return self._missing(pack, a)
            case ("cmp", operator, a, b):
                return self._compare(pack, operator, a, b)
            case _:
                raise AssertionError(tree)

    def _member(self, pack: Pack, a: Tree, items: tuple[Tree, ...]) -> Truth:
        codes = self._codes(pack, a)
        if codes is False:
            return any_of(self._compare(pack, "=", a, item) for item in items)
        listed = [self._codes(pack, item) for item in items]
        known = {code for item in listed if item for code in item}
        found = None if codes is None else _uniform(code in known for code in codes)
        return any_of([found, None]) if None in listed else found

    def _codes(self, pack: Pack, tree: Tree) -> Any:
        """Return a set of possible codes, None when missing, False when the tree is no code."""
        if tree[0] == "text":
            return frozenset([tree[1]])
        if tree == ("null",):
            return None
        if tree[0] != "name" or self._kind(pack, tree[1]) != "code":
            return False
        return self.value(pack, tree[1])

    def _kind(self, pack: Pack, name: str) -> str:
        if name in pack.classes:
            return "code"
        if name in pack.parameters:
            return pack.parameters[name].unit.type
        return self.library.facts[name].type if name in self.library.facts else "number"

    def _missing(self, pack: Pack, tree: Tree) -> Truth:
        if tree[0] == "name" and self._kind(pack, tree[1]) in {"code", "flag"}:
            value = self.value(pack, tree[1])
            return value is None or (isinstance(value, frozenset) and (len(value) != 1 or None in value))
        return self.number(pack, tree) is None

    def _compare(self, pack: Pack, operator: str, a: Tree, b: Tree) -> Truth:
        if "bool" in (a[0], b[0]):
            x, y = self.truth(pack, a), self.truth(pack, b)
            return None if x is None or y is None else (x == y) == (operator == "=")
        if (
            self._codes(pack, a) is not False
            and self._codes(pack, b) is not False
            and {"text", "null"} & {a[0], b[0]}
        ):
            subject, item = (b, a) if a[0] in {"text", "null"} else (a, b)
            found = self._member(pack, subject, (item,))
            return found if operator == "=" or found is None else not found
        if self._codes(pack, a) is not False and "name" == a[0] == b[0] and self._kind(pack, a[1]) == "code":
            subject, item = (b, a) if a[1] in pack.parameters else (a, b)
            found = self._member(pack, subject, (item,))
            return found if operator == "=" or found is None else not found
        difference = self.number(pack, ("-", a, b))
        if difference is None:
            return None
        low, high = difference
        outcomes = {
            "=": (low == high == 0, low > 0 or high < 0),
            "<": (high < 0, low >= 0),
            "<=": (high <= 0, low > 0),
        }
        outcomes |= {">": (low > 0, high <= 0), ">=": (low >= 0, high < 0), "<>": outcomes["="][::-1]}
        true, false = outcomes[operator]
        return True if true else False if false else None

    def number(self, pack: Pack, tree: Tree) -> Number:
        """Return the interval of an expression."""
        form = self._form(pack, tree)
        if form is None:
            return None
        low = high = form.pop("", Fraction(0))
        for symbol, coefficient in form.items():
            ends = sorted(coefficient * end for end in self._spans[symbol])
            low, high = low + ends[0], high + ends[1]
        return low, high

    def _form(self, pack: Pack, tree: Tree) -> Form:
        """Return an expression as a sum, so that points which occur twice are as uncertain as once."""
        match tree:
            case ("name", name):
                return self._named_form(pack, name)
            case ("neg", a):
                return _sum({}, 1, self._form(pack, a), -1)
            case ("+" | "-" as operator, a, b):
                return _sum(self._form(pack, a), 1, self._form(pack, b), 1 if operator == "+" else -1)
            case ("*", a, b):
                return _product(self._form(pack, a), self._form(pack, b))
            case _:
                return self._called(pack, tree)

    def _named_form(self, pack: Pack, name: str) -> Form:
        head, _, tail = name.partition(".")
        if head not in pack.points:
            value = self.value(pack, name)
            span = value if isinstance(value, tuple) or value is None else (Fraction(value), Fraction(value))
            return self._symbol(name, span)
        total: Form = {"": Fraction(0)}
        for indicator in pack.points[head].indicators:
            if tail in ("", indicator.name, indicator.group):
                symbol = f"{pack.key}:{head}.{indicator.name}"
                total = _sum(total, 1, self._symbol(symbol, self.points(pack, indicator)), 1)
        return total

    def _symbol(self, symbol: str, span: Number) -> Form:
        if span is None:
            return None
        self._spans[symbol] = span
        return {"": span[0]} if span[0] == span[1] else {symbol: Fraction(1)}

    def _called(self, pack: Pack, tree: Tree) -> Form:
        """Return a literal's or function's value; the compiler refuses uncertain points inside a function."""
        match tree:
            case ("int" | "date", value):
                return {"": Fraction(value)}
            case ("dec", value, scale):
                return {"": Fraction(value, 10**scale)}
            case ("null",):
                return None
            case ("least" | "greatest" as tag, items):
                found = [self.number(pack, item) for item in items]
                known = [x[0] for x in found if x is not None]
                choose = min if tag == "least" else max
                return {"": choose(known)} if len(known) == len(found) else None
            case ("floor", a):
                x = self.number(pack, a)
                return None if x is None else {"": Fraction(x[0] // 1)}
            case ("share", amount, ratio, rounding):
                return self._share(self.number(pack, amount), self.number(pack, ratio), rounding)
            case _:
                raise AssertionError(tree)

    def _share(self, amount: Number, ratio: Number, rounding: str) -> Form:
        if amount is None or ratio is None:
            return None
        exact = amount[0] * ratio[0] / 10_000
        magnitude, sign = abs(exact), 1 if exact >= 0 else -1
        whole = magnitude // 1
        rest = magnitude - whole
        half = Fraction(1, 2)
        up = {
            "down": False,
            "up": rest > 0,
            "half_up": rest >= half,
            "half_even": rest > half or (rest == half and whole % 2),
        }
        return {"": Fraction(sign * (whole + bool(up[rounding])))}

    def value(self, pack: Pack, name: str) -> Value:
        """Return what a name stands for: number interval, code set, flag, or None when missing."""
        own = name in pack.points or name in pack.classes or name in pack.parameters
        key = (pack.key if own or name not in self.library.facts else "", name)
        if key not in self._memo:
            self._memo[key] = self._value(pack, name)
        return self._memo[key]

    def _value(self, pack: Pack, name: str) -> Value:
        head, _, tail = name.partition(".")
        if head in pack.points:
            chosen = [i for i in pack.points[head].indicators if tail in ("", i.name, i.group)]
            spans = [self.points(pack, i) for i in chosen]
            return sum(s[0] for s in spans), sum(s[1] for s in spans)
        if name in pack.classes:
            return frozenset(self.classes(pack, name))
        if head in pack.parameters:
            return self._parameter(pack, pack.parameters[head], tail)
        fact, given = self.library.facts[name], self.facts.get(name)
        if given is None and fact.published_by:
            return self._published(name)
        return frozenset([given]) if fact.type == "code" and given is not None else given

    def _parameter(self, pack: Pack, parameter: Parameter, column: str) -> Value:
        dated = parameter.in_force(self.on)
        if dated is None:
            return None
        if not parameter.by:
            return (
                frozenset([dated.value])
                if parameter.unit.type == "code" and dated.value is not None
                else dated.value
            )
        position = [c.name for c in parameter.columns].index(column) if parameter.columns else 0
        key = self.value(pack, parameter.by)
        for row in dated.rows:
            if row.key is not None and key == frozenset([row.key]):
                return row.values[position]
            if row.key is None and key is not None:
                low, high = key if isinstance(key, tuple) else (key, key)
                if (row.low is None or row.low <= low) and (row.high is None or high <= row.high):
                    return row.values[position]
        return None

    def points(self, pack: Pack, indicator: Indicator) -> tuple[Fraction, Fraction]:
        """Return the lowest and highest points still possible."""
        if indicator.best_of:
            spans = [self.points(pack, line) for line in indicator.best_of]
            return max(s[0] for s in spans), max(s[1] for s in spans)
        dated = indicator.in_force(self.on)
        possible: list[int] = []
        for band in dated.bands if dated else ():
            matched = self._band(pack, indicator, band)
            if matched is not False:
                possible += [0, indicator.max] if band.points is None else [band.points]
            if matched:
                break
        else:
            possible += [0, indicator.max]
        return Fraction(min(possible)), Fraction(max(possible))

    def _band(self, pack: Pack, indicator: Indicator, band: Any) -> Truth:
        if band.when:
            return self.truth(pack, parse(band.when))
        if band.codes:
            return self.truth(pack, ("in", parse(indicator.of), tuple(("text", code) for code in band.codes)))
        if band.low is None and band.high is None:
            return True
        if indicator.ratio_of is None:
            measured = self.number(pack, parse(indicator.of))
        else:
            part, whole = (self.number(pack, parse(text)) for text in indicator.ratio_of)
            if part is None or whole is None or whole[0] <= 0:
                return None
            measured = (part[0] * 10_000 / whole[0], part[1] * 10_000 / whole[1])
        if measured is None:
            return None
        tests: list[Truth] = []
        for bound, is_open, sign in ((band.low, band.low_open, 1), (band.high, band.high_open, -1)):
            if bound is not None:
                tests.append(
                    _uniform(sign * (x - bound) > 0 or (x == bound and not is_open) for x in measured)
                )
        return all_of(tests)

    def classes(self, pack: Pack, name: str) -> list[str | None]:
        """Return the classes still possible; None stands for "no class"."""
        possible: list[str | None] = []
        for option in pack.classes[name].options:
            if option.in_force(self.on):
                holds = self.truth(pack, parse(option.holds_when)) if option.holds_when else True
                if holds is not False:
                    possible.append(option.value)
                if holds:
                    return possible
        return [*possible, None]

    def _published(self, name: str) -> Value:
        fact = self.library.facts[name]
        pack = self.library.packs.get(fact.published_by)
        if pack is None or not pack.in_force(self.on):
            return None
        publication = next((p for p in pack.publishes if p.fact == name), None)
        if publication is None:
            return None
        if not publication.expression:
            return self.verdict(pack)
        tree = parse(publication.expression)
        if fact.type == "flag":
            return self.truth(pack, tree)
        return self.value(pack, tree[1]) if tree[0] == "name" else self.number(pack, tree)


def _sum(a: Form, times_a: int, b: Form, times_b: int) -> Form:
    """Return a sum of two sums; the empty symbol is the constant."""
    if a is None or b is None:
        return None
    total = {symbol: times_a * coefficient for symbol, coefficient in a.items()}
    for symbol, coefficient in b.items():
        total[symbol] = total.get(symbol, Fraction(0)) + times_b * coefficient
    return total


def _product(a: Form, b: Form) -> Form:
    """Return a product of two sums, one of which is a constant."""
    if a is None or b is None:
        return None
    a, b = (b, a) if set(a) <= {""} else (a, b)
    if not set(b) <= {""}:
        raise AssertionError("the compiler refuses products of uncertain points")
    return {symbol: coefficient * b.get("", Fraction(0)) for symbol, coefficient in a.items()}


def _uniform(outcomes: Iterable[bool]) -> Truth:
    found = set(outcomes)
    return found.pop() if len(found) == 1 else None
