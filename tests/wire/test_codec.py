import json
from collections.abc import Mapping
from datetime import UTC, datetime
from pathlib import Path

import attrs
import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from smarthealth.testing.fuzzing import broken_texts
from smarthealth.testing.golden import check_golden
from smarthealth.wire.codec import Codec
from smarthealth.wire.errors import Fault, WireError
from smarthealth.wire.fields import length, uuid_text

SESSION = "3cdd8d2a-6b0f-4a52-93f2-2c8b54a0aaf1"


@attrs.frozen(kw_only=True)
class Query:
    session_id: str = attrs.field(validator=uuid_text())
    document_type_id: int
    question: str = attrs.field(validator=length(1, 4000))


@attrs.frozen(kw_only=True)
class Ping:
    pass


@attrs.frozen(kw_only=True)
class Token:
    token: str
    session_id: str


@attrs.frozen(kw_only=True)
class Usage:
    prompt: int
    completion: int | msgspec.UnsetType = msgspec.UNSET


@attrs.frozen(kw_only=True)
class Complete:
    text: str
    confidence: float
    at: datetime
    audio: bytes = b""
    note: str | None = None
    usage: Usage | msgspec.UnsetType = msgspec.UNSET
    sources: tuple[Usage, ...] = ()
    extra: Mapping[str, object] = attrs.field(factory=dict)


@attrs.frozen(kw_only=True)
class Pong:
    pass


Command = Query | Ping
Event = Token | Complete | Pong

EVENTS: dict[str, type[Event]] = {"token": Token, "complete": Complete, "pong": Pong}
CODEC = Codec[Command, Event](commands={"query": Query, "ping": Ping}, events=EVENTS)
CLIENT = Codec[Event, Ping](commands=EVENTS, events={"ping": Ping})
WITHOUT_TAG = Codec[Command, Event](commands={"query": Query, "ping": Ping}, events=EVENTS, default_command="query")

QUERY = {"type": "query", "session_id": SESSION, "document_type_id": 8, "question": "¿Qué alergias tiene?"}


def _query(**changes: object) -> str:
    return json.dumps({name: value for name, value in {**QUERY, **changes}.items() if value != "absent"})


def test_commands_are_decoded() -> None:
    """A frame becomes the attrs object of its tag; names that the command does not know are ignored."""
    assert CODEC.decode('{"type": "ping", "later": {"more": 1e999}}') == Ping()
    expected = Query(session_id=SESSION, document_type_id=8, question="¿Qué alergias tiene?")
    assert CODEC.decode(_query()) == expected
    assert WITHOUT_TAG.decode(_query(type="absent")) == expected
    assert WITHOUT_TAG.decode(_query(type=None)) == expected
    assert WITHOUT_TAG.decode('{"type": "ping"}') == Ping()


@pytest.mark.parametrize(
    ("text", "fault", "path"),
    [
        ("", Fault.NOT_JSON, ""),
        ("ping", Fault.NOT_JSON, ""),
        ('{"type": "ping", "type": "query"}', Fault.NOT_JSON, ""),
        ('{"type": "ping", "a": NaN}', Fault.NOT_JSON, ""),
        ("[" * 60_000, Fault.NOT_JSON, ""),
        ("[]", Fault.NOT_AN_OBJECT, ""),
        ('"ping"', Fault.NOT_AN_OBJECT, ""),
        ("null", Fault.NOT_AN_OBJECT, ""),
        ("{}", Fault.MISSING_FIELD, "type"),
        ('{"type": null}', Fault.MISSING_FIELD, "type"),
        ('{"type": 3}', Fault.WRONG_TYPE, "type"),
        ('{"type": ["ping"]}', Fault.WRONG_TYPE, "type"),
        ('{"type": "Ping"}', Fault.UNKNOWN_TYPE, "type"),
        ('{"type": "token"}', Fault.UNKNOWN_TYPE, "type"),
        (_query(session_id="absent"), Fault.MISSING_FIELD, "session_id"),
        (_query(session_id="me"), Fault.BAD_VALUE, "session_id"),
        (_query(session_id=None), Fault.WRONG_TYPE, "session_id"),
        (_query(document_type_id="8"), Fault.WRONG_TYPE, "document_type_id"),
        (_query(document_type_id=True), Fault.WRONG_TYPE, "document_type_id"),
        (_query(document_type_id=10**30), Fault.BAD_VALUE, "document_type_id"),
        (_query(question=" "), Fault.BAD_VALUE, "question"),
        (_query(question="\0"), Fault.BAD_VALUE, "question"),
        (_query(question="\ud800"), Fault.BAD_VALUE, "question"),
        (_query(question="a" * 4001), Fault.TOO_LONG, "question"),
    ],
)
def test_other_frames_are_refused(text: str, fault: Fault, path: str) -> None:
    """Every bad frame is a `WireError` that names its fault and its field."""
    with pytest.raises(WireError) as refused:
        CODEC.decode(text)
    assert (refused.value.fault, refused.value.path) == (fault, path)


