"""Words of the offline composer for kinds of entry, states, and the patient's own data, in both languages."""

from __future__ import annotations

from collections.abc import Mapping

import attrs

from smarthealth.apps.records.understanding.question import Language


@attrs.frozen
class Noun:
    """How a kind of entry is called."""

    one: str
    many: str
    feminine: bool = False


NOUNS: Mapping[Language, Mapping[str, Noun]] = {
    "es": {
        "encounter": Noun("consulta", "consultas", feminine=True),
        "emergency": Noun("atención de urgencias", "atenciones de urgencias", feminine=True),
        "inpatient": Noun("hospitalización", "hospitalizaciones", feminine=True),
        "ambulatory": Noun("consulta ambulatoria", "consultas ambulatorias", feminine=True),
        "wellness": Noun("consulta de control", "consultas de control", feminine=True),
        "condition": Noun("diagnóstico", "diagnósticos"),
        "observation": Noun("medición", "mediciones", feminine=True),
        "vital-signs": Noun("medición de signos vitales", "mediciones de signos vitales", feminine=True),
        "laboratory": Noun("resultado de laboratorio", "resultados de laboratorio"),
        "medication": Noun("prescripción", "prescripciones", feminine=True),
        "allergy": Noun("alergia", "alergias", feminine=True),
        "procedure": Noun("procedimiento", "procedimientos"),
        "surgery": Noun("cirugía", "cirugías", feminine=True),
        "immunization": Noun("vacuna", "vacunas", feminine=True),
        "report": Noun("informe", "informes"),
        "document": Noun("nota clínica", "notas clínicas", feminine=True),
        "careplan": Noun("plan de cuidados", "planes de cuidados"),
        "careteam": Noun("equipo de atención", "equipos de atención"),
        "people": Noun("profesional", "profesionales"),
        "places": Noun("centro", "centros"),
        "entry": Noun("registro", "registros"),
    },
    "en": {
        "encounter": Noun("visit", "visits"),
        "emergency": Noun("emergency visit", "emergency visits"),
        "inpatient": Noun("hospital admission", "hospital admissions"),
        "ambulatory": Noun("outpatient visit", "outpatient visits"),
        "wellness": Noun("check-up visit", "check-up visits"),
        "condition": Noun("diagnosis", "diagnoses"),
        "observation": Noun("measurement", "measurements"),
        "vital-signs": Noun("vital sign measurement", "vital sign measurements"),
        "laboratory": Noun("laboratory result", "laboratory results"),
        "medication": Noun("prescription", "prescriptions"),
        "allergy": Noun("allergy", "allergies"),
        "procedure": Noun("procedure", "procedures"),
        "surgery": Noun("surgery", "surgeries"),
        "immunization": Noun("vaccination", "vaccinations"),
        "report": Noun("report", "reports"),
        "document": Noun("clinical note", "clinical notes"),
        "careplan": Noun("care plan", "care plans"),
        "careteam": Noun("care team", "care teams"),
        "people": Noun("practitioner", "practitioners"),
        "places": Noun("place of care", "places of care"),
        "entry": Noun("entry", "entries"),
    },
}

STATUS_WORDS: Mapping[Language, Mapping[str, str]] = {
    "es": {
        "active": "activo",
        "recurrence": "recurrente",
        "relapse": "en recaída",
        "inactive": "inactivo",
        "remission": "en remisión",
        "resolved": "resuelto",
        "stopped": "suspendido",
        "completed": "completado",
        "cancelled": "cancelado",
        "on-hold": "en pausa",
        "finished": "finalizado",
        "in-progress": "en curso",
        "superseded": "reemplazada por una versión posterior",
        "current": "vigente",
    },
    "en": {"in-progress": "in progress", "on-hold": "on hold"},
}

GENDERS: Mapping[Language, Mapping[str, str]] = {
    "es": {
        "male": "masculino (male)",
        "female": "femenino (female)",
        "other": "otro (other)",
        "unknown": "desconocido (unknown)",
    },
    "en": {},
}

