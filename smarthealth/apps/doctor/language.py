"""Which of the two languages a message is in: by the commonest words, by the words of the articles, by its letters."""

from __future__ import annotations

import re
from collections.abc import Mapping
from functools import cache
from typing import Final

from smarthealth.conversation.application import Language
from smarthealth.retrieval.words import fold, set_of

from .knowledge.article import LANGUAGES
from .knowledge.loading import load_articles
from .knowledge.passages import passages_of

_WORD: Final = re.compile(r"[a-z']+")
_SPANISH_LETTERS: Final = re.compile("[ñáéíóúü¿¡]")
_WEIGHT_OF_LETTERS: Final = 2
_WEIGHT_OF_COMMON_WORDS: Final = 2
_COMMON: Final[Mapping[Language, frozenset[str]]] = {
    "es": set_of(
        "al algo asi bien buenas cada como con cual cuando de del desde dia dias dice donde dolor duele el ella en es esta estoy hace "
        "hay hola hijo hija la las le les lo los mas mi mis mucho muy ya nada para pero por porque puedo que se si sin siento sobre su "
        "sus tambien tengo tiene todo tomo toma un una unos usted y yo"
    ),
    "en": set_of(
        "about all am an and any are as at been but can cannot can't could day days did do does don't for from had has have he hello "
        "help her hi his how i i'm i've if in is it it's my not now of on or she since should so some than that the their them then "
        "there they this to took was we what when which who will with would you your hurts feel feeling"
    ),
}


def language_of(message: str) -> Language:
    """The language of a message; English, the protocol's own, where nothing tells."""
    words = _WORD.findall(fold(message))
    scores = {
        language: sum(
            _WEIGHT_OF_COMMON_WORDS * (word in _COMMON[language]) + (word in _own_words()[language]) for word in words
        )
        for language in LANGUAGES
    }
    scores["es"] += _WEIGHT_OF_LETTERS * bool(_SPANISH_LETTERS.search(message.lower()))
    return "es" if scores["es"] > scores["en"] else "en"


@cache
def _own_words() -> Mapping[Language, frozenset[str]]:
    """Words that the articles use in one language and not in the other."""
    words = {
        language: {
            word
            for article in load_articles().values()
            for text in (*article.names[language], *(one.text for one in passages_of(article, language)))
            for word in _WORD.findall(fold(text))
        }
        for language in LANGUAGES
    }
    return {"es": frozenset(words["es"] - words["en"]), "en": frozenset(words["en"] - words["es"])}
