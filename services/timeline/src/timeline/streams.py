"""The streams that clients may subscribe to: names, rights, and which signal belongs to which. Pure."""

from collections.abc import Iterable

import msgspec

from chassis.errors import Invalid
from contracts.ids import AccountId
from mastoapi.scopes import covers
from mastoapi.viewer import OutsideScopes
from timeline.signals import DELETE, NOTIFICATION, PUBLIC, Signal, channel_of

USER, USER_NOTIFICATION = "user", "user:notification"
PUBLIC_STREAMS = frozenset(
    ["public", "public:media", "public:local", "public:local:media", "public:remote", "public:remote:media"]
)
TAG_STREAMS = frozenset(["hashtag", "hashtag:local"])


class UnknownStream(Invalid):
    """Unknown stream type"""


class MissingTag(Invalid):
    """Missing tag name parameter"""


class Stream(msgspec.Struct, frozen=True):
    """A subscription: its name, and for hashtags which one."""

    name: str
    tag: str | None = None

    @property
    def label(self) -> list[str]:
        """How messages name it."""
        return [self.name] if self.tag is None else [self.name, self.tag]

    def channel(self, viewer: AccountId) -> str:
        return channel_of(viewer) if self.name in (USER, USER_NOTIFICATION) else PUBLIC

    def carries(self, signal: Signal) -> bool:
        """Whether the signal, which came over the stream's channel, is meant for it."""
        if self.name == USER:
            return True
        if self.name == USER_NOTIFICATION:
            return signal.event == NOTIFICATION
        if signal.event == DELETE:
            return True
        if self.tag is not None:
            return self.tag in signal.tags and (self.name == "hashtag" or signal.is_local)
        _, *conditions = self.name.split(":")
        met = {"local": signal.is_local, "remote": not signal.is_local, "media": signal.has_media}
        return not signal.is_reply and all(met[condition] for condition in conditions)


def stream_from(name: str | None, tag: str | None) -> Stream:
    if name in TAG_STREAMS:
        if not tag:
            raise MissingTag
        return Stream(name, tag.removeprefix("#").lower())
    if name in PUBLIC_STREAMS or name in (USER, USER_NOTIFICATION):
        return Stream(name)
    raise UnknownStream


def check_scopes(stream: Stream, granted: Iterable[str]) -> None:
    wanted = "read:notifications" if stream.name == USER_NOTIFICATION else "read:statuses"
    if not covers(frozenset(granted), wanted):
        raise OutsideScopes


def may_hear(signal: Signal, granted: Iterable[str]) -> bool:
    """Notifications come over `user` too, for those who may read them."""
    return signal.event != NOTIFICATION or covers(frozenset(granted), "read:notifications")
