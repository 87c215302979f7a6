"""What all formats have in common: reading with care, drafts, the files of a base, the commands."""

from __future__ import annotations

from hypothesis import given, settings

from kb.formats import nodelink
from kb.formats.exchange import Exchange
from tests.exchanges import exchanges, there_and_back


@given(exchanges())
@settings(max_examples=200, deadline=None)
def test_node_link_loses_nothing(exchange: Exchange) -> None:
    sent, back = there_and_back(nodelink, exchange)
    assert back == sent
