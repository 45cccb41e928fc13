"""The room `javascript`: calls with literal arguments, by both of its paths."""

from __future__ import annotations

import json
import math
import subprocess
import sys
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from fetch2py.errors import SnippetSyntaxError
from fetch2py.javascript import UNDEFINED, Construct, Opaque, calls, number_text
from fetch2py.javascript.literal import read_calls
from fetch2py.javascript.strict import MAX_SURROUNDINGS, read_strict_calls
from fetch2py.javascript.syntax import MAX_LENGTH
from fetch2py.javascript.values import stringify
from tests.fixture_files import snippets


def argument(code: str, before: str = "") -> Any:
    """What the last fetch is handed as its first argument."""
    [*_, call] = calls(f"{before}\nfetch({code})", "fetch")
    return call.arguments[0]


@pytest.mark.parametrize("row", snippets(), ids=lambda row: row["name"])
def test_reads_what_a_javascript_engine_hands_to_fetch(row: Any) -> None:
    found = calls(row["snippet"], "fetch")
    assert [list(call.arguments) for call in found] == [[c["url"], c["options"]] for c in row["calls"]]
    for call, expected in zip(found, row["calls"], strict=True):
        assert json.dumps(call.arguments[1]) == json.dumps(expected["options"])  # the order of members too
        for (start, end), _ in zip(call.spans, call.arguments, strict=True):
            assert row["snippet"][start:end][0] in '"{'
            assert row["snippet"][start:end][-1] in '"}'


@pytest.mark.parametrize("row", snippets()[::9], ids=lambda row: row["name"])
def test_both_paths_agree_on_what_browsers_write(row: Any) -> None:
    assert read_calls(row["snippet"], "fetch") == read_strict_calls(row["snippet"], "fetch")


def test_what_browsers_write_never_imports_esprima() -> None:
    texts = json.dumps([row["snippet"] for row in snippets()])
    code = (
        "import json, sys; from fetch2py.importers import parse\n"
        "[parse(text) for text in json.load(sys.stdin)]\n"
        "sys.exit('esprima' in sys.modules)"
    )
    assert (
        subprocess.run([sys.executable, "-c", code], input=texts, text=True, encoding="utf-8").returncode == 0
    )


TEXT = st.text(st.characters(codec=None), max_size=12)
VALUES = st.recursive(
    st.none()
    | st.booleans()
    | st.integers(-(2**53), 2**53)
    | st.floats(allow_nan=False, allow_infinity=False)
    | TEXT,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(TEXT, inner, max_size=4),
    max_leaves=8,
)


@given(url=TEXT, options=VALUES, ascii_only=st.booleans(), indent=st.sampled_from([None, 2, 4]))
@settings(deadline=None, max_examples=150)
def test_both_paths_agree_wherever_both_can_read(
    url: str, options: Any, ascii_only: bool, indent: int | None
) -> None:
    code = ", ".join(json.dumps(v, ensure_ascii=ascii_only, indent=indent) for v in (url, options))
    text = f"// one\nawait fetch({code});\nfetch( {code} ) ; ;"
    strict = read_strict_calls(text, "fetch")
    assert strict is not None
    assert strict == read_calls(text, "fetch")


@pytest.mark.parametrize(
    ("code", "value"),
    [
        ("'it\\'s'", "it's"),
        ("`one\r\ntwo`", "one\ntwo"),
        ("`a${1}b${'c'}`", "a1bc"),
        ("`a${`\u2028`}b`", "a\u2028b"),
        ("`\\r\\n\\t\\x41\\u0042\\u{1f600}\\ud83d\\ude00\\`\\${\\q`", "\r\n\tAB😀😀`${q"),
        ("`a\\\nb\\\u2028c\rd`", "abc\nd"),
        ("\"a\" + 'b' + `c`", "abc"),
        ('"n" + 1 + 2', "n12"),
        ('"\\ud83d\\ude00"', "😀"),
        ('"\\ud83d"', "\ud83d"),
        ('"a\u2028b\u2029c"+""', "a\u2028b\u2029c"),
        ("`\u2028\ue000\ue001\u2029`", "\u2028\ue000\ue001\u2029"),
        ("{a: 1, 'b': 2, \"c\": 3, 4: 5, }", {"4": 5, "a": 1, "b": 2, "c": 3}),
        ("{b: 1, 10: 2, 9: 3, b: 4}", {"9": 3, "10": 2, "b": 4}),
        ("{__proto__: 'x', ['a' + 'b']: 1}", {"ab": 1}),
        ("{['__proto__']: 1, __proto__: null, ...{['__proto__']: 2}}", {"__proto__": 2}),
        ("'a\\\u2028b\\\\\u2028c\\\u2029'", "ab\\\u2028c"),
        ("'\\\r\n\u2028'", "\u2028"),
        ("`${`//${{a: '}'}.a}`}\u2028${'\u2028'}\\${`", "//}\u2028\u2028${"),
        ("{...{a: 1}, a: 2}", {"a": 2}),
        ("[1, , 'x']", [1, UNDEFINED, "x"]),
        ("[-1, +2, void 0, undefined, null, true]", [-1, 2, UNDEFINED, UNDEFINED, None, True]),
        (
            "JSON.stringify({a: [1, 'é\u2028', null, undefined], b: undefined})",
            '{"a":[1,"é\u2028",null,null]}',
        ),
        ("JSON.stringify('x')", '"x"'),
        ("await 'x'", "x"),
        ("'x'.toString()", "x"),
        ("/* c */ 'x' // d\n", "x"),
        ("1e21", 1e21),
    ],
)
def test_literals(code: str, value: Any) -> None:
    assert argument(code) == value


