"""The file types that may be published beside pages; they exclude everything that a browser or server would run.

Files in static/ are the webmaster's responsibility and are not checked.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping

from sitegen.problems.problem import Problem

#: Purpose → file extensions.
TYPES: Mapping[str, tuple[str, ...]] = {
    "pictures": ("apng", "avif", "gif", "heic", "ico", "jpeg", "jpg", "png", "svg", "tif", "tiff", "webp"),
    "documents": (
        *("doc", "docx", "epub", "odp", "odt", "pdf", "ppt", "pptx", "ps", "rtf", "tex", "txt"),
        *("bib", "ics", "ris", "vcf"),
    ),
    "media": (
        *("aac", "flac", "m4a", "mid", "mp3", "oga", "ogg", "opus", "wav"),
        *("m4v", "mov", "mp4", "ogv", "srt", "vtt", "webm"),
    ),
    "data": ("csv", "geojson", "json", "jsonl", "ndjson", "ods", "parquet", "tsv", "xls", "xlsx", "yaml", "yml"),
    "archives": ("7z", "bz2", "gz", "tar", "tgz", "xz", "zip"),
    "fonts": ("otf", "ttf", "woff", "woff2"),
}
_KNOWN = frozenset(ending for endings in TYPES.values() for ending in endings)
#: Extensions that servers run, anywhere in the name: depending on its configuration, Apache runs notes.php.txt.
_RUN_BY_SERVERS = frozenset(
    """asp aspx cgi fcgi htaccess jsp jspx phar php php3 php4 php5 php7 php8 phps pht phtml pl py rb shtml stm""".split()  # noqa: SIM905
)


#: Extensions that browsers run, or that hold what they run.
_RUN_BY_BROWSERS = frozenset({"htm", "html", "js", "mjs", "svg", "swf", "wasm", "xht", "xhtml", "xml", "xsl"})
#: What IIS and PHP take for settings, which can name code to run.
_SETTINGS_OF_SERVERS = frozenset({".user.ini", "web.config"})
#: Extensions that servers know no type of, or have known for a few years: Apache takes that of the one before, as in notes.html.yaml.
LITTLE_KNOWN = frozenset({"apng", "avif", "bib", "geojson", "heic", "jsonl", "ndjson", "parquet", "ris", "yaml", "yml"})
#: Extensions of what hosts unpack on the way: asked for `a.html`, they send `a.html.gz` as that page.
UNPACKED_BY_HOSTS = (".br", ".gz", ".zst")


def is_run(path: str) -> bool:
    """Whether a browser or a server would run the file, by its name, or what a host unpacks of it."""
    name = path.rpartition("/")[2].lower()
    _, *endings = name.split(".")
    if name in _SETTINGS_OF_SERVERS:
        return True
    sent = endings[:-1] if name.endswith(UNPACKED_BY_HOSTS) else endings
    return not _RUN_BY_SERVERS.isdisjoint(endings) or bool(_RUN_BY_BROWSERS.intersection(sent[-1:]))


def type_problem(path: str, more: Collection[str]) -> Problem | None:
    """Return the problem that keeps a file from being published, if any.

    Args:
        more: additional extensions that the site publishes.
    """
    name = path.rpartition("/")[2]
    _, *endings = re.split("[.;]", name.lower())  # IIS ran notes.asp;.jpg
    run = [ending for ending in endings if ending in _RUN_BY_SERVERS and ending not in more]
    if run:
        message = f"a server may run '{name}', as its name has .{run[0]}"
        hint = "rename it; a text to show ends in .txt"
    elif name.lower().endswith(UNPACKED_BY_HOSTS) and is_run(name):
        message = f"hosts unpack '{name}' and send it as '{name.rpartition('.')[0]}', which a browser runs"
        hint = "pack it into a .zip"
    elif endings and (endings[-1] in LITTLE_KNOWN or endings[-1] in more) and is_run(name.rpartition(".")[0]):
        message = f"a server that doesn't know .{endings[-1]} sends '{name}' as .{endings[-2]}, which a browser runs"
        hint = "rename it"
    elif not endings:
        message, hint = f"'{name}' has no file extension", "add one, such as .txt or .pdf"
    elif endings[-1] in _KNOWN or endings[-1] in more:
        return None
    else:
        message = f"files ending in .{endings[-1]} are not published beside pages"
        hint = "pack it into a .zip, or put it into static/; `file_types` in site.yaml adds to the list"
    return Problem(path=path, code="file-type", message=message, hint=hint)
