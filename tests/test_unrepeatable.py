"""What a server takes only once is recognised, and nothing else is."""

from __future__ import annotations

import json
from base64 import b64decode
from pathlib import Path
from typing import Any

import pytest

from fetch2py.cli import run
from fetch2py.request import Headers, Request
from fetch2py.unrepeatable import unrepeatable
from tests.command_line import snippet
from tests.fixture_files import FIXTURES, snippets

HASH = "FAKE0123456789abcdef0123456789abcdef"
FORM = "application/x-www-form-urlencoded"
URL = "https://chat.example/api"


def named(
    headers: list[tuple[str, str]], body: bytes | None = None, content_type: str = "", url: str = URL
) -> list[str]:
    fields = [*headers, ("content-type", content_type)] if content_type else headers
    return [found.name for found in unrepeatable(Request("POST", url, Headers(fields), body))]


@pytest.mark.parametrize(
    ("name", "value", "meaning"),
    [
        ("OpenAI-Sentinel-Proof-Token", HASH, "bot check"),
        ("openai-sentinel-chat-requirements-token", HASH, "bot check"),
        ("x-ds-pow-response", HASH, "bot check"),
        ("x-statsig-id", HASH, "bot check"),
        ("cf-turnstile-response", HASH, "bot check"),
        ("x-recaptcha-token", HASH, "bot check"),
        ("DPoP", HASH, "signature"),
        ("Signature-Input", 'sig1=("@method" "@target-uri");created=1700000000', "signature"),
        ("authorization", "AWS4-HMAC-SHA256 Credential=FAKE/20260101", "signature"),
        ("x-signature", HASH, "signature"),
        ("X-Acme-Sign", HASH, "signature"),
        ("Content-Digest", "sha-256=:RkFLRQ==:", "digest"),
        ("content-md5", "RkFLRUZBS0U=", "digest"),
    ],
)
def test_header_fields(name: str, value: str, meaning: str) -> None:
    [found] = unrepeatable(Request("POST", URL, Headers([("accept", "*/*"), (name, value)])))
    assert (found.place, found.name) == ("header field", name)
    assert meaning in found.message
    assert value not in found.message


@pytest.mark.parametrize(
    ("body", "content_type", "expected"),
    [
        (json.dumps({"a": {"turnstile_token": HASH}, "b": 1}), "application/json", ["turnstile_token"]),
        (json.dumps({"sign": HASH, "text": "hi"}), "application/json", ["sign"]),
        # A model signs its own thinking so, and it is sent back as it came.
        (json.dumps({"messages": [{"content": [{"signature": HASH}]}]}), "application/json", []),
        (json.dumps({"text": 'Why is "sign" here?', "sign": 5, "signature": "none"}), "application/json", []),
        (f"q=hi&h-captcha-response={HASH}", FORM, ["h-captcha-response"]),
        ('--x\r\nContent-Disposition: form-data; name="GtToken"\r\n\r\nFAKEFAKE\r\n--x--\r\n',
         "multipart/form-data; boundary=x", ["GtToken"]),
        ('sign" is no JSON', "application/json", []),
        ('"sign"', "application/json", []),
    ],
)  # fmt: skip
def test_bodies(body: str, content_type: str, expected: list[str]) -> None:
    assert named([], body.encode(), content_type) == expected


def test_query_parameters() -> None:
    assert named([], url=f"{URL}?q=hi&a_bogus={HASH}&a_bogus={HASH}#sign={HASH}") == ["a_bogus"]
    assert named([], url=f"{URL}?X-Amz-Signature={HASH}&sign=no&x") == ["X-Amz-Signature"]


def test_the_corpus_names_only_what_is_one() -> None:
    told: dict[str, list[str]] = {}
    for row in json.loads((FIXTURES / "slots.json").read_text(encoding="utf-8")):
        body = None if row["body"] is None else row["body"].encode("utf-8", "replace")
        if found := named([], body, row["content_type"], row["url"]):
            told[row["id"]] = found
    assert told == {"xinghuo-multipart": ["GtToken"]}
    rows: list[Any] = [row for row in snippets() if isinstance(row["wire"], dict)]
    for row in rows:
        wire = row["wire"]
        body, headers = b64decode(wire["body_base64"]), [(name, value) for name, value in wire["headers"]]
        assert named(headers, body, url=f"{URL}{wire['target']}") == [], row["name"]


def test_it_is_explained_at_import(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    copied = tmp_path / "copied.txt"
    copied.write_text(
        snippet("http://127.0.0.1:1/", headers={"openai-sentinel-proof-token": HASH}), encoding="utf-8"
    )
    assert run(["import", str(copied), "-n", "once"]) == 0
    for command in ([], ["show", "once"]):
        told = capsys.readouterr().out if not command else (run(command), capsys.readouterr().out)[1]
        assert "good once: openai-sentinel-proof-token" in told
        assert "No new one is made here" in told
        assert HASH not in told
