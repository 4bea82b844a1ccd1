"""A load that grows in steps: give it to Locust beside the users.

    locust -f loadtest/locustfile.py,loadtest/steps.py --headless --host …

`LOADTEST_STEP_USERS` (100), `LOADTEST_STEP_SECONDS` (60) and `LOADTEST_STEPS` (10) say how.
"""

from __future__ import annotations

import os
from typing import Final

from locust import LoadTestShape

USERS: Final = int(os.environ.get("LOADTEST_STEP_USERS", "100"))
SECONDS: Final = float(os.environ.get("LOADTEST_STEP_SECONDS", "60"))
STEPS: Final = int(os.environ.get("LOADTEST_STEPS", "10"))
GROWTH: Final = 5.0
"""Seconds in which a step's users come in."""


class Steps(LoadTestShape):
    """So many more users with each step, then the end."""

    def tick(self) -> tuple[int, float] | None:
        """How many users there are to be now, and how many come in a second."""
        step = int(self.get_run_time() // SECONDS) + 1
        return (step * USERS, USERS / GROWTH) if step <= STEPS else None
