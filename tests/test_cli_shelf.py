"""The commands on what is kept, and what all commands have in common: help, version, completion, secrecy."""

from __future__ import annotations

import errno
import io
import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

import fetch2py
from fetch2py.cli import COMMANDS, main
from fetch2py.cli.terminal import printable
from tests.command_line import COMMAND, SENT, chat, finished, jwt, kept, run, snippet, written
from tests.servers import Connection, serve

KIMI = "https://www.kimi.com"
Captured = pytest.CaptureFixture[str]


def test_list(home: Path, capsys: Captured) -> None:
    assert run(["list"]) == 0
    out, err = capsys.readouterr()
    assert out == ""
    assert err.startswith("No profiles yet: ")
    kept(KIMI, "kimi", headers={"authorization": f"Bearer {jwt(-7260)}"})
    kept(KIMI, "longer-name", headers={"authorization": f"Bearer {jwt(3 * 86400 + 60)}"})
    fetch2py.save(fetch2py.Profile.from_snippet(f'fetch("{KIMI}")'), "plain")
    assert run(["list"]) == 0
    assert capsys.readouterr().out.splitlines() == [
        "kimi         POST www.kimi.com  json:/messages/0/content  expired 2 hours ago",
        "longer-name  POST www.kimi.com  json:/messages/0/content  valid for 3 days",
        "plain        GET www.kimi.com  no slot",
    ]
    (home / "profiles" / "broken.toml").write_text("format = 1\n[request\n", encoding="utf-8")
    assert run(["list"]) == 4
    lines = capsys.readouterr().out.splitlines()
    assert len(lines) == 4
    assert lines[0].startswith(f"broken       can't be read: {home / 'profiles' / 'broken.toml'}: ")
    assert "line 2" in lines[0]


def test_an_address_that_cant_be_read(home: Path, capsys: Captured) -> None:
    kept(KIMI)
    document = home / "profiles" / "kimi.toml"
    document.write_bytes(document.read_bytes().replace(b"www.kimi.com", b"[www.kimi.com"))
    for arguments in (["list"], ["show", "kimi"], ["replay", "kimi"]):
        assert run(arguments) == 4
        out, err = capsys.readouterr()
        assert f"{document}: request.url isn't an http or https URL." in out + err


def test_show(capsys: Captured) -> None:
    token = jwt(60)
    kept(KIMI, headers={"authorization": f"Bearer {token}"})
    assert run(["show", "kimi"]) == 0
    out = capsys.readouterr().out
    assert out.startswith("kimi: POST www.kimi.com")
    assert f"\nPOST {chat(KIMI)}\n" in out
    assert "authorization: ${secret:authorization}" in out
    assert run(["show", "kimi", "--reveal"]) == 0
    assert f"authorization: Bearer {token}" in capsys.readouterr().out
    assert run(["show", "nobody"]) == 4
    assert "next: `fetch2py list` shows those there are." in capsys.readouterr().err


def test_show_what_is_incomplete(home: Path, capsys: Captured) -> None:
    text = snippet(chat(KIMI), headers={"authorization": f"Bearer {jwt(60)}"})
    profile = fetch2py.Profile.from_snippet(text, sent=SENT)
    fetch2py.save(profile, "kimi")
    for file in (home / "secrets").iterdir():
        file.unlink()
    document = home / "profiles" / "kimi.toml"
    document.write_text(
        document.read_text(encoding="utf-8").replace("/0/content", "/7/content"), encoding="utf-8"
    )
    assert run(["show", "kimi"]) == 0
    out = capsys.readouterr().out
    assert "authorization: copy the request again, then `fetch2py refresh kimi`" in out
    assert "leads to no text in the request" in out
    assert run(["show", "kimi", "--reveal"]) == 4


def test_show_a_message_that_stands_twice(capsys: Captured) -> None:
    text = snippet(KIMI, json.dumps({"prompt": "one\r\ntwo\n" + "x" * 90, "query": "q", "n": [1]}))
    profile = fetch2py.Profile.from_snippet(text)
    fetch2py.save(fetch2py.Profile(profile.request, slot="json:/prompt", also=("json:/query",)), "twice")
    assert run(["show", "twice"]) == 0
    assert f"held “one⏎two⏎{'x' * 51}…”, and the same at json:/query" in capsys.readouterr().out


def editor(folder: Path, code: str) -> str:
    """A command for $EDITOR that runs `code` with the file's path in `path`."""
    script = written(folder, f"import sys, pathlib\npath = pathlib.Path(sys.argv[1])\n{code}\n", "editor.py")
    return f'"{sys.executable}" "{script}"'


