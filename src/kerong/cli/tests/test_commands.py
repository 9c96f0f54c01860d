"""The command line shows what exists, imports late, and imports nothing for its help."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest
from click.testing import CliRunner

from kerong import cli
from kerong.cli import COMMANDS, Listed, main


def test_help_lists_the_commands_that_exist_and_no_others(monkeypatch: pytest.MonkeyPatch) -> None:
    table = {
        "run": COMMANDS["run"],
        "gone": Listed("kerong.cli.no_such_module:gone", "Not there."),
        "half": Listed("kerong.cli.service:no_such_function", "Not there either."),
    }
    monkeypatch.setattr(cli, "COMMANDS", table)

    told = CliRunner().invoke(main, ["--help"]).output

    assert "run " in told
    assert "gone" not in told
    assert "half" not in told


def test_every_listed_module_names_a_function_when_it_is_there() -> None:
    context = main.make_context("kerong", ["--help"], resilient_parsing=True)

    for name in main.list_commands(context):
        assert main.get_command(context, name) is not None


def test_unknown_command_is_refused() -> None:
    answer = CliRunner().invoke(main, ["no-such-command"])

    assert answer.exit_code == 2
    assert "No such command" in answer.output


def test_help_imports_neither_django_nor_numba() -> None:
    program = (
        "import sys\nfrom click.testing import CliRunner\nfrom kerong.cli import main\n"
        "assert CliRunner().invoke(main, ['--help']).exit_code == 0\n"
        "print([name for name in ('django', 'numba', 'numpy', 'psycopg') if name in sys.modules])"
    )

    told = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)

    assert told.stdout.strip() == "[]"


def test_init_writes_secrets_once_and_privately(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("KERONG_HOME", str(tmp_path / "home"))

    first = CliRunner().invoke(main, ["init"])
    written = (tmp_path / "home" / "secrets.json").read_text()
    again = CliRunner().invoke(main, ["init"])

    assert (first.exit_code, again.exit_code) == (0, 0)
    assert (tmp_path / "home" / "secrets.json").read_text() == written
    assert (tmp_path / "home" / "secrets.json").stat().st_mode & 0o777 == 0o600


def test_run_stays_on_loopback_outside_production() -> None:
    answer = CliRunner().invoke(main, ["run", "--host", "0.0.0.0"])  # noqa: S104 - it is refused, that is the test

    assert answer.exit_code == 2
    assert "stays on loopback" in answer.output
