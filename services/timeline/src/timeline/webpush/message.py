"""What is said of a notification on a locked screen: a title, a few words, a picture."""

from collections.abc import Mapping
from typing import Final

from apcore.html import text_of
from mastoapi.entities.push import WebPushPayload
from mastoapi.present import MediaUrls
from social.accounts.model import Account
from social.statuses.model import Status
from timeline.store.notifications import Notification

LONGEST_BODY: Final = 140

TITLES: Final[Mapping[str, str]] = {
    "mention": "You were mentioned by {name}",
    "status": "{name} just posted",
    "reblog": "{name} boosted your post",
    "follow": "{name} is now following you",
    "follow_request": "Pending follower: {name}",
    "favourite": "{name} favorited your post",
    "poll": "A poll by {name} has ended",
    "update": "{name} edited a post",
    "quote": "{name} quoted your post",
    "quoted_update": "{name} edited a post you have quoted",
    "admin.sign_up": "{name} signed up",
    "admin.report": "{name} submitted a report",
}


def written(
    notification: Notification, sender: Account, status: Status | None, urls: MediaUrls, *, token: str, locale: str
) -> WebPushPayload:
    name = sender.display_name or sender.username
    picture = urls.profile_picture(sender.id, "avatar", sender.avatar_key, sender.avatar_remote_url)
    return WebPushPayload(
        access_token=token,
        preferred_locale=locale,
        notification_id=str(notification.id),
        notification_type=notification.type,
        icon=picture,
        title=TITLES[notification.type].format(name=name),
        body=shortened(_words(sender, status)),
    )


def _words(sender: Account, status: Status | None) -> str:
    """A warning stands before what it warns of."""
    if status is None:
        return text_of(sender.note)
    return status.spoiler_text or text_of(status.content)


def shortened(text: str) -> str:
    return text if len(text) <= LONGEST_BODY else f"{text[: LONGEST_BODY - 1].rstrip()}…"
