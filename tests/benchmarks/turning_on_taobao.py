"""Do turning points mean what they say? How dialogues were rated, by their last turning point."""

from collections import Counter, defaultdict
from collections.abc import Sequence
from pathlib import Path

from nlp.labels import Sentiment
from nlp.transcripts import Dialogue, Turn, turning_points
from tests.benchmarks.taobao_dialogues import DOMAINS, VERDICTS, read_split

Rows = list[tuple[str, str]]


def run(data: Path) -> Rows:
    """Return the shares of the verdicts on test, for each kind of last turning point."""
    return [row for domain in DOMAINS for row in _rows(data, domain)]


def _rows(data: Path, domain: str) -> Rows:
    rated = read_split(data, domain, "test")
    counted: defaultdict[str, Counter[str]] = defaultdict(Counter)
    for sentiments, verdict in zip(rated.customer, rated.verdicts, strict=True):
        points = turning_points(as_dialogue(sentiments))
        counted[points[-1].kind if points else "none"][verdict] += 1
    return [
        (
            f"{domain} test: last turning point {kind}",
            f"n {found.total()}  "
            + "  ".join(f"{name} {found[name] / found.total():.2f}" for name in VERDICTS),
        )
        for kind, found in sorted(counted.items())
    ]


def as_dialogue(sentiments: Sequence[Sentiment]) -> Dialogue:
    """Return the customer's turns alone, each as certain as its label."""
    turns = (
        Turn(
            id=f"{number}",
            number=number,
            role="customer",
            text="",
            at=None,
            sentiment=sentiment,
            p_negative=float(sentiment == "negative"),
            p_positive=float(sentiment == "positive"),
        )
        for number, sentiment in enumerate(sentiments, start=1)
    )
    return Dialogue("", tuple(turns))
