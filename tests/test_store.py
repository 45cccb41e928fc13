"""The store: names, permissions, pairs that change as one, whatever ends the process in between."""

from __future__ import annotations

import os
import random
import re
import signal
import stat
import subprocess
import sys
import tomllib
from collections.abc import Iterator
from functools import partial
from pathlib import Path
from typing import Any

import pytest
from filelock import FileLock

import fetch2py.store as store_module
from fetch2py.errors import ProfileError, ProfileInvalid, ProfileNotFound
from fetch2py.store import Store, files
from tests.store_crash import DIED, document, secrets

CRASH = Path(__file__).with_name("store_crash.py")
DOCUMENT = "# 你好\n[request]\nurl = 'https://x.test/'\r\n"
SECRETS = {"authorization": 'Bearer "\\', "body.token": "caf\udce9 \x00 \u2028"}


@pytest.fixture
def store(tmp_path: Path) -> Store:
    return Store(tmp_path / "home")


def child(home: Path, *arguments: str) -> subprocess.Popen[bytes]:
    return subprocess.Popen(
        [sys.executable, str(CRASH), str(home), *arguments],
        env={**os.environ, "PYTHONPATH": str(CRASH.parent.parent)},
        stderr=subprocess.PIPE,
    )


def below(home: Path) -> Iterator[Path]:
    yield from (path for path in home.rglob("*"))


def assert_private(home: Path) -> None:
    for path in (home, *below(home)):
        assert stat.S_IMODE(path.stat().st_mode) & 0o077 == 0, path


def mark_of(text: str, held: dict[str, str]) -> str:
    """Which save a pair comes from; the pair has to be whole and of one save."""
    mark = held["cookie"]
    assert (text.removeprefix("\n"), held) == (document(mark), secrets(mark))
    return mark


# Saving and loading.


def test_a_pair_comes_back_with_the_lines_of_its_file(store: Store) -> None:
    store.save("kimi", DOCUMENT, SECRETS, replace=False)
    text, held = store.load("kimi")
    assert (text, held) == ("\n" + DOCUMENT, SECRETS)
    assert text.count("\n") == store.path("kimi").read_bytes().count(b"\n")
    assert "secrets_file" in tomllib.loads(store.path("kimi").read_bytes().decode())


def test_saving_what_was_loaded_changes_only_the_generation(store: Store) -> None:
    store.save("kimi", DOCUMENT, SECRETS, replace=False)
    first = store.load("kimi")
    before = store.path("kimi").read_bytes()
    store.save("kimi", *first, replace=True)
    after = store.path("kimi").read_bytes()
    assert store.load("kimi") == first
    assert before != after
    assert before.split(b"\n")[1:] == after.split(b"\n")[1:]


def test_a_document_that_still_holds_its_line_is_tied_anew(store: Store) -> None:
    store.save("kimi", DOCUMENT, SECRETS, replace=False)
    store.save("kimi", store.path("kimi").read_bytes().decode(), {"a": "new"}, replace=True)
    assert store.load("kimi") == ("\n" + DOCUMENT, {"a": "new"})


def test_without_secrets_there_is_neither_line_nor_file(store: Store) -> None:
    store.save("kimi", DOCUMENT, {}, replace=False)
    assert store.path("kimi").read_bytes().decode() == DOCUMENT
    assert store.load("kimi") == (DOCUMENT, {})
    assert not list((store.home / "secrets").iterdir())


def test_secrets_are_only_in_the_secrets_directory(store: Store) -> None:
    store.save("kimi", DOCUMENT, {"a": "FAKE-SECRET-TEXT"}, replace=False)
    holding = [path for path in below(store.home) if path.is_file() and b"FAKE-SECRET" in path.read_bytes()]
    assert [path.parent.name for path in holding] == ["secrets"]


def test_an_existing_profile_is_replaced_only_when_told(store: Store) -> None:
    store.save("kimi", DOCUMENT, SECRETS, replace=False)
    with pytest.raises(ProfileError, match="already") as caught:
        store.save("kimi", "x = 1\n", {"a": "b"}, replace=False)
    assert "--force" in caught.value.hint
    assert store.load("kimi") == ("\n" + DOCUMENT, SECRETS)
    store.save("kimi", "x = 1\n", {"a": "b"}, replace=True)
    assert store.load("kimi") == ("\nx = 1\n", {"a": "b"})
    assert len(list((store.home / "secrets").iterdir())) == 1


