"""Texts per second and memory of `nlp.analyze`, beside others on the same texts in one run.

Every system runs in its own process, so that memory is its own. The texts are the sample's, strung
together and cut to 60 characters: pieces of two texts each, of which the small network of `--fast`
is seldom sure. With the public sets they are the first 60 characters of reviews that no network
was trained on. BERT-base runs with random weights: its speed is that of
any model of its size, its answers are not looked at.
`python -m tests.benchmarks.bench_analyze [DATA]`.
"""

import json
import subprocess
import sys
import tempfile
from pathlib import Path

TEXTS = 4_800
CHARACTERS = 60
SNOWNLP_TEXTS = 1_000
BERT_TEXTS = 120

LOAD = """
import json, resource, sys, time
texts = json.loads(open(sys.argv[1], encoding="utf-8").read())
started = time.perf_counter()
{setup}
loaded = time.perf_counter() - started
started = time.perf_counter()
{work}
seconds = time.perf_counter() - started
peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
print(json.dumps([len(texts) / seconds, peak / 1024, loaded]))
"""

BERT = f"""
import torch
from transformers import BertConfig, BertForSequenceClassification, BertTokenizer, pipeline
from tempfile import NamedTemporaryFile
texts = texts[:{BERT_TEXTS}]
vocabulary = ["[PAD]", "[UNK]", "[CLS]", "[SEP]", "[MASK]", *sorted(set("".join(texts)) - set(" "))]
with NamedTemporaryFile("w", suffix=".txt", encoding="utf-8") as file:
    file.write("\\n".join(vocabulary))
    file.flush()
    tokenizer = BertTokenizer(file.name)
model = BertForSequenceClassification(BertConfig(vocab_size=21128)).eval()
bert = pipeline("text-classification", model=model, tokenizer=tokenizer)
bert(texts[:2])
"""

SYSTEMS = {
    "tingyin, all signals": (
        "import nlp\npipeline = nlp.load()\nlist(nlp.analyze(pipeline, texts[:8]))",
        "for _ in nlp.analyze(pipeline, texts): pass",
    ),
    "tingyin, all signals, fast": (
        "import nlp\npipeline = nlp.load(fast=True)\nlist(nlp.analyze(pipeline, texts[:8]))",
        "for _ in nlp.analyze(pipeline, texts): pass",
    ),
    "tingyin, all signals and evidence": (
        "import nlp\npipeline = nlp.load(explain=True)\nlist(nlp.analyze(pipeline, texts[:8]))",
        "for _ in nlp.analyze(pipeline, texts): pass",
    ),
    "SnowNLP, one polarity": (
        f"from snownlp import SnowNLP\ntexts = texts[:{SNOWNLP_TEXTS}]\nSnowNLP('好').sentiments",
        "for text in texts: SnowNLP(text).sentiments",
    ),
    "jieba, words alone": (
        "import jieba\njieba.lcut(texts[0])",
        "for text in texts: jieba.lcut(text)",
    ),
    "BERT-base, transformers pipeline": (BERT, "bert(texts, batch_size=8)"),
}


def run(data: Path | None = None) -> list[tuple[str, str]]:
    """Return texts/s, peak memory and start-up time of each system."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "texts.json"
        texts = sample_texts(Path(folder)) if data is None else held_out_reviews(data)
        path.write_text(json.dumps(texts, ensure_ascii=False), "utf-8")
        rows = [(name, measured(path, *code)) for name, code in SYSTEMS.items()]
        mean = sum(map(len, texts)) / len(texts)
        return [("texts", f"{len(texts):,} of {mean:.1f} characters on average"), *rows]


def sample_texts(folder: Path) -> list[str]:
    """Return texts of `CHARACTERS` characters from the sample, as many as are timed."""
    from service.files import read_rows
    from service.sample import write_sample

    paths = write_sample(folder / "sample")
    words = "。".join(str(row["text"]) for row in read_rows(paths.feedback))
    words *= 1 + TEXTS * CHARACTERS // len(words)
    starts = range(0, TEXTS * CHARACTERS, CHARACTERS)
    return [words[start : start + CHARACTERS] for start in starts]


def held_out_reviews(data: Path) -> list[str]:
    """Return the different beginnings, `CHARACTERS` long, of the reviews of the measured sets."""
    from nlp.training.measured_sets import BINARY_SETS

    texts = (text for rows in BINARY_SETS.values() for text, _ in rows(data))
    return list(dict.fromkeys(text[:CHARACTERS] for text in texts if len(text) >= CHARACTERS))


def measured(path: Path, setup: str, work: str) -> str:
    """Run one system in its own process and say what it took."""
    code = LOAD.format(setup=setup, work=work)
    done = subprocess.run(
        [sys.executable, "-W", "ignore", "-c", code, str(path)],
        capture_output=True,
        check=True,
        text=True,
    )
    speed, peak, loaded = json.loads(done.stdout.splitlines()[-1])
    return f"{speed:8.0f} texts/s  {peak:6.0f} MiB  ready in {loaded:4.1f} s"


if __name__ == "__main__":
    for label, value in run(*map(Path, sys.argv[1:])):
        print(f"{label}\t{value}")
