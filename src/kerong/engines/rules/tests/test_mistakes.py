"""Every broken file yields exactly its mistakes: the file, the line, what is wrong and the cure."""

from __future__ import annotations

import re
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from kerong.basics.yaml_places import compose
from kerong.engines.rules.case_files import read_cases_text
from kerong.engines.rules.loading import load_library, read_library, read_pack_text
from kerong.engines.rules.loading.facts import read_facts
from kerong.engines.rules.loading.reading import Known, Reading
from kerong.engines.rules.loading.shelf import Rules, read_institution
from kerong.engines.rules.loading.sources import read_source
from kerong.engines.rules.model import PolicyMistakesError

if TYPE_CHECKING:
    from collections.abc import Callable

    from kerong.engines.rules.model import Mistake

HERE = Path(__file__).parent
SOUND = HERE / "sound"
LIBRARY = load_library(SOUND)
EXPECTED = re.compile(r"# line (\d+): (.*) \| (.*)")


def read_broken_pack(text: str, name: str) -> list[Mistake]:
    """Return the mistakes of a pack; with any, there is no pack."""
    key = "invented." + name.removesuffix(".yaml")
    pack, mistakes = read_pack_text(text, key, LIBRARY.facts, LIBRARY.sources, file=name)
    assert pack is None
    return mistakes


def read_broken_facts(text: str, name: str) -> list[Mistake]:
    root, mistakes = compose(text, name)
    reading = Reading(name, mistakes=mistakes)
    if root is not None:
        read_facts(reading, root)
    return sorted(reading.mistakes, key=lambda mistake: mistake.place.line)


def read_broken_source(text: str, name: str) -> list[Mistake]:
    root, mistakes = compose(text, name)
    reading = Reading(name, mistakes=mistakes)
    if root is not None:
        assert read_source(reading, root, "some-document") is None
    return reading.mistakes


def read_broken_cases(text: str, name: str) -> list[Mistake]:
    return read_cases_text(text, LIBRARY, file=name)[1]


def read_broken_shelf(text: str, name: str) -> list[Mistake]:
    root, mistakes = compose(text, name)
    reading = Reading(name, Known(LIBRARY.facts, LIBRARY.sources), mistakes)
    rules = Rules(LIBRARY.packs, {"invented.broken"})
    if root is not None:
        assert read_institution(reading, root, name.removesuffix(".yaml"), rules) is None
    return sorted(reading.mistakes, key=lambda mistake: mistake.place.line)


READERS: dict[str, Callable[[str, str], list[Mistake]]] = {
    "broken_packs": read_broken_pack,
    "broken_facts": read_broken_facts,
    "broken_sources": read_broken_source,
    "broken_cases": read_broken_cases,
    "broken_shelf": read_broken_shelf,
}
FILES = [path for folder in READERS for path in sorted((HERE / folder).glob("*.yaml"))]


@pytest.mark.parametrize("path", FILES, ids=lambda path: f"{path.parent.name}/{path.stem}")
def test_broken_file_yields_exactly_its_mistakes(path: Path) -> None:
    text = path.read_bytes().decode()
    expected = [(path.name, int(line), what, cure) for line, what, cure in EXPECTED.findall(text)]

    mistakes = READERS[path.parent.name](text, path.name)

    assert [(m.place.file, m.place.line, m.what, m.cure) for m in mistakes] == expected
    assert expected


def test_broken_files_are_many() -> None:
    assert len(FILES) >= 200


def test_file_with_five_mistakes_reports_all_five() -> None:
    text = (HERE / "broken_packs" / "five_mistakes.yaml").read_text(encoding="utf-8")

    assert len(read_broken_pack(text, "five_mistakes.yaml")) == 5


def test_every_mistake_says_what_was_expected() -> None:
    mistakes = [
        mistake
        for path in FILES
        for mistake in READERS[path.parent.name](path.read_bytes().decode(), path.name)
    ]

    assert [m for m in mistakes if not (m.what and m.expected and m.cure)] == []


def write(folder: Path, name: str, content: str | bytes) -> None:
    path = folder / name
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(content if isinstance(content, bytes) else content.encode())


@pytest.fixture
def policies(tmp_path: Path) -> Path:
    """A copy of the sound folder."""
    for path in SOUND.rglob("*.yaml"):
        write(tmp_path, path.relative_to(SOUND).as_posix(), path.read_bytes())
    return tmp_path


def seen(folder: Path) -> list[tuple[str, int, str]]:
    """Return file, line and what of every mistake of a folder."""
    return [(m.place.file, m.place.line, m.what) for m in read_library(folder)[1]]


