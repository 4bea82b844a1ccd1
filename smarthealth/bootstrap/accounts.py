"""Users and their tokens, outside of a running server."""

from __future__ import annotations

from typing import Final

from smarthealth.server.passwords import LONGEST_PASSWORD, Passwords
from smarthealth.server.signing_secret import load_or_make_secret
from smarthealth.server.tokens import Tokens, read_keys
from smarthealth.settings import Settings
from smarthealth.storage.errors import InvalidData
from smarthealth.storage.users import Role, User

from .errors import StartError
from .stores import Stores, data_folder

DEMO_EMAIL: Final = "demo@smarthealth.local"


async def add_user(stores: Stores, *, email: str, full_name: str, role: Role, password: str) -> User:
    """Add a user who signs in with a password.

    Raises:
        StartError: The address, the name or the password cannot be used.
        EmailTaken: The address has a user already.
        StorageError: The database failed.
    """
    if len(password) > LONGEST_PASSWORD:
        raise StartError(f"a password has at most {LONGEST_PASSWORD} characters")
    password_hash = await Passwords().hash(password)
    try:
        return await stores.users.add(email=email, full_name=full_name, role=role, password_hash=password_hash)
    except InvalidData:
        raise StartError("a user has an address with an @, and a name") from None


async def issue_token(settings: Settings, stores: Stores, email: str, ttl: float | None = None) -> str:
    """A token for a user in good standing, signed with this installation's key.

    Raises:
        StartError: There is no such user, or the user is disabled.
        ConfigurationError: There is no usable key.
    """
    user = await stores.users.find_by_email(email)
    if user is None or user.disabled_at is not None:
        raise StartError(f"no user in good standing has the address {email}; see: smarthealth users list")
    tokens = open_tokens(settings)
    return tokens.issue(user_id=user.id, email=user.email, name=user.full_name, role=user.role, ttl=ttl)


def open_tokens(settings: Settings) -> Tokens:
    """What signs and checks tokens: with the key that is set, else with the one kept in the data folder.

    Raises:
        ConfigurationError: There is no usable key.
    """
    server = settings.server
    secret = server.secret_key
    if secret is None and server.token_algorithm == "HS256":
        secret = load_or_make_secret(data_folder(settings))
    return Tokens(read_keys(server, secret), server)
