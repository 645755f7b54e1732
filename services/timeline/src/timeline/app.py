"""The routes of timeline."""

from fastapi import FastAPI

from mastoapi.application import client_application
from timeline.resources import Resources
from timeline.routes import markers, notifications, streaming, timelines


def create_app(resources: Resources) -> FastAPI:
    async def database() -> bool:
        return await resources.db.fetchval("SELECT true") is True

    routers = [timelines.router, notifications.router, markers.router, streaming.router]
    return client_application("timeline", routers, resources, ready={"database": database})
