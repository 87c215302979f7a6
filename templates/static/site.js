/* The theme button and the search. The index comes as classic scripts: pages opened from disk may load nothing else. */
(function () {
  'use strict';
  var page = document.documentElement;
  var root = document.currentScript.dataset.root;

  document.getElementById('theme').addEventListener('click', function () {
    var dark = page.dataset.theme ? page.dataset.theme === 'dark' : matchMedia('(prefers-color-scheme: dark)').matches;
    page.dataset.theme = dark ? 'light' : 'dark';
    try { localStorage.setItem('kb-theme', page.dataset.theme); } catch (error) { /* lasts for this page only */ }
  });

  var dialog = document.getElementById('search');
  var field = dialog.querySelector('input');
  var status = dialog.querySelector('[role=status]');
  var list = dialog.querySelector('ol');
  var entries = [];
  var asked = false;

  function fold(text) {
    return text.toLowerCase().normalize('NFD').replace(/[\u0300-\u036f]/g, '');
  }
  function load(file) {
    var script = document.createElement('script');
    script.src = root + 'search/' + file + '.js';
    document.head.appendChild(script);
  }
  // The index calls these two as it arrives.
  window.kbSearch = {
    shards: function (count) { for (var i = 0; i < count; i++) load(i); },
    add: function (rows) {
      rows.forEach(function (row) { entries.push({ row: row, head: fold(row[1]), all: fold(row[1] + ' ' + row[2] + ' ' + row[3]) }); });
      if (dialog.open) show();
    }
  };

  function score(entry, words) {
    var total = 0;
    for (var i = 0; i < words.length; i++) {
      var at = entry.all.indexOf(words[i]);
      if (at < 0) return 0;
      var starts = at === 0 || /[^\p{L}\p{N}]/u.test(entry.all[at - 1]);
      total += (entry.head.indexOf(words[i]) >= 0 ? 3 : 1) + (starts ? 1 : 0);
    }
    return total;
  }
  function line(row) {
    var item = document.createElement('li'), link = document.createElement('a'), text = document.createElement('span');
    link.href = root + row[3];
    var mark = document.createElement('span'), name = document.createElement('b'), kind = document.createElement('span');
    if (row[4]) {
      mark.className = 'c-' + row[4];
      mark.appendChild(document.createElement('i')).className = 'g g-' + row[4];
    }
    name.textContent = row[1];
    kind.className = 'x';
    kind.textContent = row[0] + (row[5] ? ', ' + row[5].toLowerCase() : '') + (row[0] === 'Check' || !row[2] ? '' : ' · ' + row[2]);
    text.append(name, kind);
    link.append(mark, text);
    item.appendChild(link);
    return item;
  }
  function show() {
    var words = fold(field.value).split(/\s+/).filter(Boolean);
    var hits = [];
    if (words.length) entries.forEach(function (entry) {
      var points = score(entry, words);
      if (points) hits.push([points, entry.row]);
    });
    hits.sort(function (a, b) { return b[0] - a[0] || (a[1][3] < b[1][3] ? -1 : 1); });
    status.textContent = words.length ? hits.length + (hits.length === 1 ? ' result' : ' results') : '';
    list.replaceChildren.apply(list, hits.slice(0, 30).map(function (hit) { return line(hit[1]); }));
  }
  function open() {
    if (!asked) { asked = true; load('index'); }
    dialog.showModal();
    field.select();
    show();
  }
  document.getElementById('search-open').addEventListener('click', open);
  field.addEventListener('input', show);
  dialog.addEventListener('click', function (event) { if (event.target === dialog) dialog.close(); });
  dialog.addEventListener('keydown', function (event) {
    var links = Array.from(list.querySelectorAll('a')), at = links.indexOf(document.activeElement), next = null;
    if (event.key === 'ArrowDown') next = links[at + 1] || links[0];
    else if (event.key === 'ArrowUp') next = at > 0 ? links[at - 1] : field;
    else if (event.key === 'Enter' && event.target === field && links[0]) { event.preventDefault(); links[0].click(); }
    if (next) { event.preventDefault(); next.focus(); }
  });
  addEventListener('keydown', function (event) {
    var typing = /INPUT|TEXTAREA|SELECT/.test(event.target.tagName);
    var wanted = event.key === '/' && !event.ctrlKey && !event.metaKey || event.key === 'k' && (event.ctrlKey || event.metaKey);
    if (wanted && !typing && !dialog.open) { event.preventDefault(); open(); }
  });
})();
