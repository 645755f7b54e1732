"""`python -m inbox`."""

from chassis.main import Service, main
from inbox.app import create_app
from inbox.resources import open_resources
from inbox.settings import Settings
from inbox.worker import create_worker

if __name__ == "__main__":
    main(Service("inbox", Settings, open_resources, create_app, create_worker))
