"""Whether a server writes the space that may stand after `data:`. Must not know what the text says.

WHATWG HTML, section 9.2.6 drops one. Spring writes none of its own, so one that stands there is the text's.
"""

from __future__ import annotations

from fetch2py.framing.sse import END_MARKS, SSEDecoder

__all__ = ["writes_no_space"]

_BOM = b"\xef\xbb\xbf"
_FIELD = b"data:"


def writes_no_space(body: bytes, events: int) -> bool:
    """Whether the server puts no space of its own after `data:`, by a stream's first events, that many.

    One that does puts it everywhere, so a single line without it tells. An end mark doesn't: it is often
    written by other hands than the text.
    """
    decoder, seen = SSEDecoder(), 0
    for line in body.removeprefix(_BOM).splitlines(keepends=True):
        value = line.removeprefix(_FIELD) if line.startswith(_FIELD) else b""
        if (
            value.strip()
            and not value.startswith(b" ")
            and value.decode("utf-8", "replace").strip() not in END_MARKS
        ):
            return True
        seen += len(decoder.receive_data(line))
        if seen >= events:
            break
    return False
