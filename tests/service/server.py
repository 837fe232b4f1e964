"""The asset library as a server of its own: its application, and its process."""

from __future__ import annotations

import argparse
import os
import socket
import sys
import threading
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager

import msgspec
import uvicorn
from starlette.applications import Starlette
from starlette.types import Scope

from tests.service import api
from tests.service.control import Control
from tests.service.settings import Settings
from tests.service.work import Work


def main(arguments: Sequence[str] | None = None) -> None:
    """Serve until told to end; the first line of standard output is the port."""
    parser = argparse.ArgumentParser(prog="python -m tests.service", description=__doc__)
    parser.add_argument("--port", type=int, default=0, help="0: any that is free")
    parser.add_argument("--settings", default="{}", help="JSON: what every account starts with")
    parser.add_argument("--until-input-ends", action="store_true", help="end with standard input")
    said = parser.parse_args(arguments)
    settings = msgspec.json.decode(said.settings, type=Settings)
    # Of an unnamed protocol, asyncio would let each answer's body wait for its head to be acknowledged.
    with socket.socket(socket.AF_INET, socket.SOCK_STREAM, socket.IPPROTO_TCP) as listener:
        listener.bind(("127.0.0.1", said.port))
        listener.listen()
        server = new_server(settings)
        if said.until_input_ends:
            threading.Thread(target=_end_with_input, daemon=True).start()
        sys.stdout.write(f"{listener.getsockname()[1]}\n")
        sys.stdout.flush()
        server.run(sockets=[listener])


def new_server(settings: Settings) -> uvicorn.Server:
    """A server that knows nobody yet."""

    def hang_up(scope: Scope) -> None:
        for protocol in list(server.server_state.connections):
            if getattr(protocol, "client", None) == tuple(scope["client"]):
                protocol.transport.abort()

    @asynccontextmanager
    async def lifespan(_app: Starlette) -> AsyncIterator[None]:
        work = Work()
        world = api.World(work, hang_up)
        app.router.routes.extend([*api.routes(world), *Control(world, settings).routes()])
        yield
        await work.end()

    app = Starlette(lifespan=lifespan)
    server = uvicorn.Server(
        uvicorn.Config(
            app,
            http="h11",
            ws="none",
            loop="asyncio",
            log_level="warning",
            access_log=False,
            timeout_keep_alive=60,
            timeout_graceful_shutdown=1,
        )
    )
    return server


def _end_with_input() -> None:
    sys.stdin.read()
    os._exit(0)  # whatever hangs: that is what it was told to do, and nothing is kept
