"""The sentences of the offline composer, in both languages.

A phrase is filled with `str.format`; its names are those that `offline` offers. Marks `[n]` stand directly after what they
prove. Words that depend on a kind of entry come from `nouns`.
"""

from __future__ import annotations

from collections.abc import Mapping

from smarthealth.apps.records.understanding.question import Language

PHRASES: Mapping[str, Mapping[Language, str]] = {
    # measurements
    "value.latest": {
        "es": "El último valor registrado de {about}{period} es {value}, del {date} {mark}.",
        "en": "The latest recorded value of {about}{period} is {value}, on {date} {mark}.",
    },
    "value.first": {
        "es": "El primer valor registrado de {about}{period} fue {value}, el {date} {mark}.",
        "en": "The first recorded value of {about}{period} was {value}, on {date} {mark}.",
    },
    "value.highest": {
        "es": "El valor más alto registrado de {about}{period} fue {value}, el {date} {mark}.",
        "en": "The highest recorded value of {about}{period} was {value}, on {date} {mark}.",
    },
    "value.lowest": {
        "es": "El valor más bajo registrado de {about}{period} fue {value}, el {date} {mark}.",
        "en": "The lowest recorded value of {about}{period} was {value}, on {date} {mark}.",
    },
    "value.one": {
        "es": "El valor registrado de {about}{period} es {value}, del {date} {mark}.",
        "en": "The recorded value of {about}{period} is {value}, on {date} {mark}.",
    },
    "value.nth": {
        "es": "El valor número {nth} de {about}{period}, {direction}, es {value}, del {date} {mark}.",
        "en": "Value number {nth} of {about}{period}, {direction}, is {value}, on {date} {mark}.",
    },
    "value.many": {
        "es": "Constan {total} valores de {about}{period}: {items}{cut}.",
        "en": "The record has {total} values of {about}{period}: {items}{cut}.",
    },
    "value.item": {"es": "{value} el {iso} {mark}", "en": "{value} on {iso} {mark}"},
    # entries that are not measured
    "entry.latest": {
        "es": "{the} {last} {noun}{about_of}{period} es {name}{tail}, {dated} {mark}.",
        "en": "The latest {noun}{about_of}{period} is {name}{tail}, {dated} {mark}.",
    },
    "entry.first": {
        "es": "{the} {first} {noun}{about_of}{period} es {name}{tail}, {dated} {mark}.",
        "en": "The first {noun}{about_of}{period} is {name}{tail}, {dated} {mark}.",
    },
    "entry.nth": {
        "es": "{the} {noun} número {nth}{about_of}{period}, {direction}, es {name}{tail}, {dated} {mark}.",
        "en": "{Noun} number {nth}{about_of}{period}, {direction}, is {name}{tail}, {dated} {mark}.",
    },
    "entry.frequent": {
        "es": "Lo más frecuente{period} es {name}: consta {times} {mark}.",
        "en": "The most frequent{period} is {name}: recorded {times} {mark}.",
    },
    "list": {
        "es": "{Consta} {total} {nouns}{state}{about_of}{period}{distinct}: {items}{cut}.",
        "en": "The record has {total} {state}{nouns}{about_of}{period}{distinct}: {items}{cut}.",
    },
    "count": {
        "es": "{Consta} {total} {nouns}{state}{about_of}{period}{distinct}{dates}.",
        "en": "The record has {total} {state}{nouns}{about_of}{period}{distinct}{dates}.",
    },
    "exists": {
        "es": "Sí, consta {about}{period}: {items}{cut}.",
        "en": "Yes, the record has {about}{period}: {items}{cut}.",
    },
    "exists.denied": {
        "es": "La historia dice expresamente que no hay {about}: {items}.",
        "en": "The record says expressly that there are no {about}: {items}.",
    },
    "exists.beside": {
        "es": "Consta además: {items}{cut}.",
        "en": "The record also has: {items}{cut}.",
    },
    "exists.value": {
        "es": "Sí, consta {about}{period}: {total_values}, el último de {value}, del {date} {mark}.",
        "en": "Yes, the record has {about}{period}: {total_values}, the latest {value}, on {date} {mark}.",
    },
    "exists.text": {
        "es": "Consta {about}{period}: «{value}», del {date} {mark}.",
        "en": "The record has {about}{period}: “{value}”, on {date} {mark}.",
    },
    # questions about one entry
    "when.latest": {
        "es": "La última vez que consta {about}{period} es {dated}{tail} {mark}.",
        "en": "The last time {about} is recorded{period} is {dated}{tail} {mark}.",
    },
    "when.first": {
        "es": "La primera vez que consta {about}{period} es {dated}{tail} {mark}.",
        "en": "The first time {about} is recorded{period} is {dated}{tail} {mark}.",
    },
    "when.only": {
        "es": "{About} consta {dated}{tail} {mark}.",
        "en": "{About} is recorded {dated}{tail} {mark}.",
    },
    "when.many": {
        "es": "{About} consta {times}{period}: {items}{cut}.",
        "en": "{About} is recorded {times}{period}: {items}{cut}.",
    },
    "who": {"es": "{Name}, {dated}: a cargo de {people} {mark}.", "en": "{Name}, {dated}: attended by {people} {mark}."},
    "where": {"es": "{Name}, {dated}: en {note} {mark}.", "en": "{Name}, {dated}: at {note} {mark}."},
    "dose": {"es": "{Name}, {dated}: «{note}»{often} {mark}.", "en": "{Name}, {dated}: “{note}”{often} {mark}."},
    "dose.missing": {
        "es": "En la historia no constan la pauta ni la frecuencia de {name}, {dated}; su presentación es la que indica el nombre {mark}.",
        "en": "The record does not contain a dosage or a frequency for {name}, {dated}; its strength is the one in its name {mark}.",
    },
    "reason": {"es": "El motivo registrado de {name}, {dated}, es {note} {mark}.", "en": "The recorded reason for {name}, {dated}, is {note} {mark}."},
    "reason.missing": {
        "es": "En la historia no consta el motivo de {name}, {dated} {mark}.",
        "en": "The record does not contain a reason for {name}, {dated} {mark}.",
    },
    "who.missing": {
        "es": "En la historia no consta quién se encargó de {name}, {dated} {mark}.",
        "en": "The record does not contain who attended {name}, {dated} {mark}.",
    },
    "where.missing": {
        "es": "En la historia no consta dónde se registró {name}, {dated} {mark}.",
        "en": "The record does not contain where {name}, {dated}, took place {mark}.",
    },
    "status.active": {
        "es": "{About} figura en la historia como {status} desde el {date}, sin fecha de fin {mark}.",
        "en": "{About} is still listed as {status} in the record, since {date}, with no end date {mark}.",
    },
    "status.ended": {
        "es": "{About} figura en la historia como {status}: {dated} {mark}.",
        "en": "{About} is listed as {status} in the record: {dated} {mark}.",
    },
    # computed
    "trend": {
        "es": "{About}{period}: {direction}, de {first_value} el {first_date} {first_mark} a {last_value} el {last_date} {last_mark}, en {total} mediciones{extremes}.",
        "en": "{About}{period}: {direction}, from {first_value} on {first_date} {first_mark} to {last_value} on {last_date} {last_mark}, over {total} measurements{extremes}.",
    },
    "went": {
        "es": "{verdict}, {about}{period} {went}: de {first_value} el {first_date} {first_mark} a {last_value} el {last_date} {last_mark}, en {total} mediciones{step}.",
        "en": "{verdict}, {about}{period} {went}: from {first_value} on {first_date} {first_mark} to {last_value} on {last_date} {last_mark}, over {total} measurements{step}.",
    },
    "step": {
        "es": "; frente al valor anterior, {value} el {date} {mark}, {went}",
        "en": "; against the value before, {value} on {date} {mark}, it {went}",
    },
    "extremes": {"es": " (mínimo {low} {low_mark}, máximo {high} {high_mark})", "en": " (lowest {low} {low_mark}, highest {high} {high_mark})"},
    "change": {
        "es": "{About}{period} {direction} {difference}: de {first_value} el {first_date} {first_mark} a {last_value} el {last_date} {last_mark}.",
        "en": "{About}{period} {direction} {difference}: from {first_value} on {first_date} {first_mark} to {last_value} on {last_date} {last_mark}.",
    },
    "compare": {
        "es": "{verdict}{about}: {first_value} el {first_date} {first_mark}, {comparison} {last_value} del {last_date} {last_mark}.",
        "en": "{verdict}{about}: {first_value} on {first_date} {first_mark}, {comparison} {last_value} on {last_date} {last_mark}.",
    },
    "sequence": {
        "es": "{verdict}{first_name} consta {first_dated} {first_mark}, {order} {last_name}, {last_dated} {last_mark}.",
        "en": "{verdict}{first_name} is recorded {first_dated} {first_mark}, {order} {last_name}, {last_dated} {last_mark}.",
    },
    "single": {
        "es": "Solo consta un valor de {about}{period}, así que no se puede comparar: {value}, del {date} {mark}.",
        "en": "The record has only one value of {about}{period}, so there is nothing to compare: {value}, on {date} {mark}.",
    },
    # which way it went, or lies, in the words that each use needs
    "trend:up": {"es": "ha subido", "en": "it has risen"},
    "trend:down": {"es": "ha bajado", "en": "it has fallen"},
    "trend:level": {"es": "se mantiene estable", "en": "it has stayed stable"},
    "trend:level_up": {"es": "se mantiene casi estable, con una ligera subida", "en": "it has stayed nearly stable, rising slightly"},
    "trend:level_down": {"es": "se mantiene casi estable, con una ligera bajada", "en": "it has stayed nearly stable, falling slightly"},
    "went:up": {"es": "ha subido", "en": "has risen"},
    "went:down": {"es": "ha bajado", "en": "has fallen"},
    "went:level": {"es": "se mantiene igual", "en": "is unchanged"},
    "went:level_up": {"es": "ha subido ligeramente", "en": "has risen slightly"},
    "went:level_down": {"es": "ha bajado ligeramente", "en": "has fallen slightly"},
    "compare:up": {"es": "por encima de", "en": "higher than"},
    "compare:down": {"es": "por debajo de", "en": "lower than"},
    "compare:level": {"es": "igual que", "en": "the same as"},
    "compare:level_up": {"es": "apenas por encima de", "en": "hardly higher than"},
    "compare:level_down": {"es": "apenas por debajo de", "en": "hardly lower than"},
    "change:up": {"es": "ha subido", "en": "has risen by"},
    "change:down": {"es": "ha bajado", "en": "has fallen by"},
    "change:level": {"es": "se mantiene igual, con una diferencia de", "en": "is unchanged, a difference of"},
    "change:level_up": {"es": "se mantiene casi estable: ha subido", "en": "has stayed nearly stable: it has risen by"},
    "change:level_down": {"es": "se mantiene casi estable: ha bajado", "en": "has stayed nearly stable: it has fallen by"},
    "sequence:before": {"es": "antes que", "en": "before"},
    "sequence:after": {"es": "después de", "en": "after"},
    "sequence:same": {"es": "el mismo día que", "en": "the same day as"},
    "normal:within": {"es": "dentro del", "en": "within"},
    "normal:above": {"es": "por encima del", "en": "above"},
    "normal:below": {"es": "por debajo del", "en": "below"},
    "average": {
        "es": "El promedio de {about}{period} es {number}, calculado con {total} valores entre el {first_date} {first_mark} y el {last_date} {last_mark}.",
        "en": "The average of {about}{period} is {number}, over {total} values between {first_date} {first_mark} and {last_date} {last_mark}.",
    },
    "normal.unknown": {
        "es": "El último valor registrado de {about}{period} es {value}, del {date} {mark}; el registro no trae rango de referencia, así que no se puede decir con él si está dentro de lo esperado.",
        "en": "The latest recorded value of {about}{period} is {value}, on {date} {mark}; the record holds no reference range, so it does not tell whether that is as expected.",
    },
    "normal.known": {
        "es": "El último valor registrado de {about}{period} es {value}, del {date}, {verdict} rango de referencia del registro ({range}) {mark}.",
        "en": "The latest recorded value of {about}{period} is {value}, on {date}, {verdict} the reference range in the record ({range}) {mark}.",
    },
    "duration.ended": {
        "es": "{About} duró {span}: {dated} {mark}.",
        "en": "{About} lasted {span}: {dated} {mark}.",
    },
    "duration.active": {
        "es": "{About} figura como {status} desde el {date}, es decir, desde hace {span} {mark}.",
        "en": "{About} has been listed as {status} since {date}, that is for {span} {mark}.",
    },
    "duration.missing": {
        "es": "{About} consta {dated}, pero en la historia no consta su duración {mark}.",
        "en": "{About} is recorded {dated}, but the record does not contain how long it lasted {mark}.",
    },
    "interval": {
        "es": "Entre {first_name}, {first_dated} {first_mark}, y {last_name}, {last_dated} {last_mark}, pasaron {span}.",
        "en": "Between {first_name}, {first_dated} {first_mark}, and {last_name}, {last_dated} {last_mark}, {span} passed.",
    },
    "age_at": {
        "es": "Tenía {years}: {name} consta {dated} {mark}.",
        "en": "The patient was {years} old: {name} is recorded {dated} {mark}.",
    },
    "told": {"es": "{Name}, {dated}: {label}: «{note}»{often} {mark}.", "en": "{Name}, {dated}: {label}: “{note}”{often} {mark}."},
    "lacking": {
        "es": "{Name} está en la historia, {dated}, pero en la historia no consta su {label} {mark}.",
        "en": "{Name} is in the record, {dated}, but the record does not contain its {label} {mark}.",
    },
    # notes
    "note": {"es": "La nota del {date} ({name}) dice: «{note}» {mark}.", "en": "The note of {date} ({name}) says: “{note}” {mark}."},
    "mentioned.by": {
        "es": "En {name}, {dated}, de {people}, se lee: «{note}» {mark}.",
        "en": "{name}, {dated}, by {people}, reads: “{note}” {mark}.",
    },
    "mentioned": {
        "es": "En {name}, {dated}, se lee: «{note}» {mark}.",
        "en": "{name}, {dated}, reads: “{note}” {mark}.",
    },
    # what stands no longer, how sure it is, and the family
    "void.entered-in-error": {
        "es": "En la historia no consta {name} como dato válido: el registro, {dated}, está anulado por error de registro (entered-in-error) {mark}.",
        "en": "The record does not contain {name} as a valid entry: the one {dated} was entered in error {mark}.",
    },
    "void.refuted": {
        "es": "En la historia no consta {name}: el registro, {dated}, figura como descartado (refuted) {mark}.",
        "en": "The record does not contain {name}: the entry {dated} is listed as refuted (ruled out) {mark}.",
    },
    "void.not-done": {
        "es": "En la historia no consta que se hiciera {name}: el registro, {dated}, figura como no realizado (not-done) {mark}.",
        "en": "The record does not contain a done {name}: the entry {dated} is listed as not done {mark}.",
    },
    "verification.confirmed": {"es": "Sí, {name}, {dated}, figura como confirmado (confirmed) {mark}.", "en": "Yes, {name}, {dated}, is listed as confirmed {mark}."},
    "verification.unconfirmed": {"es": "No, {name}, {dated}, figura como no confirmado (unconfirmed) {mark}.", "en": "No, {name}, {dated}, is listed as unconfirmed {mark}."},
    "verification.provisional": {"es": "No, {name}, {dated}, figura como diagnóstico provisional, sin confirmar (provisional) {mark}.", "en": "No, {name}, {dated}, is listed as provisional, not confirmed {mark}."},
    "verification.differential": {"es": "No, {name}, {dated}, figura como diagnóstico diferencial, sin confirmar (differential) {mark}.", "en": "No, {name}, {dated}, is listed as a differential diagnosis, not confirmed {mark}."},
    "verification.missing": {"es": "{Name} consta {dated}, pero en la historia no consta si está confirmado {mark}.", "en": "{Name} is recorded {dated}, but the record does not contain whether it is confirmed {mark}."},
    "ended.date": {
        "es": "En la historia no consta cuándo terminó {name}: figura como {status}, con inicio {dated} {mark}.",
        "en": "The record does not contain when {name} ended: it is listed as {status}, begun {dated} {mark}.",
    },
    "ended.reason": {
        "es": "En la historia no consta por qué terminó {name}: figura como {status}, con inicio {dated} {mark}.",
        "en": "The record does not contain why {name} ended: it is listed as {status}, begun {dated} {mark}.",
    },
    "family": {"es": "Antecedentes familiares registrados: {items}.", "en": "Recorded family history: {items}."},
    # the patient
    "person.age": {"es": "Tiene {value} {mark}.", "en": "The patient is {value} old {mark}."},
    "person.age_dead": {"es": "Falleció a los {value}, {dated} {mark}.", "en": "The patient died aged {value}, {dated} {mark}."},
    "person.gender": {"es": "El sexo registrado es {value} {mark}.", "en": "The recorded sex is {value} {mark}."},
    "person.birth_date": {"es": "Nació {dated} {mark}.", "en": "The patient was born {dated} {mark}."},
    "person.death_date": {"es": "Falleció {dated} {mark}.", "en": "The patient died {dated} {mark}."},
    "person.dead": {
        "es": "Consta que ha fallecido, sin fecha registrada {mark}.",
        "en": "The patient is recorded as deceased, without a date {mark}.",
    },
    "person.alive": {"es": "En la historia no consta fecha de fallecimiento.", "en": "The record does not contain a date of death."},
    "person.city": {"es": "La ciudad registrada es {value} {mark}.", "en": "The recorded city is {value} {mark}."},
    "person.document": {"es": "El documento registrado es {value} {mark}.", "en": "The recorded identity document is {value} {mark}."},
    "person.phone": {"es": "El teléfono registrado es {value} {mark}.", "en": "The recorded telephone number is {value} {mark}."},
    "person.email": {"es": "El correo electrónico registrado es {value} {mark}.", "en": "The recorded e-mail address is {value} {mark}."},
    "person.address": {"es": "La dirección registrada es {value} {mark}.", "en": "The recorded address is {value} {mark}."},
    "person.language": {"es": "El idioma registrado es {value} {mark}.", "en": "The recorded language is {value} {mark}."},
    "person.marital_status": {"es": "El estado civil registrado es {value} {mark}.", "en": "The recorded civil status is {value} {mark}."},
    "person.contact": {"es": "El contacto registrado es {value} {mark}.", "en": "The recorded contact is {value} {mark}."},
    "person.practitioner": {"es": "El médico de cabecera registrado es {value} {mark}.", "en": "The recorded primary care practitioner is {value} {mark}."},
    "person.name": {"es": "El nombre registrado es {value} {mark}.", "en": "The recorded name is {value} {mark}."},
    "person.missing": {"es": "En la historia no consta {value}.", "en": "The record does not contain {value}."},
    "summary": {"es": "{about}: {total} entradas en la historia {mark}.", "en": "{about}: {total} entries in the record {mark}."},
    # what is not there
    "absent": {
        "es": "En la historia no consta {about}{state}{period}.",
        "en": "The record does not contain {state}{about}{period}.",
    },
    "absent.summary": {"es": "{Nouns} en la historia: ninguna.", "en": "{Nouns} in the record: none."},
    "absent.ended": {
        "es": "En la historia no consta {about}{state}; consta como {status}, {dated} {mark}.",
        "en": "The record does not contain {state}{about}; it is listed as {status}, {dated} {mark}.",
    },
    "absent.nth": {
        "es": "En la historia no consta {about}{period} {nth} veces: consta {times}, {dated} {mark}.",
        "en": "The record does not contain {about}{period} {nth} times: it is recorded {times}, {dated} {mark}.",
    },
    "absent.but": {
        "es": "En la historia no consta {about}{state}{period}; sí fuera de ese periodo, {dated} {mark}.",
        "en": "The record does not contain {state}{about}{period}; it does outside that time, {dated} {mark}.",
    },
    "refusal.not_recorded": {
        "es": "En la historia no consta esa información.",
        "en": "The record does not contain that information.",
    },
    "refusal.advice": {
        "es": "En la historia no consta una respuesta a eso: solo puedo decir lo que está registrado, no dar opiniones, pronósticos ni recomendaciones.",
        "en": "The record does not contain an answer to that: I can only say what is recorded, not give opinions, forecasts or recommendations.",
    },
    "refusal.general": {
        "es": "En la historia no consta una respuesta a eso: solo puedo responder sobre lo registrado en la historia de este paciente.",
        "en": "The record does not contain an answer to that: I can only answer from what this patient's record holds.",
    },
    "refusal.other_patient": {
        "es": "No puedo responder sobre otra persona: solo tengo la historia de este paciente, y en ella no consta esa información.",
        "en": "I cannot answer about another person: I only have this patient's record, and the record does not contain that.",
    },
    "refusal.off_topic": {
        "es": "Solo puedo responder preguntas sobre la historia clínica de este paciente; en la historia no consta información sobre eso.",
        "en": "I can only answer questions about this patient's clinical record; the record does not contain information on that.",
    },
    "refusal.instruction": {
        "es": "No puedo seguir esa instrucción: solo respondo preguntas sobre la historia clínica de este paciente, y en la historia no consta respuesta a eso.",
        "en": "I cannot follow that instruction: I only answer questions about this patient's clinical record, and the record does not contain an answer to that.",
    },
}  # fmt: skip
