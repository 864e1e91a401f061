"""The errors of the service room.

TingyinError
└── ServiceError
    ├── InputError             a file, a column or a request cannot be read as what it should be
    │   ├── MalformedError     the body of a request is not what its media type says
    │   ├── TooLargeError      the body of a request is larger than the limit
    │   └── AddressRefusedError  a target where messages may not be sent to
    ├── SettingError           a setting has a value that is not allowed
    │   └── PolicyError        the response policy is not one that can be followed
    ├── OutputError            a result cannot be written (disk full, no permission)
    │   └── TooManyRowsError   the format of the output cannot hold so many rows
    ├── NotBuiltError          the command is announced, and not built yet
    ├── NotFoundError          no such alert, customer or piece of feedback
    ├── ConflictError          the change does not fit the present state
    │   └── StaleVersionError  somebody else changed it since it was read
    ├── KeyMissingError        no API key, or one that is not valid
    ├── RightMissingError      the API key has no right to do this
    ├── TooManyError           the caller has as many of them as it may at once
    └── UnavailableError       the database or another part does not answer now
"""

from nlp.errors import TingyinError


class ServiceError(TingyinError):
    """Root of the errors of the service room."""


class InputError(ServiceError):
    """A file, a column or a request cannot be read as what it should be."""


class MalformedError(InputError):
    """The body of a request is not what its media type says."""


class TooLargeError(InputError):
    """The body of a request is larger than the limit."""


class AddressRefusedError(InputError):
    """A target lies where messages may not be sent to: in a private or reserved network."""


class SettingError(ServiceError):
    """A setting has a value that is not allowed, or a name that nobody knows."""


class PolicyError(SettingError):
    """The response policy cannot be read, or is not one that can be followed."""


class OutputError(ServiceError):
    """A result cannot be written; what was done so far is kept."""


class TooManyRowsError(OutputError):
    """The format of an output cannot hold so many rows; another one can."""


class NotBuiltError(ServiceError):
    """The command is announced, and not built yet."""


class NotFoundError(ServiceError):
    """There is no such alert, customer or piece of feedback."""


class ConflictError(ServiceError):
    """The change asked for does not fit the present state."""


class StaleVersionError(ConflictError):
    """Somebody else changed the thing since it was read."""


class KeyMissingError(ServiceError):
    """The request carries no API key, or one that is not valid."""


class RightMissingError(ServiceError):
    """The API key is valid and has no right to do this."""


class TooManyError(ServiceError):
    """The caller has as many of them open as it may have at once."""


class UnavailableError(ServiceError):
    """The database or another part that is needed does not answer now."""
