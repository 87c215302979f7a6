/* Try other answers: the controls, which change what is supposed and show what comes of it. */
((data, suppose) => {
  'use strict';
  const SHOWN = 30, VERDICTS = { holds: 'Holds', fails: 'Fails', 'not-run': 'Not run' };
  const { make, listed } = suppose, { fold, wordsOf, mark, unbroken } = kbPage;
  const byId = id => document.getElementById(id);
  const box = byId('whatif');
  if (!data) {
    box.hidden = true;
    byId('lost').hidden = false;
    return;
  }
  const root = box.dataset.root, known = suppose.read(data), { title, quoted, relations, relation, away } = known;
  const address = suppose.address(data, known), outcome = suppose.outcome(data, known, root);
  let state = suppose.fresh(), unknown = [];

  // What comes of it, and what was changed.
  function changesList() {
    const rows = [];
    const add = (text, undo) => rows.push([text, undo]);
    state.checks.forEach((verdict, check) => add('“' + data.checks[check][1] + '” ' + { holds: 'holds', fails: 'fails', 'not-run': 'has not run' }[verdict], () => state.checks.delete(check)));
    state.strengths.forEach((weight, key) => add(relation.get(key).text + ': ' + data.strengths[weight] + (address.stands(state, key) ? '' : ' (what it undercuts is struck out)'), () => state.strengths.delete(key)));
    state.without.forEach(key => add(relation.get(key).text + ': struck out', () => state.without.delete(key)));
    return rows.map(([text, undo], at) => {
      const button = make('button', { className: 'btn', type: 'button', ariaLabel: 'Undo: ' + text }, 'Undo');
      button.addEventListener('click', () => {
        undo();
        changed();
        const left = byId('changes').querySelectorAll('button');
        (left[Math.min(at, left.length - 1)] || byId('changed-title')).focus();
      });
      return make('li', {}, make('span', {}, text), button);
    });
  }
  function show() {
    const count = suppose.size(state), shown = [...new Set([...state.claims, ...data.theses])];
    outcome.work(state);
    byId('outcome').replaceChildren(...shown.map(outcome.line));
    const said = outcome.summary(count, shown);
    if (byId('said').textContent !== said) byId('said').textContent = said;
    byId('reset').disabled = !count;
    byId('nothing').hidden = count > 0;
    byId('changes').replaceChildren(...changesList());
    byId('terminal').hidden = !count;
    byId('command').textContent = address.command(state);
    byId('copied').textContent = '';
    byId('unknown').hidden = !unknown.length;
    byId('unknown').textContent = unknown.length ? 'Not in this argument, so left out: ' + listed(unknown) + '.' : '';
    byId('here').textContent = location.href;
    const others = data.claims.map((_, i) => i).filter(i => outcome.turned(i) && !shown.includes(i));
    byId('further').hidden = !others.length;
    byId('turned').replaceChildren(...others.slice(0, 8).map(outcome.short), ...(others.length > 8 ? [make('li', {}, 'and ' + (others.length - 8) + ' more')] : []));
    controls();
  }
  function changed() {
    const hash = address.written(state);
    history.replaceState(null, '', hash ? '#' + hash : location.pathname + location.search);
    unknown = [];
    show();
  }

  // The controls show what is supposed, whoever changed it.
  function controls() {
    box.querySelectorAll('[data-check]').forEach(set => {
      const verdict = state.checks.get(Number(set.dataset.check)) || '';
      set.classList.toggle('on', Boolean(verdict));
      set.querySelectorAll('input').forEach(input => { input.checked = input.value === verdict; });
    });
    box.querySelectorAll('select[data-relation]').forEach(select => {
      const found = relations[Number(select.dataset.relation)];
      const chosen = state.without.has(found.key) ? 'without' : state.strengths.has(found.key) ? String(state.strengths.get(found.key)) : '';
      select.value = chosen;
      select.previousElementSibling.classList.toggle('on', chosen !== '');
    });
  }
  function answer(check, alsoOn) {
    const [, name, , , , , , glyph, word] = data.checks[check], group = 'check-' + check;
    const link = make('a', { className: 't', id: group, href: root + 'check/' + data.checks[check][0] + '.html' }, ...unbroken(name));
    const now = make('p', { className: 'now' }, make('span', {}, 'Now: ', mark(glyph, word)));
    if (turning.has(check)) now.append(make('span', { className: 'key' }, 'can turn a thesis'));
    if (alsoOn.length) now.append(make('span', {}, 'also bears on ' + listed(alsoOn.map(quoted))));
    const choices = make('div', { className: 'seg', role: 'radiogroup', 'aria-labelledby': group });
    Object.entries({ '': 'As it is', ...VERDICTS }).forEach(([value, text]) => {
      choices.append(make('label', {}, make('input', { type: 'radio', name: group + '-is', value }), text));
    });
    const set = make('div', { className: 'suppose' }, make('div', {}, link, now), choices);
    set.dataset.check = check;
    set.addEventListener('change', event => {
      if (event.target.value) state.checks.set(check, event.target.value);
      else state.checks.delete(check);
      changed();
    });
    return set;
  }
  function weight(found) {
    const at = relations.indexOf(found), id = 'relation-' + at;
    const select = make('select', { id }, make('option', { value: '' }, found.strength < 0 ? 'as it is' : 'as it is: ' + data.strengths[found.strength]));
    if (found.strength >= 0) data.strengths.forEach((name, value) => { if (value !== found.strength) select.append(make('option', { value: String(value) }, name)); });
    select.append(make('option', { value: 'without' }, 'struck out'));
    select.dataset.relation = at;
    select.addEventListener('change', () => {
      state.without.delete(found.key);
      state.strengths.delete(found.key);
      if (select.value === 'without') state.without.add(found.key);
      else if (select.value) state.strengths.set(found.key, Number(select.value));
      changed();
    });
    return make('li', {}, make('label', { htmlFor: id }, found.text), select);
  }

  // Checks under their claims, what can turn something first; a check of several claims stands under the first.
  const settled = data.claims.map(() => false);
  data.bearings.forEach(([, claim, bears]) => { if (bears === 1 || bears === 2) settled[claim] = true; });
  const bearing = data.checks.map(() => []);
  data.bearings.forEach(([check, claim, bears]) => {
    if (bears && !(bears === 4 && settled[claim])) bearing[check].push(claim);
  });
  const ranks = new Map();
  data.checksFirst.forEach(check => { if (!ranks.has(check)) ranks.set(check, ranks.size); });
  const turning = new Set(data.checksFirst.slice(0, data.turning));
  const rank = check => (ranks.has(check) ? ranks.get(check) : data.checks.length);
  const nearest = check => Math.min(...bearing[check].map(claim => away.get(claim)));
  const usable = data.checks.map((_, check) => check).filter(check => bearing[check].length)
    .sort((a, b) => rank(a) - rank(b) || nearest(a) - nearest(b) || a - b);
  const groups = new Map();
  usable.forEach(check => {
    const claim = bearing[check].reduce((best, other) => (away.get(other) < away.get(best) ? other : best));
    groups.set(claim, [...(groups.get(claim) || []), check]);
  });
  const slotRank = new Map();
  data.slotsFirst.forEach(slot => { if (!slotRank.has(slot)) slotRank.set(slot, slotRank.size); });
  const order = found => (slotRank.has(found.key) ? slotRank.get(found.key) : data.slotsFirst.length);
  const weighable = [...relations].sort((a, b) => order(a) - order(b) || away.get(a.acts) - away.get(b.acts) || relations.indexOf(a) - relations.indexOf(b));

  let words = [], all = { checks: false, relations: false };
  const matches = text => words.every(word => fold(text).includes(word));

  function part(list, kind, what) {
    const shown = all[kind] ? list : list.slice(0, SHOWN), button = byId('more-' + kind);
    button.hidden = shown.length === list.length;
    button.textContent = 'Show all ' + list.length + ' ' + what;
    return shown;
  }
  function list() {
    const found = [...groups].map(([claim, checks]) => [claim, matches(title(claim)) ? checks : checks.filter(check => matches(title(claim) + ' ' + data.checks[check][1]))])
      .filter(([, checks]) => checks.length);
    byId('checks').replaceChildren(...part(found, 'checks', 'claims with checks').map(([claim, checks]) => {
      const about = make('p', {}, checks.length > 1 ? 'They bear on ' : 'It bears on ', make('a', { href: root + 'claim/' + data.claims[claim][0] + '.html' }, title(claim)));
      return make('div', { className: 'behind' }, about, ...checks.map(check => answer(check, bearing[check].filter(other => other !== claim))));
    }));
    const count = found.reduce((sum, [, checks]) => sum + checks.length, 0);
    byId('checks-about').textContent = !usable.length ? 'No check lies behind these theses.'
      : words.length ? count + ' of ' + usable.length + ' checks match.'
        : count + (count === 1 ? ' check lies' : ' checks lie') + ' behind these theses' + (turning.size ? '; those that can turn one come first.' : '.');
    const heavy = weighable.filter(relation_ => matches(relation_.text));
    byId('weights-count').textContent = words.length ? heavy.length + ' of ' + weighable.length + ' match' : String(weighable.length);
    byId('relations').replaceChildren(...(byId('weights').open ? part(heavy, 'relations', 'reasons').map(weight) : []));
    if (!byId('weights').open) byId('more-relations').hidden = true;
    controls();
  }

  byId('filter').addEventListener('input', () => {
    words = wordsOf(byId('filter').value);
    all = { checks: false, relations: false };
    list();
  });
  ['checks', 'relations'].forEach(kind => byId('more-' + kind).addEventListener('click', () => {
    all[kind] = true;
    list();
    byId(kind).children[SHOWN].querySelector('input, select').focus();
  }));
  byId('weights').addEventListener('toggle', list);
  byId('reset').addEventListener('click', () => {
    const claims = state.claims;
    state = { ...suppose.fresh(), claims };
    changed();
    byId('changed-title').focus({ preventScroll: true });
  });
  const standings = document.querySelector('.outcome');
  // Where the standings lie over the controls, what gets the focus must not come to rest under them.
  new ResizeObserver(() => {
    const over = getComputedStyle(standings).position === 'sticky';
    document.documentElement.style.scrollPaddingTop = over ? standings.offsetHeight + 72 + 'px' : '';
  }).observe(standings);
  function follow() {
    ({ state, unknown } = address.read(location.hash));
    show();
  }
  addEventListener('hashchange', follow);
  list();
  follow();
  if (state.strengths.size || state.without.size) byId('weights').open = true;
})(window.kbWhatIf, window.kbSuppose);
