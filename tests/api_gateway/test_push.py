"""Push subscriptions: one a token, seen by nobody else, checked before they are kept."""

from typing import Any

import pytest
from push_service import Telephone
from talking import Person, a_person, a_token_of

from api_gateway.resources import Resources
from chassis.db import Database
from social.push import store
from social.push.model import ALERTS, VapidKeys

PATH = "/api/v1/push/subscription"
PUBLIC_KEY = "BKey"
ENDPOINT = "https://push.example/send/1"


@pytest.fixture(autouse=True)
async def vapid(as_role: Any, database: str) -> None:
    timeline: Database = await as_role("timeline")
    async with timeline.transaction() as tx:
        await store.add_keys(tx, VapidKeys(public_key=PUBLIC_KEY, private_key_pem="secret"))


def wanted(**changes: object) -> dict[str, Any]:
    where = {"endpoint": ENDPOINT, "keys": Telephone(ENDPOINT).keys}
    return {"subscription": where | changes, "data": {"alerts": {"mention": True, "admin.sign_up": "1"}}}


async def test_an_app_subscribes_looks_changes_and_leaves(alice: Person) -> None:
    made = await alice.post(PATH, **wanted(standard=True))
    assert (made["endpoint"], made["server_key"], made["standard"], made["policy"]) == (
        ENDPOINT,
        PUBLIC_KEY,
        True,
        "all",
    )
    assert made["alerts"] == {name: name in ("mention", "admin.sign_up") for name in ALERTS}
    assert await alice.get(PATH) == made
    changed = await alice.put(PATH, data={"alerts": {"poll": True}, "policy": "followed"})
    assert changed == made | {"policy": "followed", "alerts": {name: name == "poll" for name in ALERTS}}
    assert await alice.delete(PATH) == {}
    await alice.get(PATH, 404)
    await alice.put(PATH, 404, data={"alerts": {"poll": True}})
    assert await alice.delete(PATH) == {}


async def test_forms_say_the_same(alice: Person) -> None:
    keys = Telephone(ENDPOINT).keys
    form = {
        "subscription[endpoint]": ENDPOINT,
        "subscription[keys][p256dh]": keys["p256dh"],
        "subscription[keys][auth]": keys["auth"],
        "data[alerts][favourite]": "true",
        "data[alerts][reblog]": "false",
        "data[policy]": "follower",
    }
    answer = (await alice.ask("POST", PATH, data=form)).json()
    assert (answer["alerts"]["favourite"], answer["alerts"]["reblog"]) == (True, False)
    assert (answer["policy"], answer["standard"]) == ("follower", False)


async def test_each_token_has_its_own(alice: Person, bob: Person, resources: Resources) -> None:
    other = Person(alice.account, alice.client, await a_token_of(resources.db, alice.account, "push"))
    first = await alice.post(PATH, **wanted())
    second = await other.post(PATH, **wanted(endpoint=f"{ENDPOINT}2"))
    assert first["id"] != second["id"]
    assert (await alice.post(PATH, **wanted(endpoint=f"{ENDPOINT}3")))["endpoint"] == f"{ENDPOINT}3"
    assert (await other.get(PATH))["endpoint"] == f"{ENDPOINT}2"
    await bob.get(PATH, 404)
    await bob.delete(PATH)
    await other.get(PATH)


@pytest.mark.parametrize(
    ("changes", "reason"),
    [
        ({"endpoint": ""}, "Endpoint can't be blank"),
        ({"endpoint": "push.example"}, "Endpoint is not a valid URL"),
        ({"endpoint": "javascript:alert(1)"}, "Endpoint is not a valid URL"),
        ({"endpoint": "https://push.example/" + "x" * 2048}, "Endpoint is too long (maximum is 2048 characters)"),
        ({"keys": {}}, "Key p256dh can't be blank"),
        ({"keys": {"p256dh": "BA"}}, "Key auth can't be blank"),
        ({"keys": {"p256dh": "BA", "auth": "x"}}, "is not a valid Ed25519 or Curve25519 key"),
        ({"keys": {"p256dh": "B" * 10_000, "auth": "é"}}, "is not a valid Ed25519 or Curve25519 key"),
        ({"keys": Telephone("").keys | {"auth": "QUJD"}}, "is not a valid Ed25519 or Curve25519 key"),
    ],
)
async def test_what_could_never_be_pushed_to_is_refused(alice: Person, changes: dict[str, Any], reason: str) -> None:
    answer = await alice.post(PATH, 422, **wanted(**changes))
    assert answer["error"] == f"Validation failed: {reason}"


async def test_unknown_policies_are_refused(alice: Person) -> None:
    await alice.post(PATH, 422, **(wanted() | {"data": {"policy": "some"}}))
    await alice.post(PATH, **wanted())
    await alice.put(PATH, 422, data={"policy": "some"})
    await alice.put(PATH, 422, data="nothing")


async def test_who_may_ask(alice: Person, client: Any, resources: Resources) -> None:
    reader = await a_person(resources.db, client, "reader", scopes="read write follow")
    for method in ("GET", "POST", "PUT", "DELETE"):
        assert (await reader.ask(method, PATH)).status_code == 403
        assert (await alice.unknown.ask(method, PATH)).status_code == 401


async def test_the_token_is_kept_sealed(alice: Person, superuser: Database) -> None:
    await alice.post(PATH, **wanted())
    assert alice.token.encode() not in await superuser.fetchval("SELECT sealed_token FROM social.push_subscriptions")


async def test_clients_learn_the_servers_key(alice: Person) -> None:
    assert (await alice.get("/api/v2/instance"))["configuration"]["vapid"] == {"public_key": PUBLIC_KEY}
    app = await alice.unknown.post("/api/v1/apps", client_name="App", redirect_uris="urn:ietf:wg:oauth:2.0:oob")
    assert app["vapid_key"] == PUBLIC_KEY


async def test_without_keys_of_ours_nothing_can_be_promised(alice: Person, superuser: Database) -> None:
    await superuser.execute("DELETE FROM social.vapid_keys")
    await alice.post(PATH, 503, **wanted())
