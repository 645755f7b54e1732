"""What this server says of its OAuth (RFC 8414), and of the person who signed in."""

from typing import Annotated

from fastapi import APIRouter, Depends

from api_gateway.oauth import metadata
from api_gateway.oauth.errors import NO_STORE
from api_gateway.resources import Res
from chassis.http import Json
from mastoapi.viewer import Viewer, requires

router = APIRouter(tags=["oauth"])


@router.get("/.well-known/oauth-authorization-server")
async def authorization_server(res: Res) -> Json:
    return Json(metadata.of_server(res.settings.url), headers={"Cache-Control": "public, max-age=3600"})


@router.get("/oauth/userinfo")
@router.post("/oauth/userinfo")
async def userinfo(res: Res, viewer: Annotated[Viewer, Depends(requires("profile"))]) -> Json:
    account = viewer.account
    picture = res.urls.profile_picture(account.id, "avatar", account.avatar_key, None)
    return Json(metadata.of_person(res.settings.url, account, picture), headers=NO_STORE)
