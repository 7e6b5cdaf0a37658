"""Publication to a branch of a git repository: one commit per release, made without a working tree.

A push that another publication has overtaken is repeated on top of it; the branch always has a whole site.
"""

from __future__ import annotations

import hashlib
import re
import subprocess
import sys
from collections.abc import Callable, Collection, Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path

from msgspec import Struct

from sitegen.problems.problem import SiteError, refusal
from sitegen.problems.safe_output import shortened, without_secrets
from sitegen.publish.folder import Published, Release, no_such_release
from sitegen.publish.manifest import File, Manifest, problems_of, read_manifest
from sitegen.publish.programs import MOST_SAID, TooMuchError, run_program
from sitegen.source.file_writing import writing
from sitegen.source.git import GIT, environment, words_of
from sitegen.storage.output import MANIFEST, MARKER, is_release_name
from sitegen.storage.temporary_folder import temporary_folder

DEFAULT_BRANCH = "pages"
#: How often a push that was overtaken is repeated.
TRIES = 5
#: Tells GitHub Pages to publish files as they are.
NO_JEKYLL = ".nojekyll"
UNREACHED = "what was published before is still online; check that the repository can be reached and written to"
#: Lines of what a server says about a rejected push, and characters of each.
MOST_REASONS, MOST_TOLD = 4, 200
FOREIGN_HINT = "name a branch that is not there yet, such as pages; nothing was changed on this one"
#: Begins the line of a commit's message that names the commit it brings back.
BACK = "Brings back: "
_BACK = re.compile(rf"^{BACK}([0-9a-f]{{40,64}})$", re.MULTILINE)
#: Begins the message of a release.
RELEASE = "Release "
#: A commit, its time in seconds, and the release that it made.
_ROW = re.compile(rf"([0-9a-f]+) ([0-9]{{1,11}}) {RELEASE}(.*)")
#: Keep files byte for byte, whatever the settings of the user or the machine are.
_SETTINGS = {
    "commit.gpgSign": "false",
    "core.autocrlf": "false",
    "core.fileMode": "false",
    "core.quotePath": "false",
    "core.safecrlf": "false",
    "core.symlinks": "false",
    "gc.auto": "0",
    "i18n.logOutputEncoding": "UTF-8",
}
_NAME, _EMAIL = "sitegen", "sitegen@localhost"
_IDENTITY = {
    f"GIT_{who}_{what}": value
    for who in ("AUTHOR", "COMMITTER")
    for what, value in (("NAME", _NAME), ("EMAIL", _EMAIL))
}
#: Git's own limits, unless the environment sets others: an address runs no program (`ext::`) and takes no open file
#: (`fd::`, which waits for ever); a host that sends nothing for a minute is given up.
_TRANSPORT = {
    "GIT_ALLOW_PROTOCOL": "file:git:http:https:ssh",
    "GIT_HTTP_LOW_SPEED_LIMIT": "1",
    "GIT_HTTP_LOW_SPEED_TIME": "60",
}

#: Commands to which another machine answers; what the others print has the size of the site.
_AFAR = ("fetch", "ls-remote", "push")


