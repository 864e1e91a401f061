"""The errors of opinions.

NlpError
└── OpinionError
    ├── LexiconError           a lexicon of aspects breaks its form
    ├── OpinionRowError        a row of the signals table cannot be used
    └── OpinionSettingsError   a setting is outside what is allowed
"""

from nlp.errors import NlpError


class OpinionError(NlpError):
    """Root of the errors of opinions."""


class LexiconError(OpinionError):
    """A lexicon of aspects breaks its form; the message names file, line, value and remedy."""


class OpinionRowError(OpinionError):
    """A row of the signals table breaks the contract; the message names it, value and remedy.

    Parameters
    ----------
    column
        The column at fault.
    en, zh
        The message.
    """

    def __init__(self, column: str, en: str, zh: str) -> None:
        super().__init__(en, zh)
        self.column = column

    def __reduce__(self) -> tuple[type["OpinionRowError"], tuple[str, str, str]]:
        return OpinionRowError, (self.column, self.message.en, self.message.zh)


class OpinionSettingsError(OpinionError):
    """A setting is outside what is allowed; the message names it, its value and the limits."""
