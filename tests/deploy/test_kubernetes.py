"""What can be known of the manifests without a cluster: they are valid, agree with the code, and allow little."""

import copy
import ipaddress
import re
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
import yaml
from deploy.manifests import K8S, ROOT, Object, build, built, complaint, containers, kind
from deploy.test_routes import CASES
from telemetry.metric_names import asked_of, measured_names
from telemetry.test_operations import defaults

from chassis import topology
from chassis.main import DRAIN_SECONDS
from native import routes

OVERLAYS = ("small", "large")
SERVICES = ("api-gateway", "inbox", "delivery", "timeline", "media", "moderation")
NAME, COMPONENT, HTTP = "app.kubernetes.io/name", "app.kubernetes.io/component", "murmuration/http"
UNITS = {"Ki": 2**10, "Mi": 2**20, "Gi": 2**30}


@pytest.fixture(params=OVERLAYS)
def objects(request: pytest.FixtureRequest) -> list[Object]:
    return built(request.param)


def bytes_of(quantity: str) -> int:
    return int(quantity[:-2]) * UNITS[quantity[-2:]]


def test_what_is_generated_is_fresh() -> None:
    command = [sys.executable, str(K8S / "generate.py"), "--check"]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr


def test_every_object_is_valid(objects: list[Object]) -> None:
    assert [found for one in objects if (found := complaint(one))] == []


@pytest.mark.parametrize("file", ["examples/cloudnative-pg.yaml", "examples/rabbitmq.yaml", "secrets.example.yaml"])
def test_every_example_is_valid(file: str) -> None:
    examples = list(yaml.safe_load_all((K8S / file).read_text(encoding="utf-8")))
    assert examples
    assert [found for one in examples if (found := complaint(one))] == []


def test_the_component_that_no_overlay_uses_builds(tmp_path: Path) -> None:
    shutil.copytree(K8S / "components" / "translation", tmp_path / "translation")
    (tmp_path / "kustomization.yaml").write_text("components: [translation]\n", encoding="utf-8")
    done = build(tmp_path)
    assert done.returncode == 0, done.stderr
    assert complaint(yaml.safe_load(done.stdout)) is None


def set_at(one: Object, path: str, value: Any) -> Object:
    """A copy with one thing changed."""
    changed = copy.deepcopy(one)
    *way, last = path.split(".")
    here: Any = changed
    for step in way:
        here = here[int(step)] if step.isdecimal() else here[step]
    here[int(last) if last.isdecimal() else last] = value
    return changed


POD = "spec.template.spec"
PLANTED = {
    "a field that is misspelt": ("Deployment", f"{POD}.containers.0.livenesProbe", {}),
    "a number that is a word": ("Deployment", f"{POD}.containers.0.ports.0.containerPort", "http"),
    "a policy without its selector": ("NetworkPolicy", "spec.podSelectors", {}),
    "a replica count of KEDA's that has another name": ("ScaledObject", "spec.maxReplicas", 4),
    "a trigger that KEDA does not have": ("ScaledObject", "spec.triggers.0.type", "rabbit"),
    "a trigger without its queue": ("ScaledObject", "spec.triggers.0.metadata", {"mode": "QueueLength", "value": "1"}),
    "an autoscaler's metric that is misspelt": ("HorizontalPodAutoscaler", "spec.metrics.0.resources", {}),
    "a duration that is none": ("PodMonitor", "spec.podMetricsEndpoints.0.interval", "often"),
    "a rule that is neither alert nor recording": ("PrometheusRule", "spec.groups.0.rules.0", {"expr": "1"}),
    "an Ingress that does not say how it matches": ("Ingress", "spec.rules.0.http.paths.0", {"path": "/"}),
}


@pytest.mark.parametrize(("where", "path", "value"), PLANTED.values(), ids=PLANTED)
def test_a_planted_error_is_found(where: str, path: str, value: Any) -> None:
    sound = next(kind(built("large"), where))
    assert complaint(sound) is None
    assert complaint(set_at(sound, path, value)) is not None


def test_an_object_of_a_kind_that_nobody_knows_is_found() -> None:
    assert complaint({"apiVersion": "v1", "kind": "Deploiment", "metadata": {"name": "x"}}) is not None


def settings_in(objects: list[Object]) -> set[str]:
    told = {name for one in kind(objects, "ConfigMap") for name in one["data"]}
    told |= {variable["name"] for _, container, _ in containers(objects) for variable in container.get("env", ())}
    return {name for name in told if name.startswith("MURMURATION_")}


def test_every_variable_is_a_setting_that_exists(objects: list[Object]) -> None:
    assert settings_in(objects) - set(defaults()) == set()


