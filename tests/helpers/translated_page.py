"""A page whose source changes after its French translation has been accepted."""

from __future__ import annotations

from pathlib import Path

from conftest import TinySite

from sitegen.translation.status_report import find_status


class TranslatedPage:
    """The page /a/ in English and French.

    Attributes:
        own: the file of the translation.
        versions: of the source, the newest first.
    """

    def __init__(self, site: TinySite, source: str, own: str) -> None:
        self.site, self.own, self.versions = site, site.root / "content/a/index.fr.md", list[bytes]()
        self.write_source(source)
        site.write("content/a/index.fr.md", own)

    def write_source(self, text: str) -> None:
        self.site.write("content/a/index.en.md", text)
        self.versions.insert(0, text.encode())

    def git(self, root: Path, command: str, *words: str) -> bytes:
        """The versions of the source, as git lists and shows them."""
        commits = {f"{len(self.versions) - number:040d}": text for number, text in enumerate(self.versions)}
        if command == "show":
            return commits[words[0].partition(":")[0]]
        return "".join(f"commit {commit}\n2026-11-27\n" for commit in commits).encode()

    @property
    def state(self) -> str:
        (own,) = [page for page in find_status(self.site.root).of("fr").pages if page.key == "/a/"]
        return ", ".join(own.state.told) or own.state.name

    @property
    def text(self) -> str:
        return self.own.read_text(encoding="utf-8")

    @property
    def body(self) -> str:
        return self.text.split("---\n", 2)[2]
