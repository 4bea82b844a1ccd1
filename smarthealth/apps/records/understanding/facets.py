"""What a question asks of a thing beside that it is there: what a report found, which lot, which arm, at what hour.

Theory of operation. A facet is found by its phrases in the folded clause before anything else is read, and those of its words
that would be taken for something else (`work` for employment, `por qué vía` for a reason) are covered. Whether the thing that
is asked about can have such a facet is judged once its topics are known: an hour of a vaccine, no lot of a diagnosis.
"""

from __future__ import annotations

import re
from collections.abc import Collection

import attrs

from .kinds import (
    ALLERGY,
    CAREPLAN,
    CONDITION,
    DOCUMENT,
    ENCOUNTER,
    IMMUNIZATION,
    MEDICATION,
    OBSERVATION,
    PROCEDURE,
    REPORT,
)
from .phrases import compile_phrases
from .question import Facet, Topic

_BODY_PARTS = (
    r"brazo|hombro|pierna|rodilla|ojo|oido|mano|pie|cadera|muslo|gluteo|nalga|dedo|mama|seno|lado|extremidad|tobillo|codo|muneca|pulmon|rinon"
    r"|arm|side|knee|hip|shoulder|leg|eye|ear|hand|foot|finger|toe|breast|limb|thigh|buttock|ankle|elbow|wrist|lung|kidney"
)
_AMOUNTS = (
    r"inhalaciones|puff?s|inhalations|lit(?:er|re)s|litros|unidades|units|tabletas|tablets|pastillas|pills|capsulas|capsules|gotas|drops|comprimidos"
    r"|mililitros|ml|mg|miligramos|milligrams|vials?|ampollas|parches|patches|sobres|cucharadas"
)
# facet and phrases; where a phrase has groups, these alone are covered
_TABLE: tuple[tuple[Facet, str], ...] = (
    (
        Facet.DOSAGE,
        rf"""
        (cuant[ao]s veces (?:al|por|a la) (?:dia|semana)|how many times (?:a|per|each) (?:day|week))
        (cuant[ao]s horas (?:al|por) dia|how many hours (?:a|per|each) day)
        (cada cuant[ao]s?(?: (?:horas|tiempo|dias|semanas))?)\b[^?]*
        (how (?:often|frequently)) (?:can|may|should|could|must|does|do|did|is|was|has) (?:\w+ ){{0,4}}(?:take|taking|taken|use|used|using|inject|apply|give|given|have)
        (?:cuant[ao]s|how many) (?:{_AMOUNTS})
        (?:in |at |en |a )?(?:what|which|que|cual) (?:ratio|dilution|flow(?: rate)?|proporcion|dilucion|flujo)
        (como) (?:(?:se|la|lo|le|debe|debia|debio|hay que|tiene que|puede) )*(?:toma|tomar|usa|usar|aplica|aplicar|pone|ponerse|inyecta|inyectar|inhala)(?:se|la|lo|ban?|ndo)?
        (how) (?:should|does|do|did|must|is|was|can) (?:\w+ ){{0,4}}(?:take|taken|use|used|inject|injected|apply|applied|inhaled?|administered|given)
        (?:cuant[ao]) (?=[^?]*\b(?:toma|tomaba|tomar|usa|usaba|usar|aplica|aplicaba|inyecta|pone|necesita|inhala)\b)~
        (?:how much) (?=[^?]*\b(?:take|taking|took|use|using|inject)\b)~
        (cuando) (?:se (?:la |lo )?|debe |tiene que |hay que )(?:toma|tomar|tomarse|pone|aplica)
        (when) (?:should|does|must|did|is) (?:s?he|the patient|they) (?:supposed to )?(?:take|use|inject)
        (?:como|cual) (?:es|era) (?:la|el) (?:pauta|posologia|esquema)
        """,
    ),
    (
        Facet.END_HOUR,
        r"""
        (?:a que hora|que hora|hora (?:de|del|en que)) (?=[^?]*\b(?:salio|salieron|termino|termina|acabo|finalizo|egreso|se fue|se retiro|(?:dieron|dio|dad[oa]) (?:de |el )?alta)\b)~
        (?:at )?(?:what|which) (?:exact )?(?:time|hour) (?=[^?]*\b(?:leave|left|end|ended|finish|finished|discharged?|over|go home|sent home)\b)~
        """,
    ),
    (
        Facet.HOUR,
        r"""
        a que hora|que hora(?! es)|(?:la )?hora (?:exacta|de|del|en que)(?! (?:muerte|fallecimiento|defuncion))
        (?:at )?(?:what|which|the) (?:exact )?(?:time|hour)(?! (?:period|frame|zone|is it|of (?:year|death)|has|between))
        """,
    ),
    (
        Facet.LOT,
        r"""
        (?:numero |nro\.? |no\.? |# )?(?:de )?lotes?(?: de fabricacion)?
        ~(?<!a\x20)(?<!whole\x20)\b(?:lot|batch)(?: (?:numbers?|no\.?|code))?
        """,
    ),
    (
        Facet.EXPIRY,
        r"""
        (?:fecha de )?(?:vencimiento|caducidad|expiracion)|(?:vence|vencia|vencio|caduca|caducaba|expira|expiraba)
        (?:expir(?:e|es|ed|y|ation|ing))(?: date)?|best before
        """,
    ),
    (
        Facet.MAKER,
        r"""
        fabricantes?|(?:de )?que (?:marca|casa (?:comercial|farmaceutica))|(?:que|cual|de que) laboratorio (?:fabric\w+|produjo|(?=(?:es|era) (?:la|el)))|(?:quien|que empresa) (?:la )?fabric\w+
        manufactur\w+|(?:who|which company|what company) (?:made|makes|produced|produces)|(?:what|which) (?:brand|make)
        """,
    ),
    (
        Facet.ROUTE,
        r"""
        (?:por |cual (?:es|fue|era) la )?(?:que |la )?via (?:de administracion|(?=(?:se|le|la|lo|fue|es|era|recib|aplic|administr|tom|us)))
        por (?:que|cual) via|(?:by|via|through|what|which|the) (?:what |which |the )?route(?: of administration)?
        """,
    ),
    (
        Facet.SITE,
        rf"""
        (?:en |de )?(?:que|cual) (?:parte(?: del cuerpo)?|sitio anatomico|lugar del cuerpo|zona(?: del cuerpo)?|region(?: del cuerpo)?)
        (?:on |in |from )?(?:what|which) (?:body part|part of (?:the|his|her) body|area of (?:the|his|her) body|body site|anatomical site)
        where on (?:the|his|her) body|sitio (?:anatomico|de (?:aplicacion|inyeccion))|(?:injection|body|anatomical) site
        (?:izquierd[oa]|derech[oa]) o (?:(?:en )?(?:el|la) )?(?:izquierd[oa]|derech[oa])|(?:left|right) or (?:the )?(?:left|right)
        (?:en |de )?(?:que|cual)(?= (?:{_BODY_PARTS})\b)|cual (?:es|fue|era) (?:el|la) (?={_BODY_PARTS})
        (?:on |in |from )?(?:what|which)(?= (?:{_BODY_PARTS})\b)
        """,
    ),
    (
        Facet.COMPLICATIONS,
        r"""
        complicaci(?:on|ones)|complications?|se complico
        """,
    ),
    (
        Facet.FOLLOW_UP,
        r"""
        (?:que )?(?:seguimiento|controles?)(?= (?:quedo|se|le|tuvo|tiene|necesita|requiere|posterior|despues|tras|de la (?:cirugia|operacion)))|follow[\s-]?up
        """,
    ),
    (
        Facet.LENGTH,
        r"""
        cuanto (?:tiempo )?(?:se )?(?:duro|tardo|tardaron|demoro|demoraron)|cuant[ao]s (?:horas|minutos) (?:duro|tardo|demoro|tomo)
        how (?:long|many (?:hours|minutes)) (?:did|was|were)\b[^?]*\b(take|took|last|lasted|long|go on)|how long was (?:the|his|her)
        """,
    ),
    (
        Facet.CONTENTS,
        r"""
        que (?:incluye|incluia|contiene|contenia|abarca|comprende|contempla)|en que consist(?:e|ia|io)
        what (?:does|did|is|was|are)\b[^?]*\b(?:include|included|consist of|involve|contain|entail|comprise|cover|part of)
        (?:actividades|componentes|contenido|activities|components|contents) (?:del?|of|in)
        """,
    ),
    (
        Facet.COURSE,
        r"""
        que (?:(?:le|se le|les) )?(?:paso|ocurrio|sucedio|hicieron|hizo)|what (?:happened|went on|did they do|(?:was|were) (?:done|found))
        """,
    ),
    (
        Facet.FINDINGS,
        r"""
        histolog\w+|histopatolog\w+|anatomia patologica|(?:pathology|patologia)(?= (?:del?|of|results?))
        (?:serologia|serology|pruebas?|tests?|cultivos?|cultures?|pcr|biopsias?|biopsy|antibod(?:y|ies)|anticuerpos?|antigenos?|antigen)\b[^?]*\b(?:positiv|negativ|reactiv)\w*
        (?:positiv|negativ|reactiv)\w* (?=[^?]*\b(?:serologia|serology|pruebas?|tests?|cultivos?|cultures?|pcr|biopsias?|biopsy|antibod(?:y|ies)|anticuerpos?|antigenos?|antigen)\b)~
        que (?:fue lo que |es lo que )?(?:se )?(?:le )?(?:mostr(?:o|aba|aron)|revel(?:o|aron|aba)|evidenci(?:o|aron|aba)|encontr(?:o|aron)|hall(?:o|aron)|report(?:o|aron)|describ(?:e|io|ia)|vi(?:o|eron)(?= en)|arroj(?:o|aron)|conclu(?:yo|yeron|ye)|dij(?:o|eron)|dice|inform(?:o|aron)|detect(?:o|aron)|salio|dio)
        (?:hallazgos?|conclusion(?:es)?|impresion(?: diagnostica)?|interpretacion|resultados?|lectura|desenlace)|(como|que tal) (?:le )?(?:salio|salieron|quedo|resulto|fue|estuvo|termino)
        (?:mostro|mostraba|muestra|revelo|evidencio|reporto|describe)|(funciono|resulto|fue exitos[oa]|tuvo exito|sirvio)
        (?:was|were|is|are)\b[^?]*\b(?:seen|found|shown|detected|identified|visible) (?:on|in|by|at|during)|se (?:vio|vieron|observ(?:o|aron)|aprecio|apreciaron|identific(?:o|aron))
        findings?|conclusions?|impression|results?|interpretation|(outcomes?)
        what (?:did|does|do|was|were|is)\b[^?]*\b(?:show|showed|shown|reveal|revealed|find|found|say|said|report|demonstrate|conclude|seen|detect|detected)
        (how) (?:did|was|were)\b[^?]*\b(go|went|turn out|come out|come back|end up)|did\b[^?]*\b(work|succeed|show|reveal|find|help)|(?:was|were)\b[^?]*\b(successful|a success|effective)
        """,
    ),
)
FACET_PATTERNS = tuple(phrases for _, phrases in _TABLE)
"""The phrases of the table."""
_COMPILED = tuple((facet, compile_phrases(phrases)) for facet, phrases in _TABLE)
_KEPT = frozenset(
    {Facet.FINDINGS, Facet.SITE, Facet.COMPLICATIONS, Facet.FOLLOW_UP, Facet.LENGTH, Facet.CONTENTS, Facet.COURSE}
)
"""Facets whose phrases are covered by their groups alone, or not at all: other readers need them."""

