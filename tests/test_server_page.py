"""The page in a real browser, on the real server: asking, stopping, and what goes wrong."""

from __future__ import annotations

import json
import threading
from contextlib import ExitStack

import pytest

from fetch2py.server import Access
from tests.back_end import back_end, begin, done, profile, talking, text, thought
from tests.browser import Browser, browser
from tests.command_line import body_of
from tests.page_driving import ANSWER, FAULT, FINISHED, TIMING, TOKEN, Gates, ask, asked, ready
from tests.servers import PATIENCE, Connection, event_stream, serve

__all__ = ["browser"]


# Tokens


def test_tokens_are_shown_one_after_another_and_the_reasoning_is_folded_away(browser: Browser) -> None:
    gates = Gates()
    events = (thought("hm"), thought("…"), *done("你", "好", "\n\n  again"))
    with talking(event_stream(*events, gate=gates)) as running, browser.tab(running.url) as tab:
        ask(tab, "你好吗？")
        tab.until_shown("waiting 0", TIMING)
        assert tab.text(".question") == "你好吗？"
        assert tab.js("message.value") == ""
        for number, shown in enumerate(("hm", "hm…")):
            gates(number).set()
            tab.until(f"document.querySelector('.reasoning .text').textContent === {json.dumps(shown)}")
        assert tab.js("document.querySelector('details').checkVisibility()")
        assert not tab.js("document.querySelector('details .text').checkVisibility()")
        for number, shown in enumerate(("你", "你好", "你好\n\n  again"), 2):
            assert tab.js("!document.getElementById('stop').hidden")
            gates(number).set()
            tab.until(f"document.querySelector('{ANSWER}').textContent === {json.dumps(shown)}")
            assert "first token 0" in tab.text(TIMING)
        assert tab.js("document.querySelector('article').ariaBusy") == "true"
        gates(5).set()
        tab.until(FINISHED)
        assert "14 characters" in tab.text(TIMING)
        assert tab.js("document.querySelector('article').ariaBusy") == "false"
        assert tab.text("#status") == "The answer is complete."
        tab.click("summary")
        tab.until_shown("hm…", "details")


def test_turns_stay_and_each_is_a_request_of_its_own(browser: Browser) -> None:
    def script(connection: Connection) -> None:
        answer = ("one", "two")[len(connection.server.requests)]
        event_stream(*done(answer))(connection)

    with (
        serve(script) as first,
        serve(event_stream(*done("other"))) as second,
        back_end({"kimi": profile(first.url), "又一个": profile(second.url)}) as running,
        browser.tab(running.url) as tab,
    ):
        assert asked(tab, "1\n2") == "one"
        assert asked(tab, "3") == "two"
        tab.js("profile.value = '又一个'; profile.dispatchEvent(new Event('change'))")
        assert asked(tab) == "other"
        questions = tab.js("[...document.querySelectorAll('.question')].map((each) => each.textContent)")
        tab.open(running.url)
        ready(tab)
        assert tab.js("profile.value") == "又一个"
    assert questions == ["1\n2", "3", "hi"]
    assert [request.body for request in first.requests] == [body_of("1\n2").encode(), body_of("3").encode()]
    assert second.request.body == body_of("hi").encode()


HOSTILE = "<img src=x onerror='document.title = 1'><script>document.title = 2</script>&amp;<b>"


def test_what_is_said_is_never_read_as_html(browser: Browser) -> None:
    error = json.dumps({"event": "error", "error": {"message": HOSTILE}})
    with talking(None, thought(HOSTILE), text(HOSTILE), error) as running, browser.tab(running.url) as tab:
        assert asked(tab, HOSTILE) == HOSTILE
        for place in (".question", ".reasoning .text", f"{FAULT} .what"):
            assert tab.text(place) == HOSTILE
        assert tab.js("document.title") == "fetch2py"
        assert tab.js("turns.querySelectorAll('img, script, b').length") == 0
        # Nor would it be if a script tried.
        assert tab.js("try { turns.innerHTML = '<b>'; 0 } catch (error) { error.name }") == "TypeError"
        assert tab.faults(expected="TrustedHTML") == []


