"""The Center's site, built once, and its pages as an independent parser (lxml) reads them.

With PUBLISHED and PUBLISHED_AT in the environment that folder is read, as built for that address, and nothing is built:
so the very site that is about to be published is tested.
"""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any
from urllib.parse import unquote, urljoin, urlsplit

import pytest
from lxml import html

REPOSITORY = Path(__file__).parents[2]
VNU = REPOSITORY / "tests/browser/node_modules/vnu-jar/build/dist/vnu.jar"
BASE = os.environ.get("PUBLISHED_AT", "https://center.example/")
BASE_PATH = urlsplit(BASE).path
#: One page of each kind, and the pages of no kind.
PAGE_TYPES = (
    "", "about/", "about/platform/", "about/plan/", "about/partners/", "about/partners/xjtu/", "about/people/",
    "about/people/zhang-liqun/", "about/sco/", "about/fact-sheet/", "study/", "study/summer-school/", "study/students/",
    "study/faq/", "universities/", "news/", "news/launch/", "news/inauguration-tianjin/", "contact/", "glossary/",
    "site/", "site/sources/", "site/sources/xjtu-2025-09-03/", "search/", "404.html",
)  # fmt: skip
#: Those that hold every part of the frame and every sort of content; `make soak` looks at all types wherever these are looked at.
MAIN_TYPES = ("", "about/plan/", "study/summer-school/", "glossary/", "search/")
#: Languages whose pages are looked at in every size and scheme; the others share their scripts.
OF_EACH_SCRIPT = ("en", "zh", "ru", "hi", "ur")
#: Of the documentation: one page of each template in each language, and a chapter with tables.
DOCS_PAGES = [
    f"{language}/{path}" for language in ("en", "zh", "ru") for path in ("", "start/", "reference/", "search/", "site/")
] + ["en/reference/settings/"]
#: Pages that are long: examples, every problem, the guides. Checkers take seconds for each.
LONG_DOCS_PAGES = ["en/reference/template-attributes/", "en/reference/problems/", "en/editing/", "ru/translating/"]


def require(tool: str, is_there: bool) -> None:
    """Skip a test that lacks its tool; in continuous integration no tool may be missing."""
    if not is_there:
        reason = f"{tool} is not installed; `bash .ci/run` installs it"
        if os.environ.get("CI"):
            pytest.fail(reason)
        pytest.skip(reason)


def sampled(values: Iterable[Any], sample: Collection[Any]) -> list[Any]:
    """Parameters of a test: those outside the sample are left to `make soak`; a tuple is several parameters."""
    return [
        pytest.param(
            *(value if isinstance(value, tuple) else (value,)), marks=() if value in sample else pytest.mark.soak
        )
        for value in values
    ]


def read_headers(text: str) -> dict[str, dict[str, str]]:
    """`_headers` as hosts read it: pattern → headers."""
    rules: dict[str, dict[str, str]] = {}
    for line in text.splitlines():
        if line.startswith("/"):
            assert line not in rules
            rules[line] = {}
        else:
            name, _, value = line.partition(": ")
            rules[list(rules)[-1]][name.strip()] = value
    return rules


def matching(rules: Mapping[str, Mapping[str, str]], path: str) -> dict[str, list[str]]:
    """All values of each header for a path, as hosts that join them find them."""
    found: dict[str, list[str]] = {}
    for pattern, headers in rules.items():
        if re.fullmatch(".*".join(map(re.escape, pattern.split("*"))), path):
            for name, value in headers.items():
                found.setdefault(name, []).append(value)
    return found


@dataclass(frozen=True)
class Page:
    """A published HTML file.

    Attributes:
        path: below the output folder, as "en/about/plan/index.html".
    """

    path: str
    text: str

    @cached_property
    def root(self) -> html.HtmlElement:
        return html.document_fromstring(self.text.encode())

    @property
    def url(self) -> str:
        return BASE + self.path.removesuffix("index.html")

    @property
    def language(self) -> str:
        """Path of its language; "" for the chooser and the general 404 page."""
        return self.path.partition("/")[0] if "/" in self.path else ""

    @property
    def is_error(self) -> bool:
        return self.path.endswith("404.html")

    @cached_property
    def canonical(self) -> str | None:
        found = self.root.xpath("//link[@rel='canonical']/@href")
        return str(found[0]) if found else None

    @property
    def is_redirect(self) -> bool:
        """Whether it is at an old address and only redirects."""
        return bool(self.root.xpath("//meta[@http-equiv='refresh']"))

    @property
    def is_fallback(self) -> bool:
        return self.canonical is not None and self.canonical != self.url

    @cached_property
    def alternates(self) -> dict[str, str]:
        links = self.root.xpath("//link[@rel='alternate'][@hreflang]")
        return {link.get("hreflang"): link.get("href") for link in links}

    @cached_property
    def visible(self) -> str:
        """Its visible text on one line."""
        texts = self.root.xpath("//body//text()[not(ancestor::script) and not(ancestor::style)]")
        return " ".join(" ".join(texts).split())

    def targets(self) -> list[str]:
        """The absolute addresses of everything that it links to or loads."""
        found = self.root.xpath("//a/@href | //link/@href | //*/@src | //area/@href | //*[local-name()='use']/@href")
        return [urljoin(self.url, str(target)) for target in found]


@dataclass(frozen=True)
class Published:
    """The built site."""

    folder: Path

    @cached_property
    def pages(self) -> dict[str, Page]:
        """Every HTML file: path → page."""
        paths = sorted(self.folder.rglob("*.html"))
        named = {path.relative_to(self.folder).as_posix(): path for path in paths}
        return {name: Page(name, path.read_text(encoding="utf-8")) for name, path in named.items()}

    @property
    def real(self) -> list[Page]:
        """The pages of languages without fallback and error pages."""
        return [p for p in self.pages.values() if p.language and not p.is_fallback and not p.is_error]

    def file_of(self, url: str) -> Path:
        """The file of an address."""
        path = unquote(urlsplit(url).path).removeprefix(BASE_PATH).lstrip("/")
        return self.folder / (path + "index.html" if path == "" or path.endswith("/") else path)


def html_errors(files: Iterable[Path]) -> str:
    """What the W3C's checker of HTML finds in files; the code that Java makes of it in haste is fast enough for one run.

    Its start takes as long as 300 pages.
    """
    require("java", shutil.which("java") is not None)
    require("vnu-jar", VNU.exists())
    command = ["java", "-XX:TieredStopAtLevel=1", "-XX:+UseSerialGC", "-Xss4m", "-jar", str(VNU), "--errors-only"]
    done = subprocess.run([*command, *map(str, files)], capture_output=True, text=True, check=False)
    assert done.returncode == bool(done.stderr), done
    return done.stderr


def copy_center(root: Path) -> None:
    """Copy the Center's site, to change it; without the card of its pages, as drawing 500 takes longer than all else."""
    for part in ("content", "templates", "static", "translations"):
        shutil.copytree(REPOSITORY / part, root / part)
    (root / "templates/card.yaml").unlink()


def build_center(folder: Path, *options: str) -> Published:
    """Build the Center's site with the command that everyone uses."""
    command = [sys.executable, "build.py", "--output", str(folder), "--base-url", BASE, *options]
    subprocess.run(command, cwd=REPOSITORY, check=True, capture_output=True)
    return Published(folder)
