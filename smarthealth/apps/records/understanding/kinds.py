"""Words that name a kind of entry: medicines, visits, vaccines, notes.

A noun says what is asked about; a verb ("was prescribed", "se atendió") only hints at it and gives way to any noun.
"""

from __future__ import annotations

from collections.abc import Iterator

import attrs

from .phrases import compile_phrases

ENCOUNTER, CONDITION, OBSERVATION, MEDICATION = "encounter", "condition", "observation", "medication"
ALLERGY, PROCEDURE, IMMUNIZATION, REPORT = "allergy", "procedure", "immunization", "report"
DOCUMENT, CAREPLAN, CARETEAM = "document", "careplan", "careteam"
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


# kinds, category, noun or verb, phrases of both languages
_TEAMS = r"""
        equipos? (?:de (?:la )?(?:atencion|cuidados?|salud|manejo|tratamiento|profesionales)|tratante|asistencial|interdisciplinario|multidisciplinario|clinico|que (?:la|lo) (?:atiende|cuida|maneja|trata))
        (?:care|treatment|health\s*care|clinical|medical) teams?|(?:en|on|of|del|de|in|el|the|his|her|su|un|an?) (?:el |the |his |her |su )?(?:(?:[a-z]+|§+) )?(?:team\b|equipo\b(?! (?:medic|quirurg|de (?:prot|diagn|venoc|infus|oxig))))|equipo(?= de (?:[a-z]+olog|§))~
        ~\bcoordin\w+ (?:(?:su|la|el|his|her|the|all|of) )*(?:care|cuidados?|atencion|manejo|equipo|team)\b
        (?:care (?:coordinat\w+|managers?)|case managers?|gestor[ae]?s? de casos|coordinador[ae]?s? de (?:cuidados?|atencion))
        """