def test_names_are_sorted_and_odd_files_passed_over(store: Store) -> None:
    assert store.names() == []
    for name in ("b", "kimi", "聊天"):
        store.save(name, DOCUMENT, SECRETS, replace=False)
    profiles = store.home / "profiles"
    (profiles / "directory.toml").mkdir()
    (profiles / "notes.txt").write_text("")
    (profiles / "CON.toml").write_text("")
    (profiles / ".hidden.toml").write_text("")
    (profiles / "nowhere.toml").symlink_to(profiles / "gone.toml")
    assert store.names() == ["b", "kimi", "聊天"]


def test_rename_and_remove(store: Store) -> None:
    store.save("old", DOCUMENT, SECRETS, replace=False)
    store.save("other", DOCUMENT, {}, replace=False)
    store.rename("old", "new")
    assert store.load("new") == ("\n" + DOCUMENT, SECRETS)
    assert store.names() == ["new", "other"]
    with pytest.raises(ProfileError, match="already"):
        store.rename("new", "other")
    store.rename("new", "NEW")
    assert store.names() == ["NEW", "other"]
    store.remove("NEW")
    assert store.names() == ["other"]
    assert not list((store.home / "secrets").iterdir())


@pytest.mark.parametrize("link", [False, True])
def test_a_rename_never_replaces_a_profile_whose_name_differs_in_case(store: Store, link: bool) -> None:
    """As on a disk that tells the two apart, where both are there."""
    store.save("Kimi", DOCUMENT, SECRETS, replace=False)
    if link:
        store.path("kimi").symlink_to(store.path("Kimi"))
    else:
        store.path("kimi").write_text("x = 1\n")
    for old, new in (("kimi", "Kimi"), ("Kimi", "kimi")):
        with pytest.raises(ProfileError, match=f"a profile named “{new}” already") as caught:
            store.rename(old, new)
        assert caught.value.hint == f"Choose another name, or first run: fetch2py remove {new}"
    assert store.names() == ["Kimi", "kimi"]
    assert store.load("Kimi") == ("\n" + DOCUMENT, SECRETS)
    assert store.load("kimi") == (store.load("Kimi") if link else ("x = 1\n", {}))


def test_a_rename_to_another_spelling_of_the_same_file(store: Store) -> None:
    """As on a disk that is blind to case, where the new name leads to the profile itself."""
    store.save("kimi", DOCUMENT, SECRETS, replace=False)
    store.path("Kimi").hardlink_to(store.path("kimi"))
    store.rename("kimi", "Kimi")
    assert store.load("Kimi") == ("\n" + DOCUMENT, SECRETS)


def test_what_is_not_there_is_not_found(store: Store) -> None:
    for act in (store.load, store.remove, lambda name: store.rename(name, "new")):
        with pytest.raises(ProfileNotFound, match="“kimi”"):
            act("kimi")


def test_default_home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("FETCH2PY_HOME", str(tmp_path))
    assert Store.default().home == tmp_path
    monkeypatch.setenv("FETCH2PY_HOME", "relative")
    assert Store.default().home.is_absolute()
    monkeypatch.setenv("FETCH2PY_HOME", "")
    assert Store.default().home.name == "fetch2py"


