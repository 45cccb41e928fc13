"""The figures of a run, as tables, and which goals they keep."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from benchmarks.serving.client import Told

__all__ = ["Figures", "goals", "idle_table", "table"]

_MOST_WALL = 1.15
_MOST_CPU = 1.5
_MOST_MEMORY = 150_000


@dataclass(frozen=True, slots=True)
class Figures(Told):
    """What its clients told of a run, and what the relay used: CPU in seconds, memory in bytes; `held` counts
    streams.
    """

    cpu: float
    before: int
    peak: int
    held: int
    asked: int

    @property
    def memory(self) -> float:
        """Bytes a stream: what came on top of the relay without any."""
        return (self.peak - self.before) / self.asked


def table(rows: Mapping[str, Figures], streams: int) -> str:
    """The rows as text."""
    width = max(map(len, rows))
    lines = [f"{'':<{width}}  wall s  CPU s  delay p50   p99 ms  peak MB  KB a stream  tokens          whole"]
    for name, row in rows.items():
        lines.append(
            f"{name:<{width}}  {row.wall:6.2f}  {row.cpu:5.2f}  {row.delay_median * 1e3:9.2f}  "
            f"{row.delay_most * 1e3:7.1f}  {row.peak / 1e6:7.1f}  {row.memory / 1e3:11.1f}  "
            f"{row.delivered:6} of {row.sent:6}  {row.whole} of {streams}"
        )
    return "\n".join(lines)


def goals(rows: Mapping[str, Figures], streams: int) -> Iterator[str]:
    """What is wanted of `fetch2py serve`, and whether it is kept; nothing without rows to compare with."""
    floor, node, ours = (
        rows.get(name) for name in ("straight at the upstream", "Node's http", "fetch2py serve")
    )
    if floor is None or node is None or ours is None:
        return
    yield ""
    for what, value, most in (
        ("wall time over that of the clients straight at the upstream", ours.wall / floor.wall, _MOST_WALL),
        ("CPU time over Node's", ours.cpu / node.cpu, _MOST_CPU),
        ("CPU time over Node's, as a wish", ours.cpu / node.cpu, 1.0),
        ("median delay over Node's", ours.delay_median / node.delay_median, 1.0),
        ("99th percentile of the delay over Node's", ours.delay_most / node.delay_most, 1.0),
        ("memory of a stream, in KB", ours.memory / 1e3, _MOST_MEMORY / 1e3),
        ("streams that weren't whole", streams - ours.whole, 0),
    ):
        yield f"{what:<60} {value:7.2f}  goal {most:6.2f}  {'kept' if value <= most else 'MISSED'}"


def idle_table(rows: Mapping[str, Figures], streams: int) -> str:
    """The rows of streams that are held, as text."""
    width = max(map(len, rows))
    lines = [f"{'':<{width}}  held at once  ended whole  KB a stream  CPU s"]
    for name, row in rows.items():
        lines.append(
            f"{name:<{width}}  {row.held:12}  {row.whole:11}  {row.memory / 1e3:11.1f}  {row.cpu:5.2f}"
        )
    return "\n".join(lines)
