"""Every SQL statement of the code, and which services can reach it: read from the source, not from runs.

A node is a top-level function or class; an edge is a name in its body that resolves to another node,
through the module's imports. A service reaches what its own package's nodes reach.
"""

import ast
import importlib
import itertools
import pkgutil
from collections.abc import Iterator, Mapping
from functools import cached_property
from types import ModuleType
from typing import TypeGuard

SERVICES = ("api_gateway", "inbox", "delivery", "timeline", "media", "moderation")
LIBRARIES = ("chassis", "social", "mastoapi")
VERBS = ("SELECT", "INSERT", "UPDATE", "DELETE", "WITH")

Node = tuple[str, str]
"""Module and top-level name."""


class Source:
    """One module: its names, and the strings in it that are SQL."""

    def __init__(self, module: ModuleType) -> None:
        assert module.__file__ is not None
        self.module = module
        with open(module.__file__, encoding="utf-8") as file:  # noqa: PTH123  # a module's own path
            self.tree = ast.parse(file.read())

    @cached_property
    def nodes(self) -> dict[str, ast.AST]:
        kinds = (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef)
        return {item.name: item for item in self.tree.body if isinstance(item, kinds)}

    @cached_property
    def loose(self) -> list[ast.AST]:
        """Statements outside functions and classes: lists of handlers, constants."""
        return [item for item in self.tree.body if item not in self.nodes.values()]

    def references(self, node: ast.AST) -> Iterator[Node]:
        for part in ast.walk(node):
            if isinstance(part, ast.Name):
                yield from _target(getattr(self.module, part.id, None), self.module.__name__, part.id)
            elif isinstance(part, ast.Attribute) and isinstance(part.value, ast.Name):
                holder = getattr(self.module, part.value.id, None)
                if isinstance(holder, ModuleType):
                    yield from _target(getattr(holder, part.attr, None), holder.__name__, part.attr)

    def statements(self, name: str, schema: str) -> Iterator[str]:
        node = self.nodes[name]
        inner = {id(value) for part in ast.walk(node) if isinstance(part, ast.JoinedStr) for value in part.values}
        for part in ast.walk(node):
            if id(part) not in inner and _opens_as_sql(part):
                yield from (text for text in self._texts(part, node, schema) if _is_sql(text))

    def _texts(self, part: ast.expr, node: ast.AST, schema: str) -> Iterator[str]:
        """The string with its names filled in: from the module, or each constant a local may have."""
        names = sorted({p.id for p in ast.walk(part) if isinstance(p, ast.Name)} - set(vars(self.module)))
        choices = [_constants_of(name, node, schema) for name in names]
        code = compile(ast.Expression(part), self.module.__name__, "eval")
        for values in itertools.product(*choices):
            try:
                yield eval(code, dict(vars(self.module)), dict(zip(names, values, strict=True)))
            except (NameError, AttributeError, TypeError):
                continue


def _constants_of(name: str, node: ast.AST, schema: str) -> list[object]:
    if name in ("schema", "self"):
        return [schema]
    found: list[object] = []
    for part in ast.walk(node):
        if isinstance(part, ast.Assign) and any(isinstance(t, ast.Name) and t.id == name for t in part.targets):
            found += [c.value for c in ast.walk(part.value) if isinstance(c, ast.Constant) and isinstance(c.value, str)]
    return found or [""]


def _opens_as_sql(part: ast.AST) -> TypeGuard[ast.expr]:
    first = part.values[0] if isinstance(part, ast.JoinedStr) else part
    if not isinstance(first, ast.Constant) or not isinstance(first.value, str):
        return False
    return first.value.split(None, 1)[:1] != [] and first.value.split(None, 1)[0] in VERBS


def _is_sql(text: str) -> bool:
    words = text.split()
    return len(words) > 2 and words[0] in VERBS


def _target(value: object, module: str, name: str) -> Iterator[Node]:
    home = getattr(value, "__module__", None)
    if home and isinstance(home, str) and home.split(".")[0] in (*SERVICES, *LIBRARIES):
        yield (home, getattr(value, "__name__", name))


def sources() -> dict[str, Source]:
    found = {}
    for package in (*LIBRARIES, *SERVICES):
        root = importlib.import_module(package)
        for info in pkgutil.walk_packages(root.__path__, f"{package}."):
            if not info.name.startswith("chassis.alembic") and ".migrations." not in info.name:
                found[info.name] = Source(importlib.import_module(info.name))
    return found


def reached_by(service: str, known: Mapping[str, Source]) -> set[Node]:
    """Every node that code of the service can come to."""
    waiting: list[Node] = []
    for name, source in known.items():
        if name.split(".")[0] == service:
            waiting += [(name, node) for node in source.nodes]
            waiting += [target for item in source.loose for target in source.references(item)]
    reached: set[Node] = set()
    while waiting:
        node = waiting.pop()
        source = known.get(node[0])
        if node in reached or source is None or node[1] not in source.nodes:
            continue
        reached.add(node)
        waiting += source.references(source.nodes[node[1]])
    # The relay runs in every service, started by chassis.main.
    relay = known["chassis.outbox"]
    return reached | {("chassis.outbox", name) for name in relay.nodes}


def statements_of(service: str, known: Mapping[str, Source]) -> set[tuple[str, str]]:
    """Pairs of where a statement stands (`module.function`) and its text."""
    return {
        (f"{module}.{name}", text)
        for module, name in reached_by(service, known)
        for text in known[module].statements(name, service)
    }
