"""How far `tingyin score` is, and how long each of its steps took.

Durations are shown and not recorded: equal inputs give an equal record.
"""

import time
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import TYPE_CHECKING

from nlp.message import Message
from service.progress import Extent

if TYPE_CHECKING:
    import pyarrow as pa

STEPS = MappingProxyType(
    {
        "read": Message("reading", "读取"),
        "tables": Message("checking rows", "核对各行"),
        "influence": Message("measuring influence", "计算影响力"),
        "figures": Message("measuring customers", "计算顾客指标"),
        "counts": Message("counting", "计数"),
        "write": Message("telling and writing", "生成理由并写出"),
    }
)
"""The steps of a run in their order; all but the first and the last are told by `tiering`."""


@dataclass(frozen=True, slots=True)
class Stage:
    """One step, and of the last one how many of how many customers are written."""

    step: str
    done: int = 0
    whole: int = 0


@dataclass(slots=True)
class Steps:
    """Reports each step as it begins, and remembers how many seconds it took."""

    report: Callable[[Stage], None]
    clock: Callable[[], float] = time.monotonic
    seconds: dict[str, float] = field(default_factory=dict)
    _at: tuple[str, float] | None = None

    def begin(self, step: str, whole: int = 0) -> None:
        """End the step before, and begin one of `STEPS`."""
        self.end()
        self._at = (step, self.clock())
        self.report(Stage(step, 0, whole))

    def end(self) -> None:
        """End the step that was begun last."""
        if self._at is not None:
            step, since = self._at
            self.seconds[step] = self.seconds.get(step, 0.0) + self.clock() - since
            self._at = None

    def passing(self, tables: "Iterable[pa.Table]", whole: int) -> "Iterator[pa.Table]":
        """Yield the tables as they come, as the last step, and report how many rows went by."""
        self.begin("write", whole)
        done = 0
        for table in tables:
            yield table
            done += table.num_rows
            self.report(Stage("write", done, whole))

    def line(self) -> Message:
        """Return how long everything took, and each step."""
        total = sum(self.seconds.values())
        each = [(STEPS[step], f"{took:.1f}") for step, took in self.seconds.items()]
        en = ", ".join(f"{step.en} {took}" for step, took in each)
        zh = "，".join(f"{step.zh} {took}" for step, took in each)
        return Message(f"{total:.1f} seconds: {en}", f"用时 {total:.1f} 秒：{zh}")


def score_extent(stage: Stage, seconds: float) -> Extent:
    """Return what there is to show of a stage."""
    said = STEPS[stage.step]
    if not stage.done:
        return Extent(0, stage.whole, said)
    told = f"{stage.done:,} / {stage.whole:,}"
    line = Message(
        f"{said.en}: {told} customers, {seconds:.0f} s",
        f"{said.zh}：{told} 位顾客，{seconds:.0f} 秒",
    )
    return Extent(stage.done, stage.whole, line)
