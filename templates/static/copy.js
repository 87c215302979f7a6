/* Buttons that copy a text of the page: data-copy names the element, and the status beside the button says so. */
(() => {
  'use strict';
  function byHand(element) {
    const range = document.createRange(), selection = getSelection();
    range.selectNodeContents(element);
    selection.removeAllRanges();
    selection.addRange(range);
    return document.execCommand('copy');
  }
  // Copies an element's text, then calls tell(words to show, whether it worked); where it did not, the text is left selected.
  window.kbCopy = (element, tell) => {
    function end(done) { tell(done ? 'Copied.' : 'Not copied: the text is selected, copy it with the keyboard.', done); }
    function other() { end(byHand(element)); }
    if (navigator.clipboard) navigator.clipboard.writeText(element.textContent).then(() => { end(true); }, other);
    else other();
  };
  document.querySelectorAll('button[data-copy]').forEach(button => {
    const status = button.parentElement.querySelector('[role=status]');
    button.addEventListener('click', () => {
      kbCopy(document.getElementById(button.dataset.copy), words => { status.textContent = words; });
    });
  });
})();
