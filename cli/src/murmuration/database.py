"""The database as api-gateway sees it: the command line may do what that service may do."""

from contextlib import AbstractAsyncContextManager

from chassis.db import Database, open_database
from chassis.settings import Settings

ROLE = "api_gateway"


def opened(settings: Settings) -> AbstractAsyncContextManager[Database]:
    one_connection = settings.model_copy(update={"database_pool_size": 1})
    return open_database(one_connection, role=ROLE, schema=ROLE)
