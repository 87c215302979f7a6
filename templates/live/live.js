/* Added to each page by kb serve, and by nothing else: reload when this page changed, show what is wrong meanwhile. */
(() => {
  'use strict';
  const version = document.currentScript.dataset.version;
  const bare = document.getElementById('problems') !== null;
  let shown = 0, stream = null, late = 0;

  const host = document.createElement('div');
  const shade = host.attachShadow({ mode: 'open' });
  const style = document.createElement('link');
  style.rel = 'stylesheet';
  style.href = '/-/live.css';
  const corner = make('div', 'corner'), pill = make('span', 'pill'), again = make('button');
  const dialog = make('dialog'), close = make('button');
  pill.setAttribute('role', 'status');
  again.type = close.type = 'button';
  close.textContent = 'Look at the last good page';
  corner.hidden = true;
  corner.append(pill, again);
  shade.append(style, corner, dialog);
  close.addEventListener('click', () => { dialog.close(); });
  again.addEventListener('click', open);
  dialog.addEventListener('close', corners);

  function make(name, kind) {
    const element = document.createElement(name);
    if (kind) element.className = kind;
    return element;
  }
  function corners() {
    pill.hidden = !pill.textContent;
    again.hidden = !again.textContent || dialog.open;
    corner.hidden = pill.hidden && again.hidden;
  }
  function say(words) {
    if (pill.textContent !== words) pill.textContent = words;
    corners();
  }
  function open() {
    if (!dialog.open) dialog.showModal();
    corners();
  }

  // Somebody who writes in a field would lose the words.
  function writing() {
    const at = document.activeElement;
    return at && at.matches('textarea, input:not([type=search])') && at.value !== at.defaultValue ? at : null;
  }
  function reload() {
    const at = writing();
    if (!at) return location.reload();
    say('This page has changed; it reloads when you leave the field.');
    at.addEventListener('blur', reload, { once: true });
  }

  function problems(state) {
    if (bare || state.number === shown) return;
    shown = state.number;
    if (!state.problems) {
      again.textContent = '';
      dialog.close();
      return corners();
    }
    fetch('/-/problems').then(answer => answer.text()).then(text => {
      if (shown !== state.number) return;
      const main = new DOMParser().parseFromString(text, 'text/html').querySelector('main');
      const title = main.querySelector('h1');
      title.id = 'title';
      title.tabIndex = -1;
      dialog.setAttribute('aria-labelledby', 'title');
      dialog.replaceChildren(...Array.from(main.childNodes).concat(close));
      again.textContent = 'Show ' + state.problems + (state.problems === 1 ? ' error' : ' errors');
      open();
      title.focus();  // what is read out first; the browser would take the first thing that scrolls
    }, () => { /* the server went away; the stream says so */ });
  }
  function heard(event) {
    const state = JSON.parse(event.data);
    clearTimeout(late);
    late = 0;
    say(state.phase === 'ready' || state.phase === 'broken' ? '' : state.note);
    if (state.phase === 'working') return;
    problems(state);
    if (state.version !== version) reload();
  }
  function listen() {
    if (stream || document.hidden) return;
    stream = new EventSource('/-/events?' + encodeURIComponent(location.pathname));
    stream.onmessage = heard;
    stream.onerror = () => {
      if (!late) late = setTimeout(say, 3000, 'kb serve does not answer; this page is as it was.');
      if (stream && stream.readyState === EventSource.CLOSED) { leave(); setTimeout(listen, 3000); }
    };
  }
  function leave() {
    if (stream) stream.close();
    stream = null;
  }
  // A browser keeps six connections to a server: pages that nobody sees leave them to the others.
  document.addEventListener('visibilitychange', () => { if (document.hidden) leave(); else listen(); });
  addEventListener('pagehide', leave);
  addEventListener('pageshow', listen);

  document.body.appendChild(host);
  corners();
  listen();
})();
