"""Citations are read whole or refused with the half that is wrong."""

from __future__ import annotations

import pytest

from kerong.basics.citation import Citation, CitationError, parse_citation


def test_citation_is_read_and_printed_alike() -> None:
    citation = parse_citation("kerong-assumptions#capital.lost_point")

    assert citation == Citation("kerong-assumptions", "capital.lost_point")
    assert str(citation) == "kerong-assumptions#capital.lost_point"


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("some-document", "no '#'"),
        ("Some Document#art3", "source key"),
        ("#art3", "source key"),
        ("some-document#", "anchor"),
        ("some-document#第三条", "anchor"),
        ("a#b#c", "anchor"),
    ],
)
def test_citation_says_which_half_is_wrong(text: str, said: str) -> None:
    with pytest.raises(CitationError, match=said):
        parse_citation(text)
