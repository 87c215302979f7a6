/* The map's behaviour: window, choice, keyboard, neighbourhood. The same cards serve as outline and as picture. */
(function (map, details) {
  'use strict';
  var one = function (selector, within) { return (within || document).querySelector(selector); };
  var all = function (selector) { return Array.from(document.querySelectorAll(selector)); };
  var page = one('.map-page'), view = one('.view'), stage = one('.stage'), tree = one('.tree'), strip = one('.strip'), said = one('#said');
  var side = one('.side'), body = one('.side .body'), edges = one('.edges'), mini = one('.mini');
  var model = map.read(tree, details), order = model.order, lines = [];
  var at = { x: 0, y: 0, scale: 1, zoom: 'near' }, size = { width: 1, height: 1 }, overview = { scale: 1, pad: 0 };
  var chosen = null, near = null, filtering = false, frame = 0, depth = +page.dataset.open, reach = 1, started = false;
  var READABLE = 0.62, phone = matchMedia('(max-width: 760px)');

  order.forEach(function (node) {
    node.keepsCard = /question|top|thesis/.test(node.relation);
    if (!node.kids.length) return;
    node.fold = document.createElement('button');
    node.fold.className = 'fold only-map';
    node.fold.type = 'button';
    node.fold.tabIndex = -1;
    node.fold.setAttribute('aria-hidden', 'true');
    node.card.appendChild(node.fold);
    node.card.classList.add('folds');
  });
  function asMap() { return page.classList.contains('as-map'); }
  function nodeOf(element) {
    var li = element.closest && element.closest('li[data-key]');
    return li && tree.contains(li) ? model.byKey[li.dataset.key] : null;
  }
  function title(node) { return node.link.textContent; }
  var filters = map.filters(model, details, function (open) {
    filter(open);
    if (asMap()) settle();
    save();
  });

  // --- layout and painting

  function measure() {
    var zoom = view.dataset.zoom, fresh = model.walk.filter(function (node) { return !node.measured && map.isShown(model, node); });
    if (!fresh.length) return;
    view.dataset.zoom = 'near';
    fresh.forEach(function (node) { node.card.classList.remove('gone'); node.card.style.height = ''; });
    fresh.forEach(function (node) { node.measured = true; node.height = node.card.offsetHeight; });
    fresh.forEach(function (node) { node.card.style.height = node.height + 'px'; });
    view.dataset.zoom = zoom;
  }
  function arrange() {
    if (!asMap()) return;
    measure();
    size = map.layout(model);
    lines = map.lines(model);
    order.forEach(function (node) {
      node.inside = node.shown;
      node.card.classList.toggle('gone', !node.shown);
      if (!node.shown) { node.card.removeAttribute('aria-level'); return; }
      node.card.style.transform = 'translate(' + node.x + 'px,' + node.y.toFixed(1) + 'px)';
      node.card.classList.toggle('left', node.side < 0);
      var peers = node.up ? map.shownDown(model, node.up) : [node];
      node.card.setAttribute('aria-level', node.rank + 1);
      node.card.setAttribute('aria-posinset', peers.indexOf(node) + 1);
      node.card.setAttribute('aria-setsize', peers.length);
      if (!node.fold) return;
      node.fold.textContent = node.open ? '−' : map.count(node);
      if (model.centre) node.card.removeAttribute('aria-expanded');
      else node.card.setAttribute('aria-expanded', node.open);
    });
    if (!order.some(function (node) { return node.shown && node.card.tabIndex === 0; })) rove(model.top);
    emphasise();
  }
  function level(node) {
    if (near) return near.has(node) ? (node === model.top ? 1 : 2) : 0;
    return !filtering || node.hit || node.above || node.keepsCard ? 1 : 0;
  }
  function emphasise() {
    order.forEach(function (node) {
      node.card.classList.toggle('dim', asMap() && level(node) === 0);
      node.card.classList.toggle('chosen', node === chosen);
    });
    draw();
  }
  function draw() { if (!frame) frame = requestAnimationFrame(paint); }
  function paint() {
    frame = 0;
    if (!asMap()) return;
    var w = view.clientWidth, h = view.clientHeight, k = at.scale;
    var x0 = -at.x / k - 60, y0 = -at.y / k - 60, x1 = (w - at.x) / k + 60, y1 = (h - at.y) / k + 60;
    order.forEach(function (node) {
      // Cards outside the window leave the layout, which keeps panning smooth.
      var inside = node.shown && node.x < x1 && node.x + map.WIDTH > x0 && node.y < y1 && node.y + node.height > y0;
      if (at.zoom === 'far' && !node.keepsCard) inside = false;
      if (node.shown && node.card === document.activeElement) inside = true;
      if (node.inside !== inside) { node.inside = inside; node.card.classList.toggle('gone', !inside); }
    });
    map.paint(edges, model, lines, at, level, chosen);
    var fits = at.x >= -1 && at.y >= -1 && size.width * k + at.x <= w + 1 && size.height * k + at.y <= h + 1;
    mini.style.visibility = fits || !side.hidden && innerWidth < 1000 ? 'hidden' : '';
    if (!fits) overview = map.paintOverview(mini, model, size, at, { width: w, height: h });
  }

  // --- the window

  function apply() {
    stage.style.transform = 'translate(' + at.x + 'px,' + at.y + 'px) scale(' + at.scale + ')';
    at.zoom = at.scale < 0.3 ? 'far' : at.scale < READABLE ? 'mid' : 'near';
    if (view.dataset.zoom !== at.zoom) view.dataset.zoom = at.zoom;
    draw();
  }
  function move() { apply(); save(); }
  function room() {
    var taken = side.hidden || phone.matches ? 0 : 360;
    return { width: view.clientWidth - taken, height: side.hidden || !phone.matches ? view.clientHeight : view.clientHeight * 0.45 };
  }
  function headroom() { return strip.hidden ? 0 : strip.offsetHeight + 14; }
  function fit() {
    var r = room(), inner = phone.matches ? 24 : 56, above = headroom();
    at.scale = Math.max(map.LEAST, Math.min(1, (r.width - inner) / size.width, (r.height - inner - above) / size.height));
    at.x = (r.width - size.width * at.scale) / 2;
    at.y = (r.height + above - size.height * at.scale) / 2;
    apply();
  }
  /* The first view: everything if it can be read, else as much of it as can, around the middle of the top. */
  function settle() {
    fit();
    if (at.scale < READABLE) {
      var r = room();
      at.scale = 0.75;
      at.x = r.width / 2 - (model.top.x + map.WIDTH / 2) * at.scale;
      at.y = (r.height + headroom()) / 2 - model.top.middle * at.scale;
      if (size.width * at.scale <= r.width - 40) at.x = (r.width - size.width * at.scale) / 2;
      apply();
    }
  }
  function zoom(factor, x, y) {
    var scale = Math.max(map.LEAST, Math.min(map.MOST, at.scale * factor));
    at.x = x - (x - at.x) * scale / at.scale;
    at.y = y - (y - at.y) * scale / at.scale;
    at.scale = scale;
    move();
  }
  function zoomMiddle(factor) { zoom(factor, view.clientWidth / 2, view.clientHeight / 2); }
  function unfold(node) {
    var changed = false;
    for (var above = node.parent; above; above = above.parent) if (!above.open) { above.open = true; changed = true; }
    if (changed) arrange();
  }
  function reveal(node) {
    var r = room(), x = node.x * at.scale + at.x, y = node.y * at.scale + at.y;
    if (x < 10 || y < 10 || x + map.WIDTH * at.scale > r.width - 10 || y + node.height * at.scale > r.height - 10) {
      if (at.scale < READABLE) at.scale = 0.85;
      at.x = r.width / 2 - (node.x + map.WIDTH / 2) * at.scale;
      at.y = r.height / 2 - node.middle * at.scale;
      apply();
    }
  }

  // --- pointer: drag, pinch, wheel

  var pointers = new Map(), last = null, travelled = 0;
  function centre() {
    var points = Array.from(pointers.values()), n = points.length;
    return {
      x: points.reduce(function (s, p) { return s + p.clientX; }, 0) / n,
      y: points.reduce(function (s, p) { return s + p.clientY; }, 0) / n,
      spread: n > 1 ? Math.hypot(points[0].clientX - points[1].clientX, points[0].clientY - points[1].clientY) : 0
    };
  }
  view.addEventListener('pointerdown', function (event) {
    if (!asMap() || event.target.closest('.side, .zoom, .mini, .fold, .strip, .legend')) return;
    pointers.set(event.pointerId, event);
    if (pointers.size === 1) travelled = 0;
    last = centre();
  });
  addEventListener('pointermove', function (event) {
    if (!pointers.has(event.pointerId)) return;
    pointers.set(event.pointerId, event);
    var now = centre(), dx = now.x - last.x, dy = now.y - last.y, bounds = view.getBoundingClientRect();
    travelled += Math.abs(dx) + Math.abs(dy) + Math.abs(now.spread - last.spread);
    if (travelled > 4) {
      view.classList.add('dragged');
      at.x += dx;
      at.y += dy;
      if (pointers.size > 1 && last.spread) zoom(now.spread / last.spread, now.x - bounds.left, now.y - bounds.top);
      else move();
    }
    last = now;
  });
  ['pointerup', 'pointercancel'].forEach(function (name) {
    addEventListener(name, function (event) {
      if (!pointers.delete(event.pointerId)) return;
      if (pointers.size) last = centre();
      else view.classList.remove('dragged');
    });
  });
  view.addEventListener('wheel', function (event) {
    if (!asMap() || event.target.closest('.side')) return;
    event.preventDefault();
    var bounds = view.getBoundingClientRect(), unit = event.deltaMode === 1 ? 24 : 1;
    if (event.shiftKey) { at.x -= (event.deltaX || event.deltaY) * unit; move(); }
    else if (event.deltaX && !event.ctrlKey) { at.x -= event.deltaX; at.y -= event.deltaY; move(); }
    else zoom(Math.pow(event.ctrlKey ? 1.01 : 1.0016, -event.deltaY * unit), event.clientX - bounds.left, event.clientY - bounds.top);
  }, { passive: false });
  mini.addEventListener('pointerdown', function (event) {
    var bounds = mini.getBoundingClientRect();
    at.x = view.clientWidth / 2 - (event.clientX - bounds.left - overview.pad) / overview.scale * at.scale;
    at.y = view.clientHeight / 2 - (event.clientY - bounds.top - overview.pad) / overview.scale * at.scale;
    move();
  });

  // --- choosing a card

  function neighbours(node) {
    var found = new Set([node].concat(node.partners, map.touching(node).map(function (to) { return to.node; })));
    for (var above = node.up; above; above = above.up) found.add(above);
    return found;
  }
  function rove(node) { order.forEach(function (other) { other.card.tabIndex = other === node ? 0 : -1; }); }
  /* Choose a card, or none; `still` leaves the window where it is. */
  function choose(node, still) {
    if (node && !node.within) whole();
    chosen = node;
    near = node ? neighbours(node) : null;
    side.hidden = !node;
    order.forEach(function (other) { other.card.setAttribute('aria-selected', other === node); });
    if (node) {
      unfold(node);
      body.replaceChildren.apply(body, map.describe(model, node, { root: page.dataset.root, choose: pick, focus: enter }));
      side.scrollTop = 0;
      rove(node);
      node.card.classList.remove('gone');
      node.inside = true;
      if (!still) reveal(node);
      node.card.focus({ preventScroll: true });
      said.textContent = map.place(model, node);
    }
    emphasise();
    save();
  }
  function pick(node) { visit(function () { choose(node); }); }
  function close() {
    var before = chosen;
    visit(function () { choose(null); });
    if (before) before.card.focus({ preventScroll: true });
  }
  view.addEventListener('click', function (event) {
    // A button that replaced the panel or itself is no longer in the page: its click is done.
    if (!asMap() || travelled > 4 || !event.target.isConnected || event.target.closest('.side, .zoom, .mini, .strip, .legend')) return;
    var node = nodeOf(event.target);
    if (event.target.closest('.fold')) { toggle(node); return; }
    if (node) {
      if (event.target.closest('a') && (event.ctrlKey || event.metaKey)) return;
      event.preventDefault();
      pick(node);
      return;
    }
    var bounds = view.getBoundingClientRect(), x = (event.clientX - bounds.left - at.x) / at.scale, y = (event.clientY - bounds.top - at.y) / at.scale;
    var hit = at.zoom === 'far' && order.find(function (other) { return other.shown && x >= other.x && x <= other.x + map.WIDTH && y >= other.y && y <= other.y + other.height; });
    if (hit) pick(hit);
    else if (chosen) close();
  });
  one('.close', side).addEventListener('click', close);
  function toggle(node, open) {
    var x = node.x * at.scale + at.x, y = node.middle * at.scale + at.y;
    node.open = open === undefined ? !node.open : open;
    arrange();
    at.x = x - node.x * at.scale;
    at.y = y - node.middle * at.scale;
    said.textContent = node.open ? node.kids.length + ' cards unfolded' : 'Folded';
    move();
  }

  // --- a neighbourhood: only what is near one card

  function whole() {
    map.whole(model);
    filter();
    tell();
  }
  function narrow(node) {
    map.around(model, node, reach);
    filter();
    tell();
    choose(node, true);
    settle();
  }
  function tell() {
    strip.hidden = !model.centre;
    page.classList.toggle('near', !!model.centre);
    if (!model.centre) return;
    one('.of', strip).textContent = title(model.centre);
    all('[data-reach]').forEach(function (button) { button.setAttribute('aria-pressed', +button.dataset.reach === reach); });
  }
  function enter(node) {
    visit(function () { narrow(node); });
    said.textContent = order.filter(function (other) { return other.shown; }).length + ' cards in this neighbourhood';
  }
  function leave() {
    var before = chosen || model.centre;
    visit(function () {
      whole();
      settle();
      choose(before);
    });
    said.textContent = 'The whole map';
  }
  all('[data-reach]').forEach(function (button) {
    button.addEventListener('click', function () {
      reach = +button.dataset.reach;
      enter(model.centre);
      button.focus();
    });
  });
  one('.leave', strip).addEventListener('click', leave);

  // --- keyboard: the arrows follow the drawing

  function column(node, step) {
    var cards = order.filter(function (other) { return other.shown && other.rank === node.rank && (other.side === node.side || node === model.top); });
    cards.sort(function (a, b) { return a.y - b.y; });
    return cards[cards.indexOf(node) + step];
  }
  function outward(node, direction) {
    return map.shownDown(model, node).find(function (kid) { return node !== model.top || kid.side === direction; });
  }
  tree.addEventListener('keydown', function (event) {
    var node = asMap() && nodeOf(event.target), go = null;
    if (!node || event.ctrlKey || event.metaKey || event.altKey) return;
    var key = event.key, direction = key === 'ArrowRight' ? 1 : key === 'ArrowLeft' ? -1 : 0;
    if (direction && (node === model.top || direction === node.side)) {
      if (node.kids.length && !node.open && !model.centre) toggle(node, true);
      else go = outward(node, direction);
    } else if (direction) go = node.up;
    else if (key === 'ArrowDown') go = column(node, 1);
    else if (key === 'ArrowUp') go = column(node, -1);
    else if (key === 'Home') go = model.top;
    else if (key === 'End') go = order.filter(function (other) { return other.shown; }).pop();
    else if (key === ' ') { if (node.kids.length && !model.centre) toggle(node); }
    else if (key === 'Enter') location.href = node.link.href;
    else return;
    event.preventDefault();
    event.stopPropagation();
    if (go) choose(go);
  });
  addEventListener('keydown', function (event) {
    if (!asMap() || /INPUT|SELECT|TEXTAREA/.test(event.target.tagName) || event.target.closest('dialog') || event.ctrlKey || event.metaKey || event.altKey) return;
    if (event.key === '0') { fit(); save(); }
    else if (event.key === '+' || event.key === '=') zoomMiddle(1.25);
    else if (event.key === '-') zoomMiddle(0.8);
    else if (event.key === 'f') {
      var node = chosen || nodeOf(event.target);
      if (model.centre && (!node || node === model.centre)) leave();
      else if (node && node.relation !== 'top') enter(node);
    } else if (event.key === 'Escape' && chosen) close();
    else if (event.key === 'Escape' && model.centre) leave();
  });

  // --- filters, depth, view

  /* `open` unfolds what leads to the cards that are meant. */
  function filter(open) {
    filtering = filters.apply(asMap());
    if (open && filtering) order.forEach(function (node) { if (node.above) node.open = true; });
    arrange();
  }
  all('[data-depth]').forEach(function (button) {
    button.addEventListener('click', function () {
      depth = +button.dataset.depth;
      order.forEach(function (node) { node.open = node.depth < depth; });
      if (model.centre) whole();
      arrange();
      settle();
      save();
    });
  });
  one('#zoom-in').addEventListener('click', function () { zoomMiddle(1.25); });
  one('#zoom-out').addEventListener('click', function () { zoomMiddle(0.8); });
  one('#zoom-fit').addEventListener('click', function () { fit(); save(); });
  one('#more').addEventListener('click', function () {
    var open = page.classList.toggle('more-filters');
    this.setAttribute('aria-expanded', open);
  });

  /* In the picture the cards form one flat ARIA tree; in the outline they are plain nested lists. */
  function roles(on) {
    var set = function (element, name, value) { on ? element.setAttribute(name, value) : element.removeAttribute(name); };
    set(tree, 'role', 'tree');
    set(tree, 'aria-label', 'Argument map');
    order.forEach(function (node) {
      var words = ['.tag', '.ti', '.mark'].map(function (part) { var found = one(part, node.card); return found ? found.textContent.trim() : ''; });
      set(node.li, 'role', 'none');
      var sub = one(':scope > ul', node.li);
      if (sub) set(sub, 'role', 'none');
      set(node.card, 'role', 'treeitem');
      set(node.card, 'aria-label', words.filter(Boolean).join(', '));
      if (!on) ['aria-expanded', 'aria-selected', 'aria-level', 'aria-posinset', 'aria-setsize', 'tabindex'].forEach(function (name) { node.card.removeAttribute(name); });
      node.link.tabIndex = on ? -1 : 0;
    });
    if (on) rove(chosen || model.top);
  }
  function show(name) {
    var picture = name === 'map';
    page.classList.toggle('as-map', picture);
    all('[data-view]').forEach(function (button) { button.setAttribute('aria-pressed', button.dataset.view === name); });
    roles(picture);
    order.forEach(function (node) {
      node.card.style.transform = node.card.style.height = '';
      node.card.classList.remove('gone', 'dim', 'left', 'chosen');
      node.measured = false;
    });
    stage.style.transform = '';
    if (!picture) { side.hidden = true; chosen = near = null; map.whole(model); tell(); }
    filter();
  }
  all('[data-view]').forEach(function (button) {
    button.addEventListener('click', function () {
      visit(function () {
        show(button.dataset.view);
        if (asMap() && !started) start();
        else if (asMap()) settle();
      });
    });
  });

  // --- the address holds the whole view

  var written = location.hash, timer = 0;
  function usual() { return phone.matches ? 'outline' : 'map'; }
  function state() {
    var now = Object.assign({}, filters.read(), map.folds(model, depth)), name = asMap() ? 'map' : 'outline';
    if (name !== usual()) now.view = name;
    if (chosen) now.c = chosen.key;
    if (model.centre) { now.focus = model.centre.key; now.steps = String(reach); }
    if (asMap()) now.at = map.placeOf(chosen || model.top, at, { width: view.clientWidth, height: view.clientHeight });
    return now;
  }
  function write(push) {
    clearTimeout(timer);
    timer = 0;
    written = '#' + map.format(state());
    history[push ? 'pushState' : 'replaceState'](null, '', written);
  }
  /* Small changes replace the address, not more often than a browser allows; `visit` makes a step to go back from. */
  function save() { if (!timer && ready) timer = setTimeout(write, 250, false); }
  function visit(action) {
    write(false);
    action();
    write(true);
  }
  function restore() {
    var wanted = map.parse(location.hash), card = model.byKey[wanted.c] || null, middle = model.byKey[wanted.focus];
    map.whole(model);
    reach = wanted.steps === '2' ? 2 : 1;
    filters.write(wanted);
    if (wanted.depth) { depth = +wanted.depth; map.unfold(model, wanted); }
    chosen = near = null;
    side.hidden = true;
    if (middle) map.around(model, middle, reach);
    show(/^(map|outline)$/.test(wanted.view) ? wanted.view : card || middle ? 'map' : usual());
    tell();
    if (!asMap()) return;
    if (wanted.depth) started = true;
    else start();
    if (card) { card.open = card.open || !wanted.depth; unfold(card); arrange(); }
    var placed = !!wanted.at && map.goTo(wanted.at, card || model.top, at, { width: view.clientWidth, height: view.clientHeight });
    if (placed) apply();
    else if (card && !middle) { at.scale = 0.85; at.x = at.y = -1e6; }
    if (card) choose(card, placed || !!middle);
    if (!placed && (middle || !card)) settle();
  }
  addEventListener('hashchange', function () {
    if (location.hash === written) return;
    clearTimeout(timer);
    timer = 0;
    if (/^#n-/.test(location.hash)) return;
    written = location.hash;
    ready = false;
    restore();
    ready = true;
  });
  one('#copy').addEventListener('click', function () {
    write(false);
    var button = this, field = page.appendChild(document.createElement('span'));
    field.className = 'vh';
    field.textContent = location.href;
    kbCopy(field, function (words, done) {
      field.remove();
      said.textContent = done ? 'Link copied' : 'The address of this page holds this view.';
      if (!done) return;
      button.textContent = said.textContent;
      setTimeout(function () { button.textContent = 'Copy link'; }, 2000);
    });
  });

  var resizing;
  addEventListener('resize', function () {
    clearTimeout(resizing);
    resizing = setTimeout(function () {
      order.forEach(function (node) { node.measured = false; });
      arrange();
      apply();
    }, 150);
  });
  // The bar above grows with filters: the canvas must be as large as what is left.
  new ResizeObserver(draw).observe(view);
  function recolour() { map.forgetColours(); draw(); }
  new MutationObserver(recolour).observe(document.documentElement, { attributes: true, attributeFilter: ['data-theme'] });
  matchMedia('(prefers-color-scheme: dark)').addEventListener('change', recolour);
  /* Open as many levels as can be read at once, at least those that the page asks for. */
  function start() {
    started = true;
    for (depth = 4; depth >= +page.dataset.open; depth--) {
      order.forEach(function (node) { node.open = node.depth < depth; });
      arrange();
      fit();
      if (at.scale >= READABLE || depth === +page.dataset.open) break;
    }
    settle();
  }
  var ready = false;
  restore();
  ready = true;
})(window.kbMap, window.kbMapDetails);
