"""Who may ask: what pages of other sites, strangers and the careless get."""

from __future__ import annotations

import re
from base64 import b64encode
from collections.abc import Iterator
from hashlib import sha256
from typing import Any

import pytest

from fetch2py.server import Access
from fetch2py.server.access import is_loopback
from tests.back_end import Wire, done, nothing_left_open, talking

TOKEN = "FAKE-token-of-the-server"
FRIEND = "http://localhost:5173"
MESSAGE = {"message": "hi"}


@pytest.fixture(autouse=True)
def _nothing_left_open() -> Iterator[None]:
    with nothing_left_open():
        yield


@pytest.mark.parametrize(
    "host", ["evil.example", "evil.example:{port}", "127.0.0.1.evil.example", "", "a b", "8.8.8.8"]
)
def test_a_name_that_is_not_the_servers_is_misdirected(host: str) -> None:
    """To the browser, a page whose name was turned to this machine (DNS rebinding) is the server's own."""
    with talking(None, *done("never")) as running, Wire(running) as wire:
        wire.ask(host=host.format(port=running.port), connection="close")
        assert wire.rest().startswith(b"HTTP/1.1 421 ")


@pytest.mark.parametrize(
    "host", ["localhost:{port}", "127.0.0.1", "[::1]:{port}", "app.localhost", "LOCALHOST"]
)
def test_names_of_this_machine_are_the_servers(host: str) -> None:
    with talking(None, *done("ok")) as running, Wire(running) as wire:
        wire.ask(host=host.format(port=running.port), connection="close")
        assert wire.rest().startswith(b"HTTP/1.1 200 ")


def test_two_names_are_one_too_many() -> None:
    with talking(None, *done("never")) as running, Wire(running) as wire:
        wire.sock.sendall(
            b"GET / HTTP/1.1\r\nhost: localhost\r\nhost: evil.example\r\nconnection: close\r\n\r\n"
        )
        assert b" 421 " in wire.rest() or b" 400 " in wire.buffer


def test_another_name_has_to_be_given() -> None:
    access = Access(hosts=("Chat.Example",), token=TOKEN)
    with talking(None, *done("ok"), access=access) as running, running.client() as client:
        bearer = {"host": "chat.example", "authorization": f"Bearer {TOKEN}"}
        assert client.get("/v1/models", headers=bearer).status_code == 200


@pytest.mark.parametrize(
    "fields",
    [
        {"origin": "https://evil.example"},
        {"origin": "null"},
        {"origin": FRIEND},
        {"sec-fetch-site": "cross-site"},
        {"sec-fetch-site": "same-site", "sec-fetch-mode": "no-cors"},
        {"sec-fetch-site": "cross-site", "sec-fetch-mode": "navigate"},
    ],
)
def test_pages_of_other_origins_may_not_ask(fields: dict[str, str]) -> None:
    with talking(None, *done("never")) as running, running.client() as client:
        for got in (
            client.get("/chat/kimi", params=MESSAGE, headers=fields),
            client.post("/chat/kimi", data=MESSAGE, headers=fields),
            client.get("/v1/models", headers=fields),
        ):
            assert got.status_code == 403
            assert "access-control-allow-origin" not in got.headers
            assert "--allow-origin" in got.json()["error"]["hint"]


def test_its_own_page_may_ask() -> None:
    with talking(None, *done("ok")) as running, running.client() as client:
        fields = {"origin": running.url, "sec-fetch-site": "same-origin"}
        assert client.post("/chat/kimi", json=MESSAGE, headers=fields).status_code == 200


def test_a_link_from_elsewhere_leads_to_the_page() -> None:
    with talking(None, *done("never")) as running, running.client() as client:
        fields = {"sec-fetch-site": "cross-site", "sec-fetch-mode": "navigate"}
        assert client.get("/", headers=fields).status_code == 200
        assert client.get("/", headers={**fields, "sec-fetch-mode": "no-cors"}).status_code == 403


def test_an_origin_that_is_allowed_may_ask_and_read() -> None:
    access = Access(origins=(FRIEND,))
    with talking(None, *done("ok"), access=access) as running, running.client() as client:
        fields = {"origin": FRIEND, "sec-fetch-site": "cross-site"}
        preflight = client.options(
            "/chat/kimi",
            headers={
                **fields,
                "access-control-request-method": "POST",
                "access-control-request-headers": "content-type,x-stainless-os",
                "access-control-request-private-network": "true",
            },
        )
        got = client.post("/chat/kimi", json=MESSAGE, headers=fields)
        other = client.options(
            "/chat/kimi", headers={"origin": "https://evil.example", "access-control-request-method": "POST"}
        )
    assert preflight.status_code == 204
    assert preflight.headers["access-control-allow-headers"] == "content-type,x-stainless-os"
    assert preflight.headers["access-control-allow-private-network"] == "true"
    assert got.status_code == 200
    for told in (preflight, got):
        assert told.headers["access-control-allow-origin"] == FRIEND
        assert told.headers["vary"] == "Origin"
        assert told.headers["cross-origin-resource-policy"] == "cross-origin"
    assert other.status_code == 403


