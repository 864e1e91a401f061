"""`tingyin taxonomy`: a company's own categories, learnt from a few examples of each."""

import json
import time
from collections.abc import Iterable
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from nlp.message import Message
from service.commands import options
from service.commands.taxonomy_files import check_folder, check_output, open_feedback
from service.commands.taxonomy_report import show_figures, told_answers, told_learnt
from service.errors import InputError, OutputError
from service.exit_codes import ExitCode, ended
from service.language import spoken_language

if TYPE_CHECKING:
    from nlp.encoder import Runtime

Model = Annotated[
    Path | None,
    typer.Option(metavar="FOLDER", help="Folder of another model 另一个模型的文件夹"),
]
Folder = Annotated[
    Path, typer.Argument(metavar="FOLDER", help="Classifier of taxonomy learn 分类器文件夹")
]


def learn(
    categories: Annotated[
        Path,
        typer.Argument(metavar="CATEGORIES", help="Categories with examples: .yaml 类别与例句"),
    ],
    output: Annotated[
        Path,
        typer.Option(
            "--output", "-o", metavar="FOLDER", help="Folder of the classifier 分类器文件夹"
        ),
    ],
    accuracy: Annotated[
        float,
        typer.Option(
            min=0.5, max=1.0, help="Wanted of answers; less sure ones are left open 期望的准确率"
        ),
    ] = 0.8,
    seed: Annotated[int, typer.Option(min=0, help="Of the cross-validation 交叉验证的种子")] = 0,
    overwrite: Annotated[
        bool, typer.Option("--overwrite", help="Replace a classifier there 覆盖已有分类器")
    ] = False,
    model: Model = None,
) -> int:
    """Learn your own categories from 8 to 32 examples of each.

    Prints what cross-validation on the examples says of the classifier, and from which confidence
    on it answers.

    用每个类别 8 到 32 条例句学习自己的分类体系，并给出交叉验证结果与作答阈值。
    """
    from nlp.taxonomy import learn as learn_classifier
    from nlp.taxonomy import read_taxonomy, save_classifier

    check_folder(output, overwrite=overwrite)
    taxonomy = read_taxonomy(categories)
    for remark in taxonomy.remarks:
        _tell(remark)
    started = time.monotonic()
    learnt = learn_classifier(taxonomy, _runtime(model), wanted=accuracy, seed=seed)
    try:
        save_classifier(learnt, output)
    except OSError as error:
        raise OutputError(
            f"cannot write {output}: {error.strerror}; choose another folder",
            f"无法写入 {output}：{error.strerror}；请更换文件夹",
        ) from error
    _say(told_learnt(taxonomy, learnt, output, time.monotonic() - started))
    return ExitCode.DONE


def apply(
    folder: Folder,
    source: Annotated[
        Path,
        typer.Argument(
            metavar="IN", help="Feedback: CSV, TSV, JSONL, JSON, Parquet or Excel 反馈文件"
        ),
    ],
    output: Annotated[
        Path,
        typer.Option(
            "--output", "-o", metavar="OUT", help="Categories: .jsonl .csv .parquet .xlsx 输出文件"
        ),
    ],
    map_: options.Mapping = None,
    make_ids: options.MakeIds = False,
    sheet: options.Sheet = None,
    strict: options.Strict = False,
    overwrite: Annotated[
        bool, typer.Option("--overwrite", help="Replace OUT 覆盖已有输出")
    ] = False,
    model: Model = None,
) -> int:
    """Label a feedback file with your own categories.

    Each row gets a category with its probability, or none with the reason. Rows that cannot be used
    go to OUT.rejects.jsonl with line, value, reason and remedy; rows in = labelled + rejects.

    用自己的分类体系标注反馈文件：给出类别与概率，或不作答及原因。
    无法使用的行写入 OUT.rejects.jsonl。
    """
    from nlp.taxonomy import load_classifier
    from service.commands.beside import keep_rejects
    from service.commands.taxonomy_answers import Labeller, Outcome, answers_schema, labelled_rows
    from service.files import write_rows

    check_output(source, output, overwrite=overwrite)
    classifier = load_classifier(folder)
    feedback = open_feedback(source, map_ or [], sheet, make_ids=make_ids)
    for remark in feedback.table.remarks:
        _tell(remark)
    labeller, outcome = Labeller(classifier, _runtime(model)), Outcome()
    write_rows(output, labelled_rows(feedback, labeller, outcome), answers_schema())
    keep_rejects(output, outcome.rejects)
    _say(told_answers(outcome, classifier, output))
    return ended(outcome.rejects, strict=strict)


def evaluate(
    folder: Folder,
    file: Annotated[
        Path,
        typer.Argument(metavar="FILE", help="JSONL of text and category 标注文件"),
    ],
    as_json: options.AsJson = False,
    model: Model = None,
) -> int:
    """Measure a classifier on labelled texts.

    Accuracy, macro-F1, coverage and accuracy of the answers, figures of each category, confusion.
    A line whose category is null stands for a text of none of the categories.

    在标注文本上评测分类器：准确率、宏平均 F1、作答率、各类别指标与混淆矩阵。
    """
    from nlp.taxonomy import evaluate_classifier, load_classifier

    if not file.is_file():
        raise InputError(
            f"{file} is no file; name a JSONL file of text and category",
            f"{file} 不是文件；请给出含 text 与 category 的 JSONL 文件",
        )
    classifier = load_classifier(folder)
    figures = evaluate_classifier(classifier, file, _runtime(model))
    if as_json:
        typer.echo(json.dumps(figures, ensure_ascii=False, indent=2))
    else:
        show_figures(figures, classifier)
    return ExitCode.DONE


def _runtime(model: Path | None) -> "Runtime":
    from nlp.encoder import Runtime, read_artifact

    return Runtime(read_artifact(model))


def _tell(remark: Message) -> None:
    typer.echo(f"tingyin: {remark.text(spoken_language())}", err=True)


def _say(lines: Iterable[Message]) -> None:
    for line in lines:
        typer.echo(line.text(spoken_language()))


def build_taxonomy() -> typer.Typer:
    """Return the group of commands `tingyin taxonomy`."""
    group = typer.Typer(
        help="Your own categories: learn, apply, eval. 自己的分类体系：学习、标注、评测。",
        no_args_is_help=True,
    )
    for name, command in (("learn", learn), ("apply", apply), ("eval", evaluate)):
        group.command(name)(command)
    return group
