"""Declares the services' queues as soon as the broker is there, everything being imported by then."""

import asyncio
import sys
import time

from chassis import migrate
from chassis.settings import Settings
from chassis.topology import queues
from native import rabbitmq

POLL = 0.05


def main(port: int) -> None:
    declared = queues()
    while not rabbitmq.answers(port):
        time.sleep(POLL)
    asyncio.run(migrate.declare_topology(Settings(), declared))


if __name__ == "__main__":
    main(int(sys.argv[1]))