def test_a_preflight_bears_no_token_and_repeats_nothing_strange() -> None:
    access = Access(origins=("*",), token=TOKEN)
    with talking(None, *done("never"), access=access) as running, running.client() as client:
        fields = {"origin": "https://any.example", "access-control-request-method": "POST"}
        plain = client.options("/chat/kimi", headers=fields)
        odd = client.options("/chat/kimi", headers={**fields, "access-control-request-headers": "a: b;"})
        assert client.post("/chat/kimi", json=MESSAGE, headers={"origin": "null"}).status_code == 403
        assert client.post("/chat/kimi", json=MESSAGE, headers=fields).status_code == 401
    for told in (plain, odd):
        assert told.status_code == 204
        assert told.headers["access-control-allow-headers"] == "authorization, content-type"
        assert "access-control-allow-private-network" not in told.headers


@pytest.mark.parametrize(
    ("fields", "query", "status"),
    [
        ({}, {}, 401),
        ({"authorization": TOKEN}, {}, 401),
        ({"authorization": f"Basic {TOKEN}"}, {}, 401),
        ({"authorization": f"Bearer {TOKEN}x"}, {}, 401),
        ({"authorization": "Bearer"}, {}, 401),
        ({}, {"access_token": "wrong"}, 401),
        ({"authorization": f"Bearer {TOKEN}"}, {}, 200),
        ({"authorization": f"bearer  {TOKEN}"}, {}, 200),
        ({}, {"access_token": TOKEN}, 200),
    ],
)
def test_the_token(fields: dict[str, str], query: dict[str, str], status: int) -> None:
    with talking(None, *done("ok"), access=Access(token=TOKEN)) as running, running.client() as client:
        got = client.get("/chat/kimi", params={**query, **MESSAGE}, headers=fields)
        posted = client.post("/chat/kimi", params={**query, **MESSAGE}, headers=fields)
        assert client.get("/").status_code == 200
    assert got.status_code == status
    assert TOKEN not in got.text + str(got.headers)
    assert not query or posted.status_code == 401
    assert (got.headers.get("www-authenticate") == "Bearer") == (status == 401)


@pytest.mark.parametrize(
    "access",
    [
        {"origins": ("*",)},
        {"origins": ("localhost:5173",)},
        {"origins": ("http://a.example/path",)},
        {"hosts": ("chat.example",)},
        {"hosts": ("localhost", "192.168.1.7")},
        {"hosts": ("http://chat.example",), "token": TOKEN},
        {"hosts": ("chat.example:443",), "token": TOKEN},
        {"token": "two words"},
        {"token": "令牌"},
    ],
)
def test_what_would_open_the_server_without_a_word_or_for_nobody_is_refused(access: dict[str, Any]) -> None:
    with pytest.raises(ValueError, match=r"token|no origin|no host's name"):
        Access(**access)


def test_an_address_is_a_name_too() -> None:
    assert Access(hosts=("::", "2001:db8::7"), token=TOKEN).knows_host("[2001:db8::7]:8000", "")


def test_a_token_is_in_no_repr() -> None:
    assert TOKEN not in repr(Access(token=TOKEN))


@pytest.mark.parametrize(
    ("name", "is_it"),
    [("127.8.8.8", True), ("::1", True), ("LocalHost", True), ("0.0.0.0", False), ("localhost.evil", False)],
)
def test_what_means_this_machine(name: str, is_it: bool) -> None:
    assert is_loopback(name) == is_it


def test_the_page_runs_its_own_script_and_nothing_else() -> None:
    with talking(None, *done("never")) as running, running.client() as client:
        got = client.get("/")
        assert client.head("/").status_code == 200
    policy = got.headers["content-security-policy"]
    for script in re.findall(r"<script>(.*?)</script>", got.text, re.DOTALL):
        assert f"'sha256-{b64encode(sha256(script.encode()).digest()).decode()}'" in policy
    assert "default-src 'none'" in policy
    assert "unsafe" not in policy
    assert got.headers["x-content-type-options"] == "nosniff"
    assert not re.search(r"\b(?:src|href)=(?!\"data:,\")", got.text)
