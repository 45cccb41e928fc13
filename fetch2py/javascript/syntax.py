"""Hand-written JavaScript as a syntax tree. The only file that knows esprima and covers that parser's faults.

esprima 4.0.1 stands at ECMAScript 2017. Where it fails, what later code writes (`?.`, `??`, bigints, raw line
separators in strings) is put in older terms, always at the same length, so that every position holds in the
person's own text. Nothing put so is a literal, or becomes one; and a string that was touched by mistake is
noticed, because `SyntaxTree.string` compares it with the text.
"""

from __future__ import annotations

import re
import sys
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from threading import Lock
from typing import Any

from fetch2py.errors import SnippetSyntaxError
from fetch2py.javascript.values import joined_halves

__all__ = ["MAX_LENGTH", "SyntaxTree", "deep_stack", "nodes", "nodes_below", "read_syntax_tree"]

# esprima reads about 2 MB a second, and hand-written code is never that long.
MAX_LENGTH = 1_000_000
# Each bracket costs the parser about twenty frames; this carries about a thousand of them.
_FRAMES = 25_000
_LIMIT_LOCK = Lock()

# Top-level await is legal only inside an async function for this parser.
_PROLOGUE, _EPILOGUE = "async()=>{", "\n}"

_COPY_AGAIN = "Copy the request again with “Copy as fetch” and import that text unchanged."
_TYPOGRAPHIC_QUOTES = "\u2018\u2019\u201c\u201d\u2033\uff02\uff07"

# A template's text up to its end, or to where code begins in it.
_TEMPLATE_TEXT = r"(?:[^`\\$]++|\\.|\$(?!\{))*+(?:`|\$\{|\\?\Z)"
# What is never closed is a lexeme as well: to look for its end from each quote in it would take for ever.
_LEXEMES = re.compile(
    r"""(?xs) //[^\r\n\u2028\u2029]*+ | /\*.*?\*/
    | (?P<string> "(?:[^"\\\r\n]++|\\(?:\r\n|.))*+"? | '(?:[^'\\\r\n]++|\\(?:\r\n|.))*+'? )
    | (?P<template> `"""
    + _TEMPLATE_TEXT
    + r""" ) | (?P<brace> [{}] )
    | (?P<coalesce> \?\?=? ) | (?P<chain> \?\.(?![0-9])(?:\s*[\[(])? ) | (?P<bigint> \b[0-9][0-9_]*n\b )
    | (?P<import> ^[ \t]*import\b[^;\r\n(]*;? )""",
    re.MULTILINE,
)
_REST_OF_TEMPLATE = re.compile(r"(?P<template>\}" + _TEMPLATE_TEXT + ")", re.DOTALL)
# esprima takes these for line ends inside a string, as ECMAScript did before 2019, and inside a template it
# makes line feeds of them. Characters for private use that the text doesn't hold stand in for them.
_LINE_SEPARATOR = re.compile("[\u2028\u2029]")
# A backslash before one makes it stand for nothing, and that the parser knows.
_ESCAPE_OR_SEPARATOR = re.compile(r"\\.|[\u2028\u2029]", re.DOTALL)
_PRIVATE_USE = range(0xE000, 0xF900)


@dataclass(frozen=True, slots=True)
class SyntaxTree:
    """`root` as esprima gives it, over the text that it was read from.

    `parsed` is what the parser was shown, `stand_ins` what stood in it for the line separators.
    """

    root: Any
    text: str
    parsed: str
    stand_ins: Mapping[int, int]

    def span(self, node: Any) -> tuple[int, int]:
        """Where the node stands in the text."""
        start, end = node.range
        return start - len(_PROLOGUE), end - len(_PROLOGUE)

    def source(self, node: Any) -> str:
        """The text of a string or a template as it stands.

        Raises SnippetSyntaxError where the parser was shown another one.
        """
        start, end = self.span(node)
        source = self.text[start:end]
        if source.translate(self.stand_ins) != self.parsed[start:end].translate(self.stand_ins):
            raise SnippetSyntaxError(
                "This string can't be told from the code around it.",
                source=self.text,
                span=(start, end),
                hint=_COPY_AGAIN,
            )
        return source

    def string(self, node: Any) -> str:
        """A string literal's value as browsers have it. Raises SnippetSyntaxError as `source` does."""
        self.source(node)
        value: str = node.value
        value = value.translate({stand_in: separator for separator, stand_in in self.stand_ins.items()})
        return joined_halves(value)

    def comments(self, start: int, end: int) -> tuple[str, ...]:
        """The line comments between two positions of the text."""
        first, last = start + len(_PROLOGUE), end + len(_PROLOGUE)
        return tuple(
            comment.value.strip()
            for comment in self.root.comments
            if comment.type == "Line" and first <= comment.range[0] < last
        )


