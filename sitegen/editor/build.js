/**
 * Bundles the editor into build/editor/, so that the site serves all of it itself: scripts, languages, fonts.
 * `make editor` copies it to build/editor-source/ and runs it there, beside its packages.
 */
import { cp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { resolve } from 'node:path';
import { build } from 'esbuild';

const TARGET = '../editor';
const ASSETS = 'node_modules/@sveltia/cms/npm/assets';
/** A font of the editor's own styles that would come from elsewhere: its family and what of it. */
const FOREIGN_FONT = /https:\/\/cdn\.jsdelivr\.net\/fontsource\/fonts\/([\w-]+?)(?::vf)?@[\d.]+\/([\w-]+)\.woff2/g;
/** What the editor does to every file before and after our own format, and what it should do, so that no byte is lost. */
const VERBATIM = [
  [/\(await (\w+)\.text\(\)\)\.replace\(\/\\r\\n\?\/g,`\n`\)/g, 'new TextDecoder("utf-8",{ignoreBOM:true}).decode(await $1.arrayBuffer())'],
  [/(\w+)=\1\.trim\(\)\.replace\(\/\\r\\n\?\/g,`\n`\)/g, '$1=$1'],
  [/`\$\{\((await \w+\(\w+\))\)\.trim\(\)\}\\n`/g, '($1)'],
];
/** What the editor does to files on the disk, and what it should do: see disk.js; and a write that failed is an error. */
const DISK = [
  [/let (\w+)=await (\w+)\((\w+)\);return\{\.\.\.(\w+),text:\1\}/g, 'let $1=await $2($3);return disk.loaded($4.path,$1,!0),{...$4,text:$1}'],
  [/\{\.\.\.(\w+),kind:\w+,size:\w+,sha:(\w+)\}(?=\}catch)/g, '(disk.loaded($1.path,$2),$&)'],
  [/commitChanges:async (\w+)=>(\w+)\((\w+),\1\)(?=\},\w+=`sveltia-cms-test`)/g, 'commitChanges:$1=>disk.commit($3,$1,$2)'],
  [/try\{await (\w+)\?\.write\((\w+)\)\}finally\{try\{await \1\?\.close\(\)\}catch\{\}\}/g, 'try{await $1?.write($2)}catch(error){throw await $1.abort().catch(()=>0),error}await $1?.close()'],
  [/if\(await (\w+)\((\w+),(\w+)\),(\w+)\)(?=\{let\{dirname)/g, 'if(await $1($2,$3).catch(async error=>{throw $4&&await $2.remove().catch(()=>0),error}),$4)'],
];
/** Where the time that the editor takes to open a text grows with the square of its length: see lines.js. */
const LINES = [[/let (\w+)=(\w+)\.slice\((\w+)\)\.join\(`\n`\)(?=,\[)/g, 'let $1=textFrom($2,$3)']];
/** Where a cell is written: a stroke in it would end it, and readers would not get the row's last cell. */
const CELLS = [[/(?<=\(\w+\(\w+,\w+\))(?=\.replace\(\/\\n\/g,`\\\\n`\)\.trim\(\)\))/g, '.replaceAll(`|`,`\\\\|`)']];
/** Where the backslashes before underscores are taken away: see underscores.js. */
const UNDERSCORES = [[/(\w+\(\w+\))\.replace\(\/\\\\\(\[_\\\\\]\)\/g,`\$1`\)/g, 'unshielded($1)']];

/**
 * Where the rich text gives a text back, and where it takes one, which it would prepare for itself: see merge.js.
 * And where every value is trimmed before it is saved; that would take away the indent of a text's first line. And where
 * somebody types: a character with a space behind it, or Enter, would begin a component, and was taken away; and `|a| ` would
 * become a table around the words that follow; and stars within words, as in 2*3*4, would become underscores, not italics.
 * And where somebody pastes: its last sign would end what begins with the same one, as if it had been typed: of 4*5* it made 4 and
 * an italic 5, and of a cell's `_b_` an italic b. An address becomes a link in an update that the editor does not call a paste.
 */
const TEXTS = [
  [/(\w+)=\((\w+),(\w+)\)=>(\{let (\w+)=\3\.filter\(.{1,60}?\);)(\2\.getRootElement\(\).{1,60}?\{value:)(\w+\(\w+\(\5\).{1,80}?\))(?=,selection:)/g, 'markdownOf=$3=>$4return $7},$1=($2,$3)=>{$6merge.edited($2,markdownOf($3))'],
  [/async\((\w+),(\w+),(\w+)\)=>\((await Promise\.all\(\[\.\.\.\2\.matchAll\(.{1,120}?\)\)),(?:\2=\w+\(\2\),){3}new Promise\(\((\w+),(\w+)\)=>\{(\1\.update\(\(\)=>\{.{1,120}?\}\})\)/g,
    'async($1,$2,$3,own=merge.opening($1,$2))=>($4,new Promise(($5,$6)=>{if(!merge.isDue($1,own))return $5();$7,{onUpdate:()=>own.image=$1.getEditorState().read(()=>markdownOf($3))})'],
  [/(type:`multiline-element`,dependencies:\[\w+\],regExpStart:\/\^\.\/,(?:(?!replace:)[^])*replace:\(\)=>)void 0/g, '$1!1'],
  [/(\{format:\[`italic`\],)(?=tag:`\*`,)/g, '$1intraword:!1,'],
  [/(\{format:\[`bold`,`italic`\],)(?=tag:`\*{3}`,)/g, '$1intraword:!1,'],
  [/(regExp:\w+,replace:)\((\w+),(\w+),\[(\w+)\]\)=>\{(?=if\(\w+\.test\(\4\)\)\{let \3=\2\.getPreviousSibling)/g, '$1($2,$3,[$4],isRead)=>{if(!isRead)return!1;'],
  [/(?<=(\w+)\.has\(`collaboration`\)\|\|)(\1\.has\(`historic`\)\|\|\w+\.isComposing\(\))(?=\)return;let \w+=\1\.has\(\w+\),)/g, '$1.has(`paste`)||$2'],
  [/(?=\b(\w+)\.dispatchCommand\(\w+,\w+\),\w+\.preventDefault\(\),!0\)\):!1\},1\))/g, '$1.update(()=>{},{tag:`paste`}),'],
  [/(\w+)\[(\w+)\]=(\w+)\.trim\(\)(?=;let \w+=\[\.\.\.\3\.matchAll)/g, '$1[$2]=$2===`body`?$3:$3.trim()'],
];

await rm(TARGET, { recursive: true, force: true });
await build({
  entryPoints: ['entry.js'],
  outdir: TARGET,
  bundle: true,
  format: 'esm',
  splitting: true,
  minify: true,
  target: 'es2022',
  logLevel: 'error',
  plugins: [{ name: 'verbatim', setup: ({ onLoad }) => onLoad({ filter: /@sveltia\/cms\/npm\/index\.js$/ }, verbatim) }],
});
const assets = (await readdir(ASSETS)).filter((name) => !name.endsWith('.map'));
for (const name of assets) await cp(`${ASSETS}/${name}`, `${TARGET}/assets/${name}`);

await cp('preview.css', `${TARGET}/preview.css`);
const entry = `${TARGET}/entry.js`;
const script = await readFile(entry, 'utf8');
await writeFile(entry, script.replace(FOREIGN_FONT, (address, family, part) => `assets/${ownFont(family, part, address)}`));

function ownFont(family, part, address) {
  const own = assets.find((name) => name.startsWith(`${family}-`) && name.includes(part) && name.endsWith('.woff2'));
  if (!own) throw new Error(`there is no own font for ${address}`);
  return own;
}

async function verbatim({ path }) {
  let contents = await readFile(path, 'utf8');
  for (const [theirs, own] of [...VERBATIM, ...DISK, ...LINES, ...TEXTS, ...CELLS, ...UNDERSCORES]) {
    if (contents.match(theirs)?.length !== 1) throw new Error(`the editor has not exactly one ${theirs}`);
    contents = contents.replace(theirs, own);
  }
  const own = `import * as disk from ${JSON.stringify(resolve('disk.js'))};import * as merge from ${JSON.stringify(resolve('merge.js'))};import{textFrom}from ${JSON.stringify(resolve('lines.js'))};import{unshielded}from ${JSON.stringify(resolve('underscores.js'))};`;
  return { contents: own + contents };
}
