"""docs/metrics.md lists what there is, in both languages."""

from __future__ import annotations

import pytest

from tests.docs.metric_words import kind_rows, metric_rows
from tests.docs.places import ROOT


def tables(page: str) -> list[str]:
    lines = (ROOT / "docs" / page).read_text().splitlines()
    return [line for line in lines if line.startswith("| `")]


@pytest.mark.parametrize(("page", "chinese"), [("metrics.md", False), ("metrics.zh.md", True)])
def test_the_page_lists_exactly_the_metrics_and_the_kinds_of_alerts(page: str, chinese: bool) -> None:
    assert tables(page) == metric_rows(chinese=chinese) + kind_rows(chinese=chinese)
