"""The scan door of a station page in a real browser: what a gun types is kept, sent in order, and counted once.

The server is played here, reply by reply, so that each loss and each delay happens exactly when it should.
"""

from __future__ import annotations

import json
import mimetypes
from pathlib import Path
from typing import Any

import django_htmx
import pytest
from playwright.sync_api import expect

from tests.ui.preview import ROOT, draw
from tests.ui.samples import station, thing
from tests.waiting import until

SITE = "http://station.test"
LIBRARY = Path(django_htmx.__file__).parent / "static"

pytestmark = pytest.mark.browser


class Server:
    """Answers like the plant; `script` says what happens to the next posts."""

    def __init__(self) -> None:
        self.posts: list[dict[str, Any]] = []
        self.answered: dict[str, str] = {}
        self.script: list[str | tuple[int, str]] = []
        self.down = False

    def reply(self, route: Any) -> None:
        """One request of the page."""
        path = route.request.url.removeprefix(SITE).split("?")[0]
        if path == "/api/scans/":
            self.judge(route)
        elif path.startswith("/static/"):
            self.file(route, path.removeprefix("/static/"))
        else:
            headers = {"Content-Security-Policy": "default-src 'self'"}
            route.fulfill(body=draw("assembly/station.html", station("ja")), content_type="text/html", headers=headers)

    def file(self, route: Any, name: str) -> None:
        """A static file, ours or htmx's."""
        path = next(folder / name for folder in (ROOT / "static", LIBRARY) if (folder / name).exists())
        route.fulfill(body=path.read_bytes(), content_type=mimetypes.guess_type(name)[0] or "text/plain")

    def judge(self, route: Any) -> None:
        """A scan."""
        if self.down:
            route.abort()
            return
        scan = json.loads(route.request.post_data)
        self.posts.append({**scan, "headers": route.request.headers})
        act = self.script.pop(0) if self.script else "ok"
        if isinstance(act, tuple):
            status, say = act
            route.fulfill(
                status=status, body=self.page(scan, "stop", say), content_type="text/html", headers={"Retry-After": "0"}
            )
            return
        self.answered.setdefault(scan["id"], self.page(scan, "ok", f"取付けました {scan['text']}"))
        if act == "lost after":
            self.down = True
            route.abort()
            return
        route.fulfill(body=self.answered[scan["id"]], content_type="text/html")

    def page(self, scan: dict[str, Any], state: str, say: str) -> str:
        """The reply as the product draws it."""
        answer = thing(state=state, word="", say=[say], then=[], wrong="違い", true="そのまま", do="別のもの", acts=[])
        if state == "ok":
            answer = thing(state=state, word="", say=[say], then=[], wrong="", true="", do="", acts=[])
        return draw("assembly/_answer.html", {**station("ja"), "answer": answer})


@pytest.fixture
def server(page: Any) -> Server:
    """A station page open in the browser."""
    played = Server()
    page.route("**/*", played.reply)
    page.goto(SITE + "/stations/A3/")
    # A gun that has ended a scan before: on a busy machine a new one's pause may fall between two of its keys.
    page.evaluate("localStorage.setItem('genpin.suffix', '1')")
    return played


def scan(page: Any, text: str, end: str = "Enter") -> None:
    """What the gun does."""
    page.keyboard.type(text)
    page.keyboard.press(end)


def says(page: Any, words: str) -> None:
    """The answer says this."""
    page.wait_for_selector(f"#floor-answer .say:has-text('{words}')", timeout=20000)


def test_a_scan_is_posted_with_its_facts_and_the_answer_takes_the_place(page: Any, server: Server) -> None:
    scan(page, "CT26-0031874")
    says(page, "取付けました CT26-0031874")

    post = server.posts[0]
    assert (post["seq"], post["station"], post["text"]) == (14, "A3", "CT26-0031874")
    assert post["operator_session"] == station("ja")["operator_session"]
    assert post["headers"]["x-csrftoken"] == "preview"
    assert post["headers"]["accept"] == "text/html"
    assert page.evaluate("document.activeElement.id") == "scan"
    expect(page.locator("#scan")).to_have_value("")
    expect(page.locator("#floor-rack")).to_have_count(1)


def test_a_lost_reply_is_asked_for_again_under_the_same_id(page: Any, server: Server) -> None:
    server.script = ["lost after"]

    scan(page, "CT26-0031874")
    page.wait_for_selector('.answer[data-state="queued"]')
    expect(page.locator(".banner[data-when=offline]")).to_be_visible()
    back(page, server)
    says(page, "取付けました CT26-0031874")

    assert len(server.posts) == 2
    assert server.posts[0]["id"] == server.posts[1]["id"]
    assert len(server.answered) == 1
    expect(page.locator(".banner[data-when=offline]")).to_be_hidden()


def back(page: Any, server: Server) -> None:
    """The line is up again, and the device notices."""
    server.down = False
    page.evaluate("window.dispatchEvent(new Event('online'))")


