"""What the policy library reads: the list of rules, one rule in words, and the what-if answer."""

from kerong.capabilities.policy_library.queries.list_of_rules import (
    KINDS,
    RuleLine,
    regions_of,
    rules_matching,
)
from kerong.capabilities.policy_library.queries.rule_in_words import RuleInWords, rule_in_words
from kerong.capabilities.policy_library.queries.what_if import (
    Answer,
    Range,
    movable_parameters,
    movable_rules,
    range_of,
    what_if,
)
from kerong.capabilities.policy_library.queries.yaml_source import yaml_of

__all__ = [
    "KINDS",
    "Answer",
    "Range",
    "RuleInWords",
    "RuleLine",
    "movable_parameters",
    "movable_rules",
    "range_of",
    "regions_of",
    "rule_in_words",
    "rules_matching",
    "what_if",
    "yaml_of",
]
