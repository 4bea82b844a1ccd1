"""Loads LanceDB in half the time.

On its way, `import lancedb` runs the root module of a REST client for catalogs, which builds some hundred validated API
functions: more than half of the whole (measured: 1.5 of 2.8 s of CPU on a busy machine). A folder on this machine never uses
them. So the client's package is put in place with its root module not yet run: its submodules load as always, and the root
runs when something of it is asked for.
"""

from __future__ import annotations

import importlib.util
import sys
import threading
from types import ModuleType
from typing import Any, Final

_REST_CLIENT: Final = "lance_namespace_urllib3_client"
_once: Final = threading.Lock()


class _Unrun(ModuleType):
    """A package whose root module runs at the first use of one of its names."""

    def __getattr__(self, name: str) -> object:
        spec = self.__spec__
        if spec is None or spec.loader is None or name.startswith("__"):
            raise AttributeError(name)
        self.__class__ = ModuleType  # type: ignore[assignment]  # from now on it is a module like any other
        spec.loader.exec_module(self)
        return getattr(self, name)


def load_lancedb() -> Any:
    """The module `lancedb`; blocks for a second or so the first time, so call it in a thread."""
    with _once:
        if "lancedb" not in sys.modules:
            defer_root(_REST_CLIENT)
        import lancedb

        return lancedb


def defer_root(name: str) -> None:
    """Put a package in place without running its root module; one that is loaded, or not installed, is left alone."""
    spec = None if name in sys.modules else importlib.util.find_spec(name)
    if spec is None:
        return
    package = _Unrun(name)
    package.__spec__ = spec
    package.__path__ = list(spec.submodule_search_locations or ())
    package.__file__ = spec.origin
    sys.modules[name] = package
