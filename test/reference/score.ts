// Program score (protocol, section 11): reference prover.

import { NUMBERING } from '../../src/generated/numbering.ts';
import { dot, eqTable, inverse as inverseOf, log2Up, mod, type Random, range, squares, sum, zeros } from './algebra.ts';
import { pointAt, positions, ReferenceBatch, type Term, term, times } from './batch.ts';
import { blinding, chunksOf, salted } from './commitments.ts';
import { modelInputs, modelOracle, placedModel, type ReferenceWeights } from './models.ts';
import { looked, sharing } from './omitted.ts';
import { evaluateAt, type Hooks, proveOneBatch, type Reference, ReferenceRun } from './run.ts';
import { layerOf, SCORE } from './score-verifier.ts';
import { layersOf, shardInputs, shardLayout } from './sizes.ts';
import {
  countLimbs,
  FRACTION,
  floorDiv,
  floorMod,
  HALF_LIMB,
  type Inputs,
  LIMB,
  LIMB_BITS,
  lookupHelper,
  oracleOf,
  place,
  real,
  shift,
  slotBits,
  type Tensors,
  tableHelper,
  UNIT,
} from './tensors.ts';

const { squares: SQ, trace: T, helper: H, sums: SUM, relations: R, evaluations: E } = NUMBERING.score;

/** X as [j, s] and Y as [i, s] with s low, padded with zeros. */
export interface ReferenceShard {
  inputs: number;
  outputs: number;
  rows: number;
  /** one label a row */
  classes: boolean;
  /** any number of labels a row, where there are no classes; neither: regression */
  labels?: boolean;
  X: bigint[];
  Y: bigint[];
  salt: bigint;
}

export interface ScoreHooks extends Hooks<{ weights: ReferenceWeights; shard: ReferenceShard }> {
  /** changes a rounded value Q of circuit layer l before everything that follows from it */
  round?: (l: number, i: number, s: number, Q: bigint) => bigint;
  /** changes m, V and A of a hidden unit; A is m V unless it says otherwise */
  rectify?: (l: number, i: number, s: number, at: { m: bigint; V: bigint; A?: bigint }) => void;
  /** weights of the forward pass and its sums, where they are not the committed ones */
  used?: (committed: ReferenceWeights) => ReferenceWeights;
  /** changes the claims c of the rows, from the rows that are right */
  rows?: (c: bigint[]) => void;
  /** changes the sums right and error before the statement is made */
  stated?: (sums: bigint[]) => void;
  result?: bigint;
}

