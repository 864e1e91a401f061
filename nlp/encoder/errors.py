"""The errors of the encoder, besides those of its files.

NlpError
└── EngineError   the device that should run the network, or a package for it, is not here
"""

from nlp.errors import NlpError


class EngineError(NlpError):
    """The network cannot run as asked: no such device here, or a package is not installed."""
