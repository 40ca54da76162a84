// Reference prover of program convTrain (protocol, section 12).

import { NUMBERING } from '../../src/generated/numbering.ts';
import { eqTable, mod, powers, type Random, range, squares, zeros } from './algebra.ts';
import { followRounds, ReferenceTranscript } from './argument.ts';
import { ReferenceBatch, type Term, term, times } from './batch.ts';
import { blinding, chunksOf, salted } from './commitments.ts';
import {
  type Geometry,
  NETWORK_HIDDEN,
  NETWORK_LAYERS,
  NETWORK_SLOTS,
  networkInputs,
  networkLayout,
  OUTPUT,
} from './conv-geometry.ts';
import {
  type BackwardTables,
  backwardTables,
  deltaPlaces,
  type ForwardTables,
  forwardTables,
  maskOf,
  placesOf,
  Steps,
  total,
} from './conv-sums.ts';
import { pool, type Reads, taken } from './conv-tensors.ts';
import type { ConvTrainRun } from './conv-train-run.ts';
import {
  CHANNEL,
  CONV_OUTPUTS,
  CONV_TRAIN,
  convPoints,
  convSizeOf,
  tapsAt,
  tensorAt,
  X as X_AT,
  Y as Y_AT,
} from './conv-train-verifier.ts';
import { looked, sharing, weighted } from './omitted.ts';
import {
  type Challenges,
  claimed2,
  claimedSum,
  evaluateAt,
  expectedBatch,
  expectedBatch2,
  type Hooks,
  type Reference,
  type ReferenceMessages,
  ReferenceRun,
} from './run.ts';
import { headBits, SHARD_SLOTS, shardWord } from './sizes.ts';
import {
  bindHigh,
  countLimbs,
  HALF_LIMB,
  type Inputs,
  LIMB_BITS,
  lookupHelper,
  oracleOf,
  place,
  shift,
  slotBits,
  type Tensors,
  tableHelper,
  UNIT,
} from './tensors.ts';
import { StatedHead } from './train-heads.ts';
import { segmentWord, TRACED } from './train-verifier.ts';

const {
  squares: SQ,
  sums: SUM,
  relations: R,
  evaluations: E,
  sums2: SUM2,
  relations2: R2,
  evaluations2: E2,
  trace: T,
  helper: H,
} = NUMBERING.convTrain;
const NONCE = NUMBERING.shared.nonces;

export type ConvTrainHooks = Hooks<ConvTrainRun> & {
  /** changes the function that is looked up */
  column?: (F: bigint[]) => void;
  /** changes what the sums of a layer are made of */
  tables?: (forward: ForwardTables[], backward: BackwardTables[]) => void;
  /** what the prover's IN of a layer is made by */
  reads?: (g: Geometry, l: number, ...at: Parameters<Reads>) => boolean;
  /** changes M_l in the prover's sums, over x and y */
  mask?: (l: number, mask: bigint[]) => void;
  /** by what the deltas' sums are made, where that is not what other sums are made by */
  deltas?: Geometry[];
  /** fans that are stated */
  fans?: number[];
};

/** The shard's descriptor and places. */
function shardOf({ sigma, rows, labels, X, Y, stated }: ConvTrainRun & { labels: boolean }) {
  const [input, output] = [stated[0], stated[OUTPUT]];
  const placed = place([
    ['X', Math.log2(X.length)],
    ['Y', Math.log2(Y.length)],
  ]);
  const fields = { inputs: input.C * 4 ** input.n, outputs: output.C, rows, classes: labels ? 0n : 1n };
  if (X.length !== 2 ** (sigma + 2 * input.n + input.c)) throw new RangeError('pictures');
  return { placed, word: shardWord({ ...fields, labels: labels ? 1n : 0n }, placed.slots) };
}

