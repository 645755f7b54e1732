"""FEDERATION.md says of every line of the reference what became of it, and names tests that exist."""

import re
from pathlib import Path

import pytest
from conftest import ROOT, SHARED

REFERENCE = SHARED / "reference" / "federation.md"
ROW = re.compile(r"^\| (\d[\d.]*) \| [^|]+ \| ((?:done|more|other|not yet)[^|]*) \| ([^|]*)\|$", re.MULTILINE)
HEADING = re.compile(r"^#+ (\d+(?:\.\d+)?)\.? ")
LAST_SECTION = 9


def rows() -> list[tuple[str, str, list[str]]]:
    """Each line's number, what became of it, and the tests that it names."""
    page = (ROOT / "FEDERATION.md").read_text(encoding="utf-8")
    return [(number, state, tests.split()) for number, state, tests in ROW.findall(page)]


def lines_of(reference: str) -> list[str]:
    """The numbers of all bullets, rows of tables and paragraphs, each within its section."""
    found: list[str] = []
    section, count, previous = "", 0, ""
    for line in reference.splitlines():
        if heading := HEADING.match(line):
            section, count = heading[1], 0
        elif section and int(section.split(".")[0]) <= LAST_SECTION and begins_something(line, previous):
            count += 1
            found.append(f"{section}.{count}")
        previous = line
    return found


def begins_something(line: str, previous: str) -> bool:
    if line.startswith("|"):
        # The head of a table and the rule below it say nothing of their own.
        return previous.startswith("|") and not line.startswith("|--") and not line.startswith("|-")
    if line.startswith("- "):
        return True
    return bool(line.strip()) and not line.startswith((" ", "#")) and (not previous.strip() or previous.startswith("#"))


def test_every_line_of_the_reference_is_marked() -> None:
    if not REFERENCE.exists():
        pytest.skip(f"{REFERENCE} is not here")
    assert [number for number, _, _ in rows()] == lines_of(REFERENCE.read_text(encoding="utf-8"))


def test_what_is_done_names_tests_and_what_is_not_gives_a_reason() -> None:
    assert [number for number, state, tests in rows() if state.startswith("not yet") == bool(tests)] == []
    assert [number for number, state, _ in rows() if state in ("other", "not yet")] == []


def test_every_test_that_is_named_exists() -> None:
    named = {test for _, _, tests in rows() for test in tests}
    assert sorted(test for test in named if not exists(*test.split("::"))) == []


def exists(file: str, name: str) -> bool:
    path = Path(__file__).parent / file
    return path.exists() and f"def {name}(" in path.read_text(encoding="utf-8")
