/* The whole view in the address: what is chosen, filtered, open and looked at. */
(map => {
  'use strict';
  const FIELDS = ['c', 'focus', 'steps', 'view', 'q', 'relation', 'standing', 'verdict', 'source', 'hide', 'depth', 'open', 'shut', 'at'];

  const FARTHEST = 1e6; // no map is so large: an address that leads out of every map is none

  map.parse = hash => {
    const state = {}, given = new URLSearchParams(hash.replace(/^#/, ''));
    FIELDS.forEach(name => { if (given.get(name)) state[name] = given.get(name); });
    return state;
  };
  map.format = state => FIELDS.filter(name => state[name])
    .map(name => name + '=' + encodeURIComponent(state[name]).replace(/%2C/g, ',')).join('&');

  /* Which cards are open: a depth, and those that differ from it. */
  map.folds = (model, depth) => {
    const open = [], shut = [];
    model.order.forEach(node => {
      if (node.kids.length && node.open !== node.depth < depth) (node.open ? open : shut).push(node.key);
    });
    return { depth: String(depth), open: open.join(','), shut: shut.join(',') };
  };
  map.unfold = (model, state) => {
    const open = (state.open || '').split(','), shut = (state.shut || '').split(',');
    model.order.forEach(node => {
      node.open = open.includes(node.key) || node.depth < +state.depth && !shut.includes(node.key);
    });
  };

  /* The window's middle, from the middle of a card, and the scale; and back. */
  map.placeOf = (card, at, size) => {
    const x = (size.width / 2 - at.x) / at.scale - card.x - map.WIDTH / 2, y = (size.height / 2 - at.y) / at.scale - card.middle;
    return Math.round(x) + ',' + Math.round(y) + ',' + at.scale.toFixed(3);
  };
  map.goTo = (text, card, at, size) => {
    const parts = text.split(',').map(Number);
    if (parts.length !== 3 || !parts.every(part => Math.abs(part) < FARTHEST) || parts[2] <= 0) return false;
    at.scale = Math.max(map.LEAST, Math.min(map.MOST, parts[2]));
    at.x = size.width / 2 - (parts[0] + card.x + map.WIDTH / 2) * at.scale;
    at.y = size.height / 2 - (parts[1] + card.middle) * at.scale;
    return true;
  };

  /* Keeps the address as state() says, and the page as the address says. Small changes replace it, not more
     often than a browser allows; `visit` makes a step to go back from. */
  map.address = state => {
    let written = location.hash, timer = 0, ready = false;
    function write(push) {
      clearTimeout(timer);
      timer = 0;
      written = '#' + map.format(state());
      history[push ? 'pushState' : 'replaceState'](null, '', written);
    }
    function save() { if (!timer && ready) timer = setTimeout(write, 250, false); }
    function visit(action) {
      write(false);
      action();
      write(true);
    }
    /* Calls restore() now, and when a reader goes to another address of this page. */
    function follow(restore) {
      restore();
      ready = true;
      addEventListener('hashchange', () => {
        if (location.hash === written) return;
        clearTimeout(timer);
        timer = 0;
        if (/^#n-/.test(location.hash)) return;
        written = location.hash;
        ready = false;
        restore();
        ready = true;
      });
    }
    return { write, save, visit, follow };
  };
})(window.kbMap);
