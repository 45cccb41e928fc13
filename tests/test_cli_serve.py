"""`fetch2py serve` and other ways to run the application: as processes, from their start to their end."""

from __future__ import annotations

import os
import re
import shlex
import signal
import socket
import subprocess
import sys
import threading
from collections.abc import Iterator
from contextlib import AbstractContextManager, contextmanager
from pathlib import Path
from typing import Any

import httpx
import pytest

from fetch2py.cli import run
from tests.back_end import LOOPBACK, begin, done, text
from tests.command_line import COMMAND, finished, kept
from tests.servers import PATIENCE, Connection, event_stream, serve
from tests.test_readme import blocks

posix = pytest.mark.skipif(sys.platform == "win32", reason="signals end processes on POSIX systems")


@contextmanager
def started(*command: str, **environment: str) -> Iterator[subprocess.Popen[str]]:
    """A process whose output is read."""
    # A test that runs in the background ignores Ctrl-C, and so would its children.
    with subprocess.Popen(
        command,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        encoding="utf-8",
        env={**os.environ, "PYTHONUNBUFFERED": "1", **environment},
        preexec_fn=lambda: signal.signal(signal.SIGINT, signal.default_int_handler),
    ) as process:
        try:
            yield process
        finally:
            process.kill()


@contextmanager
def served(*arguments: str, **environment: str) -> Iterator[tuple[subprocess.Popen[str], str]]:
    """`fetch2py serve` on a free port, and its address."""
    with started(*COMMAND, "serve", "--port", "0", *arguments, **environment) as process:
        assert process.stdout is not None
        first = process.stdout.readline()
        found = re.search(r"http://\S+", first)
        assert found is not None, first
        yield process, found[0]


def ended(process: subprocess.Popen[str]) -> tuple[str, str]:
    """End the process; what it still had to say on stdout and stderr."""
    process.terminate()
    assert process.stdout is not None
    assert process.stderr is not None
    # communicate() would pass over what was read ahead.
    told = process.stdout.read(), process.stderr.read()
    process.wait(PATIENCE)
    return told


def post(url: str, **headers: str) -> httpx.Response:
    return httpx.post(url, data={"message": "hi"}, headers=headers, timeout=PATIENCE, trust_env=False)


def streaming(url: str) -> AbstractContextManager[httpx.Response]:
    """An answer that is read while it comes."""
    return httpx.stream("POST", url, data={"message": "hi"}, timeout=PATIENCE, trust_env=False)


def test_it_says_what_it_serves_and_how_to_try_it() -> None:
    with serve(event_stream(*done("你", "好"))) as upstream:
        kept(upstream.url)
        kept(upstream.url, "other")
        with served("kimi") as (process, address):
            assert post(f"{address}/chat/kimi").text == "data:你\n\ndata:好\n\nevent: end\ndata:\n\n"
            assert post(f"{address}/chat/other").status_code == 404
            told, noise = ended(process)
    assert f"curl -N {address}/chat/kimi -d 'message=你好'" in told
    assert f"base_url={address}/v1  model=kimi" in told
    assert "Token" not in told
    assert noise == "POST /chat/other: 404. There is no profile with that name here.\n"


@posix
def test_sigterm_ends_open_streams_with_an_event_and_exits_with_0() -> None:
    with serve(begin(text("half"))) as upstream:
        kept(upstream.url)
        with (
            served("--grace", "0") as (process, address),
            streaming(f"{address}/chat/kimi?events=1") as response,
        ):
            lines = response.iter_lines()
            assert [next(lines), next(lines)] == ["event: text", "data: half"]
            process.terminate()
            rest = "\n".join(lines)
            assert process.wait(PATIENCE) == 0
    assert "event: error\ndata: The server is shutting down." in rest
    assert rest.endswith('event: end\ndata: {"outcome": "truncated"}\n')


@posix
def test_a_client_that_does_not_read_cannot_keep_the_server_up() -> None:
    full, go = threading.Event(), threading.Event()

    def then(connection: Connection) -> None:
        connection.sock.settimeout(1.0)
        try:
            for _ in range(3000):
                connection.chunk(f"data: {text('x' * 60_000)}\n\n".encode())
        except TimeoutError:
            full.set()
        connection.wait(go)

    with serve(begin(text("one"), then=then)) as upstream:
        kept(upstream.url)
        with (
            served("--grace", "0") as (process, address),
            socket.create_connection((LOOPBACK, int(address.rpartition(":")[2])), PATIENCE) as client,
        ):
            client.sendall(b"GET /chat/kimi?message=hi HTTP/1.1\r\nhost: localhost\r\n\r\n")
            assert full.wait(PATIENCE)
            go.set()
            _, noise = ended(process)
    assert process.returncode == 0
    assert "Traceback" not in noise


