"""Whom a question is about when it is not the patient: the mother, a brother, the baby, the family.

What the record says of the patient is said of nobody else: a question about somebody else is answered from what the record
says of that person, or not at all.
"""

from __future__ import annotations

import re
from collections.abc import Mapping

from .folding import fold_letters
from .question import Kin

_WORDS: Mapping[Kin, str] = {
    Kin.MOTHER: r"madres?|(?<=la )(?<!de la )(?<!en la )(?<!por la )mama(?! (?:izq|der))|(?<=su )mama(?! (?:izq|der))|(?<=^)mama|mamita|progenitora|mothers?|mom|mum|mommy|mth",
    Kin.FATHER: r"padre|(?<=el )papa|(?<=su )papa|(?<=del )papa|(?<=al )papa|papito|progenitor|fathers?|dad|daddy|fth",
    Kin.PARENT: r"padres|progenitores|parents?",
    Kin.SIBLING: r"herman[oa]s?|hermanit[oa]s?|mell?iz[oa]s?|gemel[oa]s?|brothers?|sisters?|siblings?|twins?|bro|sis|sib",
    Kin.GRANDPARENT: r"abuel[oa]s?|abuelit[oa]s?|grand(?:mother|father|parent|ma|pa)s?|grandmas?|grandpas?",
    Kin.UNCLE: r"ti[oa]s?|uncles?|aunts?|aunties?",
    Kin.COUSIN: r"prim[oa]s?\s+herman[oa]s?|prim[oa]s|cousins?|sobrin[oa]s?|nephews?|nieces?",
    Kin.SPOUSE: r"espos[oa]s?|marido|conyuge|companer[oa]\s+sentimental|pareja|husband|wife|spouse|partner|suegr[oa]s?|yern[oa]|nuera|mother-in-law|father-in-law",
    Kin.BABY: r"(?<=el )bebe|(?<=al )bebe|(?<=del )bebe|(?<=su )bebe|(?<=un )bebe|(?<=la )bebe|bebes|bebito|neonat[oa]s?|recien\s+nacid[oa]s?|productos?\s+de\s+la\s+gestacion|criatura|fetos?|baby|babies|newborns?|neonates?|infants?|fetus",
    Kin.CHILD: r"hij[oa]s?|hijit[oa]s?|sons|(?<=his )son|(?<=her )son|(?<=the )son|(?<=their )son|daughters?|children|kids?|child",
    Kin.FAMILY: r"familiares|familiar|familia|parientes?|consanguineos?|heredofamiliares|relatives?|family|kin|household\s+members?",
}

_FOUND: Mapping[Kin, re.Pattern[str]] = {
    kin: re.compile(rf"(?<![\w-])(?:{words})(?![\w-])") for kin, words in _WORDS.items()
}
_ANY = re.compile("|".join(pattern.pattern for pattern in _FOUND.values()))
_HOMONYMS = re.compile(rf"(?<![\w-])(?:{_WORDS[Kin.MOTHER]}|{_WORDS[Kin.FATHER]}|ti[oa]s?)(?![\w-])")
_THE_PATIENT = re.compile(
    r"\b(?:medic[oa]s?|doctor(?:a|es)?|practitioner|physician|doctor)\s+(?:de\s+)?(?:la\s+)?(?:familia|familiar|family)\b"
    r"|\b(?:family|familiar)\s+(?:medicine|doctor|physician|practi\w+|planning)\b|\bmedicina\s+familiar\b|\bplanificacion\s+familiar\b"
    r"|\bhistoria\s+(?:clinica\s+)?(?:de|del)\s+(?:el\s+|la\s+)?(?:bebe|nin[oa])\b|\b(?:padre|madre)\s+solter[oa]\b|\bmadre\s+gestante\b"
    r"|\bpartner\s+(?:abuse|violence)\b|\bviolencia\s+(?:intra)?familiar\b|\b(?:intimate)\s+partner\b|\bwell[\s-]+(?:child|baby)\b|\bchildhood\b"
    r"|\bcuant[oa]s\s+hij[oa]s\b|\b(?:how\s+many|any|have|has)\s+(?:children|kids|sons|daughters)\b|\b(?:tiene|tuvo)\s+hij[oa]s\b|\bnumero\s+de\s+hij[oa]s\b"
)
"""Words of kinship that speak of the patient, or of a kind of care, after all."""


def find_kin(visible: str, written: str = "") -> Kin | None:
    """Which relative a text is about; None where it is the patient.

    Args:
        visible: Folded, with its concepts covered.
        written: As it was written: its accents tell `bebé` from `bebe`.
    """
    accented = _ACCENTED.search(written.lower())
    if accented is not None:
        return _BY_ACCENT[accented[1]]
    text = _THE_PATIENT.sub(lambda match: " " * len(match[0]), visible)
    found = [(match.start(), kin) for kin, pattern in _FOUND.items() if (match := pattern.search(text))]
    if not found:
        return None
    named = [kin for _, kin in sorted(found, key=lambda one: one[0]) if kin is not Kin.FAMILY]
    return named[0] if named else Kin.FAMILY


_BY_ACCENT = {"beb": Kin.BABY, "mam": Kin.MOTHER, "pap": Kin.FATHER}
_ACCENTED = re.compile(r"(?<!\w)(beb(?=é)|mam(?=á)|pap(?=á))[éá]s?(?!\w)")


