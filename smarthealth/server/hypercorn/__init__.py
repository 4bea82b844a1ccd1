"""Hypercorn embedded and hardened: what a hostile or unlucky peer cannot do to this server is written here.

Public names: bind with `open_listeners`, bound by `ShellLimits`, and run a `Shell`; `FRAMES_EXTENSION` names the ASGI
message that sends several texts in one write.
"""

from .handshake import FRAMES_EXTENSION
from .limits import ShellLimits
from .listeners import Bind, Listener, open_listeners
from .serving import LAST_WORDS, Shell
from .watch import Watch

__all__ = ["FRAMES_EXTENSION", "LAST_WORDS", "Bind", "Listener", "Shell", "ShellLimits", "Watch", "open_listeners"]
