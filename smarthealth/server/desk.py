"""What the HTTP side works with."""

from __future__ import annotations

import attrs

from .accounts import Accounts
from .health import HealthChecks
from .login import SignIn
from .origins import OriginRule
from .rate import TokenBuckets
from .services import ServerServices
from .settings import ServerSettings
from .static import Pages


@attrs.frozen(kw_only=True)
class Desk:
    """All that its handlers share."""

    settings: ServerSettings
    services: ServerServices
    accounts: Accounts
    origins: OriginRule
    failures: TokenBuckets[str]
    """By address; shared with WebSockets."""
    health: HealthChecks
    sign_in: SignIn
    pages: Pages = attrs.field(factory=Pages)