def test_a_home_that_cannot_be_told(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("FETCH2PY_HOME", "~no-such-person/x")
    with pytest.raises(ProfileError, match="whose home FETCH2PY_HOME means: ~no-such-person/x") as caught:
        Store.default()
    assert "whole path" in caught.value.hint
    gone = tmp_path / "gone"
    gone.mkdir()
    monkeypatch.chdir(gone)
    gone.rmdir()
    monkeypatch.setenv("FETCH2PY_HOME", "relative")
    with pytest.raises(ProfileError, match="Could not find the directory that FETCH2PY_HOME names: "):
        Store.default()


# Names.


@pytest.mark.parametrize(
    "name", ["kimi", "my-chat_2", "a.b", "me@site+1", "two words", "聊天", "Ω", "é", "नमस्ते", "x" * 64]
)
def test_safe_names(store: Store, name: str) -> None:
    store.save(name, DOCUMENT, {}, replace=False)
    assert store.names() == [name]
    assert store.path(name).parent == store.home / "profiles"


UNSAFE = [
    *(
        "",
        "../x",
        "..",
        ".",
        "/etc/x",
        "a/b",
        "a\\b",
        "C:x",
        ".hidden",
        "-n",
        " a",
        "a ",
        "a.",
        "~",
        "x" * 65,
    ),
    *(
        "a\n",
        "a\x00b",
        "a\x7f",
        "a\u202eb",
        "\u200b",
        "\ud800",
        "a*",
        "a?",
        'a"',
        "a<",
        "a|",
        "聊" * 67,
        "𝕏" * 60,
    ),
    *("CON", "nul", "Nul.txt", "COM1", "com1.a.b", "LPT9", "aux .x", "COM²"),
]


@pytest.mark.parametrize("name", UNSAFE)
def test_unsafe_names(store: Store, name: str) -> None:
    for act in (
        store.path,
        store.load,
        store.remove,
        lambda name: store.rename(name, "x"),
        lambda name: store.save(name, DOCUMENT, SECRETS, replace=True),
    ):
        with pytest.raises(ProfileInvalid, match="can't be the name of a profile: ") as caught:
            act(name)
        assert caught.value.hint
    assert not store.home.exists()


def test_composed_and_decomposed_are_one_name(store: Store) -> None:
    store.save("cafe\u0301", DOCUMENT, SECRETS, replace=False)
    assert store.names() == ["café"]
    assert store.load("café") == store.load("cafe\u0301")


def test_names_that_differ_in_case_alone_are_refused(store: Store) -> None:
    store.save("Kimi", DOCUMENT, SECRETS, replace=False)
    store.save("other", DOCUMENT, {}, replace=False)
    with pytest.raises(ProfileError, match="“Kimi”"):
        store.save("kimi", DOCUMENT, {}, replace=True)
    with pytest.raises(ProfileError, match="“Kimi”"):
        store.rename("other", "KIMI")


# Edited by hand.


def test_the_line_may_be_moved_quoted_anew_and_commented(store: Store) -> None:
    store.save("kimi", "x = 1\n[request]\n", SECRETS, replace=False)
    path = store.path("kimi")
    line, rest = path.read_text().split("\n", 1)
    generation = line.split('"')[1]
    path.write_bytes(
        f"\ufeff# mine\r\nx = 2\r\n secrets_file='{generation}'  # tie\r\n[request]\r\n".encode()
    )
    assert store.load("kimi") == ("# mine\r\nx = 2\r\n\n[request]\r\n", SECRETS)
    path.write_text(rest)
    assert store.load("kimi") == (rest, {})
    path.write_text(rest + f'secrets_file = "{generation}"\n')
    assert store.load("kimi")[1] == {}


@pytest.mark.parametrize(
    ("content", "line", "what"),
    [
        (b'x = 1\nsecrets_file = "../../etc/passwd"\n', 2, "names no secrets file of this store"),
        (b"secrets_file = \n", 1, "names no secrets file of this store"),
        (b"secrets_file =" + b" " * 500_000 + b"x" + b" \t" * 250_000 + b"y\n", 1, "names no secrets file"),
        (b"x = 1\n\ny = '\xff'\n", 3, "isn't UTF-8 text"),
    ],
    ids=["another file", "nothing", "a megabyte of spaces", "not text"],
)
def test_a_corrupt_document_is_told_and_left(store: Store, content: bytes, line: int, what: str) -> None:
    store.save("my kimi", DOCUMENT, SECRETS, replace=False)
    path = store.path("my kimi")
    path.write_bytes(content)
    with pytest.raises(ProfileInvalid, match=re.escape(f"Line {line} of {path} {what}")) as caught:
        store.load("my kimi")
    assert "`fetch2py edit 'my kimi'`" in caught.value.hint
    assert path.read_bytes() == content


@pytest.mark.parametrize(
    ("content", "what"),
    [
        ('{\n"a": FAKE-SECRET', "isn't JSON (line 2)."),
        ("[]", "isn't a JSON object of strings."),
        ('{"a": 1}', "isn't a JSON object of strings."),
        ("[" * 100_000, "isn't JSON."),
    ],
)
def test_a_corrupt_secrets_file_is_told_and_left(store: Store, content: str, what: str) -> None:
    store.save("kimi", DOCUMENT, SECRETS, replace=False)
    (path,) = (store.home / "secrets").iterdir()
    path.write_text(content)
    with pytest.raises(ProfileInvalid, match=re.escape(f"The secrets file {path} {what}")) as caught:
        store.load("kimi")
    assert caught.value.hint.endswith("run: fetch2py refresh kimi")
    assert "FAKE" not in str(caught.value)
    assert caught.value.__cause__ is None
    assert path.read_text() == content


def test_a_copy_without_its_secrets_loads_without_them(store: Store) -> None:
    store.save("kimi", DOCUMENT, SECRETS, replace=False)
    for path in (store.home / "secrets").iterdir():
        path.unlink()
    assert store.load("kimi") == ("\n" + DOCUMENT, {})


def test_half_a_character_is_refused_before_anything_changes(store: Store) -> None:
    with pytest.raises(ProfileInvalid, match="Line 2 of the document for the profile “kimi” ") as caught:
        store.save("kimi", "a\n\ud800", SECRETS, replace=True)
    assert caught.value.hint
    assert not store.home.exists()


def test_a_document_that_names_a_file_of_its_own_is_refused(store: Store) -> None:
    with pytest.raises(ProfileInvalid, match="Line 2 of the document for the profile “kimi” ") as caught:
        store.save("kimi", "x = 1\nsecrets_file = 'mine'\n", SECRETS, replace=True)
    assert caught.value.hint
    assert not store.home.exists()


def test_a_link_stays_and_what_it_points_to_is_replaced(store: Store, tmp_path: Path) -> None:
    store.save("kimi", DOCUMENT, SECRETS, replace=False)
    elsewhere = tmp_path / "settings.toml"
    store.path("kimi").rename(elsewhere)
    store.path("kimi").symlink_to(elsewhere)
    store.save("kimi", "x = 1\n", {"a": "b"}, replace=True)
    assert store.path("kimi").is_symlink()
    assert store.load("kimi") == ("\nx = 1\n", {"a": "b"})
    assert elsewhere.read_text().endswith("x = 1\n")
    store.remove("kimi")
    assert elsewhere.exists()


@pytest.mark.parametrize("kind", ["directory", "pipe", "link to nothing"])
def test_odd_things_under_a_profiles_name(store: Store, kind: str) -> None:
    store.save("other", DOCUMENT, {}, replace=False)
    path = store.path("kimi")
    if kind == "directory":
        path.mkdir()
    elif kind == "pipe":
        os.mkfifo(path)
    else:
        path.symlink_to(store.home / "nowhere" / "gone.toml")
    with pytest.raises(ProfileInvalid, match=re.escape(str(path))):
        store.load("kimi")
    with pytest.raises(ProfileError, match="already"):
        store.save("kimi", DOCUMENT, SECRETS, replace=False)
    if kind != "pipe":
        with pytest.raises(ProfileError, match="Could not save the profile “kimi”"):
            store.save("kimi", DOCUMENT, SECRETS, replace=True)
    assert store.names() == ["other"]


# What is swept, and what is kept.


def test_secrets_that_a_copied_document_names_are_kept(store: Store) -> None:
    store.save("kimi", DOCUMENT, SECRETS, replace=False)
    content = store.path("kimi").read_bytes()
    store.path("copy").write_bytes(content)
    (store.home / "profiles" / "kimi.toml~").write_bytes(content)
    store.save("kimi", DOCUMENT, {"a": "new"}, replace=True)
    assert store.load("copy") == ("\n" + DOCUMENT, SECRETS)
    store.remove("copy")
    assert len(list((store.home / "secrets").iterdir())) == 2
    (store.home / "profiles" / "kimi.toml~").unlink()
    store.save("kimi", DOCUMENT, {"a": "newer"}, replace=True)
    assert len(list((store.home / "secrets").iterdir())) == 1


def test_only_what_a_save_left_behind_is_swept(store: Store) -> None:
    store.save("kimi", DOCUMENT, SECRETS, replace=False)
    orphans = [
        store.home / "secrets" / f"{'a' * 16}.json",
        store.home / "profiles" / f".{'b' * 16}.tmp",
    ]
    others = [store.home / "secrets" / "mine.txt", store.home / "profiles" / "notes.tmp"]
    for path in (*orphans, *others):
        path.write_text("")
    store.save("kimi", DOCUMENT, SECRETS, replace=True)
    assert not any(path.exists() for path in orphans)
    assert all(path.exists() for path in others)


def test_nothing_is_swept_while_a_document_is_out_of_reach(store: Store, tmp_path: Path) -> None:
    store.save("linked", DOCUMENT, SECRETS, replace=False)
    elsewhere = tmp_path / "linked.toml"
    store.path("linked").rename(elsewhere)
    store.path("linked").symlink_to(elsewhere)
    away = elsewhere.rename(tmp_path / "away")
    store.save("kimi", DOCUMENT, {"a": "b"}, replace=False)
    away.rename(elsewhere)
    assert store.load("linked") == ("\n" + DOCUMENT, SECRETS)


# Permissions.


def test_everything_is_the_owners_alone(store: Store) -> None:
    before = os.umask(0)
    try:
        store.save("kimi", DOCUMENT, SECRETS, replace=False)
    finally:
        os.umask(before)
    assert_private(store.home)


def test_an_open_secrets_directory_is_refused_with_the_remedy(store: Store) -> None:
    store.save("kimi", DOCUMENT, SECRETS, replace=False)
    directory = store.home / "secrets"
    directory.chmod(0o750)
    for act in (
        lambda: store.load("kimi"),
        lambda: store.save("kimi", DOCUMENT, SECRETS, replace=True),
        lambda: store.remove("kimi"),
    ):
        with pytest.raises(ProfileError, match=re.escape(str(directory))) as caught:
            act()
        assert caught.value.hint == f"Close it with: chmod 700 '{directory}'"
    directory.chmod(0o700)
    assert store.load("kimi") == ("\n" + DOCUMENT, SECRETS)


def test_where_the_system_has_no_modes(store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(files, "_HAS_MODES", False)
    store.save("kimi", DOCUMENT, SECRETS, replace=False)
    (store.home / "secrets").chmod(0o755)
    assert store.load("kimi") == ("\n" + DOCUMENT, SECRETS)


# Failures of the disk.


@pytest.mark.parametrize("failing", ["open", "write", "fsync", "replace", "mkdir"])
@pytest.mark.parametrize("fails_at", range(4))
def test_a_disk_that_says_no_leaves_the_old_pair(
    store: Store, failing: str, fails_at: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    store.save("kimi", document("old"), secrets("old"), replace=False)
    genuine, calls = getattr(os, failing), []

    def call(*args: object, **kwargs: object) -> object:
        calls.append(args)
        # The lock's own calls come first and are another package's.
        if len(calls) > fails_at and not str(args[0]).endswith(".lock"):
            raise OSError(28, "No space left on device", "/x")
        return genuine(*args, **kwargs)

    with monkeypatch.context() as patch:
        patch.setattr(os, failing, call)
        error = ""
        try:
            store.save("kimi", document("new"), secrets("new"), replace=True)
        except ProfileError as caught:
            error = caught.message
    assert error in ("", "Could not save the profile “kimi”: No space left on device: /x.")
    assert error or mark_of(*store.load("kimi")) == "new"
    mark_of(*store.load("kimi"))
    store.save("kimi", document("newer"), secrets("newer"), replace=True)
    assert len(list((store.home / "secrets").iterdir())) == 1
    assert len(list((store.home / "profiles").iterdir())) == 1


@pytest.mark.parametrize("failing", ["write", "fsync", "close"])
def test_a_file_is_closed_before_its_half_is_deleted(
    tmp_path: Path, failing: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """As on Windows, which deletes no file that is open."""
    opened: list[int] = []
    calls = {name: getattr(os, name) for name in ("open", "write", "fsync", "close", "unlink")}

    def act(name: str, *args: Any) -> Any:
        if name == "unlink" and opened:
            raise PermissionError(13, "The file is used by another process")
        result = calls[name](*args)
        if name == "open":
            opened.append(result)
        elif name == "close":
            opened.remove(args[0])
        if name == failing:
            raise OSError(28, "No space left on device")
        return result

    path = tmp_path / "secrets.json"
    with monkeypatch.context() as patch:
        for name in calls:
            patch.setattr(os, name, partial(act, name))
        with pytest.raises(OSError, match="No space left"):
            files.create(path, b"FAKE-SECRET")
    assert not path.exists()
    assert not opened


def test_an_error_without_words_is_told_too() -> None:
    with pytest.raises(ProfileError, match="Could not act: unknown reason\\."), files.reported("act"):
        raise OSError


def test_a_home_that_is_a_file(tmp_path: Path) -> None:
    (tmp_path / "home").write_text("")
    store = Store(tmp_path / "home")
    for act in (store.names, lambda: store.save("kimi", DOCUMENT, {}, replace=True)):
        with pytest.raises(ProfileError, match="Could not "):
            act()


def test_a_store_that_another_process_holds(store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    store.save("kimi", DOCUMENT, SECRETS, replace=False)
    monkeypatch.setattr(store_module, "LOCK_SECONDS", 0)
    with FileLock(store.home / ".lock"), pytest.raises(ProfileError, match="another fetch2py") as caught:
        store.remove("kimi")
    assert ".lock" in caught.value.hint
    assert store.load("kimi") == ("\n" + DOCUMENT, SECRETS)


# Killed, and all at once.


def test_dead_before_any_call_to_the_system(tmp_path: Path) -> None:
    """Each count is a process of its own; one after the other until a save gets through."""
    home, count, code, seen = tmp_path / "home", 0, DIED, set()
    store = Store(home)
    while code == DIED:
        store.save("kimi", document("old"), secrets("old"), replace=True)
        with child(home, "calls", str(count)) as process:
            code = process.wait()
        assert_private(home)
        seen.add(mark_of(*store.load("kimi")))
        count += 1
    assert code == 0
    assert seen == {"old", "new"}
    assert count > 15
    assert len(list((home / "secrets").iterdir())) == 1


def test_dead_in_the_first_save_of_all(tmp_path: Path) -> None:
    """The same where nothing is there yet, not even a directory."""
    count, code, found = 0, DIED, []
    while code == DIED:
        store = Store(tmp_path / str(count))
        with child(store.home, "calls", str(count)) as process:
            code = process.wait()
        if store.home.exists():
            assert_private(store.home)
        found.append(bool(store.names()) and mark_of(*store.load("kimi")) == "new")
        count += 1
    assert code == 0
    assert found == sorted(found)
    assert found[-1]


def test_a_save_between_the_two_files_that_a_load_reads(
    store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    store.save("kimi", document("old"), secrets("old"), replace=False)
    genuine, waiting = Path.read_bytes, ["one save"]

    def read_bytes(path: Path) -> bytes:
        if path.parent.name == "secrets" and waiting:
            waiting.pop()
            store.save("kimi", document("new"), secrets("new"), replace=True)
        return genuine(path)

    monkeypatch.setattr(Path, "read_bytes", read_bytes)
    assert mark_of(*store.load("kimi")) == "new"


def test_killed_at_random(tmp_path: Path) -> None:
    home, chance = tmp_path / "home", random.Random(7)
    store = Store(home)
    store.save("kimi", document("old"), secrets("old"), replace=False)
    for _ in range(40):
        with child(home, "loop") as process:
            first = store.path("kimi").read_bytes()
            while store.path("kimi").read_bytes() == first:
                assert process.poll() is None
                mark_of(*store.load("kimi"))
            # While it writes, what is read is always one whole pair.
            for _ in range(chance.randrange(60)):
                mark_of(*store.load("kimi"))
            process.send_signal(signal.SIGKILL)
            process.wait()
        assert_private(home)
        mark_of(*store.load("kimi"))
    store.save("kimi", document("last"), secrets("last"), replace=True)
    assert len(list((home / "secrets").iterdir())) == 1
    assert len(list((home / "profiles").iterdir())) == 1


def test_writers_at_once_lose_nothing(tmp_path: Path) -> None:
    home = tmp_path / "home"
    store = Store(home)
    writers = [child(home, "many", f"w{number}") for number in range(8)]
    for writer in writers:
        with writer:
            assert writer.wait() == 0
    assert store.names() == sorted([*(f"w{w}-{n}" for w in range(8) for n in range(10)), "shared"])
    for name in store.names():
        mark = mark_of(*store.load(name))
        assert name == "shared" or name.startswith(mark + "-")
    assert len(list((home / "secrets").iterdir())) == len(store.names())
