"""Statuses for one viewer: kept fragments, with what the viewer did and may know laid over them as bytes."""

import datetime as dt
from collections.abc import Mapping

import msgspec

from contracts.ids import AccountId, StatusId
from mastoapi.present.filters import filtered_from
from mastoapi.present.fragments import AccountFragment, StatusFragment
from mastoapi.present.polls import poll_from
from social.errors import NoSuchStatus
from social.filters.matching import Filters
from social.policies.model import Policies
from social.quotes import rules
from social.statuses.model import DIRECT, LIMITED, Seen
from social.statuses.permit import approval, may_see, state_of_quote, wants_to_see

_BOOL = (b"false", b"true")


class Tapped(msgspec.Struct, frozen=True, kw_only=True):
    """What the viewer did a moment ago: counts are recounted later, but they see their own tap at once."""

    favourites: int = 0
    reblogs: int = 0


class Look(msgspec.Struct, frozen=True, kw_only=True):
    """A page of statuses as one viewer meets them."""

    seen: Mapping[StatusId, Seen]
    viewer: AccountId | None
    policies: Policies

    def original(self, seen: Seen) -> Seen | None:
        return self.seen.get(seen.reblog_of_id) if seen.reblog_of_id is not None else None

    def quoted(self, seen: Seen) -> Seen | None:
        return self.seen.get(seen.quoted_status_id) if seen.quoted_status_id is not None else None


class Sheet(Look, frozen=True, kw_only=True):
    """All that it takes to show them, loaded."""

    statuses: Mapping[StatusId, StatusFragment]
    accounts: Mapping[AccountId, AccountFragment]
    filters: Filters
    now: dt.datetime


def is_hidden(seen: Seen, policies: Policies) -> bool:
    """The author, or their whole server, is suspended: nobody sees it."""
    return seen.is_suspended or (seen.domain is not None and policies.is_suspended(seen.domain))


def permitted(look: Look, seen: Seen, *, unasked: bool) -> bool:
    """A boost is as visible as what it boosts."""
    original = look.original(seen)
    if seen.reblog_of_id is not None and (original is None or not _is_open_to(look, original)):
        return False
    return _is_open_to(look, seen) and (not unasked or wants_to_see(seen, original, look.viewer))


def _is_open_to(look: Look, seen: Seen) -> bool:
    return not is_hidden(seen, look.policies) and may_see(seen, look.viewer)


def outlook(look: Look, seen: Seen) -> tuple[object, ...]:
    """All that a plain status may look different by: to whom this is the same, it looks the same."""
    return look.viewer is None, seen.account_id == look.viewer, seen, look.original(seen)


def is_plain(sheet: Sheet, seen: Seen) -> bool:
    """Whether how the status looks depends on nothing else: on no filters, no quoted post, and no hour of the day."""
    parts = [part for part in (seen, sheet.original(seen)) if part is not None]
    return not sheet.filters.sieves and all(
        part.quote_state is None and (known := sheet.statuses.get(part.id)) is not None and known.poll is None
        for part in parts
    )


def joined(sheet: Sheet, seen: Seen, tapped: Tapped, *, text: str | None = None, quoted: bool = False) -> bytes:
    """A whole status as JSON; `quoted` within another one that quotes it."""
    fragment, author = sheet.statuses.get(seen.id), sheet.accounts.get(seen.account_id)
    if fragment is None or author is None:
        # Deleted between two statements.
        raise NoSuchStatus
    original = sheet.original(seen)
    is_own = seen.account_id == sheet.viewer
    taps = tapped if original is None else Tapped()
    parts = [
        b"{",
        fragment.words,
        b',"replies_count":%d,"reblogs_count":%d,"favourites_count":%d,"quotes_count":%d'
        % (seen.replies, max(seen.reblogs + taps.reblogs, 0), max(seen.favourites + taps.favourites, 0), seen.quotes),
        fragment.application if is_own or fragment.shows_application else b"",
        b',"account":',
        author.json,
        b',"reblog":',
        joined(sheet, original, tapped) if original is not None else b"null",
        b',"quote":',
        _quote(sheet, seen, is_shallow=quoted) if seen.quote_state is not None else b"null",
        b',"quote_approval":{',
        _approval(sheet, original or seen),
        b'},"poll":',
        _poll(sheet, seen, fragment) if fragment.poll is not None else b"null",
    ]
    if sheet.viewer is not None:
        parts += _flags(sheet, seen, original, fragment)
    if text is not None:
        parts += b',"text":', msgspec.json.encode(text)
    parts.append(b"}")
    return b"".join(parts)


def _flags(sheet: Sheet, seen: Seen, original: Seen | None, fragment: StatusFragment) -> list[bytes]:
    """A boost has the flags of what it boosts."""
    did = original or seen
    parts = [
        b',"favourited":%b,"reblogged":%b,"muted":%b,"bookmarked":%b,"filtered":'
        % (_BOOL[did.favourited], _BOOL[did.reblogged], _BOOL[did.muted], _BOOL[did.bookmarked]),
        _filtered(sheet, seen, original, fragment) if sheet.filters.sieves else b"[]",
    ]
    if seen.account_id == sheet.viewer and original is None and seen.visibility not in (DIRECT, LIMITED):
        parts += b',"pinned":', _BOOL[seen.pinned]
    return parts


def _filtered(sheet: Sheet, seen: Seen, original: Seen | None, fragment: StatusFragment) -> bytes:
    """As Mastodon: the filters of all contexts, of which clients know theirs. Nothing of one's own is filtered."""
    if (original or seen).account_id == sheet.viewer:
        return b"[]"
    searched = fragment if original is None else sheet.statuses.get(original.id, fragment)
    found = sheet.filters.results(searched.text, seen.id, seen.reblog_of_id, sheet.now)
    return msgspec.json.encode(filtered_from(found)) if found else b"[]"


def _quote(sheet: Sheet, seen: Seen, *, is_shallow: bool) -> bytes:
    """What is quoted, if its author agreed and the viewer may see it; within a quoted status its id alone."""
    quoted = sheet.quoted(seen)
    hidden = quoted is not None and is_hidden(quoted, sheet.policies)
    state = state_of_quote(seen, quoted, is_hidden=hidden, viewer=sheet.viewer)
    if state in rules.WITHOUT_QUOTED:
        quoted = None
    if is_shallow:
        shown, name = b'"%d"' % quoted.id if quoted else b"null", b"quoted_status_id"
    else:
        shown, name = joined(sheet, quoted, Tapped(), quoted=True) if quoted else b"null", b"quoted_status"
    return b'{"state":"%b","%b":%b}' % (state.encode(), name, shown)


def _approval(sheet: Sheet, seen: Seen) -> bytes:
    fragment = sheet.statuses[seen.id]
    word = approval(seen, fragment.policy, sheet.viewer) if sheet.viewer is not None else "denied"
    return b'%b,"current_user":"%b"' % (fragment.approvers, word.encode())


def _poll(sheet: Sheet, seen: Seen, fragment: StatusFragment) -> bytes:
    if sheet.viewer is None or fragment.poll is None:
        return fragment.poll_json
    if seen.choices:
        shown = poll_from(fragment.poll, seen.choices, fragment.poll_emojis, sheet.viewer, sheet.now)
        return msgspec.json.encode(shown)
    return b'%b,"voted":%b,"own_votes":[]}' % (fragment.poll_json[:-1], _BOOL[seen.account_id == sheet.viewer])
