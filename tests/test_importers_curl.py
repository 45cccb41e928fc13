"""The room `importers` on cURL commands: what browsers copy, and what cURL itself would send."""

from __future__ import annotations

import os
import re
import shlex
import shutil
import subprocess
from collections.abc import Iterator
from contextlib import suppress
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from fetch2py.errors import NotAFetchCall, SnippetError, SnippetSyntaxError
from fetch2py.fetch_standard import as_sent
from fetch2py.importers import curl, parse
from fetch2py.importers.posix_shell import commands
from fetch2py.request import Request
from tests.copied_files import curl_rows, fields, told, went
from tests.servers import Connection, Server, serve

URL = "https://a.example/"


def one(text: str) -> Request:
    [request] = parse(text)
    return request


def codes(request: Request) -> set[str]:
    return {loss.code for loss in request.losses}


# Chromium leaves fields of these names out as if they were HTTP/2's own, and nothing tells that it did.
DROPPED_FIELDS = {"headers-named-like-ignored"}
# Where the body isn't the wire's, or a field isn't, this is told.
BODY_LOSSES = {"body-replaced", "line-ends"}
FIELD_LOSSES = {"fields-replaced", "headers-missing"}


@pytest.mark.parametrize("row", curl_rows("bash"), ids=lambda row: str(row["id"]))
def test_bash_text_is_the_wire(row: Any) -> None:
    request = one(row["snippet"])
    ours, theirs = told(request), went(row["wire"])
    assert (ours["method"], ours["target"]) == (theirs["method"], theirs["target"])
    if row["id"] not in DROPPED_FIELDS and not codes(request) & FIELD_LOSSES:
        assert ours["headers"] == theirs["headers"]
    if row["id"] != "form-multipart-binary-file":
        assert ours["body"] == theirs["body"]
        assert codes(request) <= {"headers-missing"} | (
            {"body-doubtful"} if "\ufffd" in row["snippet"] else set()
        )


@pytest.mark.parametrize("row", curl_rows("cmd"), ids=lambda row: str(row["id"]))
def test_cmd_text_is_the_wire_or_says_what_is_gone(row: Any) -> None:
    request = one(row["snippet"])
    ours, theirs = told(request), went(row["wire"])
    assert (ours["method"], ours["target"]) == (theirs["method"], theirs["target"])
    if row["id"] not in DROPPED_FIELDS:
        assert (ours["headers"] == theirs["headers"]) or codes(request) & FIELD_LOSSES
    assert (ours["body"] == theirs["body"]) or codes(request) & BODY_LOSSES
    if theirs["body"].isascii() and b"\r" not in theirs["body"] and b"\0" not in theirs["body"]:
        assert ours["body"] == theirs["body"] or row["id"] in ("chat-json-c1-del", "text-all-controls")


def test_what_cmd_lost_is_named_and_what_is_sure_is_not() -> None:
    rows = {row["id"]: row["snippet"] for row in curl_rows("cmd")}
    assert codes(one(rows["chat-json-shell-traps"])) == set()
    assert codes(one(rows["chat-json-cjk"])) == {"body-replaced"}
    assert codes(one(rows["chat-json-pretty-lf"])) == {"line-ends"}
    assert codes(one(rows["headers-latin1-bytes"])) == {"fields-replaced"}
    # Five bytes of an envelope are replaced, and made anew: nothing is gone.
    assert codes(one(rows["connect-envelope-length-fffd-ascii"])) == {"envelope-rebuilt"}
    assert codes(one(rows["connect-envelope-short"])) == {"envelope-rebuilt", "body-replaced"}


@pytest.mark.parametrize("row", curl_rows("copy-all"), ids=lambda row: str(row["id"]))
def test_copy_all_gives_every_request(row: Any) -> None:
    assert [request.url for request in parse(row["snippet"])] == row["urls"]


def test_a_worker_is_listed_before_its_fields_are_known() -> None:
    row = next(row for row in curl_rows("bash") if row["id"] == "worker-fetch-post")
    request = one(row["snippet"])
    assert codes(request) == {"headers-missing"}
    assert not request.headers.has("referer")


BASIC = [("Accept", "*/*")]
FORM = [*BASIC, ("Content-Type", "application/x-www-form-urlencoded")]


