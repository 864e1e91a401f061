"""What the charted detectors say besides why they alarm: what their model lacks, or waits for."""

from collections.abc import Sequence
from datetime import datetime

from nlp.message import Message
from nlp.surveillance.detectors.reasons import moment, number


def waiting_reason(seen: int, least: int) -> Message:
    """Return that there is no model yet, and when there will be one."""
    return Message(
        f"no alarm yet: a model needs {least} bins and has seen {seen}",
        f"暂不报警：模型至少需要 {least} 格历史，目前只有 {seen} 格",
    )


def smaller_model(missing: Sequence[Message], bins: int) -> tuple[Message, ...]:
    """Return which terms a history is too short for; nothing where it has them all."""
    if not missing:
        return ()
    lacking = ", ".join(name.en for name in missing)
    return (
        Message(
            f"a history of {bins} bins is too short for these terms, which are left out: {lacking}",
            f"历史仅 {bins} 格，不足以估计：{'、'.join(name.zh for name in missing)}，模型未包含",
        ),
    )


def fall_reason(count: int, expected: float, lower: int, since: datetime | None) -> Message:
    """Return why a bin of a chart for falls alarms, or does not where `since` is None."""
    told = number(expected)
    if since is None:
        return Message(
            f"{count} where {told} are expected and {lower} or more are chance",
            f"实际 {count} 条，预期 {told} 条，不低于 {lower} 条属正常波动",
        )
    return Message(
        f"{count} where {told} are expected and {lower} or more are chance; "
        f"falling since {moment(since)}",
        f"实际 {count} 条，预期 {told} 条，正常下限 {lower} 条；自 {moment(since)} 起下降",
    )
