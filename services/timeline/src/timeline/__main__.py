"""Run timeline: `python -m timeline [http] [worker] [relay]`."""

from chassis.main import Service, main
from timeline.app import create_app
from timeline.resources import open_resources
from timeline.settings import Settings
from timeline.worker import create_worker

if __name__ == "__main__":
    main(Service("timeline", Settings, open_resources, create_app, create_worker))
