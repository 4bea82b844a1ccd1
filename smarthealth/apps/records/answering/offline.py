"""The offline model's way with records: prose from the facts of a prompt.

It sees what a language model would see, the messages of the request, and nothing else. Each fact becomes one sentence by
the phrase of its kind; marks stand after what they prove.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping

import attrs

from smarthealth.llm.port import ChatRequest

from .dosages import frequency
from .facts import Item, Say
from .nouns import FACET_NAMES, FIELD_NAMES, personal
from .phrases import PHRASES
from .prompts import read_prompt
from .sentences import Speech, capital, mark
from .wording import write_number, write_span


def compose(request: ChatRequest) -> Iterator[str]:
    """Write the answer to a request made by `build_request`, sentence by sentence."""
    prompt = read_prompt(request)
    if not prompt.facts:
        yield PHRASES["refusal.off_topic"][prompt.language]
        return
    said: set[str] = set()
    for fact in prompt.facts:
        sentence = _WRITERS[fact.say](Speech(fact, prompt.language, prompt.today))
        if sentence not in said:
            yield f" {sentence}" if said else sentence
            said.add(sentence)


def _value(speech: Speech) -> str:
    fact = speech.fact
    if fact.nth is not None:
        return speech.fill("value.nth", direction=speech.direction())
    if len(fact.items) > 1:
        phrase = PHRASES["value.item"][speech.language]
        items = (phrase.format(value=item.value, iso=item.on or "?", mark=mark(item)) for item in fact.items)
        return speech.fill("value.many", items="; ".join(items))
    return speech.fill(f"value.{fact.order}" if fact.order else "value.one")


def _list(speech: Speech) -> str:
    fact = speech.fact
    if fact.order == "frequent":
        return speech.fill("entry.frequent", times=speech.times(fact.items[0].times))
    if fact.order is not None:
        status = speech.status(fact.items[0])
        tail = speech.pick(f", en estado {status}", f", {status}") if status else ""
        phrase = "entry.nth" if fact.nth is not None else f"entry.{fact.order}"
        return speech.fill(phrase, tail=tail, direction=speech.direction())
    return speech.fill("list", items=speech.items())


def _count(speech: Speech) -> str:
    fact, dates = speech.fact, ""
    if len(fact.items) == 2 and (fact.total or 0) > 2:
        (first, first_mark), (last, last_mark) = ((speech.date(item), mark(item)) for item in fact.items)
        dates = speech.pick(
            f": desde el {first} {first_mark} hasta el {last} {last_mark}",
            f": from {first} {first_mark} to {last} {last_mark}",
        )
    elif fact.items:
        dates = f": {speech.items()}"
    return speech.fill("count", dates=dates)


def _exists(speech: Speech) -> str:
    fact = speech.fact
    if fact.detail == "text":
        return speech.fill("exists.text")
    if fact.detail == "denied":
        return speech.fill("exists.denied", items=speech.items())
    if fact.detail == "beside":
        return speech.fill("exists.beside", items=speech.items())
    if fact.items and fact.items[0].value:
        total = fact.total or 1
        values = speech.pick(
            "1 valor" if total == 1 else f"{total} valores", "1 value" if total == 1 else f"{total} values"
        )
        return speech.fill("exists.value", total_values=values)
    return speech.fill("exists", items=speech.items())


def _when(speech: Speech) -> str:
    fact = speech.fact
    if len(fact.items) > 1:
        return speech.fill("when.many", items=speech.items())
    value = fact.items[0].value
    phrase = f"when.{fact.order}" if fact.order in ("latest", "first") and fact.total != 1 else "when.only"
    return speech.fill(phrase, tail=f" ({value})" if value else "")


def _asked_of_entry(speech: Speech) -> str:
    """Who, where, what dose, why: a sentence for each entry, with what is missing said."""
    fact, sentences = speech.fact, []
    for item in fact.items:
        known = item.people if fact.say == "who" else item.note
        single = attrs.evolve(speech, fact=attrs.evolve(fact, items=(item,)))
        sentences.append(single.fill(fact.say if known else f"{fact.say}.missing", often=_often(single)))
    return " ".join(sentences)


def _status(speech: Speech) -> str:
    item = speech.fact.items[0]
    return speech.fill("status.active" if item.status == "active" and item.until is None else "status.ended")


def _trend(speech: Speech) -> str:
    fact, extremes = speech.fact, ""
    if len(fact.items) < 2:
        return speech.fill("single")
    if fact.toward is not None:
        return _went(speech, fact.toward)
    if len(fact.items) == 4:
        low, high = fact.items[2:]
        extremes = PHRASES["extremes"][speech.language].format(
            low=low.value, low_mark=mark(low), high=high.value, high_mark=mark(high)
        )
    return speech.fill("trend", **_ends(speech), extremes=extremes, direction=_word("trend", speech))


def _went(speech: Speech, toward: str) -> str:
    """Whether it went the way that was asked, over all and from the last but one."""
    fact, step = speech.fact, ""
    if len(fact.items) > 2:
        before = fact.items[2]
        went = _word("went", speech, before.note)
        step = PHRASES["step"][speech.language].format(
            value=before.value, date=speech.date(before), mark=mark(before), went=went
        )
    yes = (fact.detail or "").endswith(toward)
    verdict = speech.pick("Sí" if yes else "No", "Yes" if yes else "No")
    return speech.fill("went", **_ends(speech), verdict=verdict, went=_word("went", speech), step=step)


def _change(speech: Speech) -> str:
    fact = speech.fact
    if len(fact.items) < 2:
        return speech.fill("single")
    difference = f"{write_number(abs(fact.number or 0))} {fact.unit or ''}".strip()
    return speech.fill("change", **_ends(speech), difference=difference, direction=_word("change", speech))


def _compare(speech: Speech) -> str:
    """One value against another, after yes or no where that was asked and can be told."""
    fact, verdict = speech.fact, ""
    if fact.toward is not None:
        yes = fact.detail in (fact.toward, f"level_{fact.toward}")
        verdict = (speech.pick("Sí", "Yes") if yes else "No") + ", "
    text = speech.fill("compare", **_ends(speech), verdict=verdict, comparison=_word("compare", speech))
    return capital(text)


def _sequence(speech: Speech) -> str:
    """How one thing lies to another in time, after yes or no where that was asked."""
    verdict = {"yes": speech.pick("Sí, ", "Yes, "), "no": "No, "}.get(speech.fact.toward or "", "")
    return capital(speech.fill("sequence", **_ends(speech), verdict=verdict, order=_word("sequence", speech)))


def _ends(speech: Speech) -> dict[str, str]:
    """Slots of a fact that speaks of two entries."""
    slots: dict[str, str] = {}
    for end, item in zip(("first", "last"), speech.fact.items[:2], strict=True):
        slots |= {
            f"{end}_value": item.value or "",
            f"{end}_date": speech.date(item),
            f"{end}_dated": speech.dated(item),
            f"{end}_mark": mark(item),
            f"{end}_name": item.name,
        }
    return slots


def _average(speech: Speech) -> str:
    fact = speech.fact
    return speech.fill("average", **_ends(speech), number=f"{write_number(fact.number or 0)} {fact.unit or ''}".strip())


def _normal(speech: Speech) -> str:
    if speech.fact.detail is None:
        return speech.fill("normal.unknown")
    return speech.fill("normal.known", verdict=_word("normal", speech), range=speech.fact.items[0].note or "")


def _duration(speech: Speech) -> str:
    item = speech.fact.items[0]
    if item.on is not None and item.until is not None:
        return speech.fill("duration.ended", span=write_span(item.on, item.until, speech.language))
    if item.on is not None and item.status == "active":
        return speech.fill("duration.active", span=write_span(item.on, speech.today, speech.language))
    return speech.fill("duration.missing")


def _interval(speech: Speech) -> str:
    first, last = speech.fact.items[:2]
    span = write_span(first.on, last.on, speech.language) if first.on and last.on else "?"
    return speech.fill("interval", **_ends(speech), span=span)


def _years(speech: Speech) -> str:
    years = round(speech.fact.number or 0)
    return speech.pick(f"{years} {'año' if years == 1 else 'años'}", f"{years} {'year' if years == 1 else 'years'}")


def _age_at(speech: Speech) -> str:
    return speech.fill("age_at", years=_years(speech))


def _notes(speech: Speech) -> str:
    said = speech.fact.say
    singles = (attrs.evolve(speech, fact=attrs.evolve(speech.fact, items=(item,))) for item in speech.fact.items)
    return " ".join(single.fill(f"{said}.by" if single.fact.items[0].people else said) for single in singles)


def _person(speech: Speech) -> str:
    fact = speech.fact
    field = fact.detail or "missing"
    if field == "missing":
        return speech.fill("person.missing", value=FIELD_NAMES[speech.language][fact.about])
    value = (fact.items[0] if fact.items else Item()).value or ""
    if field in ("age", "age_dead"):
        value = _years(speech)
    return speech.fill(f"person.{field}", value=personal(field, value, speech.language))


def _summary(speech: Speech) -> str:
    return speech.fill("summary")


def _absent(speech: Speech) -> str:
    if speech.fact.detail == "summary":
        return speech.fill("absent.summary", Nouns=capital(speech.noun().many))
    if not speech.fact.items:
        return speech.fill("absent")
    if speech.fact.nth is not None:
        return speech.fill("absent.nth")
    return speech.fill("absent.but" if speech.fact.period else "absent.ended")


def _each(speech: Speech) -> str:
    """One sentence for each entry, by its state: what was entered in error, how sure it is."""
    fact = speech.fact
    singles = (attrs.evolve(speech, fact=attrs.evolve(fact, items=(item,))) for item in fact.items)
    return " ".join(single.fill(f"{fact.say}.{single.fact.items[0].status or 'missing'}") for single in singles)


def _ended(speech: Speech) -> str:
    """That something is over, and that the record does not tell when or why."""
    fact = speech.fact
    singles = (attrs.evolve(speech, fact=attrs.evolve(fact, items=(item,))) for item in fact.items)
    return " ".join(single.fill(f"ended.{single.fact.items[0].note}") for single in singles)


def _told(speech: Speech) -> str:
    """What is asked of entries, or that they do not say it."""
    fact, names = speech.fact, FACET_NAMES[speech.language]
    label = names.get(fact.detail or "") or speech.pick(f"«{fact.items[0].note}»", f"“{fact.items[0].note}”")
    singles = (attrs.evolve(speech, fact=attrs.evolve(fact, items=(item,))) for item in fact.items)
    return " ".join(single.fill(fact.say, label=label, often=_often(single)) for single in singles)


def _often(speech: Speech) -> str:
    """How often a medicine is taken, in the language of the question, where the record has it in other words."""
    note = speech.fact.items[0].note or ""
    often = frequency(note, speech.language) if "dos" in (speech.fact.detail or speech.fact.say) else None
    return f" ({often})" if often and often not in note.lower() else ""


def _family(speech: Speech) -> str:
    said = (
        f"{item.name}: {item.note} {mark(item)}" if item.note else f"{item.name} {mark(item)}"
        for item in speech.fact.items
    )
    return speech.fill("family", items="; ".join(said))


def _refusal(speech: Speech) -> str:
    return speech.fill(f"refusal.{speech.fact.detail}")


def _word(use: str, speech: Speech, detail: str | None = None) -> str:
    """The words for which way something went or lies, as one use of them needs it."""
    return PHRASES[f"{use}:{detail or speech.fact.detail}"][speech.language]


_WRITERS: Mapping[Say, Callable[[Speech], str]] = {
    "value": _value,
    "list": _list,
    "count": _count,
    "exists": _exists,
    "when": _when,
    "who": _asked_of_entry,
    "where": _asked_of_entry,
    "dose": _asked_of_entry,
    "reason": _asked_of_entry,
    "status": _status,
    "trend": _trend,
    "change": _change,
    "compare": _compare,
    "sequence": _sequence,
    "average": _average,
    "normal": _normal,
    "duration": _duration,
    "interval": _interval,
    "age_at": _age_at,
    "note": _notes,
    "mentioned": _notes,
    "person": _person,
    "summary": _summary,
    "absent": _absent,
    "refusal": _refusal,
    "void": _each,
    "verification": _each,
    "family": _family,
    "ended": _ended,
    "told": _told,
    "lacking": _told,
}
