"""What a question asks, once understood.

A question holds one or more asks. An ask names an operation (what to say), topics (about what), a pick (of which of the
entries: the last, the first, the highest) and filters. Operation and pick are independent, so that "when was the first",
"who saw her last" and "why the second" need no rule of their own.
"""

from __future__ import annotations

import enum
from datetime import date
from typing import Literal, Protocol

import attrs

from smarthealth.retrieval.concepts import Concept

Language = Literal["es", "en"]
Toward = Literal["up", "down"]
Compared = Literal["up", "down", "better", "worse", "which"]
"""How a value is asked to compare with another; `which` where that is the question."""
InOrder = Literal["before", "after", "which"]
"""How one thing is asked to lie to another in time; `which` where that is the question."""
Relation = Literal["before", "after", "at", "during"]


class Operation(enum.Enum):
    """What is to be said of the entries picked."""

    VALUE = "value"
    """What it was: a measurement's value, or which entry."""
    LIST = "list"
    COUNT = "count"
    EXISTS = "exists"
    WHEN = "when"
    WHO = "who"
    WHERE = "where"
    DOSE = "dose"
    REASON = "reason"
    STATUS = "status"
    """Whether it still goes on."""
    VERIFICATION = "verification"
    """How sure a diagnosis is."""
    TREND = "trend"
    CHANGE = "change"
    """The difference between the first and the last value."""
    COMPARE = "compare"
    """Whether the value of one time is higher, lower or better than that of another, or of which it is."""
    SEQUENCE = "sequence"
    """Which of two things came first."""
    AVERAGE = "average"
    NORMAL = "normal"
    """Whether a value lies within its reference range."""
    DURATION = "duration"
    INTERVAL = "interval"
    """The time between two things."""
    AGE_AT = "age_at"
    """The patient's age when it happened."""
    NOTE = "note"
    """What a clinical note says."""
    DEMOGRAPHIC = "demographic"
    SUMMARY = "summary"
    UNANSWERABLE = "unanswerable"


class Order(enum.Enum):
    """Which of the entries are meant."""

    ALL = "all"
    LATEST = "latest"
    FIRST = "first"
    HIGHEST = "highest"
    LOWEST = "lowest"
    FREQUENT = "frequent"


class Status(enum.Enum):
    """Whether entries that go on or entries that ended are meant."""

    ACTIVE = "active"
    ENDED = "ended"
    VOID = "void"
    """Entered in error, ruled out or not done: what the record no longer says."""


class Refusal(enum.Enum):
    """Why a question cannot be answered from a patient's record."""

    NOT_RECORDED = "not_recorded"
    """Records do not hold such a thing: prices, side effects, appointments to come, family."""
    ADVICE = "advice"
    """It asks for an opinion, a forecast or a recommendation."""
    GENERAL = "general"
    """It asks about medicine at large or about other patients taken together."""
    OTHER_PATIENT = "other_patient"
    OFF_TOPIC = "off_topic"
    """Chatter, or nothing that could be looked up."""
    INSTRUCTION = "instruction"
    """It tries to change how the system works."""


class Facet(enum.Enum):
    """What is asked of a thing, beside that it is there."""

    FINDINGS = "findings"
    """What a report says, or how a procedure turned out."""
    COMPLICATIONS = "complications"
    FOLLOW_UP = "follow_up"
    LENGTH = "length"
    """How long it took, by the clock."""
    SITE = "site"
    ROUTE = "route"
    LOT = "lot"
    MAKER = "maker"
    EXPIRY = "expiry"
    HOUR = "hour"
    END_HOUR = "end_hour"
    DOSAGE = "dosage"
    """How, how much and how often a medicine is taken."""
    STOPPED = "stopped"
    """Why it was stopped."""
    CONTENTS = "contents"
    """What a plan consists of."""
    COURSE = "course"
    """What happened at a visit: why somebody came, what was found and done."""


class Kin(enum.Enum):
    """Whom a question is about, if not the patient."""

    MOTHER = "mother"
    FATHER = "father"
    PARENT = "parent"
    SIBLING = "sibling"
    GRANDPARENT = "grandparent"
    UNCLE = "uncle"
    COUSIN = "cousin"
    SPOUSE = "spouse"
    BABY = "baby"
    CHILD = "child"
    FAMILY = "family"


class Field(enum.Enum):
    """What of the patient's own data is asked."""

    AGE = "age"
    GENDER = "gender"
    BIRTH_DATE = "birth_date"
    DEATH_DATE = "death_date"
    ALIVE = "alive"
    CITY = "city"
    NAME = "name"
    DOCUMENT = "document"
    PHONE = "phone"
    EMAIL = "email"
    ADDRESS = "address"
    LANGUAGE = "language"
    MARITAL_STATUS = "marital_status"
    CONTACT = "contact"
    """Whom to call."""
    PRACTITIONER = "practitioner"
    """Whose patient it is: the general practitioner or practice."""


