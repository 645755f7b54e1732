"""A post from elsewhere is seen for the first time: what its own server names as answers to it is worth a look."""

import datetime as dt

from inbox.fetching.replies import first_of, rooms
from inbox.fetching.threads import see_page, wanted
from inbox.handlers.budget import affordable
from inbox.jobs import FetchStatus, LearnReplies
from inbox.resources import Resources
from inbox.store import claim
from social.federation import store

NOT_AGAIN_FOR = dt.timedelta(hours=1)


async def on_learn(res: Resources, job: LearnReplies) -> None:
    items, now = job.answers.items, dt.datetime.now(dt.UTC)
    if not items and job.answers.next is not None and await affordable(res, [job.answers.next]):
        listed = await see_page(res, job.answers.next)
        items = first_of(listed.items if listed else (), job.uri)
    uris = wanted(res, items)
    known = await store.statuses_by_uri(res.db, uris) if uris else {}
    unknown = [uri for uri in uris if uri not in known]
    if not unknown:
        return
    async with res.db.transaction() as tx:
        if await claim(tx, f"replies {job.uri}", now=now, until=now + NOT_AGAIN_FOR):
            for uri, room in zip(unknown, rooms(job.room, len(unknown)), strict=False):
                tx.enqueue(FetchStatus(uri=uri, height=res.settings.thread_depth, room=room, asked_at=now))
