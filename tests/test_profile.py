"""A profile: from a snippet, filled, as a file and back, and brought up to date."""

from __future__ import annotations

import gzip
import json
import tomllib
from base64 import b64encode
from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import fetch2py
from fetch2py import (
    Headers,
    Loss,
    Profile,
    ProfileError,
    ProfileInvalid,
    Request,
    SlotError,
    SnippetError,
    profiles,
)
from fetch2py.errors import CredentialMissing
from fetch2py.refreshing import refreshed
from tests.fixture_files import snippet, snippets

KIMI = snippet("chromium-156-browser", "kimi-chat-stream")["snippet"]
KIMI_CONNECT = snippet("chromium-156-node", "connect-json-envelope-length-byte-c8-cjk")["snippet"]


def chat(**changes: Any) -> Request:
    headers = Headers(
        [("accept", "*/*"), ("content-type", "application/json"), ("Authorization", "Bearer one-two-3")]
    )
    body = (
        b'{"chat_id":"c0ffee00","messages":[{"role":"user","content":"hi"}],"model":"k1",'
        b'"csrf_token":"q7Zp01xx9"}'
    )
    request = Request(
        "POST", "https://chat.example/api/c0ffee00?x=1", headers, body, referrer="https://chat.example/"
    )
    return replace(request, **changes)


def test_a_snippet_becomes_a_profile_whose_message_can_change() -> None:
    profile = Profile.from_snippet(KIMI, sent="你好")
    assert profile.slot == "json:/messages/0/content"
    request = profile.fill('quote " newline \n NUL \0 emoji 🐎')
    before, after = KIMI.split("你好")
    body = (request.body or b"").decode()
    assert body == (
        json.loads(f'"{before.split(chr(34) + "body" + chr(34) + ": " + chr(34))[1]}"')
        + '"quote \\" newline \\n NUL \\u0000 emoji 🐎"'.strip('"')
        + json.loads('"' + after.split('",\n')[0] + '"')
    )
    assert request.headers.get("authorization").startswith("Bearer eyJ")
    assert request.headers.get("referer") == "http://127.0.0.1:8801/"


def test_without_a_message_the_request_goes_as_captured() -> None:
    for row in snippets("chromium-156-node")[::7]:
        [parsed] = fetch2py.parse(row["snippet"])
        assert Profile.from_snippet(row["snippet"]).fill().body == parsed.body


def test_an_envelope_gets_its_new_length() -> None:
    profile = Profile.from_snippet(KIMI_CONNECT)
    assert profile.slot == "connect:/message/blocks/0/text/content"
    for text in ("", "短", "x" * 1000):
        body = profile.fill(text).body or b""
        assert int.from_bytes(body[1:5], "big") == len(body) - 5
        assert json.loads(body[5:])["message"]["blocks"][0]["text"]["content"] == text


def test_without_a_slot_there_is_no_place_for_a_message() -> None:
    profile = Profile.from_snippet(snippet("chromium-156-browser", "get-simple")["snippet"])
    assert profile.slot is None
    assert profile.fill().method == "GET"
    with pytest.raises(SlotError, match="There is nothing to replace"):
        profile.fill("hello")
    with pytest.raises(SlotError):
        Profile.from_snippet(KIMI, sent="this was never typed")


def test_the_slot_can_be_named() -> None:
    assert Profile.from_snippet(KIMI, slot="json:/model").slot == "json:/model"
    with pytest.raises(SlotError):
        Profile.from_snippet(KIMI, slot="json:/nothing")


def test_one_of_several_requests_is_picked() -> None:
    text = snippet("chromium-156-copy-all", "copy-all-as-fetch-browser")["snippet"]
    assert Profile.from_snippet(text, pick=2).request.url.endswith("/g")
    for pick in (None, 0, 5):
        with pytest.raises(SnippetError, match="request"):
            Profile.from_snippet(text, pick=pick)


@pytest.mark.parametrize("row", snippets(), ids=lambda row: row["name"])
def test_the_file_gives_the_same_profile_back(row: Any) -> None:
    for request in fetch2py.parse(row["snippet"]):
        profile = Profile.from_request(request, dialect="kimi")
        document = profile.document()
        assert Profile.from_document(document, profile.secrets) == profile
        assert Profile.from_document(document, profile.secrets).fill() == profile.fill()
        for secret in profile.secrets.values():
            assert secret not in document