def test_a_variable_that_no_service_reads_is_found() -> None:
    objects = copy.deepcopy(built("small"))
    settings = next(kind(objects, "ConfigMap"))
    settings["data"]["MURMURATION_DATABASE_POOLSIZE"] = "5"
    assert settings_in(objects) - set(defaults()) == {"MURMURATION_DATABASE_POOLSIZE"}


def test_every_secret_that_is_referred_to_is_in_the_example_and_none_stands_in_a_manifest(
    objects: list[Object],
) -> None:
    example = list(yaml.safe_load_all((K8S / "secrets.example.yaml").read_text(encoding="utf-8")))
    given = {(one["metadata"]["name"], key) for one in example for key in one["stringData"]}
    wanted = {
        (secret["name"], secret["key"])
        for _, container, _ in containers(objects)
        for variable in container.get("env", ())
        if (secret := variable.get("valueFrom", {}).get("secretKeyRef"))
    }
    assert wanted <= given
    assert list(kind(objects, "Secret")) == []
    text = yaml.safe_dump([one["data"] for one in kind(objects, "ConfigMap")])
    assert not re.search(r"^\s*MURMURATION_\w*(PASSWORD|SECRET|KEY): ", text, re.MULTILINE)


def test_every_process_is_nobody_on_a_file_system_that_it_cannot_change(objects: list[Object]) -> None:
    for name, container, pod in containers(objects):
        assert pod["securityContext"]["runAsNonRoot"], name
        assert pod["securityContext"]["seccompProfile"] == {"type": "RuntimeDefault"}, name
        assert pod["automountServiceAccountToken"] is False, name
        security = container["securityContext"]
        assert security["readOnlyRootFilesystem"], name
        assert not security["allowPrivilegeEscalation"], name
        assert security["capabilities"] == {"drop": ["ALL"]}, name
        assert {"cpu", "memory"} <= set(container["resources"]["requests"]), name
        assert "memory" in container["resources"]["limits"], name


def test_every_service_is_asked_how_it_is_where_it_says_so(objects: list[Object]) -> None:
    for one in kind(objects, "Deployment"):
        [container] = one["spec"]["template"]["spec"]["containers"]
        asked = {
            name: container[name]["httpGet"]["path"] for name in ("startupProbe", "livenessProbe", "readinessProbe")
        }
        # A process whose database is away must not be restarted for it.
        assert asked == {"startupProbe": "/health", "livenessProbe": "/health", "readinessProbe": "/ready"}


def test_a_pod_has_the_time_to_finish_what_is_in_its_hands(objects: list[Object]) -> None:
    for one in kind(objects, "Deployment"):
        pod = one["spec"]["template"]["spec"]
        waits = int(pod["containers"][0]["lifecycle"]["preStop"]["exec"]["command"][1])
        assert pod["terminationGracePeriodSeconds"] > waits + DRAIN_SECONDS + 5


def roles_of(objects: list[Object]) -> set[tuple[str, str]]:
    return {
        (one["metadata"]["labels"][NAME], one["metadata"]["labels"][COMPONENT]) for one in kind(objects, "Deployment")
    }


def test_the_small_one_runs_each_service_once_and_the_large_one_each_role() -> None:
    assert roles_of(built("small")) == {(name, "all") for name in SERVICES}
    assert roles_of(built("large")) == {(name, role) for name in SERVICES for role in ("http", "worker", "relay")}


def test_the_small_one_asks_for_about_a_gibibyte() -> None:
    objects = built("small")
    asked = [
        bytes_of(container["resources"]["requests"]["memory"])
        for one in kind(objects, "Deployment", "StatefulSet")
        for container in one["spec"]["template"]["spec"]["containers"]
    ]
    assert len(asked) == 9
    assert sum(asked) <= 2**30


def labels_of(one: Object) -> dict[str, str]:
    found: dict[str, str] = one["spec"]["template"]["metadata"]["labels"]
    return found


def matches(selector: Object, labels: dict[str, str]) -> bool:
    return selector.get("matchLabels", {}).items() <= labels.items()


def test_every_address_leads_to_pods_that_answer_requests(objects: list[Object]) -> None:
    pods = [labels_of(one) for one in kind(objects, "Deployment", "StatefulSet")]
    for service in kind(objects, "Service"):
        selector = service["spec"].get("selector")
        assert (service["metadata"]["name"] == "nowhere") is (selector is None)
        if selector is not None:
            chosen = [labels for labels in pods if selector.items() <= labels.items()]
            assert len(chosen) == 1, service["metadata"]["name"]


# The edge


