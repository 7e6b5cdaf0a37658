"""The guides for editors and translators as readers follow them: commands, files, changes and answers.

A fenced block has its type after its fence, which readers of the page do not see:

sh                  commands; each must succeed
sh fails            commands; each must fail
sh serves           a command that runs until it is stopped; the addresses of the block below must answer
sh asks             a command that asks at a terminal; the block below is the whole dialogue, … as in text
text                lines that the block above has printed, in this order; … is anything, and any port is 8000
diff PATH           a change of a file: lines with -, then +, a blank before what stays
markdown PATH       a whole file
"""

from __future__ import annotations

import codecs
import os
import pty
import re
import select
import shlex
import shutil
import signal
import subprocess
import sys
import threading
import time
import urllib.request
from collections.abc import Iterator
from dataclasses import dataclass, field
from itertools import pairwise
from pathlib import Path

from published import REPOSITORY

from sitegen.media.static_files import EDITOR
from sitegen.model.slugs import slugify
from sitegen.storage.cache import FOLDER

#: What a clone of the repository has that its readers' commands need.
PARTS = (
    "build.py", "sitegen", "content", "templates", "static", "translations", "docs", "Makefile",
    "requirements.lock", ".gitignore", ".gitattributes",
)  # fmt: skip
#: The repository's address, as the guides have it.
ADDRESS = "https://git.example.org/center.git"
#: Seconds; the first `make` on a busy machine makes all pictures and fonts.
PATIENCE = 300.0

_FENCE = re.compile(r"^```(\S.*)?$")
_PORT = re.compile(r"(?<=localhost:)\d+")


@dataclass(frozen=True)
class Block:
    """A fenced block.

    Attributes:
        section: anchor of the heading above it.
        line: of its fence, in the guide.
    """

    info: str
    text: str
    section: str
    line: int

    @property
    def commands(self) -> list[str]:
        """Each command, joined if it continues after a backslash."""
        return self.text.replace("\\\n", "").splitlines()


def path_of(guide: str, language: str) -> Path:
    return REPOSITORY / f"docs/content/{guide}/index.{language}.md"


def blocks_of(guide: str, language: str = "en") -> list[Block]:
    """The blocks of a guide."""
    found: list[Block] = []
    section, begun, lines = "", None, list[str]()
    for number, line in enumerate(path_of(guide, language).read_text(encoding="utf-8").splitlines(), 1):
        fence = _FENCE.match(line)
        if fence and begun is None:
            begun, lines = (fence[1] or "", number), []
        elif fence and begun is not None:
            found.append(Block(begun[0], "".join(f"{own}\n" for own in lines), section, begun[1]))
            begun = None
        elif begun is not None:
            lines.append(line)
        elif line.startswith("## "):
            section = slugify(line.removeprefix("## "))
    return found


def codes_of(guide: str, language: str) -> Iterator[str]:
    """The inline code of sentences."""
    text = re.sub(
        r"^```.*?^```$", "", path_of(guide, language).read_text(encoding="utf-8"), flags=re.DOTALL | re.MULTILINE
    )
    yield from re.findall(r"`([^`\n]+)`", text)


def make_origin(folder: Path) -> Path:
    """A repository to clone, with the site as it is in this folder."""
    work, origin = folder / "work", folder / "origin.git"
    work.mkdir()
    for part in PARTS:
        path = REPOSITORY / part
        if path.is_dir():
            shutil.copytree(path, work / part, ignore=shutil.ignore_patterns("__pycache__", "node_modules"))
        else:
            shutil.copy2(path, work / part)
    own = ["-c", "user.name=Test", "-c", "user.email=test@example.org"]
    for words in (
        ["init", "--quiet", "--initial-branch=main"],
        ["add", "--all"],
        [*own, "commit", "--quiet", "--message=The site as it is"],
        ["clone", "--quiet", "--bare", str(work), str(origin)],
    ):
        subprocess.run(["git", *words], cwd=work, check=True)
    return origin