def test_edit(home: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: Captured) -> None:
    kept(KIMI)
    document = home / "profiles" / "kimi.toml"
    change = "path.write_text(path.read_text('utf-8').replace({!r}, {!r}), 'utf-8')"
    monkeypatch.setenv("VISUAL", editor(tmp_path, change.format('"POST"', '"PUT"')))
    assert run(["edit", "kimi"]) == 0
    assert capsys.readouterr().out.startswith("kimi: PUT ")
    assert fetch2py.load("kimi").request.method == "PUT"

    monkeypatch.setenv("VISUAL", editor(tmp_path, change.format('method = "PUT"', "method =")))
    assert run(["edit", "kimi"]) == 4
    err = capsys.readouterr().err
    assert f"{document}: The file isn't valid TOML" in err
    assert "line " in err
    assert "next: Mend the file with `fetch2py edit`" in err
    assert "method =\n" in document.read_text(encoding="utf-8")

    monkeypatch.setenv("VISUAL", editor(tmp_path, change.format("method =\n", 'method = "POST"\n')))
    assert run(["edit", "kimi"]) == 0
    document.write_bytes(document.read_bytes() + b"# \xff\n")
    monkeypatch.setenv(
        "VISUAL", editor(tmp_path, r"path.write_bytes(path.read_bytes().replace(b'\xff', b''))")
    )
    assert run(["edit", "kimi"]) == 0
    monkeypatch.setenv("VISUAL", editor(tmp_path, "sys.exit(3)"))
    assert run(["edit", "kimi"]) == 1
    assert run(["edit", "nobody"]) == 4


def test_rename_remove_path(home: Path, capsys: Captured) -> None:
    kept(KIMI, headers={"authorization": f"Bearer {jwt(60)}"})
    assert run(["rename", "kimi", "work"]) == 0
    assert run(["path"]) == 0
    assert run(["path", "work"]) == 0
    assert capsys.readouterr().out.splitlines() == [
        "kimi is now work.",
        str(home),
        str(home / "profiles" / "work.toml"),
    ]
    assert run(["rename", "kimi", "x"]) == 4
    assert run(["rename", "work", "../x"]) == 4
    assert run(["remove", "work"]) == 0
    assert run(["remove", "work"]) == 4
    assert not list((home / "secrets").iterdir())
    assert not list((home / "profiles").iterdir())


# --- what all commands have in common ---


@pytest.mark.parametrize("command", COMMANDS)
def test_help_shows_an_example(command: str, capsys: Captured) -> None:
    assert run([command, "--help"]) == 0
    out = capsys.readouterr().out
    assert "Example" in out
    assert f"fetch2py {command}" in out


def test_help_of_all(capsys: Captured) -> None:
    assert run(["--help"]) == 0
    out = capsys.readouterr().out
    assert all(f"\n  {command} " in out for command in COMMANDS)
    assert "Example" in out
    assert run([]) == 2
    assert "Usage: fetch2py" in capsys.readouterr().err


def test_version(capsys: Captured) -> None:
    assert run(["--version"]) == 0
    assert fetch2py.__version__ in capsys.readouterr().out


def test_wrong_usage(capsys: Captured) -> None:
    for arguments, told in ((["sing"], "sing"), (["list", "--loud"], "--loud"), (["show"], "NAME")):
        assert run(arguments) == 2
        err = capsys.readouterr().err
        assert err.startswith("error: ")
        assert told in err
        assert "next: `fetch2py" in err


def test_main_takes_the_process_arguments(monkeypatch: pytest.MonkeyPatch, capsys: Captured) -> None:
    monkeypatch.setattr("sys.argv", ["fetch2py", "path", "what is *.py"])
    with pytest.raises(SystemExit) as ended:
        main()
    assert ended.value.code == 4
    assert "'*'" in capsys.readouterr().err
    monkeypatch.setattr("sys.stdout", io.StringIO())
    with pytest.raises(SystemExit) as ended:
        main(["path"])
    assert ended.value.code == 0


def test_a_file_that_cant_be_used(monkeypatch: pytest.MonkeyPatch, tmp_path: Path, capsys: Captured) -> None:
    # On Windows a pipe without a reader is told as EINVAL; elsewhere a folder may be full or forbidden.
    for number, code, told in (
        (errno.EINVAL, 0, ""),
        (errno.EACCES, 1, f"error: {tmp_path} can't be used: "),
    ):
        failure = OSError(number, os.strerror(number), str(tmp_path))
        monkeypatch.setattr("tempfile.TemporaryDirectory", _raising(failure))
        assert run(["demo"]) == code
        assert capsys.readouterr().err.startswith(told)


def _raising(error: OSError) -> object:
    def fail(**_: object) -> None:
        raise error

    return fail


@pytest.mark.parametrize("shell", ["bash", "zsh", "fish"])
def test_completion_script(shell: str, capsys: Captured) -> None:
    assert run(["completion", shell]) == 0
    assert "_FETCH2PY_COMPLETE" in capsys.readouterr().out