@pytest.mark.parametrize(
    ("arguments", "expected"),
    [
        (URL, ("GET", URL, BASIC, None)),
        (f"-sSL -o out.json -w '%{{http_code}}' --compressed -k {URL} > x 2>&1", ("GET", URL, BASIC, None)),
        (f"--url={URL} -XPUT", ("PUT", URL, BASIC, None)),
        (f"-X get {URL}", ("get", URL, BASIC, None)),
        (f"-sXPOST {URL} --no-buffer --max-time=5", ("POST", URL, BASIC, None)),
        ("a.example/x", ("GET", "http://a.example/x", BASIC, None)),
        (f"-I {URL}", ("HEAD", URL, BASIC, None)),
        (f"{URL} -d a=1 --data-ascii b=2 --data-raw @c", ("POST", URL, FORM, b"a=1&b=2&@c")),
        (f"{URL} -d ''", ("POST", URL, FORM, b"")),
        (f"{URL} -X GET -d x", ("GET", URL, FORM, b"x")),
        (f"{URL} -d x -H 'Content-Type:'", ("POST", URL, BASIC, b"x")),
        (f"{URL} -H accept:a/b -H 'x;' -H 'y: ' -H z", ("GET", URL, [("accept", "a/b"), ("x", "")], None)),
        (f"{URL} -H 'x:1' -H ': z' -H 'w; v'", ("GET", URL, [("x", "1"), *BASIC], None)),
        (f"{URL}?a#f -G -d b=2 --data-urlencode 'c=ä'", ("GET", f"{URL}?a&b=2&c=%C3%A4#f", BASIC, None)),
        (f"-G {URL}?? -d b", ("GET", f"{URL}??&b", BASIC, None)),
        (f"-G '{URL}?a&' -d b", ("GET", f"{URL}?a&b", BASIC, None)),
        (f"-G {URL}? -d b", ("GET", f"{URL}?b", BASIC, None)),
        (f"-G {URL} -d b", ("GET", f"{URL}?b", BASIC, None)),
        (f"-G {URL}", ("GET", URL, BASIC, None)),
        (f"{URL} --data-urlencode 'a b' --data-urlencode =c", ("POST", URL, FORM, b"a+b&c")),
        (f"{URL} -u me:p:w", ("GET", URL, [("Authorization", "Basic bWU6cDp3"), *BASIC], None)),
        (f"{URL} -u me:p -H 'authorization: x'", ("GET", URL, [("authorization", "x"), *BASIC], None)),
        (f"{URL} --oauth2-bearer t", ("GET", URL, [("Authorization", "Bearer t"), *BASIC], None)),
        (f"{URL} --oauth2-bearer t -u a:b", ("GET", URL, [("Authorization", "Bearer t"), *BASIC], None)),
        (f"{URL} -r 0-1", ("GET", URL, [("Range", "bytes=0-1"), *BASIC], None)),
        (f"{URL} -b a=1 -b b=2", ("GET", URL, [("Cookie", "a=1;b=2"), *BASIC], None)),
        (f"{URL} -A x -A y -e 'r;auto'", ("GET", URL, [("User-Agent", "y"), ("Referer", "r"), *BASIC], None)),
        (f"{URL} -A '' -e ''", ("GET", URL, BASIC, None)),
        (f"{URL} -H 'x: é'", ("GET", URL, [("x", "Ã©"), *BASIC], None)),
        (f"{URL} -H $'x: \\xe9'", ("GET", URL, [("x", "é"), *BASIC], None)),
        (f"'{URL}\\[1\\]'", ("GET", f"{URL}[1]", BASIC, None)),
        (f"-g '{URL}[1-2]{{a,b}}'", ("GET", f"{URL}[1-2]{{a,b}}", BASIC, None)),
        (f"'{URL}?f[0]=[]&{{}}'", ("GET", f"{URL}?f[0]=[]&{{}}", BASIC, None)),
    ],
)  # fmt: skip
def test_options(arguments: str, expected: Any) -> None:
    request = one(f"curl {arguments}")
    assert (request.method, request.url, list(request.headers), request.body) == expected


def test_json_is_joined_without_an_ampersand_and_brings_its_types() -> None:
    request = one(f"curl {URL} --json '{{\"a\":' --json '1}}'")
    assert (request.method, request.body) == ("POST", b'{"a":1}')
    types = [("Accept", "application/json"), ("Content-Type", "application/json")]
    assert list(request.headers) == types


