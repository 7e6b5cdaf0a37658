/** The front matter of a page: its values, and itself with other values where they differ and as it was elsewhere. */
import { isCollection, isMap, isPair, isScalar, isSeq, parseDocument, stringify, visit } from 'yaml';

const YAML = { schema: 'core' };
/** Keys that the editor has for itself, or takes for a path in a tree. */
const RESERVED = /\.|^(?:_original|body)$/;

/**
 * Front matter → its values; a number that is written in a way of its own, as 1.10 or 007, is text, or it would be lost.
 *
 * Throws an Error for what is no front matter, or what the editor would lose.
 */
export function values(front) {
  const found = parseDocument(front, YAML);
  if (found.errors.length) throw explained(found.errors[0]);
  if (!front.replace(/^\s*#.*$/gm, '').trim()) return {};
  if (!isMap(found.contents) || found.contents.flow) throw Error('its front matter must be lines of `key: value`');
  visit(found, {
    Pair(_, { key }) {
      if (!isScalar(key) || key.value === '__proto__') throw Error(`the key ${key} has no field`);
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
  const entries = new Map(pairsOf(front).map((pair) => [String(pair.key.value), entryOf(front, pair)]));
  const edits = [];
  for (const [key, { pair, start, end }] of entries) {
    const now = alike(before[key], fields[key]);
    if (isSame(before[key], now)) continue;
    if (hasPath(before[key])) throw Error(`the editor can't hold a key with a dot, in ${key}`);
    edits.push(...((!isEmpty(now) && changes(front, pair, before[key], now)) || [[start, end, isEmpty(now) ? '' : line(key, now)]]));
  }
  const order = Object.keys(fields);
  for (const key of order.filter((own) => !entries.has(own) && !isEmpty(fields[own]))) {
    const above = order.slice(0, order.indexOf(key)).findLast((other) => entries.has(other));
    const place = above === undefined ? 0 : entries.get(above).end;
    edits.push([place, place, line(key, fields[key])]);
  }
  return edited(front, edits);
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
  return fields.find((field) => !isHeld(table[field.name], field))?.name;
}

function isHeld(value, field) {
  if (value !== false && isEmpty(value)) return true;
  return (HELD[field.widget] ?? isText)(value, field);
}

function isListOf(value, field) {
  return Array.isArray(value) && value.every((item) => isHeld(item, field));
}

function isTable(value) {
  return isObject(value) && !Array.isArray(value);
}

function isText(value) {
  return !isObject(value) && typeof value !== 'boolean';
}

function explained({ message, linePos: [{ line }] }) {
  return Error(`line ${line + 1}: ${message.split(/ at line |\n/)[0]}`);
}

/** A table stays one, though the editor makes a list of keys that are numbers. */
function alike(before, now) {
  return Array.isArray(now) && isTable(before) ? { ...now } : now;
}

function hasPath(value) {
  return isObject(value) && Object.entries(value).some(([key, own]) => key.includes('.') || hasPath(own));
}

/** Whether two values are the same to the editor: it trims, shows numbers as text or the reverse, and has what is empty. */
export function isSame(one, other) {
  const [own, others] = [leaves(one), leaves(other)];
  return own.size === others.size && [...own].every(([path, value]) => others.has(path) && isSameLeaf(value, others.get(path)));
}

function isSameLeaf(one, other) {
  return (typeof other === 'number' && Number(one) === other) || String(one).trim() === String(other).trim();
}

/** Path → value of what is filled in, as the editor keeps it; it does not tell a list from keys that are numbers. */
function leaves(value, path = '', found = new Map()) {
  if (isObject(value)) {
    for (const [key, own] of Object.entries(value)) leaves(own, `${path}.${key}`, found);
  } else if (!isEmpty(value)) found.set(path, value);
  return found;
}

function isEmpty(value) {
  if (isObject(value)) return !leaves(value).size;
  return value === undefined || value === null || value === false || (typeof value === 'string' && !value.trim());
}

function edited(text, edits) {
  const inOrder = edits.map((edit, index) => [...edit, index]).sort((one, other) => other[0] - one[0] || other[1] - one[1] || other[3] - one[3]);
  return inOrder.reduce((made, [start, end, own]) => made.slice(0, start) + own + made.slice(end), text);
}

function pairsOf(front) {
  const { contents } = parseDocument(front, YAML);
  return isMap(contents) ? contents.items : [];
}

/** The lines of a key and its value, without the comments and empty lines below it, which stay. */
function entryOf(front, pair) {
  const start = front.lastIndexOf('\n', pair.key.range[0] - 1) + 1;
  let end = pair.value?.range?.[1] ?? pair.key.range[1];
  if (front[end - 1] !== '\n') end = lineAfter(front, end);
  if (isBlock(lastOf(pair))) return { pair, start, end };
  const lines = front.slice(start, end).split(/(?<=\n)/);
  while (/^\s*(?:#.*)?\n?$/.test(lines.at(-1))) end -= lines.pop().length;
  return { pair, start, end };
}

function lineAfter(text, place) {
  const end = text.indexOf('\n', place);
  return end < 0 ? text.length : end + 1;
}

function lastOf(node) {
  if (isPair(node)) return lastOf(node.value);
  return isCollection(node) && node.items.length ? lastOf(node.items.at(-1)) : node;
}

function isBlock(node) {
  return isScalar(node) && node.type?.startsWith('BLOCK');
}

/** Edits that make a value another one, in the style of the old; undefined if all of it is to be written anew. */
function changes(front, pair, before, now) {
  const { value: node } = pair;
  if (isSame(before, now)) return [];
  if (isMap(node)) return changesOfMap(front, node, before, now);
  if (isSeq(node)) return changesOfList(front, node, before, now);
  if (!isScalar(node) || isObject(now)) return undefined;
  const [start, end] = node.range;
  if (isBlock(node)) return [[start, end, block(front.slice(start, end), node.value, String(now))]];
  if (start === end) return pair.key && nothingTo(front, pair.key, now);
  const style = { '"': 'QUOTE_DOUBLE', "'": 'QUOTE_SINGLE' }[front[start]] ?? 'PLAIN';
  return [[start, end, inline(now, style)]];
}

/** A value where there is none yet; a comment after it stays. */
function nothingTo(front, key, now) {
  const place = front.indexOf(':', key.range[1]) + 1;
  return [[place, place, ` ${inline(now, 'PLAIN')}`]];
}

/** Changes of a table key by key; one on a line of its own is taken out or put in there. */
function changesOfMap(front, node, before, now) {
  if (!isObject(now) || Array.isArray(now)) return undefined;
  const keys = node.items.map(({ key }) => String(key.value));
  const added = Object.keys(now).filter((key) => !keys.includes(key) && !isEmpty(now[key]));
  if (node.flow && added.length) return undefined;
  const edits = all(node.items.map((pair, index) => changesOfPair(front, node, pair, before[keys[index]], now[keys[index]])));
  if (!edits || !added.length) return edits;
  const { end } = entryOf(front, node.items.at(-1));
  const indent = ' '.repeat(columnOf(front, node.items[0]));
  return [...edits, ...added.map((key) => [end, end, indented({ [key]: now[key] }, indent)])];
}

function changesOfPair(front, node, pair, before, now) {
  if (isSame(before, now) || !isEmpty(now)) return changes(front, pair, before, now);
  const { start, end } = entryOf(front, pair);
  return node.flow || front.slice(start, pair.key.range[0]).trim() ? undefined : [[start, end, '']];
}

function columnOf(front, { key: { range: [place] } }) {
  return place - front.lastIndexOf('\n', place - 1) - 1;
}

/** A value as YAML writes it, so far to the right. */
function indented(value, indent) {
  return stringify(value, { lineWidth: 0 }).replace(/^(?=.)/gm, indent);
}

function changesOfList(front, node, before, now) {
  if (!Array.isArray(now)) return undefined;
  if (now.length === before.length && before.some(isObject)) {
    return all(node.items.map((value, index) => changes(front, { value }, before[index], now[index])));
  }
  if (!node.flow) return changesOfBlockList(front, node, before, now);
  const [start, end] = node.range;
  return front.slice(start, end).includes('\n') ? undefined : [[start, end, inline(now, 'PLAIN')]];
}

/** A list with an item a line: the items that stay keep their lines, and the comments above them. */
function changesOfBlockList(front, node, before, now) {
  const [, last] = node.range;
  const starts = node.items.map(({ range }) => front.lastIndexOf('\n', range[0] - 1) + 1);
  const dashes = starts.map((start) => /^ *- /.exec(front.slice(start))?.[0]);
  if (new Set(starts).size < starts.length || dashes.some((dash) => !dash || dash !== dashes[0])) return undefined;
  const indent = dashes[0].slice(0, -2);
  const places = starts.map((start, index) => (index ? aboveOf(front, start, node.items[index - 1].range[1]) : start));
  const lines = places.map((start, index) => front.slice(start, places[index + 1] ?? last).replace(/\n*$/, '\n'));
  const free = new Set(before.keys());
  const made = now.map((item) => {
    const own = [...free].find((index) => isSame(before[index], item));
    free.delete(own);
    return own === undefined ? indented([item], indent) : lines[own];
  });
  return [[starts[0], last, made.join('')]];
}

/** Where the comments begin that stand right above a line. */
function aboveOf(front, start, least) {
  let place = start;
  for (;;) {
    const above = front.lastIndexOf('\n', place - 2) + 1;
    if (above < least || above === place || !/^ *#/.test(front.slice(above, place))) return place;
    place = above;
  }
}

function all(parts) {
  return parts.includes(undefined) ? undefined : parts.flat();
}

function isObject(value) {
  return value !== null && typeof value === 'object';
}

/** A new line for a key: a list of words in brackets, all else as YAML writes it. */
function line(key, value) {
  const isPlainList = Array.isArray(value) && !value.some(isObject);
  if (isPlainList || !isObject(value)) return `${key}: ${inline(value, 'PLAIN')}\n`;
  return stringify({ [key]: value }, { lineWidth: 0, flowCollectionPadding: false });
}

function inline(value, style) {
  if (typeof value === 'string' && value.includes('\n')) return JSON.stringify(value);
  const options = { lineWidth: 0, defaultStringType: style, defaultKeyType: 'PLAIN', flowCollectionPadding: false };
  return stringify(value, { ...options, collectionStyle: 'flow' }).trimEnd();
}

/** A text of several lines below `|`, at the indentation of the old one. */
function block(old, before, now) {
  const [header, ...lines] = old.split('\n');
  const indent = /^ +(?=\S)/.exec(lines.find((line) => line.trim()) ?? '')?.[0];
  if (!indent || /^\s|[^\n -~\u00a0-\ud7ff\ue000-\ufefe\uff00-\ufffd\u{10000}-\u{10ffff}]/u.test(now)) return `${JSON.stringify(now)}\n`;
  const chomp = before.endsWith('\n') ? '' : '-';
  return [header.replace(/^[|>][-+\d]*/, `|${chomp}`), ...now.trimEnd().split('\n').map((line) => line && indent + line), ''].join('\n');
}
