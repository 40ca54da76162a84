// Reference prover of program train (protocol, section 7). It treats absent layers like present ones: their tensors are
// zero and their presence multiplies what the circuit multiplies.

import { NUMBERING } from '../../src/generated/numbering.ts';
import { eqTable, evaluate, inverse, mod, powers, type Random, range, squares, sum, zeros } from './algebra.ts';
import {
  type Claim,
  type ClaimTerm,
  digests,
  type Instance,
  layout,
  layoutWords,
  open,
  ReferenceTranscript,
  type Slot,
  sumcheck,
  sumOf,
  type Table,
  table,
} from './argument.ts';
import { FRACTION, HALF_LIMB, type Hooks, LIMB, type Proved, slotOf, tableEntries, vector } from './common.ts';
import { pick, type TrainRun } from './train-run.ts';

const LAYERS = [1, 2, 3, 4];
const HIDDEN_LAYERS = [1, 2, 3];
const GROUPS = [0, 1, 2, 3, 4, 5, 6];
const { squares: SQ, sums: SUM, relations: R, evaluations: E, evaluations2: E2, claims: C } = NUMBERING.train;
const { parent: PARENT, child: CHILD, shard: SHARD, trace: TRACE, helper: HELPER } = NUMBERING.train.oracles;
const { digests: DIGEST, nonces: NONCE } = NUMBERING.shared;

