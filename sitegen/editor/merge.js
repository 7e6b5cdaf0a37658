/** Puts right what the editor changes in a text that nobody has edited there. */
import { diffArrays } from 'diff';

/** What begins or ends something around which the editor puts empty lines. */
const MARK = /^(?::{2,}| {0,3}(?:`{3,}|~{3,}))/;

/**
 * A text from the editor, in which what nobody has edited is as it was in the file.
 *
 * Lines are the same where the editor makes the one of the other. Between two that have stayed neighbours the same empty
 * lines stand as before, unless a paragraph was parted or joined.
 */
export function merged(before, after) {
  const [old, now] = [filled(before), filled(after)];
  const isSame = (one, other) => images(one.text).has(other.text);
  const parts = diffArrays(old, now, { comparator: isSame });
  const lines = [];
  let place = 0;
  for (const { added, removed, value } of parts) {
    if (removed) place += value.length;
    else if (added) lines.push(...value);
    else lines.push(...old.slice(place, (place += value.length)).map((line, index) => ({ ...line, now: now[lines.length + index].gap })));
  }
  return lines.map((line, index) => gap(line, lines[index - 1], index) + line.text).join('');
}

/** The lines with something in them, each with what stands before it. */
function filled(text) {
  const found = [];
  let [gap, place] = ['', 0];
  for (const line of text.split('\n')) {
    if (line.trim()) {
      found.push({ text: line, gap, place: place++ });
      gap = '\n';
    } else gap += `${line}\n`;
  }
  return found;
}

function gap(line, before, index) {
  if (!index) return line.now === undefined || line.place ? '' : line.gap;
  if (line.now === undefined) return line.gap;
  const isNeighbour = before.now !== undefined && before.place === line.place - 1;
  const isAlike = isParted(line.gap) === isParted(line.now) || MARK.test(line.text) || MARK.test(before.text);
  return isNeighbour && isAlike ? line.gap : line.now;
}

function isParted(gap) {
  return gap.split('\n').length > 2;
}

/** What the editor may make of a line: emphasis with `_`, lists indented twice as far, in a block within a block once more. */
function images(line) {
  const own = line.replace(/(?<!\*)\*(?!\*)([^*\n]+)\*(?!\*)/g, '_$1_');
  const found = new Set();
  for (let text of [line, own]) {
    for (let depth = 0; depth < 4; depth += 1) {
      const spaced = text.replaceAll('&#32;', ' ');
      for (const made of [text, spaced]) found.add(made).add(made.trimEnd());
      text = text.replace(/^(\s+)([-+*]|\d+\.)/, (_, space, sign) => ' '.repeat(space.length * 2) + sign);
    }
  }
  return found;
}
