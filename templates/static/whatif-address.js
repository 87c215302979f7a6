/* Try other answers, what is supposed: kept in the address, and said as a command. */
(suppose => {
  'use strict';
  const TERMINAL = { holds: 'holds', fails: 'fails', 'not-run': 'could-not-run' };

  /* Supposed are verdicts by check, strengths and what is struck out by relation; `claims` are shown beside the theses. */
  suppose.fresh = () => ({ checks: new Map(), strengths: new Map(), without: new Set(), claims: [] });
  suppose.size = state => state.checks.size + state.strengths.size + state.without.size;

  suppose.address = (data, { relation, relationKey, checkNumber, claimNumber }) => {
    /* What an address supposes, and the names in it that are not of this argument. */
    function read(hash) {
      const state = suppose.fresh(), unknown = [];
      new URLSearchParams(hash.slice(1)).forEach((value, key) => value.split(',').filter(Boolean).forEach(name => {
        const weight = data.strengths.indexOf(key), at = relationKey.get(name);
        if (key === 'c' && claimNumber.has(name)) state.claims.push(claimNumber.get(name));
        else if (Object.keys(TERMINAL).includes(key) && checkNumber.has(name)) state.checks.set(checkNumber.get(name), key);
        else if (weight >= 0 && at !== undefined && relation.get(at).strength >= 0) state.strengths.set(at, weight);
        else if (key === 'without' && at !== undefined) state.without.add(at);
        else unknown.push(name);
      }));
      state.without.forEach(key => state.strengths.delete(key));
      return { state, unknown };
    }
    function written(state) {
      const parts = new Map();
      const add = (key, name) => parts.set(key, [...(parts.get(key) || []), encodeURIComponent(name)]);
      state.claims.forEach(claim => add('c', data.claims[claim][0]));
      state.checks.forEach((verdict, check) => add(verdict, data.checks[check][0]));
      state.strengths.forEach((weight, key) => add(data.strengths[weight], relation.get(key).name));
      state.without.forEach(key => add('without', relation.get(key).name));
      return [...parts].map(([key, names]) => key + '=' + names.join(',')).join('&');
    }
    // An undercut of something that is struck out goes with it: to suppose a strength for it means nothing.
    function stands(state, key) {
      if (state.without.has(key)) return false;
      const found = relation.get(key);
      return !found || found.target === undefined || stands(state, found.target);
    }
    function command(state) {
      const parts = ['kb whatif'];
      const add = (option, text) => parts.push(option + ' ' + (/[^\w.=-]/.test(text) ? '"' + text + '"' : text));
      state.checks.forEach((verdict, check) => add('--verdict', data.checks[check][0] + '=' + TERMINAL[verdict]));
      state.strengths.forEach((weight, key) => { if (stands(state, key)) add('--strength', relation.get(key).name + '=' + data.strengths[weight]); });
      state.without.forEach(key => add('--remove', relation.get(key).name));
      if (data.options) parts.push(data.options);
      return parts.join(' ');
    }
    return { read, written, stands, command };
  };
})(window.kbSuppose);
