"""Settings of the server."""

from __future__ import annotations

from typing import Any

import attrs
import pytest

from smarthealth.server.settings import ServerSettings


def test_every_setting_is_named_and_explained_once() -> None:
    """Each field can be set from the environment, under a name of its own, and says what it means."""
    names = [field.metadata["env"] for field in attrs.fields(ServerSettings)]
    assert len(set(names)) == len(names)
    assert all(field.metadata["help"] for field in attrs.fields(ServerSettings))


def test_secrets_are_not_shown() -> None:
    """No representation of the settings holds a secret, and secret fields say that they are."""
    shown = repr(ServerSettings(secret_key="a" * 40, previous_secret_keys=("b" * 40,)))
    assert "aaaa" not in shown
    assert "bbbb" not in shown
    secret = {field.name for field in attrs.fields(ServerSettings) if field.metadata.get("secret")}
    assert secret == {"secret_key", "previous_secret_keys"}


@pytest.mark.parametrize(
    "field", ["workers", "token_ttl", "queries_per_minute", "connections_per_user", "send_timeout"]
)
def test_bounds_are_checked(field: str) -> None:
    """A number that would switch a bound off is refused."""
    with pytest.raises(ValueError, match=field):
        attrs.evolve(ServerSettings(), **dict[str, Any]([(field, 0)]))


def test_shell_gets_the_limits_that_were_set() -> None:
    """What bounds a peer is what the settings say."""
    limits = ServerSettings(max_message_size=1234, ping_interval=7.0, max_connections=9, compression=True).limits()
    assert (limits.max_message_size, limits.read_ahead) == (1234, 1234)
    assert (limits.ping_interval, limits.max_connections, limits.compression) == (7.0, 9, True)
