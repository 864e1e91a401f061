"""What is heard of a burn: the signals of a plain complaint about safety, as rows hold them."""

from collections.abc import Mapping

SCALDED: Mapping[str, object] = {
    "sentiment": "negative",
    "p_negative": 0.9,
    "p_neutral": 0.05,
    "p_positive": 0.05,
    "confidence": 0.9,
    "abstained": False,
    "intents": ["complaint"],
    "complaint": ["safety"],
    "severity": 3,
    "targets": [],
    "evidence": [],
    "keyphrases": [],
    "spam": False,
}
