"""What all formats have in common: reading with care, drafts, the files of a base, the commands."""

from __future__ import annotations

from types import ModuleType

import pytest
from hypothesis import given, settings

from kb.formats import graphml, nodelink
from kb.formats.exchange import Exchange
from tests.exchanges import exchanges, there_and_back


@pytest.mark.parametrize("module", [nodelink, graphml])
@given(exchanges())
@settings(max_examples=200, deadline=None)
def test_plain_graphs_lose_nothing(module: ModuleType, exchange: Exchange) -> None:
    sent, back = there_and_back(module, exchange)
    assert back == sent
