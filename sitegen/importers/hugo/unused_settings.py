"""Finds the settings of a Hugo site that have words, and no counterpart here."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from sitegen.importers.hugo.settings import NUMBERED_FOLDER
from sitegen.importers.hugo.site import Setting
from sitegen.problems.problem import Problem
from sitegen.source.text import problem_at
from sitegen.source.yaml import Node

#: Settings, also of a language, that are used here, or that say how Hugo builds and publishes a site.
_USED = frozenset(
    """archetypedir assetdir baseurl build builddrafts buildexpired buildfuture caches canonifyurls
    capitalizelisttitles cleandestinationdir contentdir datadir defaultcontentlanguage defaultcontentlanguageinsubdir
    defaultoutputformat deployment direction disablealiases disabled disabledefaultlanguageredirect
    disablehugogeneratorinject disablekinds disablelanguages disablelivereload disablepathtolower enableemoji
    enablegitinfo enableinlineshortcodes enablemissingtranslationplaceholders enablerobotstxt environment
    footnoteanchorprefix footnotereturnlinkcontents frontmatter googleanalytics hascjklanguage httpcache i18ndir
    ignorecache ignoreerrors ignorefiles ignorelogs ignorevendorpaths imaging label languagecode languagedirection
    languagename languages layoutdir locale mainsections markup mediatypes menu menus minify module newcontenteditor
    nobuildlock nochmod notimes outputformats outputs page paginate paginatepath pagination paniconwarning permalinks
    pluralizelisttitles privacy publishdir pygmentscodefences pygmentsstyle reflinkserrorlevel reflinksnotfoundurl
    related relativeurls removepathaccents rendersegments resourcedir rsslimit security segments server services
    sitemap staticdir summarylength taxonomies templatemetrics theme themesdir timeout timezone title titlecasestyle
    uglyurls verbose versions weight workingdir""".split()  # noqa: SIM905
)


def find_unused(settings: Mapping[str, Setting]) -> Iterator[Problem]:
    """Report the settings with texts that have no counterpart, such as the parameters of a theme."""
    for name, setting in settings.items():
        yield from _unused(setting.path, name, setting.node)
    if languages := settings.get("languages"):
        for path, table in languages.node.entries.items():
            for name, node in table.entries.items():
                yield from _unused(languages.path, name, node, f" of the language '{path}'")


def _unused(path: str, name: str, node: Node, whose: str = "") -> Iterator[Problem]:
    if name.partition(".")[0] in _USED or NUMBERED_FOLDER.fullmatch(name) or not _has_text(node):
        return
    inner = {f"params.{key}": child for key, child in node.entries.items()} if name == "params" else {name: node}
    for key, child in inner.items():
        if _has_text(child):
            message, hint = f"the setting '{key}'{whose} is not imported", "write what readers need into a template"
            yield problem_at(path, "not-imported", message, child.key or child.mark, hint)


def _has_text(node: Node) -> bool:
    if isinstance(node.value, str):
        return bool(node.value)
    return any(map(_has_text, node.value if isinstance(node.value, tuple) else node.entries.values()))
