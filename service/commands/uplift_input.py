"""What `tingyin experiment uplift` reads: who was treated by lot, of some stages where asked."""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from nlp.message import Message
from service.commands.columns_input import Reading, flag, number, read_columns, text
from service.errors import InputError


@dataclass(frozen=True, slots=True)
class Treated:
    """Score, treatment and outcome, one a customer; how many of other stages are left out."""

    score: Sequence[float]
    treated: Sequence[bool]
    outcome: Sequence[float]
    left_out: int = 0
    stages: tuple[str, ...] = ()

    def reason(self) -> Message:
        """Return whom the uplift is of."""
        here = len(self.score)
        if not self.stages:
            return Message(f"customers {here:,}", f"顾客 {here:,} 位")
        told = ", ".join(self.stages)
        return Message(
            f"customers {here:,} of stage {told}; of other stages or none, left out: "
            f"{self.left_out:,}",
            f"阶段为 {told} 的顾客 {here:,} 位；其他或未知阶段，未计入：{self.left_out:,} 位",
        )


def read_treated(path: Path, stages: Path | None, wanted: tuple[str, ...]) -> Treated:
    """Return the customers of a file; with a file of `stages`, those of the stages wanted.

    Raises
    ------
    InputError
        A stage is not known, nobody is of those wanted, or see `read_columns`.
    """
    figures: dict[str, Reading] = {"score": number, "treated": flag, "outcome": number}
    if stages is None:
        score, treated, outcome = read_columns(path, figures).values()
        return Treated(score, treated, outcome)
    _demand_known(wanted)
    cells = read_columns(path, {"customer_id": text, **figures}, once=("customer_id",))
    of = read_columns(stages, {"customer_id": text, "stage": text}, once=("customer_id",))
    stage = dict(zip(of["customer_id"], of["stage"], strict=True))
    stage_of = [stage.get(who) for who in cells["customer_id"]]
    rows = [row for row, its in enumerate(stage_of) if its in wanted]
    if not rows:
        told = ", ".join(wanted)
        raise InputError(
            f"{path}: nobody is of stage {told} in {stages}; name another with --stage",
            f"{path}：{stages} 中没有阶段为 {told} 的顾客；请用 --stage 指定其他阶段",
        )
    score, treated, outcome = ([cells[name][row] for row in rows] for name in figures)
    return Treated(score, treated, outcome, left_out=len(stage_of) - len(rows), stages=wanted)


def _demand_known(wanted: tuple[str, ...]) -> None:
    from tiering.lifecycle import STAGES

    unknown = [name for name in wanted if name not in STAGES]
    if unknown:
        raise InputError(
            f"stage {', '.join(unknown)} is not known; known are {', '.join(STAGES)}",
            f"未知的阶段 {'、'.join(unknown)}；可用的为 {'、'.join(STAGES)}",
        )
