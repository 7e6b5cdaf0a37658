"""JSON Schemas (draft-07, as read by yaml-language-server) for the files that editors write, and editor settings.

The engine has the final say: a schema can't see other files, so only `check` checks references and pictures.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from sitegen.model.blocks import BLOCK_KEYS, NAME
from sitegen.model.field_declarations import FIELD_KEYS
from sitegen.model.field_json_schema import ANY_SCALAR, PATH, table_schema
from sitegen.model.fields import TYPES, Schema
from sitegen.model.kinds import CHILDREN_FIELDS, KIND_KEYS, TRANSLATION_FIELDS, Kind
from sitegen.model.language_settings import LANGUAGE_FIELDS, SCRIPT_FIELDS
from sitegen.model.loading import load_config
from sitegen.model.menus import ENTRY_KEYS
from sitegen.model.settings import CHECK_LEVELS, Config
from sitegen.model.site_yaml import EDITOR_FIELDS, MARKDOWN_FIELDS, MOST_WIDTHS, PICTURE_FIELDS, SITE_KEYS
from sitegen.problems.problem import ALWAYS_ERRORS, CODES, Problem, SiteError
from sitegen.source.file_writing import remove_file, replace_files
from sitegen.source.files import read_file, unreadable
from sitegen.source.text import problem_at

_DRAFT = "http://json-schema.org/draft-07/schema#"
_FOLDER = ".vscode/schemas"
#: Characters of the schemas of all kinds.
_MOST_CHARACTERS = 10_000_000
#: Names → names, and the fields of both sides.
_NAMES = {"type": "object", "additionalProperties": {"type": "string"}}
_SIDES = {side: {"$ref": "#/definitions/fields"} for side in ("facts", "words")}
_NOT_JSON = "these settings are more than plain JSON, such as comments or 1.10, and would lose it if ours were added"
_ADD = "add what is missing of {}"


def write_schemas(root: Path) -> list[str]:
    """Write `.vscode/` with its schemas/, and remove schemas of former kinds; return the paths of changed files.

    Settings of VS Code that stand there already are kept; only what they lack is added.

    Raises:
        SiteError: the content model has errors, a file can't be written, one leads out of the site, or settings can't be added.
    """
    files = make_files(load_config(root))
    unread = [problem for name in read_settings() for problem in _keep_settings(root, name, files)]
    same = {path for path in files if _standing(root, path) == files[path].encode()}
    changed = files.keys() - same
    pages = (root / _FOLDER / "pages").glob("*.json")
    gone = {path.relative_to(root).as_posix() for path in pages} - files.keys()
    replace_files(root, {path: files[path].encode() for path in changed})
    for path in gone:
        remove_file(root, path)
    if unread:
        raise SiteError(unread)
    return sorted([*changed, *gone])


def make_files(config: Config) -> dict[str, str]:
    """Return path → text of each file.

    Raises:
        SiteError: the schemas of all kinds are too long.
    """
    schemas = {"site": site_schema(), "kinds": kinds_schema(), "blocks": blocks_schema(), "tables": tables_schema()}
    files = {_path(name): _schema_text(own) for name, own in schemas.items()}
    return {**files, **_page_schemas(config), **{path: _text(own) for path, own in read_settings().items()}}


def _page_schemas(config: Config) -> dict[str, str]:
    """Path → text of the schemas of all kinds; each has every field that its kind takes over, so the sum may be the square."""
    files: dict[str, str] = {}
    length = 0
    for name, kind in config.kinds.items():
        for path, schema in ((name, source_schema(kind)), (f"{name}.translation", translation_schema(kind))):
            files[_path(f"pages/{path}")] = text = _schema_text(schema)
            length += len(text)
        if length > _MOST_CHARACTERS:
            message = f"the schemas up to the kind '{name}' come to {length:,} characters, over {_MOST_CHARACTERS:,}"
            hint = "let fewer kinds take over so many fields"
            raise SiteError([problem_at("content/kinds.yaml", "too-costly", message, kind.mark, hint)])
    return files


def _path(name: str) -> str:
    return f"{_FOLDER}/{name}.json"


def _schema_text(own: Schema) -> str:
    return _text({"$schema": _DRAFT, **own})


def _text(own: Any) -> str:
    return json.dumps(own, ensure_ascii=False, indent=2) + "\n"


def _standing(root: Path, path: str) -> bytes | None:
    """What stands in a file already; None if there is none."""
    try:
        return read_file(root, path) if (root / path).is_file() else None
    except OSError as error:
        raise SiteError([unreadable(path, error)]) from error


def _keep_settings(root: Path, name: str, files: dict[str, str]) -> Iterator[Problem]:
    """Let a file of settings keep what stands in it; not to be written, and a problem, if that can't be."""
    found = _standing(root, name)
    stands = b"{}" if found is None else found
    ours = json.loads(files[name])
    try:
        files[name] = _with_settings(stands, ours)
    except (ValueError, RecursionError):
        if not all(key.encode() in stands for key in _names(ours)):
            yield problem_at(name, "unwritable", _NOT_JSON, None, _ADD.format(files[name]))
        del files[name]


