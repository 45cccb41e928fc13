"""A snippet's body string → the bytes that the browser sent, or an honest word that they are lost.

Knows how browsers show bytes as text. Must not know JavaScript, profiles or the network.

A browser shows a body that is valid UTF-8 decoded, and any other with one character (U+0000 to U+00FF) for
each byte; nothing says which of the two happened. Most bodies tell by themselves; the rest go by media type.
"""

from __future__ import annotations

import re
from enum import Enum

from fetch2py import jsontext
from fetch2py.envelope import Envelope, fits, joined
from fetch2py.multipart import lost_files, parts
from fetch2py.request import Headers, Loss

__all__ = ["Hidden", "body_of", "missing_body"]

# Firefox cuts a body at this many UTF-16 code units without a mark (devtools.netmonitor.requestBodyLimit).
FIREFOX_LIMIT = 1_048_576

_HEADER_LENGTH = 5
_JSON = "json"
# What a subtype calls a text by, as one of its words: x-www-form-urlencoded, soap+xml, plain/text.
_TEXTS = frozenset(
    {
        "csv", "ecmascript", "form", "graphql", "html", "javascript", "json5", "jsonl", "jsonlines", "ndjson",
        "script", "sdp", "sparql", "sql", "text", "toml", "typescript", "urlencoded", "xml", "yaml", "yml",
    }
)  # fmt: skip
_BINARY = frozenset({"opendocument"})
# What bytes have that are no text by their type; a blob may have none at all.
_BINARY_TYPE = re.compile(r"(?:application/octet-stream)?$|(?:audio|font|image|video)/|multipart/form-data$")
_WORD = re.compile(r"[a-z0-9]++")
# No text holds such a character: where one stands, the others are bytes as well.
_CONTROL = re.compile(r"[\x00-\x08\x0b\x0e-\x1f\x7f-\x9f]")
_ENVELOPED = ("application/connect+", "application/grpc")
_WITH_BODY = ("PATCH", "POST", "PUT")
_MISSING = Loss(
    "body-missing",
    "The request had a body and the snippet holds none (a file, a blob or a stream): "
    "it can't be sent again; copy a request whose message was typed.",
)
_UNCLEAR = Loss(
    "body-unclear",
    "The snippet holds no body: either none was sent, or a blob or a stream, which DevTools don't show.",
)
_PACKED_AGAIN = ("gzip", "x-gzip", "deflate")
_CODING_MAGIC = {"gzip": "\x1f\x8b", "x-gzip": "\x1f\x8b", "zstd": "\x28\xb5\x2f\xfd", "deflate": "\x78"}


def body_of(text: str, headers: Headers) -> tuple[bytes, tuple[Loss, ...]]:
    """The bytes behind `text`, and what had to be rebuilt or may be gone."""
    media_type = _media_type(headers)
    if media_type.startswith(_ENVELOPED):
        enveloped = _enveloped(text)
        if enveloped is not None:
            # Lengths that fit leave no doubt.
            return enveloped, ()
        rebuilt = _rebuilt_envelope(text) if media_type == "application/connect+json" else None
        if rebuilt is not None:
            return rebuilt
    raw, ambiguous = _bytes(text, media_type, headers)
    return raw, (*ambiguous, *_doubts(text, headers))


class Hidden(Enum):
    """Whether a text that shows no body is of a kind that also stands for requests that had one."""

    NO = "no"
    POSSIBLY = "possibly"
    SURELY = "surely"


def missing_body(method: str, headers: Headers, hidden: Hidden = Hidden.NO) -> tuple[Loss, ...]:
    """The loss of a body that the header fields speak of, or its kind of text hides, and that isn't shown."""
    if method.upper() in ("GET", "HEAD"):
        return ()
    media_type = _media_type(headers)
    if hidden is Hidden.SURELY or headers.get("content-length").strip(" 0"):
        return (_MISSING,)
    if media_type and not _is_textual(media_type):
        return (_MISSING,)
    # An empty text is sent with its type as well.
    is_unclear = bool(media_type) or (hidden is Hidden.POSSIBLY and method.upper() in _WITH_BODY)
    return (_UNCLEAR,) if is_unclear else ()


