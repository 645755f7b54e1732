"""The routes of inbox."""

from fastapi import FastAPI

from chassis.http import application
from inbox.resources import Resources
from inbox.routes import (
    actors,
    collections,
    emojis,
    inboxes,
    internal,
    quotes,
    statuses,
    synchronization,
    threads,
    wellknown,
)


def create_app(resources: Resources) -> FastAPI:
    async def database() -> bool:
        return await resources.db.fetchval("SELECT true") is True

    async def bus() -> bool:
        return resources.bus.is_up

    routers = [
        inboxes.router,
        actors.router,
        threads.router,
        statuses.router,
        quotes.router,
        emojis.router,
        collections.router,
        synchronization.router,
        wellknown.router,
        internal.router,
    ]
    return application("inbox", routers, resources, ready={"database": database, "bus": bus})
