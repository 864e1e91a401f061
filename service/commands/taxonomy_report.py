"""What `tingyin taxonomy` prints: what was learnt, what was labelled, how good it is."""

from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

from nlp.message import Message
from service.commands.report_lines import print_lines, rejects_line
from service.language import spoken_language

if TYPE_CHECKING:
    from rich.table import Table

    from nlp.taxonomy import Classifier, Learnt, Taxonomy
    from service.commands.taxonomy_answers import Outcome

LINES = 20


def told_learnt(
    taxonomy: "Taxonomy", learnt: "Learnt", output: Path, seconds: float
) -> Iterator[Message]:
    """Yield what was learnt, and what cross-validation on the examples says of it."""
    choice, bar = learnt.choice, learnt.choice.threshold
    examples = sum(len(category.examples) for category in taxonomy.categories)
    yield Message(
        f"learnt {len(taxonomy.categories)} categories from {examples:,} examples"
        f" ({seconds:.0f} s): {output}",
        f"已用 {examples:,} 条例句学习 {len(taxonomy.categories)} 个类别"
        f"（用时 {seconds:.0f} 秒）：{output}",
    )
    yield Message(
        f"on examples held out: accuracy {choice.accuracy:.1%}, macro-F1 {choice.macro_f1:.3f}",
        f"在留出的例句上：准确率 {choice.accuracy:.1%}，宏平均 F1 {choice.macro_f1:.3f}",
    )
    yield Message(
        f"it answers from {bar.value:.0%} confidence on: {bar.coverage:.0%} of them, with accuracy"
        f" {bar.accuracy:.1%}",
        f"置信度达到 {bar.value:.0%} 才作答：作答率 {bar.coverage:.0%}，准确率 {bar.accuracy:.1%}",
    )
    if not bar.reached:
        yield Message(
            f"no threshold reaches the accuracy wanted ({bar.wanted:.0%}); add examples, or make"
            " categories that are often confused one",
            f"任何阈值都达不到期望的准确率（{bar.wanted:.0%}）；请增加例句，或合并常混淆的类别",
        )


def told_answers(outcome: "Outcome", classifier: "Classifier", output: Path) -> Iterator[Message]:
    """Yield how many rows got which category, how many none, and where they are."""
    rows, rejected = outcome.labelled + len(outcome.rejects), len(outcome.rejects)
    yield Message(
        f"rows = labelled + rejects: {rows:,} = {outcome.labelled:,} + {rejected:,}",
        f"行数 = 已标注 + 拒收：{rows:,} = {outcome.labelled:,} + {rejected:,}",
    )
    labels = {label.name: label for label in classifier.labels}
    found = [(name, count) for name, count in outcome.counts.most_common() if name is not None]
    for name, count in found[:LINES]:
        yield Message(f"  {labels[name].en}: {count:,}", f"  {labels[name].zh}：{count:,}")
    if len(found) > LINES:
        rest, count = len(found) - LINES, sum(count for _, count in found[LINES:])
        yield Message(f"  {rest} others: {count:,}", f"  其余 {rest} 个类别：{count:,}")
    left_open = outcome.counts[None]
    yield Message(f"  left open: {left_open:,}", f"  未作答：{left_open:,}")
    yield Message(f"categories: {output}", f"标注结果：{output}")
    yield from rejects_line(rejected, output)


def show_figures(figures: dict[str, Any], classifier: "Classifier") -> None:
    """Print the figures of a classifier: the whole, each category, and who is taken for whom."""
    from rich.console import Console

    console = Console()
    print_lines(_whole(figures))
    if "per_class" in figures:
        console.print(_per_category(figures, classifier))


def _whole(figures: dict[str, Any]) -> Iterator[Message]:
    if "accuracy" in figures:
        answered = figures["answered"]
        yield Message(
            f"accuracy {figures['accuracy']:.1%}, macro-F1 {figures['macro_f1']:.3f}, calibration"
            f" error {figures['ece']:.3f}, {figures['n']:,} texts",
            f"准确率 {figures['accuracy']:.1%}，宏平均 F1 {figures['macro_f1']:.3f}，"
            f"校准误差 {figures['ece']:.3f}，共 {figures['n']:,} 条文本",
        )
        right = "-" if answered["accuracy"] is None else f"{answered['accuracy']:.1%}"
        yield Message(
            f"answered from {answered['threshold']:.0%} confidence on: coverage"
            f" {answered['coverage']:.1%}, accuracy {right}",
            f"置信度达到 {answered['threshold']:.0%} 才作答：作答率 {answered['coverage']:.1%}，"
            f"准确率 {right}",
        )
    if outside := figures.get("outside"):
        yield Message(
            f"of {outside['n']:,} texts of none of the categories, {outside['left_open']:.1%} were"
            " left open",
            f"不属于任何类别的 {outside['n']:,} 条文本中，{outside['left_open']:.1%} 未作答",
        )


def _per_category(figures: dict[str, Any], classifier: "Classifier") -> "Table":
    from rich.markup import escape
    from rich.table import Table

    chinese = spoken_language() == "zh"
    heads = (
        ("类别", "条数", "精确率", "召回率", "F1", "最常误认为")
        if chinese
        else ("category", "n", "precision", "recall", "F1", "mostly taken for")
    )
    names = {label.name: label.zh if chinese else label.en for label in classifier.labels}
    table = Table(*heads)
    for name, row in figures["per_class"].items():
        wrong = {n: c for n, c in figures["confusion"][name].items() if n != name and c}
        worst = max(wrong, key=wrong.__getitem__, default=None)
        mistaken = "-" if worst is None else f"{names[worst]} {wrong[worst]}"
        shares = (f"{row[key]:.3f}" for key in ("precision", "recall", "f1"))
        table.add_row(*map(escape, (names[name], f"{row['n']:,}", *shares, mistaken)))
    return table