def _with_settings(stands: bytes, ours: dict[str, Any]) -> str:
    """A file of settings with what it lacks of ours; unchanged if it lacks nothing.

    Raises:
        ValueError: it is no object of plain JSON, such as one with comments, or has a number that would be rounded, or half a
            character.
        RecursionError: it is nested too deep.
    """
    theirs = json.loads(stands.decode(), object_pairs_hook=_unique, parse_float=_exact, parse_constant=_exact)
    joined = _joined(theirs, ours)
    if not isinstance(theirs, dict):
        raise ValueError
    return stands.decode() if joined == theirs else _text(joined).encode().decode()


def _unique(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    if len(dict(pairs)) < len(pairs):
        raise ValueError
    return dict(pairs)


def _exact(number: str) -> float:
    if repr(float(number)) != number:
        raise ValueError
    return float(number)


def _joined(theirs: Any, ours: Any) -> Any:
    """Settings with those of ours that they lack; where both have one, it is theirs."""
    if isinstance(theirs, dict) and isinstance(ours, dict):
        return {**ours, **theirs, **{key: _joined(theirs[key], ours[key]) for key in theirs.keys() & ours.keys()}}
    if isinstance(theirs, list) and isinstance(ours, list):
        names = [_name(entry) for entry in theirs]
        return [*theirs, *(entry for entry in ours if _name(entry) not in names)]
    return theirs


def _name(entry: Any) -> Any:
    return entry.get("label") if isinstance(entry, dict) else entry


def _names(ours: Any) -> list[str]:
    """The keys of settings, and the entries of their lists: by these we know that somebody has added them by hand."""
    if isinstance(ours, dict):
        return [json.dumps(key) for key in ours] + [name for value in ours.values() for name in _names(value)]
    return [json.dumps(_name(entry)) for entry in ours] if isinstance(ours, list) else []


# front matter


def source_schema(kind: Kind) -> Schema:
    """Return the schema of the front matter of a kind's source version."""
    return {"title": f"a page of the kind '{kind.name}', source version", **table_schema(kind.fields)}


def translation_schema(kind: Kind) -> Schema:
    """Return the schema of the front matter of a kind's translation: only words, none of them required."""
    words = {**{declared.name: declared for declared in kind.of_side("words")}, **TRANSLATION_FIELDS}
    schema = table_schema(words)
    schema.pop("required", None)
    return {"title": f"a page of the kind '{kind.name}', translation", **schema}


# site.yaml, kinds.yaml and blocks.yaml


def site_schema() -> Schema:
    """Return the schema of site.yaml."""
    texts = {"type": "object", "additionalProperties": {"type": ANY_SCALAR}}
    scripts = table_schema(SCRIPT_FIELDS)
    scripts["properties"]["words"] = {**texts, "description": "Words → how they are written in the other script."}
    pictures = table_schema(PICTURE_FIELDS)
    pictures["properties"]["widths"]["maxItems"] = MOST_WIDTHS
    values: Mapping[str, Schema] = {
        "title": texts,
        "short_title": texts,
        "publisher": texts,
        "base_url": {"type": "string", "pattern": "^https?://"},
        "source_language": {"type": "string"},
        "unprefixed": {"type": "string"},
        "languages": {"type": "array", "minItems": 1, "items": table_schema(LANGUAGE_FIELDS)},
        "transliterate": scripts,
        "theme": {"anyOf": [{"type": "string"}, {"type": "array", "items": {"type": "string"}}]},
        "menus": {"type": "object", "additionalProperties": _menu()},
        "organisation": PATH,
        "glossary": PATH,
        "time_zone": {"type": "string"},
        "report": {"type": "string", "pattern": "^[^@]+@[^@]+$"},
        "edit": {"type": "string", "pattern": "^https?://.*\\{path\\}"},
        "pictures": pictures,
        "budgets": {"type": "object", "additionalProperties": {"type": "number", "exclusiveMinimum": 0}},
        "file_types": {"type": "array", "items": {"type": "string", "pattern": "^[a-z0-9_+-]{1,20}$"}},
        "editor": table_schema(EDITOR_FIELDS),
        "markdown": table_schema(MARKDOWN_FIELDS),
        "checks": {
            "type": "object",
            "additionalProperties": False,
            "properties": {
                code: {"enum": ["error"] if code in ALWAYS_ERRORS else list(CHECK_LEVELS), "description": holds}
                for code, holds in CODES.items()
            },
        },
    }
    return _keys(SITE_KEYS, values, "the site: languages, addresses, menus", "title", "base_url", "languages")


def _menu(depth: int = 3) -> Schema:
    """Return the schema of a list of nested menu entries."""
    text = {"type": ANY_SCALAR}
    values: dict[str, Schema] = {
        "page": dict(PATH),
        "url": {"type": "string", "pattern": "^https?://"},
        "label": {"type": "object", "additionalProperties": text},
        "children": {"type": "boolean"},
        "entries": _menu(depth - 1) if depth else {"type": "array"},
    }
    entry = _keys(ENTRY_KEYS, values, "an entry")
    return {"type": "array", "items": {"anyOf": [PATH, entry]}}


def kinds_schema() -> Schema:
    """Return the schema of kinds.yaml."""
    of_kind: Mapping[str, Schema] = {
        "extends": {"type": "string"},
        "template": {"type": "string", "pattern": r"\.html$"},
        "children": table_schema(CHILDREN_FIELDS),
        "schema": _NAMES,
        "calendar": _NAMES,
        **_SIDES,
    }
    return {
        "title": "the content model: kinds of page and their fields",
        "type": "object",
        "additionalProperties": _keys(KIND_KEYS, of_kind, "a kind of page"),
        "definitions": _field_definitions(),
    }


def blocks_schema() -> Schema:
    """Return the schema of blocks.yaml."""
    names: Schema = {"type": "array", "items": {"type": "string"}}
    of_block: Mapping[str, Schema] = {
        "form": {"enum": ["container", "leaf", "inline"]},
        "label": {"type": "string"},
        **_SIDES,
        "inside": names,
        "within": names,
        "selects": {"type": "boolean"},
        "template": {"type": "string", "pattern": r"\.html$"},
        "help": {"type": "string"},
    }
    return {
        "title": "what a text may contain besides Markdown",
        "type": "object",
        "propertyNames": {"pattern": f"^{NAME}$"},
        "additionalProperties": _keys(BLOCK_KEYS, of_block, "a block"),
        "definitions": _field_definitions(),
    }


def tables_schema() -> Schema:
    """Return the schema of tables.yaml."""
    table = {"type": "object", "additionalProperties": False, "properties": _SIDES}
    return {
        "title": "what tables beside pages hold, by the names of their files",
        "type": "object",
        "additionalProperties": table,
        "definitions": _field_definitions(),
    }


def _field_definitions() -> Schema:
    field = {"$ref": "#/definitions/field"}
    of_field: Mapping[str, Schema] = {
        "type": {"enum": list(TYPES)},
        "of": {"anyOf": [field, {"type": "array", "items": {"type": ANY_SCALAR}}, _NAMES]},
        "kind": {"type": "string"},
        "required": {"type": "boolean"},
        "translate": {"type": "boolean"},
        "max": {"type": "integer", "minimum": 1},
        "sorted": {"type": "boolean"},
        "fields": {"$ref": "#/definitions/fields"},
        "help": {"type": "string"},
    }
    return {
        "field": _keys(FIELD_KEYS, of_field, "a field", "type"),
        "fields": {"type": "object", "additionalProperties": field},
    }


def _keys(names: Mapping[str, str], values: Mapping[str, Schema], title: str, *required: str) -> Schema:
    properties = {
        name: {"description": text[:1].upper() + text[1:] + ".", **values[name]} for name, text in names.items()
    }
    schema: Schema = {"title": title, "type": "object", "additionalProperties": False, "properties": properties}
    return {**schema, "required": list(required)} if required else schema


# editors


def read_settings() -> dict[str, Any]:
    """Return the settings of VS Code: the schema for each file, and a `check` task whose problems appear in the files.

    Red Hat's YAML extension does not support front matter in Markdown (vscode-yaml, issue 207), so the task checks it.
    """
    schemas = {f"./{_FOLDER}/{name}.json": f"content/{name}.yaml" for name in ("site", "kinds", "blocks", "tables")}
    pattern = {"regexp": PROBLEM_LINE, "file": 1, "line": 2, "column": 3, "severity": 4, "code": 5, "message": 6}
    matcher = {
        "owner": "site",
        "fileLocation": ["relative", "${workspaceFolder}"],
        "source": "site",
        "pattern": pattern,
    }
    task = {
        "label": "check",
        "type": "shell",
        "command": "make check",
        "group": {"kind": "test", "isDefault": True},
        "presentation": {"reveal": "silent"},
        "problemMatcher": matcher,
    }
    return {
        ".vscode/settings.json": {"yaml.schemas": schemas, "yaml.yamlVersion": "1.2", "files.eol": "\n"},
        ".vscode/extensions.json": {"recommendations": ["redhat.vscode-yaml"]},
        ".vscode/tasks.json": {"version": "2.0.0", "tasks": [task]},
    }


#: Matches the first line of a problem in text form: path, line, column, severity, code, message.
PROBLEM_LINE = r"^(\S.*?):(\d+):(\d+): (error|warning)\[([\w-]+)\]: (.*)$"
