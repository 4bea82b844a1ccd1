"""Whether a message goes on about what was said before, or tells of a complaint of its own.

Asked only of messages in which no article is named. A complaint of its own is told by words for having or feeling something,
or of a part of oneself, and by at least one word that is not about how, when or how much, and that was not said before. All
else goes on: `and since when`, `it is worse now`, `what can I take?`, `38.5`.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from functools import cache
from typing import Final

from smarthealth.apps.doctor.knowledge.loading import load_terms
from smarthealth.retrieval.words import fold, folded_words, stem

_OPENING: Final = re.compile(r"^\W*(?:y|and|pero|but|tambien|also|ademas|besides|entonces|so|then|or)\b")
"""How somebody begins who goes on speaking."""
_TELLING: Final = re.compile(
    r"\b(?:me|le|nos|se me|se le) [a-z]{3,}"
    r"|\b(?:tengo|tiene|siento|siente|noto|nota|estoy|esta|ando|anda|sufro|sufre|presento|presenta|padezco|veo|oigo|hay|"
    r"aparecio|aparecieron|salio|salieron)\b"
    r"|\b(?:i|she|he|we|they) (?:have|has|had|got|get|gets|keep|keeps|feel|feels|see|hear|noticed?|am|is|cannot|can t|can not)\b"
    r"|\b(?:i m|i ve|he s|she s|there is|there s|there are|my|his|her|our)\b"
)
"""Words for having or feeling something, or for a part of somebody."""
_ASIDE: Final = re.compile(
    r"\b(?:despues|antes|after|before|cuando|when|while|mientras|desde|since|porque|because|hace|cada|every|al|for)\b[^.;!?]*"
)
"""From a word for when or why to the end of the sentence: that is about how it goes."""
_GENERAL: Final = frozenset(
    stem(word)
    for word in folded_words(
        # who
        "i you he she it we they me my mine his her our your him them us this that these those here there "
        "yo tu el ella ello nosotros ellos mi mis su sus nuestro este esta esto ese esa eso lo la los las le les se te nos "
        "hijo hija nino nina bebe mama papa madre padre esposo esposa marido mujer abuelo abuela hermano hermana amigo amiga "
        "son daughter child kid baby mum mom dad mother father husband wife grandma grandpa brother sister friend "
        # how sentences are made
        "a an the un una unos unas de del en con sin por para que como y o ni al si no not nor or and but of in on at to from "
        "with without as than then if is are was were be been am do does did have has had having got get gets getting can "
        "cannot could will would should must may might s t m ve re ll es son era fue ser estar estoy esta estan estaba soy "
        "tengo tiene tenia tuve tener he ha hay habia haber siento siente sentir sentia noto nota notar ando anda presento "
        "presenta feel feels felt feeling notice noticed keep keeps see go goes going come comes came make makes made "
        "puedo puede podria debo debe deberia quiero quiere hago hace hacer voy va ir viene "
        # that there is something
        "pain pains painful hurt hurts hurting ache aches sore symptom symptoms problem problems complaint thing things "
        "something anything bad ill sick unwell well fine ok discomfort trouble "
        "dolor dolores duele duelen doliendo doler molestia molestias molesta sintoma sintomas problema problemas cosa cosas "
        "algo nada mal enfermo enferma malestar bien "
        # how much, how often, which way it goes
        "very really quite more less much many little bit lot worse better same stronger strong severe mild bad badly again "
        "still always never sometimes often constant constantly only just also too even now already away back "
        "all every each other another both "
        "muy mas menos mucho mucha muchos muchas poco poca bastante demasiado peor mejor igual mismo fuerte fuertes leve "
        "intenso intensa intensos horrible terrible insoportable otra otro vez veces siempre nunca nada aun todavia ya solo "
        "tambien tampoco ahora asi todo toda todos todas cada casi tan tanto "
        "improve improved improving worsen worsened worsening started start starts began begins stopped stop stops last lasts "
        "lasted spread spreads spreading moved "
        "empeora empeoro empeorando mejora mejoro mejorando empezo empieza empezaron comenzo comienza dio dan da paso pasa "
        "pasando quito quita quitan dura duro duran sube subio baja bajo aumento aumenta extiende sigue siguen continua "
        # when
        "today yesterday tonight morning afternoon evening night day days week weeks month months year years hour hours minute "
        "minutes ago old long first last next "
        "hoy ayer anoche manana tarde noche dia dias semana semanas mes meses ano anos hora horas minuto minutos rato tiempo "
        "primera primero ultima ultimo edad "
        # what is asked, and what is done about it
        "what which who where why how question help need want know think say tell told recommend advise suggest worry worried "
        "scared take takes took taking taken use used give gave given drink eat eating ate sleep sleeping slept try tried "
        "medicine medicines medication pill pills tablet drug treatment remedy doctor hospital clinic emergency serious normal "
        "left right side lado izquierdo izquierda derecho derecha arriba abajo deja dejan let lets "
        "cual cuando donde quien pregunta ayuda ayudar necesito quiero saber creo pienso digo dice dijo recomienda recomiendas "
        "recomiendan recomendar aconseja aconsejas preocupa preocupado preocupada asusta miedo tomo tome toma tomar tomando "
        "uso use doy dar di dieron puse comer como comi bebo beber dormir duermo probe medicina medicinas medicamento "
        "medicamentos pastilla pastillas remedio remedios tratamiento medico doctor doctora hospital clinica urgencia "
        "urgencias grave serio peligroso normal alergia alergias alergico alergica allergy allergies allergic pregnant "
        "embarazada gracias thanks thank please favor yes sure"
    )
)


def follows_up(message: str, earlier: Iterable[str]) -> bool:
    """Whether a message goes on about what was said before.

    Args:
        message: One in which no article is named.
        earlier: What the person said before.
    """
    folded = fold(message)
    if _OPENING.search(folded):
        return True
    known = _GENERAL | _words_of_terms() | {stem(word) for text in earlier for word in folded_words(text)}
    sentences = re.split(r"[.;!?\n]+", re.sub(r"['’]", " ", folded))
    return not any(_TELLING.search(sentence) and _unknown(sentence, known) for sentence in sentences)


def _unknown(sentence: str, known: frozenset[str]) -> bool:
    """Whether a sentence has a word that tells of something else."""
    words = folded_words(_ASIDE.sub(" ", sentence))
    return any(word[0].isalpha() and stem(word) not in known for word in words)


@cache
def _words_of_terms() -> frozenset[str]:
    """Words of conditions and medicines: who names theirs tells of themselves."""
    names = (name for term in load_terms().values() for names in term.names.values() for name in names)
    return frozenset(stem(word) for name in names for word in folded_words(name))