@pytest.mark.parametrize(
    "code",
    [
        "location.href",
        "/x/g",
        "NaN",
        "a ? 'b' : 'c'",
        "'a' - 1",
        "1 + 2",
        "1 + 2 + 'x'",
        "'a' + b",
        "`a${b}`",
        "!0",
        "-'1'",
        "[...a]",
        "{...a}",
        "{[a]: 1}",
        "JSON.stringify(a)",
        "JSON.stringify({a: [b]})",
        "JSON.stringify({x: {y: 1}, z: a})",
        "JSON.stringify(new Map())",
        "JSON.stringify({a: 1}, null, 2)",
        "JSON.stringify(undefined)",
        "a()",
        "a.b()",
        "a['b']()",
        "new a.b()",
        "10n",
        "a?.b",
        "a ?? b",
        "a?.[0]",
        "{a: 1}.b",
        "() => 1",
    ],
)
def test_what_is_not_a_literal_is_opaque_and_has_a_place(code: str) -> None:
    value = argument(code)
    assert isinstance(value, Opaque)
    start, end = value.span
    assert 0 < start < end <= len(f"\nfetch({code}")


def test_members_that_only_running_gives_are_opaque_alone() -> None:
    value = argument("{a: 1, b: c, get d() { return 1 }, e() {}, [`f`]: 2}")
    assert (value["a"], value["f"]) == (1, 2)
    assert all(isinstance(value[name], Opaque) for name in "bde")


@pytest.mark.parametrize(
    ("before", "code", "value"),
    [
        ("const a = 'x'", "a", "x"),
        ("let a = {b: {c: 'x'}}", "a.b.c", "x"),
        ("var a = {b: 'x'}", "a['b']", "x"),
        ("const a = 'x'; change(a); a.b()", "a", "x"),
        ("const a = {b: 1}; a.toString()", "a", {"b": 1}),
        ("const a = {b: 1}; const r = await fetch('v', a); const d = await r.json(); use(d)", "a", {"b": 1}),
        ("const a = {b: 1}; let r = fetch('v', a).then(r => r.json())", "a", {"b": 1}),
        ("if (x) { y() }; { const a = 'x'; }; const b = 1", "b", 1),
        ("const a = {b: 1}; p.then(() => console.log(a)); f(() => a)", "a", {"b": 1}),
        ("const a = 'x', b = a + 'y'", "{a, b}", {"a": "x", "b": "xy"}),
        ("const a = {b: 1}; new Headers(a); JSON.stringify(a)", "a", {"b": 1}),
        ("function f(x) { return x } class C {} try {} catch (e) {}; const a = 1", "a", 1),
    ],
)
def test_constants_stand_for_their_values(before: str, code: str, value: Any) -> None:
    assert argument(code, before) == value


@pytest.mark.parametrize(
    "before",
    [
        "let a = 'x'; a = 'y'",
        "let a = 1; a++",
        "const a = {}; a.b = 1",
        "const a = {b: 1}; delete a.b",
        "const a = new Headers(); a.append('x', 'y')",
        "const a = {}; change(a)",
        "const a = {}; const b = a; b.c = 1",
        "const a = 'x'; { const a = 'y' }",
        "const a = 'x'; function f(a) {}",
        "const a = 'x'; try {} catch (a) {}",
        "const a = 'x'; class a {}",
        "var a = 1; for (a of b) {}",
        "const a = a",
        "const {a} = b",
        "{ const a = 'x' }",
        "const a = {b: 'c'}; [a].forEach(x => { x.b = 'd' })",
        "const a = {b: 'c'}; with (a) { b = 'd' }",
        "let a",
        "const a = {b: {}}; change(a.b)",
        "const a = {}; change([a])",
        "const a = {}; change({a})",
        "const a = {}; change(...[a])",
        "const a = {}; change`${a}`",
        "const a = {}; const b = a; const c = b; c.d = 1",
        "const a = b, b = a",
    ],
)
def test_what_may_have_changed_is_no_constant(before: str) -> None:
    assert isinstance(argument("a", before), Opaque)


