"""Instruments to give to `open_system`: counts and durations here, spans in `smarthealth.actors.instruments.opentelemetry`.

That module needs `opentelemetry-api`, which the runtime does not, and is imported by who wants it.
"""

from smarthealth.actors.instruments.metrics import Durations, Metrics, Series

__all__ = ["Durations", "Metrics", "Series"]
