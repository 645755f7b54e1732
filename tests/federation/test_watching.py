"""A running server is watched by a real Prometheus: no panel is empty, and what goes wrong is said."""

import io
import json
import re
from collections.abc import AsyncIterator, Iterator

import httpx
import pytest
from federation.prometheus import FOLDER, ROOT, WINDOW, Prometheus, paused, watching
from federation.world import Person
from PIL import Image
from waiting import eventually

from native.server import Server
from native.services import SERVICES

DASHBOARDS = {
    path.stem: json.loads(path.read_text(encoding="utf-8"))
    for path in sorted((ROOT / "deploy" / "grafana" / "dashboards").glob("*.json"))
}
METRIC = re.compile(r"\b((?:murmuration|apcore|process)_[a-z0-9_]+)\b(?!:)")
RECORDED = re.compile(r"[a-z_]*:?murmuration_[a-z_]+:[a-z0-9_]+")


@pytest.fixture(scope="module")
def watched(alpha: Server, tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    with watching(alpha, tmp_path_factory.mktemp("prometheus")) as url:
        yield url


@pytest.fixture
async def prometheus(watched: str) -> AsyncIterator[Prometheus]:
    found = Prometheus(watched)
    yield found
    await found.client.aclose()


def asked(panel: dict[str, object]) -> list[str]:
    targets = panel["targets"]
    assert isinstance(targets, list)
    return [t["expr"].replace("$__rate_interval", WINDOW).replace("$service", "inbox") for t in targets]


async def a_picture(person: Person) -> str:
    drawn = io.BytesIO()
    Image.new("RGB", (60, 40), "teal").save(drawn, "PNG")
    answer = await person.client.post("/api/v2/media", files={"file": ("a.png", drawn.getvalue(), "image/png")})
    assert answer.is_success, answer.text
    return str(answer.json()["id"])


@pytest.fixture(scope="module")
async def lively(people: tuple[Person, Person]) -> None:
    """What happens on a server all the time, in both directions."""
    alice, bob = people
    said = await alice.post("Look, a picture", media_ids=[await a_picture(alice)])
    answered = await bob.post(f"{alice.handle} hello")
    await bob.sees(said["uri"])
    await alice.is_told("mention", bob)
    await alice.sees(answered["uri"])
    await alice.client.get("/api/v1/admin/reports")


@pytest.fixture(scope="module")
async def exported(alpha: Server) -> set[str]:
    """The names of all metrics that a running server has."""
    async with httpx.AsyncClient() as client:
        answers = [await client.get(f"{alpha.url_of(service)}/metrics") for service in SERVICES]
    kinds = [re.findall(r"^# TYPE (\S+) (\w+)", answer.text, re.MULTILINE) for answer in answers]
    return {
        name + suffix
        for found in kinds
        for name, kind in found
        for suffix in (("", "_bucket", "_count", "_sum") if kind == "histogram" else ("",))
    }


def test_each_metric_that_a_rule_or_a_panel_asks_for_is_exported(exported: set[str]) -> None:
    texts = [(FOLDER / name).read_text(encoding="utf-8") for name in ("recording.yml", "alerts.yml")]
    texts += [query for one in DASHBOARDS.values() for panel in one["panels"] for query in asked(panel)]
    needed = {name for text in texts for name in METRIC.findall(RECORDED.sub("", text))}
    assert needed
    assert needed - exported == set()


@pytest.mark.usefixtures("lively")
@pytest.mark.parametrize("name", DASHBOARDS)
async def test_no_panel_is_empty(prometheus: Prometheus, name: str) -> None:
    queries = {query: panel["title"] for panel in DASHBOARDS[name]["panels"] for query in asked(panel)}

    async def empty() -> list[str]:
        return [f"{title}: {query}" for query, title in queries.items() if not await prometheus.query(query)]

    await eventually(empty, is_=[])


async def test_an_alert_fires_while_a_process_hangs_and_ends_with_it(alpha: Server, prometheus: Prometheus) -> None:
    with paused(alpha, "moderation"):
        await until_firing(prometheus, "MurmurationProcessDown")
    await until_quiet(prometheus, "MurmurationProcessDown")


async def test_alerts_fire_while_the_broker_takes_nothing(alpha: Server, prometheus: Prometheus, alice: Person) -> None:
    with paused(alpha, "rabbitmq"):
        await alice.post("Nobody hears me")
        await until_firing(prometheus, "MurmurationOutboxStuck", "MurmurationBrokerPublishFailing")
    await until_quiet(prometheus, "MurmurationOutboxStuck", within=60)


async def test_an_alert_fires_when_the_other_hosts_do_not_answer(
    alpha: Server, beta: Server, prometheus: Prometheus, people: tuple[Person, Person]
) -> None:
    alice, _ = people
    with paused(beta, "caddy"):
        for number in range(6):
            await alice.post(f"Are you there? {number}")
        await until_firing(prometheus, "MurmurationManyHostsAway", within=200)


async def until_firing(prometheus: Prometheus, *names: str, within: float = 40) -> None:
    async def missing() -> set[str]:
        return set(names) - await prometheus.firing()

    await eventually(missing, is_=set(), within=within)


async def until_quiet(prometheus: Prometheus, name: str, within: float = 40) -> None:
    async def is_quiet() -> bool:
        return name not in await prometheus.firing()

    await eventually(is_quiet, within=within)