def backend_of(objects: list[Object], path: str) -> str:
    """As the Ingress specification has it: the longest prefix of whole words wins."""
    found: list[tuple[int, str]] = []
    for one in kind(objects, "Ingress"):
        for entry in one["spec"]["rules"][0]["http"]["paths"]:
            prefix = entry["path"].rstrip("/")
            if path == prefix or path.startswith(f"{prefix}/"):
                found.append((len(prefix), entry["backend"]["service"]["name"]))
    return max(found)[1]


@pytest.mark.parametrize(("path", "service"), CASES)
def test_the_ingress_and_the_table_agree_on_every_path(path: str, service: str | None) -> None:
    assert backend_of(built("small"), path) == (service or "nowhere")


def test_the_ingress_takes_as_much_as_the_table_says(objects: list[Object]) -> None:
    most = {
        one["metadata"]["name"]: one["metadata"]["annotations"]["nginx.ingress.kubernetes.io/proxy-body-size"]
        for one in kind(objects, "Ingress")
    }
    table = routes.load().max_body
    assert {name: f"{size}b".upper() for name, size in most.items() if name != "nowhere"} == {
        name: size for name, size in table.items() if name in most
    }


def test_the_edge_answers_for_the_domain_of_the_settings(tmp_path: Path) -> None:
    shutil.copytree(K8S, tmp_path / "k8s")
    settings = tmp_path / "k8s" / "overlays" / "small" / "settings.yaml"
    settings.write_text(
        settings.read_text(encoding="utf-8").replace("social.example", "birds.example"), encoding="utf-8"
    )
    done = build(tmp_path / "k8s" / "overlays" / "small")
    assert done.returncode == 0, done.stderr
    edges = list(kind(list(yaml.load_all(done.stdout, yaml.CSafeLoader)), "Ingress"))
    assert {one["spec"]["rules"][0]["host"] for one in edges} == {"birds.example"}
    assert {one["spec"]["tls"][0]["hosts"][0] for one in edges} == {"birds.example"}


# The network


def rules_for(objects: list[Object], labels: dict[str, str], way: str) -> list[Object]:
    chosen = [one["spec"] for one in kind(objects, "NetworkPolicy") if matches(one["spec"]["podSelector"], labels)]
    assert any(way.title() in spec["policyTypes"] for spec in chosen), "everything is allowed"
    return [rule for spec in chosen for rule in spec.get(way, ())]


def pods_of(objects: list[Object], service: str) -> list[dict[str, str]]:
    return [labels_of(one) for one in kind(objects, "Deployment") if labels_of(one)[NAME] == service]


def reaches_outside(objects: list[Object], service: str) -> bool:
    rules = [rule for labels in pods_of(objects, service) for rule in rules_for(objects, labels, "egress")]
    return any("ipBlock" in peer for rule in rules for peer in rule.get("to", ()))


def reaches(objects: list[Object], service: str, target: dict[str, str]) -> bool:
    rules = [rule for labels in pods_of(objects, service) for rule in rules_for(objects, labels, "egress")]
    return any(
        matches(peer["podSelector"], target) for rule in rules for peer in rule.get("to", ()) if "podSelector" in peer
    )


def sources(service: str) -> str:
    folder = ROOT / "services" / service / "src"
    return "\n".join(path.read_text(encoding="utf-8") for path in sorted(folder.rglob("*.py")))


@pytest.mark.parametrize("service", SERVICES)
def test_only_services_with_business_outside_reach_it(objects: list[Object], service: str) -> None:
    # api-gateway's one fetcher asks a LibreTranslate that its operator named: components/translation.
    has_business = "Fetcher(" in sources(service) and service != "api-gateway"
    assert reaches_outside(objects, service) is has_business


@pytest.mark.parametrize("service", SERVICES)
def test_only_services_that_open_redis_reach_it(objects: list[Object], service: str) -> None:
    assert reaches(objects, service, {COMPONENT: "redis"}) is ("open_redis(" in sources(service))


@pytest.mark.parametrize("service", SERVICES)
@pytest.mark.parametrize("other", ["inbox", "media", "delivery"])
def test_services_ask_each_other_only_what_they_have_to_ask(objects: list[Object], service: str, other: str) -> None:
    asks = f"settings.{other}_url" in sources(service)
    target = pods_of(objects, other)[0]
    assert reaches(objects, service, target) is asks
    asked_by = [
        peer
        for rule in rules_for(objects, target, "ingress")
        for peer in rule["from"]
        if "podSelector" in peer and matches(peer["podSelector"], pods_of(objects, service)[0])
    ]
    assert bool(asked_by) is asks


