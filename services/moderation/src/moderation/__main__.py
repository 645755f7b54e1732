"""`python -m moderation`."""

from chassis.main import Service, main
from moderation.app import create_app
from moderation.resources import open_resources
from moderation.settings import Settings
from moderation.worker import create_worker

if __name__ == "__main__":
    main(Service("moderation", Settings, open_resources, create_app, create_worker))