FACET_KINDS: dict[Facet, frozenset[str]] = {
    Facet.FINDINGS: frozenset({REPORT, PROCEDURE}),
    Facet.COMPLICATIONS: frozenset({PROCEDURE}),
    Facet.FOLLOW_UP: frozenset({PROCEDURE}),
    Facet.LENGTH: frozenset({PROCEDURE, ENCOUNTER}),
    Facet.SITE: frozenset({IMMUNIZATION, OBSERVATION, PROCEDURE, MEDICATION, CONDITION}),
    Facet.ROUTE: frozenset({IMMUNIZATION, MEDICATION}),
    Facet.LOT: frozenset({IMMUNIZATION}),
    Facet.MAKER: frozenset({IMMUNIZATION}),
    Facet.EXPIRY: frozenset({IMMUNIZATION}),
    Facet.HOUR: frozenset({IMMUNIZATION, OBSERVATION, PROCEDURE, ENCOUNTER, REPORT, MEDICATION}),
    Facet.END_HOUR: frozenset({PROCEDURE, ENCOUNTER}),
    Facet.DOSAGE: frozenset({MEDICATION}),
    Facet.STOPPED: frozenset({MEDICATION}),
    Facet.CONTENTS: frozenset({CAREPLAN}),
    Facet.COURSE: frozenset({ENCOUNTER}),
}
"""Kinds of entry that may have each facet."""


