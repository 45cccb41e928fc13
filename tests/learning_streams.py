"""Random answers around a text that is known: every shape that the rule model has, with noise beside it."""

from __future__ import annotations

import json
from random import Random
from typing import Any, NamedTuple

from tests.learning_cases import lines, sse

__all__ = ["Made", "made"]

_WORDS = (
    "the of a sea is in and paris river you can run this code 1 2 3.5 ( ) { } : ; , . ! ? # - "
    "春 天 好 我们 的 。 ， 你 an api id error done text user null true ha ha"
)
_NAMES = "text content answer delta msg t v d out token reply chunk x w val foo payload data"
_INNER = "data result choice message payload r output body q"
_TITLE = "A long title of a page about rivers and seas"
_THOUGHTS = ("let me", "think", " so", " hm ", "well ")


class Made(NamedTuple):
    """One answer and its text."""

    content_type: str
    body: bytes
    text: str


def made(random: Random) -> Made:
    """An answer in a shape of the generator's choice."""
    pieces = _pieces(random)
    typed = random.choice([None, None, "type", "event", "kind", "@event", "k"])
    path = [random.choice(_INNER.split()) for _ in range(random.randint(0, 3))] + [
        random.choice(_NAMES.split())
    ]
    records = [*_before(random, typed, path), *_answer(random, pieces, path), *_after(random, typed)]
    if typed is None:
        told: list[Any] = [data for _, data in records]
    elif typed == "@event":
        told = records
    else:
        told = [{typed: kind, **data} for kind, data in records]
    framing = "sse" if typed == "@event" else random.choice(["sse", "sse", "ndjson", "array"])
    text = "".join(pieces)
    if framing == "ndjson":
        return Made("application/x-ndjson", lines(*told), text)
    if framing == "array":
        return Made("application/json", json.dumps(told, ensure_ascii=False).encode(), text)
    return Made("text/event-stream", sse(*told, *(["[DONE]"] if random.random() < 0.3 else [])), text)


def _pieces(random: Random) -> list[str]:
    words = [*_WORDS.split(" "), "\n\n", "**"]
    return [
        random.choice(["", "", " "]) + random.choice(words) + random.choice(["", " ", " "])
        for _ in range(random.randint(1, 14))
    ]


def _answer(random: Random, pieces: list[str], path: list[str]) -> list[tuple[str, dict[str, Any]]]:
    mode = random.choice(["delta", "delta", "delta", "cumulative", "both", "final", "nested"])
    kind = random.choice(["message", "text", "chunk", "m", "delta", "answer", "tok", "1"])
    noise = random.sample(sorted(_NOISE), random.randint(0, 4))
    ident = f"{random.getrandbits(32):08x}-{random.getrandbits(16):04x}"
    records = []
    so_far = ""
    for number, piece in enumerate(pieces):
        so_far += piece
        data = _wrapped(so_far if mode == "cumulative" else piece, path)
        if mode == "nested":
            data = {"inner": json.dumps(data, ensure_ascii=False)}
        elif mode == "both":
            data["all_so_far"] = so_far
        last = number == len(pieces) - 1
        records.append((kind, {**data, **_noise(random, noise, ident, number, last)}))
    if mode == "final":
        records.append(("complete", {"whole": so_far}))
    return records


_NOISE = ("id", "seq", "time", "model", "flag", "pad", "status", "event_id", "index", "finish", "citations")


def _noise(random: Random, names: list[str], ident: str, number: int, last: bool) -> dict[str, Any]:
    everything = {
        "id": ident,
        "seq": number,
        "time": f"2026-01-02T03:04:{number % 60:02d}Z",
        "model": "own-7b",
        "flag": last,
        "pad": "".join(random.choice("abcXYZ0123456789") for _ in range(random.randint(0, 12))),
        "status": "finished" if last else "running",
        "event_id": f"{random.getrandbits(128):032x}",
        "index": 0,
        "finish": "stop" if last else None,
        "citations": [{"title": _TITLE, "url": f"https://example.com/{number}"}] if number == 1 else [],
    }
    return {name: everything[name] for name in names}


def _before(random: Random, typed: str | None, path: list[str]) -> list[tuple[str, dict[str, Any]]]:
    records: list[tuple[str, dict[str, Any]]] = []
    if typed and random.random() < 0.5:
        records.append(("start", {"session": "5ea51de0-17"}))
    if random.random() < 0.25:
        kind = random.choice(["reasoning", "thinking", "thought"])
        for _ in range(random.randint(1, 5)):
            thought = random.choice(_THOUGHTS)
            records.append((kind, _wrapped(thought, path) if typed else {kind: thought}))
    if typed and random.random() < 0.3:
        records.append(("title", {"title": "A talk about the sea and the river"}))
    return records


def _after(random: Random, typed: str | None) -> list[tuple[str, dict[str, Any]]]:
    records: list[tuple[str, dict[str, Any]]] = []
    if typed and random.random() < 0.3:
        records.append(("suggestion", {"items": ["What is a river?", "Tell me more about the sea"]}))
    if random.random() < 0.3:
        records.append(("usage", {"usage": {"tokens": 12}}))
    if typed and random.random() < 0.4:
        records.append((random.choice(["end", "done", "finish", "ping"]), {}))
    return records


def _wrapped(value: str, path: list[str]) -> dict[str, Any]:
    data: Any = value
    for name in reversed(path):
        data = {name: data}
    return dict(data)
