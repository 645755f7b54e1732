"""Rules, alerts, runbooks and dashboards hold together; promtool says that they are right, and finds planted errors."""

import json
import re
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
import yaml
from telemetry.metric_names import ROOT, asked_of, measured_names

PROMETHEUS = ROOT / "deploy" / "prometheus"
GRAFANA = ROOT / "deploy" / "grafana"
PAGE = (ROOT / "docs" / "operations.md").read_text(encoding="utf-8")


def promtool(*words: str, folder: Path = PROMETHEUS) -> subprocess.CompletedProcess[str]:
    return subprocess.run(["promtool", *words], cwd=folder, capture_output=True, text=True, check=False)


def loaded(name: str) -> Any:
    return yaml.safe_load((PROMETHEUS / name).read_text(encoding="utf-8"))


def rules_of(name: str) -> list[dict[str, Any]]:
    return [rule for group in loaded(name)["groups"] for rule in group["rules"]]


ALERTS = {rule["alert"]: rule for rule in rules_of("alerts.yml")}


def anchors() -> set[str]:
    """As forges make them from headings."""
    headings = re.findall(r"^#+ (.+)$", PAGE, re.MULTILINE)
    return {re.sub(r"[^\w\- ]", "", heading.lower()).replace(" ", "-") for heading in headings}


def test_the_configuration_and_the_rules_are_valid() -> None:
    for words in (("check", "config", "prometheus.yml"), ("check", "rules", "recording.yml", "alerts.yml")):
        done = promtool(*words)
        assert done.returncode == 0, done.stdout + done.stderr


def test_each_alert_fires_when_it_should_and_only_then() -> None:
    done = promtool("test", "rules", "alerts_test.yml")
    assert done.returncode == 0, done.stdout + done.stderr


def test_each_alert_has_a_test_in_which_it_fires() -> None:
    cases = [case for test in loaded("alerts_test.yml")["tests"] for case in test.get("alert_rule_test", ())]
    assert {case["alertname"] for case in cases if case["exp_alerts"]} == set(ALERTS)


@pytest.mark.parametrize("alert", ALERTS)
def test_each_alert_leads_to_a_runbook_that_names_it(alert: str) -> None:
    path, _, anchor = ALERTS[alert]["annotations"]["runbook"].partition("#")
    assert path == "docs/operations.md"
    assert anchor in anchors()
    assert alert in PAGE
    assert ALERTS[alert]["labels"]["severity"] in ("page", "ticket")


def test_no_runbook_speaks_of_an_alert_that_is_not_there() -> None:
    assert set(re.findall(r"\bMurmuration[A-Z]\w+", PAGE)) <= set(ALERTS)


def queries() -> dict[str, str]:
    """Whatever Prometheus is asked, by where it stands."""
    found = {
        rule.get("alert", rule.get("record", "")): rule["expr"]
        for n in ("recording.yml", "alerts.yml")
        for rule in rules_of(n)
    }
    for path in sorted((GRAFANA / "dashboards").glob("*.json")):
        for panel in json.loads(path.read_text(encoding="utf-8"))["panels"]:
            found |= {f"{path.stem}: {panel['title']} {t['refId']}": t["expr"] for t in panel["targets"]}
    return found


def test_every_query_asks_for_metrics_and_recordings_that_exist() -> None:
    known = measured_names() | {rule["record"] for rule in rules_of("recording.yml")}
    assert {where: missing for where, query in queries().items() if (missing := asked_of(query) - known)} == {}


@pytest.mark.parametrize(
    "query",
    [
        "sum(rate(murmuration_delivery_outcome_total[5m]))",
        "max by (queue) (murmuration_queue_latency)",
        "murmuration_inbox_refused_total_bucket",
        "lane:murmuration_delivery_held:min",
    ],
)
def test_a_metric_that_does_not_exist_is_found(query: str) -> None:
    known = measured_names() | {rule["record"] for rule in rules_of("recording.yml")}
    assert asked_of(query) - known


@pytest.mark.parametrize(
    ("right", "wrong"),
    [("> 60", "> 6O"), ("rate(", "ratio("), ("expr: schema:", "expression: schema:"), ("for: 2m", "for: soon")],
)
def test_a_planted_error_in_a_rule_is_found(tmp_path: Path, right: str, wrong: str) -> None:
    text = (PROMETHEUS / "alerts.yml").read_text(encoding="utf-8")
    assert right in text
    (tmp_path / "alerts.yml").write_text(text.replace(right, wrong, 1), encoding="utf-8")
    assert promtool("check", "rules", "alerts.yml", folder=tmp_path).returncode != 0


def test_an_alert_that_no_longer_fires_is_found(tmp_path: Path) -> None:
    for name in ("recording.yml", "alerts.yml", "alerts_test.yml"):
        shutil.copy(PROMETHEUS / name, tmp_path)
    alerts = (tmp_path / "alerts.yml").read_text(encoding="utf-8")
    (tmp_path / "alerts.yml").write_text(alerts.replace("seconds:max > 60", "seconds:max > 6000"), encoding="utf-8")
    done = promtool("test", "rules", "alerts_test.yml", folder=tmp_path)
    assert done.returncode != 0
    assert "MurmurationOutboxStuck" in done.stdout + done.stderr


def test_the_dashboards_are_fresh() -> None:
    command = [sys.executable, str(GRAFANA / "generate.py"), "--check"]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr


def test_the_dashboards_have_ids_of_their_own_and_panels_beside_each_other() -> None:
    dashboards = [json.loads(path.read_text(encoding="utf-8")) for path in (GRAFANA / "dashboards").glob("*.json")]
    assert len({one["uid"] for one in dashboards}) == len(dashboards) == 8
    for one in dashboards:
        places = {(panel["gridPos"]["x"], panel["gridPos"]["y"]) for panel in one["panels"]}
        assert len(places) == len({panel["id"] for panel in one["panels"]}) == len(one["panels"])
