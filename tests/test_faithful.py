"""Faithful on the wire: what browsers copied, imported and replayed against a recorder on the recorded ports.

A case is exact where the server gets what it got from the browser: the same method, request target and body,
and every header field that the snippet or the Fetch standard determines, in the snippet's order. It is lossy
where the snippet has lost bytes, and then has to be flagged. Anything else is wrong.
"""

from __future__ import annotations

import os
import ssl
from base64 import b64decode
from collections import Counter
from collections.abc import Iterator
from contextlib import ExitStack
from typing import Any, NamedTuple

import pytest
import trustme

import fetch2py
from fetch2py.request import Request
from tests.fixture_files import snippets
from tests.servers import Connection, Received, Server, serve, serve_http2

# Fields of the browser's that few snippets determine. What a snippet has of them is compared all the same.
LOST = {
    "accept-encoding": "ours names the codings that are decoded here",
    "cookie": "left out of “Copy as fetch”, and named",
    "te": "Firefox's, of an HTTP/2 connection",
    "user-agent": "left out by Chromium, and named; ours says fetch2py",
    "access-control-request-headers": "of a preflight, and named",
    "access-control-request-method": "of a preflight, and named",
}
LOST_PREFIX = "sec-"
# Made anew for the connection, and so in no snippet's order: h11 and h2 want Host first.
ANEW = ("connection", "content-length", "host")
# Fields that the snippets of single cases don't determine, with what was sent.
UNDETERMINED = {
    "script-module-element": {
        "origin"
    },  # a module script's GET has one within its origin, a fetch() has none
    "stylesheet-element--2": {"origin", "accept-language"},  # as has a font's
    "h2-downgrade-to-http": {"origin"},  # https to http: no referrer, so the page isn't known
    "redirect-302-post-becomes-get": {"origin"},  # WebKit keeps the POST's after a redirect
    "image-cross-origin-anonymous": {"origin"},  # WebKit sends none for an anonymous image
    "cors-no-cors-post": {"accept-language"},  # copied before the browser had filled the fields in
    "worker-script-and-fetch-post--2": {"accept-language"},
    "eventsource-reconnect--2": {"accept-language"},
}
# A byte order mark that Firefox leaves out without a trace.
UNTOLD = {("firefox-153", "json-with-bom")}


class Exchanged(NamedTuple):
    """What was sent before and what now: the imported request, the recorded and the replayed one."""

    imported: Request
    browser: Received
    replayed: Received


@pytest.fixture(scope="module")
def recorders(tmp_path_factory: pytest.TempPathFactory) -> Iterator[dict[str, Server]]:
    """A server for each origin of the corpus, by its URL."""
    authority = trustme.CA()
    file = tmp_path_factory.mktemp("tls") / "authority.pem"
    authority.cert_pem.write_to_path(str(file))
    tls = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    names = ("kimi.localhost", "other.localhost", "xn--mnchen-3ya.localhost")
    authority.issue_cert(*names).configure_cert(tls)

    def record(connection: Connection) -> None:
        connection.receive_request()
        connection.reply(b"recorded")

    with ExitStack() as stack, pytest.MonkeyPatch.context() as patch:
        patch.setenv("SSL_CERT_FILE", str(file))
        try:
            first, second = (stack.enter_context(serve(record, port=port)) for port in (8801, 8802))
            secure = stack.enter_context(serve_http2(tls, [b"recorded"], port=443))
        except OSError as error:
            if os.environ.get("FETCH2PY_TEST_EVERYTHING"):
                raise
            pytest.skip(f"the recorded ports 8801, 8802 and 443 can't be had here: {error.strerror}")
        yield {"http://127.0.0.1:8801": first, "http:": second, "https:": secure}


def recorder(recorders: dict[str, Server], wire: dict[str, Any]) -> Server:
    origin = f"{wire['scheme']}://{wire['authority']}"
    return recorders.get(origin) or recorders[f"{wire['scheme']}:"]


def recorded(wire: dict[str, Any]) -> Received:
    pairs = tuple((name, value) for name, value in wire["headers"])
    return Received(wire["method"], wire["target"], pairs, b64decode(wire["body_base64"]))


