"""The documents: every one has a page that says what cites it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from kerong.capabilities.policy_library import queries

if TYPE_CHECKING:
    from django.test import Client

    from kerong.records.packs.queries import CurrentLaw

DOCUMENT = "/sources/knowledge-value-loan-2025/"


def test_list_names_every_document_and_counts_what_stands_on_it(law: CurrentLaw, client: Client) -> None:
    page = client.get("/sources/").content.decode()
    lines = queries.source_lines(law.library, queries.everything_citing(law.library, law.on))

    assert f"共 {len(law.library.sources)} 份，列出 {len(law.library.sources)} 份" in page
    assert all(f"/sources/{key}/" in page for key in law.library.sources)
    line = next(line for line in lines if line.source.key == "knowledge-value-loan-2025")
    assert line.value_count >= 4
    assert line.clause_count >= 4
    assert {"press", "not_found"} <= set(line.marks)


def test_search_takes_any_brackets_and_filters_by_mark(law: CurrentLaw, client: Client) -> None:
    found = client.get("/sources/", {"q": "鄂科技规(2025)3号"}).content.decode()
    assumptions = client.get("/sources/", {"mark": "assumption"}).content.decode()

    assert law
    assert "列出 1 份" in found
    assert "知识价值信用贷款实施办法" in found
    assert "/sources/kerong-assumptions/" in assumptions
    assert DOCUMENT not in assumptions


def test_each_clause_lists_who_cites_it_with_value_and_mark(law: CurrentLaw, client: Client) -> None:
    page = client.get(DOCUMENT).content.decode()

    assert law
    assert 'id="anchor-compensation"' in page
    assert "/rules/hubei.credit.knowledge_value_loan/values/compensation_share/" in page
    assert "80.0%" in page
    assert 'rel="noreferrer noopener external"' in page


def test_document_without_an_address_is_not_linked(law: CurrentLaw, client: Client) -> None:
    bare = [s for s in law.library.sources.values() if not s.address and s.key != "kerong-assumptions"]
    own = client.get("/sources/kerong-assumptions/").content.decode()

    assert "本软件自己的说明" in own
    for source in bare:
        page = client.get(f"/sources/{source.key}/").content.decode()
        assert "网址不可靠，不链接" in page or "本软件自己的说明" in page


def test_unknown_document_is_not_found(law: CurrentLaw, client: Client) -> None:
    assert law
    assert client.get("/sources/nope/").status_code == 404


def test_everything_that_cites_is_found_under_its_document(law: CurrentLaw) -> None:
    citing = queries.everything_citing(law.library, law.on)

    for pack in law.library.packs.values():
        marks = [clause.mark for clause in pack.clauses] + [
            dated.mark for parameter in pack.parameters.values() for dated in parameter.values
        ]
        for mark in marks:
            assert any(thing.pack is pack for thing in citing[mark.cites])
