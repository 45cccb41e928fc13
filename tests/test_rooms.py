"""The map of the rooms: who may import whom. A new import that isn't in the table fails here."""

from __future__ import annotations

import ast
from pathlib import Path

import pytest

PACKAGE = Path(__file__).parent.parent / "fetch2py"

# room: what it may import of this project, and of others. The standard library is open to all but for
# the modules below.
OURS: dict[str, set[str]] = {
    "errors": set(),
    "version": set(),
    "request": set(),
    "events": set(),
    "arrival": set(),
    "jsontext": set(),
    "envelope": {"jsontext"},
    "multipart": set(),
    "framing": {"jsontext"},
    "javascript": {"errors"},
    "attaching": {"errors", "multipart", "request"},
    "unrepeatable": {"jsontext", "multipart", "request"},
    "importers": {"envelope", "errors", "javascript", "jsontext", "multipart", "request"},
    "fetch_standard": {"jsontext", "request", "version"},
    "message": {"envelope", "errors", "jsontext", "multipart", "request"},
    "credentials": {"errors", "request"},
    "profile": {"credentials", "envelope", "errors", "fetch_standard", "importers", "message", "request"},
    "refreshing": {"credentials", "errors", "fetch_standard", "jsontext", "message", "profile", "request"},
    "recording": {"credentials", "errors"},
    "dialects": {"errors", "events", "framing", "jsontext"},
    "learning": {"dialects", "framing", "jsontext"},
    "exchange": {"dialects", "errors", "events", "framing", "jsontext"},
    "wire": {"errors", "fetch_standard", "request"},
    "answer": {
        "credentials", "dialects", "errors", "events", "exchange", "recording", "request", "wire",
    },
    "store": {"errors"},
    "profiles": {"errors", "profile", "store"},
    "standin": {"framing"},
    "server": {
        "answer", "credentials", "errors", "events", "framing", "multipart", "profiles", "wire",
    },
    "cli": {
        "answer", "arrival", "attaching", "credentials", "dialects", "errors", "events", "exchange",
        "importers", "learning", "message", "profile", "profiles", "recording", "refreshing", "request",
        "server",
        "standin", "store", "unrepeatable", "version", "wire",
    },
    "__main__": {"cli"},
}  # fmt: skip
FOREIGN: dict[str, set[str]] = {
    "javascript": {"esprima"},
    "framing": {"brotli", "zstandard"},
    "wire": {"anyio", "h11", "h2", "httpcore", "httptools", "httpx", "idna"},
    "server": {"httptools", "starlette", "uvicorn", "uvicorn_worker"},
    "store": {"filelock", "platformdirs"},
    "cli": {"click", "pyperclip"},
}
# What pure rooms never touch, with the rooms that may.
GUARDED = {
    "socket": {"server", "wire"},
    "ssl": {"wire"},
    "asyncio": {"answer", "server", "wire"},
    "http": {"exchange", "standin"},
    "subprocess": set[str](),
    "time": {"cli", "server", "standin", "wire"},
    "os": {"cli", "store", "wire"},
}


def room_of(file: Path) -> str:
    return file.relative_to(PACKAGE).parts[0].removesuffix(".py")


def imported(file: Path) -> set[str]:
    """Dotted names of all modules that a file imports, wherever in it."""
    found = set()
    package = ("fetch2py", *file.relative_to(PACKAGE).parent.parts)
    for node in ast.walk(ast.parse(file.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            found |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom):
            base = package[: len(package) - node.level + 1] if node.level else ()
            module = ".".join((*base, *(node.module or "").split("."))).strip(".")
            found |= {f"{module}.{alias.name}" for alias in node.names}
    return found


FILES = [file for file in sorted(PACKAGE.rglob("*.py")) if file != PACKAGE / "__init__.py"]


@pytest.mark.parametrize("file", FILES, ids=lambda file: str(file.relative_to(PACKAGE)))
def test_a_room_imports_only_what_it_may(file: Path) -> None:
    room = room_of(file)
    for name in imported(file):
        first, _, rest = name.partition(".")
        if first == "fetch2py":
            other = rest.partition(".")[0]
            assert other == room or other in OURS[room], f"{room} must not know {other}"
        elif first in GUARDED:
            assert room in GUARDED[first], f"{room} must not import {first}"
        elif first in set().union(*FOREIGN.values()) | {"hypothesis", "pytest"}:
            assert first in FOREIGN.get(room, set()), f"{room} must not import {first}"


def test_the_map_is_the_territory() -> None:
    used: dict[str, set[str]] = {room_of(file): set() for file in FILES}
    for file in FILES:
        room = room_of(file)
        dotted = {name.split(".")[1] for name in imported(file) if name.startswith("fetch2py.")}
        used[room] |= dotted - {room}
    assert used == OURS


@pytest.mark.parametrize("file", FILES, ids=lambda file: str(file.relative_to(PACKAGE)))
def test_a_file_is_no_longer_than_can_be_read_at_once(file: Path) -> None:
    text = file.read_text(encoding="utf-8")
    assert text.count("\n") <= 320
    for node in ast.walk(ast.parse(text)):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            first = node.body[1] if ast.get_docstring(node) and len(node.body) > 1 else node.body[0]
            assert (node.body[-1].end_lineno or 0) - first.lineno < 40, node.name
            arguments = [a for a in (*node.args.args, *node.args.kwonlyargs) if a.arg not in ("self", "cls")]
            assert len(arguments) <= 7, node.name
