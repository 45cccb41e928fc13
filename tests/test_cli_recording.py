"""`replay --record`, `--stats`, `--explain` and `play`, against real servers."""

from __future__ import annotations

import json
import os
import subprocess
from pathlib import Path
from typing import Any

import pytest

import fetch2py
from fetch2py.cli.recording_file import RecordingFile
from fetch2py.cli.statistics import Statistics
from fetch2py.events import Reasoning, Text
from fetch2py.framing import DECODERS
from fetch2py.recording import read, spelled
from tests.command_line import COMMAND, body_of, chat, finished, jwt, kept, on_terminal, run, snippet, written
from tests.fixture_files import recording_file, recordings, streams
from tests.fixture_files import snippet as corpus
from tests.servers import Connection, Script, event_stream, serve

Captured = pytest.CaptureFixture[str]

WORDS = ('{"event":"resp","id":"a1"}', '{"event":"k1","text":"hm"}', '{"event":"cmpl","text":"one "}')
WHOLE = (*WORDS, '{"event":"cmpl","text":"two"}', '{"event":"all_done"}')
HEAD = '{"fetch2py-recording": 1, "status": 200, "headers": [["content-type", "text/event-stream"]]}'


@pytest.fixture
def file(tmp_path: Path) -> Path:
    """Where a recording goes."""
    return tmp_path / "answer.jsonl"


def recorded(script: Script, file: Path, *options: str, **more: Any) -> int:
    """The exit code of a replay that is recorded."""
    with serve(script) as server:
        kept(server.url, **more)
        return run(["replay", "kimi", "hi", "--record", str(file), *options])


def replying(body: bytes, *headers: tuple[str, str], status: int = 200) -> Script:
    def script(connection: Connection) -> None:
        connection.receive_request()
        connection.reply(body, status, headers)

    return script


def breaking(connection: Connection) -> None:
    """A server that leaves in the middle."""
    connection.receive_request()
    connection.head(headers=(("content-type", "text/event-stream"), ("transfer-encoding", "chunked")))
    connection.chunk(b'data: {"event":"cmpl","text":"one "}\n\n')


# --- record and play ---


@pytest.mark.parametrize("options", [[], ["--json"], ["--raw"]])
def test_what_is_played_is_what_was_replayed(file: Path, options: list[str], capfd: Captured) -> None:
    assert recorded(event_stream(*WHOLE), file, *options) == 0
    replayed = capfd.readouterr()
    assert run(["play", str(file), "--speed", "0", *options]) == 0
    assert capfd.readouterr() == replayed
    assert replayed.out


def test_the_file_is_the_owners_and_cut_as_the_bytes_came(file: Path) -> None:
    assert recorded(event_stream(*WHOLE), file) == 0
    if os.name == "posix":
        assert file.stat().st_mode & 0o777 == 0o600
    recording = read(file.read_text(encoding="utf-8"))
    assert recording.body == b"".join(b"data: %b\n\n" % event.encode() for event in WHOLE)
    assert recording.head.status == 200
    assert recording.head.host == "127.0.0.1"
    assert recording.head.sent == "hi"
    assert recording.ending.how == "complete"


def test_it_is_written_as_it_arrives(file: Path) -> None:
    def script(connection: Connection) -> None:
        breaking(connection)
        connection.wait_closed()

    with serve(script) as server:
        kept(server.url)
        screen = on_terminal("replay", "kimi", "hi", "--record", str(file))
        # What is shown was written before.
        screen.expect("one ")
        so_far = read(file.read_text(encoding="utf-8"))
        screen.sendintr()
        screen.expect("Interrupted")
        screen.wait()
    assert so_far.body == b'data: {"event":"cmpl","text":"one "}\n\n'
    assert so_far.ending.how == "broken"
    left = read(file.read_text(encoding="utf-8"))
    assert left.body == so_far.body
    assert left.ending.error == "The recording was interrupted."


def test_an_answer_that_breaks_off_is_kept_and_breaks_off_again(file: Path, capsys: Captured) -> None:
    assert recorded(breaking, file) == 7
    told = capsys.readouterr()
    assert read(file.read_text(encoding="utf-8")).ending.how == "broken"
    assert run(["play", str(file), "--speed", "0"]) == 7
    played = capsys.readouterr()
    assert played.out == told.out == "one "
    assert played.err.splitlines()[0] == told.err.splitlines()[0]
    assert "play" in played.err.splitlines()[-1]


