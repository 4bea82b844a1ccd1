"""Smaller words that narrow a question: active or past, different, which part of a note."""

from __future__ import annotations

from .phrases import compile_phrases
from .question import Status

_STATUS: tuple[tuple[Status, str], ...] = (
    (
        Status.VOID,
        r"""
        (?:por|como|con|en|un) (?:un )?error(?:es)?(?: (?:de (?:registro|digitacion|transcripcion|ingreso|captura)|en el registro))?|registros? erroneos?|errone[oa]s?|equivocad[oa]s?|anulad[oa]s?|invalidad[oa]s?|retractad[oa]s?
        descartad[oa]s?|(?:que )?(?:se )?descart(?:o|aron)|no realizad[oa]s?|(?:que )?no se (?:hizo|hicieron|realizo|realizaron|aplico|aplicaron)
        (?:entered|recorded|registered|charted|documented|made) (?:in|by) (?:error|mistake)|in error|by mistake|erroneous(?:ly)?|retracted|voided|invalidated|ruled out|not done|not performed|not given
        """,
    ),
    (
        Status.ENDED,
        r"""
        inactiv[oa]s?|resuelt[oa]s?|pasad[oa]s|suspendid[oa]s?|finalizad[oa]s?|terminad[oa]s?|completad[oa]s?|curad[oa]s?
        superad[oa]s?|descontinuad[oa]s?|(?:que )?ya no (?:le )?(?:tom|us|recib|se (?:tom|us|aplic)|est|tien|necesit|d(?:an|a)\b)\w*|dej(?:o|aron|ar) de \w+
        dej(?:o|aron|ar) (?:(?:el|la|los|las|su) )?§~
        (?:se )?(?:le|la|lo|les)? ?(?:ha |han |habia |habian )?(?:suspend(?:io|ieron|ido|idas?|en?)|descontinu(?:o|aron|ado)|retir(?:o|aron|ado|ada|ados|adas)|quit(?:o|aron|ado)|par(?:o|aron)|cancel(?:o|aron|ado|ada)|interrump(?:io|ieron|ido))
        (?:para|de|por) (?:suspender|dejar|retirar|parar|quitar|cancelar|descontinuar)(?:le|la|lo|se)?|suspension(?= de)|(?:for|of) (?:(?:the|its|his|her) )?(?:stopping|discontinuing|withdrawing|cancell?ing|ending|discontinuation|withdrawal|suspension|cancell?ation)|suspend(?:ieran?|an|er)|cambi(?:o|aron)(?= (?:el|la|los|las|su) )|(?:taken|took) (?:him |her |them )off|cancell?ed
        (?:que )?(?:tomaba|usaba|recibia)(?: (?:antes|previamente|en el pasado))|antigu[oa]s|de antes|en el pasado
        (?:taken|come|came|been) off|quit taking|made (?:\w+ ){1,2}(?:stop|quit|discontinue|drop)|(?:was|were|been) (?:stopped|discontinued|withdrawn)|(?:used to|previously) (?:take|taken?|took|use|used)|no longer (?:take|takes|taking|uses?|using|on|has|have|active)|not taking any ?more
        resolved|inactive|past|(?:did|to) (?:s?he |the patient |they )?(?:stop|discontinue|quit|come off)|stopped|discontinued|finished|ended|no longer|former
        """,
    ),
    (
        Status.ACTIVE,
        r"""
        activ[oa]s?|vigentes?|en curso|actual(?:es|mente)?|hoy en dia|en (?:este|el) momento(?: actual)?|ahora(?: mismo)?
        presentes|sin resolver|no resuelt[oa]s?|cronic[oa]s?|toma|esta (?:tomando|usando)|tomando|usando
        active|current(?:ly)?|ongoing|now|using now|at (?:present|the moment)|presently|unresolved|today|chronic
        is (?:s?he|the patient|they) (?:\w+ )?(?:taking|on)|taking|takes
        """,
    ),
)
_COMPILED_STATUS = tuple((status, compile_phrases(phrases)) for status, phrases in _STATUS)
_UNRESOLVED = compile_phrases(
    r"""
    no resuelt[oa]s?|sin resolver|unresolved|not (?:yet )?resolved
    """
)
_BOTH = compile_phrases(
    r"""
    activ[oa]s? [yo] \w+|actuales y pasad[oa]s|pasad[oa]s y actuales
    active (?:and|or) \w+|current and past|past and (?:current|present)
    """
)
_DISTINCT = compile_phrases(
    r"""
    diferentes?|distint[oa]s?|tipos? de|clases? de|unic[oa]s
    different|distinct|unique|types? of|kinds? of
    """
)

