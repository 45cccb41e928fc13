"""What is secret and what isn't; lifted and put back byte for byte; never printed."""

from __future__ import annotations

import json
import re
import subprocess
import sys
from base64 import b64encode, urlsafe_b64encode
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any
from urllib.parse import quote, quote_plus

import pytest
from hypothesis import given as whatever
from hypothesis import settings
from hypothesis import strategies as st

from fetch2py.credentials import Lift, describe_expiry, expiry, lift, placeholders_in, redact, restore
from fetch2py.credentials.rules import Grade, grade, is_secret
from fetch2py.errors import CredentialMissing
from fetch2py.request import Headers, Request
from tests.fixture_files import FIXTURES, snippets

JWT = "eyJhbGciOiJIUzUxMiIsInR5cCI6IkpXVCJ9.eyJpc3MiOiJmYWtlIiwic3ViIjoiRkFLRS1VU0VSIn0.FAKE-SIGNATURE"
PART = "Content-Disposition: form-data"
OPAQUE = "b1946ac92492d2347c6235b4d2611184"


def jwt(claims: Any) -> str:
    parts = [json.dumps({"alg": "none"}), json.dumps(claims)]
    return ".".join([*(urlsafe_b64encode(part.encode()).decode().rstrip("=") for part in parts), "c2ln"])


def request(
    body: str | bytes | None = None,
    kind: str = "application/json",
    url: str = "https://x.test/chat",
    **headers: str,
) -> Request:
    fields = [("content-type", kind), *((name.replace("_", "-"), value) for name, value in headers.items())]
    return Request("POST", url, Headers(fields), body.encode() if isinstance(body, str) else body)


def lifted(given: Request) -> Lift:
    """The lift, once it is sure that it goes back."""
    lift_of = lift(given)
    assert restore(lift_of.request, lift_of.secrets) == given
    for text in (given.url, *(value for _, value in given.headers)):
        assert isinstance(text, str)
    return lift_of


def recorded() -> list[Request]:
    requests = []
    for row in snippets():
        for call in row["calls"] or ():
            options = call.get("options") or {}
            body = options.get("body")
            requests.append(
                Request(
                    options.get("method", "GET"),
                    call["url"],
                    Headers(options.get("headers", {}).items()),
                    None if body is None else str(body).encode("utf-8", "surrogatepass"),
                    referrer=options.get("referrer", ""),
                )
            )
    return requests


SLOTS: list[Any] = json.loads((FIXTURES / "slots.json").read_text(encoding="utf-8"))

# The table of names and values, both sides.

SECRET = [
    ("password", "hunter"),
    ("password", "1234"),
    ("new_password", "correct horse battery"),
    ("client_secret", "abc"),
    ("api_key", "abc"),
    ("apiKey", "FAKE-KEY"),
    ("x-api-key", "FAKE-KEY"),
    ("APIKEY", "FAKE-KEY"),
    ("access_key", "FAKE-KEY"),
    ("token", "FAKE-TOKEN"),
    ("access_token", "abc"),
    ("csrfmiddlewaretoken", "Jm1Qw7"),
    ("X-CSRFToken", "Jm1Qw7"),
    ("x-xsrf-token", "Jm1Qw7"),
    ("csrf", OPAQUE),
    ("session", "s1"),
    ("session_id", "Jm1Qw7"),
    ("sessionId", "Jm1Qw7"),
    ("x-msh-session-id", "1700000000000000001"),
    ("PHPSESSID", "Jm1Qw7"),
    ("JSESSIONID", "Jm1Qw7"),
    ("sid", "Jm1Qw7"),
    ("auth", "u5er"),
    ("OAuthToken", "Jm1Qw7"),
    ("signature", OPAQUE),
    ("X-Amz-Signature", OPAQUE),
    ("sign", OPAQUE),
    ("authenticity_token", "Jm1Qw7=="),
    ("key", OPAQUE),
    ("Sec-WebSocket-Key", "x3JJHMbDL1EzLkh9GBhXDw=="),
    ("x-msh-session-id", "/9j2bQ0kUe3mP7vXwz5A=="),
    ("token", "/9j2bQ0kUe3mP7vXwz5A"),
    ("token", "/9j2/Q0kUe3mP7vXwz5A"),
    ("token", "/api/9j2bQ0kUe3mP7vXwz5A"),
    ("anything", JWT),
    ("anything", "sk-FAKE-not-a-real-key"),
    ("anything", "ghp_0123456789abcdefghij"),
    ("anything", "xoxb-0123456789-abc"),
    ("anything", f"Bearer {JWT}"),
    ("anything", f"Basic {b64encode(b'fakeuser:FAKE').decode()}"),
]

NOT_SECRET = [
    ("password", ""),
    ("password", " "),
    ("password", "true"),
    ("api_key", "none"),
    ("token", "never"),
    ("token", "4096"),
    ("token", "a text of several words"),
    ("token", "你好"),
    ("max_tokens", "100"),
    ("max_tokens", "unlimited"),
    ("tokens", "abc1"),
    ("tokenizer", "cl100k_base"),
    ("token_type", "b3arer"),
    ("token_count", "123456789"),
    ("session", "true"),
    ("session", "new"),
    ("session_name", "my chat 1"),
    ("session_created", "2024-05-01T10:00:00Z"),
    ("sessions_url", "https://x.test/a1b2c3d4e5f6a7b8"),
    ("auth", "Default"),
    ("auth_url", "/oauth2/v1/a1b2c3d4e5f6a7b8"),
    ("session", "/"),
    ("session", "/home/user/.config/App"),
    ("session", "/chat/550e8400-e29b-41d4-a716-446655440000?page=1"),
    ("session", "//cdn.x.test/v1/users/123/getSession/"),
    ("author", "Jm1Qw7Jm1Qw7Jm1Qw7"),
    ("eos_token", "<|endoftext|>"),
    ("eos_token", "s1"),
    ("token", "</s>"),
    ("token", "<|im_end|>"),
    ("token", "[CLS]"),
    ("shortcut_key", "ctrl+k"),
    ("shortcutKey", "ctrl+shift+alt+k"),
    ("key", "ctrl+shift+alt+f12"),
    ("i18nKey", "chat.input2_a.placeholderX1z9"),
    ("localStorageKey", "chat_settings_v2_state"),
    ("authority", OPAQUE),
    ("sign_in", "s1"),
    ("key", "never"),
    ("key", "Default"),
    ("key", "kimi-plus-model-2024-05"),
    ("primary_key", OPAQUE),
    ("idempotency-key", OPAQUE),
    ("keyboard", OPAQUE),
    ("keywords", OPAQUE),
    ("monkey", OPAQUE),
    ("design", OPAQUE),
    ("x-msh-device-id", "7400000000000000001"),
    ("prompt", "my password is hunter2"),
    ("prompt", "Basic understanding"),
    ("prompt", "Bearer of news"),
    ("prompt", "sk-learn"),
    ("prompt", "eyJ.eyJ.x"),
]


