"""Which of the two languages a command speaks."""

import os

from nlp.message import Language


def spoken_language() -> Language:
    """Return the language of messages: TINGYIN_LANG, else the locale; English when neither says."""
    for name in ("TINGYIN_LANG", "LC_ALL", "LC_MESSAGES", "LANG"):
        value = os.environ.get(name, "")
        if value:
            return "zh" if value.lower().startswith("zh") else "en"
    return "en"
