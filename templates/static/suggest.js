/* The form for a new claim. Its data come as classic scripts, as the search index does: a page opened from disk may load nothing else. */
(() => {
  'use strict';
  const root = document.currentScript.dataset.root;
  const asked = new URLSearchParams(location.hash.slice(1));
  const to = asked.get('to') || '', key = 'kb-suggest:' + to;
  let base = null, schemas = null, answered = null, taken = null;
  const touched = new Set();
  let named = false, all = false, kept = true, dirty = false;

  function by(id) { return document.getElementById(id); }
  const form = document.querySelector('#desk form');
  const FIELDS = ['title', 'claim', 'step', 'strength', 'because', 'source', 'source-title', 'source-type', 'source-author',
    'source-issued', 'source-url', 'place', 'tags', 'notes', 'topic', 'id'];
  const HEADINGS = { attacks: 'Suggest a counter-claim', supports: 'Suggest a supporting reason', undercuts: 'Suggest an undercut' };
  const SHARES = { weak: 'a quarter of it', moderate: 'half of it', strong: 'three quarters', decisive: 'all of it' };
  const DEFAULTS = { attacks: 'weak', supports: 'weak', undercuts: 'decisive' };

  function line(text) { return text.replace(/\s+/g, ' ').trim(); }
  function whole(text) {
    return text.split(/\r\n|\r|\n/).map(part => part.trimEnd()).join('\n').trim();
  }
  function isRelation(name) { return Object.keys(HEADINGS).includes(name); }
  function relation() { return form.elements.as.value; }
  function value(id) { return by(id).value; }
  function put(fields, name, found) { if (found && found.length) fields[name] = found; }

  function claimFields(sourceId) {
    const as = relation(), fields = {}, link = {};
    put(fields, 'title', line(value('title')));
    put(fields, 'claim', line(value('claim')));
    if (by('draft').checked) fields.status = 'draft';
    if (!value('source')) fields.origin = 'ours';
    put(fields, 'tags', value('tags').split(',').map(line).filter(Boolean));
    if (value('source')) {
      fields.evidence = [{ source: sourceId }];
      put(fields.evidence[0], 'at', line(value('place')));
    }
    put(link, as === 'undercuts' ? 'step' : 'claim', as === 'undercuts' ? value('step') : to);
    if (value('strength') !== DEFAULTS[as]) link.strength = value('strength');
    put(link, 'because', line(value('because')));
    fields[as] = [link];
    put(fields, 'notes', whole(value('notes')));
    return fields;
  }
  function person(name) {
    const at = name.indexOf(',');
    if (at < 0) return { literal: name };
    const given = line(name.slice(at + 1)), made = { family: line(name.slice(0, at)) };
    if (given) made.given = given;
    return made;
  }
  function sourceFields() {
    const fields = { type: value('source-type') };
    put(fields, 'title', line(value('source-title')));
    put(fields, 'author', value('source-author').split('\n').map(line).filter(Boolean).map(person));
    put(fields, 'issued', line(value('source-issued')));
    put(fields, 'URL', line(value('source-url')));
    if (fields.URL) fields.accessed = today();
    return fields;
  }
  function today() {
    const now = new Date();
    return now.getFullYear() + '-' + String(now.getMonth() + 1).padStart(2, '0') + '-' + String(now.getDate()).padStart(2, '0');
  }
  function sourceId(fields) {
    const first = (fields.author || [])[0], who = first ? first.family || first.literal : fields.title || 'source';
    return kbFile.freeId(who + ' ' + (fields.issued || '').slice(0, 4), taken);
  }

  // The field at which a fault of a file is shown.
  function claimPlace(path) {
    if (path[0] === relation()) return path[2] === 'claim' ? 'claim' : path[2] || 'step';
    if (path[0] === 'evidence') return path[2] === 'at' ? 'place' : 'source';
    return path[0];
  }
  function sourcePlace(path) { return { title: 'source-title', author: 'source-author', issued: 'source-issued', URL: 'source-url' }[path[0]] || 'source-type'; }

  // What kb refuses, and what it only warns of, by the field where it is shown.
  function judge(claim, source, id) {
    const faults = new Map(), advice = new Map();
    function say(where, at, words) { if (!where.has(at)) where.set(at, words); }
    kbFile.check(schemas, 'claim', claim).forEach(fault => { say(faults, claimPlace(fault.path), fault.words); });
    if (source) kbFile.check(schemas, 'source', source).forEach(fault => { say(faults, sourcePlace(fault.path), fault.words); });
    kbFile.check({ claim: { $ref: 'common.schema.json#/$defs/id' }, common: schemas.common }, 'claim', id).forEach(fault => { say(faults, 'id', fault.words); });
    if (taken.has(id)) say(faults, 'id', 'This name is taken or reserved. Another that is free: ' + kbFile.freeId(id, taken) + '.');
    if (!claim.title) say(advice, 'title', 'A short name is what cards and lists show.');
    limit('title', claim.title, 'Shorten it for cards');
    limit('claim', claim.claim, 'Split it, or move explanations to the notes');
    if (value('strength') !== 'weak' && !value('because').trim()) say(advice, 'because', 'Say why it is ' + value('strength') + '.');
    if (claim.evidence && !claim.evidence[0].at) say(advice, 'place', 'Say where in the source it stands.');
    return { faults, advice };
    function limit(name, text, words) {
      const most = base.limits[name], length = Array.from(text || '').length;
      if (length > most) say(advice, name, words + ': it has ' + length + ' characters, and ' + most + ' are enough.');
    }
  }

  function shown(judged) {
    FIELDS.forEach(name => {
      const fault = judged.faults.get(name), advice = judged.advice.get(name), visible = all || touched.has(name);
      const text = visible ? fault || (advice ? 'Better: ' + advice : '') : '';
      by(name + '-fault').textContent = text;
      by(name + '-fault').classList.toggle('advice', visible && !fault && !!advice);
      if (visible && fault) by(name).setAttribute('aria-invalid', 'true');
      else by(name).removeAttribute('aria-invalid');
    });
    if (!all || !judged.faults.size) by('faults').hidden = true;
  }
  function refuse(judged) {
    all = true;
    shown(judged);
    const box = by('faults'), list = document.createElement('ul'), head = document.createElement('p');
    head.textContent = judged.faults.size === 1 ? 'One thing is still wrong or missing:' : judged.faults.size + ' things are still wrong or missing:';
    FIELDS.filter(name => judged.faults.has(name)).forEach(name => {
      const item = document.createElement('li'), link = document.createElement('a');
      link.href = '#' + name;
      link.textContent = document.querySelector('label[for="' + name + '"]').firstChild.data.trim() + ': ' + judged.faults.get(name);
      link.addEventListener('click', event => { event.preventDefault(); by(name).focus(); });
      item.appendChild(link);
      list.appendChild(item);
    });
    box.replaceChildren(head, list);
    box.hidden = false;
    box.focus();
  }

  const written = {};
  function write(kind, folder, id, fields, schema) {
    const depth = folder.split('/').filter(Boolean).length;
    const text = kbFile.yaml(fields, (base.up + '../'.repeat(depth) || './') + 'schema/' + schema + '.schema.json');
    const path = [base.folder, folder].filter(Boolean).join('/');
    written[kind] = { folder, name: id + '.yaml', text };
    by(kind + '-path').textContent = (path ? path + '/' : '') + id + '.yaml';
    by(kind + '-text').textContent = text;
    note(kind, path);
  }
  function note(kind, path) {
    const made = written[kind];
    const link = by(kind + '-host');
    let words = 'Put it into ' + (path ? 'the folder ' + path : 'the base') + ', run kb validate, and send it in.';
    if (link) {
      const found = kbFile.newFile(base.host, made.folder, made.name, made.text), host = base.host.name || 'the repository’s site';
      link.href = found.url;
      made.paste = !found.filled;
      if (found.filled) words = 'Opens a page of ' + host + ' with the file filled in. It is sent only when you confirm it there.';
      else if (found.tooLong) words = 'The text is too long to travel in an address. The button copies it and opens ' + host + ': paste it there.';
      else words = 'The button copies the text and opens ' + host + (base.host.file ? ' on a page for a new file' : '') + ': paste it there.';
    }
    by(kind + '-note').textContent = words;
  }

  function update() {
    const as = relation(), other = value('source') === '+';
    by('heading').textContent = HEADINGS[as];
    document.title = HEADINGS[as];
    document.querySelector('[data-field=step]').hidden = as !== 'undercuts';
    document.querySelector('[data-field=place]').hidden = !value('source');
    by('new-source').hidden = !other;
    by('source-file').hidden = !other;
    by('claim-heading').textContent = other ? 'Second file: the claim' : 'The file';
    by('known-tags').replaceChildren(...tagOptions());
    const source = other ? sourceFields() : null;
    const newSource = source && sourceId(source), claim = claimFields(newSource || value('source'));
    if (!named) by('id').value = kbFile.freeId(value('title') || value('claim'), newSource ? new Set(taken).add(newSource) : taken);
    if (source) write('source', 'sources', newSource, source, 'source');
    write('claim', value('topic'), value('id'), claim, 'claim');
    const judged = judge(claim, source, value('id'));
    shown(judged);
    return judged;
  }
  // A list of tags completes the last one.
  function tagOptions() {
    const before = value('tags').replace(/[^,]*$/, ''), there = before.split(',').map(line);
    return base.tags.filter(tag => !there.includes(tag)).map(tag => new Option(before.trim() ? before.trim() + ' ' + tag : tag));
  }
  function strengths() {
    const as = relation();
    let chosen = value('strength');
    const usual = DEFAULTS[as];
    if (chosen === by('strength').dataset.usual) chosen = usual;
    by('strength').dataset.usual = usual;
    by('strength').replaceChildren(...Object.keys(SHARES).map(name => new Option(name[0].toUpperCase() + name.slice(1) + (as === 'undercuts' ? ': takes ' + SHARES[name] : '') + (name === usual ? ', the default' : ''), name)));
    by('strength').value = chosen || usual;
  }

  function save() {
    dirty = true;
    const state = { as: relation(), named, draft: by('draft').checked };
    FIELDS.forEach(name => { state[name] = value(name); });
    try { sessionStorage.setItem(key, JSON.stringify(state)); kept = true; } catch (error) { kept = false; }
  }
  function restore() {
    let state = null;
    try { state = JSON.parse(sessionStorage.getItem(key)); } catch (error) { /* none is kept */ }
    if (!state) return;
    form.elements.as.value = isRelation(asked.get('as')) ? asked.get('as') : isRelation(state.as) ? state.as : relation();
    strengths();
    FIELDS.forEach(name => { if (state[name]) by(name).value = state[name]; });
    by('draft').checked = state.draft;
    named = state.named;
  }

  function act(kind, way) {
    const judged = update(), made = written[kind], status = by(kind + '-status');
    if (judged.faults.size) { refuse(judged); return false; }
    function say(words) { status.textContent = words; }
    dirty = false;
    if (way === 'save') {
      const link = document.createElement('a');
      link.href = URL.createObjectURL(new Blob([made.text], { type: 'application/yaml' }));
      link.download = made.name;
      link.click();
      setTimeout(() => { URL.revokeObjectURL(link.href); }, 1000);
      say('Saved as ' + made.name + '.');
    } else if (way === 'copy' || made.paste) {
      kbCopy(by(kind + '-text'), say);
    }
    return true;
  }

  function option(id, words) { return new Option(words.length > 110 ? words.slice(0, 109) + '…' : words, id); }
  function start() {
    if (!base || !schemas || !answered) return;
    const about = by('about'), link = document.createElement('a');
    link.href = root + 'claim/' + to + '.html';
    link.textContent = answered.title;
    about.append('About the claim ', link, ' ', kbPage.mark(answered.glyph, answered.word));
    if (answered.text) {
      const full = about.appendChild(document.createElement('span'));
      full.className = 'x';
      full.textContent = answered.text;
    }
    taken = new Set(base.taken);
    by('step').append(new Option('Choose a step', ''), ...answered.steps.map(step => option(step[0], step[1][0].toUpperCase() + step[1].slice(1))));
    if (!answered.steps.length) {
      form.querySelector('[value=undercuts]').disabled = true;
      form.querySelector('[value=undercuts] + span').append(' (nothing bears on the claim yet, so there is no step)');
    }
    by('source').append(...base.sources.map(source => option(source[2], source[0] + ': ' + source[1])));
    by('topic').append(...base.topics.map(topic => new Option(topic)));
    by('topic').value = answered.topic;
    if (isRelation(asked.get('as'))) form.elements.as.value = asked.get('as');
    strengths();
    restore();
    if (asked.get('step')) by('step').value = asked.get('step');
    by('desk').hidden = false;
    update();
  }
  function lost(words) {
    by('lost').textContent = words;
    by('lost').hidden = false;
  }
  function load(file) {
    const script = document.createElement('script');
    script.src = root + 'suggest/' + file + '.js';
    script.onerror = () => { lost('The data of this page could not be loaded (' + file + '.js).'); };
    document.head.appendChild(script);
  }
  // The data scripts call these as they arrive.
  window.kbSuggest = {
    base(data) { base = data; load(kbFile.shardOf(to, data.shards)); },
    schemas(data) { schemas = data; start(); },
    claims(data) {
      answered = Object.prototype.hasOwnProperty.call(data, to) ? data[to] : null;
      if (answered) start();
      else lost('There is no claim called “' + to + '” here. Open the claim that you want to answer, and choose “Suggest a counter-claim” there.');
    }
  };

  form.addEventListener('submit', event => { event.preventDefault(); });
  form.addEventListener('input', event => {
    if (event.target.id === 'id') named = event.target.value !== '';
    if (event.target.name === 'as') strengths();
    update();
    save();
  });
  form.addEventListener('focusout', event => {
    if (event.target.id && event.target.value) { touched.add(event.target.id); update(); }
  });
  by('clear').addEventListener('click', () => {
    try { sessionStorage.removeItem(key); } catch (error) { /* none was kept */ }
    form.reset();
    by('strength').replaceChildren();
    named = all = dirty = false;
    touched.clear();
    by('topic').value = answered.topic;
    strengths();
    update();
    by('title').focus();
  });
  ['claim', 'source'].forEach(kind => {
    by(kind + '-copy').addEventListener('click', () => { act(kind, 'copy'); });
    by(kind + '-save').addEventListener('click', () => { act(kind, 'save'); });
    if (by(kind + '-host')) by(kind + '-host').addEventListener('click', event => { if (!act(kind, 'host')) event.preventDefault(); });
  });
  addEventListener('hashchange', () => {
    if (new URLSearchParams(location.hash.slice(1)).get('to')) location.reload();
    else history.replaceState(null, '', '#' + asked);
  });
  addEventListener('beforeunload', event => { if (dirty && !kept) event.preventDefault(); });

  if (!to) lost('Open the claim that you want to answer, and choose “Suggest a counter-claim” there.');
  else { load('schemas'); load('base'); }
})();
