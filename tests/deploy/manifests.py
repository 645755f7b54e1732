"""The manifests of Kubernetes as an overlay builds them, and what is wrong with one."""

import json
import subprocess
import sys
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import Any

import jsonschema
import kubernetes_validate
import yaml

ROOT = Path(__file__).parents[2]
K8S = ROOT / "deploy" / "k8s"
KUBECTL = Path(sys.executable).with_name("kubectl")
VERSION = "1.34"
SCHEMAS = {path.stem: json.loads(path.read_text(encoding="utf-8")) for path in (K8S / "schemas").glob("*.json")}
Object = dict[str, Any]


def build(folder: Path) -> subprocess.CompletedProcess[str]:
    return subprocess.run([KUBECTL, "kustomize", str(folder)], capture_output=True, text=True, check=False)


@cache
def built(overlay: str) -> list[Object]:
    """Not to be changed: all tests share it."""
    done = build(K8S / "overlays" / overlay)
    assert done.returncode == 0, done.stderr
    # kubectl warns of whatever will go away.
    assert done.stderr == ""
    return list(yaml.load_all(done.stdout, yaml.CSafeLoader))


def kind(objects: list[Object], *kinds: str) -> Iterator[Object]:
    return (one for one in objects if one["kind"] in kinds)


def containers(objects: list[Object]) -> Iterator[tuple[str, Object, Object]]:
    """Each container with its workload's name and its pod."""
    for one in kind(objects, "Deployment", "StatefulSet", "Job"):
        pod = one["spec"]["template"]["spec"]
        for container in [*pod.get("initContainers", ()), *pod["containers"]]:
            yield one["metadata"]["name"], container, pod


def complaint(one: Object) -> str | None:
    """What is wrong with an object; kinds that are not Kubernetes' own are held against our schemas."""
    try:
        if one["kind"] in SCHEMAS:
            jsonschema.validate(one, SCHEMAS[one["kind"]])
        else:
            kubernetes_validate.validate(one, VERSION, strict=True)
    except (jsonschema.ValidationError, kubernetes_validate.ValidationError) as error:
        return f"{one['kind']} {one['metadata']['name']}: {error.message}"
    except kubernetes_validate.SchemaNotFoundError:
        return f"nobody knows {one['apiVersion']} {one['kind']}"
    return None
