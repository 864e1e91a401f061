"""The errors of surveillance.

NlpError
└── SurveillanceError
    ├── MentionError           a mention or a row of the signals table cannot be used
    ├── WatchSettingsError     a setting is outside what is allowed
    ├── BinError               a bin of a series is out of order, negative, or above its total
    └── UnknownDetectorError   no detector has that name
"""

from nlp.errors import NlpError


class SurveillanceError(NlpError):
    """Root of the errors of surveillance."""


class MentionError(SurveillanceError):
    """A mention, or the row it comes from, breaks the contract."""


class WatchSettingsError(SurveillanceError):
    """A setting is outside what is allowed; the message names it, its value and the limits."""


class BinError(SurveillanceError):
    """A bin cannot follow the one before it, or its numbers contradict each other."""


class UnknownDetectorError(SurveillanceError):
    """No detector has that name; the message lists the known ones."""
