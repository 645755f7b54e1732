"""What docs/operations.md says of settings, metrics and queues is what the code has."""

import re
from pathlib import Path
from typing import Any

from pydantic import SecretStr
from telemetry.metric_names import measured

import api_gateway.settings
import delivery.settings
import inbox.settings
import media.settings
import moderation.settings
import timeline.settings
from chassis import migrate, topology

PAGE = (Path(__file__).parents[2] / "docs" / "operations.md").read_text(encoding="utf-8")
SETTINGS = (
    api_gateway.settings.Settings,
    inbox.settings.Settings,
    delivery.settings.Settings,
    timeline.settings.Settings,
    media.settings.Settings,
    moderation.settings.Settings,
)


def shown(default: Any) -> str:
    """A default as one would write it into an environment variable."""
    match default:
        case SecretStr():
            return default.get_secret_value()
        case None:
            return ""
        case bool():
            return str(default).lower()
        case float():
            return f"{default:g}"
        case tuple() | list():
            return ",".join(map(shown, default))
        case _:
            return str(default)


def defaults() -> dict[str, str]:
    return {
        f"MURMURATION_{name.upper()}": shown(field.get_default(call_default_factory=True))
        for settings in SETTINGS
        for name, field in settings.model_fields.items()
    }


def test_each_setting_is_listed_with_its_default() -> None:
    listed = dict(re.findall(r"^\| `(MURMURATION_\w+)` \| (?:`([^`]*)`)? ?\|", PAGE, re.MULTILINE))
    assert listed == defaults()


def test_each_metric_is_listed_with_its_labels() -> None:
    listed = dict(re.findall(r"^\| `((?:murmuration|apcore)_\w+)` \| ?([\w, ]*?) ?\|", PAGE, re.MULTILINE))
    assert listed == {name: ", ".join(labels) for name, labels in measured().items()}


def test_no_alert_asks_for_a_metric_that_is_not_there() -> None:
    asked = set(re.findall(r"\b(?:murmuration|apcore)_[a-z0-9_]+\b", PAGE))
    assert asked - set(measured()) == set()


def test_each_queue_and_outbox_named_is_there() -> None:
    queues = {queue.name for queue in topology.queues()}
    assert set(re.findall(r"queues (?:peek|redrive|discard) ([\w.]+)", PAGE)) <= queues
    schemas = {entry.name for entry in migrate.schemas()} - {"social"}
    named = re.search(r"`<schema>\.outbox` of ([^.]*)\.", PAGE)
    assert named is not None
    assert set(re.findall(r"`(\w+)`", named[1])) == schemas
