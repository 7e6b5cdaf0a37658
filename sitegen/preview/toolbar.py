"""The bar at the bottom of a previewed page: its state in each language, its problems, and its files.

It is HTML that works without scripts, added to the page only by the preview, and never published.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator

from sitegen.build.pipeline import Report
from sitegen.library.held_pages import reason_to_hold
from sitegen.library.library import Library
from sitegen.model.page import Page
from sitegen.problems.program_name import as_run
from sitegen.render.jobs import Job
from sitegen.source.html import escape

#: The styles of the bar and of pages side by side, as a separate file: a page's policy allows no others.
STYLE = """
#preview-bar{position:sticky;inset-block-end:0;z-index:2147483646;font:13px/1.5 system-ui,sans-serif;background:#1b1b1b;color:#eee;direction:ltr;text-align:left}
#preview-bar *{font:inherit;color:inherit;line-height:1.5}#preview-bar summary{cursor:pointer;padding:.4rem 1rem}
#preview-bar div{max-height:60vh;overflow:auto;padding:.25rem 1rem .75rem}#preview-bar ul{display:flex;flex-wrap:wrap;gap:.25rem .9rem;margin:.25rem 0;padding:0;list-style:none}
#preview-bar li b{font-weight:600}#preview-bar form{display:inline-flex;gap:.4rem;margin:.25rem 1rem .25rem 0}
#preview-bar input,#preview-bar button{background:#333;border:1px solid #777;padding:0 .4rem}#preview-bar pre{white-space:pre-wrap;margin:.25rem 0;font:12px/1.4 ui-monospace,monospace}
#preview-bar .stale,#preview-bar .untracked{color:#ffd479}#preview-bar .missing{color:#ff9d9d}#preview-bar .current,#preview-bar .source{color:#9fe29f}
@media print{#preview-bar{display:none}}
.preview-beside{margin:0;display:grid;grid-template-columns:1fr 1fr;height:100vh}.preview-beside iframe{border:0;width:100%;height:100%}"""


def make_bar(
    report: Report, jobs: dict[str, Job], path: str, as_of: dt.date, *, pseudo: bool, token: str, note: str = ""
) -> str:
    """The bar of the page in a file of the preview; "" for files that are not pages.

    Args:
        jobs: the published files: file → job.
        as_of: the day that is shown, which decides what is due or expired.
        token: required by every button.
        note: the result of the button that was pressed last; "" if there is nothing to say.
    """
    job = jobs.get(path)
    if job is None or job.maker != "page" or job.key not in report.library.pages:
        return ""
    library, page = report.library, report.library.pages[job.key]
    state = page.states[job.language]
    shown = page.versions[state.shown].path  # problems in other languages are shown on their own pages
    warnings = [problem for problem in report.warnings if problem.path == shown]
    told = [f"<b class='{state.name}'>{escape(_told(state.name, state.shown))}</b>"]
    told += [f"<b class='missing'>{escape(text)}</b>" for text in _held(page, as_of)]
    told += [f"{len(warnings)} to fix"] if warnings else []
    told += [f"<b class='missing'>{escape(note)}</b>"] if note else []
    parts = [
        f"<ul>{''.join(_languages(library, page))}</ul>",
        f"<ul>{''.join(_edits(page, job.language, token))}{_beside(library, page, job)}</ul>",
        _options(as_of, pseudo, token),
        "".join(f"<pre>{escape(as_run(str(problem)))}</pre>" for problem in warnings),
    ]
    summary = " · ".join([f"{escape(job.key)} in {escape(job.language)}", *told])
    return (
        f'<aside id="preview-bar" lang="en" dir="ltr" aria-label="Preview"><link rel="stylesheet" href="/preview/preview.css">'
        f"<details><summary>{summary}</summary><div>{''.join(parts)}</div></details></aside>"
    )


def _told(state: str, shown: str) -> str:
    return state if state != "missing" else f"not translated; shows {shown}"


def _held(page: Page, as_of: dt.date) -> Iterator[str]:
    """Why readers would not see the page, or some of its translations, on this day."""
    reason = reason_to_hold(page, as_of)
    if reason:
        yield reason
    for path, document in page.written.items():
        if path != page.source and document.words.get("draft"):
            yield f"a draft in {path}"


def _languages(library: Library, page: Page) -> Iterator[str]:
    for path, state in page.states.items():
        url = library.url(page.key, path)
        behind = f" title='{escape(', '.join(state.changed))}'" if state.changed else ""
        yield f"<li><a href='{escape(url)}'>{escape(path)}</a> <span class='{state.name}'{behind}>{state.name}</span></li>"


def _edits(page: Page, language: str, token: str) -> Iterator[str]:
    """Buttons for the file of this language and for the source."""
    for path in dict.fromkeys((language, page.states[language].shown, page.source)):
        document = page.versions.get(path)
        if document is not None:
            name = escape(document.path)
            yield (
                f"<li><form method='post' action='/preview/edit'>{_hidden(token)}"
                f"<input type='hidden' name='file' value='{name}'>"
                f"<button>Edit {name}</button></form></li>"
            )


def _beside(library: Library, page: Page, job: Job) -> str:
    if job.language == page.source:
        return ""
    urls = [library.url(page.key, path) for path in (page.source, job.language)]
    return f"<li><a href='/preview/beside?{escape('left=' + urls[0] + '&right=' + urls[1])}'>Beside the source</a></li>"


def _hidden(token: str) -> str:
    return f"<input type='hidden' name='token' value='{escape(token)}'>"


def _options(as_of: dt.date, pseudo: bool, token: str) -> str:
    checked = " checked" if pseudo else ""
    return (
        f"<form method='post' action='/preview/options'>{_hidden(token)}"
        f"<label>As of <input type='date' name='as_of' value='{as_of.isoformat()}'></label>"
        f"<label><input type='checkbox' name='pseudo'{checked}> pseudo-locales</label><button>Show</button></form>"
    )


def documents_of(library: Library) -> frozenset[str]:
    """The files that may be opened from the bar, relative to the root."""
    return frozenset(document.path for page in library.pages.values() for document in page.written.values())


def beside(left: str, right: str) -> str:
    """Two pages side by side."""
    frames = "".join(f'<iframe src="{escape(url)}" title="{escape(url)}"></iframe>' for url in (left, right))
    return (
        '<!doctype html><html lang="en"><head><meta charset="utf-8"><title>Side by side</title>'
        f'<link rel="stylesheet" href="/preview/preview.css"></head><body class="preview-beside">{frames}</body></html>'
    )
