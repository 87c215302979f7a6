/* The theme button, the search, and what other scripts share. The search index comes as classic scripts: pages opened from
   disk may load nothing else. */
(() => {
  'use strict';
  const page = document.documentElement;
  const root = document.currentScript.dataset.root;

  document.getElementById('theme').addEventListener('click', () => {
    const dark = page.dataset.theme ? page.dataset.theme === 'dark' : matchMedia('(prefers-color-scheme: dark)').matches;
    page.dataset.theme = dark ? 'light' : 'dark';
    try { localStorage.setItem('kb-theme', page.dataset.theme); } catch (error) { /* lasts for this page only */ }
  });

  const KINDS = ['Question', 'Claim', 'Check', 'Source', 'Measurement', 'Documentation'];
  const PLAIN = { 'ø': 'o', 'ł': 'l', 'đ': 'd', 'ð': 'd', 'þ': 'th', 'ß': 'ss', 'æ': 'ae', 'œ': 'oe', 'ı': 'i' };
  const entries = [];
  const views = [];
  let state = '';

  // Letters as people type them: small, without accents.
  function fold(text) {
    return text.toLowerCase().normalize('NFD').replace(/[\u0300-\u036f]/g, '').replace(/[øłđðþßæœı]/g, letter => PLAIN[letter]);
  }
  function wordsOf(text) { return fold(text).split(/\s+/).filter(Boolean); }
  // A standing or verdict: glyph and word, never colour alone (`mark` of templates/macros.html).
  function mark(glyph, word, why) {
    const made = document.createElement('span'), sign = document.createElement('i'), text = document.createElement('span');
    made.className = 'mark c-' + glyph;
    sign.className = 'g g-' + glyph;
    sign.setAttribute('aria-hidden', 'true');
    text.textContent = word;
    if (why) {
      const reason = text.appendChild(document.createElement('span'));
      reason.className = 'why';
      reason.textContent = ': ' + why;
    }
    made.append(sign, text);
    return made;
  }
  // Text whose names and numbers joined by a hyphen, such as GPT-4, stay on one line (`unbroken` of kb/site/renderer.py).
  function unbroken(text) {
    return text.split(/([\p{L}\p{N}_]+-\d(?:[\p{L}\p{N}_.]*[\p{L}\p{N}_])?)/u).map((part, at) => {
      if (at % 2 === 0) return part;
      const whole = document.createElement('span');
      whole.className = 'whole';
      whole.textContent = part;
      return whole;
    });
  }
  window.kbPage = { fold, wordsOf, mark, unbroken };

  function load(file) {
    const script = document.createElement('script');
    script.src = root + 'search/' + file + '.js';
    script.onerror = () => { state = 'The search index could not be loaded.'; refresh(); };
    document.head.appendChild(script);
  }
  function begin() {
    if (state) return;
    state = 'Loading what there is to find …';
    load('index');
  }
  function refresh() {
    views.forEach(view => { view(); });
  }
  // The index calls these two as it arrives.
  let waiting = 0;
  window.kbSearch = {
    shards(names) {
      waiting = names.length;
      names.forEach(load);
    },
    add(rows) {
      rows.forEach(row => {
        entries.push({ row, head: fold(row[1]), all: fold(row[1] + ' ' + row[2] + ' ' + row[3]), rank: KINDS.indexOf(row[0]) });
      });
      if (--waiting === 0) state = 'ready';
      refresh();
    }
  };

  // Each word must be there; words in the title, side by side there, and at the start of a word count for more.
  function score(entry, words) {
    let total = entry.head.includes(words.join(' ')) ? 1 : 0;
    for (let i = 0; i < words.length; i++) {
      const at = entry.all.indexOf(words[i]);
      if (at < 0) return 0;
      const starts = at === 0 || /[^\p{L}\p{N}]/u.test(entry.all[at - 1]);
      total += (entry.head.includes(words[i]) ? 3 : 1) + (starts ? 1 : 0);
    }
    return total;
  }
  function find(words) {
    const hits = [];
    if (words.length) entries.forEach(entry => {
      const points = score(entry, words);
      if (points) hits.push({ points, entry });
    });
    hits.sort((a, b) => b.points - a.points || a.entry.rank - b.entry.rank || (a.entry.row[3] < b.entry.row[3] ? -1 : 1));
    return hits.map(hit => hit.entry.row);
  }
  // The text with the words marked. Folding may change lengths, so each folded letter knows where it came from.
  function marked(element, text, words) {
    const from = [], hit = [];
    let folded = '', at = 0;
    Array.from(text).forEach(letter => {
      const plain = fold(letter);
      for (let i = 0; i < plain.length; i++) from.push(at);
      folded += plain;
      at += letter.length;
    });
    words.forEach(word => {
      for (let i = folded.indexOf(word); i >= 0; i = folded.indexOf(word, i + 1)) {
        for (let j = i; j < i + word.length; j++) hit[from[j]] = true;
      }
    });
    let part = null, on = null;
    at = 0;
    Array.from(text).forEach(letter => {
      if (!part || on !== !!hit[at]) {
        on = !!hit[at];
        part = element.appendChild(on ? document.createElement('mark') : document.createTextNode(''));
      }
      part.textContent += letter;
      at += letter.length;
    });
  }
  function line(row, words) {
    const item = document.createElement('li'), link = document.createElement('a'), text = document.createElement('span');
    link.href = root + row[3];
    const mark = document.createElement('span'), name = document.createElement('b'), kind = document.createElement('span');
    if (row[4]) {
      mark.className = 'c-' + row[4];
      mark.appendChild(document.createElement('i')).className = 'g g-' + row[4];
    }
    marked(name, row[1], words);
    kind.className = 'x';
    kind.textContent = row[0] + (row[5] ? ', ' + row[5].toLowerCase() : '');
    if (row[2] && row[0] !== 'Check') {
      kind.append(' · ');
      marked(kind, row[2], words);
    }
    text.append(name, ' ', kind);
    link.append(mark, text);
    item.appendChild(link);
    return item;
  }
  // One place to search: a field, what is said of the results, and their list.
  function place(box, most, changed) {
    const field = box.querySelector('input'), status = box.querySelector('[role=status]'), list = box.querySelector('ol');
    function show() {
      const words = wordsOf(field.value), rows = find(words), more = rows.length - most;
      let said = rows.length + (rows.length === 1 ? ' result' : ' results');
      if (more > 0) said += '. The first ' + most + ' are shown, and there are ' + more + ' more: add a word to narrow them.';
      status.textContent = !words.length ? '' : state === 'ready' ? (rows.length ? said : 'Nothing found. Try fewer or shorter words.') : state;
      list.replaceChildren(...rows.slice(0, most).map(row => line(row, words)));
    }
    field.addEventListener('input', () => { show(); changed(field.value); });
    box.addEventListener('keydown', event => {
      const links = [...list.querySelectorAll('a')], at = links.indexOf(document.activeElement);
      let next = null;
      if (event.key === 'ArrowDown') next = links[at + 1] || links[0];
      else if (event.key === 'ArrowUp') next = at > 0 ? links[at - 1] : at === 0 ? field : links[links.length - 1];
      else if (event.key === 'Enter' && event.target === field && links[0]) next = links[0];
      if (!next) return;
      event.preventDefault();
      if (event.key === 'Enter') next.click(); else next.focus();
    });
    views.push(show);
    return { field, show };
  }

  const dialog = document.getElementById('search'), whole = document.getElementById('search-page');
  const quick = place(dialog, 30, () => {});
  const full = whole && place(whole, 100, text => {
    history.replaceState(null, '', text ? '#q=' + encodeURIComponent(text) : location.pathname);
  });
  function open() {
    if (full) { full.field.select(); full.field.focus(); return; }
    begin();
    dialog.showModal();
    quick.field.select();
    quick.show();
  }
  function asked() {
    const text = /^#q=(.*)/.exec(location.hash);
    try { full.field.value = text ? decodeURIComponent(text[1].replace(/\+/g, ' ')) : ''; } catch (error) { full.field.value = text[1]; }
    full.show();
  }
  if (full) {
    begin();
    asked();
    addEventListener('hashchange', asked);
    full.field.focus();
  }
  document.getElementById('search-open').addEventListener('click', open);
  dialog.addEventListener('click', event => { if (event.target === dialog) dialog.close(); });
  addEventListener('keydown', event => {
    const typing = /INPUT|TEXTAREA|SELECT/.test(event.target.tagName);
    const wanted = event.key === '/' && !event.ctrlKey && !event.metaKey || event.key === 'k' && (event.ctrlKey || event.metaKey);
    if (wanted && !typing && !dialog.open) { event.preventDefault(); open(); }
  });
})();
