"""Whether a text is Spanish or English, by its small words, its letters and, where those are silent, the look of its words.

One answer for all applications. Only the text is looked at, and only its beginning, so that an alarm may ask, too.
"""

from __future__ import annotations

import re
from collections.abc import Sequence, Set
from typing import Final, Literal

import attrs

from .words import fold, set_of

Language = Literal["es", "en"]
MOST_READ: Final = 2000
"""Characters of a text that tell its language."""
_WORD: Final = re.compile(r"(?<![a-z0-9])[a-z]+(?:'[a-z]+)*(?![a-z0-9])")
"""A word of letters alone: `HER2` is no `her`."""
_SPANISH_LETTERS: Final = re.compile("[ñáéíóúü¿¡]")
_WEIGHT_OF_LETTERS: Final = 2
"""Common words that a Spanish letter counts for; a name (`José`) may bring one into an English sentence."""
_SPANISH: Final = set_of(
    "a abuela abuelo ademas ahora ahorita al algo alguien alguna alguno algun alli amigo ano anos antes aqui asi aun aunque ayer "
    "ayuda ayudame ayudeme bebe beba bien boca brazo buen buena buenas bueno buenos busco cabeza cada cambiar cancelar casa casi "
    "cita como con consulta contigo cosa creo cual cuales cuando cuanta cuantas cuanto cuantos cuerpo cuesta da dame de debo debe "
    "del desde despues dia dias dice dime dio direccion doctora dolor donde dos duele duelen el ella ellas ellos embarazada en "
    "entre era eres es esa ese eso esposa esposo esta estan estar estas este esto estos estoy fiebre fue fueron gracias gripa "
    "gripe ha hace hacer haces hacia hago han has hasta hay he hermana hermano hija hijo hijos historia hizo hola horas hoy iba ir "
    "jugar la las le les llamo llego lleva llevo lo los luego mal mama mamita manana marido mas me medicamento medicamentos medico mejor "
    "menos mes meses mi mis mucha muchas mucho muchos mujer muy nada nadie necesito ni nieta nieto nina nino noche no nos nota o ojo ojos "
    "otra otro paciente padre papa papi para parece pecho pero perdon peso pie piel pierna pierde poco por porque presion primer "
    "primera primero pues puede pueden puedes puedo que quien quienes quiere quiero quisiera recomienda resumen sabe saber salio "
    "sangre se sea segun senor senora ser si sido siempre siente siento sin sobre son soy su sus suyo talla tambien tampoco tan tarde te "
    "tener tengo tenia ti tiene tienen tienes tio tia toda todas todo todos toma tomar tome tomo tos tres tu tuvo ultima ultimas ultimo "
    "ultimos un una unas uno unos usted va vacuna vacunas vamos vecina vecino ver vez veces viejo voy y ya yo "
    "alergia alergias ciudad consultas durante edad fecha historial lista muestra nivel notas padece recibio sexo valor"
)
_ENGLISH: Final = set_of(
    "a about after again ago all also am an and any anyone are aren't arm around as at baby back bad be because been before being change "
    "best better between book boy breath breathe breathing brother but by called can can't cannot cant car chest child cold "
    "could cough dad dates daughter day days did didn't do does doesn't doing don't dont drive each ear eye eyes face father feel "
    "feeling feels feet fever first foot for from get gets getting girl give go goes going good got grandma grandpa great had hand has have "
    "having he head headache hello help her here hers hi high him his hour hours how hurt hurting hurts husband i i'd i'll i'm i've if im in into is "
    "isn't it it's its itching ive just keeps kid kids know last latest leg let like list little long look made make many may me medication "
    "medications mom more most mother much mum my need never new nights no not now of off old on one or our out over owner pain people persistent "
    "please pressure price really right run runny said say says see seems she she's should show sick since sister skin sleep so some "
    "someone something son sore started still stomach such sudden suddenly summary take takes taking tell than thanks that that's the their them "
    "then there there's these they thing think this those throat through till tired to today too took tonight try two u until up "
    "us vaccine very visit want was wasn't we week weeks were what what's when where which while who why wife will with without "
    "won't would wrong year years yes yesterday yet you your "
    "age allergies allergy blood city current currently date during ever gender height history labs level meds note notes "
    "patient recent sex trend trends vaccines value vitals visits weight whom whose"
)
_BOTH: Final = _SPANISH & _ENGLISH
_ONLY_SPANISH: Final = _SPANISH - _BOTH
_ONLY_ENGLISH: Final = _ENGLISH - _BOTH
_SPANISH_COMPLAINTS: Final = set_of(
    "abundante acidez ansiedad arde arden arterial articulaciones articular ataque ataques azucar brote carbones caries "
    "carnet cayo cefalea cervical chikunguna chuce clave comi congestion contracciones cordal corte coyunturas crisis "
    "cristales debil debilidad deposiciones desmayado desmaye desmayo desmayos diente doble dolores dormir doy enfermedad "
    "epistaxis esguince ets evacuar febril frente gases general genitales gestacional habones heces interacciones intoxique "
    "labial laboral leve lumbar mareada mareado menstruales mezclar mil mueve nariz nasal nauseas nivel olvide orinar "
    "palpitaciones papel paranasales pasar patatus pene perdi persistente pican pise planificar plantar polen postday queme "
    "reaccion rebote renales respirar retorcijones rinones roncar sexual sifilis sincope torci torticolis tragar triste "
    "vacunar vaginales venerea verdes vih visual volantes vomitar vomite vph yeyo"
)
_ENGLISH_COMPLAINTS: Final = set_of(
    "ache allergic allergies allergy anus apnoea arthritis arthrosis asthma aura bite bites bitten bladder blues blurred "
    "blurry bone bppv braxton bumps burn burns chills chlamydia collapsed common complaints conjunctivitis constipation "
    "contraception control couldn cramps cystitis depression diaper diarrhea diarrhoea discharge dose dyspepsia effects "
    "fatigue fever finger flare floaters flu flutters frozen full gas glucose gonorrhea gonorrhoea graze gums haemorrhoids "
    "haven hemorrhoids hiv hives hpv hypertension immunization infection influenza injection insomnia insulin interaction "
    "interactions irritation itches joints laceration level levels lice minor mosquito motivation nail nettle nose painful "
    "pains palpitations paper patches penis periods piles pill pimple pimples plan pms pollen rhinitis rolled rotator runs "
    "scabies schedule sciatica scrape sensation side sinus sinuses snore snores sores sour spells spider spins spots sprain "
    "stds sti stis stitches stomachache stone stones stool stools strain sugar sunburn swollen taste time toddler toe "
    "tongue tonsillitis travel trouble ulcer ulcers under urination uti vaccination vagina zits"
)
"""What people name in a word or two, where its look says nothing or the wrong thing."""
_WEIGHT_OF_COMPLAINTS: Final = 4
"""Looks that a named complaint counts for."""
_SHORTEST_LOOK: Final = 4
"""Letters of a word whose look tells something: shorter ones are abbreviations."""
# How words look that are in neither list: endings and letter pairs that one language has and the other hardly.
_SPANISH_LOOK: Final = re.compile(
    r"(?:cion|dad|ico|ica|ado|ada|ura|encia|osis|itis|emia|ina|ol|dor|lor|ez|on)s?$|[ao]s?$|^es[ptc]|rr|ll[aeo]"
)
_ENGLISH_LOOK: Final = re.compile(
    r"(?:tion|ing|ed|ity|ness|ure|ence|ic|ein|ine|ate|ous)s?$|th|sh|wh|ck|ph|oo|ee|ea|[bcdfghkmptwxy]$|ss$|k|w|y|'"
)


