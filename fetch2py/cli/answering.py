"""An answer, wherever it comes from, shown in the way that was asked for; and how that ends.

Knows options and the terminal. Must not know profiles, httpx, framing or how a dialect works.
"""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import AbstractContextManager
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, TypeVar

import click

from fetch2py.cli import terminal
from fetch2py.cli.dialect_option import dialect_option
from fetch2py.errors import ExchangeError, WireError
from fetch2py.events import End, Error

if TYPE_CHECKING:
    from fetch2py.answer import Iterated, Watcher
    from fetch2py.cli.explaining import Explanation
    from fetch2py.cli.lessons import Pupil
    from fetch2py.cli.printing import Printer
    from fetch2py.cli.recording_file import RecordingFile
    from fetch2py.cli.statistics import Statistics

__all__ = ["Onlookers", "onlookers", "show", "showing_options"]

_Decorated = TypeVar("_Decorated", bound=Callable[..., Any])

_OPTIONS = (
    dialect_option,
    click.option("--json", "as_json", is_flag=True, help="Print one JSON object a line for each event."),
    click.option("--raw", is_flag=True, help="Pass the answer's bytes through as they come."),
    click.option("--stats", is_flag=True, help="Tell what the answer took: times, rates, the longest gap."),
    click.option("--explain", is_flag=True, help="Tell which rule took what from which record."),
)


def showing_options(command: _Decorated) -> _Decorated:
    """The options that every command has that shows an answer."""
    for option in reversed(_OPTIONS):
        command = option(command)
    return command


@dataclass
class Onlookers(AbstractContextManager["Onlookers"]):
    """Who looks on as the answer comes. Leaving the context closes the recording and tells what was seen."""

    explanation: Explanation | None = None
    statistics: Statistics | None = None
    recording: RecordingFile | None = None
    # Learns from an answer that nobody else reads.
    pupil: Pupil | None = None
    # The figures are an object among the others.
    as_json: bool = False

    @property
    def watchers(self) -> list[Watcher]:
        """All there are."""
        everybody = (self.recording, self.statistics, self.explanation, self.pupil)
        return [one for one in everybody if one is not None]

    def __exit__(self, *_: object) -> None:
        if self.recording is not None:
            self.recording.close()
        if self.explanation is not None:
            self.explanation.close()
        if self.statistics is not None and not self.as_json:
            for line in self.statistics.lines():
                terminal.note(line)


def onlookers(
    options: Mapping[str, Any],
    dialect: str | Mapping[str, Any] | None,
    clock: Callable[[], float],
    secrets: Iterable[str] = (),
) -> Onlookers:
    """Those that the options ask for, but for the recording; each costs its import only then.

    Raises a usage error for options that exclude each other.
    """
    if options["as_json"] and options["raw"]:
        raise click.UsageError("--json and --raw are two ways to print one answer: choose one.")
    found = Onlookers(as_json=options["as_json"])
    if options["explain"]:
        from fetch2py.cli.explaining import Explanation

        found.explanation = Explanation(dialect, secrets)
    if options["stats"]:
        from fetch2py.cli.statistics import Statistics

        found.statistics = Statistics(clock)
    return found


def show(
    answer: Iterated, options: Mapping[str, Any], looks: Onlookers, hint: Callable[[Iterated], str]
) -> int:
    """Print the whole answer, then what is to be said of it, and return the exit code.

    `hint` says what to do next where an error doesn't. Raises WireError, after what there was of the answer,
    and what `raise_for_outcome` raises.
    """
    try:
        _print(answer, options, looks)
        for told in answer.notes:
            if told != answer.error:
                terminal.note(told)
        if looks.pupil is None or not looks.pupil.taught:
            answer.raise_for_outcome()
    except ExchangeError as error:
        raise type(error)(error.message, hint=error.hint or hint(answer)) from error
    return 0


def _print(answer: Iterated, options: Mapping[str, Any], looks: Onlookers) -> None:
    from fetch2py.cli.printing import JsonLines, Plain

    with terminal.Spinner(sys.stderr, "waiting for the first token") as spinner:
        printer: Printer = JsonLines(spinner, looks.statistics) if options["as_json"] else Plain(spinner)
        try:
            with answer:
                if options["raw"]:
                    _pass_through(answer.raw_chunks(), spinner)
                else:
                    for event in looks.pupil.heard(answer, spinner.stop) if looks.pupil else answer:
                        printer.show(event)
        except WireError as error:
            # A program that reads lines is told as well, and finds an end.
            printer.show(Error(error.message))
            printer.show(End(answer.outcome or "error", answer.ids))
            raise
        finally:
            printer.close()


def _pass_through(chunks: Iterator[bytes], spinner: terminal.Spinner) -> None:
    for chunk in chunks:
        spinner.stop()
        sys.stdout.buffer.write(chunk)
        sys.stdout.buffer.flush()
