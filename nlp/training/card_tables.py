"""The tables of the model card on calibration, silence and evidence."""

from collections.abc import Iterator, Mapping

from nlp.measuring import Figures

MEANING = {
    "sentiment": "the true class 情感类别正确",
    "intents": "every intent and no other 意图全对",
    "complaint": "a true category named first 首个类别正确",
    "severity": "the true level 等级正确",
}


def head_tables(dev: Figures, asked: Mapping[str, float]) -> Iterator[str]:
    """Yield how sure each head may be believed to be, and what leaving answers open gains."""
    heads = dev["heads"]
    coverages = list(heads["sentiment"]["risk_at_coverage"])
    yield """
### Confidence and silence 置信度与不作判断

Each head leaves its unsure answers open (`left_open`; for the sentiment also `abstained`).
Thresholds were chosen on the held-out texts, so that the share asked for is right of what is
answered; this is what they give on gold dev. AURC is the mean risk over all coverages, E-AURC what
of it a better order of the same answers would save (0 is perfect).
各任务没有把握时不作判断。阈值在留出文本上选定，使作答者达到所要求的正确比例；
下表为其在 gold dev 上的表现。
AURC 为各覆盖率下风险的平均，E-AURC 为其中可由更好的排序消除的部分（0 为最佳）。

| head 任务 | right 正确指 | n | ECE | asked 要求 | answered 作答 | right 正确 | AURC | E-AURC |
|---|---|---|---|---|---|---|---|---|"""
    for name, row in heads.items():
        yield (
            f"| {name} | {MEANING[name]} | {row['n']} | {row['ece']:.3f} | {asked[name]:.2f} "
            f"| {row['answered']:.3f} | {row['right_where_answered']:.3f} | {row['aurc']:.3f} "
            f"| {row['e_aurc']:.3f} |"
        )
    columns = " | ".join(f"{float(share):.0%}" for share in coverages)
    yield f"""
Risk (share wrong) when so many are answered, the surest first 按把握从高到低作答时的错误比例:

| head 任务 | {columns} |
|---|{"---|" * len(coverages)}"""
    for name, row in heads.items():
        risks = " | ".join(f"{risk:.3f}" for risk in row["risk_at_coverage"].values())
        yield f"| {name} | {risks} |"
    yield "\nECE by label, of labels that hold in 20 texts or more 各标签的 ECE（不少于 20 条）:\n"
    for name, row in heads.items():
        if errors := row.get("ece_per_label"):
            listed = ", ".join(f"{label} {error:.3f}" for label, error in errors.items())
            yield f"- {name}: {listed}"


def evidence_table(evidence: Figures) -> Iterator[str]:
    """Yield how much the words named as evidence matter when they are taken out."""
    yield f"""
### Evidence 依据词

Faithfulness on {evidence["n"]} gold dev texts of five words or more ({evidence["words"]:.1f} on
average): how far the probability of the verdict falls without the words that weigh most
(comprehensiveness, higher is better) and with these words alone (sufficiency, lower is better),
against the words of the largest parts of the score (known without reading again), random words of
like length, and the words of the least parts (DeYoung et al. 2020). The weights are found by taking
single words out, which favours them in the test of one word.
在 {evidence["n"]} 条不少于五个词的 gold dev 文本上：删去权重最高的词后判断概率的下降（越大越好），
以及只留这些词时的下降（越小越好）；对照为得分贡献最大的词（无需重读）、长度相近的随机词、贡献最小的词。
权重由逐个删词重读得到，因此在删一个词的测试中占优。

| words 词数 | without 删去 | parts 贡献 | random 随机 | least 最小 | less random 减随机, 95 % \
| alone 只留 | parts 贡献 | random 随机 |
|---|---|---|---|---|---|---|---|---|"""
    for count, row in evidence["counts"].items():
        without, alone = row["comprehensiveness"], row["sufficiency"]
        low, high = without["top_less_random_interval"]
        yield (
            f"| {count} | {without['top']:.3f} | {without['parts']:.3f} | {without['random']:.3f} "
            f"| {without['least']:.3f} | {low:.3f} to {high:.3f} "
            f"| {alone['top']:.3f} | {alone['parts']:.3f} | {alone['random']:.3f} |"
        )
    yield ""
