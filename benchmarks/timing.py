"""Measured ratios: each subject against its floor, in turn in one run, so that a noisy machine harms both.

The figure of each is its best of several rounds: the others were disturbed. What is told is the ratio.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from typing import NamedTuple

__all__ = ["Measured", "against", "table"]

Work = Callable[[], object]


class Measured(NamedTuple):
    """A subject and its floor, in seconds, or in bytes where `unit` is "B".

    `goal` is the largest ratio that is wanted, None if none is.
    """

    name: str
    floor: float
    subject: float
    goal: float | None = None
    unit: str = "s"

    @property
    def ratio(self) -> float:
        return self.subject / self.floor


def against(
    name: str,
    floor: Work,
    subject: Work,
    *,
    start_up: Work | None = None,
    rounds: int = 7,
    goal: float | None = None,
) -> Measured:
    """Runs all in turn, `rounds` times each. What `start_up` takes is no part of the subject's time."""
    works = [floor, subject, *([start_up] if start_up else [])]
    for work in works:
        work()
    best = [float("inf")] * len(works)
    for _ in range(rounds):
        for index, work in enumerate(works):
            started = time.perf_counter()
            work()
            best[index] = min(best[index], time.perf_counter() - started)
    return Measured(name, best[0], best[1] - sum(best[2:]), goal)


def table(rows: Sequence[Measured]) -> str:
    """The rows as text."""
    width = max(len(row.name) for row in rows)
    lines = [f"{'':<{width}}  {'floor':>10}  {'fetch2py':>10}  {'ratio':>6}  goal"]
    for row in rows:
        shown = _size if row.unit == "B" else _shown
        figures = f"{shown(row.floor):>10}  {shown(row.subject):>10}  {row.ratio:>6.2f}"
        lines.append(f"{row.name:<{width}}  {figures}  {_kept(row)}".rstrip())
    return "\n".join(lines)


def _shown(seconds: float) -> str:
    return f"{seconds * 1e6:.0f} µs" if seconds < 1e-3 else f"{seconds * 1e3:.1f} ms"


def _size(count: float) -> str:
    return f"{count / 1024:.0f} KiB"


def _kept(row: Measured) -> str:
    if row.goal is None:
        return ""
    return f"{row.goal:.1f} {'kept' if row.ratio <= row.goal else 'MISSED'}"
