"""A stored record as the page prints it: one language chosen, facts joined with their sources, nothing looked up."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING, Any, Literal

from kerong.basics.clock import SHANGHAI

if TYPE_CHECKING:
    from collections.abc import Mapping

Language = Literal["zh", "en"]
_EN = "_en"
_WORST_FIRST = ("not_met", "unknown", "met")


def printed(record: Mapping[str, Any], language: Language) -> dict[str, Any]:
    """Return everything that the page of a decision shows, from its opened record alone."""
    words = {name: said[language] for name, said in record["words"].items()}
    shown: dict[str, Any] = _in_language(record, language)
    evaluation = shown["evaluation"]
    sources = {each["name"]: each for each in shown["inputs"]}
    for fact in evaluation["facts"]:
        fact["input"] = sources.get(fact["name"])
    _say_words(evaluation, words)
    evaluation["clauses"].sort(key=lambda clause: _WORST_FIRST.index(clause.get("truth", "unknown")))
    for element in (*evaluation["clauses"], *evaluation["parameters"], *evaluation["amounts"]):
        _cite(element, shown["citations"])
    shown["cited"] = [{"cites": cites, **said} for cites, said in shown["citations"].items()]
    shown["verdict"] = words[f"verdict.{evaluation['verdict']}"]
    shown["nearness"] = words.get(f"verdict.{evaluation['nearness']}", "")
    shown["words"] = words
    shown["subject_key"] = shown["subject"].partition(":")[2] or shown["subject"]
    moment = datetime.fromisoformat(shown["decided_at"]).astimezone(SHANGHAI)
    shown["decided_at"] = f"{moment:%Y-%m-%d %H:%M:%S}"
    # Templates cannot look up names with a dot.
    shown["w"] = {name.replace(".", "_"): said for name, said in words.items()}
    return shown


def _say_words(part: Any, words: Mapping[str, str]) -> None:
    """Put the stored words beside every truth and mark."""
    if isinstance(part, list):
        for each in part:
            _say_words(each, words)
    elif isinstance(part, dict):
        for name, prefix in (("truth", "verdict"), ("leads_to", "verdict"), ("verified", "mark")):
            if name in part:
                part[f"{name}_words"] = words[f"{prefix}.{part[name]}"]
        for value in list(part.values()):
            _say_words(value, words)


def _cite(element: dict[str, Any], citations: Mapping[str, Any]) -> None:
    mark = element.get("mark")
    if mark:
        element["cited"] = citations.get(mark["cites"])


def _in_language(part: Any, language: Language) -> Any:
    """Return a copy with each pair of Chinese and English made one; Chinese where there is no English."""
    if isinstance(part, list):
        return [_in_language(each, language) for each in part]
    if not isinstance(part, dict):
        return part
    if set(part) == {"zh", "en"}:
        return part[language]
    kept = {key: value for key, value in part.items() if not (key.endswith(_EN) and key[: -len(_EN)] in part)}
    if language == "en":
        kept |= {key: part[f"{key}{_EN}"] for key in kept if part.get(f"{key}{_EN}")}
    return {key: _in_language(value, language) for key, value in kept.items()}
