"""What `kerong run` does between a migrated database and the first page: a table that others add lines to.

To register a step, add a `Step` to PREPARATION. Its function takes a `Preparation`, may take as long as it
says it takes, must be harmless to repeat, and returns lines to show the person at the keyboard (log-ins, for
instance). To register a process that shall live as long as the service, add a `Resident` to RESIDENTS.
Functions are named by text, not imported, because some of them live in storeys above this one.
"""

from __future__ import annotations

import importlib
import sys
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator


@dataclass(frozen=True)
class Preparation:
    """What a step may want to know: which environment it prepares, and at which address it will answer."""

    environment: str
    address: str


@dataclass(frozen=True)
class Step:
    """One preparation: its name for the screen, its function as `module:function`, and where it applies."""

    name: str
    place: str
    environments: frozenset[str] = frozenset({"development", "demo", "production"})


@dataclass(frozen=True)
class Resident:
    """One process beside the web server, as arguments for Python; it is the application role."""

    name: str
    arguments: tuple[str, ...]
    environments: frozenset[str] = frozenset({"development", "demo", "production"})

    def command(self) -> list[str]:
        """Return the whole command."""
        return [sys.executable, *self.arguments]


# In order. Each runs as the application role with Django set up.
PREPARATION: tuple[Step, ...] = (
    Step("database role", "kerong.portal.role_check:refuse_powerful_role"),
    Step(
        "static files",
        "kerong.portal.preparation:collect_static_files",
        frozenset({"demo", "production"}),
    ),
    Step("policies", "kerong.demo.world:release_shipped_packs", frozenset({"demo", "development"})),
    Step("demo firms", "kerong.demo.world:store_demo_firms", frozenset({"demo", "development"})),
    Step("demo population", "kerong.demo.world:build_demo_population", frozenset({"demo", "development"})),
    Step("demo directory", "kerong.demo.world:load_demo_directory", frozenset({"demo", "development"})),
    Step("demo people", "kerong.demo.cast:store_cast", frozenset({"demo", "development"})),
    Step("demo materials", "kerong.demo.materials:store_demo_materials", frozenset({"demo", "development"})),
    Step("demo cases", "kerong.demo.cases:open_demo_cases", frozenset({"demo", "development"})),
    Step("demo ledger", "kerong.demo.ledger_books:store_demo_books", frozenset({"demo", "development"})),
    Step("demo decisions", "kerong.demo.decisions:store_demo_decisions", frozenset({"demo", "development"})),
    Step("demo webhooks", "kerong.demo.webhooks:load_demo_webhooks", frozenset({"demo", "development"})),
    Step("demo look-ups", "kerong.demo.facts_stories:tell_facts_stories", frozenset({"demo", "development"})),
    Step("demo consents", "kerong.demo.consents:store_demo_consents", frozenset({"demo", "development"})),
    Step(
        "demo financings", "kerong.demo.financings:store_demo_financings", frozenset({"demo", "development"})
    ),
)

RESIDENTS: tuple[Resident, ...] = (
    Resident("worker", ("-m", "kerong", "worker")),
    Resident("jobs", ("-m", "kerong", "jobs")),
    Resident("sequencer", ("-m", "kerong", "sequencer")),
)


def prepare(
    preparation: Preparation, *, say: Callable[[str], None], steps: Iterable[Step] = PREPARATION
) -> Iterator[str]:
    """Run the steps of an environment in order, and yield the lines that they want shown at the end."""
    for step in steps:
        if preparation.environment in step.environments:
            say(f"Preparing: {step.name}")
            yield from _function(step.place)(preparation)


def residents_of(environment: str, *, residents: Iterable[Resident] = RESIDENTS) -> list[Resident]:
    """Return the processes that live beside the web server in an environment."""
    return [resident for resident in residents if environment in resident.environments]


def collect_static_files(_preparation: Preparation) -> list[str]:
    """Copy the browser files, hashed and compressed, to where the web server takes them from."""
    from django.core.management import call_command

    call_command("collectstatic", interactive=False, verbosity=0, clear=True)
    return []


def _function(place: str) -> Callable[[Preparation], Iterable[str]]:
    module, _, name = place.partition(":")
    function: Callable[[Preparation], Iterable[str]] = getattr(importlib.import_module(module), name)
    return function
