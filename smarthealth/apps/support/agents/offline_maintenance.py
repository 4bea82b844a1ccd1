"""The offline model's way with appointments: which tool to call, and what to say of its result."""

from __future__ import annotations

import itertools
from collections.abc import Iterator, Mapping, Sequence
from datetime import date, time
from typing import Any, Final

import attrs
import msgspec

from smarthealth.llm.offline import Piece
from smarthealth.llm.port import ChatRequest, ToolCall

from .phrases import Phrases
from .prompts import Prompt

SERVICES_NAMED: Final = 6
LISTED: Final = 6
"""Visits, or prices, that are listed."""


@attrs.frozen(kw_only=True)
class _Result:
    """One answered call."""

    tool: str
    arguments: Mapping[str, Any]
    value: Mapping[str, Any]

    @property
    def error(self) -> str:
        """Why there is none, empty when there is one."""
        return str(self.value.get("error", ""))


def maintenance(prompt: Prompt, phrases: Phrases, request: ChatRequest) -> Iterator[Piece]:
    """Call the next tool, or say what came of those that were called."""
    results = _results(request)
    number = itertools.count(len(results) + 1)

    def call(tool: str, **arguments: object) -> ToolCall:
        text = msgspec.json.encode({name: value for name, value in arguments.items() if value is not None}).decode()
        return ToolCall(id=f"offline-{next(number)}", name=tool, arguments=text)

    desk = _Desk(prompt=prompt, phrases=phrases, wish=prompt.facts["wish"], call=call)
    yield desk.begin() if not results else desk.go_on(results[-1])


def _results(request: ChatRequest) -> list[_Result]:
    """What was called since the person spoke, in order."""
    found: list[_Result] = []
    calls: dict[str, ToolCall] = {}
    for message in request.messages:
        if message.role == "user":
            found = []
        calls.update({call.id: call for call in message.tool_calls})
        if message.role == "tool" and message.tool_call_id in calls:
            call = calls[message.tool_call_id]
            found.append(_Result(tool=call.name, arguments=_object(call.arguments), value=_object(message.content)))
    return found


def _object(text: str) -> Mapping[str, Any]:
    try:
        value = msgspec.json.decode(text)
    except msgspec.DecodeError:
        return {"error": text}
    return value if isinstance(value, dict) else {"error": text}


