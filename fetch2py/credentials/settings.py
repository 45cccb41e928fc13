"""Where secrets stand in texts that say `name=value` in a row, and among the arguments of GraphQL.

Knows lines of settings, connection strings, parameters of header fields. Must not know requests, nor what
a secret is (that is `rules`).

A text is taken for settings only if all of it is: one sentence among them makes it prose, which stays.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator

from fetch2py.credentials.rules import is_parameter, is_secret, is_token, looks_opaque
from fetch2py.credentials.spelling import Secret

__all__ = ["in_arguments", "in_parameters", "in_settings"]

_PIECE = re.compile(r"[^;&\r\n]++")
_SETTING = re.compile(
    r"""\s*+(?:export[ \t]++)?+["']?+(?P<name>-{0,2}[A-Za-z_][\w.\- ]{0,60}?)["']?+
        [ \t]*+(?P<sign>[=:])[ \t]*+(?P<whole>["']?+(?P<value>[^\s"',]*+)["']?+[ \t,]*+(?P<rest>.*+))""",
    re.VERBOSE | re.ASCII,
)
_PARAMETER = re.compile(r"""(?<![\w.-])([A-Za-z_][\w.-]{0,80}+)=["']?+([^\s;,&"'<>]++)""", re.ASCII)
_DOCUMENT = re.compile(r"(?:\s|\\[nrt])*+(?:(?:query|mutation|subscription)\b[^{}]{0,2000}+)?+\{")
_ARGUMENT = re.compile(r'\b([A-Za-z_]\w{0,80}+)\s*+:\s*+\\?"([^"\\]{1,4000}+)\\?"', re.ASCII)


def in_settings(text: str, inside: Callable[[str], Iterable[Secret]]) -> list[Secret]:
    """The secrets of a text that is nothing but settings, one a line, or parted by ";" or "&".

    `inside` tells those that the value of a setting holds.
    """
    found: list[Secret] = []
    for piece in _PIECE.finditer(text):
        setting = _SETTING.fullmatch(text, *piece.span())
        if setting is None or _is_sentence(setting):
            if piece[0].strip() and not piece[0].lstrip().startswith("#"):
                return []
            continue
        if not setting["rest"] and _is_random(setting["name"], setting["value"]):
            found.append((*setting.span("value"), setting["name"]))
            continue
        start, whole = setting.start("whole"), setting["whole"].rstrip(" \t,")
        if is_token(whole):
            found.append((start, start + len(whole), setting["name"]))
        else:
            found += ((start + first, start + last, name) for first, last, name in inside(whole))
    return found


def in_parameters(text: str) -> Iterator[Secret]:
    """The secrets among the parameters of a header field's value, as in `a=1; session="…"`."""
    for match in _PARAMETER.finditer(text):
        if is_parameter(match[1], match[2]):
            yield (*match.span(2), match[1])


def in_arguments(document: str) -> Iterator[Secret]:
    """The secrets among a GraphQL document's arguments; it may stand in a JSON string, its quotes escaped."""
    if _DOCUMENT.match(document):
        for match in _ARGUMENT.finditer(document):
            if _is_random(match[1], match[2]):
                yield (*match.span(2), match[1])


def _is_sentence(setting: re.Match[str]) -> bool:
    """Whether what reads `name: value` says something: "Look here:", "Note: the token is …"."""
    value = setting["whole"].strip()
    is_said = " " in value and value[:1] not in ('"', "'", "{", "[") and not is_token(value)
    return setting["sign"] == ":" and (is_said or not value or " " in setting["name"])


def _is_random(name: str, value: str) -> bool:
    # A name in a text is believed less than a member's.
    return is_secret(name, value) and looks_opaque(value)