@given(
    url=st.text(st.characters(codec="utf-8")),
    value=st.text(st.characters(codec="utf-8")),
    body=st.none() | st.binary() | st.text(st.characters(codec="utf-8")).map(str.encode),
)
@settings(deadline=None)
def test_any_request_survives_its_file(url: str, value: str, body: bytes | None) -> None:
    losses = (Loss("a-b", value),)
    request = Request(
        "P", f"https://a/{url}", Headers([("x", value), (value, url)]), body, losses, referrer=value
    )
    rules = {
        "rules": [{"to": "text", "on": {"/a": [1, 2.5, True, value]}, "get": "/b"}],
        "options": {"keep_space": True},
    }
    profile = Profile.from_request(request, slot="json:/a", also=("json:/b",), dialect=rules)
    again = Profile.from_document(profile.document(), profile.secrets)
    assert again == profile
    assert again.captured() == request


def test_an_envelope_can_be_read_and_edited_in_the_file() -> None:
    profile = Profile.from_snippet(KIMI_CONNECT)
    document = profile.document()
    assert 'body_connect = "{\\"scenario\\"' in document
    edited = document.replace("SCENARIO_CHAT", "SCENARIO_K2D5_WITH_A_LONGER_NAME")
    body = Profile.from_document(edited, profile.secrets).fill().body or b""
    assert int.from_bytes(body[1:5], "big") == len(body) - 5


def test_a_secret_inside_an_envelope_comes_back_with_the_right_length() -> None:
    payload = b'{"access_token":"q7Zp01xx9-long-and-secret","message":{"blocks":[{"text":{"content":"hi"}}]}}'
    body = b"\0" + len(payload).to_bytes(4, "big") + payload
    profile = Profile.from_request(
        chat(headers=Headers([("content-type", "application/connect+json")]), body=body)
    )
    document = profile.document()
    assert "q7Zp01xx9" not in document
    assert "body_connect" in document
    assert Profile.from_document(document, profile.secrets).fill().body == body


@pytest.mark.parametrize("length", [123 * 256, 123 * 256 + 123, 0x7B7B7B % 100_000])
def test_a_length_that_looks_like_a_brace_is_no_brace(length: int) -> None:
    start = '{"access_token":"q7Zp01xx9-long-and-secret","a":"'
    payload = (start + "x" * (length - len(start) - 2) + '"}').encode()
    body = b"\0" + len(payload).to_bytes(4, "big") + payload
    assert len(payload) == length
    profile = Profile.from_request(
        chat(headers=Headers([("content-type", "application/connect+json")]), body=body)
    )
    assert Profile.from_document(profile.document(), profile.secrets).fill().body == body


@pytest.mark.parametrize("flags", [0, 1])
def test_several_envelopes_and_flagged_ones_stay_as_they_are(flags: int) -> None:
    payload = b'{"access_token":"q7Zp01xx9-long-and-secret"}'
    body = (bytes([flags]) + len(payload).to_bytes(4, "big") + payload) * (2 - flags)
    profile = Profile.from_request(
        chat(headers=Headers([("content-type", "application/connect+json")]), body=body)
    )
    again = Profile.from_document(profile.document(), profile.secrets)
    assert not again.enveloped
    assert again.fill().body == body


@pytest.mark.parametrize(
    ("document", "said"),
    [
        ("format = ", "line 1"),
        ("", "format is None"),
        ("format = 2", "format is 2"),
        ("format = true", "format is True"),
        ("format = 1\nheaders = 1", "The file has headers"),
        ("format = 1\n[request]\nhaeders = []", r"\[request\] has haeders"),
        ("format = 1\na = " + "[" * 2000, "nests too deeply"),
        ("format = 1\nanswer.dialect_json = '{'\n[request]\nurl = 'https://a'", "isn't JSON"),
        ("format = 1\n[request]\nurl = 'https://a:b'", "http or https"),
        ("format = 1\n[request]\nurl = 'https://a'\nbody_base64 = 'é'", "base64"),
        ("format = 1\nrequest = 1", r"\[request\] isn't a table"),
        ("format = 1\n[request]\nurl = 'ftp://a'", "http or https"),
        ("format = 1\n[request]\nurl = 'https://a'\nmethod = 1", "method isn't a string"),
        ("format = 1\n[request]\nurl = 'https://a'\nheaders = [['a']]", "pairs"),
        ("format = 1\n[request]\nurl = 'https://a'\nheaders = 'a'", "pairs"),
        ("format = 1\n[request]\nurl = 'https://a'\nbody_base64 = '*'", "base64"),
        ("format = 1\nmessage.also = [1]\n[request]\nurl = 'https://a'", "list of strings"),
        ("format = 1\nmessage.also = 1\n[request]\nurl = 'https://a'", "list of strings"),
        ("format = 1\nanswer.dialect = 1\n[request]\nurl = 'https://a'", "neither a name nor a table"),
    ],
)
def test_a_broken_file_is_told_where(document: str, said: str) -> None:
    with pytest.raises(ProfileInvalid, match=said) as caught:
        Profile.from_document(document, {})
    assert caught.value.exit_code == 4
    assert "edit" in caught.value.hint


