"""A JSON text of any size, seen through a window: one element of its arrays at a time."""

import codecs
import json
import re
from typing import BinaryIO

from service.files.encoding import bom_length
from service.files.json_resync import end_of_damaged, next_object

CHUNK = 1 << 20
LONGEST_ELEMENT = 1 << 24
NEAR_THE_END = 16
DECODER = json.JSONDecoder()
WHITE = re.compile(r"[ \t\r\n]*")


class JsonWindow:
    """The part of a JSON text that is in memory, and the place reached in it.

    `position` is how many bytes were read so far. Bytes that the encoding does not allow come as
    lone surrogates (in UTF-16 as U+FFFD).
    """

    def __init__(self, stream: BinaryIO, encoding: str) -> None:
        stream.seek(bom_length(stream.read(3)))
        errors = "replace" if encoding.startswith("utf-16") else "surrogateescape"
        self.position = 0
        self._stream = stream
        self._decoder = codecs.getincrementaldecoder(encoding)(errors)
        self._text, self._at, self._ended = "", 0, False

    def next_element(self) -> bool:
        """Step over the brackets and commas before the next element; return whether there is one.

        The end of an array is not the end of the text, nor is a bracket the beginning of an
        element: scrapers append page after page, with and without a bracket between.
        """
        while (mark := self._peek()) and mark in "[,]":
            self._at += 1
        return mark != ""

    def _peek(self) -> str:
        """Return the next character that is no white space, empty at the end."""
        while True:
            self._at = _end_of_white(self._text, self._at)
            if self._at < len(self._text):
                return self._text[self._at]
            if self._ended:
                return ""
            self._more()

    def element(self) -> tuple[object, str, ValueError | RecursionError | None]:
        """Take the next element off: its value, its text, and why it cannot be read, if so."""
        while True:
            try:
                value, end = DECODER.raw_decode(self._text, self._at)
            except (ValueError, RecursionError) as error:
                damaged = self._end_of_damaged(error)
                if damaged is not None:
                    return None, self._take(damaged), error
                self._more()
            else:
                return value, self._take(end), None

    def _more(self) -> None:
        """Read on; the steps grow, so that an enormous element is not tried too often."""
        rest = self._text[self._at :]
        raw = self._stream.read(max(CHUNK, len(rest)))
        self._ended = not raw
        self.position += len(raw)
        self._text, self._at = rest + self._decoder.decode(raw, final=self._ended), 0

    def _end_of_damaged(self, error: ValueError | RecursionError) -> int | None:
        """Return where a damaged element ends; None while more text may mend it or show its end."""
        last = self._ended or len(self._text) - self._at > LONGEST_ELEMENT
        if not last and self._may_be_cut_off(error):
            return None
        place = error.pos if isinstance(error, json.JSONDecodeError) else self._at
        end = end_of_damaged(self._text, self._at, place)
        return next_object(self._text, self._at, place) if end is None and last else end

    def _may_be_cut_off(self, error: ValueError | RecursionError) -> bool:
        if not isinstance(error, json.JSONDecodeError):
            return False
        return error.msg.startswith("Unterminated") or error.pos > len(self._text) - NEAR_THE_END

    def _take(self, end: int) -> str:
        taken = self._text[self._at : end]
        self._at = end
        return taken


def _end_of_white(text: str, start: int) -> int:
    found = WHITE.match(text, start)
    return found.end() if found else start
