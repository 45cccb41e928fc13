"""A whole answer as it arrives: its records to be shown, and at its end the lesson.

Knows framings by name and hands bytes to their decoders. Must not know what bytes or records mean, nor HTTP.
"""

from __future__ import annotations

from codecs import getincrementaldecoder
from collections.abc import Iterable, Sequence
from typing import Any

from fetch2py.dialects.pointers import raw_text
from fetch2py.framing import DECODERS, Decoder, Frame, decoder_for
from fetch2py.learning.lesson import Lesson, learn_frames
from fetch2py.learning.opening import framed, is_page

__all__ = ["Listener", "learn"]

_MOST_BYTES = 256 * 1024 * 1024
"""So much of an answer is kept to learn from: far more than any chat answer has."""

_WHOLE = ("text", "json")
"""Framings that say little: what is in them is looked at once it is whole."""

_MOST_SPACED = 0.9
_LOGIN_ENDED = "The server sent a web page, no answer: the login has ended. Copy the request again."
_TOO_LARGE = "The answer is larger than what is kept to learn from."


class Listener:
    """Listens to one answer. `headers` are its header fields, `sent` is the message that it answers.

    Beyond `most` bytes nothing is kept, and there is no lesson.
    """

    def __init__(
        self, headers: Iterable[tuple[str, str]] = (), sent: str = "", *, most: int = _MOST_BYTES
    ) -> None:
        fields = list(headers)
        content_type = next((value for name, value in fields if name.lower() == "content-type"), "")
        self._framing, self._options = decoder_for(content_type, fields)
        self._decoder: Decoder = DECODERS[self._framing](**self._options)
        self._text = getincrementaldecoder("utf-8")("replace")
        self._sent = sent
        self._most = most
        self._frames: list[Frame] = []
        self._kept: list[bytes] = []
        self._size = 0

    def receive(self, data: bytes) -> list[str]:
        """A piece of the body is in: the records that it completes, as texts to be shown."""
        self._size += len(data)
        if self._size > self._most:
            return []
        if self._framing in _WHOLE or self._framing == "sse":
            self._kept.append(data)
        if self._framing in _WHOLE:
            return [self._text.decode(data)]
        frames = self._decoder.receive_data(data)
        self._frames += frames
        return [_shown(frame) for frame in frames]

    def finish(self) -> Lesson:
        """Nothing more comes: what was learned. Call it once, last."""
        if self._size > self._most:
            return Lesson(None, "", "", _TOO_LARGE, 0.0)
        if self._framing in _WHOLE:
            return self._learn_whole(b"".join(self._kept))
        self._frames += self._decoder.receive_end()
        head: dict[str, Any] = {"framing": self._framing}
        if self._framing == "sse" and _keeps_space(spaced := self._spaced()):
            head["options"] = {"keep_space": True}
            self._frames = spaced
        return learn_frames(self._frames, head, self._sent)

    def _learn_whole(self, body: bytes) -> Lesson:
        """What was framed as one text may be many records that nobody announced."""
        if is_page(body):
            return Lesson(None, "", "", _LOGIN_ENDED, 0.0)
        name, options = framed(body, self._framing, self._options)
        if name == "sse":
            other = Listener([("content-type", "text/event-stream")], self._sent)
            other.receive(body)
            return other.finish()
        decoder = DECODERS[name](**options)
        frames = [*decoder.receive_data(body), *decoder.receive_end()]
        return learn_frames(frames, {"framing": name}, self._sent)

    def _spaced(self) -> list[Frame]:
        """The event stream's frames with the space after the colon kept."""
        decoder = DECODERS["sse"](keep_space=True)
        return [*decoder.receive_data(b"".join(self._kept)), *decoder.receive_end()]


def learn(
    chunks: Iterable[bytes],
    *,
    content_type: str = "",
    sent: str = "",
    headers: Iterable[tuple[str, str]] = (),
) -> Lesson:
    """What a whole answer teaches. `chunks` are its bytes in clear, cut anywhere; `content_type` counts where
    `headers` hold no content-type field; `sent` is the message that it answers, "" if nobody knows."""
    listener = Listener([*headers, ("content-type", content_type)], sent)
    for chunk in chunks:
        listener.receive(chunk)
    return listener.finish()


def _shown(frame: Frame) -> str:
    named = frame.event not in (None, "message")
    return f"{frame.event}: {raw_text(frame)}" if named else raw_text(frame)


def _keeps_space(frames: Sequence[Frame]) -> bool:
    """Whether a space after the colon is the text's own: the server writes none, and the data is no JSON."""
    texts = [raw_text(frame) for frame in frames if raw_text(frame)]
    spaced = sum(text.startswith(" ") for text in texts)
    structured = sum(text.lstrip()[:1] in ("{", "[") for text in texts)
    return len(texts) > 0 and spaced <= _MOST_SPACED * len(texts) and structured * 2 <= len(texts)