@pytest.mark.parametrize(("name", "value"), SECRET)
def test_secret(name: str, value: str) -> None:
    assert is_secret(name, value)


@pytest.mark.parametrize(("name", "value"), NOT_SECRET)
def test_not_secret(name: str, value: str) -> None:
    assert not is_secret(name, value)


def test_grades_are_ordered() -> None:
    assert [grade(name) for name in ("prompt", "key", "token", "password")] == sorted(Grade)


@pytest.mark.parametrize(("name", "value"), SECRET)
def test_every_place_lifts_what_is_secret(name: str, value: str) -> None:
    boundary = "----x"
    part = (
        f'--{boundary}\r\nContent-Disposition: form-data; name="{name}"\r\n\r\n{value}\r\n--{boundary}--\r\n'
    )
    for given, held in [
        (request(None, **{name: value}), value),
        (request(url=f"https://x.test/?a=1&{name}={quote(value)}"), quote(value)),
        (request(url=f"https://x.test/#{name}={quote(value)}"), quote(value)),
        (request(json.dumps({"a": {"b": [1, {name: value}]}})), value),
        (request(f"a=1&{name}={quote_plus(value)}", "application/x-www-form-urlencoded"), quote_plus(value)),
        (request(part, f"multipart/form-data; boundary={boundary}"), value),
    ]:
        lift_of = lifted(given)
        assert held in lift_of.secrets.values() or JWT in lift_of.secrets.values(), given.url
        for text in (lift_of.request.url, lift_of.request.headers.get(name), lift_of.request.body or b""):
            assert held not in (text if isinstance(text, str) else text.decode())


@pytest.mark.parametrize(("name", "value"), NOT_SECRET)
def test_every_place_leaves_what_is_not(name: str, value: str) -> None:
    for given in [
        request(url=f"https://x.test/?a=1&{name}={quote(value)}"),
        request(json.dumps({"a": {"b": [1, {name: value}]}}, ensure_ascii=False)),
        request(f"a=1&{name}={quote_plus(value)}", "application/x-www-form-urlencoded"),
    ]:
        lift_of = lifted(given)
        assert lift_of.request == given
        assert lift_of.secrets == {}


# Places.


@pytest.mark.parametrize(
    ("given", "secrets", "where"),
    [
        (request(authorization="x"), {"authorization": "x"}, "header authorization"),
        (request(Proxy_Authorization="x"), {"proxy-authorization": "x"}, "header proxy-authorization"),
        (request(cookie="a=b"), {"cookie": "a=b"}, "header cookie"),
        (
            request(url="https://me:FAKE@x.test/"),
            {"url.password": "FAKE"},
            "password in the URL",
        ),
        (request(url=f"https://{OPAQUE}@x.test/"), {"url.user": OPAQUE}, "user in the URL"),
        (
            request(url="https://x.test/?a%5Ftoken=%4A1"),
            {"query.a_token": "%4A1"},
            "parameter a_token of the URL",
        ),
        (request(url=f"https://x.test/{JWT}/y"), {"url.jwt": JWT}, "JWT in the URL"),
        (
            request(referer="https://x.test/?token=t1"),
            {"query.token": "t1"},
            "parameter token of the referer URL",
        ),
        (request(x_state='{"token":"t1"}'), {"x-state.token": "t1"}, "member token of the header x-state"),
        (request(x_state=f"a,{JWT}"), {"x-state.jwt": JWT}, "JWT in the header x-state"),
        (request('{"a":{"token":"t\\u00e9\\"1"}}'), {}, ""),
        (request('{"a":{"secret":"t\\n1"}}'), {"body.secret": "t\\n1"}, "member secret of the body"),
        (request('{"\\u0074oken" : "t1"}'), {"body.token": "t1"}, "member token of the body"),
        (
            request('["sk-FAKE-not-a-real-key"]'),
            {"body.token": "sk-FAKE-not-a-real-key"},
            "member with a token of the body",
        ),
        (request('{"session":{"a":1,"id":"Jm1"}}'), {"body.session": "Jm1"}, "member session of the body"),
        (request(f'{{"cookies":["{OPAQUE}"]}}'), {"body.cookies": OPAQUE}, "member cookies of the body"),
        (request(f'{{"prompt":"what is {JWT}?"}}'), {"body.jwt": JWT}, "JWT in the body"),
        (request('{"token":"t1"}', "text/plain"), {"body.token": "t1"}, "member token of the body"),
        (request('\ufeff{"token":"t1"}', "text/plain"), {"body.token": "t1"}, "member token of the body"),
        (request(b'\0\0\0\0\x10{"token":"\xe4t1"}', "application/connect+json"), {}, ""),
        (
            request(b'\0\0\0\0"{"token":"t1\\/"}', "application/connect+json"),
            {"body.token": "t1\\/"},
            "member token of the body",
        ),
        (
            request(b'\0\0\0\0\xff{"password":"t\xe4"}', "application/connect+json"),
            {"body.password": "t\udce4"},
            "member password of the body",
        ),
        (request(f"x{JWT}", "text/plain"), {"body.jwt": JWT}, "JWT in the body"),
        (request(f"survey_{JWT}", "text/plain"), {"body.jwt": JWT}, "JWT in the body"),
        (
            request(f'--x\n{PART}; name="a"\n\n{{"token":"t1"}}\n--x--', "multipart/form-data; boundary=x"),
            {"body.token": "t1"},
            "member token of the form field a",
        ),
    ],
)  # fmt: skip
def test_places(given: Request, secrets: dict[str, str], where: str) -> None:
    lift_of = lifted(given)
    assert lift_of.secrets == secrets
    assert [each.where for each in lift_of.lifted] == ([where] if where else [])


