"""The numbers of several processes as those of one server.

Theory of operation. Each process writes its samples to a file of its own, whole, every second and when it is asked for them;
whichever is asked for all reads the files and adds them up. The numbers of a process that has ended are kept: its parent
adds what it counted (not what it measured at the moment, such as open connections) to the file of those who are gone, so that no
counter of the server ever falls. A process that is killed takes a second's counts with it at most. A lock on the folder
keeps readers from seeing a process twice, or not at all, while that is done.
"""

from __future__ import annotations

import fcntl
import os
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path

import attrs
import msgspec
from prometheus_client.metrics_core import Metric
from prometheus_client.samples import Sample

GONE = "gone"
"""Name of the file of those who have ended."""
LOCK = "lock"
LASTING = frozenset({"counter", "histogram"})
"""Types whose samples outlive their process."""
CREATED = "_created"
"""How the names of samples end that are times: the earliest is the server's."""

Values = dict[tuple[str, tuple[tuple[str, str], ...]], float]


class _Family(msgspec.Struct, array_like=True):
    """One metric as it is in a file."""

    name: str
    documentation: str
    type: str
    samples: list[tuple[str, list[tuple[str, str]], float]]


@attrs.frozen(kw_only=True)
class SharedMetrics:
    """The place where the processes of one server meet."""

    folder: Path
    """Of this server's processes alone."""
    number: int
    """Of this process."""

    def write(self, metrics: Iterable[Metric]) -> None:
        """Let the others see these numbers of this process instead of those before."""
        _write(self.folder / str(self.number), [_family(metric) for metric in metrics])

    def gather(self) -> list[Metric]:
        """The numbers of all processes, those that have ended included, added up."""
        with _locked(self.folder):
            files = [_read(path) for path in sorted(self.folder.iterdir()) if path.name == GONE or path.name.isdigit()]
        return [_metric(family) for family in _add_up(files)]


def forget_process(folder: Path, number: int) -> None:
    """A process has ended: keep what it counted, and drop what it measured."""
    ended = folder / str(number)
    with _locked(folder):
        if ended.exists():
            lasting = [family for family in _read(ended) if family.type in LASTING]
            _write(folder / GONE, _add_up([_read(folder / GONE), lasting]))
            ended.unlink()


def _family(metric: Metric) -> _Family:
    samples = [(sample.name, list(sample.labels.items()), float(sample.value)) for sample in metric.samples]
    return _Family(metric.name, metric.documentation, metric.type, samples)


def _metric(family: _Family) -> Metric:
    metric = Metric(family.name, family.documentation, family.type)
    metric.samples = [Sample(name, dict(labels), value) for name, labels, value in family.samples]
    return metric


def _add_up(files: Iterable[list[_Family]]) -> list[_Family]:
    """One family of each name, in the order in which they first come."""
    families: dict[str, _Family] = {}
    sums: dict[str, Values] = {}
    for family in (family for file in files for family in file):
        families.setdefault(family.name, family)
        values = sums.setdefault(family.name, {})
        for name, labels, value in family.samples:
            key = name, tuple(labels)
            if name.endswith(CREATED):
                values[key] = min(value, values.get(key, value))
            else:
                values[key] = values.get(key, 0.0) + value
    return [
        _Family(
            family.name,
            family.documentation,
            family.type,
            [(name, list(labels), value) for (name, labels), value in sums[family.name].items()],
        )
        for family in families.values()
    ]


def _read(path: Path) -> list[_Family]:
    try:
        return msgspec.json.decode(path.read_bytes(), type=list[_Family])
    except FileNotFoundError:  # nobody is gone yet
        return []


def _write(path: Path, families: list[_Family]) -> None:
    """At once or not at all: a process may be killed at any moment."""
    unfinished = path.with_suffix(".new")
    unfinished.write_bytes(msgspec.json.encode(families))
    unfinished.replace(path)


@contextmanager
def _locked(folder: Path) -> Iterator[None]:
    descriptor = os.open(folder / LOCK, os.O_CREAT | os.O_RDWR, 0o600)
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX)  # held for a millisecond by whoever has it
        yield
    finally:
        os.close(descriptor)
