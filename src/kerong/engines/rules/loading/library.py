"""Read a whole policies folder: every file, every mistake, and one hash of its content."""

from __future__ import annotations

import hashlib
import json
from typing import TYPE_CHECKING

from kerong.basics.yaml_places import compose, decode, plain
from kerong.engines.rules.garbage import collector_paused
from kerong.engines.rules.loading.facts import FactsFile, read_facts
from kerong.engines.rules.loading.packs import read_pack
from kerong.engines.rules.loading.reading import Known, Reading
from kerong.engines.rules.loading.shelf import Rules, read_institution
from kerong.engines.rules.loading.sources import read_source
from kerong.engines.rules.model import Institution, Library, Mistake, Pack, Place, PolicyMistakesError, Source

if TYPE_CHECKING:
    from pathlib import Path

    from kerong.basics.yaml_places import Node

_ASIDE = frozenset({"sources", "schema"})
_SHELF = "shelf"
# Folders whose files are no packs: the shelf is read here, workflows and calendars by engines.workflows.
_NO_PACKS = frozenset({_SHELF, "workflows", "calendar"})


def load_library(folder: Path) -> Library:
    """Return everything under a policies folder. Raises PolicyMistakesError with every mistake."""
    library, mistakes = read_library(folder)
    if mistakes:
        raise PolicyMistakesError(mistakes)
    return library


def read_library(folder: Path) -> tuple[Library, list[Mistake]]:
    """Return what could be read of a policies folder, and every mistake of every file.

    A pack, fact or source with a mistake is left out of the library; what refers to it is not reported again.
    """
    with collector_paused():
        return _read_library(folder)


def pack_files(folder: Path) -> dict[str, Path]:
    """Return the files of all packs by key, by key order; shelves, workflows, calendars are no packs."""
    files: dict[str, Path] = {}
    for path in folder.rglob("*.yaml"):
        relative = path.relative_to(folder)
        folders = relative.parts[:-1]
        aside = (
            relative.parts[0] in _ASIDE or not _NO_PACKS.isdisjoint(folders) or str(relative) == "facts.yaml"
        )
        if not aside and not path.name.endswith(".cases.yaml") and path.is_file():
            files[".".join(relative.with_suffix("").parts)] = path
    return dict(sorted(files.items()))


def _read_library(folder: Path) -> tuple[Library, list[Mistake]]:
    mistakes: list[Mistake] = []
    contents: dict[str, str] = {}
    facts = _facts(folder, mistakes, contents)
    sources, broken_sources, any_source = _sources(folder, mistakes, contents)
    known = Known(
        facts=facts.facts if facts is not None else {},
        sources=sources,
        broken_facts=facts.broken if facts is not None else frozenset(),
        broken_sources=broken_sources,
        facts_unreadable=facts is None,
        sources_unreadable=not any_source,
    )
    packs, tried = _packs(folder, known, mistakes, contents)
    for fact in known.facts.values():
        if fact.published_by and fact.published_by not in tried:
            what = f"`{fact.name}` is published by {fact.published_by}, and there is no such pack"
            path = fact.published_by.replace(".", "/") + ".yaml"
            mistakes.append(
                Mistake(fact.place, what, "the key of a pack", f"add {path}, or correct `published_by`")
            )
    shelf = _shelf(folder, known, Rules(packs, tried - set(packs)), mistakes, contents)
    holders = facts.holders if facts is not None else {}
    sha256 = hashlib.sha256(json.dumps(contents, sort_keys=True).encode()).hexdigest()
    return Library(known.facts, holders, packs, sources, sha256, shelf), mistakes


def _facts(folder: Path, mistakes: list[Mistake], contents: dict[str, str]) -> FactsFile | None:
    path = folder / "facts.yaml"
    if not path.is_file():
        what, cure = "there is no facts.yaml", "add it, or give the folder that holds it"
        mistakes.append(Mistake(Place("facts.yaml", 1), what, "a policies folder", cure))
        return None
    root = _root(folder, path, mistakes)
    if root is None:
        return None
    reading = Reading("facts.yaml")
    facts = read_facts(reading, root)
    _note(reading, mistakes)
    if not reading.mistakes:
        contents["facts.yaml"] = _content_sha256(root)
    return facts