@pytest.mark.parametrize(
    "given",
    [
        request('{"prompt":"say \\"token\\": \\"t1\\""}'),
        request('{"prompt":"{\\"token\\":\\"t1\\"}"}'),
        request('{"prompt":"he said \\"sk-0123456789abcdefghij"}'),
        request('{"token":[1,2,3],"session":{"messages":[{"id":"m1"}]},"auth":{"content":"hi1"}}'),
        request('{"max_tokens":100,"session":true,"token":null,"secret":{},"key":""}'),
        request('{"\\u0074ext":"t1","\\ux token":1,"\\uzzz\\u0074oken":"none"}'),
        request('{"session":{"id":3}}'),
        request("token=t1", "text/plain"),
        request("", "multipart/form-data"),
        request(b"\xff\xfe", "multipart/form-data; boundary=x"),
        request(f'--x\r\n{PART}; name="token"; filename="a"\r\n\r\nt1\r\n--x--', "multipart/form-data"),
        request("eyJxx.e30.x eyJ9.e30.x eyJhbGciOiJub25lIn0.only", "text/plain"),
        request(url="https://me@x.test/?a&b=&=c"),
    ],
)  # fmt: skip
def test_what_stays(given: Request) -> None:
    assert lifted(given).request == given


def test_a_multipart_value_may_be_empty_or_unfinished() -> None:
    head = '--x\r\nContent-Disposition: form-data; name="token"\r\nContent-Type: text/plain\r\n\r\n'
    assert lifted(request(head + "\r\n--x--", "multipart/form-data")).secrets == {}
    assert lifted(request(head + "t1", "multipart/form-data")).secrets == {"body.token": "t1"}
    lines = lifted(request(head.replace("token", "secret") + "t1\r\nt2\r\n--x--", "multipart/form-data"))
    assert lines.secrets == {"body.secret": "t1\r\nt2"}


def test_the_envelopes_header_stays() -> None:
    payload = b'{"token":"FAKE-TOKEN","message":{"content":"hi"}}'
    body = bytes([0, *len(payload).to_bytes(4, "big")]) + payload
    lift_of = lifted(request(body, "application/connect+json"))
    assert lift_of.request.body is not None
    assert lift_of.request.body[:5] == body[:5]
    assert json.loads(lift_of.request.body[5:]) == {
        "token": "${secret:body.token}",
        "message": {"content": "hi"},
    }


def test_one_name_for_one_secret_and_another_for_another() -> None:
    lift_of = lifted(
        request('[{"token":"t1"},{"token":"t2"},{"token":"t1"},{"token-2":"t3"},{"to ken/token":"t4"}]')
    )
    assert lift_of.secrets == {
        "body.token": "t1",
        "body.token-2": "t2",
        "body.token-2-2": "t3",
        "body.to_ken_token": "t4",
    }
    names = [each.name for each in lift_of.lifted]
    assert names == ["body.token", "body.token-2", "body.token", "body.token-2-2", "body.to_ken_token"]


def test_a_name_that_another_secret_took_is_passed_over() -> None:
    lift_of = lifted(request('[{"token-2":"t0"},{"token":"t1"},{"token":"t2"}]'))
    assert lift_of.secrets == {"body.token-2": "t0", "body.token": "t1", "body.token-3": "t2"}


def test_many_names() -> None:
    members = {f"token{'x' * number}_{number}": "none" for number in range(100)}
    tokens = {
        f"token_x{chr(97 + number // 26)}{chr(97 + number % 26)}": f"t{number}" for number in range(200)
    }
    lift_of = lifted(request(json.dumps({**members, "other": "t1", **tokens})))
    assert sorted(lift_of.secrets.values()) == sorted(tokens.values())


def test_no_secret_in_a_repr() -> None:
    assert repr(lift(request(cookie="FAKE"))) == "<Lift of 1 secrets>"


def test_every_recorded_request_comes_back() -> None:
    requests = recorded()
    assert len(requests) > 800
    for given in requests:
        lift_of = lifted(given)
        left = repr((lift_of.request.url, tuple(lift_of.request.headers), lift_of.request.body))
        assert not re.search(r"FAKE-(PASSWORD|HTTPONLY|HOST|SAMESITE|SIGNATURE)|sk-FAKE|ZmFrZXVzZXI6", left)


@pytest.mark.parametrize("row", SLOTS, ids=lambda row: str(row["id"]))
def test_the_message_is_never_lifted(row: Any) -> None:
    given = request(
        (row["body"] or "").encode("utf-8", "surrogatepass"), row["content_type"] or "", row["url"]
    )
    left = lifted(given).request
    for spelling in {json.dumps(row["expected_old_text"]), str(row["expected_old_text"])}:
        assert (given.body or b"").count(spelling.encode()) == (left.body or b"").count(spelling.encode())


# Names and values that JSON says in other ways, and JSON inside of other texts.

HELD = '{"access_token":"q8Zk3LmP0vTn5YwR"}'
FORM = "application/x-www-form-urlencoded"


