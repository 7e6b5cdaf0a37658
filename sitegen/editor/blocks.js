/**
 * Blocks as components of the editor: each is a form within the text, made from its declaration.
 *
 * The editor writes a text anew from what it has read, and reads less than Markdown has. So whatever it would not give back as
 * it was stands in a component of its own, as plain text; the little that it still changes is put right by `merge.js`.
 */
/** The component for what the editor has no form for. */
export const PLAIN = 'plain';
/** The field that holds a block as it stands in the file. */
const WRITTEN = 'written';
const INNER = 'inner';
/** An editor of text within a form would stay empty, so what a block holds is written as in the file. */
const HINT = 'in Markdown, as **bold** and [words](/page/); other blocks, too, as :::tip';
const COLONS = { container: ':::', leaf: '::', inline: ':' };

const LABEL = String.raw`(?:\[(?<label>(?:\\.|[^\\\[\]\n]|\[(?:\\.|[^\\\[\]\n])*\])*)\])`;
const KEY = String.raw`[A-Za-z_][\w-]*`;
const VALUE = String.raw`"[^"\n]*"|'[^'\n]*'|[^\s"'{}<>${'`'}][^\s"{}<>${'`'}]*`;
const ATTRIBUTES = String.raw`(?<attributes>\{(?:[ \t]*${KEY}(?:[ \t]*=[ \t]*(?:${VALUE}))?(?=[ \t}]))*[ \t]*\})`;
const ATTRIBUTE = new RegExp(String.raw`(${KEY})(?:[ \t]*=[ \t]*(${VALUE}))?`, 'g');
/** An entity, or a number of a character; CommonMark knows none without a semicolon: `?a=1&copy=2`. */
const ENTITY = /&(?:#[0-9]{1,7}|#[xX][0-9a-fA-F]{1,6}|[a-zA-Z][a-zA-Z0-9]{1,40});/g;
/** Behind the last line of something; also says to the editor that a pattern is of lines and not of words. */
const END = String.raw`(?=\n|(?![\s\S]))`;
const FENCE = '`{3,}(?![^`\\n]*`)|~{3,}(?!~)';
/** What follows the fence that ends one, which may be longer. */
const FENCE_END = '(?:(?<=`)`*|(?<=~)~*)[ \\t]*';
/** What may stand before a fence or a mark in its line: quotations, and the mark of an item of a list. */
const BEFORE = String.raw`[ \t>]*(?:(?:[-*+]|\d+[.)])[ \t]+)?`;

/** Words that the editor gives back as they are. */
const PLAIN_WORDS = String.raw`(?:[^\\${'`'}*_~\[\]<>&{}|$!:\n]|!(?!\[)|:(?!:|[a-z][a-z0-9-]+[\[{])|(?<=[\p{L}\p{N}])_(?=[\p{L}\p{N}]))`;
const MARKED = [
  String.raw`(?<!\*)\*\*(?! )${PLAIN_WORDS}+(?<! )\*\*(?!\*)`,
  String.raw`(?<![\p{L}\p{N}*_])(?:\*(?! )${PLAIN_WORDS}+(?<! )\*|_(?! )${PLAIN_WORDS}+(?<! )_)(?![\p{L}\p{N}*_])`,
  String.raw`\[${PLAIN_WORDS}+\]\((?:(?!&[#\w]+;)[^\s()<>\\*_~])+\)`,
  '(?<!`)`[^`\\\\\\n]+`(?!`)',
];
const NO_BLOCK = String.raw`(?![ \t]|[-+*#>=|~:]|\d+[.)]|!!!|\/\/\/)`;
/** The line of a block or a fence, which ends a text without an empty line before it. */
const STOP = String.raw`:{2,}[a-z]|:{3,}[ \t]*(?:\n|(?![\s\S]))| {0,3}(?:${FENCE})`;
/** Headings, paragraphs and lists that the editor gives back as they are; some hold blocks among their words. */
function native(blocks) {
  const names = blocks.filter(({ form }) => form === 'inline').map(({ name }) => name);
  const inline = `(?<![A-Za-z0-9:]):(?:${names.join('|')})\\[${PLAIN_WORDS}+\\]${nameless(ATTRIBUTES)}?`;
  const words = `(?:${[PLAIN_WORDS, ...MARKED, ...(names.length ? [inline] : [])].join('|')})+(?<![ \\t])`;
  const texts = [
    `#{1,6} ${NO_BLOCK}${words}`,
    `${NO_BLOCK}${words}(?:\\n${NO_BLOCK}${words})*`,
    `- ${NO_BLOCK}${words}(?:\\n- ${NO_BLOCK}${words})*`,
  ];
  return `(?:${texts.join('|')})(?=\\n[ \\t]*\\n|\\n(?:${STOP})|\\n*(?![\\s\\S]))`;
}

function nameless(pattern) {
  return pattern.replace(/\(\?<\w+>/g, '(?:');
}

/** Name, label and fields of each block → what `CMS.registerEditorComponent` takes. */
export function components(blocks) {
  return [...blocks.map((block) => component(block, blocks)), plain(native(blocks))];
}

/** What stands as it is in the file: code, tables, quotations, marks that no form knows. */
function plain(others) {
  const fenced = String.raw`(?: {0,3})(?<fence>${FENCE})[^\n]*(?:\n[^\n]*)*?\n {0,3}\k<fence>[ \t]*${END}`;
  const lines = String.raw`[^\n]+(?:\n(?!${STOP})[^\n]*[^\s][^\n]*)*`;
  return {
    id: PLAIN,
    label: 'Markdown',
    icon: 'markdown',
    fields: [{ name: 'text', label: 'Markdown', widget: 'text', required: false }],
    pattern: new RegExp(`^(?!${others})(?:${fenced}|${lines})`, 'u'),
    fromBlock: ([text]) => ({ text }),
    toBlock: ({ text = '' }) => shielded(text),
    toPreview: ({ text = '' }) => text,
  };
}

function component(block, blocks) {
  const own = { name: WRITTEN, widget: 'hidden', required: false };
  return {
    id: block.name,
    label: block.label,
    mode: block.inside ? 'block' : 'dialog',
    summary: summary(block),
    fields: [...block.fields, ...inner(block), own],
    pattern: searched(pattern(block)),
    fromBlock: (match) => ({ ...values(block, match.groups), [WRITTEN]: match[0] }),
    toBlock: (props) => shielded(written(block, props)),
    // Without values, the text's editor asks for the element that a block is to be made of where it is pasted: for none.
    toPreview: (props) => (Object.keys(props).length ? preview(block, props, blocks) : ''),
  };
}

/** What is seen of a block within the text: what it is, and its word. */
function summary({ label, word, form }) {
  const shown = form === 'inline' ? INNER : word;
  return shown ? `${label}: {{${shown}}}` : label;
}

/** The field for what a block holds: forms again where it is a list of blocks; those within a dialog would stay empty. */
function inner({ form, inside }) {
  const shown = { name: INNER, required: false };
  if (form === 'leaf') return [];
  if (form === 'inline') return [{ ...shown, label: 'Words', widget: 'string' }];
  return [{ ...shown, label: 'Text', ...(inside ? { widget: 'markdown', editor_components: [...inside, PLAIN] } : { widget: 'text', hint: HINT }) }];
}

function pattern({ name, form }) {
  if (form === 'inline') return new RegExp(`(?<![A-Za-z0-9:\\\\]):${name}${LABEL}${ATTRIBUTES}?`);
  const head = `${name}(?![a-z0-9-])${LABEL}?${ATTRIBUTES}?[ \\t]*`;
  if (form === 'leaf') return new RegExp(`^::${head}${END}`);
  // Each line can be read in one way only, or an end that is missing would be searched for in all ways.
  const fenceEnd = String.raw`[ \t>]*\k<fence>${FENCE_END}\n`;
  const fenced = String.raw`${BEFORE}(?<fence>${FENCE})[^\n]*\n(?:(?!${fenceEnd})[^\n]*\n)*${fenceEnd}`;
  const line = String.raw`(?!${BEFORE}(?:${FENCE}))(?!\k<colons>[ \t]*(?:\n|$))[^\n]*\n`;
  return new RegExp(String.raw`^(?<colons>:{3,})${head}\n(?<inner>(?:${fenced}|${line})*)\k<colons>[ \t]*${END}`);
}

/**
 * A pattern of lines that the preview, too, finds wherever it stands.
 *
 * The text's editor makes a pattern anew from `source` and applies it line by line; the preview searches the whole text with
 * the pattern itself if it is global. An unanchored search would take the editor the square of a text's length.
 */
function searched(own) {
  if (!own.source.startsWith('^')) return own;
  return Object.defineProperty(new RegExp(`(?<![^\\n])${own.source.slice(1)}`, `${own.flags}g`), 'source', { value: own.source });
}

/** What the fields of a block show. */
function values(block, { label, attributes, inner: text }) {
  const found = {};
  if (block.form === 'inline') found[INNER] = label;
  else if (label && block.word) found[block.word] = unescaped(label).trim();
  if (text !== undefined) found[INNER] = text.replace(/^\n+|\n+$/g, '');
  for (const [name, value] of attributesOf(attributes ?? '')) {
    const field = block.fields.find((own) => own.name === name);
    if (field) found[name] = valueOf(field, value);
  }
  return found;
}

function attributesOf(written) {
  return [...written.slice(1, -1).matchAll(ATTRIBUTE)].map(([, name, value]) => [name, value === undefined ? 'true' : decoded(value)]);
}

function decoded(value) {
  const own = /^["']/.test(value) ? value.slice(1, -1) : value;
  if (!own.includes('&')) return own;
  const holder = globalThis.document?.createElement('textarea');
  if (!holder) return own.replaceAll('&quot;', '"').replaceAll('&amp;', '&');
  return own.replace(ENTITY, (entity) => {
    holder.innerHTML = entity;
    return /.;$/.test(holder.value) ? entity : holder.value; // of `&notit;` HTML makes ¬ and `it;`
  });
}

function valueOf({ widget, multiple, value_type: type }, text) {
  if (widget === 'boolean') return text === 'true';
  if (widget === 'list' || multiple) return text.split(',').map((part) => part.trim()).filter(Boolean);
  return widget === 'number' && type !== 'string' ? Number(text) : text;
}

function textOf(value) {
  if (value === undefined || value === null || value === false) return '';
  return (Array.isArray(value) ? value.join(', ') : String(value)).replace(/\s*[\r\n]\s*/g, ' ').trim();
}

/** A block as text: as it was, but for what has another value now. */
function written(block, props) {
  const match = props[WRITTEN] ? pattern(block).exec(props[WRITTEN]) : null;
  const was = match ? values(block, match.groups) : {};
  const isSame = (name) => textOf(was[name]) === textOf(props[name]) && (name !== INNER || (was[name] ?? '') === (props[name] ?? ''));
  const names = block.fields.map((field) => field.name);
  if (match && [...names, INNER].every(isSame)) return match[0];
  const head = withAttributes(block, headOf(block, match, props), names.filter((name) => !isSame(name)), props);
  return block.form === 'container' ? closed(head, match, props, isSame(INNER)) : head;
}

/** The mark as it stands in the file, its word in brackets as it is now. */
function headOf({ form, name, word }, match, props) {
  const { label, attributes = '' } = match?.groups ?? {};
  if (form === 'inline') {
    const words = textOf(props[INNER]);
    return { start: `:${name}[${words === textOf(label) ? label : bracketed(words)}]`, attributes };
  }
  const now = word ? textOf(props[word]) : '';
  const hasWord = Boolean(word) && !attributesOf(attributes).some(([key]) => key === word);
  const isAsBefore = label !== undefined && (hasWord ? unescaped(label).trim() === now : now || !word);
  const own = isAsBefore ? `[${label}]` : hasWord && now && `[${now.replace(/[\\[\]]/g, '\\$&')}]`;
  return { start: COLONS[form] + name + (own || ''), attributes, hasWord };
}

/** Words of an inline block: a bracket without another one, and a backslash at the end, would end it or not. */
function bracketed(text) {
  return text.replace(/\\.|\[(?:\\.|[^\\[\]])*\]|[\\[\]]/g, (own) => (own.length > 1 ? own : `\\${own}`));
}

/** The mark with other attributes, each in the place where it stands. */
function withAttributes({ word }, { start, attributes, hasWord }, changed, props) {
  let own = attributes;
  for (const name of changed) {
    if (hasWord && name === word) continue;
    own = withAttribute(own, name, textOf(props[name]));
  }
  return start + (own === '{}' ? '' : own);
}

/** Of an attribute that stands there twice the last one counts, as in the form. */
function withAttribute(own, name, text) {
  const found = [...own.matchAll(ATTRIBUTE)].findLast(([, key]) => key === name);
  if (!found) return text ? `${own.slice(0, -1)}${own.length > 2 ? ' ' : own ? '' : '{'}${name}=${quoted(text)}}` : own;
  const [before, after] = [own.slice(0, found.index), own.slice(found.index + found[0].length)];
  if (text) return `${before}${name}=${quoted(text, found[2])}${after}`;
  return withAttribute(before.trimEnd() === '{' ? `{${after.trimStart()}` : before.trimEnd() + after, name, text);
}

/** A container: as many colons as it has, more where what it holds has as many. */
function closed(head, match, props, isSame) {
  const text = fencesClosed((props[INNER] ?? '').replace(/^\n+|\n+$/g, ''));
  const held = [...text.matchAll(new RegExp(`^${BEFORE}(:{3,})`, 'gm'))].map(([, colons]) => colons.length);
  const least = match && isSame ? 0 : Math.max(3, ...held.map((count) => count + 1));
  const colons = ':'.repeat(Math.max(match?.groups.colons.length ?? 3, least));
  const gap = match ? /^\n*/.exec(match.groups.inner)[0] : '';
  return `${colons}${head.replace(/^:+/, '')}\n${text ? `${gap}${text}\n` : ''}${gap && text ? gap : ''}${colons}`;
}

/** A text in which code that has no end ends: it would take in the end of the block. */
function fencesClosed(text) {
  let open;
  for (const line of text.split('\n')) {
    const [, before, fence] = new RegExp(`^(${BEFORE})(${FENCE})`).exec(line) ?? [];
    if (!open) open = fence && { before, fence };
    else if (new RegExp(`^[ \\t>]*${open.fence}${FENCE_END}$`).test(line)) open = undefined;
  }
  return open ? `${text}\n${open.before.replace(/[^ \t>]/g, ' ')}${open.fence}` : text;
}

/** A value as it is written: in quotes where it must be, or was. */
function quoted(text, before = '') {
  const own = /&[#\w]/.test(text) ? text.replaceAll('&', '&amp;') : text;
  if (/^[\w./:#@+-]+$/.test(own) && !/^["']/.test(before)) return own;
  return own.includes('"') && !own.includes("'") ? `'${own}'` : `"${own.replaceAll('"', '&quot;')}"`;
}

function unescaped(text) {
  return text.replace(/\\([!-/:-@[-`{-~])/g, '$1');
}

/** The editor takes away a backslash before another one and before `_`. */
function shielded(text) {
  return text.replaceAll('\\', '\\\\');
}

/** How the shipped blocks look, in the classes of the theme's style sheets; a site's own are named, with what they hold. */
const LOOKS = {
  __proto__: null, // a block may be named as what every object has
  note: callout, tip: callout, important: callout, warning: callout,
  details: ({ summary }, held) => `<details open><summary>${summary}</summary>${held}</details>`,
  figure: ({ src, alt, caption, credit }) => `<figure><img src="${src}" alt="${alt}">${caption || credit ? `<figcaption>${caption} <small class="credit">${credit}</small></figcaption>` : ''}</figure>`,
  gallery: (own, held) => `<div class="gallery">${titled(own)}${held}</div>`,
  quote: ({ source }, held) => `<figure class="quote"><blockquote>${held}</blockquote><figcaption>${source}</figcaption></figure>`,
  steps: (own, held) => `<div class="steps">${held}</div>`,
  tabs: (own, held) => `<div>${titled(own)}${held}</div>`,
  tab: (own, held) => `<div class="contact">${titled(own)}${held}</div>`,
  timeline: (own, held) => `<div class="timeline">${titled(own)}${held}</div>`,
  entry: ({ date, until, title }, held) => `<div class="entry"><p class="entry-head"><time>${[date, until].filter(Boolean).join(' – ')}</time> <strong>${title}</strong></p>${held}</div>`,
  video: elsewhere, audio: elsewhere, table: elsewhere, pages: elsewhere,
  download: ({ src, title, note }) => `<p class="download"><a>${title}</a> <span class="download-about">${src.split('.').pop().toUpperCase()}</span> <span class="download-note">${note}</span></p>`,
  button: ({ text }) => `<p><a class="button">${text}</a></p>`,
  contact: ({ name, role, ...facts }) => `<div class="contact"><p class="contact-name">${name}</p><p class="contact-role">${role}</p><dl>${Object.values(facts).filter(Boolean).map((fact) => `<dd>${fact}</dd>`).join('')}</dl></div>`,
  abbr: ({ title }, held) => `<abbr title="${title}">${held}</abbr>`,
};

function callout({ title }, held, { name, label }) {
  return `<div class="callout callout-${name}" role="note"><p class="callout-title">${title || label}</p>${held}</div>`;
}

function elsewhere({ title, caption, src, kind }, held, { label }) {
  return `<p class="elsewhere"><strong>${title || caption || label}</strong> <span class="elsewhere-where">${label} · ${src || kind}</span></p>`;
}

function titled({ title }) {
  return title ? `<p class="block-title">${title}</p>` : '';
}

function named(own, held, { label }) {
  return `<div class="contact"><p class="block-title">${label}</p><p>${Object.values(own).filter(Boolean).join(' · ')}</p>${held}</div>`;
}

/** A block in the preview: the empty lines around what it holds let that be read as Markdown. */
function preview(block, props, blocks) {
  const own = Object.fromEntries(block.fields.map(({ name }) => [name, escaped(textOf(props[name]))]));
  const text = withBlocks(props[INNER] ?? '', blocks.filter(({ name }) => block.inside?.includes(name)), blocks);
  return (LOOKS[block.name] ?? named)(own, block.form === 'inline' ? escaped(text) : text && `\n\n${text}\n\n`, block);
}

/** A text with the blocks that stand nowhere else, which the preview does not look for. */
function withBlocks(text, inside, blocks) {
  return inside.reduce((now, block) => now.replaceAll(searched(pattern(block)), (...found) => preview(block, values(block, found.at(-1)), blocks)), text);
}

function escaped(text) {
  return text.replace(/[&<>"]/g, (sign) => `&#${sign.charCodeAt(0)};`);
}