def test_a_name_means_nothing_before_it_is_declared() -> None:
    [call] = calls("fetch(a); var a = 'late'", "fetch")
    assert isinstance(call.arguments[0], Opaque)


@pytest.mark.parametrize(
    "text", ["api. fetch('v')", 'api. fetch("v")', 'new fetch("v")', 'api /**/ . fetch("v")']
)
def test_another_objects_fetch_is_not_meant(text: str) -> None:
    assert calls(text, "fetch") == []
    assert calls(f"{text}; fetch('u')", "fetch")[0].arguments == ("u",)


@pytest.mark.parametrize(
    "text", ["fetch /* c */ ('u')", "(fetch)('u')", "fetch?.('u')", " " * 200 + 'fetch("u")']
)
def test_a_call_can_be_spelled_in_many_ways(text: str) -> None:
    assert calls(text, "fetch")[0].arguments == ("u",)


def test_constructions_keep_their_names_and_arguments() -> None:
    value = argument("new Headers([['a', 'b']])")
    assert isinstance(value, Construct)
    assert (value.name, value.arguments) == ("Headers", ([["a", "b"]],))
    text = argument("new URLSearchParams({a: 1}).toString()")
    assert isinstance(text, Construct)
    assert (text.name, text.arguments[0].name) == ("String", "URLSearchParams")


@pytest.mark.parametrize(
    "text",
    [
        "const r = await fetch('u', {})",
        "fetch('u', {}).then(r => r?.json() ?? 1).then(console.log)",
        "import x from 'y'\nimport 'z'; fetch('u', {})",
        "async function f() { return await window.fetch('u', {}) }",
        "globalThis.fetch('u', {},)",
        "export_ = 1; self . fetch ( 'u' , { } )",
        "const big = 12345n\nfetch('u', {})",
        "a = b?.[0]?.(1) ?? 2; fetch('u', {})",
        "fetch('u', {}) // ’ fetch('v')",
        "/* fetch('v') */ 'fetch(1)'; fetch('u', {})",
        "x.fetch('v'); fetch('u', {}); myfetch('w')",
        "s.replace(/\"/g, ''); fetch('u', {})",
        "(() => 1)().f(); 'x'.f(); fetch('u', {})",
        "fetch(\r\n\t'u',\r\n\t{}\r\n)\r\n",
    ],
)
def test_finds_the_call_in_what_people_write(text: str) -> None:
    [call] = calls(text, "fetch")
    assert call.arguments == ("u", {})


def test_calls_come_in_the_order_of_the_text() -> None:
    text = "fetch('a').then(() => fetch('b')); fetch(...c); fetch()"
    found = calls(text, "fetch")
    assert [call.arguments[:1] for call in found][:2] == [("a",), ("b",)]
    assert isinstance(found[2].arguments[0], Opaque)
    assert found[3].arguments == ()


def test_comments_inside_a_call_are_told() -> None:
    text = "// before\nfetch('u', {\n  // inside\n  a: 1, /* block */\n}) // after"
    assert calls(text, "fetch")[0].comments == ("inside",)
    strict = '// before\nfetch("u", {\n  "a": 1,\n  // inside\n}) // after'
    assert read_strict_calls(strict, "fetch") == read_calls(strict, "fetch")


def test_what_json_refuses_is_left_to_the_parser() -> None:
    assert read_strict_calls('fetch("u", {"a": NaN})', "fetch") is None
    assert isinstance(calls('fetch("u", {"a": NaN})', "fetch")[0].arguments[1]["a"], Opaque)


def test_a_text_without_the_name_needs_no_parser() -> None:
    assert calls("(((", "fetch") == []


@pytest.mark.parametrize(
    ("text", "place"),
    [
        ("fetch('a", 6),
        ("fetch('a', {", 11),
        ("fetch(“a”)", 6),
        ("curl 'x' fetch(", 5),
    ],
)
def test_broken_code_is_told_with_its_place(text: str, place: int) -> None:
    with pytest.raises(SnippetSyntaxError) as caught:
        calls(text, "fetch")
    assert abs(caught.value.span[0] - place) <= 3
    assert caught.value.hint


def test_typographic_quotes_are_named() -> None:
    with pytest.raises(SnippetSyntaxError, match="typographic quote"):
        calls("fetch(‘https://a’)", "fetch")


