"""Supervised actors on Trio, embeddable in any Trio program.

What most programs need is here. Beside it: `events` (what a system reports, and `MessageInstrument`), `snapshot` (parts of a
snapshot), `errors` (all of them), `pipeline` (lines and reports), `instruments` (metrics, OpenTelemetry spans) and `testing`.
"""

from smarthealth.actors.actor import Actor, Asleep, ChildSpec, Context, DynamicSupervisor, Supervisor, SupervisorRef
from smarthealth.actors.asking import Request
from smarthealth.actors.errors import (
    ActorError,
    ActorFailed,
    ActorStopped,
    AskCycle,
    AskTimeout,
    MailboxFull,
    NameTaken,
    StageTimeout,
    SupervisionError,
    SupervisorFull,
)
from smarthealth.actors.events import Down, Instrument
from smarthealth.actors.pipeline import Pipeline, Stage
from smarthealth.actors.policy import Backoff, Mailbox, Overflow, Restart, Strategy
from smarthealth.actors.refs import ActorRef
from smarthealth.actors.snapshot import ActorSnapshot
from smarthealth.actors.system import System, open_system
from smarthealth.actors.topics import Topic

__all__ = [
    "Actor",
    "ActorError",
    "ActorFailed",
    "ActorRef",
    "ActorSnapshot",
    "ActorStopped",
    "AskCycle",
    "AskTimeout",
    "Asleep",
    "Backoff",
    "ChildSpec",
    "Context",
    "Down",
    "DynamicSupervisor",
    "Instrument",
    "Mailbox",
    "MailboxFull",
    "NameTaken",
    "Overflow",
    "Pipeline",
    "Request",
    "Restart",
    "Stage",
    "StageTimeout",
    "Strategy",
    "SupervisionError",
    "Supervisor",
    "SupervisorFull",
    "SupervisorRef",
    "System",
    "Topic",
    "open_system",
]
