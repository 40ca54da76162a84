import { Claims, type ClaimTerm } from '../argument/claims.ts';
import type { Vec } from '../argument/kernels.ts';
import { LookupTable, multiplicities } from '../argument/lookup.ts';
import { open } from '../argument/opening.ts';
import type { Session } from '../argument/session.ts';
import { finalValue, type Instance, type Poly, poly, range, sumcheck, type Term } from '../argument/sumcheck.ts';
import { encodeSegment, encodeShape } from '../model/shape.ts';
import type { Weights } from '../model/weights.ts';
import { ceilLog2 } from '../numbers/bits.ts';
import {
  ACTIVATION_BITS,
  DELTA_BITS,
  FRACTION_BITS,
  LIMB_BITS,
  SIGNED_LIMIT,
  SIZE_BITS,
} from '../numbers/constants.ts';
import { mod, powersOf, squaresOf } from '../numbers/field.ts';
import type { SegmentTrace } from '../training/trace.ts';
import {
  type ArgumentResult,
  BATCH_VARIABLES,
  finish,
  join,
  offsetBits,
  positions,
  slotView,
  tensorPoly,
} from './common.ts';
import { layerNames, modelOracle, modelParameters, type Shard, shardOracle } from './oracles.ts';
import { HELPER_SLOTS, hiddenLimbs, outputLimbs, TRACE_SLOTS, trainHelper, trainTrace } from './train-oracles.ts';

const F = 1n << BigInt(FRACTION_BITS);
const FA = 1n << BigInt(ACTIVATION_BITS);
const LIMB = 1n << BigInt(LIMB_BITS);
const HALF = BigInt(SIGNED_LIMIT);
/** D_L = Q_SCALE (Q_L - Y) */
const Q_SCALE = 1n << BigInt(DELTA_BITS - ACTIVATION_BITS);
/** Positions of the oracles in the opening. */
const [PARENT, CHILD, SHARD, TRACE, HELPER] = [0, 1, 2, 3, 4];

export interface TrainWitness {
  parent: Weights;
  child: Weights;
  shard: Shard;
  lr: number;
  batch: number;
  trace: SegmentTrace;
}

/** A circuit layer l with what the relations of l speak of. */
interface Layer {
  l: number;
  /** log2 of the padded widths of its input and its output */
  in: number;
  out: number;
  W: Vec;
  /** In_l and D_l in field form, and as polynomials of the first batch */
  input: Vec;
  inputPoly: Poly;
  D: Vec;
  DPoly: Poly;
}

/**
 * Program train (design 7.1, protocol section 7): child = parent after SGD with steps of `batch` rows and rate `lr` over the whole shard, whose rows number a
 * power of two. The statement must bind the commitments to parent, child and shard.
 */
