"""The code keeps its own rules, and each rule catches a planted violation."""

from __future__ import annotations

import importlib.util
import sys
from pathlib import Path
from types import ModuleType

import pytest

HERE = Path(__file__).resolve().parent


def load(name: str) -> ModuleType:
    spec = importlib.util.spec_from_file_location(f"tidy_{name}", HERE / f"{name}.py")
    module = importlib.util.module_from_spec(spec)
    sys.modules[spec.name] = module
    spec.loader.exec_module(module)
    return module


rules = load("rules")
floor_plan = load("floor_plan")

RULES = [
    rules.docstring_complaints,
    rules.length_complaints,
    rules.name_complaints,
    rules.folder_complaints,
    rules.readme_complaints,
    rules.requirements_complaints,
    rules.private_text_complaints,
    rules.silenced_rule_complaints,
    rules.changelog_complaints,
    rules.purity_complaints,
    rules.decision_complaints,
]


@pytest.mark.parametrize("rule", RULES, ids=lambda rule: rule.__name__.removesuffix("_complaints"))
def test_the_code_keeps_the_rule(rule) -> None:  # noqa: ANN001 - a function of the module above
    assert rule(rules.ROOT) == []


def test_the_generated_floor_plan_is_fresh() -> None:
    assert rules.generated_page_complaints(rules.ROOT, floor_plan.floor_plan()) == []


# ── each rule, against a small checkout with one thing wrong

GOOD_FILE = '"""One sentence."""\n'
GOOD_README = "# Kerong\n\n```sh\nmake run   # start\nmake test\n```\n"
DECISION = "# 1\n\n## Context\n\n## Decision\n\n## Consequences\n"


@pytest.fixture
def checkout(tmp_path: Path) -> Path:
    """Make a checkout in which no rule complains."""
    write(tmp_path, "src/kerong/__init__.py", GOOD_FILE)
    write(tmp_path, "src/kerong/engines/rules/model.py", GOOD_FILE)
    write(tmp_path, "src/kerong/records/parties/models.py", GOOD_FILE)
    write(tmp_path, "src/kerong/records/parties/README.md", "# parties\n")
    write(tmp_path, "README.md", GOOD_README)
    write(tmp_path, "README.zh-CN.md", GOOD_README)
    write(tmp_path, "requirements.txt", "django==5.2.19 \\\n    --hash=sha256:00\n    # via kerong\n")
    write(tmp_path, "requirements-dev.txt", "pytest==9.2.0 \\\n    --hash=sha256:00\n")
    write(tmp_path, "pyproject.toml", 'ignore = [\n    "D104", # A reason in words.\n]\n')
    write(tmp_path, "CHANGELOG.md", "# Changelog\n\n## [Unreleased]\n")
    write(tmp_path, "docs/decisions/0001-house.md", DECISION)
    return tmp_path


def write(checkout: Path, name: str, text: str) -> None:
    path = checkout / name
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text, encoding="utf-8")


@pytest.mark.parametrize("rule", RULES, ids=lambda rule: rule.__name__.removesuffix("_complaints"))
def test_no_rule_complains_about_a_tidy_checkout(rule, checkout: Path) -> None:  # noqa: ANN001 - as above
    assert rule(checkout) == []


REASONLESS = "noqa" + ": S101"
HOST = "pypi" + ".org"
PLANTED = [
    (rules.docstring_complaints, "src/kerong/engines/rules/late.py", "x = 1\n"),
    (rules.docstring_complaints, "src/kerong/engines/rules/long.py", '"""One sentence over\ntwo lines."""\n'),
    (rules.length_complaints, "src/kerong/engines/rules/long.py", GOOD_FILE + "x = 1\n" * 400),
    (rules.name_complaints, "src/kerong/engines/rules/helpers.py", GOOD_FILE),
    (rules.name_complaints, "src/kerong/engines/utils/model.py", GOOD_FILE),
    (rules.name_complaints, "src/kerong/engines/rules/string_utils.py", GOOD_FILE),
    (rules.folder_complaints, "src/kerong/records/parties/services.py", GOOD_FILE),
    (rules.folder_complaints, "src/kerong/records/parties/services/a.py", GOOD_FILE),
    (rules.folder_complaints, "src/kerong/capabilities/credit/models.py", GOOD_FILE),
    (rules.readme_complaints, "README.md", GOOD_README.replace("make run", "make setup\nmake run")),
    (rules.readme_complaints, "README.zh-CN.md", "# 科融\n"),
    (rules.requirements_complaints, "requirements.txt", "django==5.2.19\n"),
    (rules.requirements_complaints, "requirements.txt", "django>=5.2 --hash=sha256:00\n"),
    (rules.requirements_complaints, "requirements-dev.txt", "--index-url https://x/\n"),
    (rules.private_text_complaints, "docs/notes.md", "see /wor" + "k/main\n"),
    (rules.private_text_complaints, "docs/notes.md", "see /ro" + "ot/.venv\n"),
    (rules.private_text_complaints, "docs/notes.md", f"from {HOST}\n"),
    (rules.silenced_rule_complaints, "pyproject.toml", 'ignore = [\n    "D104",\n]\n'),
    (rules.silenced_rule_complaints, "src/kerong/a.py", GOOD_FILE + f"assert 1  # {REASONLESS}\n"),
    (rules.silenced_rule_complaints, "src/kerong/a.py", GOOD_FILE + "x = 1  # type" + ": ignore[misc]\n"),
    (rules.changelog_complaints, "CHANGELOG.md", "# Changelog\n"),
    (
        rules.purity_complaints,
        "src/kerong/engines/rules/model.py",
        GOOD_FILE + "from django.db import models\n",
    ),
    (rules.purity_complaints, "src/kerong/basics/a.py", GOOD_FILE + "def f():\n    import psycopg\n"),
    (rules.decision_complaints, "docs/decisions/0003-gap.md", DECISION),
    (rules.decision_complaints, "docs/decisions/0002-short.md", "# 2\n\n## Decision\n"),
]


@pytest.mark.parametrize(
    ("rule", "name", "text"),
    PLANTED,
    ids=lambda value: getattr(value, "__name__", str(value).replace("\n", "⏎")[:40]),
)
def test_the_rule_catches_a_planted_violation(rule, name: str, text: str, checkout: Path) -> None:  # noqa: ANN001 - as above
    write(checkout, name, text)

    complaints = rule(checkout)

    assert len(complaints) >= 1
    assert any(Path(name).name in complaint or Path(name).parts[-2] in complaint for complaint in complaints)


def test_a_stale_floor_plan_is_caught(checkout: Path) -> None:
    write(checkout, "docs/floor_plan.md", floor_plan.floor_plan(checkout))
    assert rules.generated_page_complaints(checkout, floor_plan.floor_plan(checkout)) == []

    write(checkout, "src/kerong/engines/rules/new.py", GOOD_FILE)

    assert rules.generated_page_complaints(checkout, floor_plan.floor_plan(checkout)) != []


def test_the_floor_plan_quotes_each_files_first_sentence(checkout: Path) -> None:
    write(checkout, "src/kerong/engines/rules/kernel.py", '"""Holds the kernel.\n\nMore."""\n')

    assert "- `kernel.py`: Holds the kernel." in floor_plan.floor_plan(checkout)
