"""Files that a copy has lost: named at import, given back at a replay, and then every byte is there."""

from __future__ import annotations

from base64 import b64decode
from pathlib import Path
from typing import Any

import pytest

from fetch2py.attaching import attach
from fetch2py.cli import run
from fetch2py.errors import SlotError
from fetch2py.importers import parse
from fetch2py.multipart import parts
from fetch2py.request import Headers, Loss, Request
from tests.fixture_files import snippet
from tests.servers import Connection, serve

TYPE = "multipart/form-data; boundary=x"
# The cases whose files browsers left out, as they stood before they were sent.
LEFT_OUT = [
    ("chromium-156-browser", "form-nav-multipart-file-iframe"),
    ("webkit-2.50", "form-nav-multipart-file-iframe"),
    ("webkit-2.50", "multipart-text-file"),
]


def form(*files: tuple[str, str, bytes]) -> Request:
    body = b"".join(
        f'--x\r\nContent-Disposition: form-data; name="{name}"; filename="{filename}"\r\n\r\n'.encode()
        + content
        + b"\r\n"
        for name, filename, content in files
    )
    losses = (Loss("user-agent", "none"), Loss("file-content", "gone"))
    return Request(
        "POST", "https://a.example/", Headers([("content-type", TYPE)]), body + b"--x--\r\n", losses
    )


def contents(request: Request) -> list[bytes]:
    body = request.body or b""
    return [body[part.start : part.end] for part in parts(body, TYPE)]


@pytest.mark.parametrize(("browser", "case"), LEFT_OUT)
def test_a_browsers_form_is_whole_again_with_its_files(browser: str, case: str) -> None:
    row: Any = snippet(browser, case)
    [request] = parse(row["snippet"])
    assert request.lost_bytes
    sent, content_type = b64decode(row["wire"]["body_base64"]), request.headers.get("content-type")
    for part in parts(sent, content_type):
        if part.filename:
            assert f"--file {part.name}=PATH" in request.lost_bytes[0].message
            request = attach(request, part.name, sent[part.start : part.end])
    assert request.body == sent
    assert not request.lost_bytes


def test_files_of_one_name_are_given_one_after_the_other() -> None:
    request = form(
        ("f", "a.txt", b""), ("f", "b.txt", b"a\xef\xbf\xbdb"), ("g", "", b""), ("h", "c", b"kept")
    )
    request = attach(request, "f", b"first")
    assert [loss.code for loss in request.losses] == ["user-agent", "file-content"]
    request = attach(request, "f", b"")
    assert contents(request) == [b"first", b"", b"", b"kept"]
    assert [loss.code for loss in request.losses] == ["user-agent"]
    assert contents(attach(request, "h", b"new"))[3] == b"new"


@pytest.mark.parametrize(
    ("request_", "field", "content", "told", "hint"),
    [
        (form(("f", "a", b"")), "nope", b"", "no file in a form field named nope", "Fields with a file: f"),
        (Request("POST", "https://a.example/", body=b"{}"), "f", b"", "no file", "Only forms"),
        (Request("GET", "https://a.example/"), "f", b"", "no file", "Only forms"),
        (form(("f", "a", b"")), "f", b"a--x", "holds the form's own boundary", "Send another file"),
    ],
)
def test_what_cannot_be_attached_is_told(
    request_: Request, field: str, content: bytes, told: str, hint: str
) -> None:
    with pytest.raises(SlotError, match=told) as caught:
        attach(request_, field, content)
    assert hint in caught.value.hint


def test_replay_wants_the_lost_file_and_takes_it(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    row = snippet("webkit-2.50", "multipart-text-file")
    sent = b64decode(row["wire"]["body_base64"])
    lost = next(
        part for part in parts(sent, parse(row["snippet"])[0].headers.get("content-type")) if part.filename
    )
    copied, file = tmp_path / "copied.txt", tmp_path / "file.txt"
    file.write_bytes(sent[lost.start : lost.end])

    def answer(connection: Connection) -> None:
        connection.receive_request()
        connection.reply(
            b'{"choices":[{"message":{"content":"ok"},"finish_reason":"stop"}]}',
            headers=[("content-type", "application/json")],
        )

    with serve(answer) as server:
        copied.write_text(row["snippet"].replace("http://127.0.0.1:8801", server.url), encoding="utf-8")
        assert run(["import", str(copied), "-n", "form"]) == 0
        assert f"--file {lost.name}=PATH" in capsys.readouterr().out
        assert run(["replay", "form"]) == 4
        told = capsys.readouterr().err
        assert "Nothing was sent" in told
        assert f"--file {lost.name}=PATH" in told
        assert run(["replay", "form", "--file", f"{lost.name}={file}"]) == 0
        assert server.request.body == sent
        assert run(["replay", "form", "--allow-lossy"]) == 0
        assert server.requests[1].body != sent
        for wrong in ("nothing", "=x", f"{lost.name}={tmp_path / 'none'}"):
            assert run(["replay", "form", "--file", wrong]) in (2, 4)
    assert len(server.requests) == 2
