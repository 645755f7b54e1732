"""Debian's Prometheus, scraping a running server with our own configuration, rules and alerts."""

import re
import shutil
import signal
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import httpx
import yaml

from native.home import Home
from native.ports import choose
from native.probes import answers
from native.process import Component
from native.server import Server
from native.services import SERVICES
from native.supervisor import Supervisor

ROOT = Path(__file__).parents[2]
FOLDER = ROOT / "deploy" / "prometheus"
WINDOW = "15s"
IMPATIENT = {
    "MurmurationOutboxStuck": ("> 60", "> 2"),
}
"""Ages that nobody waits for in a test."""


class Prometheus:
    """The server's answers."""

    def __init__(self, url: str) -> None:
        self.client = httpx.AsyncClient(base_url=url)

    async def query(self, expression: str) -> list[dict[str, Any]]:
        answer = (await self.client.get("/api/v1/query", params={"query": expression})).json()
        assert answer["status"] == "success", f"{expression}: {answer}"
        found: list[dict[str, Any]] = answer["data"]["result"]
        return found

    async def firing(self) -> set[str]:
        return {found["metric"]["alertname"] for found in await self.query('ALERTS{alertstate="firing"}')}


def impatient(alerts: dict[str, Any]) -> dict[str, Any]:
    """The same alerts, that look back seconds instead of minutes and fire at once."""
    for group in alerts["groups"]:
        for rule in group["rules"]:
            rule.pop("for", None)
            rule["expr"] = re.sub(r"\[\d+[mh]\]", f"[{WINDOW}]", rule["expr"])
            rule["expr"] = rule["expr"].replace(*IMPATIENT.get(rule.get("alert", ""), ("", "")))
    return alerts


def configured(server: Server) -> dict[str, Any]:
    """The configuration of docker compose, with the addresses of a native server, and often."""
    config: dict[str, Any] = yaml.safe_load((FOLDER / "prometheus.yml").read_text(encoding="utf-8"))
    config["global"] = {"scrape_interval": "1s", "evaluation_interval": "1s"}
    [scrape] = config["scrape_configs"]
    scrape["static_configs"] = [
        {"targets": [server.url_of(service).removeprefix("http://")], "labels": {"service": service}}
        for service in SERVICES
    ]
    del scrape["relabel_configs"]
    return config


@contextmanager
def watching(server: Server, folder: Path) -> Iterator[str]:
    """The address of a Prometheus that watches the server, for as long as the test needs it."""
    for name in ("recording.yml", "alerts.yml"):
        rules = impatient(yaml.safe_load((FOLDER / name).read_text(encoding="utf-8")))
        (folder / name).write_text(yaml.safe_dump(rules), encoding="utf-8")
    (folder / "prometheus.yml").write_text(yaml.safe_dump(configured(server)), encoding="utf-8")
    [port] = choose(1)
    url = f"http://127.0.0.1:{port}"
    prometheus = Component(
        name="prometheus",
        command=(
            shutil.which("prometheus") or "prometheus",
            f"--config.file={folder}/prometheus.yml",
            f"--storage.tsdb.path={folder}/data",
            f"--web.listen-address=127.0.0.1:{port}",
            "--log.level=warn",
        ),
        environment={"HOME": str(folder)},
        ready=lambda: answers(f"{url}/-/ready"),
        stop_signal=signal.SIGTERM,
    )
    supervisor = Supervisor(Home(folder), [prometheus])
    try:
        supervisor.wait_until_ready(30)
        yield url
    finally:
        supervisor.stop()


@contextmanager
def paused(server: Server, component: str) -> Iterator[None]:
    """The component stands still, as a process does that hangs, and goes on afterwards."""
    pid = server.pid(component)
    assert pid is not None
    subprocess.run(["kill", "-STOP", str(pid)], check=True)
    try:
        yield
    finally:
        subprocess.run(["kill", "-CONT", str(pid)], check=True)
