"""The pods in which services run: one with all roles, or one for each role."""

from collections.abc import Iterator

from objects import COMPONENT, HTTP, NAME, PART_OF, Object, meta
from table import PORT, SERVICES

USER = 10001
SECRETS = {
    "MURMURATION_DATABASE_PASSWORD": "database-password",
    "MURMURATION_AMQP_URL": "amqp-url",
    "MURMURATION_REDIS_URL": "redis-url",
    "MURMURATION_INTERNAL_SECRET": "internal-secret",
    "MURMURATION_SECRET_KEY": "secret-key",
}
STORAGE_SECRETS = {"MURMURATION_S3_ACCESS_KEY": "s3-access-key", "MURMURATION_S3_SECRET_KEY": "s3-secret-key"}


def deployment(service: str, component: str, args: list[str], replicas: int | None, resources: Object) -> Object:
    labels = {NAME: service, COMPONENT: component, PART_OF: "murmuration"}
    if component in ("http", "all"):
        labels[HTTP] = "true"
    chosen = {NAME: service, COMPONENT: component}
    return {
        "apiVersion": "apps/v1",
        "kind": "Deployment",
        "metadata": meta(service if component == "all" else f"{service}-{component}", service, component),
        "spec": {
            **({"replicas": replicas} if replicas else {}),
            "selector": {"matchLabels": chosen},
            "template": {"metadata": {"labels": labels}, "spec": pod(service, args, resources, chosen)},
        },
    }


def pod(service: str, args: list[str], resources: Object, chosen: Object) -> Object:
    spread = {"maxSkew": 1, "topologyKey": "kubernetes.io/hostname", "whenUnsatisfiable": "ScheduleAnyway"}
    return {
        "automountServiceAccountToken": False,
        "enableServiceLinks": False,
        "terminationGracePeriodSeconds": SERVICES[service].grace,
        "securityContext": pod_security(),
        "topologySpreadConstraints": [spread | {"labelSelector": {"matchLabels": chosen}}],
        "containers": [
            {
                "name": service,
                "image": f"murmuration/{service}",
                **({"args": args} if args else {}),
                "ports": [{"name": "http", "containerPort": PORT}],
                "envFrom": [{"configMapRef": {"name": "murmuration"}}],
                "env": environment(service),
                "startupProbe": probe("/health", period=2, failures=60),
                "livenessProbe": probe("/health", period=10, failures=3),
                "readinessProbe": probe("/ready", period=5, failures=2),
                # The endpoint goes at the same time as the signal comes: for a moment requests still arrive.
                "lifecycle": {"preStop": {"exec": {"command": ["sleep", "5"]}}},
                "resources": resources,
                "securityContext": container_security(),
                "volumeMounts": [{"name": "tmp", "mountPath": "/tmp"}],  # noqa: S108  # in the container
            }
        ],
        "volumes": [{"name": "tmp", "emptyDir": {"sizeLimit": SERVICES[service].scratch}}],
    }


def environment(service: str) -> list[Object]:
    known = SECRETS | (STORAGE_SECRETS if service == "media" else {})
    optional = {"optional": True}
    return [
        {
            "name": name,
            "valueFrom": {
                "secretKeyRef": {"name": "murmuration", "key": key, **(optional if name in STORAGE_SECRETS else {})}
            },
        }
        for name, key in known.items()
    ]


def probe(path: str, *, period: int, failures: int) -> Object:
    return {
        "httpGet": {"path": path, "port": "http"},
        "periodSeconds": period,
        "timeoutSeconds": 3,
        "failureThreshold": failures,
    }


def pod_security() -> Object:
    return {
        "runAsNonRoot": True,
        "runAsUser": USER,
        "runAsGroup": USER,
        "fsGroup": USER,
        "seccompProfile": {"type": "RuntimeDefault"},
    }


def container_security() -> Object:
    return {
        "allowPrivilegeEscalation": False,
        "readOnlyRootFilesystem": True,
        "capabilities": {"drop": ["ALL"]},
    }


def together() -> Iterator[Object]:
    """One process a service."""
    for name, service in SERVICES.items():
        memory, most = service.together
        resources = {"requests": {"cpu": "50m", "memory": memory}, "limits": {"memory": most}}
        yield deployment(name, "all", [], 1, resources)


def apart() -> Iterator[Object]:
    """One Deployment a role, and never more than one of its pods evicted at a time."""
    for name, service in SERVICES.items():
        for component, role in service.roles.items():
            resources = {"requests": {"cpu": role.cpu, "memory": role.memory}, "limits": {"memory": role.limit}}
            # A number here would be set back at each apply, whatever the autoscaler has come to.
            replicas = role.least if role.least == role.most else None
            yield deployment(name, component, [component], replicas, resources)
            yield {
                "apiVersion": "policy/v1",
                "kind": "PodDisruptionBudget",
                "metadata": meta(f"{name}-{component}", name, component),
                "spec": {
                    "maxUnavailable": 1,
                    "selector": {"matchLabels": {NAME: name, COMPONENT: component}},
                    "unhealthyPodEvictionPolicy": "AlwaysAllow",
                },
            }
