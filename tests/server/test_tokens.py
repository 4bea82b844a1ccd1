"""Tokens."""

from __future__ import annotations

import base64
import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import jwt
import pytest
from cryptography.hazmat.primitives.asymmetric import ec, ed25519, rsa
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat, PublicFormat
from hypothesis import given
from hypothesis import strategies as st

from smarthealth.server.errors import ConfigurationError
from smarthealth.server.settings import ServerSettings
from smarthealth.server.tokens import BadToken, Tokens, read_keys

SECRET = "a secret that is long enough for HS256"
OLD_SECRET = "an older secret that is long enough as well"
NOW = 1_800_000_000.0
CLAIMS: dict[str, Any] = {
    "sub": "123",
    "iat": int(NOW),
    "exp": int(NOW) + 3600,
    "iss": "smarthealth",
    "aud": "smarthealth",
    "type": "access",
}


def tokens(settings: ServerSettings | None = None, secret: str = SECRET, now: float = NOW) -> Tokens:
    """Tokens at a fixed time."""
    settings = settings or ServerSettings()
    return Tokens(read_keys(settings, secret), settings, clock=lambda: now)


def sign(claims: dict[str, Any], key: Any = SECRET, algorithm: str = "HS256", **header: Any) -> str:
    """A token of somebody else's making."""
    return jwt.encode(claims, key, algorithm, headers=header or None)


def test_token_names_its_user() -> None:
    """What was issued is what is read."""
    mine = tokens()
    token = mine.issue(user_id=7, email="ana@example.org", name="Ana", role="admin")
    principal = mine.check(token)
    assert (principal.user_id, principal.email, principal.name, principal.role) == (
        7,
        "ana@example.org",
        "Ana",
        "admin",
    )
    assert principal.expires_at == NOW + mine.ttl
    claims = jwt.decode(token, options={"verify_signature": False})
    assert {name: claims[name] for name in ("sub", "iss", "aud", "type")} == {
        "sub": "7",
        "iss": "smarthealth",
        "aud": "smarthealth",
        "type": "access",
    }


def test_time_to_live_can_be_chosen() -> None:
    """A token for a script may be shorter or longer."""
    assert (
        tokens().check(tokens().issue(user_id=7, email="a@b", name="A", role="patient", ttl=60)).expires_at == NOW + 60
    )


def test_token_with_the_agreed_claims_alone_is_good() -> None:
    """Email, name and role are there where known; a user without a role is a clinician."""
    principal = tokens().check(sign(CLAIMS))
    assert (principal.user_id, principal.email, principal.name, principal.role) == (123, None, None, "clinician")
    assert tokens().check(sign(CLAIMS | {"email": 5, "name": ["x"]})).email is None


@pytest.mark.parametrize("claim", ["sub", "iat", "exp", "iss", "aud", "type"])
def test_every_required_claim_is_required(claim: str) -> None:
    """A token without one of them is none."""
    with pytest.raises(BadToken):
        tokens().check(sign({name: value for name, value in CLAIMS.items() if name != claim}))


@pytest.mark.parametrize(
    "change",
    [
        {"type": "refresh"},
        {"iss": "another"},
        {"aud": "another"},
        {"sub": "ana"},
        {"sub": "-1"},
        {"sub": "0"},
        {"sub": "1.5"},
        {"sub": "٣"},
        {"sub": "9" * 19},
        {"exp": int(NOW) - 11},
        {"exp": "soon"},
        {"exp": [1]},
        {"exp": 1e999},
        {"iat": int(NOW) + 11},
        {"nbf": int(NOW) + 11},
        {"role": "root"},
        {"role": ["admin"]},
        {"aud": ["another", "third"]},
    ],
)
def test_token_that_is_wrong_in_one_thing_is_bad(change: dict[str, Any]) -> None:
    """Kind, issuer, audience, subject, times and role are all held against what is asked."""
    with pytest.raises(BadToken):
        tokens().check(sign(CLAIMS | change))


