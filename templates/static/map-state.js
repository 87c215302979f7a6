/* The whole view in the address: what is chosen, filtered, open and looked at. */
(function (map) {
  'use strict';
  var FIELDS = ['c', 'focus', 'steps', 'view', 'q', 'relation', 'standing', 'verdict', 'source', 'hide', 'depth', 'open', 'shut', 'at'];

  var FARTHEST = 1e6; // no map is so large: an address that leads out of every map is none

  map.parse = function (hash) {
    var state = {}, given = new URLSearchParams(hash.replace(/^#/, ''));
    FIELDS.forEach(function (name) { if (given.get(name)) state[name] = given.get(name); });
    return state;
  };
  map.format = function (state) {
    return FIELDS.filter(function (name) { return state[name]; }).map(function (name) {
      return name + '=' + encodeURIComponent(state[name]).replace(/%2C/g, ',');
    }).join('&');
  };

  /* Which cards are open: a depth, and those that differ from it. */
  map.folds = function (model, depth) {
    var open = [], shut = [];
    model.order.forEach(function (node) {
      if (node.kids.length && node.open !== node.depth < depth) (node.open ? open : shut).push(node.key);
    });
    return { depth: String(depth), open: open.join(','), shut: shut.join(',') };
  };
  map.unfold = function (model, state) {
    var open = (state.open || '').split(','), shut = (state.shut || '').split(',');
    model.order.forEach(function (node) {
      node.open = open.indexOf(node.key) >= 0 || node.depth < +state.depth && shut.indexOf(node.key) < 0;
    });
  };

  /* The window's middle, from the middle of a card, and the scale; and back. */
  map.placeOf = function (card, at, size) {
    var x = (size.width / 2 - at.x) / at.scale - card.x - map.WIDTH / 2, y = (size.height / 2 - at.y) / at.scale - card.middle;
    return Math.round(x) + ',' + Math.round(y) + ',' + at.scale.toFixed(3);
  };
  map.goTo = function (text, card, at, size) {
    var parts = text.split(',').map(Number);
    if (parts.length !== 3 || !parts.every(function (part) { return Math.abs(part) < FARTHEST; }) || parts[2] <= 0) return false;
    at.scale = Math.max(map.LEAST, Math.min(map.MOST, parts[2]));
    at.x = size.width / 2 - (parts[0] + card.x + map.WIDTH / 2) * at.scale;
    at.y = size.height / 2 - (parts[1] + card.middle) * at.scale;
    return true;
  };
})(window.kbMap);