def test_forms() -> None:
    text = (
        f'curl {URL} -F \'a=1;type=text/x;unknown=y\' -F \'b="x;\\"y"; filename="n\\"\\\\m"\' '
        "-F 'c= d ' --form-string 'e=@x;type=y'"
    )
    request = one(text)
    boundary = request.headers.get("content-type").partition("; boundary=")[2]
    assert request.body is not None
    assert request.body.decode().replace(boundary, "B") == (
        '--B\r\nContent-Disposition: form-data; name="a"\r\nContent-Type: text/x\r\n\r\n1\r\n'
        '--B\r\nContent-Disposition: form-data; name="b"; filename="n%22\\m"\r\n\r\nx;"y\r\n'
        '--B\r\nContent-Disposition: form-data; name="c"\r\n\r\nd\r\n'
        '--B\r\nContent-Disposition: form-data; name="e"\r\n\r\n@x;type=y\r\n--B--\r\n'
    )
    assert one(text) == request
    typed = one(f"curl {URL} -H 'Content-Type: multipart/mixed' -F a=b").headers
    assert typed.get("content-type").startswith("multipart/mixed; boundary=-")


def test_what_stands_in_files_is_lost_or_refused() -> None:
    request = one(f"curl {URL} -A x -F f=@dir/p.PNG -F 'g=@q;type=a/b;filename=z' -F 'h=<r'")
    assert codes(request) == {"file-content"}
    assert request.body is not None
    assert b'filename="p.PNG"\r\nContent-Type: image/png' in request.body
    assert b'name="g"; filename="z"\r\nContent-Type: a/b' in request.body
    assert b'name="h"\r\n\r\n' in request.body
    assert codes(one(f"curl {URL} -A x -b jar.txt")) == {"cookies"}
    assert codes(one(f"curl {URL} -A x -b jar.txt -H 'Cookie: a=b'")) == set()
    assert codes(one(f"curl {URL} -A x -b ''")) == set()


def test_losses_that_every_format_has() -> None:
    assert codes(one(f"curl {URL}")) == {"user-agent"}
    assert codes(one(f"curl {URL} -A x -X POST -H 'content-type: a/b'")) == {"body-missing"}
    assert codes(one(f"curl {URL} -A x -X POST -H 'content-type: a/b' -H 'content-length: 0'")) == set()
    assert codes(one(f"curl {URL} -A x -d 'a\ufffd'")) == {"body-doubtful"}
    assert codes(one(f"curl {URL} -A x -d 'a\ufffd' -H 'content-type: a/b'")) == {"body-replaced"}


@pytest.mark.parametrize(
    ("text", "urls"),
    [
        ("$ curl a.b/1; curl -s a.b/2 & curl a.b/3 && FOO=1 curl.exe a.b/4\n% curl a.b/5 | jq '.x'", 5),
        ("To try it, don't wait:\n\n  curl a.b/1 \\\r\n -s\r\ncurl a.b/2", 2),
        ("#!/bin/sh\n# curl it\ncurl a.b/1 # it's\n\ncd /tmp && echo 'curl a.b'\n(/usr/bin/curl a.b/2)", 2),
        ("curl a.b/1 --next -d x a.b/2 -: a.b/3", 3),
        ("curl a.b/1 a.b/2", 2),
        ("curl a.b/1 -d 'fetch(\"https://a.example/\")'", 1),
        ('curl ^\r\n  a.b/1 & curl ^"a.b/2^" >nul 2>nul\r\ncurl a.b/3', 3),
    ],
)
def test_several_commands_in_one_text(text: str, urls: int) -> None:
    assert [request.url[-1] for request in parse(text)] == [str(number) for number in range(1, urls + 1)]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ('curl "http://a.b/" -d "{\\"a\\":\\"c:\\\\\\\\d\\"}"', b'{"a":"c:\\\\d"}'),
        ('curl "http://a.b/" -d "{""a"":""c:\\d""}"', b'{"a":"c:\\d"}'),
        ('curl.exe -d "{""a"":1}" --data "e\\\\" http://a.b/', b'{"a":1}&e\\'),
        ('curl http://a.b/ -d ^"a^\\b^\\^\\c^"', b"a\\b\\c"),
        ("curl http://a.b/ -d a^&b^|c^^d%E%", b"a&b|c^d%E%"),
        ("curl http://a.b/ -d ^\n a\\\\b", b"a\\\\b"),
        ('curl http://a.b/ -d ^"a^\n\nb^"', b"a\nb"),
        ("curl http://a.b/ -d ^\"'a'^\"", b"'a'"),
    ],
)
def test_windows_quoting(text: str, expected: bytes) -> None:
    assert one(text).body == expected