_TABLE: tuple[tuple[str, str | None, bool, str], ...] = (
    (CARETEAM, None, True, _TEAMS),
    (
        DOCUMENT,
        "emergency",
        True,
        r"""
        notas? (?:clinicas? |medicas? )?(?:de|del) (?:servicio de |departamento de )?(?:urgencias?|emergencias?)
        (?:emergency(?: (?:department|room))?|ed|er) notes?
        """,
    ),
    (
        ENCOUNTER,
        "emergency",
        True,
        r"""
        (?:visitas?|consultas?|ingresos?|atenci(?:on|ones)|idas|admisi(?:on|ones)) (?:a|al|por|en|de) (?:la |las |el )?(?:sala de |servicio de |departamento de )?(?:urgencias?|emergencias?)
        (?:servicio|sala|departamento|unidad) de (?:urgencias?|emergencias?)|urgencias?|emergencias?
        (?:emergency|er|ed|a&e) (?:room |department )?(?:visits?|encounters?|admissions?|attendances?)
        (?:visits?|trips?) to (?:the |an )?(?:emergency(?: (?:room|department))?|er|ed)
        emergency (?:room|department|care)|emergenc(?:y|ies)|\ber\b
        """,
    ),
    (
        ENCOUNTER,
        "inpatient",
        True,
        r"""
        hospitalizaci(?:on|ones)|hospitalizad[oa]s?|hospitalizar(?:on|an)?
        ingresos?(?: (?:hospitalarios?|al hospital|en el hospital))?|ingresad[oa]s?|ingreso hospitalario
        ingresaron|internaron|internaci(?:on|ones)|internad[oa]s?|internamientos?|estancias?(?: hospitalarias?)?|hospital days|dias (?:de|en el) hospital|egresos?|(?:leave|left) (?:the )?hospital|hospitali[sz]ations?
        hospitali[sz]ed|(?:hospital )?admissions?|admitted(?: to (?:the |a )?hospital)?
        length of stay|(?:stay(?:ed|ing)?|was|were|been|s?he|patient) in (?:the )?hospital
        inpatient(?: (?:stays?|visits?|encounters?|admissions?))?|hospital stays?
        dad[oa]s? de alta|alta (?:hospitalaria|medica)|(?:le|lo|la) dieron (?:de |el )?alta|(?:el|de|del|al) alta(?! (?:densidad|resolucion|hospitalaria|medica))|(?:egres(?:o|ado|ada)|sali(?:o|do)) (?:de la clinica|del hospital)|discharged?(?: (?:from|home))?
        """,
    ),
    (
        ENCOUNTER,
        "wellness",
        True,
        r"""
        chequeos?(?: (?:medicos?|generales|general|rutinarios?|preventivos?|de rutina))?
        controles (?:medicos|de rutina|generales|preventivos|de salud)
        control (?:medico|de rutina|general|preventivo|de salud)
        revisi(?:on|ones) (?:medicas?|de rutina|generales|general|rutinarias?|preventivas?|periodicas?)
        (?:consultas?|visitas?|citas?) (?:de )?(?:control|rutina|preventivas?|revision)
        examen(?:es)? general(?:es)?|(?:routine |wellness |annual |preventive |well child )?check[\s-]?ups?
        wellness (?:visits?|encounters?|exams?)|(?:annual|routine) (?:visits?|exams?|physicals?)
        well[\s-]child visits?
        """,
    ),
    (
        ENCOUNTER,
        "ambulatory",
        True,
        r"""
        (?:consultas?|visitas?|atenci(?:on|ones)|encuentros?) ambulatori[oa]s?
        (?:outpatient|ambulatory) (?:visits?|encounters?|appointments?|consultations?)
        """,
    ),
    (
        ENCOUNTER,
        None,
        True,
        r"""
        (?:consultas?|visitas?|citas?|encuentros?|atenci(?:on|ones))(?: (?:medic[oa]s?|clinic[oa]s?|realizad[oa]s?))?
        contactos? (?:asistenciales|con el sistema)
        (?:(?:medical|clinic|doctor(?:'?s)?|office|hospital|clinical|health\s*care) )?(?:visits?|appointments?|consultations?|encounters?)
        """,
    ),
    (
        CONDITION,
        None,
        True,
        r"""
        enfermedad(?:es)?|diagnosticos?|condici(?:on|ones)(?: (?:medic[oa]s?|clinicas?|cronicas?|de salud))?
        patologi(?:a|as)|padecimientos?|dolencias?|afecci(?:on|ones)|trastornos?|comorbilidad(?:es)?
        problemas? (?:de salud|medicos?|activos?|clinicos?|resueltos?|cronicos?)|lista de problemas|problemas
        antecedentes patologicos|dxs?|males|morbilidades|hallazgos|diseases?|diagnos[ei]s
        (?:medical |health |chronic )?conditions?|illness(?:es)?|disorders?|ailments?|comorbidit(?:y|ies)
        (?:medical |health |active )?problems?(?: list)?|(?:medical|health) issues?
        """,
    ),
    (
        MEDICATION,
        None,
        True,
        r"""
        medicamentos?|medicinas?|medicaci(?:on|ones)|farmacos?|recetas?(?: medicas?)?|prescripci(?:on|ones)
        formulas? medicas?|formulaci(?:on|ones)|drogas? (?:recetad|prescrit|formulad)as?|remedios?|pastillas?
        comprimidos|tratamientos?(?: (?:farmacologicos?|medicos?|con medicamentos))?|farmacoterapia
        terapia farmacologica|medications?|medicines?|drugs?|prescriptions?|meds|pills?|pharmacotherapy
        (?:drug )?treatments?|drug therap(?:y|ies)|rx|med|ttos?|txs?
        """,
    ),
    (
        ALLERGY,
        None,
        True,
        r"""
        alergi(?:a|as)|alergic[oa]s?|alergenos?|intolerancias?|hipersensibilidad(?:es)?
        reacci(?:on|ones) alergicas?|allerg(?:y|ies|ic)|allergens?|intolerances?|hypersensitivit(?:y|ies)
        allergic reactions?|reacciona|(?:causes?|any|had|have) (?:a |an )?reactions?|nkd?a
        """,
    ),
    (
        IMMUNIZATION,
        None,
        True,
        r"""
        (?:dosis|aplicaci(?:on|ones)|refuerzos?) de (?:la |las )?vacunas?
        (?:dosis|refuerzos?) (?:contra|frente a)|vacunas?|vacunaci(?:on|ones)|vacunad[oa]s?|inmunizaci(?:on|ones)
        inmunizad[oa]s?|esquema (?:de vacunacion|vacunal)|carne de vacunas|biologicos aplicados
        vaccin(?:e|es|ation|ations)(?: (?:shots?|doses?|records?|history))?|vaccinated
        immuni[sz](?:ation|ations|ed)|(?:flu )?shots?|jabs?|inoculations?
        """,
    ),
    (
        PROCEDURE,
        None,
        True,
        r"""
        procedimientos?(?: (?:medicos?|quirurgicos?|clinicos?|realizados?))?
        intervenci(?:on|ones)(?: (?:quirurgicas?|medicas?))?|(?:medical |surgical )?procedures?
        surgical interventions?|interventions?
        """,
    ),
    (
        PROCEDURE,
        "surgery",
        True,
        r"""
        (?:antecedentes |procedimientos |intervenciones )?quirurgic[oa]s?|cirugi(?:a|as)|operaci(?:on|ones)|operad[oa]s?|intervenid[oa]s?|surger(?:y|ies)|operations?|operated
        """,
    ),
    (
        OBSERVATION,
        "vital-signs",
        True,
        r"""
        signos vitales|constantes(?: vitales)?|vital signs|vitals
        """,
    ),
    (
        f"{OBSERVATION} {REPORT}",
        "laboratory",
        True,
        r"""
        (?:pruebas?|examen(?:es)?|analisis|resultados?|estudios?|valores|parametros|analiticas?) (?:de )?(?:laboratorio|sangre|sanguine[oa]s?|analitic[oa]s?)
        laboratorios?|paraclinicos?|analiticas?|analisis clinicos?
        lab(?:oratory)? (?:tests?|results?|values?|work|exams?|reports?|studies|data)|labs|blood (?:tests?|work)
        laborator(?:y|ies)
        """,
    ),
    (
        f"{OBSERVATION} {REPORT} {PROCEDURE}",
        None,
        True,
        r"""
        examen(?:es)?(?: (?:medicos?|diagnosticos?|clinicos?|practicados))?|pruebas?(?: diagnosticas?)?|analisis
        (?:medical |diagnostic )?(?:tests?|exams?|studies)|estudios (?:medicos|diagnosticos|realizados|practicados)
        """,
    ),
    (
        OBSERVATION,
        LEVEL,
        True,
        r"""
        nivel(?:es)?|levels?
        """,
    ),
    (
        OBSERVATION,
        None,
        True,
        r"""
        observaci(?:on|ones)(?: clinicas?)?|observations?
        """,
    ),
    (
        REPORT,
        None,
        True,
        r"""
        (?:informes?|reportes?)(?: (?:diagnosticos?|de diagnostico|medicos?|de laboratorio))?
        (?:diagnostic|medical|test) reports?|reports?
        """,
    ),
    (
        DOCUMENT,
        None,
        True,
        r"""
        notas?(?: (?:clinicas?|medicas?|de (?:evolucion|historia|consulta|ingreso|la consulta|la visita)))?
        documentos? clinicos?|anotaci(?:on|ones)|evoluciones medicas
        (?:clinical |medical |progress |doctor'?s |visit |encounter |history and physical |h&p )?notes?
        clinical documents?|write-?ups?
        """,
    ),
    (
        CAREPLAN,
        None,
        True,
        r"""
        plan(?:es)? de (?:cuidados?|atencion|manejo|tratamiento)|(?:care|treatment|management) plans?
        plans? of care
        """,
    ),
    (
        MEDICATION,
        None,
        False,
        r"""
        recet(?:ad[oa]s?|o|aron|an|a|ar|aba)|prescri(?:t[oa]s?|bio|bieron|ben|be|bir|pt[oa]s?)
        formul(?:ad[oa]s?|aron|an|a|o|aba)|medicad[oa]|medic(?:aron|an)|toma(?:ndo|do|ba|r)?|tome|tomo|toman
        us(?:o|aba|ado|a)|trat(?:aron|o|ado|ada|arse|an)|treated with|treated(?! (?:by|at|in))|treat(?=[^?]* with\b)
        (?:what|anything) (?:was|were|is) (?:s?he |they |the patient )?(?:been )?given|(?:is|are|was) (?:s?he|the patient|they) (?:currently |now )?on\b
        prescribed?|prescrib(?:ing|es)|medicated|taking|(?<!it\s)(?:takes?|took)(?!\s+(?:off|out|away|place|care|part)\b)
        (?:dieron|dio|mandaron|mando|dan|indicaron|indico|administr(?:o|aron)|pauto|pautaron|gave|give|(?:was s?he|s?he was) given|administered|used|using)(?= (?:[a-z]+ ){0,2}(?:para|por|contra|for|because|debido)\b)
        on any
        """,
    ),
    (
        CONDITION,
        None,
        False,
        r"""
        diagnostic(?:ad[oa]s?|o|aron|an|ar|a)|padec(?:e|ido|io|ia|en)|sufr(?:e|ido|io|ia)|enferm(?:o|a|ado|edad)
        enfermo de|contraj[oe]|diagnosed|suffer(?:s|ed|ing)?|contracted
        """,
    ),
    (
        IMMUNIZATION,
        None,
        False,
        r"""
        vacun(?:ar|aron|o|an|a)|inmuniz(?:o|aron|ar)|pusieron|vaccinate|immuni[sz]e
        """,
    ),
    (
        PROCEDURE,
        None,
        False,
        r"""
        oper(?:o|aron|ar|an|arse)|intervin(?:o|ieron)|practic(?:o|aron|ado|ada|aban)|underwent|undergone|undergo
        (?:hicieron|hizo|realizaron|(?:was|were) done|did they do)(?= (?:[a-z]+ ){0,1}(?:para|por|for)\b)
        """,
    ),
    (
        DOCUMENT,
        None,
        False,
        r"""
        escrib(?:io|ieron|ir)|redact(?:o|aron|ado|ada)|firm(?:o|aron|ado|ada)|wrote|written|signed|authored
        """,
    ),
    (
        ENCOUNTER,
        None,
        False,
        r"""
        (?:valor|evalu|examin|revis)(?:o|aron|ad[oa]s?)(?= |\W|$)|sigui(?:o|eron)|look(?:ed|s)? after|car(?:ed|es) for|manag(?:ed|es)|follow(?:ed|s)
        atend(?:io|ieron|id[oa]s?|ian|er)|atiend(?:en?|an?)|vieron|consult(?:o|ado|aron|ar)|visit(?:o|ado|ar|aron|ed)
        acudi(?:o|do|eron)|fue vist[oa]|vist[oa] por|lo vio|la vio|seen|saw|see(?:ing)?|attend(?:ed|s)?(?: to)?|came in
        treated (?:by|at)|went to|gone to|been to|ido al?|asistio|asistido|vino|venido|viene|come in|coming in
        came|al (?:medico|hospital|doctor|centro de salud)|to (?:the )?(?:doctor|hospital|clinic)
        """,
    ),
)
KIND_PATTERNS = tuple(phrases for _, _, _, phrases in _TABLE)
"""The phrases of the table."""
_COMPILED = tuple(
    (compile_phrases(phrases), frozenset(kinds.split()), category, is_noun)
    for kinds, category, is_noun, phrases in _TABLE
)


_TEAM = compile_phrases(_TEAMS)


def team_spans(folded: str) -> list[tuple[int, int]]:
    """Where a folded text speaks of a team of people, which is no piece of equipment."""
    return [match.span() for match in _TEAM.finditer(folded)]


def find_kinds(folded: str) -> Iterator[KindCue]:
    """Find the words that name kinds of entry; where two overlap, the earlier row of the table holds."""
    taken: list[tuple[int, int]] = []
    for pattern, kinds, category, is_noun in _COMPILED:
        for match in pattern.finditer(folded):
            if any(match.start() < end and start < match.end() for start, end in taken):
                continue
            taken.append(match.span())
            yield KindCue(match.start(), match.end(), kinds, category, is_noun)