def test_completion_of_names() -> None:
    kept(KIMI, "kimi")
    kept(KIMI, "karl")
    kept(KIMI, "other")
    for command in ("replay", "show", "path"):
        done = finished(
            _FETCH2PY_COMPLETE="bash_complete", COMP_WORDS=f"fetch2py {command} k", COMP_CWORD="2"
        )
        assert done.stdout.decode().split() == ["plain,karl", "plain,kimi"]
        assert done.returncode == 0


def test_completion_of_commands() -> None:
    done = finished(_FETCH2PY_COMPLETE="bash_complete", COMP_WORDS="fetch2py re", COMP_CWORD="1")
    assert done.stdout.decode().split() == ["plain,replay", "plain,refresh", "plain,rename", "plain,remove"]


@pytest.mark.skipif(sys.platform == "win32", reason="the script is for bash")
def test_completion_script_is_bash(tmp_path: Path) -> None:
    script = written(tmp_path, finished("completion", "bash").stdout)
    assert subprocess.run(["bash", "-n", script], capture_output=True).returncode == 0


def test_module_runs() -> None:
    assert COMMAND[1:] == ["-m", "fetch2py"]
    assert finished("--version").stdout.startswith(b"fetch2py, version ")


def test_starting_a_command_imports_little() -> None:
    code = "import sys; from fetch2py.cli import run; run(['list']); print(*sys.modules)"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True)
    heavy = {"httpx", "esprima", "pyperclip", "asyncio", "email", "importlib.metadata"}
    assert not heavy & set(done.stdout.split())


# --- no secret in any output ---

SECRETS = {
    "password": "p4ssw0rdInUrl",
    "query": "Zk3vQ9pL2xT7mB",
    "jwt": jwt(3600),
    "cookie": "hunter2hunter2",
    "key": "sk-abcdefghijklmnop0123456789",
    "body": "correcthorse-Battery9",
}
FULL = snippet(
    f"https://me:{SECRETS['password']}@127.0.0.1:9/chat?token={SECRETS['query']}&q=1",
    json.dumps({"password": SECRETS["body"], "messages": [{"role": "user", "content": SENT}]}),
    {
        "authorization": f"Bearer {SECRETS['jwt']}",
        "cookie": f"sid={SECRETS['cookie']}; a=1",
        "x-api-key": SECRETS["key"],
    },
)


def test_no_secret_in_any_output(
    tmp_path: Path, home: Path, monkeypatch: pytest.MonkeyPatch, capsys: Captured
) -> None:
    file = written(tmp_path, FULL)
    two = written(tmp_path, f"{FULL}\n{FULL}", "two.txt")
    monkeypatch.setenv("VISUAL", editor(tmp_path, ""))
    cut = [written(tmp_path, FULL[:length], f"cut{length}.txt") for length in range(20, len(FULL), 40)]
    lines = [
        ["import", file, "-n", "full"],
        ["import", file, "-n", "full"],
        ["import", two],
        ["import", file, "-n", "full", "--sent", "nowhere"],
        ["import", file, "-n", "other", "--slot", "json:/nowhere"],
        *(["import", name, "-n", "cut"] for name in cut),
        ["refresh", "full", file],
        ["list"],
        ["show", "full"],
        ["edit", "full"],
        ["replay", "full", "hi", "--dry-run"],
        ["replay", "full", "hi"],
        ["replay", "full", "hi", "--json"],
        ["replay", "full", "--set", "json:/nowhere=1"],
        ["rename", "full", "more"],
        ["show", "more"],
    ]
    for line in lines:
        run(line)
        out, err = capsys.readouterr()
        shown = [name for name, secret in SECRETS.items() if secret in out + err or secret[4:12] in out + err]
        assert not shown, line
    assert not any(secret in (home / "profiles/more.toml").read_text("utf-8") for secret in SECRETS.values())
    run(["show", "more", "--reveal"])
    out = capsys.readouterr().out
    assert not [name for name, secret in SECRETS.items() if secret not in out]


def test_secrets_go_to_the_server_all_the_same(tmp_path: Path) -> None:
    def script(connection: Connection) -> None:
        connection.receive_request()
        connection.reply(b"data: x\n\n")

    with serve(script) as server:
        text = FULL.replace(f"me:{SECRETS['password']}@127.0.0.1:9", server.url.removeprefix("http://"))
        text = text.replace("https:", "http:")
        assert run(["import", written(tmp_path, text), "-n", "full"]) == 0
        run(["replay", "full", "hi"])
    request = server.request
    assert request.get("authorization") == f"Bearer {SECRETS['jwt']}"
    assert request.target == f"/chat?token={SECRETS['query']}&q=1"
    assert json.loads(request.body)["password"] == SECRETS["body"]


def test_printable() -> None:
    assert printable("a\tb\r\nc\x1b[31m\x7f\x9b\u202e") == "a\tb\nc␛[31m␡\\x9b\\u202e"
