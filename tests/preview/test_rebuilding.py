"""What is shown while files are changed: the last good page, with the problems of the current one, and no page is ever partial."""

from __future__ import annotations

import asyncio
import contextlib
import os
import threading
from typing import Any

import pytest
from browsing import page_of
from conftest import MakeSite
from previewed import FILES, Preview, bar_of, page, post, serving, token_of, write_at_once
from waiting import SOON, within

from sitegen.build.options import Options
from sitegen.preview import rebuilding


def test_broken_file_shows_its_problem_over_the_last_good_page_until_it_is_fixed(preview: Preview) -> None:
    preview.site.write("content/a/index.en.md", "---\ntitel: <A>\n---\nBroken text\n")

    assert within(SOON, lambda: 'role="alert"' in preview.text("/en/a/"))
    status, text = preview.get("/en/b/")
    assert status == 200
    assert "unknown-key" in text
    assert "titel: &lt;A&gt;" in text
    assert "First text" in preview.text("/en/a/")

    preview.site.write("content/a/index.en.md", page("A", "Mended text"))
    assert within(SOON, lambda: "Mended text" in preview.text("/en/a/"))
    assert within(SOON, lambda: 'role="alert"' not in preview.text("/en/a/") + preview.text("/en/b/"))


def test_restoring_a_file_clears_its_problem(preview: Preview) -> None:
    good = page("A", "First text")
    preview.site.write("content/a/index.en.md", "---\n")
    assert within(SOON, lambda: 'role="alert"' in preview.text("/en/a/"))

    preview.site.write("content/a/index.en.md", good)

    assert within(SOON, lambda: 'role="alert"' not in preview.text("/en/a/"))


def test_site_that_is_broken_at_the_start_says_so_and_appears_when_fixed(make_site: MakeSite) -> None:
    site = make_site({**FILES, "content/a/index.en.md": "---\n"})

    with serving(site) as preview:
        assert 'role="alert"' in preview.text("/en/")
        assert any("front-matter" in line for line in preview.said)

        site.write("content/a/index.en.md", page("A", "Good text"))
        assert within(SOON, lambda: "Good text" in preview.text("/en/a/"))


@pytest.mark.slow
def test_page_is_never_empty_or_partial_during_repeated_saves(preview: Preview) -> None:
    long = "Word\n" * 20_000
    preview.site.write("content/a/index.en.md", page("A", f"{long} 0 END"))
    assert within(SOON, lambda: "END" in preview.text("/en/a/"))

    for number in range(1, 30):
        preview.site.write("content/a/index.en.md", page("A", f"{long} {number} END"))
        for _ in range(5):
            status, text = preview.get("/en/a/")
            assert status == 200
            assert "END" in text or 'role="alert"' in text
            assert text.rstrip().endswith("</html>")

    assert within(SOON, lambda: "29 END" in preview.text("/en/a/"))


class Visits:
    """What a browser tells the preview: which page it shows. Only then is it reloaded."""

    def __init__(self, tab: Any) -> None:
        self._tab, self._told, self._count = tab, list[str](), 0
        tab.on("websocket", lambda socket: socket.on("framesent", lambda frame: self._told.append(frame)))

    def wait_for_next(self) -> None:
        self._count += 1
        assert within(SOON, lambda: self._tab.wait_for_timeout(20) or self._is_told())

    def _is_told(self) -> bool:
        return sum('"info"' in frame for frame in self._told) >= self._count


@pytest.mark.slow
def test_browser_shows_saved_changes_and_problems_by_itself(preview: Preview, browser: Any) -> None:
    from playwright.sync_api import expect

    with page_of(browser) as tab:
        visits = Visits(tab)
        tab.goto(f"{preview.url}/en/a/")
        expect(tab.get_by_text("First text")).to_be_visible()
        visits.wait_for_next()

        write_at_once(preview.site, "content/a/index.en.md", page("A", "Second text"))
        expect(tab.get_by_text("Second text")).to_be_visible()
        visits.wait_for_next()

        write_at_once(preview.site, "content/a/index.en.md", "---\ntitel: A\n---\n")
        expect(tab.get_by_role("alert")).to_contain_text("titel")
        visits.wait_for_next()

        write_at_once(preview.site, "content/a/index.en.md", page("A", "Third text"))
        expect(tab.get_by_text("Third text")).to_be_visible()
        expect(tab.get_by_role("alert")).to_have_count(0)


