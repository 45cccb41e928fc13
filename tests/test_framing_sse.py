"""Event streams: the standard's rows, what a replay reader takes beyond them, sizes, and the way back."""

from __future__ import annotations

import re
from typing import Any, cast

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from fetch2py.framing import DECODERS, Frame, encode_event, records
from fetch2py.framing.sse import SSEDecoder
from tests.framing_feeding import Reading, conformance, decode, every_way, pieces

ROWS = [row for row in conformance("sse.json") if row.get("connection") != "failed"]

# What streams are made of, and what breaks them: fields and half fields, every line end, every odd byte.
FIELDS = (b"data", b"data:", b"data: ", b"data: {}", b"data: [DONE]", b"data: 12", b"event: x", b"event:")
STATE = (b"id: 1", b"id: \0", b"retry: 5", b"retry: x", b":", b" ", b"x")
LINE_ENDS = (b"\n", b"\n", b"\n\n", b"\r", b"\r\n", b"\r\n\r\n")
ODD_BYTES = (
    b"\xef\xbb\xbf",
    b"\xef\xbb",
    "你".encode(),
    b"\xe4\xbd",
    b"\xff",
    b"\xe2\x80\xa8",
    b"\x0b",
    b"\0",
)
PARTS = st.sampled_from((*FIELDS, *STATE, *LINE_ENDS, *ODD_BYTES))
STREAMS = st.lists(PARTS, max_size=30).map(b"".join)
PLACES = st.lists(st.integers(0, 200), max_size=6)


def sse(raw: bytes, **options: Any) -> Reading:
    """The one reading that every way of feeding the bytes must give."""
    first = decode("sse", [raw], **options)
    for how, chunks in every_way(raw):
        assert decode("sse", chunks, **options)[:3] == first[:3], how
    return first


def standard(raw: bytes) -> list[Frame]:
    """The standard's algorithm, word for word and line by line, with no thought of speed or chunks."""
    frames, name, data, last_id, next_id = [], "", "", "", ""
    *lines, _ = re.split(b"\r\n|\n|\r", raw.removeprefix(b"\xef\xbb\xbf"))
    for line in (part.decode("utf-8", "replace") for part in lines):
        field, _, value = line.partition(":")
        value = value.removeprefix(" ")
        if not line:
            last_id = next_id
            if data:
                frames.append(Frame(name or "message", data[:-1], last_id))
            name = data = ""
        elif field == "data":
            data += value + "\n"
        elif field == "event":
            name = value
        elif field == "id" and "\0" not in value:
            next_id = value
    return frames


@pytest.mark.parametrize("row", ROWS, ids=lambda row: row["id"])
def test_conformance(row: dict[str, Any]) -> None:
    for how, chunks in every_way(row["raw"], row.get("chunks", ())):
        frames, _, problem, decoder = decode("sse", chunks)
        events = [
            {"event": frame.event, "data": frame.data, "last_event_id": frame.id}
            for frame in frames
            if frame.standard
        ]
        assert events == row["expected"], how
        assert problem == "", how
        sse_decoder = cast(SSEDecoder, decoder)
        assert sse_decoder.retry == row["retry"], how
        assert sse_decoder.last_event_id == row["final_last_event_id"], how


@given(STREAMS)
@settings(deadline=None, max_examples=300)
def test_the_standard_frames_are_those_of_the_standards_own_algorithm(raw: bytes) -> None:
    frames = decode("sse", [raw]).frames
    assert [frame for frame in frames if frame.standard] == standard(raw)


@given(STREAMS, PLACES, st.sampled_from([{}, {"keep_space": True}, {"max_event_bytes": 12}]))
@settings(deadline=None, max_examples=300)
def test_any_cut_gives_the_same(raw: bytes, places: list[int], options: dict[str, Any]) -> None:
    whole = decode("sse", [raw], **options)
    assert decode("sse", pieces(raw, places), **options)[:3] == whole[:3]
    assert decode("sse", (raw[at : at + 1] for at in range(len(raw))), **options)[:3] == whole[:3]


@pytest.mark.parametrize("line_end", [b"\n", b"\r", b"\r\n"])
def test_an_event_is_out_with_the_first_byte_of_its_blank_line(line_end: bytes) -> None:
    decoder = DECODERS["sse"]()
    assert decoder.receive_data(b"data: a" + line_end) == []
    assert decoder.receive_data(line_end[:1]) == [Frame("message", "a")]


def test_a_named_event_without_data_is_not_standard() -> None:
    raw = b"event: ping\n\nid: 7\nevent: end\n\nevent:\n\n"
    assert sse(raw)[:2] == ([Frame("ping", "", "", None, False), Frame("end", "", "7", None, False)], True)


