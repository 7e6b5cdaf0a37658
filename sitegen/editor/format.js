/**
 * Page files as a person would leave them: what is unchanged stays byte for byte, comments, quotes and order included.
 *
 * `read` gives the editor the front matter's values, `body`, and the file itself as ORIGINAL; the editor keeps keys that
 * it has no field for. `write` puts changed values in the place of the old ones, and nothing else.
 */
import { merged } from './merge.js';
import { isMap, parseDocument, stringify, visit } from 'yaml';

/** The key under which a file travels through the editor. */
export const ORIGINAL = '_original';

const FENCED = /^---\n([\s\S]*?\n)?---[ \t]*(?:\n([\s\S]*))?$/;

/** The text of a file → what the editor shows. */
export function read(text) {
  const found = FENCED.exec(text);
  if (!found) return { body: text, [ORIGINAL]: text };
  return { ...values(found[1] ?? ''), body: plain(found[2] ?? ''), [ORIGINAL]: text };
}

/** What the editor holds → the text of a file. */
export function write(content) {
  const { [ORIGINAL]: original = '', body = '', ...fields } = content;
  const found = FENCED.exec(original);
  const [front, text] = found ? [found[1] ?? '', found[2] ?? ''] : ['', ''];
  const gap = found ? text.match(/^\n*/)[0] : '\n';
  const now = merged(plain(text), plain(body ?? ''));
  return `---\n${withValues(front, fields)}---\n${plain(text) === now ? text : gap + now}`;
}

/** Front matter → its values; a number that is written in a way of its own, as 1.10 or 007, is text, or it would be lost. */
function values(front) {
  const found = parseDocument(front, { schema: 'core' });
  if (found.errors.length) throw found.errors[0];
  visit(found, {
    Scalar(_, node) {
      if (typeof node.value === 'number' && node.source !== String(node.value)) node.value = node.source;
    },
  });
  return found.toJS() ?? {};
}

/** A text without the empty lines around it, which mean nothing. */
function plain(text) {
  return text.replace(/^\n+/, '').trimEnd();
}

/** Front matter with other values: those that differ are replaced, those that are new and filled in stand at their place. */
function withValues(front, fields) {
  const before = values(front);
  const lines = entries(front);
  for (const [key, value] of Object.entries(before)) {
    if (!(key in fields) || isEmpty(fields[key])) {
      if (!isEmpty(value)) lines.delete(key);
    } else if (!isSame(value, fields[key])) lines.set(key, changed(lines.get(key), key, fields[key]));
  }
  for (const [key, value] of Object.entries(fields)) {
    if (!(key in before) && !isEmpty(value)) insert(lines, key, written(key, value), Object.keys(fields));
  }
  return [...lines.values()].join('');
}

/** Key → its lines, comments above them included. What stands before the first key belongs to it. */
function entries(front) {
  const contents = parseDocument(front, { schema: 'core' }).contents;
  const keys = isMap(contents) ? contents.items.map(({ key }) => [String(key.value), startOfLine(front, key.range[0])]) : [];
  const ends = [...keys.slice(1).map(([, start]) => start), front.length];
  const found = keys.map(([key, start], index) => [key, front.slice(index ? start : 0, ends[index])]);
  return new Map(found.length || !front ? found : [['', front]]);
}

function startOfLine(text, place) {
  return text.lastIndexOf('\n', place - 1) + 1;
}

/** The lines of a key with another value, in the style of the old one; a comment at its end stays. */
function changed(line, key, value) {
  const node = parseDocument(line, { schema: 'core' }).contents.items[0];
  const [start, end] = node.value?.range ?? [node.key.range[1] + 1];
  if (end === undefined || line.slice(start, end).includes('\n')) return written(key, value);
  const style = { '"': 'QUOTE_DOUBLE', "'": 'QUOTE_SINGLE' }[line[start]] ?? 'PLAIN';
  return line.slice(0, start) + inline(value, style) + line.slice(end);
}

/** A new line for a key: a list of words in brackets, all else as YAML writes it. */
function written(key, value) {
  const isPlainList = Array.isArray(value) && value.every((item) => typeof item !== 'object');
  if (isPlainList || typeof value !== 'object') return `${key}: ${inline(value, 'PLAIN')}\n`;
  return stringify({ [key]: value }, { lineWidth: 0, flowCollectionPadding: false });
}

function inline(value, style) {
  if (typeof value === 'string' && value.includes('\n')) return JSON.stringify(value);
  const options = { lineWidth: 0, defaultStringType: style, defaultKeyType: 'PLAIN', flowCollectionPadding: false };
  return stringify(value, { ...options, collectionStyle: 'flow' }).trimEnd();
}

/** A new key stands after the one before it in the editor's order, so facts stay above words. */
function insert(lines, key, text, order) {
  const before = order.slice(0, order.indexOf(key)).reverse().find((other) => lines.has(other));
  const own = [...lines];
  own.splice(before === undefined ? 0 : own.findIndex(([other]) => other === before) + 1, 0, [key, text]);
  lines.clear();
  own.forEach(([name, line]) => lines.set(name, line));
}

function isEmpty(value) {
  return value === undefined || value === null || value === '' || value === false || (Array.isArray(value) && !value.length);
}

/** Whether two values are the same: forms show numbers as text or the reverse, and have a field for what is empty. */
function isSame(one, other) {
  return (typeof other === 'number' && Number(one) === other) || JSON.stringify(bare(one)) === JSON.stringify(bare(other));
}

function bare(value) {
  if (Array.isArray(value)) return value.map(bare);
  if (typeof value === 'number') return String(value);
  if (value === null || typeof value !== 'object') return value;
  return Object.fromEntries(Object.entries(value).filter(([, own]) => !isEmpty(own)).sort().map(([key, own]) => [key, bare(own)]));
}
