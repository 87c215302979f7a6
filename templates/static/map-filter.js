/* The filters of the map: which cards are meant, and how many they are. */
(function (map) {
  'use strict';
  var MENUS = ['verdict', 'source'], GROUPS = ['relation', 'standing'];

  /* `changed` is called after a reader's change. Returns read(), write(state) and apply(asMap). */
  map.filters = function (model, details, changed) {
    var one = function (selector) { return document.querySelector(selector); };
    var buttons = Array.from(document.querySelectorAll('[data-filter]')), hide = one('#hide'), words = one('#words');
    var menus = { verdict: one('#verdict'), source: one('#source') }, clear = one('#clear');
    var claims = model.order.filter(function (node) { return node.standing; });

    function option(menu, value, text) {
      var made = document.createElement('option');
      made.value = value;
      made.textContent = text;
      menu.appendChild(made);
    }
    function numbered(values) {
      var counts = new Map();
      values.forEach(function (value) { counts.set(value, (counts.get(value) || 0) + 1); });
      return Array.from(counts).sort(function (a, b) { return b[1] - a[1] || (a[0] < b[0] ? -1 : 1); });
    }
    var verdicts = [], cited = [], titles = Object.create(null);
    claims.forEach(function (node) {
      node.verdicts = new Set(node.checks.map(function (use) { return use.check[2]; }));
      node.cites = new Set(node.sources.map(name));
      node.verdicts.forEach(function (verdict) { verdicts.push(verdict); });
      node.cites.forEach(function (source) { cited.push(source); });
      node.text = kbPage.fold(node.card.textContent);
    });
    details.sources.forEach(function (source) { titles[name(source)] = source[0]; });
    numbered(verdicts).forEach(function (pair) { option(menus.verdict, pair[0], pair[0] + ' (' + pair[1] + ')'); });
    option(menus.verdict, 'none', 'No check (' + claims.filter(function (node) { return !node.checks.length; }).length + ')');
    numbered(cited).forEach(function (pair) { option(menus.source, pair[0], titles[pair[0]] + ' (' + pair[1] + ')'); });

    function name(source) { return source[1] ? source[1].replace(/^source\/|\.html$/g, '') : source[0]; }
    function on(button) { return button.getAttribute('aria-pressed') === 'true'; }
    function pressed(kind) {
      return buttons.filter(function (button) { return button.dataset.filter === kind && on(button); }).map(function (button) { return button.dataset.value; });
    }
    function read() {
      var state = { q: words.value.trim(), hide: on(hide) ? '1' : '' };
      GROUPS.forEach(function (kind) { state[kind] = pressed(kind).join(','); });
      MENUS.forEach(function (kind) { state[kind] = menus[kind].value; });
      return state;
    }
    function write(state) {
      words.value = state.q || '';
      hide.setAttribute('aria-pressed', !!state.hide);
      buttons.forEach(function (button) {
        button.setAttribute('aria-pressed', (state[button.dataset.filter] || '').split(',').indexOf(button.dataset.value) >= 0);
      });
      MENUS.forEach(function (kind) {
        menus[kind].value = state[kind] || '';
        if (menus[kind].selectedIndex < 0) menus[kind].value = '';
      });
    }
    /* Sets hit, above and hidden of every card; returns whether anything is filtered. */
    function apply(asMap) {
      var state = read(), relations = state.relation, standings = state.standing.replace('open', 'half,ring'), wanted = kbPage.wordsOf(state.q);
      var filtering = !!(relations || standings || wanted.length || state.verdict || state.source), found = 0, of = 0;
      model.order.forEach(function (node) {
        node.above = node.hidden = false;
        node.hit = !!node.standing && (node.within || !asMap) && (!relations || relations.indexOf(node.relation) >= 0) &&
          (!standings || standings.split(',').indexOf(node.standing) >= 0) && wanted.every(function (word) { return node.text.indexOf(word) >= 0; }) &&
          (!state.verdict || (state.verdict === 'none' ? !node.checks.length : node.verdicts.has(state.verdict))) &&
          (!state.source || node.cites.has(state.source));
        if (node.standing && (node.within || !asMap)) of++;
        if (node.hit) found++;
      });
      if (filtering) model.order.forEach(function (node) {
        if (node.hit) for (var above = asMap ? node.up : node.parent; above && !above.above; above = asMap ? above.up : above.parent) above.above = true;
      });
      if (filtering) model.order.forEach(function (node) { node.hidden = !!state.hide && !node.hit && !node.above && node !== model.top; });
      model.order.forEach(function (node) { node.li.hidden = !asMap && filtering && !node.hit && !node.above; });
      one('#found').textContent = filtering ? found + ' of ' + of + (of === 1 ? ' card' : ' cards') : '';
      clear.hidden = !filtering;
      return filtering;
    }

    var pause;
    buttons.concat(hide).forEach(function (button) {
      button.addEventListener('click', function () {
        button.setAttribute('aria-pressed', !on(button));
        changed(button !== hide);
      });
    });
    words.addEventListener('input', function () { clearTimeout(pause); pause = setTimeout(changed, 120, true); });
    MENUS.forEach(function (kind) { menus[kind].addEventListener('change', function () { changed(true); }); });
    clear.addEventListener('click', function () {
      write({ hide: read().hide });
      changed(true);
      words.focus();
    });
    return { read: read, write: write, apply: apply };
  };
})(window.kbMap);
