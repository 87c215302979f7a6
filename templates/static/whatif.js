/* Try other answers: the controls, what comes of them (standing.js works it out), and the address that holds them. */
(function () {
  'use strict';
  const data = window.kbWhatIf, box = document.getElementById('whatif');
  const SHOWN = 30, VERDICTS = { holds: 'Holds', fails: 'Fails', 'not-run': 'Not run' };
  const TERMINAL = { holds: 'holds', fails: 'fails', 'not-run': 'could-not-run' };
  const GLYPHS = { 1: 'yes', '-1': 'no' }, WORDS = { 1: 'Stands', '-1': 'Falls', 0: 'Open' };
  const SAME = 1e-9, DRAWN = 300, { fold, wordsOf, mark } = kbPage;
  const byId = id => document.getElementById(id);
  const root = box.dataset.root, first = data.steps.length, cutSlot = first + data.bearings.length;
  const number = new Map(data.claims.map((row, i) => [row[0], i]));
  const title = i => data.claims[i][1];
  const quoted = i => '“' + title(i) + '”';
  const listed = parts => (parts.length < 2 ? parts.join('') : parts.slice(0, -1).join(', ') + ' and ' + parts[parts.length - 1]);

  function make(tag, given, ...children) {
    const node = document.createElement(tag);
    for (const [name, value] of Object.entries(given || {})) {
      if (name in node && name !== 'list') node[name] = value;
      else node.setAttribute(name, value);
    }
    node.append(...children);
    return node;
  }

  // The relations that can be changed: steps, undercuts, and what a claim assumes or requires.
  function relationsOf() {
    const said = slot => {
      if (slot < first) return 'the step from ' + listed(data.steps[slot][3].map(quoted)) + ' to ' + quoted(data.steps[slot][2]);
      if (slot < cutSlot) {
        const [check, claim] = data.bearings[slot - first];
        return 'what the check “' + data.checks[check][1] + '” says about ' + quoted(claim);
      }
      return 'the objection of ' + listed(data.undercuts[slot - cutSlot][2].map(quoted));
    };
    const names = [];
    data.steps.forEach(([sign, , claim, premises, id], i) => {
      names[i] = id || data.claims[premises[0]][0] + (sign > 0 ? '--supports--' : '--attacks--') + data.claims[claim][0];
    });
    data.bearings.forEach(([check, claim], j) => { names[first + j] = data.checks[check][0] + ' > ' + data.claims[claim][0]; });
    const cutName = k => {
      const [target, , premises, id] = data.undercuts[k];
      if (!names[cutSlot + k]) {
        names[cutSlot + k] = id || data.claims[premises[0]][0] + '--undercuts--' + (names[target] || cutName(target - cutSlot));
      }
      return names[cutSlot + k];
    };
    data.undercuts.forEach((_, k) => cutName(k));
    const found = data.steps.map(([sign, strength, claim, premises], i) => ({
      key: i, name: names[i], strength, acts: claim,
      text: listed(premises.map(quoted)) + (sign > 0 ? ' support' : ' attack') + (premises.length > 1 ? ' ' : 's ') + quoted(claim)
    }));
    const actsOn = slot => (slot < first ? data.steps[slot][2] : slot < cutSlot ? data.bearings[slot - first][1] : actsOn(data.undercuts[slot - cutSlot][0]));
    data.undercuts.forEach(([target, strength, premises], k) => found.push({
      key: cutSlot + k, name: names[cutSlot + k], strength, acts: actsOn(target), target,
      text: listed(premises.map(quoted)) + ' undercut' + (premises.length > 1 ? ' ' : 's ') + said(target)
    }));
    for (const relation of ['assumes', 'requires']) {
      data[relation].forEach(([claim, others]) => others.forEach(other => found.push({
        key: relation + ' ' + claim + ' ' + other, strength: -1, acts: claim,
        name: data.claims[claim][0] + ' ' + relation + ' ' + data.claims[other][0],
        text: quoted(claim) + ' ' + relation + ' ' + quoted(other)
      })));
    }
    return found;
  }
  const relations = relationsOf();
  const relation = new Map(relations.map(found => [found.key, found]));
  const checkNumber = new Map(data.checks.map((row, i) => [row[0], i]));
  const relationKey = new Map(relations.map(found => [found.name, found.key]));

  // How many steps each claim is from the nearest thesis.
  function distances() {
    const into = data.claims.map(() => []);
    relations.forEach(found => {
      const key = found.key, sources = typeof key === 'string' ? [Number(key.split(' ')[2])]
        : key < first ? data.steps[key][3] : data.undercuts[key - cutSlot][2];
      into[found.acts].push(...sources);
    });
    const away = new Map(data.theses.map(thesis => [thesis, 0])), queue = [...data.theses];
    for (const claim of queue) for (const source of into[claim]) {
      if (!away.has(source)) { away.set(source, away.get(claim) + 1); queue.push(source); }
    }
    return away;
  }
  const away = distances();

  // What is supposed, and where it is kept: in the address.
  const fresh = () => ({ checks: new Map(), strengths: new Map(), without: new Set(), claims: [] });
  let state = fresh(), unknown = [];

  function read() {
    const found = fresh(), lost = [];
    new URLSearchParams(location.hash.slice(1)).forEach((value, key) => value.split(',').filter(Boolean).forEach(name => {
      const weight = data.strengths.indexOf(key);
      if (key === 'c' && number.has(name)) found.claims.push(number.get(name));
      else if (Object.keys(VERDICTS).includes(key) && checkNumber.has(name)) found.checks.set(checkNumber.get(name), key);
      else if (weight >= 0 && relationKey.get(name) !== undefined && relation.get(relationKey.get(name)).strength >= 0) found.strengths.set(relationKey.get(name), weight);
      else if (key === 'without' && relationKey.has(name)) found.without.add(relationKey.get(name));
      else lost.push(name);
    }));
    found.without.forEach(key => found.strengths.delete(key));
    state = found;
    unknown = lost;
  }
  function written() {
    const parts = new Map();
    const add = (key, name) => parts.set(key, [...(parts.get(key) || []), encodeURIComponent(name)]);
    state.claims.forEach(claim => add('c', data.claims[claim][0]));
    state.checks.forEach((verdict, check) => add(verdict, data.checks[check][0]));
    state.strengths.forEach((weight, key) => add(data.strengths[weight], relation.get(key).name));
    state.without.forEach(key => add('without', relation.get(key).name));
    return [...parts].map(([key, names]) => key + '=' + names.join(',')).join('&');
  }
  // An undercut of something that is struck out goes with it: to suppose a strength for it means nothing.
  function stands(key) {
    if (state.without.has(key)) return false;
    const found = relation.get(key);
    return !found || found.target === undefined || stands(found.target);
  }
  function command() {
    const parts = ['kb whatif'];
    const add = (option, text) => parts.push(option + ' ' + (/[^\w.=-]/.test(text) ? '"' + text + '"' : text));
    state.checks.forEach((verdict, check) => add('--verdict', data.checks[check][0] + '=' + TERMINAL[verdict]));
    state.strengths.forEach((weight, key) => { if (stands(key)) add('--strength', relation.get(key).name + '=' + data.strengths[weight]); });
    state.without.forEach(key => add('--remove', relation.get(key).name));
    if (data.options) parts.push(data.options);
    return parts.join(' ');
  }

  // What comes of it.
  const before = kbStanding.solve(data);
  let after = before;

  function label(found, i) {
    const standing = found.standing[i], why = found.why[i];
    const glyph = GLYPHS[standing] || (why === 0 || why === data.open.length - 1 ? 'ring' : 'half');
    const reason = standing > 0 ? (found.contested[i] || found.decided[i] ? '' : 'uncontested') : why < 0 ? '' : data.open[why];
    return { glyph, word: WORDS[standing], reason };
  }
  const turned = i => before.standing[i] !== after.standing[i];
  const relabelled = i => turned(i) || before.why[i] !== after.why[i];
  const moved = i => relabelled(i) || Math.abs(before.low[i] - after.low[i]) > SAME || Math.abs(before.high[i] - after.high[i]) > SAME;
  function figures(found, i) {
    const low = found.low[i].toFixed(2), high = found.high[i].toFixed(2);
    return low === high ? low : low + ' to ' + high;
  }
  function picture(i) {
    const svg = document.createElementNS('http://www.w3.org/2000/svg', 'svg');
    const [, , falls = data.scale.falls, stands_ = data.scale.stands] = data.claims[i];
    const draw = (from, to, y, height, kind) => {
      const rect = document.createElementNS(svg.namespaceURI, 'rect');
      const given = { x: from * DRAWN, y, width: Math.max((to - from) * DRAWN, 2), height, class: kind };
      Object.entries(given).forEach(([name, value]) => rect.setAttribute(name, value));
      svg.append(rect);
    };
    svg.setAttribute('viewBox', '0 0 ' + DRAWN + ' 16');
    svg.setAttribute('preserveAspectRatio', 'none');
    svg.setAttribute('class', 'chart');
    svg.setAttribute('aria-hidden', 'true');
    draw(0, falls, 4, 8, 'zone bad');
    draw(falls, stands_, 4, 8, 'zone');
    draw(stands_, 1, 4, 8, 'zone good');
    draw(after.low[i], after.high[i], 2, 12, 'reach');
    if (moved(i)) draw(before.low[i], before.high[i], 1, 14, 'was');
    return svg;
  }
  function outcomeLine(i) {
    const now = label(after, i), line = make('p', { className: 'turn' }), item = make('li', { className: moved(i) ? 'moved' : '' });
    if (relabelled(i)) {
      const was = label(before, i), old = mark(was.glyph, was.word, was.reason);
      old.classList.add('before');
      line.append(make('span', { className: 'vh' }, 'Was '), old, make('span', { ariaHidden: 'true' }, '→'), make('span', { className: 'vh' }, ', would be '));
    }
    line.append(mark(now.glyph, now.word, now.reason));
    const text = moved(i) ? 'strength ' + figures(before, i) + ' → ' + figures(after, i) : 'strength ' + figures(after, i);
    item.append(make('a', { className: 't', href: root + 'claim/' + data.claims[i][0] + '.html' }, title(i)), line, picture(i), make('span', { className: 'figures note num' }, text));
    if (!data.theses.includes(i)) item.prepend(make('span', { className: 'note' }, 'A claim behind the theses'));
    return item;
  }
  function summary(shown) {
    const count = state.checks.size + state.strengths.size + state.without.size;
    if (!count) return 'Nothing is changed: this is how it stands.';
    const flips = shown.filter(relabelled).map(i => {
      const now = label(after, i);
      const verb = { Stands: 'would stand', Falls: 'would fall', Open: 'would be open' }[now.word];
      return quoted(i) + ' ' + verb + (now.word === 'Open' && now.reason ? ' (' + now.reason + ')' : '');
    });
    const said = count + (count === 1 ? ' change: ' : ' changes: ');
    if (flips.length) return said + flips.slice(0, 2).join('; ') + (flips.length > 2 ? '; and ' + (flips.length - 2) + ' more' : '') + '.';
    const moving = shown.filter(moved).length;
    return said + (moving ? 'no label here changes; ' + moving + ' of ' + shown.length + ' strengths ' + (moving === 1 ? 'moves.' : 'move.') : 'nothing here moves.');
  }
  function changesList() {
    const rows = [];
    const add = (text, undo) => rows.push([text, undo]);
    state.checks.forEach((verdict, check) => add('“' + data.checks[check][1] + '” ' + { holds: 'holds', fails: 'fails', 'not-run': 'has not run' }[verdict], () => state.checks.delete(check)));
    state.strengths.forEach((weight, key) => add(relation.get(key).text + ': ' + data.strengths[weight] + (stands(key) ? '' : ' (what it undercuts is struck out)'), () => state.strengths.delete(key)));
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
    const any = state.checks.size + state.strengths.size + state.without.size > 0;
    after = any ? kbStanding.suppose(data, state) : before;
    const shown = [...new Set([...state.claims, ...data.theses])];
    byId('outcome').replaceChildren(...shown.map(outcomeLine));
    const said = summary(shown);
    if (byId('said').textContent !== said) byId('said').textContent = said;
    byId('reset').disabled = !any;
    byId('nothing').hidden = any;
    byId('changes').replaceChildren(...changesList());
    byId('terminal').hidden = !any;
    byId('command').textContent = command();
    byId('copied').textContent = '';
    byId('unknown').hidden = !unknown.length;
    byId('unknown').textContent = unknown.length ? 'Not in this argument, so left out: ' + listed(unknown) + '.' : '';
    const others = data.claims.map((_, i) => i).filter(i => turned(i) && !shown.includes(i));
    byId('further').hidden = !others.length;
    byId('turned').replaceChildren(...others.slice(0, 8).map(i => {
      const now = label(after, i);
      return make('li', {}, make('a', { href: root + 'claim/' + data.claims[i][0] + '.html' }, title(i)), ' ', mark(now.glyph, now.word, now.reason));
    }), ...(others.length > 8 ? [make('li', {}, 'and ' + (others.length - 8) + ' more')] : []));
    controls();
  }
  function changed() {
    const hash = written();
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
    const link = make('a', { className: 't', id: group, href: root + 'check/' + data.checks[check][0] + '.html' }, name);
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
    state = { ...fresh(), claims };
    changed();
    byId('changed-title').focus({ preventScroll: true });
  });
  // Where the standings lie over the controls, what gets the focus must not come to rest under them.
  new ResizeObserver(() => {
    const outcome = document.querySelector('.outcome'), over = getComputedStyle(outcome).position === 'sticky';
    document.documentElement.style.scrollPaddingTop = over ? outcome.offsetHeight + 72 + 'px' : '';
  }).observe(document.querySelector('.outcome'));
  const follow = () => { read(); show(); };
  addEventListener('hashchange', follow);
  list();
  follow();
  if (state.strengths.size || state.without.size) byId('weights').open = true;
})();
