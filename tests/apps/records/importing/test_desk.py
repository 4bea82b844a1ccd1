"""The verdict on what is stored already."""

from __future__ import annotations

import itertools
from datetime import UTC, datetime

import pytest

from smarthealth.apps.records.importing.desk import Desk, Waits, content_hash
from smarthealth.apps.records.importing.errors import Malformed
from smarthealth.apps.records.importing.known import Known, Seen, Stored
from smarthealth.apps.records.importing.model import OrganizationContent, Resource
from smarthealth.apps.records.importing.plan import Ids
from smarthealth.apps.records.importing.report import Outcome
from smarthealth.apps.records.importing.rows import FailureRow, SeenRow
from smarthealth.apps.records.importing.waiting import unpack

OLD, NEW = (datetime(year, 1, 1, tzinfo=UTC) for year in (2019, 2020))


def desk(*, is_final: bool = False, seen: Seen | None = None) -> Desk:
    """A desk with plenty of ids."""
    ids = Ids(
        **{
            name: itertools.count(1)
            for name in ("patients", "practitioners", "organizations", "medications", "records")
        }
    )
    return Desk(known=Known(seen={"Organization/1": seen} if seen else {}), ids=ids, is_final=is_final)


def resource(last_updated: datetime | None = None, position: int = 1, *aliases: str) -> Resource:
    """An organization."""
    return Resource(
        file_id=1,
        position=position,
        type="Organization",
        fhir_id="Organization/1",
        last_updated=last_updated,
        aliases=aliases,
        content=OrganizationContent(name="x"),
    )


def stored(digest: str | None = "old", last_updated: datetime | None = None) -> Stored:
    """What is stored."""
    return Stored(id=1, content_hash=digest, last_updated=last_updated)


@pytest.mark.parametrize(
    ("before", "now", "outcome"),
    [
        (None, None, Outcome.NEW),
        (stored(None), None, Outcome.NEW),
        (stored("digest"), None, Outcome.UNCHANGED),
        (stored(), None, Outcome.CHANGED),
        (stored(last_updated=OLD), NEW, Outcome.CHANGED),
        (stored(last_updated=NEW), OLD, Outcome.UNCHANGED),
        (stored(last_updated=NEW), NEW, Outcome.CHANGED),
        (stored(last_updated=NEW), None, Outcome.CHANGED),
    ],
)
def test_what_says_the_same_or_is_older_is_not_written(
    before: Stored | None, now: datetime | None, outcome: Outcome
) -> None:
    """Equal content and older versions change nothing; who was known by name alone is new."""
    assert desk().verdict(resource(now), before, "digest") is outcome


ELSEWHERE = Seen(file_id=1, position=9)


def test_a_second_resource_of_an_id_waits_for_the_first() -> None:
    """While the first is not stored, the second waits; if it never is, the second takes its place."""
    with pytest.raises(Waits):
        desk(seen=ELSEWHERE).verdict(resource(), None, "digest")
    assert desk(seen=ELSEWHERE, is_final=True).verdict(resource(), None, "digest") is Outcome.NEW
    assert desk(seen=Seen(file_id=1, position=1)).verdict(resource(), None, "digest") is Outcome.NEW


def test_a_second_resource_of_an_id_must_agree_or_be_newer() -> None:
    """In one import the first of two that differ is kept, unless their versions tell which is newer."""
    with pytest.raises(Malformed, match="same id"):
        desk(seen=ELSEWHERE).verdict(resource(), stored(), "digest")
    assert desk(seen=ELSEWHERE).verdict(resource(), stored("digest"), "digest") is Outcome.UNCHANGED
    assert desk(seen=ELSEWHERE).verdict(resource(NEW), stored(last_updated=OLD), "digest") is Outcome.CHANGED


def test_a_batch_writes_a_resource_once() -> None:
    """A newer version in the same batch has the next one, in the last pass as well."""
    busy = desk(is_final=True)
    assert busy.verdict(resource(OLD), None, "one") is Outcome.NEW
    with pytest.raises(Waits):
        busy.verdict(resource(NEW), stored("one", OLD), "two")


def test_waiting_ends_with_the_last_pass() -> None:
    """There is something to wait for only until everything is read."""
    with pytest.raises(Waits):
        desk().wait_unless_final()
    desk(is_final=True).wait_unless_final()


def test_what_is_put_off_can_be_taken_up_again() -> None:
    """A waiting resource is kept whole, in the order of placing."""
    busy = desk()
    busy.put_off(resource(position=5))
    (row,) = busy.plan.waiting
    assert (row.file_id, row.rank, row.position) == (1, 0, 5)
    assert unpack(row.resource) == resource(position=5)


def test_failures_are_listed_and_counted() -> None:
    """A failure has its place and reason, under the resource's type or a name of its own."""
    busy = desk()
    busy.fail(resource(), "why")
    busy.fail(resource(), "why", "Part")
    assert busy.plan.failures == [
        FailureRow(file_id=1, position=1, resource_type="Organization", reason="why"),
        FailureRow(file_id=1, position=1, resource_type="Part", reason="why"),
    ]
    assert busy.plan.tally == {(1, "Organization", Outcome.FAILED): 1, (1, "Part", Outcome.FAILED): 1}


def test_the_first_is_seen_and_every_refusal() -> None:
    """Which entry brought an id is noted once; that it was refused overrides it."""
    busy = desk()
    busy.see(resource(position=1))
    busy.see(resource(position=2))
    assert busy.plan.seen == {"Organization/1": SeenRow(fhir_id="Organization/1", file_id=1, position=1, refused=False)}
    assert busy.is_second(resource(position=2))
    assert not busy.is_second(resource(position=1))
    busy.see(resource(position=3), refused=True)
    assert busy.known.seen["Organization/1"] == Seen(file_id=1, position=3, refused=True)


def test_who_has_a_name_first_keeps_it() -> None:
    """An alias that is known already is left to whom it belongs."""
    busy = desk()
    busy.known.aliases["taken"] = "Organization/2"
    busy.learn_aliases(resource(None, 1, "taken", "free"))
    assert list(busy.plan.aliases) == ["free"]
    assert busy.known.aliases == {"taken": "Organization/2", "free": "Organization/1"}


def test_digests_differ_with_content() -> None:
    """Equal content has equal digests, other content others."""
    assert content_hash("a", 1) == content_hash("a", 1)
    assert content_hash("a", 1) != content_hash("a", 2)
