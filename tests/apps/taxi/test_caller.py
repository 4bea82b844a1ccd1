from __future__ import annotations

from uuid import UUID

import attrs

from smarthealth.apps.taxi.caller import Caller

ANYBODY = Caller(user_id=None, address=None, connection_id="1", thread_name="test-123")


def test_threads_have_any_names() -> None:
    """A UUID is itself; another name always gives the same one."""
    name = "550e8400-e29b-41d4-a716-446655440000"
    assert attrs.evolve(ANYBODY, thread_name=name).thread_id == UUID(name)
    assert ANYBODY.thread_id == attrs.evolve(ANYBODY, connection_id="2").thread_id
    assert ANYBODY.thread_id != attrs.evolve(ANYBODY, thread_name="test-124").thread_id


def test_a_user_s_thread_is_what_may_be_busy() -> None:
    """Another user's is another one."""
    assert ANYBODY.key != attrs.evolve(ANYBODY, user_id=7).key
