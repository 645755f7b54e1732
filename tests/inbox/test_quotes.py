"""Quotes across servers: who is asked, whose consent counts, what stays of it (FEP-044f)."""

from typing import Any

import pytest
from doorstep import OURS, Doorstep
from neighbours import Neighbours, Person
from people import ADDRESSES, NOW, a_post

from apcore.context import PUBLIC
from apcore.jsonld import Json
from chassis.db import Database
from contracts.ids import Uri
from social.accounts import store as accounts
from social.accounts.model import Account
from social.quotes import actions, store
from social.quotes.model import Policy, Quote, Quoting
from social.quotes.rules import Turn
from social.relationships import actions as relationships
from social.statuses import actions as statuses
from social.statuses import reading
from social.statuses.model import Status

ANYBODY = Policy(("public",))


@pytest.fixture
async def followed(door: Doorstep, bob: Person, alice: Account, gateway: Database) -> Person:
    """Bob, whom Alice follows."""
    await door.hears(bob, bob.does("Like", f"{alice.uri}/statuses/1"))
    async with gateway.transaction() as tx:
        target = await accounts.by_uri(tx, Uri(bob.uri))
        assert target is not None
        await relationships.follow(tx, alice, target, now=NOW)
    async with door.res.db.transaction() as tx:
        await relationships.accept(tx, alice, target)
    return bob


@pytest.fixture
def carol(neighbours: Neighbours) -> Person:
    return neighbours.person("carol", "good.localhost", key=2)


async def ours(gateway: Database, alice: Account, **changes: object) -> Status:
    async with gateway.transaction() as tx:
        return await a_post(tx, alice, **({"quote_policy": ANYBODY} | changes))


async def quote_in(door: Doorstep, note: Json) -> Quote | None:
    status = await reading.by_uri(door.res.db, Uri(note["id"]))
    return await store.of_status(door.res.db, status.id) if status is not None else None


async def state_of(door: Doorstep, note: Json) -> str | None:
    made = await quote_in(door, note)
    return made.state if made is not None else None


def stamp(author: Person, quoting: str, quoted: str, **changes: object) -> str:
    """The author's consent, which their server serves."""
    uri = f"{author.uri}/stamps/{quoting.rpartition('/')[2]}"
    said = {"attributedTo": author.uri, "interactingObject": quoting, "interactionTarget": quoted}
    author.neighbours.serves(uri, {"id": uri, "type": "QuoteAuthorization", **said, **changes})
    return uri


def quoting_note(who: Person, quoted: str, **more: object) -> Json:
    return who.note(quote=quoted, **more)


def with_stamp(who: Person, author: Person, quoted: Json, **changes: object) -> Json:
    note = quoting_note(who, quoted["id"])
    return note | {"quoteAuthorization": stamp(author, note["id"], quoted["id"], **changes)}


def request(who: Person, note: Json, quoted: str, *, inlined: bool = True) -> Json:
    return who.does("QuoteRequest", quoted, instrument=note if inlined else note["id"])


async def answers(door: Doorstep) -> list[Json]:
    return [event for event in await door.events() if event["type"] == "quote.answered"]


async def test_a_consent_that_its_author_keeps_shows_the_quote(door: Doorstep, followed: Person, carol: Person) -> None:
    quoted = carol.note("<p>Quote me</p>")
    note = with_stamp(followed, carol, quoted)
    assert await door.hears(followed, followed.creates(note)) == "done"
    made = await quote_in(door, note)
    assert made is not None
    assert (made.state, made.approval_uri) == ("accepted", note["quoteAuthorization"])
    kept = await reading.by_uri(door.res.db, Uri(quoted["id"]))
    assert kept is not None
    assert made.quoted_status_id == kept.id


async def test_a_quote_of_oneself_needs_no_consent(door: Doorstep, followed: Person) -> None:
    note = quoting_note(followed, followed.note("<p>First</p>")["id"])
    await door.hears(followed, followed.creates(note))
    assert await state_of(door, note) == "accepted"


