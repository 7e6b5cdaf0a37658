"""Only few modules open, write, move and remove files, so that their guarantees hold everywhere."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from functools import cache
from pathlib import Path

import pytest

import sitegen

ENGINE = Path(sitegen.__file__).parent

#: Functions that touch a file, by the module that they are of; a method of a path by its name alone.
_OF_MODULES = {
    "os": {"open", "rename", "replace", "unlink", "remove", "link", "symlink", "mkdir", "makedirs", "rmdir", "truncate", "chmod", "renames"},
    "shutil": {"copy", "copy2", "copyfile", "copytree", "move", "rmtree"},
    "tempfile": {"mkstemp", "mkdtemp", "TemporaryDirectory", "NamedTemporaryFile"},
    "Image": {"open"}, "io": {"open"}, "codecs": {"open"}, "gzip": {"open"}, "zipfile": {"ZipFile"},
}  # fmt: skip
_OF_PATHS = {
    "open", "read_bytes", "read_text", "write_bytes", "write_text", "unlink", "rename", "symlink_to", "hardlink_to", "mkdir", "rmdir",
    "touch", "chmod",
}  # fmt: skip

_OWN = "reads files of the generator itself"
_TEMPORARY = "writes to a temporary folder of its own"
#: Module → what it may call beside the door, and why.
ALLOWED: dict[str, tuple[set[str], str]] = {
    "build.last_build": ({"mkdir", "remove_tree"}, "the lock of the memory in .cache/build/, or a folder of its own"),
    "build.engine_digest": ({"os.open"}, _OWN),
    "build.pipeline": ({"Memory.open"}, "opens the memory of the build"),
    "cli": ({"os.open"}, "a pipe that nobody reads leads to nowhere"),
    "commands.console": ({"open"}, "the summary of a run is appended to"),
    "editing.init": ({"read_text"}, _OWN),
    "editing.requirement": ({"read_text"}, "what pip has recorded of the generator"),
    "importers.importer": ({"read_text"}, _OWN),
    "media.images": ({"open", "Image.open"}, "decodes what the door has opened"),
    "model.blocks": ({"read_text"}, _OWN),
    "model.dates_and_times": ({"read_text"}, "the names of time zones in the package tzdata"),
    "preview.overlay": ({"read_text"}, _OWN),
    "problems.explain": ({"read_text"}, _OWN),
    "problems.cut_off_modules": ({"read_bytes", "unlink"}, "compiled modules of the generator itself"),
    "problems.crash": ({"NamedTemporaryFile"}, "keeps the report of a crash for whoever asks for it"),
    "publish.archive": ({"read_text", "tarfile.open"}, _OWN),
    "publish.folder": ({"chmod", "copy2", "link", "mkdir", "replace", "remove_tree", "rmdir", "symlink_to", "unlink", "write_bytes", "write_text"}, "the door to folders of releases"),
    "i18n.language_names": ({"read_text"}, _OWN),
    "i18n.traditional_chinese": ({"read_text"}, _OWN),
    "i18n.starter_words": ({"read_text"}, _OWN),
    "storage.processes": ({"read_text"}, "asks the system how much memory is used"),
    "publish.git_branch": ({"mkdir", "unlink", "write_text"}, _TEMPORARY),
    "publish.manifest": ({"open"}, "reads what is published, and no link"),
    "publish.rsync": ({"mkdir", "read_text", "write_bytes", "write_text"}, _TEMPORARY),
    "source.files": ({"open", "os.open"}, "the door for reading"),
    "source.file_writing": ({"chmod", "mkdir", "open", "os.open", "rename", "replace", "remove_tree", "rmtree", "unlink"}, "the door for writing"),
    "build.compiled_modules": ({"os.open", "read_bytes"}, "compiled modules, kept for the user"),
    "storage.blobs": ({"os.open"}, "the texts in .cache/build/"),
    "storage.temporary_folder": ({"mkdtemp", "TemporaryDirectory"}, "the door to the system's temporary folders"),
    "storage.user_folder": ({"mkdir"}, "the user's own folder of both"),
    "storage.working_folder": ({"mkdir", "mkdtemp", "remove_tree", "unlink"}, "where import and init make a site"),
    "storage.output": ({"makedirs", "mkdir", "os.open", "replace", "rmdir", "remove_tree", "unlink", "write_text"}, "the door to output folders"),
    "storage.own_records": ({"open", "os.open", "unlink"}, "the door to what builds have left in .cache/ and in their output"),
    "storage.locks": ({"os.open"}, "opens a file or folder to lock it"),
    "storage.output_lock": ({"mkdir", "rename", "rmdir", "remove_tree", "unlink"}, "the lock beside an output folder"),
}  # fmt: skip


#: What writes with `write_text` or `write_bytes`, which follow a link: in new folders, or under names of random digits.
_INTO_NEW_FOLDERS = {"publish.folder", "publish.git_branch", "publish.rsync", "storage.output"}


@cache
def calls(path: Path) -> tuple[tuple[str, int], ...]:
    return tuple(found_calls(path))


def found_calls(path: Path) -> Iterator[tuple[str, int]]:
    """Each call that accesses a file, as written, and its line."""
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Call):
            name = _name_of(node)
            if name:
                yield name, node.lineno


def _name_of(node: ast.Call) -> str:
    function = node.func
    if isinstance(function, ast.Name):
        return function.id if function.id in ("open", "remove_tree") else ""
    if not isinstance(function, ast.Attribute):
        return ""
    owner = function.value.id if isinstance(function.value, ast.Name) else ""
    if owner in _OF_MODULES:
        is_listed = function.attr in _OF_MODULES[owner]
        return "" if not is_listed else f"{owner}.open" if function.attr == "open" else function.attr
    if function.attr == "replace":  # of a text it takes two arguments, of a path one
        return "replace" if len(node.args) == 1 and not node.keywords else ""
    if (function.attr == "open" and owner[:1].isupper()) or owner == "tarfile":
        return f"{owner}.open"
    return function.attr if function.attr in _OF_PATHS else ""


def name_of(path: Path) -> str:
    return ".".join(path.relative_to(ENGINE).with_suffix("").parts)


MODULES = sorted(ENGINE.rglob("*.py"))


def test_only_designated_modules_access_files() -> None:
    found = ((path, name, line) for path in MODULES for name, line in calls(path))

    assert len(MODULES) > 200
    assert [
        f"{path}:{line}: {name}" for path, name, line in found if name not in ALLOWED.get(name_of(path), (set(), ""))[0]
    ] == []


def test_every_permitted_call_is_used() -> None:
    used = {name_of(path): {name for name, _ in calls(path)} for path in MODULES}

    assert {
        name: sorted(own - used.get(name, set())) for name, (own, _) in ALLOWED.items() if own - used.get(name, set())
    } == {}


def test_what_is_opened_to_be_written_is_new_or_no_link() -> None:
    """A branch may have put a link where a file of ours is to be; a name that nobody can guess is not enough to rely on."""
    opened = [
        (path, node.lineno, ast.unparse(node))
        for path in MODULES
        if "os.open" in (text := path.read_text(encoding="utf-8"))  # to walk through all of the engine takes a second
        for node in ast.walk(ast.parse(text))
        if isinstance(node, ast.Call) and _name_of(node) == "os.open"
    ]

    assert [
        f"{path}:{line}"
        for path, line, code in opened
        if "O_CREAT" in code and not ("O_EXCL" in code or "O_NOFOLLOW" in code)
    ] == []
    assert sum("O_CREAT" in code for *_, code in opened) > 3
    assert {
        name_of(path) for path in MODULES for name, _ in calls(path) if name.startswith("write_")
    } <= _INTO_NEW_FOLDERS


def test_only_what_the_user_names_is_read_wherever_it_leads() -> None:
    """A file of the site may be a link out of it, so it is read by its path below the site's folder."""
    joined = {
        name_of(path)
        for path in MODULES
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8")))
        if isinstance(node, ast.Call) and ast.unparse(node.func) == "read_given" and isinstance(node.args[0], ast.BinOp)
    }

    assert joined == {"source.excerpts"}  # of the tables that the user named


