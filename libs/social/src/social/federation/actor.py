"""Update and Delete of an actor, and the actor itself as a document."""

import datetime as dt
from collections.abc import Sequence

import msgspec

from apcore import actors, handles
from apcore.activities import Delete, Update
from apcore.actors import Actor, ActorKey, Field, Image, Multikey
from apcore.context import PUBLIC
from chassis.db import Tx
from contracts.events import AccountCreated, AccountUpdated, FollowRequested
from contracts.ids import Domain, EmojiId, Uri
from social.accounts import store as accounts
from social.accounts.model import Account, RemoteProfile
from social.addresses import Addresses
from social.emojis.model import Emoji
from social.federation import emoji, store
from social.federation.arrival import Arrival
from social.federation.draft import emojis_of
from social.federation.outcome import Outcome
from social.moves import store as moves


def render(
    addresses: Addresses, account: Account, *, emojis: Sequence[Emoji] = (), moved_to: Uri | None = None
) -> Actor:
    """One of our accounts, as other servers get it. A suspended one shows that it is, and nothing else."""
    bare = Actor(
        id=account.uri,
        type=account.actor_type,
        username=account.username,
        webfinger=f"{account.username}@{addresses.domain}",
        inbox=account.inbox_url,
        shared_inbox=account.shared_inbox_url,
        outbox=account.outbox_url,
        followers=account.followers_url,
        following=account.following_url,
        featured=account.featured_url,
        featured_tags=addresses.featured_tags(account.id) if account.featured_url else None,
        url=account.url,
        published=_midnight(account.created_at),
        moved_to=moved_to,
        keys=_keys(account),
        multikeys=tuple(Multikey(id=key["id"], multibase=key["multibase"]) for key in account.multikeys),
        suspended=account.suspended_at is not None,
    )
    return bare if bare.suspended else _with_profile(bare, addresses, account, emojis)


def _with_profile(bare: Actor, addresses: Addresses, account: Account, emojis: Sequence[Emoji]) -> Actor:
    return msgspec.structs.replace(
        bare,
        name=account.display_name,
        summary=account.note,
        locked=account.locked,
        discoverable=bool(account.discoverable),
        indexable=account.indexable,
        memorial=account.memorial,
        also_known_as=tuple(account.also_known_as),
        attribution_domains=tuple(account.attribution_domains),
        show_featured=account.show_featured,
        show_media=account.show_media,
        show_replies_in_media=account.show_media_replies,
        fields=tuple(Field(name=field["name"], value=field["value"]) for field in account.fields),
        emojis=emoji.render(addresses, emojis),
        icon=_image(addresses, account.avatar_key, account.avatar_description),
        image=_image(addresses, account.header_key, account.header_description),
    )


def _image(addresses: Addresses, key: str | None, description: str) -> Image | None:
    if key is None:
        return None
    return Image(url=addresses.file(key), media_type=emoji.media_type_of(key), description=description)


def _keys(account: Account) -> tuple[ActorKey, ...]:
    if not (account.public_key_id and account.public_key_pem):
        return ()
    return (ActorKey(id=account.public_key_id, owner=account.uri, pem=account.public_key_pem),)


def _midnight(moment: dt.datetime) -> dt.datetime:
    """As Mastodon: the day is public, the hour is not."""
    return moment.astimezone(dt.UTC).replace(hour=0, minute=0, second=0, microsecond=0)


def render_update(account: Account, actor: Actor) -> Update:
    """The actor as it is now. Its id changes whenever something that peers see does."""
    moments = [moment for moment in (account.updated_at, account.suspended_at) if moment]
    version = "-".join(str(int(moment.timestamp() * 1000)) for moment in moments)
    return Update(
        id=f"{account.uri}#updates/{version}",
        actor=account.uri,
        to=(PUBLIC,),
        object=account.uri,
        embedded=actors.write_actor(actor),
    )


def render_delete(account: Uri) -> Delete:
    return Delete(id=f"{account}#delete", actor=account, to=(PUBLIC,), object=account)


class Introduced(msgspec.Struct, frozen=True, kw_only=True):
    """An actor, fetched from where it lives, and the handle that its server confirmed."""

    actor: Actor
    username: str
    domain: Domain
    takes_media: bool = True


