"""Hard texts: which slices there are, which text is in which, and a set written for them."""

from nlp.slices.challenge import CHALLENGE, ChallengeText, challenge_texts
from nlp.slices.names import SLICES
from nlp.slices.tags import slices_of

__all__ = ["CHALLENGE", "SLICES", "ChallengeText", "challenge_texts", "slices_of"]
