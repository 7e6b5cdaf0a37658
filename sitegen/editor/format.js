/**
 * Page files as a person would leave them: what is unchanged stays byte for byte, comments, quotes and order included.
 *
 * `read` gives the editor the front matter's values, `body`, and the file itself as ORIGINAL; the editor keeps keys that
 * it has no field for. `write` puts changed values in the place of the old ones, and nothing else. A file of which the
 * editor would lose something can be looked at; `write` refuses to change it.
 */
import { diffArrays } from 'diff';
import { lost, values, withValues } from './front.js';
import { MOST_EDITED } from './lines.js';
import { isSame } from './same.js';

/** The key under which a file travels through the editor. */
export const ORIGINAL = '_original';

const FENCED = /^(---[ \t]*\n)([\s\S]*?\n)?(---[ \t]*)(\n[\s\S]*)?$/;
/** A line with so many quotations and items within one another that the editor's parsers, which are recursive, would fail. */
const DEEP = /^[ \t]*(?:>[ \t]*|(?:[-+*]|\d+[.)])[ \t]+){100}/m;
const NEW = '---\n---\n';
const BOM = '\ufeff';
/** What the browser makes of bytes that are no text; the bytes themselves would be lost. */
const NOT_UTF8 = '\ufffd';
const ENDS = /\r\n|\r|\n/g;

const origins = new Map();

/** The format of pages whose form has these fields. */
export function formatOf(fields) {
  return { fromFile: (text) => read(text, fields), toFile: (values) => write(values, fields) };
}

/** The text of a file → what the editor shows. */
export function read(text, form = []) {
  const { why, ...found } = opened(text, form);
  return { ...(why ? locked(why, text) : found), [ORIGINAL]: packed(text) };
}

/** What the editor holds → the text of a file. */
export function write({ [ORIGINAL]: pack, ...fields }, form = []) {
  const original = pack?.slice(1, -1);
  const text = original === undefined ? written(NEW, fields) : rewritten(original, fields, form);
  origins.set(text, originsOf(text).add(original));
  return text;
}

/** The texts of files of which a text has been made since `forgetOrigins`; undefined is a new file's. */
export function originsOf(text) {
  return origins.get(text) ?? new Set();
}

export function forgetOrigins() {
  origins.clear();
}

function rewritten(original, fields, form) {
  const { why } = opened(original, form);
  if (!why) return withEndsOf(original, written(plain(original), fields));
  const before = locked(why, original);
  if (isSame(before, fields)) return original;
  throw refused(why);
}

/** A file that the editor, which trims every value, leaves alone. */
function packed(text) {
  return `<${text}>`;
}

/** What is shown of a page that can't be edited. */
function locked(why, text) {
  const title = `This page can't be edited here: ${why}`;
  return DEEP.test(text) ? { title } : { title, body: trimmed(plain(text)) };
}

/** The values and the body of a file, or why it can't be edited. */
function opened(text, form) {
  if (text.includes(NOT_UTF8)) return { why: `it has bytes that are not UTF-8, or the sign ${NOT_UTF8} that stands for them` };
  const found = FENCED.exec(plain(text));
  if (!found) return { why: text ? 'it must begin with --- and lines of `key: value`' : 'it is empty or could not be read' };
  if (DEEP.test(found[4] ?? '')) return { why: 'a line of its text begins with over a hundred signs within one another' };
  try {
    const own = values(found[2] ?? '');
    const key = lost(own, form);
    if (key) return { why: `the form can't hold this value of ${key}: ${JSON.stringify(own[key]).slice(0, 60)}` };
    return { ...own, body: trimmed(found[4] ?? '') };
  } catch ({ message }) {
    return { why: message };
  }
}

/** The editor shows the message of the cause. */
function refused(why) {
  return Error('saving_failed', { cause: Error(`Nothing was saved. This page can't be edited here: ${why}`) });
}

function written(original, { body, ...fields }) {
  const [, opening, front = '', closing, rest = ''] = FENCED.exec(original);
  const before = trimmed(rest);
  const now = trimmed(body ?? '');
  const [gap, end] = before ? [rest.match(/^\n*/)[0], rest.slice(rest.trimEnd().length)] : ['\n\n', '\n'];
  const changed = changedFront(front, fields);
  return opening + changed + closing + (before === now ? rest : now ? gap + now + end : '\n');
}

function changedFront(front, fields) {
  try {
    const changed = withValues(front, fields);
    if (isSame(values(changed), fields)) return changed;
  } catch ({ message }) {
    throw refused(message);
  }
  throw refused('a value could not be written as YAML');
}

/** A text without the empty lines around it, which mean nothing. */
function trimmed(text) {
  return text.replace(/^\n+/, '').trimEnd();
}

function plain(text) {
  return text.replace(BOM, (mark, place) => (place ? mark : '')).replace(ENDS, '\n');
}

/** A changed text with the byte order mark and the ends of lines of the original; new lines end as its first one does. */
function withEndsOf(original, text) {
  if (!/^\ufeff|\r/.test(original)) return text;
  const ends = original.match(ENDS) ?? ['\n'];
  const own = text.split('\n');
  const areAlike = ends.every((end) => end === ends[0]);
  const changes = areAlike ? undefined : diffArrays(plain(original).split('\n'), own, { maxEditLength: MOST_EDITED });
  let place = 0;
  const lines = (changes ?? [{ added: true, value: own }]).flatMap(({ added, removed, value }) => {
    const start = place;
    if (!added) place += value.length;
    return removed ? [] : value.map((line, index) => [line, (added ? undefined : ends[start + index]) ?? ends[0]]);
  });
  lines.at(-1)[1] = '';
  return (original.startsWith(BOM) ? BOM : '') + lines.flat().join('');
}
