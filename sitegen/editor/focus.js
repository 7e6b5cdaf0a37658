/**
 * Keeps a page at its beginning when it is opened: every block takes the focus as it is drawn, and would scroll to itself.
 *
 * A block that somebody has just put in from the menu has it.
 */
const AWHILE = 1000;

let chosen = -AWHILE;
const focus = HTMLElement.prototype.focus;

document.addEventListener('click', ({ target, timeStamp }) => {
  if (target.closest?.('[role="menuitem"]')) chosen = timeStamp;
}, true);

HTMLElement.prototype.focus = function (options) {
  const isDrawn = this.classList.contains('component') && performance.now() - chosen > AWHILE;
  if (!isDrawn) focus.call(this, options);
};