@pytest.mark.complaint(24)
def test_scans_read_while_the_line_is_down_are_sent_in_order_once_each(page: Any, server: Server) -> None:
    server.down = True

    for number in range(20):
        scan(page, f"SCAN-{number:02}")
    until(page, lambda: page.locator("[data-queue] li").count() == 20)
    expect(page.locator(".banner[data-when=offline]")).to_be_visible()
    back(page, server)
    says(page, "取付けました SCAN-19")

    assert [post["text"] for post in server.posts] == [f"SCAN-{number:02}" for number in range(20)]
    assert [post["seq"] for post in server.posts] == list(range(14, 34))
    assert len({post["id"] for post in server.posts}) == 20


def test_scans_outlive_a_reload_of_the_page(page: Any, server: Server) -> None:
    server.down = True
    scan(page, "FIRST")
    scan(page, "SECOND")
    until(page, lambda: page.locator("[data-queue] li").count() == 2)

    page.reload()
    back(page, server)
    says(page, "取付けました SECOND")

    assert [post["text"] for post in server.posts] == ["FIRST", "SECOND"]
    assert [post["seq"] for post in server.posts] == [14, 15]


def test_too_early_waits_and_sends_the_same_scan(page: Any, server: Server) -> None:
    server.script = [(425, ""), (425, "")]

    scan(page, "CT26-0031874")
    says(page, "取付けました CT26-0031874")

    assert len({post["id"] for post in server.posts}) == 1
    assert len(server.posts) == 3


@pytest.mark.parametrize("status", [409, 422])
def test_a_refusal_is_an_answer_and_the_next_scan_goes_on(page: Any, server: Server, status: int) -> None:
    server.script = [(status, "保留中です。")]

    scan(page, "HELD")
    says(page, "保留中です。")
    scan(page, "GOOD")
    says(page, "取付けました GOOD")

    assert [post["seq"] for post in server.posts] == [14, 15]


def test_a_refusal_in_a_queue_stops_it_until_a_person_goes_on(page: Any, server: Server) -> None:
    server.down, server.script = True, [(409, "保留中です。")]
    for text in ("HELD", "NEXT", "LAST"):
        scan(page, text)
    until(page, lambda: page.locator("[data-queue] li").count() == 3)

    back(page, server)
    says(page, "保留中です。")
    page.wait_for_timeout(300)
    assert [post["text"] for post in server.posts] == ["HELD"]
    page.click("[data-scan-go]")
    says(page, "取付けました LAST")

    assert [post["text"] for post in server.posts] == ["HELD", "NEXT", "LAST"]


def test_a_session_that_is_over_drops_nothing(page: Any, server: Server) -> None:
    server.script = [(403, "")]

    scan(page, "KEPT")
    says(page, "サインインが切れています。")
    page.reload()
    says(page, "取付けました KEPT")

    assert len({post["id"] for post in server.posts}) == 1


def test_a_scan_the_server_cannot_take_gives_its_number_to_the_next(page: Any, server: Server) -> None:
    server.script = [(400, "")]

    scan(page, "BROKEN")
    says(page, "このコードは読取れません。")
    scan(page, "GOOD")
    says(page, "取付けました GOOD")

    assert [post["seq"] for post in server.posts] == [14, 14]
    assert server.posts[0]["id"] != server.posts[1]["id"]


@pytest.mark.complaint(23)
def test_the_trigger_pulled_twice_is_one_scan(page: Any, server: Server) -> None:
    page.evaluate(
        """() => { for (let pull = 0; pull < 2; pull++) {
            const field = document.getElementById("scan"); field.value = "TWICE"; field.form.requestSubmit(); } }"""
    )
    says(page, "取付けました TWICE")
    page.wait_for_timeout(350)
    assert len(server.posts) == 1

    scan(page, "TWICE")
    until(page, lambda: len(server.posts) == 2)


@pytest.mark.complaint(23)
def test_tab_ends_a_scan_and_separators_survive(page: Any, server: Server) -> None:
    page.keyboard.type("(01)1")
    page.keyboard.press("Control+]")
    scan(page, "21X", end="Tab")
    says(page, "取付けました")

    assert server.posts[0]["text"] == "(01)1\u001d21X"


@pytest.mark.complaint(23)
def test_a_scan_without_focus_still_arrives(page: Any, server: Server) -> None:
    page.evaluate("document.activeElement.blur()")

    scan(page, "CT26-0031874")
    says(page, "取付けました CT26-0031874")


def test_composed_text_is_warned_of_and_thrown_away(page: Any, server: Server) -> None:
    client = page.context.new_cdp_session(page)
    page.focus("#scan")
    client.send("Input.imeSetComposition", {"text": "かな", "selectionStart": 2, "selectionEnd": 2})
    page.wait_for_selector("#floor-ime:visible")
    client.send("Input.insertText", {"text": "かな"})
    page.wait_for_timeout(50)

    expect(page.locator("#scan")).to_have_value("")
    scan(page, "CT26-0031874")
    says(page, "取付けました CT26-0031874")
    assert [post["text"] for post in server.posts] == ["CT26-0031874"]


def test_the_last_scan_that_waits_can_be_taken_back(page: Any, server: Server) -> None:
    server.down = True
    scan(page, "FIRST")
    scan(page, "WRONG")
    until(page, lambda: page.locator("[data-queue] li").count() == 2)

    page.click("[data-undo]")
    back(page, server)
    says(page, "取付けました FIRST")
    page.wait_for_timeout(200)

    assert [post["text"] for post in server.posts] == ["FIRST"]
