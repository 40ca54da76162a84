// Program score (protocol, section 11): reference prover.

import { NUMBERING } from '../../src/generated/numbering.ts';
import {
  dot,
  eqTable,
  inverse as inverseOf,
  log2Up,
  mod,
  powers,
  type Random,
  range,
  squares,
  zeros,
} from './algebra.ts';
import { pointAt, positions, ReferenceBatch, type Term, term, times } from './batch.ts';
import { blinding, chunksOf, countedOf, type Oracle, salted } from './commitments.ts';
import { headFactors } from './heads.ts';
import { modelInputs, modelOracle, placedModel, type ReferenceWeights } from './models.ts';
import { looked, sharing } from './omitted.ts';
import { Pairs } from './pairs.ts';
import { evaluateAt, type Hooks, proveOneBatch, type Reference, ReferenceRun, type VerifiedProgram } from './run.ts';
import {
  countsOf,
  indexOf,
  resultsOf,
  type ScoreDeviation,
  type Scored,
  type ScoreRun,
  type Stated,
  scoreRun,
} from './score-run.ts';
import { OUTPUTS, ROWS, SCORE, type Scores, type ScoreView, sizeOf } from './score-verifier.ts';
import type { ReferenceShard } from './shards.ts';
import { aligned, shardInputs, shardLayout } from './sizes.ts';
import { EXP, LOSS } from './tables.ts';
import {
  bindHigh,
  countLimbs,
  HALF_LIMB,
  type Inputs,
  LIMB_BITS,
  lookupHelper,
  oracleOf,
  type Placed,
  place,
  real,
  shift,
  slotBits,
  type Tensors,
  tableHelper,
  UNIT,
} from './tensors.ts';

/** x^4096 is this square of x. */
const COUNTED = 12;
/** The sums that no challenge decides, which are results. */
const STATED = ['right', 'error', 'top', 'absolute', 'loss'] as const;

export interface ScoreHooks<Run = { weights: ReferenceWeights; shard: ReferenceShard }>
  extends Hooks<Run>,
    ScoreDeviation {
  /** changes the sums right, error, top, absolute and loss before the statement is made */
  stated?: (sums: bigint[]) => void;
  /** changes the counts that are stated */
  counts?: (counts: bigint[]) => void;
  /** changes the function that is looked up */
  column?: (F: bigint[]) => void;
  /** numbers of the statement other than the sums say */
  result?: bigint;
  k?: bigint;
}

/** A forward sum: its table's variables, its terms, and what a claim is made on of it. */
export interface ForwardSum {
  l: number;
  at: readonly number[];
  terms: Term[];
  sum: bigint;
  /** W and In at the batch's point */
  evaluate: (point: readonly bigint[]) => [W: bigint, In: bigint];
}

/** What a prover of a score has of its network. */
export interface ScoredNetwork {
  program: Scores;
  run: Scored;
  /** hidden layers that there are, and the positions of their tensors */
  hidden: { l: number; at: number[] }[];
  /** positions of the output */
  outAt: number[];
  places: Record<'model' | 'shard' | 'trace' | 'helper', Placed>;
  /** circuit inputs of the network, after a cheat has changed its slots */
  inputs: () => Inputs;
  model: Oracle;
  forward: (tau: readonly bigint[]) => ForwardSum[];
}

/** Proves the score of a model on a shard, whatever it is. */
export function proveScore(
  weights: ReferenceWeights,
  shard: ReferenceShard,
  random: Random,
  hooks: ScoreHooks = {},
  stated: Stated = {},
): Reference {
  hooks.run?.({ weights, shard });
  const run = scoreRun(weights, shard, hooks, stated);
  const { layers, sigma } = run;
  const places = placesOf(run, hooks.moved);
  const network: ScoredNetwork = {
    program: 'score',
    run,
    hidden: layers.filter(({ l }) => l < 4).map(({ l, high }) => ({ l, at: positions(sigma, high) })),
    outAt: positions(sigma, run.out.high),
    places,
    inputs: () => modelInputs(weights, places.model),
    model: modelOracle(weights, places.model),
    forward: denseForward(run),
  };
  return proveScored(SCORE, network, random, hooks as ScoreHooks<never>, stated);
}

/** The forward sums of a network of dense layers. */
export const denseForward =
  ({ layers, sigma, S, used, inputs }: ScoreRun) =>
  (tau: readonly bigint[]): ForwardSum[] => {
    const { rs, ri } = NUMBERING.score.squares;
    const eqS = eqTable(tau.slice(rs.from, rs.from + sigma));
    return layers.map(({ l, own: at, low, high }) => {
      const W = bindHigh(used.W[at], tau.slice(ri.from, ri.from + high));
      const In = range(2 ** low).map((j) => dot(inputs[l].slice(j * S, (j + 1) * S), eqS));
      return {
        l,
        at: positions(0, low),
        terms: [term(W, In)],
        sum: dot(W, In),
        evaluate: (point: readonly bigint[]): [bigint, bigint] => {
          const f = point.slice(12, 12 + low);
          return [evaluateAt(W, f), evaluateAt(In, f)];
        },
      };
    });
  };

