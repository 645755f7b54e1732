"""Every row of the list of known attacks has a test of its own name, or is upon a feature that does not exist."""

import csv
import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from security.unbuilt import UNBUILT

ATTACKS = Path(__file__).parents[3] / "shared" / "reference" / "attacks.tsv"
CLASSES = ("SIG", "ORIGIN", "LDSIG", "TAKEOVER", "SSRF", "VIS", "DOS", "MOD")
TEST = re.compile(r"^ *(?:async )?def test_(\w+)", re.MULTILINE)
ID = re.compile(rf"(?:^|_)({'|'.join(CLASSES).lower()})((?:_\d\d(?:_and)?(?=_))+)")


def ids_in(name: str) -> Iterator[str]:
    """`ldsig_01_03_and_05_what_it_says` names three rows."""
    for prefix, numbers in ID.findall(name):
        yield from (f"{prefix.upper()}-{number}" for number in re.findall(r"\d\d", numbers))


def rows_tested() -> set[str]:
    files = Path(__file__).parent.glob("test_*.py")
    return {row for file in files for name in TEST.findall(file.read_text()) for row in ids_in(name)}


def rows() -> set[str]:
    if not ATTACKS.exists():
        pytest.skip(f"the list of attacks is not here: {ATTACKS}")
    with ATTACKS.open(newline="") as file:
        found = csv.DictReader(file, delimiter="\t", quoting=csv.QUOTE_NONE)
        return {row["test_id"] for row in found if row["class"] in CLASSES}


def test_every_known_attack_is_tried_or_has_nothing_to_attack() -> None:
    wanted, have = rows(), rows_tested()
    count = f"{len(wanted & have)} of {len(wanted)} attacks are tried, {len(wanted & UNBUILT.keys())} have no target"
    print(count)  # noqa: T201  # for whoever runs it to see
    assert sorted(wanted - have - UNBUILT.keys()) == []
    assert sorted(UNBUILT.keys() - wanted) == []
    assert sorted(UNBUILT.keys() & have) == []


def test_a_tests_name_tells_its_rows() -> None:
    assert [*ids_in("ldsig_01_03_and_05_renamed_terms")] == ["LDSIG-01", "LDSIG-03", "LDSIG-05"]
    assert [*ids_in("sig_03_a_key_speaks_for_2_people")] == ["SIG-03"]
    assert [*ids_in("origin_02_and_sig_21_in_one")] == ["ORIGIN-02", "SIG-21"]
    assert [*ids_in("a_design_03_of_ours")] == []
