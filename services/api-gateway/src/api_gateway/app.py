"""The routes of api-gateway."""

from fastapi import FastAPI

from api_gateway.oauth import errors
from api_gateway.resources import Resources
from api_gateway.routes import (
    accounts,
    apps,
    authorization,
    follow_requests,
    instance,
    kept,
    metadata,
    pages,
    profile,
    reactions,
    relationships,
    search,
    sign_in,
    statuses,
    tokens,
)
from mastoapi.application import client_application

ROUTERS = (
    apps.router,
    authorization.router,
    metadata.router,
    sign_in.router,
    tokens.router,
    instance.router,
    # Before accounts, whose ids would otherwise take its names.
    profile.router,
    accounts.router,
    relationships.router,
    follow_requests.router,
    kept.router,
    statuses.router,
    reactions.router,
    search.router,
    pages.router,
)


def create_app(resources: Resources) -> FastAPI:
    async def database() -> bool:
        return await resources.db.fetchval("SELECT true") is True

    app = client_application("api-gateway", ROUTERS, resources, ready={"database": database})
    errors.install(app)
    return app
