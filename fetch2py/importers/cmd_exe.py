"""A text for Windows' command prompt → its commands as words: cmd.exe's carets, then the C runtime's quotes.

The two readers come one after the other, as on Windows: the first ends commands and takes carets away, the
second (Microsoft's “Parsing C command-line arguments”) makes arguments of the line that is left. One thing is
otherwise than there: browsers quote with `^"` and double every backslash, whereas the C runtime would halve
only those before a quotation mark; what the browser meant is read. Variables are left as they are, as an
interactive prompt leaves those that aren't set. Must not know what a command is for.
"""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Iterator

from fetch2py.errors import SnippetSyntaxError
from fetch2py.importers.word import Word

__all__ = ["commands"]

_PIECE = re.compile(
    r"""\^\r?\n(?P<continued>\r?\n|[^\r\n]?)
      | \^(?P<escaped>.?)
      | (?P<quoted>"[^"\r\n]*+"?)
      | (?P<plain>[^\^"&|<>()\r\n]++)
      | (?P<lone>\r(?!\n))
      | (?P<end>(?:[&|<>()\n]|\r(?=\n))++)""",
    re.DOTALL | re.VERBOSE,
)
_QUOTING = re.compile(r'(?P<slashes>\\++)|"|[^\\"]++')
# The number of a stream before a redirection, which is no argument.
_STREAM = re.compile(r"[ \t][0-9]\Z")
_BLANKS = re.compile(r"[ \t]*+")
_OUTSIDE = re.compile(r'(?P<slashes>\\++)(?P<quote>"?)|"|[^\\" \t]++', re.DOTALL)
_INSIDE = re.compile(r'(?P<slashes>\\++)(?P<quote>"?)|""?|[^\\"]++', re.DOTALL)


class _Line:
    """A command as the C runtime gets it, and where each part of it came from."""

    def __init__(self) -> None:
        self.text = ""
        self.spoilt: list[int] = []
        self.is_quoted = False
        self._is_escaped = False
        self._parts: list[str] = []
        self._length = 0
        self._offsets: list[tuple[int, int]] = []

    def add(self, part: str, place: int) -> None:
        """Append a part of the pasted text that begins at `place`."""
        self._offsets.append((self._length, place))
        self._parts.append(part)
        self._length += len(part)
        for piece in _QUOTING.finditer(part):
            if piece[0] == '"' and not self._is_escaped:
                self.is_quoted = not self.is_quoted
            odd = len(piece["slashes"] or "") % 2 == 1
            self._is_escaped = odd != self._is_escaped if piece["slashes"] else False

    def add_escaped(self, character: str, place: int) -> None:
        """Append what stood behind a caret. No space needs one: Chromium put it for another character."""
        if character == " ":
            self.spoilt.append(self._length)
        self.add(character, place)

    def close(self) -> None:
        """Join the parts; nothing is appended any more."""
        self.text = "".join(self._parts)

    def place(self, offset: int) -> int:
        """Where in the pasted text the character at `offset` stands."""
        begin, place = self._offsets[bisect_right(self._offsets, (offset, 1 << 62)) - 1]
        return place + offset - begin


def commands(text: str, start: int = 0) -> Iterator[list[Word]]:
    """Each command's words, from `start` on.

    SnippetSyntaxError, as soon as it is reached, where a quote is never closed.
    """
    line = _Line()
    for piece in _PIECE.finditer(text, start):
        if piece["lone"] and line.is_quoted:
            # A body's own: browsers leave it as it is.
            line.add("\r", piece.start())
        elif end := piece["end"] or piece["lone"]:
            yield _words(line, text, redirected=end[0] in "<>")
            line = _Line()
        elif (escaped := piece["escaped"]) is not None:
            line.add_escaped(escaped, piece.start("escaped"))
        elif (continued := piece["continued"]) is not None:
            line.add("\n" if continued.endswith("\n") else continued, piece.start("continued"))
        else:
            line.add(piece[0], piece.start())
    yield _words(line, text)


def _words(line: _Line, text: str, *, redirected: bool = False) -> list[Word]:
    line.close()
    if redirected:
        line.text = _STREAM.sub("", line.text)
    words = []
    position = _space(line.text, 0)
    while position < len(line.text):
        word, position = _word(line, position, text)
        words.append(word)
        position = _space(line.text, position)
    return words


def _word(line: _Line, start: int, text: str) -> tuple[Word, int]:
    """The argument that begins at `start` of the line, and where it ends."""
    parts: list[str] = []
    position, opened, length, spoilt = start, -1, 0, -1
    copied = text[line.place(start) - 1 : line.place(start) + 1] == '^"'
    while piece := (_OUTSIDE if opened < 0 else _INSIDE).match(line.text, position):
        position = piece.end()
        part = piece[0]
        if slashes := piece["slashes"]:
            # Before a quotation mark two backslashes are one, and an odd one makes it an ordinary character.
            odd = len(slashes) % 2
            if piece["quote"]:
                part = "\\" * (len(slashes) // 2) + '"' * odd
            elif copied:
                part = "\\" * (len(slashes) // 2 + odd)
            position -= 1 if piece["quote"] and not odd else 0
        elif part == '"':
            opened, part = (piece.start() if opened < 0 else -1), ""
        elif part == '""':
            part = '"'
        spoilt = _last_spoilt(line, piece.start(), position, length, spoilt)
        parts.append(part)
        length += len(part)
    if opened >= 0:
        place = line.place(opened)
        raise SnippetSyntaxError(
            "A quotation mark is opened here and never closed.",
            source=text,
            span=(place, place + 1),
            hint="Copy the whole command again, to its last line.",
        )
    value = "".join(parts)
    span = (line.place(start), line.place(position - 1) + 1)
    return Word(value, span, shown=True, spoilt=spoilt, flat="\n" in value), position


def _last_spoilt(line: _Line, start: int, end: int, length: int, known: int) -> int:
    """The offset in the word of the last spoilt character between `start` and `end` of the line."""
    index = bisect_right(line.spoilt, end - 1) - 1
    if index < 0 or line.spoilt[index] < start:
        return known
    return length + line.spoilt[index] - start


def _space(line: str, position: int) -> int:
    match = _BLANKS.match(line, position)
    return match.end() if match else position
