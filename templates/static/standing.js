/* Where the claims of a map stand: the rules of kb/standing (docs/standings.md), number for number and in the same order,
   less what only an account shows (what undercuts leave of reasons that a check keeps from counting). It touches no page.
   What acts on what is worked out in standing-structure.js, strengths in standing-strengths.js, and labels here.
   `kbStanding.solve(data, gone)` takes the arrays that kb/site/snapshot.py writes, and a Set of the slots
   (step i is slot i, bearing j slot S + j, undercut k slot S + B + k) that are to be left out. */
(standing => {
  'use strict';
  const { compile, WHOLE, least, scoreOf, groundsOf, baseScore, strengths, argued, reasonPremise, reasonValue } = standing;
  const NOT_RUN = 0, HOLDS = 1, FAILS = 2, INCONCLUSIVE = 3, MIXED = 4;
  const SAME = 1e-9;
  const WHY = { notRun: 0, inconclusive: 1, reading: 2, unverified: 3, refuted: 4, contested: 5, noEvidence: 6 };

  // Stands (1), falls (−1), or open (0).
  function labelOf([low, high], [falls, stands]) {
    if (low >= stands - SAME) return 1;
    return high <= falls + SAME ? -1 : 0;
  }

  function labelled(map, scores, grounds, state) {
    const { scale, claims } = map.data;
    const limits = claims.map(([, , falls, stands]) => (stands === undefined ? [scale.falls, scale.stands] : [falls, stands]));
    const found = grounds.map((own, i) => (own.pending ? 0 : labelOf([state.low[i], state.high[i]], limits[i])));
    const why = Array(map.n).fill(-1);
    const openClaims = (claim, premises) => premises
      .filter(p => why[p] >= 0 && map.component[p] !== map.component[claim]).map(p => why[p]);
    const first = causes => Math.min(WHY.noEvidence, ...causes);

    function checkedReason(i) {
      const own = grounds[i], used = [...own.direct, ...own.parts];
      if (own.pending) return WHY.notRun;
      if (labelOf(baseScore(own, scores, scale, () => WHOLE), limits[i])) return WHY.contested;
      const verdicts = new Set(used.map(j => scores[j].verdict));
      if (verdicts.has(MIXED)) return WHY.reading;
      if (verdicts.has(INCONCLUSIVE)) return WHY.inconclusive;
      if (used.some(j => !scores[j].ran)) return WHY.notRun;
      if (own.failed.length || (verdicts.has(HOLDS) && verdicts.has(FAILS))) return WHY.contested;
      return used.some(j => scores[j].provisional) ? WHY.unverified : WHY.inconclusive;
    }
    function proxyCauses(score) {
      if (!score.ran) return [WHY.notRun];
      if (score.verdict === MIXED) return [WHY.reading];
      if (score.verdict === INCONCLUSIVE) return [WHY.inconclusive];
      return score.provisional ? [WHY.unverified] : [];
    }
    function arguedReason(i) {
      const sure = { 1: false, '-1': false }, possible = { 1: false, '-1': false }, causes = [];
      for (const [sign, groups] of [[1, map.groupsFor[i]], [-1, map.groupsAgainst[i]]]) {
        for (const at of groups.flat()) {
          const reason = map.reasons[at], [low, high] = reasonValue(map, scores, state, reason);
          if (low > 0) sure[sign] = true;
          if (high > 0) possible[sign] = true;
          if (low < high) causes.push(...(reason.proxy < 0 ? openClaims(i, reason.premises) : proxyCauses(scores[reason.proxy])));
        }
      }
      if (sure[1] && sure[-1]) return WHY.contested;
      for (const [, groups] of map.cuts[i]) {
        for (const k of groups.flat()) {
          const premises = map.data.undercuts[k][2];
          if (least(premises.map(p => state.high[p])) > 0.5) causes.push(...openClaims(i, premises));
        }
      }
      const rank = first(causes);
      if (rank === WHY.noEvidence) {
        if (possible[1] && possible[-1] && (sure[1] || sure[-1])) return WHY.contested;
        if (grounds[i].failed.length) return WHY.inconclusive;
      }
      return rank;
    }
    for (const i of map.components.flat()) {
      if (found[i]) continue;
      const needed = [...map.assumes[i], ...map.requires[i]];
      if (map.checked[i] || grounds[i].pending) why[i] = checkedReason(i);
      else if (needed.some(other => found[other] < 0)) why[i] = WHY.refuted;
      else if (needed.length && labelOf(argued(map, scores, state, i), limits[i])) why[i] = first(openClaims(i, needed));
      else why[i] = arguedReason(i);
    }
    return { standing: found, why };
  }

  // Whether something speaks against the claim that was itself looked into.
  function contested(map, scores, grounds, labels, state, claim) {
    const examined = premises => premises.every(p => grounds[p].decided || labels.standing[p]);
    for (const at of map.groupsAgainst[claim].flat()) {
      const reason = map.reasons[at];
      if (reason.circular) continue;
      if (reason.proxy < 0 ? examined(reason.premises) : scores[reason.proxy].ran) return true;
      if (reasonPremise(map, scores, state, reason)[0] > 0.5) return true;
    }
    return map.cuts[claim].some(([, groups]) => groups.flat()
      .some(k => map.roots[k].sign < 0 && examined(map.data.undercuts[k][2])));
  }

  /* By claim: `low` and `high`, `standing` (1, −1 or 0), `why` it is open (its place in data.open, −1 when it is not),
     whether a check decided it and whether something examined speaks against it. */
  function solve(data, gone) {
    const map = compile(data, gone || new Set());
    const scores = data.bearings.map((_, j) => scoreOf(data, j));
    const grounds = map.bearings.map((_, claim) => groundsOf(map, scores, claim));
    const state = strengths(map, scores, grounds);
    const labels = labelled(map, scores, grounds, state);
    return {
      low: state.low, high: state.high, standing: labels.standing, why: labels.why,
      decided: grounds.map(own => own.decided),
      contested: grounds.map((_, claim) => contested(map, scores, grounds, labels, state, claim))
    };
  }

  /* The data under other answers. `changes.checks`: by number, "holds", "fails" or "not-run"; `changes.strengths`: by slot,
     0 (weak) to 3 (decisive); `changes.without`: a Set of slots and of needs, as "assumes 3 5" (claim 3 assumes claim 5). */
  function suppose(data, changes) {
    const cutSlot = data.steps.length + data.bearings.length;
    const kept = relation => data[relation].map(([claim, others]) => [
      claim, others.filter(other => !changes.without.has(relation + ' ' + claim + ' ' + other))
    ]);
    const weighed = (rows, first) => rows.map((row, at) => {
      if (!changes.strengths.has(first + at)) return row;
      const other = [...row];
      other[1] = changes.strengths.get(first + at);
      return other;
    });
    const supposed = {
      ...data,
      steps: weighed(data.steps, 0),
      undercuts: weighed(data.undercuts, cutSlot),
      assumes: kept('assumes'),
      requires: kept('requires'),
      checks: data.checks.map((row, at) => {
        const verdict = changes.checks.get(at);
        if (verdict === undefined) return row;
        const code = { holds: HOLDS, fails: FAILS, 'not-run': NOT_RUN }[verdict];
        return [...row.slice(0, 3), code, ...data.scale.supposed[code], 0, ...row.slice(7)];
      })
    };
    return solve(supposed, changes.without);
  }

  Object.assign(standing, { solve, suppose });
})(window.kbStanding);
