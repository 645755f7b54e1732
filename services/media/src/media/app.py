"""The routes of media."""

from fastapi import FastAPI

from mastoapi.application import client_application
from media.resources import Resources
from media.routes import emojis, files, pictures, proxy, uploads


def create_app(resources: Resources) -> FastAPI:
    async def database() -> bool:
        return await resources.db.fetchval("SELECT true") is True

    routers = [uploads.router, pictures.router, emojis.router, proxy.router, proxy.aliases, files.router]
    return client_application(
        "media", routers, resources, ready={"database": database, "storage": resources.storage.is_ready}
    )
