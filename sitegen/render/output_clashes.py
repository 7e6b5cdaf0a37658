"""Finds outputs that can't be published, alone or together."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from sitegen.library.library import Library
from sitegen.library.lists import selections
from sitegen.media.file_types import UNPACKED_BY_HOSTS
from sitegen.media.static_files import Assets
from sitegen.model.page import Page
from sitegen.model.urls import ADMIN, ASSETS, url_of_file
from sitegen.problems.problem import Problem
from sitegen.render.jobs import Job
from sitegen.source.extension_calls import LINES
from sitegen.source.mark import Mark
from sitegen.source.paths import fault_of_clone, find_twins
from sitegen.source.text import problem_at
from sitegen.storage.output import RESERVED

#: Makers of files that keep the names of the site's files.
_FILES = ("static", "file", "picture")
#: Makers of files that were named by a person → how easily they can be renamed, lowest first.
_RENAMED = {"static": 0, "file": 1, "picture": 1, "redirect": 2, "page": 3}
#: Makers of files that were named in content/, and the names at the top of a site that hosts take for settings or code.
_UNTRUSTED = frozenset({"file", "picture", "redirect", "page"})
_OF_HOSTS = frozenset(
    [
        "_headers",
        "_redirects",
        "_worker.js",
        "_routes.json",
        "cname",
        "netlify.toml",
        "vercel.json",
        "staticwebapp.config.json",
        "web.config",
    ]
)


def find_output_clashes(jobs: list[Job], library: Library, assets: Assets) -> Iterator[Problem]:
    """Report outputs that can't be published or that clash, except pages at one address (the library reports these)."""
    outputs: dict[str, Job] = {}
    for job in (*(Job(asset.path, "static", "") for asset in assets.outputs), *jobs):
        other = outputs.setdefault(job.path, job)
        if other is not job and not (_is_page(other) and _is_page(job)):
            yield _clash(library, job, other, "is made twice")
    yield from _unfit(library, outputs)
    for path, twin in find_twins(outputs):
        if path.casefold() != twin.casefold():
            yield _clash(library, outputs[path], outputs[twin], "is a file and a folder as well")
        elif not (_is_page(outputs[path]) and _is_page(outputs[twin])):
            yield _clash(library, outputs[path], outputs[twin], "differs from another only in capital letters")


def _unfit(library: Library, outputs: Mapping[str, Job]) -> Iterator[Problem]:
    """Report outputs whose paths can't be published, or mean something to hosts."""
    for path, job in outputs.items():
        if job.maker in _FILES and (fault := fault_of_clone(path)):  # the library reports addresses of pages
            yield _problem(library, job, "address", f"can't be published: {fault}", "rename it")
        elif (top := path.partition("/")[0].casefold()) in RESERVED:
            yield _problem(library, job, "url-clash", "is a file that `publish` makes itself", "rename it")
        elif top in _OF_HOSTS and job.maker in _UNTRUSTED:
            yield _problem(library, job, "address", "would be a host's settings, by its name", "rename it")
        elif job.maker in _UNTRUSTED and f"{top}/" in (ASSETS, ADMIN):
            what = "is in a folder that hosts send with headers of its own, not with those of pages"
            yield _problem(library, job, "url-clash", what, "rename it")
        elif path.endswith(UNPACKED_BY_HOSTS) and job.maker in _UNTRUSTED and path.rpartition(".")[0] in outputs:
            what = "would be sent in place of the file without its ending, as hosts do with packed files"
            yield _problem(library, job, "url-clash", what, "rename it")


def _clash(library: Library, one: Job, other: Job, what: str) -> Problem:
    """Report two clashing outputs, at the one that is easier to rename."""
    first, second = sorted((one, other), key=lambda job: (_rank(library, job), _place(library, job)[1] is None))
    places = [_place(library, job)[0] for job in (first, second)]
    there = f"the one in {places[1]}" if _has_value(second) else places[1]
    also = f", or {there}" if _rank(library, second) < len(_RENAMED) and places[0] != places[1] else ""
    return _problem(library, first, "url-clash", what, f"rename {'the value' if _has_value(first) else 'it'}{also}")


def _line_of_extension(job: Job) -> int | None:
    """The line of extensions.py where the output was registered; None if it is the engine's."""
    return LINES.get(("host", job.name) if job.maker == "host" else ("output", job.maker))


def _rank(library: Library, job: Job) -> int:
    """How easily an output is renamed; a static file of the theme can't be."""
    if _line_of_extension(job):
        return -1
    is_foreign = job.maker == "static" and not (library.pictures.root / "static" / job.path).is_file()
    return _RENAMED.get(job.maker, len(_RENAMED)) if not is_foreign else len(_RENAMED)


def _problem(library: Library, job: Job, code: str, what: str, hint: str) -> Problem:
    path, mark = _place(library, job)
    return problem_at(path, code, f"{url_of_file(library.config.base_path, job.path)} {what}", mark, hint)


def _is_page(job: Job) -> bool:
    """Whether the library has already checked the job's address."""
    return job.maker == "redirect" or (job.maker == "page" and job.number == 1 and not job.name)


def _has_value(job: Job) -> bool:
    """Whether the job is a page of a list that is narrowed to a value, which its address has."""
    return job.maker == "page" and bool(job.name)


def _place(library: Library, job: Job) -> tuple[str, Mark | None]:
    """Return the file that an output comes from, and the position in it."""
    if line := _line_of_extension(job):
        return "extensions.py", Mark(line, 1)
    if job.maker == "static":
        return f"static/{job.path}", None
    if job.maker in _FILES:
        return library.files[job.key, job.name], None
    page: Page = library.pages[job.key]
    if _has_value(job):
        chosen = selections(library, job.key, job.language)[job.name]
        child = library.pages[chosen.keys[0]]
        document = child.versions[child.source]
        return document.path, document.marks.get(chosen.field)
    if job.maker == "redirect":
        document = page.versions[page.source]
        return document.path, document.marks.get("aliases")
    shown = page.versions[page.states[library.nearest_language(job.key, job.language)].shown]
    return shown.path, shown.marks.get("slug")