/** Proves a run, honest or not. */
export function proveConvTrain(random: Random, run: ConvTrainRun, hooks: ConvTrainHooks = {}): Reference {
  hooks.run?.(run);
  const { stated, proved, sigma, bits, stepBits, X, Y, statedLr: lr } = run;
  const p = stated.map(({ present }) => present);
  const N = 2 ** bits;
  const present = NETWORK_LAYERS.filter((l) => p[l] !== 0n);
  const hidden = NETWORK_HIDDEN.filter((l) => p[l] !== 0n);
  const batchBits = range(bits).filter((t) => !stepBits.includes(t));
  const { C: classes, c: classBits } = stated[OUTPUT];

  // 1. layouts and what the statement says
  const head = new StatedHead('convTrain', { ...run, classes, classBits });
  hooks.column?.(head.column);
  const sized = (names: readonly string[]) =>
    names.flatMap((name): [string, number][] => {
      const [log2, there] = convSizeOf(name, { bits, geometry: stated, heads: head.heads });
      return there === 0n ? [] : [[name, log2]];
    });
  const shard = shardOf({ ...run, labels: run.statedHead === 'sigmoid' });
  const places = {
    model: shift(networkLayout(stated), hooks.moved?.model ?? 0),
    shard: shard.placed,
    trace: shift(place(sized(T.names), T.names), hooks.moved?.trace ?? 0),
    helper: shift(place(sized(H.names), H.names), hooks.moved?.helper ?? 0),
  };
  hooks.slots?.({ ...places.model.slots, ...places.shard.slots, ...places.trace.slots, ...places.helper.slots });
  const shardOffset = slotBits(places.shard.slots, SHARD_SLOTS);
  const segment = {
    lr: mod(lr),
    rows1: BigInt(run.statedRows - 1),
    batchRows1: batchBits.reduce((s, t) => s + 2n ** BigInt(t), 0n),
    traceRows1: BigInt(N - 1),
    smoothing: BigInt(run.statedSmoothing),
  };
  const own: Inputs = {
    ...networkInputs(stated, places.model.slots, headBits(run.statedHead), hooks.fans),
    ...segment,
    seg: segmentWord(segment, shardOffset),
    shardOffset,
    traceOffset: slotBits(places.trace.slots, T.names),
    helperOffset: slotBits(places.helper.slots, H.names),
  };
  const weights = (W: bigint[][], b: bigint[][]): Tensors =>
    Object.fromEntries(NETWORK_SLOTS.map((name) => [name, (name[0] === 'W' ? W : b)[Number(name.slice(-1))]]));
  const modelOf = (W: bigint[][], b: bigint[][]) =>
    oracleOf(places.model, weights(W, b), salted(random.element(), chunksOf(places.model.length)));
  const proof = new ReferenceRun('convTrain', random, hooks as Hooks<never>, {
    parameters: [own.shape as bigint, ...(own.layout as bigint[]), own.seg as bigint],
    extra: [shard.word],
    statement: {
      parent: modelOf(run.W, run.b),
      child: modelOf(run.childW, run.childB),
      shard: oracleOf(places.shard, { X, Y }, salted(random.element(), chunksOf(places.shard.length))),
    },
  });
  const { transcript, sender } = proof;

  // 2. trace
  const tensors: Tensors = { ...run.output, ...run.ofHead };
  for (const l of hidden) for (const x of TRACED) tensors[`${x}_${l}`] = run.hidden[l][x];
  hooks.trace?.(tensors);
  const t = (name: string) => tensors[name];
  const groups = [
    ...hidden.flatMap((l) => {
      const of = (...names: string[]) => names.map((x) => t(`${x}_${l}`));
      const [V, m, T, R0, R1, S0, S1] = of('V', 'm', 'T', 'R0', 'R1', 'S0', 'S1');
      return [
        { l, name: `hA_${l}`, index: R.hA(l), limbs: [V.map((v, i) => v - m[i]), T, R0] },
        { l, name: `hB_${l}`, index: R.hB(l), limbs: [R1, S0, S1] },
      ];
    }),
    { l: OUTPUT, name: 'hQ', index: R.hQ, limbs: [t('Q'), t('U0'), t('U1')] },
    ...head.groups(tensors),
  ];
  const mult = countLimbs(sharing(groups).flatMap((g) => looked(g.index, g.limbs)));
  const mult2 = head.count(tensors);
  hooks.multiplicities?.(mult, mult2);
  const beta = proof.commit(
    'trace',
    oracleOf(places.trace, { ...tensors, mult, mult2 }, blinding('trace', chunksOf(places.trace.length), random)),
  );
  const alpha = proof.pairs();

  // 3. helper
  const helpers: Tensors = {};
  for (const { name, index, limbs } of groups) helpers[name] = lookupHelper(beta, ...looked(index, limbs));
  helpers.g = tableHelper(beta, mult);
  Object.assign(helpers, head.helpers(tensors, mult2, beta, alpha));
  hooks.helper?.(helpers, beta, tensors, alpha);
  const beyond = blinding('helper', chunksOf(places.helper.length), random);
  const sq = squares(proof.commit('helper', oracleOf(places.helper, helpers, beyond)), SQ.count);
  const blank = { squares: sq, point: [], zeta: [] };
  const { r: rAll, tau, mu } = convPoints(blank);
  const r = { rs: rAll.s.slice(0, bits), rx: rAll.x, ry: rAll.y, rc: rAll.c };

  // 4. what the relations speak of: IN_l, D_l, and their tables
  const steps = new Steps(bits, stepBits);
  const ofX = (f: readonly bigint[]) =>
    range((f.length / 2 ** sigma) * N).map((k) => f[Math.floor(k / N) * 2 ** sigma + (k % 2 ** sigma)]);
  const before = (l: number) => (p[l - 1] === 0n ? ofX(X) : t(`A_${l - 1}`));
  const D: bigint[][] = [];
  const IN: bigint[][] = [];
  const forward: ForwardTables[] = [];
  const backward: BackwardTables[] = [];
  for (const l of present) {
    D[l] = l < OUTPUT ? t(`D_${l}`) : t('D6');
    const { reads } = hooks;
    IN[l] = taken(proved[l], pool(proved[l], before(l), N), N, reads && ((...at) => reads(proved[l], l, ...at)));
    const mask = maskOf(proved[l]);
    hooks.mask?.(l, mask);
    forward[l] = forwardTables(proved[l], { W: run.W[l], D: D[l], IN: IN[l] }, steps, r, mask);
  }
  for (const l of hidden) {
    const next = { W: run.W[l + 1], D: D[l + 1], IN: IN[l + 1] };
    backward[l] = backwardTables(proved[l + 1], proved[l].c, next, steps, r, hooks.deltas?.[l + 1]);
  }
  hooks.tables?.(forward, backward);

  // 5. sums and batch 1
  const batch = new ReferenceBatch();
  const sums = zeros(SUM.count);
  const pending: [index: number, sum: number, at: number[], terms: Term[]][] = [];
  const define = (index: number, slot: number, at: number[], u: bigint[], v: bigint[]) => {
    sums[slot] = total(u, v);
    pending.push([index, slot, at, [term(u, v)]]);
  };
  const spread = (f: readonly bigint[], g: Geometry) => range(4 ** g.n).flatMap(() => [...f]);
  for (const l of present) {
    const [at, f] = [tapsAt(proved[l], proved[l - 1].c), forward[l]];
    define(R.F1(l), SUM.F1(l), at, f.W, f.In);
    define(R.F2(l), SUM.F2(l), [...stepBits, ...at], f.G, f.P);
    sums[SUM.F3(l)] = total(f.D, spread(steps.before(r.rs), proved[l]));
  }
  for (const l of hidden) {
    const [at, f] = [tapsAt(proved[l + 1], proved[l + 1].c), backward[l]];
    define(R.B1(l), SUM.B1(l), at, f.W, f.D);
    define(R.B2(l), SUM.B2(l), [...stepBits, ...at], f.G, f.P);
  }
  hooks.sums?.(sums, tau);
  const sentSums = sender.send('sums', sums);
  for (const [index, slot, at, terms] of pending) batch.sum(index, at, terms, sentSums[slot]);
  const full = (l: number) => tensorAt(bits, stated[l]);
  for (const l of hidden) {
    const [A, V, m, Dl, Tl] = ['A', 'V', 'm', 'D', 'T'].map((name) => t(`${name}_${l}`));
    batch.zero(R.bit(l), full(l), tau, [term(m, m), times(-1n, m)]);
    batch.zero(R.active(l), full(l), tau, [term(A), times(-1n, m, V)]);
    const centred = Tl.map((v) => v - HALF_LIMB);
    batch.zero(R.delta(l), full(l), tau, [term(Dl), times(-1n, m, centred)]);
  }
  head.relate(batch, { tau, beta, alpha, full: full(OUTPUT) }, { t: tensors, Y: ofX(Y), helpers, mult2 });
  for (const { l, name, index, limbs } of groups) batch.lookup(index, full(l), tau, beta, helpers[name], limbs);
  const shares = groups.map(({ l, name, index }) => ({ index, at: full(l), h: helpers[name] }));
  batch.logUp(R, tau, beta, { g: helpers.g, mult, helpers: shares });
  const lambda = weighted('relations', powers(transcript.absorb([...sentSums, proof.nonce[NONCE.lambda]]), R.count));
  const start1 = transcript.state;
  const batch1 = batch.prove(lambda, transcript, { rounds: CONV_TRAIN.rounds, degree: 5, stage: 'batch1', sender });
  const view = CONV_TRAIN.view({ ...own });
  const challenges: Challenges = { beta, alpha, squares: sq, lambda, point: batch1.point, mu2: [], zeta: [] };
  const goal1 = followRounds(
    claimedSum(lambda, CONV_TRAIN.claimed(view, sentSums)),
    batch1.messages,
    new ReferenceTranscript(start1),
  ).value;

  // 6. evaluations and sums after batch 1
  const { rho } = convPoints(challenges);
  const rhoS = rho.s.slice(0, bits);
  const rhoK = steps.at(rho.s);
  const atRho = (f: readonly bigint[], g: Geometry) =>
    evaluateAt(f, [...rhoS, ...rho.x.slice(0, g.n), ...rho.y.slice(0, g.n), ...rho.c.slice(0, g.c)]);
  const taps = (g: Geometry, channels: number) => [
    ...rho.x.slice(0, g.d),
    ...rho.y.slice(0, g.d),
    ...rho.c.slice(0, channels),
  ];
  const [e, sums2] = [zeros(E.count), zeros(SUM2.count)];
  const [J, nextJ, nextD]: bigint[][][] = [[], [], []];
  for (const l of present) {
    const [g, f] = [proved[l], forward[l]];
    const j = taps(g, proved[l - 1].c);
    e[E.W(l)] = evaluateAt(f.W, j);
    J[l] = bindHigh(IN[l], j);
    sums2[SUM2.In(l)] = evaluateAt(f.In, j);
    sums2[SUM2.P(l)] = evaluateAt(f.P, [...rhoK, ...j]);
    sums2[SUM2.G(l)] = evaluateAt(f.G, [...rhoK, ...j]);
    const bias = mu * UNIT * (g.pooled ? 16n : 1n);
    sums2[SUM2.U(l)] = total(
      f.D,
      J[l].map((v) => v + bias),
    );
  }
  for (const l of hidden) {
    const [g, f] = [proved[l + 1], backward[l]];
    const at = taps(g, g.c);
    e[E.nextW(l)] = evaluateAt(f.W, at);
    nextD[l] = bindHigh(D[l + 1], rho.c.slice(0, g.c));
    nextJ[l] = bindHigh(f.IN, at.slice(0, 2 * g.d));
    sums2[SUM2.nextD(l)] = evaluateAt(f.D, at);
    sums2[SUM2.nextP(l)] = evaluateAt(f.P, [...rhoK, ...at]);
    sums2[SUM2.nextG(l)] = evaluateAt(f.G, [...rhoK, ...at]);
    for (const x of TRACED) e[E[x](l)] = atRho(t(`${x}_${l}`), stated[l]);
    for (const h of ['hA', 'hB'] as const) e[E[h](l)] = atRho(helpers[`${h}_${l}`], stated[l]);
  }
  for (const o of CONV_OUTPUTS) e[E[o]] = atRho(t(o), stated[OUTPUT]);
  e[E.Y] = evaluateAt(Y, [...rho.s.slice(0, sigma), ...rho.c.slice(0, classBits)]);
  e[E.hQ] = atRho(helpers.hQ, stated[OUTPUT]);
  for (const x of head.names.trace)
    e[E[x]] = x === 'M' || x === 'Sum' ? evaluateAt(t(x), rhoS) : atRho(t(x), stated[OUTPUT]);
  for (const x of head.names.helper) e[E[x]] = atRho(helpers[x], stated[OUTPUT]);
  const tablePoint = batch1.point.slice(0, LIMB_BITS);
  e[E.g] = evaluateAt(helpers.g, tablePoint);
  e[E.mult] = evaluateAt(mult, tablePoint);
  if (head.column.length > 0) {
    e[E.g2] = evaluateAt(helpers.g2, tablePoint);
    e[E.mult2] = evaluateAt(mult2, tablePoint);
    e[E.F] = evaluateAt(head.column, tablePoint);
  }
  const messages: ReferenceMessages = { sums: sentSums, evals1: e, sums2, evals2: [] };
  messages.sums2 = sender.send('sums2', sums2);
  messages.evals1 = sender.send('evals1', e, undefined, (m) =>
    mod(goal1 - expectedBatch(CONV_TRAIN, view, challenges, { ...messages, evals1: m })),
  );
  messages.sums2 = sender.send('settle', messages.sums2, undefined, (m) =>
    mod(goal1 - expectedBatch(CONV_TRAIN, view, challenges, { ...messages, sums2: m })),
  );

  // 7. batch 2, over rows and places
  const mu2 = weighted('relations2', powers(transcript.absorb([...messages.evals1, ...messages.sums2]), R2.count));
  const second = new ReferenceBatch();
  const [eqS, later, step, earlier] = [eqTable(r.rs), steps.after(rho.s), steps.equal(rho.s), steps.before(r.rs)];
  const overPlaces = (f: readonly bigint[]) => f.flatMap((v) => Array<bigint>(N).fill(v));
  const at2 = (g: Geometry) => [...range(bits), ...range(g.n).map((k) => X_AT + k), ...range(g.n).map((k) => Y_AT + k)];
  for (const l of present) {
    const g = proved[l];
    const claim2 = (index: number, ...factors: bigint[][]) =>
      second.sum(index, at2(g), [term(...factors)], messages.sums2[index]);
    const [rowsEq, laterThan, eqStep, earlierThan] = [eqS, later, step, earlier].map((f) => spread(f, g));
    const [eq, mask] = [overPlaces(placesOf(g, r)), overPlaces(maskOf(g))];
    const bias = mu * UNIT * (g.pooled ? 16n : 1n);
    const { D: d } = forward[l];
    claim2(R2.In(l), rowsEq, eq, mask, J[l]);
    claim2(R2.P(l), rowsEq, eq, mask, laterThan, J[l]);
    claim2(R2.G(l), eqStep, d, J[l]);
    claim2(
      R2.U(l),
      d,
      J[l].map((v) => v + bias),
    );
    second.sum(R2.F3(l), at2(g), [term(earlierThan, d)], sentSums[SUM.F3(l)]);
  }
  for (const l of hidden) {
    const g = proved[l + 1];
    const claim2 = (index: number, ...factors: bigint[][]) =>
      second.sum(index, at2(g), [term(...factors)], messages.sums2[index]);
    const [rowsEq, laterThan, eqStep] = [eqS, later, step].map((f) => spread(f, g));
    const aa = overPlaces(deltaPlaces(g, r, rho.x.slice(0, g.d), rho.y.slice(0, g.d)));
    claim2(R2.nextD(l), rowsEq, aa, nextD[l]);
    claim2(R2.nextP(l), rowsEq, aa, laterThan, nextD[l]);
    claim2(R2.nextG(l), eqStep, nextD[l], nextJ[l]);
  }
  const start2 = transcript.state;
  const batch2 = second.prove(mu2, transcript, { rounds: CHANNEL, degree: 3, stage: 'batch2', sender });
  challenges.mu2 = mu2;
  challenges.zeta = batch2.point;
  const { zeta } = convPoints(challenges);
  const atZeta = (f: readonly bigint[], g: Geometry) =>
    evaluateAt(f, [...zeta.s.slice(0, bits), ...zeta.x.slice(0, g.n), ...zeta.y.slice(0, g.n)]);
  const e2 = zeros(E2.count);
  for (const l of present) {
    e2[E2.zIn(l)] = atZeta(J[l], proved[l]);
    e2[E2.zDAtI(l)] = atZeta(forward[l].D, proved[l]);
  }
  for (const l of hidden) {
    e2[E2.zNextD(l)] = atZeta(nextD[l], proved[l + 1]);
    e2[E2.zNextIn(l)] = atZeta(nextJ[l], proved[l + 1]);
  }
  const goal2 = followRounds(
    claimedSum(mu2, { ...claimed2('convTrain', messages) }),
    batch2.messages,
    new ReferenceTranscript(start2),
  ).value;
  messages.evals2 = sender.send('evals2', e2, undefined, (m) =>
    mod(goal2 - expectedBatch2(CONV_TRAIN, view, challenges, { ...messages, evals2: m })),
  );

  // 8. claims and their opening
  const weight = transcript.absorb(messages.evals2);
  return proof.finish(
    CONV_TRAIN.claims(view, challenges, messages),
    weight,
    { ...own, ...messages, batch1: batch1.messages, batch2: batch2.messages },
    { relations: batch.violated(), relations2: second.violated() },
  );
}
