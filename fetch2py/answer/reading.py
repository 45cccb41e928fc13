"""What is known of one answer so far, and what of it may be told. Does no I/O.

Knows the exchange, and that an error is masked before anybody sees it: a server may repeat in it what it was
sent. Must not know how the bytes come.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import TYPE_CHECKING, Any

from fetch2py.answer.watching import Watcher
from fetch2py.dialects import Account
from fetch2py.errors import ExchangeError, ReplyMalformed, ReplyRefused, ReplyTruncated, WireError
from fetch2py.events import End, Error, Event, Outcome, Reasoning, Text
from fetch2py.exchange import Exchange
from fetch2py.wire import Response

if TYPE_CHECKING:
    from fetch2py.recording import How

__all__ = ["Reading"]

_LEFT = "The rest of the answer was not read, since nothing in it could change what it is."


class Reading:
    """What is known of an answer so far. The same for every answer, wherever its bytes come from.

    Whoever looks on (`watchers`) is told of everything as it comes.
    """

    def __init__(
        self,
        dialect: str | Mapping[str, Any] | None,
        *,
        host: str = "",
        sent: str = "",
        secrets: Iterable[str] = (),
        watchers: Iterable[Watcher] = (),
    ) -> None:
        self._watchers = tuple(watchers)
        accounts = [watcher.account for watcher in self._watchers if watcher.account is not None]
        self._exchange = Exchange(dialect, host=host, sent=sent, account=_together(accounts))
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
    def unread(self) -> bool:
        """Whether records came, and no rules read them: what is in them can be learned."""
        return self._exchange.unread

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

    def _begin(self) -> None:
        self._begun = True
        for watcher in self._watchers:
            watcher.begin()

    def _receive_head(self, head: Response[Any]) -> list[Event]:
        for watcher in self._watchers:
            watcher.head(head.status, head.headers)
        return self._exchange.receive_head(head.status, head.headers)

    def _receive_data(self, chunk: bytes) -> list[Event]:
        events = self._exchange.receive_data(chunk)
        for watcher in self._watchers:
            watcher.piece(chunk, events)
        return events

    def _receive_end(self) -> list[Event]:
        events = self._exchange.receive_end()
        return self._over("broken", _LEFT, events) if self._enough else self._over("complete", "", events)

    def _over(self, how: How, error: str, events: list[Event]) -> list[Event]:
        for watcher in self._watchers:
            watcher.end(how, error, events)
        return events

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
        return self._over("lost", refusal.message, [Error(refusal.message), End("error", self.ids)])

    def _broken_off(self, fault: ExchangeError) -> list[Event]:
        self._fault = fault
        how: How = "lost" if isinstance(fault, WireError) else "broken"
        return self._over(how, fault.message, self._exchange.abort(fault.message))

    def _left_over(self, fault: WireError) -> list[Event]:
        # What was held back until more of it came is still the answer's; in place of its End stands the
        # exception.
        return [event for event in self._broken_off(fault) if isinstance(event, Text | Reasoning)]


def _together(calls: Sequence[Callable[[Account], None]]) -> Callable[[Account], None] | None:
    """All of these as one; None for none."""

    def account(of: Account) -> None:
        for call in calls:
            call(of)

    return account if calls else None
