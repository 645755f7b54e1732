"""Which metrics there are, and which a query asks for."""

import importlib
import pkgutil
import re
from functools import cache
from pathlib import Path

from prometheus_client import REGISTRY

ROOT = Path(__file__).parents[2]
PACKAGES = ("apcore", "chassis", "mastoapi", "api_gateway", "inbox", "delivery", "timeline", "media", "moderation")
NOT_IMPORTED = re.compile(r"\.(__main__|migrations|alembic)\b")
"""What runs when it is imported."""
NAME = re.compile(r"[a-z_]*:?\b(?:murmuration|apcore|process)_[a-z0-9_]+(?::[a-z0-9_]+)?")
PARTS = {"histogram": ("_bucket", "_sum", "_count")}


@cache
def measured() -> dict[str, tuple[str, ...]]:
    """All metrics of our own, with their labels."""
    return {name: labels for name, (labels, _) in _ours().items()}


@cache
def measured_names() -> frozenset[str]:
    """As Prometheus stores them: a histogram is three."""
    stored = {name + part for name, (_, kind) in _ours().items() for part in PARTS.get(kind, ("",))}
    return frozenset(stored | {"process_cpu_seconds_total", "process_resident_memory_bytes"})


def asked_of(query: str) -> set[str]:
    """The metrics and recordings that a query names."""
    return set(NAME.findall(query))


def _ours() -> dict[str, tuple[tuple[str, ...], str]]:
    for package in map(importlib.import_module, PACKAGES):
        for module in pkgutil.walk_packages(package.__path__, f"{package.__name__}."):
            if not NOT_IMPORTED.search(module.name):
                importlib.import_module(module.name)
    found: dict[str, tuple[tuple[str, ...], str]] = {}
    for collector in REGISTRY._collector_to_names:
        name, kind = str(getattr(collector, "_name", "")), str(getattr(collector, "_type", ""))
        if name.startswith(("murmuration_", "apcore_")):
            found[name + ("_total" if kind == "counter" else "")] = tuple(getattr(collector, "_labelnames", ())), kind
    return found