/** Circuit inputs for a run, honest or not. */
export function proveTrain(random: Random, run: TrainRun, hooks: Hooks<TrainRun> = {}): Proved {
  hooks.run?.(run);
  const { a, p, sigma, stepBits, batch, steps, hidden, output, X, Y } = run;
  const batchBits = range(sigma).filter((t) => !stepBits.includes(t));
  const S = batch * steps;
  const lr = run.statedLr;
  const { h, nonce } = digests(random);
  const send = hooks.message ?? ((_: string, m: bigint[]) => m);

  // 1. layouts
  const present = (l: number) => p[l] !== 0n;
  const modelSizes = LAYERS.filter(present).flatMap((l): [string, number][] => [
    [`W_${l}`, a[l] + a[l - 1]],
    [`b_${l}`, a[l]],
  ]);
  const group = (g: number) => (g < 6 ? Math.floor(g / 2) + 1 : 4);
  const { names: traceNames } = NUMBERING.train.trace;
  const { names: helperNames } = NUMBERING.train.helper;
  /** slot, relation, evaluation and claim of a lookup group: two for each hidden layer, one for the output */
  const numbersOf = (g: number) => {
    if (g === 6) return { slot: 'hQ', relation: R.hQ, evaluation: E.hQ, claim: C.hQ };
    const [l, name] = [group(g), g % 2 === 0 ? ('hA' as const) : ('hB' as const)];
    return { slot: `${name}_${l}`, relation: R[name](l), evaluation: E[name](l), claim: C[name](l) };
  };
  const layerOf = (name: string) => (/^[QU]/.test(name) ? 4 : Number(name[name.length - 1]));
  const traceSizes = traceNames
    .filter((x) => x !== 'mult' && present(layerOf(x)))
    .map((x): [string, number] => [x, sigma + a[layerOf(x)]]);
  const helperSizes = GROUPS.filter((g) => present(group(g))).map((g): [string, number] => [
    numbersOf(g).slot,
    sigma + a[group(g)],
  ]);
  const layouts = {
    model: layout([...modelSizes, ['salt', 0]]),
    shard: layout([
      ['X', sigma + a[0]],
      ['Y', sigma + a[4]],
      ['salt', 0],
    ]),
    trace: layout([...traceSizes, ['mult', 14]]),
    helper: layout([...helperSizes, ['g', 14], ['random', 0]]),
  };
  const slots: Record<string, Slot> = {};
  for (const l of LAYERS) {
    slots[`W_${l}`] = slotOf(layouts.model.offsets[`W_${l}`] ?? 0, Number(p[l]) * (a[l] + a[l - 1]), p[l]);
    slots[`b_${l}`] = slotOf(layouts.model.offsets[`b_${l}`] ?? 0, a[l], p[l]);
  }
  slots.X = slotOf(layouts.shard.offsets.X, sigma + a[0]);
  slots.Y = slotOf(layouts.shard.offsets.Y, sigma + a[4]);
  for (const x of traceNames)
    slots[x] =
      x === 'mult'
        ? slotOf(layouts.trace.offsets.mult, 14)
        : slotOf(layouts.trace.offsets[x] ?? 0, sigma + a[layerOf(x)], p[layerOf(x)]);
  helperNames.forEach((x, g) => {
    slots[x] =
      x === 'g'
        ? slotOf(layouts.helper.offsets.g, 14)
        : slotOf(layouts.helper.offsets[x] ?? 0, sigma + a[group(g)], p[group(g)]);
  });
  hooks.slots?.(slots);

  // 2. limbs, multiplicities, oracles
  const limbs = GROUPS.map((g) => {
    if (g === 6) return [output.Q, output.U0, output.U1];
    const t = hidden[group(g)];
    return g % 2 === 0 ? [t.V.map((v, i) => v - t.m[i]), t.T, t.R0] : [t.R1, t.S0, t.S1];
  });
  const mult = zeros(2 ** 14);
  limbs.forEach((tensors, g) => {
    for (const v of present(group(g)) ? tensors.flat().map((t) => mod(p[group(g)] * t)) : [])
      if (v < LIMB) mult[Number(v)] += p[group(g)];
  });
  hooks.multiplicities?.(mult);
  const model = (W: bigint[][], b: bigint[][]) =>
    vector(layouts.model.length, [
      ...LAYERS.filter(present).flatMap((l): [number, bigint[]][] => [
        [layouts.model.offsets[`W_${l}`], W[l]],
        [layouts.model.offsets[`b_${l}`], b[l]],
      ]),
      [layouts.model.offsets.salt, [random.element()]],
    ]);
  const tensor = (x: string) =>
    x === 'Q' || x === 'U0' || x === 'U1' ? output[x] : hidden[layerOf(x)][x.slice(0, -2) as 'A'];
  const oracles = [
    model(run.W, run.b),
    model(run.childW, run.childB),
    vector(layouts.shard.length, [
      [layouts.shard.offsets.X, X],
      [layouts.shard.offsets.Y, Y],
      [layouts.shard.offsets.salt, [random.element()]],
    ]),
    vector(layouts.trace.length, [
      ...traceSizes.map(([x]): [number, bigint[]] => [layouts.trace.offsets[x], tensor(x)]),
      [layouts.trace.offsets.mult, mult],
    ]),
  ];

  // 3. challenges
  const transcript = new ReferenceTranscript(h[DIGEST.statement]);
  const traceOffset = traceNames.map((x) => slots[x].bits);
  const helperOffset = helperNames.map((x) => slots[x].bits);
  const beta = transcript.absorb([h[DIGEST.trace], ...layoutWords(traceOffset)]);
  const helpers = limbs.map(([x, y, z], g) =>
    x.map((_, i) => (present(group(g)) ? mod(sum([x, y, z].map((t) => inverse(beta - p[group(g)] * t[i])))) : 0n)),
  );
  const g = mult.map((m, k) => (mod(m) === 0n ? 0n : mod(m * inverse(beta - BigInt(k)))));
  oracles.push(
    vector(layouts.helper.length, [
      ...GROUPS.filter((k) => present(group(k))).map((k): [number, bigint[]] => [
        layouts.helper.offsets[numbersOf(k).slot],
        helpers[k],
      ]),
      [layouts.helper.offsets.g, g],
      [layouts.helper.offsets.random, [random.element()]],
    ]),
  );
  hooks.oracles?.(oracles);
  const sq = squares(transcript.absorb([h[DIGEST.helper], ...layoutWords(helperOffset)]), SQ.count);
  const cut = ({ from, to }: { from: number; to: number }) => sq.slice(from, to);
  const [ri, rj, rs, tau] = [cut(SQ.ri), cut(SQ.rj), cut(SQ.rs).slice(0, sigma), cut(SQ.tau)];
  const [tauS, tauF, [mu]] = [tau.slice(0, sigma), tau.slice(12), cut(SQ.mu)];

  // 4. what the relations speak of: In_l, D_l, P, P'
  const field = (t: readonly bigint[]) => t.map(mod);
  const input = (l: number): bigint[] => {
    const x = mod(p[l] - p[l - 1]);
    const A = l > 1 ? hidden[l - 1].A : undefined;
    return zeros(S * 2 ** a[l - 1]).map((_, i) => mod((A ? p[l - 1] * A[i] : 0n) + (x === 0n ? 0n : x * X[i])));
  };
  const In = [[], ...LAYERS.map(input)];
  const D = [
    [],
    ...HIDDEN_LAYERS.map((l) => hidden[l].D.map((v) => mod(p[l] * v))),
    output.Q.map((v, i) => mod(4n * (v - HALF_LIMB - Y[i]))),
  ];
  const high = (t: readonly bigint[], z: readonly bigint[], n: number) => {
    const e = eqTable(z.slice(0, n));
    return range(t.length >> n).map((s) => mod(sum(e.map((v, i) => v * t[i * (t.length >> n) + s]))));
  };
  const low = (t: readonly bigint[], z: readonly bigint[]) => {
    const e = eqTable(z);
    return range(t.length / e.length).map((i) => mod(sum(e.map((v, s) => v * t[i * e.length + s]))));
  };
  const [eqB, eqK] = [batchBits, stepBits].map((positions) => eqTable(positions.map((t) => rs[t])));
  /** the tensor at r_b for every step: [i, k] */
  const perStep = (t: readonly bigint[], n: number) => {
    const out = range(n).map(() => zeros(steps));
    t.forEach((v, x) => {
      const [i, s] = [Math.floor(x / S), x % S];
      if (v !== 0n) out[i][pick(s, stepBits)] += eqB[pick(s, batchBits)] * v;
    });
    return out.map((row) => row.map(mod));
  };
  /** P(i; s) = sum over later steps k of eq(r_k, k) t(i; r_b, k) */
  const later = (t: readonly bigint[]) => {
    const at = perStep(t, t.length / S).map((row) => row.map((v, k) => mod(eqK[k] * v)));
    const after = at.map((row) => row.map((_, k) => mod(sum(row.slice(k + 1)))));
    return t.map((_, x) => after[Math.floor(x / S)][pick(x % S, stepBits)]);
  };
  const rows = range(sigma);
  const features = (l: number) => range(a[l]).map((t) => 12 + t);
  const both = (l: number) => [...rows, ...features(l)];
  const repeated = (v: readonly bigint[], l: number) => range(S * 2 ** a[l]).map((x) => v[x % S]);

  // 5. batch 1
  const entries: { index: number; instance: Omit<Instance, 'weight'> }[] = [];
  const add = (index: number, positions: number[], ...terms: [bigint, ...(readonly bigint[] | Table)[]][]) =>
    entries.push({
      index,
      instance: {
        positions,
        terms: terms.map(([coefficient, ...factors]) => ({
          coefficient,
          factors: factors.map((f) => ('values' in f && 'positions' in f ? f : table(positions, f as bigint[]))),
        })),
      },
    });
  const laterSteps = range(S).map((s) => mod(sum(eqK.slice(pick(s, stepBits) + 1))));
  const [P, PD] = [[[] as bigint[]], [[] as bigint[]]];
  for (const l of LAYERS) {
    P[l] = later(In[l]);
    const Di = high(D[l], ri, a[l]);
    add(R.F1(l), features(l - 1), [p[l], high(run.W[l], ri, a[l]), low(In[l], rs)]);
    add(R.F2(l), both(l - 1), [1n, repeated(Di, l - 1), In[l], P[l]]);
    add(R.F3(l), rows, [1n, Di, laterSteps]);
    add(R.U(l), rows, [1n, Di, high(In[l], rj, a[l - 1]).map((v) => v + mu * 512n)]);
  }
  for (const l of HIDDEN_LAYERS) {
    PD[l] = present(l) ? later(D[l + 1]) : zeros(D[l + 1].length);
    add(R.B1(l), features(l + 1), [p[l] * p[l + 1], low(run.W[l + 1], rj.slice(0, a[l])), low(D[l + 1], rs)]);
    add(R.B2(l), both(l + 1), [1n, repeated(high(In[l + 1], rj, a[l]), l + 1), D[l + 1], PD[l]]);
    const t = hidden[l];
    const eq = table(both(l), eqTable([...tauS, ...tauF.slice(0, a[l])]));
    const [m, V, T] = [t.m, t.V, t.T].map((v) => v.map((x) => mod(p[l] * x)));
    add(R.bit(l), both(l), [1n, eq, m, m], [-1n, eq, m]);
    add(R.active(l), both(l), [p[l], eq, In[l + 1]], [-1n, eq, m, V]);
    add(R.delta(l), both(l), [1n, eq, D[l]], [-1n, eq, m, T.map((v) => v - HALF_LIMB)]);
  }
  const shares: { positions: number[]; helper: Table }[] = [];
  limbs.forEach((tensors, k) => {
    const l = group(k);
    if (!present(l)) return;
    const eq = table(both(l), eqTable([...tauS, ...tauF.slice(0, a[l])]));
    const [x, y, z] = tensors.map((t) =>
      table(
        both(l),
        t.map((v) => beta - p[l] * v),
      ),
    );
    const helper = table(
      both(l),
      helpers[k].map((v) => p[l] * v),
    );
    add(
      numbersOf(k).relation,
      both(l),
      [1n, eq, helper, x, y, z],
      [-p[l], eq, x, y],
      [-p[l], eq, x, z],
      [-p[l], eq, y, z],
    );
    shares.push({ positions: both(l), helper });
  });
  const honestSums = zeros(SUM.count);
  for (const { index, instance } of entries) if (index < SUM.count) honestSums[index] = sumOf(instance);
  const sums = send('sums', honestSums);
  const lambda = powers(transcript.absorb([...sums, nonce[NONCE.lambda]]), R.count);
  const instances = [
    ...entries.map(({ index, instance }) => ({ ...instance, weight: lambda[index] })),
    ...shares.map(({ positions, helper }) => ({
      positions,
      weight: lambda[R.logUp],
      terms: [{ coefficient: 1n, factors: [helper] }],
    })),
    ...tableEntries(tau.slice(0, 14), beta, g, mult, lambda[R.table], lambda[R.logUp]),
  ];
  const batch1 = sumcheck(instances, 24, 5, transcript, (round, m) => send(`batch1 ${round}`, m));
  const [rhoS, rhoF] = [batch1.point.slice(0, sigma), batch1.point.slice(12)];

  // 6. evaluations
  const at = (t: readonly bigint[], s: readonly bigint[], f: readonly bigint[], l: number) =>
    evaluate(field(t), [...s, ...f.slice(0, a[l])]);
  const weightAt = (w: readonly bigint[], l: number, j: readonly bigint[], i: readonly bigint[]) =>
    mod(p[l] * evaluate(field(w), [...j.slice(0, a[l - 1]), ...i.slice(0, a[l])]));
  const e = zeros(E.count);
  for (const l of LAYERS) {
    e[E.W(l)] = weightAt(run.W[l], l, rhoF, ri);
    e[E.InAtR(l)] = at(In[l], rs, rhoF, l - 1);
    e[E.DAtI(l)] = at(D[l], rhoS, ri, l);
    e[E.In(l)] = at(In[l], rhoS, rhoF, l - 1);
    e[E.P(l)] = at(P[l], rhoS, rhoF, l - 1);
    e[E.InAtJ(l)] = at(In[l], rhoS, rj, l - 1);
  }
  const perHidden = ['V', 'm', 'T', 'R0', 'R1', 'S0', 'S1', 'D'] as const;
  for (const l of HIDDEN_LAYERS) {
    e[E.nextW(l)] = mod(p[l] * weightAt(run.W[l + 1], l + 1, rj, rhoF));
    e[E.nextD(l)] = mod(p[l] * at(D[l + 1], rs, rhoF, l + 1));
    e[E.nextP(l)] = at(PD[l], rhoS, rhoF, l + 1);
    for (const x of perHidden) e[E[x](l)] = mod(p[l] * at(hidden[l][x], rhoS, rhoF, l));
  }
  for (const x of ['Q', 'U0', 'U1'] as const) e[E[x]] = at(output[x], rhoS, rhoF, 4);
  e[E.D4] = at(D[4], rhoS, rhoF, 4);
  helpers.forEach((t, k) => {
    e[numbersOf(k).evaluation] = mod(p[group(k)] * at(t, rhoS, rhoF, group(k)));
  });
  e[E.g] = evaluate(g, batch1.point.slice(0, 14));
  e[E.mult] = evaluate(field(mult), batch1.point.slice(0, 14));
  const evals1 = send('evals1', e);

  // 7. batch 2
  const mu2 = powers(transcript.absorb(evals1), E2.count);
  const earlier = eqTable(stepBits.map((t) => rhoS[t]));
  const earlierThan = range(steps).map((k) => mod(sum(earlier.slice(0, k))));
  const stepTensor = (t: readonly bigint[], l: number) => {
    const f = eqTable(rhoF.slice(0, a[l]));
    const at = perStep(t, 2 ** a[l]);
    return range(steps).map((k) => mod(sum(f.map((v, i) => v * at[i][k]))));
  };
  const stepped = [
    ...LAYERS.map((l) => stepTensor(In[l], l - 1)),
    ...HIDDEN_LAYERS.map((l) =>
      stepTensor(
        D[l + 1].map((v) => mod(p[l] * v)),
        l + 1,
      ),
    ),
  ];
  const batch2 = sumcheck(
    stepped.map((v, i) => ({
      weight: mu2[i],
      positions: stepBits,
      terms: [{ coefficient: 1n, factors: [earlierThan, eqK, v].map((f) => table(stepBits, f)) }],
    })),
    12,
    3,
    transcript,
    (round, m) => send(`batch2 ${round}`, m),
  );
  const zeta = rs.map((r, t) => (stepBits.includes(t) ? batch2.point[t] : r));
  const evals2 = send('evals2', [
    ...LAYERS.map((l) => at(In[l], zeta, rhoF, l - 1)),
    ...HIDDEN_LAYERS.map((l) => mod(p[l] * at(D[l + 1], zeta, rhoF, l + 1))),
  ]);

  // 8. claims
  const rho = transcript.absorb(evals2);
  const claims: Claim[] = Array.from({ length: C.count });
  type Point = readonly bigint[];
  const term = (oracle: number, slot: string, point: Point, coefficient = 1n): ClaimTerm => ({
    oracle,
    slot: slots[slot],
    point,
    coefficient,
  });
  const tp = (s: Point, f: Point, l: number) => [...s, ...f.slice(0, a[l])];
  const wp = (j: Point, i: Point, l: number) => [...j.slice(0, a[l - 1]), ...i.slice(0, a[l])];
  const inTerms = (l: number, s: Point, f: Point) => [
    ...(l > 1 ? [term(TRACE, `A_${l - 1}`, tp(s, f, l - 1))] : []),
    term(SHARD, 'X', tp(s, f, 0), p[l] - p[l - 1]),
  ];
  const dTerms = (l: number, s: Point, f: Point, weight = 1n) =>
    l < 4
      ? [term(TRACE, `D_${l}`, tp(s, f, l), weight)]
      : [term(TRACE, 'Q', tp(s, f, 4), 4n * weight), term(SHARD, 'Y', tp(s, f, 4), -4n * weight)];
  const shift = (l: number) => (l === 4 ? 4n * HALF_LIMB : 0n);
  const claim = (i: number, value: bigint, terms: ClaimTerm[]) => {
    claims[i] = { value, terms };
  };
  for (const l of LAYERS) {
    claim(C.W(l), evals1[E.W(l)], [term(PARENT, `W_${l}`, wp(rhoF, ri, l))]);
    claim(C.InAtR(l), evals1[E.InAtR(l)], inTerms(l, rs, rhoF));
    claim(C.DAtI(l), evals1[E.DAtI(l)] + shift(l), dTerms(l, rhoS, ri));
    claim(C.In(l), evals1[E.In(l)], inTerms(l, rhoS, rhoF));
    claim(C.P(l), evals2[E2.In(l)], inTerms(l, zeta, rhoF));
    claim(C.InAtJ(l), evals1[E.InAtJ(l)], inTerms(l, rhoS, rj));
  }
  for (const l of HIDDEN_LAYERS) {
    claim(C.nextW(l), evals1[E.nextW(l)], [term(PARENT, `W_${l + 1}`, wp(rj, rhoF, l + 1), p[l])]);
    claim(C.nextD(l), evals1[E.nextD(l)] + p[l] * shift(l + 1), dTerms(l + 1, rs, rhoF, p[l]));
    claim(C.nextP(l), evals2[E2.nextD(l)] + p[l] * shift(l + 1), dTerms(l + 1, zeta, rhoF, p[l]));
    for (const x of perHidden) claim(C[x](l), evals1[E[x](l)], [term(TRACE, `${x}_${l}`, tp(rhoS, rhoF, l))]);
  }
  for (const x of ['Q', 'U0', 'U1'] as const) claim(C[x], evals1[E[x]], [term(TRACE, x, tp(rhoS, rhoF, 4))]);
  claim(C.D4, evals1[E.D4] + shift(4), dTerms(4, rhoS, rhoF));
  for (const k of GROUPS) {
    const { slot, evaluation, claim: number } = numbersOf(k);
    claim(number, evals1[evaluation], [term(HELPER, slot, tp(rhoS, rhoF, group(k)))]);
  }
  claim(C.g, evals1[E.g], [term(HELPER, 'g', batch1.point.slice(0, 14))]);
  claim(C.mult, evals1[E.mult], [term(TRACE, 'mult', batch1.point.slice(0, 14))]);
  for (const l of LAYERS) {
    const [z, w] = [tp(rs, ri, l), wp(rj, ri, l)];
    const forward =
      l < 4
        ? [
            term(TRACE, `A_${l}`, z, -2n * FRACTION),
            term(TRACE, `V_${l}`, z, FRACTION),
            term(TRACE, `R0_${l}`, z, -1n),
            term(TRACE, `R1_${l}`, z, -LIMB),
          ]
        : [term(TRACE, 'Q', z, -FRACTION), term(TRACE, 'U0', z, -1n), term(TRACE, 'U1', z, -LIMB)];
    const value =
      lr * (sums[SUM.F2(l)] + 2n ** 18n * sums[SUM.F3(l)]) -
      sums[SUM.F1(l)] -
      p[l] * (FRACTION / 2n) -
      (l < 4 ? 0n : FRACTION * HALF_LIMB);
    const bias = ri.slice(0, a[l]);
    claim(C.forward(l), value, [term(PARENT, `b_${l}`, bias, 512n), ...forward]);
    claim(C.update(l), -lr * sums[SUM.U(l)], [
      term(CHILD, `W_${l}`, w),
      term(PARENT, `W_${l}`, w, -1n),
      term(CHILD, `b_${l}`, bias, mu),
      term(PARENT, `b_${l}`, bias, -mu),
    ]);
    if (l < 4) {
      const y = tp(rs, rj, l);
      claim(C.backward(l), sums[SUM.B1(l)] - lr * sums[SUM.B2(l)] + p[l] * (FRACTION * HALF_LIMB + FRACTION / 2n), [
        term(TRACE, `T_${l}`, y, FRACTION),
        term(TRACE, `S0_${l}`, y),
        term(TRACE, `S1_${l}`, y, LIMB),
      ]);
    }
  }
  const verifier = new ReferenceTranscript(transcript.state);
  const opened = open(oracles, claims, transcript, { rho, h, nonce, interfere: send });
  for (const message of opened.reduce) verifier.absorb(message);
  const { state } = verifier;

  // 9. the circuit's inputs
  const modelOffset = NUMBERING.shared.model.names.map((name) => slots[name].bits);
  const shardOffset = NUMBERING.shared.shard.names.map((name) => slots[name].bits);
  const pack = (offsets: readonly (readonly bigint[])[], from: number) =>
    sum(offsets.flatMap((o, i) => o.map((b, t) => b * 2n ** BigInt(from + 22 * i + t))));
  const shape =
    sum(run.n.map((v, l) => BigInt(v - 1) * 2n ** BigInt(12 * l))) +
    sum(HIDDEN_LAYERS.map((l) => p[l] * 2n ** BigInt(59 + l))) +
    pack(modelOffset, 63);
  const batchRows1 = sum(batchBits.map((t) => 2n ** BigInt(t)));
  const seg = lr + (BigInt(S - 1) << 17n) + (batchRows1 << 29n) + pack(shardOffset, 41);
  return {
    state,
    opened,
    inputs: {
      h,
      shape: mod(shape),
      seg: mod(seg),
      widths1: run.n.map((v) => mod(BigInt(v - 1))),
      present: p.slice(1, 4),
      modelOffset,
      rows1: BigInt(S - 1),
      batchRows1,
      lr: mod(lr),
      shardOffset,
      traceOffset,
      helperOffset,
      nonce,
      sums,
      batch1: batch1.messages,
      evals1,
      batch2: batch2.messages,
      evals2,
      ...opened,
    },
  };
}