def kin_spans(folded: str, written: str = "") -> list[tuple[int, int]]:
    """Where words of kinship stand; `written` are the same words with the accents that tell `mamá` from `mama`."""
    return [match.span() for match in (*_ANY.finditer(folded), *_ACCENTED.finditer(written.lower()))]


def homonym_spans(folded: str, written: str) -> list[tuple[int, int]]:
    """Where words for relatives stand that are written as parts of the body, foods or diseases are: `mamá`, `la tía`."""
    spoken = (
        match.span() for match in _HOMONYMS.finditer(folded) if not written[match.start() : match.end()].isupper()
    )
    return [*spoken, *(match.span() for match in _ACCENTED.finditer(written.lower()))]


def names_kin(text: str, kin: Kin) -> bool:
    """Whether a text speaks of a relative, by any word for that relative; of the family, of anybody in it."""
    folded = fold_letters(text)
    accented = {_BY_ACCENT[match[1]] for match in _ACCENTED.finditer(text.lower())}
    if kin is Kin.FAMILY:
        return bool(accented) or _ANY.search(folded) is not None
    if kin in accented or (kin is Kin.PARENT and accented & _PARENTS):
        return True
    if kin in _PARENTS and _FOUND[Kin.PARENT].search(folded):
        return True
    alike = (Kin.MOTHER, Kin.FATHER, Kin.PARENT) if kin is Kin.PARENT else (kin,)
    return any(_FOUND[one].search(folded) for one in alike)


_PARENTS = frozenset({Kin.MOTHER, Kin.FATHER})
_STEMS: Mapping[Kin, tuple[str, ...]] = {
    Kin.MOTHER: ("madre", "mam[aá]", "padres", "mother", "mom", "parents"),
    Kin.FATHER: ("padre", "pap[aá]", "father", "dad", "parents"),
    Kin.PARENT: ("madre", "mam[aá]", "padre", "pap[aá]", "mother", "father", "parents"),
    Kin.SIBLING: ("herman", "gemel", "mellizo", "brother", "sister", "sibling", "twin"),
    Kin.GRANDPARENT: ("abuel", "grandmother", "grandfather", "grandpa", "grandma"),
    Kin.UNCLE: ("t[ií][oa]s?\\M", "uncle", "aunt"),
    Kin.COUSIN: ("prim[oa]s?\\M", "sobrin", "cousin", "nephew", "niece"),
    Kin.SPOUSE: ("espos", "marido", "c[oó]nyuge", "pareja", "suegr", "husband", "wife", "spouse", "partner"),
    Kin.BABY: ("beb[eé]", "neonat", "reci[eé]n nacid", "feto", "baby", "newborn", "infant", "fetus"),
    Kin.CHILD: ("hij", "son\\M", "sons\\M", "daughter", "child", "kid"),
    Kin.FAMILY: ("familia", "pariente", "family", "relative"),
}


def kin_pattern(kin: Kin) -> str:
    """A regular expression of PostgreSQL that finds texts in which a relative may be spoken of; of the family, anybody."""
    stems = dict.fromkeys(stem for known, stems in _STEMS.items() if kin in (known, Kin.FAMILY) for stem in stems)
    return r"\m(" + "|".join(stems) + ")"


def is_other_sex(question: str, told: str) -> bool:
    """Whether a question names one of two (`brother`) and a text the other alone (`sister`)."""
    asked, said = fold_letters(question), fold_letters(told)
    for one, other in _SEXES:
        for mine, theirs in ((one, other), (other, one)):
            asks_for_one = mine.search(asked) and not theirs.search(asked)
            if asks_for_one and theirs.search(said) and not mine.search(said):
                return True
    return False


_SEXES = tuple(
    (re.compile(rf"\b(?:{one})\b"), re.compile(rf"\b(?:{other})\b"))
    for one, other in (
        (r"herman(?:o|ito)|brothers?", r"herman(?:as?|ita)|sisters?"),
        (r"hijo|sons?", r"hijas?|daughters?"),
        (r"abuelo|grand(?:father|pa)s?", r"abuelas?|grand(?:mother|ma)s?"),
        (r"tio|uncles?", r"tias?|aunts?"),
        (r"patern[oa]|paternal", r"matern[oa]|maternal"),
    )
)
"""Words for relatives of one sex, or on one side, and of the other."""


def parts_by_kin(line: str) -> list[str]:
    """A line cut before each relative that it goes on to speak of: `mother with diabetes, a brother with gout`."""
    starts = [0]
    for match in _CUT.finditer(line):
        rest = fold_letters(line[match.end() :])
        if _OPENS_WITH_KIN.match(rest):
            starts.append(match.end())
    return [line[start:end].strip(" ,;.") for start, end in zip(starts, [*starts[1:], len(line)], strict=True)]


_CUT = re.compile(r"[,;.]\s+(?:(?:y|and|e)\s+)?|\s+(?:y|and)\s+")
_OPENS_WITH_KIN = re.compile(
    rf"\W*(?:(?:la|el|los|las|su|sus|un|una|dos|the|his|her|their|a|an|one|two|maternal|paternal)\s+){{0,2}}(?:{_ANY.pattern})"
)