@pytest.mark.parametrize(
    ("given", "secrets"),
    [
        (request(json.dumps({"payload": HELD})), {"body.access_token": "q8Zk3LmP0vTn5YwR"}),
        (
            request(json.dumps({"a": json.dumps({"é": "😀\n", "b": HELD, "t": ["sk-FAKE-not-a-real-key"]})})),
            {"body.access_token": "q8Zk3LmP0vTn5YwR", "body.token": "sk-FAKE-not-a-real-key"},
        ),
        (request(json.dumps({"a": '[{"secret":"1\\n2"}]'})), {"body.secret": "1" + "\\" * 2 + "n2"}),
        (request("data=" + quote(HELD), FORM), {"body.access_token": "q8Zk3LmP0vTn5YwR"}),
        (
            request(
                url="https://x.test/?variables=" + quote('{"é":["sk-FAKE-not-a-real-key"],"api_key":"aé1"}')
            ),
            {"query.token": "sk-FAKE-not-a-real-key", "query.api_key": "a%C3%A91"},
        ),
        (request('{"tokens":{"n":{"m":["a"]},"access":"s1"}}'), {"body.tokens": "s1"}),
        (request(json.dumps({"tokens": {"mine": OPAQUE}})), {"body.tokens": OPAQUE}),
        (request(json.dumps({"apiKeys": {"some": OPAQUE}})), {"body.apiKeys": OPAQUE}),
        (request('{"headers":[["x-api-key" , "q8Z1"], ["cookie","a=b"]]}'),
         {"body.x-api-key": "q8Z1", "body.cookie": "a=b"}),
        (request('{"name":"token","n":1,"value":"q8Z1"}'), {"body.token": "q8Z1"}),
        (request('[{"a":"b"},{"value":"q8Z1","path":"x","key":"sid"}]'), {"body.sid": "q8Z1"}),
    ],
)  # fmt: skip
def test_names_and_values_in_other_ways(given: Request, secrets: dict[str, str]) -> None:
    lift_of = lifted(given)
    assert lift_of.secrets == secrets
    if given.headers.get("content-type") == "application/json" and lift_of.request.body:
        json.loads(lift_of.request.body)


@pytest.mark.parametrize("name", ["prompt", "content", "user_message", "newQuery", "q", "TEXT"])
def test_json_that_a_person_wrote_stays(name: str) -> None:
    part = f'--x\r\n{PART}; name="{name}"\r\n\r\n{HELD}\r\n--x--'
    for given in [
        request(json.dumps({name: HELD, "list": [HELD]})),
        request(f"{name}={quote(HELD)}", FORM),
        request(url=f"https://x.test/?{name}={quote(HELD)}"),
        request(part, "multipart/form-data; boundary=x"),
    ]:
        assert lifted(given).secrets == {}


@pytest.mark.parametrize(
    "given",
    [
        request(json.dumps({"a": HELD + "x", "a2": "{}"})),
        request(json.dumps({"b": '{"token":"t1"', "c": '{"token":"t1",}', "e": "[1]"})),
        request('{"a":"{\\"token\\":\\"t1\\q\\"}"}'),
        request('{"a":"{\\"token\\":'),
        request(f"data={quote(HELD)}x&b=%7B", FORM),
        request('{"session_id":170000000000000001,"session":{"model":"gpt-4o-realtime-2024-12-17"}}'),
        request('{"tokens":{"prompt":"Antidisestablishment1","type":"b"},"auth":{"a":{"b":{"c":{"id":"s1"}}}}}'),
        request('{"session":{"a":"b"'),
        request('{"headers":[["token","none"],["token","t1","x"],["token",1],["a","b1"]],"tags":["token","t1"]}'),
        request('{"headers":[["password","reset"],["cookie"," "]]}'),
        request('{"name":"token","values":1,"a":{"value":"t1"}}'),
        request('{"name":"tool","value":"t1","key":"theme","x":{"name":"password","value":"forgotten"}}'),
        request('{"a":[],"value":1,"name":"token'),
        request('{"name":"token","value":"t1'),
    ],
)  # fmt: skip
def test_what_only_looks_like_a_name_and_its_value(given: Request) -> None:
    assert lifted(given).secrets == {}


def test_the_levels_that_are_looked_into_are_bounded() -> None:
    text = HELD
    for level in range(6):
        assert bool(lifted(request(text)).secrets) == (level < 5)
        text = json.dumps({"a": text})
    deep = json.dumps({"token": "t1", "a": json.loads("[" * 900 + "]" * 900)})
    body = json.dumps({"a": deep.replace("[", "[" * 200).replace("]", "]" * 200)})
    assert lifted(request(body)).request.body


# Secrets in every kind of text, and whose texts they aren't.

RANDOM = "q7Zx9Kp2mVt4Lw8RbY3nHc6D"  # fake, as all of them
XML = "text/xml"


def typed(content: str, kind: str = "application/json", filename: str = "blob") -> Request:
    head = f'{PART}; name="data"; filename="{filename}"\r\nContent-Type: {kind}'
    return request(f"--x\r\n{head}\r\n\r\n{content}\r\n--x--", "multipart/form-data; boundary=x")


def packed(value: Any) -> str:
    return b64encode(json.dumps(value).encode()).decode()


