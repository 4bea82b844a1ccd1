"""The things of a car and their names in both languages, and what a text is about.

The glossary that reads clinical questions reads these too, given other concepts: inflection, spelling mistakes and the
longest name are its business.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from functools import cache, lru_cache
from importlib.resources import files
from typing import Final

import attrs

from smarthealth.retrieval.cognates import skeleton
from smarthealth.retrieval.concepts import Concept
from smarthealth.retrieval.glossary import Glossary
from smarthealth.retrieval.words import content_words, set_of

from .car import load_car

KIND: Final = "car"
_RIM: Final = re.compile(r"r\d\d")
_SLUG: Final = re.compile(r"[^a-z0-9]+")
_GENERIC: Final = set_of(
    "car cars vehicle vehicles auto carro carros coche coches vehiculo vehiculos mio mia mine model modelo version "
    "take takes taken need needs needed want use uses used using recommend recommended right correct exactly exact kind type types "
    "go goes get gets got put know find found look looks say says said tell come comes does work works working supposed allowed "
    "normal usually much big amount figure figures data information info manual book page maximum minimum max min most least "
    "possible please thanks hello hi hey question need help let make makes made thing things way ways good best still only also "
    "system sistema picture sort goes into break down anything something someone why when what "
    "quedo quede encuentro encontrar estaria decir sera seria algun algo esta estan saber "
    "new own one two first second really actually just quick quickly wondering curious give given figure "
    "lleva llevan llevar llevo usa usan usar necesita necesitan recomienda recomiendan recomendado recomendada debe deben debo "
    "poner pone ponen ponerle pongo echar echo hay trae traen viene vienen tiene cuanto cuanta cual dato datos informacion "
    "pregunta ayuda gracias hola buenas buenos tardes dias noches favor correcto correcta tipo clase maximo maxima minimo minima "
    "must replaced replace replacing against mean means sit drive driving may happens happen called many may "
    "lado queda quedan significa quiere significan cambiar cambia cambian reemplazar reemplaza sale salen va van andar manejar "
    "sabe saber sirve sirven funciona funcionan hacer hago hace haces toca puedo puede pueden podria exactamente bueno buena mejor "
    "nuevo nueva propio cosa cosas manera forma realmente rapido rapidamente regalas regala indicas diria decirme decir dime "
    "quisiera gustaria necesito favorcito oye mira"
)
"""Words of questions that name nothing of a car, whichever it is."""


@attrs.frozen(kw_only=True)
class Term:
    """One thing that a question asks after."""

    keys: frozenset[str]
    """Concepts, or spellings, any of which a passage may hold."""
    optional: bool = False
    """Whether it counts only where some passage holds it."""
    known: bool
    """Whether the lexicon has it; else it is a word that may be in no passage for being in another language."""
    surface: str


@cache
def load_lexicon() -> Glossary:
    """The shipped lexicon; takes some hundredths of a second, once."""
    return Glossary(map(_concept, _lines()))


def _concept(line: str) -> Concept:
    english, spanish, parents, _ = _columns(line)
    names = _names(english)
    return Concept(
        id=_SLUG.sub("-", names[0].lower()).strip("-"),
        kinds=(KIND,),
        english=names,
        spanish=_names(spanish),
        parents=tuple(parents.split()),
    )


@cache
def _implied() -> Mapping[str, tuple[str, ...]]:
    """By thing, those of which a text that names it also tells."""
    return {_concept(line).id: tuple(_columns(line)[3].split()) for line in _lines()}


def _lines() -> list[str]:
    text = files("smarthealth.apps.support").joinpath("data/lexicon.tsv").read_text(encoding="utf-8")
    return [line for line in text.splitlines() if line and not line.startswith("#")]


def _columns(line: str) -> list[str]:
    columns = line.split("\t")
    return [*columns, *[""] * (4 - len(columns))]


def _names(text: str) -> tuple[str, ...]:
    return tuple(name.strip() for name in text.split(";"))


@lru_cache(maxsize=4096)
def concepts_in(text: str) -> frozenset[str]:
    """Ids of the things that a text names, those that they are made of included."""
    found = load_lexicon().concepts(text)
    return frozenset(
        key for match in found for key in (match.concept.id, *match.concept.parents, *_implied()[match.concept.id])
    )


def _forms(word: str) -> tuple[str, ...]:
    """A word as it is looked for; the size of a rim is told with an R and asked for without."""
    return (word, word[1:]) if _RIM.fullmatch(word) else (skeleton(word),)


def terms_of(question: str) -> tuple[Term, ...]:
    """What a question asks after, each thing once; one that is made of others is asked for by those."""
    places: dict[tuple[int, int], set[str]] = {}
    terms: dict[frozenset[str], Term] = {}
    for match in load_lexicon().concepts(question):
        ids = places.setdefault((match.start, match.end), set())
        if match.concept.parents:
            own = frozenset((match.concept.id,))
            terms[own] = Term(keys=own, known=True, optional=True, surface=match.surface)
            for parent in match.concept.parents:
                _add(terms, (parent,), match.surface, known=True)
        else:
            ids.add(match.concept.id)
    for (start, end), ids in places.items():
        if ids:
            _add(terms, ids, question[start:end], known=True)
    nameless = generic_words()
    for word in content_words(question):
        inside = any(start <= word.start < end for start, end in places)
        if not inside and word.folded not in nameless:
            _add(terms, (f"~{_forms(word.folded)[0]}",), question[word.start : word.end], known=False)
    return tuple(terms.values())


@cache
def generic_words() -> frozenset[str]:
    """Words of questions that name nothing of the car, its own name among them."""
    return _GENERIC | load_car().names


def _add(terms: dict[frozenset[str], Term], keys: Iterable[str], surface: str, *, known: bool) -> None:
    found = frozenset(keys)
    terms.setdefault(found, Term(keys=found, known=known, surface=surface))
