"""spaCy's tokenizer for Chinese text, around a private jieba; spaCy itself is only needed here."""

import json
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import TYPE_CHECKING

from spacy.tokens import Doc
from spacy.util import registry

from nlp.text.words import Span, WordCutter, encodable

if TYPE_CHECKING:
    from spacy.language import Language
    from spacy.vocab import Vocab

TOKENIZER_NAME = "tingyin.JiebaTokenizer.v1"
_FILE = "tingyin_words.json"


class JiebaTokenizer:
    """Turns text into a `Doc` whose text is the text given, whatever the white space.

    spaCy's own jieba segmenter cuts with the process-wide jieba and forgets user words when saved;
    this one owns its words and takes them along. A lone surrogate, which spaCy cannot hold, becomes
    U+FFFD: the only case where `doc.text` differs, and lengths stay the same.

    Parameters
    ----------
    vocab
        The vocabulary of the pipeline.
    user_words
        Words that must not be cut.
    """

    def __init__(self, vocab: "Vocab", user_words: Iterable[str] = ()) -> None:
        self.vocab = vocab
        self.cutter = WordCutter(user_words)

    @property
    def user_words(self) -> tuple[str, ...]:
        """The words that must not be cut, sorted."""
        return self.cutter.user_words

    def __call__(self, text: str) -> Doc:
        """Cut one text."""
        cut = self.cutter.words(encodable(text))
        if " " not in text:
            return Doc(self.vocab, words=cut, spaces=[False] * len(cut))
        words: list[str] = []
        spaces: list[bool] = []
        for word in cut:
            if word == " " and spaces and not spaces[-1] and not words[-1].isspace():
                spaces[-1] = True
            else:
                words.append(word)
                spaces.append(False)
        return Doc(self.vocab, words=words, spaces=spaces)

    def __reduce__(self) -> "tuple[type[JiebaTokenizer], tuple[Vocab, tuple[str, ...]]]":
        return JiebaTokenizer, (self.vocab, self.user_words)

    def to_bytes(self, *, exclude: Iterable[str] = ()) -> bytes:  # noqa: ARG002 - spaCy's protocol
        """Return the user words as bytes."""
        return json.dumps({"user_words": self.user_words}, ensure_ascii=False).encode()

    def from_bytes(self, data: bytes, *, exclude: Iterable[str] = ()) -> "JiebaTokenizer":  # noqa: ARG002 - spaCy's protocol
        """Take the user words from `to_bytes`."""
        self.cutter = WordCutter(json.loads(data)["user_words"])
        return self

    def to_disk(self, path: str | Path, *, exclude: Iterable[str] = ()) -> None:
        """Write the user words into the folder `path`."""
        folder = Path(path)
        folder.mkdir(parents=True, exist_ok=True)
        (folder / _FILE).write_bytes(self.to_bytes(exclude=exclude))

    def from_disk(self, path: str | Path, *, exclude: Iterable[str] = ()) -> "JiebaTokenizer":
        """Take the user words from the folder that `to_disk` wrote."""
        return self.from_bytes((Path(path) / _FILE).read_bytes(), exclude=exclude)


def doc_word_spans(doc: Doc) -> list[Span]:
    """Return the spans of a document's words, as `WordCutter.spans` gives them for its text.

    What is cut once need not be cut again: `keyphrases(doc.text, spans=doc_word_spans(doc))`.
    """
    spans: list[Span] = []
    start = 0
    for token in doc:
        end = start + len(token)
        spans.append((start, end))
        start = end
        if token.whitespace_:
            start += 1
            spans.append((end, start))
    return spans


def create_jieba_tokenizer(
    user_words: list[str] | None = None,
) -> "Callable[[Language], JiebaTokenizer]":
    """Return the factory that spaCy calls for `@tokenizers = "tingyin.JiebaTokenizer.v1"`."""

    def create(nlp: "Language") -> JiebaTokenizer:
        return JiebaTokenizer(nlp.vocab, user_words or ())

    return create


registry.tokenizers.register(TOKENIZER_NAME, func=create_jieba_tokenizer)
