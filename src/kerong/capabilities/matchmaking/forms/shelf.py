"""What a visitor asks of the shelf: words, filters, an amount as people write it, products to compare."""

from __future__ import annotations

from typing import TYPE_CHECKING
from urllib.parse import urlencode

from django import forms
from django.utils import translation
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from kerong.capabilities.matchmaking import queries
from kerong.capabilities.matchmaking.forms.typed_amount import AmountField, is_bare
from kerong.engines.rules.model import UNITS, Fact
from kerong.engines.rules.quantities import show_quantity

if TYPE_CHECKING:
    from django.http import QueryDict
    from django.utils.functional import Promise

    from kerong.records.packs.queries import CurrentLaw

TEXT_MAX = 100
COMPARED_MAX = 4
_SAID_MAX = 40
# From one yuan to a trillion: wide enough for anything meant, small enough for 64 bits.
AMOUNT = Fact("amount", "需要的金额", "amount needed", "money", UNITS["wan_yuan"], low=100, high=10**14)

DOOR_WORDS: dict[str, Promise] = {
    "equity": gettext_lazy("股权"),
    "debt": gettext_lazy("债权"),
    "listing": gettext_lazy("上市"),
}
STAGE_WORDS: dict[str, Promise] = {
    "seed": gettext_lazy("种子期"),
    "startup": gettext_lazy("初创期"),
    "growth": gettext_lazy("成长期"),
    "mature": gettext_lazy("成熟期"),
}
SORT_WORDS: dict[queries.Sort, Promise] = {
    "rules_first": gettext_lazy("有规则的在前"),
    "amount": gettext_lazy("公布的额度从高到低"),
    "term": gettext_lazy("公布的期限从长到短"),
    "name": gettext_lazy("产品名称"),
    "institution": gettext_lazy("机构名称"),
}


FILTER_WORDS: dict[str, Promise] = {
    "kind": gettext_lazy("类别"),
    "door": gettext_lazy("门"),
    "stage": gettext_lazy("阶段"),
    "region": gettext_lazy("地区"),
    "sort": gettext_lazy("排序"),
}


class ShelfForm(forms.Form):
    """The search of the shelf. A choice that does not exist asks for everything and is said; so is a bad amount."""

    q = forms.CharField(required=False)
    kind = forms.CharField(required=False)
    door = forms.CharField(required=False)
    stage = forms.CharField(required=False)
    region = forms.CharField(required=False)
    amount = AmountField(AMOUNT)
    sort = forms.CharField(required=False)
    firm = forms.CharField(required=False)

    def __init__(self, law: CurrentLaw, asked: QueryDict) -> None:
        self.law = law
        self.kinds = queries.kinds_on_shelf(law)
        self.regions = queries.regions_on_shelf(law)
        self.chosen = chosen_products(law, asked)
        self.has_too_many = has_too_many(law, asked)
        self.unknown: list[tuple[Promise, str]] = []
        wanted = {name: _clean(asked.get(name, "")) for name in self.base_fields}
        permitted = {
            "kind": [kind for kind, _zh, _en in self.kinds],
            "door": list(DOOR_WORDS),
            "stage": list(STAGE_WORDS),
            "region": [region.code for region in self.regions],
            "sort": list(SORT_WORDS),
        }
        for name, codes in permitted.items():
            if wanted[name] and wanted[name] not in codes:
                self.unknown.append((FILTER_WORDS[name], wanted[name][:_SAID_MAX]))
                wanted[name] = ""
        super().__init__(wanted)
        self.is_valid()

    @property
    def question(self) -> queries.ShelfQuestion:
        """Return what is looked for; an amount that cannot be read asks for nothing."""
        said = self.cleaned_data
        return queries.ShelfQuestion(
            text=said["q"],
            kind=said["kind"],
            door=said["door"],
            stage=said["stage"],
            region=said["region"],
            amount_fen=said.get("amount"),
            sort=next((sort for sort in SORT_WORDS if sort == said["sort"]), "rules_first"),
        )

    @property
    def is_bare_amount(self) -> bool:
        """Tell whether digits alone were typed, so that the page says which unit they were taken in."""
        return is_bare(self.data["amount"])

    @property
    def has_more(self) -> bool:
        """Tell whether one of the rarer filters is used, so that they are shown open."""
        return any(self.data[name] for name in ("door", "stage", "sort", "firm"))

    def query(self, *, without: str = "") -> str:
        """Return the search and the chosen products as the end of an address."""
        pairs = [(name, value) for name, value in self.data.items() if value]
        pairs += [("p", line.key) for line in self.chosen if line.key != without]
        return f"?{urlencode(pairs)}" if pairs else ""

    def in_words(self) -> list[tuple[str, str]]:
        """Say what was looked for, for the notes of an export."""
        region = next((r.name for r in self.regions if r.code == self.data["region"]), "")
        kind = next((zh for key, zh, _en in self.kinds if key == self.data["kind"]), "")
        said = [
            (_("查找"), self.data["q"]),
            (_("类别"), kind),
            (_("门"), str(DOOR_WORDS.get(self.data["door"], ""))),
            (_("阶段"), str(STAGE_WORDS.get(self.data["stage"], ""))),
            (_("地区"), region),
            (_("需要的金额"), money_words(self.question.amount_fen)),
        ]
        return [(name, value) for name, value in said if value]


def money_words(fen: int | None) -> str:
    """Print a sum in the reader's language; nothing for none."""
    in_english = (translation.get_language() or "").startswith("en")
    return "" if fen is None else show_quantity(fen, UNITS["wan_yuan"], "en" if in_english else "zh")


def unknown_products(law: CurrentLaw, asked: QueryDict) -> int:
    """Return how many of the products asked for do not stand on the shelf."""
    return len(dict.fromkeys(asked.getlist("p"))) - len(_known(law, asked))


def chosen_products(law: CurrentLaw, asked: QueryDict) -> list[queries.ShelfLine]:
    """Return the products to compare, in the order chosen, at most four; unknown ones are left out."""
    return _known(law, asked)[:COMPARED_MAX]


def has_too_many(law: CurrentLaw, asked: QueryDict) -> bool:
    """Tell whether more products were chosen than are compared."""
    return len(_known(law, asked)) > COMPARED_MAX


def _known(law: CurrentLaw, asked: QueryDict) -> list[queries.ShelfLine]:
    keys = dict.fromkeys(_clean(key) for key in asked.getlist("p"))
    return [line for key in keys if (line := queries.shelf_line(law, key)) is not None]


def _clean(text: str) -> str:
    # A zero byte would not reach the table of firms: PostgreSQL refuses it with an error.
    return text.replace("\0", "")[:TEXT_MAX].strip()
