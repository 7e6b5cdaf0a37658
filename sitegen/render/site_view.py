"""What templates see of the whole site: its settings and languages, as the readers of one language have them."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from functools import cached_property

from sitegen.i18n.locale import Locale
from sitegen.library.translation_status import Coverage
from sitegen.model.page import Key, Url
from sitegen.model.settings import Config
from sitegen.model.urls import url_of_file
from sitegen.render.file_names import CALENDAR, FEED, SEARCH, STATUS
from sitegen.render.language_scope import Scope
from sitegen.render.menus import Menus, MenuView
from sitegen.render.page_views import PageView
from sitegen.render.value_views import Words


class SiteView:
    """The site's own settings in one language."""

    def __init__(self, scope: Scope) -> None:
        self._scope = scope
        self._config: Config = scope.library.config

    @cached_property
    def title(self) -> Words:
        """The site's name in this language."""
        return self.title_in(self._scope.locale)

    def title_in(self, locale: Locale) -> Words:
        """The site's title in a language, or in the first of its chain that has one."""
        return self._scope.setting(self._config.title, locale) or Words.of("", locale)

    @cached_property
    def short_title(self) -> Words:
        """The title for narrow screens; the whole one where the site has no shorter."""
        return self._scope.setting(self._config.short_title, self._scope.locale) or self.title

    @cached_property
    def publisher(self) -> Words | None:
        """Who publishes the site; None where site.yaml does not say."""
        return self._scope.setting(self._config.publisher, self._scope.locale)

    @property
    def home(self) -> PageView:
        """The home page."""
        return self._scope.page(Key("/"))

    @property
    def organisation(self) -> PageView | None:
        """The page that `organisation:` of site.yaml names; None where it names none."""
        reference = self._config.organisation
        organisation: PageView | None = self._scope.value(reference) if reference else None
        return organisation

    @cached_property
    def menus(self) -> Menus:
        """The menus of site.yaml by name; entries of pages that do not exist in any language are left out."""
        return Menus(self._scope)

    def beside(self, page: PageView, menu: str = "main") -> tuple[MenuView | None, MenuView | None]:
        """The entries before and after a page's in the order of a menu, as chapters follow each other; None at its ends."""
        return self.menus.order(menu).neighbours(page)

    def trail(self, page: PageView, menu: str = "main") -> tuple[str, ...]:
        """Content paths of a menu's entries for the page and for what it is below: those that are marked as current."""
        return self.menus.order(menu).trail(page)

    @property
    def coverage(self) -> tuple[Coverage, ...]:
        """How much of each language is up to date; `locale_of` and `page` find what its paths and keys stand for."""
        return self._scope.coverage

    @property
    def matrix(self) -> Iterator[tuple[PageView, Mapping[str, tuple[Locale, ...]]]]:
        """Each page with its languages by state: "source", "current", "stale", "untracked", "missing"."""
        library = self._scope.library
        for key, page in library.pages.items():
            found: dict[str, tuple[Locale, ...]] = {}
            for path, state in page.states.items():
                if path in library.config.held:
                    continue
                found[state.name] = (*found.get(state.name, ()), library.locales[path])
            yield self._scope.page(key), found

    @cached_property
    def status_url(self) -> Url:
        """The state of all translations as data (JSON)."""
        return url_of_file(self._config.base_path, STATUS)

    @cached_property
    def search_url(self) -> Url:
        """Where this language's search index begins."""
        return url_of_file(self._config.base_path, f"{self._scope.locale.path}/{SEARCH}")

    def locale_of(self, path: str) -> Locale:
        """The language of a path."""
        return self._scope.library.locales[path]

    @property
    def languages(self) -> tuple[Locale, ...]:
        """The languages that are published, in the order of site.yaml."""
        library = self._scope.library
        return tuple(library.locales[path] for path in library.config.built)

    def page(self, key: str) -> PageView:
        """The page of a content path; for an expired page, the one above it. An error where there is none."""
        return self._scope.page(self._scope.library.in_place_of(Key(key)) or Key(key))

    def find_page(self, key: str) -> PageView | None:
        """The page of a content path; None where there is none."""
        return self._scope.page(Key(key)) if key in self._scope.library.pages else None

    @property
    def base_url(self) -> str:
        """Address of the published site."""
        return self._config.base_url

    @property
    def chooser_url(self) -> str:
        """Where a language is chosen: the root of the site."""
        return self._config.base_path

    @property
    def chooser_absolute_url(self) -> str:
        """Where a language is chosen, with scheme and host."""
        return self._config.base_url

    def home_url(self, locale: Locale) -> Url:
        """The home page's address in a language."""
        return self._scope.library.url(Key("/"), locale.path)

    @cached_property
    def calendar_url(self) -> Url | None:
        """This language's calendar; None on a site without any."""
        if not any(kind.calendar for kind in self._config.kinds.values()):
            return None
        return url_of_file(self._config.base_path, f"{self._scope.locale.path}/{CALENDAR}")

    @cached_property
    def feed_url(self) -> Url:
        """This language's Atom feed."""
        return url_of_file(self._config.base_path, f"{self._scope.locale.path}/{FEED}")
