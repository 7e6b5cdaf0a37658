"""A site is what its sources make, or is told file by file not to be."""

from __future__ import annotations

from pathlib import Path

from conftest import MakeSite, TinySite

from sitegen.build.options import Options
from sitegen.problems.problem import Problem
from sitegen.publish.targets import How, publish
from sitegen.publish.verify import verify


def verified(site: TinySite, folder: Path) -> tuple[Problem, ...]:
    """Compare a folder with what the sources make."""
    return verify(Options(root=site.root, output=site.public), folder)[1]


def test_a_built_site_is_what_its_sources_make(make_site: MakeSite) -> None:
    site = make_site()
    site.build()

    assert verified(site, site.public) == ()


def test_every_file_that_differs_is_told(make_site: MakeSite) -> None:
    site = make_site()
    site.build()
    (site.public / "en/index.html").write_text("Not ours")
    (site.public / "sitemap.xml").unlink()
    (site.public / "extra.html").write_text("Not ours")

    assert [(problem.path, problem.message) for problem in verified(site, site.public)] == [
        (f"{site.public}/en/index.html", "the file is changed"),
        (f"{site.public}/extra.html", "the file is no part of it"),
        (f"{site.public}/sitemap.xml", "the file is missing"),
    ]


def test_a_release_is_verified_with_what_it_keeps_of_the_one_before(make_site: MakeSite, tmp_path: Path) -> None:
    site = make_site({"static/assets/site.css": "p {}"})
    for colour in ("red", "blue"):
        site.write("static/assets/site.css", f"p {{color: {colour}}}")
        site.build()
        publish(site.public, str(tmp_path / "host"), How())

    assert verified(site, tmp_path / "host/current") == ()
    (tmp_path / "host/current/en/index.html").write_text("Not ours")
    assert [problem.message for problem in verified(site, tmp_path / "host/current")] == ["the file is changed"]


def test_verifying_leaves_output_and_memory_alone(make_site: MakeSite) -> None:
    site = make_site()
    site.build()
    before = site.files()
    verified(site, site.public)

    assert site.files() == before
    assert site.report().change.written == ()
