"""The errors of the text package.

NlpError
└── DictionaryError   a file of words and meanings cannot be read
"""

from nlp.errors import NlpError


class DictionaryError(NlpError):
    """A file of words and meanings cannot be read; names the file, the line and the value."""
