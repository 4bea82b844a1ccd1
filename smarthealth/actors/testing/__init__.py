"""A test kit for programs made of actors: probes, virtual time, schedules by seed, cancel sweeps, faults, invariants.

It needs nothing but what `smarthealth.actors` needs, and works with any test runner.
"""

from smarthealth.actors.testing.cancelling import cancel_sweep
from smarthealth.actors.testing.faults import (
    CrashMessage,
    CrashService,
    FailStart,
    FailStop,
    HangMessage,
    InjectedFault,
    SlowStart,
    SlowStop,
)
from smarthealth.actors.testing.invariants import InvariantsBroken, check_invariants
from smarthealth.actors.testing.plans import FaultPlan
from smarthealth.actors.testing.probing import Probe, probe
from smarthealth.actors.testing.scenarios import ScenarioFailed, ScenarioHangs
from smarthealth.actors.testing.schedules import explore
from smarthealth.actors.testing.virtual import advance, run_virtual, settle

__all__ = [
    "CrashMessage",
    "CrashService",
    "FailStart",
    "FailStop",
    "FaultPlan",
    "HangMessage",
    "InjectedFault",
    "InvariantsBroken",
    "Probe",
    "ScenarioFailed",
    "ScenarioHangs",
    "SlowStart",
    "SlowStop",
    "advance",
    "cancel_sweep",
    "check_invariants",
    "explore",
    "probe",
    "run_virtual",
    "settle",
]