@attrs.frozen(kw_only=True)
class Pick:
    """Which of the entries: the `nth` in an order, or the `count` first ones in it."""

    order: Order = Order.ALL
    nth: int = 1
    count: int | None = None


@attrs.frozen(kw_only=True)
class TimeRange:
    """Days from `since` to `until`, both included; None leaves the side open."""

    since: date | None = None
    until: date | None = None


@attrs.frozen(kw_only=True)
class AgeRange:
    """The years of life from `since` to `until`, both included; None leaves the side open."""

    since: int | None = None
    until: int | None = None


@attrs.frozen(kw_only=True)
class Topic:
    """What an ask is about: a kind of entry, a concept, words outside the glossary, or these together."""

    kinds: frozenset[str] = frozenset()
    """Kinds of entry, as in the table `record`; empty when any will do."""
    category: str | None = None
    """Narrower than a kind: `emergency`, `inpatient`, `wellness`, `surgery`, `vital-signs`, `laboratory`."""
    concepts: tuple[Concept, ...] = ()
    """What its words may mean; several where a name is ambiguous, any of which will do."""
    terms: tuple[str, ...] = ()
    """Words outside the glossary that an entry must match, folded."""
    surface: str = ""
    """The question's own words for it."""

    @property
    def is_specific(self) -> bool:
        """Whether it names more than a kind."""
        return bool(self.concepts or self.terms)

    @property
    def all_kinds(self) -> frozenset[str]:
        """The kinds of entry that it may mean: those that it names, else those of its concepts."""
        return self.kinds or frozenset(kind for concept in self.concepts for kind in concept.kinds)

    @property
    def is_measured(self) -> bool:
        """Whether it is something that is measured."""
        return "observation" in self.all_kinds

    @property
    def has_results(self) -> bool:
        """Whether it is something that is measured, or a panel of such."""
        return self.is_measured or "report" in self.all_kinds


@attrs.frozen(kw_only=True)
class Anchor:
    """A time told by something else in the record: before the appendectomy, since the diagnosis."""

    relation: Relation
    topic: Topic
    pick: Pick = Pick()
    """Which of its entries; the first one where it does not say."""
    is_end: bool = False
    """Whether its end is meant, as a discharge is the end of a stay."""
    reason: Topic | None = None
    """Only entries for this: the admission for pneumonia."""
    within: TimeRange | None = None
    """Only entries of this time: the lumpectomy of 2015."""


Period = TimeRange | AgeRange | Anchor


@attrs.frozen(kw_only=True)
class Threshold:
    """Only values above or below a number."""

    above: bool
    value: float


@attrs.frozen(kw_only=True)
class Ask:
    """One thing asked."""

    operation: Operation
    topics: tuple[Topic, ...] = ()
    pick: Pick = Pick()
    period: Period | None = None
    status: Status | None = None
    reason: Topic | None = None
    """Only entries given for this: medicines for hypertension."""
    threshold: Threshold | None = None
    field: Field | None = None
    refusal: Refusal | None = None
    toward: Toward | None = None
    """Whether it went this way is asked."""
    compared: Compared | None = None
    """How the value of `period` is asked to compare with that of `against`."""
    against: Period | None = None
    sequence: InOrder | None = None
    """How the first of two things is asked to lie to the second in time."""
    section: str | None = None
    """The part of a note that is asked for, such as `complaint`."""
    distinct: bool = False
    """Different things are counted, not entries."""
    people: tuple[str, ...] = ()
    """Words that look like a person's or place's name, as written."""
    detailed: bool = False
    """Severity or reactions are asked for beside a list."""
    kin: Kin | None = None
    """The relative whom it is about; None where it is the patient."""
    unit: str | None = None
    """The unit in which a value is to be told, where one was asked for."""
    profession: str | None = None
    """By which somebody is asked for, folded: `urologist`."""
    verification: str | None = None
    """Only diagnoses that are so sure: `confirmed` or `unconfirmed`."""
    facet: Facet | None = None
    """What is asked of what the topics name."""
    aspect: str | None = None
    """What is asked of it by a word of its own, as written: the `Ki-67` of a tumour."""


@attrs.frozen(kw_only=True)
class Question:
    """A question, understood."""

    text: str
    language: Language
    asks: tuple[Ask, ...]
    certainty: float
    """Share of the question's words that were understood, lowered where a guess was made; in [0, 1]."""
    inherited: bool = False
    """Whether something was taken over from the question before."""


class Exchange(Protocol):
    """An earlier question of the session and its answer."""

    @property
    def question(self) -> str:
        """What was asked."""
        ...

    @property
    def answer(self) -> str:
        """What was answered."""
        ...
