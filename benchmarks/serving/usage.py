"""What processes have used, as Linux tells it."""

from __future__ import annotations

import os
from pathlib import Path
from typing import NamedTuple

__all__ = ["Usage", "usage"]

_TICKS = os.sysconf("SC_CLK_TCK")


class Usage(NamedTuple):
    """CPU seconds since the start, and bytes of memory: now, and the most at once."""

    cpu: float
    now: int
    peak: int


def usage(pid: int) -> Usage:
    """Of a process and those below it."""
    family = [pid, *_below(pid)]
    return Usage(
        sum(map(_cpu, family)),
        sum(_memory(each, "VmRSS") for each in family),
        sum(_memory(each, "VmHWM") for each in family),
    )


def _below(pid: int) -> list[int]:
    children = [int(child) for child in Path(f"/proc/{pid}/task/{pid}/children").read_text().split()]
    return [each for child in children for each in (child, *_below(child))]


def _cpu(pid: int) -> float:
    # proc_pid_stat(5): the name is in parentheses; of the fields behind it the 12th and 13th are wanted.
    fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / _TICKS


def _memory(pid: int, field: str) -> int:
    for line in Path(f"/proc/{pid}/status").read_text().splitlines():
        name, _, value = line.partition(":")
        if name == field:
            return int(value.split()[0]) * 1024
    return 0