def test_a_profiles_repr_tells_no_secret() -> None:
    shown = repr(Profile.from_snippet(KIMI))
    assert "eyJ" not in shown
    assert "slot json:/messages/0/content" in shown


def test_profiles_are_kept_by_name() -> None:
    profile = Profile.from_snippet(KIMI)
    fetch2py.save(profile, "kimi")
    fetch2py.save(profile, "kimi")
    assert fetch2py.load("kimi") == profile
    with pytest.raises(ProfileError):
        profiles.save(profile, "kimi", replace=False)
    with pytest.raises(fetch2py.ProfileNotFound):
        fetch2py.load("other")


def test_a_corrupt_file_is_told_with_its_path_and_left_alone() -> None:
    from fetch2py.store import Store

    fetch2py.save(Profile.from_snippet(KIMI), "kimi")
    file = Store.default().path("kimi")
    broken = file.read_text(encoding="utf-8").replace("[request]", "[request")
    file.write_text(broken, encoding="utf-8")
    with pytest.raises(ProfileInvalid) as caught:
        fetch2py.load("kimi")
    line = 1 + broken[: broken.index("[request")].count("\n")
    assert str(file) in caught.value.message
    assert f"line {line}" in caught.value.message
    assert file.read_text(encoding="utf-8") == broken


def test_rules_that_toml_cannot_hold_survive() -> None:
    rules = {"rules": [{"to": "end", "on": {"/x": None}}]}
    profile = Profile.from_request(chat(), dialect=rules)
    assert Profile.from_document(profile.document(), profile.secrets).dialect == rules


def test_the_file_is_toml_for_people() -> None:
    document = Profile.from_snippet(KIMI, sent="你好").document()
    table = tomllib.loads(document)
    assert table["message"]["slot"] == "json:/messages/0/content"
    assert ["accept", "*/*"] in table["request"]["headers"]
    assert "你好" in document
    assert "cookies" in table["losses"]


def fresh() -> Request:
    body = (
        b'{"chat_id":"c0ffee99","messages":[{"role":"user","content":"new"}],"model":"k2","csrf_token":"zzzz99xx1",'
        b'"extra":1}'
    )
    headers = Headers(
        [
            ("accept", "a/b"),
            ("content-type", "application/json"),
            ("authorization", "Bearer new"),
            ("x-new", "1"),
        ]
    )
    return chat(url="https://chat.example/api/c0ffee99?x=2", headers=headers, body=body)


def test_refreshing_takes_secrets_and_ids_and_keeps_edits() -> None:
    old = Profile.from_request(chat(), slot="json:/messages/0/content", dialect="openai-chat")
    new = refreshed(old, fresh())
    assert (new.slot, new.dialect) == (old.slot, old.dialect)
    captured = new.captured()
    assert captured.url == "https://chat.example/api/c0ffee99?x=1"
    assert json.loads(captured.body or b"") == {
        "chat_id": "c0ffee99",
        "messages": [{"role": "user", "content": "hi"}],
        "model": "k1",
        "csrf_token": "zzzz99xx1",
    }
    assert captured.headers.get("authorization") == "Bearer new"
    assert captured.headers.get("accept") == "*/*"
    assert captured.headers.get("x-new") == "1"


@pytest.mark.parametrize(
    ("kept", "new", "merged"),
    [
        ("/api/0123abcd99/x?lang=zh", "/api/99999999aa/x?lang=en", "/api/99999999aa/x?lang=zh"),
        ("/x?token=one-two-three-4&v=1", "/x?token=five-six-seven-8&v=2", "/x?token=five-six-seven-8&v=1"),
        ("/x?v=1", "/x?w=2&v=2", "/x?w=2&v=2"),
    ],
)
def test_refreshing_a_url_takes_ids_and_secrets(kept: str, new: str, merged: str) -> None:
    old = Profile.from_request(chat(url=f"https://chat.example{kept}"))
    captured = refreshed(old, chat(url=f"https://chat.example{new}")).captured()
    assert captured.url == f"https://chat.example{merged}"


