"""A text that a person could be asked about: a row of the signals table, and nothing personal."""

import hashlib
from collections.abc import Container, Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from nlp.labels import SENTIMENTS
from nlp.text import mask

KEY_DIGITS = 24
CUSTOMER = "customer"


@dataclass(frozen=True, slots=True)
class Labels:
    """The labels of one text by the guide, whoever gave them: the model or a person."""

    sentiment: str
    intents: tuple[str, ...]
    complaint: tuple[str, ...]
    severity: int
    target: tuple[str, ...]

    def as_row(self) -> dict[str, Any]:
        """Return the fields of a labelled line."""
        return {
            "sentiment": self.sentiment,
            "intents": list(self.intents),
            "complaint": list(self.complaint),
            "severity": self.severity,
            "target": list(self.target),
        }


@dataclass(frozen=True, slots=True)
class Candidate:
    """A text with the model's answer, and what decides whether a person should see it.

    `key` stands for the masked text; `probabilities` are those of `SENTIMENTS`, in their order;
    `left_open` names the questions that the model did not answer; `polarities` are those of the
    targets; `rating` is as the platform gave it.
    """

    key: str
    id: str
    text: str
    labels: Labels
    probabilities: tuple[float, ...]
    left_open: tuple[str, ...]
    polarities: tuple[str, ...]
    model_version: str
    at: datetime | None
    product: str
    channel: str
    rating: float | None

    @property
    def margin(self) -> float:
        """Return by how much the likeliest sentiment leads, 0 to 1."""
        first, second = sorted(self.probabilities, reverse=True)[:2]
        return first - second

    @property
    def confidence(self) -> float:
        """Return the probability of the likeliest sentiment."""
        return max(self.probabilities)


@dataclass(frozen=True, slots=True)
class Population:
    """The distinct texts of customers that can be drawn, and how many rows are not among them."""

    candidates: tuple[Candidate, ...]
    decided: int
    repeated: int
    others: int


def text_key(text: str) -> str:
    """Return what stands for a masked text, also after a spreadsheet changed its line ends."""
    spaced = " ".join(text.split())
    return hashlib.sha256(spaced.encode("utf-8", "replace")).hexdigest()[:KEY_DIGITS]


def population(rows: Iterable[Mapping[str, Any]], decided: Container[str] = ()) -> Population:
    """Return what can be drawn from the rows of a signals table.

    Parameters
    ----------
    rows
        Typed as `service.files.read_signals` gives them. Spam, staff and blank texts are no
        feedback; of equal texts the first counts.
    decided
        Keys of the texts that somebody has decided already.
    """
    found: dict[str, Candidate] = {}
    known = repeated = others = 0
    for row in rows:
        candidate = _candidate(row)
        if candidate is None:
            others += 1
        elif candidate.key in decided:
            known += 1
        elif candidate.key in found:
            repeated += 1
        else:
            found[candidate.key] = candidate
    return Population(tuple(found.values()), known, repeated, others)


def _candidate(row: Mapping[str, Any]) -> Candidate | None:
    text = mask(row["masked_text"] or "")
    staff = (row.get("role") or CUSTOMER) != CUSTOMER
    if row["spam"] or staff or not text.strip():
        return None
    targets = row["targets"]
    return Candidate(
        key=text_key(text),
        id=str(row["id"]),
        text=text,
        labels=Labels(
            sentiment=row["sentiment"],
            intents=tuple(row["intents"]),
            complaint=tuple(row["complaint"]),
            severity=int(row["severity"]),
            target=tuple(dict.fromkeys(target["span"] for target in targets)),
        ),
        probabilities=tuple(float(row[f"p_{name}"] or 0.0) for name in SENTIMENTS),
        left_open=_left_open(row),
        polarities=tuple(target["polarity"] for target in targets),
        model_version=str(row["model_version"] or ""),
        at=row.get("created_at"),
        product=str(row.get("product") or ""),
        channel=str(row.get("channel") or ""),
        rating=row.get("rating"),
    )


def _left_open(row: Mapping[str, Any]) -> tuple[str, ...]:
    """Return the questions left open; signals of earlier versions tell of sentiment alone."""
    sentiment = ("sentiment",) * bool(row["abstained"])
    return tuple(dict.fromkeys([*sentiment, *(row.get("left_open") or ())]))