@attrs.frozen(kw_only=True)
class _Desk:
    prompt: Prompt
    phrases: Phrases
    wish: Mapping[str, Any]
    call: Any

    def begin(self) -> Piece:
        """The first step."""
        wish = self.wish
        if wish["declined"]:
            return self.phrases.declined
        match wish["intent"]:
            case "prices":
                return self._call("list_prices")
            case "cancel" | "move" | "list":
                return self._call("list_appointments")
            case "slots":
                return self._find()
            case _:
                return self._book()

    def go_on(self, result: _Result) -> Piece:
        """The step after a result."""
        if result.error:
            return self._after_error(result)
        match result.tool:
            case "list_prices":
                return self._prices(result.value)
            case "list_appointments":
                return self._visits(result.value)
            case "find_slots":
                return self._offer(result.value)
            case "book_appointment":
                told = self.phrases.booked if result.value["new"] else self.phrases.booked_already
                return told.format(visit=self._visit(result.value["appointment"]))
            case "move_appointment":
                was = self.phrases.moment(result.value["was"])
                return self.phrases.moved.format(visit=self._visit(result.value["appointment"]), was=was)
            case _:
                return self.phrases.cancelled.format(visit=self._visit(result.value["appointment"]))

    def _call(self, tool: str, **arguments: object) -> ToolCall:
        made: ToolCall = self.call(tool, **arguments)
        return made

    def _book(self) -> Piece:
        wish = self.wish
        if wish["service"] is None:
            names = ", ".join(self._name(one) for one in self.prompt.facts["services"][:SERVICES_NAMED])
            return self.phrases.which_service.format(services=names)
        if wish["begins"] is None:
            return self._find()
        return self._call(
            "book_appointment", service=wish["service"], begins=wish["begins"], registration=wish["registration"]
        )

    def _find(self, part: str | None = None) -> ToolCall:
        wish = self.wish
        return self._call("find_slots", service=wish["service"], day=wish["day"] or None, part=part or self._part())

    def _part(self) -> str:
        """The part of the day: as it was said, or as the hour says."""
        part: str = self.wish["part"]
        if part == "any" and self.wish["at"] is not None:
            return "morning" if time.fromisoformat(self.wish["at"]) < time(12) else "afternoon"
        return part

    def _after_error(self, result: _Result) -> Piece:
        """A time that cannot be had is answered with others; anything else with its reason."""
        if result.tool in ("book_appointment", "move_appointment") and "no such" not in result.error:
            return self._find("any")
        return self.phrases.reason(result.error)

    def _offer(self, value: Mapping[str, Any]) -> str:
        name = self._service_name(value["service"])
        slots: Sequence[str] = value["slots"]
        if not slots:
            return self.phrases.full.format(service=name)
        day = date.fromisoformat(slots[0][:10])
        times = ", ".join(slot[11:] for slot in slots)
        asked_for = self.wish["begins"] is not None and self.wish["intent"] in ("book", "move", "slots")
        if asked_for and self.wish["begins"] in slots:
            asked_for = False
        text = self.phrases.offer_other if asked_for else self.phrases.offer
        return text.format(service=name, day=self.phrases.day(day), times=times)

    def _visits(self, value: Mapping[str, Any]) -> Piece:
        visits = value["open"]
        if self.wish["intent"] == "list":
            return self._list(visits, value["past"])
        meant = self._meant(visits)
        if not visits:
            return self.phrases.none_open
        if len(meant) != 1:
            return self.phrases.which_visit.format(visits=self._listed(visits))
        visit = meant[0]
        if self.wish["intent"] == "cancel":
            return self._call("cancel_appointment", appointment=visit["number"])
        if self.wish["begins"] is None:
            if self.wish["day"] is None:
                return self.phrases.when.format(visit=self._visit(visit))
            return self._call("find_slots", service=visit["service"], day=self.wish["day"], part=self._part())
        return self._call("move_appointment", appointment=visit["number"], begins=self.wish["begins"])

    def _meant(self, visits: Sequence[Mapping[str, Any]]) -> list[Mapping[str, Any]]:
        """The visits that a wish may mean: the one of its number, else those of its service, and when cancelling its day."""
        wish = self.wish
        if wish["appointment"] is not None:
            return [one for one in visits if one["number"] == wish["appointment"]]
        meant = [one for one in visits if wish["service"] in (None, one["service"])] or list(visits)
        if len(meant) > 1 and wish["intent"] == "cancel" and wish["day"] is not None:
            meant = [one for one in meant if one["begins"].startswith(wish["day"])] or meant
        return meant

    def _list(self, visits: Sequence[Mapping[str, Any]], past: Sequence[Mapping[str, Any]]) -> str:
        now = self.phrases.open_visits.format(visits=self._listed(visits)) if visits else self.phrases.none_open
        before = self.phrases.past_visits.format(visits=self._listed(past)) if past else self.phrases.nothing_past
        return f"{now}\n{before}"

    def _listed(self, visits: Sequence[Mapping[str, Any]]) -> str:
        return "; ".join(map(self._visit, visits[:LISTED])) + "."

    def _visit(self, visit: Mapping[str, Any]) -> str:
        name = self._name(visit)
        if visit["registration"]:
            name = f"{name} ({visit['registration']})"
        when = self.phrases.moment(visit["begins"])
        told = self.phrases.visit.format(name=name, when=when, number=visit["number"], price=visit["price"])
        return told + self.phrases.states[visit["state"]]

    def _prices(self, value: Mapping[str, Any]) -> str:
        services = value["services"]
        mine = [one for one in services if one["code"] == self.wish["service"]]
        if mine:
            one = mine[0]
            name = self._name(one)
            return self.phrases.price.format(
                name=name[0].upper() + name[1:], price=one["price"], minutes=one["minutes"]
            )
        if self.prompt.facts["other_price"]:
            return self.phrases.other_price.format(services=", ".join(map(self._name, services)))
        prices = "; ".join(f"{self._name(one)} {one['price']}" for one in services)
        hours = ", ".join(
            f"{self.phrases.days[int(day)]} {opens} - {closes}" for day, (opens, closes) in value["hours"].items()
        )
        return f"{self.phrases.prices.format(prices=prices)} {self.phrases.hours.format(hours=hours)}"

    def _name(self, one: Mapping[str, Any]) -> str:
        return str(one[f"name_{self.prompt.language}"])

    def _service_name(self, code: str) -> str:
        return next((self._name(one) for one in self.prompt.facts["services"] if one["code"] == code), code)
