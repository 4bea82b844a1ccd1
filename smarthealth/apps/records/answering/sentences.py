"""Parts of sentences: dates, states, enumerations of a fact, in the answer's language."""

from __future__ import annotations

from datetime import date

import attrs

from smarthealth.apps.records.understanding.question import Language

from .facts import Fact, Item
from .nouns import NOUNS, STATUS_WORDS, Noun
from .phrases import PHRASES
from .wording import enumerate_texts, write_date


@attrs.frozen
class Speech:
    """Puts parts of one fact into words."""

    fact: Fact
    language: Language
    today: date

    def pick(self, spanish: str, english: str) -> str:
        """The text of the answer's language."""
        return spanish if self.language == "es" else english

    def fill(self, phrase: str, **more: str) -> str:
        """A phrase, filled with what most phrases need and what this one needs besides."""
        text = PHRASES[phrase][self.language].format_map(self._slots() | more)
        return " ".join(text.split()).replace(" ,", ",").replace(" .", ".").replace(" :", ":").replace(" ;", ";")

    def _slots(self) -> dict[str, str]:
        fact = self.fact
        first = fact.items[0] if fact.items else Item()
        noun = self.noun()
        total = fact.total if fact.total is not None else len(fact.items)
        return {
            "about": fact.about,
            "About": capital(fact.about),
            "about_of": self._about_of(),
            "period": f" {fact.period}" if fact.period else "",
            "state": self.state(),
            "total": str(total),
            "Consta": "Consta" if total == 1 else "Constan",
            "distinct": self.distinct(),
            "noun": noun.one,
            "Noun": capital(noun.one),
            "nouns": self._nouns(noun, total),
            "the": self.pick("La" if noun.feminine else "El", "The"),
            "last": "última" if noun.feminine else "último",
            "first": "primera" if noun.feminine else "primer",
            "name": first.name or fact.about,
            "Name": capital(first.name or fact.about),
            "value": first.value or "",
            "note": first.note or "",
            "people": enumerate_texts(first.people, self.language),
            "status": self.status(first),
            "date": self.date(first),
            "dated": self.dated(first),
            "mark": mark(first),
            "times": self.times(total),
            "nth": str(fact.nth or 1),
            "cut": self.cut(),
            "tail": "",
        }

    def _about_of(self) -> str:
        fact = self.fact
        about = self.pick(f" de {fact.about}", f" of {fact.about}") if fact.about else ""
        return about + (self.pick(f" por {fact.reason}", f" for {fact.reason}") if fact.reason else "")

    def _nouns(self, noun: Noun, total: int) -> str:
        """The noun for so many; where the name of what it is about begins with it, a plainer one."""
        if self.fact.about.lower().startswith(noun.one.split(" ")[0]):
            noun = NOUNS[self.language]["entry"]
        return noun.one if total == 1 else noun.many

    def noun(self) -> Noun:
        """What entries of the fact's kind are called."""
        nouns = NOUNS[self.language]
        return nouns.get(self.fact.detail or "", nouns.get(self.fact.kind or "", nouns["entry"]))

    def date(self, item: Item) -> str:
        """The day of an item."""
        return write_date(item.on, self.language) if item.on else self.pick("fecha no registrada", "an unrecorded date")

    def dated(self, item: Item) -> str:
        """When an item was: on a day, or from one to another."""
        if item.on is None:
            return self.pick("sin fecha", "undated")
        if item.until is not None:
            since, until = write_date(item.on, self.language), write_date(item.until, self.language)
            return self.pick(f"del {since} al {until}", f"from {since} to {until}")
        return self.pick(f"el {self.date(item)}", f"on {self.date(item)}")

    def status(self, item: Item) -> str:
        """The state of an item."""
        status = item.status or ""
        return STATUS_WORDS[self.language].get(status, status)

    def state(self) -> str:
        """The state that the fact is limited to."""
        if self.fact.status is None:
            return ""
        active = self.fact.status == "active"
        spanish, english = (" en estado activo", "active ") if active else (" ya no activo", "no longer active ")
        if self.language == "es" and not active and self.fact.total != 1:
            spanish = " ya no activos"
        return self.pick(spanish, english)

    def times(self, count: int) -> str:
        """How often."""
        return self.pick("1 vez" if count == 1 else f"{count} veces", "once" if count == 1 else f"{count} times")

    def distinct(self) -> str:
        """How many different things, where that is another number than that of the entries."""
        fact = self.fact
        if fact.distinct is None or fact.distinct == fact.total:
            return ""
        return self.pick(f" ({fact.distinct} distintos)", f" ({fact.distinct} different)")

    def cut(self) -> str:
        """That not everything is shown, where that is so."""
        fact, shown = self.fact, len(self.fact.items)
        whole = fact.distinct or fact.total or 0
        return (
            self.pick(f"; se muestran {shown} de {whole}", f"; {shown} of {whole} are shown") if shown < whole else ""
        )

    def direction(self) -> str:
        """From which end is counted."""
        if self.fact.order == "latest":
            return self.pick("contando desde el más reciente", "counting from the latest")
        return self.pick("contando desde el más antiguo", "counting from the earliest")

    def items(self) -> str:
        """The fact's items as an enumeration."""
        return "; ".join(self.listed(item) for item in self.fact.items)

    def listed(self, item: Item) -> str:
        """One item of an enumeration, short, with its ISO date; what was said before it is not repeated."""
        parts = [f"{item.name} {item.value or ''}".strip()] if item.name != self.fact.about else [item.value or ""]
        if item.times > 1:
            last = self.pick("la última", "last")
            parts.append(f"{self.times(item.times)}, {last} {self._span(item)}" if item.on else self.times(item.times))
        elif item.on is not None:
            parts.append(self._span(item))
        if item.status and self.fact.status is None:
            parts.append(self.pick(f"estado {self.status(item)}", self.status(item)))
        if item.note:
            parts.append(item.note)
        return f"{', '.join(part for part in parts if part)} {mark(item)}".strip()

    def _span(self, item: Item) -> str:
        if item.until is not None:
            return self.pick(f"de {item.on} a {item.until}", f"{item.on} to {item.until}")
        if item.status == "active":
            return self.pick(f"desde {item.on}", f"since {item.on}")
        return f"{item.on}"


def mark(item: Item) -> str:
    """The mark of an item's source."""
    return f"[{item.n}]" if item.n is not None else ""


def capital(text: str) -> str:
    """A text with its first letter in upper case."""
    return text[:1].upper() + text[1:]
