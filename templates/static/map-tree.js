/* The map's model, read from the nested list, and its layout: a two-sided tree packed by contour. */
window.kbMap = (() => {
  'use strict';
  const WIDTH = 264, GAP = 92, NEAR = 14, APART = 28, INDENT = 34;

  /* Cards in reading order. A node's `steps` lead from it to the cards that it bears on, the one to its parent
     in the list first; a step with a `beside` joins or undercuts the step of that card. */
  function read(list, details) {
    const order = [], byKey = Object.create(null); // keys come from the address, too
    (function walk(ul, parent, depth) {
      Array.from(ul.children).forEach(li => {
        const data = li.dataset, facts = Object.prototype.hasOwnProperty.call(details.claims, data.key) ? details.claims[data.key] : ['', '', '', '', [], []];
        const node = {
          key: data.key, relation: data.relation, standing: data.standing || '', li, card: li.firstElementChild, link: li.querySelector('.ti'), parent, kids: [], steps: [], from: [], partners: [],
          depth, open: false, side: 1, height: 0, x: 0, y: 0, why: facts[0], strength: facts[1], weight: facts[2], because: facts[3],
          checks: facts[4].map(pair => ({ check: details.checks[pair[0]], bears: pair[1] })),
          sources: facts[5].map(at => details.sources[at]),
          links: (data.also || '').trim().split(/\s+/).filter(Boolean).map(text => text.split(':'))
        };
        order.push(node);
        byKey[node.key] = node;
        if (parent) {
          parent.kids.push(node);
          node.links.unshift([node.relation, parent.key, data.beside || '', 'joined' in data]);
        }
        const sub = li.querySelector(':scope > ul');
        if (sub) walk(sub, node, depth + 1);
      });
    })(list, null, 0);
    order.forEach(node => {
      node.links.forEach(parts => {
        const step = { from: node, to: byKey[parts[1]], relation: parts[0], beside: byKey[parts[2]] || null, joined: !!parts[3] };
        if (!step.to) return;
        node.steps.push(step);
        step.to.from.push(step);
        if (!step.beside || step.beside === step.to) return;
        node.partners.push(step.beside);
        step.beside.partners.push(node);
      });
    });
    return whole({ order, byKey, root: order[0] });
  }

  function count(node) {
    return node.kids.reduce((sum, kid) => sum + 1 + count(kid), 0);
  }

  /* What is drawn: the tree of the list ... */
  function whole(model) {
    model.centre = null;
    model.top = model.root;
    model.walk = model.order;
    model.order.forEach(node => {
      node.up = node.parent;
      node.down = node.kids;
      node.rank = node.depth;
      node.flow = 1;
      node.within = true;
    });
    return model;
  }
  /* ... or what lies within so many steps of one card: its reasons to the right, what it bears on to the left. */
  function around(model, centre, reach) {
    const near = new Set([centre]);
    let edge = [centre];
    for (let i = 0; i < reach; i++) {
      const next = [];
      edge.forEach(node => {
        touching(node).concat(node.partners.map(other => ({ node: other }))).forEach(to => {
          if (near.has(to.node) || to.node.relation === 'top') return;
          near.add(to.node);
          next.push(to.node);
        });
      });
      edge = next;
    }
    model.order.forEach(node => { node.within = node.shown = false; node.up = null; node.down = []; });
    model.centre = model.top = centre;
    model.walk = [centre];
    centre.rank = 0;
    centre.within = true;
    for (let at = 0; at < model.walk.length; at++) {
      const node = model.walk[at];
      touching(node).forEach(to => {
        if (to.node.within || !near.has(to.node)) return;
        Object.assign(to.node, { within: true, up: node, rank: node.rank + 1, flow: to.flow, side: node.rank ? node.side : to.flow });
        node.down.push(to.node);
        model.walk.push(to.node);
      });
    }
    return model;
  }
  /* The cards one step away; flow 1 where the step leads from them, -1 where it leads to them. */
  function touching(node) {
    return node.steps.map(step => ({ node: step.to, flow: -1 }))
      .concat(node.from.map(step => ({ node: step.from, flow: 1 })));
  }

  function isShown(model, node) {
    if (!node.within || node.hidden) return false;
    if (!model.centre) for (let above = node.up; above; above = above.up) if (!above.open) return false;
    return true;
  }
  function shownDown(model, node) {
    return model.centre || node.open ? node.down.filter(kid => !kid.hidden) : [];
  }

  /* Place cards under each other as close as their outlines allow.
     Returns the outline of the whole: for each rank the top and bottom, relative to the node's middle. */
  function pack(model, node, kids) {
    const own = [-node.height / 2, node.height / 2];
    if (!kids.length) return [own];
    const outlines = kids.map(kid => pack(model, kid, shownDown(model, kid)));
    const offsets = [0], outline = outlines[0].map(span => span.slice());
    for (let j = 1; j < kids.length; j++) {
      const next = outlines[j];
      let shift = -Infinity, i;
      for (i = 0; i < next.length && i < outline.length; i++) {
        const space = i === 0 && next.length === 1 ? NEAR : APART;
        shift = Math.max(shift, outline[i][1] - next[i][0] + space);
      }
      offsets.push(shift);
      for (i = 0; i < next.length; i++) {
        if (i < outline.length) outline[i][1] = next[i][1] + shift;
        else outline.push([next[i][0] + shift, next[i][1] + shift]);
      }
    }
    const middle = offsets[offsets.length - 1] / 2;
    kids.forEach((kid, k) => { kid.offset = offsets[k] - middle; });
    return [own].concat(outline.map(span => [span[0] - middle, span[1] - middle]));
  }
  function extent(outline) {
    return [Math.min(...outline.map(s => s[0])), Math.max(...outline.map(s => s[1]))];
  }

  /* What goes to the right of the top and what to the left: by direction around a card, else half of it by height. */
  function split(model, kids) {
    if (model.centre) return {
      right: kids.filter(kid => kid.side > 0),
      left: kids.filter(kid => kid.side < 0)
    };
    const heights = kids.map(kid => { const e = extent(pack(model, kid, shownDown(model, kid))); return e[1] - e[0] + APART; });
    const total = heights.reduce((a, b) => a + b, 0), right = [], left = [];
    let sum = 0;
    kids.forEach((kid, i) => {
      (sum + heights[i] / 2 <= total / 2 || !right.length ? right : left).push(kid);
      sum += heights[i];
    });
    return { right, left };
  }

  /* Set x, y and side of every shown node from the measured heights; returns the size of the picture. */
  function layout(model) {
    const top = model.top, halves = split(model, shownDown(model, top));
    const right = extent(pack(model, top, halves.right)), left = extent(pack(model, top, halves.left));
    const highest = Math.min(right[0], left[0]), lowest = Math.max(right[1], left[1]);
    let deepest = 0;
    halves.right.forEach(kid => { kid.side = 1; });
    halves.left.forEach(kid => { kid.side = -1; });
    top.offset = -highest;
    const shown = model.walk.filter(node => { node.shown = isShown(model, node); return node.shown; });
    shown.forEach(node => {
      if (node.rank > 1) node.side = node.up.side;
      if (node.side < 0 && node !== top) deepest = Math.max(deepest, node.rank);
    });
    let width = 0, least = Infinity;
    shown.forEach(node => {
      const side = node === top ? 0 : node.side;
      node.middle = (node.up ? node.up.middle : 0) + node.offset;
      // Undercutters stand a little further out than the reasons whose steps they hit.
      node.x = (deepest + side * node.rank) * (WIDTH + GAP) + (node.relation === 'cut' ? side * INDENT : 0);
      least = Math.min(least, node.x);
      node.y = node.middle - node.height / 2;
      width = Math.max(width, node.x + WIDTH);
    });
    shown.forEach(node => { node.x -= least; });
    return { width: width - least, height: lowest - highest };
  }

  return {
    WIDTH, LEAST: 0.08, MOST: 2.4, read, whole, around, touching, layout, count, isShown,
    shownDown
  };
})();
