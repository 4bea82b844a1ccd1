"""Which database, and how it is used."""

from __future__ import annotations

import re
from typing import Any, Final

import attrs
import psycopg
from psycopg.conninfo import conninfo_to_dict, make_conninfo

from .pool import DEFAULT_CONNECT_TIMEOUT, DEFAULT_SIZE, DEFAULT_STATEMENT_TIMEOUT

_DRIVER: Final = re.compile(r"^(postgres(?:ql)?)\+\w+://")
"""URLs written for SQLAlchemy name a driver, which libpq does not know."""

_DEFAULT_HOST: Final = "localhost"
_DEFAULT_PORT: Final = 5432
_DEFAULT_NAME: Final = "smarthealth"
_DEFAULT_USER: Final = "postgres"

_optional_text: Final = attrs.validators.optional(attrs.validators.min_len(1))


def _without_driver(url: str | None) -> str | None:
    return None if url is None else _DRIVER.sub(r"\1://", url)


def _is_connection_string(instance: object, attribute: attrs.Attribute[str | None], value: str | None) -> None:
    """The message may not repeat the value, which holds a password."""
    if value is None:
        return
    try:
        conninfo_to_dict(value)
    except psycopg.ProgrammingError:
        raise ValueError("DATABASE_URL is not a connection string such as postgresql://user@host/database") from None


@attrs.frozen(kw_only=True)
class DatabaseSettings:
    """Where the database is. With nothing set, the embedded server is used."""

    url: str | None = attrs.field(
        default=None,
        repr=False,
        converter=_without_driver,
        validator=_is_connection_string,
        metadata={
            "env": "DATABASE_URL",
            "help": "PostgreSQL to use instead of the embedded one, as a URL; wins over DB_HOST and the others",
            "secret": True,
        },
    )
    host: str | None = attrs.field(
        default=None,
        validator=_optional_text,
        metadata={
            "env": "DB_HOST",
            "help": f"host of the PostgreSQL to use ({_DEFAULT_HOST} when another DB_… is set)",
        },
    )
    port: int | None = attrs.field(
        default=None,
        validator=attrs.validators.optional([attrs.validators.ge(1), attrs.validators.le(65535)]),
        metadata={"env": "DB_PORT", "help": f"its port ({_DEFAULT_PORT})"},
    )
    name: str | None = attrs.field(
        default=None,
        validator=_optional_text,
        metadata={"env": "DB_NAME", "help": f"name of the database ({_DEFAULT_NAME})"},
    )
    user: str | None = attrs.field(
        default=None,
        validator=_optional_text,
        metadata={"env": "DB_USER", "help": f"user to connect as ({_DEFAULT_USER})"},
    )
    password: str | None = attrs.field(
        default=None,
        repr=False,
        metadata={"env": "DB_PASSWORD", "help": "that user's password", "secret": True},
    )
    pool_size: int = attrs.field(
        default=DEFAULT_SIZE,
        validator=[attrs.validators.ge(1), attrs.validators.le(1000)],
        metadata={"env": "DB_POOL_SIZE", "help": "most connections to the database at once, per process"},
    )
    connect_timeout: float = attrs.field(
        default=DEFAULT_CONNECT_TIMEOUT,
        validator=attrs.validators.gt(0),
        metadata={"env": "DB_CONNECT_TIMEOUT", "help": "seconds for one attempt to connect, at least 2"},
    )
    statement_timeout: float = attrs.field(
        default=DEFAULT_STATEMENT_TIMEOUT,
        validator=attrs.validators.ge(0),
        metadata={"env": "DB_STATEMENT_TIMEOUT", "help": "seconds after which a statement is given up, 0 for never"},
    )

    def dsn(self) -> str | None:
        """Connection string of the database that the settings name, None when they name none: use the embedded one."""
        if self.url is not None:
            return self.url
        given: dict[str, Any] = {
            "host": self.host,
            "port": self.port,
            "dbname": self.name,
            "user": self.user,
            "password": self.password,
        }
        if all(value is None for value in given.values()):
            return None
        return make_conninfo(
            "",
            host=self.host or _DEFAULT_HOST,
            port=self.port or _DEFAULT_PORT,
            dbname=self.name or _DEFAULT_NAME,
            user=self.user or _DEFAULT_USER,
            password=self.password,
        )
