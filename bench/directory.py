"""The list of firms at 285,000: whole requests and SQL alone, over every kind of search, in a database of its own."""

from __future__ import annotations

import argparse
import os
import sys
import tempfile
import time
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from bench.measuring import Report, Timing

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

FIRMS, ROUNDS, SEED = 285_000, 15, 20_261_123
KINDS = {
    "everything": "",
    "everything, last page": "?page=200",
    "two characters, many hits": "?q=科技",
    "two characters, many hits, page 100": "?q=科技&page=100",
    "two characters, every name": "?q=公司",
    "two characters, every name, last page by name": "?q=公司&page=200&sort=name",
    "two characters, rare, oldest first": "?q=渊翰&sort=oldest",
    "brackets and letters, many hits": "?q=(虚构)有",
    "three characters, some hits": "?q=新材料",
    "brand, few hits": "?q=澜舟",
    "whole name": "?q={name}",
    "two characters, no hit": "?q=砼砼",
    "nonsense": "?q=%25_\\'\";--zzzz{{}}",
    "one character, every name": "?q=司",
    "one character, some names": "?q=澜",
    "one character, no name": "?q=砼",
    "whole code": "?q={uscc}",
    "beginning of a code": "?q=X942060",
    "one letter": "?q=x",
    "largest prefecture, oldest first": "?region=420100&sort=oldest",
    "smallest prefecture": "?region=429021",
    "industry, size and stage, by name": "?industry=I&size=small&stage=startup&sort=name",
    "name within prefecture and division, page 20": "?q=软件&region=420100&industry=I65&page=20",
    "by name, last page": "?sort=name&page=200",
}


def main(arguments: Sequence[str] = ()) -> int:
    """Measure, print a table and a line of JSON, return the number of missed goals."""
    parser = argparse.ArgumentParser(prog="make bench NAME=directory")
    parser.add_argument("--firms", type=int, default=FIRMS, help=f"how many firms [{FIRMS:,}]")
    parser.add_argument("--rounds", type=int, default=ROUNDS, help=f"requests of each kind [{ROUNDS}]")
    options = parser.parse_args(arguments)
    report = Report("directory")
    with tempfile.TemporaryDirectory(prefix="kerong-bench-") as name, _database(Path(name)):
        firm = _load(report, Path(name), options.firms)
        _requests(report, firm, options.rounds)
    return report.finish()


@contextmanager
def _database(folder: Path) -> Iterator[None]:
    """Start a private server in a folder of its own, migrate, and end it."""
    from kerong.portal.postgres import APP_ROLE, OWNER_ROLE, PostgresServer

    with PostgresServer(folder / "home") as server:
        server.ensure_databases()
        os.environ |= {
            "KERONG_HOME": str(folder / "home"), "KERONG_ENV": "development",
            "DJANGO_SETTINGS_MODULE": "kerong.portal.settings",
            "DATABASE_URL": server.dsn(APP_ROLE), "DATABASE_OWNER_URL": server.dsn(OWNER_ROLE),
        }  # fmt: skip
        import django

        django.setup()
        from django.conf import settings
        from django.db import connections
        from django.test.utils import setup_test_environment

        from kerong.portal.owner_connection import migrate

        settings.KERONG_FOLLOW_FILES = False
        setup_test_environment(debug=False)
        migrate()
        try:
            yield
        finally:
            for connection in connections.all(initialized_only=True):
                connection.close()
                connection.close_pool()


