"""Recordings: bytes and their timing as lines of text and back, and what of them is kept."""

from __future__ import annotations

import json
import os
from itertools import pairwise
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as some

from fetch2py.errors import ReplyMalformed
from fetch2py.recording import Ending, Head, Piece, Recorder, Recording, is_recording, opaque, read, spelled

TOKEN = "eyFAKE-FAKE-token-0123456789"
HEAD = '{"fetch2py-recording": 1, "status": 200}\n'
END = '{"t": 1, "end": "complete"}\n'


def recorded(*pieces: bytes, secrets: tuple[str, ...] = (TOKEN,)) -> Recording:
    """What is kept of an answer in these pieces, one a second."""
    recorder = Recorder(secrets)
    lines = [recorder.head(Head(200))]
    lines += [recorder.piece(Piece(float(at), data)) for at, data in enumerate(pieces)]
    return read("".join([*lines, recorder.ending(Ending(float(len(pieces)), "complete"))]))


# --- the lines ---


def test_a_recording_reads_as_documented() -> None:
    pieces = (Piece(0.0, 'data: {"text":"你"}\n\n'.encode()), Piece(0.0521, b'\0\0\0\0\x0e{"heartbeat":1}'))
    text = spelled(
        Recording(
            Head(200, (("content-type", "text/event-stream"),), 0.4123, "kimi.moonshot.cn", None, "你好"),
            pieces,
            Ending(1.2, "broken", "The server broke off."),
        )
    )
    assert text == (
        '{"fetch2py-recording": 1, "status": 200, "headers": [["content-type", "text/event-stream"]],'
        ' "wait": 0.412, "host": "kimi.moonshot.cn", "dialect": null, "sent": "你好"}\n'
        '{"t": 0.0, "text": "data: {\\"text\\":\\"你\\"}\\n\\n"}\n'
        '{"t": 0.052, "base64": "AAAAAA4="}\n'
        '{"text": "{\\"heartbeat\\":1}"}\n'
        '{"t": 1.2, "end": "broken", "error": "The server broke off."}\n'
    )
    assert read(text).body == b"".join(piece.data for piece in pieces)
    assert is_recording(text)


times = some.integers(0, 10**9).map(lambda milliseconds: milliseconds / 1000)
texts = some.text(some.characters(exclude_categories=["Cs"]))
bodies = (
    some.binary() | texts.map(str.encode) | some.builds(lambda a, b: a.encode() * 9 + b, texts, some.binary())
)
heads = some.builds(
    Head,
    some.integers(100, 999),
    some.lists(some.tuples(texts, texts)).map(tuple),
    times,
    texts,
    some.none() | texts | some.just({"rules": [{"to": "text", "get": "/a"}]}),
    texts,
)


@settings(deadline=None)
@given(
    heads, some.lists(some.tuples(times, bodies)), texts, some.sampled_from(["complete", "broken", "lost"])
)
def test_whatever_is_written_is_read_again(head: Head, pieces: Any, error: str, how: Any) -> None:
    pieces = tuple(Piece(at, data) for at, data in sorted(pieces))
    recording = Recording(head, pieces, Ending(pieces[-1].at if pieces else 0.0, how, error))
    text = spelled(recording)
    assert read(text) == recording
    assert not set(text) & set("\r\u2028\u2029\x1b\0")


def test_what_a_person_may_do_to_it() -> None:
    text = (
        "\ufeff"
        + HEAD.replace("}", ', "note": "mine"}')
        + '\r\n{"t": 0, "text": "a", "note": 1}\n\n{"text":"b"}'
    )
    recording = read(text)
    assert recording.pieces == (Piece(0.0, b"ab"),)
    assert recording.ending == Ending(
        0.0, "broken", "The recording has no end: it was cut off while it was written."
    )


@pytest.mark.parametrize(
    ("text", "line", "told"),
    [
        ("", 1, "no JSON object"),
        ("data: x\n\n", 1, "no JSON object"),
        ("[" * 100_000, 1, "no JSON object"),
        ("[]", 1, "no JSON object"),
        ("{}", 1, "a recording begins with"),
        (HEAD.replace(": 1", ": true"), 1, "a recording begins with"),
        (HEAD.replace(": 1", ": 2"), 1, "a recording begins with"),
        (HEAD.replace("200", "20"), 1, "no HTTP status"),
        (HEAD.replace("200", '"200"'), 1, "no HTTP status"),
        (HEAD.replace("}", ', "headers": {}}'), 1, "no pairs"),
        (HEAD.replace("}", ', "headers": [["a"]]}'), 1, "no pairs"),
        (HEAD.replace("}", ', "headers": [["a", 1]]}'), 1, "no pairs"),
        (HEAD.replace("}", ', "dialect": 1}'), 1, "neither a name nor rules"),
        (HEAD.replace("}", ', "sent": 1}'), 1, "`sent` is no text"),
        (HEAD.replace("}", ', "wait": -1}'), 1, "`wait` are no seconds"),
        (HEAD + '{"text": "a"}', 2, "no `t`"),
        (HEAD + '\n{"t": NaN, "text": "a"}', 3, "`t` are no seconds"),
        (HEAD + '{"t": 1e99, "text": "a"}', 2, "`t` are no seconds"),
        (HEAD + '{"t": true, "text": "a"}', 2, "`t` are no seconds"),
        (HEAD + '{"t": 1, "text": "a"}\n{"t": 0.5, "text": "b"}', 3, "fewer than before"),
        (HEAD + '{"t": 0}', 2, "one of them"),
        (HEAD + '{"t": 0, "text": "", "base64": ""}', 2, "one of them"),
        (HEAD + '{"t": 0, "text": "\\ud800"}', 2, "half a character"),
        (HEAD + '{"t": 0, "base64": "a"}', 2, "`base64` is none"),
        (HEAD + '{"t": 0, "base64": "你"}', 2, "`base64` is none"),
        (HEAD + '{"t": 0, "end": "well"}', 2, "`end` can be complete, broken, lost"),
        (HEAD + END + END, 3, "after the end"),
    ],
)
def test_a_line_that_is_wrong_is_named(text: str, line: int, told: str) -> None:
    with pytest.raises(ReplyMalformed, match=f"Line {line} of .*{told}") as caught:
        read(text)
    assert caught.value.exit_code == 7


