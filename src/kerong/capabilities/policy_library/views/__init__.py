"""Pages of the policy library: rules, values in time, documents, gaps, search, comparison, what-if."""

from kerong.capabilities.policy_library.views.comparison import comparison, comparisons
from kerong.capabilities.policy_library.views.rules import rule, rules, value
from kerong.capabilities.policy_library.views.search import policy_search
from kerong.capabilities.policy_library.views.sources import source, sources
from kerong.capabilities.policy_library.views.unpublished import unpublished, unpublished_file
from kerong.capabilities.policy_library.views.what_if import what_if

__all__ = [
    "comparison",
    "comparisons",
    "policy_search",
    "rule",
    "rules",
    "source",
    "sources",
    "unpublished",
    "unpublished_file",
    "value",
    "what_if",
]
