/* A button at each block of code that copies it; the page is whole without. */
'use strict';
(() => {
  if (!navigator.clipboard) return;  // as on a page without HTTPS
  const { copy, copied } = document.currentScript.dataset;
  for (const code of document.querySelectorAll('.prose pre > code:not(.language-text)')) {
    const block = document.createElement('div');
    const button = document.createElement('button');
    block.className = 'copied';
    button.type = 'button';
    button.textContent = copy;
    button.addEventListener('click', async () => {
      await navigator.clipboard.writeText(code.textContent.replace(/\n$/, ''));
      button.textContent = copied;
      setTimeout(() => { button.textContent = copy; }, 2000);
    });
    code.parentElement.replaceWith(block);
    block.append(code.parentElement, button);
  }
})();
