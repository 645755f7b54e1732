"""The files of our own people."""

from fastapi import APIRouter, Request, Response

from media.resources import Res
from media.serving import FOR_EVER, served
from media.storage.model import PUBLIC_FOLDERS, NoSuchFile, as_key, folder_of

router = APIRouter(include_in_schema=False)


@router.api_route("/media/{path:path}", methods=["GET", "HEAD"])
async def file(path: str, request: Request, res: Res) -> Response:
    key = as_key(path)
    if key is None or folder_of(key) not in PUBLIC_FOLDERS:
        raise NoSuchFile
    return await served(request, res.storage, key, cache=FOR_EVER)
