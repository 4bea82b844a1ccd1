"""The process between the server and a command: it builds what the command sees, runs it, and ends with it.

Theory of operation. Three processes, of which the last becomes the command:

    launcher   leaves the server's namespaces; waits for `first`, and kills it when the server lets go of the pipe at 0
    └─ first   number 1 of a namespace of processes: when it ends, the kernel kills all that are in there, however often they
       │       forked and whatever session they made. It is killed when the launcher ends.
       └─ command   another account, without privileges, under limits

What the command sees is built from nothing: an empty root, the system's programs and libraries read-only, four devices, a small
/tmp, its conversation's files as /workspace, and a network without any way out. There is no /proc: it would tell where on this
machine the files are. Any step that is refused ends it all before the
command runs; there is no lesser isolation to fall back to. This runs as a program of its own, `python -I -S`, with the standard
library alone, since a process with threads cannot leave its namespaces.
"""

from __future__ import annotations

import json
import os
from dataclasses import dataclass, field
from typing import Final, NoReturn

from . import kernel as linux
from .kernel import Kernel

STAGE: Final = "/tmp"
"""Where the new root is mounted before it is the root; seen by the launcher alone."""
WORKSPACE: Final = "/workspace"
VISIBLE: Final = (
    "/usr",
    "/bin",
    "/sbin",
    "/lib",
    "/lib32",
    "/lib64",
    "/libx32",
    "/etc/alternatives",
    "/etc/ld.so.cache",
)
"""What of this machine a command sees, read-only."""
DEVICES: Final = ("null", "zero", "random", "urandom")
INNER_ID: Final = 1000
"""The account of commands, as they see it, where the server is no root."""
_NAMESPACES: Final = linux.NEW_MOUNTS | linux.NEW_PIDS | linux.NEW_NET | linux.NEW_IPC | linux.NEW_UTS
_SAFE: Final = linux.NOSUID | linux.NODEV
_READ_ONLY: Final = linux.SEAL_READ_ONLY | linux.SEAL_NOSUID
_LATE: Final = 5
"""Seconds after its time at which a command ends that nobody ended."""


@dataclass(frozen=True, kw_only=True)
class Order:
    """What is to be run, and how."""

    program: str
    arguments: list[str]
    environment: dict[str, str]
    folder: str
    """The files of the conversation."""
    status: int
    """Descriptor for lines of JSON about how it went."""
    uid: int | None
    """Account of the command where the server is root; None where it is not."""
    limits: dict[str, int]
    """By the names of `resource`."""
    time: float
    """Seconds."""
    scratch_bytes: int
    """Size of /tmp."""
    masked: list[str] = field(default_factory=list)
    """Folders that a command does not see though they are in what it sees."""


def main(text: str, kernel: Kernel) -> NoReturn:
    """Run the order.

    Args:
        text: An `Order` as JSON.
        kernel: Does what is done.
    """
    order = Order(**json.loads(text))
    try:
        os.set_inheritable(order.status, False)
        kernel.forget_keys()
        if order.uid is None:
            _leave_users(kernel)
        else:
            kernel.unshare(_NAMESPACES)
        first = kernel.fork()
    except OSError as error:
        _report(order, failed=str(error))
        kernel.exit(1)
    if first == 0:
        _be_first(order, kernel)
    os.close(order.status)
    if kernel.wait_released(0, first):
        kernel.kill(first)
    kernel.wait(first)
    kernel.exit(0)


def _leave_users(kernel: Kernel) -> None:
    uid, gid = os.getuid(), os.getgid()  # asked before, since a new namespace knows of nobody yet
    kernel.unshare(_NAMESPACES | linux.NEW_USER)
    kernel.write("/proc/self/setgroups", "deny")
    kernel.write("/proc/self/uid_map", f"{INNER_ID} {uid} 1")
    kernel.write("/proc/self/gid_map", f"{INNER_ID} {gid} 1")


