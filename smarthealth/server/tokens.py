"""Tokens: who they name, who signed them, how long they are good.

One algorithm is set, and no other is ever taken, whatever a token says of itself. Keys rotate: the current one signs, those
before it are still good for checking. A token names its key by `kid`; one that names none is tried against each.
"""

from __future__ import annotations

import hashlib
import math
import re
import time
from collections.abc import Callable, Mapping, Sequence
from typing import Any, get_args

import attrs
import jwt
from cryptography.exceptions import UnsupportedAlgorithm
from cryptography.hazmat.primitives.asymmetric import ed25519, rsa
from cryptography.hazmat.primitives.serialization import (
    Encoding,
    PublicFormat,
    load_pem_private_key,
    load_pem_public_key,
)

from smarthealth.conversation.application import Principal, Role

from .errors import ConfigurationError
from .settings import Algorithm, ServerSettings
from .signing_secret import check_secret

LONGEST_TOKEN = 4096
"""Characters; longer ones are not looked at."""
ACCESS = "access"
REQUIRED = ["sub", "iat", "exp", "iss", "aud", "type"]
TIMES = frozenset({"iat", "exp", "nbf"})
MOST_VERIFIED = 4096
"""Good tokens whose claims are kept, about 1 KiB each."""
USER_ID = re.compile(r"[1-9][0-9]{0,17}")
SMALLEST_RSA_KEY = 2048
"""Bits: RFC 7518, section 3.3."""
KID_LENGTH = 12

VerifyingKey = bytes | rsa.RSAPublicKey | ed25519.Ed25519PublicKey
SigningKey = bytes | rsa.RSAPrivateKey | ed25519.Ed25519PrivateKey


class BadToken(Exception):
    """Not a token of ours, or one that is good no more; which of the two is nobody's business."""


@attrs.frozen(kw_only=True)
class Keys:
    """What signs, and what is believed."""

    algorithm: Algorithm
    signing: SigningKey = attrs.field(repr=False)
    kid: str
    """Of the signing key."""
    verifying: Mapping[str, VerifyingKey] = attrs.field(repr=False)
    """By kid, the current one first."""


def read_keys(settings: ServerSettings, secret: str | None) -> Keys:
    """The keys that the settings name.

    Args:
        settings: Algorithm and key files.
        secret: For HS256, what `SECRET_KEY` or the data folder holds.

    Raises:
        ConfigurationError: A key is missing, weak, of another kind, or cannot be read.
    """
    if settings.token_algorithm == "HS256":
        return _shared_keys(secret or "", settings.previous_secret_keys)
    return _key_pairs(settings)


