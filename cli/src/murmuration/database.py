"""The database as api-gateway sees it: the command line may do what that service may do."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import asyncpg

from chassis.db import Database, open_database
from chassis.settings import Settings
from murmuration.console import Refused

ROLE = "api_gateway"


@asynccontextmanager
async def opened(settings: Settings) -> AsyncIterator[Database]:
    one_at_a_time = settings.model_copy(update={"database_pool_size": 1})
    try:
        async with open_database(one_at_a_time, role=ROLE, schema=ROLE) as db:
            yield db
    except asyncpg.InvalidAuthorizationSpecificationError as error:
        raise Refused("The database refuses the password in MURMURATION_DATABASE_PASSWORD") from error
    except (asyncpg.InvalidCatalogNameError, asyncpg.UndefinedTableError, asyncpg.InvalidSchemaNameError) as error:
        raise Refused("The database is not prepared yet: run murmuration migrate first") from error
