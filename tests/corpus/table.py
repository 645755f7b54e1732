"""The table of docs/corpus.md: what becomes of each document, as somebody looked at it and found it right."""

from collections.abc import Iterable, Mapping
from pathlib import Path

import msgspec

PAGE = Path(__file__).parents[2] / "docs" / "corpus.md"
COLUMNS = ("document", "type", "outcome", "kept as")


class Row(msgspec.Struct, frozen=True, order=True):
    """A document by its path in the corpus."""

    document: str
    type: str
    outcome: str
    kept: str = ""

    @property
    def software(self) -> str:
        return self.document.partition("/")[0]

    def __str__(self) -> str:
        return f"| {self.document.partition('/')[2]} | {self.type} | {self.outcome} | {self.kept} |"


def written(rows: Iterable[Row]) -> str:
    """The table of each program below its name."""
    by_software: dict[str, list[Row]] = {}
    for row in sorted(rows):
        by_software.setdefault(row.software, []).append(row)
    head = f"| {' | '.join(COLUMNS)} |\n|{'---|' * len(COLUMNS)}"
    return "\n\n".join(f"## {name}\n\n{head}\n" + "\n".join(map(str, found)) for name, found in by_software.items())


def reviewed() -> dict[str, Row]:
    """The rows that stand on the page."""
    rows, software = {}, ""
    for line in PAGE.read_text().splitlines():
        if line.startswith("## "):
            software = line.removeprefix("## ")
        elif software and line.startswith("| ") and not line.startswith(f"| {COLUMNS[0]} |"):
            document, *rest = (cell.strip() for cell in line.strip("|").split("|"))
            row = Row(f"{software}/{document}", *rest)
            rows[row.document] = row
    return rows


def differences(found: Mapping[str, Row]) -> str:
    """What is otherwise than on the page, row by row; nothing if all is as it was."""
    known = reviewed()
    changed = [name for name, row in sorted(found.items()) if known.get(name) != row]
    return "\n".join(f"{name}\n  - {known.get(name)}\n  + {found[name]}" for name in changed)
