"""`tingyin train`: from starting weights and labelled texts to a model."""

from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from nlp.message import Message
from service.errors import InputError
from service.language import spoken_language
from service.progress import Extent, shown_progress

if TYPE_CHECKING:
    from nlp.training import Progress


def train(
    data: Annotated[
        Path,
        typer.Option(help="Folder of gold labels and public sets. 标注与公开数据集所在文件夹。"),
    ],
    output: Annotated[
        Path, typer.Option("--output", "-o", help="Folder of the model. 模型输出文件夹。")
    ],
    run: Annotated[
        Path,
        typer.Option(
            help="Folder of checkpoints; the same command resumes. 检查点文件夹，可续训。"
        ),
    ] = Path("runs/latest"),
    epochs: Annotated[
        int | None, typer.Option(min=1, help="The teacher's passes over gold labels. 教师轮数。")
    ] = None,
    student_epochs: Annotated[
        int | None, typer.Option(min=1, help="The student's passes. 学生轮数。")
    ] = None,
    teacher_layers: Annotated[
        int | None, typer.Option(min=1, max=12, help="Layers of the teacher. 教师层数。")
    ] = None,
    layers: Annotated[
        int | None, typer.Option(min=1, max=12, help="Layers of the model. 模型层数。")
    ] = None,
    polarity_texts: Annotated[
        int | None, typer.Option(min=0, help="Two-class texts seen. 二分类文本数。")
    ] = None,
    seed: Annotated[int | None, typer.Option(help="Seed. 随机种子。")] = None,
) -> None:
    """Train a teacher and its student, and export the student. 训练教师与学生模型并导出学生。

    Needs the optional dependencies `train`. 需要安装可选依赖 train。
    """
    if not data.is_dir():
        raise InputError(
            f"{data} is no folder; --data must name the folder with gold/ and the public sets",
            f"{data} 不是文件夹；--data 应指向含 gold/ 与公开数据集的文件夹",
        )
    from nlp.training import Plan, train_model

    plan, all_three = Plan(), given(polarity_texts=polarity_texts, seed=seed)
    asked = Plan(
        replace(plan.teacher, **all_three, **given(epochs=epochs, layers=teacher_layers)),
        replace(plan.student, **all_three, **given(epochs=student_epochs, layers=layers)),
        replace(plan.fast, **all_three, **given(epochs=student_epochs)),
    )
    with shown_progress(spoken_language(), _extent) as report:
        version = train_model(data, output, run, asked, report)
    typer.echo(f"{version} -> {output}")


def given(**options: int | None) -> dict[str, Any]:
    """Return the options that were given."""
    return {name: value for name, value in options.items() if value is not None}


def _extent(progress: "Progress", _: float) -> Extent:
    share = f"{progress.step / progress.steps:.0%}"
    done, whole, loss = f"{progress.step:,}", f"{progress.steps:,}", f"{progress.loss:.3f}"
    line = Message(
        f"training: step {done} of {whole}, {share}, loss {loss}",
        f"训练中：第 {done} / {whole} 步，{share}，损失 {loss}",
    )
    return Extent(progress.step, progress.steps, line)
