"""The car that the manual is of: the names that only this one has, so that another one takes another file and no other code."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterable, Mapping
from functools import cache
from importlib.resources import files
from typing import Any

import attrs

from smarthealth.retrieval.words import fold


@attrs.frozen(kw_only=True)
class Version:
    """One way in which the car is built."""

    name: str
    row: str
    """What stands behind a comma at the end of the name of a row that is of this version alone."""
    thing: str = ""
    """Of the lexicon, by which a text names it."""
    word: str = ""
    """By which a text names it where no thing does."""


@attrs.frozen(kw_only=True)
class Trim:
    """One way in which the car is fitted out."""

    name: str
    common: bool = False
    """Whether the name is a common word besides: then it must have its capital."""
    unless: tuple[str, ...] = ()
    """Beginnings of words before which it is the common word after all."""

    @property
    def pattern(self) -> str:
        """How a text names it."""
        name = re.escape(self.name) if self.common else f"(?i:{re.escape(self.name)})"
        return f"{name}(?! (?:{any_of(map(re.escape, self.unless))}))"


@attrs.frozen(kw_only=True)
class Car:
    """What the car's file says."""

    maker: str
    model: str
    versions: tuple[Version, ...]
    trims: tuple[Trim, ...]
    printed: Mapping[str, tuple[str, ...]]
    """By kind of value, how the manual prints some, beside the ways that any manual has."""

    @property
    def names(self) -> frozenset[str]:
        """Folded words for the car as a whole."""
        return frozenset(fold(f"{self.maker} {self.model}").split())


@cache
def load_car() -> Car:
    """The car of the shipped manual."""
    text = files("smarthealth.apps.support").joinpath("data/car.toml").read_text(encoding="utf-8")
    return read_car(tomllib.loads(text))


def read_car(held: Mapping[str, Any]) -> Car:
    """A car, as its file describes it; one without versions, or without trims, is all right."""
    return Car(
        maker=held["maker"],
        model=held["model"],
        versions=tuple(Version(**one) for one in held.get("version", ())),
        trims=tuple(Trim(**{**one, "unless": tuple(one.get("unless", ()))}) for one in held.get("trim", ())),
        printed={kind: tuple(words) for kind, words in held.get("printed", {}).items()},
    )


def any_of(patterns: Iterable[str]) -> str:
    """A pattern of what any of these matches; of nothing, where there are none."""
    return "|".join(patterns) or "(?!)"
