/* Where claims stand, first: what acts on what, in the order in which it can be computed (as kb/standing/snapshot.py). */
window.kbStanding = (() => {
  'use strict';
  const DIRECT = 1, PART = 2, CORROBORATES = 3, PROXY = 4;
  const lists = count => Array.from({ length: count }, () => []);

  function countOnce(items, evidence) {
    if (items.length < 2) return items.map(item => [item]);
    const parent = items.map((_, at) => at), holder = new Map();
    const root = at => { while (parent[at] !== at) at = parent[at]; return at; };
    items.forEach((item, at) => evidence(item).forEach(token => {
      if (!holder.has(token)) holder.set(token, at);
      else parent[root(at)] = root(holder.get(token));
    }));
    const groups = new Map();
    items.forEach((item, at) => {
      const key = root(at);
      if (!groups.has(key)) groups.set(key, []);
      groups.get(key).push(item);
    });
    return [...groups.values()];
  }

  // Tarjan 1972, without recursion: each component after those it depends on.
  function strongComponents(depends) {
    const n = depends.length, index = Array(n).fill(-1), low = Array(n).fill(0), onStack = Array(n).fill(false);
    const stack = [], found = [];
    let counter = 0;
    const enter = node => {
      index[node] = low[node] = counter++;
      stack.push(node);
      onStack[node] = true;
      return { node, next: 0 };
    };
    for (let start = 0; start < n; start++) {
      if (index[start] >= 0) continue;
      if (!depends[start].length) {
        index[start] = n;
        found.push([start]);
        continue;
      }
      const work = [enter(start)];
      while (work.length) {
        const top = work[work.length - 1], node = top.node;
        if (top.next < depends[node].length) {
          const other = depends[node][top.next++];
          if (index[other] < 0) work.push(enter(other));
          else if (onStack[other] && index[other] < low[node]) low[node] = index[other];
          continue;
        }
        work.pop();
        if (work.length) {
          const below = work[work.length - 1].node;
          if (low[node] < low[below]) low[below] = low[node];
        }
        if (low[node] !== index[node]) continue;
        const members = [];
        let other;
        do {
          other = stack.pop();
          onStack[other] = false;
          members.push(other);
        } while (other !== node);
        found.push(members);
      }
    }
    return found;
  }

  function places(components, n) {
    const found = Array(n).fill(0);
    components.forEach((members, place) => members.forEach(claim => { found[claim] = place; }));
    return found;
  }

  function rolesOf(data, gone) {
    const n = data.claims.length, first = data.steps.length;
    const roles = { bearings: lists(n), settle: Array(n).fill(false), deciding: lists(n), proxies: [] };
    data.bearings.forEach(([check, claim, bears, against], j) => {
      if (!bears || gone.has(first + j)) return;
      if (bears === PROXY) {
        roles.proxies.push([j, 1]);
        if (against) roles.proxies.push([j, -1]);
        return;
      }
      roles.bearings[claim].push(j);
      if (bears === DIRECT || bears === PART) {
        roles.settle[claim] = true;
        roles.deciding[claim].push(check);
      }
    });
    return roles;
  }

  function cutsOf(data, gone, roles, evidence) {
    const nSteps = data.steps.length, nBearings = data.bearings.length, cutSlot = nSteps + nBearings;
    const takers = lists(cutSlot + data.undercuts.length);
    data.undercuts.forEach(([target], k) => { if (!gone.has(cutSlot + k)) takers[target].push(k); });
    const queue = [], cuts = lists(data.claims.length), roots = [];
    data.steps.forEach(([sign, , claim], i) => {
      if (takers[i].length && !gone.has(i)) queue.push([i, { claim, sign, ofCheck: false, counts: !roles.settle[claim] }]);
    });
    const proxies = new Set(roles.proxies.map(([j]) => j));
    data.bearings.forEach(([, claim], j) => {
      const slot = nSteps + j;
      if (!takers[slot].length || gone.has(slot)) return;
      const sets = roles.bearings[claim].includes(j), argues = proxies.has(j);
      const counts = sets || (argues && !roles.settle[claim]);
      queue.push([slot, { claim, sign: Number(sets || argues), ofCheck: sets, counts }]);
    });
    for (const [slot, root] of queue) { // grows while it is read
      cuts[root.claim].push([slot, countOnce(takers[slot], evidence)]);
      for (const k of takers[slot]) {
        roots[k] = { ...root, sign: -root.sign };
        if (takers[cutSlot + k].length) queue.push([cutSlot + k, roots[k]]);
      }
    }
    cuts.forEach(found => found.reverse());
    return { cuts, roots };
  }

  function compile(data, gone) {
    const n = data.claims.length, nSteps = data.steps.length, nChecks = data.checks.length;
    const roles = rolesOf(data, gone), { settle } = roles;
    const tokens = roles.deciding.map((checks, i) => [i, ...checks.map(check => n + check)]);
    data.shared.forEach((group, at) => group.forEach(claim => tokens[claim].push(n + nChecks + at)));
    const restsOn = linked => linked.flatMap(premise => tokens[premise]);

    const reasons = [];
    data.steps.forEach(([sign, strength, claim, premises], i) => {
      if (gone.has(i)) return;
      const circular = premises.some(p => roles.deciding[p].some(check => roles.deciding[claim].includes(check)));
      reasons.push({ claim, sign, omega: data.scale.omega[strength], weak: strength === 0, premises, slot: i, proxy: -1, circular, inside: false });
    });
    roles.proxies.forEach(([j, sign]) => {
      reasons.push({ claim: data.bearings[j][1], sign, omega: data.scale.omega[0], weak: true, premises: [], slot: nSteps + j, proxy: j, circular: false, inside: false });
    });
    const sides = { 1: lists(n), '-1': lists(n) };
    reasons.forEach((reason, at) => sides[reason.sign][reason.claim].push(at));
    const evidence = at => {
      const reason = reasons[at];
      return reason.proxy < 0 ? restsOn(reason.premises) : [n + data.bearings[reason.proxy][0]];
    };
    const { cuts, roots } = cutsOf(data, gone, roles, k => restsOn(data.undercuts[k][2]));
    const assumes = lists(n), requires = lists(n);
    data.assumes.forEach(([claim, others]) => { assumes[claim] = others; });
    data.requires.forEach(([claim, others]) => { requires[claim] = others; });

    const own = lists(n);
    reasons.forEach(reason => { if (!settle[reason.claim]) own[reason.claim].push(...reason.premises); });
    for (let claim = 0; claim < n; claim++) if (!settle[claim]) own[claim].push(...assumes[claim], ...requires[claim]);
    const idle = data.undercuts.map(() => new Set());
    const withCuts = () => {
      const found = own.map(others => [...others]);
      roots.forEach((root, k) => {
        if (root.counts) found[root.claim].push(...data.undercuts[k][2].filter(p => !idle[k].has(p)));
      });
      return found;
    };
    if (roots.some(root => root.ofCheck)) {
      const place = places(strongComponents(withCuts()), n);
      roots.forEach((root, k) => {
        if (root.ofCheck) data.undercuts[k][2].forEach(p => { if (!settle[p] && place[p] === place[root.claim]) idle[k].add(p); });
      });
    }
    const depends = withCuts(), components = strongComponents(depends), component = places(components, n);
    const cyclic = components.map(() => false), dependents = lists(n);
    depends.forEach((others, claim) => others.forEach(other => {
      if (component[other] !== component[claim]) return;
      cyclic[component[claim]] = true;
      dependents[other].push(claim);
    }));
    reasons.forEach(reason => {
      reason.inside = reason.sign > 0 && reason.premises.some(p => component[p] === component[reason.claim]);
    });
    return {
      data, n, reasons, cuts, roots, idle, assumes, requires, components, component, cyclic, dependents,
      bearings: roles.bearings, checked: settle, first: nSteps, cutSlot: nSteps + data.bearings.length,
      groupsFor: sides[1].map(side => countOnce(side, evidence)), groupsAgainst: sides[-1].map(side => countOnce(side, evidence))
    };
  }

  return { DIRECT, PART, CORROBORATES, compile };
})();