@given(broken_texts([_query(), '{"type": "ping"}']))
def test_any_text_is_decoded_or_refused(text: str) -> None:
    """Decoded or `WireError`, nothing else; what is decoded obeys the limits of its fields."""
    path, command = "", None
    try:
        command = CODEC.decode(text)
    except WireError as error:
        path = error.path
    assert path in {"", "type", "session_id", "document_type_id", "question"}
    assert not isinstance(command, Query) or 1 <= len(command.question) <= 4000


usages = st.builds(Usage, prompt=st.integers(0, 2**53 - 1), completion=st.just(msgspec.UNSET) | st.integers(0, 9))
texts = st.text(st.characters(codec="utf-8", exclude_characters="\0"))
values = st.recursive(
    st.none() | st.booleans() | st.integers(-(2**53), 2**53) | texts,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(texts, inner, max_size=3),
    max_leaves=5,
)
events = st.one_of(
    st.builds(Token, token=texts, session_id=texts),
    st.just(Pong()),
    st.builds(
        Complete,
        text=texts,
        confidence=st.floats(0, 1),
        at=st.datetimes(timezones=st.just(UTC)),
        audio=st.binary(),
        note=st.none() | texts,
        usage=st.just(msgspec.UNSET) | usages,
        sources=st.lists(usages, max_size=3).map(tuple),
        extra=st.dictionaries(texts, values, max_size=3),
    ),
)


@given(events)
def test_what_is_encoded_is_decoded_to_the_same(event: Event) -> None:
    """A client with the same classes reads back every event as it was."""
    frame = CODEC.encode(event)
    assert next(iter(json.loads(frame))) == "type"
    assert CLIENT.decode(frame) == event


def test_frames_are_the_golden_ones() -> None:
    """Frames stay as they are on disk: unset fields left out, None as null, bytes as base64, letters unescaped."""
    at = datetime(2024, 12, 8, 10, 30, tzinfo=UTC)
    frames = {
        "token": CODEC.encode(Token(token='El "niño" ', session_id=SESSION)),
        "pong": CODEC.encode(Pong()),
        "complete": CODEC.encode(Complete(text="", confidence=0.5, at=at)),
        "complete-full": CODEC.encode(
            Complete(
                text="Sí",
                confidence=1.0,
                at=at,
                audio=b"\0\1",
                note="n",
                usage=Usage(prompt=1),
                sources=(Usage(prompt=1, completion=2),),
                extra={"a": [None]},
            )
        ),
    }
    check_golden(Path(__file__).parent / "golden", frames)


def test_only_events_of_the_protocol_are_encoded() -> None:
    """An object of another class is an error of ours, told by its class."""
    with pytest.raises(TypeError, match="Ping is no event"):
        CODEC.encode(Ping())  # type: ignore[arg-type]  # the wrong type is the point


def test_a_number_that_json_lacks_is_sent_as_null() -> None:
    """NaN never reaches a client, whose parser might refuse the whole frame."""
    assert '"confidence":null' in CODEC.encode(Complete(text="", confidence=float("nan"), at=datetime.now(UTC)))


@attrs.frozen(kw_only=True)
class Typed:
    type: str


def test_protocols_that_mix_up_tags_are_refused() -> None:
    """An event has one tag, and no field that stands where the tag stands."""
    with pytest.raises(TypeError, match="two tags"):
        Codec[Ping, Pong](commands={}, events={"a": Pong, "b": Pong})
    with pytest.raises(TypeError, match="Typed has a field named like the tag: type"):
        Codec[Ping, Typed](commands={}, events={"a": Typed})


def test_both_sides_are_published_as_schemas() -> None:
    """Commands require what a client must send, and events what the server always sends."""
    assert CODEC.commands_schema()["oneOf"] == [{"$ref": "#/$defs/Query"}, {"$ref": "#/$defs/Ping"}]
    assert WITHOUT_TAG.commands_schema()["$defs"]["Query"]["required"] == [  # type: ignore[index]  # a JSON value
        "session_id",
        "document_type_id",
        "question",
    ]
    assert CODEC.events_schema()["$defs"]["Usage"]["required"] == ["prompt"]  # type: ignore[index]  # a JSON value
