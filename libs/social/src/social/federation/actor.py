"""Update and Delete of an actor, and the actor itself as a document."""

import datetime as dt
from collections.abc import Sequence

from apcore import actors
from apcore.activities import Delete, Update
from apcore.actors import Actor, ActorKey, Field, Image
from apcore.context import PUBLIC
from contracts.ids import Uri
from social.accounts.model import Account
from social.addresses import Addresses
from social.emojis.model import Emoji
from social.federation import emoji


def render(
    addresses: Addresses, account: Account, *, emojis: Sequence[Emoji] = (), moved_to: Uri | None = None
) -> Actor:
    """One of our accounts, as other servers get it. A suspended one shows that it is, and nothing else."""
    shown = _shown(addresses, account, emojis) if account.suspended_at is None else {}
    return Actor(
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
        url=account.url,
        published=_midnight(account.created_at),
        moved_to=moved_to,
        keys=_keys(account),
        suspended=account.suspended_at is not None,
        **shown,
    )


def _shown(addresses: Addresses, account: Account, emojis: Sequence[Emoji]) -> dict[str, object]:
    return {
        "name": account.display_name,
        "summary": account.note,
        "locked": account.locked,
        "discoverable": bool(account.discoverable),
        "indexable": account.indexable,
        "memorial": account.memorial,
        "also_known_as": tuple(account.also_known_as),
        "attribution_domains": tuple(account.attribution_domains),
        "show_featured": account.show_featured,
        "show_media": account.show_media,
        "show_replies_in_media": account.show_media_replies,
        "fields": tuple(Field(name=field["name"], value=field["value"]) for field in account.fields),
        "emojis": emoji.render(addresses, emojis),
        "icon": _image(addresses, account.avatar_key, account.avatar_description),
        "image": _image(addresses, account.header_key, account.header_description),
    }


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
    moments = (account.updated_at, account.suspended_at or account.updated_at)
    return Update(
        id=f"{account.uri}#updates/{'-'.join(str(int(moment.timestamp() * 1000)) for moment in dict.fromkeys(moments))}",
        actor=account.uri,
        to=(PUBLIC,),
        object=account.uri,
        embedded=actors.write_actor(actor),
    )


def render_delete(account: Uri) -> Delete:
    return Delete(id=f"{account}#delete", actor=account, to=(PUBLIC,), object=account)
