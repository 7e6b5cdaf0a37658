/**
 * Keeps the signs of a text that is pasted from a page or from Word: "- 5 °C" has a minus, and is no item of a list.
 *
 * The editor shows such a text as it is, but writes it to the file as if somebody had meant Markdown. So a sign that would be
 * read there as a mark gets a backslash before the text is put in; `&` and `<` are spelled out, which every Markdown reads alike.
 */
import { joinLines, keepBreaks, LINES, NO_BLOCKS } from './breaks.js';

const OWN = 'application/x-lexical-editor';
const PAGE = 'text/html';
const SPELLED = { '&': '&amp;', '<': '&lt;', ':': '&#58;' };
/** What Markdown does not look into; of lines of code the editor makes plain ones. */
const VERBATIM = 'code:not(pre code)';

/** Marks within a line; each pattern finds one sign. The editor itself sees to stars, tildes and backquotes. */
const MARKS = [
  '&(?=#[0-9]{1,7};|#[xX][0-9a-fA-F]{1,6};|[a-zA-Z][a-zA-Z0-9]*;)',
  '<(?=[a-zA-Z/!?])',
  String.raw`(?<![\p{L}\p{N}])_(?=\S)|(?<=\S)_(?![\p{L}\p{N}])`,
  String.raw`(?<=\[[^\[\]]*\])\(`,
  String.raw`\\`, // a mark may come to stand behind it
  String.raw`(?<![A-Za-z0-9:]):(?=[a-z][a-z0-9-]*\[)`,
].join('|');
const BLANK = String.raw`[ \t\r\n]`;
const ENDED = `(?:${BLANK}|$)`;
/** Marks of lists, quotations, headings, rules and tables, definitions and blocks, notes and tasks. */
const BEGINNINGS = [
  String.raw`[+\-](?=${ENDED})`,
  '>',
  `#(?=#{0,5}${ENDED})`,
  String.raw`[\-=|:](?=[\-=|: \t\r\n]*$)`,
  `:(?=:|${BLANK})`,
  String.raw`\[(?=[^\]]+\]:|[ xX]\]${ENDED})`,
].join('|');
/** What may precede them: without a bound, each of many blanks would be looked at from each of them. */
const INDENT = `^${BLANK}{0,99}`;
const NUMBERS = `(?<=${INDENT}[0-9]{1,9})[.)](?=${ENDED})`;
const WITHIN = new RegExp(MARKS, 'gu');
const ANYWHERE = new RegExp(`(?<=${INDENT})(?:${BEGINNINGS})|${NUMBERS}|${MARKS}`, 'gu');
/** The same in a text whose line ends are lines'. */
const ON_ANY_LINE = new RegExp(ANYWHERE.source, 'gmu');

document.addEventListener('paste', (event) => {
  const { target, clipboardData: data } = event;
  const isText = data && !data.types.includes(OWN) && !data.files.length; // a picture is put in alone
  if (!isText || !data.types.includes(PAGE) || !target.closest?.('[contenteditable="true"]')) return;
  const now = ofPage(data);
  if (now === data.getData(PAGE)) return;
  const shielded = new DataTransfer();
  for (const own of data.types) shielded.setData(own, own === PAGE ? now : data.getData(own));
  Object.defineProperty(event, 'clipboardData', { value: shielded }); // what was copied can't be changed
}, true);

/** What was copied from a page, with its signs shielded and its breaks kept; as it is if it has none. */
function ofPage(data) {
  const before = data.getData(PAGE);
  const { body } = new DOMParser().parseFromString(before, PAGE);
  for (const silent of body.querySelectorAll('script, style')) silent.remove();
  const parsed = body.outerHTML;
  joinLines(body);
  for (const nodes of linesOf(body)) shield(nodes);
  keepBreaks(body);
  return before !== data.getData('text/plain') && body.outerHTML !== parsed ? body.outerHTML : before;
}

/** The texts of each line: a sign may stand in another one than the blank behind it. */
function linesOf(body) {
  const all = [[]];
  const walk = (node) => {
    if (node.nodeType === Node.TEXT_NODE) all.at(-1).push(node);
    const isLine = node.matches?.(LINES);
    if (isLine) all.push([]);
    node.childNodes.forEach(walk);
    if (isLine) all.push([]);
  };
  walk(body);
  return all.filter((nodes) => nodes.length);
}

/** Write the signs of a line so that they stay what they are. */
function shield(nodes) {
  const { parentElement: holder } = nodes[0];
  const pattern = holder.closest(NO_BLOCKS) ? WITHIN : holder.closest('pre') ? ON_ANY_LINE : ANYWHERE;
  const text = nodes.map(({ data }) => data).join('');
  const places = new Set([...text.matchAll(pattern)].map(({ index }) => index));
  let place = 0;
  for (const node of nodes) {
    const isVerbatim = node.parentElement.closest(VERBATIM);
    const escaped = (sign) => (places.has(place++) && !isVerbatim ? SPELLED[sign] ?? `\\${sign}` : sign);
    node.data = node.data.replace(/[^]/g, escaped);
  }
}
