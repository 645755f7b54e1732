"""How many pods there are: workers by what waits in their queues, those that answer by their CPU."""

from collections.abc import Iterator

from objects import Object, meta
from table import SERVICES, Role, Service


def scaling() -> Iterator[Object]:
    yield {
        "apiVersion": "keda.sh/v1alpha1",
        "kind": "TriggerAuthentication",
        "metadata": {"name": "rabbitmq"},
        "spec": {"secretTargetRef": [{"parameter": "host", "name": "murmuration", "key": "amqp-url"}]},
    }
    for name, service in SERVICES.items():
        if service.queues:
            yield scaled(name, service)
        role = service.roles["http"]
        if role.most > role.least:
            yield by_cpu(name, role)


def scaled(name: str, service: Service) -> Object:
    """By what waits and by how long it has waited, whichever asks for more."""
    role = service.roles["worker"]
    age = f'max(murmuration_queue_latency_seconds{{queue=~"{name.replace("-", "_")}[.].*"}})'
    return {
        "apiVersion": "keda.sh/v1alpha1",
        "kind": "ScaledObject",
        "metadata": meta(f"{name}-worker", name, "worker"),
        "spec": {
            "scaleTargetRef": {"name": f"{name}-worker"},
            "minReplicaCount": role.least,
            "maxReplicaCount": role.most,
            "pollingInterval": 15,
            "cooldownPeriod": 300,
            "fallback": {"failureThreshold": 4, "replicas": max(2, role.least)},
            "advanced": {
                "horizontalPodAutoscalerConfig": {
                    "behavior": {"scaleDown": {"stabilizationWindowSeconds": 300}},
                }
            },
            "triggers": [
                *(depth(queue, many) for queue, many in service.queues.items()),
                {
                    "type": "prometheus",
                    "metadata": {
                        "serverAddress": "http://prometheus-operated.monitoring.svc:9090",
                        "query": age,
                        "threshold": str(service.seconds),
                    },
                },
            ],
        },
    }


def depth(queue: str, many: int) -> Object:
    return {
        "type": "rabbitmq",
        "metadata": {"protocol": "amqp", "queueName": queue, "mode": "QueueLength", "value": str(many)},
        "authenticationRef": {"name": "rabbitmq"},
    }


def by_cpu(name: str, role: Role) -> Object:
    return {
        "apiVersion": "autoscaling/v2",
        "kind": "HorizontalPodAutoscaler",
        "metadata": meta(f"{name}-http", name, "http"),
        "spec": {
            "scaleTargetRef": {"apiVersion": "apps/v1", "kind": "Deployment", "name": f"{name}-http"},
            "minReplicas": role.least,
            "maxReplicas": role.most,
            "metrics": [
                {
                    "type": "Resource",
                    "resource": {"name": "cpu", "target": {"type": "Utilization", "averageUtilization": 70}},
                }
            ],
            "behavior": {"scaleDown": {"stabilizationWindowSeconds": 300}},
        },
    }