# --- secrets ---


def test_the_heads_secrets_and_what_is_of_the_wire_stay_out() -> None:
    head = Head(
        200,
        (
            ("Content-Type", "text/event-stream"),
            ("Content-Encoding", "gzip"),
            ("Content-Length", "9"),
            ("Set-Cookie", "sid=FAKEFAKEFAKE; Path=/"),
            ("x-echo", TOKEN),
        ),
        sent=f"my token is {TOKEN}",
    )
    recorder = Recorder([TOKEN])
    text = recorder.head(head) + recorder.ending(Ending(0, "lost", f"no {TOKEN}"))
    assert "FAKE" not in text
    kept = read(text).head
    assert [name for name, _ in kept.headers] == ["Content-Type", "Set-Cookie", "x-echo"]
    assert kept.headers[0] == ("Content-Type", "text/event-stream")


def test_a_secret_in_the_body_is_overwritten_at_its_length() -> None:
    body = f'data: {{"echo":"Bearer {TOKEN}"}}\n\n'.encode()
    (piece,) = recorded(body).pieces
    assert piece.data == b'data: {"echo":"Bearer (redacted)******************"}\n\n'
    assert len(piece.data) == len(body)


@pytest.mark.parametrize(
    "body",
    [f"a {TOKEN} b{TOKEN}{TOKEN}", f"{TOKEN[:-1]}{TOKEN}", f"{TOKEN[:9]}.", f"{json.dumps('你' + TOKEN)}"],
)
def test_a_secret_is_found_wherever_it_is_cut(body: str) -> None:
    raw = body.encode()
    whole = recorded(raw).body
    assert TOKEN.encode() not in whole
    assert len(whole) == len(raw)
    for cut in range(len(raw) + 1):
        recording = recorded(raw[:cut], raw[cut:])
        assert recording.body == whole
        assert [len(piece.data) for piece in recording.pieces] == [cut, len(raw) - cut]
    bytewise = recorded(*(raw[at : at + 1] for at in range(len(raw))))
    assert bytewise.body == whole
    assert [piece.at for piece in bytewise.pieces] == [*map(float, range(len(raw)))]


# Few letters, so that beginnings of secrets are everywhere.
words = some.text("abé", min_size=1, max_size=12)


@settings(deadline=None)
@given(
    some.lists(words, max_size=4),
    some.lists(words | some.sampled_from([" ", "-", "ab" * 9]), max_size=9),
    some.data(),
)
def test_any_cut_gives_the_same_bytes(secrets: list[str], parts: list[str], data: some.DataObject) -> None:
    raw = "".join(parts).encode()
    cuts = sorted({0, len(raw), *data.draw(some.lists(some.integers(0, len(raw))))})
    pieces = [raw[start:end] for start, end in pairwise(cuts)]
    kept = recorded(*pieces, secrets=tuple(secrets))
    assert kept.body == recorded(raw, secrets=tuple(secrets)).body
    assert [len(piece.data) for piece in kept.pieces] == [*map(len, pieces)]
    for secret in secrets:
        if len(secret) >= 8:
            assert secret.encode() not in kept.body


def test_a_short_secret_is_no_part_of_a_word() -> None:
    kept = recorded(b"a FAKE, FA", b"KEd, FAK", b"E", secrets=("FAKE",))
    assert kept.body == b"a ****, FAKEd, ****"


def test_a_secret_that_was_cut_off_is_none_the_less_one() -> None:
    assert recorded(b"x: " + TOKEN[:12].encode()).body == b"x: (redacted)**"
    assert recorded(b"x: " + TOKEN[:3].encode()).body == b"x: eyF"


def test_secrets_that_have_no_bytes() -> None:
    assert recorded(b"\\ud83d_FAKE_FAKE", secrets=("\ud83d_FAKE_FAKE",)).body == b"(redacted)******"
    binary = os.fsdecode(b"\xffFAKE_FAKE")
    assert recorded(b"\xffFAKE_FAKE", secrets=(binary,)).body == b"(redacted)"


@pytest.mark.parametrize(
    ("field", "told"),
    [
        (("Connect-Content-Encoding", "gzip"), "compressed as gzip"),
        (("grpc-encoding", "br"), "compressed as br"),
        (("content-type", "application/grpc-web-text+proto"), "base64"),
        (("connect-content-encoding", "identity"), ""),
        (("content-type", "application/grpc-web+json"), ""),
    ],
)
def test_answers_that_hide_their_bytes(field: tuple[str, str], told: str) -> None:
    reason = opaque([("server", "x"), field])
    assert told in reason
    assert bool(reason) == bool(told)
