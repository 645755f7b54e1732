"""Keeps files and functions small: a file within 300 lines, a function within 60, nine of ten within 22."""

import ast
import sys
from collections.abc import Iterator
from pathlib import Path

ROOTS = ("libs", "services", "cli", "deploy/native")
LONGEST_FILE, LONGEST_FUNCTION, USUAL_FUNCTION = 300, 60, 22
USUAL_SHARE = 0.9


def sources() -> Iterator[Path]:
    for root in ROOTS:
        yield from sorted(Path(root).glob("**/src/**/*.py"))


def functions(path: Path) -> Iterator[tuple[str, int]]:
    """Each function's name and its lines, from `def` to the end."""
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            yield f"{path}:{node.lineno} {node.name}", (node.end_lineno or node.lineno) - node.lineno + 1


def complaints() -> Iterator[str]:
    lengths: list[int] = []
    for path in sources():
        lines = len(path.read_text(encoding="utf-8").splitlines())
        # A migration is as long as the tables it makes.
        if lines > LONGEST_FILE and path.parent.name != "migrations":
            yield f"{path} has {lines} lines; {LONGEST_FILE} are allowed"
        for name, length in functions(path):
            lengths.append(length)
            if length > LONGEST_FUNCTION:
                yield f"{name} has {length} lines; {LONGEST_FUNCTION} are allowed"
    usual = sorted(lengths)[int(len(lengths) * USUAL_SHARE)]
    if usual > USUAL_FUNCTION:
        yield f"nine of ten functions should have at most {USUAL_FUNCTION} lines, but have up to {usual}"


if __name__ == "__main__":
    found = list(complaints())
    print(*found, sep="\n", end="\n" if found else "")  # noqa: T201  # that is its job
    sys.exit(bool(found))
