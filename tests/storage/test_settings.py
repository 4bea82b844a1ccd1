from __future__ import annotations

import pytest
from psycopg.conninfo import conninfo_to_dict

from smarthealth.storage.settings import DatabaseSettings

PASSWORD = "it's a \\secret"


def test_nothing_set_means_embedded() -> None:
    """With no setting there is no connection string."""
    assert DatabaseSettings().dsn() is None


def test_a_url_is_taken_as_it_is() -> None:
    """`DATABASE_URL` wins over the other settings."""
    settings = DatabaseSettings(url="postgresql://u:p@h:1/d", host="other")
    assert settings.dsn() == "postgresql://u:p@h:1/d"


@pytest.mark.parametrize(
    ("url", "expected"),
    [
        ("postgresql+psycopg://u@h/d", "postgresql://u@h/d"),
        ("postgres+asyncpg://u@h/d", "postgres://u@h/d"),
        ("host=h dbname=d", "host=h dbname=d"),
    ],
)
def test_a_driver_in_a_url_is_passed_over(url: str, expected: str) -> None:
    """URLs written for another library name a driver, which is dropped."""
    assert DatabaseSettings(url=url).dsn() == expected


def test_parts_make_a_connection_string() -> None:
    """`DB_HOST` and the others are joined, with defaults for those that are missing."""
    settings = DatabaseSettings(host="db", port=6543, name="health", user="ana", password=PASSWORD)
    assert conninfo_to_dict(settings.dsn() or "") == {
        "host": "db",
        "port": "6543",
        "dbname": "health",
        "user": "ana",
        "password": PASSWORD,
    }
    assert conninfo_to_dict(DatabaseSettings(password=PASSWORD).dsn() or "") == {
        "host": "localhost",
        "port": "5432",
        "dbname": "smarthealth",
        "user": "postgres",
        "password": PASSWORD,
    }


def test_secrets_are_in_no_representation() -> None:
    """Neither the password nor the URL shows in `repr`, nor in the error about a wrong URL."""
    settings = DatabaseSettings(url="postgresql://u:geheim@h/d", password="geheim")
    assert "geheim" not in repr(settings)
    with pytest.raises(ValueError, match="DATABASE_URL is not") as caught:
        DatabaseSettings(url="postgresql://u:geheim@[h/d")
    assert "geheim" not in str(caught.value)


@pytest.mark.parametrize(
    "wrong",
    [
        {"port": 0},
        {"port": 65536},
        {"host": ""},
        {"pool_size": 0},
        {"connect_timeout": 0.0},
        {"statement_timeout": -1.0},
    ],
)
def test_values_out_of_range_are_refused(wrong: dict[str, object]) -> None:
    """A value that cannot be meant is refused."""
    with pytest.raises(ValueError, match=next(iter(wrong))):
        DatabaseSettings(**wrong)  # type: ignore[arg-type] # each is wrong on purpose
