"""Measured ratios: each subject against its floor, alternating in one run, so that a noisy machine harms both.

The figure of a subject is its best of several rounds; what is told is the ratio.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass

__all__ = ["Measured", "against", "table"]


@dataclass(frozen=True, slots=True)
class Measured:
    """A subject and its floor, in seconds; `goal` is the largest ratio that is wanted, None where none is set."""

    name: str
    floor: float
    subject: float
    goal: float | None = None

    @property
    def ratio(self) -> float:
        return self.subject / self.floor


def against(
    name: str,
    floor: Callable[[], object],
    subject: Callable[[], object],
    *,
    rounds: int = 7,
    goal: float | None = None,
) -> Measured:
    """Runs both in turn, `rounds` times each."""
    best = [float("inf"), float("inf")]
    for _ in range(rounds):
        for index, run in enumerate((floor, subject)):
            started = time.perf_counter()
            run()
            best[index] = min(best[index], time.perf_counter() - started)
    return Measured(name, best[0], best[1], goal)


def table(rows: Sequence[Measured]) -> str:
    """The rows as text."""
    width = max(len(row.name) for row in rows)
    lines = [f"{'':<{width}}  {'floor':>10}  {'fetch2py':>10}  {'ratio':>6}  goal"]
    for row in rows:
        goal = "" if row.goal is None else f"{row.goal:.1f} {'kept' if row.ratio <= row.goal else 'MISSED'}"
        lines.append(
            f"{row.name:<{width}}  {row.floor * 1000:>7.1f} ms  {row.subject * 1000:>7.1f} ms  {row.ratio:>6.2f}  {goal}"
        )
    return "\n".join(lines)