@pytest.mark.parametrize(
    ("text", "kind", "place", "said"),
    [
        ("curl 'https://a/", SnippetSyntaxError, (1, 6), "never closed"),
        ("curl https://a/ \\\n -d $'x", SnippetSyntaxError, (2, 5), "never closed"),
        ('curl https://a/ \\\n -d "x', SnippetSyntaxError, (2, 5), "never closed"),
        ('curl ^"https://a/^" ^\n  -H ^"x: SECRET', SnippetSyntaxError, (2, 7), "never closed"),
        ('curl https://a/ -H "x: $KEY"', SnippetError, (1, 24), "The shell fills"),
        ("curl https://a/$(id)", SnippetError, (1, 16), "The shell fills"),
        ("curl https://a/`id`", SnippetError, (1, 16), "The shell fills"),
        ("curl $OPTIONS https://a/", SnippetError, (1, 6), "The shell fills"),
        ("curl https://a/ --proxy-header x", SnippetError, (1, 17), "--proxy-header isn't known"),
        ("curl https://a/ -T f", SnippetError, (1, 17), "-T reads a file"),
        ("curl https://a/ -sx p", SnippetError, (1, 17), "-x sends the request another way"),
        ("curl https://a/ --digest", SnippetError, (1, 17), "needs an answer"),
        ("curl https://a/ -?", SnippetError, (1, 17), "-? isn't known"),
        ("curl https://a/ --SECRET", SnippetError, (1, 17), "This option isn't known"),
        ("curl https://a/ -d", SnippetError, (1, 17), "-d has no value"),
        ("curl https://a/ --output", SnippetError, (1, 17), "--output has no value"),
        ("curl https://a/ -d @f", SnippetError, (1, 20), "read from a file"),
        ("curl https://a/ --data-urlencode n@f", SnippetError, (1, 34), "read from a file"),
        ("curl https://a/ -H @f", SnippetError, (1, 20), "read from a file"),
        ("curl https://a/ -d @- <<EOF\nit's\nEOF", SnippetError, (1, 20), "read from a file"),
        ("curl https://a/ -u SECRET", SnippetError, (1, 20), "ask for this user's password"),
        ("curl https://a/ -F x", SnippetError, (1, 20), "has no name"),
        ("curl https://a/ -F x=y -d z", SnippetError, (1, 1), "two kinds"),
        ("curl https://a/ -I -d z", SnippetError, (1, 1), "two kinds"),
        ("curl https://a/ -H 'Host: b'", SnippetError, (1, 6), "another server"),
        ("curl -s", SnippetError, (1, 1), "no URL"),
        ("curl ftp://a/", SnippetError, (1, 6), "web server"),
        ("curl https://a:x/", SnippetError, (1, 6), "web server"),
        ("curl 'https://a/[1-3]'", SnippetError, (1, 6), "several requests"),
        ("curl 'https://a/{x,y}'", SnippetError, (1, 6), "several requests"),
        ("x\n curl \\\n", SnippetError, (2, 2), "no URL"),
        ("curl", NotAFetchCall, (1, 1), "cURL command without"),
        ("  curl\n", NotAFetchCall, (1, 1), "cURL command without"),
    ],
)
def test_what_cannot_be_read_is_told_with_its_place(
    text: str, kind: type[SnippetError], place: tuple[int, int], said: str
) -> None:
    with pytest.raises(kind) as caught:
        parse(text)
    error = caught.value
    assert type(error) is kind
    assert said in error.message
    assert "SECRET" not in error.message + error.hint
    assert (error.line, error.column) == place


def test_options_that_change_nothing_may_hold_anything() -> None:
    assert one("curl https://a/ -o $FILE -H 'Host: a'").url == "https://a/"
    assert one('curl "https://a/\\$x\\`\\"\\\\\\y\\\nz" ').url == 'https://a/$x`"\\\\yz'
    assert one("curl https://a/?b=\\$c$ -d '$x `y`'").url == "https://a/?b=$c$"


