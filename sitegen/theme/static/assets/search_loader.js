/* The page is whole without this script. With it the form appears, and the search itself is loaded on use. */
'use strict';
(() => {
  const begin = () => {
    const form = document.querySelector('[data-search]');
    const start = () => import(form.dataset.script).then(({ start }) => start(form));
    form.classList.add('ready');
    if (new URLSearchParams(location.search).get('q')) start();
    else form.querySelector('input').addEventListener('focus', start, { once: true });
  };
  if (document.readyState === 'loading') addEventListener('DOMContentLoaded', begin);
  else begin();
})();
