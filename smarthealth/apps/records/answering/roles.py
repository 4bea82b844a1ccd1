"""Whom of those who attended a question means, by what they did: who read a report, who gave the anaesthesia."""

from __future__ import annotations

import attrs

from smarthealth.apps.records.understanding.fillers import is_filler
from smarthealth.apps.records.understanding.folding import fold_letters
from smarthealth.retrieval.senses import is_meant, roots_of
from smarthealth.retrieval.words import folded_words, set_of

from .cues import compile_cues
from .entries import Entry
from .lines import unlabelled

# what a question, folded, asks by beginnings of words, and the roles, folded, that are meant
_CUES = compile_cues(
    (
        (r"anest|anaesth|durmi|put\b[^?]*\bto\s+sleep|sedat|sedo\b", r"anest|anaesth|sedat"),
        (r"ayudante|asistente|assist|instrument", r"ayudante|asist|assist|instrument|scrub"),
        (r"enfermer|nurse", r"enfermer|nurs|rn\b"),
        (r"coordin", r"coordin|manager|lead|lider|gestor"),
        (
            r"firm|leyo|leyeron|lectura|interpret|inform[oe]\b|informaron|sign|read\b|reported|dict",
            r"interpret|sign|firm|author|verifi|attest",
        ),
        (r"ciruj|surgeon|oper[oa]|operat", r"ciruj|surg|operator|operador|primary"),
        (r"registr|record|document", r"record|assert|author"),
        (r"formul|recet|prescri|orden|order|indic|mand", r"request|prescri|order|orden"),
        (
            r"hizo|hicieron|realiz|practic|perform|did\b|done\b|took|tomo|tomaron|aplic|puso|pusieron|gave|given|administ",
            r"perform|tecnic|technic|realiz|primary|ciruj|surg",
        ),
    )
)
_PRIMARY = set_of("doctor doctora medico medica physician")
"""Words that say little elsewhere, and name a role here."""
_OF_TEAMS = set_of("care team equipo atencion cuidado cuidados salud tratante profesionales health")
_TEAM = "careteam"


def asked_for(entry: Entry, text: str) -> Entry:
    """An entry with those alone whom a question means; with all, each once, where it does not tell or nobody has such a role.

    Args:
        entry: With its people, their roles and its text.
        text: The question.
    """
    everybody = list(zip(entry.people, entry.roles, strict=True))
    if entry.kind == _TEAM:
        everybody += _others(entry)
    meant = _meant(everybody, fold_letters(text), frozenset(folded_words(entry.display)) | _OF_TEAMS)
    roles: dict[str, list[str]] = {}
    for name, role in meant or everybody:
        roles.setdefault(name, []).append(role)
    told = {name: ", ".join(filter(None, own)) for name, own in roles.items()}
    people = tuple(f"{name} ({role})" if role and entry.kind == _TEAM else name for name, role in told.items())
    return attrs.evolve(entry, people=people, roles=tuple(told.values()))


def _others(entry: Entry) -> list[tuple[str, str]]:
    """The members of a team who are no practitioners, from its text."""
    lines = (line.partition(": ") for line in (unlabelled(entry) or "").splitlines())
    return [(name, role) for role, colon, name in lines if colon]


def _meant(everybody: list[tuple[str, str]], folded: str, said: frozenset[str]) -> list[tuple[str, str]]:
    for cue in _CUES:
        if cue.asked.search(folded):
            found = [(name, role) for name, role in everybody if cue.told.search(fold_letters(role))]
            if found:
                return found
    words = [word for word in folded_words(folded) if word not in said and (word in _PRIMARY or not is_filler(word))]
    shares = [(sum(is_meant(word, roots_of(role)) for word in words), name, role) for name, role in everybody if role]
    most = max((share for share, _, _ in shares), default=0)
    return [(name, role) for share, name, role in shares if share == most] if most else []
