"""The page for everyone: with a token, by keyboard alone, read out, in Chinese, in the dark, on a phone."""

from __future__ import annotations

from pathlib import Path

import pytest

from fetch2py.server import Access
from tests.back_end import END, back_end, done, profile, talking, text, thought
from tests.browser import Browser, browser
from tests.command_line import body_of
from tests.page_driving import ANSWER, FAULT, FINISHED, TIMING, TOKEN, Gates, ask, asked, ready
from tests.servers import event_stream, serve

__all__ = ["browser"]

# Pictures of the page, kept for whoever wants to look.
PICTURES = Path(__file__).parent.parent / "artefacts"


def test_the_token_is_asked_for_and_kept_for_the_tab_alone(browser: Browser) -> None:
    with (
        talking(None, *done("ok"), access=Access(token=TOKEN)) as running,
        browser.tab(running.url) as tab,
    ):
        tab.until("document.activeElement.id === 'token'")
        assert tab.js("document.getElementById('refused').hidden")
        tab.type("wrong")
        tab.press("Enter")
        tab.until("document.getElementById('refused').checkVisibility()")
        tab.until("document.activeElement.id === 'token'")
        tab.type(TOKEN)
        tab.press("Enter")
        assert asked(tab) == "ok"
        assert TOKEN not in tab.js("location.href + document.cookie + JSON.stringify(localStorage)")
        tab.open(running.url)
        assert asked(tab) == "ok"


def test_the_token_of_the_address_that_was_printed_does_not_stay_in_it(browser: Browser) -> None:
    with (
        talking(None, *done("ok"), access=Access(token=TOKEN)) as running,
        browser.tab(f"{running.url}/#token={TOKEN}") as tab,
    ):
        assert asked(tab) == "ok"
        assert tab.js("location.href") == f"{running.url}/"
        # The server was started anew, and has another token.
        tab.js("sessionStorage.setItem('token', 'old')")
        ask(tab)
        tab.until("document.activeElement.id === 'token'")
        assert "token" in tab.text(f"{FAULT} .what")
        tab.js(f"location.hash = 'token={TOKEN}'")
        # What couldn't be sent stands there again, and nothing that was said is gone.
        ready(tab)
        assert tab.js("message.value") == "hi"
        tab.press("Enter")
        tab.until_shown("ok", ANSWER)
        assert tab.js("turns.children.length") == 3


# Keyboard, eyes and ears


def test_the_keyboard_does_everything(browser: Browser) -> None:
    gates = Gates()
    with (
        serve(event_stream(*done("ok"), gate=gates)) as upstream,
        back_end({"kimi": profile(upstream.url)}) as running,
        browser.tab(running.url) as tab,
    ):
        ready(tab)
        tab.press("Enter")
        tab.type("one")
        tab.press("Enter", shift=True)
        tab.type("two")
        tab.press("Enter", code=229)  # it ends the choice of a Chinese word
        assert tab.js("[message.value, turns.children.length]") == ["one\ntwo", 0]
        tab.press("Enter")
        tab.until("turns.children.length === 1")
        # Another can be written meanwhile, and isn't sent.
        tab.type("three")
        tab.press("Enter")
        for reached in ("profile", "stop"):
            tab.press("Tab")
            assert tab.js("document.activeElement.id") == reached
            assert tab.js("getComputedStyle(document.activeElement).outlineStyle") == "solid"
        gates(0).set()
        gates(1).set()
        tab.until(FINISHED)
        assert tab.js("[message.value, turns.children.length, document.activeElement.id]") == [
            "three",
            1,
            "message",
        ]
    assert upstream.request.body == body_of("one\ntwo").encode()


def test_everything_that_can_be_reached_has_a_name(browser: Browser) -> None:
    with talking(None, thought("hm"), *done("ok")) as running, browser.tab(running.url) as tab:
        asked(tab)
        tree = tab.call("Accessibility.getFullAXTree")["nodes"]
    named = {
        (node["role"]["value"], node["name"]["value"])
        for node in tree
        if not node["ignored"] and "name" in node
    }
    assert {
        ("textbox", "Message"),
        ("combobox", "Profile"),
        ("button", "Send"),
        ("button", "Copy"),
        ("log", "Conversation"),
        ("DisclosureTriangle", "Thoughts"),
        ("heading", "fetch2py"),
    } <= named


@pytest.mark.parametrize(("language", "sends"), [("zh-CN", "发送"), ("zh-TW", "发送"), ("de", "Send")])
def test_the_page_speaks_chinese_or_english(browser: Browser, language: str, sends: str) -> None:
    with talking(None, *done("好")) as running, browser.tab(running.url, language) as tab:
        asked(tab)
        assert tab.text("#send") == sends
        assert tab.js("document.documentElement.lang") == (language if language != "de" else "en")
        assert tab.js("Object.keys(WORDS.en).join() === Object.keys(WORDS.zh).join()")
        missing = "Object.values(document.querySelector('#turns').textContent.match(/undefined/g) ?? [])"
        assert tab.js(missing) == []


@pytest.mark.parametrize(("width", "height"), [(320, 568), (450, 320), (160, 400)])
def test_nothing_is_cut_off_where_there_is_little_room(browser: Browser, width: int, height: int) -> None:
    """A phone; half of a small window, which is what an enlargement of 200 % leaves; less."""
    long = "https://a.example/" + "x" * 300
    with talking(None, thought(long), *done(long)) as running, browser.tab(running.url) as tab:
        tab.resize(width, height)
        asked(tab, long)
        assert tab.js("document.documentElement.scrollWidth") == width
        tab.js("scrollTo(0, document.documentElement.scrollHeight)")
        low = tab.js("document.getElementById('send').getBoundingClientRect().bottom")
        assert 0 < low <= height


# Looks

LOOK = (
    thought("They ask what it is. "),
    thought("One paragraph, then a short list."),
    *map(
        text,
        (
            "“Copy as fetch” ",
            "is what a browser’s developer tools ",
            "make of a request: ",
            "its address, its header fields and its body, as one call that can be pasted.\n\n",
            "1. The message stands somewhere in the body.\n2. The login stands in a header field.\n\n",
            "服务器返回的每个词元都会立即显示。",
        ),
    ),
    END,
)


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_pictures_are_kept(browser: Browser, scheme: str) -> None:
    gates = Gates()
    with (
        talking(event_stream(*LOOK, gate=gates)) as running,
        browser.tab(running.url, prefers_color_scheme=scheme) as tab,
    ):
        tab.resize(900, 640)
        ask(tab, "What is “Copy as fetch”?")
        tab.until_shown("waiting", TIMING)
        tab.picture(PICTURES / f"{scheme}-waiting.png")
        for number in range(5):
            gates(number).set()
        tab.until_shown("developer tools make", ANSWER)
        tab.picture(PICTURES / f"{scheme}-streaming.png")
        for number in range(5, len(LOOK)):
            gates(number).set()
        tab.until(FINISHED)
        tab.click("summary")
        tab.picture(PICTURES / f"{scheme}.png")
        tab.resize(320, 568, 2)
        tab.picture(PICTURES / f"{scheme}-narrow.png")
        paper = tab.js("getComputedStyle(document.body).backgroundColor.match(/\\d+/g).map(Number)")
    assert (max(paper) < 60) == (scheme == "dark")
    assert (min(paper) > 240) == (scheme == "light")
