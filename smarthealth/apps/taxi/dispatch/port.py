"""What the application needs of a backend that sends taxis.

DispatchError
├── DispatchUnavailable    the backend cannot be reached, or failed; the same booking may be tried again
└── DispatchRefused        the backend will not have this booking
"""

from __future__ import annotations

from typing import Protocol

from smarthealth.storage.bookings import Booking


class DispatchError(Exception):
    """Root of what a backend raises."""


class DispatchUnavailable(DispatchError):
    """The backend cannot be reached, or failed."""


class DispatchRefused(DispatchError):
    """The backend will not have this booking."""


class Backend(Protocol):
    """Sends taxis."""

    @property
    def name(self) -> str:
        """For the service's row."""
        ...

    async def dispatch(self, booking: Booking, key: str) -> str:
        """Send a taxi.

        Args:
            booking: What was booked.
            key: Of this booking, whatever happened before: a backend that has it answers as the first time.

        Returns:
            The service's reference.

        Raises:
            DispatchError: No taxi was sent, or it is not known.
        """
        ...

    async def cancel(self, reference: str) -> None:
        """Call a taxi back; once more is no error.

        Raises:
            DispatchError: It was not called back, or it is not known.
        """
        ...
