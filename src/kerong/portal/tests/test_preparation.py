"""Preparation steps run in order, only where they belong, and hand back the lines to show."""

from __future__ import annotations

from kerong.portal.preparation import Preparation, Resident, Step, prepare, residents_of

HERE = "kerong.portal.tests.test_preparation"


def greet(preparation: Preparation) -> list[str]:
    return [f"hello from {preparation.environment} at {preparation.address}"]


def test_prepare_runs_the_steps_of_its_environment_and_returns_their_lines() -> None:
    steps = [
        Step("greeting", f"{HERE}:greet"),
        Step("only in production", f"{HERE}:no_such_function", frozenset({"production"})),
    ]
    said: list[str] = []

    lines = list(prepare(Preparation("demo", "http://x/"), say=said.append, steps=steps))

    assert lines == ["hello from demo at http://x/"]
    assert said == ["Preparing: greeting"]


def test_residents_are_chosen_by_environment() -> None:
    worker = Resident("worker", ("-m", "kerong", "worker"), frozenset({"demo"}))

    assert residents_of("demo", residents=[worker]) == [worker]
    assert residents_of("production", residents=[worker]) == []
    assert worker.command()[1:] == ["-m", "kerong", "worker"]
