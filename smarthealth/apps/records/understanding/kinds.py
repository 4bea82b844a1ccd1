"""Words that name a kind of entry: medicines, visits, vaccines, notes.

A noun says what is asked about; a verb ("was prescribed", "se atendió") only hints at it and gives way to any noun.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

import attrs

ENCOUNTER, CONDITION, OBSERVATION, MEDICATION = "encounter", "condition", "observation", "medication"
ALLERGY, PROCEDURE, IMMUNIZATION, REPORT = "allergy", "procedure", "immunization", "report"
DOCUMENT, CAREPLAN = "document", "careplan"
LEVEL = "level"
"""Category of a cue that only says that something is measured."""


@attrs.frozen
class KindCue:
    """A kind that a text names, and where."""

    start: int
    end: int
    kinds: frozenset[str]
    category: str | None
    is_noun: bool


# kinds, category, noun or verb, phrases of both languages (regular expressions over folded text)
_TABLE: tuple[tuple[str, str | None, bool, str], ...] = (
    (
        ENCOUNTER,
        "emergency",
        True,
        r"(?:visitas?|consultas?|ingresos?|atenci(?:on|ones)|idas|admisi(?:on|ones))\s+(?:a|al|por|en|de)\s+(?:la\s+|las\s+|el\s+)?(?:sala\s+de\s+|servicio\s+de\s+|departamento\s+de\s+)?(?:urgencias?|emergencias?)"
        r"|(?:servicio|sala|departamento|unidad)\s+de\s+(?:urgencias?|emergencias?)|urgencias?|emergencias?"
        r"|(?:emergency|er|ed|a&e)\s+(?:room\s+|department\s+)?(?:visits?|encounters?|admissions?|attendances?)|(?:visits?|trips?)\s+to\s+(?:the\s+|an\s+)?(?:emergency(?:\s+(?:room|department))?|er|ed)"
        r"|emergency\s+(?:room|department|care)|emergenc(?:y|ies)|\ber\b",
    ),
    (
        ENCOUNTER,
        "inpatient",
        True,
        r"hospitalizaci(?:on|ones)|hospitalizad[oa]s?|hospitalizar(?:on|an)?|ingresos?(?:\s+(?:hospitalarios?|al\s+hospital|en\s+el\s+hospital))?|ingresad[oa]s?|ingreso\s+hospitalario|"
        r"internaci(?:on|ones)|internad[oa]s?|internamientos?|estancias?\s+hospitalarias?|"
        r"hospitali[sz]ations?|hospitali[sz]ed|(?:hospital\s+)?admissions?|admitted(?:\s+to\s+(?:the\s+|a\s+)?hospital)?|inpatient(?:\s+(?:stays?|visits?|encounters?|admissions?))?|hospital\s+stays?",
    ),
    (
        ENCOUNTER,
        "wellness",
        True,
        r"chequeos?(?:\s+(?:medicos?|generales|general|rutinarios?|preventivos?|de\s+rutina))?|controles\s+(?:medicos|de\s+rutina|generales|preventivos|de\s+salud)|control\s+(?:medico|de\s+rutina|general|preventivo|de\s+salud)|"
        r"revisi(?:on|ones)\s+(?:medicas?|de\s+rutina|generales|general|rutinarias?|preventivas?|periodicas?)|(?:consultas?|visitas?|citas?)\s+(?:de\s+)?(?:control|rutina|preventivas?|revision)|examen(?:es)?\s+general(?:es)?|"
        r"(?:routine\s+|wellness\s+|annual\s+|preventive\s+|well\s+child\s+)?check[\s-]?ups?|wellness\s+(?:visits?|encounters?|exams?)|(?:annual|routine)\s+(?:visits?|exams?|physicals?)|well[\s-]child\s+visits?",
    ),
    (
        ENCOUNTER,
        "ambulatory",
        True,
        r"(?:consultas?|visitas?|atenci(?:on|ones)|encuentros?)\s+ambulatori[oa]s?|(?:outpatient|ambulatory)\s+(?:visits?|encounters?|appointments?|consultations?)",
    ),
    (
        ENCOUNTER,
        None,
        True,
        r"(?:consultas?|visitas?|citas?|encuentros?|atenci(?:on|ones))(?:\s+(?:medic[oa]s?|clinic[oa]s?|realizad[oa]s?))?|contactos?\s+(?:asistenciales|con\s+el\s+sistema)|"
        r"(?:(?:medical|clinic|doctor(?:'?s)?|office|hospital|clinical|health\s*care)\s+)?(?:visits?|appointments?|consultations?|encounters?)",
    ),
    (
        CONDITION,
        None,
        True,
        r"enfermedad(?:es)?|diagnosticos?|condici(?:on|ones)(?:\s+(?:medic[oa]s?|clinicas?|cronicas?|de\s+salud))?|patologi(?:a|as)|padecimientos?|dolencias?|afecci(?:on|ones)|trastornos?|comorbilidad(?:es)?|"
        r"problemas?\s+(?:de\s+salud|medicos?|activos?|clinicos?|resueltos?|cronicos?)|lista\s+de\s+problemas|problemas|"
        r"antecedentes\s+patologicos|males|morbilidades|hallazgos|"
        r"diseases?|diagnos[ei]s|(?:medical\s+|health\s+|chronic\s+)?conditions?|illness(?:es)?|disorders?|ailments?|comorbidit(?:y|ies)|(?:medical\s+|health\s+|active\s+)?problems?(?:\s+list)?|"
        r"(?:medical|health)\s+issues?",
    ),
    (
        MEDICATION,
        None,
        True,
        r"medicamentos?|medicinas?|medicaci(?:on|ones)|farmacos?|recetas?(?:\s+medicas?)?|prescripci(?:on|ones)|formulas?\s+medicas?|formulaci(?:on|ones)|drogas?\s+(?:recetad|prescrit|formulad)as?|remedios?|pastillas?|comprimidos|"
        r"tratamientos?(?:\s+(?:farmacologicos?|medicos?|con\s+medicamentos))?|farmacoterapia|terapia\s+farmacologica|"
        r"medications?|medicines?|drugs?|prescriptions?|meds|pills?|pharmacotherapy|(?:drug\s+)?treatments?|drug\s+therap(?:y|ies)|rx",
    ),
    (
        ALLERGY,
        None,
        True,
        r"alergi(?:a|as)|alergic[oa]s?|alergenos?|intolerancias?|hipersensibilidad(?:es)?|reacci(?:on|ones)\s+alergicas?|allerg(?:y|ies|ic)|allergens?|intolerances?|hypersensitivit(?:y|ies)|allergic\s+reactions?",
    ),
    (
        IMMUNIZATION,
        None,
        True,
        r"(?:dosis|aplicaci(?:on|ones)|refuerzos?)\s+de\s+(?:la\s+|las\s+)?vacunas?|(?:dosis|refuerzos?)\s+(?:contra|frente\s+a)|vacunas?|vacunaci(?:on|ones)|vacunad[oa]s?|inmunizaci(?:on|ones)|inmunizad[oa]s?|esquema\s+(?:de\s+vacunacion|vacunal)|carne\s+de\s+vacunas|biologicos\s+aplicados|"
        r"vaccin(?:e|es|ation|ations)(?:\s+(?:shots?|doses?|records?|history))?|vaccinated|immuni[sz](?:ation|ations|ed)|(?:flu\s+)?shots?|jabs?|inoculations?",
    ),
    (
        PROCEDURE,
        None,
        True,
        r"procedimientos?(?:\s+(?:medicos?|quirurgicos?|clinicos?|realizados?))?|intervenci(?:on|ones)(?:\s+(?:quirurgicas?|medicas?))?|"
        r"(?:medical\s+|surgical\s+)?procedures?|surgical\s+interventions?|interventions?",
    ),
    (
        PROCEDURE,
        "surgery",
        True,
        r"cirugi(?:a|as)|operaci(?:on|ones)|operad[oa]s?|intervenid[oa]s?|surger(?:y|ies)|operations?|operated",
    ),
    (
        OBSERVATION,
        "vital-signs",
        True,
        r"signos\s+vitales|constantes(?:\s+vitales)?|vital\s+signs|vitals",
    ),
    (
        f"{OBSERVATION} {REPORT}",
        "laboratory",
        True,
        r"(?:pruebas?|examen(?:es)?|analisis|resultados?|estudios?|valores|parametros|analiticas?)\s+(?:de\s+)?(?:laboratorio|sangre|sanguine[oa]s?|analitic[oa]s?)|laboratorios?|paraclinicos?|analiticas?|analisis\s+clinicos?|"
        r"lab(?:oratory)?\s+(?:tests?|results?|values?|work|exams?|reports?|studies|data)|labs|blood\s+(?:tests?|work)|laborator(?:y|ies)",
    ),
    (
        f"{OBSERVATION} {REPORT} {PROCEDURE}",
        None,
        True,
        r"examen(?:es)?(?:\s+(?:medicos?|diagnosticos?|clinicos?|practicados))?|pruebas?(?:\s+diagnosticas?)?|analisis|(?:medical\s+|diagnostic\s+)?(?:tests?|exams?)",
    ),
    (OBSERVATION, LEVEL, True, r"nivel(?:es)?|levels?"),
    (OBSERVATION, None, True, r"observaci(?:on|ones)(?:\s+clinicas?)?|observations?"),
    (
        REPORT,
        None,
        True,
        r"(?:informes?|reportes?)(?:\s+(?:diagnosticos?|de\s+diagnostico|medicos?|de\s+laboratorio))?|(?:diagnostic|medical|test)\s+reports?|reports?",
    ),
    (
        DOCUMENT,
        "emergency",
        True,
        r"notas?\s+(?:clinicas?\s+|medicas?\s+)?(?:de|del)\s+(?:servicio\s+de\s+|departamento\s+de\s+)?(?:urgencias?|emergencias?)|(?:emergency(?:\s+(?:department|room))?|ed|er)\s+notes?",
    ),
    (
        DOCUMENT,
        None,
        True,
        r"notas?(?:\s+(?:clinicas?|medicas?|de\s+(?:evolucion|historia|consulta|ingreso|la\s+consulta|la\s+visita)))?|documentos?\s+clinicos?|anotaci(?:on|ones)|evoluciones\s+medicas|"
        r"(?:clinical\s+|medical\s+|progress\s+|doctor'?s\s+|visit\s+|encounter\s+|history\s+and\s+physical\s+|h&p\s+)?notes?|clinical\s+documents?|write-?ups?",
    ),
    (
        CAREPLAN,
        None,
        True,
        r"plan(?:es)?\s+de\s+(?:cuidados?|atencion|manejo|tratamiento)|(?:care|treatment|management)\s+plans?|plans?\s+of\s+care",
    ),
    # verbs
    (
        MEDICATION,
        None,
        False,
        r"recet(?:ad[oa]s?|o|aron|an|a|ar|aba)|prescri(?:t[oa]s?|bio|bieron|ben|be|bir|pt[oa]s?)|formul(?:ad[oa]s?|aron)|medicad[oa]|medic(?:aron|an)|"
        r"toma(?:ndo|do|ba|r)?|tome|tomo|toman|us(?:o|aba|ado|a)|trat(?:aron|o|ado|ada|arse|an)|treated\s+with|treated(?!\s+(?:by|at|in))|(?:what|anything)\s+(?:was|were|is)\s+given|(?:is|are|was)\s+(?:s?he|the\s+patient|they)\s+(?:currently\s+|now\s+)?on\b|prescribed?|prescrib(?:ing|es)|medicated|taking|(?<!it\s)(?:takes?|took)|(?:dieron|dio|mandaron|mando|dan|indicaron|indico|gave|give|used)(?=\s+(?:[a-z]+\s+){0,2}(?:para|por|contra|for|because|debido)\b)|on\s+any",
    ),
    (
        CONDITION,
        None,
        False,
        r"diagnostic(?:ad[oa]s?|o|aron|an|ar|a)|padec(?:e|ido|io|ia|en)|sufr(?:e|ido|io|ia)|enferm(?:o|a|ado|edad)|enfermo\s+de|contraj[oe]|diagnosed|suffer(?:s|ed|ing)?|contracted",
    ),
    (IMMUNIZATION, None, False, r"vacun(?:ar|aron|o|an|a)|inmuniz(?:o|aron|ar)|pusieron|vaccinate|immuni[sz]e"),
    (
        PROCEDURE,
        None,
        False,
        r"oper(?:o|aron|ar|an|arse)|intervin(?:o|ieron)|practic(?:o|aron|ado|ada|aban)|underwent|undergone|undergo",
    ),
    (
        DOCUMENT,
        None,
        False,
        r"escrib(?:io|ieron|ir)|redact(?:o|aron|ado|ada)|firm(?:o|aron|ado|ada)|wrote|written|signed|authored",
    ),
    (
        ENCOUNTER,
        None,
        False,
        r"atend(?:io|ieron|id[oa]s?|ian|er)|vieron|consult(?:o|ado|aron|ar)|visit(?:o|ado|ar|aron|ed)|acudi(?:o|do|eron)|fue\s+vist[oa]|vist[oa]\s+por|lo\s+vio|la\s+vio|seen|saw|see|attend(?:ed|s)?(?:\s+to)?|"
        r"came\s+in|treated\s+(?:by|at)|went\s+to|gone\s+to|been\s+to|ido\s+al?|asistio|asistido|vino|venido|viene|come\s+in|coming\s+in|came|al\s+(?:medico|hospital|doctor|centro\s+de\s+salud)|to\s+(?:the\s+)?(?:doctor|hospital|clinic)",
    ),
)
KIND_PATTERNS = tuple(pattern for _, _, _, pattern in _TABLE)
"""The phrases of the table."""
_COMPILED = tuple(
    (re.compile(rf"\b(?:{pattern})(?![a-z0-9])"), frozenset(kinds.split()), category, is_noun)
    for kinds, category, is_noun, pattern in _TABLE
)


def find_kinds(folded: str) -> Iterator[KindCue]:
    """Find the words that name kinds of entry; where two overlap, the earlier row of the table holds."""
    taken: list[tuple[int, int]] = []
    for pattern, kinds, category, is_noun in _COMPILED:
        for match in pattern.finditer(folded):
            if any(match.start() < end and start < match.end() for start, end in taken):
                continue
            taken.append(match.span())
            yield KindCue(match.start(), match.end(), kinds, category, is_noun)
