/* The map's keyboard: the arrows follow the drawing. */
(map => {
  'use strict';

  function plain(event) { return !event.ctrlKey && !event.metaKey && !event.altKey; }

  /* `act` are the map's own actions: nodeOf, choose, chosen, toggle, enter, leave, close, fit. */
  map.keys = ({ tree, asMap }, model, window_, act) => {
    function column(node, step) {
      const cards = model.order.filter(other => other.shown && other.rank === node.rank && (other.side === node.side || node === model.top));
      cards.sort((a, b) => a.y - b.y);
      return cards[cards.indexOf(node) + step];
    }
    function outward(node, direction) {
      return map.shownDown(model, node).find(kid => node !== model.top || kid.side === direction);
    }
    tree.addEventListener('keydown', event => {
      const node = asMap() && act.nodeOf(event.target);
      if (!node || !plain(event)) return;
      const key = event.key, direction = key === 'ArrowRight' ? 1 : key === 'ArrowLeft' ? -1 : 0;
      let go = null;
      if (direction && (node === model.top || direction === node.side)) {
        if (node.kids.length && !node.open && !model.centre) act.toggle(node, true);
        else go = outward(node, direction);
      } else if (direction) go = node.up;
      else if (key === 'ArrowDown') go = column(node, 1);
      else if (key === 'ArrowUp') go = column(node, -1);
      else if (key === 'Home') go = model.top;
      else if (key === 'End') go = model.order.filter(other => other.shown).pop();
      else if (key === ' ') { if (node.kids.length && !model.centre) act.toggle(node); }
      else if (key === 'Enter') location.href = node.link.href;
      else return;
      event.preventDefault();
      event.stopPropagation();
      if (go) act.choose(go);
    });
    addEventListener('keydown', event => {
      if (!asMap() || /INPUT|SELECT|TEXTAREA/.test(event.target.tagName) || event.target.closest('dialog') || !plain(event)) return;
      if (event.key === '0') act.fit();
      else if (event.key === '+' || event.key === '=') window_.zoomMiddle(1.25);
      else if (event.key === '-') window_.zoomMiddle(0.8);
      else if (event.key === 'f') {
        const node = act.chosen() || act.nodeOf(event.target);
        if (model.centre && (!node || node === model.centre)) act.leave();
        else if (node && node.relation !== 'top') act.enter(node);
      } else if (event.key === 'Escape' && act.chosen()) act.close();
      else if (event.key === 'Escape' && model.centre) act.leave();
    });
  };
})(window.kbMap);
