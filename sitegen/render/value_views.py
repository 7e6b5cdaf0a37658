"""Views of small values, as templates see them: words, files, pictures, links, tables."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from markupsafe import Markup
from msgspec import Struct

from sitegen.i18n.locale import Locale
from sitegen.model.page import Url
from sitegen.model.urls import parts_of

if TYPE_CHECKING:  # which is made of these
    from sitegen.render.page_views import PageView


class Words(str):
    """A text that knows its language, which may be one that the reader's falls back to."""

    __slots__ = ("locale",)
    locale: Locale

    @classmethod
    def of(cls, text: str, locale: Locale) -> Words:
        words = cls(text)
        words.locale = locale
        return words


class Label(Struct, frozen=True):
    """A choice as templates show it.

    Attributes:
        value: as the page says it.
        label: as the reader's language calls it.
    """

    value: str
    label: str

    def __str__(self) -> str:
        return self.label


class FileView(Struct, frozen=True):
    """A file beside a page.

    Attributes:
        name: with its ending.
        url: its address, from the root of the host.
        size: in bytes.
    """

    name: str
    url: Url
    size: int

    @property
    def type(self) -> str:
        """What it is by its ending: "PDF"."""
        return self.name.rpartition(".")[2].upper()

    @property
    def media_type(self) -> str:
        """As HTTP names it: "video/mp4"."""
        import mimetypes

        return mimetypes.guess_type(self.name, strict=False)[0] or "application/octet-stream"

    def __str__(self) -> str:
        return self.url


class Picture(str):
    """The name of a picture beside a page, which `|picture` draws."""

    __slots__ = ("page",)
    page: PageView

    @classmethod
    def of(cls, name: str, page: PageView) -> Picture:
        picture = cls(name)
        picture.page = page
        return picture


class LinkView(Struct, frozen=True):
    """Where a link leads.

    Attributes:
        url: the address of the page, the file or the other site.
        file: the file beside a page that it names; None of a page or an address.
    """

    url: str
    file: FileView | None = None

    @property
    def is_external(self) -> bool:
        """Whether it leads out of the site."""
        return self.file is None and not self.url.startswith(("/", "#"))

    @property
    def host(self) -> str:
        """Whose site it leads to: "example.org"."""
        return (parts_of(self.url).hostname or "").removeprefix("www.")

    def __str__(self) -> str:
        return self.url


class TableView(Struct, frozen=True):
    """A table beside a page.

    Attributes:
        name: of its file.
        columns: their names.
        rows: column → value, as a field of a page would have it.
    """

    name: str
    columns: tuple[str, ...]
    rows: tuple[Mapping[str, Any], ...]


class Version(Struct, frozen=True):
    """A page in one language of the site, as the language switcher lists it.

    Attributes:
        locale: the language.
        url: its address; that of the language's home page where the page does not exist in it.
        title: its title there.
        is_translated: False where that address shows another language's text, or leads to that language's home.
        is_current: whether it is the language that is read.
    """

    locale: Locale
    url: Url
    is_translated: bool
    is_current: bool
    _page: PageView

    @property
    def title(self) -> Words:
        """Its title there, on which what does not show it does not depend."""
        return self._page.title


class SectionView(Struct, frozen=True):
    """A part of a text: what is before the first heading, or a heading and what follows.

    Attributes:
        heading: the heading as HTML; empty before the first.
        content: what follows it, as HTML.
        is_stale: whether the source has changed here since it was translated.
        source_url: where the source says it.
    """

    heading: Markup
    content: Markup
    is_stale: bool
    source_url: str


class SelectionView(Struct, frozen=True):
    """A list narrowed to what has one value of a fact.

    Attributes:
        field: name of the fact.
        label: the value as readers see it: a choice's label, a page's title, a country's name, a year.
        url: where the narrowed list begins.
        count: how many pages it lists.
        is_current: whether it is the page that is read.
    """

    field: str
    label: str
    url: Url
    count: int
    is_current: bool
