"""The rows of a feedback file, labelled with a company's own categories as they stream by."""

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING, Any

from nlp.message import Message
from service.analysis import Progress, analysis_extent
from service.analysis.parts import OWN_IDS
from service.commands.taxonomy_files import FeedbackFile
from service.files import Record, Reject, Unreadable
from service.files.chunks import characters_of, chunked
from service.files.contract import Feedback, check
from service.files.contract.seen import SeenIds
from service.language import spoken_language
from service.progress import shown_progress

if TYPE_CHECKING:
    import pyarrow as pa

    from nlp.encoder import Runtime
    from nlp.taxonomy import Classifier

BATCH_ROWS = 512


@dataclass(frozen=True, slots=True)
class Labeller:
    """A classifier, and the model that it is of."""

    classifier: "Classifier"
    runtime: "Runtime"


@dataclass(slots=True)
class Outcome:
    """What became of the rows: `counts` by category, None where it was left open; `rejects`."""

    counts: Counter[str | None] = field(default_factory=Counter)
    rejects: list[Reject] = field(default_factory=list)

    @property
    def labelled(self) -> int:
        """Rows that are in the output, answered or left open."""
        return self.counts.total()


@cache
def answers_schema() -> "pa.Schema":
    """Return the Arrow schema of the output of `tingyin taxonomy apply`, one row per text."""
    import pyarrow as pa

    text = pa.string()
    columns: dict[str, pa.DataType] = {
        "id": text,
        "category": text,
        "probability": pa.float64(),
        "abstained": pa.bool_(),
        "likeliest": text,
        "reason": text,
        "reason_zh": text,
        "masked_text": text,
        "model_version": text,
    }
    return pa.schema(list(columns.items()))


def labelled_rows(
    feedback: FeedbackFile, labeller: Labeller, outcome: Outcome
) -> Iterator[dict[str, Any]]:
    """Yield one output row per usable row; `outcome` counts them and keeps the rejects."""
    with (
        TemporaryDirectory() as folder,
        shown_progress(spoken_language(), analysis_extent) as report,
    ):
        seen = SeenIds(Path(folder) / "ids.sqlite", 0)
        try:
            report(Progress(0, 0, 0, 0, feedback.table.size))
            rows = 0
            for part in chunked(feedback.table.records(), BATCH_ROWS, _characters):
                yield from _labelled_part(part, feedback, labeller, outcome, seen)
                rows += len(part)
                position, size = part[-1].position, feedback.table.size
                report(Progress(rows, rows, len(outcome.rejects), position, size))
        finally:
            seen.close()


def _labelled_part(
    part: list[Record | Unreadable],
    feedback: FeedbackFile,
    labeller: Labeller,
    outcome: Outcome,
    seen: SeenIds,
) -> Iterator[dict[str, Any]]:
    checked = [_checked(item, feedback, seen) for item in part]
    outcome.rejects += [item for item in checked if isinstance(item, Reject)]
    usable = [item for item in checked if isinstance(item, Feedback)]
    version = labeller.classifier.model_version
    found = labeller.classifier.label((item.text for item in usable), labeller.runtime)
    for item, answer in zip(usable, found, strict=True):
        outcome.counts[answer.category] += 1
        yield {"id": item.id, **answer.as_row(), "model_version": version}


def _checked(item: Record | Unreadable, feedback: FeedbackFile, seen: SeenIds) -> Feedback | Reject:
    if isinstance(item, Unreadable):
        return item.reject
    file, contract = feedback.table.path.name, feedback.contract
    found = check(file, item, contract)
    if isinstance(found, Reject):
        return found
    first = seen.first_line(found.id, found.line)
    if first is None:
        return found
    column = contract.columns.sources.get("id", "id")
    reason = Message(f"the id stands on line {first} already", f"该编号已在第 {first} 行出现")
    return Reject(file, found.line, column, found.id, reason, OWN_IDS)


def _characters(item: Record | Unreadable) -> int:
    return len(item.reject.value) if isinstance(item, Unreadable) else characters_of(item.values)
