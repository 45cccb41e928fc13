"""multipart: the parts of a form's body, and where their contents stand."""

from __future__ import annotations

from base64 import b64decode
from email import message_from_bytes
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from fetch2py.multipart import Part, delimiter_of, parts
from tests.fixture_files import snippets

TYPE = "multipart/form-data; boundary=b1"


def body(*written: tuple[str, str], line_end: str = "\r\n", boundary: str = "b1") -> bytes:
    """A body of parts, each as (header fields, content), as browsers write it."""
    lines = (f"--{boundary}\n{fields}\n\n".replace("\n", line_end) + content for fields, content in written)
    return (line_end.join([*lines, f"--{boundary}--"]) + line_end).encode("utf-8", "surrogateescape")


def field(name: str) -> str:
    return f'Content-Disposition: form-data; name="{name}"'


def contents(raw: bytes, content_type: str = TYPE) -> list[tuple[str, bytes]]:
    return [(part.name, raw[part.start : part.end]) for part in parts(raw, content_type)]


def test_text_fields_and_files_in_order() -> None:
    raw = body(
        (field("text"), "你好\r\nyou"),
        (field("f") + '; filename="a.png"\nContent-Type: image/png', "\x89PNG\n"),
        (field("empty"), ""),
        (field("nothing") + '; filename=""\nContent-Type: application/octet-stream', ""),
    )
    found = parts(raw, TYPE)
    assert [part[:3] for part in found] == [
        ("text", None, ""),
        ("f", "a.png", "image/png"),
        ("empty", None, ""),
        ("nothing", "", "application/octet-stream"),
    ]
    assert [raw[part.start : part.end] for part in found] == [
        "你好\r\nyou".encode(),
        "\x89PNG\n".encode(),
        b"",
        b"",
    ]


@pytest.mark.parametrize(
    "content_type",
    [
        TYPE,
        'multipart/form-data; boundary="b1"',
        'multipart/form-data;charset="utf-8"; BOUNDARY=b1 ; x=y',
        "multipart/form-data",
        "multipart/form-data; boundary=",
        "",
    ],
)
def test_the_boundary_as_declared_or_as_the_body_begins(content_type: str) -> None:
    assert contents(body((field("a"), "1")), content_type) == [("a", b"1")]


def test_without_a_boundary_there_is_no_part() -> None:
    assert delimiter_of(b"hello", "") == b""
    assert parts(b"hello", "") == parts(b"", TYPE) == ()


@pytest.mark.parametrize(
    ("spelled", "name"),
    [("a%22b%0D%0Ac", 'a"b\r\nc'), ("a%20b%0d", "a%20b%0d"), ("C:\\x\\", "C:\\x\\"), ("", ""), ("é", "é")],
)
def test_names_as_browsers_escape_them(spelled: str, name: str) -> None:
    raw = body((field(spelled), "1"), (f'{field("f")}; filename="{spelled}"', ""))
    assert [(part.name, part.filename) for part in parts(raw, TYPE)] == [(name, None), ("f", name)]


def test_names_that_are_odd() -> None:
    raw = body(("content-disposition:form-data;name=a;filename*=UTF-8''x", "1"), (field("\udcff"), "2"))
    assert parts(raw, TYPE)[0][:3] == ("a", None, "")
    assert parts(raw, TYPE)[1].name == "\udcff"
    raw = body(("Content-Type: text/plain", "1"), ("Content-Type: a\nContent-Type: b", "2"))
    assert [part[:3] for part in parts(raw, TYPE)] == [("", None, "text/plain"), ("", None, "a")]


def test_lines_that_end_in_a_line_feed() -> None:
    raw = body((field("a"), "1\r"), (field("b"), "2\r\n"), line_end="\n")
    assert contents(raw) == [("a", b"1\r"), ("b", b"2\r\n")]


def test_what_is_around_the_parts_and_what_only_looks_like_a_delimiter() -> None:
    text = "a--b1\r\n--b10\r\n--b1 x\r\n\n--b1\r\n --b1--"
    raw = b"preamble --b1\r\n" + body((field("a"), text)) + b"--b1\r\nepilogue"
    assert contents(raw) == [("a", text.encode())]
    assert contents(raw.replace(b"--b1\r\nC", b"--b1 \t\r\nC")) == [("a", text.encode())]


def test_a_body_that_was_cut_off() -> None:
    raw = body((field("a"), "1"), (field("b"), "22222"))
    assert contents(raw[: raw.index(b"22222") + 2]) == [("a", b"1"), ("b", b"22")]
    assert contents(raw[: raw.index(b"22222") - 2]) == [("a", b"1")]
    assert contents(raw[: raw.index(b"--b1--")]) == [("a", b"1"), ("b", b"22222\r\n")]


def test_a_part_without_an_empty_line_is_left_out() -> None:
    assert contents(body((field("b"), "2")).replace(b'"b"\r\n\r\n2', b'"b"\r\n')) == []
    assert contents(b"--b1\r\n\r\n1\r\n--b1--") == [("", b"1")]
    assert contents(b"--b1--") == contents(b"--b1") == []


def test_every_form_that_a_browser_sent() -> None:
    seen = 0
    for row in snippets():
        wire: Any = row["wire"]
        if not isinstance(wire, dict) or not wire.get("body_base64"):
            continue
        content_type = next((value for name, value in wire["headers"] if name.lower() == "content-type"), "")
        if not content_type.startswith("multipart/form-data"):
            continue
        raw = b64decode(wire["body_base64"])
        known = message_from_bytes(
            b"Content-Type: " + content_type.encode() + b"\r\n\r\n" + raw
        ).get_payload()
        found = parts(raw, content_type)
        assert len(found) == len(known)
        for part, other in zip(found, known, strict=True):
            assert not isinstance(other, str)
            # That reader knows no UTF-8 here, nor what browsers escape.
            assert (part.filename is None) == (other.get_filename() is None)
            assert raw[part.start : part.end].split(b"\r\n") == (other.get_payload(decode=True) or b"").split(
                b"\r\n"
            )
        seen += 1
    assert seen


@settings(deadline=None, max_examples=200)
@given(st.lists(st.tuples(st.text("ab%é ;=", max_size=4), st.binary(max_size=20)), max_size=5))
def test_whatever_was_written_is_read(written: list[tuple[str, bytes]]) -> None:
    raw = b"".join(
        f'--b1\r\nContent-Disposition: form-data; name="{name}"\r\n\r\n'.encode() + content + b"\r\n"
        for name, content in written
    )
    raw += b"--b1--\r\n"
    assert contents(raw) == [(name, content) for name, content in written]
    assert all(isinstance(part, Part) for part in parts(raw, TYPE))


@pytest.mark.parametrize(
    "unit", [b"--b1", b"--b1 ", b"--b1\r\n", b"\r\n--b1\r\n\r\n\r\n", b"\r\n", b'; name="', b";name="]
)
def test_a_megabyte_of_anything_is_walked_in_one_go(unit: bytes) -> None:
    raw = b"--b1\r\nContent-Disposition: form-data" + unit * (1_000_000 // len(unit))
    assert parts(raw, TYPE) is not None