def test_an_unclear_string_is_refused_and_not_changed() -> None:
    # The quote in the regular expression hides which `??` stands in a string and which is an operator.
    with pytest.raises(SnippetSyntaxError, match="can't be told"):
        calls('s = /"/; fetch("a??b", /"/, c ?? d)', "fetch")
    with pytest.raises(SnippetSyntaxError, match="unexpected token"):
        calls('s = /"/; fetch("a??b", c ?? d)', "fetch")


@pytest.mark.parametrize("piece", ['"\\', "'\\", "`\\", "`${", "}`${", "{", "'", "/*"])
def test_quotes_that_are_never_closed_cost_no_more_than_their_length(piece: str) -> None:
    with pytest.raises(SnippetSyntaxError):
        calls(f"fetch(\u2028{piece * 200_000}", "fetch")


def test_deep_nesting_is_read_or_refused() -> None:
    for depth in (200, 450):
        assert repr(argument("[" * depth + "'x'" + "]" * depth)).count("[") == depth
    with pytest.raises(SnippetSyntaxError, match="too deeply"):
        calls(f"fetch({'[' * 10_000}1{']' * 10_000})", "fetch")


def test_long_hand_written_code_is_refused_before_it_is_parsed() -> None:
    with pytest.raises(SnippetSyntaxError, match="characters"):
        calls(f"fetch('{'a' * MAX_LENGTH}')", "fetch")
    with pytest.raises(SnippetSyntaxError, match="characters"):
        calls('fetch("u", {' + "\n//x" * 300_000 + "\n})", "fetch")
    with pytest.raises(SnippetSyntaxError, match="characters"):
        calls("'a';" * (MAX_SURROUNDINGS // 3) + 'fetch("u")', "fetch")


@pytest.mark.parametrize(
    ("number", "text"),
    [
        (0, "0"), (-0.0, "0"), (1, "1"), (-1.5, "-1.5"), (100, "100"), (1e20, "100000000000000000000"),
        (1e21, "1e+21"), (1.5e300, "1.5e+300"), (1e-6, "0.000001"), (1.5e-7, "1.5e-7"), (0.1, "0.1"),
        (123456.789, "123456.789"), (10**400, "Infinity"), (-(10**400), "-Infinity"), (math.inf, "Infinity"),
        (-math.inf, "-Infinity"), (math.nan, "NaN"), (2**53, "9007199254740992"),
    ],
)  # fmt: skip
def test_numbers_are_written_as_the_language_writes_them(number: float, text: str) -> None:
    assert number_text(number) == text


def test_no_repr_tells_what_a_call_holds() -> None:
    [call] = calls("fetch('u', {body: new Secret('hush')})", "fetch")
    assert repr(call) == "<Call of 2 arguments at (0, 38)>"
    assert repr(call.arguments[1]["body"]) == "<new Secret at (18, 36)>"


def test_stringify_writes_what_json_can_hold() -> None:
    assert stringify([math.inf, "\ud800\x01\x7f\u2028", True]) == '[null,"\\ud800\\u0001\x7f\u2028",true]'
    assert stringify([Opaque((0, 1))]) is None
    assert repr(UNDEFINED) == "UNDEFINED"


@pytest.mark.parametrize(
    "doubled",
    ["A + A", "`${A}${A}`", "[A, A]", "{x: A, y: A}", "{x: A, ...{y: A}}", "JSON.stringify([A, A])"],
)
def test_what_a_few_names_build_together_has_an_end(doubled: str) -> None:
    names = [f"const a{n} = {doubled.replace('A', f'a{n - 1}')};" for n in range(1, 40)]
    text = "\n".join(("const a0 = 'https://a.example/';", *names, "fetch('x', JSON.stringify(a39))"))
    with pytest.raises(SnippetSyntaxError, match="comes to more than 10,000,000 characters") as caught:
        calls(text, "fetch")
    assert caught.value.span is not None


def test_a_long_name_counts_as_often_as_it_is_built() -> None:
    text = f"const a = {{{'x' * 100_000}: 1}};\nfetch([{'a,' * 1000}])"
    with pytest.raises(SnippetSyntaxError, match="comes to more than"):
        calls(text, "fetch")


def test_a_chain_of_names_and_blocks_side_by_side_are_told_apart() -> None:
    chain = "".join(f"const a{n} = [a{n - 1}];" for n in range(1, 50))
    assert isinstance(calls(f"const a0 = {{}}; {chain} f(a49); fetch(a0)", "fetch")[0].arguments[0], Opaque)
    inside = (
        "{{const a = 1} {const b = 2; {const c = 3} fetch(b, a, c)}} for (const d = 4;;) {fetch(d)} fetch(d)"
    )
    first, second, third = calls(inside, "fetch")
    assert first.arguments[0] == 2
    assert [type(value) for value in first.arguments[1:]] == [Opaque, Opaque]
    assert second.arguments == (4,)
    assert isinstance(third.arguments[0], Opaque)
