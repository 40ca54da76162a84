// Program score (protocol, section 11), slow and in BigInt.

import { NUMBERING } from '../../src/generated/numbering.ts';
import {
  dot,
  eqTable,
  evaluate,
  inverse as inverseOf,
  log2Up,
  mod,
  type Random,
  range,
  squares,
  sum,
  zeros,
} from './algebra.ts';
import { layout } from './argument.ts';
import { layersOf, MODEL_SLOTS, modelOracle, type ReferenceWeights, real, shapeInputs } from './models.ts';
import {
  blinding,
  countLimbs,
  type Hooks,
  lookupHelper,
  oracleOf,
  pointAt,
  positions,
  type Reference,
  ReferenceBatch,
  ReferenceClaims,
  ReferenceRun,
  slotBits,
  type Tensors,
  type Term,
  tableHelper,
  term,
  times,
} from './relations.ts';

const {
  oracles: O,
  squares: SQ,
  trace: T,
  helper: H,
  sums: SUM,
  relations: R,
  evaluations: E,
  claims: C,
} = NUMBERING.score;
const [F, FA, HALF, LIMB] = [2n ** 28n, 2n ** 9n, 2n ** 13n, 2n ** 14n];

/** X as [j, s] and Y as [i, s] with s low, padded with zeros. */
export interface ReferenceShard {
  inputs: number;
  outputs: number;
  rows: number;
  classes: boolean;
  X: bigint[];
  Y: bigint[];
  salt: bigint;
}

const floor = (x: bigint, y: bigint): bigint => (x - (((x % y) + y) % y)) / y;

export interface ScoreHooks extends Hooks {
  /** changes a rounded value Q of circuit layer l before everything that follows from it */
  round?: (l: number, i: number, s: number, Q: bigint) => bigint;
  /** changes m, V and A of a hidden unit; A is m V unless it says otherwise */
  rectify?: (l: number, i: number, s: number, at: { m: bigint; V: bigint; A?: bigint }) => void;
  /** weights of the forward pass and its sums, where they are not the committed ones */
  used?: (committed: ReferenceWeights) => ReferenceWeights;
  /** changes the claims c of the rows, from the rows that are right */
  rows?: (c: bigint[]) => void;
  result?: bigint;
}

/** Circuit inputs of a shard: the descriptor and its fields but the offsets. */
export function shardInputs({ inputs, outputs, rows, classes }: ReferenceShard): Record<string, bigint> {
  const sigma = log2Up(rows);
  const { offsets } = layout([
    ['X', sigma + log2Up(inputs)],
    ['Y', sigma + log2Up(outputs)],
    ['salt', 0],
  ]);
  const fields = [inputs - 1, outputs - 1, rows - 1, classes ? 1 : 0].map(BigInt);
  const shard =
    [0, 12, 24, 36].reduce((s, at, i) => s + (fields[i] << BigInt(at)), 0n) +
    (BigInt(offsets.X) << 37n) +
    (BigInt(offsets.Y) << 59n);
  return { shard, inputs1: fields[0], outputs1: fields[1], rows1: fields[2], classes: fields[3] };
}