@pytest.mark.parametrize(
    ("quoted", "expected"),
    [
        ("$'\\a\\b\\e\\E\\f\\n\\r\\t\\v\\\\\\'\\\"\\?'", "\a\b\x1b\x1b\f\n\r\t\v\\'\"?"),
        ("$'\\u4f60\\u21 \\x41g\\x4'", "你! Ag\x04"),
        ("$'\\101\\60\\0\\cA\\U1F40E'", "A0\0\x01🐎"),
        ("$'\\ud83d\\udc0e \\ud83d'", "🐎 \ufffd"),
        ("$'\\!\\8\\xg\\U110000'", "\\!\\8\\xg\U0010ffff"),
        ("a$'b'c'd'\"e\"\\f", "abcdef"),
        ("a\\\nb\\", "ab\\"),
    ],
)
def test_every_kind_of_quoting(quoted: str, expected: str) -> None:
    assert one(f"curl {URL} -H 'content-type: text/x' -d {quoted}").body == expected.encode()


def test_no_command_stands_behind_the_name() -> None:
    with pytest.raises(NotAFetchCall, match="No cURL command"):
        curl.read("# curl only\n echo curl")


def test_a_fetch_call_that_speaks_of_curl_stays_one() -> None:
    assert one("fetch(`https://a.example/`, {method: 'POST', body: `\ncurl x`})").body == b"\ncurl x"


plain = st.text(st.characters(codec="utf-8", exclude_characters="\0"), max_size=40)


@given(words=st.lists(plain, min_size=1, max_size=5))
def test_words_are_split_as_the_standard_library_joins_them(words: list[str]) -> None:
    [found] = commands(shlex.join(words))
    assert [word.text for word in found] == words


@given(text=st.text(st.sampled_from("'\"\\$`; &|<>()#\n\r\t^!a1{}"), max_size=30))
def test_no_text_breaks_the_splitting(text: str) -> None:
    for start in ("curl ", "curl ^"):
        with suppress(SnippetError):
            assert parse(start + text)


@pytest.mark.parametrize(
    "text", ["curl '" + "a" * 3_000_000, "curl $'" + "\\n" * 300_000, 'curl ^"' + "^\n" * 500_000]
)
def test_long_texts_are_split_at_once(text: str) -> None:
    with pytest.raises(SnippetError):
        parse(text)


# The real cURL, run by a real shell.


@pytest.mark.parametrize(
    ("written", "target"),
    [
        ("a.example/p --url-query 'a=b c'", "/p?a=b+c"),
        ("a.example/p --url-query '+a=b%20c' --url-query =d&", "/p?a=b%20c&d"),
        ("'a.example/p?x&#f' --url-query 'a b' -d z", "/p?x&a+b"),
        ("a.example/p --url-query + ", "/p"),
        ("a.example/p -G -d z=1 --url-query a=b", "/p?z=1"),
        ("a.example/p/../q/./r?x=../y", "/q/r?x=../y"),
        ("a.example/a//../%2e%2e/..", "/a/"),
        ("--path-as-is a.example/p/../q", "/p/../q"),
        ("'a.example\\..\\b'", "/..\\b"),
    ],
)
def test_an_address_is_put_together_as_curl_does(written: str, target: str) -> None:
    assert told(one(f"curl {written}"))["target"] == target


def test_what_a_command_takes_away_stays_away() -> None:
    sent = as_sent(one("curl a.example -X delete -H 'Accept:' -H 'content-type:' -H 'X-E;' -d a"))
    assert sent.method == "delete"
    assert [name for name, _ in sent.headers] == ["X-E", "user-agent", "accept-encoding"]


def test_a_last_next_begins_no_other_request() -> None:
    assert len(parse("curl a.example --next b.example --next")) == 2
    with pytest.raises(SnippetError, match="no URL"):
        parse("curl a.example --next --next")
    with pytest.raises(SnippetError, match="read from a file"):
        parse("curl a.example --url-query @x")


@pytest.mark.parametrize(
    "words", ["-b 'a=b' " * 8000, "https://a.example/ " * 20_000, "-" + "s" * 1_000_000, 'a"b" ' * 20_000]
)
def test_a_long_command_is_read(words: str) -> None:
    assert parse(f"curl {words} https://a.example/")[-1].url == "https://a.example/"