def read_syntax_tree(text: str) -> SyntaxTree:
    """The tree of a JavaScript text.

    Called within `deep_stack`. Raises SnippetSyntaxError, with the place, for a text that is no JavaScript or
    is too long.
    """
    if len(text) > MAX_LENGTH:
        raise SnippetSyntaxError(
            f"The text has {len(text):,} characters and isn't what a browser's menu writes; "
            f"other code is read up to {MAX_LENGTH:,}.",
            source=text,
            hint=_COPY_AGAIN,
        )
    import esprima

    try:
        return _tree(esprima, text)
    except esprima.Error as error:
        raise _syntax_error(text, error) from None


def nodes(*roots: Any) -> Iterator[Any]:
    """The nodes and every one below them, each before its children; depth has no limit."""
    stack = [*reversed(roots)]
    while stack:
        node = stack.pop()
        yield node
        stack.extend(reversed(list(nodes_below(node))))


def nodes_below(node: Any) -> Iterator[Any]:
    """The children of a node, in the order of its grammar."""
    for name, member in vars(node).items():
        for child in member if isinstance(member, list) else (member,):
            if hasattr(child, "type") and name != "comments":
                yield child


def _tree(esprima: Any, text: str) -> SyntaxTree:
    if not _LINE_SEPARATOR.search(text):
        with suppress(esprima.Error):
            return SyntaxTree(_parse(esprima, text), text, text, {})
    free = (code for code in _PRIVATE_USE if chr(code) not in text)
    stand_ins = {0x2028: next(free), 0x2029: next(free)}
    parsed = "".join(_in_older_terms(text, stand_ins))
    return SyntaxTree(_parse(esprima, parsed), text, parsed, stand_ins)


def _parse(esprima: Any, text: str) -> Any:
    return esprima.parseScript(_PROLOGUE + text + _EPILOGUE, range=True, comment=True)


def _in_older_terms(text: str, stand_ins: Mapping[int, int]) -> Iterator[str]:
    """The text in terms of ECMAScript 2017, in pieces: each as long as before, and Opaque where it was so.

    Templates hold code that holds templates, hence the count of open braces for each that one is inside of.
    """
    position, braces = 0, [0]
    while match := _LEXEMES.search(text, position):
        if match[0] == "}" and len(braces) > 1 and braces[-1] == 0:
            braces.pop()
            match = _REST_OF_TEMPLATE.match(text, match.start()) or match
        kind = match.lastgroup
        if kind == "brace":
            braces[-1] += 1 if match[0] == "{" else -1
        elif kind == "template" and match[0].endswith("${"):
            braces.append(0)
        yield text[position : match.start()]
        yield _older(match[0], kind, stand_ins)
        position = match.end()
    yield text[position:]


def _older(lexeme: str, kind: str | None, stand_ins: Mapping[int, int]) -> str:
    if kind == "string":
        return _ESCAPE_OR_SEPARATOR.sub(
            lambda part: part[0] if part[0][0] == "\\" else part[0].translate(stand_ins), lexeme
        )
    if kind == "template":
        return lexeme.translate(stand_ins)
    if kind == "coalesce":
        return "||".ljust(len(lexeme))
    if kind == "chain":
        return " " * (len(lexeme) - 1) + (lexeme[-1] if lexeme[-1] in "[(" else ".")
    if kind == "bigint":
        return "$" * len(lexeme)
    if kind == "import":
        return " " * len(lexeme)
    return lexeme


@contextmanager
def deep_stack(text: str) -> Iterator[None]:
    """Room for deep nesting in `text`. Raises SnippetSyntaxError where it doesn't suffice."""
    # The limit is the whole process's, so only one thread at a time may set it.
    with _LIMIT_LOCK:
        limit = sys.getrecursionlimit()
        sys.setrecursionlimit(max(limit, _FRAMES))
        try:
            yield
        except RecursionError:
            raise SnippetSyntaxError(
                "The text nests brackets too deeply to be read.", source=text, hint=_COPY_AGAIN
            ) from None
        finally:
            sys.setrecursionlimit(limit)


def _syntax_error(text: str, error: Any) -> SnippetSyntaxError:
    position = min(max(error.index - len(_PROLOGUE), 0), max(len(text.rstrip()) - 1, 0))
    here = text[position : position + 1]
    if here and here in _TYPOGRAPHIC_QUOTES:
        return SnippetSyntaxError(
            f"A typographic quote ({here}) stands where JavaScript wants a plain one.",
            source=text,
            span=(position, position + 1),
            hint="A chat or text program changed the quotes: copy again and import straight from DevTools.",
        )
    what = error.message.partition(": ")[2] or error.message
    return SnippetSyntaxError(
        f"This isn't JavaScript that can be read: {what[:1].lower()}{what[1:]}.",
        source=text,
        span=(position, position + 1),
        hint=_COPY_AGAIN,
    )
