"""The process that opens strangers' pictures: no secrets in its environment, little memory, no file to write.

It reads one task after the other from standard input and answers on standard output. Should a file make
it crash or swell, it dies alone; see `process` for the other end.
"""

import contextlib
import resource
import struct
import sys
from typing import BinaryIO

import msgspec

from media.images.model import Refused, Result, Task

MEMORY = 3 * 1024**3
HEAD = struct.Struct(">I")


def limit() -> None:
    """Give up what pictures do not need. A write to any file is answered with a deadly signal."""
    resource.setrlimit(resource.RLIMIT_AS, (MEMORY, MEMORY))
    resource.setrlimit(resource.RLIMIT_FSIZE, (0, 0))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    # No child of its own: a decoder that is taken over cannot start a program.
    with contextlib.suppress(ValueError):
        resource.setrlimit(resource.RLIMIT_NOFILE, (64, 64))


def serve(source: BinaryIO, sink: BinaryIO) -> None:
    """Work until the input ends."""
    from media.images import work  # noqa: PLC0415  # the libraries start only once the limits stand

    work.prepare()
    decoder = msgspec.msgpack.Decoder[Task](Task)
    while len(head := source.read(HEAD.size)) == HEAD.size:
        task = decoder.decode(source.read(*HEAD.unpack(head)))
        try:
            result: Result = work.work(task)
        except MemoryError:
            result = Refused(reason="Image needs too much memory")
        answer = msgspec.msgpack.encode(result)
        sink.write(HEAD.pack(len(answer)))
        sink.write(answer)
        sink.flush()


if __name__ == "__main__":
    limit()
    serve(sys.stdin.buffer, sys.stdout.buffer)
