"""Snippets as browsers and as people write them, for the property tests that have Node run them too.

Knows JavaScript's ways to write one and the same request. Must not know what it comes to on the wire.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from typing import Any

from hypothesis import strategies as st

__all__ = ["by_browsers", "by_people"]

TEXTS = st.lists(
    st.sampled_from(
        [
            *"\x00\x01\t\n\r\x1f \"'`\\$\x7f\u2028\u2029\ufeff\ud83d\ude00\ufffd{}/<&%+aB9éÿ你好😀𠮷",
            *("\r\n", "${", "*/", "//", "</script>"),
        ]
    ),
    max_size=12,
).map("".join)
METHODS = st.sampled_from(
    [
        *("POST", "PUT", "PATCH", "DELETE", "OPTIONS", "GET", "HEAD", "QUERY"),
        *("post", "Put", "pAtCh", "patch", "delete", "get", "x-y"),
    ]
)
FIELD_NAMES = st.sampled_from(
    [
        *("x-a", "X-A", "X-B", "accept", "Accept-Language", "authorization", "Cookie", "user-agent"),
        *("Content-Type", "content-type", "content-encoding", "Content-Language", "Cache-Control"),
        *("2", "10", "1", "constructor", "$x_"),
    ]
)
FIELD_VALUES = st.sampled_from(
    [
        *("", "a", " a b ", "\ta\t", "a\tb", "a  b", "a\r\n", "caf\xe9", "\xa0x\xff", '"', "'", "`", "\\"),
        *("x,y; q=1", "application/json", "text/plain;charset=utf-8", "application/x-www-form-urlencoded"),
    ]
)
PATHS = st.sampled_from(["/", "/api/chat", "/a?b=c", "/a?b=%E4%BD%A0&c={}|^`\\", "/a;b=c,d/~e", "/%41?q=a+b"])
OPTIONS = st.sampled_from(
    [
        *(('"mode"', '"cors"'), ('"credentials"', '"include"'), ("redirect", '"follow"')),
        *(("keepalive", "true"), ("'cache'", "'default'"), ("priority", "`high`"), ("x", "undefined")),
    ]
)
FORMS = st.sampled_from(["a=1&b=%E4%BD%A0", '{"q":"你好 é"}', '{"a":"\\ud83d"}', "é", "Ã©", "\x1f\x8b\x08"])


def _json(value: Any, indent: int | None) -> str:
    """What JSON.stringify writes, which is what browsers' menus use."""
    text = json.dumps(value, ensure_ascii=False, indent=indent, separators=None if indent else (",", ":"))
    return re.sub("[\ud800-\udfff]", lambda half: f"\\u{ord(half[0]):04x}", text)


@st.composite
def by_browsers(draw: st.DrawFn, origin: str) -> str:
    """One to three requests as a browser's menu writes them."""
    style = draw(st.sampled_from(("chromium", "one line", "node", "firefox", "webkit")))
    calls = draw(st.lists(_menu(origin, style), min_size=1, max_size=3))
    text = (" ;\n" if style in ("chromium", "node") else "\n").join(calls)
    return text.replace("\n", "\r\n") if draw(st.booleans()) else text


@st.composite
def _menu(draw: st.DrawFn, origin: str, style: str) -> str:
    options: dict[str, Any] = {"headers": draw(st.dictionaries(FIELD_NAMES, FIELD_VALUES, max_size=4))}
    body = draw(st.none() | TEXTS | FORMS)
    if body is not None or style in ("chromium", "node"):
        options["body"] = body
    options["method"] = draw(METHODS) if body is None else "POST"
    if style != "node":
        options |= {"referrer": f"{origin}/chat", "mode": "cors", "credentials": "include"}
    indent = {"chromium": 2, "node": 2, "one line": None}.get(style, 4)
    call = f"fetch({_json(origin + draw(PATHS), None)}, {_json(options, indent)})"
    return {"firefox": f"await {call};", "webkit": call}.get(style, f"{call};")


@st.composite
def by_people(draw: st.DrawFn, origin: str) -> str:
    """One request as somebody writes it by hand."""
    return Hand(draw).script(origin)


