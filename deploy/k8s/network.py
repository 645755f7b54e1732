"""Who may talk to whom: the policies of the network, from what the table says of each service."""

from collections.abc import Iterator

from objects import COMPONENT, NAME, PART_OF, Object, named
from table import PORT, SERVICES, Service

from native import routes

PRIVATE = [
    "10.0.0.0/8",
    "172.16.0.0/12",
    "192.168.0.0/16",
    "100.64.0.0/10",
    "169.254.0.0/16",
    "127.0.0.0/8",
    "0.0.0.0/8",
]
PRIVATE_6 = ["fc00::/7", "fe80::/10", "::1/128"]


def network() -> Iterator[Object]:
    """Nothing is allowed but what is named."""
    ours = {"matchLabels": {PART_OF: "murmuration"}}
    yield policy("nothing", ours, types=["Ingress", "Egress"])
    yield policy("names", ours, egress=[{"ports": ports(53, "UDP") + ports(53)}])
    yield policy(
        "metrics",
        ours,
        ingress=[{"from": [namespace("monitoring")], "ports": ports(PORT)}],
    )
    for name, service in SERVICES.items():
        yield policy(
            name, named(name)["podSelector"], ingress=list(asked(name, service)), egress=list(asks(name, service))
        )
    yield policy("migrate", named("migrate")["podSelector"], egress=[to_data("postgres"), to_data("rabbitmq")])


def policy(
    name: str,
    chosen: Object,
    *,
    types: list[str] | None = None,
    ingress: list[Object] | None = None,
    egress: list[Object] | None = None,
) -> Object:
    rules = {"ingress": ingress, "egress": egress}
    given = {key: value for key, value in rules.items() if value}
    return {
        "apiVersion": "networking.k8s.io/v1",
        "kind": "NetworkPolicy",
        "metadata": {"name": name},
        "spec": {"podSelector": chosen, "policyTypes": types or [key.title() for key in given], **given},
    }


def ports(number: int, protocol: str = "TCP") -> list[Object]:
    return [{"port": number, "protocol": protocol}]


def namespace(name: str) -> Object:
    return {"namespaceSelector": {"matchLabels": {"kubernetes.io/metadata.name": name}}}


def asked(name: str, service: Service) -> Iterator[Object]:
    if name in {route.service for route in routes.load().routes} | {routes.load().rest}:
        yield {"from": [namespace("ingress-nginx")], "ports": ports(PORT)}
    if service.asked_by:
        yield {"from": [named(other) for other in service.asked_by], "ports": ports(PORT)}


def asks(name: str, service: Service) -> Iterator[Object]:
    yield to_data("postgres")
    yield to_data("rabbitmq")
    if service.redis:
        yield to_data("redis")
    others = [named(other) for other, it in SERVICES.items() if name in it.asked_by]
    if others:
        yield {"to": others, "ports": ports(PORT)}
    if service.outside:
        yield outside()


# Where the data is: single instances of components/data, or what the operators of examples/ make.
DATA = {
    "postgres": (5432, [{COMPONENT: "postgres"}, {"cnpg.io/cluster": "postgres"}, {"cnpg.io/poolerName": "pooler"}]),
    "rabbitmq": (5672, [{COMPONENT: "rabbitmq"}, {NAME: "rabbitmq"}]),
    "redis": (6379, [{COMPONENT: "redis"}]),
}


def to_data(name: str) -> Object:
    port, found = DATA[name]
    return {"to": [{"podSelector": {"matchLabels": labels}} for labels in found], "ports": ports(port)}


def outside() -> Object:
    """Everything that is nobody's private network: a second fence behind our own guard. Peers choose their ports."""
    return {
        "to": [
            {"ipBlock": {"cidr": "0.0.0.0/0", "except": PRIVATE}},
            {"ipBlock": {"cidr": "::/0", "except": PRIVATE_6}},
        ],
        "ports": [{"protocol": "TCP", "port": 1, "endPort": 65535}],
    }
