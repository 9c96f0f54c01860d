"""Keep the library and what was compiled from it, by the hash of all that made them: a start without YAML.

A cache is never believed: it is read only from a folder and a file that belong to us and that nobody else may
write, its content must match its hash, and it may name nothing but the classes of the model. Whatever is
wrong with it, the policies are read anew. What cannot be kept, the meaning of a pack's names, is resolved
again when asked for.
"""

from __future__ import annotations

import gc
import hashlib
import io
import os
import pickle
import stat
import sys
import tempfile
from collections.abc import Callable, Iterator, Mapping
from contextlib import suppress
from dataclasses import fields, is_dataclass
from datetime import date
from functools import cache
from importlib.metadata import version
from pathlib import Path
from typing import TYPE_CHECKING, Any

from kerong.engines.rules import model
from kerong.engines.rules.compiler import Catalogue, Compiler, Rule, compile_library
from kerong.engines.rules.graph import Graph
from kerong.engines.rules.loading import load_library
from kerong.engines.rules.scope import PackScope

if TYPE_CHECKING:
    from kerong.engines.rules.model import Library

_SUFFIX = ".catalogue"
_DIGEST = 32
_KEPT = 8  # cached catalogues that stay: a few days and a few edits


def cached_catalogue(policies: Path, on: date, folder: Path) -> Catalogue:
    """Return the catalogue of a policies folder on a day, from the cache in ``folder`` where that is current.

    Reads the policies, compiles them and fills the cache otherwise; a cache that cannot be written is done
    without.

    Raises:
        PolicyMistakesError: the policies contain mistakes; nothing is cached then.

    """
    path = folder / (cache_key(policies, on) + _SUFFIX)
    found = _read(path)
    if found is None:
        catalogue = compile_library(load_library(policies), on)
        with suppress(OSError):
            _write(path, catalogue)
        return catalogue
    try:
        return _restored(found, on)
    except (ValueError, TypeError, KeyError, AttributeError, IndexError, EOFError, pickle.UnpicklingError):
        with suppress(OSError):
            path.unlink()
        return compile_library(load_library(policies), on)


def cache_key(policies: Path, on: date) -> str:
    """Return the hash of all that a catalogue depends on: policy files, day, engine, sqlglot and Python."""
    digest = hashlib.sha256(f"{on.isoformat()}\n{_engine()}\n".encode())
    for path in sorted(policies.rglob("*.yaml")):
        if not path.name.endswith(".cases.yaml"):
            content = path.read_bytes()
            digest.update(f"{path.relative_to(policies).as_posix()}\0{len(content)}\0".encode())
            digest.update(content)
    return digest.hexdigest()


@cache
def _engine() -> str:
    """Return what identifies this engine: its own text, so an edited compiler never meets an old result."""
    digest = hashlib.sha256(f"{version('sqlglot')}\n{sys.version}\n".encode())
    here = Path(__file__).parent
    for path in sorted(here.rglob("*.py")):
        if "tests" not in path.parts:
            digest.update(path.relative_to(here).as_posix().encode())
            digest.update(path.read_bytes())
    return digest.hexdigest()


def _read(path: Path) -> bytes | None:
    """Return the content of a cache file that is ours and whole, else None."""
    try:
        folder = path.parent.lstat()
        handle = os.open(path, os.O_RDONLY | os.O_NOFOLLOW)
    except OSError:
        return None
    with os.fdopen(handle, "rb") as file:
        about = os.fstat(handle)
        if not (
            stat.S_ISREG(about.st_mode) and stat.S_ISDIR(folder.st_mode) and _ours(about) and _ours(folder)
        ):
            return None
        content = file.read()
    body = content[_DIGEST:]
    return body if hashlib.sha256(body).digest() == content[:_DIGEST] else None


def _ours(about: os.stat_result) -> bool:
    return about.st_uid == os.getuid() and not about.st_mode & (stat.S_IWGRP | stat.S_IWOTH)


