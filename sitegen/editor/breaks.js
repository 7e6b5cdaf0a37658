/**
 * Keeps the breaks of what is pasted from a page where the editor's rich text has no place for them.
 *
 * It holds only words in a quotation, an item, a heading and a cell, and writes those of two paragraphs in one as one word. So
 * what stands in them is put in as words with breaks, and with the signs that Markdown has for it: `> one`, `>`, `> - two`.
 */

/** What has lines of its own in Markdown; in some of it no block can begin. */
export const NO_BLOCKS = 'h1, h2, h3, h4, h5, h6, td, th';
const IN_LISTS = 'ol, ul, menu';
/** What the editor takes for words within a line, though browsers give it lines of its own. */
const UNKNOWN = 'center, details, hgroup, legend, menu:not(:has(> li)), search, summary';
export const LINES = `${NO_BLOCKS}, ${IN_LISTS}, ${UNKNOWN}, address, article, aside, blockquote, body, br, caption, dd, div, dl, dt, fieldset,
  figcaption, figure, footer, form, header, hr, li, main, nav, p, pre, section, table, tbody, tfoot, thead, tr`;
const HOLDERS = 'blockquote, li';
const INDENT = '    ';

/** Put what stands in each heading and cell on one line: Markdown has no more for them. */
export function joinLines(body) {
  for (const holder of body.querySelectorAll(NO_BLOCKS)) {
    for (const end of blocksIn(holder)) end.replaceWith(' ', ...end.childNodes, ' ');
  }
}

/** Write the breaks so that the editor and Markdown have them, too. */
export function keepBreaks(body) {
  for (const caption of body.querySelectorAll('table > caption')) caption.parentElement.before(renamed(caption)); // the editor has none
  for (const block of body.querySelectorAll(UNKNOWN)) renamed(block);
  for (const code of body.querySelectorAll('pre')) splitLines(code);
  for (const end of insideEnds(body)) end.before(asItIs('  ')); // both kinds of Markdown know it
  const holders = [...body.querySelectorAll(HOLDERS)].filter((own) => !own.parentElement.closest('blockquote') && blocksIn(own).length);
  for (const holder of holders.reverse()) hold(holder);
  for (const list of body.querySelectorAll(IN_LISTS)) if (!list.parentElement.closest('li')) loosen(list);
}

function blocksIn(holder) {
  return [...holder.querySelectorAll(LINES)];
}

function renamed(block) {
  const own = document.createElement('div');
  own.append(...block.childNodes);
  block.replaceWith(own);
  return own;
}

/** Lines of code are words with breaks: the editor has no code of more than one line there. */
function splitLines(code) {
  for (const own of code.querySelectorAll('code')) own.replaceWith(...own.childNodes);
  for (const words of textsOf(code)) {
    const pieces = words.data.split('\n').flatMap((line) => [document.createElement('br'), asItIs(line)]);
    words.replaceWith(...pieces.slice(1));
  }
  trim(renamed(code));
}

function textsOf(node) {
  return node.nodeType === Node.TEXT_NODE ? [node] : [...node.childNodes].flatMap(textsOf);
}

/** The breaks between two lines with words of one paragraph. */
function insideEnds(body) {
  const found = [];
  let [hasWords, end] = [false, undefined];
  const walk = (node) => {
    const isBlock = !isEnd(node) && node.matches?.(LINES);
    if (isWord(node) && end) found.push(end);
    if (isWord(node)) [hasWords, end] = [true, undefined];
    if (isEnd(node)) [hasWords, end] = [false, hasWords ? node : undefined];
    if (isBlock) [hasWords, end] = [false, undefined];
    node.childNodes.forEach(walk);
    if (isBlock) [hasWords, end] = [false, undefined];
  };
  walk(body);
  return found;
}

/** Put words and breaks in the place of the blocks in a quotation or an item; lists of an item stay, the editor has these. */
function hold(holder) {
  const lists = holder.matches('li') ? [...holder.children].filter((own) => own.matches(IN_LISTS)) : [];
  for (const list of lists) list.remove();
  for (const block of blocksIn(holder).reverse()) if (!isEnd(block)) unwrap(block);
  trim(holder);
  if (holder.matches('li')) prefix(holder, INDENT.repeat(depth(holder)));
  holder.append(...lists);
}

/** Write an empty line behind each item of a list that has one anywhere: Python-Markdown would take what follows for words. */
function loosen(list) {
  if (!isLoose(list)) return;
  for (const item of list.querySelectorAll('li')) {
    const inner = [...item.children].find((own) => own.matches(IN_LISTS));
    if (inner) inner.before(...ends(1));
    else if (isFollowed(item)) item.append(...ends(2)); // the editor drops the last one
  }
}

function isLoose(item) {
  return leaves(item).some((leaf, index, all) => isEnd(leaf) && isEnd(all[index + 1]));
}

function isFollowed(item) {
  return Boolean(item && (item.nextElementSibling || isFollowed(item.parentElement.closest('li'))));
}

function depth(item) {
  return item ? 1 + depth(item.parentElement.closest('li')) : 0;
}

function unwrap(block) {
  if (block.matches('td, th')) return block.replaceWith(...block.childNodes, ' ');
  const [first, others] = signs(block);
  trim(block);
  const [before, after] = block.matches('li') ? [1, isLoose(block) ? 2 : 0] : [2, 2];
  prefix(block, others);
  return block.replaceWith(...ends(before), asItIs(first), ...block.childNodes, ...ends(after));
}

/** What Markdown writes before the first line of a block, and before each other one. */
function signs(block) {
  if (block.matches('blockquote')) return ['> ', '> '];
  if (block.matches('ol > li')) return [`${[...block.parentElement.children].indexOf(block) + 1}. `, INDENT];
  if (block.matches('li')) return ['- ', INDENT];
  if (block.matches('hr')) return ['---', ''];
  const [, level] = /^H([1-6])$/.exec(block.nodeName) ?? [];
  return [level ? `${'#'.repeat(level)} ` : '', ''];
}

/** Write a sign before each line but the first; an empty one needs no blanks. */
function prefix(block, sign) {
  leaves(block).forEach((leaf, index, all) => {
    const own = isEnd(all[index + 1]) ? sign.trimEnd() : sign;
    if (own && isEnd(leaf)) leaf.after(asItIs(own));
  });
}

/** Without breaks around all, and more than one empty line. */
function trim(block) {
  let count = 2;
  const left = leaves(block).filter((leaf) => {
    count = isEnd(leaf) ? count + 1 : 0;
    if (count > 2) leaf.remove();
    return count <= 2;
  });
  while (isEnd(left.at(-1))) left.pop().remove();
}

/** The words, pictures and breaks. */
function leaves(block) {
  return [...block.childNodes].flatMap((node) => (isWord(node) || isEnd(node) ? node : leaves(node)));
}

function isWord(node) {
  return node.nodeName === 'IMG' || (node.nodeType === Node.TEXT_NODE && node.data.trim() !== '');
}

function isEnd(node) {
  return node?.nodeName === 'BR';
}

function ends(count) {
  return Array.from({ length: count }, () => document.createElement('br'));
}

/** Blanks that stay; the editor would take them for those between tags. */
function asItIs(text) {
  const own = document.createElement('span');
  own.style.whiteSpace = 'pre-wrap';
  own.append(text);
  return own;
}
