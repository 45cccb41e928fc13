"""The README's ways to a server: workers under a name of one's own behind nginx, and in a container."""

from __future__ import annotations

import json
import os
import shutil
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

import httpx
import pytest

from fetch2py.profiles import save
from tests.back_end import END, begin, nothing_left_open, profile, text
from tests.servers import PATIENCE, Connection, serve
from tests.test_readme import ROOT, blocks

NAME, TOKEN = "chat.example", "fake-token-of-the-service"
SETTINGS = """
daemon off;
error_log {folder}/error.log;
pid {folder}/nginx.pid;
events {{}}
http {{
  access_log off;
  client_body_temp_path {folder}/body;
  proxy_temp_path {folder}/proxy;
  fastcgi_temp_path {folder}/fastcgi;
  uwsgi_temp_path {folder}/uwsgi;
  scgi_temp_path {folder}/scgi;
  gzip on;
  gzip_types text/event-stream;
  server {{
    listen 127.0.0.1:{port};
    {location}
  }}
}}
"""


@pytest.fixture(autouse=True)
def _nothing_left_open() -> Iterator[None]:
    with nothing_left_open():
        yield


@pytest.fixture
def proxy(tmp_path: Path) -> Iterator[str]:
    """The address of nginx, with the service behind it."""
    if shutil.which("nginx") is None:
        if os.environ.get("FETCH2PY_TEST_EVERYTHING"):
            pytest.fail("nginx isn't installed")
        pytest.skip("nginx isn't installed")
    [module] = [code for code in blocks("README.md", "python") if code.startswith("# service.py")]
    (tmp_path / "service.py").write_text(module, encoding="utf-8")
    [location] = blocks("README.md", "nginx")
    inner, outer = _free_port(), _free_port()
    settings = SETTINGS.format(
        folder=tmp_path, port=outer, location=location.replace("127.0.0.1:8000", f"127.0.0.1:{inner}")
    )
    (tmp_path / "nginx.conf").write_text(settings, encoding="utf-8")
    arguments = module.splitlines()[0].partition("for: uvicorn ")[2].split()
    uvicorn = [sys.executable, "-m", "uvicorn", *arguments, "--port", str(inner), "--log-level", "warning"]
    nginx = ["nginx", "-e", str(tmp_path / "error.log"), "-c", str(tmp_path / "nginx.conf")]
    known = {**os.environ, "CHAT_TOKEN": TOKEN, "PYTHONPATH": str(ROOT)}
    with _started(uvicorn, tmp_path, known, inner), _started(nginx, tmp_path, known, outer):
        yield f"http://127.0.0.1:{outer}"


def _free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as listener:
        return int(listener.getsockname()[1])


@contextmanager
def _started(command: list[str], folder: Path, known: Mapping[str, str], port: int) -> Iterator[None]:
    with subprocess.Popen(command, cwd=folder, env=known) as process:
        try:
            ends = time.monotonic() + PATIENCE
            while time.monotonic() < ends and process.poll() is None:
                try:
                    httpx.get(f"http://127.0.0.1:{port}", trust_env=False, timeout=PATIENCE)
                except httpx.ConnectError:
                    continue
                break
            yield
        finally:
            process.terminate()
            process.wait(PATIENCE)


def test_tokens_come_one_by_one_through_the_proxy(proxy: str) -> None:
    taken = threading.Semaphore(0)

    def script(connection: Connection) -> None:
        begin(text("a"), then=lambda _: None)(connection)
        for event in (text("b"), END):
            assert taken.acquire(timeout=PATIENCE)
            connection.chunk(f"data: {event}\n\n".encode())
        connection.chunk(b"")

    fields = {"host": NAME, "authorization": f"Bearer {TOKEN}", "accept-encoding": "gzip"}
    with serve(script) as upstream:
        save(profile(upstream.url), "kimi")
        with (
            httpx.Client(trust_env=False, timeout=PATIENCE, headers=fields) as client,
            client.stream("POST", f"{proxy}/chat/kimi", json={"message": "hi"}) as response,
        ):
            got = []
            for line in response.iter_lines():
                got.append(line)
                if line in ("data:a", "data:b"):
                    taken.release()
    assert [line for line in got if line] == ["data:a", "data:b", "event: end", "data:"]


def test_the_command_of_the_container(tmp_path: Path) -> None:
    [container] = blocks("README.md", "dockerfile")
    tool, *arguments = json.loads(container.partition("CMD ")[2])
    assert tool == "fetch2py"
    port = _free_port()
    known = {**os.environ, "FETCH2PY_TOKEN": TOKEN, "PYTHONPATH": str(ROOT)}
    command = [sys.executable, "-m", tool, *arguments, "--port", str(port)]
    with serve(begin()) as upstream, _started(command, tmp_path, known, port):
        save(profile(upstream.url), "kimi")
        fields = {"host": NAME, "authorization": f"Bearer {TOKEN}"}
        told = httpx.get(f"http://127.0.0.1:{port}/v1/models", headers=fields, trust_env=False)
    assert [model["id"] for model in told.json()["data"]] == ["kimi"]


@pytest.mark.parametrize(("host", "token", "status"), [("other.example", TOKEN, 421), (NAME, "guessed", 401)])
def test_other_names_and_tokens_are_refused(proxy: str, host: str, token: str, status: int) -> None:
    fields = {"host": host, "authorization": f"Bearer {token}"}
    assert httpx.get(f"{proxy}/v1/models", headers=fields, trust_env=False).status_code == status
