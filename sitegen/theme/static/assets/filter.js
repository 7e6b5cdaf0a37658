/* Narrows a list on the page to what holds the words typed. The list is whole without it; with it the field appears. */
'use strict';
(() => {
  const fold = text => text.normalize('NFKD').replace(/\p{M}/gu, '').toLowerCase();
  const begin = () => {
    const form = document.querySelector('[data-filter]');
    const input = form.querySelector('input');
    const status = form.querySelector('[role=status]');
    const items = [...document.querySelectorAll(form.dataset.filter)].map(item => [item, fold(item.textContent)]);
    const narrow = () => {
      const asked = fold(input.value).split(/\s+/u).filter(word => word);
      let count = 0;
      for (const [item, text] of items) {
        item.hidden = !asked.every(word => text.includes(word));
        count += !item.hidden;
      }
      for (const group of document.querySelectorAll('[data-terms]'))
        group.hidden = ![...group.querySelectorAll(form.dataset.filter)].some(item => !item.hidden);
      status.textContent = count ? '' : form.dataset.nothing;
    };
    form.classList.add('ready');
    form.addEventListener('submit', event => event.preventDefault());
    input.addEventListener('input', narrow);
    if (input.value) narrow();
  };
  if (document.readyState === 'loading') addEventListener('DOMContentLoaded', begin);
  else begin();
})();
