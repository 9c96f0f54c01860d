"""What a visitor types in matchmaking: facts of a firm, and a search of the shelf."""

from kerong.capabilities.matchmaking.forms.facts import (
    Change,
    ChoiceOfFact,
    FactRow,
    FactsForm,
    FactsOnPage,
    QuantityField,
    Unread,
    can_be_typed,
    written,
)
from kerong.capabilities.matchmaking.forms.shelf import (
    COMPARED_MAX,
    DOOR_WORDS,
    SORT_WORDS,
    STAGE_WORDS,
    ShelfForm,
    chosen_products,
    has_too_many,
    money_words,
    unknown_products,
)

__all__ = [
    "COMPARED_MAX",
    "DOOR_WORDS",
    "SORT_WORDS",
    "STAGE_WORDS",
    "Change",
    "ChoiceOfFact",
    "FactRow",
    "FactsForm",
    "FactsOnPage",
    "QuantityField",
    "ShelfForm",
    "Unread",
    "can_be_typed",
    "chosen_products",
    "has_too_many",
    "money_words",
    "unknown_products",
    "written",
]