def test_refreshing_a_profile_without_its_secrets_takes_the_new_ones() -> None:
    old = Profile.from_request(chat())
    alone = Profile.from_document(old.document(), {})
    assert refreshed(alone, fresh()).captured().headers.get("authorization") == "Bearer new"


def test_refreshing_takes_a_body_whole_that_it_cannot_compare() -> None:
    text = Headers([("content-type", "text/plain")])
    old = Profile.from_request(chat(headers=text, body=b"old"))
    assert refreshed(old, chat(headers=text, body=b"new")).captured().body == b"new"
    broken = Profile.from_request(chat(body=b"{oops"))
    assert refreshed(broken, chat(body=b"{}")).captured().body == b"{}"


def test_refreshing_leaves_what_the_new_capture_does_not_have() -> None:
    old = Profile.from_request(
        chat(body=b'{"my_id":"abc12345","n":1,"id":"x1","uuid":""}'), slot="json:/id", also=("json:/also",)
    )
    assert json.loads(refreshed(old, chat(body=b'{"id":"x2"}')).captured().body or b"") == {
        "my_id": "abc12345",
        "n": 1,
        "id": "x1",
        "uuid": "",
    }


def test_refreshing_says_that_the_old_cookie_was_kept() -> None:
    [new] = fetch2py.parse(KIMI)
    old = Profile.from_request(replace(new, headers=new.headers.plus("cookie", "sid=FAKE-SID-0123456789")))
    profile = refreshed(old, new)
    assert profile.captured().headers.has("cookie")
    assert "cookie-kept" in [loss.code for loss in profile.request.losses]
    assert "cookies" not in [loss.code for loss in profile.request.losses]


@pytest.mark.parametrize(
    "change",
    [
        {"url": "https://other.example/api/c0ffee00"},
        {"url": "https://chat.example/other/c0ffee00"},
        {"method": "PUT"},
        {"headers": Headers([("content-type", "text/plain")]), "body": b"text"},
    ],
)
def test_refreshing_refuses_another_request(change: Any) -> None:
    with pytest.raises(ProfileError, match="another request"):
        refreshed(Profile.from_request(chat()), chat(**change))


HTML = '{"id":"11111111-1111-4111-8111-111111111111","content":"<p>Hello &amp; bye</p>","role":"user"}'


def rich(**changes: Any) -> Request:
    body = ('{"message":' + HTML + "}").encode()
    return chat(headers=Headers([("content-type", "application/json")]), body=body, **changes)


def test_what_stands_around_the_message_and_fresh_ids_survive_the_file() -> None:
    profile = Profile.from_request(
        rich(), slot="json:/message/content", template="<p>{html}</p>", new_ids=("json:/message/id",)
    )
    assert Profile.from_document(profile.document(), profile.secrets) == profile
    assert 'template = "<p>{html}</p>"\nnew_ids = ["json:/message/id"]' in profile.document()
    bodies = [json.loads(profile.fill("1 < 2").body or b"")["message"] for _ in range(2)]
    assert [body["content"] for body in bodies] == ["<p>1 &lt; 2</p>"] * 2
    assert len({body["id"] for body in bodies} | {"11111111-1111-4111-8111-111111111111"}) == 3
    assert profile.fill(None).body == rich().body


def test_a_snippet_brings_its_template_and_ids() -> None:
    body = json.dumps(json.dumps({"message": json.loads(HTML)}))
    text = f'fetch("https://chat.example/a", {{"body": {body}, "method": "POST"}});'
    for sent, slot in (("Hello & bye", None), (None, None), (None, "json:/message/content")):
        profile = Profile.from_snippet(text, sent, slot=slot)
        assert (profile.slot, profile.template) == ("json:/message/content", "<p>{html}</p>")
        assert profile.new_ids == ("json:/message/id",)


