"""What the exit status of `tingyin` means; README documents the same table, by a test."""

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
