"""Who may answer, like and boost a post, where its author says so as GoToSocial's authors do."""

from typing import Any

import pytest
from doorstep import Doorstep
from neighbours import Person
from people import ADDRESSES, NOW, a_post

from apcore.context import PUBLIC
from apcore.objects import write_note
from chassis.db import Database
from contracts.ids import Uri
from social.accounts import store as accounts
from social.accounts.model import Account
from social.federation import note as notes
from social.interactions.actions import NotWanted
from social.interactions.rules import Act, Bearing, may
from social.relationships import actions as relationships
from social.statuses import actions, reading
from social.statuses.model import Draft, Status

ME = Uri("https://far.localhost/users/bob")
FOLLOWERS_ONLY = {"automatic": ["followers"], "manual": []}


@pytest.mark.parametrize(
    ("said", "bearing", "allowed"),
    [
        (None, {}, True),
        ({}, {}, False),
        ({"automatic": ["public"]}, {}, True),
        ({"automatic": ["followers"]}, {}, False),
        ({"automatic": ["followers"]}, {"follows_author": True}, True),
        ({"automatic": ["following"]}, {"followed_by_author": True}, True),
        ({"automatic": ["following"]}, {"follows_author": True}, False),
        ({"automatic": [ME]}, {}, True),
        ({"automatic": ["https://far.localhost/users/eve"]}, {}, False),
        ({"manual": ["public"]}, {}, True),
        ({}, {"is_author": True}, True),
        ({}, {"is_mentioned": True}, True),
    ],
)
def test_who_may_answer(said: Any, bearing: dict[str, bool], allowed: bool) -> None:
    policy = None if said is None else {"reply": said}
    assert may(Act.REPLY, policy, Bearing(uri=ME, **bearing)) is allowed


def test_who_is_mentioned_may_answer_but_not_boost() -> None:
    assert not may(Act.REBLOG, {"reblog": {}}, Bearing(uri=ME, is_mentioned=True))


async def a_guarded_post(gateway: Database, alice: Account, *acts: Act) -> Status:
    policy = {act.value: FOLLOWERS_ONLY for act in acts}
    async with gateway.transaction() as tx:
        return await a_post(tx, alice, interaction_policy=policy)


async def test_what_our_author_does_not_want_is_dropped(
    door: Doorstep, gateway: Database, alice: Account, bob: Person
) -> None:
    post = await a_guarded_post(gateway, alice, *Act)
    for said in (
        bob.does("Like", post.uri),
        bob.does("EmojiReact", post.uri, content="🔥"),
        bob.does("Announce", post.uri, to=[PUBLIC]),
        bob.creates(bob.note(inReplyTo=post.uri)),
    ):
        assert await door.hears(bob, said) == "not_allowed", said["type"]


async def test_a_follower_may_what_followers_may(
    door: Doorstep, gateway: Database, alice: Account, bob: Person
) -> None:
    post = await a_guarded_post(gateway, alice, Act.REPLY)
    await door.hears(bob, bob.does("Follow", alice.uri))
    assert await door.hears(bob, bob.creates(bob.note(inReplyTo=post.uri))) == "done"


async def test_our_policy_is_said_to_others(door: Doorstep, gateway: Database, alice: Account) -> None:
    post = await a_guarded_post(gateway, alice, Act.REPLY)
    material = (await notes.materials(door.res.db, [post.id]))[post.id]
    document = write_note(notes.render(door.res.addresses, material))
    assert document["interactionPolicy"]["canReply"] == {"automaticApproval": [alice.followers_url]}
    assert "canLike" not in document["interactionPolicy"]


@pytest.mark.parametrize("spelling", ["automaticApproval", "always"])
async def test_we_keep_to_what_an_author_elsewhere_wants(
    door: Doorstep, gateway: Database, alice: Account, bob: Person, spelling: str
) -> None:
    rule = {spelling: [bob.followers]}
    policy = {"canReply": rule, "canLike": rule, "canAnnounce": rule}
    note = bob.note(interactionPolicy=policy, cc=[bob.followers, alice.uri])
    assert await door.hears(bob, bob.creates(note)) == "done"
    status = await reading.by_uri(door.res.db, Uri(note["id"]))
    assert status is not None
    draft = Draft(content="<p>But</p>", visibility="public", in_reply_to=status, created_at=NOW)

    async def tries() -> list[str | None]:
        return [await refused_by(gateway, act, alice, status, draft) for act in Act]

    assert await tries() == [
        "The author of this post does not let you reply to it",
        "The author of this post does not let you favourite it",
        "The author of this post does not let you boost it",
    ]
    async with gateway.transaction() as tx:
        author = await accounts.by_uri(tx, Uri(bob.uri))
        assert author is not None
        await relationships.follow(tx, alice, author, now=NOW)
    async with door.res.db.transaction() as tx:
        await relationships.accept(tx, alice, author)
    assert await tries() == [None] * 3


async def refused_by(gateway: Database, act: Act, alice: Account, status: Status, draft: Draft) -> str | None:
    try:
        async with gateway.transaction() as tx:
            if act is Act.REPLY:
                await actions.post(tx, ADDRESSES, alice, draft)
            elif act is Act.FAVOURITE:
                await actions.favourite(tx, alice, status)
            else:
                await actions.reblog(tx, ADDRESSES, alice, status, "public", created_at=NOW)
    except NotWanted as refusal:
        return refusal.explanation
    return None


async def test_a_policy_is_changed_without_an_edit(door: Doorstep, alice: Account, bob: Person) -> None:
    note = bob.note(cc=[bob.followers, alice.uri])
    await door.hears(bob, bob.creates(note))
    named = [bob.followers, alice.uri, "https://far.localhost/users/eve"]
    changed = note | {"interactionPolicy": {"canReply": {"automaticApproval": named}}}
    assert await door.hears(bob, bob.does("Update", changed, to=[PUBLIC])) == "done"
    status = await reading.by_uri(door.res.db, Uri(note["id"]))
    assert status is not None
    # Whom of others they name is theirs to see to.
    assert status.interaction_policy == {"reply": {"automatic": ["followers", alice.uri], "manual": []}}
    assert status.edited_at is None


async def test_numbers_of_the_posts_own_server_are_shown_and_renewed(
    door: Doorstep, alice: Account, bob: Person
) -> None:
    def with_numbers(likes: int, shares: int) -> dict[str, Any]:
        return {
            term: {"id": f"{bob.uri}/{term}", "type": "Collection", "totalItems": total}
            for term, total in (("likes", likes), ("shares", shares))
        }

    note = bob.note(cc=[bob.followers, alice.uri], **with_numbers(7, 2))
    await door.hears(bob, bob.creates(note))

    async def shown() -> tuple[int, int]:
        status = await reading.by_uri(door.res.db, Uri(note["id"]))
        assert status is not None
        full = (await reading.full(door.res.db, [status.id]))[status.id]
        return full.favourites, full.reblogs

    assert await shown() == (7, 2)
    await door.hears(bob, bob.does("Update", note | with_numbers(9, 3), to=[PUBLIC]))
    assert await shown() == (9, 3)
