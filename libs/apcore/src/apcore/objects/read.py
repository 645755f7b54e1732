"""Notes, Questions and what is turned into them, read."""

from datetime import UTC, datetime
from typing import Final

from apcore import html, jsonld
from apcore.collections import Listed, read_listed
from apcore.jsonld import Json, Malformed
from apcore.objects import converted, tags
from apcore.objects.model import Approvers, Note, Poll, PollOption, Quote, QuoteAuthorization, Tombstone

NOTE_TYPES: Final = frozenset({"Note", "Question"})
CONVERTED_TYPES: Final = frozenset({"Article", "Page", "Image", "Audio", "Video", "Event"})
LONGEST_CONTENT: Final = 262_144  # Mastodon sets no bound but that of the whole document.
LONGEST_SUMMARY: Final = 20_480
LONGEST_NAME: Final = 2048
MAX_OPTIONS: Final = 500
LONGEST_LANGUAGE: Final = 35


def is_note(document: Json) -> bool:
    """Whether the document is something that becomes a post here."""
    return jsonld.type_of(document) in NOTE_TYPES | CONVERTED_TYPES


def read_note(document: Json, *, by: str | None = None) -> Note:
    """The post in the document. Its content is sanitised here, once. `by` is its author where it names none."""
    document = jsonld.normal(document)
    kind = jsonld.type_of(document)
    if kind not in NOTE_TYPES | CONVERTED_TYPES:
        raise Malformed(f"{kind[:64] or 'object without type'} is no post")
    identity = jsonld.web_uri(document.get("id"))
    author = jsonld.web_uri(document.get("attributedTo", by))
    if identity is None or author is None:
        raise Malformed(f"{kind} without id or author")
    url = _page_of(document, identity)
    return Note(
        id=identity,
        attributed_to=author,
        type=kind,
        url=url,
        name=_translated(document, "name")[:LONGEST_NAME],
        language=_language(document),
        **_text(document, kind, url or identity),
        **_place(document),
        **_parts(document),
        **_numbers(document),
        poll=_poll(document) if kind == "Question" else None,
        quote=_quote(document),
        may_quote=_approved(document, "automaticApproval"),
        may_ask_to_quote=_approved(document, "manualApproval") or (),
        may_reply=_approvers(document, "canReply"),
        may_like=_approvers(document, "canLike"),
        may_announce=_approvers(document, "canAnnounce"),
    )


def note_in(document: Json, *, by: str) -> Note | None:
    """As `read_note`; None for what is none."""
    try:
        return read_note(document, by=by) if is_note(document) else None
    except Malformed:
        return None


def read_quote_authorization(document: Json) -> QuoteAuthorization:
    document = jsonld.normal(document)
    said = {
        field: jsonld.web_uri(document.get(term))
        for field, term in (
            ("id", "id"),
            ("attributed_to", "attributedTo"),
            ("interacting_object", "interactingObject"),
            ("interaction_target", "interactionTarget"),
        )
    }
    if jsonld.type_of(document) != "QuoteAuthorization" or not all(said.values()):
        raise Malformed("no whole QuoteAuthorization")
    return QuoteAuthorization(**{field: uri for field, uri in said.items() if uri})


def read_tombstone(document: Json) -> Tombstone:
    """What is left of a deleted object; a bare reference to one will do."""
    document = jsonld.normal(document)
    identity = jsonld.web_uri(document.get("id"))
    if identity is None:
        raise Malformed("Tombstone without id")
    former = jsonld.one(document.get("formerType"))
    return Tombstone(
        id=identity,
        former_type=former if isinstance(former, str) else "",
        deleted=jsonld.moment(document.get("deleted")),
    )


def _text(document: Json, kind: str, link: str) -> Json:
    summary = _translated(document, "summary")[:LONGEST_SUMMARY]
    content = _translated(document, "content")[:LONGEST_CONTENT]
    if kind in CONVERTED_TYPES:
        title = _translated(document, "name")[:LONGEST_NAME].strip()
        is_warned = jsonld.boolean(document.get("sensitive")) and bool(summary and content)
        body = converted.body_of(title, "" if is_warned else summary, content, link)
        return {"content": html.sanitise(body), "summary": html.text_of(summary) if is_warned else ""}
    return {"content": html.sanitise(content), "summary": summary}


def _translated(document: Json, term: str) -> str:
    plain = jsonld.text(document.get(term))
    if plain is not None:
        return plain
    by_language = jsonld.one(document.get(f"{term}Map"))
    if not isinstance(by_language, dict):
        return ""
    return next((text for text in by_language.values() if isinstance(text, str)), "")


def _language(document: Json) -> str | None:
    for term in ("contentMap", "nameMap", "summaryMap"):
        by_language = jsonld.one(document.get(term))
        if isinstance(by_language, dict) and by_language:
            first = str(next(iter(by_language)))
            plain = first.isascii() and first.replace("-", "").replace("_", "").isalnum()
            return first if plain and len(first) <= LONGEST_LANGUAGE and first != "und" else None
    return None


