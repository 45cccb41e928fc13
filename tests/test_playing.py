"""A recorded answer, played: when it waits, what looks on, and what became of each record."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from typing import Any

import pytest

from fetch2py.answer import Answer, AsyncAnswer, Fields, Pace, Played, Watcher
from fetch2py.dialects import DIALECTS, Account, Taken
from fetch2py.errors import ReplyTruncated, WireError
from fetch2py.events import End, Event, Text
from fetch2py.recording import Ending, Head, Piece, Recording
from fetch2py.request import Request
from tests.servers import event_stream, serve

SSE = (("content-type", "text/event-stream"),)


def recording(*texts: str, head: Head | None = None, ending: Ending | None = None) -> Recording:
    """An answer in Kimi's way, a piece a second, the head after half a second."""
    pieces = [
        Piece(float(n), f'data: {{"event":"cmpl","text":"{t}"}}\n\n'.encode()) for n, t in enumerate(texts)
    ]
    last = Piece(float(len(pieces)), b'data: {"event":"all_done"}\n\n')
    return Recording(head or Head(200, SSE, 0.5), (*pieces, last), ending or Ending(last.at, "complete"))


class Diary(Watcher):
    """Notes everything down."""

    def __init__(self) -> None:
        self.seen: list[Any] = []

    def begin(self) -> None:
        self.seen.append("begun")

    def head(self, status: int, headers: Fields) -> None:
        self.seen.append((status, tuple(headers)))

    def piece(self, data: bytes, events: Sequence[Event]) -> None:
        self.seen.append((data, list(events)))

    def end(self, how: str, error: str, events: Sequence[Event]) -> None:
        self.seen.append((how, error, list(events)))


# --- pace ---


@pytest.mark.parametrize(("speed", "waits"), [(1.0, [0.5, 1.0, 1.0]), (4.0, [0.125, 0.25, 0.25]), (0.0, [])])
def test_it_waits_as_the_answer_did(speed: float, waits: list[float]) -> None:
    asked: list[float] = []
    pace = Pace(speed, asked.append)
    clock: list[float] = []
    for event in Played(recording("a", "b"), pace):
        clock.append(pace.clock())
        assert isinstance(event, Text | End)
    assert asked == waits
    assert clock == [0.5, 1.5, 2.5]


# --- how it ends ---


def test_a_broken_answer_breaks_off_again() -> None:
    played = Played(recording("a", ending=Ending(9.0, "broken", "The server left.")), Pace(0, print))
    assert list(played)[-1] == End("truncated")
    assert played.error == "The server left."
    with pytest.raises(ReplyTruncated, match="The server left"):
        played.raise_for_outcome()
    unexplained = Played(recording("a", ending=Ending(9.0, "broken")), Pace(0, print))
    assert list(unexplained)[-1] == End("truncated")
    assert unexplained.error == "The answer broke off before its end."


@pytest.mark.parametrize(
    ("error", "told"), [("Timed out.", "Timed out."), ("", "The network lost the answer.")]
)
def test_an_answer_that_the_network_lost_is_lost_again(error: str, told: str) -> None:
    played = Played(recording("a", ending=Ending(9.0, "lost", error)), Pace(0, print))
    with pytest.raises(WireError) as caught:
        list(played)
    assert caught.value.message == told
    assert played.text == "a"


def test_the_recorded_dialect_reads_it_unless_another_is_named() -> None:
    rules = {"rules": [{"to": "text", "get": "/event"}]}
    head = Head(200, SSE, dialect=rules, sent="cmplall_done")
    played = Played(recording("a", head=head), Pace(0, print))
    with played as opened:
        assert opened.dialect == "custom"
        list(opened)
    assert played.text == "cmplall_done"
    assert "echo" in played.notes[0]
    other = Played(recording("a", head=head), Pace(0, print), dialect="kimi")
    list(other)
    assert (other.dialect, other.text) == ("kimi", "a")


# --- looking on ---


def test_all_of_an_answer_is_seen() -> None:
    diary, other = Diary(), Watcher()
    list(Played(recording("a"), Pace(0, print), watchers=[diary, other]))
    begun, head, piece, last, end = diary.seen
    assert begun == "begun"
    assert head == (200, SSE)
    assert piece == (b'data: {"event":"cmpl","text":"a"}\n\n', [Text("a")])
    assert last == (b'data: {"event":"all_done"}\n\n', [])
    assert end == ("complete", "", [End("clean")])