@attrs.frozen
class FacetCue:
    """A facet that a clause asks for, and which of its words no other reader is to see."""

    facet: Facet
    spans: tuple[tuple[int, int], ...]


def find_facet(folded: str) -> FacetCue | None:
    """The facet that a folded clause asks for, the first of the table where several are named."""
    for facet, pattern in _COMPILED:
        match = pattern.search(folded)
        if match is not None:
            return FacetCue(facet, tuple(_spans(match, facet)))
    return None


def _spans(match: re.Match[str], facet: Facet) -> list[tuple[int, int]]:
    groups = [match.span(number) for number in range(1, match.re.groups + 1) if match[number]]
    return groups or ([] if facet in _KEPT else [match.span()])


def may_have(topics: Collection[Topic], facet: Facet) -> bool:
    """Whether what a clause is about may have a facet; words that the glossary lacks may be anything."""
    if facet is Facet.FINDINGS:
        # only the record knows what of the rest is a report
        return any(not topic.all_kinds or not topic.all_kinds <= _WITHOUT_FINDINGS for topic in topics)
    if facet is Facet.DOSAGE and any(topic.all_kinds for topic in topics):
        return any(topic.is_specific and MEDICATION in topic.all_kinds for topic in topics)
    kinds = FACET_KINDS[facet]
    return any(topic.is_specific and (not topic.all_kinds or topic.all_kinds & kinds) for topic in topics) or any(
        topic.kinds & kinds and facet not in _OF_SOMETHING_NAMED for topic in topics
    )


_WITHOUT_FINDINGS = frozenset({MEDICATION, IMMUNIZATION, OBSERVATION, ENCOUNTER, ALLERGY, DOCUMENT, CAREPLAN})
_OF_SOMETHING_NAMED = frozenset({Facet.FINDINGS, Facet.DOSAGE})
"""Facets that are asked of something by its name: `results?` alone asks for all of them."""