FIELD_NAMES: Mapping[Language, Mapping[str, str]] = {
    "es": {
        "age": "la fecha de nacimiento",
        "gender": "el sexo",
        "birth_date": "la fecha de nacimiento",
        "death_date": "fecha de fallecimiento",
        "city": "la ciudad",
        "name": "el nombre",
        "document": "el número de documento",
        "phone": "el teléfono",
        "email": "el correo electrónico",
        "address": "la dirección",
        "language": "el idioma",
        "marital_status": "el estado civil",
        "contact": "un contacto",
        "practitioner": "un médico de cabecera",
    },
    "en": {
        "age": "a date of birth",
        "gender": "the sex",
        "birth_date": "a date of birth",
        "death_date": "a date of death",
        "city": "the city",
        "name": "the name",
        "document": "the document number",
        "phone": "a telephone number",
        "email": "an e-mail address",
        "address": "an address",
        "language": "the language",
        "marital_status": "the civil status",
        "contact": "a contact",
        "practitioner": "a primary care practitioner",
    },
}

FACET_NAMES: Mapping[Language, Mapping[str, str]] = {
    "es": {
        "findings": "resultado",
        "complications": "complicaciones",
        "follow_up": "seguimiento",
        "length": "duración",
        "site": "sitio del cuerpo",
        "route": "vía de administración",
        "lot": "número de lote",
        "maker": "fabricante",
        "expiry": "fecha de vencimiento",
        "hour": "hora",
        "end_hour": "hora de terminación",
        "dosage": "pauta",
        "stopped": "motivo de la suspensión",
        "contents": "contenido",
        "course": "motivo registrado",
        "diagnosed": "diagnóstico registrado en ella",
        "evolution": "evolución",
        "together": "sin motivo registrado, en la misma consulta en que se registró",
    },
    "en": {
        "findings": "result",
        "complications": "complications",
        "follow_up": "follow-up",
        "length": "length",
        "site": "body site",
        "route": "route of administration",
        "lot": "lot number",
        "maker": "manufacturer",
        "expiry": "expiration date",
        "hour": "time of day",
        "end_hour": "time at which it ended",
        "dosage": "dosage",
        "stopped": "reason for stopping",
        "contents": "content",
        "course": "recorded reason",
        "diagnosed": "diagnosis recorded at it",
        "evolution": "course",
        "together": "no reason recorded, at the same visit as",
    },
}
"""What the facets of things are called."""

MARITAL: Mapping[str, str] = {
    "annulled": "matrimonio anulado",
    "common law": "unión libre",
    "divorced": "divorciado/a",
    "domestic partner": "unión libre",
    "legally separated": "separado/a",
    "married": "casado/a",
    "never married": "soltero/a",
    "polygamous": "polígamo/a",
    "single": "soltero/a",
    "unmarried": "no casado/a",
    "widowed": "viudo/a",
}
"""Words of FHIR for whether somebody is married, in small letters, and the Spanish ones."""

LANGUAGES: Mapping[str, tuple[str, str]] = {
    "ar": ("árabe", "Arabic"),
    "de": ("alemán", "German"),
    "en": ("inglés", "English"),
    "es": ("español", "Spanish"),
    "fr": ("francés", "French"),
    "it": ("italiano", "Italian"),
    "ja": ("japonés", "Japanese"),
    "ko": ("coreano", "Korean"),
    "pt": ("portugués", "Portuguese"),
    "ru": ("ruso", "Russian"),
    "vi": ("vietnamita", "Vietnamese"),
    "zh": ("chino", "Chinese"),
}
"""Languages by their codes, in Spanish and English."""


def personal(field: str, value: str, language: Language) -> str:
    """One of the patient's own data in the answer's language, the record's word beside it where that is another."""
    if field == "gender":
        return GENDERS[language].get(value, value)
    if field == "language":
        return ", ".join(_language(spoken, language) for spoken in value.split(", "))
    known = MARITAL.get(value.lower()) if field == "marital_status" and language == "es" else None
    return f"{known} ({value})" if known else value


def _language(spoken: str, language: Language) -> str:
    names = LANGUAGES.get(spoken.lower().split("-")[0]) or next(
        (names for names in LANGUAGES.values() if spoken.lower().split(" (")[0] in map(str.lower, names)), None
    )
    if names is None:
        return spoken
    name = names[0] if language == "es" else names[1]
    return name if name.lower() == spoken.lower() else f"{name} ({spoken})"
