/* The window on the map: the layout of what is shown, which part of it is seen and how large, and its painting. */
(map => {
  'use strict';
  const READABLE = 0.62;

  map.phone = matchMedia('(max-width: 760px)');

  /* `parts` are the elements of the page and asMap(); `level(node)` and `chosen()` say what stands out,
     `moved()` is called when a reader has moved the window. */
  map.window = (parts, model, { level, chosen, moved }) => {
    const { view, stage, side, strip, edges, mini, asMap } = parts, order = model.order;
    const at = { x: 0, y: 0, scale: 1, zoom: 'near' };
    let lines = [], size = { width: 1, height: 1 }, overview = { scale: 1, pad: 0 }, frame = 0;

    // --- layout and painting

    function measure() {
      const zoom = view.dataset.zoom, fresh = model.walk.filter(node => !node.measured && map.isShown(model, node));
      if (!fresh.length) return;
      view.dataset.zoom = 'near';
      fresh.forEach(node => { node.card.classList.remove('gone'); node.card.style.height = ''; });
      fresh.forEach(node => { node.measured = true; node.height = node.card.offsetHeight; });
      fresh.forEach(node => { node.card.style.height = node.height + 'px'; });
      view.dataset.zoom = zoom;
    }
    function arrange() {
      measure();
      size = map.layout(model);
      lines = map.lines(model);
      order.forEach(node => {
        node.inside = node.shown;
        node.card.classList.toggle('gone', !node.shown);
        if (!node.shown) { node.card.removeAttribute('aria-level'); return; }
        node.card.style.transform = 'translate(' + node.x + 'px,' + node.y.toFixed(1) + 'px)';
        node.card.classList.toggle('left', node.side < 0);
        const peers = node.up ? map.shownDown(model, node.up) : [node];
        node.card.setAttribute('aria-level', node.rank + 1);
        node.card.setAttribute('aria-posinset', peers.indexOf(node) + 1);
        node.card.setAttribute('aria-setsize', peers.length);
        if (!node.fold) return;
        node.fold.textContent = node.open ? '−' : map.count(node);
        if (model.centre) node.card.removeAttribute('aria-expanded');
        else node.card.setAttribute('aria-expanded', node.open);
      });
    }
    function draw() { if (!frame) frame = requestAnimationFrame(paint); }
    function paint() {
      frame = 0;
      if (!asMap()) return;
      const w = view.clientWidth, h = view.clientHeight, k = at.scale;
      const x0 = -at.x / k - 60, y0 = -at.y / k - 60, x1 = (w - at.x) / k + 60, y1 = (h - at.y) / k + 60;
      order.forEach(node => {
        // Cards outside the window leave the layout, which keeps panning smooth.
        let inside = node.shown && node.x < x1 && node.x + map.WIDTH > x0 && node.y < y1 && node.y + node.height > y0;
        if (at.zoom === 'far' && !node.keepsCard) inside = false;
        if (node.shown && node.card === document.activeElement) inside = true;
        if (node.inside !== inside) { node.inside = inside; node.card.classList.toggle('gone', !inside); }
      });
      map.paint(edges, model, lines, at, level, chosen());
      const fits = at.x >= -1 && at.y >= -1 && size.width * k + at.x <= w + 1 && size.height * k + at.y <= h + 1;
      mini.style.visibility = fits || !side.hidden && innerWidth < 1000 ? 'hidden' : '';
      if (!fits) overview = map.paintOverview(mini, model, size, at, { width: w, height: h });
    }
    function recolour() { map.forgetColours(); draw(); }
    // The bar above grows with filters: the canvas must be as large as what is left.
    new ResizeObserver(draw).observe(view);
    new MutationObserver(recolour).observe(document.documentElement, { attributes: true, attributeFilter: ['data-theme'] });
    ['(prefers-color-scheme: dark)', '(forced-colors: active)'].forEach(query => matchMedia(query).addEventListener('change', recolour));

    // --- what part is seen

    function apply() {
      stage.style.transform = 'translate(' + at.x + 'px,' + at.y + 'px) scale(' + at.scale + ')';
      at.zoom = at.scale < 0.3 ? 'far' : at.scale < READABLE ? 'mid' : 'near';
      if (view.dataset.zoom !== at.zoom) view.dataset.zoom = at.zoom;
      draw();
    }
    function move() { apply(); moved(); }
    function room() {
      const taken = side.hidden || map.phone.matches ? 0 : 360;
      return { width: view.clientWidth - taken, height: side.hidden || !map.phone.matches ? view.clientHeight : view.clientHeight * 0.45 };
    }
    function headroom() { return strip.hidden ? 0 : strip.offsetHeight + 14; }
    function fit() {
      const r = room(), inner = map.phone.matches ? 24 : 56, above = headroom();
      at.scale = Math.max(map.LEAST, Math.min(1, (r.width - inner) / size.width, (r.height - inner - above) / size.height));
      at.x = (r.width - size.width * at.scale) / 2;
      at.y = (r.height + above - size.height * at.scale) / 2;
      apply();
    }
    /* The first view: everything if it can be read, else as much of it as can, around the middle of the top. */
    function settle() {
      fit();
      if (at.scale >= READABLE) return;
      const r = room();
      at.scale = 0.75;
      at.x = r.width / 2 - (model.top.x + map.WIDTH / 2) * at.scale;
      at.y = (r.height + headroom()) / 2 - model.top.middle * at.scale;
      if (size.width * at.scale <= r.width - 40) at.x = (r.width - size.width * at.scale) / 2;
      apply();
    }
    function zoom(factor, x, y) {
      const scale = Math.max(map.LEAST, Math.min(map.MOST, at.scale * factor));
      at.x = x - (x - at.x) * scale / at.scale;
      at.y = y - (y - at.y) * scale / at.scale;
      at.scale = scale;
      move();
    }
    function zoomMiddle(factor) { zoom(factor, view.clientWidth / 2, view.clientHeight / 2); }
    function reveal(node) {
      const r = room(), x = node.x * at.scale + at.x, y = node.y * at.scale + at.y;
      if (x >= 10 && y >= 10 && x + map.WIDTH * at.scale <= r.width - 10 && y + node.height * at.scale <= r.height - 10) return;
      if (at.scale < READABLE) at.scale = 0.85;
      at.x = r.width / 2 - (node.x + map.WIDTH / 2) * at.scale;
      at.y = r.height / 2 - node.middle * at.scale;
      apply();
    }
    /* Look at the place of the overview at these px of it. */
    function jump(x, y) {
      at.x = view.clientWidth / 2 - (x - overview.pad) / overview.scale * at.scale;
      at.y = view.clientHeight / 2 - (y - overview.pad) / overview.scale * at.scale;
      move();
    }
    function readable() { return at.scale >= READABLE; }
    return { at, arrange, draw, apply, move, fit, settle, zoom, zoomMiddle, reveal, jump, readable };
  };
})(window.kbMap);
