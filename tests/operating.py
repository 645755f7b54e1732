"""The command line, run as an operator runs it."""

import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

PROGRAM = Path(sys.executable).with_name("murmuration")

Run = Callable[..., subprocess.CompletedProcess[str]]


def bound_to(environment: dict[str, str]) -> Run:
    """`run("accounts list", development="false")`: the command's exit code and what it said."""

    def run(words: str, *more: str, **settings: str) -> subprocess.CompletedProcess[str]:
        changes = {f"MURMURATION_{name.upper()}": value for name, value in settings.items()}
        known = {"MURMURATION_DOMAIN": "ours.test", "MURMURATION_DEVELOPMENT": "true", "COLUMNS": "200"}
        return subprocess.run(
            [PROGRAM, *words.split(), *more],
            env=os.environ | environment | known | changes,
            capture_output=True,
            text=True,
            check=False,
        )

    return run
