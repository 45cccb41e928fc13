"""`python -m benchmarks.serving`: streams through fetch2py and through other relays, in one table.

Bounded in number and time; everything is on loopback and ends with the run.
"""

from __future__ import annotations

import argparse
import json
import os
import resource
import statistics
import subprocess
import sys
import tempfile
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import asdict, replace
from pathlib import Path

from benchmarks.serving.client import Told
from benchmarks.serving.figures import Figures, goals, idle_table, table
from benchmarks.serving.relays import RELAYS, Relay, imported, process
from benchmarks.serving.usage import Usage, usage

_RUN_SECONDS = 180
_WARMING = (5, 5, 50)


def main() -> None:
    """All relays in turn, and that again in every round."""
    options = _options()
    _, most = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (most, most))
    load = os.getloadavg()[0]
    names = [name for name in RELAYS if any(part in name for part in options.only or [""])]
    pace = (options.streams, round(options.seconds * options.rate), options.rate)
    with _upstream(options.shape) as (folder, port):
        rounds: dict[str, list[Figures]] = {name: [] for name in names}
        for number in range(options.rounds):
            for name in names:
                _say(f"round {number + 1}: {name}")
                rounds[name].append(_measured(name, folder, port, pace))
        held = {}
        for name in names if options.idle else []:
            if name not in options.not_idle:
                _say(f"{options.idle} idle streams: {name}")
                held[name] = _measured(name, folder, port, (options.idle, 2, 0))
    medians = {name: _median(figures) for name, figures in rounds.items() if figures}
    print(f"{pace[0]} streams of {pace[1]} tokens, {pace[2]} a second; medians of {options.rounds}")
    print(f"load average before and after: {load:.1f}, {os.getloadavg()[0]:.1f}\n")
    print(table(medians, pace[0]))
    print("\n".join(goals(medians, pace[0])))
    if held:
        print(f"\n{options.idle} idle streams at once\n\n{idle_table(held, options.idle)}")


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m benchmarks.serving")
    parser.add_argument("--streams", type=int, default=500)
    parser.add_argument("--rate", type=int, default=50, help="events a second, of each stream")
    parser.add_argument("--seconds", type=float, default=2.0, help="how long a stream is")
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--idle", type=int, default=5000, help="streams held at once; 0 for none")
    parser.add_argument("--shape", choices=("kimi", "openai"), default="kimi")
    parser.add_argument("--only", nargs="*", help="relays with one of these in their name")
    # Its pool looks through all connections for each, which takes minutes.
    parser.add_argument("--not-idle", nargs="*", default=["Starlette and httpx"])
    return parser.parse_args()


@contextmanager
def _upstream(shape: str) -> Iterator[tuple[Path, int]]:
    command = [sys.executable, "-m", "benchmarks.serving.upstream", shape]
    with (
        tempfile.TemporaryDirectory(prefix="fetch2py-benchmarks-") as folder,
        process(command, stdout=subprocess.PIPE) as started,
    ):
        assert started.stdout is not None
        port = int(started.stdout.readline())
        imported(Path(folder), port)
        yield Path(folder), port


def _measured(name: str, folder: Path, port: int, pace: Sequence[int]) -> Figures:
    """One run through a relay that has just started, and has served a few streams."""
    with contextmanager(RELAYS[name])(folder, port) as relay:
        _clients(relay, port, _WARMING)
        before = _used(relay)
        held, told, during = _clients(relay, port, pace)
        after = _used(relay)
    return Figures(
        **asdict(told),
        cpu=after.cpu - before.cpu,
        before=before.now,
        peak=max(after.peak, during.peak),
        held=held,
        asked=pace[0],
    )


def _clients(relay: Relay, port: int, pace: Sequence[int]) -> tuple[int, Told, Usage]:
    """All clients of a run. How many streams were held at once, where that is what is asked."""
    command = [sys.executable, "-m", "benchmarks.serving.client", str(relay.port), relay.path, str(port)]
    command += map(str, pace)
    with process(command, stdout=subprocess.PIPE, stdin=subprocess.PIPE) as clients:
        assert clients.stdout is not None
        line = clients.stdout.readline()
        held = int(line.split()[1]) if line.startswith("held") else 0
        during = _used(relay)
        told, _ = clients.communicate("go on\n" if held else None, timeout=_RUN_SECONDS)
    return held, Told(**json.loads(told if held else line)), during


def _used(relay: Relay) -> Usage:
    return usage(relay.pid) if relay.pid else Usage(0, 0, 0)


def _median(rounds: Sequence[Figures]) -> Figures:
    worst = {name: min(getattr(each, name) for each in rounds) for name in ("delivered", "whole")}
    middle = {
        name: statistics.median(getattr(each, name) for each in rounds)
        for name in ("wall", "delay_median", "delay_most", "cpu", "before", "peak")
    }
    return replace(rounds[0], **worst, **middle)


def _say(what: str) -> None:
    print(what, file=sys.stderr, flush=True)


if __name__ == "__main__":
    main()
