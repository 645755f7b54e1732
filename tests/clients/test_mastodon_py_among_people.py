"""What a person does with Mastodon.py on a whole server, whose neighbour is another one."""

import queue
import subprocess
import time
from collections.abc import Callable
from typing import Any, TypeVar

import pytest
import requests
from mastodon import Mastodon, MastodonNotFoundError, StreamListener
from pictures import with_exif

from native import authority
from native.server import Server

T = TypeVar("T")

WITHIN = 20.0


def a_client(server: Server, name: str) -> Mastodon:
    """Somebody new on the server, with a token from the command line."""
    _operate(server, "accounts", "create", name, "--email", f"{name}@mail.example", "--confirmed")
    token = _operate(server, "accounts", "token", name, "--scopes", "read write follow push")
    session = requests.Session()
    session.trust_env = False
    session.verify = str(authority.certificate_file())
    return Mastodon(access_token=token, api_base_url=server.base_url, session=session)


def _operate(server: Server, *words: str) -> str:
    done = subprocess.run([str(server.home.wrapper), *words], check=True, capture_output=True, text=True)
    return done.stdout.strip()


def eventually(look: Callable[[], T]) -> T:
    """Look again and again until there is something to see."""
    deadline = time.monotonic() + WITHIN
    while not (found := look()):
        assert time.monotonic() < deadline, f"not within {WITHIN} s; last seen: {found!r}"
        time.sleep(0.05)
    return found


@pytest.fixture(scope="module")
def paula(alpha: Server) -> Mastodon:
    return a_client(alpha, "paula")


@pytest.fixture(scope="module")
def quentin(beta: Server) -> Mastodon:
    return a_client(beta, "quentin")


@pytest.fixture(scope="module")
def friends(paula: Mastodon, quentin: Mastodon, alpha: Server, beta: Server) -> None:
    """Paula and Quentin follow each other across the border."""
    for person, handle in ((paula, f"@quentin@{beta.settings.domain}"), (quentin, f"@paula@{alpha.settings.domain}")):
        (account,) = person.search_v2(handle, resolve=True, result_type="accounts").accounts
        person.account_follow(account)
        eventually(lambda person=person, account=account: person.account_relationships(account)[0].following)


def sees(person: Mastodon, uri: str) -> Any:
    """The status in the person's home timeline."""
    return eventually(lambda: next((status for status in person.timeline_home() if status.uri == uri), None))


def test_the_server_introduces_itself(paula: Mastodon, alpha: Server) -> None:
    assert paula.instance().domain == alpha.settings.domain
    assert paula.me().username == "paula"


def test_a_picture_is_posted_and_seen_by_a_friend(paula: Mastodon, quentin: Mastodon, friends: None) -> None:
    uploaded = paula.media_post(with_exif(), mime_type="image/jpeg", description="Half red, half blue")
    posted = paula.status_post("Look", media_ids=[uploaded], language="en")
    (attachment,) = sees(quentin, posted.uri).media_attachments
    assert (attachment.type, attachment.description) == ("image", "Half red, half blue")
    assert attachment.blurhash


def test_a_conversation_is_notified_and_read_in_its_context(
    paula: Mastodon, quentin: Mastodon, alpha: Server, friends: None
) -> None:
    posted = paula.status_post("Who is there?")
    there = sees(quentin, posted.uri)
    reply = quentin.status_reply(there, "I am")
    quentin.status_favourite(there)
    told = {"mention", "favourite"}
    eventually(lambda: told <= {n.type for n in paula.notifications() if n.status and n.account.username == "quentin"})
    context = paula.status_context(posted)
    assert [status.uri for status in context.descendants] == [reply.uri]


def test_an_edit_is_shown_with_its_history(paula: Mastodon) -> None:
    posted = paula.status_post("Frist", spoiler_text="Careful")
    paula.status_update(posted, "First", spoiler_text="Careful")
    assert paula.status_source(posted).text == "First"
    assert len(paula.status_history(posted)) == 2


def test_a_deleted_post_comes_back_as_its_source(paula: Mastodon) -> None:
    posted = paula.status_post("Gone soon")
    assert paula.status_delete(posted).text == "Gone soon"
    with pytest.raises(MastodonNotFoundError):
        paula.status(posted)


def test_a_profile_is_edited(paula: Mastodon) -> None:
    changed = paula.account_update_credentials(
        display_name="Paula P.", fields=[("Place", "Here")], avatar=with_exif(), avatar_mime_type="image/jpeg"
    )
    assert (changed.display_name, changed.fields[0].name) == ("Paula P.", "Place")
    assert "missing" not in changed.avatar


def test_pages_of_a_timeline_follow_each_other(paula: Mastodon) -> None:
    for number in range(5):
        paula.status_post(f"Number {number}", visibility="unlisted")
    first = paula.account_statuses(paula.me(), limit=2)
    second = paula.fetch_next(first)
    assert len(first) == len(second) == 2
    assert max(status.id for status in second) < min(status.id for status in first)
    assert [status.id for status in paula.fetch_previous(second)] == [status.id for status in first]


class Heard(StreamListener):
    """Keeps what comes."""

    def __init__(self) -> None:
        self.updates: queue.Queue[Any] = queue.Queue()

    def on_update(self, status: Any) -> None:
        self.updates.put(status)


def test_a_friends_post_streams_in(paula: Mastodon, quentin: Mastodon, friends: None) -> None:
    heard = Heard()
    stream = paula.stream_user(heard, run_async=True)
    try:
        eventually(stream.is_receiving)
        posted = quentin.status_post("As it happens")
        assert heard.updates.get(timeout=WITHIN).uri == posted.uri
    finally:
        stream.close()


def test_a_person_is_muted_blocked_and_forgiven(paula: Mastodon, quentin: Mastodon, friends: None) -> None:
    (account,) = [a for a in paula.account_following(paula.me()) if a.username == "quentin"]
    assert paula.account_mute(account).muting
    assert not paula.account_unmute(account).muting
    assert paula.account_block(account).blocking
    assert not paula.account_unblock(account).blocking
