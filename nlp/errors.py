"""The errors of Tingyin's text room, and the root that all rooms share.

TingyinError
└── NlpError
    ├── ArtifactError   the model files are missing, broken or of another version
    ├── LabelError      a labelled line does not follow the label guide
    └── TrainingError   training cannot start or go on

InexactEngineWarning tells that the model runs slower here, in float.
"""

from nlp.message import Language, Message


class TingyinError(Exception):
    """Root of every error that Tingyin raises on purpose; carries both languages.

    Parameters
    ----------
    en, zh
        What happened, which value, what is allowed, and what to do.
    """

    def __init__(self, en: str, zh: str) -> None:
        super().__init__(en)
        self.message = Message(en, zh)

    def text(self, language: Language) -> str:
        """Return the message in one language."""
        return self.message.text(language)


class NlpError(TingyinError):
    """Root of the errors of the text room."""


class ArtifactError(NlpError):
    """The model artifact is missing, broken, or of a version this code does not read."""


class LabelError(NlpError):
    """A labelled line breaks the label guide."""


class TrainingError(NlpError):
    """Training cannot start or cannot go on."""


class InexactEngineWarning(UserWarning):
    """The processor loses points in int8, so that the model runs in float."""