@pytest.mark.parametrize(
    ("raw", "frame"),
    [
        (b'data: {"a":1}', Frame("message", '{"a":1}', standard=False)),
        (b'data: {"a":1}\n', Frame("message", '{"a":1}', standard=False)),
        (b'data:{"a":1}\r', Frame("message", '{"a":1}', standard=False)),
        (b'event: x\nid: 3\ndata: {"a":\ndata: 1}', Frame("x", '{"a":\n1}', "3", None, False)),
        (b"data: [DONE]", Frame("message", "[DONE]", standard=False)),
        (b"data: true", Frame("message", "true", standard=False)),
        (b"data: 12\n", Frame("message", "12", standard=False)),
        (b"data: 12 ", Frame("message", "12 ", standard=False)),
        (b"data: {}\n: pi", Frame("message", "{}", standard=False)),
        (b'data: {"a":1}\ndata: [DONE]', Frame("message", '{"a":1}\n[DONE]', standard=False)),
    ],
)
def test_a_whole_event_without_its_blank_line_is_taken(raw: bytes, frame: Frame) -> None:
    reading = sse(b"id: 1\n\n" + raw)
    frame = frame._replace(id=frame.id or "1")
    assert reading[:3] == ([frame], True, "")
    # A browser would reconnect from the last event that had its blank line.
    assert cast(SSEDecoder, reading.decoder).last_event_id == "1"


@pytest.mark.parametrize(
    "raw",
    [
        b'data: {"a":1',
        b'data: {"a":1}\ndata: {"a',
        b'data: {"a":1}\nevent: er',
        b'data: {"a":1}\nda',
        b"data: [DON",
        b"data: 12",
        b"data: bare text\n",
        b"data:\n",
        b"data",
        b"event: end\n",
        b"event: end",
        b"id: 5\n",
        b"id: 5",
        b"\xef\xbb",
        b'{"error":"no event stream at all"}',
    ],
)
def test_an_event_that_the_end_cuts_is_dropped_and_told(raw: bytes) -> None:
    assert sse(raw)[:3] == ([], False, "")


@pytest.mark.parametrize(
    "raw", [b"", b"\n", b"\xef\xbb\xbf", b": pi", b": ping\n", b"retry: 5\n", b"other: 5\n"]
)
def test_an_end_that_cuts_no_event_is_whole(raw: bytes) -> None:
    assert sse(raw)[:3] == ([], True, "")


@pytest.mark.parametrize("value", ["9" * 5000, "２", "²", "1_0", ""])
def test_a_retry_that_is_no_number_of_ascii_digits_is_ignored(value: str) -> None:
    reading = sse(b"retry: 5\nretry: " + value.encode() + b"\n\n")
    assert cast(SSEDecoder, reading.decoder).retry == 5
    assert reading.complete


@pytest.mark.parametrize("raw", [b"data:La\n\ndata: frase\n\n", b"data:La\r\ndata: frase\r\n\r\n"])
def test_spaces_are_kept_on_demand_and_only_in_data(raw: bytes) -> None:
    text = "".join(str(frame.data) for frame in sse(b"event: x\n" + raw, keep_space=True).frames)
    assert text.replace("\n", "") == "La frase"
    assert sse(b"event: x\n" + raw, keep_space=True).frames[0].event == "x"
    for told in (None, False):
        assert " " not in str(sse(raw, keep_space=told).frames[-1].data)


class TestSpaces:
    """Whether a space after `data:` is the text's, where the stream has to show it."""

    TOKENS = st.lists(
        st.sampled_from([" the", "The", " ", ".", "你", "\n", "  - x", "{", "{}", " {", "12", " 12"])
    )

    @staticmethod
    def read(lines: list[str], keep_space: bool | str) -> list[str]:
        raw = "".join(f"data:{line}\n\n" for line in lines).encode()
        return [str(frame.data) for frame in sse(raw, keep_space=keep_space).frames]

    @given(st.lists(PARTS, max_size=30).map(b"".join))
    @settings(deadline=None, max_examples=200)
    def test_without_a_line_of_text_without_a_space_it_reads_as_the_standard_has_it(self, raw: bytes) -> None:
        raw = raw.replace(b"data:", b"data: ")
        assert sse(raw, keep_space="auto")[:3] == sse(raw)[:3]

    @given(
        st.lists(st.text(st.characters(exclude_characters="\r\n", codec="utf-8"), max_size=4), max_size=12)
    )
    @settings(deadline=None)
    def test_a_server_that_writes_spaces_is_read_exactly(self, tokens: list[str]) -> None:
        assert self.read([f" {token}" for token in tokens], "auto") == tokens

    @given(TOKENS)
    @settings(deadline=None)
    def test_a_server_that_writes_none_is_read_exactly_from_its_first_word_on(
        self, tokens: list[str]
    ) -> None:
        tokens = ["First", *(token.replace("\n", "") for token in tokens)]
        # One line in nine or more begins without a space, in whatever language.
        tokens = [token for pair in tokens for token in (pair, "y")]
        kept = self.read(tokens, "auto")
        assert [token for token in kept if token != "{}"] == [token for token in tokens if token != "{}"]

    @pytest.mark.parametrize(
        ("lines", "data"),
        [
            # The first word is all that can be lost: nothing waits for the second.
            ([" Hi", " you", "!", " How"], ["Hi", "you", "!", " How"]),
            # JSON and end marks show nothing, and want no space.
            (['{"a":1}', " b", "[DONE]"], ['{"a":1}', "b", "[DONE]"]),
            (["a", ' {"a":1}', " [DONE]", " {a}"], ["a", '{"a":1}', "[DONE]", " {a}"]),
            # Two spaces: one of them is the server's.
            ([" I", "  am", "ping", " x"], ["I", " am", "ping", "x"]),
            # A line from somewhere else doesn't tip a stream that has its spaces.
            ([*[" a"] * 9, "ping", " b"], [*["a"] * 9, "ping", "b"]),
            (["connected", *[" a"] * 9], ["connected", *[" a"] * 8, "a"]),
            (["", " a"], ["", "a"]),
        ],
    )
    def test_what_speaks_for_it_and_against(self, lines: list[str], data: list[str]) -> None:
        assert self.read(lines, "auto") == data