def receive_update(arrival: Arrival, actor: Account, update: Update) -> Outcome:
    """An Update of oneself is a hint to fetch: what lies at the origin is the newest, whatever order hints come in."""
    if update.object != actor.uri:
        return Outcome.NOT_OWNER
    return Outcome.DONE if actor.fetched_at and actor.fetched_at >= arrival.at else Outcome.UNKNOWN_OBJECT


class Kept(msgspec.Struct, frozen=True, kw_only=True):
    """What came of storing an actor."""

    account: Account
    losers: tuple[Uri, ...] = ()
    """Who carried its handle before."""
    is_another: bool = False
    """Whether all its keys changed at once: its server began anew and has forgotten whom it knew."""


def is_another(known: Account, actor: Actor) -> bool:
    """One key that stays is the thread by which an account remains itself."""
    before = {key.strip() for key in known.keys.values()}
    after = {key.strip() for key in actor.keys_by_id.values()}
    return bool(before and after) and before.isdisjoint(after)


async def keep(tx: Tx, arrival: Arrival, introduced: Introduced) -> Kept:
    """Store what the actor's server says of it. Its id is what makes it the same; its handle may change."""
    actor, losers = introduced.actor, []
    known = await accounts.by_uri(tx, Uri(actor.id))
    if known is None or (known.username, known.domain) != (introduced.username, introduced.domain):
        losers = await store.release_handle(tx, introduced.username, introduced.domain, Uri(actor.id))
    anew = known is not None and is_another(known, actor)
    if anew:
        await store.forget_tombstones_of(tx, Uri(actor.id))
    circumstances = msgspec.structs.replace(arrival, takes_media=introduced.takes_media)
    emoji_ids = await emojis_of(tx, circumstances, introduced.domain, actor.emojis)
    account, is_new = await accounts.set_remote(tx, profile_of(introduced, emoji_ids, known), arrival.at)
    if actor.moved_to or account.moved_to_id:
        await moves.set_successor(tx, account.id, Uri(actor.moved_to) if actor.moved_to else None)
    event = AccountCreated if is_new else AccountUpdated
    tx.emit(event(account_id=account.id, is_local=False))
    return Kept(account=account, losers=tuple(losers), is_another=anew)


async def follow_anew(tx: Tx, account: Account) -> int:
    """Ask again for every one of ours who follows the account; how many."""
    follows = await store.local_follows_of(tx, account.id)
    for follower, uri in follows:
        tx.emit(FollowRequested(account_id=follower, target_id=account.id, uri=uri))
    return len(follows)


def profile_of(introduced: Introduced, emoji_ids: list[EmojiId], known: Account | None) -> RemoteProfile:
    actor = introduced.actor
    icon, image = (actor.icon, actor.image) if introduced.takes_media else (None, None)
    key = actor.keys[0] if actor.keys else None
    return RemoteProfile(
        username=introduced.username,
        domain=introduced.domain,
        uri=Uri(actor.id),
        url=actor.url or actor.id,
        actor_type=actor.type,
        inbox_url=actor.inbox,
        shared_inbox_url=actor.shared_inbox,
        outbox_url=actor.outbox,
        followers_url=actor.followers,
        following_url=actor.following,
        featured_url=actor.featured,
        display_name=actor.name,
        note=actor.summary,
        fields=[{"name": field.name, "value": field.value} for field in actor.fields],
        avatar_remote_url=icon.url if icon else None,
        avatar_description=icon.description if icon else "",
        header_remote_url=image.url if image else None,
        header_description=image.description if image else "",
        locked=actor.locked,
        discoverable=actor.discoverable,
        indexable=actor.indexable,
        # Its collections are looked at separately.
        hide_collections=known.hide_collections if known else None,
        memorial=actor.memorial,
        attribution_domains=[name for name in actor.attribution_domains if handles.host_in_ascii(name) == name],
        also_known_as=list(actor.also_known_as),
        emoji_ids=emoji_ids,
        public_key_id=key.id if key else None,
        public_key_pem=key.pem if key else None,
        created_at=actor.published,
        multikeys=[{"id": key.id, "multibase": key.multibase} for key in actor.multikeys],
        featured_tags_url=actor.featured_tags,
    )
