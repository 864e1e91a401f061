"""`tingyin review`: texts worth a person's time out, decisions in, a model corrected by them."""

from datetime import UTC
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from service.commands import options
from service.commands.review_files import (
    check_tasks,
    decided_keys,
    keep_decisions,
    known_decisions,
    write_correction,
    write_tasks,
)
from service.commands.review_input import read_answers, read_given
from service.commands.review_report import (
    show_agreement,
    show_learned,
    show_merged,
    show_rechecked,
    show_tasks,
)
from service.commands.times import moment_of, zone_of
from service.errors import InputError
from service.exit_codes import ExitCode, ended

if TYPE_CHECKING:
    from nlp.review import Learned, Resolved

COUNT = 50
NAME = "unnamed"

Folder = Annotated[
    Path, typer.Option("--output", "-o", metavar="FOLDER", help="Folder of the tasks 输出文件夹")
]
Count = Annotated[int, typer.Option(help="How many texts 条数")]
Overwrite = Annotated[
    bool, typer.Option("--overwrite", help="Replace tasks that lie there 覆盖已有任务")
]
Model = Annotated[
    Path | None, typer.Option(metavar="FOLDER", help="Another model 另一个模型的文件夹")
]


def export(
    signals: Annotated[
        Path, typer.Argument(metavar="SIGNALS", help="Signals of tingyin analyze 信号文件")
    ],
    output: Folder,
    count: Count = COUNT,
    labels: Annotated[
        Path | None,
        typer.Option(metavar="FOLDER", help="Leave out what was decided there 排除已有决定的文本"),
    ] = None,
    since: Annotated[
        str | None,
        typer.Option(
            metavar="TIME", help="Drift: compare with what is older [last quarter] 与此前相比较"
        ),
    ] = None,
    seed: Annotated[int, typer.Option(help="Which draw 随机种子")] = 0,
    zone: options.Zone = "Asia/Shanghai",
    overwrite: Overwrite = False,
) -> int:
    """Pick the texts worth a person's time: Label Studio tasks, and a sheet to fill in.

    Each says why it was picked: drawn at random, contradicting answers, drift, rare labels, left
    open, barely decided. Only masked texts leave.

    选出值得人工查看的文本：Label Studio 任务与可填写的表格。每条注明原因，只导出脱敏文本。
    """
    from nlp.review import Selection, population, select
    from service.files import Reject, read_signals

    place = zone_of(zone)
    selection = Selection(
        count, seed, None if since is None else moment_of("--since", since, place).astimezone(UTC)
    )
    rejects: list[Reject] = []
    decided = decided_keys(labels) if labels else frozenset()
    found = population(read_signals(signals, place, rejects.append), decided)
    tasks = select(found.candidates, selection)
    if not tasks:
        raise InputError(
            f"{signals} holds no text to review: {found.decided:,} decided already,"
            f" {found.others:,} spam, staff or blank, {len(rejects):,} rejected",
            f"{signals} 中没有可供审阅的文本：已有决定 {found.decided:,} 条，"
            f"垃圾、客服或空白 {found.others:,} 条，拒收 {len(rejects):,} 条",
        )
    write_tasks(output, tasks, rejects, overwrite=overwrite)
    show_tasks(tasks, found, len(rejects), output)
    return ExitCode.DONE


def import_(
    files: Annotated[
        list[Path],
        typer.Argument(
            metavar="FILE...",
            help="JSON export of Label Studio, or the sheet filled in 标注结果文件",
        ),
    ],
    labels: Annotated[
        Path, typer.Option(metavar="FOLDER", help="Where all decisions are kept 决定所在文件夹")
    ],
    annotator: Annotated[
        str, typer.Option(help="Who filled in a sheet that does not say 表格未注明时的标注者")
    ] = NAME,
    model: Model = None,
    train: Annotated[
        bool, typer.Option("--train/--no-train", help="Learn from the decisions 是否据此重新训练")
    ] = True,
    strict: options.Strict = False,
) -> int:
    """Merge what people decided, say how the model did, and learn from it.

    FOLDER gets decisions.jsonl (every decision, none twice), labels.jsonl (one line a text, in the
    format of the label guide), report.json and, where it helps, correction.json for tingyin
    analyze --correction.

    合并人工决定，报告模型表现并据此学习。修正文件用于 tingyin analyze --correction。
    """
    from nlp.review import agreements, merge, resolve

    known = known_decisions(labels)
    taken = read_answers(files, annotator, known)
    merged = merge(known, taken.decisions)
    resolved = resolve(merged)
    keep_decisions(labels, merged, resolved, taken.rejects)
    show_merged(taken, len(known), len(merged), resolved, labels)
    found = agreements(resolved)
    show_agreement(found)
    learned = _learned(resolved, model) if train else None
    write_correction(labels, found, learned)
    if learned:
        show_learned(learned, labels)
    return ended(taken.rejects, strict=strict)


def recheck(
    labelled: Annotated[
        Path, typer.Argument(metavar="LABELLED", help="JSONL of texts and labels 标注文件")
    ],
    output: Folder,
    count: Count = COUNT,
    model: Model = None,
    overwrite: Overwrite = False,
) -> int:
    """Find the labels that look wrong in a labelled file: tasks for those who decide.

    The others contradict them (confident learning, each text read by a model that learned from the
    rest). The likeliest errors come first, and say why; review import takes the answers.

    找出标注文件中可能标错的标签并生成任务：每条由其余文本学得的模型检验（置信学习），最可能有误的在前。
    """
    from nlp.encoder import Runtime, read_artifact
    from nlp.review import Selection, given_features
    from nlp.review import recheck as recheck_labels

    selection = Selection(count)
    check_tasks(output, overwrite=overwrite)
    given = read_given(labelled)
    features = given_features(given, Runtime(read_artifact(model)))
    found = recheck_labels(given, features, labelled.name, selection)
    if found.tasks:
        write_tasks(output, found.tasks, (), overwrite=overwrite)
    show_rechecked(found, output)
    return ExitCode.DONE


def build_review() -> typer.Typer:
    """Return the group of commands `tingyin review`."""
    group = typer.Typer(
        help="Ask people about the doubtful, learn from the answers. 人工审阅与再学习。",
        no_args_is_help=True,
    )
    group.command("export")(export)
    group.command("import")(import_)
    group.command("recheck")(recheck)
    return group


def _learned(resolved: "tuple[Resolved, ...]", model: Path | None) -> "Learned":
    from nlp.encoder import Runtime, read_artifact
    from nlp.review import learn, lessons

    artifact = read_artifact(model)
    taught = lessons(resolved, Runtime(artifact))
    return learn(taught, artifact.version, artifact.calibration)
