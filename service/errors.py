"""The errors of the service room.

TingyinError
└── ServiceError
    ├── InputError      a file, a column or a request cannot be read as what it should be
    ├── OutputError     a result cannot be written (disk full, no permission, file in the way)
    ├── NotBuiltError   the command is announced, and not built yet
    ├── NotFoundError   no such alert, customer or piece of feedback
    └── ConflictError   the change does not fit the present state
"""

from nlp.errors import TingyinError


class ServiceError(TingyinError):
    """Root of the errors of the service room."""


class InputError(ServiceError):
    """A file, a column or a request cannot be read as what it should be."""


class OutputError(ServiceError):
    """A result cannot be written; what was done so far is kept."""


class NotBuiltError(ServiceError):
    """The command is announced, and not built yet."""


class NotFoundError(ServiceError):
    """There is no such alert, customer or piece of feedback."""


class ConflictError(ServiceError):
    """The change asked for does not fit the present state."""