@pytest.mark.parametrize(
    ("code", "name"),
    [
        ("open('x')", "open"),
        ("path.write_text('x')", "write_text"),
        ("(root / 'x').read_bytes()", "read_bytes"),
        ("path.replace(other)", "replace"),
        ("os.replace(a, b)", "replace"),
        ("shutil.rmtree(a)", "rmtree"),
        ("Image.open(path)", "Image.open"),
        ("Path(x).open('w')", "open"),
    ],
)
def test_each_kind_of_file_access_is_detected(tmp_path: Path, code: str, name: str) -> None:
    (tmp_path / "x.py").write_text(code)

    assert list(calls(tmp_path / "x.py")) == [(name, 1)]


@pytest.mark.parametrize(
    "code", ["text.replace('a', 'b')", "replace(problem, path='x')", "names.remove('x')", "found.copy()"]
)
def test_other_calls_are_not_detected_as_file_access(tmp_path: Path, code: str) -> None:
    (tmp_path / "x.py").write_text(code)

    assert list(calls(tmp_path / "x.py")) == []


#: What makes a text safe to print: names in it may have line ends and whatever else controls a terminal.
SAFE = {"one_line", "as_run"}
#: Texts that have no names of others in them, or are whole files or differences.
PRINTED = {
    'cli: f"{program()}: the output can\'t be written: {os.strerror(error.errno)}"',
    "cli: f'{program()}: {report_crash(error, arguments)}'",
    "commands.building: as_markdown(compare(before, read_tree(asked.output)))",
    "commands.building: f'\\r\\x1b[K{done} of {total} files, slowest {slowest}'",
    "commands.checking: as_markdown()",
    "commands.checking: fixed.diff",
    "commands.console: question",
    "commands.publishing: text",
    "preview.rebuilding: f'{files} changed, in {self.report.seconds:.2f} s'",
    "preview.server: f'Editor at {guard.url}{ADMIN}'",
    "preview.server: f'Preview at {guard.url} (stop with Ctrl+C)'",
}


def printed(path: Path) -> Iterator[str]:
    """What a module prints as it is."""
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Call) and ast.unparse(node.func) == "print":
            (text,) = node.args
            if not (isinstance(text, ast.Call) and ast.unparse(text.func) in SAFE):
                yield f"{name_of(path)}: {ast.unparse(text)}"


def test_what_is_printed_is_one_line_or_a_report() -> None:
    assert {text for path in MODULES for text in printed(path)} == PRINTED
