"""What `tingyin review` prints: the tasks by reason, what was merged, how the model did."""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import typer

from nlp.message import Message
from service.commands.review_files import CORRECTION, LABELS, SHEET, TASKS
from service.commands.review_input import Taken
from service.files.rejects import rejects_path
from service.language import spoken_language

if TYPE_CHECKING:
    from nlp.review import (
        Agreement,
        Learned,
        Population,
        Rechecked,
        Resolved,
        Share,
        Task,
        Trial,
    )

SHOWN = 5


def show_tasks(
    tasks: "Sequence[Task]", population: "Population", rejects: int, folder: Path
) -> None:
    """Print how many tasks each reason has, out of how many texts, and where they are."""
    from nlp.review import REASONS

    counts = Counter(task.picked_for for task in tasks)
    whole = len(population.candidates)
    lines = [
        Message(
            f"{len(tasks):,} tasks out of {whole:,} distinct texts of customers",
            f"从 {whole:,} 条不同的顾客文本中选出 {len(tasks):,} 条任务",
        )
    ]
    for name, reason in REASONS.items():
        lines.append(
            Message(
                f"  {counts[name]:>4}  {reason.name.en}", f"  {counts[name]:>4}  {reason.name.zh}"
            )
        )
    lines.append(_left_out(population, rejects))
    lines.append(_written(folder))
    _say(lines)


def show_rechecked(found: "Rechecked", folder: Path) -> None:
    """Print how many labels of each field look wrong, and where the tasks are."""
    lines = [
        Message(
            f"{one.field}: about {one.wrong:,.0f} wrong labels in {one.texts:,} texts,"
            f" {len(one.doubts):,} in doubt",
            f"{one.field}：{one.texts:,} 条文本中估计约 {one.wrong:,.0f} 个标签有误，"
            f"存疑 {len(one.doubts):,} 个",
        )
        for one in found.fields
    ]
    lines.append(
        Message(
            f"{len(found.tasks):,} tasks out of {found.doubted:,} texts in doubt",
            f"从 {found.doubted:,} 条存疑文本中选出 {len(found.tasks):,} 条任务",
        )
    )
    if found.tasks:
        lines.append(_written(folder))
    _say(lines)


def show_merged(
    taken: Taken, known: int, merged: int, resolved: "Sequence[Resolved]", folder: Path
) -> None:
    """Print what became of the rows, the ties, and the first rejects."""
    new = merged - known
    tied = [one for one in resolved if one.ties]
    changed = sum(len(one.history) > 1 for one in resolved)
    lines = [
        Message(
            f"rows: {taken.rows:,}, with {len(taken.decisions):,} decisions ({new:,} new),"
            f" {taken.skipped:,} skipped, {taken.open:,} not filled in, {len(taken.rejects):,}"
            " rejected",
            f"行数：{taken.rows:,}，其中决定 {len(taken.decisions):,} 个（新 {new:,} 个），"
            f"跳过 {taken.skipped:,}，未填 {taken.open:,}，拒收 {len(taken.rejects):,}",
        ),
        Message(
            f"labels: {len(resolved) - len(tied):,} texts in {folder / LABELS}"
            f" ({changed:,} with a history)",
            f"标签：{folder / LABELS} 中 {len(resolved) - len(tied):,} 条文本"
            f"（有变更记录 {changed:,} 条）",
        ),
    ]
    for one in tied[:SHOWN]:
        names = ", ".join(one.annotators)
        lines.append(
            Message(
                f"  tie in {', '.join(one.ties)} of {one.decision.id}: {names} disagree",
                f"  {one.decision.id} 的 {'、'.join(one.ties)} 未决：{names} 意见不一",
            )
        )
    if len(tied) > SHOWN:
        lines.append(Message(f"  {len(tied):,} ties in all", f"  共 {len(tied):,} 条未决"))
    lines += _rejects(taken, folder)
    _say(lines)


def show_agreement(agreements: "Iterable[Agreement]") -> None:
    """Print how often each version of the model was right, and what each reason found."""
    for one in agreements:
        _say([Message(f"{one.model_version}:", f"{one.model_version}：")])
        _say(
            [
                *_shares("right in the random share", "随机部分中正确", one.random),
                *_shares(
                    "right in all tasks (picked to be hard)",
                    "全部任务中正确（偏难）",
                    one.all_tasks,
                ),
                *_shares("changed, by reason", "按原因统计被更正", one.found),
            ]
        )


def show_learned(learned: "Learned", folder: Path) -> None:
    """Print what cross-validation says of each head, and whether a correction was written."""
    lines = [line for trial in learned.trials for line in _trial(trial)]
    lines.append(learned.why)
    if learned.correction:
        place = folder / CORRECTION
        lines.append(
            Message(
                f"correction: {place}; use it with tingyin analyze --correction {place}",
                f"修正：{place}；使用方法：tingyin analyze --correction {place}",
            )
        )
    elif (folder / CORRECTION).exists():
        lines.append(
            Message(
                f"{folder / CORRECTION} is of an earlier import; delete it to go back to the"
                " shipped model",
                f"{folder / CORRECTION} 来自此前的导入；如需回到原模型请删除",
            )
        )
    _say(lines)


def _written(folder: Path) -> Message:
    return Message(
        f"tasks: {folder / TASKS} (Label Studio) and {folder / SHEET} (spreadsheet)",
        f"任务：{folder / TASKS}（Label Studio）与 {folder / SHEET}（表格）",
    )


def _left_out(population: "Population", rejects: int) -> Message:
    return Message(
        f"left out: {population.repeated:,} equal texts, {population.others:,} of spam, staff or"
        f" blank, {population.decided:,} decided already, {rejects:,} rejected",
        f"未计入：重复文本 {population.repeated:,}，垃圾、客服或空白 {population.others:,}，"
        f"已有决定 {population.decided:,}，拒收 {rejects:,}",
    )


def _rejects(taken: Taken, folder: Path) -> list[Message]:
    if not taken.rejects:
        return []
    place = rejects_path(folder / LABELS)
    first = [Message(f"  {one.reason.en}", f"  {one.reason.zh}") for one in taken.rejects[:SHOWN]]
    return [*first, Message(f"rejects: {place}", f"拒收：{place}")]


def _shares(en: str, zh: str, shares: "Mapping[str, Share]") -> list[Message]:
    lines = [Message(f"  {en}:", f"  {zh}：")]
    for name, share in shares.items():
        low, high = share.interval
        told = f"{share.hits}/{share.n}"
        if share.n:
            told += f" = {share.hits / share.n:.0%} ({low:.0%} – {high:.0%})"
        lines.append(Message(f"    {name:<16} {told}", f"    {name:<16} {told}"))
    return lines


def _trial(trial: "Trial") -> list[Message]:
    verdict = ("kept", "采用") if trial.helps else ("not kept", "不采用")
    figures = (
        f"{trial.right_before:.3f} -> {trial.right_after:.3f}",
        f"{trial.loss_before:.3f} -> {trial.loss_after:.3f} ± {trial.error:.3f}",
    )
    return [
        Message(
            f"  {trial.name}: right {figures[0]}, loss {figures[1]} on {trial.texts} texts left"
            f" out: {verdict[0]}",
            f"  {trial.name}：留出的 {trial.texts} 条文本上，正确率 {figures[0]}，"
            f"损失 {figures[1]}：{verdict[1]}",
        )
    ]


def _say(lines: Iterable[Message]) -> None:
    for line in lines:
        typer.echo(line.text(spoken_language()))
