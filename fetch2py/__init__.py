"""Paste a browser's “Copy as fetch”, send it again with a new message, read the answer as it streams.

The front door. Names are imported when they are first used, so that `import fetch2py` costs nothing.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from fetch2py import framing as framing
    from fetch2py.answer import Answer as Answer
    from fetch2py.answer import AsyncAnswer as AsyncAnswer
    from fetch2py.answer import areplay as areplay
    from fetch2py.answer import replay as replay
    from fetch2py.answer import submit as submit
    from fetch2py.errors import CredentialMissing as CredentialMissing
    from fetch2py.errors import ExchangeError as ExchangeError
    from fetch2py.errors import Fetch2pyError as Fetch2pyError
    from fetch2py.errors import NotAFetchCall as NotAFetchCall
    from fetch2py.errors import NotALiteral as NotALiteral
    from fetch2py.errors import ProfileError as ProfileError
    from fetch2py.errors import ProfileInvalid as ProfileInvalid
    from fetch2py.errors import ProfileNotFound as ProfileNotFound
    from fetch2py.errors import ReplyMalformed as ReplyMalformed
    from fetch2py.errors import ReplyRefused as ReplyRefused
    from fetch2py.errors import ReplyTruncated as ReplyTruncated
    from fetch2py.errors import SlotError as SlotError
    from fetch2py.errors import SnippetError as SnippetError
    from fetch2py.errors import SnippetSyntaxError as SnippetSyntaxError
    from fetch2py.errors import WireError as WireError
    from fetch2py.events import End as End
    from fetch2py.events import Error as Error
    from fetch2py.events import Reasoning as Reasoning
    from fetch2py.events import Text as Text
    from fetch2py.exchange import read_stream as read_stream
    from fetch2py.importers import parse as parse
    from fetch2py.profile import Profile as Profile
    from fetch2py.profiles import load as load
    from fetch2py.profiles import save as save
    from fetch2py.request import Headers as Headers
    from fetch2py.request import Loss as Loss
    from fetch2py.request import Request as Request
    from fetch2py.version import __version__ as __version__
    from fetch2py.wire import Timeouts as Timeouts

_ERRORS = (
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
)

# name: the room that has it
_HOMES = {
    "Answer": "answer",
    "AsyncAnswer": "answer",
    "areplay": "answer",
    "replay": "answer",
    "submit": "answer",
    "End": "events",
    "Error": "events",
    "Reasoning": "events",
    "Text": "events",
    "read_stream": "exchange",
    "parse": "importers",
    "Profile": "profile",
    "load": "profiles",
    "save": "profiles",
    "Headers": "request",
    "Loss": "request",
    "Request": "request",
    "__version__": "version",
    "Timeouts": "wire",
    **dict.fromkeys(_ERRORS, "errors"),
}

__all__ = sorted([*_HOMES, "framing"])


def __getattr__(name: str) -> Any:
    if name == "framing":
        return import_module(f"{__name__}.framing")
    if name in _HOMES:
        return getattr(import_module(f"{__name__}.{_HOMES[name]}"), name)
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")


def __dir__() -> list[str]:
    return __all__
