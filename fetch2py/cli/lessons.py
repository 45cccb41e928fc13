"""What becomes of an answer that no dialect reads: its records shown, a lesson drawn, confirmed and kept.

Knows answers, questions and the terminal. Must not know httpx, framing, nor how a lesson is drawn.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import click

from fetch2py.answer import Fields, Watcher
from fetch2py.cli import terminal
from fetch2py.credentials import redact
from fetch2py.errors import ExchangeError, ReplyMalformed, ReplyRefused
from fetch2py.events import End, Error, Event, Reasoning, Text

if TYPE_CHECKING:
    from fetch2py.answer import Iterated
    from fetch2py.learning import Lesson, Listener, Reading

__all__ = ["Asking", "Pupil", "keep"]

_SHOWN = 400
_RECORD_SHOWN = 2000

_PATIENCE = 8
"""So many pieces of an answer are put by, for in them a known dialect nearly always shows itself."""


@dataclass(frozen=True)
class Asking:
    """Whom a lesson is for: the profile's name, its secrets, and how it is confirmed."""

    name: str
    secrets: tuple[str, ...]
    yes: bool
    terminal: bool


class Pupil(Watcher):
    """Listens to an answer until somebody reads it, and shows the records of one that nobody does.

    `taught` is True once its text was confirmed. `eager`: nobody is expected to read it, and every record is
    shown at once.
    """

    def __init__(self, sent: str, asking: Asking, *, eager: bool = False) -> None:
        self.taught = False
        self._sent = sent
        self._asking = asking
        self._eager = eager
        self._headers: Fields = ()
        self._listener: Listener | None = None
        self._answer: Iterated | None = None
        self._unheard: list[bytes] = []
        self._before_showing: Callable[[], object] = _nothing

    def head(self, status: int, headers: Fields) -> None:
        """The head is in."""
        self._headers = headers

    def piece(self, data: bytes, events: Sequence[Event]) -> None:
        """A piece of the body is in."""
        if self._answer is not None and self._answer.dialect:
            # Somebody reads it.
            self._unheard.clear()
            return
        self._unheard.append(data)
        if self._eager or len(self._unheard) > _PATIENCE:
            self._eager = True
            self._listen()

    def lesson(self) -> Lesson:
        """What the whole answer teaches, after the records that were not shown yet."""
        return self._listen().finish()

    def heard(self, answer: Iterated, before_showing: Callable[[], object]) -> Iterator[Event]:
        """The answer's events; where nobody could read it, those of the lesson once it is confirmed.

        `before_showing` clears the line for records and questions. Raises what `keep` raises, after the
        events of an error.
        """
        self._answer, self._before_showing = answer, before_showing
        for event in answer:
            if not (answer.unread and isinstance(event, Error | End)):
                yield event
        if not answer.unread:
            return
        try:
            reading = keep(self.lesson(), self._asking)
        except ExchangeError as error:
            yield Error(error.message)
            yield End("error", answer.ids)
            raise
        self.taught = answer.outcome != "truncated"
        if reading.reasoning:
            yield Reasoning(reading.reasoning)
        yield Text(reading.text)
        yield End("clean" if self.taught else "truncated", answer.ids)

    def _listen(self) -> Listener:
        """Hear the pieces that were put by, and show the records in them."""
        if self._listener is None:
            from fetch2py.learning import Listener

            self._listener = Listener(self._headers, self._sent)
        pieces, self._unheard = self._unheard, []
        self._before_showing()
        for record in (
            record for data in pieces for record in self._listener.receive(data) if record.strip()
        ):
            shown = record.rstrip("\n") if len(record) <= _RECORD_SHOWN else record[:_RECORD_SHOWN] + "…"
            terminal.aside(terminal.dimmed(terminal.printable(redact(shown, self._asking.secrets))) + "\n")
        return self._listener


def keep(lesson: Lesson, asking: Asking) -> Reading:
    """Show a lesson, have it confirmed, and put its rules into the profile.

    Returns the reading that was confirmed. Raises ReplyMalformed where there is none, with what to do next,
    and ReplyRefused where the answer was an error.
    """
    from fetch2py.learning import Reading

    if lesson.rules is None:
        raise _unlearned(lesson, asking)
    _tell(lesson, asking.secrets)
    chosen = _confirmed(Reading(lesson.rules, lesson.text, lesson.reasoning), lesson, asking)
    if chosen is None:
        raise ReplyMalformed(
            "Nobody has confirmed what in this answer is its text, so nothing of it was printed.",
            hint=f"`fetch2py learn {asking.name}` on a terminal shows what was found and asks; with --yes it "
            f"takes the likeliest.",
        )
    _save(asking.name, chosen.rules)
    return chosen


def _confirmed(found: Reading, lesson: Lesson, asking: Asking) -> Reading | None:
    if asking.yes or not asking.terminal:
        return found if asking.yes else None
    told = ", 2 for the other" if lesson.runner_up else ""
    choices = click.Choice(["y", "n", *(["2"] if lesson.runner_up else [])])
    said = click.prompt(f"Is this the answer's text{told}?", type=choices, err=True, prompt_suffix=" ")
    return {"y": found, "n": None, "2": lesson.runner_up}[said]


def _tell(lesson: Lesson, secrets: Iterable[str]) -> None:
    told = [
        ("text", _excerpt(lesson.text)),
        ("because", lesson.why),
        ("certainty", f"{lesson.confidence:.0%}" + ("" if lesson.sure else ": look closely")),
        ("reasoning", _excerpt(lesson.reasoning)),
        ("or else", _excerpt(lesson.runner_up.text) if lesson.runner_up else ""),
    ]
    terminal.note("No known dialect reads this answer. What was found in it:")
    for label, text in told:
        if text:
            terminal.note(f"  {label:<10} {redact(text, secrets)}")


def _excerpt(text: str) -> str:
    """A text's beginning and end, on one line."""
    half = _SHOWN // 2
    shown = text if len(text) <= _SHOWN else f"{text[:half]} … {text[-half:]}"
    line = shown.replace("\r\n", "⏎").replace("\n", "⏎").replace("\r", "⏎")
    return f"“{line}”, {len(text):,} characters" if text else ""


def _unlearned(lesson: Lesson, asking: Asking) -> ExchangeError:
    name = asking.name
    if lesson.error:
        return ReplyRefused(
            redact(lesson.error, asking.secrets),
            hint=f"If the login has ended, copy the request again, then `fetch2py refresh {name}`.",
        )
    raw = f"`fetch2py replay {name} --raw` shows the server's own bytes"
    return ReplyMalformed(lesson.why, hint=f"{raw}, and --dialect @FILE takes rules that you write.")


def _save(name: str, rules: Mapping[str, Any]) -> None:
    from dataclasses import replace

    from fetch2py.profiles import load, save

    save(replace(load(name), dialect=rules), name)
    terminal.note(f"Kept in the profile {name}: from now on its answers stream by these rules.")


def _nothing() -> None:
    """Nothing stands in the way of what is to be shown."""