@pytest.mark.parametrize(
    "changes",
    [
        {"interactingObject": "https://far.localhost/notes/other"},
        {"interactionTarget": "https://good.localhost/notes/other"},
        {"attributedTo": "https://good.localhost/users/other"},
        {"type": "Note"},
        {"interactionTarget": None},
    ],
)
async def test_a_consent_to_something_else_is_none(
    door: Doorstep, followed: Person, carol: Person, changes: dict[str, Any]
) -> None:
    note = with_stamp(followed, carol, carol.note(), **changes)
    await door.hears(followed, followed.creates(note))
    assert await state_of(door, note) == "pending"


async def test_nobody_consents_for_another(
    door: Doorstep, followed: Person, carol: Person, mallory: Person, neighbours: Neighbours
) -> None:
    quoted = carol.note()
    for liar in (followed, mallory):
        note = quoting_note(followed, quoted["id"])
        forged = stamp(liar, note["id"], quoted["id"], attributedTo=carol.uri)
        await door.hears(followed, followed.creates(note | {"quoteAuthorization": forged}))
        assert await state_of(door, note) == "pending"
        assert neighbours.times_asked(forged) == 0


async def test_a_consent_that_is_gone_is_refusal(
    door: Doorstep, followed: Person, carol: Person, neighbours: Neighbours
) -> None:
    note = with_stamp(followed, carol, carol.note())
    neighbours.fails(note["quoteAuthorization"], 404)
    await door.hears(followed, followed.creates(note))
    assert await state_of(door, note) == "rejected"


@pytest.mark.parametrize("term", ["_misskey_quote", "quoteUrl", "quoteUri"])
async def test_a_quote_of_the_old_kind_waits(door: Doorstep, followed: Person, carol: Person, term: str) -> None:
    quoted = carol.note()
    note = followed.note(**{term: quoted["id"]})
    await door.hears(followed, followed.creates(note))
    made = await quote_in(door, note)
    assert made is not None
    assert (made.state, made.legacy) == ("pending", True)
    assert made.quoted_status_id is not None


async def test_quotes_within_quotes_are_fetched_two_deep(
    door: Doorstep, followed: Person, carol: Person, neighbours: Neighbours
) -> None:
    chain = [carol.note("<p>0</p>")]
    for number in range(1, 4):
        chain.append(quoting_note(carol, chain[-1]["id"], content=f"<p>{number}</p>"))
    note = quoting_note(followed, chain[-1]["id"])
    await door.hears(followed, followed.creates(note))
    assert [neighbours.times_asked(link["id"]) for link in reversed(chain)] == [1, 1, 0, 0]


async def test_a_ring_of_quotes_ends(door: Doorstep, followed: Person, carol: Person, neighbours: Neighbours) -> None:
    first, second = carol.note("<p>1</p>"), carol.note("<p>2</p>")
    for one, other in ((first, second), (second, first)):
        neighbours.serves(one["id"], one | {"quote": other["id"]})
    note = quoting_note(followed, first["id"])
    assert await door.hears(followed, followed.creates(note)) == "done"
    assert await state_of(door, first | {}) == "accepted"


async def test_a_post_that_quotes_itself_quotes_nothing(door: Doorstep, followed: Person) -> None:
    note = followed.note()
    await door.hears(followed, followed.creates(note | {"quote": note["id"]}))
    assert await quote_in(door, note) is None


async def test_a_boost_is_no_post_to_quote(door: Doorstep, followed: Person, alice: Account, gateway: Database) -> None:
    post = await ours(gateway, alice)
    boost = followed.does("Announce", post.uri, to=[PUBLIC])
    await door.hears(followed, boost)
    note = quoting_note(followed, boost["id"])
    await door.hears(followed, followed.creates(note))
    assert await quote_in(door, note) is None


async def test_what_is_quoted_may_come_later(
    door: Doorstep, followed: Person, carol: Person, neighbours: Neighbours
) -> None:
    quoted = followed.note("<p>First</p>")
    neighbours.fails(quoted["id"], 404)
    note = quoting_note(followed, quoted["id"])
    await door.hears(followed, followed.creates(note))
    assert await state_of(door, note) == "pending"
    await door.hears(followed, followed.creates(quoted))
    assert await state_of(door, note) == "accepted"