@dataclass
class Reader:
    """A person who follows a guide, in a separate home folder.

    Attributes:
        home: where they begin.
        folder: where they are now.
        printed: what the last block of commands has printed.
        place: of the guide that they are at.
    """

    home: Path
    origin: Path
    folder: Path = field(init=False)
    variables: dict[str, str] = field(init=False)
    printed: str = ""
    place: str = ""

    def __post_init__(self) -> None:
        self.folder = self.home
        self.variables = {
            "HOME": str(self.home),
            "PATH": "/usr/local/bin:/usr/bin:/bin",
            "LC_ALL": "C.UTF-8",
            "PYTHONUNBUFFERED": "1",  # so that what is printed comes in the order in which a terminal has it
            "STATE": str(self.home),
            "GIT_CONFIG_COUNT": "1",
            "GIT_CONFIG_KEY_0": f"url.{self.origin}.insteadOf",
            "GIT_CONFIG_VALUE_0": ADDRESS,
        }

    def follow(self, guide: str) -> Iterator[str]:
        """Follow the guide; yield each section when it is done."""
        blocks = blocks_of(guide)
        for block, after in pairwise([*blocks, Block("", "", "", 0)]):
            self.place = f"{path_of(guide, 'en').relative_to(REPOSITORY)}:{block.line}"
            self._do(block, after)
            if after.section != block.section:
                yield block.section

    def _do(self, block: Block, after: Block) -> None:
        word, _, rest = block.info.partition(" ")
        match word, rest:
            case "sh", "serves":
                self._serve(block, after)
            case "sh", "asks":
                self._answer(block, after)
            case "sh", _:
                assert rest in ("", "fails"), self.place
                self._run(block, is_to_fail=rest == "fails")
            case "text", "":
                self._find(block)
            case "diff", path:
                self._change(self.folder / path, block.text)
            case "markdown", path:
                (self.folder / path).parent.mkdir(exist_ok=True)
                (self.folder / path).write_text(block.text, encoding="utf-8")
            case _:
                raise AssertionError(f"{self.place}: a block of no known sort")

    def _run(self, block: Block, *, is_to_fail: bool) -> None:
        self.printed = ""
        for command in block.commands:
            self._install()
            ran = subprocess.run(
                ["bash", "-c", _remembering(command)], cwd=self.folder, env=self.variables, stdin=subprocess.DEVNULL,
                stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, encoding="utf-8", timeout=PATIENCE,
            )  # fmt: skip
            self.printed += ran.stdout
            assert (ran.returncode != 0) == is_to_fail, f"{self.place}: {command}\n{ran.stdout}"
            self._remember()

    def _answer(self, block: Block, after: Block) -> None:
        """Run a command at a terminal, and answer each question as the dialogue does."""
        lines = after.text.splitlines()
        (command,) = block.commands
        controller, terminal = pty.openpty()
        process = subprocess.Popen(
            ["bash", "-c", command], cwd=self.folder, env=self.variables, stdin=terminal, stdout=terminal,
            stderr=terminal, start_new_session=True,
        )  # fmt: skip
        os.close(terminal)
        try:
            shown = self._talk(controller, lines)
            assert process.wait(PATIENCE) == 0, f"{self.place}: {shown}"
        finally:
            process.kill()
            process.wait(PATIENCE)
            os.close(controller)
        said, told = shown.splitlines(), after.text.splitlines()
        assert len(said) == len(told), f"{self.place}: {shown}"
        assert all(map(_is_told, told, said)), f"{self.place}: {shown}"
        self.printed = shown

    def _talk(self, controller: int, lines: list[str]) -> str:
        """Answer the questions at a terminal until the command ends; return all its output."""
        reader = codecs.getincrementaldecoder("utf-8")()  # a character may come in two parts
        shown, answered = "", 0  # how much had been shown when the last answer was given
        while True:
            question = shown.rpartition("\n")[2]
            if question.endswith(": ") and len(shown) > answered:
                line = lines[shown.count("\n")]
                assert line.startswith(question), f"{self.place}: asked {question!r}, the guide has {line!r}"
                os.write(controller, f"{line.removeprefix(question)}\n".encode())
                answered = len(shown)
            more = self._read(controller, shown)
            if not more:
                return shown
            shown = (shown + reader.decode(more)).replace("\r\n", "\n")

    def _read(self, controller: int, shown: str) -> bytes:
        """The next output of a terminal; nothing when the command has ended."""
        ready, _, _ = select.select([controller], [], [], PATIENCE)
        assert ready, f"{self.place}: nothing came after {shown!r}"
        try:
            return os.read(controller, 4096)
        except OSError:  # it has ended, and with it the terminal
            return b""

    def _serve(self, block: Block, after: Block) -> None:
        """Run a command until the addresses that it prints answer, and stop it as Ctrl+C does."""
        (command,) = block.commands
        process = subprocess.Popen(
            ["bash", "-c", command], cwd=self.folder, env=self.variables, stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, start_new_session=True,
            preexec_fn=lambda: signal.signal(signal.SIGINT, signal.SIG_DFL),  # a job in the background ignores it
        )  # fmt: skip
        assert process.stdout is not None
        said: list[str] = []
        listener = threading.Thread(target=lambda lines: said.extend(lines), args=(process.stdout,))
        listener.start()
        try:
            addresses = self._addresses(said, len(re.findall("http://", after.text)))
            for address in addresses:
                with urllib.request.urlopen(address, timeout=PATIENCE) as answer:
                    assert answer.status == 200
        finally:
            os.killpg(process.pid, signal.SIGINT)
            process.wait(PATIENCE)
            listener.join(PATIENCE)
            process.stdout.close()
            self.printed = "".join(said)

    def _addresses(self, said: list[str], count: int) -> list[str]:
        end = time.monotonic() + PATIENCE
        while time.monotonic() < end:
            found = re.findall(r"http://\S+", "".join(said))
            if len(found) >= count:
                return found
            time.sleep(0.05)
        raise AssertionError(f"{self.place}: no address is told\n{''.join(said)}")

    def _find(self, block: Block) -> None:
        printed = iter(_PORT.sub("8000", self.printed).splitlines())
        for line in block.text.splitlines():
            assert any(_is_told(line, own) for own in printed), f"{self.place}: not printed: {line}\n{self.printed}"

    def _change(self, path: Path, text: str) -> None:
        old = "".join(f"{line[1:]}\n" for line in text.splitlines() if line[0] in " -")
        new = "".join(f"{line[1:]}\n" for line in text.splitlines() if line[0] in " +")
        before = "\n" + path.read_text(encoding="utf-8")
        assert before.count(f"\n{old}") == 1, f"{self.place}: stands {before.count(old)} times in {path.name}: {old}"
        path.write_text(before.replace(f"\n{old}", f"\n{new}")[1:], encoding="utf-8")

    def _install(self) -> None:
        """What the first `make` installs and renders, shared by all copies."""
        if (self.folder / "Makefile").exists() and not (self.folder / ".venv").exists():
            (self.folder / ".venv").symlink_to(Path(sys.prefix).resolve())
            for made in (EDITOR, FOLDER):
                (REPOSITORY / made).mkdir(parents=True, exist_ok=True)
                (self.folder / made).parent.mkdir()
            shutil.copytree(REPOSITORY / EDITOR, self.folder / EDITOR)
            (self.folder / FOLDER).symlink_to((REPOSITORY / FOLDER).resolve())
            for path in (self.folder / "requirements.lock", *(self.folder / "sitegen/editor").iterdir()):
                os.utime(path, (0, 0))
            (self.folder / ".git/info").mkdir(exist_ok=True)
            with (self.folder / ".git/info/exclude").open("a", encoding="utf-8") as file:
                file.write("/.venv\n")

    def _remember(self) -> None:
        """The folder in which the last command left its reader."""
        self.folder = Path((self.home / "folder").read_text(encoding="utf-8").rstrip("\n"))
        pairs = (self.home / "variables").read_text(encoding="utf-8").rstrip("\0").split("\0")
        self.variables = dict(pair.split("=", 1) for pair in pairs)

    def git(self, *words: str) -> str:
        """The answer of git in the reader's folder."""
        return subprocess.run(
            ["git", *words], cwd=self.folder, env=self.variables, check=True, capture_output=True, text=True
        ).stdout


def _is_told(line: str, printed: str) -> bool:
    """Whether a line of a guide matches what was printed; … matches anything."""
    return re.fullmatch(".*".join(map(re.escape, line.split("…"))), printed) is not None


def _remembering(command: str) -> str:
    return f'{command}\nstatus=$?\npwd >"$STATE/folder"\nenv -0 >"$STATE/variables"\nexit $status'


def words_of(code: str) -> list[str] | None:
    """The arguments for build.py of a command in a sentence; None if it is another program."""
    is_ours = code.startswith(("python build.py", ".venv/bin/python build.py"))
    return shlex.split(code.partition(" > ")[0])[2:] if is_ours else None


def targets_of(makefile: str) -> frozenset[str]:
    """The targets of `make`."""
    known = re.search(r"^COMMANDS = (.*)$", makefile, re.MULTILINE)
    return frozenset(re.findall(r"^([a-z]+):", makefile, re.MULTILINE)) | {*(known[1].split() if known else ())}