@pytest.mark.parametrize(
    ("given", "name"),
    [
        (request(f'<s:Envelope><wsse:Password Type="x"> {RANDOM} </wsse:Password>', XML), "body.Password"),
        (request(f"<?xml version='1.0'?><a><Token>{RANDOM}</Token></a>", "text/plain"), "body.Token"),
        (request(f"<a apiKey='{RANDOM}' x='y'/>", "application/soap+xml"), "body.apiKey"),
        (request(f'<h name="Authorization" value="{RANDOM}"/>', XML), "body.Authorization"),
        (request(f'<h key="cookie">a=b {RANDOM}</h>', XML), "body.cookie"),
        (request(f"<token><![CDATA[{RANDOM}]]></token>", XML), "body.token"),
        (request(f"<url>https://x.test/?sid={RANDOM}</url>", XML), "body.sid"),
        (request(url=f"https://x.test/bot123456789:{RANDOM}/sendMessage"), "url.path"),
        (request(url=f"https://x.test/services/T0FAKE00/B0FAKE00/{RANDOM}"), "url.path"),
        (request(url=f"https://x.test/api/webhooks/123/{RANDOM}?wait=1"), "url.path"),
        (request(url=f"https://x.test/a;jsessionid={RANDOM}?b"), "url.jsessionid"),
        (request(url="https://x.test/?to=" + quote(f"https://y.test/?token={RANDOM}", "")), "query.token"),
        (request(url="https://x.test/?to=" + quote(f"/y?token={RANDOM}", "")), "query.token"),
        (request(url=f"https://x.test/?ticket={RANDOM}"), "query.ticket"),
        (request(url=f"https://x.test/?code={RANDOM}"), "query.code"),
        (request(f"at={RANDOM}:1750000000000&a=b", FORM), "body.at"),
        (request(f"at={RANDOM}%3A1750000000000&", FORM), "body.at"),
        (request("a=" + quote(f"postgres://u:{RANDOM}@h/db"), FORM), "body.password"),
        (request(x_access_code=RANDOM), "x-access-code"),
        (request(access_code=RANDOM), "access-code"),
        (request(poe_formkey=RANDOM), "poe-formkey"),
        (request(x_ticket=RANDOM), "x-ticket"),
        (request(x_otp=RANDOM), "x-otp"),
        (request(x=f"a=1; session={RANDOM}"), "x.session"),
        (request(x=f'Signature id="k", signature="{RANDOM}"'), "x.signature"),
        (request(x=f"https://x.test/?token={RANDOM}"), "x.token"),
        (request(x=packed({"token": RANDOM})), "x.token"),
        (typed(json.dumps({"token": RANDOM})), "body.token"),
        (request(json.dumps({"dsn": f"postgres://u:{RANDOM}@h/db"})), "body.password"),
        (request(json.dumps({"a": [f"jdbc:postgresql://u:{RANDOM}@h/db"]})), "body.password"),
        (request(json.dumps({"a": f"amqp://u:{RANDOM}@h"}).replace("/", "\\/")), "body.password"),
        (request(json.dumps({"hook": f"https://x.test/webhook/{RANDOM}"})), "body.path"),
        (request(json.dumps({"a": packed({"b": 1, "token": RANDOM})})), "body.token"),
        (request(json.dumps({"a": packed({"d": packed([{"token": RANDOM}])})})), "body.token"),
        (request(json.dumps({"a": packed({"token": f"sk-{RANDOM}"})})), "body.token"),
        (request("a=" + quote(packed({"token": RANDOM}), ""), FORM), "body.token"),
        (request(json.dumps({"connection": f"Server=x;User ID=y;Password={RANDOM};"})), "body.Password"),
        (request(json.dumps({"args": ["-v", f"--api-key={RANDOM}"]})), "body.--api-key"),
        (request(json.dumps({"args": [f"x-api-key: {RANDOM}"]})), "body.x-api-key"),
        (request(json.dumps({"query": f'mutation {{ login(token: "{RANDOM}") {{ id }} }}'})), "body.token"),
        (request(f'mutation A($a: B) {{\n login(token: "{RANDOM}") }}', "application/graphql"), "body.token"),
        (request(f"token={RANDOM}", "text/plain"), "body.token"),
        (request(f"Server=x;Password={RANDOM};", "text/plain"), "body.Password"),
        (request(f"# mine\n\nexport A='b c'\napi_key: {RANDOM}\r\n", "text/plain"), "body.api_key"),
        (request(f"a=Bearer {RANDOM}\n", "text/plain"), "body.a"),
        (request(f"authorization: Bearer {RANDOM} \n", "text/plain"), "body.authorization"),
        (request(f'a: {{"token":"{RANDOM}"}}\n', "text/plain"), "body.token"),
    ],
)  # fmt: skip
def test_places_of_random_secrets(given: Request, name: str) -> None:
    lift_of = lifted(given)
    assert list(lift_of.secrets) == [name]
    texts = (lift_of.request.url, *(value for _, value in lift_of.request.headers))
    left = "\n".join((*texts, (lift_of.request.body or b"").decode()))
    assert RANDOM not in left
    assert packed({"token": RANDOM}) not in left
    if (lift_of.request.body or b"").startswith(b"{"):
        json.loads(lift_of.request.body or b"")


@pytest.mark.parametrize(
    "given",
    [
        # Prose and programs, which are the person's own.
        request(f"Look at this:\ntoken={RANDOM}", "text/plain"),
        request(f"Look:\ntoken={RANDOM}", "text/plain"),
        request(f"Note: this is mine\r\ntoken={RANDOM}", "text/plain"),
        request(f"My note: this\ntoken={RANDOM}", "text/plain"),
        request(f"token={RANDOM}\n\nWhat is it?", "text/plain"),
        request(f"<p>token={RANDOM}</p>", "text/html"),
        request(json.dumps({"prompt": f"token={RANDOM}", "text": f"https://u:{RANDOM}@x.test/"})),
        request(json.dumps({"messages": [{"content": f'login(token: "{RANDOM}")'}]})),
        request(json.dumps({"query": f'what is (token: "{RANDOM}")'})),
        request(json.dumps({"content": packed({"token": RANDOM})})),
        request(json.dumps({"a": f"a thought: the token={RANDOM} is mine"})),
        request(json.dumps({"code": f"print('{RANDOM}')"})),
        request(f"code=print('{RANDOM}')&code=hello-world-how-are-you&prompt=token={RANDOM}", FORM),
        request(f"<a><message>token={RANDOM}</message><b><![CDATA[<token>{RANDOM}</token>]]></b></a>", XML),
        request(f"<a><!--<token>{RANDOM}</token>--></a>", XML),
        # Ordinary values.
        request("<a token='none'><Token>a text of words</Token><token><b/></token></a>", XML),
        request("<a><key name='a b'/><key name='model' value=''/></a>", XML),
        request("<token><![CDATA[", XML),
        request("<a><token/><!-- <token>t1", XML),
        request(url="https://x.test/bot1:a/services/T0/B0/x/webhooks/create/b;v=1;type=a"),
        request(url="https://x.test/services/models/webhooks/how-to-set-one-up?code=404&to=%2Fhome%3Fa%3Db"),
        request(f"at=1750000000000&at={RANDOM}", FORM),
        request(x_code="zh-CN", x_ticket="PROJ-123", x="max-age=0; token=none"),
        typed(f"token={RANDOM}", "image/png"),
        typed(json.dumps({"token": RANDOM}), filename="mine.json"),
        request(json.dumps({"dsn": "postgres://u@h/db", "url": "https://x.test/?a=b@c"})),
        request(json.dumps({"a": "x=y;token=t1", "b": "the token = a text"})),
        request(json.dumps({"a": packed({"prompt": "hello, who are you?"}), "b": "eyJhYWFhYWFhYWFhYWFhYWF"})),
        request('{"a":"x=token'),
        request(json.dumps({"a": f"eyJ{'h' * 22}"})),
    ],
)  # fmt: skip
def test_texts_and_ordinary_values_stay(given: Request) -> None:
    assert lifted(given).request == given


