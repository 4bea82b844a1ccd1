"""Signing in by email and password.

Every failure is answered alike, and costs the same work. Who fails again and again waits: an account's waiting grows from one
second to half a minute, whoever tries; an address has so many failures for all accounts together. All tables are bounded. What
is kept and logged of an email is a keyed hash, good for as long as the process lives.
"""

from __future__ import annotations

import hashlib
import secrets
from contextlib import suppress
from http import HTTPStatus
from typing import Protocol

import structlog
import trio

from smarthealth.storage.audit import AuditEntry
from smarthealth.storage.errors import StorageError
from smarthealth.storage.users import User

from .accounts import UserDirectory
from .addresses import subscriber
from .errors import Refused, too_many, unavailable
from .passwords import Passwords, PasswordsBusy
from .rate import Backoff, TokenBuckets
from .settings import ServerSettings
from .tokens import Tokens

log = structlog.get_logger()

TOO_SOON = "TOO_MANY_ATTEMPTS"
AUDIT_LIMIT = 5.0
"""Seconds to write the audit's row, whatever the client does meanwhile."""
EARLY_ROWS_PER_MINUTE = 10.0
EARLY_ROWS_AT_ONCE = 10
"""Of one address, for attempts that come too soon: they cost their sender nothing, and the audit only grows."""


class AuditTrail(Protocol):
    """Keeps who did what: `storage.audit.AuditLog`."""

    async def record(self, entry: AuditEntry) -> None:
        """Add an entry."""
        ...


class SignIn:
    """Exchanges an email and a password for a token."""

    def __init__(
        self, users: UserDirectory, passwords: Passwords, tokens: Tokens, audit: AuditTrail, settings: ServerSettings
    ) -> None:
        self._users = users
        self._passwords = passwords
        self._tokens = tokens
        self._audit = audit
        self._accounts: Backoff[bytes] = Backoff()
        self._addresses: TokenBuckets[str] = TokenBuckets(
            settings.login_failures_per_minute, settings.login_failure_burst
        )
        self._early_rows: TokenBuckets[str] = TokenBuckets(EARLY_ROWS_PER_MINUTE, EARLY_ROWS_AT_ONCE)
        self._salt = secrets.token_bytes(16)

    async def sign_in(self, email: str, password: str, address: str) -> str:
        """A new token.

        Args:
            email: As typed.
            password: As typed.
            address: Of the client.

        Raises:
            Refused: 401 for any wrong combination, 429 for one that comes too soon, 503 when too many are waiting or the
                database does not answer.
        """
        account = self._pseudonym(email)
        await self._check_pace(account, address)
        # Counted before the answer is known, so that guesses made at the same time count too.
        self._accounts.fail(account)
        try:
            user, good = await self._check(email, password)
        except (PasswordsBusy, StorageError) as error:
            self._accounts.forgive(account)
            log.warning("sign_in_unavailable", error=type(error).__name__)
            raise unavailable("OVERLOADED" if isinstance(error, PasswordsBusy) else "UNAVAILABLE") from None
        if user is None or not good:
            await self._refuse(user, account, address)
            raise Refused(HTTPStatus.UNAUTHORIZED, "INVALID_CREDENTIALS")
        self._accounts.succeed(account)
        await self._record(user.id, "completed", address)
        log.info("signed_in", user_id=user.id, address=address)
        return self._tokens.issue(user_id=user.id, email=user.email, name=user.full_name, role=user.role)

    async def _check_pace(self, account: bytes, address: str) -> None:
        wait = max(self._accounts.wait(account), self._addresses.wait(subscriber(address)))
        if wait:
            log.info("sign_in_refused", reason="too soon", account=account.hex(), address=address)
            if not self._early_rows.take(subscriber(address)):
                with suppress(Refused):  # it is refused as it is, with its row or without
                    await self._record(None, TOO_SOON, address)
            raise too_many(TOO_SOON, wait)

    async def _check(self, email: str, password: str) -> tuple[User | None, bool]:
        """The user of that email and whether this is a way in; a disabled user's password is checked all the same."""
        user = await self._users.find_by_email(email)
        verdict = await self._passwords.check(password, user.password_hash if user is not None else None)
        if user is None or user.disabled_at is not None or not verdict.good:
            return user, False
        if verdict.outdated:
            await self._users.set_password_hash(user.id, await self._passwords.hash(password))
        return user, True

    async def _refuse(self, user: User | None, account: bytes, address: str) -> None:
        self._addresses.take(subscriber(address))
        log.info("sign_in_refused", reason="wrong", account=account.hex(), address=address)
        await self._record(user.id if user is not None else None, "INVALID_CREDENTIALS", address)

    async def _record(self, user_id: int | None, outcome: str, address: str) -> None:
        entry = AuditEntry(event="login", outcome=outcome, user_id=user_id, address=address)
        try:
            with trio.fail_after(AUDIT_LIMIT, shield=True):
                await self._audit.record(entry)
        except (StorageError, trio.TooSlowError) as error:
            log.warning("sign_in_not_audited", error=type(error).__name__)
            raise unavailable("UNAVAILABLE") from None

    def _pseudonym(self, email: str) -> bytes:
        folded = email.strip().lower().encode(errors="surrogatepass")
        return hashlib.blake2b(folded, key=self._salt, digest_size=8).digest()
