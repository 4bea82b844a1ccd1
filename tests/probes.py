"""Which statements of one module run, and which ways out of its branches are taken: probes in its source tell.

A tracer is told of each line of every module, and slows all of them: on Python 3.11 tests take three to five times as long
under one. Here the one module that is measured is compiled with a call before each statement, and with one at the end of each
branch that has no statement there: an `if` without `else`, a loop that ends by itself, a `match` in which nothing matches. The
rest runs as ever.

What need not run is what coverage.py leaves out (`...` as a body, `if TYPE_CHECKING`), and documentation.
"""

from __future__ import annotations

import ast
import builtins
import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from importlib.abc import MetaPathFinder
from importlib.machinery import ModuleSpec, SourceFileLoader
from importlib.util import spec_from_file_location
from pathlib import Path
from types import CodeType, ModuleType
from typing import Final, TypeVar

import coverage

_PROBE: Final = "__probe__"
"""Name of the call, among the builtins: a module may be run under any globals."""
Statements = list[ast.stmt]
Branching = TypeVar("Branching", ast.If, ast.For, ast.AsyncFor, ast.While)


class Probes:
    """The probes of one module."""

    def __init__(self, module: Path, name: str) -> None:
        """Read the module.

        Args:
            module: Its file.
            name: As it is imported.
        """
        self.imported = False
        self._module = module
        self._name = name
        self._seen: set[int] = set()
        self._places: list[str] = []
        """What each probe stands for; nothing where it need not run."""
        source = module.read_bytes()
        left_out = coverage.Coverage(data_file=None, config_file=False).analysis2(str(module))[2]
        tree = _Planting(self._places, frozenset(left_out)).visit(ast.parse(source))
        self._code: CodeType = compile(ast.fix_missing_locations(tree), str(module), "exec", dont_inherit=True)

    @property
    def missing(self) -> list[str]:
        """Lines that did not run, and `LINE -> on` for branches that were never left so."""
        return [place for number, place in enumerate(self._places) if place and number not in self._seen]

    @contextmanager
    def planted(self) -> Iterator[None]:
        """Within this, the module is imported with its probes."""
        assert self._name not in sys.modules, "what runs at import is measured, too"
        finder = _Finder(self)
        sys.meta_path.insert(0, finder)
        setattr(builtins, _PROBE, self._seen.add)
        try:
            yield
        finally:
            sys.meta_path.remove(finder)

    def spec(self, name: str) -> ModuleSpec | None:
        """How the module is imported; None when the name is another's."""
        if name != self._name:
            return None
        self.imported = True
        return spec_from_file_location(name, self._module, loader=_Loader(name, str(self._module), self._code))


class _Finder(MetaPathFinder):
    def __init__(self, probes: Probes) -> None:
        self._probes = probes

    def find_spec(self, name: str, path: Sequence[str] | None, target: ModuleType | None = None) -> ModuleSpec | None:
        return self._probes.spec(name)


class _Loader(SourceFileLoader):
    def __init__(self, name: str, path: str, code: CodeType) -> None:
        super().__init__(name, path)
        self._code = code

    def get_code(self, fullname: str) -> CodeType:
        return self._code


class _Planting(ast.NodeTransformer):
    """Puts the probes in."""

    def __init__(self, places: list[str], left_out: frozenset[int]) -> None:
        self._places = places
        self._left_out = left_out

    def generic_visit(self, node: ast.AST) -> ast.AST:
        """Put a probe before each statement of each body that a node has."""
        super().generic_visit(node)
        for field in ("body", "orelse", "finalbody"):
            statements = getattr(node, field, None)
            if isinstance(statements, list) and statements:
                setattr(node, field, list(self._probed(statements)))
        return node

    def visit_If(self, node: ast.If) -> ast.AST:
        """It may go on without its body."""
        return self._left(node)

    def visit_For(self, node: ast.For) -> ast.AST:
        """It may end by itself."""
        return self._left(node)

    def visit_AsyncFor(self, node: ast.AsyncFor) -> ast.AST:
        """It may end by itself, or by what ends a wait: a stream without end is left in no other way."""
        left = self._left(node)
        again = ast.ExceptHandler(type=None, name=None, body=[left.orelse[0], ast.Raise(exc=None, cause=None)])
        whole = ast.Try(body=[left], handlers=[again], orelse=[], finalbody=[])
        for made in (whole, again, again.body[1]):
            ast.copy_location(made, node)
        return whole

    def visit_While(self, node: ast.While) -> ast.AST:
        """It may end by itself, unless it is one without end."""
        return self._left(node) if not isinstance(node.test, ast.Constant) else self.generic_visit(node)

    def visit_Match(self, node: ast.Match) -> ast.AST:
        """Nothing may match, unless the last case takes everything."""
        self.generic_visit(node)
        last = node.cases[-1]
        takes_all = isinstance(last.pattern, ast.MatchAs) and last.pattern.pattern is None and last.guard is None
        if not takes_all:
            probe = self._probe(last.pattern.lineno, " -> on")
            node.cases.append(ast.match_case(pattern=ast.MatchAs(), body=[probe]))
        return node

    def _left(self, node: Branching) -> Branching:
        self.generic_visit(node)
        if not node.orelse:
            node.orelse = [self._probe(node.lineno, " -> on")]
        return node

    def _probed(self, statements: Statements) -> Iterator[ast.stmt]:
        for place, statement in enumerate(statements):
            is_text = isinstance(statement, ast.Expr) and isinstance(statement.value, ast.Constant)
            is_future = isinstance(statement, ast.ImportFrom) and statement.module == "__future__"
            if not (is_future or (is_text and place == 0)):
                yield self._probe(statement.lineno, "", is_text=is_text)
            yield statement

    def _probe(self, line: int, way: str, *, is_text: bool = False) -> ast.stmt:
        number = len(self._places)
        self._places.append("" if is_text or line in self._left_out else f"{line}{way}")
        call = ast.Call(func=ast.Name(_PROBE, ast.Load()), args=[ast.Constant(number)], keywords=[])
        probe = ast.Expr(value=call, lineno=line, end_lineno=line, col_offset=0, end_col_offset=0)
        for node in ast.walk(probe):
            ast.copy_location(node, probe)
        return probe
