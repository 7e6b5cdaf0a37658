"""Outputs of a site, and jobs for their files; the engine and extensions define them in the same way."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING, NamedTuple

from msgspec import Struct

from sitegen.library.library import Library
from sitegen.model.page import Key

if TYPE_CHECKING:  # what is read is listed before what renders is imported
    from sitegen.render.page_views import PageView
    from sitegen.render.renderer import Renderer
    from sitegen.render.site_view import SiteView


class Job(NamedTuple):
    """A file to make.

    Attributes:
        path: POSIX path below the output folder.
        maker: a key of `OUTPUTS`.
        language: path of the file's language, or of the site's first language for files without a language.
        key: the file's page; `/` for files of the whole site.
        number: 1-based page of a list; 0-based file of a search index; width of a picture.
        name: for `file` and `picture`, the file beside the page; for `page`, the selection of its list, such as
            `status/open`; for `host`, the host.
    """

    path: str
    maker: str
    language: str
    key: Key = Key("/")
    number: int = 1
    name: str = ""


class Output(Struct, frozen=True, kw_only=True):
    """A type of output files.

    Attributes:
        files: yields the jobs in a stable order, given the output's name in `OUTPUTS`, the library and the renderer.
        make: returns the content of a job's file. Its reads from the library are recorded for the next build.
        is_localized: whether each file has one language and is only made if that language is built.
    """

    files: Callable[[str, Library, Renderer], Iterator[Job]]
    make: Callable[[Renderer, Job], bytes]
    is_localized: bool = True


def file_of_site(
    path: str,
    make: Callable[[Renderer, Job], bytes],
    is_needed: Callable[[Library, Renderer], bool] = lambda library, renderer: True,
) -> Output:
    """Define an output with one file for the whole site.

    Args:
        is_needed: whether the site has the file.
    """

    def files(name: str, library: Library, renderer: Renderer) -> Iterator[Job]:
        if is_needed(library, renderer):
            yield Job(path, name, next(iter(library.locales)))

    return Output(files=files, make=make, is_localized=False)


def file_of_language(path: str, make: Callable[[SiteView, Iterator[PageView]], bytes]) -> Output:
    """Define an output with one file per language.

    Args:
        path: the path in the language's folder, such as `feed.json`.
        make: returns the content, given the site and the listed pages of the language, ordered by path; both as
            templates see them.
    """
    from sitegen.render.site_view import SiteView

    def files(name: str, library: Library, renderer: Renderer) -> Iterator[Job]:
        yield from (Job(f"{language}/{path}", name, language) for language in library.locales)

    def make_job(renderer: Renderer, job: Job) -> bytes:
        scope = renderer.scopes[job.language]
        pages = (scope.page(key) for key in sorted(renderer.library.pages))
        return make(SiteView(scope), (page for page in pages if page.is_listed and not page.is_fallback))

    return Output(files=files, make=make_job)