export async function proveTrain(session: Session, w: TrainWitness): Promise<ArgumentResult> {
  const { kernels: k } = session.backend;
  const { widths } = w.parent;
  const first = 5 - (widths.length - 1);
  const layers = range(first, widths.length - 1);
  const hidden = layers.slice(0, -1);
  const widthOf = (l: number) => ceilLog2(widths[Math.max(0, l - first + 1)]);
  const sigma = ceilLog2(w.shard.rows);
  const batchBits = ceilLog2(w.batch);
  const B = 2 ** batchBits;
  const K = 2 ** (sigma - batchBits);
  const lr = BigInt(w.lr);

  // 1. trace: every intermediate of the run
  session.stage('trace');
  const parent = modelOracle(k, w.parent);
  const child = modelOracle(k, w.child);
  const shard = shardOracle(k, w.shard);
  const limbs = [...w.trace.hidden.flatMap(hiddenLimbs), outputLimbs(w.trace.output)];
  const trace = trainTrace(k, w.trace, first, multiplicities(LIMB_BITS, limbs.flat()));
  session.stage('commit to the trace');
  const tracePoint = await session.commit(trace.vec, trace.used);
  const beta = session.absorb([session.send(tracePoint), ...trace.words]);

  // 2. helper: inverses of the lookups
  session.stage('lookups');
  const table = new LookupTable(k, beta, LIMB_BITS);
  const helper = trainHelper(k, limbs, first, table, slotView(k, trace, 'mult'));
  const helperPoint = await session.commit(helper.vec, helper.used);
  const squares = squaresOf(session.absorb([session.send(helperPoint), ...helper.words]), 61);
  const [ri, rj, tau, mu] = [squares.slice(0, 12), squares.slice(12, 24), squares.slice(36, 60), squares[60]];
  const rs = squares.slice(24, 24 + sigma);

  // 3. first batch: the six sums of each layer, the zero-checks, the lookups
  session.stage('sumcheck: tables');
  const tensor = (name: string) => slotView(k, trace, name);
  const outputDelta = k.scale(k.sub(k.addConst(tensor('Q'), -HALF), slotView(k, shard, 'Y')), Q_SCALE);
  const L: Record<number, Layer> = {};
  for (const l of layers) {
    const input = l === first ? slotView(k, shard, 'X') : tensor(`A${l - 1}`);
    const D = l === 4 ? outputDelta : tensor(`D${l}`);
    L[l] = {
      l,
      in: widthOf(l - 1),
      out: widthOf(l),
      W: slotView(k, parent, `W${l - first + 1}`),
      input,
      inputPoly: tensorPoly(k, input, sigma, widthOf(l - 1)),
      D,
      DPoly: tensorPoly(k, D, sigma, widthOf(l)),
    };
  }
  const rows = range(0, sigma);
  const features = (bits: number) => range(SIZE_BITS, bits);
  const eqRows = k.eqTable(rs);
  const eqBatch = k.eqTable(rs.slice(0, batchBits));
  const eqSteps = k.eqTable(rs.slice(batchBits));
  const laterSteps = k.copy(eqSteps); // LT~(k, r_k) = sum of eq over later steps
  k.exclusiveSums(laterSteps, K, 'end');
  const ltRows = poly(k.repeatEach(laterSteps, B), rows);
  const sums = new Array<bigint>(22).fill(0n);
  const evaluated: [number, Poly][] = [];
  const pending: { index: number; positions: readonly number[]; terms: Term[]; claim?: bigint }[] = [];
  const addSum = (index: number, at: readonly number[], terms: Term[], value: bigint) => {
    sums[index] = mod(value);
    pending.push({ index, positions: at, terms, claim: sums[index] });
  };
  const one = (...factors: Poly[]): Term => ({ coefficient: 1n, factors });
  /** P(i; k) = sum over later steps k' of eq(r_k, k') t(i; r_b, k'), for every row s of step k. */
  const laterSum = (t: Vec): Vec => {
    const out = k.raw(t.len);
    k.scoped(() => {
      const at = k.contractLow(t, eqBatch);
      k.mulTile(at, eqSteps);
      k.exclusiveSums(at, K, 'end');
      k.put(out, k.repeatEach(at, B));
    });
    return out;
  };
  const sumOfProduct = (a: Vec, b: Vec, perRow: Vec): bigint =>
    k.scoped(() => k.sum(k.contractLow(k.mul(a, b), perRow)));

  /** In_l(r_j; s) by layer */
  const inputAtJ: Record<number, Poly> = {};
  for (const l of layers) {
    const { W, input, inputPoly, D, ...size } = L[l];
    const wide = positions(sigma, size.in);
    const Wi = poly(k.contractHigh(W, k.eqTable(ri.slice(0, size.out))), features(size.in));
    const inputAtS = poly(k.contractLow(input, eqRows), features(size.in));
    const Di = poly(k.contractHigh(D, k.eqTable(ri.slice(0, size.out))), rows);
    const later = poly(laterSum(input), wide);
    inputAtJ[l] = poly(k.contractHigh(input, k.eqTable(rj.slice(0, size.in))), rows);
    addSum(l - 1, Wi.positions, [one(Wi, inputAtS)], k.dot(Wi.vec, inputAtS.vec));
    addSum(3 + l, wide, [one(Di, inputPoly, later)], sumOfProduct(input, later.vec, Di.vec));
    addSum(7 + l, rows, [one(Di, ltRows)], k.dot(Di.vec, ltRows.vec));
    addSum(
      11 + l,
      rows,
      [one(Di, inputAtJ[l]), { coefficient: mu * FA, factors: [Di] }],
      k.dot(Di.vec, inputAtJ[l].vec) + mu * FA * k.sum(Di.vec),
    );
    evaluated.push(
      [l - 1, Wi],
      [3 + l, inputAtS],
      [7 + l, Di],
      [11 + l, inputPoly],
      [15 + l, later],
      [19 + l, inputAtJ[l]],
    );
  }
  for (const l of hidden) {
    const next = L[l + 1];
    const wide = positions(sigma, next.out);
    const Wj = poly(k.contractLow(next.W, k.eqTable(rj.slice(0, next.in))), features(next.out));
    const DAtS = poly(k.contractLow(next.D, eqRows), features(next.out));
    const later = poly(laterSum(next.D), wide);
    addSum(15 + l, Wj.positions, [one(Wj, DAtS)], k.dot(Wj.vec, DAtS.vec));
    addSum(
      18 + l,
      wide,
      [one(inputAtJ[l + 1], next.DPoly, later)],
      sumOfProduct(next.D, later.vec, inputAtJ[l + 1].vec),
    );
    evaluated.push([23 + l, Wj], [26 + l, DAtS], [29 + l, later]);
  }

  const helpers: { poly: Poly; weight: bigint }[] = [];
  /** Denominators beta - limb of a lookup group, entered as one instance. */
  const addLookup = (group: number, at: readonly number[], eq: Poly, tensors: readonly Int32Array[]): Poly[] => {
    const h = poly(k.copy(slotView(k, helper, HELPER_SLOTS[group])), at);
    const denominators = tensors.map((limb) => poly(table.denominators(limb), at));
    pending.push({
      index: 31 + group,
      positions: at,
      terms: [{ coefficient: 1n, factors: [eq, h, ...denominators], lookup: true }],
    });
    helpers.push({ poly: h, weight: 1n });
    evaluated.push([61 + group, h]);
    return denominators;
  };
  const limbEvaluations: [number, Poly][] = [];
  for (const l of hidden) {
    const at = positions(sigma, widthOf(l));
    const eq = poly(k.eqTable(join(tau, sigma, tau.slice(SIZE_BITS), widthOf(l))), at);
    const V = tensorPoly(k, tensor(`V${l}`), sigma, widthOf(l));
    const m = tensorPoly(k, tensor(`m${l}`), sigma, widthOf(l));
    const A = L[l + 1].inputPoly;
    const D = L[l].DPoly;
    const group = limbs.slice(2 * (l - first), 2 * (l - first) + 2);
    const [, t, r0] = addLookup(2 * l - 2, at, eq, group[0]);
    const [r1, s0, s1] = addLookup(2 * l - 1, at, eq, group[1]);
    const zero = 22 + 3 * (l - 1);
    pending.push(
      { index: zero, positions: at, terms: [one(eq, m, m), { coefficient: -1n, factors: [eq, m] }] },
      { index: zero + 1, positions: at, terms: [one(eq, A), { coefficient: -1n, factors: [eq, m, V] }] },
      // D - m T with T = T' - 2^13 and T' = beta - t
      {
        index: zero + 2,
        positions: at,
        terms: [one(eq, D), one(eq, m, t), { coefficient: HALF - beta, factors: [eq, m] }],
      },
    );
    const base = 33 + 8 * (l - 1);
    evaluated.push([base, V], [base + 1, m], [base + 7, D]);
    limbEvaluations.push([base + 2, t], [base + 3, r0], [base + 4, r1], [base + 5, s0], [base + 6, s1]);
  }
  {
    const at = positions(sigma, widthOf(4));
    const eq = poly(k.eqTable(join(tau, sigma, tau.slice(SIZE_BITS), widthOf(4))), at);
    addLookup(6, at, eq, limbs[limbs.length - 1]).forEach((p, i) => {
      limbEvaluations.push([57 + i, p]);
    });
    // without hidden layers no relation of the batch speaks of D_4: its value is taken below
    if (hidden.length > 0) evaluated.push([60, L[4].DPoly]);
  }
  const tableAt = range(0, LIMB_BITS);
  const eqTable = poly(k.eqTable(tau.slice(0, LIMB_BITS)), tableAt);
  const g = poly(k.copy(slotView(k, helper, 'g')), tableAt);
  const mult = poly(k.copy(tensor('mult')), tableAt);
  pending.push({
    index: 38,
    positions: tableAt,
    terms: [one(eqTable, g, poly(k.copy(table.shifted), tableAt)), { coefficient: -1n, factors: [eqTable, mult] }],
  });
  helpers.push({ poly: g, weight: -1n });
  evaluated.push([68, g], [69, mult]);

  session.stage('sumcheck');
  const lambda = powersOf(session.absorb([...sums, session.nonce[0]]), 40);
  const instances: Instance[] = pending.map(({ index, claim, ...rest }) => ({
    ...rest,
    weight: lambda[index],
    claim: claim ?? 0n,
  }));
  for (const h of helpers)
    instances.push({
      weight: h.weight * lambda[39],
      claim: k.sum(h.poly.vec),
      positions: h.poly.positions,
      terms: [one(h.poly)],
    });
  const batch1 = sumcheck(k, instances, BATCH_VARIABLES, 5, session.absorb);
  const rho = batch1.point;
  const rhoF = rho.slice(SIZE_BITS);
  const evals1 = new Array<bigint>(70).fill(0n);
  for (const [index, p] of evaluated) evals1[index] = finalValue(k, p);
  if (hidden.length === 0) evals1[60] = k.evaluate(outputDelta, join(rho, sigma, rhoF, widthOf(4)));
  for (const [index, p] of limbEvaluations) evals1[index] = mod(beta - finalValue(k, p));

  // 4. second batch: the sums over earlier steps inside P and P'
  session.stage('sumcheck: second batch');
  const mu2 = powersOf(session.absorb(evals1), 7);
  const steps = range(batchBits, sigma - batchBits);
  const earlier = k.eqTable(rho.slice(batchBits, sigma)); // LT~(rho_k, k) = sum of eq over earlier steps
  k.exclusiveSums(earlier, K, 'start');
  const ltPoly = poly(earlier, steps);
  const stepsPoly = poly(k.copy(eqSteps), steps);
  const second: Instance[] = [];
  const evals2Polys: [number, Poly][] = [];
  const addStep = (index: number, claim: bigint, t: Vec, bits: number) => {
    const p = poly(k.contractLow(k.contractHigh(t, k.eqTable(rhoF.slice(0, bits))), eqBatch), steps);
    second.push({ weight: mu2[index], claim, positions: steps, terms: [one(ltPoly, stepsPoly, p)] });
    evals2Polys.push([index, p]);
  };
  for (const l of layers) addStep(l - 1, evals1[15 + l], L[l].input, L[l].in);
  for (const l of hidden) addStep(3 + l, evals1[29 + l], L[l + 1].D, L[l + 1].out);
  const batch2 = sumcheck(k, second, SIZE_BITS, 3, session.absorb);
  const evals2 = new Array<bigint>(7).fill(0n);
  for (const [index, p] of evals2Polys) evals2[index] = finalValue(k, p);
  const zeta = [...rs.slice(0, batchBits), ...batch2.point.slice(batchBits, sigma)];

  // 5. the claims; a point is made once, so that claims on the same slot and point share a pass
  const claims = new Claims(session.absorb(evals2), 81);
  const points = new Map<string, bigint[]>();
  const named: Record<string, readonly bigint[]> = { s: rs, p: rho.slice(0, sigma), z: zeta, i: ri, j: rj, f: rhoF };
  /** (row point; feature point) or (column point; row point) of a tensor with 2^low x 2^high entries */
  const point = (name: string, low: number, high: number): bigint[] => {
    const key = `${name} ${low} ${high}`;
    let p = points.get(key);
    if (!p) {
      p = join(named[name[0]], low, named[name[1]], high);
      points.set(key, p);
    }
    return p;
  };
  const inTrace = (slot: string, l: number, at: string, coefficient = 1n): ClaimTerm => ({
    oracle: TRACE,
    offset: trace.slots[slot].offset,
    point: point(at, sigma, widthOf(l)),
    coefficient,
  });
  const inShard = (slot: string, bits: number, at: string, coefficient = 1n): ClaimTerm => ({
    oracle: SHARD,
    offset: shard.slots[slot].offset,
    point: point(at, sigma, bits),
    coefficient,
  });
  const inputTerms = (l: number, at: string): ClaimTerm[] =>
    l === first ? [inShard('X', L[l].in, at)] : [inTrace(`A${l - 1}`, l - 1, at)];
  const deltaTerms = (l: number, at: string): ClaimTerm[] =>
    l < 4 ? [inTrace(`D${l}`, l, at)] : [inTrace('Q', 4, at, Q_SCALE), inShard('Y', L[4].out, at, -Q_SCALE)];
  const deltaOffset = (l: number) => (l < 4 ? 0n : Q_SCALE * HALF);
  const weightTerm = (oracle: number, l: number, at: string, coefficient = 1n): ClaimTerm => ({
    oracle,
    offset: parent.slots[`W${l - first + 1}`].offset,
    point: point(at, L[l].in, L[l].out),
    coefficient,
  });
  const biasTerm = (oracle: number, l: number, coefficient: bigint): ClaimTerm => ({
    oracle,
    offset: parent.slots[`b${l - first + 1}`].offset,
    point: point('ii', 0, L[l].out),
    coefficient,
  });
  for (const l of layers) {
    claims.add(l - 1, evals1[l - 1], [weightTerm(PARENT, l, 'fi')]);
    claims.add(3 + l, evals1[3 + l], inputTerms(l, 'sf'));
    claims.add(7 + l, evals1[7 + l] + deltaOffset(l), deltaTerms(l, 'pi'));
    claims.add(11 + l, evals1[11 + l], inputTerms(l, 'pf'));
    claims.add(15 + l, evals2[l - 1], inputTerms(l, 'zf'));
    claims.add(19 + l, evals1[19 + l], inputTerms(l, 'pj'));
  }
  for (const l of hidden) {
    claims.add(23 + l, evals1[23 + l], [weightTerm(PARENT, l + 1, 'jf')]);
    claims.add(26 + l, evals1[26 + l] + deltaOffset(l + 1), deltaTerms(l + 1, 'sf'));
    claims.add(29 + l, evals2[3 + l] + deltaOffset(l + 1), deltaTerms(l + 1, 'zf'));
    const base = 33 + 8 * (l - 1);
    ['V', 'm', 'T', 'R0', 'R1', 'S0', 'S1', 'D'].forEach((name, i) => {
      claims.add(base + i, evals1[base + i], [inTrace(`${name}${l}`, l, 'pf')]);
    });
  }
  ['Q', 'U0', 'U1'].forEach((name, i) => {
    claims.add(57 + i, evals1[57 + i], [inTrace(name, 4, 'pf')]);
  });
  claims.add(60, evals1[60] + deltaOffset(4), deltaTerms(4, 'pf'));
  HELPER_SLOTS.slice(0, 7).forEach((name, i) => {
    const slot = helper.slots[name];
    if (slot)
      claims.add(61 + i, evals1[61 + i], [
        { oracle: HELPER, offset: slot.offset, point: point('pf', sigma, slot.log2 - sigma) },
      ]);
  });
  const tablePoint = rho.slice(0, LIMB_BITS);
  claims.add(68, evals1[68], [{ oracle: HELPER, offset: helper.slots.g.offset, point: tablePoint }]);
  claims.add(69, evals1[69], [{ oracle: TRACE, offset: trace.slots.mult.offset, point: tablePoint }]);
  for (const l of layers) {
    // forward: phi1 + 2^fa b - lr (phi2 + 2^(2 fa) phi3) = 2^f Q + R0 + 2^c R1 - 2^(f-1)
    const at = 'si';
    const forward =
      l < 4
        ? [
            inTrace(`A${l}`, l, at, -2n * F),
            inTrace(`V${l}`, l, at, F),
            inTrace(`R0${l}`, l, at, -1n),
            inTrace(`R1${l}`, l, at, -LIMB),
          ]
        : [inTrace('Q', 4, at, -F), inTrace('U0', 4, at, -1n), inTrace('U1', 4, at, -LIMB)];
    const value = lr * (sums[3 + l] + FA * FA * sums[7 + l]) - sums[l - 1] - F / 2n - (l < 4 ? 0n : F * HALF);
    claims.add(69 + l, mod(value), [biasTerm(PARENT, l, FA), ...forward]);
    // update: W^C - W^P + mu (b^C - b^P) + lr ups = 0
    claims.add(76 + l, mod(-lr * sums[11 + l]), [
      weightTerm(CHILD, l, 'ji'),
      weightTerm(PARENT, l, 'ji', -1n),
      biasTerm(CHILD, l, mu),
      biasTerm(PARENT, l, -mu),
    ]);
  }
  for (const l of hidden) {
    // backward: chi1 - lr chi2 = 2^f T + R'0 + 2^c R'1 - 2^(f-1), T = T' - 2^13
    const value = sums[15 + l] - lr * sums[18 + l] + F * HALF + F / 2n;
    claims.add(73 + l, mod(value), [
      inTrace(`T${l}`, l, 'sj', F),
      inTrace(`S0${l}`, l, 'sj'),
      inTrace(`S1${l}`, l, 'sj', LIMB),
    ]);
  }

  const opened = await open(session, [parent, child, shard, trace, helper], claims);
  return finish(session, tracePoint, helperPoint, opened, {
    shape: encodeShape(widths),
    seg: encodeSegment(w, w.shard),
    ...modelParameters(widths),
    modelOffset: offsetBits(parent, layerNames(widths)),
    rows1: BigInt(w.shard.rows - 1),
    batchRows1: BigInt(w.batch - 1),
    lr,
    shardOffset: offsetBits(shard, ['X', 'Y']),
    traceOffset: offsetBits(trace, TRACE_SLOTS),
    helperOffset: offsetBits(helper, HELPER_SLOTS),
    sums,
    batch1: batch1.messages,
    evals1,
    batch2: batch2.messages,
    evals2,
  });
}
