"""The versions that a status had."""

from collections.abc import Sequence

from msgspec import UNSET, UnsetType

from chassis.db import Reader
from contracts.ids import MediaId, StatusId
from mastoapi.entities import statuses as entities
from mastoapi.entities.times import timestamp
from mastoapi.present.files import attachment, emojis
from mastoapi.present.people import account_from
from mastoapi.present.urls import MediaUrls
from social.accounts import store as accounts
from social.emojis import store as emoji_store
from social.errors import NoSuchStatus
from social.statuses import reading
from social.statuses.model import Edit, FullStatus


async def history(db: Reader, status_id: StatusId, urls: MediaUrls) -> list[entities.StatusEdit]:
    """All versions, the present one last. The caller has made sure that the viewer may see it."""
    edits = await reading.edits_of(db, status_id)
    now = (await reading.full(db, [status_id])).get(status_id)
    if now is None:
        raise NoSuchStatus
    profiles = await accounts.profiles_of(db, [now.status.account_id])
    profile = profiles[now.status.account_id]
    files = {file.id: attachment(file, urls) for file in now.media}
    versions = [*edits, _as_edit(now, list(files))]
    used = {e for edit in versions for e in edit.emoji_ids} | set(profile.account.emoji_ids)
    known = await emoji_store.many(db, sorted(used)) if used else {}
    author = account_from(profile, profiles, known, urls)
    return [
        entities.StatusEdit(
            content=edit.content,
            spoiler_text=edit.spoiler_text,
            sensitive=edit.sensitive,
            created_at=timestamp(edit.created_at),
            account=author,
            poll=_asked(edit.poll_options),
            media_attachments=[files[i] for i in edit.media_ids if i in files],
            emojis=emojis(known, edit.emoji_ids, urls),
        )
        for edit in versions
    ]


def _as_edit(full: FullStatus, media_ids: list[MediaId]) -> Edit:
    row = full.status
    return Edit(
        content=row.content,
        spoiler_text=row.spoiler_text,
        sensitive=row.sensitive,
        media_ids=media_ids,
        emoji_ids=row.emoji_ids,
        poll_options=full.poll.options if full.poll else None,
        created_at=row.edited_at or row.created_at,
    )


def _asked(options: Sequence[str] | None) -> entities.PollVersion | UnsetType:
    if options is None:
        return UNSET
    return entities.PollVersion(options=[entities.PollVersionOption(title=title) for title in options])