def test_an_answer_that_is_not_read_on_is_seen_broken() -> None:
    diary = Diary()
    broken = Recording(
        Head(200, (("content-type", "application/connect+json"),)),
        (Piece(0.0, b"\0\xff\xff\xff\xff"), Piece(1.0, b"more")),
        Ending(2.0, "complete"),
    )
    list(Played(broken, Pace(0, print), watchers=[diary]))
    assert [seen[0] for seen in diary.seen[2:]] == [b"\0\xff\xff\xff\xff", "broken"]
    assert "not read" in diary.seen[-1][1]


def test_both_twins_are_looked_on() -> None:
    diary, twin = Diary(), Diary()
    with serve(event_stream('{"event":"cmpl","text":"a"}', '{"event":"all_done"}')) as server:
        request = Request("GET", server.url)
        list(Answer(request, watchers=[diary]))

        async def read() -> None:
            async with AsyncAnswer(request, watchers=[twin]) as answer:
                assert [event async for event in answer] == [Text("a"), End("clean")]

        asyncio.run(read())
    assert diary.seen == twin.seen
    assert diary.seen[1][0] == 200
    assert diary.seen[-1] == ("complete", "", [End("clean")])


def test_a_connection_that_cannot_be_made_is_seen_lost() -> None:
    diary = Diary()
    with pytest.raises(WireError):
        list(Answer(Request("GET", "http://127.0.0.1:9"), watchers=[diary]))
    [begun, (how, error, _)] = diary.seen
    assert begun == "begun"
    assert how == "lost"
    assert error


# --- accounts ---


class Ledger(Watcher):
    """Keeps the accounts."""

    def __init__(self) -> None:
        self.accounts: list[Account] = []
        self.account = self.accounts.append


def accounts(body: bytes, dialect: Any) -> list[Account]:
    ledger, twin = Ledger(), Ledger()
    whole = Recording(Head(200, SSE), (Piece(0.0, body),), Ending(0.0, "complete"))
    played = Played(whole, Pace(0, print), dialect=dialect, watchers=[ledger, twin])
    list(played)
    assert ledger.accounts == twin.accounts
    plain = Played(whole, Pace(0, print), dialect=dialect)
    assert list(plain)
    assert (plain.text, plain.outcome, plain.ids) == (played.text, played.outcome, played.ids)
    return ledger.accounts


def test_each_record_is_accounted_for() -> None:
    body = b"".join(
        b"data: %b\n\n" % record
        for record in (
            b'{"event":"resp","id":"a1"}',
            b'{"event":"cmpl","text":"hi"}',
            b'{"event":"resp","id":"a2"}',
            b'{"event":"cmpl","text":""}',
            b'{"event":"all_done"}',
        )
    )
    told = accounts(body, "kimi")
    assert [account.number for account in told] == ["1", "2", "3", "4", "5"]
    assert {(account.dialect, account.event) for account in told} == {("kimi", "message")}
    assert told[1].data == {"event": "cmpl", "text": "hi"}
    taken = [[(DIALECTS["kimi"]["rules"][t.rule - 1]["to"], t.value, t.new) for t in a.taken] for a in told]
    assert taken == [
        [("id:message", "a1", True)],
        [("text", "hi", True)],
        [("id:message", "a2", False)],
        [],
        [("end", None, True)],
    ]


def test_records_inside_records_are_accounted_for() -> None:
    rules = {
        "expand": [{"at": "/parts"}],
        "rules": [{"to": "ignore", "on": {"/skip": True}}, {"to": "text", "get": "/t", "mode": "snapshot"}],
    }
    told = accounts(b'data: {"parts":[{"t":"a"},{"t":"a"},{"skip":true,"t":"b"}]}\n\n', rules)
    assert [(account.number, account.taken) for account in told] == [
        ("1", ()),
        ("1.1", (Taken(2, "a", True),)),
        ("1.2", (Taken(2, "a", False),)),
        ("1.3", (Taken(1, None, True),)),
    ]
