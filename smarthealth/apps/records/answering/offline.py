"""The offline model's way with records: prose from the facts of a prompt.

It sees what a language model would see, the messages of the request, and nothing else. Each fact becomes one sentence by
the phrase of its kind; marks stand after what they prove.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from datetime import date

from smarthealth.apps.records.understanding.question import Language
from smarthealth.llm.port import ChatRequest

from .facts import Fact, Item, Say
from .phrases import FIELD_NAMES, GENDERS, NOUNS, PHRASES, STATUS_WORDS, Noun
from .prompts import read_prompt
from .wording import enumerate_texts, write_date, write_number, write_span


def compose(request: ChatRequest) -> Iterator[str]:
    """Write the answer to a request made by `build_request`, sentence by sentence."""
    prompt = read_prompt(request)
    if not prompt.facts:
        yield PHRASES["refusal.off_topic"][prompt.language]
        return
    said: set[str] = set()
    for fact in prompt.facts:
        sentence = Composer(fact, prompt.language, prompt.today).sentence()
        if sentence and sentence not in said:
            yield sentence if not said else f" {sentence}"
            said.add(sentence)


class Composer:
    """Puts one fact into a sentence."""

    def __init__(self, fact: Fact, language: Language, today: date) -> None:
        self._fact = fact
        self._language: Language = language
        self._today = today

    def sentence(self) -> str:
        """The fact in words."""
        return _WRITERS[self._fact.say](self)

    # -- pieces ----------------------------------------------------------------------------------------------------------

    def _fill(self, name: str, **more: str) -> str:
        fact = self._fact
        first = fact.items[0] if fact.items else Item()
        slots = {
            "about": fact.about,
            "About": _capital(fact.about),
            "period": f" {fact.period}" if fact.period else "",
            "total": str(fact.total if fact.total is not None else len(fact.items)),
            "Consta": self._pick("Consta" if fact.total == 1 else "Constan", ""),
            "name": first.name or fact.about,
            "Name": _capital(first.name or fact.about),
            "value": first.value or "",
            "date": self._date(first),
            "dated": self._dated(first),
            "mark": _mark(first),
            "tail": "",
            "cut": self._cut(),
            "note": first.note or "",
            "place": first.note or "",
            "people": enumerate_texts(first.people, self._language),
            "status": self._status(first),
            "times": self._times(fact.total if fact.total is not None else first.times),
            "nth": str(fact.nth or 1),
            **more,
        }
        return " ".join(PHRASES[name][self._language].format_map(slots).split()).replace(" ,", ",").replace(" .", ".")

    def _pick(self, spanish: str, english: str) -> str:
        return spanish if self._language == "es" else english

    def _date(self, item: Item) -> str:
        return (
            write_date(item.on, self._language) if item.on else self._pick("fecha no registrada", "an unrecorded date")
        )

    def _dated(self, item: Item) -> str:
        if item.on is None:
            return self._pick("sin fecha", "undated")
        if item.until is not None and item.until != item.on:
            since, until = write_date(item.on, self._language), write_date(item.until, self._language)
            return self._pick(f"del {since} al {until}", f"from {since} to {until}")
        return self._pick(f"el {self._date(item)}", f"on {self._date(item)}")

    def _status(self, item: Item) -> str:
        status = item.status or ""
        return STATUS_WORDS[self._language].get(status, status)

    def _times(self, count: int) -> str:
        if count == 1:
            return self._pick("1 vez", "once")
        return self._pick(f"{count} veces", f"{count} times")

    def _cut(self) -> str:
        fact = self._fact
        whole = fact.distinct or fact.total or 0
        shown = len(fact.items)
        if shown >= whole:
            return ""
        return self._pick(f"; se muestran {shown} de {whole}", f"; {shown} of {whole} are shown")

    def _noun(self) -> Noun:
        nouns = NOUNS[self._language]
        return nouns.get(self._fact.detail or "", nouns.get(self._fact.kind or "", nouns["entry"]))

    def _nouns(self) -> str:
        noun = self._noun()
        return noun.one if self._fact.total == 1 else noun.many

    def _listed(self, item: Item) -> str:
        """One entry within an enumeration: short, with its ISO date."""
        parts = [item.name]
        if item.value:
            parts[0] = f"{item.name} {item.value}".strip()
        if item.times > 1:
            parts.append(self._pick(f"{item.times} veces, la última", f"{item.times} times, last"))
        if item.on is not None:
            parts.append(self._iso_span(item))
        if item.status:
            parts.append(self._pick(f"estado {self._status(item)}", self._status(item)))
        if item.note:
            parts.append(item.note)
        return f"{', '.join(parts)} {_mark(item)}".replace("última, ", "última ").replace("last, ", "last ").strip()

    def _iso_span(self, item: Item) -> str:
        assert item.on is not None
        if item.until is not None and item.until != item.on:
            return self._pick(f"de {item.on} a {item.until}", f"{item.on} to {item.until}")
        if item.status == "active":
            return self._pick(f"desde {item.on}", f"since {item.on}")
        return f"{item.on}"

    def _items(self) -> str:
        return "; ".join(self._listed(item) for item in self._fact.items)

    def _filter(self) -> dict[str, str]:
        fact, noun = self._fact, self._noun()
        distinct = ""
        if fact.distinct is not None and fact.total is not None and fact.distinct != fact.total:
            distinct = self._pick(f" ({fact.distinct} distintos)", f" ({fact.distinct} different)")
        return {
            "nouns": self._nouns(),
            "noun": noun.one,
            "Noun": _capital(noun.one),
            "the": self._pick("La" if noun.feminine else "El", "The"),
            "last": "última" if noun.feminine else "último",
            "first": "primera" if noun.feminine else "primer",
            "about_of": self._pick(f" de {fact.about}", f" of {fact.about}") if fact.about else "",
            "distinct": distinct,
            "status": self._filter_status(),
        }

    def _filter_status(self) -> str:
        wanted = self._fact.unit or ""
        if not wanted:
            return ""
        words = {"active": ("en estado activo", "active "), "ended": ("ya no activos", "no longer active ")}
        spanish, english = words[wanted]
        return self._pick(f" {spanish}", english)

    def _direction(self) -> str:
        latest = self._fact.order == "latest"
        return self._pick(
            "contando desde el más reciente" if latest else "contando desde el más antiguo",
            "counting from the latest" if latest else "counting from the earliest",
        )

    # -- one method for each kind of fact --------------------------------------------------------------------------------

    def value(self) -> str:
        """What was measured."""
        fact = self._fact
        if fact.nth and fact.nth > 1:
            return self._fill("value.nth", direction=self._direction())
        if len(fact.items) > 1:
            items = "; ".join(
                PHRASES["value.item"][self._language].format(value=item.value, iso=item.on or "?", mark=_mark(item))
                for item in fact.items
            )
            return self._fill("value.many", items=items)
        if fact.order in ("latest", "first", "highest", "lowest"):
            return self._fill(f"value.{fact.order}")
        return self._fill("value.one")

    def list(self) -> str:
        """Which entries there are."""
        fact = self._fact
        if fact.order == "frequent":
            return self._fill("entry.frequent", times=self._times(fact.items[0].times))
        if fact.order in ("latest", "first") and len(fact.items) == 1:
            name = "entry.nth" if fact.nth and fact.nth > 1 else f"entry.{fact.order}"
            status = self._status(fact.items[0])
            tail = self._pick(f", en estado {status}", f", {status}") if status else ""
            return self._fill(name, **self._filter(), tail=tail, direction=self._direction())
        return self._fill("list", **self._filter(), items=self._items())

    def count(self) -> str:
        """How many."""
        fact, dates = self._fact, ""
        if len(fact.items) == 2 and (fact.total or 0) > 2:
            first, last = fact.items
            dates = self._pick(
                f": desde el {self._date(first)} {_mark(first)} hasta el {self._date(last)} {_mark(last)}",
                f": from {self._date(first)} {_mark(first)} to {self._date(last)} {_mark(last)}",
            )
        elif fact.items:
            dates = f": {self._items()}"
        return self._fill("count", **self._filter(), dates=dates)

    def exists(self) -> str:
        """That it is there."""
        fact = self._fact
        if fact.detail == "text":
            return self._fill("exists.text")
        if fact.items and fact.items[0].value:
            total = fact.total or len(fact.items)
            values = self._pick(
                "1 valor" if total == 1 else f"{total} valores", "1 value" if total == 1 else f"{total} values"
            )
            return self._fill("exists.value", total_values=values)
        return self._fill("exists.beside" if fact.detail == "beside" else "exists", items=self._items())

    def when(self) -> str:
        """On which day."""
        fact = self._fact
        value = fact.items[0].value
        tail = f" ({value})" if value else ""
        if len(fact.items) > 1:
            return self._fill("when.many", items=self._items())
        if fact.total == 1 or fact.order is None:
            return self._fill("when.only", tail=tail)
        return self._fill(f"when.{fact.order}" if fact.order in ("latest", "first") else "when.only", tail=tail)

    def asked_of_entry(self) -> str:
        """Who, where, what dose, why: one sentence for each entry, with what is missing said."""
        fact, sentences = self._fact, []
        for item in fact.items:
            known = item.people if fact.say == "who" else item.note
            single = Composer(Fact(say=fact.say, about=fact.about, items=(item,)), self._language, self._today)
            sentences.append(single._fill(fact.say if known else f"{fact.say}.missing", dated=single._dated(item)))
        return " ".join(sentences)

    def status(self) -> str:
        """Whether it goes on."""
        item = self._fact.items[0]
        return self._fill("status.active" if item.status == "active" and item.until is None else "status.ended")

    def trend(self) -> str:
        """How it went."""
        fact = self._fact
        if len(fact.items) < 2:
            return self._fill("single")
        first, last, *extremes = fact.items
        more = ""
        if len(extremes) == 2:
            low, high = extremes
            more = PHRASES["extremes"][self._language].format(
                low=low.value, low_mark=_mark(low), high=high.value, high_mark=_mark(high)
            )
        return self._fill(
            "trend", **self._ends(first, last), extremes=more, direction=_word(_TRENDS, fact.detail, self._language)
        )

    def change(self) -> str:
        """How much it changed."""
        fact = self._fact
        if len(fact.items) < 2:
            return self._fill("single")
        difference = f"{write_number(abs(fact.number or 0))} {fact.unit or ''}".strip()
        direction = _word(_CHANGES, fact.detail, self._language)
        return self._fill("change", **self._ends(*fact.items[:2]), difference=difference, direction=direction)

    def _ends(self, first: Item, last: Item) -> dict[str, str]:
        return {
            "first_value": first.value or "",
            "first_date": self._date(first),
            "first_mark": _mark(first),
            "last_value": last.value or "",
            "last_date": self._date(last),
            "last_mark": _mark(last),
            "first_name": first.name,
            "last_name": last.name,
            "first_dated": self._dated(first),
            "last_dated": self._dated(last),
        }

    def average(self) -> str:
        """The mean."""
        fact = self._fact
        number = f"{write_number(fact.number or 0)} {fact.unit or ''}".strip()
        return self._fill("average", **self._ends(fact.items[0], fact.items[-1]), number=number)

    def normal(self) -> str:
        """Whether it lies within its reference range."""
        fact = self._fact
        if fact.detail is None:
            return self._fill("normal.unknown")
        return self._fill(
            "normal.known", verdict=_word(_VERDICTS, fact.detail, self._language), range=fact.items[0].note or ""
        )

    def duration(self) -> str:
        """How long it lasted."""
        item = self._fact.items[0]
        if item.on is None:
            return self._fill("duration.missing")
        if item.until is not None:
            return self._fill("duration.ended", span=write_span(item.on, item.until, self._language))
        if item.status == "active":
            return self._fill("duration.active", span=write_span(item.on, self._today, self._language))
        return self._fill("duration.missing")

    def interval(self) -> str:
        """How much time lies between two things."""
        first, last = self._fact.items[:2]
        span = write_span(first.on, last.on, self._language) if first.on and last.on else "?"
        return self._fill("interval", **self._ends(first, last), span=span)

    def age_at(self) -> str:
        """How old the patient was."""
        years = round(self._fact.number or 0)
        return self._fill(
            "age_at",
            years=self._pick(
                f"{years} {'año' if years == 1 else 'años'}", f"{years} {'year' if years == 1 else 'years'}"
            ),
        )

    def note(self) -> str:
        """What a note says."""
        return " ".join(
            Composer(Fact(say="note", items=(item,)), self._language, self._today)._fill(self._fact.say)
            for item in self._fact.items
        )

    def person(self) -> str:
        """The patient's own data."""
        fact, item = self._fact, self._fact.items[0] if self._fact.items else Item()
        field = fact.detail or ""
        if field == "missing":
            return self._fill("person.missing", value=FIELD_NAMES[self._language][fact.about])
        value = item.value or ""
        if field in ("age", "age_dead"):
            years = round(fact.number or 0)
            value = self._pick(
                f"{years} {'año' if years == 1 else 'años'}", f"{years} {'year' if years == 1 else 'years'}"
            )
        if field == "gender":
            value = GENDERS[self._language].get(value, value)
        return self._fill(f"person.{field}", value=value)

    def summary(self) -> str:
        """Who the patient is and how much is known."""
        fact, dates = self._fact, ""
        if len(fact.items) == 2:
            first, last = fact.items
            dates = self._pick(f", entre {first.on} y {last.on}", f", between {first.on} and {last.on}")
        return self._fill("summary", who=fact.about, dates=dates)

    def absent(self) -> str:
        """That it is not in the record."""
        return self._fill("absent.but" if self._fact.items else "absent")

    def refusal(self) -> str:
        """That a record cannot answer it."""
        return self._fill(f"refusal.{self._fact.detail}")


