/* The map's model, read from the nested list, and its layout: a two-sided tree packed by contour. */
window.kbMap = (function () {
  'use strict';
  var WIDTH = 264, GAP = 92, NEAR = 14, APART = 28, INDENT = 34;

  /* Cards in reading order. A node knows its parent, children, relation and links outside the tree. */
  function read(list, open) {
    var order = [], byKey = {};
    (function walk(ul, parent, depth) {
      Array.from(ul.children).forEach(function (li, index) {
        var data = li.dataset;
        var node = {
          key: data.key, relation: data.relation, standing: data.standing || '', joined: 'joined' in data,
          beside: data.beside || '', li: li, card: li.firstElementChild, parent: parent, kids: [], depth: depth,
          position: index + 1, siblings: ul.children.length, open: depth < open, side: 1, height: 0, x: 0, y: 0,
          also: (data.also || '').trim().split(/\s+/).filter(Boolean).map(function (pair) {
            var at = pair.indexOf(':');
            return { relation: pair.slice(0, at), to: pair.slice(at + 1) };
          })
        };
        order.push(node);
        byKey[node.key] = node;
        if (parent) parent.kids.push(node);
        var sub = li.querySelector(':scope > ul');
        if (sub) walk(sub, node, depth + 1);
      });
    })(list, null, 0);
    return { order: order, byKey: byKey, root: order[0] };
  }

  function count(node) {
    return node.kids.reduce(function (sum, kid) { return sum + 1 + count(kid); }, 0);
  }
  function isShown(node) {
    for (var above = node.parent; above; above = above.parent) if (!above.open) return false;
    return !node.hidden;
  }
  function openKids(node) {
    return node.open ? node.kids.filter(function (kid) { return !kid.hidden; }) : [];
  }

  /* Place the children of a node under each other as close as their outlines allow.
     Returns the outline of the whole: for each depth the top and bottom, relative to the node's middle. */
  function pack(node, kids) {
    var own = [-node.height / 2, node.height / 2];
    if (!kids.length) return [own];
    var offsets = [0], outline = pack(kids[0], openKids(kids[0])).map(function (span) { return span.slice(); });
    for (var j = 1; j < kids.length; j++) {
      var next = pack(kids[j], openKids(kids[j])), shift = -Infinity, i;
      for (i = 0; i < next.length && i < outline.length; i++) {
        var space = i === 0 && next.length === 1 ? NEAR : APART;
        shift = Math.max(shift, outline[i][1] - next[i][0] + space);
      }
      offsets.push(shift);
      for (i = 0; i < next.length; i++) {
        if (i < outline.length) outline[i][1] = next[i][1] + shift;
        else outline.push([next[i][0] + shift, next[i][1] + shift]);
      }
    }
    var middle = offsets[offsets.length - 1] / 2;
    kids.forEach(function (kid, k) { kid.offset = offsets[k] - middle; });
    return [own].concat(outline.map(function (span) { return [span[0] - middle, span[1] - middle]; }));
  }
  function extent(outline) {
    return [Math.min.apply(0, outline.map(function (s) { return s[0]; })), Math.max.apply(0, outline.map(function (s) { return s[1]; }))];
  }

  /* Which of the root's children go to the left: about half of them by height. */
  function split(kids) {
    var heights = kids.map(function (kid) { var e = extent(pack(kid, openKids(kid))); return e[1] - e[0] + APART; });
    var total = heights.reduce(function (a, b) { return a + b; }, 0), sum = 0;
    var right = [], left = [];
    kids.forEach(function (kid, i) {
      (sum + heights[i] / 2 <= total / 2 || !right.length ? right : left).push(kid);
      sum += heights[i];
    });
    return { right: right, left: left };
  }

  /* Set x, y and side of every shown node from the measured heights; returns the size of the picture. */
  function layout(model) {
    var root = model.root, halves = split(openKids(root));
    var right = extent(pack(root, halves.right)), left = extent(pack(root, halves.left));
    var top = Math.min(right[0], left[0]), bottom = Math.max(right[1], left[1]), deepest = 0;
    halves.right.forEach(function (kid) { kid.side = 1; });
    halves.left.forEach(function (kid) { kid.side = -1; });
    root.offset = -top;
    var shown = model.order.filter(function (node) { node.shown = isShown(node); return node.shown; });
    shown.forEach(function (node) {
      if (node.depth > 1) node.side = node.parent.side;
      if (node.side < 0) deepest = Math.max(deepest, node.depth);
    });
    var width = 0, least = 0;
    shown.forEach(function (node) {
      node.middle = (node.parent ? node.parent.middle : 0) + node.offset;
      // Undercutters stand a little further out than the reasons whose steps they hit.
      node.x = (deepest + node.side * node.depth) * (WIDTH + GAP) + (node.relation === 'cut' ? node.side * INDENT : 0);
      if (node.x < least) least = node.x;
      node.y = node.middle - node.height / 2;
      width = Math.max(width, node.x + WIDTH);
    });
    if (least < 0) shown.forEach(function (node) { node.x -= least; });
    return { width: width - least, height: bottom - top };
  }

  return { WIDTH: WIDTH, read: read, layout: layout, count: count, isShown: isShown };
})();
