"""Files of other folders in `deploy`, as objects that carry them into the cluster."""

from collections.abc import Iterator
from pathlib import Path

import yaml
from objects import Object

DEPLOY = Path(__file__).parent.parent


def preparation() -> Iterator[Object]:
    """What a superuser runs before the migrations, as files for the Job."""
    files = [DEPLOY / "postgres" / name for name in ("prepare.sh", "roles.sql")]
    yield {
        "apiVersion": "v1",
        "kind": "ConfigMap",
        "metadata": {"name": "postgres-preparation"},
        "data": {path.name: path.read_text(encoding="utf-8") for path in files},
    }


def rules() -> Iterator[Object]:
    """The rules of deploy/prometheus, as Prometheus' operator reads them."""
    for name in ("recording", "alerts"):
        text = (DEPLOY / "prometheus" / f"{name}.yml").read_text(encoding="utf-8")
        yield {
            "apiVersion": "monitoring.coreos.com/v1",
            "kind": "PrometheusRule",
            "metadata": {"name": f"murmuration-{name}"},
            "spec": yaml.safe_load(text),
        }
