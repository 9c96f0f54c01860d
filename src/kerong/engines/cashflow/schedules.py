"""Repayment schedules by four methods: the principal parts add up, the last instalment takes the difference."""

from __future__ import annotations

from dataclasses import dataclass, replace
from decimal import ROUND_HALF_UP, Decimal, localcontext
from typing import TYPE_CHECKING, Literal, TypeAlias, get_args

from kerong.engines.cashflow.days import MILLION, CashflowError, DayCount, Rounding, interest, year_fraction

if TYPE_CHECKING:
    from datetime import date

    from kerong.engines.cashflow.due_days import Due

Method: TypeAlias = Literal["equal_instalments", "equal_principal", "interest_first", "bullet"]
METHODS: tuple[Method, ...] = get_args(Method)
Keep: TypeAlias = Literal["term", "instalment"]
_DIGITS = 60


@dataclass(frozen=True, slots=True)
class Terms:
    """What a schedule follows from. ``rate`` is simple per year in millionths, ``principal`` in minor units."""

    principal: int
    rate: int
    method: Method
    day_count: DayCount
    starts_on: date
    dues: tuple[Due, ...]
    rounding: Rounding = "half_up"


@dataclass(frozen=True, slots=True)
class Instalment:
    """One payment: its interest period, what it pays, and the balance before and after."""

    number: int
    starts_on: date
    ends_on: date
    pays_on: date
    opening: int
    principal: int
    interest: int

    @property
    def total(self) -> int:
        """Return what is paid."""
        return self.principal + self.interest

    @property
    def closing(self) -> int:
        """Return the balance after the payment."""
        return self.opening - self.principal


@dataclass(frozen=True, slots=True)
class Prepaid:
    """A payment before it was due: the interest run up to that day, and the schedule of what is left."""

    interest: int
    terms: Terms
    instalments: tuple[Instalment, ...]


def schedule(terms: Terms) -> tuple[Instalment, ...]:
    """Return the instalments. Raises CashflowError.

    Interest of a period is simple, on the balance at its start, rounded to a minor unit. Equal instalments pay the
    level amount that would end the balance exactly, rounded half up; equal principal pays the whole part of principal ÷
    number; interest first pays interest each time and the principal at the end; bullet pays once, with simple interest
    from the start. In each the last instalment pays whatever is left.
    """
    if terms.principal <= 0 or terms.rate < 0 or not terms.dues:
        raise CashflowError("a schedule needs a principal, a rate that is not negative, and a due day")
    if terms.method not in METHODS:
        raise CashflowError(f"no method {terms.method!r}; there are {', '.join(METHODS)}")
    if terms.method == "bullet":
        terms = replace(terms, dues=terms.dues[-1:])
    level = level_payment(terms) if terms.method == "equal_instalments" else 0
    return _walk(terms, level)


def level_payment(terms: Terms) -> int:
    """Return the equal instalment: principal ÷ sum of the discount factors of the periods, rounded half up."""
    with localcontext() as context:
        context.prec = _DIGITS
        factor, total, start = Decimal(1), Decimal(0), terms.starts_on
        for due in terms.dues:
            part = year_fraction(start, due.ends_on, terms.day_count) * terms.rate / MILLION
            factor /= 1 + Decimal(part.numerator) / Decimal(part.denominator)
            total += factor
            start = due.ends_on
        return int((terms.principal / total).quantize(Decimal(1), rounding=ROUND_HALF_UP))


def prepay(terms: Terms, *, on: date, amount: int, keep: Keep = "term") -> Prepaid:
    """Return what follows from paying ``amount`` of principal on a day between due days, all earlier dues paid.

    Interest is paid with it up to that day on the whole balance. ``keep`` says what stays: the ``term`` (smaller
    instalments) or the ``instalment`` (fewer of them; equal instalments and equal principal only). A prepayment of the
    whole balance leaves no instalments. Raises CashflowError.
    """
    made = schedule(terms)
    paid = [each for each in made if each.ends_on <= on]
    left = made[len(paid) :]
    balance = left[0].opening if left else 0
    if on < terms.starts_on or not 0 < amount <= balance:
        raise CashflowError(f"{amount} cannot be prepaid on {on}: the balance is {balance}")
    run_up = interest(
        balance,
        rate=terms.rate,
        start=left[0].starts_on,
        end=on,
        day_count=terms.day_count,
        rounding=terms.rounding,
    )
    rest = replace(
        terms,
        principal=balance - amount,
        starts_on=on,
        dues=tuple(due for due in terms.dues if due.ends_on > on),
    )
    if rest.principal == 0:
        return Prepaid(run_up, rest, ())
    if keep == "term" or terms.method in {"interest_first", "bullet"}:
        return Prepaid(run_up, rest, schedule(rest))
    # Fewer instalments: pay as much each time as before, until nothing is left.
    each_time = (
        level_payment(terms) if terms.method == "equal_instalments" else terms.principal // len(terms.dues)
    )
    return Prepaid(run_up, rest, _walk(rest, each_time, each_principal=each_time))


def _walk(terms: Terms, level: int, *, each_principal: int | None = None) -> tuple[Instalment, ...]:
    made: list[Instalment] = []
    balance, start = terms.principal, terms.starts_on
    part = terms.principal // len(terms.dues) if each_principal is None else each_principal
    for number, due in enumerate(terms.dues, 1):
        owed = interest(
            balance,
            rate=terms.rate,
            start=start,
            end=due.ends_on,
            day_count=terms.day_count,
            rounding=terms.rounding,
        )
        wanted = {"equal_instalments": level - owed, "equal_principal": part}.get(terms.method, 0)
        if wanted < 0:
            raise CashflowError(
                f"the interest due on {due.ends_on} is more than the equal instalment; "
                "shorten the period or choose another method"
            )
        paid = balance if number == len(terms.dues) else min(wanted, balance)
        made.append(Instalment(number, start, due.ends_on, due.pays_on, balance, paid, owed))
        balance, start = balance - paid, due.ends_on
        if balance == 0:
            break
    return tuple(made)
