"""The theme's catalogs are complete, use the plural forms of CLDR, are valid for gettext, and are marked as drafts."""

from __future__ import annotations

import gettext
import re
import shutil
import subprocess
from pathlib import Path

import pytest
from published import REPOSITORY, require

THEME = REPOSITORY / "sitegen/theme/translations"
CATALOGS = sorted(THEME.glob("*/LC_MESSAGES/messages.po"))


def tag_of(catalog: Path) -> str:
    return catalog.parts[-3].replace("_", "-")


def test_theme_has_the_languages_that_it_promises() -> None:
    promised = "ar be de en es fa fr hi id ja kk ko ky mn pt ru sr sr-Latn tg th tr uk ur uz vi zh-Hans"

    assert " ".join(tag_of(catalog) for catalog in CATALOGS) == promised


@pytest.mark.parametrize("catalog", CATALOGS, ids=tag_of)
def test_catalog_has_the_plural_forms_of_cldr(catalog: Path) -> None:
    """Numbers that CLDR puts into one form are in one form of the catalog, and it has no form more."""
    from icu4py.messageformat import MessageFormat

    header = re.search(r"nplurals=(\d+); plural=(.*?);?\\n", catalog.read_text(encoding="utf-8"))
    assert header is not None
    form = gettext.c2py(header[2])
    names = "zero one two few many other"
    message = MessageFormat(
        f"{{n, plural, {' '.join(f'{name}{{{name}}}' for name in names.split())}}}", tag_of(catalog)
    )
    pairs = {(form(n), message.format({"n": n})) for n in range(1_200)}

    assert len(pairs) == int(header[1]) == len({number for number, _ in pairs})


@pytest.mark.parametrize("catalog", CATALOGS, ids=tag_of)
def test_gettext_accepts_the_catalog_and_nothing_is_missing(catalog: Path, tmp_path: Path) -> None:
    require("msgfmt", shutil.which("msgfmt") is not None)
    command = ["msgfmt", "--check-format", "--statistics", "-o", str(tmp_path / "messages.mo"), str(catalog)]
    done = subprocess.run(
        command, capture_output=True, text=True, check=False, env={"LC_ALL": "C", "PATH": "/usr/bin:/bin"}
    )
    count = len(re.findall(r"^msgid ", (THEME / "messages.pot").read_text(encoding="utf-8"), re.MULTILINE)) - 1

    assert done.stderr.strip() == f"{count} translated messages."
    assert done.returncode == 0


@pytest.mark.parametrize("catalog", [own for own in CATALOGS if tag_of(own) != "en"], ids=tag_of)
def test_machine_translated_catalog_says_so(catalog: Path) -> None:
    assert "Machine draft, not yet reviewed by a person." in catalog.read_text(encoding="utf-8").partition("msgid")[0]
