"""Which slices a text is in: by its form, and by what a reader noted of gold texts.

`tagged.jsonl` keeps the notes as keys of texts and names of slices; no text of a set is shipped.
"""

import json
from collections.abc import Mapping
from functools import cache
from pathlib import Path
from types import MappingProxyType

from nlp.slices.forms import FORMS
from nlp.text_keys import text_key

TAGGED = Path(__file__).parent / "tagged.jsonl"


def slices_of(text: str) -> frozenset[str]:
    """Return the names of the slices that a text is in.

    What a text means is known only of the gold dev texts: there, factual complaints, sarcasm and
    mixed reviews were tagged by reading. The other slices are rules, and hold for any text.

    >>> sorted(slices_of("不如上一代"))
    ['comparison', 'very_short']
    """
    by_form = (name for name, holds in FORMS.items() if holds(text))
    return frozenset(by_form) | _tagged().get(text_key(text), frozenset())


@cache
def _tagged() -> Mapping[str, frozenset[str]]:
    rows = (json.loads(line) for line in TAGGED.read_text(encoding="ascii").splitlines())
    return MappingProxyType({row["key"]: frozenset(row["slices"]) for row in rows})
