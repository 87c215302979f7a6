/* The map's behaviour: view, choice, keyboard, filters. The same cards serve as outline and as picture. */
(function (map) {
  'use strict';
  var one = function (selector, within) { return (within || document).querySelector(selector); };
  var all = function (selector) { return Array.from(document.querySelectorAll(selector)); };
  var page = one('.map-page'), view = one('.view'), stage = one('.stage'), tree = one('.tree');
  var side = one('.side'), body = one('.side .body'), edges = one('.edges'), mini = one('.mini');
  var model = map.read(tree, +page.dataset.open), order = model.order, root = model.root;
  var at = { x: 0, y: 0, scale: 1, zoom: 'near' }, size = { width: 1, height: 1 }, overview = { scale: 1, pad: 0 };
  var chosen = null, near = null, filtering = false, frame = 0, travelled = 0;

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

  // --- layout and painting

  function measure() {
    var zoom = view.dataset.zoom;
    view.dataset.zoom = 'near';
    order.forEach(function (node) { if (map.isShown(node) && !node.measured) { node.card.classList.remove('gone'); node.card.style.height = ''; } });
    order.forEach(function (node) {
      if (map.isShown(node) && !node.measured) { node.measured = true; node.height = node.card.offsetHeight; }
    });
    order.forEach(function (node) { if (node.measured) node.card.style.height = node.height + 'px'; });
    view.dataset.zoom = zoom;
  }
  function arrange() {
    if (!asMap()) return;
    measure();
    size = map.layout(model);
    order.forEach(function (node) {
      node.inside = node.shown;
      node.card.classList.toggle('gone', !node.shown);
      if (!node.shown) return;
      node.card.style.transform = 'translate(' + node.x + 'px,' + node.y.toFixed(1) + 'px)';
      node.card.classList.toggle('left', node.side < 0);
      if (node.fold) {
        node.fold.textContent = node.open ? '−' : map.count(node);
        node.card.setAttribute('aria-expanded', node.open);
      }
    });
    emphasise();
  }
  function level(node) {
    if (near) return near.has(node) ? (node === root ? 1 : 2) : 0;
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
      if (node === document.activeElement) inside = true;
      if (node.inside !== inside) { node.inside = inside; node.card.classList.toggle('gone', !inside); }
    });
    map.paint(edges, model, at, level, chosen);
    var fits = at.x >= -1 && at.y >= -1 && size.width * k + at.x <= w + 1 && size.height * k + at.y <= h + 1;
    mini.style.visibility = fits || !side.hidden && innerWidth < 1000 ? 'hidden' : '';
    if (!fits) overview = map.paintOverview(mini, model, size, at, { width: w, height: h });
  }

  // --- the window

  function apply() {
    stage.style.transform = 'translate(' + at.x + 'px,' + at.y + 'px) scale(' + at.scale + ')';
    at.zoom = at.scale < 0.3 ? 'far' : at.scale < 0.62 ? 'mid' : 'near';
    if (view.dataset.zoom !== at.zoom) view.dataset.zoom = at.zoom;
    draw();
  }
  function room() {
    var taken = side.hidden || innerWidth < 760 ? 0 : 360;
    return { width: view.clientWidth - taken, height: view.clientHeight };
  }
  function fit(least) {
    var r = room(), inner = 56;
    at.scale = Math.max(least || 0.08, Math.min(1, (r.width - inner) / size.width, (r.height - inner) / size.height));
    at.x = (r.width - size.width * at.scale) / 2;
    at.y = (r.height - size.height * at.scale) / 2;
    apply();
  }
  /* The first view: everything if it can be read, else as much of it as can, around the middle of the root. */
  function settle() {
    fit();
    if (at.scale < 0.62) {
      var r = room();
      at.scale = 0.75;
      at.x = r.width / 2 - (root.x + map.WIDTH / 2) * at.scale;
      at.y = r.height / 2 - root.middle * at.scale;
      if (size.width * at.scale <= r.width - 40) at.x = (r.width - size.width * at.scale) / 2;
      apply();
    }
  }
  function zoom(factor, x, y) {
    var scale = Math.max(0.08, Math.min(2.4, at.scale * factor));
    at.x = x - (x - at.x) * scale / at.scale;
    at.y = y - (y - at.y) * scale / at.scale;
    at.scale = scale;
    apply();
  }
  function zoomMiddle(factor) { zoom(factor, view.clientWidth / 2, view.clientHeight / 2); }
  function reveal(node) {
    var changed = false;
    for (var above = node.parent; above; above = above.parent) if (!above.open) { above.open = true; changed = true; }
    if (changed) arrange();
    node.card.classList.remove('gone');
    node.inside = true;
    var r = room(), low = innerWidth < 760 ? r.height * 0.45 : r.height;
    var x = node.x * at.scale + at.x, y = node.y * at.scale + at.y;
    if (x < 10 || y < 10 || x + map.WIDTH * at.scale > r.width - 10 || y + node.height * at.scale > low - 10) {
      if (at.scale < 0.62) at.scale = 0.85;
      at.x = r.width / 2 - (node.x + map.WIDTH / 2) * at.scale;
      at.y = low / 2 - node.middle * at.scale;
      apply();
    }
  }

  // --- pointer

  var pointers = new Map(), last = null;
  function centre() {
    var points = Array.from(pointers.values()), n = points.length;
    return {
      x: points.reduce(function (s, p) { return s + p.clientX; }, 0) / n,
      y: points.reduce(function (s, p) { return s + p.clientY; }, 0) / n,
      spread: n > 1 ? Math.hypot(points[0].clientX - points[1].clientX, points[0].clientY - points[1].clientY) : 0
    };
  }
  view.addEventListener('pointerdown', function (event) {
    if (!asMap() || event.target.closest('.side, .zoom, .mini, .fold')) return;
    pointers.set(event.pointerId, event);
    travelled = 0;
    last = centre();
  });
  addEventListener('pointermove', function (event) {
    if (!pointers.has(event.pointerId)) return;
    pointers.set(event.pointerId, event);
    var now = centre(), dx = now.x - last.x, dy = now.y - last.y, bounds = view.getBoundingClientRect();
    travelled += Math.abs(dx) + Math.abs(dy);
    if (travelled > 4) {
      view.classList.add('dragged');
      at.x += dx;
      at.y += dy;
      if (pointers.size > 1 && last.spread) zoom(now.spread / last.spread, now.x - bounds.left, now.y - bounds.top);
      else apply();
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
    var bounds = view.getBoundingClientRect(), lines = event.deltaMode === 1 ? 24 : 1;
    if (event.shiftKey) { at.x -= event.deltaY * lines; apply(); }
    else if (event.deltaX && !event.ctrlKey) { at.x -= event.deltaX; at.y -= event.deltaY; apply(); }
    else zoom(Math.pow(1.0016, -event.deltaY * lines), event.clientX - bounds.left, event.clientY - bounds.top);
  }, { passive: false });
  mini.addEventListener('pointerdown', function (event) {
    var bounds = mini.getBoundingClientRect();
    at.x = view.clientWidth / 2 - (event.clientX - bounds.left - overview.pad) / overview.scale * at.scale;
    at.y = view.clientHeight / 2 - (event.clientY - bounds.top - overview.pad) / overview.scale * at.scale;
    apply();
  });

  // --- choosing a card

  function neighbours(node) {
    var found = new Set([node].concat(node.kids));
    for (var above = node.parent; above; above = above.parent) found.add(above);
    order.forEach(function (other) {
      if (other.beside === node.key || node.beside === other.key) found.add(other);
      other.also.forEach(function (link) {
        if (link.to === node.key) found.add(other);
        if (other === node && model.byKey[link.to]) found.add(model.byKey[link.to]);
      });
    });
    return found;
  }
  function choose(node, quietly) {
    chosen = node;
    near = node ? neighbours(node) : null;
    side.hidden = !node;
    if (node) {
      describe(node);
      order.forEach(function (other) {
        other.card.tabIndex = other === node ? 0 : -1;
        other.card.setAttribute('aria-selected', other === node);
      });
      reveal(node);
      node.card.focus({ preventScroll: true });
    }
    if (!quietly) history.replaceState(null, '', node ? '#c=' + node.key : location.pathname + location.search);
    emphasise();
  }
  function make(tag, text, name) {
    var element = document.createElement(tag);
    if (text) element.textContent = text;
    if (name) element.className = name;
    return element;
  }
  var VERBS = { pro: 'supports', con: 'attacks', cut: 'undercuts a step to', need: 'is needed by', thesis: 'is a thesis of' };
  function describe(node) {
    var link = one('.ti', node.card), text = one('.tx', node.card), head = one('.hd', node.card).cloneNode(true), parts = [head];
    head.classList.add(node.relation);
    parts.push(make('h2', link.textContent));
    if (text) parts.push(make('p', text.textContent));
    var below = map.count(node);
    parts.push(make('p', node.kids.length + (node.kids.length === 1 ? ' card' : ' cards') + ' directly under it, ' + below + ' in all', 'small muted'));
    var links = node.also.map(function (other) { return ['it ' + VERBS[other.relation], model.byKey[other.to]]; });
    order.forEach(function (other) {
      other.also.forEach(function (found) { if (found.to === node.key) links.push([VERBS[found.relation] + ' it:', other]); });
    });
    links = links.filter(function (pair) { return pair[1]; });
    if (links.length) {
      var list = make('ul', '', 'small');
      links.forEach(function (pair) {
        var item = make('li', pair[0] + ' '), anchor = make('a', one('.ti', pair[1].card).textContent);
        anchor.href = '#c=' + pair[1].key;
        item.appendChild(anchor);
        list.appendChild(item);
      });
      parts.push(make('b', 'Linked elsewhere', 'small'), list);
    }
    var open = make('a', /question|top/.test(node.relation) ? 'Open its page' : 'Open the claim’s page', 'btn');
    open.href = link.href;
    parts.push(open);
    body.replaceChildren.apply(body, parts);
  }
  tree.addEventListener('click', function (event) {
    var node = asMap() && nodeOf(event.target);
    if (!node) return;
    if (event.target.closest('.fold')) { toggle(node); return; }
    if (event.target.closest('a') && (event.ctrlKey || event.metaKey || event.shiftKey)) return;
    event.preventDefault();
    if (travelled <= 4) choose(node);
  });
  view.addEventListener('click', function (event) {
    if (!asMap() || travelled > 4 || [view, stage, edges].indexOf(event.target) < 0) return;
    var bounds = view.getBoundingClientRect();
    var x = (event.clientX - bounds.left - at.x) / at.scale, y = (event.clientY - bounds.top - at.y) / at.scale;
    var hit = order.find(function (node) { return node.shown && x >= node.x && x <= node.x + map.WIDTH && y >= node.y && y <= node.y + node.height; });
    if (hit || chosen) choose(hit || null);
  });
  one('.close', side).addEventListener('click', function () {
    var before = chosen;
    choose(null);
    if (before) before.card.focus({ preventScroll: true });
  });
  function toggle(node, open) {
    var x = node.x * at.scale + at.x, y = node.middle * at.scale + at.y;
    node.open = open === undefined ? !node.open : open;
    arrange();
    at.x = x - node.x * at.scale;
    at.y = y - node.middle * at.scale;
    apply();
  }

  // --- keyboard: the arrows follow the drawing

  function column(node, step) {
    var cards = order.filter(function (other) { return other.shown && other.depth === node.depth && (other.side === node.side || node === root); });
    cards.sort(function (a, b) { return a.y - b.y; });
    return cards[cards.indexOf(node) + step];
  }
  function outward(node, direction) {
    var kids = node.kids.filter(function (kid) { return kid.shown && (node !== root || kid.side === direction); });
    return kids[0];
  }
  tree.addEventListener('keydown', function (event) {
    var node = asMap() && nodeOf(event.target), go = null;
    if (!node || event.ctrlKey || event.metaKey || event.altKey) return;
    var key = event.key, direction = key === 'ArrowRight' ? 1 : key === 'ArrowLeft' ? -1 : 0;
    if (direction && (node === root || direction === node.side)) {
      if (node.kids.length && !node.open) toggle(node, true);
      else go = outward(node, direction);
    } else if (direction) go = node.parent;
    else if (key === 'ArrowDown') go = column(node, 1);
    else if (key === 'ArrowUp') go = column(node, -1);
    else if (key === 'Home') go = root;
    else if (key === 'End') go = order.filter(function (other) { return other.shown; }).pop();
    else if (key === ' ') { if (node.kids.length) toggle(node); }
    else if (key === 'Enter') location.href = one('.ti', node.card).href;
    else if (key === 'Escape') choose(null);
    else return;
    event.preventDefault();
    event.stopPropagation();
    if (go) choose(go);
  });
  addEventListener('keydown', function (event) {
    if (!asMap() || /INPUT|SELECT|TEXTAREA/.test(event.target.tagName) || event.ctrlKey || event.metaKey || event.altKey) return;
    if (event.key === '0') fit();
    else if (event.key === '+' || event.key === '=') zoomMiddle(1.25);
    else if (event.key === '-') zoomMiddle(0.8);
    else if (event.key === 'Escape' && chosen) choose(null);
  });

  // --- filters

  function pressed(kind) {
    return all('[data-filter="' + kind + '"][aria-pressed="true"]').map(function (button) { return button.dataset.value; });
  }
  function filter() {
    var relations = pressed('relation'), standings = pressed('standing');
    var words = one('#words').value.trim().toLowerCase(), hide = one('#hide').getAttribute('aria-pressed') === 'true';
    if (standings.indexOf('open') >= 0) standings.push('half', 'ring');
    filtering = !!(relations.length || standings.length || words);
    var claims = order.filter(function (node) { return node.standing; }), found = 0;
    order.forEach(function (node) {
      node.above = node.hidden = false;
      node.hit = !!node.standing && (!relations.length || relations.indexOf(node.relation) >= 0) &&
        (!standings.length || standings.indexOf(node.standing) >= 0) &&
        (!words || node.card.textContent.toLowerCase().indexOf(words) >= 0);
      if (node.hit) found++;
    });
    order.forEach(function (node) { if (node.hit) for (var above = node.parent; above; above = above.parent) above.above = true; });
    if (filtering) order.forEach(function (node) {
      if (node.above) node.open = true;
      node.hidden = hide && !node.hit && !node.above;
    });
    one('#found').textContent = filtering ? found + ' of ' + claims.length : '';
    order.forEach(function (node) { node.li.hidden = !asMap() && filtering && !node.hit && !node.above; });
    if (asMap()) { arrange(); settle(); }
  }
  all('[data-filter], #hide').forEach(function (button) {
    button.addEventListener('click', function () {
      button.setAttribute('aria-pressed', button.getAttribute('aria-pressed') !== 'true');
      filter();
    });
  });
  var pause;
  one('#words').addEventListener('input', function () { clearTimeout(pause); pause = setTimeout(filter, 120); });
  all('[data-depth]').forEach(function (button) {
    button.addEventListener('click', function () {
      order.forEach(function (node) { node.open = node.depth < +button.dataset.depth; });
      arrange();
      settle();
    });
  });
  one('#zoom-in').addEventListener('click', function () { zoomMiddle(1.25); });
  one('#zoom-out').addEventListener('click', function () { zoomMiddle(0.8); });
  one('#zoom-fit').addEventListener('click', function () { fit(); });

  // --- map or outline

  /* In the picture the cards form one flat ARIA tree; in the outline they are plain nested lists. */
  function roles(on) {
    var set = function (element, name, value) { on ? element.setAttribute(name, value) : element.removeAttribute(name); };
    set(tree, 'role', 'tree');
    set(tree, 'aria-label', 'Argument map');
    order.forEach(function (node) {
      set(node.li, 'role', 'none');
      var sub = one(':scope > ul', node.li);
      if (sub) set(sub, 'role', 'none');
      set(node.card, 'role', 'treeitem');
      set(node.card, 'aria-level', node.depth + 1);
      set(node.card, 'aria-posinset', node.position);
      set(node.card, 'aria-setsize', node.siblings);
      set(node.card, 'tabindex', node === (chosen || root) ? 0 : -1);
      if (!on) { node.card.removeAttribute('aria-expanded'); node.card.removeAttribute('aria-selected'); }
      one('.ti', node.card).tabIndex = on ? -1 : 0;
    });
  }
  function show(name) {
    var picture = name === 'map';
    page.classList.toggle('as-map', picture);
    all('[data-view]').forEach(function (button) { button.setAttribute('aria-pressed', button.dataset.view === name); });
    roles(picture);
    order.forEach(function (node) {
      node.card.style.transform = node.card.style.height = '';
      node.card.classList.remove('gone', 'dim', 'left');
      node.measured = false;
    });
    stage.style.transform = '';
    if (!picture) side.hidden = true;
    filter();
  }
  all('[data-view]').forEach(function (button) { button.addEventListener('click', function () { show(button.dataset.view); }); });
  function follow() {
    var match = /[#&]c=([^&]+)/.exec(location.hash), node = match && model.byKey[decodeURIComponent(match[1])];
    if (!node) return;
    if (!asMap()) show('map');
    node.open = true;
    for (var above = node.parent; above; above = above.parent) above.open = true;
    arrange();
    at.scale = 0.85;
    at.x = at.y = -1e6;
    choose(node, true);
  }
  var resizing;
  addEventListener('resize', function () {
    clearTimeout(resizing);
    resizing = setTimeout(function () {
      order.forEach(function (node) { node.measured = false; });
      arrange();
      apply();
    }, 150);
  });
  function recolour() { map.forgetColours(); draw(); }
  new MutationObserver(recolour).observe(document.documentElement, { attributes: true, attributeFilter: ['data-theme'] });
  matchMedia('(prefers-color-scheme: dark)').addEventListener('change', recolour);
  addEventListener('hashchange', follow);
  /* Open as many levels as can be read at once, at least those that the page asks for. */
  function start() {
    for (var depth = 4; depth >= +page.dataset.open; depth--) {
      order.forEach(function (node) { node.open = node.depth < depth; });
      arrange();
      fit();
      if (at.scale >= 0.62) break;
    }
    settle();
  }
  show(innerWidth < 760 ? 'outline' : 'map');
  if (asMap()) start();
  follow();
})(window.kbMap);