_SECTIONS: tuple[tuple[str, str], ...] = (
    (
        "advice",
        r"""
        recomend\w+|aconsej\w+|consejos?|indicaciones|sugeri(?:do|da|dos|das|o|eron)|sugerencias?|instrucciones
        recommend\w*|advi[sc]e\w*|suggest\w*|counsel\w*|instruct\w*
        """,
    ),
    (
        "complaint",
        r"""
        motivo (?:de|principal de) (?:la )?(?:consulta|visita)|queja(?: principal)?|se quejaba|sintomas?|por que consulto
        ~(?:^|\b)cc(?= (?:of|in|from|last|latest|note)\b)~
        what brought (?:him|her|them|the patient)|a que vino|reason for (?:the )?(?:visit|consultation)|molestias?|chief complaint|presenting complaint|complain(?:t|ts|ed|ing)?(?: of)?|symptoms?
        """,
    ),
    (
        "present",
        r"enfermedad actual|historia de la enfermedad|history of present illness|hpi|present illness",
    ),
    (
        "social",
        r"""
        (?:historia|antecedentes|situacion|contexto) social(?:es)?|estado civil|casad[oa]|solter[oa]|divorciad[oa]|viud[oa]
        nivel socioeconomico|socioeconomic\w*|fuma(?:dor|dora|ba)?|orientacion sexual|estudios|educacion|seguro
        social (?:history|background|situation)|marital|married|single|divorced|widowed|smok\w+|education|insurance
        """,
    ),
    ("allergies", r"alergias?|allerg(?:y|ies)"),
    ("medications", r"medicamentos?|medicacion|medications?|medicines?"),
    (
        "plan",
        r"""
        plan|evaluacion|valoracion|conducta|impresion|procedimientos?|tratamiento
        assessment|procedures?|treatment
        """,
    ),
)
_COMPILED_SECTIONS = tuple((name, compile_phrases(phrases)) for name, phrases in _SECTIONS)

_READS = compile_phrases(
    r"""
    dic(?:e|en)|decia|menciona(?:n|ba)?|contiene|contenido|texto|describe|describia|segun|de acuerdo con|informa|indica
    refiere|habla|resum\w+|anota(?:do|ron)?|escri(?:to|bio|bieron)|registra|lee|leer|leeme|trata|informacion
    say(?:s|ing)?|said|mention(?:s|ed)?|contain(?:s|ed)?|contents?|text|reads?|describe[sd]?|according to|state[sd]?
    summar\w+|written|wrote|noted|tells? (?:us|me)?|about|information
    """
)


def find_status(folded: str) -> Status | None:
    """Whether only what goes on, or only what ended, is asked for."""
    if _BOTH.search(folded):
        return None
    if _UNRESOLVED.search(folded):
        return Status.ACTIVE
    return next((status for status, pattern in _COMPILED_STATUS if pattern.search(folded)), None)


_VERIFICATION: tuple[tuple[str, str], ...] = (
    (
        "unconfirmed",
        r"""
        (?:sin|no|por|pendientes? (?:de|por)) confirma(?:r|d[oa]s?|cion)|presuntiv[oa]s?|sospech(?:a|ad[oa]s?|os[oa]s?)|provisionales?|provisional|probables?|posibles?|diferencial(?:es)?|en estudio
        (?:un|not yet |not )confirmed|suspected|provisional|presumptive|presumed|probable|possible|differential|tentative
        """,
    ),
    ("confirmed", r"confirmad[oa]s?|comprobad[oa]s?|verificad[oa]s?|confirmed|verified|definite"),
)
_COMPILED_VERIFICATION = tuple((name, compile_phrases(phrases)) for name, phrases in _VERIFICATION)


def find_verification(folded: str) -> str | None:
    """How sure the diagnoses are to be that are asked for: `confirmed` or `unconfirmed`."""
    return next((name for name, pattern in _COMPILED_VERIFICATION if pattern.search(folded)), None)


def status_spans(folded: str) -> list[tuple[int, int]]:
    """Where the words stand that tell a status."""
    return [match.span() for _, pattern in _COMPILED_STATUS for match in pattern.finditer(folded)]


def asks_for_different(folded: str) -> bool:
    """Whether different things are to be counted rather than entries."""
    return _DISTINCT.search(folded) is not None


def find_section(folded: str) -> str | None:
    """Which part of a note is asked for."""
    return next((name for name, pattern in _COMPILED_SECTIONS if pattern.search(folded)), None)


_SOURCE = compile_phrases(
    r"""
    segun|de acuerdo (?:con|a)|according to|per(?= (?:the|his|her|su|la|el)\b)
    """
)


def names_source(folded: str) -> bool:
    """Whether it is named what is to tell the answer: `according to the note`."""
    return _SOURCE.search(folded) is not None


def asks_what_is_written(folded: str) -> bool:
    """Whether the text of a note is asked for rather than the note as an entry."""
    return _READS.search(folded) is not None
