"""Where other servers have to sign what they ask: who is answered, who is not, and what nobody has to sign for."""

import datetime as dt

import endpoints
import pytest
from doorstep import OURS, Doorstep
from fastapi.routing import APIRoute
from neighbours import ACTIVITY, Neighbours, Person
from people import ADDRESSES, NOW, a_post

from apcore import keys
from apcore.signatures import styles
from apcore.signatures.styles import Style
from chassis.db import Database
from contracts.ids import Domain, Uri
from inbox import visitors
from social.accounts import store as accounts
from social.accounts.actions import ensure_instance_actor
from social.accounts.model import Account
from social.domain_blocks import store as domain_blocks
from social.policies import actions as policies
from social.relationships import actions as relationships
from social.statuses.model import Status

BROWSER = "text/html,application/xhtml+xml,*/*;q=0.8"
COLLECTIONS = ("outbox", "outbox?page=true", "followers", "following", "collections/featured", "collections/tags")


@pytest.fixture
def changes() -> dict[str, object]:
    return {"authorized_fetch": True}


@pytest.fixture
async def status(gateway: Database, alice: Account) -> Status:
    async with gateway.transaction() as tx:
        return await a_post(tx, alice)


@pytest.fixture
def addresses(alice: Account, status: Status) -> list[str]:
    """All that is served of an account and its post."""
    below = [f"{status.uri}{suffix}" for suffix in ("", "/activity", "/replies", "/likes", "/shares")]
    named = [f"{OURS}/users/alice", f"{OURS}/ap/contexts/{status.conversation_id}"]
    return [alice.uri, *(f"{alice.uri}/{name}" for name in COLLECTIONS), *below, *named]


OPEN = ("/actor", "/.well-known/", "/nodeinfo/", "/internal/")
SIGNED_ALWAYS = {"/ap/users/{account_id}/followers_synchronization"}


def test_every_document_asks_who_wants_it() -> None:
    """Whatever is added, too."""
    asking = {
        route.path: {needed.call for needed in route.dependant.dependencies}
        for router in endpoints.routers_of("inbox")
        for route in router.routes
        if isinstance(route, APIRoute) and "GET" in route.methods and not route.path.startswith(OPEN)
    }
    assert len(asking) > 10
    unasked = {path for path, calls in asking.items() if not calls & {visitors.admit, visitors.admit_to_page}}
    assert unasked == SIGNED_ALWAYS


async def test_whoever_does_not_sign_is_told_nothing(door: Doorstep, addresses: list[str]) -> None:
    for address in [*addresses, f"{OURS}/ap/users/1", f"{addresses[0]}/statuses/1", f"{addresses[0]}/nothing"]:
        answer = await door.get(address)
        assert answer.status_code == (404 if address.endswith("/nothing") else 401), address
        assert "Hello" not in answer.text


async def test_whoever_signs_is_answered_and_nobody_else_may_keep_the_answer(
    door: Doorstep, bob: Person, addresses: list[str]
) -> None:
    for address in addresses:
        answer = await door.get(address, by=bob)
        assert answer.status_code == (301 if "/users/alice" in address else 200), address
        if answer.status_code == 200:
            assert answer.headers["Cache-Control"] == "private, no-store"
        assert "Signature" in answer.headers["Vary"]


async def test_what_makes_us_known_needs_no_signature(door: Doorstep, gateway: Database, alice: Account) -> None:
    async with gateway.transaction() as tx:
        await ensure_instance_actor(tx, ADDRESSES, keys.generate())
    for path in (
        "/actor",
        "/actor/outbox",
        f"/.well-known/webfinger?resource={alice.uri}",
        "/.well-known/host-meta",
        "/.well-known/nodeinfo",
        "/nodeinfo/2.0",
    ):
        answer = await door.get(f"{OURS}{path}")
        assert (answer.status_code, "private" in answer.headers["Cache-Control"]) == (200, False), path


async def test_browsers_are_led_to_pages_and_to_nothing_else(door: Doorstep, alice: Account, status: Status) -> None:
    for uri, page in ((alice.uri, alice.url), (status.uri, status.url)):
        assert (await door.get(uri, accept=BROWSER)).headers["Location"] == page
    assert (await door.get(f"{alice.uri}/outbox", accept=BROWSER)).status_code == 401
    assert (await door.get(f"{status.uri}/replies", accept=BROWSER)).status_code == 401