def test_no_secret_is_in_a_template() -> None:
    token = "eyJhbGciOiJIUzI1NiJ9.eyJGQUtFIjoxfQ.FAKEFAKEFAKEFAKEFAKEFAKE"
    body = f"<m token='{token}' x='${{secret:y}}'><text>old</text></m>".encode()
    request = chat(headers=Headers([("content-type", "text/xml")]), body=body)
    template = body.decode().replace("old", "{html}")
    profile = Profile.from_request(request, slot="raw:", template=template)
    assert token not in profile.document()
    assert profile.fill("new").body == body.replace(b"old", b"new")
    again = refreshed(profile, replace(request, body=body.replace(b"FAKEFAKE", b"MOCKMOCK")))
    assert again.fill("new").body == body.replace(b"old", b"new").replace(b"FAKEFAKE", b"MOCKMOCK")


def test_a_template_with_a_secret_of_its_own_is_one() -> None:
    template = "<m password='FAKEhunter2FAKE9'><text>{html}</text></m>"
    body = template.replace("{html}", "old").encode()
    request = chat(headers=Headers([("content-type", "text/plain")]), body=body)
    profile = Profile.from_request(request, slot="raw:", template=template)
    assert (profile.template, profile.secrets["message.template"]) == ("${secret:message.template}", template)
    assert profile.fill("new").body == body.replace(b"old", b"new")
    with pytest.raises(CredentialMissing):
        replace(profile, secrets={}).fill("new")


@pytest.mark.parametrize(
    ("old", "template", "new", "filled"),
    [
        ("id a1: old?", "id a1: {text}?", "id b2: other?", "id b2: new?"),
        ("id a1: old?", "id a1: {text}?", "no: other", "id a1: new?"),
        ("id a1: old?", "id a1: {text}?", "id b2: {text}?", "id a1: new?"),
        ("id a1: old", "id a1: {text}", "", "id a1: new"),
    ],
)
def test_refreshing_takes_the_ids_around_the_message(old: str, template: str, new: str, filled: str) -> None:
    text = Headers([("content-type", "text/plain")])
    profile = Profile.from_request(chat(headers=text, body=old.encode()), slot="raw:", template=template)
    fresh = refreshed(profile, chat(headers=text, body=new.encode() or b" "))
    assert fresh.fill("new").body == filled.encode()


def test_refreshing_keeps_a_template_whose_place_is_gone() -> None:
    profile = Profile.from_request(chat(body=b'{"m":"<p>a</p>"}'), slot="json:/m", template="<p>{html}</p>")
    fresh = refreshed(profile, chat(body=b'{"n":"x"}'))
    assert (fresh.template, fresh.fill("b").body) == ("<p>{html}</p>", b'{"m":"<p>b</p>"}')
    bare = replace(profile, slot=None)
    assert refreshed(bare, chat(body=b'{"n":"x"}')).template == "<p>{html}</p>"


def test_refreshing_takes_a_packed_body_whole() -> None:
    headers = Headers([("content-type", "application/json"), ("content-encoding", "gzip")])
    profile = Profile.from_request(chat(headers=headers, body=b'{"m":"a"}'), slot="json:/m")
    new = chat(headers=headers, body=b'{"m":"b"}')
    assert refreshed(profile, new).captured().body == new.body


def test_secrets_in_a_compressed_body_are_locked_away_with_it() -> None:
    body = gzip.compress(
        json.dumps({"prompt": "hello there", "access_token": "FAKE0123456789abcdefFAKE"}).encode()
    )
    headers = Headers([("content-type", "application/json"), ("content-encoding", "gzip")])
    request = Request("POST", "https://a.example/", headers, body)
    profile = Profile.from_request(request, slot="json:/prompt")
    document = profile.document()
    assert b64encode(body).decode()[:40] not in document
    assert "${secret:body}" in document
    again = Profile.from_document(document, profile.secrets)
    assert again.captured().body == body
    filled = json.loads(gzip.decompress(again.fill("new").body or b""))
    assert filled == {"prompt": "new", "access_token": "FAKE0123456789abcdefFAKE"}
    plain = Request("POST", "https://a.example/", headers, gzip.compress(b'{"prompt":"hi"}'))
    assert Profile.from_request(plain).request.body == plain.body
    bomb = Request("POST", "https://a.example/", headers, gzip.compress(b"0" * (65 << 20)))
    assert Profile.from_request(bomb).request.body == b"${secret:body}"
    shown = Request("POST", "https://a.example/", headers, b'{"prompt":"hi"}')
    assert Profile.from_request(shown).request.body == shown.body