class Repository(Struct, frozen=True):
    """A temporary repository for one publication, and the branch of another repository to publish to."""

    folder: Path
    remote: str  #: address or path of the other repository
    branch: str

    def git(self, *words: str, given: bytes = b"", site: Path | None = None) -> bytes:
        """Run a git command and return its output.

        Args:
            site: the folder whose files the command uses.

        Raises:
            SiteError: the command fails; with git's own message.
        """
        done = self.attempt(*words, given=given, site=site)
        if done.returncode:
            raise self.refusal(words_of(done.stderr.decode(errors="replace"))[0])
        return done.stdout

    def attempt(self, *words: str, given: bytes = b"", site: Path | None = None) -> subprocess.CompletedProcess[bytes]:
        """Run a git command and return the result, even if it has failed."""
        where = [f"--git-dir={self.folder}", *([f"--work-tree={site.resolve()}"] if site else [])]
        settings = [word for name, value in _SETTINGS.items() for word in ("-c", f"{name}={value}")]
        env = {**_IDENTITY, **_TRANSPORT, **environment(GIT_TERMINAL_PROMPT="0")}
        try:
            return run_program(
                [*GIT, *where, *settings, *words], given, env, MOST_SAID if words[0] in _AFAR else sys.maxsize
            )
        except TooMuchError as error:
            raise self.refusal("git says more than can be read") from error

    def log(self, form: str, commit: str, *options: str) -> list[str]:
        """What a commit and those before it say, each in git's format `form`; the latest first.

        Anybody may have worded them: a text is ended by what no commit can hold, and no setting adds to it.
        """
        told = self.git("log", "-z", "--no-show-signature", f"--format={form}", *options, "--end-of-options", commit)
        return told.decode(errors="replace").split("\0")[:-1]

    def line(self, *words: str, given: bytes = b"") -> str:
        """Run a git command and return its output as one line."""
        return self.git(*words, given=given).decode(errors="replace").strip()

    def refusal(self, reason: str, hint: str = UNREACHED) -> SiteError:
        """The problem of a branch that can't be published to; a password in the address is hidden."""
        place = f"{without_secrets(self.remote)}#{self.branch}"
        return refusal(place, "publish", shortened(without_secrets(reason), MOST_REASONS * MOST_TOLD), hint)

    def fetch(self, *options: str) -> str | None:
        """Fetch the branch and return its last commit; None if there is no such branch.

        Raises:
            SiteError: the repository can't be reached.
        """
        name = f"refs/heads/{self.branch}"
        if not self._last_in(self.git("ls-remote", "--", self.remote, name)):
            return None
        self.git("fetch", "--quiet", "--no-tags", *options, "--", self.remote, name)
        return self.line("rev-parse", "FETCH_HEAD")

    def _last_in(self, told: bytes) -> str:
        """The branch's last commit by what `ls-remote` tells, which is every reference that ends in the name; or ""."""
        rows = (line.partition("\t") for line in told.decode(errors="replace").splitlines())
        return next((commit for commit, _, name in rows if name == f"refs/heads/{self.branch}"), "")

    def push(self, commit: str, head: str | None) -> str:
        """Make a commit the branch's last one if that is still `head`; return git's message if it no longer is, or "".

        Raises:
            SiteError: the repository can't be reached or written.
        """
        lease = f"--force-with-lease=refs/heads/{self.branch}:{head or ''}"
        done = self.attempt("push", "--porcelain", lease, "--", self.remote, f"{commit}:refs/heads/{self.branch}")
        if not done.returncode:
            return ""
        told = (done.stdout + done.stderr).decode(errors="replace").strip()
        if "rejected]" not in told and self._has_arrived(commit):
            return ""
        lines = told.splitlines() or ["git push failed"]
        if not any(sign in told for sign in ("stale info", "cannot lock ref", "fetch first")):
            raise self.refusal("; ".join(_reasons(lines)) or lines[-1])
        return next((line.strip() for line in lines if "cannot lock ref" in line), lines[-1])

    def _has_arrived(self, commit: str) -> bool:
        """Whether a push that has failed has changed the branch: a server may break off after that, in a hook of its own."""
        done = self.attempt("ls-remote", "--", self.remote, f"refs/heads/{self.branch}")
        return done.returncode == 0 and self._last_in(done.stdout) == commit

    def tree(self, commit: str) -> str:
        """The tree of a commit."""
        return self.line("rev-parse", f"{commit}^{{tree}}")


def _reasons(lines: Iterable[str]) -> list[str]:
    """Why a server has rejected a push: git's own reason, and what the server's hooks have printed."""
    rejected = [line.rpartition("\t")[2] for line in lines if line.startswith("!\t")]
    told = [line.strip() for line in lines if line.startswith("remote:") and line.strip() != "remote:"]
    return [shortened(without_secrets(line), MOST_TOLD) for line in (*rejected, *told)[:MOST_REASONS]]


@contextmanager
def _opened(place: str) -> Iterator[Repository]:
    """A repository for one publication to `REPOSITORY#BRANCH`."""
    remote, _, branch = place.partition("#")
    if not remote:  # git would take the repository around the working directory
        raise refusal(f"git:{place}", "publish", "this names no repository", "name it as git:REPOSITORY#BRANCH")
    if "://" not in remote and Path(remote).exists():
        remote = str(Path(remote).resolve())
    with temporary_folder() as folder:
        repository = Repository(folder, remote, branch or DEFAULT_BRANCH)
        is_whole = repository.branch.startswith("refs/")  # which would become refs/heads/refs/…
        if is_whole or repository.attempt("check-ref-format", "--branch", repository.branch).returncode:
            raise repository.refusal(f"'{repository.branch}' can't be the name of a branch", "name one such as pages")
        repository.git("init", "--quiet", "--bare", str(folder))
        with writing(folder, "a temporary file"):
            (folder / "info").mkdir(exist_ok=True)
            (folder / "info" / "attributes").write_text("* -text -filter -ident -working-tree-encoding\n")
        yield repository


