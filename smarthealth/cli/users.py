"""`smarthealth users …` and `smarthealth token`: who may sign in."""

from __future__ import annotations

import secrets
import sys
from collections.abc import Awaitable, Callable
from typing import TYPE_CHECKING, Annotated, Literal

import trio
import typer
from rich.console import Console
from rich.table import Table
from rich.text import Text

from .failing import CommandError
from .preparing import prepare

if TYPE_CHECKING:
    from smarthealth.bootstrap.stores import Stores
    from smarthealth.settings import Settings

Role = Literal["clinician", "patient", "admin"]
SHORTEST_PASSWORD = 12
"""Characters: NIST SP 800-63B asks for 8 at least, and for 15 where it is the only factor."""
MADE_PASSWORD_BYTES = 15

users = typer.Typer(no_args_is_help=True, help="Add, list and disable users.")


def register(app: typer.Typer) -> None:
    """Add the commands."""
    app.add_typer(users, name="users")
    app.command("token")(token)


@users.command("add")
def add(
    email: Annotated[str, typer.Argument(help="address to sign in with")],
    name: Annotated[str, typer.Option(help="full name")],
    role: Annotated[Role, typer.Option(help="what the user may do; the records are for clinicians and admins")],
    password_stdin: Annotated[
        bool, typer.Option("--password-stdin", help="read the password from standard input instead of making one")
    ] = False,
) -> None:
    """Add a user; without --password-stdin a password is made and printed once."""
    from smarthealth.bootstrap.accounts import add_user

    password = _read_password() if password_stdin else secrets.token_urlsafe(MADE_PASSWORD_BYTES)

    async def work(settings: Settings, stores: Stores) -> None:
        user = await add_user(stores, email=email, full_name=name, role=role, password=password)
        print(f"user {user.id} {user.email} added")
        if not password_stdin:
            print(f"password: {password}")

    with_stores(work)


@users.command("list")
def list_users() -> None:
    """List all users."""

    async def work(settings: Settings, stores: Stores) -> None:
        table = Table("id", "email", "name", "role", "since", "disabled", box=None)
        for user in await stores.users.list():
            disabled = f"{user.disabled_at:%Y-%m-%d}" if user.disabled_at else ""
            cells = (str(user.id), user.email, user.full_name, user.role, f"{user.created_at:%Y-%m-%d}", disabled)
            table.add_row(*map(Text, cells))
        Console().print(table)

    with_stores(work)


@users.command("disable")
def disable(email: Annotated[str, typer.Argument(help="address of the user")]) -> None:
    """Shut a user out: no new sign-in, tokens refused, open connections closed within half a minute."""

    async def work(settings: Settings, stores: Stores) -> None:
        if not await stores.users.disable(email):
            raise CommandError(f"no user has the address {email}")
        print(f"{email} disabled")

    with_stores(work)


def token(
    email: Annotated[str, typer.Argument(help="address of the user")],
    ttl: Annotated[float | None, typer.Option(help="seconds that the token is good for", min=1)] = None,
) -> None:
    """Print a token for a user, signed with this installation's key."""
    from smarthealth.bootstrap.accounts import issue_token

    async def work(settings: Settings, stores: Stores) -> None:
        print(await issue_token(settings, stores, email, ttl))

    with_stores(work)


def with_stores(work: Callable[[Settings, Stores], Awaitable[None]]) -> None:
    """Run a command's work with the settings of the environment and the database open."""
    from smarthealth.bootstrap.stores import open_stores

    settings = prepare()

    async def run() -> None:
        async with open_stores(settings) as stores:
            await work(settings, stores)

    trio.run(run)


def _read_password() -> str:
    password = sys.stdin.readline().rstrip("\r\n")
    if len(password) < SHORTEST_PASSWORD:
        raise CommandError(f"a password has {SHORTEST_PASSWORD} characters or more")
    return password
