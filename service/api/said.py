"""A sentence as the API shows it: in both languages, for the reader to choose."""

from pydantic import BaseModel

from nlp.message import Message


class Said(BaseModel):
    """A sentence, in both languages."""

    en: str
    zh: str


def said(message: Message) -> Said:
    """Return a message as the API shows it."""
    return Said(en=message.en, zh=message.zh)


def said_or_none(message: Message | None) -> Said | None:
    """Return a message as the API shows it; None where there is none."""
    return None if message is None else said(message)