def test_mistakes_of_all_files_are_reported_together(policies: Path) -> None:
    write(policies, "invented/b.yaml", "schema: 1\n")
    write(policies, "invented/c.yaml", b"label: \xff\n")
    write(policies, "sources/other.yaml", "title: only\n")

    files = {file for file, _, _ in seen(policies)}

    assert files == {"invented/b.yaml", "invented/c.yaml", "sources/other.yaml"}
    with pytest.raises(PolicyMistakesError) as caught:
        load_library(policies)
    assert "invented/c.yaml:1: the file is not UTF-8 text" in str(caught.value)


def test_broken_source_is_reported_once_and_its_citations_are_not(policies: Path) -> None:
    write(policies, "sources/some-document.yaml", "title: x\nissuer: y\nanchors: {art9: {label: z}}\n")

    assert seen(policies) == [("sources/some-document.yaml", 3, "`summary` is missing in this anchor")]


def test_broken_fact_is_reported_once_and_its_uses_are_not(policies: Path) -> None:
    facts = (policies / "facts.yaml").read_text(encoding="utf-8")
    write(policies, "facts.yaml", facts.replace("{label: 等级, type: code", "{label: 等级, type: cod"))

    assert [what for _, _, what in seen(policies)] == ["`cod` is not a value of `type`"]


def test_unreadable_facts_file_is_one_mistake(policies: Path) -> None:
    write(policies, "facts.yaml", "facts: [\n")

    assert [file for file, _, _ in seen(policies)] == ["facts.yaml"]


def test_missing_facts_and_sources_are_two_mistakes(tmp_path: Path) -> None:
    (tmp_path / "invented").mkdir()
    write(tmp_path, "invented/example.yaml", (SOUND / "invented/example.yaml").read_bytes())

    assert [what for _, _, what in seen(tmp_path)] == ["there is no facts.yaml", "there are no sources"]


def test_fact_published_by_a_missing_pack_is_a_mistake(policies: Path) -> None:
    (policies / "invented/example.yaml").unlink()
    (policies / "invented/shelf/invented_bank.yaml").unlink()

    whats = [what for _, _, what in seen(policies)]

    assert whats == [
        f"`{fact}` is published by invented.example, and there is no such pack"
        for fact in ("is_example", "example_points", "example_tier")
    ]


def test_fact_that_its_pack_does_not_publish_is_a_mistake(policies: Path) -> None:
    pack = (policies / "invented/example.yaml").read_text(encoding="utf-8")
    write(policies, "invented/example.yaml", pack.replace("  - {fact: is_example}\n", ""))

    assert [what for _, _, what in seen(policies)] == [
        "facts.yaml says that this pack publishes `is_example`, and it does not"
    ]


def test_class_outside_the_codes_of_its_fact_is_a_mistake(policies: Path) -> None:
    facts = (policies / "facts.yaml").read_text(encoding="utf-8")
    write(
        policies,
        "facts.yaml",
        facts.replace("{tier1: 第一档, none: 不适用}", "{tier2: 第二档, none: 不适用}"),
    )

    assert [what for _, _, what in seen(policies)] == ["the class `tier1` is not a code of example_tier"]


def test_pack_that_publishes_a_fact_of_another_subject_is_a_mistake(policies: Path) -> None:
    facts = (policies / "facts.yaml").read_text(encoding="utf-8")
    label = "is_example: {label: 符合示例, type: flag, "
    write(policies, "facts.yaml", facts.replace(label, label + "subject: pool, "))

    assert [what for _, _, what in seen(policies)] == [
        "the subject of `is_example` is pool, of this pack enterprise"
    ]


def test_institution_on_two_shelves_is_a_mistake(policies: Path) -> None:
    text = (policies / "invented/shelf/invented_bank.yaml").read_bytes()
    write(policies, "other/shelf/invented_bank.yaml", text)

    assert seen(policies) == [
        (
            "other/shelf/invented_bank.yaml",
            1,
            "the institution `invented_bank` is also in invented/shelf/invented_bank.yaml",
        )
    ]


def test_broken_rule_of_a_shelf_product_is_reported_once(policies: Path) -> None:
    pack = (policies / "invented/example.yaml").read_text(encoding="utf-8")
    write(policies, "invented/example.yaml", pack.replace("kind: product", "kind: produce"))

    assert [what for _, _, what in seen(policies)] == ["`produce` is not a value of `kind`"]


def test_key_that_a_path_cannot_give_is_a_mistake(policies: Path) -> None:
    pack = (policies / "invented/example.yaml").read_text(encoding="utf-8").split("publishes:")[0]
    write(policies, "invented/Example-2.yaml", pack.replace("pack: invented.example\n", ""))

    assert [what for _, _, what in seen(policies)] == [
        "the path gives the key `invented.Example-2`, which is not a pack key"
    ]