def _write(path: Path, catalogue: Catalogue) -> None:
    path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    if not _ours(path.parent.lstat()):
        return
    buffer = io.BytesIO()
    rules = [
        (
            rule.key,
            tuple(c.id for c in rule.clauses),
            rule.clause_criteria,
            rule.criteria,
            dict(rule.amounts),
            rule.blocked,
        )
        for rule in catalogue.rules
    ]
    _Pickler(buffer, protocol=5).dump((catalogue.graph.nodes, catalogue.criteria, rules, catalogue.library))
    body = buffer.getvalue()
    handle, name = tempfile.mkstemp(prefix=".", suffix=".part", dir=path.parent)
    try:
        with os.fdopen(handle, "wb") as file:
            file.write(hashlib.sha256(body).digest() + body)
        Path(name).replace(path)
    except OSError:
        Path(name).unlink(missing_ok=True)
        raise
    for old in sorted(path.parent.glob(f"*{_SUFFIX}"), key=lambda p: p.stat().st_mtime, reverse=True)[_KEPT:]:
        old.unlink(missing_ok=True)


def _restored(body: bytes, on: date) -> Catalogue:
    # The collector would walk through the growing library again and again, and find nothing.
    was_enabled = gc.isenabled()
    gc.disable()
    try:
        nodes, criteria, rules, library = _Unpickler(io.BytesIO(body)).load()
    finally:
        if was_enabled:
            gc.enable()
    graph = Graph()
    graph.nodes = nodes
    graph._ids = {node: i for i, node in enumerate(nodes)}  # noqa: SLF001 # pyright: ignore[reportPrivateUsage]
    made: list[Rule] = []
    for key, clause_ids, clause_criteria, needed, amounts, blocked in rules:
        pack = library.packs[key]
        clauses = {clause.id: clause for clause in pack.clauses if clause.in_force(on)}
        made.append(
            Rule(key, pack, tuple(clauses[i] for i in clause_ids), clause_criteria, needed, amounts, blocked)
        )
    return Catalogue(library, on, graph, criteria, tuple(made), _LateScopes(library, on, graph))


class _LateScopes(Mapping[str, PackScope]):
    """The scopes of all packs, each resolved when first asked for; nodes of the graph keep their ids."""

    def __init__(self, library: Library, on: date, graph: Graph) -> None:
        self._library = library
        self._on = on
        self._facts = Compiler(library, on)
        self._facts.graph = graph
        self._made = self._facts.scopes

    def __getitem__(self, key: str) -> PackScope:
        found = self._made.get(key)
        if found is None:
            found = self._made[key] = PackScope(
                self._facts.graph, self._library.packs[key], self._on, self._facts
            )
        return found

    def __iter__(self) -> Iterator[str]:
        return iter(self._library.packs)

    def __len__(self) -> int:
        return len(self._library.packs)


# A frozen dataclass with slots unpickles through a slow loop over its fields; setting the slots directly
# takes a third of the time.
_CLASSES: dict[str, type[Any]] = {
    name: found for name, found in vars(model).items() if isinstance(found, type) and is_dataclass(found)
}
_SETTERS: dict[type[Any], tuple[Callable[[Any, Any], None], ...]] = {
    kind: tuple(kind.__dict__[field.name].__set__ for field in fields(kind)) for kind in _CLASSES.values()
}


def _rebuilt(kind: type[Any], *values: Any) -> Any:
    made = object.__new__(kind)
    for setter, value in zip(_SETTERS[kind], values, strict=True):
        setter(made, value)
    return made


class _Pickler(pickle.Pickler):
    def reducer_override(self, obj: Any) -> Any:
        kind = type(obj)
        if kind in _SETTERS:
            return _rebuilt, (kind, *(getattr(obj, field.name) for field in fields(kind)))
        return NotImplemented


class _Unpickler(pickle.Unpickler):
    """Builds dataclasses of the model and dates, nothing else."""

    def find_class(self, module_name: str, global_name: str) -> Any:
        kind = _CLASSES.get(global_name)
        if kind is not None and module_name == kind.__module__:
            return kind
        if (module_name, global_name) == (__name__, "_rebuilt"):
            return _rebuilt
        if (module_name, global_name) == ("datetime", "date"):
            return date
        raise pickle.UnpicklingError(f"{module_name}.{global_name} has no place in a cached catalogue")