def _load(report: Report, folder: Path, firms: int) -> dict[str, str]:
    """Release the law, draw the population, load the directory; return one firm's name and code."""
    from kerong.basics.clock import SystemClock
    from kerong.basics.policies_folder import policies_folder
    from kerong.demo import directory
    from kerong.demo.firms import SOURCE, read_firms
    from kerong.demo.population import build_population
    from kerong.records.facts.actions import store_demo_firm
    from kerong.records.packs.actions import release_folder
    from kerong.records.packs.queries import current
    from kerong.records.parties.actions import load_demo_directory
    from kerong.records.parties.queries import enterprises

    today = SystemClock().today()
    release_folder(
        folder=policies_folder(), by="bench", document_number="测试〔2026〕1号", in_force_from=today
    )
    law = current()
    stories = read_firms(law.library.facts)
    for story in stories:
        store_demo_firm(uscc=story.uscc, name=story.name, facts=story.facts, as_of=story.as_of, source=SOURCE)
    began = time.perf_counter()
    build_population(folder / "population", law.library, law.on, firms=firms, seed=SEED)
    drawn = time.perf_counter()
    lines = directory.lines_of(folder / "population", law.library, law.on, stories)
    load_demo_directory(enterprises=lines, fingerprint="bench")
    loaded = time.perf_counter()
    report.figures |= {
        "firms": firms, "seconds_to_draw": round(drawn - began, 2), "seconds_to_load": round(loaded - drawn, 2)
    }  # fmt: skip
    report.note(f"{firms:,} firms drawn in {drawn - began:.1f} s, directory loaded in {loaded - drawn:.1f} s")
    chosen = enterprises(order="code")[firms // 2]
    return {"name": chosen.name, "uscc": chosen.uscc}


def _requests(report: Report, firm: dict[str, str], rounds: int) -> None:
    """Ask every kind of page in turn, round by round, as a browser that swaps the list would."""
    from django.test import Client

    client = Client(headers={"HX-Request": "true"})
    whole = {kind: Timing() for kind in KINDS}
    in_sql = {kind: Timing() for kind in KINDS}
    for number in range(rounds + 1):
        for kind, query in KINDS.items():
            address = f"/firms/{query.format(**firm)}"
            with _counted_sql() as sql:
                core, wall = time.process_time(), time.perf_counter()
                answer = client.get(address)
                wall, core = time.perf_counter() - wall, time.process_time() - core
            if answer.status_code != 200:
                raise SystemExit(f"{address}: status {answer.status_code}")
            if number:  # the first round warms
                whole[kind].wall.append(wall)
                whole[kind].core.append(core)
                in_sql[kind].wall.append(sum(sql))
                in_sql[kind].core.append(0.0)
    for kind in KINDS:
        report.add(kind, whole[kind])
        report.add(f"  SQL alone: {kind}", in_sql[kind])
    full = Client()
    first = Timing()
    for number in range(rounds + 1):
        wall = time.perf_counter()
        full.get("/firms/")
        if number:
            first.wall.append(time.perf_counter() - wall)
            first.core.append(0.0)
    report.add("first page with the firms of stories", first)
    every = np.array([seconds for timing in (*whole.values(), first) for seconds in timing.wall])
    sql_only = np.array([seconds for timing in in_sql.values() for seconds in timing.wall])
    worst_kind = max(whole, key=lambda kind: float(np.percentile(whole[kind].wall, 95)))
    of_worst = float(np.percentile(whole[worst_kind].wall, 95))
    report.figures |= {
        "requests": len(every), "p50_ms": _ms(np.median(every)), "p95_ms": _ms(np.percentile(every, 95)),
        "worst_ms": _ms(every.max()), "sql_p50_ms": _ms(np.median(sql_only)),
        "sql_p95_ms": _ms(np.percentile(sql_only, 95)), "sql_worst_ms": _ms(sql_only.max()),
        "worst_kind": worst_kind, "worst_kind_p95_ms": _ms(of_worst),
    }  # fmt: skip
    report.note(", ".join(f"{name} {value}" for name, value in report.figures.items()))
    report.at_most("p95 of all requests, seconds", float(np.percentile(every, 95)), 0.2)
    report.at_most("p95 of the slowest kind, seconds", of_worst, 0.2)


@contextmanager
def _counted_sql() -> Iterator[list[float]]:
    from django.db import connection

    seconds: list[float] = []

    def timed(execute: Any, sql: Any, params: Any, many: Any, context: Any) -> Any:
        began = time.perf_counter()
        try:
            return execute(sql, params, many, context)
        finally:
            seconds.append(time.perf_counter() - began)

    with connection.execute_wrapper(timed):
        yield seconds


def _ms(seconds: Any) -> float:
    return round(float(seconds) * 1000, 1)


if __name__ == "__main__":
    main(sys.argv[1:])