async def test_nothing_of_a_suspended_server_is_fetched_for_a_quote(
    door: Doorstep, followed: Person, carol: Person, neighbours: Neighbours
) -> None:
    quoted = carol.note()
    await door.hears(followed, followed.does("Announce", quoted["id"], to=[PUBLIC]))
    await door.sets_policy(carol.host, severity="suspend")
    known, unknown = with_stamp(followed, carol, quoted), quoting_note(followed, carol.note()["id"])
    for note in (known, unknown):
        await door.hears(followed, followed.creates(note))
        assert await state_of(door, note) == "pending"
    assert neighbours.times_asked(known["quoteAuthorization"]) == neighbours.times_asked(unknown["quote"]) == 0


async def test_an_update_brings_the_consent_that_was_missing(door: Doorstep, followed: Person, carol: Person) -> None:
    quoted = carol.note()
    note = quoting_note(followed, quoted["id"])
    await door.hears(followed, followed.creates(note))
    assert await state_of(door, note) == "pending"
    note |= {"quoteAuthorization": stamp(carol, note["id"], quoted["id"])}
    assert await door.hears(followed, followed.does("Update", note)) == "done"
    assert await state_of(door, note) == "accepted"


async def test_an_edit_quotes_something_else_or_nothing(door: Doorstep, followed: Person) -> None:
    one, other = followed.note(), followed.note()
    note = quoting_note(followed, one["id"])
    await door.hears(followed, followed.creates(note))
    note |= {"quote": other["id"], "updated": "2026-06-01T12:10:00Z"}
    await door.hears(followed, followed.does("Update", note))
    made = await quote_in(door, note)
    assert made is not None
    assert (made.quoted_uri, made.state) == (other["id"], "accepted")
    del note["quote"]
    await door.hears(followed, followed.does("Update", note | {"updated": "2026-06-01T12:20:00Z"}))
    assert await quote_in(door, note) is None
    # What was quoted is counted again.
    assert (await door.events())[-1]["state"] == "deleted"


async def test_the_author_takes_consent_back_before_or_after(
    door: Doorstep, followed: Person, carol: Person, mallory: Person
) -> None:
    for early in (False, True):
        quoted = carol.note()
        note = with_stamp(followed, carol, quoted)
        consent = note["quoteAuthorization"]
        create, revocation = followed.creates(note), carol.does("Delete", consent)
        assert await door.hears(mallory, mallory.does("Delete", consent)) == "foreign"
        for person, activity in [(carol, revocation), (followed, create)][:: 1 if early else -1]:
            await door.hears(person, activity)
        assert await state_of(door, note) == ("rejected" if early else "revoked")


async def test_who_may_quote_is_read_from_the_post(door: Doorstep, followed: Person) -> None:
    following = f"{followed.uri}/following"
    cases = [
        ({"automaticApproval": [PUBLIC]}, Policy(("public",))),
        ({"automaticApproval": followed.followers, "manualApproval": [PUBLIC]}, Policy(("followers",), ("public",))),
        ({"automaticApproval": [following, "https://x.test/1"]}, Policy(("following", "unsupported_policy"))),
        ({"automaticApproval": [followed.uri]}, Policy()),
        ("nonsense", Policy()),
    ]
    for said, policy in cases:
        note = followed.note(interactionPolicy={"canQuote": said})
        await door.hears(followed, followed.creates(note))
        status = await reading.by_uri(door.res.db, Uri(note["id"]))
        assert status is not None
        assert (await store.policies_of(door.res.db, [status.id]))[status.id] == policy


async def test_who_may_quote_changes_without_an_edit(door: Doorstep, followed: Person) -> None:
    note = followed.note(interactionPolicy={"canQuote": {"automaticApproval": [PUBLIC]}})
    await door.hears(followed, followed.creates(note))
    update = followed.does("Update", note | {"interactionPolicy": {"canQuote": {"automaticApproval": []}}})
    assert await door.hears(followed, update) == "done"
    status = await reading.by_uri(door.res.db, Uri(note["id"]))
    assert status is not None
    assert (await store.policies_of(door.res.db, [status.id]))[status.id] == Policy()
    assert status.edited_at is None