/** Proves the score of a model on a shard, whatever it is. */
export function proveScore(
  weights: ReferenceWeights,
  shard: ReferenceShard,
  random: Random,
  hooks: ScoreHooks = {},
): Reference {
  hooks.run?.({ weights, shard });
  const layers = layersOf(weights.widths);
  const hidden = layers.filter(({ l }) => l < 4);
  const out = layers[layers.length - 1];
  const sigma = log2Up(shard.rows);
  const S = 2 ** sigma;
  const used = hooks.used?.(weights) ?? weights;
  const { classes, labels } = { classes: shard.classes ? 1n : 0n, labels: shard.labels ? 1n : 0n };

  // 1. trace: the forward pass
  const tensors: Tensors = {};
  const inputs: Record<number, bigint[]> = {};
  let A = shard.X;
  for (const { l, own, low, high } of layers) {
    inputs[l] = A;
    const [Q, R0, R1] = range(3).map(() => zeros(2 ** high * S));
    const next = { A: zeros(Q.length), V: zeros(Q.length), m: zeros(Q.length) };
    for (const i of range(2 ** high))
      for (const s of range(S)) {
        const at = i * S + s;
        const Z =
          sum(range(2 ** low).map((j) => used.W[own][i * 2 ** low + j] * inputs[l][j * S + s])) + UNIT * used.b[own][i];
        const exact = floorDiv(Z + FRACTION / 2n, FRACTION);
        Q[at] = hooks.round?.(l, i, s, exact) ?? exact;
        const rest = Z + FRACTION / 2n - FRACTION * Q[at];
        R0[at] = floorMod(rest, LIMB);
        R1[at] = (rest - R0[at]) / LIMB;
        const flag: { m: bigint; V: bigint; A?: bigint } = { m: Q[at] > 0n ? 1n : 0n, V: Q[at] > 0n ? Q[at] : -Q[at] };
        hooks.rectify?.(l, i, s, flag);
        [next.m[at], next.V[at], next.A[at]] = [flag.m, flag.V, flag.A ?? flag.m * flag.V];
      }
    if (l < 4) {
      for (const name of ['A', 'V', 'm'] as const) tensors[`${name}_${l}`] = next[name];
      [tensors[`R0_${l}`], tensors[`R1_${l}`]] = [R0, R1];
      A = next.A;
    } else {
      tensors.Q = Q.map((q) => q + HALF_LIMB);
      [tensors.U0, tensors.U1] = [R0, R1];
    }
  }
  const logit = (i: number, s: number) => tensors.Q[i * S + s] - HALF_LIMB;
  const onehot = (i: number, s: number) => shard.Y[i * S + s] / UNIT;
  tensors.L = range(S).map((s) =>
    shard.classes ? sum(range(2 ** out.high).map((i) => onehot(i, s) * logit(i, s))) : 0n,
  );
  const margin = (i: number, s: number) =>
    classes * (tensors.L[s] - logit(i, s) - 1n + onehot(i, s)) + labels * ((2n * onehot(i, s) - 1n) * logit(i, s) - 1n);
  tensors.c = range(S).map((s) =>
    (shard.classes || shard.labels) && s < shard.rows && range(out.rows).every((i) => margin(i, s) >= 0n) ? 1n : 0n,
  );
  hooks.rows?.(tensors.c);
  tensors.G = range(2 ** out.high * S).map((at) => {
    const [i, s] = [Math.floor(at / S), at % S];
    return i < out.rows ? tensors.c[s] * margin(i, s) : 0n;
  });
  hooks.trace?.(tensors);
  const groups = layers.map(({ l, high }) => ({
    index: l < 4 ? R.h(l) : R.hQ,
    slot: l < 4 ? `h_${l}` : 'hQ',
    at: positions(sigma, high),
    limbs:
      l < 4
        ? [tensors[`V_${l}`].map((v, i) => v - tensors[`m_${l}`][i]), tensors[`R0_${l}`], tensors[`R1_${l}`]]
        : [tensors.Q, tensors.U0, tensors.U1],
  }));
  const lookups = [
    ...groups.map(({ index, limbs }) => ({ index, limbs: looked(index, limbs) })),
    { index: R.hG, limbs: [tensors.G] },
  ];
  const mult = countLimbs(sharing(lookups).flatMap((lookup) => lookup.limbs));
  hooks.multiplicities?.(mult);
  const { Q, G, L, c } = tensors;
  tensors.mult = mult;
  const layouts = placesOf(weights.widths, shard, hooks.moved);
  hooks.slots?.(Object.assign({}, ...Object.values(layouts).map((l) => l.slots)));
  const own: Inputs = {
    ...modelInputs(weights, layouts.model),
    ...shardInputs({ ...shard, classes, labels }, layouts.shard.slots),
    traceOffset: slotBits(layouts.trace.slots, T.names),
    helperOffset: slotBits(layouts.helper.slots, H.names),
  };
  // the sums that do not depend on a challenge: the result is part of the statement
  const realRows = real(shard.rows, sigma);
  const logits = Q.map((q) => mod(q - HALF_LIMB));
  const error = logits.map((q, at) => mod(q - shard.Y[at]));
  const right = mod(sum(c));
  const squared = mod(sum(error.map((e, at) => e * e * realRows[at % S])));
  const stated = zeros(SUM.count);
  [stated[SUM.right], stated[SUM.error]] = [right, squared];
  hooks.stated?.(stated);
  own.result = mod(hooks.result ?? stated[shard.classes || shard.labels ? SUM.right : SUM.error]);
  const proof = new ReferenceRun('score', random, hooks as Hooks<never>, {
    parameters: [own.shape as bigint, own.shard as bigint, own.result],
    extra: [],
    statement: {
      model: modelOracle(weights, layouts.model),
      shard: oracleOf(layouts.shard, { X: shard.X, Y: shard.Y }, salted(shard.salt, chunksOf(layouts.shard.length))),
    },
  });
  const traceOracle = oracleOf(layouts.trace, tensors, blinding('trace', chunksOf(layouts.trace.length), random));
  const beta = proof.commit('trace', traceOracle);

  // 2. helper
  const inverse: Tensors = {};
  for (const { slot, index, limbs } of groups) inverse[slot] = lookupHelper(beta, ...looked(index, limbs));
  inverse.hG = lookupHelper(beta, G);
  inverse.g = tableHelper(beta, mult);
  hooks.helper?.(inverse, beta, tensors);
  const helperOracle = oracleOf(layouts.helper, inverse, blinding('helper', chunksOf(layouts.helper.length), random));
  const tau = squares(proof.commit('helper', helperOracle), SQ.count);
  const [rs, ri] = [tau.slice(SQ.rs.from, SQ.rs.to), tau.slice(SQ.ri.from, SQ.ri.to)];

  // 3. the sums, then the batch
  const eqS = eqTable(rs.slice(0, sigma));
  const forward = layers.map(({ l, own, low, high }) => {
    const eqI = eqTable(ri.slice(0, high));
    const rowOf = (i: number) => used.W[own].slice(i * 2 ** low, (i + 1) * 2 ** low);
    const W = range(2 ** low).map((j) =>
      dot(
        eqI,
        range(2 ** high).map((i) => rowOf(i)[j]),
      ),
    );
    const input = range(2 ** low).map((j) => dot(inputs[l].slice(j * S, (j + 1) * S), eqS));
    return { l, W, input, at: positions(0, low) };
  });
  const spread = (row: readonly bigint[]) => range(2 ** out.high).flatMap(() => row);
  const rowAt = range(sigma);
  const outAt = positions(sigma, out.high);
  const sums = [...stated];
  for (const { l, W, input } of forward) sums[SUM.F1(l)] = dot(W, input);
  sums[SUM.labelled] = evaluateAt(L, tau.slice(0, sigma));
  hooks.sums?.(sums, tau);
  own.sums = proof.sender.send('sums', sums);
  const batch = new ReferenceBatch();
  for (const { l, W, input, at } of forward) batch.sum(R.F1(l), at, [term(W, input)], sums[SUM.F1(l)]);
  batch.sum(R.right, rowAt, [term(c)], sums[SUM.right]);
  batch.sum(R.error, outAt, [term(spread(realRows), error, error)], sums[SUM.error]);
  for (const { l, high } of hidden) {
    const at = positions(sigma, high);
    const [a, V, m] = ['A', 'V', 'm'].map((n) => tensors[`${n}_${l}`]);
    batch.zero(R.bit(l), at, tau, [term(m, m), times(-1n, m)]);
    batch.zero(R.active(l), at, tau, [term(a), times(-1n, m, V)]);
  }
  for (const { index, slot, at, limbs } of groups) batch.lookup(index, at, tau, beta, inverse[slot], limbs);
  batch.lookupOne(R.hG, outAt, tau, beta, inverse.hG, G);
  const realClasses = real(out.rows, out.high).flatMap((v) => range(S).map(() => v));
  const ofClass = [term(spread(L)), times(-1n, logits), times(-1n), times(inverseOf(UNIT), shard.Y)];
  const ofLabels = [times(2n * inverseOf(UNIT), shard.Y, logits), times(-1n, logits), times(-1n)];
  const claimed = (bit: bigint, terms: Term[]) => [
    times(bit, G),
    ...terms.map(({ coefficient, factors }) => times(-bit * coefficient, spread(c), realClasses, ...factors)),
  ];
  batch.zero(R.margin, outAt, tau, [...claimed(classes, ofClass), ...claimed(labels, ofLabels)]);
  batch.zero(R.claimedBit, rowAt, tau, [term(c, c), times(-1n, c)]);
  batch.zero(R.claimedPadding, rowAt, tau, [term(c), times(-1n, c, realRows)]);
  batch.sum(
    R.labelled,
    outAt,
    [times(classes, spread(eqTable(tau.slice(0, sigma))), shard.Y, logits)],
    classes * UNIT * sums[SUM.labelled],
  );
  const helpers = [
    ...groups.map(({ index, slot, at }) => ({ index, at, h: inverse[slot] })),
    { index: R.hG, at: outAt, h: inverse.hG },
  ];
  batch.logUp(R, tau, beta, { g: inverse.g, mult, helpers });
  return proveOneBatch(proof, SCORE, own, {
    beta,
    squares: tau,
    batch,
    evaluate: (point, e) => {
      for (const { l, low, high } of layers) {
        const { W, input } = forward.find((f) => f.l === l)!;
        const f = point.slice(12, 12 + low);
        [e[E.W(l)], e[E.In(l)]] = [evaluateAt(W, f), evaluateAt(input, f)];
        if (l === 4) continue;
        const at = pointAt(positions(sigma, high), point);
        for (const name of ['A', 'V', 'm', 'R0', 'R1'] as const)
          e[E[name](l)] = evaluateAt(tensors[`${name}_${l}`], at);
        e[E.h(l)] = evaluateAt(inverse[`h_${l}`], at);
      }
      const [outside, rowPoint] = [pointAt(outAt, point), pointAt(rowAt, point)];
      for (const name of ['Q', 'U0', 'U1', 'G'] as const) e[E[name]] = evaluateAt(tensors[name], outside);
      for (const name of ['hQ', 'hG'] as const) e[E[name]] = evaluateAt(inverse[name], outside);
      e[E.Y] = evaluateAt(shard.Y, outside);
      [e[E.L], e[E.c]] = [evaluateAt(L, rowPoint), evaluateAt(c, rowPoint)];
      e[E.g] = evaluateAt(inverse.g, point.slice(0, LIMB_BITS));
      e[E.mult] = evaluateAt(mult, point.slice(0, LIMB_BITS));
    },
  });
}

