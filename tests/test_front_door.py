"""The library's front door: its names are frozen, and it is light."""

from __future__ import annotations

import subprocess
import sys

import pytest

import fetch2py

NAMES = [
    "Answer",
    "AsyncAnswer",
    "CredentialMissing",
    "End",
    "Error",
    "ExchangeError",
    "Fetch2pyError",
    "Headers",
    "Loss",
    "NotAFetchCall",
    "NotALiteral",
    "Profile",
    "ProfileError",
    "ProfileInvalid",
    "ProfileNotFound",
    "Reasoning",
    "ReplyMalformed",
    "ReplyRefused",
    "ReplyTruncated",
    "Request",
    "SlotError",
    "SnippetError",
    "SnippetSyntaxError",
    "Text",
    "Timeouts",
    "WireError",
    "__version__",
    "areplay",
    "framing",
    "load",
    "parse",
    "read_stream",
    "replay",
    "save",
    "submit",
]


def test_the_names_are_frozen() -> None:
    assert sorted(fetch2py.__all__) == sorted(NAMES)
    assert sorted(dir(fetch2py)) == sorted(NAMES)
    for name in NAMES:
        assert getattr(fetch2py, name) is not None
    with pytest.raises(AttributeError):
        _ = fetch2py.nothing


def test_the_errors_are_a_tree() -> None:
    codes = {
        fetch2py.SnippetError: 3,
        fetch2py.SnippetSyntaxError: 3,
        fetch2py.NotAFetchCall: 3,
        fetch2py.NotALiteral: 3,
        fetch2py.ProfileError: 4,
        fetch2py.ProfileNotFound: 4,
        fetch2py.ProfileInvalid: 4,
        fetch2py.SlotError: 4,
        fetch2py.CredentialMissing: 4,
        fetch2py.WireError: 5,
        fetch2py.ReplyRefused: 6,
        fetch2py.ReplyMalformed: 7,
        fetch2py.ReplyTruncated: 7,
    }
    for kind, code in codes.items():
        error = kind("What happened.", hint="What to do.")
        assert (error.exit_code, str(error), error.hint) == (code, "What happened.", "What to do.")
        assert isinstance(error, fetch2py.Fetch2pyError)
        assert 400 <= error.http_status < 600
    assert issubclass(fetch2py.ReplyTruncated, fetch2py.ReplyMalformed)
    assert issubclass(fetch2py.WireError, fetch2py.ExchangeError)


def loaded_by(code: str) -> set[str]:
    """The modules that are loaded after running `code` in a process of its own."""
    script = f"{code}\nimport sys\nprint(' '.join(sys.modules))"
    run = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True)
    return set(run.stdout.split())


def test_the_front_door_is_light() -> None:
    assert {name for name in loaded_by("import fetch2py") if name.startswith("fetch2py")} == {"fetch2py"}


def test_the_room_of_frames_opens_when_it_is_asked_for() -> None:
    loaded = loaded_by("import fetch2py; assert 'sse' in fetch2py.framing.DECODERS")
    assert "fetch2py.framing" in loaded
    assert "fetch2py.dialects" not in loaded


def test_importing_the_main_module_runs_nothing() -> None:
    assert "fetch2py.cli.shelf" not in loaded_by(
        "import sys; sys.argv[1:] = ['list']; import fetch2py.__main__"
    )


@pytest.mark.parametrize(
    ("code", "unwanted"),
    [
        ("from fetch2py import parse, Profile, read_stream", {"httpx", "esprima", "click", "pyperclip"}),
        ("from fetch2py import replay, submit, load", {"httpx", "esprima", "click", "pyperclip", "asyncio"}),
        ("from fetch2py.cli import run; run(['--help'])", {"httpx", "esprima", "fetch2py.profile"}),
        ("from fetch2py.cli import run; run(['list'])", {"httpx", "esprima", "asyncio"}),
    ],
)
def test_heavy_packages_wait_until_they_are_needed(code: str, unwanted: set[str]) -> None:
    assert loaded_by(code) & unwanted == set()
