"""The relays beside each other, each a process of its own, started fresh for every run and ended after it."""

from __future__ import annotations

import re
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import IO, NamedTuple

from benchmarks.processes import TOOL, environment, snippet
from benchmarks.serving.upstream import PATH

__all__ = ["RELAYS", "Relay", "imported", "process", "until_listening"]

_HERE = Path(__file__).parent
_START_SECONDS = 20.0

_NGINX = """
daemon off;
worker_processes 1;
worker_rlimit_nofile 20000;
error_log stderr error;
pid {folder}/nginx.pid;
events {{ worker_connections 20000; }}
http {{
  access_log off;
  client_body_temp_path {folder}/body;
  proxy_temp_path {folder}/proxy;
  fastcgi_temp_path {folder}/fastcgi;
  uwsgi_temp_path {folder}/uwsgi;
  scgi_temp_path {folder}/scgi;
  server {{
    listen 127.0.0.1:{port} backlog=4096;
    location / {{
      proxy_pass http://127.0.0.1:{upstream};
      proxy_http_version 1.1;
      proxy_buffering off;
      proxy_read_timeout 1h;
    }}
  }}
}}
"""


class Relay(NamedTuple):
    """Where to ask, and the process whose use is measured; None where there is no relay."""

    port: int
    path: str
    pid: int | None


Started = Callable[[Path, int], Iterator[Relay]]


@contextmanager
def process(
    command: Sequence[str], known: Mapping[str, str] | None = None, **pipes: int
) -> Iterator[subprocess.Popen[str]]:
    """A process that is ended, whatever happens."""
    with subprocess.Popen(command, env=known, text=True, **pipes) as started:  # type: ignore[call-overload]
        try:
            yield started
        finally:
            started.terminate()
            try:
                started.wait(15)
            except subprocess.TimeoutExpired:
                started.kill()


def imported(folder: Path, upstream: int) -> None:
    """A profile of the upstream, as a person imports it."""
    file = folder / "snippet.txt"
    url = f"http://127.0.0.1:{upstream}{PATH}"
    file.write_text(snippet(url, '{"messages":[{"role":"user","content":"hi"}]}'), encoding="utf-8")
    command = [*TOOL, "import", str(file), "-n", "load"]
    subprocess.run(command, env=environment(folder), check=True, capture_output=True)


def until_listening(port: int) -> None:
    """Return when something listens there. TimeoutError."""
    ends = time.monotonic() + _START_SECONDS
    while time.monotonic() < ends:
        try:
            socket.create_connection(("127.0.0.1", port)).close()
        except OSError:
            time.sleep(0.05)
        else:
            return
    raise TimeoutError(f"nothing listens on port {port}")


def _straight(_: Path, upstream: int) -> Iterator[Relay]:
    yield Relay(upstream, PATH, None)


def _nginx(folder: Path, upstream: int) -> Iterator[Relay]:
    port = _free_port()
    settings = folder / "nginx.conf"
    settings.write_text(_NGINX.format(folder=folder, port=port, upstream=upstream), encoding="utf-8")
    with process(["nginx", "-e", "stderr", "-c", str(settings)]) as started:
        until_listening(port)
        yield Relay(port, PATH, started.pid)


def _node(folder: Path, upstream: int) -> Iterator[Relay]:
    known = {**environment(folder), "UPSTREAM": f"http://127.0.0.1:{upstream}{PATH}"}
    with process(["node", str(_HERE / "shortest.mjs")], known, stdout=subprocess.PIPE) as started:
        yield Relay(int(_line(started.stdout)), "/", started.pid)


def _starlette(folder: Path, upstream: int) -> Iterator[Relay]:
    port = _free_port()
    known = {**environment(folder), "UPSTREAM": f"http://127.0.0.1:{upstream}{PATH}"}
    command = [sys.executable, "-m", "uvicorn", "benchmarks.serving.shortest:app", "--port", str(port)]
    with process([*command, "--log-level", "warning", "--no-access-log"], known) as started:
        until_listening(port)
        yield Relay(port, "/", started.pid)


def _ours(folder: Path, _: int) -> Iterator[Relay]:
    command = [*TOOL, "serve", "load", "--port", "0", "--max-streams", "100000", "--max-rate", "0"]
    known = environment(folder)
    with process(command, known, stdout=subprocess.PIPE, stderr=subprocess.STDOUT) as started:
        found = re.search(r"http://127\.0\.0\.1:(\d+)", _line(started.stdout))
        if found is None:
            raise ValueError("fetch2py serve printed no address")
        port = int(found[1])
        until_listening(port)
        yield Relay(port, "/chat/load", started.pid)


def _ours_twice(folder: Path, _: int) -> Iterator[Relay]:
    port = _free_port()
    command = [sys.executable, "-m", "benchmarks.serving.workers", str(port)]
    with process(command, environment(folder)) as started:
        until_listening(port)
        yield Relay(port, "/chat/load", started.pid)


def _free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        return int(taken.getsockname()[1])


def _line(stream: IO[str] | None) -> str:
    return stream.readline() if stream else ""


RELAYS: Mapping[str, Started] = {
    "straight at the upstream": _straight,
    "nginx, a plain proxy": _nginx,
    "Node's http": _node,
    "Starlette and httpx": _starlette,
    "fetch2py serve": _ours,
    "fetch2py, two workers": _ours_twice,
}
"""By name, what starts it in a folder before the upstream's port; the first is the floor."""
