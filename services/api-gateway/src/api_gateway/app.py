"""The routes of api-gateway."""

from fastapi import FastAPI

from api_gateway.oauth import errors
from api_gateway.resources import Resources
from api_gateway.routes import apps, authorization, metadata, sign_in, tokens
from chassis.http import application


def create_app(resources: Resources) -> FastAPI:
    async def database() -> bool:
        return await resources.db.fetchval("SELECT true") is True

    routers = [apps.router, authorization.router, metadata.router, sign_in.router, tokens.router]
    app = application("api-gateway", routers, resources, ready={"database": database})
    errors.install(app)
    return app
