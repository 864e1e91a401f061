"""Serve the application until a signal says stop."""

import errno
import socket

import typer
import uvicorn
from fastapi import FastAPI

from nlp.errors import TingyinError
from service.access.service import FIRST_FILE
from service.api.services import Services
from service.app import create_app
from service.errors import SettingError
from service.logs import configure_logs
from service.settings import Settings

BACKLOG = 512


class Server(uvicorn.Server):
    """A server that ends the streams of its application when it stops, and waits for none."""

    async def shutdown(self, sockets: list[socket.socket] | None = None) -> None:
        """Stop, as the server of uvicorn does."""
        services = getattr(getattr(self.config.app, "state", None), "services", None)
        if isinstance(services, Services):
            services.feed.close()
        await super().shutdown(sockets)


async def run(settings: Settings) -> None:
    """Serve until SIGINT or SIGTERM; then finish what runs, and stop the database.

    Raises
    ------
    SettingError
        The address or the port cannot be taken.
    """
    configure_logs(settings.log_level)
    with _listening(settings.host, settings.port) as listening:
        _tell(settings, listening.getsockname()[1])
        app = create_app(settings)
        config = uvicorn.Config(
            app,
            log_config=None,
            access_log=False,
            lifespan="on",
            timeout_graceful_shutdown=15,
            server_header=False,
        )
        try:
            await Server(config).serve(sockets=[listening])
        except SystemExit:
            # Some versions of the server leave like this when the start fails, others return.
            _raise_failure(app)
            raise
    _raise_failure(app)


def _raise_failure(app: FastAPI) -> None:
    """Raise what ended the start, in its own words, where something did."""
    failure = getattr(app.state, "failure", None)
    if isinstance(failure, TingyinError):
        raise failure from None


def _listening(host: str, port: int) -> socket.socket:
    """Return a socket that listens, before anything else starts: a taken port is told at once."""
    try:
        family = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)[0][0]
        return at_once(socket.create_server((host, port), family=family, backlog=BACKLOG))
    except OSError as error:
        taken = error.errno == errno.EADDRINUSE
        en = "is in use" if taken else f"cannot be listened on ({error.strerror})"
        zh = "已被占用" if taken else f"无法监听（{error.strerror}）"
        raise SettingError(
            f"{host}:{port} {en}; give another --port or --host.",
            f"{host}:{port} {zh}；请另给 --port 或 --host。",
        ) from error


def at_once(listening: socket.socket) -> socket.socket:
    """Let the connections of a socket send at once what is written.

    Otherwise the second packet of an answer waits until the caller has acknowledged the first,
    which callers put off for 40 ms. asyncio does this only for sockets that it made itself.
    """
    listening.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
    return listening


def _tell(settings: Settings, port: int) -> None:
    host = f"[{settings.host}]" if ":" in settings.host else settings.host
    key_file = (settings.data_dir / FIRST_FILE).resolve()
    typer.echo(f"API 接口       http://{host}:{port}/docs")
    typer.echo(f"Admin key 密钥 {key_file}")