def test_dismissed_problems_reappear_with_the_next_failing_build(preview: Preview, browser: Any) -> None:
    from playwright.sync_api import expect

    write_at_once(preview.site, "content/a/index.en.md", "---\ntitel: A\n---\n")
    assert within(SOON, lambda: 'role="alert"' in preview.text("/en/b/"))
    with page_of(browser) as tab:
        visits = Visits(tab)
        tab.goto(f"{preview.url}/en/b/")

        expect(tab.get_by_role("dialog", name="Problems")).to_be_visible()
        tab.get_by_role("button", name="Close").click()
        expect(tab.get_by_role("dialog")).to_have_count(0)
        visits.wait_for_next()

        write_at_once(preview.site, "content/a/index.en.md", "---\ntitle: A\nkind: none\n---\n")
        expect(tab.get_by_role("alert")).to_contain_text("none")
        tab.keyboard.press("Escape")
        expect(tab.get_by_role("dialog")).to_have_count(0)
        expect(tab.get_by_role("alert")).to_have_count(0)


def test_another_day_and_pseudo_locales_are_shown_on_demand(make_site: MakeSite) -> None:
    files = {**FILES, "content/c/index.en.md": "---\nexpires: 2030-01-01\ntitle: C\n---\n"}
    with serving(make_site(files)) as preview:
        assert "expired" not in bar_of(preview, "/en/c/")
        assert preview.get("/en-XA/a/")[0] == 404

        assert post(preview, "/preview/options", as_of="2031-01-01", pseudo="on") == 303
        assert "expired on 2030-01-01" in bar_of(preview, "/en/c/")
        assert preview.get("/en-XA/a/")[0] == 200


def test_each_build_runs_where_its_time_has_limits(make_site: MakeSite) -> None:
    """Only the main thread of a process can be interrupted; browsers are answered in another one."""
    site = make_site()
    preview = rebuilding.Preview(Options(root=site.root, output=site.public))
    told: list[object] = []

    async def ask() -> None:
        told.append(await preview.in_main_thread(threading.get_ident))
        with pytest.raises(KeyError):
            await preview.in_main_thread(lambda: {1: 1}[2])
        preview.stop(None)

    answering = threading.Thread(target=lambda: asyncio.run(ask()))
    answering.start()
    with contextlib.closing(preview), pytest.raises(KeyboardInterrupt):
        preview.build_as_asked()
    answering.join()

    assert told == [threading.main_thread().ident]


def test_pages_whose_cache_is_lost_are_shown_and_get_their_bar_again(make_site: MakeSite) -> None:
    site = make_site(FILES)
    for path in site.root.rglob("*.*"):
        os.utime(path, (1e9, 1e9))  # long ago: what has just changed is read again anyhow
    with serving(site) as preview:
        preview.get_ready()
    with serving(site) as preview:
        preview.get_ready()  # no more of the pages is read than is needed
        token = token_of(preview)
        site.write("content/a/index.en.md", page("A", "Second text"))
        assert within(SOON, lambda: "Second text" in preview.text("/en/a/"))
        assert within(SOON, lambda: preview.rebuilds() == 1)
        for shelf in (site.root / ".cache/build").glob("[0-9]*-*"):
            os.truncate(shelf, 0)  # as deleted, for who has it open too

        pages = [preview.get(path)[0] for path in ("/en/a/", "/en/b/")]
        button = post(preview, "/preview/edit", token=token, file="content/b/index.en.md")

        assert pages == [200, 200]
        assert button == 303
        assert within(SOON, lambda: "content/b/index.en.md" in bar_of(preview, "/en/b/"))
        assert "Traceback" not in "".join(preview.said)