def test_the_message_beside_a_secret_in_base64_stays_readable() -> None:
    given = {"a": packed({"token": RANDOM, "pass": "t1-pass", "text": "hello, who are you?" * 3})}
    left = json.loads(lifted(request(json.dumps(given))).request.body or b"")["a"]
    assert left.startswith("eyJ")
    assert given["a"].endswith(left.rpartition("}")[2])
    assert len(left.rpartition("}")[2]) > 70


def test_the_urls_that_are_looked_into_are_bounded() -> None:
    text = f"https://x.test/?token={RANDOM}"
    for level in range(7):
        assert bool(lifted(request(url=text)).secrets) == (level < 5)
        text = "https://x.test/?to=" + quote(text, "")


def test_what_is_no_name_names_no_placeholder() -> None:
    for naming in (f"token={RANDOM}", f"token-{RANDOM}"):
        assert lifted(request(json.dumps({"a": [[naming, "t1"]]}))).secrets.keys() <= {"body.token"}


CARRIED = st.sampled_from(
    [
        *(RANDOM, "hunter2", "a text of words", "12345678", "", f"Bearer {RANDOM}", f"a=1; session={RANDOM}"),
        *(f"https://x.test/?token={RANDOM}", f"https://u:{RANDOM}@x.test/", f"Server=x;Password={RANDOM};"),
        *(f"token={RANDOM}", f"api_key: {RANDOM}", f'{{"token":"{RANDOM}"}}', f"sk-{RANDOM}"),
    ]
)
# Behind "authorization" and "cookie" redaction masks all of a line, whatever a JSON text has in it.
NAMES = st.sampled_from(
    [
        *("api_key", "accessToken", "sid", "pwd", "key", "sign", "code", "otp", "ticket", "session"),
        *("model", "id", "url", "keys", "formkey", "apiKeys", "credentials"),
    ]
)
# A list's strings are entered if they are rows of settings, and not if they are JSON: people write lists too.
ITEMS = st.lists(CARRIED.filter(lambda text: "{" not in text), max_size=3)
MEMBERS = st.dictionaries(
    NAMES, CARRIED | ITEMS | st.dictionaries(NAMES, CARRIED, max_size=2), max_size=3
).map(json.dumps)


@settings(deadline=None, max_examples=400)
@whatever(name=NAMES, value=CARRIED, second=CARRIED, members=MEMBERS)
def test_no_secret_that_redaction_knows_is_left(name: str, value: str, second: str, members: str) -> None:
    """Where no person writes. In doubt redaction also masks ordinary values, and these stay."""
    pairs = f"a={quote_plus(value)}&{name}={quote_plus(second)}"
    markup = f"<a><{name}>{value}</{name}><b {name}='{second}'/></a>"
    part = f'--x\r\n{PART}; name="{name}"\r\n\r\n{value}\r\n--x--'
    for given in [
        request(members, url=f"https://x.test/?{pairs}", **{f"x_{name}": value}),
        request(pairs, FORM),
        request(markup, XML),
        request(part, "multipart/form-data; boundary=x"),
        request(f"a={value}\n{name}={second}", "text/plain"),
    ]:
        left = lifted(given).request
        fields = (f"{field}: {text}" for field, text in left.headers)
        for text in (left.url, (left.body or b"").decode(), *fields):
            assert redact(text).count(RANDOM) == text.count(RANDOM), text


# Putting back.


@pytest.mark.parametrize(
    "text",
    ["${secret:", "${secret:}", "${secret:authorization}", "${secret:body.token}", "${${secret:a}}", "$"],
)
def test_text_that_looks_like_a_placeholder_survives(text: str) -> None:
    given = request(
        json.dumps({"a": text, "token": "t1" + text}),
        url=f"https://x.test/{text}?token={text}",
        x=text,
        cookie=text,
    )
    lifted(given)


def test_a_secret_is_not_expanded_again() -> None:
    secrets = {"a": "${secret:b}", "b": "${secret:a}"}
    given = Request(
        "GET", "https://x.test/${secret:a}${secret:b}", referrer="${secret:a}", body=b"${secret:b}"
    )
    whole = restore(given, secrets)
    assert (whole.url, whole.referrer) == ("https://x.test/${secret:b}${secret:a}", "${secret:b}")
    assert whole.body == b"${secret:a}"


def test_the_placeholders_of_a_request_are_told() -> None:
    given = request(
        json.dumps({"password": "hunter", "m": "${secret:body.mine} ${secret:}"}),
        url=f"https://x.test/?token={OPAQUE}",
        cookie="a=b",
    )
    lift_of = lifted(replace(given, referrer=f"https://x.test/?api_key={OPAQUE}"))
    assert placeholders_in(lift_of.request) == set(lift_of.secrets)
    assert len(lift_of.secrets) == 4
    assert placeholders_in(request()) == frozenset()
    assert placeholders_in(request(b"\xff${secret:a} ${secret:b")) == {"a"}


def test_what_is_missing_is_named() -> None:
    given = request('{"token":"FAKE-1","x":"${secret:x"}', cookie="FAKE-2")
    with pytest.raises(CredentialMissing) as caught:
        restore(lift(given).request, {"other": "FAKE-3"})
    assert caught.value.message == "Secrets of this request are missing: body.token, cookie."
    assert "fetch2py refresh NAME" in caught.value.hint


