"""Accounts and how they stand to each other."""

import datetime as dt
from collections.abc import Mapping, Sequence
from typing import Any

import msgspec
from msgspec import UNSET, UnsetType

from chassis.db import Reader
from contracts.ids import AccountId, EmojiId
from mastoapi.entities.accounts import (
    Account,
    AccountRole,
    CredentialAccount,
    FeatureApproval,
    Field,
    MutedAccount,
    Relationship,
    Source,
)
from mastoapi.entities.times import midnight, timestamp_or_none
from mastoapi.present.files import emojis
from mastoapi.present.roles import own_role, shown_roles
from mastoapi.present.urls import MediaUrls
from social.accounts import store
from social.accounts.model import Profile
from social.emojis import store as emoji_store
from social.emojis.model import Emoji
from social.errors import NoSuchAccount
from social.policies.model import Policies
from social.relationships import store as relations
from social.relationships.model import Relation
from social.users import store as users
from social.users.model import User

Emojis = dict[EmojiId, Emoji]
Profiles = Mapping[AccountId, Profile]
NO_POLICIES = Policies()


async def accounts(
    db: Reader, ids: Sequence[AccountId], urls: MediaUrls, *, policies: Policies = NO_POLICIES
) -> list[Account]:
    """In the order of the ids; those that do not exist are left out, of those whom policies hide little is told."""
    profiles, known = await _loaded(db, ids)
    found = [profiles[i] for i in ids if i in profiles]
    return [
        account_from(p, profiles, known, urls, is_gone=policies.hides(p.account), is_limited=policies.limits(p.account))
        for p in found
    ]


async def account(db: Reader, account_id: AccountId, urls: MediaUrls, *, policies: Policies = NO_POLICIES) -> Account:
    found = await accounts(db, [account_id], urls, policies=policies)
    if not found:
        raise NoSuchAccount
    return found[0]


async def muted_accounts(
    db: Reader, viewer: AccountId, ids: Sequence[AccountId], urls: MediaUrls
) -> list[MutedAccount]:
    """Whom the viewer mutes, and until when."""
    until = {i: r.muting_expires_at for i, r in (await relations.relations_of(db, viewer, ids)).items()}
    found = await accounts(db, ids, urls)
    return [
        MutedAccount(**_fields(a), mute_expires_at=timestamp_or_none(until.get(AccountId(int(a.id))))) for a in found
    ]


async def credential_account(db: Reader, account_id: AccountId, urls: MediaUrls) -> CredentialAccount:
    """One's own account, with what only its owner sees."""
    user = await users.by_account(db, account_id)
    if user is None:
        raise NoSuchAccount
    profiles, known = await _loaded(db, [account_id])
    profile = profiles[account_id]
    waiting = await relations.count_requests_to(db, account_id)
    entity = account_from(profile, profiles, known, urls)
    return CredentialAccount(**_fields(entity), source=_source(profile, user, waiting), role=own_role(user.role))


async def relationships(db: Reader, viewer: AccountId, ids: Sequence[AccountId]) -> list[Relationship]:
    """In the order of the ids."""
    found = await relations.relations_of(db, viewer, ids)
    return [_relationship(found[i]) for i in ids if i in found]


async def relationship(db: Reader, viewer: AccountId, account_id: AccountId) -> Relationship:
    found = await relationships(db, viewer, [account_id])
    if not found:
        raise NoSuchAccount
    return found[0]


async def _loaded(db: Reader, ids: Sequence[AccountId]) -> tuple[Profiles, Emojis]:
    profiles = await store.profiles_of(db, ids) if ids else {}
    wanted = sorted({emoji for profile in profiles.values() for emoji in profile.account.emoji_ids})
    return profiles, await emoji_store.many(db, wanted) if wanted else {}


