"""The back end in two processes: `python -m benchmarks.serving.workers PORT`. The first prints nothing."""

from __future__ import annotations

import sys

import uvicorn
from starlette.types import ASGIApp

from fetch2py.server import Limits, create_app

__all__ = ["wide"]


def wide() -> ASGIApp:
    """The application, with limits that are wide enough for a benchmark."""
    return create_app(limits=Limits(streams=100_000, per_minute=0))


if __name__ == "__main__":
    uvicorn.run(
        "benchmarks.serving.workers:wide",
        factory=True,
        workers=2,
        port=int(sys.argv[1]),
        backlog=4096,
        log_level="warning",
        access_log=False,
    )
