"""Users and their tokens, outside of a running server."""

from __future__ import annotations

import stat
from pathlib import Path
from typing import TYPE_CHECKING

import jwt
import pytest

from smarthealth.bootstrap.accounts import add_user, issue_token, open_tokens
from smarthealth.bootstrap.errors import StartError
from smarthealth.bootstrap.stores import Stores
from smarthealth.server.errors import ConfigurationError
from smarthealth.server.passwords import LONGEST_PASSWORD, Passwords
from smarthealth.storage.pool import Pool
from smarthealth.storage.users import EmailTaken, User

if TYPE_CHECKING:
    from tests.bootstrap.conftest import MakeSettings

SECRET = "0123456789abcdef0123456789abcdef"


@pytest.fixture
def stores(pool: Pool) -> Stores:
    """Stores over the tests' database."""
    return Stores.over(pool)


async def add(stores: Stores, **changed: str) -> User:
    """Add Ana."""
    given = {"email": "Ana@clinic.example", "full_name": "Ana Ruiz", "password": "a long password"} | changed
    return await add_user(stores, role="clinician", **given)


async def test_a_user_signs_in_with_the_password_given(stores: Stores) -> None:
    """The address is kept in lower case, and the password only as what checks it."""
    user = await add(stores)
    assert (user.email, user.full_name, user.role) == ("ana@clinic.example", "Ana Ruiz", "clinician")
    assert "password" not in user.password_hash
    assert (await Passwords().check("a long password", user.password_hash)).good


@pytest.mark.parametrize(
    ("field", "value", "reason"),
    [
        ("email", "ana", "an address with an @"),
        ("full_name", " ", "and a name"),
        ("password", "x" * (LONGEST_PASSWORD + 1), f"at most {LONGEST_PASSWORD} characters"),
    ],
)
async def test_what_cannot_be_a_user_is_said_in_words(stores: Stores, field: str, value: str, reason: str) -> None:
    """A bad address, no name, or a password without end is refused, and nobody is added."""
    with pytest.raises(StartError, match=reason):
        await add(stores, **{field: value})
    assert await stores.users.list() == []


async def test_an_address_has_one_user(stores: Stores) -> None:
    """A second user of the same address is refused, whatever its case."""
    await add(stores)
    with pytest.raises(EmailTaken):
        await add(stores, email="ANA@clinic.example")


async def test_a_token_is_signed_with_the_key_that_is_set(make_settings: MakeSettings, stores: Stores) -> None:
    """With SECRET_KEY set, tokens bear its signature and the time asked for, and no file is made."""
    user = await add(stores)
    settings = make_settings(SECRET_KEY=SECRET)
    token = await issue_token(settings, stores, "ANA@clinic.example", ttl=60)
    claims = jwt.decode(token, SECRET, algorithms=["HS256"], options={"verify_aud": False})
    assert (claims["sub"], claims["exp"] - claims["iat"]) == (str(user.id), 60)
    assert not settings.general.data.exists()


async def test_without_a_key_one_is_kept_in_the_data_folder(make_settings: MakeSettings, stores: Stores) -> None:
    """A key is made once, for its owner alone, and tokens signed with it are good at the next start."""
    await add(stores)
    token = await issue_token(make_settings(), stores, "ana@clinic.example")
    assert open_tokens(make_settings()).check(token).email == "ana@clinic.example"
    files = [path for path in make_settings().general.data.iterdir() if path.is_file()]
    assert [stat.S_IMODE(path.stat().st_mode) for path in files] == [0o600]


async def test_nobody_and_the_disabled_get_no_token(make_settings: MakeSettings, stores: Stores) -> None:
    """Who is not there, or was shut out, gets none, and the message says where to look."""
    await add(stores)
    await stores.users.disable("ana@clinic.example")
    for email in ("ana@clinic.example", "leo@clinic.example"):
        with pytest.raises(StartError, match=f"{email}; see: smarthealth users list"):
            await issue_token(make_settings(), stores, email)


def test_a_public_key_algorithm_needs_its_keys(make_settings: MakeSettings, tmp_path: Path) -> None:
    """Another algorithm than HS256 takes no key of the data folder, and says that it has none."""
    with pytest.raises(ConfigurationError):
        open_tokens(make_settings(SMARTHEALTH_TOKEN_ALGORITHM="RS256"))
    assert not (tmp_path / "data").exists()
