"""`python -m media`."""

from chassis.main import Service, main
from media.app import create_app
from media.resources import open_resources
from media.settings import Settings
from media.worker import create_worker

if __name__ == "__main__":
    main(Service("media", Settings, open_resources, create_app, create_worker))
