"""`python -m api_gateway`: the client API."""

from api_gateway.app import create_app
from api_gateway.instance_actor import open_with_actor
from api_gateway.settings import Settings
from api_gateway.worker import create_worker
from chassis.main import Service, main

if __name__ == "__main__":
    main(Service("api-gateway", Settings, open_with_actor, create_app, create_worker))