def replayed(row: dict[str, Any], recorders: dict[str, Server]) -> Iterator[Exchanged]:
    """Each request of a row whose browser reached a server."""
    for number, wire in enumerate(row.get("wires") or [row["wire"]], 1):
        if wire is None:
            continue
        server = recorder(recorders, wire)
        profile = fetch2py.Profile.from_snippet(row["snippet"], pick=number)
        with fetch2py.replay(profile, allow_lossy=True) as answer:
            assert list(answer)
            assert answer.status == 200
        yield Exchanged(profile.captured(), recorded(wire), server.requests.pop())
        assert not server.requests, "one request, and no other"


def differences(case: str, exchanged: Exchanged) -> list[str]:
    """What a server could tell the replay by, but for what the snippet doesn't determine."""
    imported, browser, ours = exchanged
    found = [
        f"{what}: {was!r:.200} became {now!r:.200}"
        for what, was, now in (
            ("method", browser.method, ours.method),
            ("target", browser.target, ours.target),
            ("body", browser.body, ours.body),
        )
        if was != now
    ]
    was, now, told = by_name(browser), by_name(ours), by_name(imported)
    undetermined = {"connection"} | UNDETERMINED.get(case, set()) | LOST.keys()
    for name in {**was, **now}:
        is_told = name in told and name != "connection"
        is_free = not is_told and (name in undetermined or name.startswith(LOST_PREFIX))
        if was.get(name) != now.get(name) and not is_free:
            found.append(f"{name}: {was.get(name)} became {now.get(name)}")
        elif len(now.get(name, ())) > len(told.get(name, "1")):
            found.append(f"{name} is doubled")
    in_order = [name for name, _ in ours.headers if name.lower() in told.keys() - ANEW]
    as_told = [name for name, _ in imported.headers if name.lower() in now.keys() - ANEW]
    if in_order != ([name.lower() for name in as_told] if ":path" in now else as_told):
        found.append(f"order or case: {as_told} became {in_order}")
    return found


def by_name(request: Received | Request) -> dict[str, list[str]]:
    """Each field's values, by its name in lower case; a cookie's parts joined (RFC 9113, section 8.2.3)."""
    values: dict[str, list[str]] = {}
    for name, value in request.headers:
        values.setdefault(name.lower(), []).append(value)
    return {name: ["; ".join(all_)] if name == "cookie" else all_ for name, all_ in values.items()}


def verdict(row: dict[str, Any], recorders: dict[str, Server], wrong: list[str]) -> str:
    """exact, flagged or untold; what is wrong goes to `wrong`."""
    verdicts = {"exact"}
    for exchanged in replayed(row, recorders):
        found = differences(row["id"], exchanged)
        lost = exchanged.imported.lost_bytes or any(
            loss.code == "body-unclear" for loss in exchanged.imported.losses
        )
        if row["body_bytes"] != "lost":
            wrong += [f"{row['name']}: {difference}" for difference in found]
        else:
            assert any(difference.startswith("body") for difference in found), row["name"]
            verdicts.add("flagged" if lost else "untold")
    return max(verdicts, key=("exact", "flagged", "untold").index)


def test_every_snippet_goes_out_as_its_browser_sent_it(
    recorders: dict[str, Server], capsys: pytest.CaptureFixture[str]
) -> None:
    wrong: list[str] = []
    table: dict[str, Counter[str]] = {}
    untold = set()
    for row in snippets():
        counts = table.setdefault(row["file"], Counter())
        if row["wire"] is None and not row.get("wires"):
            counts["never sent"] += 1
            continue
        before = len(wrong)
        found = verdict(row, recorders, wrong)
        counts["wrong" if len(wrong) > before else found] += 1
        if found == "untold":
            untold.add((row["file"], row["id"]))
    columns = ("exact", "flagged", "untold", "never sent", "wrong")
    with capsys.disabled():
        print(f"\n{'':24}{'cases':>8}" + "".join(f"{column:>12}" for column in columns))
        for name, counts in table.items():
            print(f"{name:24}{counts.total():8}" + "".join(f"{counts[column]:12}" for column in columns))
    assert wrong[:10] == []
    assert untold == UNTOLD
