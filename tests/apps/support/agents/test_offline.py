"""The offline model's way with the requests of the specialists."""

from __future__ import annotations

from typing import Any

from smarthealth.apps.support.agents.offline import compose
from smarthealth.apps.support.agents.phrases import PHRASES
from smarthealth.apps.support.agents.prompts import build_request
from smarthealth.apps.support.caller import Caller
from smarthealth.apps.support.case import Case
from smarthealth.apps.support.knowledge.library import Source
from smarthealth.apps.support.knowledge.matching import Found
from smarthealth.llm.port import Image
from tests.apps.support.conftest import OpenHost

CALLER = Caller(user_id=7, name="Ana", address=None, connection_id="c", session_name="s")
NO_STEP: dict[str, Any] = {"fault": "", "begins": True, "repeated": False, "ask": "", "advice": "", "service": ""}


def told(agent: str, facts: dict[str, Any], *passages: tuple[str, str], images: tuple[Image, ...] = ()) -> str:
    """What the offline model says to a specialist's request with these passages: a kind and a text each."""
    case = Case(caller=CALLER, message="hm", language="en", images=images)
    sources = [
        Found(
            source=Source(id=f"m#{number}", file="m.md", title="M", section="Car › Wheels", kind=kind, text=text),
            coverage=1.0,
            score=1.0,
        )
        for number, (kind, text) in enumerate(passages)
    ]
    return "".join(map(str, compose(build_request(agent, case, "hm", facts, sources))))


def test_passages_are_quoted_with_their_marks() -> None:
    """What only comes near is told as that."""
    passages = (("text", "Pump  it up."), ("row", "Rim; Figure: 17 in"))
    assert told("specs", {"answered": True}, *passages) == "Pump it up [1].\nRim: 17 in (Wheels) [2]."
    near = told("specs", {"answered": False}, passages[0])
    assert near == f"{PHRASES['en'].comes_nearest}\nPump it up [1]."
    assert told("specs", {"answered": False}) == PHRASES["en"].not_in_manual


def test_faults_that_have_no_tree() -> None:
    """Are told of from the manual; where that has nothing more is asked. A fault that goes on is not named again."""
    assert "The manual has this on it" in told("troubleshooting", NO_STEP, ("text", "Check the horn."))
    assert "what do you hear" in told("troubleshooting", NO_STEP)
    asked = {**NO_STEP, "begins": False, "fault": "brakes that squeal", "repeated": True, "ask": "Is it wet?"}
    assert told("troubleshooting", asked) == "I did not understand that as yes or no.\nIs it wet? (yes or no)"
    assert told("troubleshooting", {**NO_STEP, "advice": "Wait."}) == "Wait."
    both = told("troubleshooting", {**NO_STEP, "ask": "Is it wet?"}, ("text", "A squeal is normal."))
    assert both.endswith("A squeal is normal [1].\nIs it wet? (yes or no)")


def test_greetings_name_the_car() -> None:
    """And so does what is none of our business."""
    assert "your Quetzal" in told("none", {"kind": "greeting"})
    assert "your Quetzal" in told("none", {"kind": "other"})


def test_pictures_are_not_looked_at() -> None:
    """Which is said beside the answer."""
    image = Image(media_type="image/png", data=b"x")
    assert "cannot look at pictures" in told("none", {"kind": "greeting"}, images=(image,))
    assert PHRASES["en"].cannot_see in told("specs", {"answered": False}, images=(image,))


async def test_what_specialists_say(host: OpenHost) -> None:
    """Figures with their marks, columns of the version asked for, and what the documents do not say."""
    async with host() as server:
        client = server.connect()
        answer = await client.answer("What is the engine power of the hybrid?")
        assert "98 kW" in answer
        assert "[1]" in answer
        assert (await client.answer("¿Cuál es la distancia entre ejes?")).startswith("Según el manual")
        assert "do not say" in await client.answer("what is the torque of the zeppelin gondola hyperdrive")
        assert "Hello" in await client.answer("hello")
        assert "welcome" in await client.answer("thanks")
        assert "none of the things" in await client.answer("who won the world cup")


async def test_what_is_said_of_appointments(host: OpenHost) -> None:
    """Comes from the rows of the workshop, which a tool is asked for."""
    async with host() as server:
        assert "70.00 dollars" in await server.connect().answer("how much is a wheel alignment at the workshop?")


async def test_what_is_said_of_faults(host: OpenHost) -> None:
    """The fault, the question, once more the question, the advice with its marks, and the workshop."""
    async with host() as server:
        client = server.connect()
        assert "This sounds like" in await client.answer("my brakes squeal")
        assert "I did not understand" in await client.answer("I don't know")
        advice = await client.answer("yes")
        assert "[1]" in advice
        assert "workshop can help" in advice
