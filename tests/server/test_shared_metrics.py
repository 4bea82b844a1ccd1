"""The numbers of several processes as those of one server."""

from __future__ import annotations

from pathlib import Path

from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram, generate_latest
from prometheus_client.metrics_core import Metric

from smarthealth.server.shared_metrics import SharedMetrics, forget_process


class Process:
    """One of the processes, with a number of each kind."""

    def __init__(self, folder: Path, number: int) -> None:
        self.registry = CollectorRegistry()
        self.asked = Counter("asked", "Questions", ["kind"], registry=self.registry)
        self.open = Gauge("open", "Connections", registry=self.registry)
        self.seconds = Histogram("seconds", "Answers", registry=self.registry, buckets=(1.0, 2.0))
        self.shared = SharedMetrics(folder=folder, number=number)

    def write(self) -> None:
        """Let the others see it."""
        self.shared.write(self.registry.collect())


def samples(metrics: list[Metric]) -> dict[tuple[str, str], float]:
    """Values by name and labels, times of making aside."""
    return {
        (sample.name, ",".join(sample.labels.values())): sample.value
        for metric in metrics
        for sample in metric.samples
        if not sample.name.endswith("_created")
    }


def test_what_all_count_is_added_up(tmp_path: Path) -> None:
    """Counters, gauges and buckets of all processes are sums; a label that one alone has is there."""
    first, second = Process(tmp_path, 1), Process(tmp_path, 2)
    first.asked.labels("a").inc(2)
    second.asked.labels("a").inc(3)
    second.asked.labels("b").inc()
    first.open.set(5)
    second.open.set(1)
    first.seconds.observe(0.5)
    second.seconds.observe(1.5)
    first.write()
    second.write()
    found = samples(first.shared.gather())
    assert found == samples(second.shared.gather())
    assert {key: value for key, value in found.items() if key[0] in {"asked_total", "open"}} == {
        ("asked_total", "a"): 5,
        ("asked_total", "b"): 1,
        ("open", ""): 6,
    }
    assert {key[1]: value for key, value in found.items() if key[0] == "seconds_bucket"} == {
        "1.0": 1,
        "2.0": 2,
        "+Inf": 2,
    }


def test_a_process_that_ended_is_remembered_by_what_it_counted(tmp_path: Path) -> None:
    """No counter falls when a process ends or its successor starts from nothing; what it had open is open no more."""
    first = Process(tmp_path, 1)
    for ended in (2, 3):
        second = Process(tmp_path, 2)
        second.asked.labels("a").inc(ended)
        second.open.set(7)
        second.seconds.observe(0.5)
        second.write()
        forget_process(tmp_path, 2)
        forget_process(tmp_path, 2)  # one that has written nothing since
    first.asked.labels("a").inc()
    first.write()
    found = samples(first.shared.gather())
    assert found["asked_total", "a"] == 6
    assert found["open", ""] == 0
    assert found["seconds_count", ""] == 2


def test_the_page_is_what_one_process_would_say(tmp_path: Path) -> None:
    """A server of one process has the same page, gathered or not, the times of making included."""
    alone = Process(tmp_path, 1)
    alone.asked.labels("a").inc()
    alone.write()

    class Gathered(CollectorRegistry):
        def collect(self) -> list[Metric]:
            """The numbers of all, who are one."""
            return alone.shared.gather()

    assert generate_latest(Gathered()) == generate_latest(alone.registry)
