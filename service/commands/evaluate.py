"""`tingyin eval`: measure the model on a labelled file."""

import json
from pathlib import Path
from typing import Annotated, Any

import typer
from rich.console import Console
from rich.table import Table

import nlp
from service.errors import InputError

IN_JSON_ALONE = ("confusion", "risk_at_coverage", "ece_per_label")


def evaluate(
    file: Annotated[
        Path | None, typer.Argument(help="Labelled JSONL. 标注好的 JSONL 文件。")
    ] = None,
    binary: Annotated[
        bool,
        typer.Option("--binary", help="The file has text and label 0/1. 文件为 text 与 0/1 标签。"),
    ] = False,
    challenge: Annotated[
        bool,
        typer.Option(
            "--challenge", help="The shipped hard texts, no file. 随包的困难文本，无需文件。"
        ),
    ] = False,
    as_json: Annotated[bool, typer.Option("--json", help="Print JSON. 以 JSON 输出。")] = False,
    model: Annotated[
        Path | None, typer.Option(help="Folder of another model. 另一个模型的文件夹。")
    ] = None,
) -> None:
    """Measure the model on labelled texts. 在标注文本上评测模型。"""
    figures = _figures(file, binary=binary, challenge=challenge, model=model)
    if as_json:
        typer.echo(json.dumps(figures, ensure_ascii=False, indent=2))
    else:
        Console().print(_table(figures))


def _figures(
    file: Path | None, *, binary: bool, challenge: bool, model: Path | None
) -> dict[str, Any]:
    if challenge and file is None and not binary:
        return nlp.evaluate_challenge(model)
    if challenge or file is None:
        raise InputError(
            "name either a JSONL file of labelled texts or --challenge, and --binary with a file",
            "请给出标注文本的 JSONL 文件，或使用 --challenge；--binary 只能与文件同用",
        )
    if not file.is_file():
        raise InputError(
            f"{file} is no file; name a JSONL file of labelled texts",
            f"{file} 不是文件；请给出标注文本的 JSONL 文件",
        )
    return nlp.evaluate_binary(file, model) if binary else nlp.evaluate(file, model)


def _table(figures: dict[str, Any]) -> Table:
    table = Table("figure 指标", "value 数值")
    for name, value in _flat(figures, ""):
        table.add_row(name, _shown(value))
    return table


def _shown(value: object) -> str:
    """Return a figure, or an interval, as text."""
    if isinstance(value, list):
        return " – ".join(map(_shown, value))
    return f"{value:.4f}" if isinstance(value, float) else str(value)


def _flat(figures: dict[str, Any], prefix: str) -> list[tuple[str, float | int]]:
    """Return the figures under dotted names; what is too long for a table stays in --json."""
    rows: list[tuple[str, float | int]] = []
    for name, value in figures.items():
        if name in IN_JSON_ALONE:
            continue
        path = f"{prefix}{name}"
        rows += _flat(value, f"{path}.") if isinstance(value, dict) else [(path, value)]
    return rows
