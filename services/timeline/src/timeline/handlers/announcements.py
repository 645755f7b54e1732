"""Open streams are told what those who run the server announce."""

import msgspec

from contracts.events import AnnouncementPublished, AnnouncementReacted, AnnouncementRemoved
from mastoapi.present import announcements as present
from social.announcements import store
from social.announcements.model import Shown
from timeline.resources import Resources
from timeline.signals import ANNOUNCEMENT, ANNOUNCEMENT_DELETE, ANNOUNCEMENT_REACTION


async def on_published(res: Resources, event: AnnouncementPublished) -> None:
    found = await store.by_id(res.db, event.announcement_id)
    if found is not None:
        [entity] = await present.announcements(res.db, [Shown(found)], None, res.addresses, res.urls)
        await res.announcer.tell_everybody(ANNOUNCEMENT, msgspec.json.encode(entity).decode())


async def on_reacted(res: Resources, event: AnnouncementReacted) -> None:
    entity = await present.reaction_alone(res.db, event.announcement_id, event.name, res.urls)
    await res.announcer.tell_everybody(ANNOUNCEMENT_REACTION, msgspec.json.encode(entity).decode())


async def on_removed(res: Resources, event: AnnouncementRemoved) -> None:
    await res.announcer.tell_everybody(ANNOUNCEMENT_DELETE, str(event.announcement_id))
