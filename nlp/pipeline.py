"""The pipeline: a spaCy `Language` whose documents carry signals."""

from collections.abc import Iterable, Iterator
from itertools import islice
from pathlib import Path
from typing import TYPE_CHECKING, cast

import spacy
from spacy.language import Language
from spacy.tokens import Doc

from nlp.encoder import Runtime, read_artifact
from nlp.schema import Signals
from nlp.signal_reader import BATCH, SignalReader
from nlp.text import Entry
from nlp.text.tokenizer import TOKENIZER_NAME

if TYPE_CHECKING:
    from nlp.review import CorrectedRuntime
    from nlp.text import JiebaTokenizer

COMPONENT = "tingyin_signals"


def create_reader(
    nlp: Language,  # noqa: ARG001 - spaCy's protocol
    name: str,  # noqa: ARG001 - spaCy's protocol
    artifact: str | None,
    explain: bool,
    fast: bool,
    device: str | None,
    correction: str | None,
    meanings: dict[str, str],
) -> SignalReader:
    """Return the component, as spaCy's factory `tingyin_signals` calls it."""
    found = read_artifact(Path(artifact) if artifact else None)
    runtime = _corrected(Runtime(found, fast=fast, device=device), correction)
    return SignalReader(runtime, explain=explain, meanings=meanings)


def _corrected(runtime: Runtime, correction: str | None) -> "Runtime | CorrectedRuntime":
    if correction is None:
        return runtime
    from nlp.review import corrected

    return corrected(runtime, Path(correction))


DEFAULTS: dict[str, object] = {
    "artifact": None,
    "explain": False,
    "fast": False,
    "device": None,
    "correction": None,
    "meanings": {},
}
FACTORIES = {COMPONENT: (create_reader, DEFAULTS)}


def _register() -> None:
    for name, (create, defaults) in FACTORIES.items():
        Language.factory(name, func=create, default_config=defaults, assigns=["doc._.signals"])
    Doc.set_extension("signals", default=None, force=True)


_register()


def load(
    artifact: Path | None = None,
    *,
    explain: bool = False,
    fast: bool = False,
    device: str | None = None,
    correction: Path | None = None,
    user_words: Iterable[str] = (),
    dictionary: Iterable[Entry] = (),
) -> Language:
    """Return the pipeline: private jieba words, then signals from the model.

    Parameters
    ----------
    artifact
        Folder of a model that `tingyin train` wrote; the shipped one when None.
    explain
        Whether signals carry the words that made the verdict.
    fast
        Whether a small network reads first, and the large one only what the small one is unsure
        of: several times as fast, a little less accurate.
    device
        `cuda` to run the model with torch on a GPU, `cpu` with torch on the processor (slower than
        None, which is int8 on the processor). Give `analyze` larger batches on a GPU.
    correction
        File of what people decided, by `tingyin review import`: it moves the model's answers.
    user_words
        Words of this customer's own that must not be cut.
    dictionary
        Entries of `nlp.text.read_dictionary`: words that must not be cut, and what they mean.

    Raises
    ------
    ArtifactError
        When the model is missing, altered or of another version, or has no small network.
    EngineError
        When torch has no such device here.
    CorrectionError
        When the correction is broken, or belongs to another model.
    """
    entries = tuple(dictionary)
    words = sorted({*user_words, *(entry.word for entry in entries)})
    tokenizer = {"@tokenizers": TOKENIZER_NAME, "user_words": words}
    pipeline = spacy.blank("zh", config={"nlp": {"tokenizer": tokenizer}})
    config = {
        "artifact": str(artifact) if artifact else None,
        "explain": explain,
        "fast": fast,
        "device": device,
        "correction": str(correction) if correction else None,
        "meanings": {entry.word: entry.meaning for entry in entries if entry.rewrite},
    }
    pipeline.add_pipe(COMPONENT, config=config)
    return pipeline


def analyze(
    pipeline: Language,
    texts: Iterable[str],
    batch_size: int = BATCH,
    *,
    explain: bool | None = None,
) -> Iterator[Signals]:
    """Yield the signals of texts, in order, streaming, in constant memory.

    Threads may share a pipeline, and a process may fork: the child opens engines of its own. No
    spaCy documents are made on the way; where you want them, `pipeline.pipe` sets `doc._.signals`.

    Parameters
    ----------
    pipeline
        From `load`.
    texts
        Raw texts; any string is accepted, also an empty one (then the verdict is left open).
    batch_size
        How many texts are read, and held, at a time.
    explain
        Whether signals carry the words that made the verdict; as the pipeline was loaded when None.
    """
    reader = cast("SignalReader", pipeline.get_pipe(COMPONENT))
    cutter = cast("JiebaTokenizer", pipeline.tokenizer).cutter
    stream = iter(texts)
    while batch := list(islice(stream, batch_size)):
        yield from reader.read(batch, map(cutter.spans, batch), explain=explain)
