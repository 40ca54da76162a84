// Reference prover of program train (protocol, section 7).

import { NUMBERING } from '../../src/generated/numbering.ts';
import { eqTable, mod, powers, type Random, range, squares, sum, zeros } from './algebra.ts';
import { followRounds, ReferenceTranscript } from './argument.ts';
import { ReferenceBatch, type Term, term, times } from './batch.ts';
import { blinding, chunksOf, salted } from './commitments.ts';
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
import {
  HIDDEN_LAYERS,
  headBits,
  LAYERS,
  MODEL_SLOTS,
  modelLayout,
  SHARD_SLOTS,
  shapeInputs,
  shardLayout,
} from './sizes.ts';
import {
  bindHigh,
  bindLow,
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
import { pick, type TrainRun } from './train-run.ts';
import { OUTPUTS, segmentWord, sizeOf, TRACED, TRAIN } from './train-verifier.ts';

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
} = NUMBERING.train;
const NONCE = NUMBERING.shared.nonces;
const FEATURES = 14;

export type TrainHooks = Hooks<TrainRun> & {
  /** words only readers use */
  extra?: bigint[];
  /** changes the function that is looked up */
  column?: (F: bigint[]) => void;
};

/** Proves a run, honest or not. */
export function proveTrain(random: Random, run: TrainRun, hooks: TrainHooks = {}): Reference {
  hooks.run?.(run);
  const { n, p, a, sigma, bits, stepBits, X, Y, statedLr: lr } = run;
  const N = 2 ** bits;
  const present = LAYERS.filter((l) => p[l] !== 0n);
  const hidden = HIDDEN_LAYERS.filter((l) => p[l] !== 0n);
  const batchBits = range(bits).filter((t) => !stepBits.includes(t));

  // 1. layouts and what the statement says
  const head = new StatedHead('train', { ...run, classes: n[4], classBits: a[4] });
  hooks.column?.(head.column);
  const sized = (names: readonly string[]) =>
    names.flatMap((name): [string, number][] => {
      const [log2, there] = sizeOf(name, { bits, a, p, heads: head.heads });
      return there === 0n ? [] : [[name, log2]];
    });
  const places = {
    model: modelLayout(n, p),
    shard: shardLayout(sigma, run.n[0], run.n[4]),
    trace: shift(place(sized(T.names), T.names), hooks.moved?.trace ?? 0),
    helper: shift(place(sized(H.names), H.names), hooks.moved?.helper ?? 0),
  };
  hooks.slots?.({ ...places.model.slots, ...places.shard.slots, ...places.trace.slots, ...places.helper.slots });
  const shardOffset = slotBits(places.shard.slots, SHARD_SLOTS);
  const segment = {
    lr: mod(lr),
    rows1: BigInt(run.statedRows - 1),
    batchRows1: sum(batchBits.map((t) => 2n ** BigInt(t))),
    traceRows1: BigInt(N - 1),
    smoothing: BigInt(run.statedSmoothing),
  };
  const own: Inputs = {
    ...shapeInputs(n, p, places.model.slots, headBits(run.statedHead)),
    ...segment,
    seg: segmentWord(segment, shardOffset),
    shardOffset,
    traceOffset: slotBits(places.trace.slots, T.names),
    helperOffset: slotBits(places.helper.slots, H.names),
  };
  const weights = (W: bigint[][], b: bigint[][]): Tensors =>
    Object.fromEntries(MODEL_SLOTS.map((name) => [name, (name[0] === 'W' ? W : b)[Number(name.slice(-1))]]));
  const modelOf = (W: bigint[][], b: bigint[][]) =>
    oracleOf(places.model, weights(W, b), salted(random.element(), chunksOf(places.model.length)));
  const proof = new ReferenceRun('train', random, hooks as Hooks<never>, {
    parameters: [own.shape as bigint, own.seg as bigint],
    extra: hooks.extra ?? [0x5ba2dn],
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
    { l: 4, name: 'hQ', index: R.hQ, limbs: [t('Q'), t('U0'), t('U1')] },
    ...head.groups(tensors),
  ];
  const mult = countLimbs(sharing(groups).flatMap((g) => looked(g.index, g.limbs)));
  const mult2 = head.count(tensors);
  hooks.multiplicities?.(mult, mult2);
  const traceOracle = oracleOf(
    places.trace,
    { ...tensors, mult, mult2 },
    blinding('trace', chunksOf(places.trace.length), random),
  );
  const beta = proof.commit('trace', traceOracle);
  const alpha = proof.pairs();

  // 3. helper
  const helpers: Tensors = {};
  for (const { name, index, limbs } of groups) helpers[name] = lookupHelper(beta, ...looked(index, limbs));
  helpers.g = tableHelper(beta, mult);
  Object.assign(helpers, head.helpers(tensors, mult2, beta, alpha));
  hooks.helper?.(helpers, beta, tensors, alpha);
  const beyond = blinding('helper', chunksOf(places.helper.length), random);
  const x = proof.commit('helper', oracleOf(places.helper, helpers, beyond));
  const sq = squares(x, SQ.count);
  const [rs, ri, tau] = [
    sq.slice(SQ.rs.from, SQ.rs.to).slice(0, bits),
    sq.slice(SQ.ri.from, SQ.ri.to),
    sq.slice(SQ.rs.from, SQ.ri.to),
  ];
  const mu = sq[SQ.mu.from];

  // 4. what the relations speak of: In_l and D_l as [feature, row], W_l
  const In: bigint[][] = [[]];
  const D: bigint[][] = [[]];
  for (const l of present) {
    In[l] =
      p[l - 1] === 0n
        ? range(2 ** a[0] * N).map((k) => X[Math.floor(k / N) * 2 ** sigma + (k % 2 ** sigma)])
        : t(`A_${l - 1}`);
    D[l] = l < 4 ? t(`D_${l}`) : t('D4');
  }
  const stepOf = range(N).map((s) => pick(s, stepBits));
  const steps = 2 ** stepBits.length;
  const eqS = eqTable(rs);
  const [eqB, eqK] = [batchBits, stepBits].map((at) => eqTable(at.map((k) => rs[k])));
  const width = (f: readonly bigint[]) => f.length / N;
  /** sum over the rows of each step, [feature, step] */
  const bySteps = (f: readonly bigint[], factor: readonly bigint[]) =>
    range(width(f)).map((i) => {
      const out = zeros(steps);
      for (let s = 0; s < N; s++) if (f[i * N + s] !== 0n) out[stepOf[s]] += f[i * N + s] * factor[s];
      return out.map(mod);
    });
  const flat = (rows: readonly (readonly bigint[])[]) => rows.flat();
  /** P(j; k') = sum over rows of later steps of eq(r_s, s) f(j; s), features high, steps low */
  const later = (f: readonly bigint[]) =>
    flat(bySteps(f, eqS).map((row) => row.map((_, k) => mod(sum(row.slice(k + 1))))));
  /** G(j; k) = sum over the rows of step k of d(s) f(j; s) */
  const gradient = (d: readonly bigint[], f: readonly bigint[]) => flat(bySteps(f, d));
  const atRows = (f: readonly bigint[]) => bindLow(f, rs);
  const earlierThan = range(steps).map((k) => mod(sum(eqK.slice(k + 1))));
  if (eqB.length * eqK.length !== N) throw new RangeError('row bits');

  // 5. sums and batch 1
  const batch = new ReferenceBatch();
  const sums = zeros(SUM.count);
  const pending: [index: number, sum: number, at: number[], terms: Term[]][] = [];
  const total = (terms: readonly Term[]) =>
    mod(sum(terms.map(({ coefficient, factors: [u, v] }) => coefficient * mod(sum(u.map((w, i) => w * v[i]))))));
  const define = (index: number, slot: number, at: number[], ...terms: Term[]) => {
    sums[slot] = total(terms);
    pending.push([index, slot, at, terms]);
  };
  const features = (l: number) => range(a[l]).map((k) => FEATURES + k);
  const full = (l: number) => [...range(bits), ...features(l)];
  const stepped = (l: number) => [...stepBits, ...features(l)];
  const DAtI: bigint[][] = [[]];
  const P: bigint[][] = [[]];
  const nextP: bigint[][] = [[]];
  for (const l of present) {
    DAtI[l] = bindHigh(D[l], ri.slice(0, a[l]));
    P[l] = later(In[l]);
    define(R.F1(l), SUM.F1(l), features(l - 1), term(bindHigh(run.W[l], ri.slice(0, a[l])), atRows(In[l])));
    define(R.F2(l), SUM.F2(l), stepped(l - 1), term(gradient(DAtI[l], In[l]), P[l]));
    sums[SUM.F3(l)] = mod(sum(range(N).map((s) => earlierThan[stepOf[s]] * DAtI[l][s])));
  }
  for (const l of hidden) {
    const next = D[l + 1];
    nextP[l] = later(next);
    define(R.B1(l), SUM.B1(l), features(l + 1), term(bindLow(run.W[l + 1], ri.slice(0, a[l])), atRows(next)));
    const AtI = bindHigh(In[l + 1], ri.slice(0, a[l]));
    define(R.B2(l), SUM.B2(l), stepped(l + 1), term(gradient(AtI, next), nextP[l]));
  }
  hooks.sums?.(sums, tau);
  const sentSums = sender.send('sums', sums);
  for (const [index, slot, at, terms] of pending) batch.sum(index, at, terms, sentSums[slot]);
  for (const l of hidden) {
    const [A, V, m, Dl, Tl] = ['A', 'V', 'm', 'D', 'T'].map((name) => t(`${name}_${l}`));
    batch.zero(R.bit(l), full(l), tau, [term(m, m), times(-1n, m)]);
    batch.zero(R.active(l), full(l), tau, [term(A), times(-1n, m, V)]);
    batch.zero(R.delta(l), full(l), tau, [
      term(Dl),
      times(
        -1n,
        m,
        Tl.map((v) => v - HALF_LIMB),
      ),
    ]);
  }
  const targets = range(N * 2 ** a[4]).map((k) => Y[Math.floor(k / N) * 2 ** sigma + (k % 2 ** sigma)]);
  head.relate(batch, { tau, beta, alpha, full: full(4) }, { t: tensors, Y: targets, helpers, mult2 });
  for (const { l, name, index, limbs } of groups) batch.lookup(index, full(l), tau, beta, helpers[name], limbs);
  const shares = groups.map(({ l, name, index }) => ({ index, at: full(l), h: helpers[name] }));
  batch.logUp(R, tau, beta, { g: helpers.g, mult, helpers: shares });
  const lambda = weighted('relations', powers(transcript.absorb([...sentSums, proof.nonce[NONCE.lambda]]), R.count));
  const start1 = transcript.state;
  const batch1 = batch.prove(lambda, transcript, { rounds: 26, degree: 5, stage: 'batch1', sender });
  const view = TRAIN.view({ ...own });
  const challenges: Challenges = { beta, alpha, squares: sq, lambda, point: batch1.point, mu2: [], zeta: [] };
  const goal1 = followRounds(
    claimedSum(lambda, TRAIN.claimed(view, sentSums)),
    batch1.messages,
    new ReferenceTranscript(start1),
  ).value;

  // 6. evaluations and sums after batch 1
  const [rhoS, rhoF] = [batch1.point.slice(0, bits), batch1.point.slice(FEATURES)];
  const at = (f: readonly bigint[], s: readonly bigint[], j: readonly bigint[], l: number) =>
    evaluateAt(f, [...s, ...j.slice(0, a[l])]);
  const weightAt = (l: number, j: readonly bigint[], i: readonly bigint[]) =>
    evaluateAt(run.W[l], [...j.slice(0, a[l - 1]), ...i.slice(0, a[l])]);
  const rhoK = stepBits.map((k) => rhoS[k]);
  const stepTensor = (f: readonly bigint[], l: number) => evaluateAt(f, [...rhoK, ...rhoF.slice(0, a[l])]);
  const [e, sums2] = [zeros(E.count), zeros(SUM2.count)];
  for (const l of present) {
    e[E.W(l)] = weightAt(l, rhoF, ri);
    sums2[SUM2.In(l)] = at(In[l], rs, rhoF, l - 1);
    sums2[SUM2.P(l)] = stepTensor(P[l], l - 1);
    sums2[SUM2.G(l)] = stepTensor(gradient(DAtI[l], In[l]), l - 1);
    const InAtF = bindHigh(In[l], rhoF.slice(0, a[l - 1]));
    sums2[SUM2.U(l)] = mod(sum(range(N).map((s) => DAtI[l][s] * (InAtF[s] + mu * UNIT))));
  }
  for (const l of hidden) {
    e[E.nextW(l)] = weightAt(l + 1, ri, rhoF);
    for (const x of TRACED) e[E[x](l)] = at(t(`${x}_${l}`), rhoS, rhoF, l);
    sums2[SUM2.nextD(l)] = at(D[l + 1], rs, rhoF, l + 1);
    sums2[SUM2.nextP(l)] = stepTensor(nextP[l], l + 1);
    sums2[SUM2.nextG(l)] = stepTensor(gradient(bindHigh(In[l + 1], ri.slice(0, a[l])), D[l + 1]), l + 1);
    for (const h of ['hA', 'hB'] as const) e[E[h](l)] = at(helpers[`${h}_${l}`], rhoS, rhoF, l);
  }
  for (const o of OUTPUTS) e[E[o]] = at(t(o), rhoS, rhoF, 4);
  e[E.Y] = evaluateAt(Y, [...rhoS.slice(0, sigma), ...rhoF.slice(0, a[4])]);
  e[E.hQ] = at(helpers.hQ, rhoS, rhoF, 4);
  for (const x of head.names.trace)
    e[E[x]] = x === 'M' || x === 'Sum' ? evaluateAt(t(x), rhoS) : at(t(x), rhoS, rhoF, 4);
  for (const x of head.names.helper) e[E[x]] = at(helpers[x], rhoS, rhoF, 4);
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
    mod(goal1 - expectedBatch(TRAIN, view, challenges, { ...messages, evals1: m })),
  );
  messages.sums2 = sender.send('settle', messages.sums2, undefined, (m) =>
    mod(goal1 - expectedBatch(TRAIN, view, challenges, { ...messages, sums2: m })),
  );

  // 7. batch 2, over rows
  const mu2 = weighted('relations2', powers(transcript.absorb([...messages.evals1, ...messages.sums2]), R2.count));
  const second = new ReferenceBatch();
  const rowBits = range(bits);
  const eqRho = eqTable(rhoK);
  const before = range(steps).map((k) => mod(sum(eqRho.slice(0, k))));
  const eqStep = stepOf.map((k) => eqRho[k]);
  const laterThan = stepOf.map((k) => before[k]);
  const earlier = stepOf.map((k) => earlierThan[k]);
  const rowsOf = (f: readonly bigint[], l: number) => bindHigh(f, rhoF.slice(0, a[l]));
  const claim2 = (index: number, ...terms: Term[]) => second.sum(index, rowBits, terms, messages.sums2[index]);
  for (const l of present) {
    const f = rowsOf(In[l], l - 1);
    claim2(R2.In(l), term(eqS, f));
    claim2(R2.P(l), term(eqS, laterThan, f));
    claim2(R2.G(l), term(eqStep, DAtI[l], f));
    claim2(
      R2.U(l),
      term(
        DAtI[l],
        f.map((v) => v + mu * UNIT),
      ),
    );
    second.sum(R2.F3(l), rowBits, [term(earlier, DAtI[l])], sentSums[SUM.F3(l)]);
  }
  for (const l of hidden) {
    const f = rowsOf(D[l + 1], l + 1);
    claim2(R2.nextD(l), term(eqS, f));
    claim2(R2.nextP(l), term(eqS, laterThan, f));
    claim2(R2.nextG(l), term(eqStep, f, bindHigh(In[l + 1], ri.slice(0, a[l]))));
  }
  const start2 = transcript.state;
  const batch2 = second.prove(mu2, transcript, { rounds: 14, degree: 3, stage: 'batch2', sender });
  challenges.mu2 = mu2;
  challenges.zeta = batch2.point;
  const zeta = batch2.point.slice(0, bits);
  const e2 = zeros(E2.count);
  for (const l of present) {
    e2[E2.zIn(l)] = at(In[l], zeta, rhoF, l - 1);
    e2[E2.zDAtI(l)] = evaluateAt(DAtI[l], zeta);
  }
  for (const l of hidden) {
    e2[E2.zNextD(l)] = at(D[l + 1], zeta, rhoF, l + 1);
    e2[E2.zNextIn(l)] = at(In[l + 1], zeta, ri, l);
  }
  const stated2 = claimed2('train', messages);
  const goal2 = followRounds(claimedSum(mu2, { ...stated2 }), batch2.messages, new ReferenceTranscript(start2)).value;
  messages.evals2 = sender.send('evals2', e2, undefined, (m) =>
    mod(goal2 - expectedBatch2(TRAIN, view, challenges, { ...messages, evals2: m })),
  );

  // 8. claims and their opening
  const rho = transcript.absorb(messages.evals2);
  return proof.finish(
    TRAIN.claims(view, challenges, messages),
    rho,
    { ...own, ...messages, batch1: batch1.messages, batch2: batch2.messages },
    { relations: batch.violated(), relations2: second.violated() },
  );
}