@pytest.mark.parametrize("inlined", [True, False])
async def test_who_asks_may_quote_ours_as_far_as_its_author_lets_them(
    door: Doorstep, bob: Person, alice: Account, gateway: Database, inlined: bool
) -> None:
    post = await ours(gateway, alice)
    note = quoting_note(bob, post.uri)
    asked = request(bob, note, post.uri, inlined=inlined)
    assert await door.hears(bob, asked) == "done"
    made = await quote_in(door, note)
    assert made is not None
    assert (made.state, made.quoted_status_id) == ("accepted", post.id)
    consent = f"{OURS}/ap/users/{alice.id}/quote_authorizations/{made.id}"
    assert made.approval_uri == consent
    [answer] = await answers(door)
    assert (answer["request_uri"], answer["approval_uri"]) == (asked["id"], consent)
    served = (await door.get(consent)).json()
    assert {key: served[key] for key in ("id", "type", "attributedTo", "interactingObject", "interactionTarget")} == {
        "id": consent,
        "type": "QuoteAuthorization",
        "attributedTo": alice.uri,
        "interactingObject": note["id"],
        "interactionTarget": post.uri,
    }


async def test_the_post_may_come_before_the_question(
    door: Doorstep, followed: Person, alice: Account, gateway: Database
) -> None:
    post = await ours(gateway, alice)
    note = quoting_note(followed, post.uri)
    await door.hears(followed, followed.creates(note))
    assert await state_of(door, note) == "pending"
    for _ in range(2):
        await door.hears(followed, request(followed, note, post.uri))
        assert await state_of(door, note) == "accepted"
    # Who asks again lost the answer.
    assert len(await answers(door)) == 2


@pytest.mark.parametrize("policy", [Policy(), Policy(("followers",)), None])
async def test_who_may_not_is_told_so(
    door: Doorstep, followed: Person, alice: Account, gateway: Database, policy: Policy | None
) -> None:
    post = await ours(gateway, alice, quote_policy=policy)
    note = quoting_note(followed, post.uri)
    assert await door.hears(followed, request(followed, note, post.uri)) == "not_allowed"
    assert await quote_in(door, note) is None
    await door.hears(followed, followed.creates(note))
    assert await door.hears(followed, request(followed, note, post.uri)) == "not_allowed"
    assert await state_of(door, note) == "rejected"
    assert [answer["approval_uri"] for answer in await answers(door)] == [None, None]


@pytest.mark.parametrize("visibility", ["private", "direct"])
async def test_of_what_is_not_for_everybody_nothing_is_told(
    door: Doorstep, bob: Person, alice: Account, gateway: Database, visibility: str
) -> None:
    post = await ours(gateway, alice, visibility=visibility)
    note = quoting_note(bob, post.uri)
    assert await door.hears(bob, request(bob, note, post.uri)) == "unknown_object"
    assert await answers(door) == []


async def test_nobody_asks_for_another(
    door: Doorstep, bob: Person, mallory: Person, alice: Account, gateway: Database
) -> None:
    post = await ours(gateway, alice)
    note = quoting_note(bob, post.uri)
    assert await door.hears(mallory, request(mallory, note, post.uri)) == "foreign"
    elsewhere = quoting_note(bob, f"{post.uri}9")
    assert await door.hears(bob, request(bob, elsewhere, post.uri)) == "unmatched"
    plain = bob.note()
    assert await door.hears(bob, request(bob, plain, post.uri)) == "unmatched"
    assert await answers(door) == []


async def test_who_is_blocked_may_not_and_a_block_hides_consents(
    door: Doorstep, bob: Person, alice: Account, gateway: Database
) -> None:
    post = await ours(gateway, alice)
    note = quoting_note(bob, post.uri)
    await door.hears(bob, request(bob, note, post.uri))
    made = await quote_in(door, note)
    assert made is not None
    assert made.approval_uri is not None
    async with gateway.transaction() as tx:
        blocked = await accounts.by_uri(tx, Uri(bob.uri))
        assert blocked is not None
        await relationships.block(tx, alice, blocked, now=NOW)
    assert (await door.get(made.approval_uri)).status_code == 404
    assert await door.hears(bob, request(bob, quoting_note(bob, post.uri), post.uri)) == "not_allowed"


async def test_a_consent_taken_back_is_served_no_more(
    door: Doorstep, bob: Person, alice: Account, gateway: Database
) -> None:
    post = await ours(gateway, alice)
    note = quoting_note(bob, post.uri)
    await door.hears(bob, request(bob, note, post.uri))
    made = await quote_in(door, note)
    assert made is not None
    assert made.approval_uri is not None
    async with gateway.transaction() as tx:
        await actions.settle(tx, made, Turn.REFUSED)
    assert (await door.get(made.approval_uri)).status_code == 404
    assert await door.hears(bob, request(bob, note, post.uri)) == "not_allowed"
    assert await state_of(door, note) == "revoked"
    for wrong in ("0", "9" * 18, "9" * 30, "x"):
        assert (await door.get(f"{OURS}/ap/users/{alice.id}/quote_authorizations/{wrong}")).status_code == 404


