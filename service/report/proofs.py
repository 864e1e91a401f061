"""The proof of a report: which ids of a reference it shows, and all of them as JSON lines."""

import json
from collections.abc import Iterator

from nlp.message import Language
from service.report.model import Reference, Report, clean

SHOWN = 20


def shown_ids(reference: Reference, language: Language) -> str:
    """Return the ids of a reference for people: the first 20, and how many more there are."""
    ids = ", ".join(clean(one) for one in reference.ids[:SHOWN])
    more = len(reference.ids) - SHOWN
    if more <= 0:
        return ids
    return f"{ids} … 另有 {more:,} 条" if language == "zh" else f"{ids} … and {more:,} more"


def proof_lines(report: Report) -> Iterator[str]:
    """Yield one JSON line per reference: its number, what it is, how many ids, and all of them."""
    for one in report.references:
        line = {"reference": one.number, "what": one.what, "count": len(one.ids), "ids": one.ids}
        yield json.dumps(line, ensure_ascii=False) + "\n"