_Words = Mapping[str | None, Mapping[Language, str]]
_TRENDS: _Words = {
    "up": {"es": "ha subido", "en": "it has risen"},
    "down": {"es": "ha bajado", "en": "it has fallen"},
    "level": {"es": "se mantiene estable", "en": "it has stayed stable"},
    "level_up": {
        "es": "se mantiene casi estable, con una ligera subida",
        "en": "it has stayed nearly stable, rising slightly",
    },
    "level_down": {
        "es": "se mantiene casi estable, con una ligera bajada",
        "en": "it has stayed nearly stable, falling slightly",
    },
}
_CHANGES: _Words = {
    "up": {"es": "ha subido", "en": "has risen by"},
    "down": {"es": "ha bajado", "en": "has fallen by"},
    "level": {"es": "se mantiene igual, con una diferencia de", "en": "is unchanged, a difference of"},
    "level_up": {"es": "se mantiene casi estable: ha subido", "en": "has stayed nearly stable: it has risen by"},
    "level_down": {"es": "se mantiene casi estable: ha bajado", "en": "has stayed nearly stable: it has fallen by"},
}
_VERDICTS: _Words = {
    "within": {"es": "dentro de", "en": "within"},
    "above": {"es": "por encima de", "en": "above"},
    "below": {"es": "por debajo de", "en": "below"},
}


def _word(words: _Words, key: str | None, language: Language) -> str:
    return words[key][language]


def _mark(item: Item) -> str:
    return f"[{item.n}]" if item.n is not None else ""


def _capital(text: str) -> str:
    return text[:1].upper() + text[1:]


_WRITERS: Mapping[Say, Callable[[Composer], str]] = {
    "value": Composer.value,
    "list": Composer.list,
    "count": Composer.count,
    "exists": Composer.exists,
    "when": Composer.when,
    "who": Composer.asked_of_entry,
    "where": Composer.asked_of_entry,
    "dose": Composer.asked_of_entry,
    "reason": Composer.asked_of_entry,
    "status": Composer.status,
    "trend": Composer.trend,
    "change": Composer.change,
    "average": Composer.average,
    "normal": Composer.normal,
    "duration": Composer.duration,
    "interval": Composer.interval,
    "age_at": Composer.age_at,
    "note": Composer.note,
    "mentioned": Composer.note,
    "person": Composer.person,
    "summary": Composer.summary,
    "absent": Composer.absent,
    "missing": Composer.absent,
    "refusal": Composer.refusal,
}
