"""Posts, conversations and notifications as they happen."""

import queue
from typing import Any

import pytest
from clients.mastodon_py.stage import WITHIN, Stage, eventually
from mastodon import StreamListener

from native import authority


class Heard(StreamListener):
    """Keeps what comes."""

    def __init__(self) -> None:
        self.everything: queue.Queue[Any] = queue.Queue()

    def on_update(self, status: Any) -> None:
        self.everything.put(status.id)

    def on_notification(self, notification: Any) -> None:
        self.everything.put(notification.status.id)

    def on_conversation(self, conversation: Any) -> None:
        self.everything.put(conversation.last_status.id)

    def hears(self, status: Any) -> None:
        while self.everything.get(timeout=WITHIN) != status.id:
            pass


def channels_share_a_connection(stage: Stage) -> None:
    """All of them over one WebSocket."""
    ada, ben = stage.person("ada"), stage.person("ben")
    him = ben.me()
    ada.account_follow(him)
    kept = ada.list_create("Streamed")
    ada.list_accounts_add(kept, [him])
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("WEBSOCKET_CLIENT_CA_BUNDLE", str(authority.certificate_file()))
        connection = ada.stream_open_websocket()
    heard = [Heard() for _ in range(6)]
    direct = Heard()
    try:
        ada.stream_user(heard[0], websocket_handle=connection)
        ada.stream_user_notifications(heard[1], websocket_handle=connection)
        ada.stream_public(heard[2], websocket_handle=connection)
        ada.stream_local(heard[3], websocket_handle=connection)
        ada.stream_hashtag("asithappens", heard[4], websocket_handle=connection)
        ada.stream_list(kept, heard[5], websocket_handle=connection)
        ada.stream_direct(direct, websocket_handle=connection)
        eventually(connection.is_receiving)
        said = ben.status_post("@ada Look #asithappens")
        whispered = ben.status_post("@ada Between us", visibility="direct")
        for listener in heard:
            listener.hears(said)
        direct.hears(whispered)
    finally:
        connection.close()
    ada.list_delete(kept)
    ada.account_unfollow(him)