def publish_to_branch(site: Path, manifest: Manifest, place: str, has_history: bool) -> Published:
    """Make a built site the last commit of a branch.

    Args:
        has_history: whether the commit follows the one before; otherwise, it is the only one of the branch, unless
            somebody else has made one of those before it.

    Raises:
        SiteError: the repository can't be reached or written, or the site has changed since; the branch is unchanged.
    """
    with _opened(place) as repository:
        return _pushed(repository, lambda: _new_release(repository, site, manifest, place, has_history))


#: What is published, the commit, and the one that was the branch's last.
_Made = tuple[Published, str, str | None]


def _pushed(repository: Repository, make: Callable[[], _Made]) -> Published:
    """Push the commit that is made for the branch as it is then; again where another publication came first."""
    refused = ""
    for _ in range(TRIES):
        published, commit, head = make()
        refused = repository.push(commit, head) if commit != head else ""
        if not refused:
            return published
    raise repository.refusal(f"git refused {TRIES} times: {refused}")


def _new_release(repository: Repository, site: Path, manifest: Manifest, place: str, has_history: bool) -> _Made:
    head = repository.fetch(*(["--depth=1"] if has_history else []))
    known = _release_at(repository, head) if head else None
    whole = manifest.after(known, lambda paths: _files(repository, repository.tree(head or ""), paths))
    tree = _tree_of(repository, site, whole, head)
    new, count, where = _count_new(repository, tree, head), len(whole.all), without_secrets(place)
    if head and repository.tree(head) == tree:
        return Published(manifest.name, count, 0, where), head, head
    is_last = head and (has_history or _has_others(repository, head))
    parents = ("-p", head) if head and is_last else ()
    message = f"{RELEASE}{manifest.name}\n\nSHA-256 of its manifest: {manifest.digest}\n"
    commit = repository.line("commit-tree", tree, *parents, given=message.encode())
    return Published(manifest.name, count, new, where), commit, head


def _has_others(repository: Repository, head: str) -> bool:
    """Whether somebody else has made or changed a commit of the branch: it stays in the history."""
    own = f"{_NAME} {_EMAIL} {_NAME} {_EMAIL}"
    return any(row != own for row in repository.log("%an %ae %cn %ce", head))


def list_branch(place: str) -> list[Release]:
    """The releases of a branch, the latest last."""
    with _opened(place) as repository:
        head = repository.fetch()
        rows = repository.log("%H %ct %s", head, "--reverse") if head else []
    found = [row for row in map(_ROW.fullmatch, rows) if row]
    return [Release(row[3], float(row[2]), row[1] == head) for row in found if is_release_name(row[3])]


def roll_back_branch(place: str, wanted: str = "") -> Published:
    """Make the release before the last one, or the one with the name `wanted`, current by one more commit.

    Raises:
        SiteError: there is no such release, or the repository can't be reached or written.
    """
    with _opened(place) as repository:
        return _pushed(repository, lambda: _earlier_release(repository, place, wanted))


def _earlier_release(repository: Repository, place: str, wanted: str) -> _Made:
    head = repository.fetch()
    earlier = _earlier(repository, head, wanted) if head else None
    if head is None or earlier is None:
        raise repository.refusal(no_such_release(wanted))
    now = _release_at(repository, head).name
    manifest, tree = _release_at(repository, earlier), repository.tree(earlier)
    _refuse_wrong(repository, tree, manifest)
    message = f"{RELEASE}{manifest.name}\n\n{BACK}{earlier}\n"
    commit = repository.line("commit-tree", tree, "-p", head, given=message.encode())
    return Published(manifest.name, len(manifest.all), 0, without_secrets(place), now), commit, head


def _earlier(repository: Repository, head: str, wanted: str) -> str | None:
    """The commit that made the release with the name `wanted`, or the release before the last one."""
    if not wanted:
        return _before(repository, _meant(repository, head))
    rows = (row.partition(" ") for row in repository.log("%H %s", head))
    return next((_meant(repository, commit) for commit, _, subject in rows if subject == RELEASE + wanted), None)


def _meant(repository: Repository, commit: str) -> str:
    """The commit that a commit brings back, or the commit itself."""
    (body,) = repository.log("%b", commit, "-1")
    back = _BACK.search(body)
    return back[1] if back else commit


