"""What the model reads of a text: personal data masked, one spelling, plain Mandarin."""

from functools import lru_cache

from nlp.text.normalise import Normalised, normalise
from nlp.text.privacy import mask
from nlp.text.slang import Rewriter


def prepared(text: str) -> Normalised:
    """Return a raw text as the pipeline gives it to the model, with the map back to the original.

    >>> prepared("唔好買，電話13912345678").text
    '不要买,电话***'
    """
    return _rewriter().rewrite(normalise(mask(text)))


@lru_cache(maxsize=1)
def _rewriter() -> Rewriter:
    return Rewriter()
