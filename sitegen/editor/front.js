/** The front matter of a page: its values, and itself with other values where they differ and as it was elsewhere. */
import { isMap, isScalar, parseDocument, visit } from 'yaml';
import { edited, edits } from './rewriting.js';
import { isEmpty, isObject, isSame, isTable, valueAt } from './same.js';

const YAML = { schema: 'core' };
/** Keys that the editor has for itself, or takes for a path in a tree. */
const RESERVED = /\.|^(?:_original|body)$/;

/**
 * Front matter → its values; a number that is written in a way of its own, as 1.10 or 007, is text, or it would be lost.
 *
 * Throws an Error for what is no front matter, or what the editor would lose.
 */
export function values(front) {
  const found = parseDocument(front, { ...YAML, keepSourceTokens: true });
  if (found.errors.length) throw explained(found.errors[0]);
  if (!front.replace(/^\s*#.*$/gm, '').trim()) return {};
  if (!isMap(found.contents) || found.contents.flow) throw Error('its front matter must be lines of `key: value`');
  visit(found, {
    Pair(_, { key, srcToken }) {
      if (!isScalar(key) || key.value === '__proto__') throw Error(`the key ${key} has no field`);
      if (srcToken.start.some(({ type }) => type === 'explicit-key-ind')) throw Error('a key may not begin with ?');
    },
    Value(_, node) {
      if (node.anchor || node.tag) throw Error('a value may not begin with & or !');
      if (typeof node.value === 'number' && node.source !== String(node.value)) node.value = node.source;
    },
    Alias() {
      throw Error('a value may not begin with *');
    },
  });
  const made = found.toJS();
  const reserved = Object.keys(made).find((key) => RESERVED.test(key));
  if (reserved) throw Error(`the editor can't hold the key ${reserved}`);
  return made;
}

/** Front matter with other values: those that differ are replaced, those that are new and filled in stand at their place. */
export function withValues(front, fields) {
  const before = values(front);
  const dotted = Object.keys(before).find((key) => hasPath(before[key]) && !isSame(before[key], valueAt(fields, key)));
  if (dotted) throw Error(`the editor can't hold a key with a dot, in ${dotted}`);
  return edited(front, edits(front, parseDocument(front, YAML).contents, before, fields));
}

/** Days and times that the editor leaves as they are; of others it drops the seconds, or all. */
const MOMENT = {
  date: /^\d{4}-\d\d-\d\d$/,
  'datetime-local': /^\d{4}-\d\d-\d\d(?:[T ]\d\d:\d\d(?:Z|[-+]\d\d:\d\d)?)?$/,
  time: /^(?:[01]?\d|2[0-3]):[0-5]\d(?::[0-5]\d)?$/,
};
/** What a field of each kind shows as it is; all else it would replace or drop when the page is saved. */
const HELD = {
  boolean: (value) => typeof value === 'boolean',
  number: (value) => isText(value) && Number.isFinite(Number(value)),
  datetime: (value, { type }) => isText(value) && MOMENT[type].test(String(value).trim()),
  keyvalue: isTable,
  object: (value, { fields }) => isTable(value) && !lost(value, fields),
  list: (value, { field, fields }) => isListOf(value, field ?? { widget: 'object', fields }),
  select: (value, { multiple, ...own }) => (multiple ? isListOf(value, own) : isText(value)),
};

/** The first key of a table whose value its field in the form can't hold, if there is one. */
export function lost(table, fields) {
  return fields.find((field) => !isHeld(valueAt(table, field.name), field))?.name;
}

function isHeld(value, field) {
  if (value !== false && isEmpty(value)) return true;
  return (HELD[field.widget] ?? isText)(value, field);
}

function isListOf(value, field) {
  return Array.isArray(value) && value.every((item) => isHeld(item, field));
}

function isText(value) {
  return !isObject(value) && typeof value !== 'boolean';
}

function explained({ message, linePos: [{ line }] }) {
  return Error(`line ${line + 1}: ${message.split(/ at line |\n/)[0]}`);
}

function hasPath(value) {
  return isObject(value) && Object.entries(value).some(([key, own]) => key.includes('.') || hasPath(own));
}
