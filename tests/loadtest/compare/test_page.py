"""The report as a page."""

from __future__ import annotations

from html.parser import HTMLParser

from loadtest.compare.page import as_page
from loadtest.compare.points import Spread, Streams
from loadtest.compare.report import OURS, PEER, Round


class Counter(HTMLParser):
    """Counts tags."""

    def __init__(self) -> None:
        super().__init__()
        self.tags: list[str] = []

    def handle_starttag(self, tag: str, attrs: object) -> None:
        """One more."""
        self.tags.append(tag)


def test_each_plot_has_a_line_and_dots_for_both() -> None:
    """Four plots, two servers, two points of load; no script; what the machine is called is text."""
    calm = Spread(p50=0.02, p99=0.03, most=0.04)
    points = tuple(
        Streams(
            streams=streams, tokens_per_second=500.0, cpu_per_token=1e-4, cpu_share=0.5, first_token=calm, gap=calm, ping=calm,
            turns=1, failures=0, seconds=10.0,
        )
        for streams in (10, 50)
    )  # fmt: skip
    rounds = [Round(server=server, streams=points, turns=points[0], connections=()) for server in (OURS, PEER)]
    page = as_page(rounds, {"system": "<Linux>"})
    counter = Counter()
    counter.feed(page)
    assert (counter.tags.count("polyline"), counter.tags.count("circle")) == (8, 16)
    assert "script" not in counter.tags
    assert "&lt;Linux&gt;" in page
