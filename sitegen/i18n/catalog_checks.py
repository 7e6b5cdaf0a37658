"""Checks of catalogs: plural rules; placeholders, percent signs and tags; and messages that are missing."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from functools import lru_cache
from typing import Any

from sitegen.i18n.cldr_locales import own_locale
from sitegen.i18n.language import Language
from sitegen.i18n.own_messages import wanted_messages
from sitegen.i18n.plurals import SAMPLE, form_of, plural_forms
from sitegen.i18n.po_files import catalog_path, forms_of, is_translated, message_key
from sitegen.problems.problem import Problem, SiteError
from sitegen.source.html import markup_of
from sitegen.source.mark import Mark
from sitegen.source.text import problem_at
from sitegen.source.theme_layers import LayerFile, Layers

#: Contexts of messages from kinds.yaml rather than templates; they are shown as they are, without placeholders.
PLAIN_CONTEXTS = frozenset({"choice", "calendar"})
#: The most characters of a translation, and how many for each of its message if that is more: it may be on every page.
MOST_OF_MESSAGE, MOST_FOR_EACH = 1_000, 10
#: A percent sign or a placeholder; no width is allowed, as it could inflate a page to 100 MB.
_FORMAT = re.compile(r"%(?:%|\(\w+\)[sd])")


def header_problems(path: str, catalog: Any, tag: str, text: str) -> Iterator[Problem]:
    """Report a plural rule that gives two numbers one form, though the language tells them apart.

    Raises:
        SiteError: the rule can't be used.
    """
    rule = catalog.num_plurals, catalog.plural_expr
    mark = Mark(text.count("\n", 0, max(text.find("Plural-Forms:"), 0)) + 1, 1)
    if fault := fault_of_rule(*rule):
        message = f"the header's Plural-Forms can't be used: {fault}"
        raise SiteError([problem_at(path, "catalog-syntax", message, mark, _header(tag))])
    merged = merged_numbers(tag, *rule)
    if merged and any(isinstance(message.id, (tuple, list)) for message in catalog):
        message = f"the header's Plural-Forms gives {merged[0]} and {merged[1]} the same form, and '{tag}' has two"
        yield problem_at(path, "plural-rule", message, mark, f"{_header(tag)}, and translate each form")


def _header(tag: str) -> str:
    number, expression = plural_forms(tag)
    return f"write: nplurals={number}; plural={expression};"


@lru_cache
def fault_of_rule(number: int, expression: str) -> str:
    """What keeps a header from giving one of its forms for each number; "" if nothing does."""
    for n in SAMPLE:
        try:
            form = form_of(expression, n)
        except ZeroDivisionError:
            return f"it divides by zero for {n}"
        except ValueError as error:  # not an expression of C
            return str(error)
        if not 0 <= form < number:
            allowed = f"0 to {number - 1}" if number > 1 else "0"
            return f"it gives {form} for {n}, but nplurals={number} allows only {allowed}"
    return ""


def merged_numbers(tag: str, number: int, expression: str) -> tuple[int, int] | None:
    """Return two numbers with one form in a header that the language tells apart; None if there are none.

    Finer rules are right, and so are the older ones of other tools. Zero is ignored, as rules differ only for it in
    languages such as Hindi and Persian; and one form is enough where CLDR has two: Turkic nouns don't change.
    """
    own = own_locale(tag)
    if own is None:
        return None
    from babel.messages.plurals import get_plural

    usual = get_plural(own)[1]
    if expression == usual or _merged(expression, usual) is None:
        return None
    forms, rule = plural_forms(tag)  # loads all that CLDR knows of the language, which a usual header spares
    return None if number == 1 and forms <= 2 else _merged(expression, rule)


def _merged(expression: str, finer: str) -> tuple[int, int] | None:
    """Return the first two numbers with one form in an expression and two in another."""
    seen: dict[int, tuple[int, int]] = {}
    for n in SAMPLE[1:]:
        form = form_of(finer, n)
        first, before = seen.setdefault(form_of(expression, n), (n, form))
        if before != form:
            return first, n
    return None


def message_problems(path: str, message: Any) -> Iterator[Problem]:
    """Report a translation whose placeholders or markup differ from its message, with stray percent signs, or too long."""
    ids, forms = forms_of(message.id), forms_of(message.string)
    wanted = [_shape(text) for text in ids]
    most = max(MOST_OF_MESSAGE, MOST_FOR_EACH * max(map(len, ids)))
    begins = dict(enumerate(getattr(message, "form_lines", ())))
    for number, form in enumerate(forms):
        mark = Mark(begins.get(number) or message.lineno or 1, 1)
        if len(form) > most:
            what = f"the translation has {len(form):,} characters, over {most:,}, and may be on every page"
            yield problem_at(path, "too-costly", what, mark, "shorten it")
            continue
        wrong = [] if message.context in PLAIN_CONTEXTS else _stray_percents(form)
        # a form for a single number may omit the number; a language's last form covers many numbers
        wrong += _other_placeholders(form, ids, is_whole=number == len(forms) - 1)
        shape = _shape(form)
        if not wrong and (None in shape or shape not in wanted):
            advice = "copy them from the message; for the character < write &lt;"
            wrong = [("the tags differ from those of the message", advice)]
        for what, hint in wrong:
            yield problem_at(path, "catalog-placeholder", what, mark, hint)


def _shape(text: str) -> tuple[object, ...]:
    """The tags of a message, with its placeholders and with words in place of each, and the number of its `<`.

    A page puts other words in place of a placeholder and right after a message: neither may complete a tag, nor become
    attributes where a translation has left out their quotes.
    """
    filled = _FORMAT.sub("x y=z", text)
    return markup_of(text), markup_of(filled), filled.count("<")


def _stray_percents(form: str) -> list[tuple[str, str]]:
    """Return (message, hint) for the first percent sign that is not part of a placeholder."""
    found = re.search("%.{0,12}", _FORMAT.sub("", form))
    if not found:
        return []
    return [(f"'{found[0]}' is not a placeholder", "write %% for a percent sign; a placeholder is %(name)s")]


def _other_placeholders(form: str, ids: Sequence[str], *, is_whole: bool) -> list[tuple[str, str]]:
    known, own = {name for text in ids for name in _placeholders(text)}, _placeholders(form)
    has = f"it has {', '.join(sorted(known)) or 'none'}"
    wrong = [(f"the placeholder {name} is not in the message", has) for name in sorted(own - known)]
    lost = sorted(known - own) if is_whole else []
    return wrong + [(f"the placeholder {name} is missing", "copy it from the message") for name in lost]


def _placeholders(text: str) -> set[str]:
    return set(_FORMAT.findall(text)) - {"%%"}


def missing_messages(
    layers: Layers,
    languages: Mapping[str, Language],
    source: str,
    files: Mapping[str, Sequence[LayerFile]],
    parsed: Mapping[str, Sequence[Any]],
) -> Iterator[Problem]:
    """Report messages that are not translated in a language's own catalog."""
    pots: dict[int, Sequence[Any]] = {}
    for path, language in languages.items():
        if language.base:
            continue
        try:
            wanted = wanted_messages(layers, files[path], parsed[path], pots, is_source=path == source)
        except SiteError as error:
            yield from error.problems
            return
        yield from _untranslated(language, sorted(map(message_key, wanted), key=str), files[path], parsed[path])


def _untranslated(
    language: Language, wanted: Sequence[tuple[str, Any]], files: Sequence[LayerFile], parsed: Sequence[Any]
) -> Iterator[Problem]:
    catalog, code = catalog_path(language), "incomplete" if language.is_complete else "missing-message"
    own = files[0] if files and files[0].layer == 0 else None
    if not wanted or (own and parsed[0] is None):
        return
    if own is None:
        hint = f"run: python build.py translate update {language.path}"
        yield problem_at(catalog, code, f"'{language.path}' has no catalog", None, hint)
        return
    found = {message_key(message): message for message in parsed[0] if message.id}
    for key in wanted:
        if key not in found or not is_translated(found[key]):
            text = key[1] if isinstance(key[1], str) else key[1][0]
            mark = Mark(found[key].lineno, 1) if key in found and found[key].lineno else None
            yield problem_at(catalog, code, f"'{text}' is not translated{_in_part(found.get(key))}", mark)


def _in_part(message: Any) -> str:
    """How many plural forms a message has, if it has some and lacks others."""
    forms = forms_of(message.string) if message else ()
    filled = sum(map(bool, forms))
    return f" in all plural forms: it has {filled} of {len(forms)}" if 0 < filled < len(forms) else ""
