"""What a person wants with an utterance, and the short answers yes and no."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Final, Literal

from smarthealth.apps.taxi.places.folding import fold

Intent = Literal[
    "greeting",
    "thanks",
    "farewell",
    "taxi",
    "human",
    "cancel",
    "status",
    "ask_fare",
    "ask_wait",
    "ask_coverage",
    "ask_features",
    "ask_summary",
    "ask_agent",
    "complaint",
    "repeat",
    "wait",
]

_SERVICE: Final = (
    r"(?:taxis?|servicios?|carreras?|viajes?|pedidos?|reservas?|carros?|moviles|movil|solicitud(?:es)?|recogida)"
)
_SOFTLY: Final = rf"\b(?:olvid\w+(?:lo)?|dej\w+ asi|deja eso|dejalo|mejor no|no (?:mandes|manden|mande|envien|envies|envie))\s*(?:{_SERVICE}|el|lo|nada|todo|ya|eso|$|[.,!])"
"""What cancels unless another wish follows."""
_WORDS: Final[Mapping[Intent, str]] = {
    "greeting": r"^\W*que mas\b|\b(?:hola+|buen[oa]s(?: dias| tardes| noches)?|buen dia|alo|saludos|que tal|hey|hi|hello)\b",
    "thanks": r"\b(?:gracias|agradezco|agradecid[oa]|muy amable)\b",
    "farewell": r"\b(?:chao|adios|hasta luego|nos vemos|bye|hasta pronto|que este bien|feliz (?:dia|tarde|noche))\b",
    "taxi": (
        rf"\b(?:necesit\w+|quier\w+|quisiera|pid[oe]\w*|pedir|ped[ií]\w*|mand\w+|envi\w+|solicit\w+|consig\w+|regal\w+|me urge|busco|requiero|ocupo|hazme|haganme|podria\w*|puede\w*|reserv\w+|agend\w+|program\w+)\b[^.?!]*?\b{_SERVICE}\b"
        rf"|^\W*(?:otro |un |una )?{_SERVICE}\b(?!.*\b(?:llega|viene|donde|demora|pedi)\b)"
        r"|\b(?:me|nos|que me|que nos) (?:recog\w+|recoj\w+|llev\w+|pas\w+ a buscar)\b|\b(?:quiero|necesito|mand\w+|pid[ea]\w*|dame|deme) (?:uno|otro)\b|\bhacer una reserva\b|\bpas\w*(?:me|nos) a (?:buscar|recoger)\b|\b(?:un|otro) (?:taxi|carro|carrito|movil)\b|\b(?:recog|llev|recoj)\w*(?:me|nos|an|a)\b|\b(?:necesito|quiero|quisiera|debo|tengo que|vamos a|voy a) ir(?:me|nos)?\b|\bvoy (?:para|pa|a|al|hacia|hasta)\b|\b(?:need|want|get) (?:me )?an? (?:taxi|cab)\b"
    ),
    "human": (
        r"\b(?:(?:hablar|comuni[cq]\w+|pas\w+|transfi\w+|conect\w+|atien\w+|atend\w+|quiero|necesito|deme|ponme|pongame)\b[^.?!]*?\b(?:(?:una |otra )?persona(?: real| de verdad)?|humano|asesora?|agente(?: humano)?|operadora?|alguien(?: real| mas)?|ser humano|supervisora?|encargad[oa]|gerente|jefe)\b)"
        r"|\b(?:asesor|humano|persona real|operador humano|no quiero (?:hablar con )?(?:un |una )?(?:robot|maquina|bot))\b"
    ),
    "cancel": (
        rf"\b(?:cancel(?:a|ar|e|o|en|ame|alo|ala|arlo|arla|eme|elo|ela|amos|acion)\w*|anul(?:a|ar|e|o|en|alo|ala|arlo)\w*)\b"
        r"|\bya no (?:lo |la |el |quiero |voy a |vamos a )*(?:necesit\w+|quiero|querem\w+|ocup\w+|vo[yi]|viaj\w+|tomar)\b"
        r"|\bno (?:lo|la) (?:necesit\w+|quiero|querem\w+|ocup\w+|voy a (?:tomar|necesitar))\b"
        rf"|\bno (?:necesit\w+|quiero|querem\w+|voy a tomar) (?:el|la|ese|esa|mi|ningun|mas) {_SERVICE}"
        rf"|{_SOFTLY}|^\W*(?:no\W+)*ya no(?:\W|gracias|mas|lo|la|el|quiero)*$"
    ),
    "status": (
        rf"\b(?:donde|por donde|cuanto (?:le )?falta|cuanto se demora|cuando|a que hora|en cuanto|cuanto tarda)\b[^.?!]*?\b(?:{_SERVICE}|viene|llega|va|esta|conductor|chofer)\b"
        rf"|\b(?:estado|numero|placa|datos|conductor)\b[^.?!]*?\b(?:del?|mi|el)\b[^.?!]*?\b{_SERVICE}\b|\b(?:ya viene|ya va|(?:va|viene) en camino|ya salio|no (?:ha llegado|llega)|tengo (?:algun|un) {_SERVICE}|mi {_SERVICE} (?:activo|pendiente)|mis {_SERVICE}|que placa|la placa|que {_SERVICE} tengo|el {_SERVICE} que pedi)\b"
    ),
    "ask_fare": r"^\W*(?:y )?cuanto\W*$|\b\d+ ?mil (?:esta bien|alcanza\w*|le parece|le sirve|basta)|\b(?:alcanza|basta)\w* con \d+ ?mil|\b(?:cuanto (?:me |nos |le |se |es |seria |costaria |saldria |va a |vale|cuesta|cobra|sale|por)\w*|cuanto (?:vale|cuesta|cobran?|sale|es|seria|costaria|saldria|valdria|toca)|que (?:precio|valor|tarifa|costo)|(?:el |la )?(?:precio|tarifa|valor|costo) (?:del?|hasta|para|a|de la|tiene)|a como|cual es (?:el|la) (?:precio|valor|tarifa|costo)|por cuanto|me sale en|(?:precio|tarifa|valor) \?)",
    "ask_wait": r"\b(?:cuanto (?:se )?(?:demora|tarda|tiempo|falta)\w*|en cuanto (?:tiempo|llega)|se demora|es rapido|cuantos minutos|a que hora llega)\b",
    "ask_coverage": r"\b(?:(?:hasta donde|a donde|donde|a que (?:partes|zonas|municipios|sitios|lugares)|que zonas|cuales zonas|en que zonas) (?:llegan|van|cubren|atienden|prestan|trabajan|operan|hay servicio|tienen servicio)|(?:van|llegan|viajan|cubren|atienden|prestan servicio|hacen (?:viajes|carreras))(?: servicio| hasta| a| en| al| para| fuera)+|cobertura)\b",
    "ask_features": r"\b(?:que (?:preferencias|opciones|caracteristicas|clases? de (?:carro|taxi)s?|tipos? de (?:carro|taxi|servicio)s?)|como (?:que|cuales)(?: preferencias)?|(?:tienen|hay|llevan|permiten|aceptan|reciben|se puede llevar|puedo llevar|dejan llevar|manejan) (?:carros?|taxis?|mascotas?|perros?|motos?|con |equipaje|maletas|aire|sillas?|camionetas?|un perro|mi perr\w+))\b",
    "ask_summary": r"\b(?:resum\w+|que (?:llevamos|llevas|tienes|tiene) (?:anotado|hasta ahora|ahi)?|repit\w+ los datos|(?:confirmame|dime|digame|recuerdame) (?:los datos|el pedido)|como quedo|cual(?:es)? (?:son|es) (?:los|mis) datos|que direccion (?:anotaste|tienes|quedo|pusiste))\b",
    "ask_agent": r"\b(?:(?:con )?quien (?:eres|es|habla|hablo|me atiende|estoy hablando)|(?:eres|es) (?:un |una )?(?:robot|bot|maquina|humano|persona|ia|inteligencia)|como te llamas|cual es tu nombre|que (?:haces|puedes hacer|sabes hacer))\b",
    "complaint": r"\b(?:queja|reclamo|denuncia\w*|pesimo|mal servicio|grosero|me robaron|robo|accidente|se me (?:quedo|olvido)|objeto perdido|deje (?:mi|el|la|un|una)|perdi (?:mi|el|la))\b",
    "repeat": r"^\W*(?:como|que|mande)\W*$|\bque me pregunt\w+|\b(?:repit\w+|no (?:te |le |la |lo )?(?:escuch|entend|oi)\w*|como dijiste|perdon\?|que dijiste|no se oye)\b",
    "wait": r"\b(?:un momento|un segundo|(?<!me )(?<!nos )espera(?:me|te)?|dame un (?:momento|segundo|minuto)|ya te digo|dejame (?:ver|mirar|pensar)|un ratico|momentico)\b",
}
_GIVING_UP: Final = re.compile(_SOFTLY)
_PATTERNS: Final = {intent: re.compile(pattern) for intent, pattern in _WORDS.items()}
_FIRMLY: Final = _PATTERNS["cancel"]
_YES: Final = re.compile(
    r"^\W*(?:ay |ah |eh |bueno,? |pues |ok,? |listo,? )*(?:si+|sip|claro(?: que si)?|correcto|exacto|asi es|yes|yeah|yep|de acuerdo|dale(?: pues)?|dele(?: pues)?|listo|perfecto|confirm\w+|esta bien|ok(?:ay|ey)?|va|vale|bueno|por supuesto|eso es(?! todo)|afirmativo|de una|hagale|hagamosle|mandalo|mandelo|envialo|todo bien|todo correcto|me parece(?: bien)?|adelante|proceda|procede|ya mismo|obvio|aja|sisas|simon|listones)\b"
)
_CONFIRM: Final = re.compile(
    r"\b(?:si,? |lo |la |te |le )*confirm(?:o|e|elo|en|eme|ado|ada|amos|alo|ar|a)\b(?! (?:cuanto|si|que))|\b(?:esta (?:todo )?(?:bien|correcto|perfecto)|todo (?:esta )?(?:bien|correcto|perfecto)|mandalo|mandelo|envialo|mandame(?:lo)? (?:el taxi|ya)|pidelo|hagale|de una|dale)\b"
)
_NO: Final = re.compile(
    r"^\W*(?:ay |ah |eh |pues |bueno,? )*(?:no+|nop|nada|ninguna?|negativo|para nada|tampoco|incorrecto|esta mal)\b"
)
_BARE_NO: Final = re.compile(
    r"^\W*(?:no+|nop|nada|ningun[ao]?|negativo|para nada|tampoco|no,? (?:gracias|senora?|nada|nada mas|asi esta bien|tranquil[oa]|ninguna?|eso es todo|es todo|seria todo|que no|sin nada|por favor|ya|solo eso|asi|normal)(?:\s+(?:gracias|mas))?)\W*$"
)
_NOT_CONFIRMED: Final = re.compile(
    r"\bno (?:lo |la |te |le )?confirm|\b(?:pero|aunque|antes|todavia no|aun no|espera)\b"
)
_WRONG: Final[Mapping[str, re.Pattern[str]]] = {
    "pickup": re.compile(
        r"\b(?:recogida|donde (?:me |nos )?recog\w+|donde estoy|(?:punto|lugar|direccion) de (?:origen|recogida|partida|salida)|el origen)\b"
    ),
    "payment": re.compile(r"\b(?:pago|forma de pagar?|metodo de pago|medio de pago|como pago)\b"),
    "features": re.compile(r"\b(?:preferencias?|caracteristicas|tipo de carro|observacion(?:es)?)\b"),
    "destination": re.compile(
        r"\b(?:direccion|destino|barrio|calle|carrera|a donde voy|adonde voy|el lugar|la zona)\b"
    ),
}
_CHANGE: Final = re.compile(
    r"\b(?:cambi\w+|correg\w+|corrij\w+|corrige\w*|esta mal|no es es[ao]|equivo(?:c|qu)\w+|mal la|error|incorrect[oa]|modific\w+|actualiz\w+|otra (?:direccion|forma)|otro (?:destino|medio|metodo|barrio))\b"
)
_NOT_CANCELLED: Final = re.compile(r"\bno (?:me |te |se |lo |la |los |las |vay\w+ a |quiero |queria )*cancel\w+")
_MONEY: Final = re.compile(r"\b(?:cobr|val|cuest|cost|sal[eg]|pag|preci|tarifa|plata|peso)\w*")
_UNSURE: Final = re.compile(
    r"\b(?:no (?:lo )?(?:se|conozco|recuerdo|me acuerdo|tengo (?:la|el|ni idea))|ni idea|no estoy segur[oa]|no me se|cualquier parte|ahi te digo|sin direccion|no hay direccion|solo (?:al|a la|a|hasta)|en (?:la entrada|el parque)|da igual|por ahi|yo le indico|yo te indico|yo le digo|yo te digo|yo le explico)\b"
)


def find_intents(text: str) -> frozenset[Intent]:
    """Everything that the person seems to want."""
    folded = _NOT_CANCELLED.sub(" ", fold(text))
    found = {intent for intent, pattern in _PATTERNS.items() if pattern.search(folded)}
    if found & {"cancel", "status", "complaint"}:
        found.discard("taxi")  # "ya no quiero el taxi"
    if "ask_wait" in found and not _MONEY.search(folded):
        found.discard("ask_fare")  # "cuánto se demora"
    return frozenset(found)


def gives_up_softly(text: str) -> bool:
    """Whether all that cancels in it is a "mejor no", which takes back the last wish where another follows."""
    return not _FIRMLY.search(_GIVING_UP.sub(" ", fold(text)))


def says_yes(text: str) -> bool:
    """Whether the person agrees."""
    folded = fold(text)
    if _NOT_CONFIRMED.search(folded):
        return False
    return bool(_YES.search(folded) or _CONFIRM.search(folded)) and not says_no(text)


def confirms(text: str) -> bool:
    """Whether the person says to go ahead, in so many words."""
    folded = fold(text)
    return bool(_CONFIRM.search(folded)) and not _NOT_CONFIRMED.search(folded)


def says_no(text: str) -> bool:
    """Whether the utterance begins with a no."""
    return bool(_NO.search(fold(text)))


def says_only_no(text: str) -> bool:
    """Whether it is a no, and nothing else."""
    return bool(_BARE_NO.search(fold(text)))


def wrong_part(text: str) -> str | None:
    """Which part of the order is said to be wrong, without saying what is right; None when none is."""
    folded = fold(text)
    if not _CHANGE.search(folded):
        return None
    return next((part for part, pattern in _WRONG.items() if pattern.search(folded)), "unknown")


def is_unsure(text: str) -> bool:
    """Whether the person does not know more of a place."""
    return bool(_UNSURE.search(fold(text)))
