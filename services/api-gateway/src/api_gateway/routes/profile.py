"""One's own account: the profile, its pictures, and preferences."""

from typing import Annotated, Literal

import msgspec
from fastapi import APIRouter, Depends, Request

from api_gateway import profile
from api_gateway.resources import Res, Resources
from api_gateway.seeing import ReadsAccounts, WritesAccounts, account_of
from chassis.clock import utc_now
from chassis.http import Json
from mastoapi import present
from mastoapi.entities.notifications import Preferences
from mastoapi.params import Upload, params
from mastoapi.viewer import Viewer, requires
from social.accounts import actions
from social.featured_tags import store as featured_tags
from social.users import store as users

router = APIRouter(prefix="/api/v1", tags=["accounts"])

# Two pictures of the largest size that media takes, and the words around them.
MOST_BYTES = 33 * 1024 * 1024

ReadsProfile = Annotated[Viewer, Depends(requires("profile", "read:accounts"))]


@router.get("/accounts/verify_credentials")
async def verify(viewer: ReadsProfile, res: Res) -> Json:
    return Json(await present.credential_account(res.db, viewer.id, res.urls))


@router.patch("/accounts/update_credentials")
async def update(request: Request, viewer: WritesAccounts, res: Res) -> Json:
    await _change(request, viewer, res)
    return await _own(res, viewer)


@router.get("/profile")
async def own_profile(viewer: ReadsProfile, res: Res) -> Json:
    return await _profile(res, viewer)


@router.patch("/profile")
async def update_profile(request: Request, viewer: WritesAccounts, res: Res) -> Json:
    await _change(request, viewer, res)
    res.tokens.forget(viewer.id)
    return await _profile(res, viewer)


@router.delete("/profile/avatar")
async def remove_avatar(viewer: WritesAccounts, res: Res) -> Json:
    async with res.db.transaction() as tx:
        account = await account_of(tx, viewer.id)
        bare = msgspec.structs.replace(account, avatar_key=None, avatar_description="")
        await actions.update_profile(tx, bare, account.emoji_ids)
    return await _own(res, viewer)


@router.delete("/profile/header")
async def remove_header(viewer: WritesAccounts, res: Res) -> Json:
    async with res.db.transaction() as tx:
        account = await account_of(tx, viewer.id)
        bare = msgspec.structs.replace(account, header_key=None, header_description="")
        await actions.update_profile(tx, bare, account.emoji_ids)
    return await _own(res, viewer)


@router.get("/preferences")
async def preferences(viewer: ReadsAccounts, res: Res) -> Json:
    user = await users.by_account(res.db, viewer.id) or viewer.user
    return Json(
        Preferences(
            posting_visibility=user.default_privacy,
            posting_sensitive=user.default_sensitive,
            posting_language=user.default_language,
            posting_quote_policy=user.default_quote_policy,
            expand_media=str(user.settings.get("expand_media", "default")),
            expand_spoilers=bool(user.settings.get("expand_spoilers", False)),
            autoplay_gifs=bool(user.settings.get("autoplay_gifs", False)),
        )
    )


async def _change(request: Request, viewer: Viewer, res: Resources) -> None:
    asked = await params(request, profile.UpdateCredentials, most_bytes=MOST_BYTES)
    profile.check(asked)
    avatar = await _keep(res, viewer, "avatar", asked.avatar)
    header = await _keep(res, viewer, "header", asked.header)
    async with res.db.transaction() as tx:
        account, emoji_ids = await profile.changed(
            tx,
            res.addresses,
            await account_of(tx, viewer.id),
            asked,
            avatar_key=avatar,
            header_key=header,
            now=utc_now(),
        )
        await actions.update_profile(tx, account, emoji_ids)
        await users.set_posting_defaults(tx, viewer.id, **msgspec.structs.asdict(asked.source))


async def _keep(res: Resources, viewer: Viewer, kind: Literal["avatar", "header"], file: Upload | None) -> str | None:
    return await res.neighbours.keep_picture(viewer.id, kind, file) if file is not None and file.content else None


async def _profile(res: Resources, viewer: Viewer) -> Json:
    account = await account_of(res.db, viewer.id)
    return Json(present.profile(account, await featured_tags.of_account(res.db, viewer.id), res.urls))


async def _own(res: Resources, viewer: Viewer) -> Json:
    """The account as it is now, which this process shall not remember otherwise."""
    res.tokens.forget(viewer.id)
    return Json(await present.credential_account(res.db, viewer.id, res.urls))
