"""WebSockets of clients that do not read."""

import asyncio
import base64
import contextlib
import socket

import uvicorn
from waiting import eventually

from chassis.sockets import Socket

KEY = base64.b64encode(b"sixteen bytes of").decode()
GREETING = (
    "GET / HTTP/1.1\r\nHost: ours.test\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n"
    f"Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: {KEY}\r\n\r\n"
)


class Server(uvicorn.Server):
    """Leaves the signals to the tests."""

    def capture_signals(self):
        return contextlib.nullcontext()


class Talker:
    """An application that talks for as long as it is let."""

    def __init__(self) -> None:
        self.ended = False

    async def __call__(self, scope, receive, send) -> None:
        await receive()
        await send({"type": "websocket.accept"})
        try:
            while True:
                await send({"type": "websocket.send", "bytes": bytes(2**20)})
        finally:
            self.ended = True


async def test_whoever_does_not_read_is_left_with_all_that_waited_for_them():
    talker = Talker()
    quiet = {"log_config": None, "lifespan": "off", "ws_ping_interval": 0.1, "ws_ping_timeout": 0.1}
    server = Server(uvicorn.Config(talker, ws=Socket, timeout_graceful_shutdown=1, **quiet))
    with socket.create_server(("127.0.0.1", 0)) as listener, socket.create_connection(listener.getsockname()) as client:
        serving = asyncio.create_task(server.serve([listener]))
        client.sendall(GREETING.encode())

        async def is_left() -> bool:
            return talker.ended and not server.server_state.connections

        await eventually(is_left)
        server.should_exit = True
        await serving
