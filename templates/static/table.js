/* Tables that sort and filter: <table data-table>, its controls in the form before it (see checks.html).
   A cell's `data-value` is what it sorts by, else its text; a row's `data-<name>` is what the menu of that name filters by. */
(function () {
  'use strict';
  var SHOWN = 300; // rows laid out at once; the rest comes with a button, so that 10,000 stay quick

  Array.from(document.querySelectorAll('table[data-table]')).forEach(function (table) {
    var form = document.getElementById(table.dataset.table), body = table.tBodies[0], status = form.querySelector('[role=status]');
    var words = form.querySelector('[type=search]'), menus = Array.from(form.querySelectorAll('select')), clear = form.querySelector('[type=reset]');
    var heads = Array.from(table.tHead.rows[0].cells), rows = Array.from(body.rows).map(function (row, at) {
      return { row: row, at: at, text: kbPage.fold(row.textContent), shown: true };
    });
    var sorted = { by: -1, down: false }, limit = SHOWN, more = document.createElement('button'), paged = document.createElement('p');
    more.type = 'button';
    more.className = 'btn';
    paged.appendChild(more);
    table.after(paged);

    heads.forEach(function (head, at) {
      var button = document.createElement('button'), sign = document.createElement('span');
      button.type = 'button';
      button.className = 'sort';
      button.append.apply(button, Array.from(head.childNodes));
      sign.setAttribute('aria-hidden', 'true');
      button.appendChild(sign);
      head.appendChild(button);
      button.addEventListener('click', function () {
        var down = head.hasAttribute('data-down');
        sort(at, sorted.by === at ? !sorted.down : down);
        update();
      });
    });

    function value(row, at) {
      var cell = row.cells[at], given = cell.dataset.value;
      if (given === undefined) return cell.textContent.trim().toLowerCase();
      return given === '' ? null : isNaN(given) ? given : +given;
    }
    /* Empty cells last, either way up; equal ones as they were. */
    function sort(at, down) {
      sorted = { by: at, down: down };
      rows.forEach(function (entry) { entry.value = at < 0 ? entry.at : value(entry.row, at); });
      rows.sort(function (a, b) {
        var x = a.value, y = b.value, order = 0;
        if (x === null || y === null) return (x === null) - (y === null) || a.at - b.at;
        if (x !== y) order = typeof x === 'number' && typeof y === 'number' ? x - y : String(x).localeCompare(String(y), 'en', { numeric: true });
        return (down ? -order : order) || a.at - b.at;
      });
      heads.forEach(function (head, column) {
        if (column === at) head.setAttribute('aria-sort', down ? 'descending' : 'ascending');
        else head.removeAttribute('aria-sort');
        head.querySelector('.sort > span').textContent = column !== at ? '↕' : down ? '↓' : '↑';
      });
      body.replaceChildren.apply(body, rows.map(function (entry) { return entry.row; }));
    }
    function filter() {
      var wanted = kbPage.wordsOf(words.value), seen = 0;
      var chosen = menus.filter(function (menu) { return menu.value; });
      rows.forEach(function (entry) {
        entry.shown = wanted.every(function (word) { return entry.text.indexOf(word) >= 0; }) &&
          chosen.every(function (menu) { return entry.row.dataset[menu.name].split('|').indexOf(menu.value) >= 0; });
        if (entry.shown) seen++;
        entry.row.hidden = !entry.shown || seen > limit;
      });
      status.textContent = (seen === rows.length ? '' : seen.toLocaleString('en') + ' of ') + rows.length.toLocaleString('en') + (rows.length === 1 ? ' row' : ' ' + form.dataset.rows);
      clear.hidden = seen === rows.length && !wanted.length && !chosen.length && sorted.by < 0;
      paged.hidden = seen <= limit;
      more.textContent = 'Show all ' + seen.toLocaleString('en');
    }

    // --- the address holds the choice

    function update() {
      var state = new URLSearchParams();
      [words].concat(menus).forEach(function (field) { if (field.value.trim()) state.set(field.name, field.value.trim()); });
      if (sorted.by >= 0) {
        state.set('sort', heads[sorted.by].dataset.name);
        if (sorted.down) state.set('down', '1');
      }
      history.replaceState(null, '', state.size ? '#' + state : location.pathname + location.search);
      filter();
    }
    function restore() {
      var state = new URLSearchParams(location.hash.slice(1));
      [words].concat(menus).forEach(function (field) {
        field.value = state.get(field.name) || '';
        if (field.selectedIndex < 0) field.value = '';
      });
      sort(heads.findIndex(function (head) { return head.dataset.name === state.get('sort'); }), state.has('down'));
      filter();
    }
    var pause;
    words.addEventListener('input', function () { clearTimeout(pause); pause = setTimeout(update, 120); });
    menus.forEach(function (menu) { menu.addEventListener('change', update); });
    form.addEventListener('submit', function (event) { event.preventDefault(); });
    form.addEventListener('reset', function (event) {
      event.preventDefault();
      history.replaceState(null, '', location.pathname + location.search);
      limit = SHOWN;
      restore();
      words.focus();
    });
    more.addEventListener('click', function () { limit = Infinity; filter(); });
    addEventListener('hashchange', restore);
    addEventListener('beforeprint', function () { limit = Infinity; filter(); });
    restore();
  });
})();
