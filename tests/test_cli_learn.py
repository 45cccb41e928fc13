"""`fetch2py learn`, and a replay whose answer nobody can read: what is shown, asked, kept and printed."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

import fetch2py
from fetch2py.recording import Ending, Head, Piece, Recording, spelled
from tests.command_line import SENT, body_of, give_stdin, on_terminal, run, snippet, written
from tests.fixture_files import recording_file
from tests.learning_cases import sse
from tests.servers import Connection, Script, serve

SSE = (("content-type", "text/event-stream"),)
TEXT = "The capital of France is Paris."
PIECES = ("The capital", " of France", " is Paris", ".")
ANSWER = sse({"kind": "title", "txt": "A question"}, *({"kind": "say", "txt": one} for one in PIECES))
ERROR = sse({"kind": "error", "message": "Please sign in again."})

Captured = pytest.CaptureFixture[str]


def answering(*bodies: bytes, status: int = 200, headers: tuple[tuple[str, str], ...] = SSE) -> Script:
    """Every body is one connection's answer."""
    left = list(bodies)

    def script(connection: Connection) -> None:
        connection.receive_request()
        connection.reply(left.pop(0), status, headers)

    return script


def keep(origin: str = "http://127.0.0.1:9", name: str = "own") -> None:
    profile = fetch2py.Profile.from_snippet(snippet(f"{origin}/ask", body_of()), sent=SENT)
    fetch2py.save(profile, name)


def rules_of(name: str = "own") -> object:
    return fetch2py.load(name).dialect


def test_an_unknown_answer_is_shown_and_nothing_of_it_is_printed_until_somebody_says_so(
    capsys: Captured,
) -> None:
    with serve(answering(ANSWER)) as server:
        keep(server.url)
        assert run(["replay", "own", "hi"]) == 7
    out, err = capsys.readouterr()
    assert out == ""
    assert '{"kind":"say","txt":" of France"}' in err
    assert TEXT in err
    assert "fetch2py learn own" in err
    assert rules_of() is None


def test_yes_keeps_the_rules_prints_the_text_and_the_next_answer_streams_by_them(capsys: Captured) -> None:
    with serve(answering(ANSWER, ANSWER)) as server:
        keep(server.url)
        assert run(["replay", "own", "hi", "--yes"]) == 0
        assert capsys.readouterr().out == TEXT
        assert isinstance(rules_of(), dict)
        assert run(["replay", "own", "hi"]) == 0
    out, err = capsys.readouterr()
    assert (out, err) == (TEXT, "")


def test_json_lines_of_a_lesson(capsys: Captured) -> None:
    with serve(answering(ANSWER, ANSWER)) as server:
        keep(server.url)
        assert run(["replay", "own", "hi", "--json"]) == 7
        first = [json.loads(line) for line in capsys.readouterr().out.splitlines()]
        assert run(["replay", "own", "hi", "--json", "--yes"]) == 0
        second = [json.loads(line) for line in capsys.readouterr().out.splitlines()]
    assert [one["event"] for one in first] == ["error", "end"]
    assert second == [{"event": "text", "text": TEXT}, {"event": "end", "outcome": "clean", "ids": {}}]


def test_raw_bytes_need_no_rules(capfdbinary: pytest.CaptureFixture[bytes]) -> None:
    with serve(answering(ANSWER)) as server:
        keep(server.url)
        run(["replay", "own", "hi", "--raw"])
    assert capfdbinary.readouterr().out == ANSWER


def test_reasoning_goes_to_stderr(capsys: Captured) -> None:
    thinking = sse(*({"kind": "thinking", "txt": one} for one in ("Hm, ", "let me ", "see.")))
    with serve(answering(thinking + ANSWER)) as server:
        keep(server.url)
        assert run(["replay", "own", "hi", "--yes"]) == 0
    out, err = capsys.readouterr()
    assert out == TEXT
    assert "Hm, let me see." in err