@posix
def test_sigterm_lets_streams_end_by_themselves_first() -> None:
    told = threading.Event()

    def then(connection: Connection) -> None:
        connection.wait(told)
        for event in done("whole"):
            connection.chunk(f"data: {event}\n\n".encode())
        connection.chunk(b"")

    with serve(begin(text("half"), then=then)) as upstream:
        kept(upstream.url)
        with (
            served("--grace", "20") as (process, address),
            streaming(f"{address}/chat/kimi") as response,
        ):
            lines = response.iter_lines()
            assert next(lines) == "data:half"
            process.terminate()
            told.set()
            assert list(lines) == ["", "data:whole", "", "event: end", "data:", ""]
            assert process.wait(PATIENCE) == 0


@posix
def test_ctrl_c_ends_it_as_every_command() -> None:
    with served() as (process, _):
        process.send_signal(signal.SIGINT)
        _, noise = process.communicate(timeout=PATIENCE)
    assert process.returncode == 130
    assert "No profiles yet" in noise
    assert "Traceback" not in noise


@posix
@pytest.mark.parametrize(("number", "code"), [(signal.SIGTERM, 0), (signal.SIGINT, 130)])
def test_a_signal_that_comes_before_the_server_runs_ends_it(number: signal.Signals, code: int) -> None:
    script = f"""
import signal, uvicorn
from fetch2py.cli import main

whole = uvicorn.Server.run

def run(server, sockets=None):
    signal.raise_signal({int(number)})
    whole(server, sockets)

uvicorn.Server.run = run
main(["serve", "--port", "0"])
"""
    with started(sys.executable, "-c", script) as process:
        _, noise = process.communicate(timeout=PATIENCE)
    assert process.returncode == code
    assert "Traceback" not in noise


@posix
def test_a_second_ctrl_c_ends_what_is_under_way() -> None:
    with serve(begin(text("half"))) as upstream:
        kept(upstream.url)
        with (
            served("--grace", "60") as (process, address),
            streaming(f"{address}/chat/kimi") as response,
        ):
            lines = response.iter_lines()
            assert next(lines) == "data:half"
            process.send_signal(signal.SIGINT)
            assert process.stderr is not None
            told = process.stderr.readline()
            process.send_signal(signal.SIGINT)
            rest = list(lines)
            noise = process.stderr.read()
            assert process.wait(PATIENCE) == 130
    assert told == "Ending. Answers under way: 1; in 60 s they end as well, with Ctrl-C at once.\n"
    assert rest[-6:-3] == ["event: error", "data:The server is shutting down.", ""]
    assert noise == "POST /chat/kimi: 200. The server is shutting down.\nInterrupted.\n"


@posix
def test_a_failed_answer_is_told_to_whoever_runs_the_server() -> None:
    error = '{"event":"error","error":{"message":"Too long a context."}}'
    with serve(event_stream(text("half"), error)) as upstream:
        kept(upstream.url)
        with served("--grace", "0") as (process, address):
            post(f"{address}/chat/kimi?message=my-own-words")
            _, noise = ended(process)
    assert noise == "POST /chat/kimi: 200. Too long a context.\n"


def test_what_listens_to_the_network_makes_a_token_and_prints_it_once() -> None:
    with serve(event_stream(*done("ok"))) as upstream:
        kept(upstream.url)
        with served("--host", "0.0.0.0") as (process, address):
            assert process.stdout is not None
            found = re.fullmatch(r"Token: (\S{32,})\n", process.stdout.readline())
            assert found is not None
            refused, answered = (
                post(f"{address}/chat/kimi"),
                post(f"{address}/chat/kimi", authorization=f"Bearer {found[1]}"),
            )
            told, _ = ended(process)
    assert (refused.status_code, answered.status_code) == (401, 200)
    assert found[1] not in told
    assert "#token=TOKEN" in told


def test_a_token_of_ones_own_is_not_printed() -> None:
    with served(FETCH2PY_TOKEN="FAKE-token-of-mine") as (process, address):
        assert httpx.get(f"{address}/v1/models", trust_env=False).status_code == 401
        told, noise = ended(process)
    assert "FAKE-token-of-mine" not in told + noise
    assert "Authorization: Bearer TOKEN" in told


def test_a_profile_is_read_again_when_its_file_has_changed() -> None:
    with (
        serve(event_stream(*done("old"))) as old,
        serve(event_stream(*done("new"))) as new,
        served() as (_, address),
    ):
        assert post(f"{address}/chat/kimi").status_code == 404
        kept(old.url)
        assert "data:old" in post(f"{address}/chat/kimi").text
        assert "data:old" in post(f"{address}/chat/kimi").text
        kept(new.url)
        assert "data:new" in post(f"{address}/chat/kimi").text
        assert finished("remove", "kimi").returncode == 0
        assert post(f"{address}/chat/kimi").status_code == 404


def test_a_profile_that_cannot_be_read_is_told(home: Path) -> None:
    kept("http://127.0.0.1:9")
    with served() as (_, address):
        file = home / "profiles" / "kimi.toml"
        file.write_text("nonsense", encoding="utf-8")
        got = post(f"{address}/chat/kimi")
    assert got.status_code == 500
    assert got.json()["error"]["code"] == "profile_invalid"


