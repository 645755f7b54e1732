"""WebSockets as uvicorn speaks them, except that whoever does not read is left."""

from uvicorn.protocols.websockets.websockets_sansio_impl import WebSocketsSansIOProtocol


class Socket(WebSocketsSansIOProtocol):
    """One connection."""

    def keepalive_timeout(self) -> None:
        """No pong came in time. uvicorn closes when all is sent; to somebody who does not read, that is never."""
        super().keepalive_timeout()
        if self.transport.get_write_buffer_size():
            self.transport.abort()
