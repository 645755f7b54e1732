"""What is found on the way through a thread: posts with the answers that their servers know of, and further pages."""

from collections.abc import Sequence

import msgspec

from apcore import jsonld
from apcore.activities import Update
from apcore.collections import Listed, read_listed
from apcore.fetch import FetchError
from apcore.jsonld import Malformed
from chassis.errors import Problem
from contracts.ids import Uri
from inbox.fetching.actors import Unusable
from inbox.fetching.gather import Found, gather_note
from inbox.fetching.pages import fetch_collection
from inbox.fetching.statuses import fetch_document, note_of
from inbox.resources import Resources


class Seen(msgspec.Struct, frozen=True, kw_only=True):
    """A post as its own server shows it."""

    found: Found
    update: Update
    """The same for somebody who knows the post already."""
    answers: Listed
    context: str | None
    """Where its server keeps the whole conversation, if it says so."""


async def see_post(res: Resources, uri: Uri) -> Seen | None:
    """None for what is not there, or cannot be had now."""
    try:
        document = await fetch_document(res, uri)
        note = note_of(document)
        if note is None or res.addresses.is_ours(note.id):
            raise Unusable
        found = await gather_note(res, note)
    except Problem:
        return None
    update = Update(id=f"{note.id}#refresh", actor=note.attributed_to, object=note.id, embedded=document)
    context = jsonld.web_uri(note.context)
    own = context if context and jsonld.same_host(context, note.id) else None
    return Seen(found=found, update=update, answers=note.answers, context=own)


async def see_page(res: Resources, url: str) -> Listed | None:
    """A collection or a page of one; it goes on at its own host alone."""
    try:
        listed = read_listed(await fetch_collection(res, url))
    except (FetchError, Malformed):
        return None
    goes_on = listed.next if listed.next and jsonld.same_host(listed.next, url) else None
    return msgspec.structs.replace(listed, next=goes_on)


def wanted(res: Resources, uris: Sequence[str]) -> list[Uri]:
    """Those that are neither ours nor of a host that we do not talk with."""
    return [
        Uri(uri)
        for uri in dict.fromkeys(uris)
        if not res.addresses.is_ours(uri) and not res.policies.value.is_suspended(jsonld.host_of(uri))
    ]
