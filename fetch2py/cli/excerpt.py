"""The line around an error in a snippet, with a caret, and with nothing in it that could be a secret.

A line is broken just where it is wrong, so that nothing tells a name from a value any more. Therefore no
search for secrets is trusted here: only marks and known words are shown, and of code that was read as code
the names of variables.
"""

from __future__ import annotations

import re

from fetch2py.errors import NotALiteral, SnippetError

__all__ = ["excerpt"]

# Around an error's place this many characters are looked at, and of the place itself so many.
_AROUND = 38
_MARKED = 60
# Before a variable the name that it is a value of is looked for so far back.
_BEHIND = 300
_HIDDEN = "…"

_WORD = re.compile(r"""[^\s"'`“”‘’„‟″＂＇()\[\]{},;:=+?&|<>!（）［］｛｝，；：＝]+""")
_OPERAND = re.compile(r"[^\s()\[\]{},;:=+?&|<>!*/%^~-]+")
_STRING = re.compile(r""""(?:[^"\\]|\\.)*"?|'(?:[^'\\]|\\.)*'?|`(?:[^`\\]|\\.)*`?""", re.DOTALL)
_SEPARATOR = re.compile(r"[-./*]+")
_VARIABLE = re.compile(r"(?:[A-Za-z_$][a-z_$]{0,11}|[A-Z_$]{1,12}|\.){1,7}")
_KEY = re.compile(r"""([\w-]+)["'`]?\s*[:,=](?!=)""")

# Words of the language, of fetch() and of header fields that browsers send. None of them is a secret.
_KNOWN = frozenset(
    re.findall(
        r"\w+",
        """
    as async await break case catch class const continue default delete do else export extends false finally
    for from function if import in instanceof let new null of return switch this throw true try typeof
    undefined var void while with yield NaN Infinity
    Array Blob Buffer Date File FormData Headers JSON Math Number Object Promise Request Response String URL
    URLSearchParams btoa atob console document env getItem globalThis history host hostname href json
    localStorage location log navigator parse process require search self sessionStorage stringify text
    then toString userAgent window
    fetch headers method body mode credentials referrer referrerPolicy cache redirect integrity keepalive
    signal priority include omit cors no same origin strict when cross navigate follow error manual store
    reload GET POST PUT PATCH DELETE HEAD OPTIONS http https
    accept language encoding charset utf content type length disposition authorization bearer Bearer
    cookie user agent sec ch ua mobile platform dest site x requested www application form urlencoded
    data event stream connect multipart boundary plain html css javascript gzip br deflate zstd en US zh CN
    pragma max age control if modified since match range upgrade connection host proxy token
    curl doctype DOCTYPE head script meta title
    """,
    )
)


def excerpt(error: SnippetError) -> str:
    """Two lines: the part of the source's line around the error, and carets under the place."""
    source, (start, end) = error.source, error.span
    first = max(source.rfind("\n", 0, start), source.rfind("\r", 0, start)) + 1
    last = min(
        (place for place in (source.find(e, start) for e in "\r\n") if place >= 0), default=len(source)
    )
    end = min(max(end, _end_of_word(source, start, last)), last, start + _MARKED)
    before = _without_values(source, max(first, start - _AROUND), start).lstrip()
    read = isinstance(error, NotALiteral) and not _is_secret_here(source, start)
    marked = _code(source, start, end) if read else _without_values(source, start, end)
    after = _without_values(source, end, min(last, end + _AROUND))
    line, place = (part.replace("\t", " ") for part in (before + marked + after, before))
    return f"  {line}\n  {' ' * _width(place)}{'^' * max(1, _width(marked))}"


def _end_of_word(source: str, start: int, last: int) -> int:
    word = _WORD.match(source, start, min(last, start + _MARKED))
    begins = start == 0 or _WORD.fullmatch(source[start - 1]) is None
    return word.end() if word and begins else min(start + 1, last)


def _without_values(source: str, start: int, end: int) -> str:
    """source[start:end] with every word hidden that isn't known, or that is cut off at either end."""
    pieces, position = [], start
    for word in _WORD.finditer(source, start, end):
        pieces.append(source[position : word.start()])
        known = not _is_cut(source, *word.span()) and all(p in _KNOWN for p in _SEPARATOR.split(word[0]) if p)
        pieces.append(word[0] if known else _HIDDEN)
        position = word.end()
    return "".join([*pieces, source[position:end]])


def _is_cut(source: str, start: int, end: int) -> bool:
    neighbours = (source[start - 1 : start] if start else "", source[end : end + 1])
    return any(neighbour and _WORD.fullmatch(neighbour) for neighbour in neighbours)


def _code(source: str, start: int, end: int) -> str:
    """source[start:end], which is an expression: with its variables, without its values."""
    pieces, position = [], start
    for string in _STRING.finditer(source, start, end):
        pieces += [_variables(source[position : string.start()]), _without_values(source, *string.span())]
        position = string.end()
    return "".join([*pieces, _variables(source[position:end])])


def _variables(code: str) -> str:
    return _OPERAND.sub(lambda word: word[0] if _VARIABLE.fullmatch(word[0]) else _shown(word[0]), code)


def _shown(word: str) -> str:
    return word if all(part in _KNOWN for part in _SEPARATOR.split(word) if part) else _HIDDEN


def _is_secret_here(source: str, start: int) -> bool:
    """Whether the name before this place says that a secret follows."""
    from fetch2py.credentials.rules import SECRET_FIELDS, Grade, grade

    keys = _KEY.findall(source, max(0, start - _BEHIND), start)
    return bool(keys) and (keys[-1].lower() in SECRET_FIELDS or grade(keys[-1]) is not Grade.NONE)


def _width(text: str) -> int:
    """The columns that a text takes: East Asian wide characters take two."""
    import unicodedata

    return sum(2 if unicodedata.east_asian_width(character) in "WF" else 1 for character in text)