async def asks(door: Doorstep, gateway: Database, alice: Account, quoted: Json) -> Quote:
    """Alice quotes a stranger's post, and waits for their word."""
    async with gateway.transaction() as tx:
        status = await reading.by_uri(tx, Uri(quoted["id"]))
        assert status is not None
        post = await a_post(tx, alice)
        quoting = Quoting(uri=status.uri, status_id=status.id, account_id=status.account_id)
        made = await actions.quote(tx, ADDRESSES, alice, post, quoting)
    assert made is not None
    assert (made.state, bool(made.request_uri)) == ("pending", True)
    return made


@pytest.mark.parametrize(("answer", "state"), [("Accept", "accepted"), ("Reject", "rejected")])
async def test_the_author_answers_ours(
    door: Doorstep, followed: Person, mallory: Person, alice: Account, gateway: Database, answer: str, state: str
) -> None:
    quoted = followed.note()
    await door.hears(followed, followed.creates(quoted))
    made = await asks(door, gateway, alice, quoted)
    consent = f"{followed.uri}/stamps/1"
    assert await door.hears(mallory, mallory.does(answer, made.request_uri, result=consent)) == "unmatched"
    if answer == "Accept":
        elsewhere = followed.does("Accept", made.request_uri, result=f"{mallory.uri}/stamps/1")
        assert await door.hears(followed, elsewhere) == "foreign"
        assert await door.hears(followed, followed.does("Accept", made.request_uri)) == "foreign"
    said = {"id": made.request_uri, "type": "QuoteRequest", "actor": alice.uri, "object": quoted["id"]}
    assert await door.hears(followed, followed.does(answer, said, result=consent)) == "done"
    now = await store.by_id(door.res.db, made.id)
    assert now is not None
    assert (now.state, now.approval_uri) == (state, consent if state == "accepted" else None)


async def test_an_accept_and_its_revocation_end_alike_in_any_order(
    door: Doorstep, followed: Person, alice: Account, gateway: Database
) -> None:
    quoted = followed.note()
    await door.hears(followed, followed.creates(quoted))
    ends = set()
    for number, order in enumerate(([0, 1], [1, 0])):
        made = await asks(door, gateway, alice, quoted)
        consent = f"{followed.uri}/stamps/{number}"
        said = [followed.does("Accept", made.request_uri, result=consent), followed.does("Delete", consent)]
        for index in order:
            await door.hears(followed, said[index])
        now = await store.by_id(door.res.db, made.id)
        assert now is not None
        ends.add(now.shows)
    assert ends == {False}


async def test_our_post_says_what_it_quotes_and_who_may_quote_it(
    door: Doorstep, bob: Person, alice: Account, gateway: Database
) -> None:
    post = await ours(gateway, alice)
    async with gateway.transaction() as tx:
        quoting = Quoting(uri=post.uri, status_id=post.id, account_id=alice.id, is_local=True)
        second = await a_post(tx, alice, quoting=quoting, quote_policy=Policy(("followers",)))
    said = (await door.get(second.uri)).json()
    made = await store.of_status(door.res.db, second.id)
    assert made is not None
    assert {said[term] for term in ("quote", "quoteUri", "quoteUrl", "_misskey_quote")} == {post.uri}
    assert said["quoteAuthorization"] == made.approval_uri
    assert [tag["href"] for tag in said["tag"] if tag["type"] == "Link"] == [post.uri]
    assert said["interactionPolicy"] == {"canQuote": {"automaticApproval": [alice.followers_url]}}
    async with gateway.transaction() as tx:
        await statuses.delete(tx, alice, post)
    said = (await door.get(second.uri)).json()
    assert said["quote"] == {"type": "Tombstone", "id": post.uri}
    assert "quoteAuthorization" not in said
    nobody = (await door.get((await ours(gateway, alice, quote_policy=None)).uri)).json()
    assert nobody["interactionPolicy"] == {"canQuote": {"automaticApproval": [alice.uri]}}