PIECES = st.sampled_from(
    [
        *'{}[]":,\\&=?#;/ \r\n',
        *("${secret:", "}", "token", "session_id", '"token":"', '"key":', JWT, "eyJ", "Bearer ", "é你👍"),
        *("sk-0123456789abcdefghij", "https://", "a:b@", "--x\r\n", PART, '; name="token"'),
    ]
)
TEXTS = st.lists(PIECES | st.text(max_size=5), max_size=12).map("".join)
KINDS = st.sampled_from(
    [
        "",
        "application/json",
        "application/connect+json",
        "application/x-www-form-urlencoded",
        "multipart/form-data",
    ]
)


@settings(deadline=None, max_examples=300)
@whatever(
    url=TEXTS, name=st.sampled_from(["cookie", "x", "referer", "token"]), value=TEXTS, body=TEXTS, kind=KINDS
)
def test_any_texts_come_back(url: str, name: str, value: str, body: str, kind: str) -> None:
    fields = Headers([("content-type", kind), (name, value)])
    lifted(Request("POST", url, fields, body.encode("utf-8", "surrogatepass"), referrer=url))


@settings(deadline=None, max_examples=200)
@whatever(
    body=st.binary(max_size=60) | TEXTS.map(lambda text: b"\xe4\0" + text.encode("utf-8", "replace")),
    kind=KINDS,
)
def test_any_bytes_come_back(body: bytes, kind: str) -> None:
    lifted(request(body, kind))


VALUES = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=8) | st.just(JWT),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(
            st.sampled_from(["token", "prompt", "session", "id", "password", "to\\ken"]), inner, max_size=4
        )
    ),
    max_leaves=12,
)


@settings(deadline=None, max_examples=200)
@whatever(value=VALUES, ascii_only=st.booleans())
def test_a_json_body_stays_json(value: Any, ascii_only: bool) -> None:
    text = json.dumps(value, ensure_ascii=ascii_only).encode("utf-8", "surrogatepass")
    left = lifted(request(text)).request.body
    assert left is not None
    json.loads(left.decode("utf-8", "surrogatepass"))
    assert JWT.encode() not in left


# Redaction.


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        (f"Authorization: Bearer {JWT}", "Authorization: Bearer eyJ…(redacted)"),
        ("authorization: FAKE", "authorization: (redacted)"),
        ('x-session-id: /9j2bQ0kUe3mP7vX== {"token":"/9j2bQ0kUe3m"}',
         'x-session-id: /9j…(redacted) {"token":"(redacted)"}'),
        ("Authorization=Bearer abcdefgh1", "Authorization=Bearer (redacted)"),
        ('"cookie": "sid=FAKE; theme=dark; x"', '"cookie": "sid=(redacted); theme=(redacted); x"'),
        ("cookie: sid=FAKE-HTTPONLY-SESSION", "cookie: sid=FAK…(redacted)"),
        ('"cookie": "FAKE"', '"cookie": "(redacted)"'),
        ("curl -H 'cookie: a=b' -H 'x: y'", "curl -H 'cookie: a=(redacted)' -H 'x: y'"),
        ("('cookie', 'a=b')", "('cookie', 'a=(redacted)')"),
        ('[["authorization", "FAKE"]]', '[["authorization", "(redacted)"]]'),
        ("https://x.test/?token=abc123&n=1", "https://x.test/?token=(redacted)&n=1"),
        ("https://me:FAKE@x.test/", "https://me:(redacted)@x.test/"),
        ('{"access_token": "a b c", "n": 1}', '{"access_token": "(redacted)", "n": 1}'),
        ('{\\"access_token\\":\\"a b c\\"}', '{\\"access_token\\":\\"(redacted)\\"}'),
        ('{\\"access_token\\":\\"a b', '{\\"access_token\\":\\"(redacted)'),
        ("x-msh-session-id: 1700000000000000001", "x-msh-session-id: 170…(redacted)"),
        ("got Bearer abcdefgh1", "got Bearer (redacted)"),
        ("sk-abcdefghijklmnopqrst.", "sk-…(redacted)."),
        (f"({JWT})", "(eyJ…(redacted))"),
        ('Basic ZmFrZXVzZXI6RkFLRQ==', "Basic ZmF…(redacted)"),
    ],
)  # fmt: skip
def test_shapes_are_masked(text: str, shown: str) -> None:
    assert redact(text) == shown
    assert redact(redact(text)) == redact(text)


@pytest.mark.parametrize(
    "text",
    [
        'max_tokens: 100, "session": true, "key": "never", author: Bob',
        "access-control-allow-headers: authorization, cookie",
        "Basic understanding of Bearer tokens",
        "token=${secret:query.token}",
        "authorization: ${secret:authorization}",
        "authorization: Bearer ${secret:authorization}",
        "a task-based-approach-to-things",
        "The token: invalid",
        "cookie: ",
        "你好：a=b",
        "",
    ],
)
def test_what_is_no_secret_is_shown(text: str) -> None:
    assert redact(text) == text


SPELLINGS = ['a "quoted" secret', "100% + é/你好", "FAKE-HTTPONLY", "tab\tand\\slash", "abcd"]


@pytest.mark.parametrize("secret", SPELLINGS)
def test_a_known_secret_is_masked_in_any_spelling(secret: str) -> None:
    escaped = json.dumps(secret)[1:-1]
    for told in (secret, escaped, quote(secret, safe="")):
        for printed in {
            secret,
            escaped,
            json.dumps(secret, ensure_ascii=False)[1:-1],
            quote(secret),
            quote_plus(secret),
        }:
            shown = redact(f"see {printed} there", [told])
            assert shown in ("see (redacted) there", f"see {printed[:3]}…(redacted) there")


