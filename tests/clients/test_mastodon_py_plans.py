"""Mastodon.py asks polls and plans posts."""

import datetime as dt

import pytest
from clients.test_mastodon_py_signs_in import CALLBACK, SCOPES, a_client, code_in, consented
from mastodon import Mastodon, MastodonAPIError, MastodonNotFoundError


@pytest.fixture(scope="module")
def alice(gateway_url: str) -> Mastodon:
    client = a_client(gateway_url, CALLBACK)
    address = client.auth_request_url(redirect_uris=CALLBACK, scopes=SCOPES, state="kept", allow_http=True)
    location = consented(gateway_url, address)
    client.log_in(code=code_in(location), redirect_uri=CALLBACK, scopes=SCOPES, allow_http=True)
    return client


def test_a_poll_is_asked_and_looked_at(alice: Mastodon) -> None:
    asked = alice.make_poll(["Soup", "Salad"], 3600, multiple=True)
    status = alice.status_post("Lunch?", poll=asked)
    poll = alice.poll(status.poll)
    assert [option.title for option in poll.options] == ["Soup", "Salad"]
    assert (poll.multiple, poll.expired, poll.votes_count) == (True, False, 0)
    with pytest.raises(MastodonAPIError, match="You cannot vote in your own polls"):
        alice.poll_vote(poll, [0])


def test_a_post_is_planned_put_off_and_cancelled(alice: Mastodon) -> None:
    in_an_hour = dt.datetime.now(dt.UTC) + dt.timedelta(hours=1)
    asked = alice.make_poll(["Soup", "Salad"], 3600)
    planned = alice.status_post("Later", scheduled_at=in_an_hour, spoiler_text="cw", poll=asked)
    assert (planned.params.text, planned.params.spoiler_text) == ("Later", "cw")
    assert [found.id for found in alice.scheduled_statuses()] == [planned.id]
    later = alice.scheduled_status_update(planned, in_an_hour + dt.timedelta(hours=1))
    assert later.scheduled_at - planned.scheduled_at == dt.timedelta(hours=1)
    assert alice.scheduled_status(planned).scheduled_at == later.scheduled_at
    alice.scheduled_status_delete(planned)
    with pytest.raises(MastodonNotFoundError):
        alice.scheduled_status(planned)
