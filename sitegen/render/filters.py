"""The filters of templates, each for the readers of one language."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Callable, Iterable
from functools import partial
from typing import Any

import jinja2
from markupsafe import Markup, escape

from sitegen.i18n.bidi import isolate_ltr
from sitegen.i18n.locale import WITHOUT_SPACES, Locale
from sitegen.model.addresses import EMAIL, PHONE, URL
from sitegen.model.page import Money
from sitegen.render.language_scope import Scope
from sitegen.render.page_views import PageView
from sitegen.render.template_runtime import escaped
from sitegen.render.value_views import FileView, LinkView, Picture, Words

#: What a text is that can be called, written to or opened → the beginning of its link.
_REACHED = ((PHONE, "tel:"), (EMAIL, "mailto:"), (URL, ""))
#: A tag or a reference of HTML, or the text between two.
_TAG_OR_TEXT = re.compile(r"<[^>]*>|&[^;]*;|([^<&]+)")


def filters_of(scope: Scope) -> dict[str, Callable[..., Any]]:
    """The filters of templates in one language. Each takes the context, see `templates.SharedCode`."""
    functions: dict[str, Callable[..., Any]] = {**FILTERS, "heading": partial(_heading, names=scope.names)}
    return {name: _bound(name, function, scope.locale) for name, function in functions.items()}


#: What a filter raises for a value that it can't show.
FAILURES = (TypeError, ValueError, AttributeError, LookupError, ArithmeticError)


class FilterError(Exception):
    """A value that a filter can't show."""


def _bound(name: str, function: Callable[..., Any], locale: Locale) -> Callable[..., Any]:
    @jinja2.pass_context
    def bound(context: Any, value: Any, *arguments: Any) -> Any:
        try:
            return function(locale, value, *arguments)
        except FAILURES as error:
            raise FilterError(f"the filter '{name}' can't show {_described(value)}") from error

    return bound


def _described(value: Any) -> str:
    """A value as its author would call it."""
    match value:
        case None | "" | jinja2.Undefined():
            return "nothing"
        case dt.datetime():
            return f"{value:%Y-%m-%d %H:%M}, a date with a time; `.date()` is its date"
        case str():
            return f"the text '{value[:40]}'"
        case bool() | int() | float() | dt.date():
            return f"{value}"
    return f"a {type(value).__name__.lower()}"


def _conjunction(locale: Locale, items: Iterable[str]) -> Markup:
    """Texts as the language joins them: "a, b and c"."""
    return Markup(locale.conjunction(escape(item) for item in items))  # noqa: S704 - CLDR's pattern around escaped items


def _quoted(locale: Locale, text: str) -> Markup:
    """A text in the quotation marks of the language."""
    return Markup(locale.quoted(escape(text)))  # noqa: S704 - CLDR's marks around an escaped text


def _by_name(locale: Locale, items: Iterable[str]) -> list[str]:
    """Texts in the order of the language."""
    return sorted(items, key=locale.order)


def _by_country(locale: Locale, codes: Iterable[str]) -> list[str]:
    """Codes of countries in the order of their names."""
    return sorted(codes, key=lambda code: locale.order(locale.country(code)))


def _keyed(locale: Locale, items: Iterable[Any], name: str) -> dict[Any, Any]:
    """Items by one of their attributes, to look them up instead of searching again and again."""
    return {getattr(item, name): item for item in items}


def _words(locale: Locale, text: str) -> Markup:
    """A text marked with its language if that is not the page's; Latin words in a right-to-left text are isolated."""
    own = text.locale if isinstance(text, Words) else locale
    html = escaped(str(text))
    if own.isolates_ltr:
        html = Markup(isolate_ltr(html))  # noqa: S704 - <bdi> around parts of an escaped text
    if own.tag != locale.tag:
        return Markup('<span lang="{}" dir="{}">{}</span>').format(own.tag, own.dir, html)
    return html


def _cell(locale: Locale, value: Any) -> Markup:
    """A value of a table as readers see it, whatever it is."""
    match value:
        case None | bool():
            return escape("" if value is None else "✓" if value else "–")
        case dt.date() | dt.time():
            return escape(_when(locale, value))
        case Money():
            return escape(_money(locale, value))
        case int() | float():
            return escape(locale.number(value))
        case PageView():
            return Markup('<a href="{}">{}</a>').format(value.url, _words(locale, value.title))
        case Picture():
            return value.page.picture(value, "")
        case LinkView() | FileView():
            return Markup('<a href="{}">{}</a>').format(value.url, getattr(value, "name", "") or value.url)
        case tuple():
            return Markup(", ").join(_cell(locale, item) for item in value)
    return _reached(locale, value if isinstance(value, str) else str(value))


def _when(locale: Locale, value: dt.date | dt.time) -> str:
    """A day, a time of day, or a point of time with its zone."""
    shown = locale.when(value)
    return f"{shown} {locale.zone(value)}" if isinstance(value, dt.datetime) and value.tzinfo else shown


def _reached(locale: Locale, text: str) -> Markup:
    """A text as `words`; a telephone number or an address as a link."""
    start = next((start for pattern, start in _REACHED if re.fullmatch(pattern, text)), None)
    if start is None:
        return _words(locale, text)
    href = start + (_dialled(locale, text) if start == "tel:" else text)
    return Markup('<a href="{}"><bdi dir="ltr">{}</bdi></a>').format(href, text)


def _money(locale: Locale, value: Money) -> str:
    """An amount with the symbol of its currency, as the language writes it."""
    return locale.money(value.amount, value.currency)


def _picture(locale: Locale, picture: Picture, alt: str) -> Markup:
    """A picture in all its forms, with the words for those who do not see it."""
    return picture.page.picture(picture, alt)


def _dialled(locale: Locale, phone: str) -> str:
    """A telephone number as it is dialled from abroad: without the spaces and brackets that group it, and without (0)."""
    return re.sub("[^+0-9]", "", phone.replace("(0)", ""))


def _heading(locale: Locale, text: str, names: Callable[[str], re.Pattern[str] | None]) -> Markup:
    """A heading, a text as `words` or HTML, which says between which words of a script without spaces its lines may end."""
    if isinstance(text, Markup):
        return _heading_of_html(locale, text, names) if locale.script in WITHOUT_SPACES else text
    own = text.locale if isinstance(text, Words) else locale
    parts = own.phrases(str(text), names)
    if len(parts) == 1:
        return _words(locale, text)
    return Markup("<wbr>").join(_words(locale, Words.of(part, own)) for part in parts)


def _heading_of_html(locale: Locale, html: Markup, names: Callable[[str], re.Pattern[str] | None]) -> Markup:
    cut = (
        "<wbr>".join(locale.phrases(found[1], names)) if found[1] else found[0] for found in _TAG_OR_TEXT.finditer(html)
    )
    return Markup("".join(cut))  # noqa: S704 - marks between the words of what is HTML


#: The filters of templates: name → function of the page's language and the value.
FILTERS: dict[str, Callable[..., Any]] = {
    "cell": _cell,
    "date": Locale.date,
    "date_range": Locale.date_range,
    "datetime": Locale.datetime,
    "dialled": _dialled,
    "file_size": Locale.file_size,
    "money": _money,
    "number": Locale.number,
    "time": Locale.time,
    "when": Locale.when,
    "zone": Locale.zone,
    "percent": Locale.percent,
    "picture": _picture,
    "country": Locale.country,
    "language": Locale.language,
    "quoted": _quoted,
    "conjunction": _conjunction,
    "by_name": _by_name,
    "by_country": _by_country,
    "keyed": _keyed,
    "words": _words,
    "heading": _heading,
}
