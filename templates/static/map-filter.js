/* The filters of the map: which cards are meant, and how many they are. */
(map => {
  'use strict';
  const MENUS = ['verdict', 'source'], GROUPS = ['relation', 'standing'];

  /* `changed` is called after a reader's change. Returns read(), write(state) and apply(asMap). */
  map.filters = (model, details, changed) => {
    const one = selector => document.querySelector(selector);
    const buttons = Array.from(document.querySelectorAll('[data-filter]')), hide = one('#hide'), words = one('#words');
    const menus = { verdict: one('#verdict'), source: one('#source') }, clear = one('#clear');
    const claims = model.order.filter(node => node.standing);

    function option(menu, value, text) {
      const made = document.createElement('option');
      made.value = value;
      made.textContent = text;
      menu.appendChild(made);
    }
    function numbered(values) {
      const counts = new Map();
      values.forEach(value => { counts.set(value, (counts.get(value) || 0) + 1); });
      return Array.from(counts).sort((a, b) => b[1] - a[1] || (a[0] < b[0] ? -1 : 1));
    }
    const verdicts = [], cited = [], titles = Object.create(null);
    claims.forEach(node => {
      node.verdicts = new Set(node.checks.map(use => use.check[2]));
      node.cites = new Set(node.sources.map(name));
      node.verdicts.forEach(verdict => { verdicts.push(verdict); });
      node.cites.forEach(source => { cited.push(source); });
      node.text = kbPage.fold(node.card.textContent);
    });
    details.sources.forEach(source => { titles[name(source)] = source[0]; });
    numbered(verdicts).forEach(pair => { option(menus.verdict, pair[0], pair[0] + ' (' + pair[1] + ')'); });
    option(menus.verdict, 'none', 'No check (' + claims.filter(node => !node.checks.length).length + ')');
    numbered(cited).forEach(pair => { option(menus.source, pair[0], titles[pair[0]] + ' (' + pair[1] + ')'); });

    function name(source) { return source[1] ? source[1].replace(/^source\/|\.html$/g, '') : source[0]; }
    function on(button) { return button.getAttribute('aria-pressed') === 'true'; }
    function pressed(kind) {
      return buttons.filter(button => button.dataset.filter === kind && on(button)).map(button => button.dataset.value);
    }
    function read() {
      const state = { q: words.value.trim(), hide: on(hide) ? '1' : '' };
      GROUPS.forEach(kind => { state[kind] = pressed(kind).join(','); });
      MENUS.forEach(kind => { state[kind] = menus[kind].value; });
      return state;
    }
    function write(state) {
      words.value = state.q || '';
      hide.setAttribute('aria-pressed', !!state.hide);
      buttons.forEach(button => {
        button.setAttribute('aria-pressed', (state[button.dataset.filter] || '').split(',').includes(button.dataset.value));
      });
      MENUS.forEach(kind => {
        menus[kind].value = state[kind] || '';
        if (menus[kind].selectedIndex < 0) menus[kind].value = '';
      });
    }
    /* Sets hit, above and hidden of every card; returns whether anything is filtered. */
    function apply(asMap) {
      const state = read(), relations = state.relation, standings = state.standing.replace('open', 'half,ring'), wanted = kbPage.wordsOf(state.q);
      const filtering = !!(relations || standings || wanted.length || state.verdict || state.source);
      let found = 0, of = 0;
      model.order.forEach(node => {
        node.above = node.hidden = false;
        node.hit = !!node.standing && (node.within || !asMap) && (!relations || relations.includes(node.relation)) &&
          (!standings || standings.split(',').includes(node.standing)) && wanted.every(word => node.text.includes(word)) &&
          (!state.verdict || (state.verdict === 'none' ? !node.checks.length : node.verdicts.has(state.verdict))) &&
          (!state.source || node.cites.has(state.source));
        if (node.standing && (node.within || !asMap)) of++;
        if (node.hit) found++;
      });
      if (filtering) model.order.forEach(node => {
        if (node.hit) for (let above = asMap ? node.up : node.parent; above && !above.above; above = asMap ? above.up : above.parent) above.above = true;
      });
      if (filtering) model.order.forEach(node => { node.hidden = !!state.hide && !node.hit && !node.above && node !== model.top; });
      model.order.forEach(node => { node.li.hidden = !asMap && filtering && !node.hit && !node.above; });
      one('#found').textContent = filtering ? found + ' of ' + of + (of === 1 ? ' card' : ' cards') : '';
      clear.hidden = !filtering;
      return filtering;
    }

    let pause;
    buttons.concat(hide).forEach(button => {
      button.addEventListener('click', () => {
        button.setAttribute('aria-pressed', !on(button));
        changed(button !== hide);
      });
    });
    words.addEventListener('input', () => { clearTimeout(pause); pause = setTimeout(changed, 120, true); });
    MENUS.forEach(kind => { menus[kind].addEventListener('change', () => { changed(true); }); });
    clear.addEventListener('click', () => {
      write({ hide: read().hide });
      changed(true);
      words.focus();
    });
    return { read, write, apply };
  };
})(window.kbMap);