def _bytes(text: str, media_type: str, headers: Headers) -> tuple[bytes, tuple[Loss, ...]]:
    """The body's bytes, and the loss of whatever would tell them for sure."""
    try:
        raw = text.encode("latin-1")
    except UnicodeEncodeError:
        return _utf8(text), ()
    # Bytes that are valid UTF-8 would have been shown decoded, so then the characters are what was meant.
    if _is_utf8(raw) or _reads_as_text(text, media_type, headers):
        return text.encode(), ()
    if _other_charset(headers) or _CONTROL.search(text):
        return raw, ()
    if _is_json(media_type) or _BINARY_TYPE.match(media_type):
        return raw, (_ambiguous("a byte each (Latin-1)"),)
    return text.encode(), (_ambiguous("UTF-8"),)


def _ambiguous(chosen: str) -> Loss:
    return Loss(
        "body-ambiguous",
        "Nothing tells whether the body's letters outside ASCII were sent as UTF-8 or as a byte each; "
        f"they go out as {chosen}. If the server misreads them, copy a request that has none, or that has "
        "one beyond Latin-1 as well, such as 你.",
    )


def _media_type(headers: Headers) -> str:
    return _essence(headers.get("content-type"))


def _essence(content_type: str) -> str:
    return content_type.partition(";")[0].strip().lower()


def _is_json(media_type: str) -> bool:
    return _JSON in _WORD.findall(media_type.partition("/")[2])


def _is_textual(media_type: str) -> bool:
    if media_type.startswith((*_ENVELOPED, "multipart/")):
        return False
    kind, _, subtype = media_type.partition("/")
    words = _WORD.findall(subtype)
    return kind == "text" or (not _BINARY.intersection(words) and not _TEXTS.union({_JSON}).isdisjoint(words))


def _utf8(text: str) -> bytes:
    try:
        return text.encode()
    except UnicodeEncodeError:
        # What has no other half became U+FFFD on its way out (WHATWG Encoding, UTF-8 encode).
        return jsontext.well_formed(text).encode()


def _reads_as_text(text: str, media_type: str, headers: Headers) -> bool:
    """Whether characters up to U+00FF are more likely letters than bytes."""
    if _other_charset(headers):
        return False
    if text.startswith("\x1f\x8b"):
        return False
    if media_type == "multipart/form-data" and "filename=" in text:
        files = [part for part in parts(_utf8(text), headers.get("content-type")) if part.filename]
        return bool(files) and all(_is_textual(_essence(part.content_type)) for part in files)
    if media_type == "multipart/form-data" or _holds_json(text):
        return True
    return _is_textual(media_type) and not _is_json(media_type)


def _holds_json(text: str) -> bool:
    """Whether the text is JSON, or lines of JSON (RFC 7464's with its record separators too)."""
    if jsontext.is_json(text):
        return True
    lines = [line for line in text.replace("\x1e", "\n").split("\n") if line.strip(" \t\r")]
    return len(lines) > 0 and all(map(jsontext.is_json, lines))


def _other_charset(headers: Headers) -> str:
    """The charset that the content type declares, "" for UTF-8 and for none."""
    charset = re.search(r'charset="?([\w-]+)', headers.get("content-type"), re.IGNORECASE)
    return "" if not charset or charset[1].lower() in ("utf-8", "utf8") else charset[1]


def _enveloped(text: str) -> bytes | None:
    """The encoding under which every envelope's length fits exactly, if one does."""
    for encoding in ("latin-1", "utf-8"):
        try:
            raw = text.encode(encoding)
        except UnicodeEncodeError:
            continue
        if fits(raw):
            return raw
    return None