class Tokens:
    """Issues and checks tokens.

    Args:
        keys: What signs and what is believed.
        settings: Issuer, audience, time to live, leeway.
        clock: Seconds since the epoch.
    """

    def __init__(self, keys: Keys, settings: ServerSettings, *, clock: Callable[[], float] = time.time) -> None:
        self._keys = keys
        self._settings = settings
        self._clock = clock
        # A client comes back with the token that it had, and shows it with each HTTP request: what was verified of it, the
        # dearest step of a handshake, is kept by the token's digest; its times, and its user, are looked at each time.
        self._verified: dict[bytes, dict[str, Any]] = {}

    @property
    def ttl(self) -> float:
        """Seconds that a new token is good for."""
        return self._settings.token_ttl

    def issue(self, *, user_id: int, email: str, name: str, role: Role, ttl: float | None = None) -> str:
        """A new token.

        Args:
            user_id: Becomes `sub`.
            email: Shown back to the user.
            name: Shown back to the user.
            role: What the user may do.
            ttl: Seconds, None for the setting's.
        """
        now = self._clock()
        claims = {
            "sub": str(user_id),
            "iat": int(now),
            "exp": int(now + (self.ttl if ttl is None else ttl)),
            "iss": self._settings.token_issuer,
            "aud": self._settings.token_audience,
            "type": ACCESS,
            "email": email,
            "name": name,
            "role": role,
        }
        return jwt.encode(claims, self._keys.signing, self._keys.algorithm, headers={"kid": self._keys.kid})

    def check(self, token: str) -> Principal:
        """Who a token names.

        Raises:
            BadToken: It is not a good one.
        """
        claims = self._claims(token)
        sub, role = claims["sub"], claims.get("role", "clinician")
        if claims["type"] != ACCESS or not USER_ID.fullmatch(sub) or role not in get_args(Role):
            raise BadToken
        return Principal(
            user_id=int(sub),
            email=_text(claims.get("email")),
            name=_text(claims.get("name")),
            role=role,
            expires_at=claims["exp"],
        )

    def _claims(self, token: str) -> dict[str, Any]:
        if len(token) > LONGEST_TOKEN:
            raise BadToken
        digest = hashlib.sha256(token.encode("utf-8", "surrogatepass")).digest()
        claims = self._verified.get(digest)
        if claims is None:
            claims = self._verify(token)
            if len(self._verified) >= MOST_VERIFIED:
                del self._verified[next(iter(self._verified))]
            self._verified[digest] = claims
        self._check_times(claims)
        return claims

    def _verify(self, token: str) -> dict[str, Any]:
        for key in self._candidates(token):
            try:
                return self._decode(token, key)
            except jwt.InvalidSignatureError:
                continue
            except (jwt.InvalidTokenError, ValueError, TypeError, OverflowError):  # times that are no times
                break
        raise BadToken

    def _candidates(self, token: str) -> Sequence[VerifyingKey]:
        try:
            kid = jwt.get_unverified_header(token).get("kid")
        except (jwt.InvalidTokenError, ValueError):
            return ()
        if kid is None:
            return tuple(self._keys.verifying.values())
        known = self._keys.verifying.get(kid)
        return () if known is None else (known,)

    def _decode(self, token: str, key: VerifyingKey) -> dict[str, Any]:
        settings = self._settings
        claims: dict[str, Any] = jwt.decode(
            token,
            key,
            algorithms=[self._keys.algorithm],
            issuer=settings.token_issuer,
            audience=settings.token_audience,
            # Times are held against our clock, each time that the token is used.
            options={"require": REQUIRED, "verify_exp": False, "verify_iat": False, "verify_nbf": False},
        )
        for name in TIMES & claims.keys():
            claims[name] = float(claims[name])
        return claims

    def _check_times(self, claims: Mapping[str, Any]) -> None:
        now, leeway = self._clock(), self._settings.token_leeway
        issued, expires, begins = claims["iat"], claims["exp"], claims.get("nbf", claims["iat"])
        if not now - leeway < expires < math.inf or max(issued, begins) > now + leeway:
            raise BadToken


def _text(value: object) -> str | None:
    return value if isinstance(value, str) else None


def _shared_keys(secret: str, previous: Sequence[str]) -> Keys:
    check_secret(secret, "SECRET_KEY")
    for each in previous:
        check_secret(each, "SMARTHEALTH_PREVIOUS_SECRET_KEYS")
    secrets = [each.encode() for each in (secret, *previous)]
    verifying = {_kid(each): each for each in secrets}
    return Keys(algorithm="HS256", signing=secrets[0], kid=_kid(secrets[0]), verifying=verifying)


def _key_pairs(settings: ServerSettings) -> Keys:
    if settings.token_key_file is None:
        raise ConfigurationError(f"{settings.token_algorithm} needs SMARTHEALTH_TOKEN_KEY_FILE")
    signing = _load(settings.token_key_file.read_bytes, lambda data: load_pem_private_key(data, None))
    previous = [_load(path.read_bytes, load_pem_public_key) for path in settings.previous_token_key_files]
    if not isinstance(signing, rsa.RSAPrivateKey | ed25519.Ed25519PrivateKey):
        raise ConfigurationError("SMARTHEALTH_TOKEN_KEY_FILE holds neither an RSA nor an Ed25519 key")
    verifying: dict[str, VerifyingKey] = {}
    for each in (signing.public_key(), *previous):
        public = _of_kind(each, settings.token_algorithm)
        verifying[_kid(public.public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo))] = public
    return Keys(algorithm=settings.token_algorithm, signing=signing, kid=next(iter(verifying)), verifying=verifying)


def _load(read: Callable[[], bytes], parse: Callable[[bytes], object]) -> object:
    try:
        return parse(read())
    except (OSError, ValueError, TypeError, UnsupportedAlgorithm) as error:
        raise ConfigurationError(f"a token key file cannot be read: {type(error).__name__}") from None


def _of_kind(key: object, algorithm: Algorithm) -> rsa.RSAPublicKey | ed25519.Ed25519PublicKey:
    if algorithm == "RS256" and isinstance(key, rsa.RSAPublicKey) and key.key_size >= SMALLEST_RSA_KEY:
        return key
    if algorithm == "EdDSA" and isinstance(key, ed25519.Ed25519PublicKey):
        return key
    raise ConfigurationError(f"a token key file holds no key that is good for {algorithm}")


def _kid(key: bytes) -> str:
    """A name for a key that tells nothing of it."""
    return hashlib.sha256(b"smarthealth token key\0" + key).hexdigest()[:KID_LENGTH]
