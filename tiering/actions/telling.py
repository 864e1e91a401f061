"""Why an action is done: its reason with a customer's figures, and the figures as evidence."""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

import pyarrow as pa

from tiering.actions.conditions import COLUMN, texts
from tiering.actions.customers import Customers
from tiering.actions.policy import Action, Sentence

HOLE = re.compile(r"\{(" + COLUMN + r")\}")
UNKNOWN = "–"


@dataclass(frozen=True, slots=True)
class Evidence:
    """One figure that a rule looked at: its column and its value, None where it is not known."""

    column: str
    value: str | None


def placeholders(sentence: Sentence) -> tuple[str, ...]:
    """Return the columns whose figures stand in a sentence, each once.

    >>> placeholders(Sentence("for {complaints.open} days", "{complaints.open} 天"))
    ('complaints.open',)
    """
    return tuple(dict.fromkeys(HOLE.findall(sentence.en) + HOLE.findall(sentence.zh)))


def evidence_of(
    action: Action, customers: Customers, columns: Sequence[str], places: pa.Array
) -> Iterator[tuple[Mapping[str, str], list[Evidence]]]:
    """Yield the reason and the evidence for the customers at these places.

    Parameters
    ----------
    columns
        What the rule looks at; the tier is put before them.
    """
    names = list(dict.fromkeys(["tier", *columns]))
    cells = [texts(customers.columns[name].take(places)).to_pylist() for name in names]
    for values in zip(*cells, strict=True):
        figures = dict(zip(names, values, strict=True))
        reason = {
            "en": _filled(action.reason.en, figures),
            "zh": _filled(action.reason.zh, figures),
        }
        yield reason, [Evidence(name, value) for name, value in figures.items()]


def _filled(sentence: str, figures: Mapping[str, str | None]) -> str:
    return HOLE.sub(lambda found: figures.get(found[1]) or UNKNOWN, sentence)
