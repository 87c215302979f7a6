/* Everything the map draws on canvas: edges, the far view of the cards, the small overview. */
(function (map) {
  'use strict';
  var WIDTH = map.WIDTH, palette = null;
  var STYLE = { pro: 'pro', con: 'con', cut: 'cut' };
  var GLYPHS = ['yes', 'no', 'half', 'ring'];

  function colours() {
    if (palette) return palette;
    var style = getComputedStyle(document.documentElement);
    palette = {};
    ['pro', 'con', 'cut', 'pro-soft', 'con-soft', 'cut-soft', 'edge', 'ink2', 'ink', 'surface', 'sunk'].concat(GLYPHS).forEach(function (name) {
      palette[name] = style.getPropertyValue('--' + name).trim();
    });
    return palette;
  }
  map.forgetColours = function () { palette = null; };

  function colour(relation) { return colours()[STYLE[relation] || 'edge']; }
  function inner(node) { return node.side > 0 ? node.x : node.x + WIDTH; }
  function outer(node, side) { return side > 0 ? node.x + WIDTH : node.x; }
  function foldRoom(node, side) { return node.kids.length && side === node.side ? 13 : 0; }

  /* Where the edge of a node meets its parent, and the edge's middle, at which an undercut hits. */
  function ends(node) {
    var side = node.side, parent = node.parent;
    return { x1: outer(parent, side) + side * foldRoom(parent, side), y1: parent.middle, x2: inner(node), y2: node.middle };
  }
  function target(model, node) {
    var hit = model.byKey[node.beside];
    if (!hit || !hit.shown || !node.parent) return null;
    if (hit === node.parent) return { x: outer(hit, node.side) + node.side * foldRoom(hit, node.side), y: hit.middle + Math.min(hit.height / 3, 26) };
    var goal = hit.relation === 'cut' && !hit.joined ? target(model, hit) : null;
    var e = ends(hit);
    return goal ? { x: (goal.x + e.x2) / 2, y: (goal.y + e.y2) / 2 } : { x: (e.x1 + e.x2) / 2, y: (e.y1 + e.y2) / 2 };
  }

  function trace(pen, model, node) {
    var e = ends(node), middle = (e.x1 + e.x2) / 2, partner = model.byKey[node.beside], goal;
    if (node.joined && partner && partner.shown) {
      // Linked premises share one bracket into the edge of the first.
      var at = e.x2 - node.side * 12;
      pen.moveTo(e.x2, e.y2);
      pen.lineTo(at, e.y2);
      pen.lineTo(at, partner.middle);
    } else if (node.relation === 'cut' && (goal = target(model, node))) {
      pen.moveTo(e.x2, e.y2);
      pen.bezierCurveTo(e.x2 - node.side * 30, e.y2, goal.x + node.side * 22, goal.y, goal.x, goal.y);
    } else {
      pen.moveTo(e.x1, e.y1);
      pen.bezierCurveTo(middle, e.y1, middle, e.y2, e.x2, e.y2);
    }
  }
  function dashes(relation, scale) {
    var unit = Math.max(1, 0.6 / scale);
    if (relation === 'con') return [7 * unit, 4 * unit];
    return relation === 'cut' ? [2 * unit, 4 * unit] : [];
  }

  /* Paint the window (x, y, scale) of the model. `level(node)` is 0 dim, 1 plain or 2 bright. */
  map.paint = function (canvas, model, window_, level, chosen) {
    var ratio = devicePixelRatio || 1, w = canvas.clientWidth, h = canvas.clientHeight, pen = canvas.getContext('2d');
    if (canvas.width !== Math.round(w * ratio) || canvas.height !== Math.round(h * ratio)) {
      canvas.width = Math.round(w * ratio);
      canvas.height = Math.round(h * ratio);
    }
    var k = window_.scale, far = window_.zoom === 'far', c = colours();
    var x0 = -window_.x / k, y0 = -window_.y / k, x1 = x0 + w / k, y1 = y0 + h / k;
    pen.setTransform(ratio, 0, 0, ratio, 0, 0);
    pen.clearRect(0, 0, w, h);
    pen.setTransform(k * ratio, 0, 0, k * ratio, window_.x * ratio, window_.y * ratio);

    // Edges in batches of one style: a stroke each instead of one per edge.
    var batches = {};
    model.order.forEach(function (node) {
      if (!node.shown || !node.parent) return;
      var e = ends(node);
      if (Math.max(e.x1, e.x2) < x0 || Math.min(e.x1, e.x2) > x1 || Math.max(e.y1, e.y2) < y0 || Math.min(e.y1, e.y2) > y1) return;
      var name = node.relation + ' ' + Math.min(level(node), level(node.parent));
      (batches[name] = batches[name] || []).push(node);
    });
    Object.keys(batches).forEach(function (name) {
      var parts = name.split(' '), bright = +parts[1];
      pen.beginPath();
      batches[name].forEach(function (node) { trace(pen, model, node); });
      pen.globalAlpha = bright ? 1 : 0.14;
      pen.strokeStyle = colour(parts[0]);
      pen.lineWidth = Math.max(bright === 2 ? 3 : 2, 0.9 / k);
      pen.setLineDash(dashes(parts[0], k));
      pen.stroke();
    });
    pen.setLineDash([]);
    model.order.forEach(function (node) {
      var goal = node.shown && node.relation === 'cut' && !node.joined && node.parent ? target(model, node) : null;
      if (!goal) return;
      pen.globalAlpha = level(node) ? 1 : 0.14;
      pen.fillStyle = c.cut;
      pen.strokeStyle = c.sunk;
      pen.lineWidth = 2;
      pen.beginPath();
      pen.arc(goal.x, goal.y, 5, 0, 7);
      pen.fill();
      pen.stroke();
    });
    if (!far) crossLinks(pen, model, chosen);
    if (far) model.order.forEach(function (node) {
      if (!node.shown || node.keepsCard || node.x > x1 || node.x + WIDTH < x0 || node.y > y1 || node.y + node.height < y0) return;
      pen.globalAlpha = level(node) ? 1 : 0.2;
      pen.fillStyle = c[(STYLE[node.relation] || 'x') + '-soft'] || c.surface;
      pen.fillRect(node.x, node.y, WIDTH, node.height);
      pen.fillStyle = colour(node.relation);
      pen.fillRect(node.side < 0 ? node.x + WIDTH - 8 : node.x, node.y, 8, node.height);
      glyph(pen, node.x + WIDTH / 2, node.middle, Math.min(node.height * 0.34, 30), node.standing);
    });
    pen.globalAlpha = 1;
  };

  /* Second ways from a claim into the argument: faint, bright at the chosen card. */
  function crossLinks(pen, model, chosen) {
    pen.lineCap = 'round';
    model.order.forEach(function (from) {
      if (from.shown) from.also.forEach(function (link) {
        var to = model.byKey[link.to];
        if (!to || !to.shown) return;
        var hot = chosen === from || chosen === to, same = from.side === to.side, side = from.side;
        var sx = same ? outer(from, side) : inner(from), ex = same ? outer(to, side) : outer(to, from.side);
        var sy = from.y + 14, ey = to.y + to.height - 12;
        var bend = same ? (side > 0 ? Math.max(sx, ex) : Math.min(sx, ex)) + side * 60 : (sx + ex) / 2, tip = same ? side : -to.side;
        pen.globalAlpha = hot ? 1 : chosen ? 0.1 : 0.4;
        pen.strokeStyle = pen.fillStyle = colour(link.relation);
        pen.lineWidth = hot ? 3 : 1.5;
        pen.setLineDash([1, 5]);
        pen.beginPath();
        pen.moveTo(sx, sy);
        pen.bezierCurveTo(bend, sy, bend, ey, ex + tip * 6, ey);
        pen.stroke();
        pen.setLineDash([]);
        pen.beginPath();
        pen.moveTo(ex, ey);
        pen.lineTo(ex + tip * 9, ey - 5);
        pen.lineTo(ex + tip * 9, ey + 5);
        pen.fill();
      });
    });
    pen.lineCap = 'butt';
  }

  /* The four signs of a standing, as on the cards. */
  function glyph(pen, x, y, r, name) {
    if (GLYPHS.indexOf(name) < 0) return;
    var c = colours();
    pen.fillStyle = pen.strokeStyle = c[name];
    pen.beginPath();
    if (name === 'yes') {
      pen.arc(x, y, r, 0, 7);
      pen.fill();
      stroke(pen, c.surface, r * 0.26, [[x - r * 0.45, y], [x - r * 0.1, y + r * 0.36], [x + r * 0.5, y - r * 0.36]]);
    } else if (name === 'no') {
      for (var i = 0; i < 8; i++) {
        var angle = Math.PI / 8 + i * Math.PI / 4;
        pen.lineTo(x + Math.cos(angle) * r, y + Math.sin(angle) * r);
      }
      pen.fill();
      stroke(pen, c.surface, r * 0.26, [[x - r * 0.4, y - r * 0.4], [x + r * 0.4, y + r * 0.4]]);
      stroke(pen, c.surface, r * 0.26, [[x + r * 0.4, y - r * 0.4], [x - r * 0.4, y + r * 0.4]]);
    } else if (name === 'half') {
      pen.moveTo(x, y - r); pen.lineTo(x - r, y); pen.lineTo(x, y + r);
      pen.fill();
      stroke(pen, c.half, r * 0.18, [[x, y - r], [x + r, y], [x, y + r]]);
    } else {
      pen.arc(x, y, r * 0.9, 0, 7);
      pen.lineWidth = r * 0.18;
      pen.setLineDash([r * 0.36, r * 0.28]);
      pen.stroke();
      pen.setLineDash([]);
    }
  }
  function stroke(pen, style, width, points) {
    pen.beginPath();
    points.forEach(function (p) { pen.lineTo(p[0], p[1]); });
    pen.strokeStyle = style;
    pen.lineWidth = width;
    pen.stroke();
  }

  /* The overview: every shown card as a block, and the window on top. Returns its scale. */
  map.paintOverview = function (canvas, model, size, window_, view) {
    var pen = canvas.getContext('2d'), c = colours(), pad = 12;
    var s = Math.min((canvas.width - 2 * pad) / size.width, (canvas.height - 2 * pad) / size.height);
    pen.clearRect(0, 0, canvas.width, canvas.height);
    model.order.forEach(function (node) {
      if (!node.shown) return;
      pen.fillStyle = STYLE[node.relation] ? c[node.relation] : c.ink2;
      pen.fillRect(pad + node.x * s, pad + node.y * s, WIDTH * s, Math.max(2, node.height * s));
    });
    pen.strokeStyle = c.ink;
    pen.lineWidth = 3;
    pen.strokeRect(pad - window_.x / window_.scale * s, pad - window_.y / window_.scale * s, view.width / window_.scale * s, view.height / window_.scale * s);
    return { scale: s * canvas.clientWidth / canvas.width, pad: pad * canvas.clientWidth / canvas.width };
  };
})(window.kbMap);
