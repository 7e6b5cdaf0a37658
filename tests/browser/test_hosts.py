"""A language with its own host in a real browser: what is beside a page is shown in every language, from the page's host."""

from __future__ import annotations

from typing import Any

from browsing import WATCH, page_of
from conftest import MakeSite
from pictured import WIDE, png, ramp
from servers import hosts_of_languages
from waiting import free_port

SITE = """\
title: {{en: Site, fr: Site}}
base_url: http://127.0.0.1:{port}/
theme: default
languages: [{{tag: en}}, {{tag: fr, base_url: "http://localhost:{port}/"}}]
"""
BLOCKS = "![A](p.png)\n\n![B](d.svg)\n\n::video[V]{}\n\n::audio[S]{}\n\n::download[D]{}\n"
FILES: dict[str, str | bytes] = {
    "content/q/index.en.md": "---\ntitle: Q\n---\n"
    + BLOCKS.format("{src=v.mp4 captions=v.vtt}", "{src=a.mp3}", "{src=d.csv}"),
    "content/q/index.fr.md": "---\ntitle: Q\n---\n" + BLOCKS.format("", "", ""),
    "content/q/p.png": png(8, 2, ramp(8, 3)),
    "content/q/d.svg": '<svg xmlns="http://www.w3.org/2000/svg" width="9" height="9"><path d="M0 0h9v9"/></svg>',
    "content/q/v.vtt": "WEBVTT\n\n00:00.000 --> 00:05.000\nWords\n",
    "content/q/v.mp4": b"\0\0\0\x18ftypmp42\0\0\0\0mp42isom",
    "content/q/a.mp3": b"ID3\3\0\0\0\0\0\0" + b"\xff\xfb\x90\0" * 9,
    "content/q/d.csv": "a,b\n1,2\n",
}
#: Whether pictures and captions have come, or have been refused.
COME = """() => [...document.querySelectorAll('main img')].every(image => image.complete)
  && (document.querySelector('track').track.mode = 'showing') && document.querySelector('track').readyState >= 2"""
#: Widths of the pictures, cues of the captions, answers for the film, the recording and the download.
LOADED = """async () => {
  const urls = [...document.querySelectorAll('video, audio, a[href$=".csv"]')].map(element => element.src ?? element.href);
  return [
    [...document.querySelectorAll('main img')].map(image => image.naturalWidth),
    document.querySelector('track').track.cues?.length,
    await Promise.all(urls.map(async url => { const answer = await fetch(url); return [new URL(answer.url).host, answer.status]; })),
  ];
}"""


def test_files_beside_a_page_are_shown_on_the_host_of_each_language(browser: Any, make_site: MakeSite) -> None:
    port = free_port()
    site = make_site(FILES, site=SITE.format(port=port))
    (site.root / "templates/page.html").unlink()

    found = {}
    with hosts_of_languages("nginx", site, port), page_of(browser) as page:
        page.add_init_script(WATCH)
        for start in ("127.0.0.1", "localhost"):
            page.goto(f"http://{start}:{port}/{'fr' if start == 'localhost' else 'en'}/q/")
            page.wait_for_function(COME)
            found[start] = [*page.evaluate(LOADED), page.evaluate("window.refused")]

    assert found == {host: [[WIDE, 9], 1, [[f"{host}:{port}", 200]] * 3, []] for host in ("127.0.0.1", "localhost")}
