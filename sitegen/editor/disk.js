/**
 * Saving to the disk, where nothing is lost that came there since the editor, which reads a file but once, has read it.
 *
 * All files of a save are looked at before the first one is written, and those that nobody has edited are not written.
 */
import { forgetOrigins, originsOf } from './format.js';

/**
 * Path → what may be there: what the editor has read or written, or tried to write; undefined is no file.
 *
 * Of a page it is the text, of another file Git's hash.
 */
const held = new Map();
/** Path → the text of a page from which its form was filled. */
const read = new Map();
/** The end of a page's path, behind its folder. */
const PAGE = /\/index\.[^/]+\.md$/;

/** Remember what the editor has read; a page is read as text, of another file it takes the hash. */
export function loaded(path, content, isPage) {
  held.set(path, [content]);
  if (isPage) read.set(path, content);
}

/** Save changes with the editor's own function, or refuse all of them. */
export async function commit(root, changes, save) {
  const due = changes.filter((change) => !isAsRead(change));
  try {
    assertNoneBelow(due);
    await Promise.all(due.map((change) => assertKept(root, change)));
    for (const change of due) await expect(change);
    const results = await save(root, due);
    for (const change of due) await remember(change);
    return results;
  } catch (error) {
    const isShown = due.some(({ data }) => typeof data === 'string');
    if (!isShown) alert(error.message); // of what failed with other files, or in removing, the editor says nothing
    throw error;
  } finally {
    forgetOrigins();
  }
}

function isAsRead({ action, path, data }) {
  const own = held.get(path);
  return action === 'update' && typeof data === 'string' && own?.length === 1 && own[0] === data;
}

/** Refuse to remove a page with pages below it, which the editor takes for files of that page and does not name. */
function assertNoneBelow(changes) {
  const pages = changes.filter(({ action, path }) => action === 'delete' && PAGE.test(path)).map(({ path }) => path);
  const folders = [...new Set(pages.map((path) => path.replace(PAGE, '/')))];
  const below = pages.find((path) => folders.some((folder) => path.startsWith(folder) && path.replace(PAGE, '/') !== folder));
  if (below) throw Error(`Nothing was removed: the page ${below} is below one that you are deleting. Delete those below first.`);
}

async function assertKept(root, { action, slug, path, previousPath = path, data }) {
  const isPage = slug !== undefined || typeof data === 'string';
  for (const place of new Set([previousPath, path])) {
    const file = await fileAt(root, place);
    const content = file && (await (isPage ? textOf(file) : hashOf(file)));
    const isGone = !file && action === 'delete';
    if (!isGone && !heldAt(place).includes(content)) throw refused(place, changeAt(place, file));
  }
  const isOfAnotherText = isPage && data !== undefined && read.has(previousPath) && !originsOf(data).has(read.get(previousPath));
  if (isOfAnotherText) throw refused(previousPath, 'has changed on the disk since this draft was begun');
}

function heldAt(path) {
  return held.get(path) ?? [undefined];
}

function changeAt(path, file) {
  if (!file) return 'is no longer on the disk';
  return held.has(path) ? 'has changed on the disk since it was opened here' : 'is on the disk already';
}

function refused(path, why) {
  return Error(`Nothing was changed: ${path} ${why}. Copy what you have written, and reload this window without restoring a draft.`);
}

/** What may be there after a save that has failed: some files are written then, some are not. */
async function expect({ path, previousPath = path, data }) {
  held.set(path, [...heldAt(path), ...heldAt(previousPath), await contentOf(data)]);
  if (previousPath !== path) held.set(previousPath, [...heldAt(previousPath), undefined]);
}

async function remember({ action, path, previousPath = path, data }) {
  held.delete(previousPath);
  if (action === 'delete') read.delete(path);
  else held.set(path, [await contentOf(data)]);
  if (previousPath === path) return;
  if (read.has(previousPath)) read.set(path, read.get(previousPath));
  read.delete(previousPath);
}

/** The file at a path of the site's folder, if there is one. */
async function fileAt(root, path) {
  const folders = path.split('/').filter(Boolean);
  const name = folders.pop();
  try {
    let folder = root;
    for (const own of folders) folder = await folder.getDirectoryHandle(own);
    return await (await folder.getFileHandle(name)).getFile();
  } catch (error) {
    if (error.name === 'NotFoundError') return undefined;
    throw error;
  }
}

function contentOf(data) {
  return data instanceof Blob ? hashOf(data) : data;
}

/** A page's text, as the editor reads it. */
async function textOf(file) {
  return new TextDecoder('utf-8', { ignoreBOM: true }).decode(await file.arrayBuffer());
}

/** The name that Git has for a file's content. */
async function hashOf(file) {
  const bytes = await new Blob([`blob ${file.size}\0`, file]).arrayBuffer();
  return new Uint8Array(await crypto.subtle.digest('SHA-1', bytes)).toHex();
}