def _be_first(order: Order, kernel: Kernel) -> NoReturn:
    try:
        kernel.stand_back()  # before the next, which shuts this process's own files to itself
        kernel.die_with_parent()
        kernel.alarm(int(order.time) + _LATE)
        build(order, kernel)
        command = kernel.fork()
    except OSError as error:
        _report(order, failed=str(error))
        kernel.exit(1)
    if command == 0:
        _be_command(order, kernel)
    _report(order, exit=kernel.wait(command))
    kernel.exit(0)


def _be_command(order: Order, kernel: Kernel) -> NoReturn:
    try:
        os.chdir(WORKSPACE)
        kernel.read_nothing()
        kernel.limit(order.limits)
        if order.uid is not None:
            kernel.become(order.uid)
        kernel.forbid_privileges()
        kernel.execute(order.program, order.arguments, order.environment)
    except OSError as error:
        _report(order, not_started=str(error))
        kernel.exit(127)


def build(order: Order, kernel: Kernel, stage: str = STAGE) -> None:
    """Make the root that the command sees, and go there.

    Raises:
        OSError: A step was refused.
    """
    kernel.mount("none", "/", "", linux.RECURSIVE | linux.PRIVATE)
    folder = os.open(order.folder, os.O_PATH | os.O_DIRECTORY | os.O_NOFOLLOW)  # before it may be covered
    kernel.mount("none", stage, "tmpfs", _SAFE, "size=1m,mode=755")
    for path in VISIBLE:
        _show(path, stage, kernel)
    for path in order.masked:
        kernel.mount("none", stage + path, "tmpfs", _SAFE, "size=4k,mode=000")
    _make_devices(stage, kernel)
    os.makedirs(f"{stage}/tmp", exist_ok=True)
    scratch = f"size={order.scratch_bytes},nr_inodes=1000,mode=1777"
    kernel.mount("none", f"{stage}/tmp", "tmpfs", _SAFE | linux.NOEXEC, scratch)
    os.mkdir(stage + WORKSPACE)
    kernel.mount(f"/proc/self/fd/{folder}", stage + WORKSPACE, "", linux.BIND)
    kernel.seal(stage + WORKSPACE, linux.SEAL_NOSUID | linux.SEAL_NODEV | linux.SEAL_NOEXEC)
    os.close(folder)
    _make_accounts(order, stage)
    kernel.seal(stage, _READ_ONLY | linux.SEAL_NODEV, below=False)
    kernel.change_root(stage)


def _show(path: str, stage: str, kernel: Kernel) -> None:
    target = stage + path
    os.makedirs(os.path.dirname(target), exist_ok=True)
    if os.path.islink(path):
        os.symlink(os.readlink(path), target)
        return
    if os.path.isdir(path):
        os.mkdir(target)
    elif os.path.isfile(path):
        _touch(target)
    else:
        return
    kernel.mount(path, target, "", linux.BIND | linux.RECURSIVE)
    kernel.seal(target, _READ_ONLY | linux.SEAL_NODEV)


def _make_devices(stage: str, kernel: Kernel) -> None:
    os.mkdir(f"{stage}/dev")
    for name in DEVICES:
        _touch(f"{stage}/dev/{name}")
        kernel.mount(f"/dev/{name}", f"{stage}/dev/{name}", "", linux.BIND)


def _make_accounts(order: Order, stage: str) -> None:
    number = INNER_ID if order.uid is None else order.uid
    os.makedirs(f"{stage}/etc", exist_ok=True)
    for name, line in (
        ("passwd", f"agente:x:{number}:{number}::{WORKSPACE}:/bin/sh"),
        ("group", f"agente:x:{number}:"),
    ):
        with open(f"{stage}/etc/{name}", "w", encoding="utf-8") as file:
            file.write(line + "\n")


def _touch(path: str) -> None:
    os.close(os.open(path, os.O_CREAT | os.O_WRONLY, 0o444))


def _report(order: Order, **values: object) -> None:
    os.write(order.status, json.dumps(values).encode() + b"\n")
