"""Links of a Hugo site refer to pages and files here, however they were written there."""

from __future__ import annotations

import re

from conftest import MoveHugo

PAGES = {
    "content/posts/one.md": "---\ntitle: One\n---\n## What's new?\n",
    "content/posts/one.fr.md": "---\ntitle: Un\nslug: un\n---\n## Quoi de neuf ?\n",
    "content/posts/deep/index.md": "---\ntitle: Deep\n---\n",
    "content/notes/only.fr.md": "---\ntitle: Seul\nurl: /fr/ailleurs/\n---\n",
    "content/posts/deep/plan.pdf": b"%PDF-1.4",
    "static/map.png": b"png",
}


LINKS = [
    ("/posts/one/", "/posts/one/"),
    ("/posts/one", "/posts/one/"),
    ("one.md", "/posts/one/"),
    ("one", "/posts/one/"),
    ("./one.fr.md", "/posts/one/"),
    ("deep/index.md", "/posts/deep/"),
    ("../one/", "/posts/one/"),
    ("/fr/posts/un/", "/posts/one/"),
    ("/fr/posts/one/", "/posts/one/"),
    ("/fr/posts/deep/", "/posts/deep/"),
    ("/fr/ailleurs/", "/notes/only/"),
    ("https://old.example/posts/one/?x=1", "/posts/one/?x=1"),
    ("https://old.example", "/"),
    ("notes/only", "/notes/only/"),
    ("/", "/"),
    ("one.md#whats-new", "/posts/one/#whats-new"),
    ("deep/plan.pdf", "/posts/deep/plan.pdf"),
    ("/posts/deep/plan.pdf", "/posts/deep/plan.pdf"),
    ("/map.png", "map.png"),
    ("https://example.org/posts/one/", "https://example.org/posts/one/"),
    ("//example.org/posts/one/", "https://example.org/posts/one/"),
    ("/posts/gone/", "/posts/gone/"),
]


def test_links_lead_where_they_led(move_hugo: MoveHugo) -> None:
    text = "".join(f"[x]({written})\n\n" for written, _ in LINKS)
    site = move_hugo({**PAGES, "content/posts/two.md": f"---\ntitle: Two\n---\n{text}"})

    found = re.findall(r"^\[x\]\((.*)\)$", site.text("content/posts/two/index.en.md"), re.MULTILINE)
    assert list(zip([written for written, _ in LINKS], found, strict=True)) == LINKS


def test_anchor_of_a_translation_equals_that_of_the_source(move_hugo: MoveHugo) -> None:
    site = move_hugo({**PAGES, "content/posts/two.fr.md": "---\ntitle: Deux\n---\n[x](one.md#quoi-de-neuf-)\n"})

    assert site.text("content/posts/two/index.fr.md").endswith("[x](/posts/one/#whats-new)\n")
    assert 'id="whats-new"' in site.build()["fr/posts/un/index.html"]


def test_ref_finds_a_page_by_its_name_alone(move_hugo: MoveHugo) -> None:
    site = move_hugo(
        {**PAGES, "content/two.md": '---\ntitle: Two\n---\n[x]({{< ref "only.md" >}}) [y]({{< ref "one" >}})\n'}
    )

    assert site.text("content/two/index.en.md").endswith("[x](only.md) [y](/posts/one/)\n")


def test_dead_link_is_reported_and_the_site_still_builds(move_hugo: MoveHugo) -> None:
    site = move_hugo({**PAGES, "content/two.md": "---\ntitle: Two\n---\n[x](/gone/)\n"})

    assert "content/two/index.en.md:5:5: warning[dead-page]: the page '/gone/' does not exist" in site.told_then
    assert "checks:\n  dead-page: warning\n" in site.text("content/site.yaml")
    assert "en/two/index.html" in site.build()


def test_files_of_bundles_are_imported_with_those_of_each_language(move_hugo: MoveHugo) -> None:
    site = move_hugo(
        {
            "content/a/index.md": "---\ntitle: A\n---\n![x](p.png)\n",
            "content/a/index.fr.md": "---\ntitle: A\n---\n![x](p.png)\n",
            "content/a/p.png": b"one",
            "content/a/p.fr.png": b"two",
            "content/a/_unseen.txt": b"x",
        }
    )

    site.build()
    assert site.files()["en/a/p.png"] == b"one"
    assert site.files()["fr/a/p.fr.png"] == b"two"
    assert site.files()["en/a/unseen.txt"] == b"x"


def test_file_that_no_text_names_goes_to_the_nearest_page_above_it(move_hugo: MoveHugo) -> None:
    site = move_hugo(
        {
            "content/a/index.md": "---\ntitle: A\n---\n![x](images/1.txt)\n",
            "content/a/images/1.txt": b"1",
            "content/a/images/2.txt": b"2",
            "content/s/_index.md": "---\ntitle: S\n---\n",
            "content/s/deep/er/3.txt": b"3",
            "content/s/deep/er/3.fr.txt": b"4",
            "content/img/5.txt": b"5",
            "content/img/a/2.txt": b"6",
            "assets/7.txt": b"7",
            "assets/8.txt": b"8",
        }
    )

    found = {
        path.relative_to(site.root / "content").as_posix(): path.read_text()
        for path in site.root.rglob("content/**/*.txt")
    }
    assert found == {
        "a/1.txt": "1", "a/2.txt": "2", "s/3.txt": "3", "s/3.fr.txt": "4", "5.txt": "5", "2.txt": "6"
    }  # fmt: skip
    assert (
        "assets: warning[not-imported]: 2 files that no text names, such as assets/7.txt, can't be imported"
        in site.told_then
    )


def test_file_that_two_languages_have_is_named_by_its_language(move_hugo: MoveHugo) -> None:
    settings = "[languages.en]\ncontentDir = 'content/en'\n[languages.fr]\ncontentDir = 'content/fr'\n"
    files = {
        f"content/{path}/a/index.md": f"---\ntitle: {path}\n---\n![x](p.png) ![y](q.png)\n" for path in ("en", "fr")
    }
    pictures = {
        "content/en/a/p.png": b"one",
        "content/fr/a/p.png": b"two",
        "content/en/a/q.png": b"q",
        "content/fr/a/q.png": b"q",
    }

    site = move_hugo({**files, **pictures, "hugo.toml": "baseURL = 'https://old.example/'\n" + settings})

    names = sorted(path.name for path in (site.root / "content/a").iterdir())
    assert names == ["index.en.md", "index.fr.md", "p.fr.png", "p.png", "q.png"]
    assert 'src="/fr/a/p.fr.png"' in site.build()["fr/a/index.html"]
