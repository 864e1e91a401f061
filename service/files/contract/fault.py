"""Why one cell breaks the contract, and what to do about it."""

from dataclasses import dataclass

from nlp.message import Message
from service.files.rejects import CORRECT_IT


@dataclass(frozen=True, slots=True)
class Fault:
    """What is wrong with a cell, and its remedy."""

    reason: Message
    remedy: Message = CORRECT_IT
