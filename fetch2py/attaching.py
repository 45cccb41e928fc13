"""A file's bytes → the part of a form whose content a snippet has lost.

Knows multipart/form-data bodies and which losses a file makes good. Must not know the disk.
"""

from __future__ import annotations

from dataclasses import replace

from fetch2py.errors import SlotError
from fetch2py.multipart import Part, delimiter_of, lost_files, parts
from fetch2py.request import Request

__all__ = ["attach"]

# What a snippet says of a form whose files it lost.
_LOSSES = ("file-content", "body-replaced")


def attach(request: Request, field: str, content: bytes) -> Request:
    """The request with `content` as the file in the form field of that name.

    Of several files under one name the first that is lost gets it. The part's own header fields, its file
    name among them, stay as they were captured. With the last lost file put back, the body is whole again.
    Raises SlotError where the form has no file under that name, or where the content holds the boundary.
    """
    body, content_type = request.body or b"", request.headers.get("content-type")
    files = [part for part in parts(body, content_type) if part.filename is not None]
    meant = [part for part in files if part.name == field]
    if not meant:
        raise SlotError(f"The request has no file in a form field named {field}.", hint=_names(files))
    if delimiter_of(body, content_type) in content:
        raise SlotError(
            f"The file for {field} holds the form's own boundary, so it can't stand in it.",
            hint="Send another file, or copy the request again: browsers make a new boundary each time.",
        )
    lost = lost_files(body, content_type)
    part = next((each for each in meant if each in lost), meant[0])
    whole = body[: part.start] + content + body[part.end :]
    # An empty file that was given is whole as well.
    rest = [each for each in lost if each != part]
    losses = tuple(loss for loss in request.losses if rest or loss.code not in _LOSSES)
    return replace(request, body=whole, losses=losses)


def _names(files: list[Part]) -> str:
    names = ", ".join(dict.fromkeys(part.name for part in files))
    return f"Fields with a file: {names}." if names else "Only forms (multipart/form-data) carry files."