def account_from(
    profile: Profile,
    profiles: Profiles,
    known: Emojis,
    urls: MediaUrls,
    *,
    nested: bool = False,
    is_gone: bool = False,
    is_limited: bool = False,
) -> Account:
    """Render what was loaded. An account that moved shows where to, one level deep; a suspended one shows little."""
    row, counts = profile.account, profile.counts
    is_gone = is_gone or row.suspended_at is not None
    target = profiles.get(row.moved_to_id) if row.moved_to_id is not None and not nested else None
    avatar = urls.profile_picture(
        row.id, "avatar", *((None, None) if is_gone else (row.avatar_key, row.avatar_remote_url))
    )
    header = urls.profile_picture(
        row.id, "header", *((None, None) if is_gone else (row.header_key, row.header_remote_url))
    )
    return Account(
        id=str(row.id),
        username=row.username,
        acct=row.acct,
        url=row.url or (row.uri if not row.is_local else None),
        uri=row.uri,
        display_name="" if is_gone else row.display_name,
        note="" if is_gone else row.note,
        avatar=avatar,
        avatar_static=avatar,
        avatar_description="" if is_gone else row.avatar_description,
        header=header,
        header_static=header,
        header_description="" if is_gone else row.header_description,
        locked=row.locked and not is_gone,
        fields=[] if is_gone else fields_from(row.fields),
        emojis=[] if is_gone else emojis(known, row.emoji_ids, urls),
        bot=row.is_bot,
        group=row.is_group,
        discoverable=row.discoverable,
        indexable=row.indexable,
        noindex=bool(profile.settings.get("noindex", False)) if row.is_local else UNSET,
        moved=account_from(target, profiles, known, urls, nested=True) if target else UNSET,
        memorial=_only_if(row.memorial),
        suspended=_only_if(is_gone),
        limited=_only_if(is_limited or row.silenced_at is not None),
        created_at=midnight(row.created_at),
        last_status_at=_day(counts.last_status_at),
        statuses_count=counts.statuses,
        followers_count=counts.followers,
        following_count=counts.following,
        hide_collections=row.hide_collections,
        show_media=row.show_media,
        show_media_replies=row.show_media_replies,
        show_featured=row.show_featured,
        roles=_roles(profile) if row.is_local else UNSET,
        # We have no collections yet: nobody can be put into one by somebody here.
        feature_approval=FeatureApproval(automatic=[], manual=[], current_user="denied" if row.is_local else "missing"),
    )


def fields_from(rows: list[dict[str, Any]]) -> list[Field]:
    return [
        Field(name=row.get("name", ""), value=row.get("value", ""), verified_at=row.get("verified_at")) for row in rows
    ]


def _source(profile: Profile, user: User, waiting: int) -> Source:
    row = profile.account
    return Source(
        attribution_domains=row.attribution_domains,
        note=row.note_source,
        fields=fields_from(row.fields_source),
        privacy=user.default_privacy,
        sensitive=user.default_sensitive,
        language=user.default_language or "",
        follow_requests_count=waiting,
        hide_collections=row.hide_collections,
        discoverable=row.discoverable,
        indexable=row.indexable,
        quote_policy=user.default_quote_policy,
    )


def _relationship(relation: Relation) -> Relationship:
    return Relationship(
        id=str(relation.account_id),
        following=relation.following,
        showing_reblogs=relation.showing_reblogs,
        notifying=relation.notifying,
        languages=relation.languages,
        followed_by=relation.followed_by,
        blocking=relation.blocking,
        blocked_by=relation.blocked_by,
        muting=relation.muting,
        muting_notifications=relation.muting_notifications,
        muting_expires_at=timestamp_or_none(relation.muting_expires_at),
        requested=relation.requested,
        requested_by=relation.requested_by,
        domain_blocking=relation.domain_blocking,
        endorsed=relation.endorsed,
        note=relation.note,
    )


def _roles(profile: Profile) -> list[AccountRole]:
    return shown_roles(profile.role)


def _fields(entity: Account) -> dict[str, Any]:
    return msgspec.structs.asdict(entity)


def _only_if(flag: bool) -> bool | UnsetType:
    """Some keys are there only when true."""
    return flag or UNSET


def _day(at: dt.datetime | None) -> str | None:
    return at.date().isoformat() if at else None
