"""What those who watch one of their lists hear of."""

import pytest
from listening import a_session, heard
from staging import Stage

from timeline.hub import Farewell
from timeline.streams import Stream


async def test_what_members_do_is_streamed_to_who_watches_the_list(stage: Stage, alice, bob, carol):
    for author in (bob, carol):
        await stage.follow(alice, author)
    friends = await stage.a_list(alice, bob)
    session = await a_session(stage, alice, Stream("list", list_id=friends.id))
    with stage.res.hub.connected(session.client, "websocket"):
        await stage.post(carol)
        post = await stage.post(bob)
        label = ["list", str(friends.id)]
        assert await heard(session) == (label, "update", str(post.id))
        await stage.edit(bob, post, "Better")
        assert await heard(session) == (label, "status.update", str(post.id))
        await stage.delete(bob, post)
        assert await heard(session) == (label, "delete", str(post.id))


@pytest.mark.parametrize("sanction", ["suspended_at", "disabled_at"])
async def test_a_stream_ends_for_who_may_not_sign_in_any_more(stage: Stage, superuser, alice, sanction):
    session = await a_session(stage, alice, Stream("user"))
    with stage.res.hub.connected(session.client, "websocket"):
        table, key = ("accounts", "id") if sanction == "suspended_at" else ("users", "account_id")
        await superuser.execute(f"UPDATE social.{table} SET {sanction} = now() WHERE {key} = $1", alice.id)
        await stage.res.hub._check_tokens()
        assert await session.next(patience=5) is Farewell.REVOKED
