"""What the policy library reads: lists, rules in words, timelines, documents, gaps, search, comparison, what-if."""

from kerong.capabilities.policy_library.queries.citing import (
    KINDS_OF_CITING,
    Citing,
    SourceLine,
    everything_citing,
    source_lines,
)
from kerong.capabilities.policy_library.queries.comparison import (
    Comparison,
    TopicLine,
    comparison,
    counted_topics,
    topics,
)
from kerong.capabilities.policy_library.queries.kept import kept
from kerong.capabilities.policy_library.queries.list_of_rules import (
    DOORS,
    INSTRUMENTS,
    KINDS,
    SUBJECTS,
    Asked,
    LinesOfRegion,
    RuleLine,
    by_region,
    facet_values,
    is_of_another_region,
    rules_matching,
    tasks_named,
)
from kerong.capabilities.policy_library.queries.releases_of import Released, releases_changing
from kerong.capabilities.policy_library.queries.rule_in_words import RuleInWords, rule_in_words
from kerong.capabilities.policy_library.queries.search import Found, search, search_entries
from kerong.capabilities.policy_library.queries.search_entries import GROUPS, Entry, entries_of
from kerong.capabilities.policy_library.queries.search_words import Piece, folded, holds, pieces, words_of
from kerong.capabilities.policy_library.queries.unpublished import (
    Gap,
    GapsOfPack,
    products_without_cap,
    unpublished,
    unpublished_count,
)
from kerong.capabilities.policy_library.queries.unpublished_table import unpublished_rows
from kerong.capabilities.policy_library.queries.value_timeline import Timeline, timeline
from kerong.capabilities.policy_library.queries.what_if import (
    Answer,
    Range,
    is_movable,
    movable_parameters,
    movable_rules,
    range_of,
    what_if,
)
from kerong.capabilities.policy_library.queries.yaml_source import yaml_of

__all__ = [
    "DOORS",
    "GROUPS",
    "INSTRUMENTS",
    "KINDS",
    "KINDS_OF_CITING",
    "SUBJECTS",
    "Answer",
    "Asked",
    "Citing",
    "Comparison",
    "Entry",
    "Found",
    "Gap",
    "GapsOfPack",
    "LinesOfRegion",
    "Piece",
    "Range",
    "Released",
    "RuleInWords",
    "RuleLine",
    "SourceLine",
    "Timeline",
    "TopicLine",
    "by_region",
    "comparison",
    "counted_topics",
    "entries_of",
    "everything_citing",
    "facet_values",
    "folded",
    "holds",
    "is_movable",
    "is_of_another_region",
    "kept",
    "movable_parameters",
    "movable_rules",
    "pieces",
    "products_without_cap",
    "range_of",
    "releases_changing",
    "rule_in_words",
    "rules_matching",
    "search",
    "search_entries",
    "source_lines",
    "tasks_named",
    "timeline",
    "topics",
    "unpublished",
    "unpublished_count",
    "unpublished_rows",
    "what_if",
    "words_of",
    "yaml_of",
]
