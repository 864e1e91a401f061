"""The hand-written texts as labelled lines, to measure a model on."""

from collections.abc import Iterator
from random import Random

from service.sample.brand import CITY_REGION
from service.sample.texts import FAMILIES, HandText, fill, handwritten

ANNOTATOR = "writer"
SOURCE = "intended-by-the-writer"


def labelled_texts(seed: int) -> Iterator[dict[str, object]]:
    """Yield each hand-written text of a customer once, slots filled, with its intended labels.

    The lines have the format of the label guide and `text`; `target` is not labelled. Agents'
    turns are left out.
    """
    rng = Random(f"{seed}/labelled")  # noqa: S311 - a sample to be repeated, not a secret
    for family in FAMILIES:
        for text in handwritten(family):
            if text.role == "customer":
                yield _line(text, family, rng)


def _line(text: HandText, family: str, rng: Random) -> dict[str, object]:
    return {
        "id": text.key,
        "domain": family,
        "text": fill(text.text, text.products[0], rng.choice(tuple(CITY_REGION)), rng),
        "sentiment": text.sentiment,
        "intents": list(text.intents),
        "complaint": list(text.complaint),
        "severity": text.severity,
        "annotator": ANNOTATOR,
        "source": SOURCE,
    }
