"""What the offline model says around the facts, in Spanish and English."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

import attrs

from smarthealth.apps.doctor.results import Level
from smarthealth.conversation.application import Language


@attrs.frozen(kw_only=True)
class Phrases:
    """Of one language."""

    urgency: Mapping[Level, str]
    """By level, with `{what}`."""
    likelihood: Mapping[str, str]
    """With `{name}` and `{reasons}`."""
    told_apart: str
    no_diagnosis: str
    no_possibilities: str
    unclear: str
    tell_more: str
    to_judge_better: str
    nothing_known: str
    ask_on: str
    self_care: str
    see_professional: str
    warning_signs: str
    general_advice: str
    closing: str
    conjunction: str


_PHRASES: Final[Mapping[Language, Phrases]] = {
    "en": Phrases(
        urgency={
            "I": "From what you tell ({what}), this is an emergency: call the emergency number now.",
            "II": "From what you tell ({what}), you should be seen without delay: go to an emergency department today.",
            "III": "From what you tell ({what}), it would be good to be seen by a professional today or tomorrow.",
            "IV": "From what you tell ({what}), it does not sound urgent; make an appointment in the next days if it does not get better.",
            "V": "From what you tell ({what}), you can as a rule look after it at home and see a professional if it does not pass.",
        },
        likelihood={
            "likely": "Likely: {name}. What speaks for it: {reasons}",
            "possible": "Possible: {name}. What speaks for it: {reasons}",
            "less likely": "Less likely: {name}. It would be more so with: {reasons}",
        },
        told_apart="; what would tell: {by}",
        no_diagnosis="This is not a diagnosis: only a professional who examines you can make one. It could be one of these:",
        no_possibilities="From what you tell it cannot be said what it may be; a professional who examines you can say more.",
        unclear="I could not tell from your message what is wrong, so I cannot judge how urgent it is.",
        tell_more="Please tell me what you feel, since when, and how strong it is. If you feel very ill, do not wait: seek help now.",
        to_judge_better="To judge it better it would help to know:",
        nothing_known="My sources say nothing about this; a professional or a pharmacist can answer it.",
        ask_on="If you have symptoms yourself, tell me what you feel and since when.",
        self_care="What you can do:",
        see_professional="When to see a professional:",
        warning_signs="Get help at once if you notice any of these:",
        general_advice="Rest, drink enough, and watch how it goes; if it gets worse, lasts for more than a few days, or worries you, see a professional.",
        closing="This is general information and does not replace the advice of a professional who knows you.",
        conjunction="and",
    ),
    "es": Phrases(
        urgency={
            "I": "Por lo que cuenta ({what}), es una emergencia: llame ya al número de emergencias.",
            "II": "Por lo que cuenta ({what}), debe valorarse sin demora: vaya hoy a un servicio de urgencias.",
            "III": "Por lo que cuenta ({what}), conviene que lo vea un profesional hoy o mañana.",
            "IV": "Por lo que cuenta ({what}), no parece urgente; pida una cita en los próximos días si no mejora.",
            "V": "Por lo que cuenta ({what}), por lo general puede cuidarse en casa y consultar si no se le pasa.",
        },
        likelihood={
            "likely": "Probable: {name}. A favor: {reasons}",
            "possible": "Posible: {name}. A favor: {reasons}",
            "less likely": "Menos probable: {name}. Lo sería más con: {reasons}",
        },
        told_apart="; lo aclararía: {by}",
        no_diagnosis="Esto no es un diagnóstico: solo puede hacerlo un profesional que le examine. Podría tratarse de:",
        no_possibilities="Con lo que cuenta no se puede decir qué puede ser; un profesional que le examine podrá decir más.",
        unclear="De su mensaje no pude saber qué le pasa, así que no puedo juzgar qué tan urgente es.",
        tell_more="Cuénteme qué siente, desde cuándo y con qué intensidad. Si se siente muy mal, no espere: busque ayuda ahora.",
        to_judge_better="Para valorarlo mejor ayudaría saber:",
        nothing_known="Mis fuentes no dicen nada sobre esto; un profesional o un farmacéutico puede responderle.",
        ask_on="Si usted mismo tiene síntomas, cuénteme qué siente y desde cuándo.",
        self_care="Lo que puede hacer:",
        see_professional="Cuándo consultar:",
        warning_signs="Busque ayuda de inmediato si nota algo de esto:",
        general_advice="Descanse, tome suficiente líquido y observe cómo sigue; si empeora, dura más de unos días o le preocupa, consulte a un profesional.",
        closing="Esta es información general y no reemplaza el consejo de un profesional que le conozca.",
        conjunction="y",
    ),
}  # fmt: skip


def phrases_of(language: Language) -> Phrases:
    """The phrases of a language."""
    return _PHRASES[language]
