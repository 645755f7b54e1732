"""The routes of moderation."""

from fastapi import FastAPI

from mastoapi.application import client_application
from moderation.resources import Resources
from moderation.routes import admin_accounts, admin_allows, admin_domains, admin_peers, admin_reports, reports


def create_app(resources: Resources) -> FastAPI:
    async def database() -> bool:
        return await resources.db.fetchval("SELECT true") is True

    routers = [
        reports.router,
        admin_accounts.router,
        admin_reports.router,
        admin_domains.router,
        admin_allows.router,
        admin_peers.router,
    ]
    return client_application("moderation", routers, resources, ready={"database": database})
