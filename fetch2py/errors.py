"""The error tree: what went wrong, whose fault it is, and what each front door makes of it.

Knows exit codes, HTTP status hints and source positions. Must not know any other room.

Every error has one voice: `message` says what happened and where, `hint` what to do next. `str(error)` is
the message alone and never holds a value from the request; the source of a snippet is an attribute, so that
a printer can show it after redaction and a traceback can't.
"""

from __future__ import annotations

__all__ = [
    "CredentialMissing",
    "ExchangeError",
    "Fetch2pyError",
    "NotAFetchCall",
    "NotALiteral",
    "ProfileError",
    "ProfileInvalid",
    "ProfileNotFound",
    "ReplyMalformed",
    "ReplyRefused",
    "ReplyTruncated",
    "SlotError",
    "SnippetError",
    "SnippetSyntaxError",
    "WireError",
]


class Fetch2pyError(Exception):
    """Whatever this project raises. `exit_code` is for a command, `http_status` for a server."""

    exit_code = 1
    http_status = 500

    def __init__(self, message: str, *, hint: str = "") -> None:
        super().__init__(message)
        self.message = message
        self.hint = hint


class SnippetError(Fetch2pyError):
    """The pasted text can't be read. `source` is that text, `span` the offending (start, end) in it."""

    exit_code = 3
    http_status = 400

    def __init__(
        self, message: str, *, source: str = "", span: tuple[int, int] = (0, 0), hint: str = ""
    ) -> None:
        super().__init__(message, hint=hint)
        self.source = source
        self.span = span

    @property
    def line(self) -> int:
        """The line of the span's start, counted from 1. Lines end in LF, CR or CRLF, as editors count."""
        return len(_lines(self.source[: self.span[0]]))

    @property
    def column(self) -> int:
        """The column of the span's start, in characters, counted from 1."""
        return len(_lines(self.source[: self.span[0]])[-1]) + 1


class SnippetSyntaxError(SnippetError):
    """Not JavaScript that can be read: an unterminated string, a stray bracket, HTML, nothing at all."""


class NotAFetchCall(SnippetError):
    """JavaScript, or another text, without a call of fetch() in it."""


class NotALiteral(SnippetError):
    """A value that only running the code would give, such as `location.href`."""


class ProfileError(Fetch2pyError):
    """The profile, its file or its secrets stand in the way."""

    exit_code = 4
    http_status = 500


class ProfileNotFound(ProfileError):
    """No profile has that name."""

    http_status = 404


class ProfileInvalid(ProfileError):
    """A profile's file, or the name for one, breaks the rules; the file was left untouched."""


class SlotError(ProfileError):
    """The message slot is missing, ambiguous, or points at nothing."""


class CredentialMissing(ProfileError):
    """A placeholder without its secret: the profile came without its secrets file."""


class ExchangeError(Fetch2pyError):
    """Something kept the answer away."""

    exit_code = 5
    http_status = 502


class WireError(ExchangeError):
    """The network: name, connection, TLS, a time-out, a connection that broke."""

    http_status = 504


class ReplyRefused(ExchangeError):
    """The server said no: by its HTTP status, or by an error inside the stream."""

    exit_code = 6


class ReplyMalformed(ExchangeError):
    """The answer breaks the rules of its own framing."""

    exit_code = 7


class ReplyTruncated(ReplyMalformed):
    """The answer broke off before its end."""


def _lines(text: str) -> list[str]:
    return text.replace("\r\n", "\n").replace("\r", "\n").split("\n")
