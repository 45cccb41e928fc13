"""Paste a browser's “Copy as fetch”, send it again with a new message, read the answer as it streams.

The front door. Names are imported when they are first used, so that `import fetch2py` costs nothing.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from . import framing as framing
    from .answer import Answer as Answer
    from .answer import AsyncAnswer as AsyncAnswer
    from .answer import areplay as areplay
    from .answer import replay as replay
    from .answer import submit as submit
    from .errors import CredentialMissing as CredentialMissing
    from .errors import ExchangeError as ExchangeError
    from .errors import Fetch2pyError as Fetch2pyError
    from .errors import NotAFetchCall as NotAFetchCall
    from .errors import NotALiteral as NotALiteral
    from .errors import ProfileError as ProfileError
    from .errors import ProfileInvalid as ProfileInvalid
    from .errors import ProfileNotFound as ProfileNotFound
    from .errors import ReplyMalformed as ReplyMalformed
    from .errors import ReplyRefused as ReplyRefused
    from .errors import ReplyTruncated as ReplyTruncated
    from .errors import SlotError as SlotError
    from .errors import SnippetError as SnippetError
    from .errors import SnippetSyntaxError as SnippetSyntaxError
    from .errors import WireError as WireError
    from .events import End as End
    from .events import Error as Error
    from .events import Reasoning as Reasoning
    from .events import Text as Text
    from .exchange import read_stream as read_stream
    from .importers import parse as parse
    from .profile import Profile as Profile
    from .profiles import load as load
    from .profiles import save as save
    from .request import Headers as Headers
    from .request import Loss as Loss
    from .request import Request as Request
    from .version import __version__ as __version__
    from .wire import Timeouts as Timeouts

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
