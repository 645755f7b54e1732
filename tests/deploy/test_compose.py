"""docker-compose.yml is a valid description of the whole server; no daemon is needed to know."""

import re
import subprocess
import sys
from pathlib import Path

import yaml

from chassis.settings import Settings
from native import postgres, routes, services

ROOT = Path(__file__).parents[2]
TEXT = (ROOT / "docker-compose.yml").read_text(encoding="utf-8")
COMPOSE = yaml.safe_load(TEXT)


def test_it_follows_the_schema() -> None:
    command = [sys.executable, "-m", "check_jsonschema", "--builtin-schema", "vendor.compose-spec"]
    done = subprocess.run([*command, str(ROOT / "docker-compose.yml")], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout


def test_it_runs_every_service_that_the_native_runner_runs() -> None:
    assert set(services.SERVICES) <= set(COMPOSE["services"])
    assert {route.service for route in routes.load().routes} <= set(COMPOSE["services"])


def test_each_service_is_built_as_itself() -> None:
    for name in services.SERVICES:
        assert COMPOSE["services"][name]["build"]["args"] == {"SERVICE": name}


def test_everything_it_insists_on_is_in_the_example() -> None:
    example = (ROOT / "deploy" / "compose.env.example").read_text(encoding="utf-8")
    given = set(re.findall(r"^([A-Z0-9_]+)=", example, re.MULTILINE))
    assert set(re.findall(r"\$\{([A-Z0-9_]+):\?", TEXT)) == given


def test_no_secret_has_a_default() -> None:
    assert not re.search(r"\$\{[A-Z0-9_]*(PASSWORD|SECRET|KEY)[A-Z0-9_]*:-", TEXT)


def test_it_prepares_the_same_roles_as_the_native_runner() -> None:
    script = (ROOT / "deploy" / "postgres" / "prepare.sh").read_text(encoding="utf-8")
    assert tuple(re.findall(r"for role in (.*); do", script)[0].split()) == postgres.ROLES


def test_each_service_is_told_where_everything_is() -> None:
    local = {name for name, field in Settings.model_fields.items() if "127.0.0.1:" in str(field.default)}
    told = {name.removeprefix("MURMURATION_").lower() for name in COMPOSE["x-environment"]}
    assert local | {"trusted_proxies"} <= told
