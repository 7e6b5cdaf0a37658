/** Starts the editor with the configuration that the site's content model makes. */
import CMS from '@sveltia/cms';
import { read, write } from './format.js';

CMS.registerCustomFormat('page-frontmatter', 'md', { fromFile: read, toFile: write });
const config = await (await fetch('config.json')).json();
CMS.init({ config: { ...config, load_config_file: false } });