def test_no_private_network_counts_as_outside(objects: list[Object]) -> None:
    for one in kind(objects, "NetworkPolicy"):
        for rule in one["spec"].get("egress", ()):
            for block in (peer["ipBlock"] for peer in rule.get("to", ()) if "ipBlock" in peer):
                kept = [ipaddress.ip_network(cidr) for cidr in block["except"]]
                private = ("10.1.2.3", "172.20.0.1", "192.168.1.1", "169.254.169.254", "127.0.0.1", "100.64.1.1")
                if ipaddress.ip_network(block["cidr"]).version == 6:
                    private = ("fd00::1", "fe80::1", "::1")
                assert all(any(ipaddress.ip_address(address) in net for net in kept) for address in private)


def test_the_edge_reaches_the_services_that_the_table_names_and_no_other(objects: list[Object]) -> None:
    table = routes.load()
    for service in SERVICES:
        rules = rules_for(objects, pods_of(objects, service)[0], "ingress")
        names = {
            peer["namespaceSelector"]["matchLabels"]["kubernetes.io/metadata.name"]
            for rule in rules
            for peer in rule["from"]
            if "namespaceSelector" in peer
        }
        is_public = service in {route.service for route in table.routes} | {table.rest}
        assert names == {"monitoring"} | ({"ingress-nginx"} if is_public else set())


# Scaling


def test_queues_are_scaled_by_their_depth_and_their_age() -> None:
    known = {queue.name for queue in topology.queues()}
    scaled = {one["metadata"]["labels"][NAME]: one["spec"] for one in kind(built("large"), "ScaledObject")}
    assert set(scaled) == {"delivery", "inbox", "timeline", "media"}
    for spec in scaled.values():
        depths = [t["metadata"]["queueName"] for t in spec["triggers"] if t["type"] == "rabbitmq"]
        ages = [t["metadata"]["query"] for t in spec["triggers"] if t["type"] == "prometheus"]
        assert depths
        assert set(depths) <= known
        assert len(ages) == 1
        assert asked_of(ages[0]) <= measured_names()
        assert any(re.fullmatch(re.findall(r'queue=~"([^"]+)"', ages[0])[0], queue) for queue in depths)


def most_replicas(objects: list[Object]) -> dict[str, int]:
    """Of each Deployment."""
    names = {one["metadata"]["name"]: one["spec"].get("replicas", 1) for one in kind(objects, "Deployment")}
    for one in kind(objects, "ScaledObject"):
        names[one["spec"]["scaleTargetRef"]["name"]] = one["spec"]["maxReplicaCount"]
    for one in kind(objects, "HorizontalPodAutoscaler"):
        names[one["spec"]["scaleTargetRef"]["name"]] = one["spec"]["maxReplicas"]
    return names


def test_whoever_scales_a_deployment_finds_it_and_is_not_set_back() -> None:
    objects = built("large")
    deployments = {one["metadata"]["name"]: one for one in kind(objects, "Deployment")}
    for one in kind(objects, "ScaledObject", "HorizontalPodAutoscaler"):
        target = deployments[one["spec"]["scaleTargetRef"]["name"]]
        assert "replicas" not in target["spec"]


def test_as_many_processes_as_there_may_be_stay_below_their_roles_limit_of_connections(objects: list[Object]) -> None:
    text = (ROOT / "deploy" / "postgres" / "roles.sql").read_text(encoding="utf-8")
    limits = {name: int(limit) for name, limit in re.findall(r"\('(\w+)', (\d+), ", text)}
    settings = next(one for one in kind(objects, "ConfigMap") if one["metadata"]["name"] == "murmuration")["data"]
    replicas = most_replicas(objects)
    for service in SERVICES:
        processes = sum(n for name, n in replicas.items() if name == service or re.fullmatch(rf"{service}-\w+", name))
        relays = sum(n for name, n in replicas.items() if name in (service, f"{service}-relay"))
        pool = int(settings["MURMURATION_DATABASE_POOL_SIZE"])
        assert processes * pool + relays <= limits[service.replace("-", "_")], service


def test_every_deployment_of_the_large_one_loses_one_pod_at_a_time() -> None:
    objects = built("large")
    budgets = [one["spec"] for one in kind(objects, "PodDisruptionBudget")]
    for one in kind(objects, "Deployment"):
        assert [b["maxUnavailable"] for b in budgets if matches(b["selector"], labels_of(one))] == [1]


# What comes first


def test_the_migrations_know_what_the_services_know(objects: list[Object]) -> None:
    [job] = kind(objects, "Job")
    pod = job["spec"]["template"]["spec"]
    assert pod["containers"][0]["command"] == ["python", "-m", "chassis.migrate"]
    host = pod["initContainers"][0]["env"][0]["value"]
    settings = next(one for one in kind(objects, "ConfigMap") if one["metadata"]["name"] == "murmuration")["data"]
    direct = settings.get("MURMURATION_DATABASE_DIRECT_URL", settings["MURMURATION_DATABASE_URL"])
    assert f"//{host}:" in direct