def test_an_answer_that_breaks_off_is_learned_from_and_still_no_clean_one(capsys: Captured) -> None:
    def script(connection: Connection) -> None:
        connection.receive_request()
        connection.head(200, (*SSE, ("transfer-encoding", "chunked")))
        connection.chunk(ANSWER)
        connection.sock.close()

    with serve(script) as server:
        keep(server.url)
        assert run(["replay", "own", "hi", "--yes"]) == 7
    assert capsys.readouterr().out == TEXT


def test_learning_asks_the_server_once(capsys: Captured) -> None:
    with serve(answering(ANSWER)) as server:
        keep(server.url)
        assert run(["learn", "own", "--yes"]) == 0
    out, err = capsys.readouterr()
    assert out == TEXT
    assert "once" in err
    assert server.request.body == body_of().encode()


def test_learning_with_a_message(capsys: Captured) -> None:
    echo = sse({"kind": "in", "txt": "What is the capital?"})
    with serve(answering(echo + ANSWER)) as server:
        keep(server.url)
        assert run(["learn", "own", "-m", "What is the capital?", "--yes"]) == 0
    assert capsys.readouterr().out == TEXT
    assert b"What is the capital?" in server.request.body


def test_secrets_in_an_answer_are_masked_where_it_is_shown(capsys: Captured) -> None:
    secret = "FAKE-FAKE-FAKE-SECRET-0123456789"
    body = sse(*({"kind": "say", "txt": one} for one in (*PIECES, f" Your token is {secret}")))
    with serve(answering(body)) as server:
        profile = fetch2py.Profile.from_snippet(
            snippet(f"{server.url}/ask", headers={"authorization": f"Bearer {secret}"}), sent=SENT
        )
        fetch2py.save(profile, "own")
        assert run(["learn", "own"]) == 7
    out, err = capsys.readouterr()
    assert secret not in out + err


@pytest.mark.parametrize(
    ("body", "headers", "status", "code", "told"),
    [
        (ERROR, SSE, 200, 6, "Please sign in again."),
        (b'{"message":"no"}', (("content-type", "application/json"),), 401, 6, "no"),
        (b"<!doctype html><title>Login</title>", (("content-type", "text/html"),), 200, 6, "login has ended"),
        (
            b'{"status":"queued","task_id":"t1"}',
            (("content-type", "application/json"),),
            200,
            7,
            "another channel",
        ),
        (sse({"id": "8812-77"}), SSE, 200, 7, "looks like a text"),
    ],
    ids=["error", "status", "page", "task", "nothing"],
)
def test_what_is_no_answer_teaches_nothing(
    body: bytes, headers: tuple[tuple[str, str], ...], status: int, code: int, told: str, capsys: Captured
) -> None:
    with serve(answering(body, status=status, headers=headers)) as server:
        keep(server.url)
        assert run(["learn", "own", "--yes"]) == code
    out, err = capsys.readouterr()
    assert out == ""
    assert told in err
    assert rules_of() is None


def test_from_a_copied_response(capsys: Captured, tmp_path: Path) -> None:
    keep()
    assert run(["learn", "own", "--yes", "--from", written(tmp_path, ANSWER.decode())]) == 0
    assert capsys.readouterr().out == TEXT


def test_from_stdin_and_in_utf_16(capsys: Captured, monkeypatch: pytest.MonkeyPatch) -> None:
    keep()
    give_stdin(monkeypatch, ANSWER.decode().encode("utf-16"))
    assert run(["learn", "own", "--yes", "--from", "-"]) == 0
    assert capsys.readouterr().out == TEXT


def test_from_a_recording(capsys: Captured, tmp_path: Path) -> None:
    keep()
    head = Head(200, (("content-type", "text/event-stream"),), sent="What is the capital?")
    pieces = (Piece(0.0, ANSWER[:30]), Piece(0.1, ANSWER[30:]))
    file = tmp_path / "answer.jsonl"
    file.write_text(spelled(Recording(head, pieces, Ending(0.2, "complete"))), encoding="utf-8")
    assert run(["learn", "own", "--yes", "--from", str(file)]) == 0
    assert capsys.readouterr().out == TEXT