def _page_of(document: Json, identity: str) -> str | None:
    """Where a browser reads it: a page is preferred, and one on another host is not believed."""
    links = jsonld.many(document.get("url"))
    links.sort(key=lambda item: not (isinstance(item, dict) and item.get("mediaType") == "text/html"))
    for item in links:
        address = tags.link(item)[0]
        if address and jsonld.same_host(address, identity):
            return address
    return None


def _place(document: Json) -> Json:
    direct = jsonld.one(document.get("directMessage"))
    return {
        "published": jsonld.moment(document.get("published")),
        "updated": jsonld.moment(document.get("updated")),
        "in_reply_to": jsonld.web_uri(document.get("inReplyTo")),
        "conversation": jsonld.uri(document.get("conversation")),
        "context": jsonld.uri(document.get("context")),
        "sensitive": jsonld.boolean(document.get("sensitive")),
        "to": jsonld.uris(document.get("to")),
        "cc": jsonld.uris(document.get("cc")),
        "direct_message": direct if isinstance(direct, bool) else None,
    }


def _parts(document: Json) -> Json:
    tag = document.get("tag")
    attached = tags.attachments(document.get("attachment"))
    if jsonld.type_of(document) in CONVERTED_TYPES:
        attached = (*converted.medium_of(document), *attached) or converted.picture_of(document)
    return {
        "mentions": tags.mentions(tag),
        "hashtags": tags.hashtags(tag),
        "emojis": tags.emojis(tag),
        "attachments": attached,
    }


def _numbers(document: Json) -> Json:
    numbers: Json = {}
    for term in ("replies", "likes", "shares"):
        collection = jsonld.one(document.get(term))
        numbers[term] = jsonld.web_uri(collection)
        total = collection.get("totalItems") if isinstance(collection, dict) else None
        numbers[f"{term}_count"] = jsonld.integer(total)
    numbers["answers"] = _answers(document.get("replies"))
    return numbers


def _answers(value: object) -> Listed:
    try:
        return read_listed(value)
    except Malformed:
        return Listed()


def _poll(document: Json) -> Poll | None:
    multiple = not jsonld.objects(document.get("oneOf"))
    options = jsonld.objects(document.get("anyOf" if multiple else "oneOf"), MAX_OPTIONS)
    read = [option for item in options if (option := _option(item))]
    if not read:
        return None
    closed = jsonld.one(document.get("closed"))
    end_time = jsonld.moment(document.get("endTime"))
    return Poll(
        options=tuple(read),
        multiple=multiple,
        end_time=end_time,
        # `true` says that it is over, not since when: long ago is certainly true.
        closed=(end_time or datetime.fromtimestamp(0, UTC)) if closed is True else jsonld.moment(closed),
        voters_count=jsonld.integer(document.get("votersCount")),
    )


def _option(item: Json) -> PollOption | None:
    name = jsonld.text(item.get("name"), LONGEST_NAME)
    replies = jsonld.one(item.get("replies"))
    total = replies.get("totalItems") if isinstance(replies, dict) else None
    return PollOption(name=name, votes=jsonld.integer(total) or 0) if name else None


def _quote(document: Json) -> Quote | None:
    authorization = jsonld.web_uri(document.get("quoteAuthorization"))
    said = jsonld.one(document.get("quote"))
    is_gone = isinstance(said, dict) and jsonld.type_of(said) == "Tombstone"
    quoted = jsonld.web_uri(said)
    if quoted or is_gone:
        return Quote(uri=quoted or "", authorization=authorization, is_gone=is_gone)
    for term in ("_misskey_quote", "quoteUrl", "quoteUri"):
        if quoted := jsonld.web_uri(document.get(term)):
            return Quote(uri=quoted, authorization=authorization, is_legacy=True)
    if quoted := tags.quoted(document.get("tag")):
        return Quote(uri=quoted, authorization=authorization, is_legacy=True)
    return None


def _approved(document: Json, term: str) -> tuple[str, ...] | None:
    quoting = _rule(document, "canQuote")
    return jsonld.uris(quoting.get(term), MAX_OPTIONS) if quoting is not None else None


def _approvers(document: Json, act: str) -> Approvers | None:
    rule = _rule(document, act)
    # GoToSocial said `always` and `approvalRequired` until 0.19.
    now, asked = (("automaticApproval", "always"), ("manualApproval", "approvalRequired"))
    if rule is None or not any(term in rule for term in (*now, *asked)):
        return None
    return Approvers(
        automatic=tuple(uri for term in now for uri in jsonld.uris(rule.get(term), MAX_OPTIONS)),
        manual=tuple(uri for term in asked for uri in jsonld.uris(rule.get(term), MAX_OPTIONS)),
    )


def _rule(document: Json, act: str) -> Json | None:
    policy = jsonld.one(document.get("interactionPolicy"))
    rule = jsonld.one(policy.get(act)) if isinstance(policy, dict) else None
    return rule if isinstance(rule, dict) else None
