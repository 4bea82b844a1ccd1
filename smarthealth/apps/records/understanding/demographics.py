"""Questions about the patient rather than the record: age, sex, birth, death, city, name, telephone, civil status."""

from __future__ import annotations

import attrs

from .phrases import compile_phrases
from .question import Field

_TABLE: tuple[tuple[Field, str], ...] = (
    (
        Field.BIRTH_DATE,
        r"""
        (?:fecha|dia|ano|mes|lugar) (?:de|del) (?:su )?nacimiento|nacimiento
        (?:cuando|en que (?:fecha|ano|dia|mes)) nacio|nacio (?:el|la)|cumpleanos|nacid[oa]
        (?:birth\s*date|date of birth|birthday|dob|d\.o\.b)|when (?:was|were)\b[^?]*\bborn
        (?:year|day|month) of birth|birth (?:year|day)|(?:was|were) (?:s?he|the patient|they) born
        """,
    ),
    (
        Field.DEATH_DATE,
        r"""
        (?:fecha|dia|ano|mes|hora) (?:de|del) (?:su |la )?(?:muerte|fallecimiento|defuncion|deceso)
        (?:cuando|en que (?:fecha|ano|dia|mes)) (?:fallecio|murio|ha (?:fallecido|muerto))
        (?:date|day|year|time) of (?:his |her |the )?death|death date|when did\b[^?]*\b(?:die|pass away)
        (?:what|which) (?:date|year|day) did\b[^?]*\bdie
        """,
    ),
    (
        Field.ALIVE,
        r"""
        (?:esta|sigue|continua|aun) (?:el paciente |la paciente )?(?:viv[oa]|con vida|muert[oa]|fallecid[oa])
        (?:ha )?(?:fallecido|muerto)
        ~(?<!de\x20que\x20)\b(?:fallecio|murio)
        ~^\W*(?:sigue |esta )?(?:viv[oa]|muert[oa]|murio|fallecio|alive|dead|deceased)\W*$~
        vive (?:aun|todavia)|(?:alive|deceased|dead|passed away|(?<!for\x20a\x20)living)
        (?:has|did)\b[^?]*\b(?:die|died)\b(?! (?:of|from))~
        """,
    ),
    (
        Field.AGE,
        r"""
        (?:edad|age|(?:how )?old)(?: \w+)? (?:al|en el momento de|cuando|at|when|of)(?: (?:de|the|s?he|his|her))? ?(?:morir|murio|fallecer|fallecio|su muerte|death|died|dying)
        (?:a (?:que|los cuantos)|de que) (?:edad|anos) (?:murio|fallecio)|(?:died|die) at (?:what|which) age|at (?:what|which) age did (?:s?he|the patient) die
        (?:que )?edad\b(?! (?:tenia|al|cuando|gestacional|a la))~
        cuantos anos (?:tiene|de edad|cumple|cumplio)|how (?:many years )?old (?:is|are)|how many years old
        (?:current )?age\b(?! (?:at|when|of onset|was))~
        anos (?:tiene|cumplidos)
        """,
    ),
    (
        Field.GENDER,
        r"""
        (?:sexo|genero|gender)|sex|(?:hombre|varon|masculino) o (?:de )?(?:una? )?(?:mujer|hembra|femenin[oa])
        (?:mujer|femenino) o (?:de )?(?:un )?(?:hombre|varon|masculino)
        (?:a )?(?:man|male|woman|female) or (?:a )?(?:woman|female|man|male)
        es (?:un |una )?(?:hombre|mujer|varon)|is\b[^?]*\b(?:a )?(?:male|female|man|woman)
        """,
    ),
    (
        Field.CONTACT,
        r"""
        contactos? (?:de|en caso de|para) (?:una? )?(?:emergencias?|urgencias?)|(?:a )?quien (?:hay que |se (?:puede|debe) |puedo |podemos )?(?:llam|avis|contact)\w+
        (?:emergency|alternate) contacts?|next of kin|whom? (?:should (?:i|we) |to |do (?:i|we) |can (?:i|we) )?(?:call|contact|notify)
        (?:persona|familiar|nombre) (?:de|del) contacto|acudientes?|(?:persona )?responsable (?:de|del) (?:la |el )?paciente|contact person
        (?:telefono|numero|celular|phone(?: number)?) (?:de|del|of) (?:la |el |su |the |his |her )?(?:acudiente|contacto|familiar|hij[oa]|espos[oa]|madre|padre|emergency contact|guardian)
        """,
    ),
    (
        Field.PRACTITIONER,
        r"""
        (?:quien|cual|como se llama|nombre|tiene|hay|consta|a cargo)\b[^?]*\b(?:medic[oa]|doctora?) (?:de (?:cabecera|familia|confianza|atencion primaria)|primari[oa]|familiar|general (?:asignad[oa]|tratante))
        (?:que|cual) (?:es )?(?:su |la |el )?(?:ips|centro|clinica|institucion|puesto de salud)\b[^?]*\batencion primaria
        ~^\W*(?:su |el |la )?medic[oa] de (?:cabecera|familia)\W*$~
        (?:who|what|which|name of|does|has|is there)\b[^?]*\b(?:(?:primary[\s-]care|family|general) (?:doctor|physician|provider|practitioner|clinician)|\bpcp|\bgp)\b(?! (?:see|saw|prescrib|order|visit|give|gave|say|said|write|wrote|do|did))
        """,
    ),
    (
        Field.PHONE,
        r"""
        telefonos?|celular(?:es)?|moviles|movil|numero de (?:telefono|contacto|celular|cel)|\bcel\b|\btel\b|whatsapp
        (?:tele)?phone(?:s| number)?|cell ?phone(?: number)?|cell number|mobile(?: number)?|contact (?:number|information|details|info)|call (?:him|her|the patient)
        """,
    ),
    (
        Field.EMAIL,
        r"""
        correos?(?: electronicos?)?|e-?mails?(?: address)?
        """,
    ),
    (
        Field.ADDRESS,
        r"""
        direccion(?: de (?:residencia|la casa|domicilio|vivienda|correspondencia))?(?! (?:medica|general|de (?:la|los) §))|domicilio|(?:home|street|mailing|postal|residential) address
        ~\baddress(?! (?:the|this|these|how))\b~
        codigo postal|(?:zip|post|postal) ?code|en que (?:calle|barrio)
        """,
    ),
    (
        Field.LANGUAGE,
        r"""
        (?:que )?(?:idiomas?|lenguas?)(?: (?:materna|preferid[oa]|principal|de preferencia|habla|natal))?|habla (?:espanol|ingles|frances|portugues|aleman)
        (?:what|which|preferred|primary|native) languages?|languages?(?! (?:and|therap|regime|develop|delay|disorder))(?: (?:spoken|preference))?|speaks? (?:spanish|english|french|portuguese|german)|necesita interprete|needs? an? interpreter
        """,
    ),
    (
        Field.MARITAL_STATUS,
        r"""
        estado civil|(?:es|esta|era|sigue) (?:casad|solter|viud|divorciad|separad)[oa]|(?:casad|solter|viud|divorciad)[oa](?=\s*[?,]|$| o )
        (?:marital|civil|relationship) status|(?:is|was) (?:s?he|the patient) (?:still )?(?:married|single|widowed|divorced|separated|a widow(?:er)?)
        ~^\W*(?:married|single|widowed|divorced)\W*$~
        """,
    ),
    (
        Field.CITY,
        r"""
        (?:ciudad|municipio|residencia|localidad|poblacion)|(?:donde|en que ciudad) (?:vive|reside|habita)
        (?:vive|reside) en(?! (?:una?|el|la|los|las|compania|casa|apartamento|union)\b)|(?:de )?donde es|(?:city(?! (?:general|hospital|clinic|medical|health|center|centre))|town|residence|hometown)
        where (?:does|do|is)\b[^?]*\b(?:live|reside|from|living)|live in
        """,
    ),
    (
        Field.NAME,
        r"""
        como se llama(?! (?:el|la|los|las|su|sus) (?!paciente|senora?\b|nin[oa]\b))|(?:nombres?|apellidos?) (?:complet[oa]s? )?(?:(?:de|del) (?:la |el )?paciente|tiene|es)
        (?:cual es|dime|dame) (?:el|su) nombre(?: complet[oa])?\s*[?.]?$~
        nombre completo|(?:full|last|first|sur)\s*name|patient'?s name|name of (?:the|this) patient
        what is (?:his|her|their) name
        """,
    ),
    (
        Field.DOCUMENT,
        r"""
        (?:numero|tipo) (?:de|del) (?:su )?(?:documento|identificacion|identidad|cedula|pasaporte)
        documento de identidad|cedula|(?:document|identification|id|passport|social security) number
        """,
    ),
)
DEMOGRAPHIC_PATTERNS = tuple(phrases for _, phrases in _TABLE)
"""The phrases of the table."""
_COMPILED = tuple((field, compile_phrases(phrases)) for field, phrases in _TABLE)


@attrs.frozen
class FieldMatch:
    """One of the patient's own data, asked for in a text."""

    start: int
    end: int
    field: Field


_OF_ANOTHER_THING = compile_phrases(
    r"""
    gestational age|edad gestacional|bone age|edad osea|speech and language|lenguaje y habla
    """
)


def find_fields(folded: str) -> list[FieldMatch]:
    """Find which of the patient's own data a folded text asks for; where two would overlap, the earlier of the table."""
    folded = _OF_ANOTHER_THING.sub(lambda match: " " * len(match[0]), folded)
    found: list[FieldMatch] = []
    for field, pattern in _COMPILED:
        match = pattern.search(folded)
        if match is not None and not any(match.start() < other.end and other.start < match.end() for other in found):
            found.append(FieldMatch(match.start(), match.end(), field))
    return sorted(found, key=lambda match: match.start)
