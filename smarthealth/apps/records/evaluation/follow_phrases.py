"""How people ask what `follow` drafts: by name and language, each way one or more questions of a session."""

from __future__ import annotations

from collections.abc import Mapping

from .cases import Language

Session = tuple[str, ...]
"""Questions of one session, the last one the one that is judged."""

SESSIONS: Mapping[tuple[str, Language], tuple[Session, ...]] = {
    ("findings", "es"): (
        ("¿Qué mostró {x}?",),
        ("¿Cuál fue el resultado de {x}?",),
        ("¿Qué se encontró en {x}?",),
        ("conclusión de {x}",),
    ),
    ("findings", "en"): (
        ("What did the {x} show?",),
        ("What were the findings of the {x}?",),
        ("conclusion of the {x}",),
    ),
    ("done for", "es"): (("¿Por qué le hicieron {x}?",), ("¿Cuál fue el motivo de {x}?",)),
    ("done for", "en"): (("Why was the {x} done?",), ("What was the reason for the {x}?",)),
    ("hour", "es"): (("¿A qué hora fue {x}?",), ("¿A qué hora le hicieron {x}?",)),
    ("hour", "en"): (("What time was the {x}?",), ("At what time was the {x} done?",)),
    ("stopped", "es"): (("¿Por qué se suspendió {x}?",), ("¿Cuál fue el motivo para suspender {x}?",)),
    ("stopped", "en"): (("Why was {x} stopped?",), ("For what reason was {x} discontinued?",)),
    ("a year without", "es"): (("¿Cuál fue {x} en {year}?",), ("{x} del año {year}",)),
    ("a year without", "en"): (("What was the {x} in {year}?",), ("{x} in {year}?",)),
    ("lot", "es"): (("¿Cuál es el número de lote de {x}?",), ("¿De qué lote fue {x}?",)),
    ("lot", "en"): (("What is the lot number of the {x}?",), ("Which lot was the {x}?",)),
    ("previous", "es"): (
        ("¿Cuál fue el penúltimo valor de {x}?",),
        ("¿Cuál fue el valor de {x} anterior al último?",),
        ("penultimo {x}",),
    ),
    ("previous", "en"): (
        ("What was the {x} before the last one?",),
        ("Second most recent {x}?",),
        ("next to last {x} value",),
    ),
    ("then the one before", "es"): (
        ("¿Cuál fue el último valor de {x}?", "¿y el anterior?"),
        ("Último {x}", "¿cuál fue el anterior a ese?"),
    ),
    ("then the one before", "en"): (
        ("What was the latest {x}?", "and the one before that?"),
        ("Latest {x}?", "and the previous one?"),
    ),
    ("then the highest", "es"): (
        ("¿Qué valores de {x} tuvo en {year}?", "¿y el más alto?"),
        ("¿Cuál fue el valor más bajo de {x} en {year}?", "¿Y el más alto?"),
    ),
    ("then the highest", "en"): (
        ("Which {x} values were there in {year}?", "and the highest?"),
        ("What was the lowest {x} in {year}?", "And the highest one?"),
    ),
    ("then the highest of all", "es"): (
        ("¿Qué valores de {x} tuvo en {year}?", "¿y el más alto de toda la historia?"),
        ("¿Cuál fue el valor más alto de {x} en {year}?", "¿y en general, el más alto?"),
    ),
    ("then the highest of all", "en"): (
        ("Which {x} values were there in {year}?", "and the highest ever?"),
        ("What was the highest {x} in {year}?", "and overall, the highest?"),
    ),
    ("then another", "es"): (
        ("¿Cuál fue el último valor de {x}?", "¿y de {y}?"),
        ("Último valor de {x}", "¿Y {y}?"),
    ),
    ("then another", "en"): (
        ("What was the latest {x}?", "and {y}?"),
        ("Latest {x}", "what about {y}?"),
    ),
    ("rose", "es"): (
        ("¿Ha subido {x}?",),
        ("¿Le ha aumentado {x} desde la primera medición?",),
    ),
    ("rose", "en"): (
        ("Has {x} gone up?",),
        ("Did {x} increase over the years?",),
    ),
    ("fell", "es"): (
        ("¿Ha bajado {x}?",),
        ("¿Disminuyó {x} con los años?",),
    ),
    ("fell", "en"): (
        ("Did {x} fall?",),
        ("Has {x} come down?",),
    ),
    ("dose", "es"): (
        ("¿Qué dosis de {x} le indicaron?",),
        ("¿Cómo debe tomar {x}?",),
        ("posología de {x}",),
    ),
    ("dose", "en"): (
        ("What is the dose of {x}?",),
        ("How often should the patient take {x}?",),
        ("dosage of {x}",),
    ),
    ("reason", "es"): (
        ("¿Por qué le recetaron {x}?",),
        ("¿Para qué le prescribieron {x}?",),
    ),
    ("reason", "en"): (
        ("Why was {x} prescribed?",),
        ("What was {x} prescribed for?",),
    ),
    ("note", "es"): (
        ("¿Cuál fue el motivo de consulta según la nota del {x}?",),
        ("Según la nota del {x}, ¿de qué se quejaba?",),
    ),
    ("note", "en"): (
        ("What was the chief complaint in the note of {x}?",),
        ("According to the note of {x}, what did the patient complain of?",),
    ),
    ("birth", "es"): (("¿Cuándo nació?",), ("fecha de nacimiento",)),
    ("birth", "en"): (("When was the patient born?",), ("date of birth",)),
    ("death", "es"): (("¿Cuándo falleció?",), ("fecha de fallecimiento",)),
    ("death", "en"): (("When did the patient die?",), ("date of death",)),
    ("sex", "es"): (("¿De qué sexo es el paciente?",), ("sexo",)),
    ("sex", "en"): (("What is the patient's sex?",), ("sex?",)),
    ("city", "es"): (("¿En qué ciudad vive?",), ("ciudad de residencia",)),
    ("city", "en"): (("Which city does the patient live in?",), ("city of residence",)),
    ("no such condition", "es"): (
        ("¿Cuándo se curó de {x}?",),
        ("¿Qué toma para {x}?",),
        ("¿Sigue con {x}?",),
    ),
    ("no such condition", "en"): (
        ("When did the {x} resolve?",),
        ("What is the patient taking for {x}?",),
        ("Is the {x} still active?",),
    ),
    ("no such medication", "es"): (
        ("¿Qué dosis de {x} toma?",),
        ("¿Cuándo dejó de tomar {x}?",),
    ),
    ("no such medication", "en"): (
        ("What dose of {x} is the patient on?",),
        ("Why was {x} started?",),
    ),
    ("no such procedure", "es"): (
        ("¿Cuándo fue {x}?",),
        ("¿Quién le hizo {x}?",),
    ),
    ("no such procedure", "en"): (
        ("When was the {x}?",),
        ("Who performed the {x}?",),
    ),
}