def test_of_an_option_that_is_given_twice_the_last_one_counts() -> None:
    assert fields(one("curl a.example -A x -H 'B: c' -A y -e d -A z").headers) == {
        "user-agent": "z", "b": "c", "referer": "d", "accept": "*/*",
    }  # fmt: skip
    assert not one("curl a.example -A x -A ''").headers.has("user-agent")


@pytest.mark.parametrize("quote", ['^"', '"'])
def test_a_carriage_return_alone_is_a_bodys_own(quote: str) -> None:
    body = f"a\\{quote}b\rc\r\rd"
    first, second = parse(
        f"curl {quote}a.example{quote} ^\n  --data-raw {quote}{body}{quote}\rcurl b.example"
    )
    assert first.body == b'a"b\rc\r\rd'
    assert second.url == "http://b.example"
    slashes = parse(f'curl ^"https://a.example/^" --data-raw {quote}a\\\\{quote}\rcurl b.example')
    assert [request.url for request in slashes] == ["https://a.example/", "http://b.example"]


needs_curl = pytest.mark.skipif(
    not (shutil.which("curl") and shutil.which("bash")), reason="curl and bash are needed to compare with"
)


@pytest.fixture(scope="module")
def recorder() -> Iterator[Server]:
    def script(connection: Connection) -> None:
        connection.receive_request()
        connection.reply(headers=[("connection", "close")])

    with serve(script) as server:
        yield server


def by_curl(server: Server, text: str) -> list[dict[str, Any]]:
    """What reaches the server when a shell runs the text."""
    server.requests.clear()
    environment = {"PATH": os.environ["PATH"], "LC_ALL": "C.UTF-8", "HOME": "/nonexistent"}
    subprocess.run(
        ["bash", "-c", text], check=True, env=environment, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE
    )
    return [
        {"method": r.method, "target": r.target, "headers": fields(r.headers), "body": r.body}
        for r in server.requests
    ]


def by_us(text: str) -> list[dict[str, Any]]:
    return without_agent([told(as_sent(request, "curl/")) for request in parse(text)])


