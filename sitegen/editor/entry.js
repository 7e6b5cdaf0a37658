/** Starts the editor with the configuration that the site's content model makes. */
import CMS from '@sveltia/cms';
import { components } from './blocks.js';
import './focus.js';
import { read, write } from './format.js';

CMS.registerCustomFormat('page-frontmatter', 'md', { fromFile: read, toFile: write });
const { blocks, styles, ...config } = await (await fetch('config.json')).json();
[...styles, 'preview.css'].forEach((style) => CMS.registerPreviewStyle(style));
components(blocks).forEach((component) => CMS.registerEditorComponent(component));
CMS.init({ config: { ...config, load_config_file: false } });