def test_an_answer_that_waits_too_long_is_lost_again(file: Path, capsys: Captured) -> None:
    def script(connection: Connection) -> None:
        breaking(connection)
        connection.wait_closed()

    assert recorded(script, file, "--idle-timeout", "0.05", "--json") == 5
    told = capsys.readouterr()
    assert run(["play", str(file), "--speed", "0", "--json"]) == 5
    played = capsys.readouterr()
    assert played.out == told.out
    assert json.loads(played.out.splitlines()[-1])["event"] == "end"


def test_a_refusal_is_refused_again(file: Path, capsys: Captured) -> None:
    script = replying(
        b'{"message":"Your login has ended."}', ("content-type", "application/json"), status=401
    )
    assert recorded(script, file) == 6
    told = capsys.readouterr().err
    assert run(["play", str(file), "--speed", "0"]) == 6
    played = capsys.readouterr().err
    assert played.splitlines()[0] == told.splitlines()[0]
    assert "--explain" in played


def test_nothing_is_recorded_where_no_answer_came(file: Path, capsys: Captured) -> None:
    kept("http://127.0.0.1:9")
    assert run(["replay", "kimi", "hi", "--record", str(file)]) == 5
    assert not file.exists()
    assert "since no answer came" in capsys.readouterr().err


def test_a_file_that_is_there_is_left_alone(file: Path, capsys: Captured) -> None:
    file.write_text("mine", encoding="utf-8")
    kept("http://127.0.0.1:9")
    assert run(["replay", "kimi", "hi", "--record", str(file)]) == 2
    assert file.read_text(encoding="utf-8") == "mine"
    assert "there is such a file" in capsys.readouterr().err
    assert run(["replay", "kimi", "hi", "--record", str(file.parent / "nowhere" / "a")]) == 2
    assert "No such file" in capsys.readouterr().err


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="Linux has a disk that is always full")
def test_a_full_disk_ends_the_recording_and_not_the_answer(
    file: Path, capsys: Captured, monkeypatch: pytest.MonkeyPatch
) -> None:
    real = os.open
    monkeypatch.setattr(
        os, "open", lambda path, *more: real("/dev/full", os.O_WRONLY) if path == file else real(path, *more)
    )
    assert recorded(event_stream(*WHOLE), file) == 0
    told = capsys.readouterr()
    assert told.out == "one two"
    assert told.err.count("The recording ends here") == 1


def test_no_secret_is_recorded(file: Path) -> None:
    token = jwt(3600)
    echo = json.dumps({"event": "cmpl", "text": f"You are {token}."})
    half = len(echo) // 2

    def script(connection: Connection) -> None:
        connection.receive_request()
        head = (
            ("content-type", "text/event-stream"),
            ("set-cookie", "sid=FAKE0123456789abcdef"),
            ("x-you", token),
        )
        connection.head(headers=(*head, ("transfer-encoding", "chunked")))
        for chunk in (f"data: {echo[:half]}", f"{echo[half:]}\n\n", 'data: {"event":"all_done"}\n\n', ""):
            connection.chunk(chunk.encode())

    with serve(script) as server:
        fetch2py.save(
            fetch2py.Profile.from_snippet(
                snippet(chat(server.url), body_of(), {"authorization": f"Bearer {token}"}), sent="你好，世界"
            ),
            "kimi",
        )
        assert run(["replay", "kimi", f"what is {token}?", "--record", str(file)]) == 0
    text = file.read_text(encoding="utf-8")
    assert token[:9] not in text
    assert token[-9:] not in text
    assert "0123456789abcdef" not in text
    assert run(["play", str(file), "--speed", "0"]) == 0


def test_an_answer_that_hides_its_bytes_is_not_recorded(file: Path, capsys: Captured) -> None:
    head = (("content-type", "application/connect+json"), ("connect-content-encoding", "gzip"))
    recorded(replying(b"\2\0\0\0\2{}", *head), file, "--dialect", "kimi-connect")
    assert not file.exists()
    assert "isn't recorded, since no secret could be found in it" in capsys.readouterr().err