@attrs.frozen
class Names:
    """Folded words that things are called by in one language and not in the other."""

    spanish: frozenset[str]
    english: frozenset[str]


_NO_NAMES: Final = Names(frozenset(), frozenset())


def language_of(text: str, default: Language = "es", *, names: Names = _NO_NAMES) -> Language:
    """The language that a text is in, `default` where nothing tells.

    Args:
        text: Any text, with accents or without; its first `MOST_READ` characters are looked at.
        default: The protocol's own language, or the one spoken so far.
        names: Words of names that tell a language, asked where the small words do not.
    """
    text = text[:MOST_READ].replace("’", "'")
    words = [word for word in _WORD.findall(fold(text)) if word not in _BOTH]
    spanish = sum(word in _ONLY_SPANISH for word in words)
    spanish += _WEIGHT_OF_LETTERS * bool(_SPANISH_LETTERS.search(text.lower()))
    english = sum(word in _ONLY_ENGLISH for word in words)
    if spanish == english:
        spanish, english = (sum(word in known for word in words) for known in (names.spanish, names.english))
    if spanish == english:
        spanish = _look(words, _SPANISH_COMPLAINTS, _SPANISH_LOOK)
        english = _look(words, _ENGLISH_COMPLAINTS, _ENGLISH_LOOK)
    if spanish == english:
        return default
    return "es" if spanish > english else "en"


def _look(words: Sequence[str], named: Set[str], look: re.Pattern[str]) -> int:
    looks = (len(look.findall(word)) for word in words if len(word) >= _SHORTEST_LOOK)
    return sum(looks) + _WEIGHT_OF_COMPLAINTS * sum(word in named for word in words)