class Hand:
    """A person at the keyboard. Each method writes one thing, in one of the ways that there are."""

    def __init__(self, draw: st.DrawFn) -> None:
        self._draw = draw
        self._declared: list[str] = []

    def script(self, origin: str) -> str:
        """A whole text with one call of fetch()."""
        target = self.string(origin + self._draw(PATHS))
        options = self.members(self._options())
        if self._one_in(4):
            call = f"new Request({target}, {options})"
        else:
            call = f"{target},{self.gap()}{self.shared(options)}{self._pick('', ',')}"
        callee = self._pick("fetch", "await fetch", "window.fetch", "globalThis . fetch", "fetch /* now */ ")
        then = self._pick("", ";", ".then(r => r.json()).then(console.log)")
        before, after = self._pick(
            ("", ""),
            ("const res = ", ""),
            ("(async () => { ", " })()"),
            ("", "\n// the end"),
            ("try { ", " } catch (e) {}"),
        )
        return f"{''.join(self._declared)}{before}{callee}({self.gap()}{call}){then}{after}"

    def _options(self) -> list[tuple[str, str]]:
        options = []
        if not self._one_in(8):
            method, body = self._draw(METHODS), self.body()
            options.append(("method", self.string(method)))
            if body and method.upper() not in ("GET", "HEAD"):
                options.append(("body", body))
        if self._one_in(2):
            options.append(("headers", self.headers()))
        members = [(self.key(name), value) for name, value in options]
        return self._draw(st.permutations([*members, *self._draw(st.lists(OPTIONS, max_size=2))]))

    def body(self) -> str:
        """What fetch() is given as a body; "" for none."""
        return self._either(
            lambda: self.string(self._draw(TEXTS)),
            lambda: "",
            lambda: f"JSON.stringify({self.shared(self.value(3))})",
            lambda: f"new URLSearchParams({self.pairs(TEXTS, TEXTS)}){self._pick('', '.toString()')}",
            lambda: f"new URLSearchParams({self.string(self._draw(TEXTS))})",
            lambda: self.string(self._draw(FORMS)),
            lambda: self._pick("null", "undefined", "void 0", "5", "0.10", "1e21", "true", "''"),
        )

    def headers(self) -> str:
        """What fetch() is given as headers."""
        pairs = self.pairs(FIELD_NAMES, FIELD_VALUES)
        return self._either(
            lambda: pairs, lambda: f"new Headers({pairs})", lambda: self.shared(pairs), lambda: "undefined"
        )

    def pairs(self, names: st.SearchStrategy[str], values: st.SearchStrategy[str]) -> str:
        """Names with values, as an object or as an array of pairs."""
        pairs = self._draw(st.lists(st.tuples(names, values), max_size=4))
        if self._one_in(2):
            return self.members([(self.key(name), self.string(value)) for name, value in pairs])
        written = [f"[{self.string(name)},{self.gap()}{self.string(value)}]" for name, value in pairs]
        return self.listed("[", written, "]")

    def value(self, depth: int) -> str:
        """Something that JSON.stringify takes."""
        scalars = (
            lambda: self.string(self._draw(TEXTS)),
            self.number,
            lambda: self._pick("true", "false", "null"),
        )
        if depth == 0:
            return self._either(*scalars)
        return self._either(*scalars, lambda: self.array(depth - 1), lambda: self.object(depth - 1))

    def array(self, depth: int) -> str:
        """An array, with holes at times."""
        ways = self._draw(st.lists(st.sampled_from(("value", "undefined", "")), max_size=3))
        return self.listed("[", [self.value(depth) if way == "value" else way for way in ways], "]")

    def object(self, depth: int) -> str:
        """An object, with names given twice, numbers as names, and members that vanish."""
        names = self._draw(st.lists(_MEMBERS | TEXTS, max_size=4))
        members = [(self.key(name), self.value(depth)) for name in names]
        # The prototype may be given once.
        given = [key for key, _ in members if "__proto__" in key]
        members = [pair for pair in members if pair[0] not in given[1:]]
        return self.members([*members, ("gone", "undefined")] if self._one_in(4) else members)

    def number(self) -> str:
        """A number in one of its notations."""
        number = self._draw(st.sampled_from(_NUMBERS) | st.integers().map(str) | _FLOATS.map(repr))
        return number if number.startswith("-") else self._pick("", "", "+", "- ") + number

    def key(self, name: str) -> str:
        """The name of a member, before its colon."""
        ways = [lambda: self._literal(name, "\"'"), lambda: f"[{self.gap()}{self._literal(name)}]"]
        if (name.isidentifier() and name.isprintable()) or _NUMBER.fullmatch(name):
            ways = [lambda: name, *ways]
        return self._either(*ways)

    def members(self, members: list[tuple[str, str]]) -> str:
        """An object of members that are written already."""
        return self.listed("{", [f"{key}:{self.gap()}{value}" for key, value in members], "}")

    def listed(self, opening: str, items: list[str], closing: str) -> str:
        """Items between brackets, with a comma behind the last one at times."""
        text = f",{self.gap()}".join(items) + (self._pick("", ",") if items else "")
        return f"{opening}{self.gap()}{text}{self.gap()}{closing}"

    def gap(self) -> str:
        """White space and comments."""
        way: str = self._pick(
            "", "", " ", "\n  ", "\t", " /* fetch(1) */ ", ' // it\'s "so"\n', "\r\n", "\xa0", "\u3000"
        )
        return way

    def string(self, value: str) -> str:
        """An expression whose value is the text."""
        cut = self._draw(st.integers(0, len(value)))
        return self._either(
            lambda: self._literal(value),
            lambda: f"{self._literal(value[:cut])} +{self.gap()}{self._literal(value[cut:])}",
            lambda: f"(`{self._inside(value[:cut], '`')}${{{self._literal(value[cut:])}}}`)",
            lambda: self.shared(self._literal(value)),
            lambda: f"({self.gap()}{self._literal(value)})",
        )

    def shared(self, expression: str) -> str:
        """The expression itself, or the name of a variable that is declared with it."""
        if not self._one_in(4):
            return expression
        name = f"{self._pick('x', '$', '_')}{len(self._declared)}"
        self._declared.append(f"{self._pick('const', 'let', 'var')} {name} = {expression};\n")
        return name

    def _literal(self, value: str, quotes: str = "\"'`") -> str:
        quote = self._pick(*quotes)
        return f"{quote}{self._inside(value, quote)}{quote}"

    def _inside(self, value: str, quote: str) -> str:
        """The characters between two quotes: as they are, or escaped, in turns that begin anywhere."""
        turn = self._pick(0, 0, 0, *range(1, len(_ESCAPES) + 1))
        if turn == 0:
            return "".join(char if _stands(char, quote) else _escaped(char, 0) for char in value)
        ways = [_escaped(char, turn + index) for index, char in enumerate(value)]
        ways.insert(turn, self._pick("", "\\\n", "\\\r\n", "\\\u2028"))
        return "".join(ways)

    def _pick(self, *ways: Any) -> Any:
        return self._draw(st.sampled_from(ways))

    def _one_in(self, number: int) -> bool:
        return bool(self._draw(st.integers(0, number - 1)) == number - 1)

    def _either(self, *ways: Callable[[], str]) -> str:
        way: Callable[[], str] = self._draw(st.sampled_from(ways))
        return way()


