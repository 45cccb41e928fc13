"""A process that saves a profile and dies: at the COUNT-th call to the system, or when it is killed.

python store_crash.py HOME calls COUNT      die before that call; exit code 0 if it never came
python store_crash.py HOME loop             save again and again, until killed
python store_crash.py HOME many NAME        save NAME-0 … NAME-9, and "shared" each time
"""

from __future__ import annotations

import itertools
import os
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

from fetch2py.store import Store

DIED = 70
# Long enough for a write to be cut, and for a pair that is mixed to be seen.
SIZE = 40_000


def document(mark: str) -> str:
    """A document that tells which save wrote it."""
    return f"# {mark}\n[request]\nbody = '{mark * (SIZE // len(mark))}'\n"


def secrets(mark: str) -> dict[str, str]:
    """The secrets that belong to `document(mark)`."""
    return {"cookie": mark, "filler": mark * (SIZE // len(mark))}


def dying(name: str, count: list[int]) -> Callable[..., Any]:
    """The function `name` of os, which ends the process at the last of `count` calls.

    A write counts twice: the process can end before it, and when half of its bytes have gone out.
    """
    genuine = getattr(os, name)

    def call(*args: Any, **kwargs: Any) -> Any:
        count[0] -= 1
        if count[0] < 0:
            os._exit(DIED)
        if name == "write":
            count[0] -= 1
            if count[0] < 0:
                genuine(args[0], bytes(args[1])[: len(args[1]) // 2])
                os._exit(DIED)
        return genuine(*args, **kwargs)

    return call


def main(home: str, mode: str, rest: str = "") -> None:
    """Run one mode."""
    os.umask(0)
    store = Store(Path(home))
    if mode == "loop":
        for number in itertools.count():
            store.save("kimi", document(f"new{number}"), secrets(f"new{number}"), replace=True)
    elif mode == "many":
        for number in range(10):
            store.save(f"{rest}-{number}", document(rest), secrets(rest), replace=False)
            store.save("shared", document(rest), secrets(rest), replace=True)
    else:
        count = [int(rest)]
        for name in (
            "open",
            "write",
            "fsync",
            "close",
            "replace",
            "rename",
            "unlink",
            "mkdir",
            "scandir",
            "listdir",
        ):
            setattr(os, name, dying(name, count))
        store.save("kimi", document("new"), secrets("new"), replace=True)
        os._exit(0)


if __name__ == "__main__":
    main(*sys.argv[1:])
