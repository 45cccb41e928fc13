"""How long a byte takes from the server's socket to stdout: the tool, over a script that only copies."""

from __future__ import annotations

import socket
import statistics
import subprocess
import sys
import threading
import time
from collections.abc import Iterator, Sequence

from benchmarks.processes import TOOL, elsewhere, environment, snippet
from benchmarks.timing import Measured

__all__ = ["rows"]

EVENTS = 500
WARMING = 20
ROUNDS = 3
EVENT = b'data: {"event":"cmpl","text":"x"}\n\n'

COPYING = """
import os, socket, sys
connection = socket.create_connection(("127.0.0.1", int(sys.argv[1])))
connection.sendall(b"POST / HTTP/1.1\\r\\ncontent-length: 0\\r\\n\\r\\n")
while piece := connection.recv(65536):
    os.write(1, b"x" * piece.count(b'"text"'))
"""


def rows() -> Iterator[Measured]:
    """Median and 99th percentile over events that are sent one by one, each after the one before was out."""
    with elsewhere() as folder, socket.create_server(("127.0.0.1", 0)) as server:
        port = server.getsockname()[1]
        known = environment(folder)
        file = folder / "snippet.txt"
        url = f"http://127.0.0.1:{port}/api/chat/c/completion/stream"
        file.write_text(snippet(url, '{"messages":[{"role":"user","content":"hi"}]}'), encoding="utf-8")
        subprocess.run([*TOOL, "import", str(file), "-n", "kimi"], env=known, check=True, capture_output=True)
        copying = (sys.executable, "-c", COPYING, str(port))
        replaying = (*TOOL, "replay", "kimi")
        floor: list[float] = []
        subject: list[float] = []
        for _ in range(ROUNDS):
            floor += _delays(server, copying, known)
            subject += _delays(server, replaying, known)
    yield Measured(
        "delay from socket to stdout, median", statistics.median(floor), statistics.median(subject)
    )
    yield Measured("delay from socket to stdout, 99th percentile", _most(floor), _most(subject))


def _most(delays: Sequence[float]) -> float:
    return statistics.quantiles(delays, n=100)[-1]


def _delays(server: socket.socket, command: Sequence[str], known: dict[str, str]) -> list[float]:
    """Seconds from the sending of each event until its text can be read from the command's stdout."""
    printed = threading.Semaphore(0)
    sent: list[float] = []
    thread = threading.Thread(target=_serve, args=(server, sent, printed))
    thread.start()
    delays = []
    with subprocess.Popen(command, env=known, stdout=subprocess.PIPE, bufsize=0) as process:
        assert process.stdout is not None
        for _ in range(EVENTS):
            process.stdout.read(1)
            delays.append(time.perf_counter() - sent[-1])
            printed.release()
    thread.join()
    return delays[WARMING:]


def _serve(server: socket.socket, sent: list[float], printed: threading.Semaphore) -> None:
    connection, _ = server.accept()
    with connection:
        connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        connection.recv(65536)
        connection.sendall(b"HTTP/1.1 200 OK\r\ncontent-type: text/event-stream\r\n\r\n")
        for _ in range(EVENTS):
            sent.append(time.perf_counter())
            connection.sendall(EVENT)
            printed.acquire()
        connection.sendall(b'data: {"event":"all_done"}\n\n')
        connection.shutdown(socket.SHUT_WR)
        # Closing with a part of the request unread would reset the connection.
        while connection.recv(65536):
            continue
