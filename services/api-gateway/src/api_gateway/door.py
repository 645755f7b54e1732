"""Who comes to the pages of signing in, as a dependency of routes."""

from typing import Annotated

from fastapi import Depends, Request

from api_gateway.oauth.sign_in import Visitor, visitor_of
from api_gateway.resources import Res


async def _visitor(request: Request, res: Res) -> Visitor:
    return await visitor_of(request, res.db, res.sign_in.sessions)


Known = Annotated[Visitor, Depends(_visitor)]