/** The proof of a score from the forward pass on. */
export function proveScored<V extends ScoreView>(
  verified: VerifiedProgram<V>,
  { program, run, hidden, outAt, places: layouts, inputs, model, forward: forwardSums }: ScoredNetwork,
  random: Random,
  hooks: ScoreHooks<never>,
  stated: Stated,
): Reference {
  const { squares: SQ, trace: T, helper: H, sums: SUM, relations: R, evaluations: E } = NUMBERING[program];

  // 1. trace: what the outputs are worth
  const { shard, out, sigma, S, kind, tensors, heads } = run;
  const { classes, labels, regression } = kind;
  const [, s1, s2] = heads;
  const rowAt = range(sigma);
  const spread = (row: readonly bigint[]) => range(2 ** out.high).flatMap(() => row);
  hooks.trace?.(tensors);
  const { Q, B, G, P, K, L, N, c, t, H: rank, p, LP } = tensors;
  const blank = zeros(Q.length);
  const outputOnes = { Z: zeros(S), S: zeros(S), E: blank, ...tensors };
  const groups = [
    ...hidden.map(({ l, at }) => ({
      index: R.h(l),
      slot: `h_${l}`,
      at,
      limbs: [tensors[`V_${l}`].map((v, i) => v - tensors[`m_${l}`][i]), tensors[`R0_${l}`], tensors[`R1_${l}`]],
    })),
    { index: R.hQ, slot: 'hQ', at: outAt, limbs: [Q, tensors.U0, tensors.U1] },
    { index: R.hG, slot: 'hG', at: outAt, limbs: [G, K, blank] },
    { index: R.hS, slot: 'hS', at: rowAt, limbs: [rank, outputOnes.S, zeros(S)] },
  ];
  const realClasses = real(out.rows, out.high).flatMap((v) => range(S).map(() => v));
  const pairs = s1 + s2 === 0n ? undefined : new Pairs([...(s1 === 1n ? EXP : LOSS)], realClasses, R);
  if (pairs) hooks.column?.(pairs.column);
  const logits = Q.map((q) => mod(q - HALF_LIMB));
  const perUnit = inverseOf(UNIT);
  const product = times(-2n * perUnit * s2, shard.Y, logits);
  const pair = { index: indexOf(run), value: outputOnes.E, product };
  const mult = countLimbs(sharing(groups).flatMap(({ index, limbs }) => looked(index, limbs)));
  const mult2 = pairs?.count(pair) ?? zeros(2 ** LIMB_BITS);
  hooks.multiplicities?.(mult, mult2);
  Object.assign(tensors, { mult, mult2 });
  hooks.slots?.(Object.assign({}, ...Object.values(layouts).map((l) => l.slots)));
  const own: Inputs = {
    ...inputs(),
    ...shardInputs({ ...shard, classes, labels }, layouts.shard.slots),
    traceOffset: slotBits(layouts.trace.slots, T.names),
    helperOffset: slotBits(layouts.helper.slots, H.names),
  };
  // the sums that do not depend on a challenge are part of the statement
  const results = resultsOf(run);
  const sums = zeros(SUM.count);
  for (const name of STATED) sums[SUM[name]] = results[name];
  hooks.stated?.(sums);
  const counts = stated.counts === false ? [] : countsOf(run);
  hooks.counts?.(counts);
  own.result = mod(hooks.result ?? sums[regression === 1n ? SUM.error : SUM.right]);
  for (const name of ['loss', 'absolute', 'top'] as const) own[name] = mod(sums[SUM[name]]);
  own.k = mod(hooks.k ?? run.k);
  const proof = new ReferenceRun(program, random, hooks, {
    parameters: ['shape', 'layout', 'shard', 'result', 'loss', 'absolute', 'k', 'top'].flatMap(
      (name) => (own[name] ?? []) as bigint | bigint[],
    ),
    extra: [countedOf(counts)],
    statement: {
      model,
      shard: oracleOf(layouts.shard, { X: shard.X, Y: shard.Y }, salted(shard.salt, chunksOf(layouts.shard.length))),
    },
  });
  const traceOracle = oracleOf(layouts.trace, tensors, blinding('trace', chunksOf(layouts.trace.length), random));
  const beta = proof.commit('trace', traceOracle);
  const alpha = proof.pairs();

  // 2. helper
  const inverse: Tensors = {};
  for (const { slot, index, limbs } of groups) inverse[slot] = lookupHelper(beta, ...looked(index, limbs));
  inverse.g = tableHelper(beta, mult);
  Object.assign(inverse, pairs?.helpers(pair, mult2, beta, alpha));
  hooks.helper?.(inverse, beta, tensors, alpha);
  const helperOracle = oracleOf(layouts.helper, inverse, blinding('helper', chunksOf(layouts.helper.length), random));
  const tau = squares(proof.commit('helper', helperOracle), SQ.count);

  // 3. the sums that depend on challenges
  const eqS = eqTable(tau.slice(SQ.rs.from, SQ.rs.from + sigma));
  const forward = forwardSums(tau);
  for (const { l, sum } of forward) sums[SUM.F1(l)] = sum;
  /** sum_i base^i f(i; s) */
  const asPolynomial = (f: readonly bigint[], base: bigint) => {
    const weight = powers(base, 2 ** out.high);
    return range(S).map((s) => mod(weight.reduce((v, w, i) => v + w * f[i * S + s], 0n)));
  };
  const Yx = asPolynomial(shard.Y, tau[COUNTED]);
  const Px = asPolynomial(P, tau[0]);
  sums[SUM.counts] = dot(
    Yx.map((y) => mod(classes * perUnit * y + labels)),
    Px,
  );
  sums[SUM.labelled] = evaluateAt(L, tau.slice(0, sigma));
  sums[SUM.predicted] = evaluateAt(LP, tau.slice(0, sigma));
  hooks.sums?.(sums, tau);
  own.sums = proof.sender.send('sums', sums);

  // 4. the batch
  const batch = new ReferenceBatch();
  const realRows = real(shard.rows, sigma);
  const rowsOut = spread(realRows);
  const error = logits.map((q, at) => mod(q - shard.Y[at]));
  const n = BigInt(out.rows);
  const bit = (index: number, at: readonly number[], b: readonly bigint[], k = 1n) =>
    batch.zero(index, at, tau, [times(k, b, b), times(-k, b)]);
  for (const { l, at, terms } of forward) batch.sum(R.F1(l), at, terms, sums[SUM.F1(l)]);
  batch.sum(R.right, rowAt, [term(c)], sums[SUM.right]);
  batch.sum(R.error, outAt, [term(rowsOut, error, error)], sums[SUM.error]);
  batch.sum(R.top, rowAt, [times(classes + labels, t)], sums[SUM.top]);
  batch.sum(R.absolute, outAt, [times(regression, rowsOut, G)], sums[SUM.absolute]);
  const [rowZ, rowS] = [spread(outputOnes.Z), spread(outputOnes.S)];
  batch.sum(
    R.loss,
    outAt,
    [
      times(s1 * perUnit * 128n, rowsOut, shard.Y, rowZ),
      times(-s1 * perUnit * 128n, rowsOut, shard.Y, logits),
      times(-s1 * perUnit, rowsOut, shard.Y, rowS),
      times(s2, rowsOut, outputOnes.E),
    ],
    sums[SUM.loss],
  );
  batch.sum(R.counts, rowAt, [times(classes * perUnit, Yx, Px), times(labels, Px)], sums[SUM.counts]);
  for (const { l, at } of hidden) {
    const [a, V, m] = ['A', 'V', 'm'].map((name) => tensors[`${name}_${l}`]);
    bit(R.bit(l), at, m);
    batch.zero(R.active(l), at, tau, [term(a), times(-1n, m, V)]);
  }
  for (const { index, slot, at, limbs } of groups) batch.lookup(index, at, tau, beta, inverse[slot], limbs);
  const ofClass = [term(spread(L)), times(-1n, logits), times(-1n), times(perUnit, shard.Y)];
  const ofLabels = [times(2n * perUnit, shard.Y, logits), times(-1n, logits), times(-1n)];
  const scaled = (k: bigint, factors: (readonly bigint[])[], terms: readonly Term[]) =>
    terms.map((of) => times(k * of.coefficient, ...factors, ...of.factors));
  batch.zero(R.margin, outAt, tau, [
    term(G),
    ...scaled(-classes, [B, realClasses], ofClass),
    ...scaled(-labels, [B, realClasses], ofLabels),
    times(-2n * regression, rowsOut, B, error),
    times(regression, rowsOut, error),
  ]);
  const ofPrediction = [term(spread(LP)), times(-1n, logits), times(-1n), term(P)];
  batch.zero(R.lead, outAt, tau, [term(K), ...scaled(-classes, [spread(p), realClasses], ofPrediction)]);
  bit(R.belowBit, outAt, B);
  batch.zero(R.belowPadding, outAt, tau, [term(B), times(-1n, B, realClasses)]);
  bit(R.predictedBit, outAt, P);
  batch.zero(R.predictedPadding, outAt, tau, [term(P), times(-1n, P, rowsOut, realClasses)]);
  batch.zero(R.predictedLabel, outAt, tau, [times(labels, P), times(-labels, P, B)]);
  batch.zero(R.powerPadding, outAt, tau, [term(outputOnes.E), times(-1n, outputOnes.E, realClasses)]);
  bit(R.predictedOne, rowAt, p, classes);
  bit(R.claimedBit, rowAt, c);
  batch.zero(R.claimedPadding, rowAt, tau, [term(c), times(-1n, c, realRows)]);
  batch.zero(R.claimedAll, rowAt, tau, [times(n, c), times(-1n, c, N)]);
  bit(R.topBit, rowAt, t);
  batch.zero(R.topPadding, rowAt, tau, [term(t), times(-1n, t, realRows)]);
  batch.zero(R.topRank, rowAt, tau, [term(rank), times(-1n, t, N), times(n - (own.k as bigint) + 1n, t)]);
  const atTau = spread(eqS);
  batch.sum(R.labelled, outAt, [times(classes, atTau, shard.Y, logits)], classes * UNIT * sums[SUM.labelled]);
  batch.sum(R.predicted, outAt, [times(classes, atTau, P, logits)], classes * sums[SUM.predicted]);
  pairs?.relate(batch, { tau, beta, alpha, full: outAt }, { pair, helpers: inverse, mult2 });
  const helpers = groups.map(({ index, slot, at }) => ({ index, at, h: inverse[slot] }));
  batch.logUp(R, tau, beta, { g: inverse.g, mult, helpers });
  const proved = proveOneBatch(proof, verified, own, {
    beta,
    alpha,
    squares: tau,
    batch,
    evaluate: (point, e) => {
      for (const { l, evaluate } of forward) [e[E.W(l)], e[E.In(l)]] = evaluate(point);
      for (const { l, at } of hidden) {
        const own = pointAt(at, point);
        for (const name of ['A', 'V', 'm', 'R0', 'R1'] as const)
          e[E[name](l)] = evaluateAt(tensors[`${name}_${l}`], own);
        e[E.h(l)] = evaluateAt(inverse[`h_${l}`], own);
      }
      const [outside, rowPoint, table] = [pointAt(outAt, point), pointAt(rowAt, point), point.slice(0, LIMB_BITS)];
      for (const name of OUTPUTS) e[E[name]] = evaluateAt(tensors[name] ?? blank, outside);
      for (const name of ROWS) e[E[name]] = evaluateAt(tensors[name] ?? zeros(S), rowPoint);
      for (const name of ['hQ', 'hG'] as const) e[E[name]] = evaluateAt(inverse[name], outside);
      e[E.Y] = evaluateAt(shard.Y, outside);
      for (const [name, f] of [
        ['Yx', Yx],
        ['Px', Px],
        ['hS', inverse.hS],
      ] as const)
        e[E[name]] = evaluateAt(f, rowPoint);
      e[E.g] = evaluateAt(inverse.g, table);
      e[E.mult] = evaluateAt(mult, table);
      if (!pairs) return;
      e[E.hF] = evaluateAt(inverse.hF, outside);
      e[E.g2] = evaluateAt(inverse.g2, table);
      e[E.mult2] = evaluateAt(mult2, table);
      e[E.F] = evaluateAt(pairs.column, table);
    },
  });
  return { ...proved, counts };
}