_MEMBERS = st.sampled_from(
    [
        *("a", "b", "default", "class", "$", "length", "__proto__", "你", ""),
        *("1", "10", "2", "01", "-1", "4294967294", "4294967295", "1.5", "0x10", "1e21"),
    ]
)
_NUMBER = re.compile(r"0|[1-9][0-9]*|[0-9]+\.[0-9]+|0x[0-9a-f]+|[0-9]e[0-9]+")
_NUMBERS = (
    *("0", "-0", "1", "1.0", "1e3", "1E+2", "1e21", "1e-7", "0.1", ".5", "5.", "0x1F", "0b11", "0o17"),
    *("9007199254740993", "123456789012345680000", "5e-324", "1.7976931348623157e308", "1e400", "-1e400"),
)
_FLOATS = st.floats(allow_nan=False, allow_infinity=False)
_SHORT = {"\n": "\\n", "\r": "\\r", "\t": "\\t", "\b": "\\b", "\f": "\\f", "\v": "\\v"}


def _units(char: str) -> str:
    """A character as escapes of its UTF-16 code units."""
    raw = char.encode("utf-16-be", "surrogatepass").hex()
    return "".join(f"\\u{raw[at : at + 4].upper()}" for at in range(0, len(raw), 4))


_ESCAPES: tuple[Callable[[str], str], ...] = (
    lambda char: _SHORT.get(char) or (f"\\{char}" if char in "\\\"'`$/{} &<" else _units(char)),
    lambda char: f"\\x{ord(char):02x}" if char <= "\xff" else _units(char),
    lambda char: f"\\u{{{ord(char):x}}}",
    _units,
)


def _escaped(char: str, turn: int) -> str:
    return _ESCAPES[turn % len(_ESCAPES)](char)


def _stands(char: str, quote: str) -> bool:
    """Whether a character may stand between such quotes as it is."""
    return not (
        char in (quote, "\\", "$") or "\ud800" <= char <= "\udfff" or (char in "\r\n" and quote != "`")
    )
