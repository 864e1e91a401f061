"""What the exit status of `tingyin` means; README documents the same table, by a test."""

from collections.abc import Sized
from enum import IntEnum


class ExitCode(IntEnum):
    """Exit status of every command."""

    DONE = 0
    INTERNAL = 1
    USAGE = 2
    BAD_INPUT = 3
    REJECTS = 4
    CANNOT_WRITE = 5
    INTERRUPTED = 130


def ended(rejects: Sized | int, *, strict: bool) -> ExitCode:
    """Return how a command ended that did its work: with rejects where it is asked to mind them."""
    number = rejects if isinstance(rejects, int) else len(rejects)
    return ExitCode.REJECTS if strict and number else ExitCode.DONE
