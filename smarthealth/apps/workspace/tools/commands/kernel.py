"""What the launcher asks of Linux: each method is one call, and raises `OSError` when it is refused."""

from __future__ import annotations

import ctypes
import os
import platform
import resource
import select
import signal
from collections.abc import Mapping, Sequence
from contextlib import suppress
from types import FrameType
from typing import Final, NoReturn

NEW_MOUNTS: Final = 0x00020000
NEW_UTS: Final = 0x04000000
NEW_IPC: Final = 0x08000000
NEW_USER: Final = 0x10000000
NEW_PIDS: Final = 0x20000000
NEW_NET: Final = 0x40000000

NOSUID: Final = 2
NODEV: Final = 4
NOEXEC: Final = 8
BIND: Final = 4096
RECURSIVE: Final = 16384
PRIVATE: Final = 1 << 18

SEAL_READ_ONLY: Final = 1
SEAL_NOSUID: Final = 2
SEAL_NODEV: Final = 4
SEAL_NOEXEC: Final = 8

_DETACH: Final = 2
_AT_FDCWD: Final = -100
_AT_RECURSIVE: Final = 0x8000
_DEATH_SIGNAL: Final = 1
_NOT_DUMPABLE: Final = 4
_NO_NEW_PRIVILEGES: Final = 38
_MOUNT_SETATTR: Final = 442
_JOIN_SESSION_KEYRING: Final = 1
_PIVOT_ROOT: Final = {"x86_64": 155, "aarch64": 41}
_KEYCTL: Final = {"x86_64": 250, "aarch64": 219}


class _MountAttributes(ctypes.Structure):
    _fields_ = (
        ("set", ctypes.c_uint64),
        ("clear", ctypes.c_uint64),
        ("propagation", ctypes.c_uint64),
        ("user_namespace", ctypes.c_uint64),
    )


class Kernel:
    """The calls, as they are made."""

    def __init__(self) -> None:
        self._libc = ctypes.CDLL(None, use_errno=True)

    def unshare(self, flags: int) -> None:
        """Leave the namespaces of the parent."""
        self._check(self._libc.unshare(ctypes.c_int(flags)))

    def mount(self, source: str, target: str, kind: str, flags: int, options: str = "") -> None:
        """Mount, or bind."""
        self._check(
            self._libc.mount(
                source.encode(), os.fsencode(target), kind.encode(), ctypes.c_ulong(flags), options.encode()
            )
        )

    def seal(self, target: str, attributes: int, *, below: bool = True) -> None:
        """Take something away from a mount, and from all that are mounted below it."""
        wanted = _MountAttributes(set=attributes)
        self._call(
            _MOUNT_SETATTR,
            ctypes.c_int(_AT_FDCWD),
            ctypes.c_char_p(os.fsencode(target)),
            ctypes.c_uint(_AT_RECURSIVE if below else 0),
            ctypes.byref(wanted),
            ctypes.c_size_t(ctypes.sizeof(wanted)),
        )

    def change_root(self, root: str) -> None:
        """Make a mount the root, and let go of the old one."""
        os.chdir(root)
        self._call(_number(_PIVOT_ROOT), ctypes.c_char_p(b"."), ctypes.c_char_p(b"."))
        self._check(self._libc.umount2(b".", ctypes.c_int(_DETACH)))
        os.chdir("/")

    def die_with_parent(self) -> None:
        """Be killed when the parent ends; and be looked into by nobody."""
        self._control(_DEATH_SIGNAL, signal.SIGKILL)
        self._control(_NOT_DUMPABLE, 0)

    def forbid_privileges(self) -> None:
        """Gain nothing by running a program, whatever it is marked with."""
        self._control(_NO_NEW_PRIVILEGES, 1)

    def forget_keys(self) -> None:
        """Leave the keyring of the session, which may hold secrets; where there are no keyrings, there is none to leave."""
        with suppress(OSError):
            self._call(_number(_KEYCTL), ctypes.c_ulong(_JOIN_SESSION_KEYRING), None)

    def become(self, uid: int) -> None:
        """Be another account, in no group but its own."""
        os.setgroups([])
        os.setresgid(uid, uid, uid)
        os.setresuid(uid, uid, uid)

    def fork(self) -> int:
        """Split in two; 0 in the new one."""
        return os.fork()

    def wait(self, pid: int) -> int:
        """Wait until a child has ended, taking in all who end before; its exit code, negative when a signal ended it."""
        while True:
            ended, status = os.wait()
            if ended == pid:
                return os.waitstatus_to_exitcode(status)

    def wait_released(self, descriptor: int, pid: int) -> bool:
        """Wait until the other side of a pipe is gone, True, or a child has ended, False."""
        child = os.pidfd_open(pid)
        poll = select.poll()
        poll.register(descriptor, 0)
        poll.register(child, select.POLLIN)
        ready = poll.poll()
        os.close(child)
        return child not in dict(ready)

    def kill(self, pid: int) -> None:
        """Kill a child."""
        os.kill(pid, signal.SIGKILL)

    def alarm(self, seconds: int) -> None:
        """End this process after a while, whatever it does."""

        def end(number: int, frame: FrameType | None) -> NoReturn:
            os._exit(1)

        signal.signal(signal.SIGALRM, end)
        signal.alarm(seconds)

    def limit(self, limits: Mapping[str, int]) -> None:
        """Set limits by the names of `resource`, where they are not lower already."""
        for name, wanted in limits.items():
            number = getattr(resource, name)
            _, most = resource.getrlimit(number)
            least = wanted if most == resource.RLIM_INFINITY else min(wanted, most)
            resource.setrlimit(number, (least, least))

    def stand_back(self) -> None:
        """Go after others to the processor, and before all others when memory runs out."""
        os.nice(10)
        with suppress(OSError):
            self.write("/proc/self/oom_score_adj", "1000")

    def write(self, path: str, text: str) -> None:
        """Write a small file."""
        with open(path, "w", encoding="utf-8") as file:
            file.write(text)

    def read_nothing(self) -> None:
        """Have no input, and a session of one's own."""
        null = os.open("/dev/null", os.O_RDONLY)
        os.dup2(null, 0)
        os.close(null)
        os.setsid()
        os.umask(0o077)

    def execute(self, program: str, arguments: Sequence[str], environment: Mapping[str, str]) -> NoReturn:
        """Become a program."""
        for number in (signal.SIGPIPE, signal.SIGXFSZ):  # Python ignores them, and what is ignored would stay so
            signal.signal(number, signal.SIG_DFL)
        os.execve(program, list(arguments), dict(environment))

    def exit(self, code: int) -> NoReturn:
        """End at once."""
        os._exit(code)

    def _control(self, option: int, value: int) -> None:
        zero = ctypes.c_ulong(0)
        self._check(self._libc.prctl(ctypes.c_int(option), ctypes.c_ulong(value), zero, zero, zero))

    def _call(self, number: int, *arguments: object) -> None:
        self._check(self._libc.syscall(ctypes.c_long(number), *arguments))

    @staticmethod
    def _check(result: int) -> None:
        if result < 0:
            number = ctypes.get_errno()
            raise OSError(number, os.strerror(number))


def _number(of_machine: Mapping[str, int]) -> int:
    try:
        return of_machine[platform.machine()]
    except KeyError:
        raise OSError(38, "the number of this call is not known on this machine") from None
