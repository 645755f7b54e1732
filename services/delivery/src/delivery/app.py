"""The routes of delivery."""

from fastapi import FastAPI

from chassis.http import application
from delivery.resources import Resources
from delivery.routes import hosts, posts


def create_app(resources: Resources) -> FastAPI:
    async def database() -> bool:
        return await resources.db.fetchval("SELECT true") is True

    return application("delivery", [hosts.router, posts.router], resources, ready={"database": database})
