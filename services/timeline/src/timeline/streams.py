"""The streams that clients may subscribe to: names, rights, and which signal belongs to which. Pure."""

from collections.abc import Iterable

import msgspec

from chassis.errors import Invalid
from contracts.ids import AccountId, ListId
from mastoapi.scopes import covers
from mastoapi.viewer import OutsideScopes
from social.errors import NoSuchRecord
from timeline.signals import (
    CONVERSATION,
    DELETE,
    EVERYBODY,
    NOTIFICATION,
    NOTIFICATIONS_MERGED,
    PUBLIC,
    Signal,
    channel_of,
    channel_of_list,
)

USER, USER_NOTIFICATION, DIRECT, LIST = "user", "user:notification", "direct", "list"
OWN_STREAMS = frozenset([USER, USER_NOTIFICATION, DIRECT])
OF_NOTIFICATIONS = frozenset([NOTIFICATION, NOTIFICATIONS_MERGED])
PUBLIC_STREAMS = frozenset(
    ["public", "public:media", "public:local", "public:local:media", "public:remote", "public:remote:media"]
)
TAG_STREAMS = frozenset(["hashtag", "hashtag:local"])


class UnknownStream(Invalid):
    """Unknown stream type"""


class MissingTag(Invalid):
    """Missing tag name parameter"""


class MissingList(Invalid):
    """Missing list name parameter"""


class Stream(msgspec.Struct, frozen=True):
    """A subscription: its name, and for hashtags and lists which one."""

    name: str
    tag: str | None = None
    list_id: ListId | None = None

    @property
    def label(self) -> list[str]:
        """How messages name it."""
        which = self.tag if self.list_id is None else str(self.list_id)
        return [self.name] if which is None else [self.name, which]

    @property
    def context(self) -> str:
        """Which of the viewer's filters apply to it."""
        return "home" if self.name in OWN_STREAMS or self.name == LIST else "public"

    def channel(self, viewer: AccountId) -> str:
        if self.list_id is not None:
            return channel_of_list(self.list_id)
        return channel_of(viewer) if self.name in OWN_STREAMS else PUBLIC

    def hears(self, channel: str) -> bool:
        """Whether what comes over its own channel, or the one for everybody, may be meant for it."""
        return channel != EVERYBODY or self.name == USER

    def carries(self, signal: Signal) -> bool:
        """Whether the signal, which came over the stream's channel, is meant for it."""
        match self.name:
            case "user":
                return signal.event != CONVERSATION
            case "user:notification":
                return signal.event in OF_NOTIFICATIONS
            case "direct":
                return signal.event == CONVERSATION
            case "list":
                return True
        return signal.event == DELETE or self._shows_in_public(signal)

    def _shows_in_public(self, signal: Signal) -> bool:
        if self.tag is not None:
            return self.tag in signal.tags and (self.name == "hashtag" or signal.is_local)
        _, *conditions = self.name.split(":")
        met = {"local": signal.is_local, "remote": not signal.is_local, "media": signal.has_media}
        return not signal.is_reply and all(met[condition] for condition in conditions)


def stream_from(name: str | None, tag: str | None = None, list_id: str | None = None) -> Stream:
    if name in TAG_STREAMS:
        if not tag:
            raise MissingTag
        return Stream(name, tag.removeprefix("#").lower())
    if name == LIST:
        return Stream(name, list_id=_list_from(list_id))
    if name in PUBLIC_STREAMS or name in OWN_STREAMS:
        return Stream(name)
    raise UnknownStream


def _list_from(text: str | None) -> ListId:
    if not text:
        raise MissingList
    if not text.isdecimal() or len(text) > 18:
        raise NoSuchRecord
    return ListId(int(text))


def check_scopes(stream: Stream, granted: Iterable[str]) -> None:
    wanted = "read:notifications" if stream.name == USER_NOTIFICATION else "read:statuses"
    if not covers(frozenset(granted), wanted):
        raise OutsideScopes


def may_hear(signal: Signal, granted: Iterable[str]) -> bool:
    """Notifications come over `user` too, for those who may read them."""
    return signal.event not in OF_NOTIFICATIONS or covers(frozenset(granted), "read:notifications")