def test_from_what_isnt_there(capsys: Captured) -> None:
    keep()
    assert run(["learn", "own", "--from", "nowhere.txt"]) == 2
    assert run(["learn", "own", "--from", "nowhere.txt", "-m", "hi"]) == 2
    assert "nowhere.txt" in capsys.readouterr().err


def test_a_profile_without_its_secrets_learns_from_a_file(capsys: Captured, tmp_path: Path) -> None:
    headers = {"authorization": "Bearer FAKE-FAKE-FAKE-FAKE"}
    profile = fetch2py.Profile.from_snippet(snippet("http://127.0.0.1:9/ask", headers=headers), sent=SENT)
    fetch2py.save(fetch2py.Profile.from_document(profile.document(), {}), "own")
    assert run(["learn", "own", "--yes", "--from", written(tmp_path, ANSWER.decode())]) == 0
    assert capsys.readouterr().out == TEXT


def test_a_profile_without_a_slot_learns_all_the_same(capsys: Captured, tmp_path: Path) -> None:
    fetch2py.save(fetch2py.Profile.from_request(fetch2py.parse(snippet("http://127.0.0.1:9/ask"))[0]), "own")
    assert run(["learn", "own", "--yes", "--from", written(tmp_path, ANSWER.decode())]) == 0
    assert capsys.readouterr().out == TEXT


def test_an_answer_that_somebody_reads_is_not_shown_as_records(capsys: Captured) -> None:
    progress = [{"event": "search_plus", "msg": {"title": f"page {n}"}} for n in range(20)]
    body = sse(*progress, {"event": "cmpl", "text": "Hello."}, {"event": "all_done"})
    with serve(answering(body)) as server:
        keep(server.url)
        assert run(["replay", "own", "hi"]) == 0
    assert capsys.readouterr() == ("Hello.", "")


@pytest.mark.parametrize(
    ("said", "code", "kept"),
    [("y", 0, "/txt"), ("n", 7, None), ("2", 0, "/other")],
    ids=["yes", "no", "second"],
)
def test_a_person_decides(said: str, code: int, kept: str | None, tmp_path: Path) -> None:
    body = sse(
        *(
            {"txt": one, "other": two}
            for one, two in zip(PIECES, ("Some", "thing", " else", "!"), strict=True)
        )
    )
    keep()
    child = on_terminal("learn", "own", "--from", written(tmp_path, body.decode()))
    child.expect("Is this the answer's text")
    child.sendline(said)
    child.expect(_end())
    child.close()
    assert child.exitstatus == code
    rules = rules_of()
    assert (kept is None) == (rules is None)
    assert kept is None or kept in json.dumps(rules)


def _end() -> object:
    import pexpect

    return pexpect.EOF


def test_a_long_text_is_shown_by_its_ends(capsys: Captured, tmp_path: Path) -> None:
    keep()
    body = sse(*({"txt": f"Sentence number {n} of many. "} for n in range(200)))
    assert run(["learn", "own", "--yes", "--from", written(tmp_path, body.decode())]) == 0
    err = capsys.readouterr().err
    assert " … " in err
    assert "Sentence number 100 " not in err


def test_the_records_of_an_endless_line_are_shortened(capsys: Captured) -> None:
    body = sse({"txt": "word " * 2000}, *({"txt": one} for one in PIECES))
    with serve(answering(body)) as server:
        keep(server.url)
        assert run(["learn", "own", "--yes"]) == 0
    out, err = capsys.readouterr()
    assert out == "word " * 2000 + TEXT
    assert "…" in err


def test_from_a_recorded_answer_of_a_site(capsys: Captured) -> None:
    keep()
    assert run(["learn", "own", "--yes", "--from", str(recording_file("grok-web"))]) == 0
    out, err = capsys.readouterr()
    assert out == "你好！"
    assert "Thinking about it" in err
