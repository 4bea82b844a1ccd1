"""`smarthealth users …` and `smarthealth token`."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import jwt
import pytest
import trio

from smarthealth.server.passwords import Passwords
from smarthealth.storage.pool import open_pool
from smarthealth.storage.users import User, Users

if TYPE_CHECKING:
    from tests.cli.conftest import Ran, Run

pytestmark = pytest.mark.usefixtures("database")
ANA = ("ana@clinic.example", "--name", "Ana Ruiz", "--role", "clinician")
SECRET = "0123456789abcdef0123456789abcdef"


def stored(dsn: str, email: str) -> User:
    """A user as the database has it."""

    async def find() -> User | None:
        async with open_pool(dsn, size=1) as pool:
            return await Users(pool).find_by_email(email)

    user = trio.run(find)
    assert user is not None
    return user


def is_good(password: str, user: User) -> bool:
    """Whether a password is the user's."""
    return trio.run(Passwords().check, password, user.password_hash).good


def test_a_password_is_made_and_said_once(run: Run, database: str) -> None:
    """Without a password given, one is made that nobody guesses, printed, and good for signing in."""
    ran = run("users", "add", *ANA)
    made = re.fullmatch(r"user 1 ana@clinic\.example added\npassword: (\S{20,})\n", ran.output)
    assert (ran.code, ran.errors) == (0, "")
    assert made is not None
    user = stored(database, "ana@clinic.example")
    assert (user.full_name, user.role) == ("Ana Ruiz", "clinician")
    assert is_good(made[1], user)


@pytest.mark.parametrize("ending", ["", "\n", "\r\n"])
def test_a_password_is_read_from_standard_input(run: Run, database: str, ending: str) -> None:
    """With --password-stdin the first line is the password, and it is not printed."""
    ran = run("users", "add", *ANA, "--password-stdin", typed=f" a long password{ending}")
    assert (ran.code, ran.output) == (0, "user 1 ana@clinic.example added\n")
    assert is_good(" a long password", stored(database, "ana@clinic.example"))


def failure(ran: Ran) -> str:
    """The one sentence of a command that was not done."""
    assert (ran.code, ran.output) == (1, "")
    assert ran.errors.startswith("smarthealth: ")
    assert ran.errors.count("\n") == 1
    return ran.errors


@pytest.mark.parametrize("password", ["", "short", "x" * 11])
def test_a_short_password_is_refused(run: Run, password: str) -> None:
    """A password of fewer than twelve characters is not taken."""
    assert "12 characters or more" in failure(run("users", "add", *ANA, "--password-stdin", typed=password))


def test_what_cannot_be_added_is_said(run: Run) -> None:
    """An address without an @, or one that has a user, is refused in words."""
    assert "an address with an @" in failure(run("users", "add", "ana", *ANA[1:]))
    run("users", "add", *ANA)
    assert "exists" in failure(run("users", "add", "ANA@clinic.example", *ANA[1:]))


def test_users_are_listed(run: Run) -> None:
    """Each user is a line with number, address, name and role; who was shut out has the day of it."""
    run("users", "add", *ANA)
    run("users", "add", "bea@clinic.example", "--name", "Bea [x]", "--role", "admin")
    assert run("users", "disable", "BEA@clinic.example").output == "BEA@clinic.example disabled\n"
    heading, ana, bea = run("users", "list").output.splitlines()
    assert heading.split() == ["id", "email", "name", "role", "since", "disabled"]
    assert re.fullmatch(r" 1\s+ana@clinic\.example\s+Ana Ruiz\s+clinician\s+\d{4}-\d\d-\d\d\s*", ana)
    assert re.fullmatch(r" 2\s+bea@clinic\.example\s+Bea \[x\]\s+admin(\s+\d{4}-\d\d-\d\d){2}\s*", bea)


def test_nobody_cannot_be_disabled(run: Run) -> None:
    """Shutting out somebody who is not there is not done."""
    assert "no user has the address leo@x" in failure(run("users", "disable", "leo@x"))


def test_a_token_is_printed(run: Run, environment: pytest.MonkeyPatch) -> None:
    """The token alone is printed, good for as long as asked."""
    environment.setenv("SECRET_KEY", SECRET)
    run("users", "add", *ANA)
    ran = run("token", "ana@clinic.example", "--ttl", "90")
    claims = jwt.decode(ran.output.strip(), SECRET, algorithms=["HS256"], options={"verify_aud": False})
    assert (claims["sub"], claims["exp"] - claims["iat"]) == ("1", 90)


def test_who_was_shut_out_gets_no_token(run: Run) -> None:
    """Nobody, and somebody disabled, get no token."""
    run("users", "add", *ANA)
    run("users", "disable", "ana@clinic.example")
    assert "no user in good standing" in failure(run("token", "ana@clinic.example"))