def test_a_long_answer_is_followed_to_its_end_unless_the_reader_has_scrolled_up(browser: Browser) -> None:
    gates = Gates()
    lines = [f"第 {number} 行, and so on.\n" for number in range(2000)]
    pieces = (*lines, "last", " word")
    for number in range(len(lines)):
        gates(number).set()
    with talking(event_stream(*done(*pieces), gate=gates)) as running, browser.tab(running.url) as tab:
        tab.resize(500, 400)
        at_end = "document.documentElement.scrollHeight - innerHeight - scrollY < 2"
        ask(tab)
        tab.until_shown("第 1999 行", ANSWER)
        tab.until(at_end)
        tab.js("scrollBy(0, -3000)")
        tab.until("!isFollowing")
        gates(len(lines)).set()
        tab.until_shown("last", ANSWER)
        assert not tab.js(at_end)
        tab.js("scrollTo(0, document.documentElement.scrollHeight)")
        tab.until("isFollowing")
        gates(len(lines) + 1).set()
        gates(len(lines) + 2).set()
        tab.until(f"{FINISHED} && {at_end}")
        # More than one block, and no line is lost or added between them.
        assert tab.js(f"document.querySelector('{ANSWER}').children.length") > 1
        assert tab.js(f"document.querySelector('{ANSWER}').innerText") == "".join(pieces)


@pytest.mark.parametrize("is_secure", [True, False], ids=["clipboard", "without one"])
def test_the_answer_can_be_copied(browser: Browser, is_secure: bool) -> None:
    """Browsers have no clipboard for pages that come by plain HTTP from elsewhere."""
    events = done("一\n", "\n two")
    access = Access() if is_secure else Access(hosts=("chat.test",), token=TOKEN)
    with talking(None, *events, access=access) as running:
        url = running.url if is_secure else f"http://chat.test:{running.port}/#token={TOKEN}"
        with browser.tab(url) as tab:
            assert tab.js("isSecureContext") == is_secure
            asked(tab)
            tab.click(".copy")
            tab.until_shown("Copied", "article")
            tab.js("message.focus()")
            tab.press("v", command="paste")
            tab.until("message.value !== ''")
            assert tab.js("message.value") == "一\n\n two"
            assert tab.text(".copy") == "Copy"


# Stopping


@pytest.mark.parametrize("how", ["button", "Escape"])
def test_stopping_closes_the_upstream_connection(browser: Browser, how: str) -> None:
    closed = threading.Event()

    def then(connection: Connection) -> None:
        connection.wait_closed()
        closed.set()

    with talking(begin(text("half"), then=then)) as running, browser.tab(running.url) as tab:
        ask(tab)
        tab.until_shown("half", ANSWER)
        if how == "button":
            tab.click("#stop")
        else:
            tab.press("Escape")
        assert closed.wait(PATIENCE)
        tab.until(FINISHED)
        assert tab.text(ANSWER) == "half"
        assert "stopped" in tab.text(TIMING)
        assert tab.js("document.querySelector('.fault').hidden")
        assert tab.js("document.activeElement.id") == "message"
        assert tab.js("$('stop').hidden && !$('send').hidden")


# Errors


def test_a_refusal_is_shown_with_what_to_do_next(browser: Browser) -> None:
    def refuse(connection: Connection) -> None:
        connection.receive_request()
        connection.reply(b'{"message":"The login has ended."}', 401)

    with talking(refuse) as running, browser.tab(running.url) as tab:
        assert asked(tab) == ""
        assert "The login has ended." in tab.text(f"{FAULT} .what")
        assert "fetch2py refresh" in tab.text(f"{FAULT} .next")
        assert tab.text("#status") == "The answer failed."
        assert tab.js("document.querySelector('.copy').hidden")
        assert tab.text(TIMING) == ""


@pytest.mark.parametrize(
    ("event", "told"),
    [('{"event":"error","error":{"message":"Too long."}}', "Too long."), ("", "ended before")],
    ids=["error", "cut"],
)
def test_an_error_within_an_answer_leaves_what_has_come(browser: Browser, event: str, told: str) -> None:
    script = event_stream(text("half"), event) if event else begin(text("half"), then=Connection.reset)
    with talking(script) as running, browser.tab(running.url) as tab:
        assert asked(tab) == "half"
        tab.until(f"document.querySelector('{FAULT}').checkVisibility()")
        assert told in tab.text(f"{FAULT} .what")


def test_a_server_that_has_gone(browser: Browser) -> None:
    with ExitStack() as server:
        running = server.enter_context(talking(begin(text("half"))))
        with browser.tab(running.url) as tab:
            ask(tab)
            tab.until_shown("half", ANSWER)
            server.close()
            tab.until(FINISHED)
            assert "shutting down" in tab.text(f"{FAULT} .what")
            asked(tab)
            assert tab.text(f"{FAULT} .what") == "The server can’t be reached."


def test_a_server_without_profiles(browser: Browser) -> None:
    with back_end({}) as running, browser.tab(running.url) as tab:
        tab.until_shown("fetch2py import", FAULT)
        assert not tab.js("composer.checkVisibility()")
