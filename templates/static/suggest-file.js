/* Writing files of a base, without the page: YAML text, what a schema says about a value, ids, addresses. */
(() => {
  'use strict';
  const WIDTH = 110, CHUNK = 5000, LONGEST_ADDRESS = 8000;
  const UNSEEN = /[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\u2028\u2029\ufeff\ufffe\uffff\ud800-\udfff]/gu;
  const LONE = /[\ud800-\udfff]/u;
  // What no file may hold, not even as an escape (kb/source/unseen.py), and what of it parts words.
  const BARRED = /[\r\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\ufeff\ufffe\uffff\u202a-\u202e\u2066-\u2069]/g;
  const PARTS = /[\x0b\x0c\x1c-\x1f\x85]/;
  // Words that are no text in YAML 1.2, or were none in YAML 1.1, which other programs still read.
  const WORDS = /^(?:true|false|null|yes|no|on|off|y|n)$/i;
  const WORD_LIST = /^\p{L}[\p{L}\p{N}_.\/-]*$/u;
  const DATE = /^[0-9]{4}-[0-9]{2}(?:-[0-9]{2})?$/;

  function seen(text) { return text.search(UNSEEN) < 0; }
  function quoted(text) {
    if (LONE.test(text)) throw new Error('half of a surrogate pair is not a character');
    return JSON.stringify(text).replace(UNSEEN, char => '\\u' + char.charCodeAt(0).toString(16).padStart(4, '0'));
  }
  // Text that needs no quotes on a line of its own; it starts with a letter, so with no sign of YAML's.
  function isPlain(text) {
    return DATE.test(text) || /^\p{L}/u.test(text) && !/[\n\r\t]|: |:$| #| $/.test(text) && !WORDS.test(text) && seen(text);
  }
  function isFoldable(text) {
    return text.length > WIDTH && !/[\n\r\t]|^ |  | $|[^ ]{1000}/.test(text) && seen(text);
  }
  function isLiteral(text) {
    if (!/\n/.test(text) || /^[ \n]|\n\n$|[\t\r]/.test(text) || !seen(text)) return false;
    return text.split('\n').every(line => line.length <= CHUNK && line === line.trimEnd());
  }
  function folded(text) {
    const lines = [''];
    text.split(' ').forEach(word => {
      const last = lines[lines.length - 1];
      if (last && last.length + word.length >= WIDTH) lines.push(word);
      else lines[lines.length - 1] = last ? last + ' ' + word : word;
    });
    return lines;
  }
  function textLines(head, text, pad) {
    if (isLiteral(text)) {
      const whole = text.endsWith('\n');
      return [head + (whole ? ' |' : ' |-')].concat((whole ? text.slice(0, -1) : text).split('\n').map(line => line && pad + line));
    }
    if (isFoldable(text)) return [head + ' >-'].concat(folded(text).map(line => pad + line));
    if (text.length <= CHUNK) return [head + ' ' + (isPlain(text) ? text : quoted(text))];
    const chars = Array.from(text), lines = [];
    for (let at = 0; at < chars.length; at += CHUNK) lines.push(quoted(chars.slice(at, at + CHUNK).join('')).slice(1, -1));
    // A continued line loses its leading white space unless it is escaped.
    return lines.map((line, number) => (number ? pad + (line[0] === ' ' ? '\\' : '') : head + ' "') + line + (number < lines.length - 1 ? '\\' : '"'));
  }
  function lines(value, pad) {
    if (Array.isArray(value)) return value.flatMap(item => entry(pad + '-', item, pad + '  '));
    return Object.keys(value).flatMap(name => entry(pad + name + ':', value[name], pad + '  '));
  }
  function entry(head, item, pad) {
    if (typeof item === 'string') return textLines(head, item, pad);
    if (typeof item !== 'object' || item === null || !Object.keys(item).length) return [head + ' ' + JSON.stringify(item)];
    if (Array.isArray(item) && item.every(part => typeof part === 'string' && WORD_LIST.test(part) && !WORDS.test(part))) {
      const list = head + ' [' + item.join(', ') + ']';
      if (list.length <= WIDTH) return [list];
    }
    const inner = lines(item, pad);
    return head.endsWith('-') && !Array.isArray(item) ? [head + ' ' + inner[0].trimStart()].concat(inner.slice(1)) : [head].concat(inner);
  }
  function allowed(value) {
    if (typeof value === 'string') return value.replace(/\r\n/g, '\n').replace(BARRED, char => char === '\r' ? '\n' : PARTS.test(char) ? ' ' : '');
    if (Array.isArray(value)) return value.map(allowed);
    if (typeof value !== 'object' || value === null) return value;
    return Object.fromEntries(Object.entries(value).map(([name, inner]) => [allowed(name), allowed(inner)]));
  }
  // Fields (text, numbers, lists, mappings) as a YAML file that reads back to the same, but for what no file may hold.
  function yaml(fields, schema) {
    return '# yaml-language-server: $schema=' + schema + '\n' + lines(allowed(fields), '').join('\n') + '\n';
  }

  const TYPES = {
    string: 'text', number: 'a number', integer: 'a whole number', boolean: 'true or false',
    array: 'a list', object: 'a mapping of fields', 'null': 'nothing'
  };
  function isType(value, type) {
    if (type === 'array') return Array.isArray(value);
    if (type === 'null') return value === null;
    if (type === 'object') return typeof value === 'object' && value !== null && !Array.isArray(value);
    if (type === 'integer') return Number.isInteger(value);
    return typeof value === type;
  }
  function has(value, name) { return Object.prototype.hasOwnProperty.call(value, name); }
  function same(one, other) { return JSON.stringify(one) === JSON.stringify(other); }
  function listed(words) { return words.map(word => typeof word === 'string' ? word : JSON.stringify(word)).join(', '); }
  // A rule of JSON Schema by its name: what the value breaks, as [path below it, kind of fault, words].
  const RULES = {
    type(value, types) {
      const wanted = [].concat(types);
      return wanted.some(type => isType(value, type)) ? [] :
        [[[], 'type', 'This has to be ' + wanted.map(type => TYPES[type]).join(' or ') + '.']];
    },
    'enum'(value, options) {
      return options.some(option => same(option, value)) ? [] : [[[], 'word', 'Choose one of: ' + listed(options) + '.']];
    },
    'const'(value, wanted) { return same(value, wanted) ? [] : [[[], 'word', 'This has to be ' + listed([wanted]) + '.']]; },
    pattern(value, pattern, rules) {
      if (typeof value !== 'string' || new RegExp(pattern, 'u').test(value)) return [];
      return [[[], 'form', value ? 'Write ' + (rules.patternErrorMessage || 'text of the form ' + pattern) + '.' : 'This is empty.']];
    },
    minLength(value, least) {
      return typeof value !== 'string' || Array.from(value).length >= least ? [] : [[[], 'form', value ? 'Write at least ' + least + ' characters.' : 'This is empty.']];
    },
    minimum(value, least) { return typeof value !== 'number' || value >= least ? [] : [[[], 'form', 'At least ' + least + '.']]; },
    maximum(value, most) { return typeof value !== 'number' || value <= most ? [] : [[[], 'form', 'At most ' + most + '.']]; },
    minProperties(value, least) { return !isType(value, 'object') || Object.keys(value).length >= least ? [] : [[[], 'form', 'At least ' + least + ' of them.']]; },
    uniqueItems(value) {
      return !Array.isArray(value) ? [] : value.flatMap((item, at) => value.findIndex(other => same(item, other)) < at ? [[[at], 'twice', listed([item]) + ' is there twice.']] : []);
    },
    items(value, rules, all, root) {
      return !Array.isArray(value) ? [] : value.flatMap((item, at) => below(at, misfits(rules, item, root)));
    },
    required(value, names) {
      return !isType(value, 'object') ? [] : names.filter(name => !has(value, name))
        .map(name => [[name], 'missing', 'This is needed.']);
    },
    properties(value, properties, all, root) {
      return !isType(value, 'object') ? [] : Object.keys(properties).flatMap(name => has(value, name) ? below(name, misfits(properties[name], value[name], root)) : []);
    },
    additionalProperties(value, rules, all, root) {
      return !isType(value, 'object') ? [] : Object.keys(value).flatMap(name => {
        if (has(all.properties || {}, name)) return [];
        return rules === false ? [[[name], 'unknown', 'There is no field of this name.']] : below(name, misfits(rules, value[name], root));
      });
    },
    propertyNames(value, rules, all, root) {
      return !isType(value, 'object') ? [] : Object.keys(value).flatMap(name => misfits(rules, name, root).length ? [[[name], 'form', 'This cannot be a name here.']] : []);
    },
    oneOf(value, options, all, root) {
      const fitting = options.filter(rules => !misfits(rules, value, root).length);
      return fitting.length === 1 || !isType(value, 'object') ? [] :
        [[[], 'one', 'Give exactly one of: ' + listed(options.flatMap(option => option.required || [])) + '.']];
    },
    $ref(value, to, all, root) {
      const parts = to.split('#');
      let found = parts[0] ? root.all[parts[0].replace('.schema.json', '')] : root.own;
      parts[1].split('/').slice(1).forEach(part => { found = found[part]; });
      return misfits(found, value, { all: root.all, own: parts[0] ? root.all[parts[0].replace('.schema.json', '')] : root.own });
    }
  };
  const SILENT = ['title', 'description', 'default', 'patternErrorMessage', '$defs'];
  function below(name, found) { return found.map(fault => [[name].concat(fault[0]), fault[1], fault[2]]); }
  function misfits(rules, value, root) {
    return Object.keys(rules).flatMap(name => {
      if (SILENT.includes(name)) return [];
      if (!RULES[name]) throw new Error('the page cannot check the schema rule ' + name);
      return RULES[name](value, rules[name], rules, root);
    });
  }
  // Everything that a schema refuses in a value, as {path, kind, words}.
  function check(schemas, kind, value) {
    return misfits(schemas[kind], value, { all: schemas, own: schemas[kind] }).map(fault => ({ path: fault[0], kind: fault[1], words: fault[2] }));
  }

  // An id from some words: new in the base, and of the form that ids have.
  function freeId(words, taken) {
    let plain = words.normalize('NFD').replace(/[\u0300-\u036f]/g, '').toLowerCase().replace(/[’']/g, '')
      .replace(/[^a-z0-9]+/g, '-').replace(/^[-0-9]+/, '');
    if (plain.length > 48) plain = plain.slice(0, 48).replace(/-[^-]*$/, '');
    plain = plain.replace(/-+$/, '');
    if (plain.length < 2) plain = 'new-claim';
    let id = plain;
    for (let number = 2; taken.has(id); number++) id = plain + '-' + number;
    return id;
  }

  // The host's page for a new file; without its text where the host takes none, or not so long an address.
  function newFile(host, folder, name, text) {
    const path = host.file ? folder.split('/').filter(Boolean).map(encodeURIComponent).join('/') : '';
    const bare = host.address + (path ? '/' + path : '') + (host.file ? '?' + host.file + '=' + encodeURIComponent(name) : '');
    const full = host.text ? bare + '&' + host.text + '=' + encodeURIComponent(text) : bare;
    return { url: full.length > LONGEST_ADDRESS ? bare : full, filled: !!host.text && full.length <= LONGEST_ADDRESS, tooLong: full.length > LONGEST_ADDRESS };
  }

  // The number of the shard that a claim's data is in: the same hash (CRC-32) as the search index has.
  function shardOf(claim, count) {
    let crc = -1;
    const name = 'claim/' + claim + '.html';
    for (let i = 0; i < name.length; i++) {
      crc ^= name.charCodeAt(i);
      for (let bit = 0; bit < 8; bit++) crc = crc >>> 1 ^ (crc & 1 ? 0xedb88320 : 0);
    }
    return ((crc ^ -1) >>> 0) % count;
  }

  window.kbFile = { yaml, check, freeId, newFile, shardOf };
})();
