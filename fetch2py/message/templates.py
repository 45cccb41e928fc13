"""Templates: what stands around the message in its slot, such as <p>{html}</p>, and the message put into it.

Knows how HTML and XML spell a text. Must not know requests, nor where in one the text stands.

A template is the slot's whole text with {html}, the message escaped for HTML, or {text}, the message as it
is, in the message's place.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from fetch2py.message.texts import is_markup, normal, unmarked

__all__ = ["around", "filled", "is_template", "like", "within"]

_HTML, _TEXT = "{html}", "{text}"
_MARK = re.compile(r"\{(?:html|text)\}")
_ELEMENTS = re.compile(r"((?:\s*+<[^<>]++>){0,8}+\s*+)([^<]*+)((?:</[^<>]*+>\s*+){0,8}+)")
# What editors of rich text put around a line. Any other element can be what the person wrote.
_LINE = re.compile(r"\s*+(?:<(?:p|div|span)(?:\s[^<>]*+)?+>\s*+){1,2}+", re.IGNORECASE)
_MARKUP = re.compile(r"\s*+<[A-Za-z!?]")
# Texts that have rules of their own for what stands in them: names and values, an object of JavaScript.
_CODE = re.compile(r"\s*+(?:\{(?![{%])|[\w.%\[\]-]++=[^\s&=]*+(?:&|\Z))")
# The beginning of a string in JSON and its like, where the text would have to be escaped.
_VALUE = re.compile(r"[\"']\s*+[:,]\s*+[\"']\Z")
_NEAR = 20
_WORD = re.compile(r"([\w:.+-]++)")
_DIGIT = re.compile(r"[0-9]")
_CDATA, _CDATA_END = "<![CDATA[", "]]>"


def is_template(template: str) -> bool:
    """Whether there is one place in it for the message, and one only."""
    return len(_MARK.findall(template)) == 1


def filled(template: str, text: str) -> str:
    """The template with the text in its place."""
    before, mark, behind = template.partition(_HTML if _HTML in template else _TEXT)
    if mark == _HTML:
        from html import escape

        return before + escape(text, quote=_in_tag(before)) + behind
    if _in_cdata(before):
        # The end mark can't stand in such a section, so one ends in the midst of it and another begins.
        text = text.replace(_CDATA_END, f"]]{_CDATA_END}{_CDATA}>")
    return before + text + behind


def around(text: str, typed: str) -> str:
    """The template that `text` is around `typed`; "" unless it stands there once, apart from other words, and
    the text isn't one whose own rules it would have to follow.
    """
    if _MARK.search(text):
        return ""
    in_markup = bool(_MARKUP.match(text)) and text.rstrip().endswith(">")
    if not in_markup and _CODE.match(text):
        return ""
    for spelled, is_escaped in _spellings(typed, in_markup=in_markup):
        before, found, behind = text.partition(spelled)
        if not found:
            continue
        if spelled in behind or not _is_apart(before, spelled, behind) or _VALUE.search(before[-_NEAR:]):
            return ""
        if not in_markup:
            return before + (_HTML if is_escaped else _TEXT) + behind
        if _in_cdata(before):
            is_plain = spelled.replace("\r\n", "\n") == typed and _CDATA_END not in typed
            return before + _TEXT + behind if is_plain else ""
        is_whole_value = before[-1:] in "\"'" and behind.startswith(before[-1:])
        return before + _HTML + behind if is_escaped and (is_whole_value or not _in_tag(before)) else ""
    return ""


def within(text: str, typed: str = "") -> str:
    """The template that `text` is as elements around nothing but `typed`, or where nothing was typed, as a
    line of an editor of rich text; "" for any other text.
    """
    elements = _ELEMENTS.fullmatch(text)
    if elements is None or _MARK.search(text) or not elements[2].strip():
        return ""
    if typed and normal(unmarked(elements[2])) != typed:
        return ""
    if not typed and not (_LINE.fullmatch(elements[1]) and is_markup(text)):
        return ""
    return elements[1] + _HTML + elements[3]


def like(template: str, text: str) -> str:
    """The template that `text` is, if it has what `template` has around the message, all but ids and numbers;
    "" for any other text.
    """
    before, mark, behind = template.partition(_HTML if _HTML in template else _TEXT)
    found = re.fullmatch(f"({_but_for_ids(before)})(?:.*)({_but_for_ids(behind)})", text, re.DOTALL)
    return found[1] + mark + found[2] if found and not _MARK.search(text) else ""


def _but_for_ids(text: str) -> str:
    """A pattern of the text in which each word with a digit, as ids and time stamps have, can be another."""
    pieces = _WORD.split(text)
    return "".join(
        r"[\w:.+-]++" if number % 2 and _DIGIT.search(piece) else re.escape(piece)
        for number, piece in enumerate(pieces)
    )


def _spellings(typed: str, *, in_markup: bool) -> Iterator[tuple[str, bool]]:
    """How what was typed may stand there, the likeliest first, and whether it is escaped so."""
    from html import escape

    for text in dict.fromkeys((typed, typed.replace("\n", "\r\n"))):
        quoted = escape(text)
        apostrophes = (quoted.replace("&#x27;", each) for each in ("&#x27;", "&#39;", "&apos;"))
        escaped = dict.fromkeys((escape(text, quote=False), *apostrophes))
        if not in_markup:
            yield text, False
        yield from ((each, True) for each in escaped if in_markup or each != text)
        if in_markup and text not in escaped:
            yield text, False


def _is_apart(before: str, spelled: str, behind: str) -> bool:
    """Whether no word goes on beyond what was typed: "test" is no part of "latest"."""
    runs_on = before[-1:].isalnum() and spelled[:1].isalnum()
    return not (runs_on or (behind[:1].isalnum() and spelled[-1:].isalnum()))


def _in_cdata(before: str) -> bool:
    return before.rfind(_CDATA) > before.rfind(_CDATA_END)


def _in_tag(before: str) -> bool:
    return before.rfind("<") > before.rfind(">")