def _rebuilt_envelope(text: str) -> tuple[bytes, tuple[Loss, ...]] | None:
    # A length's byte can be a brace as well.
    starts = (start for start in range(_HEADER_LENGTH + 1) if text[start : start + 1] == "{")
    start = next((start for start in starts if jsontext.is_json(text[start:])), None)
    if start is None:
        return None
    payload, _ = _bytes(text[start:], "application/json", Headers())
    loss = Loss(
        "envelope-rebuilt",
        "The snippet spoilt the five bytes before the JSON; they were made anew, nothing needs to be done.",
    )
    doubts = _doubts(text[start:], Headers())
    return joined((Envelope(0, payload),)), (loss, *doubts)


def _doubts(text: str, headers: Headers) -> tuple[Loss, ...]:
    """What the string itself says of bytes that are gone."""
    return tuple(Loss(code, told) for code, doubt in _DOUBTS.items() if (told := doubt(text, headers)))


def _replaced(text: str, headers: Headers) -> str:
    if "\ufffd" not in text or _is_legible(text, headers) or _without_file(text, headers):
        return ""
    return (
        "The body holds U+FFFD (\ufffd), which a browser writes for bytes that it can't show: "
        "those bytes are lost; copy a request without attachments."
    )


def _doubtful(text: str, headers: Headers) -> str:
    return (
        "The body holds U+FFFD (\ufffd), which a browser also writes for bytes that it can't show: "
        "if it wasn't typed, compare the body with the page."
        if "\ufffd" in text and _is_legible(text, headers)
        else ""
    )


def _is_legible(text: str, headers: Headers) -> bool:
    """Whether the body is a text by its type or by itself, so that U+FFFD in it was most likely sent."""
    media_type = _media_type(headers)
    if media_type == "multipart/form-data":
        return "filename=" not in text
    return _is_textual(media_type) or _holds_json(text)


def _cut(text: str, _: Headers) -> str:
    return (
        f"The body ends at exactly {FIREFOX_LIMIT:,} characters, where Firefox cuts it: "
        "copy the request in Chromium, or raise devtools.netmonitor.requestBodyLimit."
        if len(text) <= FIREFOX_LIMIT <= 2 * len(text)
        and len(text.encode("utf-16-le", "surrogatepass")) // 2 == FIREFOX_LIMIT
        else ""
    )


def _without_file(text: str, headers: Headers) -> str:
    content_type = headers.get("content-type")
    if "filename=" not in text or _media_type(headers) != "multipart/form-data":
        return ""
    names = dict.fromkeys(part.name for part in lost_files(_utf8(text), content_type))
    if not names:
        return ""
    files = " ".join(f"--file {name}=PATH" for name in names)
    return f"Browsers leave the content of a form's files out: give it to `fetch2py replay` with {files}."


def _in_other_charset(text: str, headers: Headers) -> str:
    charset = _other_charset(headers)
    return (
        f"The body is declared as {charset}, whose letters outside ASCII Firefox drops: "
        "compare it with what you typed, or copy the request in Chromium."
        if charset and text.isascii() and "Firefox/" in headers.get("user-agent")
        else ""
    )


def _decompressed(text: str, headers: Headers) -> str:
    coding = headers.get("content-encoding").strip().lower()
    if coding in ("", "identity") or (coding in _CODING_MAGIC and text.startswith(_CODING_MAGIC[coding])):
        return ""
    shown = f"The body is shown unpacked though it is declared as {coding}: "
    if coding in _PACKED_AGAIN:
        return f"{shown}it is packed again with a new message; without one it goes out as it is shown."
    return f"{shown}if the server refuses it, remove the content-encoding field with `fetch2py edit`."


# The loss's code, and what finds it: the sentence for a person, or "".
_DOUBTS = {
    "body-replaced": _replaced,
    "body-doubtful": _doubtful,
    "body-cut": _cut,
    "file-content": _without_file,
    "body-charset": _in_other_charset,
    "body-decompressed": _decompressed,
}


def _is_utf8(raw: bytes) -> bool:
    try:
        raw.decode()
    except UnicodeDecodeError:
        return False
    return True