def test_a_request_that_is_not_sent_leaves_no_file(file: Path, capsys: Captured) -> None:
    text = corpus("webkit-2.50", "multipart-text-file")["snippet"]
    fetch2py.save(fetch2py.Profile.from_snippet(text), "kimi")
    assert run(["replay", "kimi", "--record", str(file)]) == 4
    assert "Nothing was sent" in capsys.readouterr().err
    assert not file.exists()


# --- play ---


def test_play_reads_by_other_rules(file: Path, tmp_path: Path, capsys: Captured) -> None:
    assert recorded(event_stream(*WHOLE), file) == 0
    rules = written(tmp_path, json.dumps({"rules": [{"to": "text", "get": "/event"}]}), "rules.json")
    capsys.readouterr()
    assert run(["play", str(file), "--speed", "0", "--dialect", f"@{rules}"]) == 0
    assert capsys.readouterr().out == "respk1cmplcmplall_done"
    assert run(["play", str(file), "--json", "--raw"]) == 2
    assert run(["play", str(file), "--speed", "-1"]) == 2


def test_play_at_its_own_pace(file: Path, capsys: Captured) -> None:
    lines = [
        HEAD,
        '{"t": 0, "text": "data: {\\"event\\":\\"cmpl\\",\\"text\\":\\"hi\\"}\\n\\n"}',
        '{"t": 0, "end": "complete"}',
    ]
    file.write_text("\n".join(lines), encoding="utf-8")
    assert run(["play", str(file)]) == 7  # no all_done
    assert capsys.readouterr().out == "hi"


@pytest.mark.parametrize(
    ("content", "code", "told"),
    [(b"data: x\n\n", 7, "Line 1 of the recording"), (b"\xff", 7, "isn't UTF-8"), (None, 2, "No such file")],
)
def test_what_is_no_recording(
    content: bytes | None, code: int, told: str, file: Path, capsys: Captured
) -> None:
    if content is not None:
        file.write_bytes(content)
    assert run(["play", str(file)]) == code
    assert told in capsys.readouterr().err


# --- stats ---


def test_stats_of_a_replay_are_an_object_before_the_end(file: Path, capsys: Captured) -> None:
    usage = '{"event":"usage","usage":{"completion_tokens":12}}'
    assert recorded(event_stream(*WORDS, usage, '{"event":"all_done"}'), file, "--stats", "--json") == 0
    *_, stats, end = (json.loads(line) for line in capsys.readouterr().out.splitlines())
    assert end["event"] == "end"
    assert stats["event"] == "stats"
    assert stats["events"] == 2
    assert stats["characters"] == 6
    assert stats["tokens"] == 12
    assert stats["to_head"] <= stats["to_first_token"] <= stats["to_end"]
    assert run(["play", str(file), "--speed", "0", "--stats", "--json"]) == 0
    played = json.loads(capsys.readouterr().out.splitlines()[-2])
    assert {**played, **_times(stats)} == stats


def _times(stats: dict[str, Any]) -> dict[str, Any]:
    """What a millisecond makes different."""
    exact = ("event", "bytes", "pieces", "events", "characters", "tokens")
    return {name: value for name, value in stats.items() if name not in exact}


def test_stats_of_a_recording_are_those_of_its_clock(file: Path, capsys: Captured) -> None:
    lines = [HEAD.replace("}", ', "wait": 0.5}')]
    for at, event in ((0.1, WORDS[0]), (1, WORDS[1]), (3, WORDS[2]), (3.5, WHOLE[-1])):
        lines.append(json.dumps({"t": at, "text": f"data: {event}\n\n"}))
    file.write_text("\n".join([*lines, '{"t": 4, "end": "complete"}']), encoding="utf-8")
    assert run(["play", str(file), "--speed", "0", "--stats"]) == 0
    assert capsys.readouterr().err.splitlines() == [
        "hm",
        "head         0.500 s",
        "first token  1.500 s",
        "end          4.500 s, 134 bytes in 4 pieces",
        "longest gap  2.000 s",
        "tokens       not told by the server",
        "events       2 of text and reasoning, 0.5 a second",
        "characters   6, 2.0 a second",
        "arrival      █·····█···········█··▆····  (0.16 s each)",
    ]


