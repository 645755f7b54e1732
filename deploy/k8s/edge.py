"""Where requests come in: a Service for each of ours, and `deploy/routes.json` once more as Ingresses."""

from collections.abc import Iterator

from objects import HTTP, NAME, Object, meta
from table import PORT, SERVICES

from native import routes


def services() -> Iterator[Object]:
    for name in SERVICES:
        yield {
            "apiVersion": "v1",
            "kind": "Service",
            "metadata": meta(name, name, "http"),
            "spec": {
                "selector": {NAME: name, HTTP: "true"},
                "ports": [{"name": "http", "port": PORT, "targetPort": "http"}],
            },
        }
    # Without pods: what the edge must not forward ends here.
    yield {
        "apiVersion": "v1",
        "kind": "Service",
        "metadata": meta("nowhere", "nowhere", "edge"),
        "spec": {"ports": [{"name": "http", "port": PORT}]},
    }


def ingresses() -> Iterator[Object]:
    """One for each service, because the largest request is said for a whole Ingress."""
    table = routes.load()
    for name in SERVICES:
        prefixes = sorted(route.prefix for route in table.routes if route.service == name)
        if name == table.rest:
            prefixes.append("/")
        if prefixes:
            yield ingress(name, name, prefixes, table.max_body[name])
    yield ingress("nowhere", "nowhere", list(table.hidden), "1MB")


def ingress(name: str, backend: str, prefixes: list[str], most: str) -> Object:
    target = {"service": {"name": backend, "port": {"name": "http"}}}
    annotations = {
        "nginx.ingress.kubernetes.io/proxy-body-size": most.removesuffix("B").lower(),
        # Streams stay open, and what they carry leaves at once.
        "nginx.ingress.kubernetes.io/proxy-read-timeout": "3600",
        "nginx.ingress.kubernetes.io/proxy-buffering": "off",
    }
    return {
        "apiVersion": "networking.k8s.io/v1",
        "kind": "Ingress",
        "metadata": meta(name, name, "edge") | {"annotations": annotations},
        "spec": {
            "ingressClassName": "nginx",
            "tls": [{"hosts": ["social.example"], "secretName": "murmuration-tls"}],
            "rules": [
                {
                    "host": "social.example",
                    "http": {
                        "paths": [{"path": path, "pathType": "Prefix", "backend": target} for path in prefixes],
                    },
                }
            ],
        },
    }
