"""Reads the articles and the terms from their files."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from functools import cache
from importlib.resources import files
from typing import Any, Final

import attrs
import cattrs

from smarthealth.conversation.application import Language

from .article import LANGUAGES, Article

ARTICLES: Final = "articles"
TERMS: Final = "terms.toml"


class ArticleError(ValueError):
    """A file of the knowledge base is not as it must be; names the file and what is wrong."""


@attrs.frozen(kw_only=True)
class Term:
    """A condition, a medicine or an allergen, by the names that people give it."""

    id: str
    names: Mapping[Language, tuple[str, ...]]
    """Without accents, in small letters; a name that ends with `-` is the beginning of a word."""
    within: tuple[str, ...] = ()
    """Ids of what it is one of: amoxicillin is within penicillin."""
    not_in: tuple[str, ...] = ()
    """`pregnancy`, `childhood`: when it must not be advised."""


@cache
def load_articles() -> Mapping[str, Article]:
    """Every article by its id; read once.

    Raises:
        ArticleError: A file is malformed, or names what is not there.
    """
    folder = files(__package__).joinpath(ARTICLES)
    found = [
        read_article(file.name, file.read_text("utf-8"))
        for file in sorted(folder.iterdir(), key=lambda file: file.name)
        if file.name.endswith(".toml")
    ]
    articles = {article.id: article for article in found}
    _check_references(articles, load_terms())
    return articles


@cache
def load_terms() -> Mapping[str, Term]:
    """Every term by its id; read once.

    Raises:
        ArticleError: The file is malformed.
    """
    raw = tomllib.loads(files(__package__).joinpath(TERMS).read_text("utf-8"))
    try:
        terms = [_CONVERTER.structure({"id": key} | value, Term) for key, value in raw.items()]
    except (cattrs.BaseValidationError, ValueError, TypeError, KeyError) as error:
        raise ArticleError(f"{TERMS}: {error}") from error
    return {term.id: term for term in terms}


def read_article(name: str, toml: str) -> Article:
    """Read one file.

    Raises:
        ArticleError: It is malformed.
    """
    try:
        raw = tomllib.loads(toml)
        raw["text"] = {language: raw.pop(language) for language in LANGUAGES if language in raw}
        article = _CONVERTER.structure(raw, Article)
    except (cattrs.BaseValidationError, ValueError, TypeError, KeyError) as error:
        raise ArticleError(f"{name}: {_reason(error)}") from error
    if name != f"{article.id}.toml":
        raise ArticleError(f"{name}: is called {article.id} inside")
    return article


def _check_references(articles: Mapping[str, Article], terms: Mapping[str, Term]) -> None:
    for article in articles.values():
        rules = [*(one.when for one in article.escalations), *(one.when for one in article.cautions)]
        named = [term for when in rules for term in (*when.conditions, *when.medicines, *when.allergies)]
        unknown = [*(one for one in named if one not in terms), *(one for one in article.also if one not in articles)]
        if unknown:
            raise ArticleError(f"{article.id}.toml: names {', '.join(unknown)}, which is not there")


def _reason(error: Exception) -> str:
    if isinstance(error, cattrs.BaseValidationError):
        return "; ".join(cattrs.transform_error(error))
    return str(error)


def _make_converter() -> cattrs.Converter:
    converter = cattrs.Converter(forbid_extra_keys=True)

    def exact_text(value: Any, _: object) -> str:
        if type(value) is not str:
            raise TypeError("must be text")
        return value

    converter.register_structure_hook(str, exact_text)
    return converter


_CONVERTER: Final = _make_converter()
