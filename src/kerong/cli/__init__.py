"""The command `kerong`: a table of sub-commands, each imported only when it is called."""

from __future__ import annotations

import ast
import importlib
import importlib.util
from dataclasses import dataclass
from pathlib import Path

import click

from kerong import __version__


@dataclass(frozen=True)
class Listed:
    """Where a sub-command lives, and the line that `kerong --help` shows for it."""

    place: str
    summary: str


# To add a command, add a line. A line whose module or function is not there is not shown.
COMMANDS = {
    "run": Listed("kerong.cli.service:run", "Start everything here and print the address."),
    "init": Listed("kerong.cli.service:init", "Write this installation's secrets, once."),
    "database": Listed("kerong.cli.service:database", "Start, stop or show the private PostgreSQL."),
    "backup": Listed("kerong.cli.backups:backup", "Back up database, files, secrets and keys."),
    "restore": Listed("kerong.cli.backups:restore", "Restore a backup into an empty installation."),
    "upgrade": Listed("kerong.cli.backups:upgrade", "Back up, bring the tables up to date, check."),
    "worker": Listed("kerong.cli.worker:worker", "Hold law and population in memory for the pages."),
    "jobs": Listed("kerong.cli.jobs:jobs", "Run what is due in the background."),
    "sequencer": Listed("kerong.cli.sequencer:sequencer", "Number and sign the evidence."),
    "keys": Listed("kerong.cli.keys:keys", "Show and rotate the keys of this installation."),
    "evidence": Listed("kerong.cli.evidence:evidence", "Check the evidence, and take it out for an auditor."),
    "check": Listed("kerong.cli.rules:check", "Check the policy packs and report every mistake at once."),
    "cases": Listed("kerong.cli.rules:cases", "Run the worked examples beside the packs."),
    "what-if": Listed("kerong.cli.rules:what_if", "Evaluate again with a changed parameter."),
    "warm": Listed("kerong.cli.rules:warm", "Compile what is compiled once per machine."),
    "explain": Listed("kerong.cli.firms:explain", "Explain a verdict for one enterprise, clause by clause."),
    "match": Listed("kerong.cli.firms:match", "Hold enterprises against the whole shelf."),
    "packs": Listed("kerong.cli.packs:packs", "Write the policies of a release back as files."),
    "decisions": Listed("kerong.cli.decisions:decisions", "Work stored decisions out again."),
    "facts": Listed("kerong.cli.facts:facts", "Import registers, and list the facts that rules may mention."),
    "demo": Listed("kerong.cli.demo:demo", "Make and drive the demo world."),
}


class LateGroup(click.Group):
    """A group whose commands are found in a table and imported on use, so that help stays fast."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        """Return the names of the commands that exist, in the table's order."""
        del ctx
        return [name for name, listed in COMMANDS.items() if _exists(listed.place)]

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        """Import a command, or return None when it is not listed or not there."""
        del ctx
        listed = COMMANDS.get(cmd_name)
        if listed is None or not _exists(listed.place):
            return None
        module, _, attribute = listed.place.partition(":")
        command: click.Command = getattr(importlib.import_module(module), attribute)
        return command

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """Write the table without importing what it points to."""
        with formatter.section("Commands"):
            formatter.write_dl([(name, COMMANDS[name].summary) for name in self.list_commands(ctx)])


@click.group(cls=LateGroup, context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(__version__, prog_name="kerong")
def main() -> None:
    """Kerong (科融): a policy is data, a decision is a record, money is a ledger."""


def _exists(place: str) -> bool:
    """Tell whether a module defines a name, by reading it and not by running it."""
    module, _, attribute = place.partition(":")
    spec = importlib.util.find_spec(module)
    if spec is None or spec.origin is None:
        return False
    tree = ast.parse(Path(spec.origin).read_text(encoding="utf-8"))
    return attribute in {name for statement in tree.body for name in _names_made_by(statement)}


def _names_made_by(statement: ast.stmt) -> list[str]:
    match statement:
        case ast.FunctionDef(name=name) | ast.ClassDef(name=name):
            return [name]
        case ast.Assign(targets=targets):
            return [target.id for target in targets if isinstance(target, ast.Name)]
        case ast.ImportFrom(names=names):
            return [alias.asname or alias.name for alias in names]
    return []
