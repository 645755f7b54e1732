"""The matrix has a test in each of its cells, and each of these tests exists."""

import itertools
import subprocess
import sys
from pathlib import Path

from federation.matrix import DIRECTIONS, MATRIX, PEERS

HERE = Path(__file__).parent


def collected() -> set[str]:
    """Every run of every test beside this file, by file and name, as pytest itself finds them."""
    command = [sys.executable, "-m", "pytest", "--collect-only", "-q", "-p", "no:cacheprovider", str(HERE)]
    found = subprocess.run(command, capture_output=True, text=True, check=True).stdout
    return {line.rpartition("/")[2] for line in found.splitlines() if "::" in line}


def test_every_act_is_proven_in_both_directions_on_both_peers() -> None:
    assert len(MATRIX) == 16
    for act, cells in MATRIX.items():
        assert set(cells) == set(itertools.product(PEERS, DIRECTIONS)), act


def test_every_test_that_the_matrix_names_exists() -> None:
    assert {name for cells in MATRIX.values() for name in cells.values()} - collected() == set()