class TestSize:
    """Memory is capped, and the cap doesn't depend on the cut either."""

    def test_an_event_of_just_the_limit_is_read(self) -> None:
        assert sse(b"\n\ndata: 1234\n\n\ndata: 5678\n\n", max_event_bytes=10)[:3] == (
            [Frame("message", "1234"), Frame("message", "5678")],
            True,
            "",
        )

    @pytest.mark.parametrize(
        "large",
        [b"data: 12345\n\n", b"data: 12345", b"data: 1\ndata: 2\n\n", b": 1234567890", b"data: 12345\r"],
    )
    def test_one_byte_more_is_a_problem_and_ends_the_reading(self, large: bytes) -> None:
        reading = sse(b"data: 1234\n\n" + large + b"\n\ndata: 1\n\n", max_event_bytes=10)
        assert reading.frames == [Frame("message", "1234")]
        assert not reading.complete
        assert "larger than 10 bytes" in reading.problem

    def test_many_events_in_one_chunk_are_no_large_event(self) -> None:
        assert len(sse(b"data: 1234\n\n" * 20, max_event_bytes=10).frames) == 20

    def test_the_limit_by_default_is_16_mib(self) -> None:
        decoder = DECODERS["sse"]()
        assert decoder.receive_data(b"data: " + b"x" * (16 * 1024 * 1024 - 6)) == []
        assert decoder.problem == ""
        assert decoder.receive_data(b"x") == []
        assert "16,777,216" in decoder.problem


class TestRecords:
    """Streams that have lost their blank lines."""

    def test_lines_that_are_json_each_are_records_each(self) -> None:
        (frame,) = sse(b'event: x\nid: 1\ndata: {"a":1}\ndata:\ndata: 2\ndata: [DONE]\n\n').frames
        assert frame == Frame("x", '{"a":1}\n\n2\n[DONE]', "1")
        assert records(frame) == [Frame("x", data, "1", None, False) for data in ('{"a":1}', "2", "[DONE]")]

    @pytest.mark.parametrize(
        "data", ['{"a":1}', "[DONE]", "bare", "", '{"a":\n1}', "\n", '{"a":1}\nbare', '\n{"a":1}', "[\n1\n]"]
    )
    def test_whatever_else_is_one_record(self, data: str) -> None:
        frame = Frame("message", data)
        assert records(frame) == [frame]

    def test_a_space_that_was_kept_hides_no_end_mark(self) -> None:
        (frame,) = sse(b'data: {"a":1}\ndata: [DONE]\n\n', keep_space=True).frames
        assert [record.data for record in records(frame)] == [' {"a":1}', " [DONE]"]

    def test_an_envelope_is_one_record(self) -> None:
        frame = Frame(None, b"1\n2", "", 0)
        assert records(frame) == [frame]


class TestEncoding:
    """`encode_event`, read back."""

    @given(st.text(), st.text(st.characters(exclude_characters="\r\n", codec="utf-8")))
    @settings(deadline=None)
    def test_the_decoder_gives_it_back(self, data: str, event: str) -> None:
        data = data.encode("utf-8", "ignore").decode()
        frames, complete, *_ = decode("sse", [encode_event(data, event)])
        text = data.replace("\r\n", "\n").replace("\r", "\n")
        assert (frames, complete) == ([Frame(event or "message", text)], True)

    def test_its_bytes(self) -> None:
        assert encode_event(" a\nb\r\nc\r", "x") == b"event: x\ndata:  a\ndata: b\ndata: c\ndata: \n\n"
        assert encode_event("\ud83d!") == b"data: ?!\n\n"

    @pytest.mark.parametrize("event", ["a\nb", "a\rb"])
    def test_a_name_of_two_lines_is_refused(self, event: str) -> None:
        with pytest.raises(ValueError, match="one line"):
            encode_event("", event)
