"""How long a byte takes from the server's socket to the tool's stdout."""

from __future__ import annotations

import os
import socket
import statistics
import subprocess
import sys
import tempfile
import threading
import time
from pathlib import Path

from benchmarks.commands import snippet_of

EVENTS = 200


def report() -> str:
    """Median and 99th percentile over events that are sent one by one, each after the one before was printed."""
    with tempfile.TemporaryDirectory() as folder, socket.create_server(("127.0.0.1", 0)) as server:
        snippet = Path(folder) / "snippet.txt"
        url = f"http://127.0.0.1:{server.getsockname()[1]}/api/chat/c/completion/stream"
        snippet.write_text(snippet_of(url, '{"messages":[{"role":"user","content":"hi"}]}'), encoding="utf-8")
        environment = {**os.environ, "FETCH2PY_HOME": folder}
        tool = [sys.executable, "-c", "from fetch2py.cli import main; main()"]
        subprocess.run(
            [*tool, "import", str(snippet), "-n", "delay"], env=environment, check=True, capture_output=True
        )
        printed = threading.Semaphore(0)
        sent: list[float] = []
        thread = threading.Thread(target=_serve, args=(server, sent, printed))
        thread.start()
        delays = []
        with subprocess.Popen([*tool, "replay", "delay"], env=environment, stdout=subprocess.PIPE) as process:
            assert process.stdout is not None
            for _ in range(EVENTS):
                process.stdout.read(1)
                delays.append(time.perf_counter() - sent[-1])
                printed.release()
        thread.join()
    delays.sort()
    return (
        f"delay from the socket to stdout, {EVENTS} events: median {statistics.median(delays) * 1e6:.0f} µs, "
        f"p99 {delays[int(len(delays) * 0.99) - 1] * 1e6:.0f} µs"
    )


def _serve(server: socket.socket, sent: list[float], printed: threading.Semaphore) -> None:
    connection, _ = server.accept()
    with connection:
        connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        connection.recv(65536)
        connection.sendall(b"HTTP/1.1 200 OK\r\ncontent-type: text/event-stream\r\n\r\n")
        for _ in range(EVENTS):
            sent.append(time.perf_counter())
            connection.sendall(b'data: {"event":"cmpl","text":"x"}\n\n')
            printed.acquire()
        connection.sendall(b'data: {"event":"all_done"}\n\n')
