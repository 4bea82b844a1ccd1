"""Which models, and how patiently they are asked."""

from __future__ import annotations

import re
from typing import Any, Final

import attrs

KIB: Final = 1024
MIB: Final = 1024 * KIB


def _above_zero(instance: object, attribute: attrs.Attribute[Any], value: float) -> None:
    if not value > 0:
        raise ValueError(f"{attribute.name} must be above zero")


def _not_below_zero(instance: object, attribute: attrs.Attribute[Any], value: float) -> None:
    if not value >= 0:
        raise ValueError(f"{attribute.name} must not be below zero")


def _strip(value: str | None) -> str | None:
    return None if value is None else value.strip()


def _fits_a_header(instance: object, attribute: attrs.Attribute[Any], value: str | None) -> None:
    # The message may not repeat the key.
    if value is not None and re.fullmatch(r"[!-~]+", value) is None:
        raise ValueError("OPENAI_API_KEY must be printable ASCII without spaces")


def _is_http(instance: object, attribute: attrs.Attribute[Any], value: str | None) -> None:
    if value is not None and re.match(r"https?://[^/\s]", value) is None:
        raise ValueError("OPENAI_BASE_URL must begin with http:// or https:// and a host")


@attrs.frozen(kw_only=True)
class ModelSettings:
    """The models' settings. Durations are seconds, sizes bytes."""

    api_key: str | None = attrs.field(
        default=None,
        repr=False,
        converter=_strip,
        validator=_fits_a_header,
        metadata={
            "env": "OPENAI_API_KEY",
            "help": "key of OpenAI or of a compatible provider; without key and address the offline model answers",
            "secret": True,
        },
    )
    base_url: str | None = attrs.field(
        default=None,
        converter=_strip,
        validator=_is_http,
        metadata={
            "env": "OPENAI_BASE_URL",
            "help": "address of a compatible provider, such as http://localhost:8000/v1",
        },
    )
    model: str = attrs.field(
        default="gpt-4o-mini",
        validator=attrs.validators.min_len(1),
        metadata={"env": "LLM_MODEL", "help": "name of the model that answers"},
    )
    embedding_model: str = attrs.field(
        default="text-embedding-3-small",
        validator=attrs.validators.min_len(1),
        metadata={"env": "EMBEDDING_MODEL", "help": "name of the model that turns texts into vectors"},
    )
    embedding_dimensions: int | None = attrs.field(default=None, validator=attrs.validators.optional(_above_zero))
    """Length of vectors to ask for, None for the model's own."""
    max_retries: int = attrs.field(default=2, validator=_not_below_zero)
    """Further attempts after the first; only before the first token."""
    backoff: float = attrs.field(default=0.5, validator=_not_below_zero)
    """Longest wait before the first retry; it doubles with each, and a random share of it is waited."""
    max_backoff: float = attrs.field(default=8.0, validator=_not_below_zero)
    """Longest wait before any retry, unless the provider names its own."""
    max_retry_after: float = attrs.field(default=20.0, validator=_not_below_zero)
    """Longest wait that a provider may ask for; past it the request fails at once."""
    connect_timeout: float = attrs.field(default=5.0, validator=_above_zero)
    """For a connection, its TLS included."""
    read_timeout: float = attrs.field(default=120.0, validator=_above_zero)
    """Between two reads of an answer; a safety net below the deadlines of the callers."""
    max_connections: int = attrs.field(
        default=2000,
        validator=_above_zero,
        metadata={"env": "LLM_CONNECTIONS", "help": "answers that one process asks for at once; more wait"},
    )
    max_event_size: int = attrs.field(default=1 * MIB, validator=_above_zero)
    """Of one event of a stream, and of one line of it."""
    embedding_batch_texts: int = attrs.field(default=128, validator=_above_zero)
    """Texts in one request."""
    embedding_batch_characters: int = attrs.field(default=200_000, validator=_above_zero)
    """Characters in one request, a single text aside."""
    embedding_concurrency: int = attrs.field(default=4, validator=_above_zero)
    """Requests at a time for one call."""

    @property
    def is_remote(self) -> bool:
        """Whether a provider is configured; otherwise the offline models are used."""
        return self.api_key is not None or self.base_url is not None