def without_agent(found: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """cURL names itself where nothing else is told."""
    for request in found:
        if request["headers"].get("user-agent", "").startswith("curl/"):
            del request["headers"]["user-agent"]
    return found


# Where cURL itself doesn't send what the browser sent: bash ends a text at NUL, cURL writes UTF-8 where bytes
# were meant, adds a type to a body without one, and sends a Referer that is empty.
NOT_CURLS = {
    "binary-no-type",
    "binary-every-byte",
    "grpc-web-binary",
    "headers-latin1-bytes",
    "headers-latin1-control",
    "form-multipart-text-file",
    "worker-fetch-post",
}


@needs_curl
@pytest.mark.parametrize(
    "row",
    [row for row in curl_rows("bash") if "http://127.0.0.1:88" in row["snippet"].split("\n")[0]],
    ids=lambda row: str(row["id"]),
)
def test_the_corpus_is_read_as_curl_reads_it(row: Any, recorder: Server) -> None:
    if row["id"] in NOT_CURLS or "\\u0000" in row["snippet"]:
        pytest.skip("cURL itself doesn't send what the browser sent")
    text = row["snippet"]
    for port in ("8801", "8802"):
        text = text.replace(f"http://127.0.0.1:{port}", recorder.url)
    assert by_us(text) == by_curl(recorder, f"{text} -s -o /dev/null --max-time 5")


def quoted_ansi(text: str) -> str:
    escapes = {"\\": "\\\\", "'": "\\'", "\n": "\\n", "\t": "\\t", "!": "\\x21"}
    return "$'" + "".join(escapes.get(c, c if c.isascii() else f"\\U{ord(c):08x}") for c in text) + "'"


def quoted_double(text: str) -> str:
    return '"' + "".join(f"\\{c}" if c in '\\"$`' else c for c in text) + '"'


def in_pieces(text: str) -> str:
    half = len(text) // 2
    return shlex.quote(text[:half]) + quoted_ansi(text[half:])


quoting = st.sampled_from([shlex.quote, quoted_ansi, quoted_double, in_pieces])
letters = st.text(
    st.sampled_from("abZ019 -_.~*'\"\\$`!%^&|;<>()[]{}#=+,/?:@\t\né你🐎"), min_size=1, max_size=12
)
names = st.text(st.sampled_from("abXY019-_"), min_size=1, max_size=6).map("x-{}".format)
values = letters.map(lambda text: text.replace("\n", "").strip()).filter(bool)
data = letters.filter(lambda text: not text.startswith("@"))
fields_given = st.tuples(st.just("-H"), st.builds("{}: {}".format, names, values))
agents = st.tuples(
    st.sampled_from(["-A", "--user-agent", "-e", "--referer", "--oauth2-bearer"]), values.map("v{}".format)
)
users = st.tuples(st.sampled_from(["-u", "--user"]), st.builds("{}:{}".format, names, values))
cookies = st.tuples(st.sampled_from(["-b", "--cookie"]), st.builds("{}={}".format, names, values))
bodies = st.one_of(
    st.tuples(st.sampled_from(["-d", "--data", "--data-raw", "--data-binary", "--data-ascii"]), data),
    st.tuples(st.just("--data-urlencode"), st.builds("{}={}".format, names, letters)),
    st.tuples(st.just("--data-urlencode"), data.filter(lambda text: "@" not in text and "=" not in text)),
    st.tuples(st.just("--json"), data),
)
methods = st.tuples(
    st.sampled_from(["-X", "--request"]), st.sampled_from(["PUT", "patch", "PURGE", "POST", "delete", "post"])
)
empty = st.tuples(
    st.just("-H"),
    st.sampled_from(["x-e;", "x-f:", "Content-Type:", "Accept: a/b", "accept;", "Accept:", "x; y", "x-g; "]),
)
paths = st.lists(st.sampled_from(["..", ".", "", "p", "...", "%2e%2E", ".a"]), max_size=5).map(
    lambda segments: "/" + "/".join(segments)
)
queries = st.text(st.sampled_from("abZ019-_.~*'\"$`!%^&|;<>()=+,/?:@"), max_size=12)


@needs_curl
@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    path=paths,
    query=queries,
    options=st.lists(st.one_of(fields_given, agents, cookies, empty, users), max_size=4),
    sent=st.lists(bodies, max_size=3),
    method=st.lists(methods, max_size=1),
    get=st.booleans(),
    quotes=st.lists(quoting, min_size=9, max_size=9),
    between=st.sampled_from([" ", " \\\n  ", "\t"]),
)
def test_any_command_is_read_as_curl_reads_it(
    recorder: Server, path: str, query: str, options: Any, sent: Any, method: Any, **how: Any
) -> None:
    # -G's data become a part of the address, which cURL takes as it is, spaces and all.
    get = how["get"] and all(name == "--data-urlencode" for name, _ in sent)
    words = ["curl", "-s", "-o", "/dev/null", "--max-time", "5", *(["-G"] if get else [])]
    for index, (name, value) in enumerate([*options, *method, *sent]):
        words += [name, how["quotes"][index](value)]
    words.append(quoted_double(f"{recorder.url}{path}?{query}"))
    text = how["between"].join(words)
    ours, theirs = by_us(text), without_agent(by_curl(recorder, text))
    for found in (ours, theirs) if get else ():
        # Some versions write these digits in lower case, which is the same (RFC 3986, section 6.2.2.1).
        found[0]["target"] = re.sub("%[0-9a-f]{2}", lambda digits: digits[0].upper(), found[0]["target"])
    assert ours == theirs


@needs_curl
@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    parts=st.lists(
        st.tuples(names, letters, st.sampled_from(["-F", "--form-string"])), min_size=1, max_size=3
    )
)
def test_any_form_is_sent_as_curl_sends_it(recorder: Server, parts: Any) -> None:
    words = ["curl", "-s", "-o", "/dev/null", recorder.url]
    for name, content, option in parts:
        escaped = content.replace("\\", "\\\\").replace('"', '\\"')
        words += [option, f'{name}="{escaped}";type=text/x' if option == "-F" else f"{name}={content}"]
    [ours], [theirs] = by_us(shlex.join(words)), without_agent(by_curl(recorder, shlex.join(words)))
    for found in (ours, theirs):
        boundary = found["headers"]["content-type"].partition("boundary=")[2]
        found["body"] = found["body"].replace(boundary.encode(), b"B")
        found["headers"]["content-type"] = "multipart/form-data"
    assert ours == theirs