def _sources(
    folder: Path, mistakes: list[Mistake], contents: dict[str, str]
) -> tuple[dict[str, Source], frozenset[str], bool]:
    sources: dict[str, Source] = {}
    broken: set[str] = set()
    paths = sorted((folder / "sources").glob("*.yaml"))
    if not paths:
        what, cure = "there are no sources", "add sources/<key>.yaml, one file a cited document"
        mistakes.append(Mistake(Place("sources", 1), what, "at least one file under sources/", cure))
    for path in paths:
        root = _root(folder, path, mistakes)
        reading = Reading(path.relative_to(folder).as_posix())
        source = None if root is None else read_source(reading, root, path.stem)
        _note(reading, mistakes)
        if source is None or root is None:
            broken.add(path.stem)
        else:
            sources[path.stem] = source
            contents[reading.file] = _content_sha256(root)
    return sources, frozenset(broken), bool(paths)


def _packs(
    folder: Path, known: Known, mistakes: list[Mistake], contents: dict[str, str]
) -> tuple[dict[str, Pack], set[str]]:
    packs: dict[str, Pack] = {}
    files = pack_files(folder)
    for key, path in files.items():
        file = path.relative_to(folder).as_posix()
        text, unreadable = _text(path, file)
        mistakes += unreadable
        if text is None:
            continue
        pack, root, wrong = read_pack(text, key, known, file)
        mistakes += wrong
        if pack is not None and root is not None:
            packs[key] = pack
            contents[file] = _content_sha256(root)
    return packs, set(files)


def _shelf(
    folder: Path, known: Known, rules: Rules, mistakes: list[Mistake], contents: dict[str, str]
) -> dict[str, Institution]:
    institutions: dict[str, Institution] = {}
    first: dict[str, str] = {}
    for path in sorted(folder.rglob("*.yaml")):
        file = path.relative_to(folder).as_posix()
        if _SHELF not in file.split("/")[:-1] or path.name.endswith(".cases.yaml") or not path.is_file():
            continue
        root = _root(folder, path, mistakes)
        if root is None:
            continue
        reading = Reading(file, known)
        if path.stem in first:
            what = f"the institution `{path.stem}` is also in {first[path.stem]}"
            reading.wrong(root, what, "each institution in one file", "join the two files, or rename one")
        first.setdefault(path.stem, file)
        institution = read_institution(reading, root, path.stem, rules)
        _note(reading, mistakes)
        if institution is not None:
            institutions[path.stem] = institution
            contents[file] = _content_sha256(root)
    return institutions


def _root(folder: Path, path: Path, mistakes: list[Mistake]) -> Node | None:
    file = path.relative_to(folder).as_posix()
    text, unreadable = _text(path, file)
    mistakes += unreadable
    if text is None:
        return None
    root, wrong = compose(text, file)
    mistakes += wrong
    return root


def _text(path: Path, file: str) -> tuple[str | None, list[Mistake]]:
    try:
        raw = path.read_bytes()
    except OSError as error:
        what = f"the file cannot be read: {error.strerror}"
        return None, [Mistake(Place(file, 1), what, "a readable file", "check its permissions")]
    return decode(raw, file)


def _note(reading: Reading, mistakes: list[Mistake]) -> None:
    mistakes += sorted(reading.mistakes, key=lambda mistake: mistake.place.line)


def _content_sha256(root: Node) -> str:
    """Hash what a file says, not how: comments, quotes, order of keys and line breaks do not count."""
    canonical = json.dumps(plain(root), ensure_ascii=False, sort_keys=True, separators=(",", ":"))
    return hashlib.sha256(canonical.encode()).hexdigest()
