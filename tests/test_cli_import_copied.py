"""From a cURL command or a HAR on disk to the replayed request on the wire, through the command line."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from fetch2py.cli import run
from tests.command_line import written
from tests.copied_files import curl_rows, fields, har_text, har_wires, went
from tests.servers import Connection, Server, serve

CASE = "chat-json-quotes"


def answering(connection: Connection) -> None:
    connection.receive_request()
    records = [{"event": "cmpl", "text": "hi"}, {"event": "all_done"}]
    stream = "".join(f"data: {json.dumps(record)}\n\n" for record in records)
    connection.reply(stream.encode(), headers=[("content-type", "text/event-stream")])


def moved(text: str, server: Server) -> str:
    """The text of a fixture, for another server."""
    return text.replace("http://127.0.0.1:8801", server.url)


def check(server: Server) -> None:
    """What went out is what the browser sent."""
    wire = next(row["wire"] for row in curl_rows("bash") if row["id"] == CASE)
    sent, theirs = server.request, went(wire)
    expected = {k: v.replace("http://127.0.0.1:8801", server.url) for k, v in theirs["headers"].items()}
    assert (sent.method, sent.target, sent.body) == (theirs["method"], theirs["target"], theirs["body"])
    assert fields(sent.headers) == expected


@pytest.mark.parametrize("kind", ["bash", "cmd"])
def test_curl_is_imported_and_replayed(kind: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    text = next(row["snippet"] for row in curl_rows(kind) if row["id"] == CASE)
    with serve(answering) as server:
        assert run(["import", written(tmp_path, moved(text, server)), "-n", "copied"]) == 0
        out, err = capsys.readouterr()
        assert "locked away     cookie, authorization" in out
        assert "lost:" not in out
        assert "FAKE" not in out + err
        assert run(["replay", "copied", "--raw"]) == 0
    check(server)


def test_an_entry_of_a_har_is_imported_and_replayed(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    number = next(number for number, row in enumerate(har_wires(), 1) if row["id"] == CASE)
    with serve(answering) as server:
        file = written(tmp_path, moved(har_text(), server), "network.har")
        assert run(["import", file, "-n", "copied", "--pick", str(number)]) == 0
        assert run(["replay", "copied", "--raw"]) == 0
    check(server)
    assert "FAKE" not in "".join(capsys.readouterr())


def test_several_requests_are_told_apart(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    file = written(tmp_path, next(row["snippet"] for row in curl_rows("copy-all")))
    assert run(["import", file]) == 3
    err = capsys.readouterr().err
    assert "The text holds 6 requests." in err
    assert "--pick" in err


def test_a_message_goes_into_an_imported_command(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    with serve(answering) as server:
        json_type = "-H 'Content-Type: application/json'"
        text = f'curl {server.url}/v1/chat {json_type} -d \'{{"message": "hello there"}}\''
        assert run(["import", written(tmp_path, text), "-n", "docs", "--sent", "hello there"]) == 0
        assert "lost: user-agent" in capsys.readouterr().out
        assert run(["replay", "docs", "-m", 'it\'s "you"', "--raw"]) == 0
    assert json.loads(server.request.body) == {"message": 'it\'s "you"'}
    assert server.request.get("accept") == "*/*"
