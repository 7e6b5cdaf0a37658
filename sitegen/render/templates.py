"""One Jinja environment per language.

With one shared environment a macro imported without context keeps the language that came first (Jinja caches the
imported module); so each language has its own, and they share nothing but compiled code.
"""

from __future__ import annotations

import gettext
import marshal
import re
from collections.abc import Callable, Hashable, Iterable, Mapping, MutableMapping
from contextlib import suppress
from functools import cache, partial
from hashlib import sha256
from types import CodeType
from typing import Any, TypeVar

import jinja2
from jinja2.bccache import Bucket, BytecodeCache
from jinja2.compiler import CodeGenerator, Frame
from jinja2.environment import TemplateModule
from jinja2.meta import find_referenced_templates

from sitegen.i18n.catalogs import language_of_message
from sitegen.i18n.language import Language
from sitegen.i18n.locale import Locale
from sitegen.media.static_files import Assets
from sitegen.model.settings import Config
from sitegen.problems.problem import SiteError, refusal
from sitegen.render.dependency_recording import Aspect
from sitegen.render.filters import filters_of
from sitegen.render.language_scope import Scope
from sitegen.render.script_addresses import find_bad_address, schemes_in
from sitegen.render.site_view import SiteView
from sitegen.render.template_problems import (
    FOLDER,
    address_problem,
    runtime_problem,
    syntax_problem,
    told_as_syntax,
)
from sitegen.render.template_runtime import QuickContext, QuickMacro, message_function, shown
from sitegen.source.files import MOST_BYTES
from sitegen.source.lazy_regex import lazily
from sitegen.source.theme_layers import LayerFile, Layers, shipped
from sitegen.storage.cache import Cache
from sitegen.storage.compiled_templates import thin_out

Value = TypeVar("Value")

#: Of a language, in each process; a menu may be large, and have one for each of its pages.
_MOST_FRAGMENTS = 50
#: Where the templates of blocks are, which a site without a theme has too.
_BLOCKS = "blocks/"
#: Before the name of a template: that of the theme, not of the site.
_BEHIND = "theme/"

#: A tag with its attributes, or a quotation mark outside of one.
_TAG_OR_QUOTE = lazily(r"""<(?:[^<>"']|"[^"<]*"|'[^'<]*')*>|["']""")


class SharedCode(BytecodeCache):
    """Compiled templates, shared by the environments and by one build and the next: they are the same in every language.

    That holds because every filter that depends on a language takes the context, which keeps Jinja from computing
    it while it compiles.
    """

    def __init__(self, kept: Cache | None = None, version: str = "") -> None:
        """Share code, and keep it for other processes.

        Args:
            kept: where it is kept, which only the user can write.
            version: of all that the code depends on besides its template: the engine, the libraries, Python.
        """
        self._code: dict[str, CodeType] = {}
        self._kept = kept
        self._has_kept = False
        self._version = version

    def load_bytecode(self, bucket: Bucket) -> None:
        bucket.code = self._code.get(bucket.key + bucket.checksum)
        if bucket.code is None and self._kept and (content := self._kept.find(self._key(bucket))):
            bucket.code = self._code[bucket.key + bucket.checksum] = marshal.loads(content)  # noqa: S302 - the user's own

    def dump_bytecode(self, bucket: Bucket) -> None:
        assert bucket.code is not None
        self._code[bucket.key + bucket.checksum] = bucket.code
        if self._kept:
            self._kept.keep(self._key(bucket), marshal.dumps(bucket.code))
            if not self._has_kept:
                thin_out(self._kept)
            self._has_kept = True

    def _key(self, bucket: Bucket) -> str:
        return sha256(f"{self._version} {bucket.key} {bucket.checksum}".encode()).hexdigest()


def make_environments(
    layers: Layers,
    scopes: Mapping[str, Scope],
    translations: Mapping[str, gettext.NullTranslations],
    assets: Assets,
    code: SharedCode,
) -> dict[str, Environment]:
    """An environment for each language, path → environment."""
    loader = _Loader(layers)
    environments = {
        path: _environment(loader, code, scope, translations[path], assets) for path, scope in scopes.items()
    }
    for path, scope in scopes.items():
        scope.draw = partial(render_template, environments[path])
    return environments


