"""What a company's categories are: names, what each covers, and examples of each."""

import unicodedata
from dataclasses import dataclass

from nlp.message import Message
from nlp.text import prepared


@dataclass(frozen=True, slots=True)
class Category:
    """One category.

    Parameters
    ----------
    name
        What stands in the output; unique without regard to case and width.
    description
        What it covers; learnt from beside the examples.
    examples
        Texts of this category: masked and normalised, each once.
    zh, en
        Its name in Chinese and in English; `name` where the file gives none.
    """

    name: str
    description: str
    examples: tuple[str, ...]
    zh: str
    en: str

    @property
    def told(self) -> str:
        """The name and what it covers as one text that is learnt from, as the encoder reads it."""
        return plain("，".join(filter(None, (self.zh, self.description))))


@dataclass(frozen=True, slots=True)
class Taxonomy:
    """The categories of a file in its order, and what its author should know about them."""

    categories: tuple[Category, ...]
    remarks: tuple[Message, ...] = ()


def plain(text: str) -> str:
    """Return a text as the encoder reads it: personal data masked, one spelling.

    >>> plain("電話13800138000！！！！！")
    '电话***!!!'
    """
    return prepared(text).text


def same(text: str) -> str:
    """Return what two names have in common when people take them for the same."""
    return "".join(unicodedata.normalize("NFKC", text).casefold().split())


def says_something(text: str) -> bool:
    """Return whether a text holds a letter, a digit or an emoji.

    >>> says_something("😡"), says_something("……！")
    (True, False)
    """
    return any(sign.isalnum() or unicodedata.category(sign) == "So" for sign in text)
