"""`python -m delivery`."""

from chassis.main import Service, main
from delivery.app import create_app
from delivery.resources import open_resources
from delivery.settings import Settings
from delivery.worker import create_worker

if __name__ == "__main__":
    main(Service("delivery", Settings, open_resources, create_app, create_worker))
