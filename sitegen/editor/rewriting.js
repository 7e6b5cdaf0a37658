/**
 * Edits of YAML text that give a value other parts: whatever nobody has touched keeps its letters and its comments.
 *
 * The package's own documents keep comments, too, but write all parts in one style of quotes, spaces and indentation. So only
 * what is new is written by the package; the rest is cut out of the text, part by part.
 */
import { Document, isCollection, isMap, isPair, isScalar, isSeq, visit } from 'yaml';
import { isEmpty, isObject, isSame, isTable, origins, valueAt } from './same.js';

/** Signs that stand in no plain text and in no literal one, or that end a line elsewhere. */
const SPECIAL = /^(?:\s|---|\.\.\.)|[^ -~\u00a0-\u2027\u202a-\ud7ff\ue000-\ufefe\uff00-\ufffd\u{10000}-\u{10ffff}]/u;
/** Those of them that the package writes as they are. */
const UNWRITTEN = /[\u007f-\u009f\u2028\u2029\ufeff\ufffe\uffff]/g;
/** Empty lines and comments up to the next word. */
const GAP = /(?:[ \t]*(?:#[^\n]*)?\n)*[ \t]*/y;
/** The comma between two parts, behind comments or before them. */
const COMMA = /^((?:\s|#[^\n]*\n)*),/;

/** Edits of a text that make the table in it, if there is one, another one. */
export function edits(text, table, before, now) {
  if (table) return changesWithin(text, table, before, now);
  const keys = Object.keys(now).filter((key) => !isEmpty(now[key]));
  return [[0, 0, keys.map((key) => entry(key, now[key])).join('')]];
}

/** A text, or a stretch of it, with edits. */
export function edited(text, changed, start = 0, end = text.length) {
  let [made, place] = ['', start];
  for (const [from, to, own] of [...changed].sort((one, other) => one[0] - other[0] || one[1] - other[1])) {
    made += text.slice(place, from) + own;
    place = to;
  }
  return made + text.slice(place, end);
}

/** Edits of a part: a value and where it stands. */
function changes(text, part, before, after) {
  const now = alike(before, after);
  const { node, flow } = part;
  if (isSame(before, now)) return [];
  const isWithin = isMap(node) ? isTable(now) : isSeq(node) && Array.isArray(now);
  if (isWithin && !isEmpty(now)) return changesWithin(text, node, before, now);
  if (!isScalar(node) || isObject(now) || node.range[0] === node.range[1]) return anew(text, part, filled(now));
  const [start, end] = node.range;
  if (isBlock(node)) return [[start, end, block(text.slice(start, end), node.value, String(now ?? ''))]];
  const style = { '"': 'QUOTE_DOUBLE', "'": 'QUOTE_SINGLE' }[text[start]] ?? 'PLAIN';
  return [[start, end, inline(now ?? '', flow, style)]];
}

/** A table stays one, though the editor makes a list of keys that are numbers. */
function alike(before, now) {
  return Array.isArray(now) && isTable(before) ? { ...now } : now;
}

/** Edits where there is no value yet, or one of another sort. */
function anew(text, { node, place, column, flow }, now) {
  const own = inline(now, flow);
  if (!node) return [[place, place, `: ${own}`]];
  const [start, end] = node.range;
  if (start === end) return isObject(now) && !flow && hasTable(now) ? below(text, place, now, column) : [[place, place, ` ${own}`]];
  if (isBlock(node)) return [[start, end, own + besides(text.slice(start, end))]];
  if (!isCollection(node) || node.flow) return [[start, end, own]];
  const parts = partsOf(text, node);
  const [{ isBehind, start: first }, last] = [parts[0], parts.at(-1).end];
  return isBehind ? [[place, last, ` ${own}\n`]] : [[place, place, ` ${own}`], [first, last, '']];
}

function hasTable(value) {
  return isTable(value) || value.some(isObject);
}

function below(text, place, now, column) {
  const line = lineAfter(text, place);
  return [[line, line, indented(now, column + 2)]];
}

/** Edits of a table or a list: its parts stay, change, go, come and change places, each with what stands beside and above it. */
function changesWithin(text, node, before, now) {
  const parts = partsOf(text, node);
  const plan = isMap(node) ? planOfTable(text, node, parts, before, now) : planOfList(text, node, parts, before, now);
  if (plan.length === parts.length && plan.every(({ part }, index) => part === parts[index])) return plan.flatMap(({ own }) => own);
  if (!node.flow) return rearranged(text, parts, plan);
  const [start, end] = node.range;
  const isPairAlone = !/[[{]/.test(text[start]);
  return [[start, end, isPairAlone ? inline(filled(now), true) : rearrangedFlow(text, node, parts, plan)]];
}

/** The parts of a table as they are to stand: the edits of those that stay, and new ones behind those that they follow in `now`. */
function planOfTable(text, node, parts, before, now) {
  const keys = node.items.map(({ key }) => String(key.value));
  const old = new Map(keys.map((key, index) => [key, parts[index]]));
  const order = keys.filter((key) => valueAt(now, key) === false || !isEmpty(valueAt(now, key)) || isEmpty(valueAt(before, key)));
  const wanted = Object.keys(now);
  wanted.forEach((key, index) => {
    if (old.has(key) || isEmpty(now[key])) return;
    const above = wanted.slice(0, index).findLast((other) => order.includes(other));
    order.splice(order.indexOf(above) + 1, 0, key);
  });
  return order.map((key) => {
    const part = old.get(key);
    if (part) return { part, own: changes(text, part, valueAt(before, key), valueAt(now, key)) };
    return { made: node.flow ? inline({ [key]: filled(now[key]) }, true).slice(1, -1) : shifted(entry(key, now[key]), parts[0].column) };
  });
}

function planOfList(text, node, parts, before, now) {
  const places = origins(before, now);
  return now.map((item, index) => {
    const place = places[index];
    if (place !== undefined) return { part: parts[place], own: changes(text, parts[place], before[place], item) };
    return { made: node.flow ? inline(filled(item), true) : indented([filled(item)], parts[0].column) };
  });
}

function partsOf(text, node) {
  return node.flow ? partsOfFlow(text, node) : partsOfBlock(text, node);
}

/**
 * The parts of a block: each has its lines (`line`), the first one may stand behind another dash, and the comments right above
 * (`start`). Those above a key but the first one stay where they are if the key goes.
 */
function partsOfBlock(text, node) {
  let end;
  return node.items.map((item) => {
    const mark = isPair(item) ? item.key.range[0] : wordAfter(text, end ?? node.range[0]);
    const begin = text.lastIndexOf('\n', mark - 1) + 1;
    const isBehind = Boolean(text.slice(begin, mark).trim());
    const line = isBehind ? mark : begin;
    const start = isBehind || (isPair(item) && end !== undefined) ? line : aboveOf(text, line, end ?? 0);
    const place = isPair(item) ? text.indexOf(':', item.key.range[1]) + 1 : mark + 1;
    end = endOf(text, item);
    return { node: isPair(item) ? item.value : item, isBehind, line, start, place, end, column: mark - begin };
  });
}

function wordAfter(text, place) {
  GAP.lastIndex = place;
  GAP.test(text);
  return GAP.lastIndex;
}

/** Where the comments begin that stand right above a line. */
function aboveOf(text, line, least) {
  let place = line;
  for (;;) {
    const above = text.lastIndexOf('\n', place - 2) + 1;
    if (above < least || above === place || !/^ *#/.test(text.slice(above, place))) return place;
    place = above;
  }
}

/** The end of the last line of a part. */
function endOf(text, node) {
  if (isPair(node)) return endOf(text, node.value);
  if (isCollection(node) && !node.flow) return endOf(text, node.items.at(-1));
  const [, end] = node.range;
  return text[end - 1] === '\n' ? end : lineAfter(text, end);
}

function lineAfter(text, place) {
  const end = text.indexOf('\n', place);
  return end < 0 ? text.length : end + 1;
}

/** The lines of a block with its parts as they are to stand; comments between parts follow the part above them. */
function rearranged(text, parts, plan) {
  const [{ isBehind, start, column }] = parts;
  const rest = restsOf(text, parts, new Set(plan.map(({ part }) => part)));
  const indent = ' '.repeat(column);
  // A comment that is further to the right would be words of a literal text above it.
  const comments = (own) => own.replace(/(?<![^\n]) +(?=#)/g, (spaces) => spaces.slice(0, column));
  let [made, waiting] = ['', rest.get()];
  for (const { part, own, made: added } of plan) {
    if (!part) made += added;
    else {
      made += comments(waiting + text.slice(part.start, part.line)) + (part.isBehind ? indent : '');
      made += edited(text, own, part.line, part.end);
      waiting = rest.get(part);
    }
  }
  if (waiting.trim()) made += comments(waiting);
  const { end } = parts.at(-1);
  if (!isBehind) return [[start, end, made]];
  return /^ *[^ #\n]/.test(made) ? [[start, end, made.slice(column)]] : [[text.slice(0, start).trimEnd().length, end, `\n${made}`]];
}

/** Part → what stands below it and above the next one; also of the parts below it that go. */
function restsOf(text, parts, staying) {
  const rests = new Map([[undefined, '']]);
  let last;
  parts.forEach((part, index) => {
    const rest = text.slice(part.end, parts[index + 1]?.start ?? part.end);
    if (staying.has(part)) rests.set((last = part), rest);
    else {
      const above = index ? '' : text.slice(part.start, part.line);
      const isWanted = rest.trim() || (last && !rests.get(last));
      rests.set(last, rests.get(last) + above + (isWanted ? rest : ''));
    }
  });
  return rests;
}

/** The parts between brackets: each has the rest of its line, with the comment there, and the lines above it. */
function partsOfFlow(text, node) {
  const [start, end] = node.range;
  const words = node.items.map((item) => (isPair(item) ? [item.key.range[0], (item.value ?? item.key).range[1]] : item.range));
  const cuts = [start + 1, ...words.map(([, to]) => to)].map((from, index) => {
    const gap = text.slice(from, words[index]?.[0] ?? end - 1);
    return from + (gap.indexOf('\n') + 1 || gap.indexOf(',') + 1);
  });
  return node.items.map((item, index) => {
    const place = isPair(item) ? (item.value ? text.indexOf(':', item.key.range[1]) + 1 : item.key.range[1]) : words[index][0];
    const [from, to] = words[index];
    return { node: isPair(item) ? item.value : item, place, flow: true, start: cuts[index], from, to, end: cuts[index + 1] };
  });
}

function rearrangedFlow(text, node, parts, plan) {
  const [start, end] = node.range;
  const inside = text.slice(start + 1, end - 1);
  if (!inside.includes('\n')) {
    const words = plan.map(({ part, own, made }) => (part ? edited(text, own, part.from, part.to) : made));
    return text[start] + words.join(', ') + text[end - 1];
  }
  const empty = start + 1 + inside.indexOf('\n') + 1;
  const [first, last] = [parts[0]?.start ?? empty, parts.at(-1)?.end ?? empty];
  const tail = text.slice(parts.at(-1)?.to ?? start, last);
  const indent = indentOf(text, start, parts);
  const made = plan.reduce((before, { part, own, made: added }, index) => {
    const head = part ? edited(text, own, part.start, part.to).replace(COMMA, '$1') : ` ${added}`.slice(before.endsWith('\n') ? 1 : 0);
    const rest = part ? text.slice(part.to, part.end).replace(COMMA, '$1') : tail.includes('\n') ? '\n' : '';
    const comma = index < plan.length - 1 || COMMA.test(text.slice(parts.at(-1)?.to, end - 1)) ? ',' : '';
    return before + (before.endsWith('\n') && !/^\s/.test(head) ? indent : '') + head + comma + rest;
  }, text.slice(start, first));
  return made + text.slice(last, end);
}

/** The spaces before a part between brackets that begins a line. */
function indentOf(text, start, parts) {
  const lines = [...parts.map(({ from }) => from), start].map((place) => text.slice(text.lastIndexOf('\n', place - 1) + 1, place));
  return lines.find((line) => line && !line.trim()) ?? ' '.repeat(lines.at(-1).length + 1);
}

function isBlock(node) {
  return isScalar(node) && node.type?.startsWith('BLOCK');
}

/** A value without what is empty in its tables. */
function filled(value) {
  if (Array.isArray(value)) return value.map(filled);
  if (!isObject(value)) return value ?? '';
  return Object.fromEntries(Object.entries(value).filter(([, own]) => !isEmpty(own)).map(([key, own]) => [key, filled(own)]));
}

/** The lines of a new key: a list of words in brackets, all else as YAML writes it. */
function entry(key, value) {
  const isLine = !isObject(value) || (Array.isArray(value) && !value.some(isObject));
  return isLine ? `${inline(key)}: ${inline(value)}\n` : written({ [key]: filled(value) }, { collectionStyle: 'block' });
}

/** A value on one line. */
function inline(value, flow = false, style = 'PLAIN') {
  const options = { collectionStyle: 'flow', flowCollectionPadding: false, defaultStringType: style };
  const made = written(flow ? [value] : value, options).replace(/\n$/, '');
  return flow ? made.slice(1, -1) : made;
}

/** The lines of a value, so far to the right. */
function indented(value, column) {
  return shifted(written(value, { collectionStyle: 'block' }), column);
}

function shifted(lines, column) {
  return lines.replace(/(?<![^\n])(?=[^\n])/g, ' '.repeat(column));
}

/** A value as YAML writes it, with the signs that may not stand in a text by their numbers; libyaml takes `[?a]` for a table. */
function written(value, options) {
  const made = new Document(value, { aliasDuplicateObjects: false });
  const hasLines = options.collectionStyle === 'block';
  visit(made, {
    Scalar(_, node, above) {
      if (typeof node.value !== 'string') return;
      const isSign = !hasLines && above.length > 1 && /^[?:]/.test(node.value);
      if (isSign || SPECIAL.test(hasLines ? node.value.replaceAll('\n', '') : node.value)) node.type = 'QUOTE_DOUBLE';
    },
  });
  const own = made.toString({ lineWidth: 0, defaultKeyType: 'PLAIN', doubleQuotedMinMultiLineLength: Infinity, ...options });
  return own.replace(UNWRITTEN, (sign) => `\\u${sign.charCodeAt(0).toString(16).padStart(4, '0')}`);
}

/** A text of several lines below `|`, at the indentation of the old one. */
function block(old, before, now) {
  const [header, ...lines] = old.split('\n');
  const indent = /^ +(?=\S)/.exec(lines.find((line) => line.trim()) ?? '')?.[0];
  if (!indent || SPECIAL.test(now.replaceAll('\n', ''))) return inline(now) + besides(old);
  const chomp = before.endsWith('\n') ? '' : '-';
  return [header.replace(/^[|>][-+\d]*/, `|${chomp}`), ...now.trimEnd().split('\n').map((line) => line && indent + line), ''].join('\n');
}

/** What stands beside the sign of a literal text, to the end of that line. */
function besides(old) {
  return old.slice(0, lineAfter(old, 0)).replace(/^[|>][-+\d]*/, '');
}
