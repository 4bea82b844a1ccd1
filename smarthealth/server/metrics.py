"""Counts and durations for Prometheus, in a registry of the server's own.

Every label has few values: those that come from outside this module are counted, and beyond a bound they are all `other`.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator

import trio
from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram, generate_latest
from prometheus_client.core import GaugeMetricFamily, Metric
from prometheus_client.registry import Collector

from smarthealth.actors import ActorSnapshot

from .shared_metrics import SharedMetrics

CONTENT_TYPE = "text/plain; version=0.0.4; charset=utf-8"
MOST_VALUES = 64
"""Values of one label before the rest becomes `other`."""
LARGEST_TREE = 500
"""Connections up to which a scrape looks at the mailboxes; a picture of a larger tree takes too long for that."""
SHARED_EVERY = 1.0
"""Seconds between two looks that the other processes of a server get at the numbers of this one."""
SECONDS = (0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0, 20.0, 45.0, 60.0)
"""Buckets, from an index look-up to the longest turn."""


class _Values:
    """The values that one label has had so far."""

    def __init__(self) -> None:
        self._seen: set[str] = set()

    def bounded(self, value: str) -> str:
        """The value, or `other` when there are too many already."""
        if value not in self._seen:
            if len(self._seen) >= MOST_VALUES:
                return "other"
            self._seen.add(value)
        return value


class Metrics:
    """What the server measures. Is the telemetry of conversations, the watch of the shell, and counts for HTTP."""

    def __init__(self, shared: SharedMetrics | None = None) -> None:
        self.registry = CollectorRegistry()
        self._shared = shared
        """Where the other processes of this server are found, None when there are none."""
        self._applications, self._outcomes, self._stages, self._codes = _Values(), _Values(), _Values(), _Values()
        self._closes, self._routes, self._cuts, self._refused = _Values(), _Values(), _Values(), _Values()
        self._connections = self._gauge("connections", "WebSockets open", ["application"])
        self._opened = self._counter("connections_opened", "WebSockets accepted", ["application"])
        self._closed = self._counter("connections_closed", "WebSockets ended, by close code", ["application", "code"])
        self._running = self._gauge("turns_running", "Turns running", ["application"])
        self._turns = self._counter("turns", "Turns ended", ["application", "outcome"])
        self._turn_seconds = self._histogram("turn_seconds", "Whole turns", ["application", "outcome"])
        self._stage_seconds = self._histogram("stage_seconds", "Stages of turns", ["application", "stage"])
        self._first_token = self._histogram(
            "first_token_seconds", "From a turn's start to its first token", ["application"]
        )
        self._tokens = self._counter("tokens", "Tokens streamed", ["application"])
        self._errors = self._counter("errors", "Errors told to clients", ["application", "code"])
        self._handshakes = self._counter("handshakes_refused", "WebSockets refused", ["code"])
        self._peers_cut = self._counter("peers_cut", "TCP connections reset by the server", ["reason"])
        self._overload = self._counter("connections_over_limit", "TCP connections refused for their number", [])
        self._requests = self._counter("http_requests", "HTTP requests", ["route", "method", "status"])
        self._request_seconds = self._histogram("http_request_seconds", "HTTP requests", ["route"])

    def exposition(self) -> bytes:
        """What `GET /metrics` answers: the numbers of the whole server, however many processes it has."""
        if self._shared is None:
            return generate_latest(self.registry)
        self.share()
        return generate_latest(_Gathered(self._shared))

    def share(self) -> None:
        """Let the other processes of this server see the numbers of this one."""
        if self._shared is not None:
            self._shared.write(self.registry.collect())

    async def keep_shared(self) -> None:
        """Do so again and again; never returns.

        Cancellation:
            Leaves the last numbers behind.
        """
        try:
            while True:
                self.share()
                await trio.sleep(SHARED_EVERY)
        finally:
            self.share()

    def add_gauge(self, name: str, help_text: str, read: Callable[[], float]) -> None:
        """Add a number that is read at every scrape, such as the depth of a queue or the connections in use of a pool."""
        Gauge(f"smarthealth_{name}", help_text, registry=self.registry).set_function(read)

    def add_tree(self, snapshot: Callable[[], ActorSnapshot], connections: Callable[[], int]) -> None:
        """Add the mailboxes and restarts of a tree of actors."""
        self.registry.register(_TreeCollector(snapshot, connections))

    def connection_opened(self, application: str) -> None:
        """A connection was accepted."""
        application = self._applications.bounded(application)
        self._opened.labels(application).inc()
        self._connections.labels(application).inc()

    def connection_closed(self, application: str, code: int) -> None:
        """A connection ended."""
        application = self._applications.bounded(application)
        self._closed.labels(application, self._closes.bounded(str(code))).inc()
        self._connections.labels(application).dec()

    def turn_started(self, application: str) -> None:
        """A turn began."""
        self._running.labels(self._applications.bounded(application)).inc()

    def turn_finished(self, application: str, outcome: str, seconds: float) -> None:
        """A turn ended."""
        labels = self._applications.bounded(application), self._outcomes.bounded(outcome)
        self._running.labels(labels[0]).dec()
        self._turns.labels(*labels).inc()
        self._turn_seconds.labels(*labels).observe(seconds)

    def stage_finished(self, application: str, stage: str, seconds: float) -> None:
        """A stage did its work."""
        labels = self._applications.bounded(application), self._stages.bounded(stage)
        self._stage_seconds.labels(*labels).observe(seconds)

    def first_token(self, application: str, seconds: float) -> None:
        """The first token went out."""
        self._first_token.labels(self._applications.bounded(application)).observe(seconds)

    def tokens(self, application: str, count: int) -> None:
        """An answer of so many tokens is whole."""
        self._tokens.labels(self._applications.bounded(application)).inc(count)

    def error(self, application: str, code: str) -> None:
        """An error was sent to a client."""
        self._errors.labels(self._applications.bounded(application), self._codes.bounded(code)).inc()

    def handshake_refused(self, code: str) -> None:
        """A WebSocket was refused."""
        self._handshakes.labels(self._refused.bounded(code)).inc()

    def cut(self, reason: str) -> None:
        """A peer was reset."""
        self._peers_cut.labels(self._cuts.bounded(reason)).inc()

    def refused(self) -> None:
        """A TCP connection was one too many."""
        self._overload.inc()

    def request_answered(self, route: str, method: str, status: int, seconds: float) -> None:
        """An HTTP request was answered; `route` is the rule, not the path."""
        route = self._routes.bounded(route)
        known = method if method in {"GET", "HEAD", "POST", "OPTIONS", "PUT", "DELETE", "PATCH"} else "other"
        self._requests.labels(route, known, str(status)).inc()
        self._request_seconds.labels(route).observe(seconds)

    def _counter(self, name: str, help_text: str, labels: list[str]) -> Counter:
        return Counter(f"smarthealth_{name}", help_text, labels, registry=self.registry)

    def _gauge(self, name: str, help_text: str, labels: list[str]) -> Gauge:
        return Gauge(f"smarthealth_{name}", help_text, labels, registry=self.registry)

    def _histogram(self, name: str, help_text: str, labels: list[str]) -> Histogram:
        return Histogram(f"smarthealth_{name}", help_text, labels, registry=self.registry, buckets=SECONDS)


class _Gathered(Collector):
    """The numbers of all processes."""

    def __init__(self, shared: SharedMetrics) -> None:
        self._shared = shared

    def collect(self) -> Iterator[Metric]:
        """Add them up."""
        yield from self._shared.gather()


class _TreeCollector(Collector):
    """Sums mailboxes and restarts by the place of an actor in the tree, children of dynamic supervisors taken together."""

    def __init__(self, snapshot: Callable[[], ActorSnapshot], connections: Callable[[], int]) -> None:
        self._snapshot = snapshot
        self._connections = connections

    def collect(self) -> Iterator[Metric]:
        """Look at the tree, unless it is too large."""
        if self._connections() > LARGEST_TREE:
            return
        depths: dict[str, int] = {}
        restarts: dict[str, int] = {}
        for place, actor in self._snapshot().walk_places():
            depths[place] = depths.get(place, 0) + actor.mailbox_depth
            restarts[place] = restarts.get(place, 0) + actor.restarts
        for name, help_text, values in (
            ("mailbox_depth", "Messages that wait for an actor", depths),
            ("actor_restarts", "Restarts of the actors that live now", restarts),
        ):
            family = GaugeMetricFamily(f"smarthealth_{name}", help_text, labels=["actor"])
            for place, value in values.items():
                family.add_metric([place], value)
            yield family