def test_stats_of_raw_bytes(file: Path, capfd: Captured) -> None:
    assert recorded(event_stream(*WHOLE), file, "--raw", "--stats") == 0
    out, err = capfd.readouterr()
    assert out == "".join(f"data: {event}\n\n" for event in WHOLE)
    assert "events       3 of text and reasoning" in err


def test_stats_with_a_clock_of_ones_own() -> None:
    times = iter([10.0, 10.5, 11.0, 12.0, 13.0])
    statistics = Statistics(lambda: next(times))
    statistics.begin()
    statistics.head(200, ())
    statistics.piece(b"ab", [Reasoning("x")])
    statistics.piece(b"c", [Text("yz")])
    statistics.end("complete", "", [Text("!")])
    told = statistics.told()
    assert (told["to_head"], told["to_first_token"], told["to_end"]) == (0.5, 1.0, 3.0)
    assert (told["bytes"], told["events"], told["characters"]) == (3, 3, 4)
    assert told["events_per_second"] == 1.0


def test_stats_say_nothing_where_nothing_came(capsys: Captured) -> None:
    kept("http://127.0.0.1:9")
    assert run(["replay", "kimi", "hi", "--stats", "--explain"]) == 5
    assert len(capsys.readouterr().err.splitlines()) == 2


def test_stats_of_an_answer_without_text(capsys: Captured) -> None:
    usage = '{"event":"cmpl","usage":{"completion_tokens":0}}'
    with serve(event_stream(usage, '{"event":"all_done"}')) as server:
        kept(server.url)
        assert run(["replay", "kimi", "hi", "--stats", "--dialect", "kimi"]) == 6
    told = capsys.readouterr().err
    assert "first token  never came" in told
    assert "tokens       0 by the server's count\n" in told
    assert "characters" not in told


# --- explain ---


def test_explain_tells_which_rule_took_what(capsys: Captured) -> None:
    token = jwt(3600)
    records = [
        '{"event":"resp","id":"a1"}',
        '{"event":"cmpl","text":"one"}',
        json.dumps({"event": "ping", "token": token, "pad": "x" * 200}),
        '{"event":"all_done"}',
    ]
    with serve(event_stream(*records)) as server:
        kept(server.url, headers={"authorization": f"Bearer {token}"})
        assert run(["replay", "kimi", "hi", "--explain"]) == 0
    out, err = capsys.readouterr()
    assert out == "one"
    assert token[:9] not in err
    lines = err.splitlines()
    assert lines[:5] == [
        "rules of kimi:",
        'record 1: {"event": "resp", "id": "a1"}',
        '  rule 8 → id:message, on {"/event": "resp"}, get /id: "a1"',
        'record 2: {"event": "cmpl", "text": "one"}',
        '  rule 1 → text, on {"/event": "cmpl"}, get /text: "one"',
    ]
    assert lines[5].startswith('record 3: {"event": "ping", "token": "')
    assert lines[5].endswith("…")
    assert len(lines[5]) <= 120
    assert lines[6] == "  no rule took anything"
    assert lines[8] == '  rule 10 → end, on {"/event": "all_done"}'


def test_explain_rules_of_ones_own(file: Path, tmp_path: Path, capsys: Captured) -> None:
    def script(connection: Connection) -> None:
        connection.receive_request()
        body = b"event: say\ndata: a\n\nevent: say\ndata: b\n\n"
        connection.reply(body, headers=(("content-type", "text/event-stream"),))

    rules = {"rules": [{"to": "id:first", "get": ""}, {"to": "text", "get": "@raw"}]}
    named = written(tmp_path, json.dumps(rules), "rules.json")
    assert recorded(script, file, "--dialect", f"@{named}", "--explain") == 0
    told = [
        "rules of custom:",
        'record 1 (say): "a"',
        '  rule 1 → id:first, get all of it: "a"',
        '  rule 2 → text, get @raw: "a"',
        'record 2 (say): "b"',
        '  rule 1 → id:first, get all of it: "b" (nothing new)',
        '  rule 2 → text, get @raw: "b"',
    ]
    assert capsys.readouterr().err.splitlines() == told
    assert run(["play", str(file), "--speed", "0", "--explain"]) == 0
    assert capsys.readouterr().err.splitlines() == told


