"""The order of drawing: the first half of the facts before the rules of titles are asked, the second after."""

from __future__ import annotations

from typing import TYPE_CHECKING

from kerong.demo.books import draw_books, draw_invoices
from kerong.demo.markets import draw_markets
from kerong.demo.people import draw_people

if TYPE_CHECKING:
    from collections.abc import Mapping

    import numpy as np
    from numpy.typing import NDArray

    from kerong.demo.drawing import Drawing
    from kerong.engines.rules.model import Fact


def draw_first_half(drawing: Drawing, facts: Mapping[str, Fact]) -> None:
    """Draw what a firm is, does and has in its books."""
    drawing.main_facts()
    draw_books(drawing)
    draw_invoices(drawing)
    draw_markets(drawing)
    draw_people(drawing)
    drawing.figures(facts)


def draw_second_half(
    drawing: Drawing,
    facts: Mapping[str, Fact],
    fitting: Mapping[str, NDArray[np.bool_]],
    entered: NDArray[np.bool_],
) -> None:
    """Give titles to firms that fit, then loans and applications; ``entered`` are this year's 科技型中小企业."""
    drawing.titles(fitting)
    drawing.loans(entered)
    drawing.figures(facts)
