"""The routes of timeline."""

from fastapi import FastAPI

from mastoapi.application import client_application
from timeline.resources import Resources
from timeline.routes import (
    conversations,
    grouped_notifications,
    markers,
    notification_policies,
    notification_requests,
    notifications,
    streaming,
    timelines,
    trends,
)


def create_app(resources: Resources) -> FastAPI:
    async def database() -> bool:
        return await resources.db.fetchval("SELECT true") is True

    routers = [
        conversations.router,
        # Before those whose paths have an id in the same place.
        notification_policies.router,
        notification_requests.router,
        grouped_notifications.router,
        markers.router,
        notifications.router,
        streaming.router,
        timelines.router,
        trends.router,
    ]
    return client_application("timeline", routers, resources, ready={"database": database})
