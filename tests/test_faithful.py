"""Faithful on the wire: what browsers copied, imported and replayed against a recorder on the recorded ports.

A case is exact where the server gets what it got from the browser: the same method, request target and body,
and every header field that the snippet or the Fetch standard determines, in the snippet's order. It is lossy
where the snippet has lost bytes, and then has to be flagged. Anything else is wrong.
"""

from __future__ import annotations

import json
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
from fetch2py.request import BODY_LOSSES, Request
from tests.copied_files import curl_rows, har_text, har_wires
from tests.fixture_files import FIXTURES, snippets
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
    "image-cross-origin-no-cors": {"origin"},  # an image's GET has none, a fetch()'s has one
    "referrer-none": {"origin"},  # the page isn't known, and that is named
    "worker-fetch-post": {"origin", "accept-language"},
}
# Where nothing in the text tells that something is gone.
UNTOLD = {
    ("firefox-153", "json-with-bom"),  # a byte order mark that Firefox leaves out
    # Fields called authority, method, path and so on, which these menus take for HTTP/2's own.
    ("chromium-156-curl-bash", "headers-named-like-ignored"),
    ("chromium-156-curl-cmd", "headers-named-like-ignored"),
    ("more chromium-156-browser", "headers-named-like-ignored"),
    ("more chromium-156-node", "headers-named-like-ignored"),
}
TELL_OF_BODY = BODY_LOSSES | {"body-unclear", "line-ends"}
TELL_OF_FIELDS = {"fields-replaced", "headers-missing"}
COLUMNS = ("exact", "unsent", "flagged", "untold", "wrong")


class Exchanged(NamedTuple):
    """What was sent before and what now: the imported request, the recorded and the replayed one."""

    imported: Request
    browser: Received
    replayed: Received


@pytest.fixture(scope="module")
def recorders(tmp_path_factory: pytest.TempPathFactory) -> Iterator[dict[str, Server]]:
    """A server for each origin of the fixtures, by how its URL begins."""
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
            other = stack.enter_context(serve_http2(tls, [b"recorded"], port=8843))
            secure = stack.enter_context(serve_http2(tls, [b"recorded"], port=443))
        except OSError as error:
            if os.environ.get("FETCH2PY_TEST_EVERYTHING"):
                raise
            pytest.skip(f"the recorded ports 8801, 8802, 8843 and 443 can't be had here: {error.strerror}")
        yield {
            "http://127.0.0.1:8801": first,
            "http:": second,
            "https://kimi.localhost:8843": other,
            "https:": secure,
        }


def recorder(recorders: dict[str, Server], wire: dict[str, Any]) -> Server:
    origin = f"{wire['scheme']}://{wire['authority']}"
    return next(server for beginning, server in recorders.items() if origin.startswith(beginning))


def recorded(wire: dict[str, Any]) -> Received:
    pairs = tuple((name, value) for name, value in wire["headers"])
    return Received(wire["method"], wire["target"], pairs, b64decode(wire["body_base64"]))


def replayed(row: dict[str, Any], recorders: dict[str, Server]) -> Iterator[Exchanged]:
    """Each request of a row whose browser reached a server."""
    for number, wire in enumerate(row.get("wires") or [row["wire"]], row.get("pick", 1)):
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
    """exact, flagged, untold or wrong; what is wrong goes to `wrong`."""
    verdicts = {"exact"}
    for exchanged in replayed(row, recorders):
        found = differences(row["id"], exchanged)
        codes = {loss.code for loss in exchanged.imported.losses}
        of_body = all(difference.startswith(("body", "content-length")) for difference in found)
        if found and codes & (TELL_OF_BODY if of_body else TELL_OF_FIELDS):
            verdicts.add("flagged")
        elif found and (row["file"], row["id"]) in UNTOLD:
            verdicts.add("untold")
        elif found:
            wrong += [f"{row['name']}: {difference}" for difference in found]
            verdicts.add("wrong")
    return max(verdicts, key=COLUMNS.index)


def rows() -> Iterator[dict[str, Any]]:
    """Every copied text of the fixtures, of whichever kind."""
    yield from snippets()
    for file in sorted((FIXTURES / "snippets_more").glob("*.json")):
        for row in json.loads(file.read_text(encoding="utf-8")):
            yield {**row, "file": f"more {file.stem}", "name": f"more {row['id']}"}
    for kind in ("bash", "cmd"):
        for row in curl_rows(kind):
            yield {**row, "file": f"chromium-156-curl-{kind}", "name": f"{kind}: {row['id']}"}
    for number, row in enumerate(har_wires(), 1):
        name = f"har: {row['id']}"
        yield {**row, "file": "chromium-156-har", "name": name, "snippet": har_text(), "pick": number}


def test_what_was_copied_goes_out_as_its_browser_sent_it(
    recorders: dict[str, Server], capsys: pytest.CaptureFixture[str]
) -> None:
    wrong: list[str] = []
    table: dict[str, Counter[str]] = {}
    for row in rows():
        sent = row["wire"] is not None or row.get("wires")
        table.setdefault(row["file"], Counter())[verdict(row, recorders, wrong) if sent else "unsent"] += 1
    with capsys.disabled():
        print(f"\n{'':26}{'cases':>8}" + "".join(f"{column:>10}" for column in COLUMNS))
        for name, counts in table.items():
            print(f"{name:26}{counts.total():8}" + "".join(f"{counts[column]:10}" for column in COLUMNS))
    assert wrong[:10] == []
    assert sum(counts["untold"] for counts in table.values()) == len(UNTOLD)