/** Layouts of trace and helper beside those of the model and the shard. */
export function scorePlaces(
  program: Scores,
  sizeIn: (name: string) => [log2: number, present: bigint],
  of: Record<'model' | 'shard', Placed>,
  moved: Hooks['moved'] = {},
): ScoredNetwork['places'] {
  const { trace, helper } = NUMBERING[program];
  const sized = (names: readonly string[]) =>
    place(
      names.flatMap((name): [string, number][] => {
        const [log2, present] = sizeIn(name);
        return present === 0n ? [] : [[name, log2]];
      }),
      names,
    );
  return {
    ...of,
    trace: shift(sized(trace.names), moved.trace ?? 0),
    helper: shift(sized(helper.names), moved.helper ?? 0),
  };
}

/** Layouts of a model, a shard and the trace and helper of their score. */
function placesOf({ weights, shard, sigma }: ScoreRun, moved: Hooks['moved']) {
  const { n, p } = aligned(weights.widths);
  const sizes = { sigma, a: n.map(log2Up), p, heads: headFactors(weights.head ?? 'squared error') };
  const of = { model: placedModel(weights.widths), shard: shardLayout(sigma, shard.inputs, shard.outputs) };
  return scorePlaces('score', (name) => sizeOf(name, sizes), of, moved);
}