/** Proves the score of a model on a shard, whatever it is. */
export function proveScore(
  weights: ReferenceWeights,
  shard: ReferenceShard,
  random: Random,
  hooks: ScoreHooks = {},
): Reference {
  const run = new ReferenceRun(random, hooks);
  const layers = layersOf(weights.widths);
  const hidden = layers.filter(({ l }) => l < 4);
  const out = layers[layers.length - 1];
  const sigma = log2Up(shard.rows);
  const S = 2 ** sigma;
  const used = hooks.used?.(weights) ?? weights;
  const model = modelOracle(weights);
  const data = oracleOf({ X: shard.X, Y: shard.Y, salt: [shard.salt] });
  const classBit = shard.classes ? 1n : 0n;

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
          sum(range(2 ** low).map((j) => used.W[own][i * 2 ** low + j] * inputs[l][j * S + s])) + FA * used.b[own][i];
        const exact = floor(Z + F / 2n, F);
        Q[at] = hooks.round?.(l, i, s, exact) ?? exact;
        const R = Z + F / 2n - F * Q[at];
        R0[at] = ((R % LIMB) + LIMB) % LIMB;
        R1[at] = (R - R0[at]) / LIMB;
        const flag: { m: bigint; V: bigint; A?: bigint } = { m: Q[at] > 0n ? 1n : 0n, V: Q[at] > 0n ? Q[at] : -Q[at] };
        hooks.rectify?.(l, i, s, flag);
        [next.m[at], next.V[at], next.A[at]] = [flag.m, flag.V, flag.A ?? flag.m * flag.V];
      }
    if (l < 4) {
      for (const name of ['A', 'V', 'm'] as const) tensors[`${name}_${l}`] = next[name];
      [tensors[`R0_${l}`], tensors[`R1_${l}`]] = [R0, R1];
      A = next.A;
    } else {
      tensors.Q = Q.map((q) => q + HALF);
      [tensors.U0, tensors.U1] = [R0, R1];
    }
  }
  const logit = (i: number, s: number) => tensors.Q[i * S + s] - HALF;
  const onehot = (i: number, s: number) => shard.Y[i * S + s] / FA;
  tensors.L = range(S).map((s) =>
    shard.classes ? sum(range(2 ** out.high).map((i) => onehot(i, s) * logit(i, s))) : 0n,
  );
  const margin = (i: number, s: number) => tensors.L[s] - logit(i, s) - 1n + onehot(i, s);
  tensors.c = range(S).map((s) =>
    shard.classes && s < shard.rows && range(out.rows).every((i) => margin(i, s) >= 0n) ? 1n : 0n,
  );
  hooks.rows?.(tensors.c);
  tensors.G = range(2 ** out.high * S).map((at) => {
    const [i, s] = [Math.floor(at / S), at % S];
    return i < out.rows ? tensors.c[s] * margin(i, s) : 0n;
  });
  hooks.trace?.(tensors);
  const groups = layers.map(({ l, high }) => ({
    l,
    slot: l < 4 ? `h_${l}` : 'hQ',
    at: positions(sigma, high),
    limbs:
      l < 4
        ? [tensors[`V_${l}`].map((v, i) => v - tensors[`m_${l}`][i]), tensors[`R0_${l}`], tensors[`R1_${l}`]]
        : [tensors.Q, tensors.U0, tensors.U1],
  }));
  const mult = countLimbs([...groups.flatMap((g) => g.limbs), tensors.G]);
  hooks.multiplicities?.(mult);
  const { Q, U0, U1, G, L, c, ...rest } = tensors;
  const trace = oracleOf({ ...rest, Q, U0, U1, G, L, c, mult, blinding: blinding(random) });
  const beta = run.commit('trace', trace, T.names);

  // 2. helper
  const inverse: Tensors = {};
  for (const { slot, limbs } of groups) inverse[slot] = lookupHelper(beta, ...limbs);
  inverse.hG = lookupHelper(beta, G);
  inverse.g = tableHelper(beta, mult);
  hooks.helper?.(inverse, beta, tensors);
  const helper = oracleOf({ ...inverse, blinding: [random.element()] });
  const x = run.commit('helper', helper, H.names);
  const all = squares(x, SQ.count);
  const [ri, rs, tau] = [SQ.ri, SQ.rs, SQ.tau].map(({ from, to }) => all.slice(from, to));

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
  const realRows = real(shard.rows, sigma);
  const spread = (row: readonly bigint[]) => range(2 ** out.high).flatMap(() => row);
  const logits = Q.map((q) => mod(q - HALF));
  const error = logits.map((q, at) => mod(q - shard.Y[at]));
  const rowAt = range(sigma);
  const outAt = positions(sigma, out.high);
  const sums = zeros(SUM.count);
  for (const { l, W, input } of forward) sums[SUM.F1(l)] = dot(W, input);
  sums[SUM.right] = mod(sum(c));
  sums[SUM.error] = mod(sum(error.map((e, at) => e * e * realRows[at % S])));
  sums[SUM.labelled] = evaluate(L, tau.slice(0, sigma));
  hooks.sums?.(sums, tau);
  const lambda = run.transcript.absorb([...sums, run.nonce[NUMBERING.shared.nonces.lambda]]);
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
  for (const { l, slot, at, limbs } of groups) batch.lookup(l < 4 ? R.h(l) : R.hQ, at, tau, beta, inverse[slot], limbs);
  batch.lookupOne(R.hG, outAt, tau, beta, inverse.hG, G);
  const realClasses = real(out.rows, out.high).flatMap((v) => range(S).map(() => v));
  const claimed: Term[] = [term(spread(L)), times(-1n, logits), times(-1n), times(inverseOf(FA), shard.Y)].map(
    ({ coefficient, factors }) => times(-classBit * coefficient, spread(c), realClasses, ...factors),
  );
  batch.zero(R.margin, outAt, tau, [times(classBit, G), ...claimed]);
  batch.zero(R.claimedBit, rowAt, tau, [term(c, c), times(-1n, c)]);
  batch.zero(R.claimedPadding, rowAt, tau, [term(c), times(-1n, c, realRows)]);
  batch.sum(
    R.labelled,
    outAt,
    [times(classBit, spread(eqTable(tau.slice(0, sigma))), shard.Y, logits)],
    classBit * FA * sums[SUM.labelled],
  );
  const helpers = [...groups.map(({ slot, at }) => ({ at, h: inverse[slot] })), { at: outAt, h: inverse.hG }];
  batch.logUp(R, tau, beta, { g: inverse.g, mult, helpers });
  const { messages, point, missing } = batch.prove(lambda, run.transcript, hooks.interfere);

  // 4. evaluations and claims
  const oracles = [model, data, trace, helper];
  const claims = new ReferenceClaims(oracles, C.count);
  const evals = zeros(E.count);
  const known: { index: number; value: bigint; terms: ReturnType<typeof claims.term>[] }[] = [];
  const know = (index: number, oracle: number, name: string, tensor: readonly bigint[], at: readonly number[]) =>
    known.push({
      index,
      value: evaluate(tensor, pointAt(at, point)),
      terms: [claims.term(oracle, name, pointAt(at, point))],
    });
  for (const { l, low, high } of layers) {
    const own = forward.find((f) => f.l === l)!;
    const f = point.slice(12, 12 + low);
    known.push({
      index: E.W(l),
      value: evaluate(own.W, f),
      terms: [claims.term(O.model, `W_${l}`, [...f, ...ri.slice(0, high)])],
    });
    const first = l === layers[0].l;
    const input = claims.term(first ? O.shard : O.trace, first ? 'X' : `A_${l - 1}`, [...rs.slice(0, sigma), ...f]);
    known.push({ index: E.In(l), value: evaluate(own.input, f), terms: [input] });
    if (l < 4)
      for (const name of ['A', 'V', 'm', 'R0', 'R1'] as const)
        know(E[name](l), O.trace, `${name}_${l}`, tensors[`${name}_${l}`], positions(sigma, high));
    if (l < 4) know(E.h(l), O.helper, `h_${l}`, inverse[`h_${l}`], positions(sigma, high));
  }
  for (const name of ['Q', 'U0', 'U1', 'G'] as const) know(E[name], O.trace, name, tensors[name], outAt);
  for (const name of ['hQ', 'hG'] as const) know(E[name], O.helper, name, inverse[name], outAt);
  know(E.Y, O.shard, 'Y', shard.Y, outAt);
  know(E.L, O.trace, 'L', L, rowAt);
  know(E.c, O.trace, 'c', c, rowAt);
  know(E.g, O.helper, 'g', inverse.g, range(14));
  know(E.mult, O.trace, 'mult', mult, range(14));
  for (const { index, value } of known) evals[index] = value;
  hooks.evals?.(evals, { point, lambda, beta, tau, missing });
  const rho = run.transcript.absorb(evals);
  for (const index of range(E.count)) claims.set(index, evals[index]);
  for (const { index, terms } of known) claims.set(index, evals[index], ...terms);
  claims.set(C.labelled, sums[SUM.labelled], claims.term(O.trace, 'L', tau.slice(0, sigma)));
  for (const { l, high } of layers) {
    const at = [...rs.slice(0, sigma), ...ri.slice(0, high)];
    const t = (name: string, coefficient: bigint) => claims.term(O.trace, name, at, coefficient);
    const rounded =
      l < 4
        ? [t(`A_${l}`, -2n * F), t(`V_${l}`, F), t(`R0_${l}`, -1n), t(`R1_${l}`, -LIMB)]
        : [t('Q', -F), t('U0', -1n), t('U1', -LIMB)];
    const value = -sums[SUM.F1(l)] - F / 2n - (l < 4 ? 0n : F * HALF);
    claims.set(C.forward(l), value, claims.term(O.model, `b_${l}`, ri.slice(0, high), FA), ...rounded);
  }
  // an absent layer has no constants: its forward claim says that its sum is 0
  for (let l = 1; l < layers[0].l; l++) claims.set(C.forward(l), -sums[SUM.F1(l)]);

  return run.finish(oracles, claims, batch, rho, {
    ...shapeInputs(weights.widths),
    ...shardInputs(shard),
    result: hooks.result ?? sums[shard.classes ? SUM.right : SUM.error],
    modelOffset: slotBits(model, MODEL_SLOTS),
    shardOffset: slotBits(data, NUMBERING.shared.shard.names),
    traceOffset: slotBits(trace, T.names),
    helperOffset: slotBits(helper, H.names),
    sums,
    batch1: messages,
    evals1: evals,
  });
}

/** A shard of small values; labels at random, or targets. */
export function randomShard(
  { inputs, outputs, rows, classes }: Pick<ReferenceShard, 'inputs' | 'outputs' | 'rows' | 'classes'>,
  random: Random,
): ReferenceShard {
  const S = 2 ** log2Up(rows);
  const draw = () => BigInt(random.below(2001) - 1000);
  const X = range(2 ** log2Up(inputs)).flatMap((j) => range(S).map((s) => (j < inputs && s < rows ? draw() : 0n)));
  const label = range(S).map(() => random.below(outputs));
  const Y = range(2 ** log2Up(outputs)).flatMap((i) =>
    range(S).map((s) => (s >= rows || i >= outputs ? 0n : classes ? (label[s] === i ? FA : 0n) : draw())),
  );
  return { inputs, outputs, rows, classes, X, Y, salt: random.element() };
}
