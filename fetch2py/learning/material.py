"""An answer's frames as the records that rules see: parsed, with what is carried on and what is expanded.

Knows frames, records and the rule model's `carry` and `expand`. Must not know which of them is the answer.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from typing import Any, NamedTuple

from fetch2py.dialects import complaint
from fetch2py.dialects.pointers import raw_text
from fetch2py.framing import Frame, records
from fetch2py.jsontext import parse
from fetch2py.learning.patches import Patches, patches
from fetch2py.learning.words import meaning, split_words

__all__ = ["END_MARKS", "Material", "Record", "material"]

END_MARKS = frozenset(
    {"[DONE]", "DONE", "[END]", "[EOS]", "[STOP]", "EOF", "[FINISH]", "[done]", "[COMPLETE]"}
)
"""Bare data that says that the answer is over."""

_SAYING_KEYS = ("error", "errors", "err", "exception", "error_type", "errorText", "error_code", "errorCode")
_TYPE_KEYS = ("type", "event", "kind", "status", "level", "object")
_FINE = (None, 0, 200, "0", "200", "", "ok", "OK", "success", "SUCCESS", True, False)


class Record(NamedTuple):
    """One record. `frame` is None-data for an expanded child; `parent` numbers the frame that it is from."""

    number: int
    frame: Frame
    data: Any
    is_child: bool = False


class Material(NamedTuple):
    """An answer's records, sorted.

    `bare`: its data are bare texts. `said` are the records that can hold the answer, `errors` those that hold
    a complaint, `marks` the bare end marks, each with its place in the order.
    """

    frames: Sequence[Frame]
    said: Sequence[Record]
    errors: Sequence[Record]
    marks: Sequence[Record]
    bare: bool
    patches: Patches

    @property
    def last(self) -> int:
        """The number of the last record."""
        return max((one.number for one in (*self.said, *self.errors, *self.marks)), default=-1)


def material(frames: Sequence[Frame]) -> Material:
    """The frames' records. Nothing raises: what isn't JSON is text."""
    bare = _is_bare(frames)
    parsed = [(one, _data(one, bare)) for frame in frames for one in ([frame] if bare else records(frame))]
    shape = patches([data for _, data in parsed])
    said: list[Record] = []
    errors: list[Record] = []
    marks: list[Record] = []
    carried: dict[str, Any] = {}
    for frame, data in parsed:
        if isinstance(data, str) and data.strip() in END_MARKS:
            marks.append(Record(len(said) + len(errors) + len(marks), frame, data))
            continue
        for number, one in enumerate(_unfolded(data, shape, carried)):
            child = number > 0
            record = Record(
                len(said) + len(errors) + len(marks), frame._replace(data="") if child else frame, one, child
            )
            (errors if _complains(frame, one) else said).append(record)
    return Material(frames, said, errors, marks, bare, shape)


def _is_bare(frames: Iterable[Frame]) -> bool:
    """Whether most records are text that is no JSON: then all of them are taken as they stand."""
    bare = held = 0
    for frame in frames:
        raw = raw_text(frame)
        if not raw.strip() or raw.strip() in END_MARKS:
            continue
        try:
            held += isinstance(parse(raw), (dict, list))
        except ValueError:
            many = len(records(frame)) > 1
            held, bare = held + many, bare + (not many)
    return bare > held


def _data(frame: Frame, bare: bool) -> Any:
    """What a record holds. Among bare texts only objects and arrays are data: a number there is a word."""
    raw = raw_text(frame)
    try:
        data = parse(raw)
    except ValueError:
        return raw
    return raw if bare and not isinstance(data, (dict, list)) else data


def _unfolded(data: Any, shape: Patches, carried: dict[str, Any]) -> Iterator[Any]:
    """The record with what it carries, and then the records inside it."""
    if shape.carry and isinstance(data, dict):
        data = {**{key: value for key, value in carried.items() if key not in data}, **data}
        carried.update((key, data[key]) for key in shape.carry if key in data)
    yield data
    yield from shape.children(data)


def _complains(frame: Frame, data: Any) -> bool:
    """Whether a record is shaped like an error."""
    if meaning(split_words(frame.event or "")) == "error" and frame.event != "end":
        return True
    if isinstance(data, list) and len(data) == 1:
        data = data[0]
    if not isinstance(data, dict):
        return False
    if any(complaint(data.get(key)) for key in _SAYING_KEYS):
        return True
    if any(isinstance(data.get(key), str) and _is_failure(data[key]) for key in _TYPE_KEYS):
        return True
    if any(
        isinstance(data.get(key), dict) and _wraps_error(data[key]) for key in ("result", "response", "data")
    ):
        return True
    if data.get("data") or _is_fine(data.get("code", data.get("status_code"))):
        return False
    return bool(complaint({key: data.get(key) for key in ("message", "msg", "detail", "details", "reason")}))


def _is_fine(code: Any) -> bool:
    return isinstance(code, (list, dict)) or code in _FINE


def _is_failure(word: str) -> bool:
    return len(word) < 40 and meaning(split_words(word)) == "error"


def _wraps_error(inner: dict[str, Any]) -> bool:
    return any(complaint(inner.get(key)) for key in ("error", "errors"))
