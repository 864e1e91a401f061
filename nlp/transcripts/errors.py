"""The errors of transcripts.

NlpError
└── TranscriptError
    ├── TurnError                a row cannot be a turn of a dialogue
    ├── SatisfactionModelError   the satisfaction model is missing, broken or of another kind
    └── LearningError            there is nothing to learn a satisfaction model from
"""

from nlp.errors import NlpError


class TranscriptError(NlpError):
    """Root of the errors of transcripts."""


class TurnError(TranscriptError):
    """A row of the signals table cannot be a turn of a dialogue."""


class SatisfactionModelError(TranscriptError):
    """The file of the satisfaction model is missing, broken or of another kind."""


class LearningError(TranscriptError):
    """There is nothing to learn a satisfaction model from, or labels and dialogues do not fit."""
