"""What is known of one answer so far, and what of it may be told. Does no I/O.

Knows the exchange, and that an error is masked before anybody sees it: a server may repeat in it what it was
sent. Must not know how the bytes come.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Iterable, Mapping
from typing import Any

from fetch2py.errors import (
    ExchangeError,
    ProfileError,
    ReplyMalformed,
    ReplyRefused,
    ReplyTruncated,
    WireError,
)
from fetch2py.events import End, Error, Event, Outcome, Reasoning, Text
from fetch2py.exchange import Exchange
from fetch2py.request import Request
from fetch2py.wire import DEFAULT_TIMEOUTS, Timeouts

__all__ = ["Reading"]


class Reading:
    """What is known of an answer so far. The same for the sync and the async answer."""

    def __init__(
        self,
        request: Request,
        *,
        dialect: str | Mapping[str, Any] | None = None,
        sent: str = "",
        secrets: Iterable[str] = (),
        timeouts: Timeouts = DEFAULT_TIMEOUTS,
        allow_lossy: bool = False,
    ) -> None:
        if request.lost_bytes and not allow_lossy:
            raise ProfileError(
                f"Nothing was sent, since the request isn't whole. {request.lost_bytes[0].message}",
                hint="To send what there is all the same, use --allow-lossy (in Python, allow_lossy=True).",
            )
        self._request = request
        self._timeouts = timeouts
        self._exchange = Exchange(dialect, host=_host(request.url), sent=sent)
        self._pending: deque[Event] = deque()
        self._fault: ExchangeError | None = None
        self._secrets = tuple(secrets)
        self._begun = False
        self._raw = False

    @property
    def status(self) -> int:
        """The HTTP status; 0 until the head is in."""
        return self._exchange.status

    @property
    def text(self) -> str:
        """The answer's text so far."""
        return self._exchange.text

    @property
    def reasoning(self) -> str:
        """The answer's reasoning so far."""
        return self._exchange.reasoning

    @property
    def ids(self) -> Mapping[str, str]:
        """The ids found so far, by name."""
        return self._exchange.ids

    @property
    def error(self) -> str | None:
        """What the server said was wrong, else what broke; None if nothing did. Secrets are masked."""
        return self._masked(self._exchange.error or (self._fault.message if self._fault else "")) or None

    @property
    def outcome(self) -> Outcome | None:
        """How the answer ended; None until it has."""
        return "error" if isinstance(self._fault, ReplyRefused) else self._exchange.outcome

    @property
    def dialect(self) -> str:
        """The name of the dialect that reads this answer; "" until it is chosen."""
        return self._exchange.dialect

    @property
    def why(self) -> str:
        """One sentence: why that dialect."""
        return self._exchange.why

    @property
    def notes(self) -> tuple[str, ...]:
        """What a person should know beside the events. Secrets are masked."""
        return tuple(map(self._masked, self._exchange.notes))

    def raise_for_outcome(self) -> None:
        """Raise ReplyRefused for an error, ReplyTruncated for whatever has no end. A clean answer passes.

        Raise ReplyMalformed for a stream that was whole and in which nobody found an answer.
        """
        hint, told = self._fault.hint if self._fault else "", self.error
        if self.outcome == "error":
            raise ReplyRefused(told or "The server answered with an error.", hint=hint)
        if self.outcome != "clean":
            raise ReplyTruncated(told or "The answer broke off before its end.", hint=hint)
        if told:
            raise ReplyMalformed(told, hint=hint)

    @property
    def _enough(self) -> bool:
        # A server that never stops would be read for ever.
        return self._exchange.given_up and not self._raw

    def _next_pending(self) -> Event:
        event = self._pending.popleft()
        return Error(self._masked(event.message)) if type(event) is Error else event

    def _masked(self, text: str) -> str:
        # A server may repeat in an error what it was sent.
        if not text:
            return ""
        from fetch2py.credentials import redact

        return redact(text, self._secrets)

    def _safe(self, fault: WireError) -> WireError | None:
        """What to raise in place of an error that tells a secret, be it by a cause; None for any other."""
        link: BaseException | None = fault
        while link is not None and str(link) == self._masked(str(link)):
            link = link.__cause__ or link.__context__
        return WireError(self._masked(fault.message), hint=fault.hint) if link is not None else None

    def _refused(self, refusal: ReplyRefused) -> list[Event]:
        self._fault = refusal
        return [Error(refusal.message), End("error", self.ids)]

    def _broken_off(self, fault: ExchangeError) -> list[Event]:
        self._fault = fault
        return self._exchange.abort(fault.message)

    def _left_over(self, fault: WireError) -> list[Event]:
        # What was held back until more of it came is still the answer's; in place of its End stands the
        # exception.
        return [event for event in self._broken_off(fault) if isinstance(event, Text | Reasoning)]


def _host(url: str) -> str:
    from urllib.parse import urlsplit

    try:
        return urlsplit(url).hostname or ""
    except ValueError:
        # The wire says what is wrong with it.
        return ""
