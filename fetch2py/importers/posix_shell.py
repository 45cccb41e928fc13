"""A POSIX shell's text → its commands as words, with bash's $'…' quoting (XCU 2.2; bash manual, 3.1.2.4).

Expands nothing and runs nothing: where a shell would fill something in, the word says so. Must not know what
a command is for.

The standard library's shlex doesn't do: it can't tell a quoted dollar from a bare one, knows neither $'…' nor
continued lines, says no places, and its time grows with the square of a word's length.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from fetch2py.errors import SnippetSyntaxError
from fetch2py.importers.word import Word

__all__ = ["commands"]

_BLANK = re.compile(r"(?:[ \t]|\\\r?\n|\r(?=\n))++|(?<![^\s;&|()])#[^\n]*+")
_END = re.compile(r"[;&|()\n]++")
# A redirection's operator: the word behind it is a file, and no argument.
_REDIRECTION = re.compile(r"(?:[0-9]++|&)?[<>]++[&|]?")
_PIECE = re.compile(
    r"""\$'(?P<ansi>(?:[^'\\]|\\.)*+)'
      | '(?P<single>[^']*+)'
      | \$?"(?P<double>(?:[^"\\]|\\.)*+)"
      | \\(?:\r?\n|(?P<escaped>.))
      | (?P<bare>(?:[^ \t\n\r'"\\;&|()<>$]|\r(?!\n)|\$(?!['"])|\\\Z)++)""",
    re.DOTALL | re.VERBOSE,
)
# What a shell fills in: a parameter, arithmetic, a command's output (XCU 2.6). Behind a backslash it doesn't.
_FILLED_IN = r"\$[\w{(@*#?!-]|`"
_BARE = re.compile(_FILLED_IN)
_DOUBLE = re.compile(r"\\(?:\r?\n|(?P<kept>[$`\"\\]))|" + _FILLED_IN)
_ANSI = re.compile(
    r"""\\(?:(?P<letter>[abeEfnrtv\\'"?])
           |x(?P<x>[0-9a-fA-F]{1,2})|u(?P<u>[0-9a-fA-F]{1,4})|U(?P<U>[0-9a-fA-F]{1,8})
           |(?P<octal>[0-7]{1,3})
           |c(?P<control>.))""",
    re.DOTALL | re.VERBOSE,
)
# An escape that gives a byte beyond ASCII in a shell, and a character where a browser wrote it.
_BYTE = re.compile(r"\\(?:x[89a-fA-F][0-9a-fA-F]|[23][0-7]{2})")
_LETTERS = dict(zip("abeEfnrtv", "\a\b\x1b\x1b\f\n\r\t\v", strict=True))


def commands(text: str, start: int = 0) -> Iterator[list[Word]]:
    """Each command's words, from `start` on; comments, redirections and what stands between are left out.

    SnippetSyntaxError, as soon as it is reached, where a quote is never closed.
    """
    words: list[Word] = []
    position = start
    while position < len(text):
        if blank := _BLANK.match(text, position):
            position = blank.end()
        elif redirection := _REDIRECTION.match(text, position):
            blank = _BLANK.match(text, redirection.end())
            _, position = _word(text, blank.end() if blank else redirection.end())
        elif end := _END.match(text, position):
            yield words
            words, position = [], end.end()
        else:
            word, position = _word(text, position)
            words.append(word)
    yield words


def _word(text: str, start: int) -> tuple[Word, int]:
    """The word that begins at `start`, and where it ends."""
    parts: list[str] = []
    shown, opaque, position = False, None, start
    while piece := _PIECE.match(text, position):
        position = piece.end()
        kind = piece.lastgroup
        if kind == "ansi":
            shown = shown or _BYTE.search(piece[kind]) is not None
            parts.append(_ANSI.sub(_character, piece[kind]))
        elif kind == "double":
            parts.append(_DOUBLE.sub(_unescaped, piece[kind]))
        elif kind:
            parts.append(piece[kind])
        opaque = opaque or _filled_in(text, piece)
    if text[position : position + 1] in ("'", '"', "$"):
        raise SnippetSyntaxError(
            "A quotation mark is opened here and never closed.",
            source=text,
            span=(position, position + 1),
            hint="Copy the whole command again, to its last line.",
        )
    return Word("".join(parts), (start, position), shown, opaque), position


def _filled_in(text: str, piece: re.Match[str]) -> tuple[int, int] | None:
    """Where in a piece a shell would fill something in."""
    if piece.lastgroup == "bare":
        # What follows tells whether a dollar is one: `$(` ends the piece.
        found = _BARE.search(text, piece.start(), piece.end() + 1)
        return (found.start(), piece.end()) if found else None
    if piece.lastgroup == "double":
        for found in _DOUBLE.finditer(text, piece.start("double"), piece.end("double")):
            if not found[0].startswith("\\"):
                return found.start(), piece.end("double")
    return None


def _unescaped(escape: re.Match[str]) -> str:
    return (escape["kept"] or "") if escape[0].startswith("\\") else escape[0]


def _character(escape: re.Match[str]) -> str:
    """The character of an escape."""
    if letter := escape["letter"]:
        return _LETTERS.get(letter, letter)
    if digits := escape["x"] or escape["u"] or escape["U"]:
        return chr(min(int(digits, 16), 0x10FFFF))
    if octal := escape["octal"]:
        return chr(int(octal, 8) & 0xFF)
    return chr(ord(escape["control"][0]) & 0x1F)
