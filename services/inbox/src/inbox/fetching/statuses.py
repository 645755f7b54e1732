"""Posts, fetched from where they were written."""

import msgspec

from apcore import jsonld
from apcore.fetch import FetchFailed, FetchRefused
from apcore.jsonld import Json, Malformed
from apcore.objects import Note, is_note, read_note
from contracts.ids import Uri
from inbox.fetching.actors import FETCH_SECONDS, Unreachable, Unusable
from inbox.resources import Resources


async def fetch_document(res: Resources, uri: str, *, token: str | None = None) -> Json:
    """Raises Unreachable when it may work later, Unusable when it will not."""
    if res.addresses.is_ours(uri) or res.policies.value.is_suspended(jsonld.host_of(uri)):
        raise Unusable
    signer = await res.identity.signer()
    if signer is not None and token is not None:
        signer = msgspec.structs.replace(signer, bearer=(jsonld.host_of(uri), token))
    try:
        answer = await res.fetcher.get_document(uri, sign_with=signer, seconds=FETCH_SECONDS)
    except FetchFailed as problem:
        raise Unreachable from problem
    except FetchRefused as problem:
        raise Unusable from problem
    return answer.document


async def fetch_note(res: Resources, uri: Uri) -> Note:
    note = note_of(await fetch_document(res, uri))
    if note is None or res.addresses.is_ours(note.id):
        raise Unusable
    return note


def note_of(document: Json) -> Note | None:
    """The post in a document that its own server served; Lemmy's boosts name the Create around it."""
    if jsonld.type_of(document) == "Create":
        inner = jsonld.embedded(document.get("object"))
        if inner is None or not jsonld.same_host(str(inner.get("id")), str(document.get("id"))):
            return None
        document = inner
    if not is_note(document):
        return None
    try:
        note = read_note(document)
    except Malformed:
        return None
    return note if jsonld.same_host(note.attributed_to, note.id) else None
