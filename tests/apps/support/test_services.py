"""What the application works with."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from smarthealth.apps.support.services import TokenRefused, utc_now


def test_now_has_a_zone() -> None:
    """Moments in the database have one."""
    assert abs((utc_now() - datetime.now(UTC)).total_seconds()) < 5


@pytest.mark.parametrize(("temporary", "words"), [(True, "temporary"), (False, "refused")])
def test_a_refused_token_says_whether_to_try_again(temporary: bool, words: str) -> None:
    """Without saying anything of the token."""
    error = TokenRefused(is_temporary=temporary)
    assert (error.is_temporary, str(error)) == (temporary, words)
