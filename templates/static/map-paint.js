/* Everything the map draws on canvas: edges, the far view of the cards, the small overview. */
(map => {
  'use strict';
  const WIDTH = map.WIDTH, STYLE = { pro: 'pro', con: 'con', cut: 'cut' };
  const GLYPHS = ['yes', 'no', 'half', 'ring'];
  let palette = null;

  function colours() {
    if (palette) return palette;
    const style = getComputedStyle(document.documentElement);
    palette = {};
    ['pro', 'con', 'cut', 'pro-soft', 'con-soft', 'cut-soft', 'edge', 'ink2', 'ink', 'surface', 'sunk'].concat(GLYPHS).forEach(name => {
      palette[name] = style.getPropertyValue('--' + name).trim();
    });
    return palette;
  }
  map.forgetColours = () => { palette = null; };

  function colour(relation) { return colours()[STYLE[relation] || 'edge']; }
  function trace(pen, line) {
    const p = line.bracket || line.points;
    pen.moveTo(p[0], p[1]);
    if (line.points) pen.bezierCurveTo(p[2], p[3], p[4], p[5], p[6], p[7]);
    else { pen.lineTo(p[2], p[3]); pen.lineTo(p[4], p[5]); }
  }
  function dashes(relation, scale) {
    const unit = Math.max(1, 0.6 / scale);
    if (relation === 'con') return [7 * unit, 4 * unit];
    return relation === 'cut' ? [2 * unit, 4 * unit] : [];
  }

  /* Paint the window (x, y, scale) of the model's cards and lines. `level(node)` is 0 dim, 1 plain or 2 bright. */
  map.paint = (canvas, model, lines, window_, level, chosen) => {
    const ratio = devicePixelRatio || 1, w = canvas.clientWidth, h = canvas.clientHeight, pen = canvas.getContext('2d');
    if (canvas.width !== Math.round(w * ratio) || canvas.height !== Math.round(h * ratio)) {
      canvas.width = Math.round(w * ratio);
      canvas.height = Math.round(h * ratio);
    }
    const k = window_.scale, far = window_.zoom === 'far', c = colours();
    const x0 = -window_.x / k, y0 = -window_.y / k, x1 = x0 + w / k, y1 = y0 + h / k;
    pen.setTransform(ratio, 0, 0, ratio, 0, 0);
    pen.clearRect(0, 0, w, h);
    pen.setTransform(k * ratio, 0, 0, k * ratio, window_.x * ratio, window_.y * ratio);
    const seen = lines.filter(line => {
      const box = line.box;
      return box[2] >= x0 && box[0] <= x1 && box[3] >= y0 && box[1] <= y1;
    });

    // Lines in batches of one style: a stroke each instead of one per line.
    const batches = {};
    seen.forEach(line => {
      if (line.cross || far && line.hit && line.hit.loose) return;
      const name = line.step.relation + ' ' + Math.min(level(line.step.from), level(line.step.to));
      (batches[name] = batches[name] || []).push(line);
    });
    Object.keys(batches).forEach(name => {
      const parts = name.split(' '), bright = +parts[1];
      pen.beginPath();
      batches[name].forEach(line => { trace(pen, line); });
      pen.globalAlpha = bright ? 1 : 0.14;
      pen.strokeStyle = colour(parts[0]);
      pen.lineWidth = Math.max(bright === 2 ? 3 : 2, 0.9 / k);
      pen.setLineDash(dashes(parts[0], k));
      pen.stroke();
    });
    pen.setLineDash([]);
    if (!far) seen.forEach(line => { if (line.cross) crossLink(pen, line, chosen, level); });
    seen.forEach(line => {
      if (line.hit) { if (!far || !line.cross && !line.hit.loose) dot(pen, line, level(line.step.from)); }
      else if (model.centre && line.points && !line.cross) arrow(pen, line.points, colour(line.step.relation), level(line.step.from) ? 1 : 0.14);
    });
    if (far) model.walk.forEach(node => {
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

  /* A second way from a claim into the argument: faint, bright at the chosen card. */
  function crossLink(pen, line, chosen, level) {
    const step = line.step, hot = chosen === step.from || chosen === step.to, p = line.points;
    pen.globalAlpha = hot ? 1 : !level(step.from) || chosen ? 0.1 : 0.4;
    pen.strokeStyle = colour(step.relation);
    pen.lineWidth = hot ? 3 : 1.5;
    pen.lineCap = 'round';
    pen.setLineDash([1, 5]);
    pen.beginPath();
    trace(pen, line);
    pen.stroke();
    pen.setLineDash([]);
    pen.lineCap = 'butt';
    if (!line.hit) arrow(pen, p, colour(step.relation), pen.globalAlpha);
  }
  /* The dot of an undercut on the line that it hits. */
  function dot(pen, line, bright) {
    const c = colours();
    pen.globalAlpha = bright ? 1 : 0.14;
    pen.fillStyle = c.cut;
    pen.strokeStyle = c.sunk;
    pen.lineWidth = 2;
    pen.beginPath();
    pen.arc(line.hit.x, line.hit.y, 5, 0, 7);
    pen.fill();
    pen.stroke();
  }
  function arrow(pen, p, style, alpha) {
    const back = p[4] < p[6] ? -1 : 1;
    pen.globalAlpha = alpha;
    pen.fillStyle = style;
    pen.beginPath();
    pen.moveTo(p[6] - back * 2, p[7]);
    pen.lineTo(p[6] + back * 8, p[7] - 5);
    pen.lineTo(p[6] + back * 8, p[7] + 5);
    pen.fill();
  }

  /* The four signs of a standing, as on the cards. */
  function glyph(pen, x, y, r, name) {
    if (!GLYPHS.includes(name)) return;
    const c = colours();
    pen.fillStyle = pen.strokeStyle = c[name];
    pen.beginPath();
    if (name === 'yes') {
      pen.arc(x, y, r, 0, 7);
      pen.fill();
      stroke(pen, c.surface, r * 0.26, [[x - r * 0.45, y], [x - r * 0.1, y + r * 0.36], [x + r * 0.5, y - r * 0.36]]);
    } else if (name === 'no') {
      for (let i = 0; i < 8; i++) {
        const angle = Math.PI / 8 + i * Math.PI / 4;
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
    points.forEach(p => { pen.lineTo(p[0], p[1]); });
    pen.strokeStyle = style;
    pen.lineWidth = width;
    pen.stroke();
  }

  /* The overview: every shown card as a block, and the window on top. Returns its scale. */
  map.paintOverview = (canvas, model, size, window_, view) => {
    const pen = canvas.getContext('2d'), c = colours(), pad = 12;
    const s = Math.min((canvas.width - 2 * pad) / size.width, (canvas.height - 2 * pad) / size.height);
    pen.clearRect(0, 0, canvas.width, canvas.height);
    model.walk.forEach(node => {
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
