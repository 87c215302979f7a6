/* The lines of the map: a curve for each step, and the points at which undercuts hit. Worked out once per layout. */
(map => {
  'use strict';
  const WIDTH = map.WIDTH;

  function inner(node) { return node.side > 0 ? node.x : node.x + WIDTH; }
  function outer(node, side) { return side > 0 ? node.x + WIDTH : node.x; }
  function middle(c) { return { x: (c[0] + 3 * c[2] + 3 * c[4] + c[6]) / 8, y: (c[1] + 3 * c[3] + 3 * c[5] + c[7]) / 8 }; }

  /* The end of a step within the tree: where its curve leaves the card and where it meets the conclusion. */
  function treeEnds(model, step) {
    const from = step.from, to = step.to, fold = !model.centre && to.kids.length ? 13 : 0;
    if (from.up === to) return { x1: inner(from), y1: from.middle, x2: outer(to, from.side) + from.side * fold, y2: to.middle };
    return { x1: outer(from, to.side), y1: from.middle, x2: inner(to), y2: to.middle };
  }
  function inTree(step) { return step.from.up === step.to || step.to.up === step.from; }
  function curve(model, step, depth) {
    const from = step.from, to = step.to, cut = step.relation === 'cut' && !step.joined ? goal(model, step, depth) : null;
    if (inTree(step)) {
      const e = treeEnds(model, step), bend = (e.x1 + e.x2) / 2, away = e.x2 < e.x1 ? -1 : 1;
      if (cut) return [e.x1, e.y1, e.x1 + away * 30, e.y1, cut.x - away * 22, cut.y, cut.x, cut.y];
      return [e.x1, e.y1, bend, e.y1, bend, e.y2, e.x2, e.y2];
    }
    const same = from.side === to.side, side = from.side;
    const sx = same ? outer(from, side) : inner(from);
    let ex = outer(to, side), ey = to.y + to.height - 12, tip = side;
    const sy = from.y + 14;
    if (cut) { ex = cut.x; ey = cut.y; tip = 0; }
    const out = same ? (side > 0 ? Math.max(sx, ex) : Math.min(sx, ex)) + side * 60 : (sx + ex) / 2;
    return [sx, sy, out, sy, out, ey, ex + tip * 6, ey];
  }
  /* Where an undercut hits: the middle of the step of the card beside it, be that itself an undercut or a cross link. */
  function goal(model, step, depth) {
    const hit = step.beside;
    if (!hit || !hit.shown || depth > 20) return null;
    if (hit === step.to) {
      const side = step.from.side;
      return { x: outer(hit, side) + side * (!model.centre && hit.kids.length ? 13 : 0), y: hit.middle + Math.min(hit.height / 3, 26) };
    }
    const struck = hit.steps.find(other => other.to === step.to);
    if (!struck) return null;
    const point = middle(curve(model, struck, depth + 1));
    point.loose = !inTree(struck); // on a cross link, which the far view leaves out
    return point;
  }

  /* Every step between shown cards as {step, points, box, cross, bracket, hit}: `cross` outside the tree,
     `bracket` for a linked premise that joins its partner's line, `hit` the point that an undercut strikes. */
  map.lines = model => {
    const lines = [];
    model.walk.forEach(from => {
      if (from.shown) from.steps.forEach(step => {
        const to = step.to, partner = step.beside;
        if (!to.shown) return;
        const line = { step, cross: !inTree(step), hit: step.relation === 'cut' && !step.joined ? goal(model, step, 0) : null };
        const joins = step.joined && partner && partner.shown && partner.up === to && from.up === to;
        if (joins) {
          const x = inner(from), at = x - from.side * 12;
          line.bracket = [x, from.middle, at, from.middle, at, partner.middle];
        } else line.points = curve(model, step, 0);
        const p = line.bracket || line.points, xs = p.filter(even), ys = p.filter(odd);
        line.box = [Math.min(...xs), Math.min(...ys), Math.max(...xs), Math.max(...ys)];
        lines.push(line);
      });
    });
    return lines;
  };
  function even(_, i) { return i % 2 === 0; }
  function odd(_, i) { return i % 2 === 1; }
})(window.kbMap);