class _Loader(jinja2.BaseLoader):
    """Reads templates/ of the site and its themes with the same care as content; a template's name is its path there.

    `theme/page.html` is the page.html of the layers below the one whose template asks for it, so that a site's own
    page.html may extend the theme's. Within, a name has one `theme/` for each layer that is passed over.

    Attributes:
        shown: paths in problems of the templates read so far.
    """

    def __init__(self, layers: Layers) -> None:
        self._layers = layers
        self._texts: dict[str, str] = {}
        self._files: dict[str, LayerFile] = {}
        self.shown: set[str] = set()
        self._schemes: set[str] | None = None

    def get_source(self, environment: jinja2.Environment, template: str) -> tuple[str, str, Callable[[], bool]]:
        if template not in self._texts:
            name = template
            while name.startswith(_BEHIND):
                name = name.removeprefix(_BEHIND)
            file = self._layers.find(f"{FOLDER}/{name}", (len(template) - len(name)) // len(_BEHIND))
            if file is None and name.startswith(_BLOCKS):
                file = shipped(f"{FOLDER}/{name}")
            if file is None:
                raise jinja2.TemplateNotFound(template)
            self._texts[template], self._files[template] = file.text(), file
            self.shown.add(file.shown)
        return self._texts[template], self._files[template].shown, lambda: True

    def schemes(self) -> set[str]:
        """The schemes of addresses in all templates: the site's owner trusts these."""
        if self._schemes is None:
            texts = [file.text() for name, file in self._layers.files(FOLDER).items() if name.endswith(".html")]
            self._schemes = {scheme for text in texts for scheme in schemes_in(text)}
        return self._schemes

    def name(self, template: str, asking: str) -> str:
        """The name within of a template that another asks for."""
        if not template.startswith(_BEHIND):
            return template
        layer = self._files[asking].layer if asking in self._files else 0
        return _BEHIND * (layer + 1) + template.removeprefix(_BEHIND)


class _Template(jinja2.Template):
    """Writes what it shows as text, since nothing that is written is escaped again."""

    @classmethod
    def _from_namespace(cls, environment: jinja2.Environment, namespace: Any, globals: Any) -> _Template:  # noqa: A002
        namespace.update(escape=shown, Macro=QuickMacro, together=_Together)
        template: _Template = super()._from_namespace(environment, namespace, globals)  # type: ignore[assignment]
        return template

    def _get_default_module(self, ctx: jinja2.runtime.Context | None = None) -> TemplateModule:
        """What others import from this template or include without context: made once, and every output depends on it."""
        assert isinstance(self.environment, Environment)
        return self.environment.once(("module", self.name), partial(super()._get_default_module, ctx))


class _Together:
    """What `_Generator` writes in place of a list: makes one text of the pieces that stand together."""

    extend = "".join
    append = str


class _Generator(CodeGenerator):
    """Yields what stands together as one text, since each piece passes through every template that is extended."""

    def visit_Output(self, node: jinja2.nodes.Output, frame: Frame) -> None:  # noqa: N802 - as Jinja's
        if frame.buffer is not None or len(node.nodes) == 1:
            super().visit_Output(node, frame)
            return
        frame.buffer = "yield together"
        try:
            super().visit_Output(node, frame)
        finally:
            frame.buffer = None

    def visit_Getattr(self, node: jinja2.nodes.Getattr, frame: Frame) -> None:  # noqa: N802 - as Jinja's
        """Ask for an attribute at once, and Jinja only where there is none."""
        self.write("(_value if (_value := getattr((_owner := ")
        self.visit(node.node, frame)
        self.write(f"), {node.attr!r}, missing)) is not missing else environment.getattr(_owner, {node.attr!r}))")


class Environment(jinja2.Environment):
    """Finds `theme/page.html` in the layers below that of the template that names it."""

    code_generator_class = _Generator
    template_class = _Template
    context_class = QuickContext

    def __init__(self, scope: Scope, **options: Any) -> None:
        super().__init__(**options)
        self._scope = scope
        self._named: dict[str, list[str]] = {}
        self._fragments: dict[Hashable, tuple[str, frozenset[Aspect]]] = {}

    def once(self, name: tuple[Hashable, ...], make: Callable[[], Value]) -> Value:
        """A value shared by the outputs of this language; see `Trace.once`."""
        return self._scope.trace.once((*name, self._scope.locale.path), make)

    def fragment(self, *given: Hashable, caller: QuickMacro) -> str:
        """What `{% call once(…) %}` shows: the same for pages on which the same is given, and made for the first alone.

        It may differ by nothing but what is given and the language. A page depends on what it reads all the same.
        """
        code, trace = caller.code, self._scope.trace
        name = (code.co_filename, code.co_firstlineno, given)
        known = self._fragments.get(name)
        if known is None:
            if len(self._fragments) >= _MOST_FRAGMENTS:
                self._fragments.clear()
            known = self._fragments[name] = trace.record(caller)
        else:
            trace.seen |= known[1]
        return known[0]

    def compile(self, source: Any, name: str | None = None, filename: str | None = None, *options: Any) -> Any:
        """Compile a template, as Jinja does; raises TemplateSyntaxError for whatever can't be compiled."""
        with told_as_syntax(name, filename):
            return super().compile(source, name, filename, *options)

    def _parse(self, source: str, name: str | None, filename: str | None) -> jinja2.nodes.Template:
        parsed = super()._parse(source, name, filename)
        if name is not None:
            named = (self.join_path(other, name) for other in find_referenced_templates(parsed) if other is not None)
            self._named[name] = [*named]
        return parsed

    def compile_reached(self, names: Iterable[str]) -> None:
        """Compile templates, and those that they name, as far as they can be read: once for all processes."""
        waiting, seen = [*names], set[str]()
        while waiting:
            name = waiting.pop()
            if name not in seen:
                seen.add(name)
                with suppress(jinja2.TemplateError, SiteError):  # reported when a page asks for it
                    self.get_template(name)
                waiting += self._named.get(name, ())

    def make_globals(self, d: MutableMapping[str, Any] | None) -> MutableMapping[str, Any]:
        """Those of the environment, of which each page takes a copy: as a plain mapping they are copied at once."""
        return {**self.globals, **d} if d else self.globals

    def join_path(self, template: str, parent: str) -> str:
        assert isinstance(self.loader, _Loader)
        return self.loader.name(template, parent)


def _environment(
    loader: _Loader, code: SharedCode, scope: Scope, translations: gettext.NullTranslations, assets: Assets
) -> Environment:
    environment = Environment(
        scope,
        loader=loader,
        bytecode_cache=code,
        autoescape=True,
        undefined=jinja2.StrictUndefined,
        extensions=["jinja2.ext.i18n"],
        trim_blocks=True,
        lstrip_blocks=True,
        auto_reload=False,
        cache_size=-1,
        optimized=False,  # what it computes ahead takes longer than it saves
    )
    environment.policies["ext.i18n.trimmed"] = True
    environment.newstyle_gettext = True  # type: ignore[attr-defined]
    environment.globals.update(_messages(translations))
    config = scope.library.config
    environment.filters.update(filters_of(scope))
    environment.globals.update(locale=scope.locale, site=SiteView(scope), asset=_asset_function(config, assets))
    environment.globals["once"] = environment.fragment
    environment.globals["language_of"] = _language_function(scope, translations)
    return environment


def _messages(translations: gettext.NullTranslations) -> dict[str, Callable[..., str]]:
    """The functions of templates that find messages."""
    found = dict[str, Callable[..., str]]()
    for number in ("", "n"):
        plain, in_context = getattr(translations, f"{number}gettext"), getattr(translations, f"{number}pgettext")
        found[f"{number}gettext"] = _fit_for_html(plain)
        found[f"{number}pgettext"] = _fit_for_html(_in_context(in_context, plain))
    plain = message_function(found["gettext"])
    return {
        "_": plain,
        "gettext": plain,
        "ngettext": message_function(found["ngettext"], "num"),
        "pgettext": message_function(found["pgettext"], "context"),
        "npgettext": message_function(found["npgettext"], "context", "num"),
    }


def _language_function(scope: Scope, translations: gettext.NullTranslations) -> Callable[[str], Locale]:
    """A function that finds the language in which a message of a theme is shown: English where no catalog has it."""

    def language_of(message: str) -> Locale:
        path = language_of_message(translations, message)
        locales = scope.library.locales
        return locales[path] if path in locales else _english()

    return language_of


@cache
def _english() -> Locale:
    return Locale.of(Language(tag="en", path="en", fallback=(), formats="en"))


def _in_context(lookup: Callable[..., str], plain: Callable[..., str]) -> Callable[..., str]:
    """Messages in a context; an empty one is none, as in a catalog."""
    return lambda context, *wanted: lookup(context, *wanted) if context else plain(*wanted)


def _fit_for_html(lookup: Callable[..., str]) -> Callable[..., str]:
    """Messages as HTML that fits into attributes too: a translator's quotation mark ends none."""

    def fit(*wanted: Any) -> str:
        text = lookup(*wanted)
        return _TAG_OR_QUOTE.sub(_as_reference, text) if '"' in text or "'" in text else text

    return fit


def _as_reference(found: re.Match[str]) -> str:
    return {'"': "&#34;", "'": "&#39;"}.get(found[0], found[0])


def _asset_function(config: Config, assets: Assets) -> Callable[[str], str]:
    def asset(name: str) -> str:
        if name not in assets.paths:
            raise LookupError(f"there is no static/assets/{name}")
        return config.base_path + assets.paths[name]

    return asset


def render_template(environment: jinja2.Environment, name: str, **context: Any) -> str:
    """The text that a template makes.

    Raises:
        SiteError: the template uses what does not exist, or fails otherwise, with its line; or it was given an address that
            may not be there.
    """
    assert isinstance(environment.loader, _Loader)
    try:
        text = environment.get_template(name).render(context)
    except jinja2.TemplateSyntaxError as error:
        raise SiteError([syntax_problem(error.filename or f"{FOLDER}/{error.name}", error)]) from error
    except SiteError:
        raise
    except (
        Exception
    ) as error:  # templates may fail in any way, and none is a bug of the engine's to show as a traceback
        language = environment.globals["locale"].path  # type: ignore[attr-defined] # set in _environment
        shown_so_far = environment.loader.shown
        raise SiteError([runtime_problem(error, name, context.get("page"), shown_so_far, language)]) from error
    if len(text) > MOST_BYTES:  # what is done with it afterwards would take a minute
        message = f"it makes {len(text):,} characters of one page, over {MOST_BYTES:,}"
        raise refusal(f"{FOLDER}/{name}", "too-costly", message)
    if found := find_bad_address(text, environment.loader.schemes):
        raise SiteError([address_problem(*found, name, context.get("page"))])
    return text