@pytest.mark.parametrize("change", [{"exp": int(NOW) - 9}, {"iat": int(NOW) + 9}, {"nbf": int(NOW) + 9}])
def test_clocks_may_differ_a_little(change: dict[str, Any]) -> None:
    """The leeway holds for every time."""
    tokens().check(sign(CLAIMS | change))


@pytest.mark.parametrize("user_id", [1, "7"])
def test_subject_must_be_a_text(user_id: object) -> None:
    """As RFC 7519 has it, a number is no subject."""
    if isinstance(user_id, str):
        assert tokens().check(sign(CLAIMS | {"sub": user_id})).user_id == 7
        return
    head, _, signature = sign(CLAIMS).split(".")
    body = base64.urlsafe_b64encode(json.dumps(CLAIMS | {"sub": user_id}).encode()).rstrip(b"=").decode()
    with pytest.raises(BadToken):
        tokens().check(f"{head}.{body}.{signature}")


def test_algorithm_is_pinned() -> None:
    """Neither `none` nor another HMAC nor a public key used as a secret is taken."""
    long = SECRET * 2
    for bad in (sign(CLAIMS, "", "none"), sign(CLAIMS, long, "HS512"), sign(CLAIMS, long, "HS384")):
        with pytest.raises(BadToken):
            tokens(secret=long).check(bad)


def test_other_secrets_are_not_ours() -> None:
    """A signature by another secret is none, with or without our kid."""
    kid = jwt.get_unverified_header(tokens().issue(user_id=1, email="a@b", name="A", role="admin"))["kid"]
    for bad in (sign(CLAIMS, OLD_SECRET), sign(CLAIMS, OLD_SECRET, kid=kid)):
        with pytest.raises(BadToken):
            tokens().check(bad)


def test_keys_rotate_by_kid() -> None:
    """Tokens of a previous secret stay good, named or not; new ones are signed with the new; strangers' names are refused."""
    old = tokens(secret=OLD_SECRET).issue(user_id=7, email="a@b", name="A", role="admin")
    both = tokens(ServerSettings(previous_secret_keys=(OLD_SECRET,)))
    assert both.check(old).user_id == 7
    assert both.check(sign(CLAIMS, OLD_SECRET)).user_id == 123
    new = both.issue(user_id=7, email="a@b", name="A", role="admin")
    assert jwt.get_unverified_header(new)["kid"] != jwt.get_unverified_header(old)["kid"]
    assert tokens().check(new).user_id == 7
    for bad in (old, sign(CLAIMS, kid="unknown"), sign(CLAIMS, OLD_SECRET)):
        with pytest.raises(BadToken):
            tokens().check(bad)


@given(st.text(max_size=300))
def test_anything_is_a_token_or_bad(text: str) -> None:
    """No text makes checking fail otherwise."""
    with pytest.raises(BadToken):
        tokens().check(text)


def test_endless_token_is_not_looked_at() -> None:
    """A good token that is too long is bad."""
    with pytest.raises(BadToken):
        tokens().check(sign(CLAIMS | {"padding": "x" * 5000}))


@pytest.mark.parametrize("settings", [ServerSettings(), ServerSettings(previous_secret_keys=("short",))])
def test_short_secrets_stop_the_start(settings: ServerSettings) -> None:
    """A secret under 32 bytes is refused, also one that is still taken."""
    with pytest.raises(ConfigurationError):
        read_keys(settings, "short" if not settings.previous_secret_keys else SECRET)


Write = Callable[[str, Any], Path]


@pytest.fixture
def write(tmp_path: Path) -> Write:
    """Write a key as PEM."""

    def write_it(name: str, key: Any) -> Path:
        path = tmp_path / name
        if hasattr(key, "private_bytes"):
            path.write_bytes(key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()))
        else:
            path.write_bytes(key.public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo))
        return path

    return write_it


RSA = rsa.generate_private_key(65537, 2048)
ED25519 = ed25519.Ed25519PrivateKey.generate()
OLD_ED25519 = ed25519.Ed25519PrivateKey.generate()