@pytest.mark.parametrize(
    ("arguments", "code", "told"),
    [
        (["nobody"], 4, "There is no profile named “nobody”"),
        (["--allow-origin", "localhost:5173"], 2, "is no origin"),
        (["--port", "70000"], 2, "70000"),
    ],
)
def test_what_cannot_be_served(
    arguments: list[str], code: int, told: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run(["serve", *arguments]) == code
    assert told in capsys.readouterr().err


def test_a_port_that_is_taken(capsys: pytest.CaptureFixture[str]) -> None:
    with serve(begin()) as other:
        assert run(["serve", "--port", other.url.rpartition(":")[2]]) == 1
    told = capsys.readouterr().err
    assert "Can't listen on 127.0.0.1" in told
    assert "--port 0" in told


@pytest.mark.parametrize("package", ["starlette", "uvicorn", "httptools"])
def test_without_its_packages_it_says_how_to_get_them(package: str) -> None:
    code = f"import sys; sys.modules[{package!r}] = None; from fetch2py.cli import main; main(['serve'])"
    got = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, encoding="utf-8")
    assert got.returncode == 2
    assert "pip install 'fetch2py[serve]'" in got.stderr
    assert "Traceback" not in got.stderr


@pytest.mark.parametrize(("arguments", "fragment"), [([], ""), (["--token", "-"], "#token=")])
def test_the_page_opens_in_the_browser(
    arguments: list[str], fragment: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The server is ended by the one who looks."""
    seen: list[str] = []

    def look(url: str, *_: Any) -> bool:
        seen.append(url)
        raise KeyboardInterrupt

    monkeypatch.setattr("click.launch", look)
    assert run(["serve", "--port", "0", "--host", "::1", *arguments, "--open"]) == 130
    assert re.match(r"http://\[::1\]:\d+/" + fragment, seen[0])


# What systems allow


@posix
@pytest.mark.parametrize(
    ("now", "most", "takes", "asked"),
    [
        (1024, 524_288, 524_288, [(524_288, 524_288)]),
        (524_288, 524_288, 524_288, []),
        (-1, -1, 524_288, []),
        # macOS, as its manual and the reports of others have it.
        (256, -1, 10_240, [(10_240, -1)]),
        (256, -1, 256, [(10_240, -1)]),
    ],
)
def test_the_limit_of_open_files_is_raised_as_far_as_it_goes(
    now: int, most: int, takes: int, asked: list[tuple[int, int]], monkeypatch: pytest.MonkeyPatch
) -> None:
    """The system's answers are put in: no machine has all of these limits."""
    import resource

    raised: list[tuple[int, int]] = []

    def setrlimit(_: int, limits: tuple[int, int]) -> None:
        raised.append(limits)
        if not 0 <= limits[0] <= takes:
            raise ValueError("current limit exceeds maximum limit")

    def run_nothing(_: object, sockets: object) -> None:
        """The server would run now."""

    monkeypatch.setattr(resource, "RLIM_INFINITY", -1)
    monkeypatch.setattr(resource, "getrlimit", lambda _: (now, most))
    monkeypatch.setattr(resource, "setrlimit", setrlimit)
    monkeypatch.setattr("uvicorn.Server.run", run_nothing)
    assert run(["serve", "--port", "0"]) == 0
    assert raised == asked


# Other ways to run it


def _told(tool: str) -> list[str]:
    """The README's command for it, as a process of this environment."""
    [block] = blocks("README.md", "sh")
    [line] = [line for line in block.splitlines() if line.startswith(f"{tool} ")]
    return [sys.executable, "-m", *shlex.split(line)]


def _free_port() -> int:
    with socket.create_server((LOOPBACK, 0)) as listener:
        return int(listener.getsockname()[1])


@posix
@pytest.mark.parametrize(("tool", "option"), [("uvicorn", "--port={}"), ("gunicorn", "--bind=127.0.0.1:{}")])
def test_several_workers_serve_and_end_streams_with_an_event(tool: str, option: str) -> None:
    with serve(begin(text("half"))) as upstream:
        kept(upstream.url)
        port = _free_port()
        transport = httpx.HTTPTransport(retries=12)
        with (
            started(*_told(tool), option.format(port)) as process,
            httpx.Client(transport=transport, timeout=PATIENCE) as client,
            client.stream("POST", f"http://{LOOPBACK}:{port}/chat/kimi", data={"message": "hi"}) as response,
        ):
            lines = response.iter_lines()
            assert next(lines) == "data:half"
            process.terminate()
            rest = list(lines)
            _, noise = process.communicate(timeout=PATIENCE)
    assert (
        rest[-6:]
        == ["", "event: error", "data:The server is shutting down.", "", "event: end", "data:", ""][-6:]
    )
    assert "Traceback" not in noise
