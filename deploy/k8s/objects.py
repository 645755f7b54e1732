"""What objects share: their type, and the names and labels by which they find each other."""

from typing import Any

Object = dict[str, Any]

PART_OF = "app.kubernetes.io/part-of"
NAME = "app.kubernetes.io/name"
COMPONENT = "app.kubernetes.io/component"
HTTP = "murmuration/http"
"""On pods that serve requests, whatever else they do."""


def meta(name: str, service: str, component: str) -> Object:
    return {"name": name, "labels": {NAME: service, COMPONENT: component}}


def named(service: str) -> Object:
    return {"podSelector": {"matchLabels": {NAME: service, PART_OF: "murmuration"}}}
