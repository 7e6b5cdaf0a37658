/**
 * Keeps a text as it was in its file where the editor's rich text would change it though nobody has edited it there.
 *
 * The rich text reads a text and writes it anew, in a way of its own. What it makes of a text that was just opened is
 * the image of that text: only what differs from the image has been edited. In "Edit in Markdown" every letter is a person's.
 */
import { diffArrays } from 'diff';
import { MOST_EDITED } from './lines.js';

/** Editor → the text that it shows, and its image once it shows that. */
const shown = new WeakMap();

/** What an editor that is about to show a text is to know of it. */
export function opening(editor, text) {
  const own = { text };
  shown.set(editor, own);
  return own;
}

/** Whether an editor is still to show a text: another one may have come while it got ready. */
export function isDue(editor, own) {
  return shown.get(editor) === own;
}

/** The text as it is now in an editor that would write it so. */
export function edited(editor, now) {
  const { text = now, image } = shown.get(editor) ?? {};
  return image === undefined ? text : merged(text, image, now);
}

/**
 * A text with what makes `now` another one than its image: lines that stay, and the empty lines between them, are the text's own.
 *
 * Whatever is taken from the text has the letters of what it replaces, so no word of `now` is lost.
 */
export function merged(text, image, now) {
  if (now === image) return text;
  const [old, made, own] = [text, image, now].map(lines);
  const [origins, places] = [pairs(made, old, letters), pairs(made, own, (line) => line.text)];
  let [result, last] = ['', [0, 0, 0]];
  for (const [index, place] of places) {
    if (!origins.has(index)) continue;
    const found = [old[origins.get(index)], made[index], own[place]];
    const [before, without, since] = [text, image, now].map((whole, side) => whole.slice(last[side], found[side].start));
    const hasEmptyLines = since === without && !before.trim() && !without.trim();
    const isAsMade = found[1].text === found[2].text && letters(found[0]) === letters(found[1]);
    result += (hasEmptyLines ? before : since) + found[isAsMade ? 0 : 2].text;
    last = found.map(({ start, text: line }) => start + line.length);
  }
  return result;
}

/** The lines with something in them, and the end. */
function lines(text) {
  let end = -1;
  const all = text.split('\n').map((line) => ({ text: line, start: (end += line.length + 1) - line.length }));
  return [...all.filter((line) => line.text.trim()), { text: '', start: text.length }];
}

/** Which line of the one text is which of the other, in their order: index → index; as many others in one place are the same, edited. */
function pairs(one, other, sign) {
  const [ownSigns, otherSigns] = [one, other].map((all) => all.slice(0, -1).map(sign));
  const found = new Map();
  let [index, place, gone] = [0, 0, 0];
  for (const { added, removed, count } of diffArrays(ownSigns, otherSigns, { maxEditLength: MOST_EDITED }) ?? []) {
    const [from, to] = added ? [index - gone, place] : [index, place];
    if (added ? count === gone : !removed) for (let step = 0; step < count; step += 1) found.set(from + step, to + step);
    if (!added) index += count;
    if (!removed) place += count;
    gone = removed ? count : 0;
  }
  return found.set(one.length - 1, other.length - 1);
}

/** What the rich text does not change in a line. */
function letters({ text }) {
  return text.replace(/&#?\w+;|[^\p{L}\p{N}]+/gu, '') || text.trim();
}
