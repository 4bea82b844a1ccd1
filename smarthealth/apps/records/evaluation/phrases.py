"""How people ask, by kind and language. `{x}` is the thing asked about; a random phrase is taken for each case."""

from __future__ import annotations

from collections.abc import Mapping

from .cases import Kind, Language

PHRASES: Mapping[tuple[Kind, Language], tuple[str, ...]] = {
    ("latest", "es"): (
        "¿Cuál fue el último valor de {x}?",
        "¿Cuánto dio {x} la última vez?",
        "Último resultado de {x}",
        "Dime el valor más reciente de {x}",
        "¿En cuánto tiene {x} según su medición más reciente?",
        "necesito {x}, el dato más nuevo que haya",
    ),
    ("latest", "en"): (
        "What was the latest {x}?",
        "Most recent {x} value?",
        "How much was {x} the last time it was measured?",
        "Give me the newest {x} reading.",
        "what's the current {x}",
    ),
    ("abbreviation", "es"): ("¿Última {x}?", "¿Cuánto tiene de {x}?", "{x} más reciente", "Valor actual de {x}"),
    ("abbreviation", "en"): ("Latest {x}?", "What is the last {x}?", "Most recent {x}"),
    ("date", "es"): (
        "¿Cuándo le diagnosticaron {x}?",
        "¿En qué fecha se registró {x} por primera vez?",
        "¿Desde cuándo tiene {x}?",
        "Fecha de diagnóstico de {x}",
    ),
    ("date", "en"): (
        "When was {x} diagnosed?",
        "On what date was {x} first recorded?",
        "Since when does the patient have {x}?",
        "Date of onset of {x}",
    ),
    ("list", "es"): (
        "¿Qué {x} tiene registrados?",
        "Lista de {x} del paciente",
        "Enumera {x} que aparecen en la historia",
        "¿Cuáles son {x} del paciente?",
    ),
    ("list", "en"): (
        "Which {x} does the record hold?",
        "List the patient's {x}",
        "What {x} are there?",
        "Show me all {x}",
    ),
    ("count", "es"): (
        "¿Cuántas veces le midieron {x}?",
        "¿Cuántas mediciones de {x} hay?",
        "Número de registros de {x}",
    ),
    ("count", "en"): (
        "How many times was {x} measured?",
        "How many {x} measurements are there?",
        "Number of {x} results on record",
    ),
    ("trend", "es"): (
        "¿Cómo ha evolucionado {x}?",
        "¿Cuál es la tendencia de {x}?",
        "¿{x} ha subido o bajado?",
        "Evolución de {x} en el tiempo",
    ),
    ("trend", "en"): (
        "How has {x} changed over time?",
        "What is the trend of {x}?",
        "Has {x} gone up or down?",
        "Show the evolution of {x}",
    ),
    ("filter", "es"): (
        "¿Qué vacunas le pusieron en {x}?",
        "¿Qué vacunas recibió durante {x}?",
        "Vacunas del año {x}",
    ),
    ("filter", "en"): ("Which vaccines were given in {x}?", "What immunizations did the patient get in {x}?"),
    ("who", "es"): ("¿Quién atendió al paciente el {x}?", "¿Qué médico lo atendió en la consulta del {x}?"),
    ("who", "en"): ("Who attended the patient on {x}?", "Which doctor saw the patient on {x}?"),
    ("status", "es"): (
        "¿{x} sigue activo?",
        "¿El paciente tiene o ha tenido {x}?",
        "¿Hay antecedente de {x}?",
    ),
    ("status", "en"): (
        "Does the patient have a history of {x}?",
        "Has the patient ever had {x}?",
        "Any record of {x}?",
    ),
    ("unanswerable", "es"): (
        "¿Cuál fue el último valor de {x}?",
        "¿Cuándo le diagnosticaron {x}?",
        "¿Ha tenido {x}?",
        "¿Hay antecedente de {x}?",
    ),
    ("unanswerable", "en"): (
        "What was the latest {x}?",
        "When was {x} diagnosed?",
        "Has the patient ever had {x}?",
        "Any record of {x}?",
    ),
}

COLLECTIONS: Mapping[tuple[str, Language], tuple[str, ...]] = {
    ("medication", "es"): ("los medicamentos", "los fármacos recetados"),
    ("medication", "en"): ("medications", "prescribed drugs"),
    ("condition", "es"): ("los diagnósticos", "los problemas de salud"),
    ("condition", "en"): ("diagnoses", "conditions"),
    ("procedure", "es"): ("los procedimientos",),
    ("procedure", "en"): ("procedures",),
    ("allergy", "es"): ("las alergias",),
    ("allergy", "en"): ("allergies",),
}

BEYOND_ANY_RECORD: Mapping[Language, tuple[str, ...]] = {
    "es": (
        "¿Qué efectos secundarios tiene la simvastatina?",
        "¿Cuánto cuesta su seguro médico?",
        "¿Cuándo es su próxima cita?",
        "¿Qué opina su familia del tratamiento?",
        "¿Cuál es el grupo sanguíneo de la madre?",
        "¿Qué marca de teléfono usa?",
    ),
    "en": (
        "What are the side effects of lisinopril?",
        "How much did the surgery cost?",
        "Are there any remaining appointments?",
        "What is the patient's favourite food?",
        "Which genes are associated with this disease?",
        "What is the patient's mother's blood type?",
    ),
}

ABBREVIATIONS: Mapping[str, tuple[str, ...]] = {
    "39156-5": ("IMC", "BMI"),
    "4548-4": ("HbA1c", "A1c"),
    "18262-6": ("LDL", "LDL-C"),
    "2085-9": ("HDL", "HDL-C"),
    "718-7": ("Hb",),
    "2571-8": ("TG",),
    "33914-3": ("TFG", "eGFR"),
    "6299-2": ("BUN",),
    "8867-4": ("FC", "HR"),
    "8480-6": ("PAS", "SBP"),
    "8462-4": ("PAD", "DBP"),
}
"""By LOINC code: what clinicians write for it, Spanish first."""
