"""Generated streams, read by fetch2py and by the decoders of other projects in Node: the same comes out."""

from __future__ import annotations

import base64
import hashlib
import json
import os
import shutil
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path
from typing import Any, NoReturn, cast

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from fetch2py.framing import encode_envelope
from fetch2py.framing.sse import SSEDecoder
from tests.framing_feeding import conformance, decode, pieces

NODE = Path(__file__).parent / "node"
CACHE = Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache") / "fetch2py-tests"

# FETCH2PY_EXAMPLES asks for more, by hand.
EXAMPLES = int(os.environ.get("FETCH2PY_EXAMPLES", "1000"))
SLOW = [HealthCheck.too_slow, HealthCheck.data_too_large, HealthCheck.function_scoped_fixture]

NAMES = st.sampled_from(["data", "event", "id", "retry", "", "x", "Data", " data", "data "])
ODD = (
    "\0",
    "\ufeff",
    "\u2028",
    "\x85",
    "\x0b",
    "\x0c",
    "你",
    "🐎",
    ":",
    " ",
    "  ",
    "{}",
    "[DONE]",
    "12",
    "a",
)
VALUES = st.lists(st.sampled_from(ODD), max_size=4).map("".join)
LINES = st.builds("{}{}{}".format, NAMES, st.sampled_from([":", ": ", ":  ", ""]), VALUES)
LINE_ENDS = st.sampled_from(["\n", "\n", "\n\n", "\r", "\r\n", "\r\n\r\n", "\n\r"])
BROKEN = st.sampled_from([b"", b"", b"\xff", b"\xe4\xbd", b"\xf0\x9f\x90", b"\xef\xbb\xbf"])
EVENT_STREAMS = st.builds(
    bytes.__add__,
    st.sampled_from([b"", b"\xef\xbb\xbf", b"\xef\xbb"]),
    st.lists(
        st.builds(lambda line, broken, end: line.encode() + broken + end.encode(), LINES, BROKEN, LINE_ENDS),
        max_size=15,
    ).map(b"".join),
)
ENVELOPES = st.lists(st.builds(encode_envelope, st.binary(max_size=30), st.integers(0, 255)), max_size=6)
PLACES = st.lists(st.integers(0, 200), max_size=8)


class Decoders:
    """The other projects' decoders, in one Node process."""

    def __init__(self, process: subprocess.Popen[bytes]) -> None:
        self._process = process

    def read(self, decoder: str, raw: bytes, places: list[int]) -> Any:
        """What the decoder makes of the bytes, cut at these places."""
        chunks = [base64.b64encode(piece).decode("ascii") for piece in pieces(raw, places) if piece]
        assert self._process.stdin is not None
        assert self._process.stdout is not None
        self._process.stdin.write(json.dumps({"decoder": decoder, "chunks": chunks}).encode("ascii") + b"\n")
        self._process.stdin.flush()
        return json.loads(self._process.stdout.readline())


@pytest.fixture(scope="module")
def decoders() -> Iterator[Decoders]:
    """Node with the packages that tests/node names, in a folder beside the person's other caches."""
    node, npm = shutil.which("node"), shutil.which("npm")
    if node is None or npm is None:
        _missing("node or npm missing: apt-get install nodejs npm")
    folder = _installed(npm)
    environment = {name: value for name, value in os.environ.items() if not name.startswith("NODE_")}
    command = [node, "--no-warnings", str(folder / "decoders.mjs")]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, env=environment) as process:
        yield Decoders(process)


def _installed(npm: str) -> Path:
    sources = [NODE / name for name in ("package.json", "package-lock.json", "decoders.mjs")]
    digest = hashlib.sha256(b"\0".join(source.read_bytes() for source in sources)).hexdigest()
    folder = CACHE / digest[:16]
    if folder.exists():
        return folder
    CACHE.mkdir(parents=True, exist_ok=True)
    made = Path(tempfile.mkdtemp(dir=CACHE))
    try:
        for source in sources:
            shutil.copy(source, made)
        command = [npm, "ci", "--ignore-scripts", "--no-audit", "--no-fund"]
        run = subprocess.run(command, cwd=made, capture_output=True, text=True, encoding="utf-8", timeout=300)
        if run.returncode:
            _missing(f"npm could not install the packages of tests/node: {run.stderr.strip()[-300:]}")
        # Whole or not at all; another run may have been faster.
        with suppress(OSError):
            made.rename(folder)
    finally:
        shutil.rmtree(made, ignore_errors=True)
    return folder


def _missing(reason: str) -> NoReturn:
    if os.environ.get("FETCH2PY_TEST_EVERYTHING"):
        pytest.fail(reason)
    pytest.skip(reason)


@given(EVENT_STREAMS, PLACES)
@settings(deadline=None, max_examples=EXAMPLES, suppress_health_check=SLOW)
def test_event_streams(decoders: Decoders, raw: bytes, places: list[int]) -> None:
    _same_events(decoders, raw, places)


@pytest.mark.parametrize("row", conformance("sse.json"), ids=lambda row: row["id"])
def test_event_streams_of_the_suites(decoders: Decoders, row: dict[str, Any]) -> None:
    _same_events(decoders, row["raw"], [])


@given(ENVELOPES.map(b"".join), st.integers(0, 8), PLACES)
@settings(deadline=None, max_examples=EXAMPLES, suppress_health_check=SLOW)
def test_envelopes(decoders: Decoders, raw: bytes, cut: int, places: list[int]) -> None:
    raw = raw[: max(len(raw) - cut, 0)]
    theirs = decoders.read("connect", raw, places)["envelopes"]
    frames = decode("connect", pieces(raw, places)).frames
    ours = [[frame.flags, base64.b64encode(cast(bytes, frame.data)).decode("ascii")] for frame in frames]
    assert ours == theirs


def _same_events(decoders: Decoders, raw: bytes, places: list[int]) -> None:
    theirs = decoders.read("sse", raw, places)
    frames, _, _, decoder = decode("sse", pieces(raw, places))
    own = cast(SSEDecoder, decoder)
    events = [[frame.event, frame.data, frame.id] for frame in frames if frame.standard]
    assert {"events": events, "retry": own.retry, "id": own.last_event_id} == theirs
