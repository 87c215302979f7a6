/* Tables that sort and filter: <table data-table>, its controls in the form before it (see checks.html).
   A cell's `data-value` is what it sorts by, else its text; a row's `data-<name>` is what the menu of that name filters by. */
(() => {
  'use strict';
  const SHOWN = 300; // rows laid out at once; the rest comes with a button, so that 10,000 stay quick

  Array.from(document.querySelectorAll('table[data-table]')).forEach(table => {
    const form = document.getElementById(table.dataset.table), body = table.tBodies[0], status = form.querySelector('[role=status]');
    const words = form.querySelector('[type=search]'), menus = Array.from(form.querySelectorAll('select')), clear = form.querySelector('[type=reset]');
    const heads = Array.from(table.tHead.rows[0].cells);
    const rows = Array.from(body.rows).map((row, at) => ({ row, at, text: kbPage.fold(row.textContent), shown: true }));
    let sorted = { by: -1, down: false }, limit = SHOWN;
    const more = document.createElement('button'), paged = document.createElement('p');
    more.type = 'button';
    more.className = 'btn';
    paged.appendChild(more);
    table.after(paged);

    heads.forEach((head, at) => {
      const button = document.createElement('button'), sign = document.createElement('span');
      button.type = 'button';
      button.className = 'sort';
      button.append(...head.childNodes);
      sign.setAttribute('aria-hidden', 'true');
      button.appendChild(sign);
      head.appendChild(button);
      button.addEventListener('click', () => {
        const down = head.hasAttribute('data-down');
        sort(at, sorted.by === at ? !sorted.down : down);
        update();
      });
    });

    function value(row, at) {
      const cell = row.cells[at], given = cell.dataset.value;
      if (given === undefined) return cell.textContent.trim().toLowerCase();
      return given === '' ? null : isNaN(given) ? given : +given;
    }
    /* Empty cells last, either way up; equal ones as they were. */
    function sort(at, down) {
      sorted = { by: at, down };
      rows.forEach(entry => { entry.value = at < 0 ? entry.at : value(entry.row, at); });
      rows.sort((a, b) => {
        const x = a.value, y = b.value;
        let order = 0;
        if (x === null || y === null) return (x === null) - (y === null) || a.at - b.at;
        if (x !== y) order = typeof x === 'number' && typeof y === 'number' ? x - y : String(x).localeCompare(String(y), 'en', { numeric: true });
        return (down ? -order : order) || a.at - b.at;
      });
      heads.forEach((head, column) => {
        if (column === at) head.setAttribute('aria-sort', down ? 'descending' : 'ascending');
        else head.removeAttribute('aria-sort');
        head.querySelector('.sort > span').textContent = column !== at ? '↕' : down ? '↓' : '↑';
      });
      body.replaceChildren(...rows.map(entry => entry.row));
    }
    function filter() {
      const wanted = kbPage.wordsOf(words.value);
      let seen = 0;
      const chosen = menus.filter(menu => menu.value);
      rows.forEach(entry => {
        entry.shown = wanted.every(word => entry.text.includes(word)) &&
          chosen.every(menu => entry.row.dataset[menu.name].split('|').includes(menu.value));
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
      const state = new URLSearchParams();
      [words].concat(menus).forEach(field => { if (field.value.trim()) state.set(field.name, field.value.trim()); });
      if (sorted.by >= 0) {
        state.set('sort', heads[sorted.by].dataset.name);
        if (sorted.down) state.set('down', '1');
      }
      history.replaceState(null, '', state.size ? '#' + state : location.pathname + location.search);
      filter();
    }
    function restore() {
      const state = new URLSearchParams(location.hash.slice(1));
      [words].concat(menus).forEach(field => {
        field.value = state.get(field.name) || '';
        if (field.selectedIndex < 0) field.value = '';
      });
      sort(heads.findIndex(head => head.dataset.name === state.get('sort')), state.has('down'));
      filter();
    }
    let pause;
    words.addEventListener('input', () => { clearTimeout(pause); pause = setTimeout(update, 120); });
    menus.forEach(menu => { menu.addEventListener('change', update); });
    form.addEventListener('submit', event => { event.preventDefault(); });
    form.addEventListener('reset', event => {
      event.preventDefault();
      history.replaceState(null, '', location.pathname + location.search);
      limit = SHOWN;
      restore();
      words.focus();
    });
    more.addEventListener('click', () => { limit = Infinity; filter(); });
    addEventListener('hashchange', restore);
    addEventListener('beforeprint', () => { limit = Infinity; filter(); });
    restore();
  });
})();
