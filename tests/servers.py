"""Real servers on loopback, each running a script that a test writes: what to send, where to cut, when to
hang.

A script is a function of one `Connection`. It runs on its own thread for every connection that comes in; what
it raises, the `with` that started the server raises at its end. Nothing sleeps: a script that has to wait
waits for the client (`receive_request`, `wait_closed`) or for an event that the test sets (`wait`).
"""

from __future__ import annotations

import socket
import ssl
import struct
import threading
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from typing import NamedTuple

import h2.config
import h2.connection
import h2.events

__all__ = ["Connection", "Received", "Script", "Server", "event_stream", "serve", "serve_http2"]

# A test that hangs fails after this long, in seconds. No test that passes ever waits for it.
PATIENCE = 20.0


class Received(NamedTuple):
    """A request as its bytes came: nothing lower-cased, joined or decoded."""

    method: str
    target: str
    headers: tuple[tuple[str, str], ...]
    body: bytes

    def get(self, name: str) -> str | None:
        """The first value under `name`, blind to case; None where there is none."""
        return next((value for key, value in self.headers if key.lower() == name.lower()), None)


@dataclass
class Server:
    """A listening server: where it is, and what has come in so far."""

    url: str
    requests: list[Received] = field(default_factory=list)

    @property
    def request(self) -> Received:
        """The only request that came in."""
        (request,) = self.requests
        return request


class Connection:
    """The server's end of one connection."""

    def __init__(self, sock: socket.socket, server: Server) -> None:
        self.sock = sock
        self.server = server
        self._buffer = b""

    def receive_request(self) -> Received:
        """Read one request, head and body, and note it down."""
        head = self._read_until(b"\r\n\r\n").decode("latin-1")
        line, *fields = head[:-4].split("\r\n")
        method, target, _ = line.split(" ")
        headers = tuple((name, value.strip(" ")) for name, _, value in (row.partition(":") for row in fields))
        received = Received(method, target, headers, b"")
        body = self._read_exactly(int(received.get("content-length") or 0))
        received = received._replace(body=body)
        self.server.requests.append(received)
        return received

    def send(self, data: bytes) -> None:
        """Send bytes as they are."""
        self.sock.sendall(data)

    def head(self, status: int = 200, headers: Iterable[tuple[str, str]] = ()) -> None:
        """Send a response head."""
        lines = "".join(f"{name}: {value}\r\n" for name, value in headers)
        self.send(f"HTTP/1.1 {status} Scripted\r\n{lines}\r\n".encode("latin-1"))

    def reply(self, body: bytes = b"", status: int = 200, headers: Iterable[tuple[str, str]] = ()) -> None:
        """Send a whole response whose length is told."""
        self.head(status, (*headers, ("content-length", str(len(body)))))
        self.send(body)

    def chunk(self, data: bytes) -> None:
        """Send a chunk of a chunked body; an empty one is its end."""
        self.send(b"%x\r\n%s\r\n" % (len(data), data))

    def wait(self, event: threading.Event) -> None:
        """Wait until the test sets `event`."""
        assert event.wait(PATIENCE), "the test never came this far"

    def wait_closed(self) -> None:
        """Wait until the client has closed its end, however it did so."""
        with suppress(ConnectionError, ssl.SSLError):
            while self.sock.recv(65536):
                pass

    def reset(self) -> None:
        """Break the connection off with a TCP reset."""
        self.sock.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        self.sock.close()

    def _read_until(self, mark: bytes) -> bytes:
        while mark not in self._buffer:
            self._receive()
        head, _, self._buffer = self._buffer.partition(mark)
        return head + mark

    def _read_exactly(self, size: int) -> bytes:
        while len(self._buffer) < size:
            self._receive()
        body, self._buffer = self._buffer[:size], self._buffer[size:]
        return body

    def _receive(self) -> None:
        data = self.sock.recv(65536)
        if not data:
            raise ConnectionError("the client left before its request was whole")
        self._buffer += data


Script = Callable[[Connection], None]


