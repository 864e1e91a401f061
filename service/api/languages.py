"""Which of our two languages a request wants: RFC 9110, Accept-Language."""

from nlp.message import Language


def language_of(accept_language: str | None) -> Language:
    """Return the language of the highest weight that we speak; English when none is asked for.

    >>> language_of("fr, zh-CN;q=0.8, en;q=0.5")
    'zh'
    """
    wanted: dict[Language, float] = {"en": 0.0, "zh": 0.0}
    for part in (accept_language or "").split(","):
        tag, _, weight = part.partition(";")
        for language in wanted:
            if tag.strip().lower().split("-")[0] == language:
                wanted[language] = max(wanted[language], _weight(weight))
    return "zh" if wanted["zh"] > wanted["en"] else "en"


def _weight(parameter: str) -> float:
    name, _, value = parameter.strip().partition("=")
    if name.strip().lower() != "q":
        return 1.0
    try:
        return min(max(float(value), 0.0), 1.0)
    except ValueError:
        return 0.0
