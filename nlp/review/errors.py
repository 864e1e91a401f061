"""The errors of the review loop.

NlpError
└── ReviewError
    ├── ReviewSettingsError   a setting of the selection is outside what is allowed
    ├── DecisionError         a decision cannot be read, or breaks the label guide
    └── CorrectionError       a correction is broken, or belongs to another model
"""

from nlp.errors import NlpError


class ReviewError(NlpError):
    """Root of the errors of the review loop."""


class ReviewSettingsError(ReviewError):
    """A setting of the selection is outside what is allowed; the message names the limits."""


class DecisionError(ReviewError):
    """A person's decision cannot be read; the message names where, what and the remedy."""


class CorrectionError(ReviewError):
    """A correction is broken, or was fitted on another model than the one that runs."""
