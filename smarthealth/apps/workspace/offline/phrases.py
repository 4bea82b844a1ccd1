"""The words by which requests are read, in Spanish and English."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Final, Literal

Language = Literal["es", "en"]
Intent = Literal["write", "append", "folder", "read", "list", "search", "delete", "info", "run", "fetch"]

_PRONOUN: Final = r"(?:lo|la|los|las|melo|mela|noslo)?"

# Tried in this order at the beginning of a clause: what says more stands before what says less.
VERBS: Final[Sequence[tuple[Intent, Language, str]]] = (
    ("search", "es", r"(?:busca|buscar|búsca|busques?|encuentra|encontrar|encuentres?|localiza)" + _PRONOUN + r"\b"),
    ("search", "es", r"(?:en\s+)?qu[eé]\s+(?:archivos?|ficheros?)\s+(?:contienen?|mencionan?|hablan?|dicen?|tienen?|aparecen?)\b"),
    ("search", "es", r"d[oó]nde\s+(?:aparece|sale|est[aá]|se\s+menciona|dice|pone)\b"),
    ("list", "es", r"(?:lista|listar|listarme|listes?|l[ií]stame|enumera|enumérame|ls)\b"),
    ("list", "es", r"(?:mu[eé]stra(?:me)?|mostrar(?:me)?|muestres?|ens[eé][ñn]a(?:me)?|dime|ver|quiero\s+ver)\s+(?:todos\s+)?(?:los|las|mis|qu[eé])\s+(?:archivos|ficheros|carpetas|documentos)\b"),
    ("list", "es", r"(?:dime\s+)?(?:cu[aá]les|qu[eé])\s+(?:son\s+los\s+)?(?:archivos|ficheros|documentos|carpetas)\b"),
    ("list", "es", r"(?:dime\s+)?qu[eé]\s+(?:hay|tengo|tenemos)(?=\s*(?:\?|$|aqu[ií]|guardado|en\s+(?:la|el|mi|este|esta)\s+(?:carpeta|directorio|espacio|workspace)|en\s+[\w\-]+/))"),
    ("info", "es", r"(?:dame\s+|dime\s+|mu[eé]strame\s+)?(?:la\s+|los\s+|el\s+)?(?:informaci[oó]n|info(?=\s+(?:de|del|sobre)\b)|detalles|metadatos|propiedades|tama[ñn]o)\b"),
    ("info", "es", r"cu[aá]nto\s+(?:pesa|ocupa|mide)\b|qu[eé]\s+tama[ñn]o\s+tiene\b|cu[aá]ndo\s+(?:se\s+)?(?:modific[oó]|cre[oó]|cambi[oó])\b"),
    ("delete", "es", r"(?:borra|bórra|borrar|borres?|elimina|elimína|eliminar|elimines?|suprime|quita|quíta|quitar)" + _PRONOUN + r"\b"),
    ("run", "es", r"(?:ejecuta|ejecutar|ejecutes?|ejecúta|corre|lanza)" + _PRONOUN + r"\b"),
    ("fetch", "es", r"(?:descarga|descargar|consulta|trae|tráeme|obt[eé]n|visita|haz\s+una\s+(?:petici[oó]n|solicitud)|llama|abre|lee|pide)\b(?=.*https?://)"),
    ("append", "es", r"(?:añade|añadir|añádele|agrega|agrégale|agregar|anexa)\b(?=.*\b(?:a|al|en)\b)"),
    ("write", "es", r"(?:crea|crear|crearme|crees?|créame|creame|créate|genera|generar|generes?|genérame|guarda|guardar|guardes?|guárdame|escribe|escribir|escribas?|escríbeme|redacta|redactes?|haz|hazme|hagas|pon|pongas|poner|anota|apunta|sobrescribe|reemplaza)\b"),
    ("read", "es", r"(?:leer|leas?|l[eé]e" + _PRONOUN + r"|l[eé]eme|leerme|abre|abrir|abras|ábre" + _PRONOUN + r"|mu[eé]stra(?:me)?" + _PRONOUN + r"|mostrar(?:me)?" + _PRONOUN + r"|muestres?|ens[eé][ñn]a(?:me)?" + _PRONOUN + r"|imprime|ver)\b"),
    ("read", "es", r"(?:dime|dame|quiero)\s+(?:el\s+contenido|lo\s+que\s+(?:hay|dice|pone))\b"),
    ("read", "es", r"(?:dime\s+)?qu[eé]\s+(?:dice|contiene|pone|hay\s+en|tiene)\b"),
    ("search", "en", r"(?:search|find|grep|look\s+for|locate)\b"),
    ("search", "en", r"(?:which|what)\s+files?\s+(?:contains?|mentions?|says?|have|has|talks?)\b|where\s+(?:is|are|does|do)\b"),
    ("list", "en", r"(?:list|ls|dir)\b"),
    ("list", "en", r"(?:show|tell|give)\s+(?:me\s+)?(?:all\s+)?(?:the\s+|my\s+|what\s+)?(?:files|folders|documents)\b|(?:what|which)\s+(?:files|folders|documents)\b"),
    ("list", "en", r"what(?:'s|\s+is)\s+(?:here|in\s+(?:the|this|my)\s+(?:folder|directory|workspace))"),
    ("info", "en", r"(?:(?:get|give|show|tell)\s+(?:me\s+)?)?(?:the\s+)?(?:info|information|details?|metadata|properties|size)\b|how\s+(?:big|large)\b|when\s+was\b|what(?:'s|\s+is)\s+the\s+size\b|tell\s+me\s+about\s+(?=\S*\.\w)"),
    ("delete", "en", r"(?:delete|remove|erase|rm)\b"),
    ("run", "en", r"(?:run|execute)\b"),
    ("fetch", "en", r"(?:fetch|download|get|request|visit|call|open|read)\b(?=.*https?://)"),
    ("append", "en", r"(?:append|add)\b(?=.*\b(?:to|into)\b)"),
    ("write", "en", r"(?:create|make|write|save|generate|put|store|overwrite|replace)\b"),
    ("read", "en", r"(?:read|show|open|print|display|cat|view)\b|what(?:'s|\s+is)\s+in\b|what\s+does\b"),
)  # fmt: skip

COURTESY: Final = re.compile(
    r"^(?:[¿¡\s,.:;!?]+|hola|buenas|buenos\s+d[ií]as|oye|ahora|bien|vale|luego|despu[eé]s|entonces|y|por\s+favor|porfa|primero|tambi[eé]n|finalmente|al\s+final|por\s+[uú]ltimo"
    r"|(?:me\s+)?(?:puedes|podr[ií]as|quiero\s+que|necesito\s+que|necesito|quiero)(?:\s+me)?"
    r"|hello|hi|hey|now|ok|okay|then|and|please|first|also|finally|can\s+you|could\s+you|would\s+you|i\s+want\s+you\s+to|i\s+need\s+you\s+to|i\s+want\s+to|let's)\b[\s,.:;!]*",
    re.IGNORECASE,
)
"""What stands before a request and asks nothing."""

CONTENT: Final = re.compile(
    r"\s*,?\s*\b(?:(?:y\s+)?con\s+(?:el|este|la|los|las|un|una|mi)?\s*(?:siguiente\s+)?(?:contenido|texto|t[ií]tulo|mensaje|frase|palabras?|l[ií]neas?)"
    r"|(?:y\s+)?que\s+(?:diga|contenga|ponga|tenga|incluya)(?:\s+(?:el\s+)?(?:texto|contenido))?|diciendo|cuyo\s+contenido\s+(?:sea|es)"
    r"|(?:and\s+)?with\s+(?:the|this|a)?\s*(?:following\s+)?(?:contents?|text|title|message|words?|lines?)|(?:that|which)\s+(?:says|contains|reads)|containing|saying)"
    r"(?:\s+(?:de|of))?\s*:?\s*",
    re.IGNORECASE,
)
"""What stands before the content of a file."""

POINTED_PATH: Final = r"(?:file://)?(?:~\w*|\.{1,2}|[A-Za-z]:)?(?:[/\\][\w\-.~]*)+|\.\.|~"
POINTED: Final = re.compile(rf"(?<![\w./\\:~\-])(?P<path>{POINTED_PATH})(?![\w\0])")
"""A path from the root, from home or upward. It is asked for as it stands: whether it is allowed, the tool says."""

BEHIND: Final = re.compile(
    r"\s+(?:en|a|al|in|to|into|llamado|called|named)\s+(?:el\s+archivo\s+|the\s+file\s+)?(?P<path>[\w\-./]+\.\w+)\s*$"
)
"""A file that is named behind its content."""
INTO: Final = re.compile(
    r"\s*(?P<content>.+?)\s+(?:en|a|al|in|to|into|as|como)\s+(?:el\s+|un\s+|the\s+|a\s+)?(?:archivo\s+|fichero\s+|file\s+)?"
    r"(?:(?:llamado|named|called)\s+)?(?P<path>\0\d+\0|[\w\-./]*\w\.\w+|" + POINTED_PATH + r")\s*[.!]?\s*$",
    re.DOTALL | re.IGNORECASE,
)
"""Content, and the file that it goes into."""
COLON: Final = re.compile(r"(?P<path>[\w\-./]*\w\.\w+|\0\d+\0)\s*:\s*(?P<content>.+)$", re.DOTALL)
"""A file, and its content behind a colon."""

PLACE: Final = re.compile(
    r"\b(?:en|dentro\s+de|de|in|into|inside|under|from|of)\s+(?:la\s+|el\s+|mi\s+|the\s+|my\s+)?(?:sub)?(?:carpeta|directorio|folder|directory)\s+(?:llamad[ao]\s+|called\s+|named\s+)?(?P<path>\0\d+\0|[\w\-./]+)",
    re.IGNORECASE,
)
NAMED: Final = re.compile(
    r"\b(?:archivo|fichero|documento|file|document)\s+(?:de\s+texto\s+)?(?:(?:llamado|nombrado|con\s+(?:el\s+)?nombre|de\s+nombre|named|called|with\s+(?:the\s+)?name)\s+)?"
    r"(?P<path>\0\d+\0|(?!(?:con|que|de|en|y|and|with|that|in|to|as|para|por|nuevo|new|text|de\s+texto|vac[ií]o|empty|llamado|named|called|it|lo|please)\b)[\w\-./]*\w)"
    r"|\b(?:llamad[ao]|named|called|con\s+(?:el\s+)?nombre|with\s+(?:the\s+)?name)\s+(?P<name>\0\d+\0|[\w\-./]*\w)",
    re.IGNORECASE,
)
FOLDER: Final = re.compile(
    r"\s*(?:(?:una?|la|el|otra|the|a|an|another)\s+)?(?:nueva\s+|nuevo\s+|new\s+|empty\s+)?(?:sub)?(?:carpeta|directorio|folder|directory)\b(?!.*\b(?:archivo|fichero|file)\b)(?!.*\.\w)",
    re.IGNORECASE | re.DOTALL,
)
"""What is to be made is a folder, and no file in it."""
FILE: Final = re.compile(
    r"(?<![\w./\-:])(?P<path>[\w\-./]*[\w\-]\.[A-Za-z][A-Za-z0-9]{0,9}|\.[a-z][\w\-.]*)(?![\w/]|\.\w)"
)
URL: Final = re.compile(r"https?://[^\s\"'<>«»“”]+[^\s\"'<>«»“”.,;:!?)\]]")
METHOD: Final = re.compile(r"\b(GET|POST|PUT|PATCH|DELETE|HEAD)\b")
QUOTED: Final = re.compile(r"\"([^\"]*)\"|“([^”]*)”|«([^»]*)»|`([^`]*)`|(?<!\w)'([^']*)'(?!\w)")
CONNECTOR: Final = re.compile(
    r"\s*(?:[;\n]+|[.!?]+(?=\s|$)|,?\s*\b(?:y\s+)?(?:luego|despu[eé]s|a\s+continuaci[oó]n|finalmente|por\s+[uú]ltimo)\b,?|,?\s*\b(?:and\s+)?(?:then|afterwards|finally)\b,?)\s*",
    re.IGNORECASE,
)
AND: Final = re.compile(r"\s*(?:,\s*(?:y|e|and)\s+|,\s+|\s(?:y|e|and)\s+)", re.IGNORECASE)
POINTS_BACK: Final = re.compile(
    r"(?:\b\w+[^\W\d_](?:lo|la)\b|\b(?:it|that\s+file|this\s+file|the\s+file|ese\s+archivo|este\s+archivo|el\s+archivo|el\s+mismo|ese\s+fichero|el\s+fichero)\b)",
    re.IGNORECASE,
)
"""Means a file that was named before."""
