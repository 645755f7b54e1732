"""masto is asked for everything it knows that we have built, on a whole server."""

import json
import os
import re
import subprocess
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from clients.masto import enumerated, left_out
from clients.mastodon_py.stage import SCOPES
from clients.npm import install

from native import authority
from native.server import Server

HERE = Path(__file__).parent / "masto"
PEOPLE = ("mia", "moe", "max")
WITHIN = 200.0

_SCENARIO = re.compile(r"^  async (\w+)\(stage\)", re.MULTILINE)
SCENARIOS = [name for path in sorted(HERE.glob("src/*.js")) for name in _SCENARIO.findall(path.read_text())]


def _operate(server: Server, *words: str) -> str:
    done = subprocess.run([str(server.home.wrapper), *words], check=True, capture_output=True, text=True)
    return done.stdout.strip()


def _token(server: Server, name: str) -> str:
    _operate(server, "accounts", "create", name, "--email", f"{name}@mail.example", "--confirmed")
    return _operate(server, "accounts", "token", name, "--scopes", SCOPES)


@pytest.fixture(scope="module")
def outcomes(alpha: Server) -> dict[str, Any]:
    """What became of each scenario, by its name; all are played when the first is asked for."""
    install(HERE)
    tokens = {name: _token(alpha, name) for name in PEOPLE}
    for setting, value in (("registrations", "open"), ("show_domain_blocks", "all")):
        _operate(alpha, "server", "set", setting, value)
    _operate(alpha, "announcements", "add", "Cake at four")
    _operate(alpha, "accounts", "suggest", "moe")
    environment = os.environ | {
        "STAGE": json.dumps({"url": alpha.base_url, "tokens": tokens}),
        "NODE_EXTRA_CA_CERTS": str(authority.certificate_file()),
    }
    command = ["node", str(HERE / "src" / "main.js")]
    done = subprocess.run(command, env=environment, check=False, capture_output=True, text=True, timeout=WITHIN)
    told = [json.loads(line) for line in done.stdout.splitlines()]
    assert len(told) == len(SCENARIOS), done.stderr
    return {outcome["scenario"]: outcome for outcome in told}


@pytest.mark.parametrize("scenario", SCENARIOS)
def test_with_masto(scenario: str, outcomes: dict[str, Any]) -> None:
    assert outcomes[scenario]["error"] is None, outcomes[scenario]["error"]


def test_every_method_is_called_or_explained(
    outcomes: dict[str, Any], record_property: Callable[[str, object], None]
) -> None:
    called = {method for outcome in outcomes.values() for method in outcome["called"]}
    missing = sorted(enumerated.methods() - called)
    assert not [method for method in missing if left_out.reason(method) is None]
    assert not called & set(left_out.NOT_CALLED)
    record_property("not called", {f"masto {method}": left_out.reason(method) for method in missing})