@pytest.mark.parametrize(("algorithm", "key"), [("RS256", RSA), ("EdDSA", ED25519)])
def test_key_pairs_sign_and_check(algorithm: Any, key: Any, write: Write) -> None:
    """With a private key in a file, its public half is what checks."""
    settings = ServerSettings(token_algorithm=algorithm, token_key_file=write("key.pem", key))
    mine = tokens(settings)
    assert mine.check(mine.issue(user_id=7, email="a@b", name="A", role="admin")).user_id == 7
    public = key.public_key().public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo)
    header = base64.urlsafe_b64encode(b'{"alg":"HS256","typ":"JWT"}').rstrip(b"=").decode()
    body = base64.urlsafe_b64encode(json.dumps(CLAIMS).encode()).rstrip(b"=").decode()
    import hashlib
    import hmac

    tag = (
        base64.urlsafe_b64encode(hmac.digest(public, f"{header}.{body}".encode(), hashlib.sha256)).rstrip(b"=").decode()
    )
    with pytest.raises(BadToken):
        mine.check(f"{header}.{body}.{tag}")


def test_key_pairs_rotate(write: Write) -> None:
    """The public half of a previous key keeps its tokens good."""
    old = ServerSettings(token_algorithm="EdDSA", token_key_file=write("old.pem", OLD_ED25519))
    token = tokens(old).issue(user_id=7, email="a@b", name="A", role="admin")
    new = ServerSettings(
        token_algorithm="EdDSA",
        token_key_file=write("new.pem", ED25519),
        previous_token_key_files=(write("old.pub.pem", OLD_ED25519.public_key()),),
    )
    assert tokens(new).check(token).user_id == 7


def test_wrong_keys_stop_the_start(write: Write, tmp_path: Path) -> None:
    """A missing, unreadable, foreign or weak key is refused with a reason."""
    curve = write("curve.pem", ec.generate_private_key(ec.SECP256R1()))
    weak = write("weak.pem", rsa.generate_private_key(65537, 1024))
    nonsense = tmp_path / "nonsense.pem"
    nonsense.write_text("nothing")
    good = write("good.pem", ED25519)
    for settings in (
        ServerSettings(token_algorithm="RS256"),
        ServerSettings(token_algorithm="RS256", token_key_file=tmp_path / "missing.pem"),
        ServerSettings(token_algorithm="RS256", token_key_file=nonsense),
        ServerSettings(token_algorithm="RS256", token_key_file=curve),
        ServerSettings(token_algorithm="RS256", token_key_file=weak),
        ServerSettings(token_algorithm="RS256", token_key_file=good),
        ServerSettings(token_algorithm="EdDSA", token_key_file=write("rsa.pem", RSA)),
        ServerSettings(token_algorithm="EdDSA", token_key_file=good, previous_token_key_files=(good,)),
    ):
        with pytest.raises(ConfigurationError):
            read_keys(settings, None)


def test_a_token_that_was_good_is_still_held_against_the_clock() -> None:
    """What was verified once is not verified again, but its times are looked at whenever it is used."""
    clock = [NOW]
    settings = ServerSettings()
    mine = Tokens(read_keys(settings, SECRET), settings, clock=lambda: clock[0])
    token = mine.issue(user_id=7, email="ana@example.org", name="Ana", role="admin", ttl=60)
    first = mine.check(token)
    assert mine.check(token) == first
    clock[0] += 60 + settings.token_leeway + 1
    with pytest.raises(BadToken):
        mine.check(token)
    clock[0] = NOW - settings.token_leeway - 1
    with pytest.raises(BadToken):
        mine.check(token)


def test_kept_tokens_are_bounded(monkeypatch: pytest.MonkeyPatch) -> None:
    """The oldest verified token makes way for a new one, and is verified again when it comes back."""
    monkeypatch.setattr("smarthealth.server.tokens.MOST_VERIFIED", 2)
    mine = tokens()
    given = [mine.issue(user_id=number, email="", name="", role="admin") for number in range(1, 5)]
    for _ in range(2):
        assert [mine.check(token).user_id for token in given] == [1, 2, 3, 4]
