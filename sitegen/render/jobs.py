"""An output of a site, and each of its files as a job: engine and extensions say so in the same way."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import NamedTuple

from msgspec import Struct

from sitegen.library.library import Library
from sitegen.model.values import Key
from sitegen.render.renderer import Renderer
from sitegen.render.site_view import SiteView
from sitegen.render.views import PageView


class Job(NamedTuple):
    """One file to make.

    Attributes:
        path: POSIX path below the output folder.
        maker: a key of `OUTPUTS`.
        language: path of the language it is in, or the site's first for files of no language.
        key: the page it is of, `/` for files of the whole site.
        number: 1-based page of a list; 0-based file of a search index; width of a picture.
        name: the file beside the page, for `file` and `picture`; what a list is narrowed to, as `status/open`, for `page`;
            the host, for `host`.
    """

    path: str
    maker: str
    language: str
    key: Key = Key("/")
    number: int = 1
    name: str = ""


class Output(Struct, frozen=True, kw_only=True):
    """A sort of files that a site consists of.

    Attributes:
        files: which there are, as jobs, by the name under which it stands in `OUTPUTS`, the library and the renderer; in a
            stable order.
        make: the bytes of one. What it reads of the library is known when the site is built again.
        is_localized: whether its files are in one language each, and none is made for a language that is not built.
    """

    files: Callable[[str, Library, Renderer], Iterator[Job]]
    make: Callable[[Renderer, Job], bytes]
    is_localized: bool = True


def file_of_language(path: str, make: Callable[[SiteView, Iterator[PageView]], bytes]) -> Output:
    """A file of each language.

    Args:
        path: below the language's folder: `feed.json`.
        make: its bytes, of the site and of the pages of that language that are listed, in the order of their paths; both
            as templates see them.
    """

    def files(name: str, library: Library, renderer: Renderer) -> Iterator[Job]:
        yield from (Job(f"{language}/{path}", name, language) for language in library.locales)

    def make_job(renderer: Renderer, job: Job) -> bytes:
        scope = renderer.scopes[job.language]
        pages = (scope.page(key) for key in sorted(renderer.library.pages))
        return make(SiteView(scope), (page for page in pages if page.is_listed and not page.is_fallback))

    return Output(files=files, make=make_job)
