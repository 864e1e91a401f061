"""Signs of risk in what customers buy, return, share, write and report; and what they cap."""

from tiering.risk.caps import capped_reason, with_caps
from tiering.risk.score import Seen, measure_risk
from tiering.risk.words import read_words

__all__ = ["Seen", "capped_reason", "measure_risk", "read_words", "with_caps"]
