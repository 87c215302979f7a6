/* The map's behaviour: choice, neighbourhood, and the two views. The same cards serve as outline and as picture. */
((map, details) => {
  'use strict';
  const one = (selector, within) => (within || document).querySelector(selector);
  const all = selector => [...document.querySelectorAll(selector)];
  const page = one('.map-page');
  if (!details) {
    // What the panel and the filters say did not come: the outline needs none of it.
    page.classList.add('only-words');
    one('.lost').hidden = false;
    return;
  }
  const parts = {
    page, view: one('.view'), stage: one('.stage'), tree: one('.tree'), strip: one('.strip'), side: one('.side'),
    edges: one('.edges'), mini: one('.mini'), asMap
  };
  const { view, stage, tree, strip, side } = parts, said = one('#said'), body = one('.body', side);
  const model = map.read(tree, details), order = model.order;
  let chosen = null, near = null, filtering = false, depth = +page.dataset.open, reach = 1, started = false;

  order.forEach(node => {
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
    const li = element.closest && element.closest('li[data-key]');
    return li && tree.contains(li) ? model.byKey[li.dataset.key] : null;
  }
  function title(node) { return node.link.textContent; }

  const address = map.address(state);
  const { save, visit } = address;
  const window_ = map.window(parts, model, { level, chosen: () => chosen, moved: save });
  const { at, apply, settle } = window_;
  const pointer = map.pointer(parts, window_);
  const filters = map.filters(model, details, open => {
    filter(open);
    if (asMap()) settle();
    save();
  });

  // --- what stands out

  function level(node) {
    if (near) return near.has(node) ? (node === model.top ? 1 : 2) : 0;
    return !filtering || node.hit || node.above || node.keepsCard ? 1 : 0;
  }
  function emphasise() {
    order.forEach(node => {
      node.card.classList.toggle('dim', asMap() && level(node) === 0);
      node.card.classList.toggle('chosen', node === chosen);
    });
    window_.draw();
  }
  function arrange() {
    if (!asMap()) return;
    window_.arrange();
    if (!order.some(node => node.shown && node.card.tabIndex === 0)) rove(model.top);
    emphasise();
  }
  function unfold(node) {
    let changed = false;
    for (let above = node.parent; above; above = above.parent) if (!above.open) { above.open = true; changed = true; }
    if (changed) arrange();
  }
  function fit() { window_.fit(); save(); }

  // --- choosing a card

  function neighbours(node) {
    const found = new Set([node, ...node.partners, ...map.touching(node).map(to => to.node)]);
    for (let above = node.up; above; above = above.up) found.add(above);
    return found;
  }
  function rove(node) { order.forEach(other => { other.card.tabIndex = other === node ? 0 : -1; }); }
  /* Choose a card, or none; `still` leaves the window where it is. */
  function choose(node, still) {
    if (node && !node.within) whole();
    chosen = node;
    near = node ? neighbours(node) : null;
    side.hidden = !node;
    order.forEach(other => { other.card.setAttribute('aria-selected', other === node); });
    if (node) {
      unfold(node);
      body.replaceChildren(...map.describe(model, node, { root: page.dataset.root, choose: pick, focus: enter }));
      side.scrollTop = 0;
      rove(node);
      node.card.classList.remove('gone');
      node.inside = true;
      if (!still) window_.reveal(node);
      node.card.focus({ preventScroll: true });
      said.textContent = map.place(model, node);
    }
    emphasise();
    save();
  }
  function pick(node) { visit(() => { choose(node); }); }
  function close() {
    const before = chosen;
    visit(() => { choose(null); });
    if (before) before.card.focus({ preventScroll: true });
  }
  view.addEventListener('click', event => {
    // A button that replaced the panel or itself is no longer in the page: its click is done.
    if (!asMap() || pointer.wasDragged() || !event.target.isConnected || !pointer.over(event)) return;
    const node = nodeOf(event.target);
    if (event.target.closest('.fold')) { toggle(node); return; }
    if (node) {
      if (event.target.closest('a') && (event.ctrlKey || event.metaKey)) return;
      event.preventDefault();
      pick(node);
      return;
    }
    const bounds = view.getBoundingClientRect(), x = (event.clientX - bounds.left - at.x) / at.scale, y = (event.clientY - bounds.top - at.y) / at.scale;
    const hit = at.zoom === 'far' && order.find(other => other.shown && x >= other.x && x <= other.x + map.WIDTH && y >= other.y && y <= other.y + other.height);
    if (hit) pick(hit);
    else if (chosen) close();
  });
  one('.close', side).addEventListener('click', close);
  function toggle(node, open) {
    const x = node.x * at.scale + at.x, y = node.middle * at.scale + at.y;
    node.open = open === undefined ? !node.open : open;
    arrange();
    at.x = x - node.x * at.scale;
    at.y = y - node.middle * at.scale;
    said.textContent = node.open ? node.kids.length + ' cards unfolded' : 'Folded';
    window_.move();
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
    all('[data-reach]').forEach(button => { button.setAttribute('aria-pressed', +button.dataset.reach === reach); });
  }
  function enter(node) {
    visit(() => { narrow(node); });
    said.textContent = order.filter(other => other.shown).length + ' cards in this neighbourhood';
  }
  function leave() {
    const before = chosen || model.centre;
    visit(() => {
      whole();
      settle();
      choose(before);
    });
    said.textContent = 'The whole map';
  }
  all('[data-reach]').forEach(button => button.addEventListener('click', () => {
    reach = +button.dataset.reach;
    enter(model.centre);
    button.focus();
  }));
  one('.leave', strip).addEventListener('click', leave);
  map.keys(parts, model, window_, { nodeOf, choose, chosen: () => chosen, toggle, enter, leave, close, fit });

  // --- filters, depth, view

  /* `open` unfolds what leads to the cards that are meant. */
  function filter(open) {
    filtering = filters.apply(asMap());
    if (open && filtering) order.forEach(node => { if (node.above) node.open = true; });
    arrange();
  }
  all('[data-depth]').forEach(button => button.addEventListener('click', () => {
    depth = +button.dataset.depth;
    order.forEach(node => { node.open = node.depth < depth; });
    if (model.centre) whole();
    arrange();
    settle();
    save();
  }));
  one('#zoom-in').addEventListener('click', () => { window_.zoomMiddle(1.25); });
  one('#zoom-out').addEventListener('click', () => { window_.zoomMiddle(0.8); });
  one('#zoom-fit').addEventListener('click', fit);
  const more = one('#more');
  more.addEventListener('click', () => { more.setAttribute('aria-expanded', page.classList.toggle('more-filters')); });

  /* In the picture the cards form one flat ARIA tree; in the outline they are plain nested lists. */
  function roles(on) {
    const set = (element, name, value) => { on ? element.setAttribute(name, value) : element.removeAttribute(name); };
    set(tree, 'role', 'tree');
    set(tree, 'aria-label', 'Argument map');
    order.forEach(node => {
      const words = ['.tag', '.ti', '.mark'].map(part => { const found = one(part, node.card); return found ? found.textContent.trim() : ''; });
      set(node.li, 'role', 'none');
      const sub = one(':scope > ul', node.li);
      if (sub) set(sub, 'role', 'none');
      set(node.card, 'role', 'treeitem');
      set(node.card, 'aria-label', words.filter(Boolean).join(', '));
      if (!on) ['aria-expanded', 'aria-selected', 'aria-level', 'aria-posinset', 'aria-setsize', 'tabindex'].forEach(name => { node.card.removeAttribute(name); });
      node.link.tabIndex = on ? -1 : 0;
    });
    if (on) rove(chosen || model.top);
  }
  function show(name) {
    const picture = name === 'map';
    page.classList.toggle('as-map', picture);
    all('[data-view]').forEach(button => { button.setAttribute('aria-pressed', button.dataset.view === name); });
    roles(picture);
    order.forEach(node => {
      node.card.style.transform = node.card.style.height = '';
      node.card.classList.remove('gone', 'dim', 'left', 'chosen');
      node.measured = false;
    });
    stage.style.transform = '';
    if (!picture) { side.hidden = true; chosen = near = null; map.whole(model); tell(); }
    filter();
  }
  all('[data-view]').forEach(button => button.addEventListener('click', () => visit(() => {
    show(button.dataset.view);
    if (asMap() && !started) start();
    else if (asMap()) settle();
  })));

  // --- the address holds the whole view

  function usual() { return map.phone.matches ? 'outline' : 'map'; }
  function frame() { return { width: view.clientWidth, height: view.clientHeight }; }
  function state() {
    const now = { ...filters.read(), ...map.folds(model, depth) }, name = asMap() ? 'map' : 'outline';
    if (name !== usual()) now.view = name;
    if (chosen) now.c = chosen.key;
    if (model.centre) { now.focus = model.centre.key; now.steps = String(reach); }
    if (asMap()) now.at = map.placeOf(chosen || model.top, at, frame());
    return now;
  }
  function restore() {
    const wanted = map.parse(location.hash), card = model.byKey[wanted.c] || null, middle = model.byKey[wanted.focus];
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
    const placed = !!wanted.at && map.goTo(wanted.at, card || model.top, at, frame());
    if (placed) apply();
    else if (card && !middle) { at.scale = 0.85; at.x = at.y = -1e6; }
    if (card) choose(card, placed || !!middle);
    if (!placed && (middle || !card)) settle();
  }
  const copy = one('#copy');
  copy.addEventListener('click', () => {
    address.write();
    const field = page.appendChild(document.createElement('span'));
    field.className = 'vh';
    field.textContent = location.href;
    kbCopy(field, (words, done) => {
      field.remove();
      said.textContent = done ? 'Link copied' : 'The address of this page holds this view.';
      if (!done) return;
      copy.textContent = said.textContent;
      setTimeout(() => { copy.textContent = 'Copy link'; }, 2000);
    });
  });

  let resizing;
  addEventListener('resize', () => {
    clearTimeout(resizing);
    resizing = setTimeout(() => {
      order.forEach(node => { node.measured = false; });
      arrange();
      apply();
    }, 150);
  });
  /* Open as many levels as can be read at once, at least those that the page asks for. */
  function start() {
    started = true;
    for (depth = 4; depth >= +page.dataset.open; depth--) {
      order.forEach(node => { node.open = node.depth < depth; });
      arrange();
      window_.fit();
      if (window_.readable() || depth === +page.dataset.open) break;
    }
    settle();
  }
  address.follow(restore);
})(window.kbMap, window.kbMapDetails);