def test_the_parts_of_a_known_secret_are_masked() -> None:
    basic = b64encode(b"fakeuser:FAKE-PASSWORD").decode()
    secrets = [
        "sid=FAKE-SESSION; theme=dark",
        "Bearer FAKE-TOKEN",
        f"Basic {basic}",
        "Basic eA==",
        "\\x",
        "\ud800\udfff1",
    ]
    text = f"FAKE-SESSION dark FAKE-TOKEN {basic} FAKE-PASSWORD"
    assert redact(text, secrets) == "(redacted) dark (redacted) ZmF…(redacted) (redacted)"


def test_a_short_secret_is_masked_as_a_word_only() -> None:
    assert redact("1234 12345 t1", ["1234", "t1"]) == "(redacted) 12345 t1"


@settings(deadline=None, max_examples=300)
@whatever(secret=st.text(min_size=8, max_size=30), before=TEXTS, after=TEXTS)
def test_no_known_secret_is_left(secret: str, before: str, after: str) -> None:
    shown = redact(f"{before}\n{secret}\n{after}", [secret])
    assert (
        secret not in shown
        or secret in before
        or secret in after
        or secret.strip() == ""
        or "(redacted)" in secret
    )
    assert redact(f"\n{secret}\n", [secret]) in (
        f"\n{secret}\n",
        "\n(redacted)\n",
        f"\n{secret[:3]}…(redacted)\n",
    ) or (secret != secret.strip())


UNITS = [
    *(
        "{",
        "ey",
        "a",
        "\\",
        '"',
        "eyJ",
        "eyJ.a.",
        "a:",
        "a=",
        "token: ",
        "cookie=",
        "://",
        "://u:",
        "Basic ",
        "sk-",
        "'a\\",
    ),
    *(
        '{"session":',
        '"token":"',
        "${secret:",
        "&token=",
        f"{PART}; name=",
        f'{PART}; name="token"\n',
        f"{JWT} ",
    ),
    *(
        '"a":"{',
        '{"a":"{\\"',
        '[["token","',
        '"name":"token","value":',
        '"tokens":[["',
        '{"a":"b",',
        "?a=%7B",
        "&a=%5B",
    ),
    *("/a", "/a-", "/aA", "/.", "token=/a?", '{"value":"a","name":"sid",', '"token":{"a":"{'),
    *('<a b="', "<a ", "<![CDATA[", "<!--", "<token>", "<token>a</token>", '<a token="x1"/>', "=' "),
    *("a=1;", "a: b\n", "- ", "export ", 'a="x', '"https://a', '"jdbc:x://u:p@', '{"u":"https://x.test/?a='),
    *('"eyJhYWFhYWFhYWFhYWFhYWFhYWFhYWFh",', '"query":"{a(token:\\"', "query{", 'token:"', "/webhooks/a"),
    *("/services/T00/B00", "/bot1234567", "https%3A//y/%3Ftoken%3D", "%25", "token%253D", "https://x/?a="),
    *(f'\n--x\n{PART}; name="token"\n\nt1', "/", "?", "#", "%41", "Bearer", "a-", "A", "a,b=", "\\u0061"),
]


@pytest.mark.parametrize("unit", UNITS)
def test_a_megabyte_of_anything_is_walked_in_one_go(unit: str) -> None:
    """Whatever is quadratic here takes hours, and whoever runs the tests will see it."""
    text = unit * (500_000 // len(unit))
    assert redact(text, ["FAKE-SECRET"]).count("FAKE") == 0
    for kind in ("application/json", "multipart/form-data", FORM, XML, "text/plain"):
        lifted(request(text, kind, url=text, x=text))


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("cookie: a=secret one; HttpOnly; b=; =c", "cookie: a=(redacted); HttpOnly; b=; =c"),
        ('"session_cookie": "RkFLRS1TRUNSRVQtVEVYVA=="', '"session_cookie": "RkF…(redacted)"'),
    ],
)
def test_the_parts_of_a_cookie(text: str, shown: str) -> None:
    """The padding of base64 makes no name of what is before it."""
    assert redact(text) == shown


@pytest.mark.parametrize("unit", ["a", "a ", "=", ";", "a;", "=a ", "a = b ", "\t"])
def test_a_megabyte_in_a_cookie_is_walked_in_one_go(unit: str) -> None:
    value = unit * (1_000_000 // len(unit))
    secret = "FAKE-SECRET"
    assert secret not in redact(f"cookie: {value};a={secret}; {secret}=b;{value}", [secret])
    assert redact("an answer", [value]) == "an answer"


# Until when.


def test_the_earliest_end_counts() -> None:
    values = [f"Bearer {jwt({'exp': 2_000_000_000})}", f"a={jwt({'exp': 1_700_000_000.5})}; b={JWT}", "x"]
    assert expiry(values) == datetime.fromtimestamp(1_700_000_000.5, UTC)


@pytest.mark.parametrize(
    "claims",
    [
        {},
        [],
        {"exp": True},
        {"exp": "1"},
        {"exp": None},
        {"exp": 1e300},
        {"exp": float("nan")},
        {"exp": 10**14},
    ],
)
def test_a_token_that_does_not_say(claims: Any) -> None:
    assert expiry([jwt(claims), JWT, "eyJhbGciOiJub25lIn0.!!.x", "eyJhbGciOiJub25lIn0.a.x", ""]) is None


@pytest.mark.parametrize(
    ("seconds", "words"),
    [
        (-7200, "expired 2 hours ago"),
        (-3600, "expired 1 hour ago"),
        (0, "expired less than a minute ago"),
        (-86400 * 400, "expired 400 days ago"),
        (59, "valid for less than a minute"),
        (60, "valid for 1 minute"),
        (86399, "valid for 23 hours"),
        (86400 * 3, "valid for 3 days"),
    ],
)
def test_in_words(seconds: int, words: str) -> None:
    now = datetime(2026, 1, 1, tzinfo=UTC)
    assert describe_expiry(now + timedelta(seconds=seconds), now) == words


def test_what_a_replay_needs_is_light() -> None:
    code = "import sys, fetch2py.credentials; print([name for name in sys.modules if 'credentials' in name])"
    told = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, check=True, cwd=FIXTURES.parent
    )
    assert "placeholders" in told.stdout
    assert not re.search("find|redaction|rules", told.stdout)