async def test_the_newer_kind_of_signature_will_do(door: Doorstep, bob: Person, alice: Account) -> None:
    key = keys.load_private(bob.pair.private_pem)
    now = dt.datetime.now(dt.UTC)
    headers = styles.sign(Style.RFC9421, key, bob.key_id, method="GET", url=alice.uri, now=now)
    answer = await door.client.get(alice.uri.removeprefix(OURS), headers=headers | {"Accept": ACTIVITY})
    assert answer.status_code == 200


async def test_signatures_that_prove_nothing_are_refused(
    door: Doorstep, bob: Person, mallory: Person, alice: Account, status: Status, neighbours: Neighbours
) -> None:
    forged = mallory.signed(alice.uri, None, method="GET", key_id=bob.key_id)
    for_another = bob.signed(status.uri, None, method="GET")
    old = bob.signed(alice.uri, None, method="GET", now=dt.datetime.now(dt.UTC) - dt.timedelta(hours=3))
    for headers in (forged, for_another, old, {"Signature": "nonsense"}):
        answer = await door.client.get(alice.uri.removeprefix(OURS), headers=headers | {"Accept": ACTIVITY})
        assert answer.status_code == 401
    neighbours.fails(mallory.uri, 503)
    assert (await door.get(alice.uri, by=mallory)).status_code == 503


async def test_a_key_with_an_address_of_its_own_is_its_owners(
    door: Doorstep, neighbours: Neighbours, alice: Account
) -> None:
    gerda = neighbours.person("gerda")
    key = {"id": f"{gerda.uri}/main-key", "owner": gerda.uri, "publicKeyPem": gerda.pair.public_pem}
    gerda.profile = {"publicKey": key}
    gerda.publish()
    neighbours.serves(key["id"], gerda.document())
    headers = gerda.signed(alice.uri, None, method="GET", key_id=key["id"])
    answer = await door.client.get(alice.uri.removeprefix(OURS), headers=headers | {"Accept": ACTIVITY})
    assert answer.status_code == 200


async def test_a_suspended_server_reads_nothing(door: Doorstep, bob: Person, addresses: list[str]) -> None:
    await door.sets_policy(bob.host, severity="suspend")
    asked = list(door.neighbours.asked)
    for address in addresses:
        assert (await door.get(address, by=bob)).status_code == 403, address
    assert door.neighbours.asked == asked


@pytest.mark.parametrize("by", ["a block", "a block of the whole server"])
async def test_whom_the_author_blocks_sees_no_posts_and_empty_collections(
    door: Doorstep, gateway: Database, bob: Person, alice: Account, status: Status, by: str
) -> None:
    await door.hears(bob, bob.does("Follow", alice.uri))
    known = await accounts.by_uri(door.res.db, Uri(bob.uri))
    assert known is not None
    assert (await door.get(status.uri, by=bob)).status_code == 200
    async with gateway.transaction() as tx:
        if by == "a block":
            await relationships.block(tx, alice, known, now=NOW)
        else:
            await domain_blocks.add(tx, alice.id, Domain(bob.host))
    for below in ("", "/activity", "/replies"):
        assert (await door.get(f"{status.uri}{below}", by=bob)).status_code == 404
    for name in COLLECTIONS:
        shown = (await door.get(f"{alice.uri}/{name}", by=bob)).json()
        assert (shown["totalItems"], shown.get("orderedItems") or shown.get("items") or []) == (0, []), name
    assert (await door.get(alice.uri, by=bob)).status_code == 200


class TestLimitedFederation:
    """Only servers on the list are talked with."""

    @pytest.fixture
    def changes(self) -> dict[str, object]:
        return {"limited_federation": True}

    async def test_only_servers_on_the_list_read_and_are_heard(
        self, door: Doorstep, gateway: Database, bob: Person, mallory: Person, alice: Account, status: Status
    ) -> None:
        async with gateway.transaction() as tx:
            assert await policies.allow(tx, Domain(bob.host))
            assert not await policies.allow(tx, Domain(bob.host))
        await door.res.policies.refresh()
        assert (await door.get(status.uri)).status_code == 401
        assert (await door.get(status.uri, by=bob)).status_code == 200
        assert await door.hears(bob, bob.does("Follow", alice.uri)) == "done"
        asked = list(door.neighbours.asked)
        assert (await door.get(status.uri, by=mallory)).status_code == 403
        assert (await door.deliver(mallory, mallory.does("Follow", alice.uri))).status_code == 403
        async with gateway.transaction() as tx:
            assert await policies.disallow(tx, Domain(bob.host))
        await door.res.policies.refresh()
        assert (await door.get(status.uri, by=bob)).status_code == 403
        assert door.neighbours.asked == asked
