/** Starts the editor with the configuration that the site's content model makes. */
import CMS from '@sveltia/cms';
import { components } from './blocks.js';
import './focus.js';
import { formatOf } from './format.js';
import { whole } from './parts.js';
import './paste.js';

const { blocks, styles, ...config } = whole(await (await fetch('config.json')).json());
const pages = config.collections.flatMap((own) => own.files ?? own);
pages.forEach((own, index) => {
  own.format = `${index}-${own.format}`; // the editor wants -frontmatter at its end
  CMS.registerCustomFormat(own.format, 'md', formatOf(own.fields));
});
[...styles, 'preview.css'].forEach((style) => CMS.registerPreviewStyle(style));
components(blocks).forEach((component) => CMS.registerEditorComponent(component));
CMS.init({ config: { ...config, load_config_file: false } });
