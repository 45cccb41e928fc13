"""What a person does with the page, and where on it things stand."""

from __future__ import annotations

import threading

from tests.browser import Tab

__all__ = ["ANSWER", "FAULT", "FINISHED", "TIMING", "TOKEN", "Gates", "ask", "asked", "ready"]

TOKEN = "FAKE-token-of-the-server"
# The last turn's parts, as selectors, and whether it is finished.
ANSWER = "article:last-child .answer"
FAULT = "article:last-child .fault"
TIMING = "article:last-child .timing"
FINISHED = "document.querySelector('article:last-child')?.dataset.state === 'finished'"


class Gates:
    """An event for each of a stream's: it comes when that is set."""

    def __init__(self) -> None:
        self._gates: dict[int, threading.Event] = {}

    def __call__(self, number: int) -> threading.Event:
        """The event of number N, from 0."""
        return self._gates.setdefault(number, threading.Event())


def ready(tab: Tab) -> None:
    """Wait until there is something to type into."""
    tab.until("!document.getElementById('composer').hidden && document.activeElement.id === 'message'")


def ask(tab: Tab, message: str = "hi") -> None:
    """Type a message, as a person would, and send it."""
    ready(tab)
    tab.type(message)
    tab.press("Enter")


def asked(tab: Tab, message: str = "hi") -> str:
    """The same, to the answer's end; what it is."""
    ask(tab, message)
    tab.until(FINISHED)
    return tab.text(ANSWER)
