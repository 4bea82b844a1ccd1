"""An organ, or a device, that was taken out, in plain words: `le sacaron la próstata`, `did they take out his spleen`.

Operations are recorded by their names; what laypeople say of them is written as the name before anything else is read.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping

_NAMES: Mapping[str, tuple[str, str, str]] = {
    "prostatectomy": ("prostate", "prostata", "prostatectomía"),
    "appendectomy": ("appendix", "apendice", "apendicectomía"),
    "cholecystectomy": ("gall ?bladder", "vesicula(?: biliar)?", "colecistectomía"),
    "hysterectomy": ("uterus|womb", "utero|matriz", "histerectomía"),
    "mastectomy": ("breasts?", "senos?|mamas?|pechos?", "mastectomía"),
    "splenectomy": ("spleen", "bazo", "esplenectomía"),
    "nephrectomy": ("kidneys?", "rinon(?:es)?", "nefrectomía"),
    "thyroidectomy": ("thyroid(?: gland)?", "tiroides", "tiroidectomía"),
    "tonsillectomy": ("tonsils?", "amigdalas?", "amigdalectomía"),
    "oophorectomy": ("ovar(?:y|ies)", "ovarios?", "ooforectomía"),
    "colectomy": ("colon|part of (?:the|his|her) colon", "colon", "colectomía"),
    "gastrectomy": ("stomach", "estomago", "gastrectomía"),
    "removal of contraceptive implant": (
        "(?:subdermal |subcutaneous |contraceptive |hormonal |birth control |arm )+implant",
        "implante (?:subdermico|subcutaneo|anticonceptivo|hormonal)(?: anticonceptivo)?",
        "retiro de implante anticonceptivo",
    ),
    "removal of iud": ("iud|intrauterine (?:contraceptive )?device", "diu|dispositivo intrauterino", "retiro de diu"),
}
_OWN = r"(?:(?:the|his|her|their|my|a|one|both|left|right)\s+)*"
_SU = r"(?:(?:el|la|los|las|un|una|su|sus|parte\s+del?|del?)\s+)*"
_TOOK = r"(?:t(?:ake|ook|aken|aking)\s+out|remov(?:e|ed|ing)|cut\s+out|excis(?:e|ed))"
_SACAR = (
    r"(?:(?:le|les|se\s+la|se\s+lo)\s+)?(?:(?:han|ha|habian|fue|fueron|hayan)\s+)?"
    r"(?:sac(?:aron|o|ado|ada|ar)|quit(?:aron|o|ado|ada|ar)|retir(?:aron|o|ado|ada|ar)|extirp(?:aron|o|ado|ada|ar)|extraj(?:eron|o)|remov(?:ieron|io|ido))"
)


_ENDS = r"(?!-|\s+(?!(?:and|in|on|at|by|or|for|due|when|after|before|because|during|last|this|out|was|were)\b)[a-z])"
"""No word follows that makes it another thing: a stomach *tube*, colon *polyps*."""


def _compiled(english: str, spanish: str) -> tuple[re.Pattern[str], re.Pattern[str]]:
    return (
        re.compile(
            rf"\b{_TOOK}\s+{_OWN}(?:{english})\b{_ENDS}|\btake\s+{_OWN}(?:{english})\s+out\b"
            rf"|\b(?:{english})\s+(?:was\s+|were\s+|been\s+)?(?:removed|taken\s+out|cut\s+out)\b"
        ),
        re.compile(rf"\b{_SACAR}\s+{_SU}(?:{spanish})\b"),
    )


_BY_OPERATION = frozenset({"prostatectomy", "appendectomy", "cholecystectomy", "tonsillectomy", "hysterectomy"})
"""Operations that are meant where an organ is said to have been operated on."""
_OPERATED = r"oper(?:o|aron|ado|ada|ar)\s+(?:(?:de|en)\s+)?"


def _operated() -> Iterator[tuple[re.Pattern[str], str]]:
    for name in sorted(_BY_OPERATION):
        english, spanish, named = _NAMES[name]
        yield re.compile(rf"\boperat(?:ed|ion)\s+on\s+{_OWN}(?:{english})\b{_ENDS}"), name
        yield re.compile(rf"\b{_OPERATED}{_SU}(?:{spanish})\b"), named


_SECOND = tuple(
    (
        re.compile(rf"\b(?:before|after|or|and)\s+(?P<own>{_OWN}(?:{ours}))\b{_ENDS}"),
        re.compile(rf"\b(?:antes|despues|o|y)\s+(?:que\s+)?(?P<own>{_SU}(?:{theirs}))\b"),
        name,
        named,
    )
    for name, (ours, theirs, named) in _NAMES.items()
)
"""A second organ for which the verb is not said again: `before or after the appendix`."""


def _second_named(text: str, folded: str) -> str:
    for english, spanish, name, named in _SECOND:
        for pattern, called in ((english, name), (spanish, f" de la {named} ")):
            match = pattern.search(folded)
            if match is not None:
                return f"{text[: match.start('own')]}{called}{text[match.end('own') :]}"
    return text


_PATTERNS = tuple((*_compiled(ours, theirs), name, named) for name, (ours, theirs, named) in _NAMES.items())


_OPERATIONS = tuple(_operated())


def removals_named(text: str, folded: str) -> str:
    """A question with an organ or device that was taken out replaced by the name of the operation.

    Args:
        text: The question.
        folded: The same, folded letter by letter.
    """
    for english, spanish, name, named in _PATTERNS:
        for pattern, called in ((english, name), (spanish, named)):
            match = pattern.search(folded)
            if match is not None:
                return f"{text[: match.start()]}{called}{_second_named(text[match.end() :], folded[match.end() :])}"
    for pattern, called in _OPERATIONS:
        match = pattern.search(folded)
        if match is not None:
            return f"{text[: match.start()]}{called}{text[match.end() :]}"
    return text