@contextmanager
def serve(
    script: Script, tls: ssl.SSLContext | None = None, host: str = "127.0.0.1", port: int = 0
) -> Iterator[Server]:
    """Run `script` for every connection; `host` is the name in the server's URL."""
    faults: list[BaseException] = []
    threads: list[threading.Thread] = []
    with socket.create_server(("127.0.0.1", port)) as listener:
        scheme = "http" if tls is None else "https"
        server = Server(f"{scheme}://{host}:{listener.getsockname()[1]}")

        def run(sock: socket.socket) -> None:
            sock.settimeout(PATIENCE)
            try:
                with sock if tls is None else tls.wrap_socket(sock, server_side=True) as wrapped:
                    wrapped.settimeout(PATIENCE)
                    script(Connection(wrapped, server))
            except BaseException as exc:  # noqa: BLE001 - it crosses to the test's thread and is raised there
                faults.append(exc)
            finally:
                sock.close()

        def accept() -> None:
            with suppress(OSError):  # the listener was shut down
                while True:
                    sock, _ = listener.accept()
                    threads.append(threading.Thread(target=run, args=(sock,), daemon=True))
                    threads[-1].start()

        acceptor = threading.Thread(target=accept, daemon=True)
        acceptor.start()
        try:
            yield server
        finally:
            listener.shutdown(socket.SHUT_RDWR)
            for thread in (acceptor, *threads):
                thread.join(PATIENCE)
        assert not any(thread.is_alive() for thread in threads), "a connection was never closed"
        if faults:
            raise faults[0]


def event_stream(*events: str, gate: Callable[[int], threading.Event] | None = None) -> Script:
    """A script that answers with server-sent events. Before event N it waits for `gate(N)`, if there is a
    gate."""

    def script(connection: Connection) -> None:
        connection.receive_request()
        connection.head(headers=(("content-type", "text/event-stream"), ("transfer-encoding", "chunked")))
        for number, event in enumerate(events):
            if gate is not None:
                connection.wait(gate(number))
            connection.chunk(f"data: {event}\n\n".encode())
        connection.chunk(b"")
        connection.wait_closed()

    return script


@contextmanager
def serve_http2(
    tls: ssl.SSLContext,
    chunks: Iterable[bytes],
    broken: bool = False,
    host: str = "localhost",
    port: int = 0,
) -> Iterator[Server]:
    """Answer each request over HTTP/2 with `chunks`, one DATA frame each; a `broken` one is reset at its
    end."""
    tls.set_alpn_protocols(["h2"])

    def script(connection: Connection) -> None:
        protocol = h2.connection.H2Connection(
            # Normalising would move the cookie behind all other fields.
            h2.config.H2Configuration(
                client_side=False, header_encoding="latin-1", normalize_inbound_headers=False
            )
        )
        protocol.initiate_connection()
        connection.send(protocol.data_to_send())
        heads: dict[int, tuple[tuple[str, str], ...]] = {}
        bodies: dict[int, bytes] = {}
        with suppress(ConnectionError, ssl.SSLError):
            while data := connection.sock.recv(65536):
                for event in protocol.receive_data(data):
                    match event:
                        case h2.events.RequestReceived(stream_id=int(stream), headers=list(headers)):
                            heads[stream], bodies[stream] = tuple((str(k), str(v)) for k, v in headers), b""
                        case h2.events.DataReceived(stream_id=int(stream), data=bytes(piece)):
                            bodies[stream] += piece
                        case h2.events.StreamEnded(stream_id=int(stream)):
                            connection.server.requests.append(_received(heads[stream], bodies[stream]))
                            _answer(protocol, stream, chunks, broken)
                connection.send(protocol.data_to_send())

    with serve(script, tls, host, port) as server:
        yield server


def _received(headers: tuple[tuple[str, str], ...], body: bytes) -> Received:
    pseudo = {name: value for name, value in headers if name.startswith(":")}
    return Received(pseudo[":method"], pseudo[":path"], headers, body)


def _answer(protocol: h2.connection.H2Connection, stream: int, chunks: Iterable[bytes], broken: bool) -> None:
    protocol.send_headers(stream, [(":status", "200"), ("content-type", "text/event-stream")])
    for chunk in chunks:
        protocol.send_data(stream, chunk)
    if broken:
        protocol.reset_stream(stream)
    else:
        protocol.end_stream(stream)
