"""Whether a sentence says for certain what somebody has, or writes a prescription: neither is for a machine to say."""

from __future__ import annotations

import re
from typing import Final

_DIAGNOSES: Final = (
    r"(?:appendicitis|pneumonia|cancer|tumou?r|diabetes|migraine|covid|flu|influenza|bronchitis|dengue|malaria|meningitis|heart attack|stroke|"
    r"(?:\w+ )?infection|tonsillitis|strep(?: throat)?|sinusitis|asthma|copd|depression|anxiety disorder|arthritis|gout|lupus|anaemia|anemia|ulcer|gastritis|"
    r"gastroenteritis|food poisoning|hepatitis|cystitis|kidney stones?|gallstones?|hernia|hypertension|hypothyroidism|hyperthyroidism|angina|thrombosis|"
    r"embolism|eczema|psoriasis|scabies|shingles|chickenpox|measles|hiv|syphilis|tuberculosis|fibromyalgia|celiac disease|ibs|reflux|vertigo|a cold|"
    r"apendicitis|neumonia|migrana|gripe|gripa|influenza|bronquitis|infarto|derrame|acv|infeccion(?: \w+)?|amigdalitis|faringitis|otitis|asma|epoc|"
    r"depresion|artritis|gota|anemia|ulcera|intoxicacion|calculos|piedras en (?:el|los) \w+|hipertension|hipotiroidismo|hipertiroidismo|trombosis|embolia|"
    r"sarna|herpes|varicela|sarampion|vih|sifilis|fibromialgia|celiaquia|reflujo|vertigo|resfriado|colon irritable|cistitis)"
)
_ARTICLE: Final = r"(?:an? |the |una? |el |la |unos |unas )?(?:acute |severe |mild )?"
_STATED: Final = re.compile(
    rf"\b(?:you have|you've got|you are suffering from|you suffer from|what you have is|this is|it is|it's|usted tiene|tiene usted|tienes|usted padece|"
    rf"padeces|usted sufre de|sufres de|lo que (?:usted )?tiene es|lo que tienes es|esto es|se trata de|es) {_ARTICLE}({_DIAGNOSES})\b"
)
_OPEN: Final = re.compile(
    r"\b(?:do|does|did|are|told|diagnosed|conto|dijo|diagnosticad\w+|if|when|whether|unless|because|since|as|that|in case|may|might|could|can|possible|possibly|perhaps|maybe|probabl\w+|likely|not|no|only|"
    r"si|cuando|porque|como|que|dado|ya|puede|podria|pudiera|posible\w*|quizas?|tal vez|acaso|sospech\w+|suspect\w*|sin|without|n't|what|which|cual)\b"
)
"""Words before a statement that leave it open, or say that somebody told it."""
_CERTAIN: Final = re.compile(
    r"\b(?:you (?:definitely|certainly|clearly|undoubtedly|surely) (?:have|suffer)|you have been diagnosed with|(?:your|the|my) diagnosis is|"
    r"(?:this|it) is (?:definitely|certainly|clearly|undoubtedly|surely)|i(?: can)? diagnose|without (?:any |a )?doubt|there is no doubt|no doubt (?:that|you)|"
    r"it is certain|i am (?:certain|sure|100 ?% sure)|100 ?% (?:sure|certain|seguro)|i confirm that you|"
    r"(?:su|tu|el|mi) diagnostico es|(?:definitivamente|claramente|seguramente|sin duda) (?:es|tiene|tienes|usted)|sin (?:ninguna |lugar a )?dudas?|"
    r"no (?:hay|cabe) (?:ninguna )?duda|es seguro que|estoy segur[oa] (?:de )?que|con (?:toda |total )?(?:certeza|seguridad)|(?:le|te) diagnostico|"
    r"(?:le|te) confirmo que (?:usted )?tiene)"
)
_CAUTIOUS: Final = re.compile(
    r"\b(?:cannot|can't|can not|can|could|only|nobody|no one|not|no se puede|no puedo|no es posible|nadie|solo|puede|podra|podria)\b"
)
_PRESCRIPTION: Final = re.compile(
    r"^\W*(?:rx|rp)\b\s?[:/.]|\b(?:i (?:hereby )?prescribe|i am prescribing|here is your prescription|your prescription (?:is|reads)|(?:le|te) (?:receto|formulo|prescribo)|"
    r"esta es (?:su|tu) (?:receta|formula)|aqui (?:tiene|esta) (?:su|tu) (?:receta|formula)|(?:receta|formula) medica:)"
)


def says_certain(sentence: str, known: str = "") -> bool:
    """Whether a folded sentence calls a diagnosis certain.

    Args:
        sentence: In small letters, without accents.
        known: What the person's profile tells that they have, likewise; to repeat it is no diagnosis.
    """
    certain = _CERTAIN.search(sentence)
    if certain is not None and not _CAUTIOUS.search(sentence, 0, certain.start()):
        return True
    if sentence.rstrip().endswith("?"):
        return False
    return any(
        found[1] not in known and not _OPEN.search(sentence, 0, found.start()) for found in _STATED.finditer(sentence)
    )


def prescribes(sentence: str) -> bool:
    """Whether a folded sentence is part of a prescription."""
    return bool(_PRESCRIPTION.search(sentence))