/** Layouts of a model, a shard and the trace and helper of their score. */
function placesOf(widths: readonly number[], shard: ReferenceShard, moved: Hooks['moved'] = {}) {
  const sigma = log2Up(shard.rows);
  const layers = layersOf(widths);
  const sized = (names: readonly string[]) =>
    place(
      names.flatMap((name): [string, number][] => {
        if (name === 'L' || name === 'c') return [[name, sigma]];
        if (name === 'mult' || name === 'g') return [[name, LIMB_BITS]];
        const layer = layers.find(({ l }) => l === layerOf(name));
        return layer ? [[name, sigma + layer.high]] : [];
      }),
      names,
    );
  return {
    model: placedModel(widths),
    shard: shardLayout(sigma, shard.inputs, shard.outputs),
    trace: shift(sized(T.names), moved.trace ?? 0),
    helper: shift(sized(H.names), moved.helper ?? 0),
  };
}

/** A shard of small values; labels at random, or targets. */
export function randomShard(
  { inputs, outputs, rows, classes, labels }: Omit<ReferenceShard, 'X' | 'Y' | 'salt'>,
  random: Random,
): ReferenceShard {
  const S = 2 ** log2Up(rows);
  const draw = () => BigInt(random.below(2001) - 1000);
  const X = range(2 ** log2Up(inputs)).flatMap((j) => range(S).map((s) => (j < inputs && s < rows ? draw() : 0n)));
  const label = range(S).map(() => random.below(outputs));
  const Y = range(2 ** log2Up(outputs)).flatMap((i) =>
    range(S).map((s) => {
      if (s >= rows || i >= outputs) return 0n;
      if (classes) return label[s] === i ? UNIT : 0n;
      return labels ? UNIT * BigInt(random.below(2)) : draw();
    }),
  );
  return { inputs, outputs, rows, classes, labels, X, Y, salt: random.element() };
}