def _before(repository: Repository, commit: str) -> str | None:
    """The release before a commit."""
    parent = repository.attempt("rev-parse", "--verify", "--quiet", f"{commit}^")
    return _meant(repository, parent.stdout.decode().strip()) if parent.returncode == 0 else None


def _release_at(repository: Repository, commit: str) -> Manifest:
    """The manifest of a release.

    Raises:
        SiteError: the commit is not a release, or contains other files: another tool uses the branch.
    """
    done = repository.attempt("cat-file", "blob", f"{commit}:{MANIFEST}")
    try:
        manifest = read_manifest(done.stdout, MANIFEST)
    except SiteError as error:
        raise repository.refusal("the branch contains files that `publish` did not make", FOREIGN_HINT) from error
    found = repository.git("ls-tree", "-r", "--name-only", "-z", commit).decode("utf-8", "replace").split("\0")
    strange = sorted({*found} - {"", MANIFEST, NO_JEKYLL, *manifest.all})
    if strange:
        hint = "move such a file into static/, and remove it from the branch; nothing was changed there"
        raise repository.refusal(f"{strange[0]} on the branch was not made by `publish`", hint)
    return manifest


def _tree_of(repository: Repository, site: Path, manifest: Manifest, head: str | None) -> str:
    """The tree of a release, after reading every file back and comparing it with the manifest.

    Raises:
        SiteError: a file does not match the manifest.
    """
    (repository.folder / "index").unlink(missing_ok=True)
    repository.git("add", "--all", "--force", "--", ".", f":(exclude){MARKER}", site=site)
    extra = {MANIFEST: _put(repository, manifest.as_json()), NO_JEKYLL: _put(repository, b"")}
    for path in manifest.kept:
        extra[path] = repository.line("rev-parse", f"{head}:{path}")
    rows = "".join(f"100644 {blob}\t{path}\0" for path, blob in extra.items())
    repository.git("update-index", "-z", "--index-info", given=rows.encode())
    tree = repository.line("write-tree")
    _refuse_wrong(repository, tree, manifest)
    return tree


def _put(repository: Repository, content: bytes) -> str:
    return repository.line("hash-object", "-w", "--stdin", given=content)


def _refuse_wrong(repository: Repository, tree: str, manifest: Manifest) -> None:
    if wrong := _find_wrong(repository, tree, manifest):
        raise SiteError(problems_of(wrong, without_secrets(repository.remote)))


def _find_wrong(repository: Repository, tree: str, manifest: Manifest) -> dict[str, str]:
    """The files of a tree that are not as a manifest says."""
    found = {path: file for path, file in _files(repository, tree).items() if path not in (MANIFEST, NO_JEKYLL)}
    expected = {path: file for path, file in manifest.all.items() if path != NO_JEKYLL}
    return {path: "changed" for path in found.keys() | expected.keys() if found.get(path) != expected.get(path)}


def _files(repository: Repository, tree: str, only: Collection[str] | None = None) -> dict[str, File]:
    """Path → size and digest of each file of a tree, or of some of them; those of a link or a submodule are like no file's."""
    told = repository.git("ls-tree", "-r", "-z", tree).decode(errors="replace")
    rows = [row.split("\t", 1) for row in told.split("\0") if row]
    rows = [row for row in rows if only is None or row[1] in only]
    strange = {path: (-1, words) for words, path in rows if not words.startswith("100")}
    blobs = {path: words.split()[2] for words, path in rows if path not in strange}
    printed = repository.git("cat-file", "--batch", given="".join(f"{blob}\n" for blob in blobs.values()).encode())
    files, start = dict[str, File](strange), 0
    for path in blobs:
        end = printed.index(b"\n", start)
        size = int(printed[start:end].split()[2])
        content = printed[end + 1 : end + 1 + size]
        files[path] = size, hashlib.sha256(content).hexdigest()
        start = end + 1 + size + 1
    return files


def _count_new(repository: Repository, tree: str, head: str | None) -> int:
    """How many files of the site a tree has and the branch lacks."""
    words = ("ls-tree", "-r") if head is None else ("diff-tree", "-r", "--diff-filter=AM", repository.tree(head))
    changed = repository.git(*words, "-z", "--name-only", tree).decode(errors="replace").split("\0")
    return len({*changed} - {"", MANIFEST, NO_JEKYLL})