def test_explain_what_no_rules_read_and_what_is_no_answer(file: Path, capsys: Captured) -> None:
    recorded(event_stream('{"strange":1}'), file, "--explain")
    # What nobody reads is shown first, for learning.
    assert capsys.readouterr().err.splitlines()[:4] == [
        '{"strange":1}',
        "no rules:",
        'record 1: {"strange": 1}',
        "  no rule took anything",
    ]
    with serve(replying(b"no", status=500)) as server:
        kept(server.url)
        assert run(["replay", "kimi", "hi", "--explain"]) == 6
    assert capsys.readouterr().err.splitlines()[0] == "no record was read"


def test_a_record_that_is_nested_without_end(capsys: Captured) -> None:
    from fetch2py.cli.explaining import Explanation
    from fetch2py.dialects import Account

    deep: Any = 0
    for _ in range(100_000):
        deep = [deep]
    explanation = Explanation(None)
    assert explanation.account
    explanation.account(Account("", "1", None, deep, ()))
    explanation.close()
    assert "nested too deeply" in capsys.readouterr().err


def test_on_a_terminal_the_answer_comes_first(file: Path) -> None:
    recorded(event_stream(*WHOLE), file)
    screen = on_terminal("play", str(file), "--speed", "0", "--stats", "--explain")
    screen.expect("one two\r\n.*rules of kimi:.*record 5: .*head  .*arrival  ")
    screen.expect_exact("each)")


def test_the_file_is_closed_once(file: Path) -> None:
    recording = RecordingFile(str(file), host="", dialect=None, sent="", secrets=(), clock=lambda: 0.0)
    recording.head(200, ())
    recording.end("complete", "", ())
    recording.close()
    assert read(file.read_text(encoding="utf-8")).ending.how == "complete"


def test_what_it_costs_when_it_is_off() -> None:
    with serve(event_stream(*WHOLE)) as server:
        kept(server.url)
        code = (
            "import sys\nfrom fetch2py.cli import run\nrun(['replay','kimi','hi','--no-history'])\n"
            "names=('fetch2py.store.history','fetch2py.recording','fetch2py.arrival','fetch2py.cli.explaining')\n"
            "print([name for name in names if name in sys.modules])"
        )
        done = subprocess.run([COMMAND[0], "-c", code], capture_output=True, text=True, encoding="utf-8")
    assert done.stdout == "one two[]\n"


def test_help_shows_examples() -> None:
    assert b"--speed 0" in finished("play", "--help").stdout


# --- the corpus, as recordings ---


def test_every_recording_is_expected_to_be_something() -> None:
    assert {row["id"] for row in streams()} == set(recordings())


@pytest.mark.parametrize("case", sorted(recordings()))
def test_a_recording_of_the_corpus_is_spelled_as_it_would_be_recorded(case: str) -> None:
    assert recording_file(case).read_text(encoding="utf-8") == spelled(recordings()[case])


@pytest.mark.parametrize(
    "row", [row for row in streams() if row["framing"] in DECODERS], ids=lambda row: row["id"]
)
def test_a_recording_of_the_corpus_plays_to_what_is_expected(row: dict[str, Any], capsys: Captured) -> None:
    code = run(["play", str(recording_file(row["id"])), "--speed", "0", "--json"])
    *events, end = (json.loads(line) for line in capsys.readouterr().out.splitlines())
    for kind, expected in (("text", row["expected_text"]), ("reasoning", row.get("expected_reasoning", ""))):
        assert "".join(event["text"] for event in events if event["event"] == kind) == expected
    errors = [event["message"] for event in events if event["event"] == "error"]
    assert errors == [error for error in [row.get("expected_error")] if error]
    assert end["outcome"] == row["expected_end"]
    assert {**end["ids"], **row.get("expected_ids", {})} == end["ids"]
    assert code == {"clean": 0, "error": 6, "truncated": 7}[row["expected_end"]]
