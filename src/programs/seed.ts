import { Claims, type OracleNumber } from '../argument/claims.ts';
import type { Kernels } from '../argument/kernels.ts';
import { type LookupGroup, LookupTable, multiplicities } from '../argument/lookup.ts';
import { open } from '../argument/opening.ts';
import type { Oracle } from '../argument/oracle.ts';
import type { Session } from '../argument/session.ts';
import { NUMBERING } from '../generated/numbering.ts';
import { circuitLayer, encodeShape, widthBits } from '../model/shape.ts';
import type { Weights } from '../model/weights.ts';
import { LIMB_BITS, MODEL_BITS, SIZE_BITS } from '../numbers/constants.ts';
import { squaresOf } from '../numbers/field.ts';
import type { SeedTrace } from '../training/seed.ts';
import {
  type ArgumentResult,
  blindTrace,
  finish,
  integerPoly,
  join,
  offsetBits,
  positions,
  sendOracle,
  slotPoly,
  slottedOracle,
} from './common.ts';
import { lookupHelper, sendHelper } from './helper.ts';
import { addTableClaims } from './layers.ts';
import { layerNames, modelOracle, modelParameters } from './oracles.ts';
import { LIMB } from './powers.ts';
import { minus, SumcheckBatch, term, times } from './sumcheckBatch.ts';

const { oracles: O, squares: Q, trace: T, helper: H, relations: R, evaluations: E, claims: C } = NUMBERING.seed;
const TRACED = ['v0', 'v1', 'w1', 'u0', 'u1'] as const;
/** The two lookup groups by their slot in the helper. */
const GROUPS = { hA: ['v0', 'v1', 'w0'], hB: ['w1', 'u0', 'u1'] } as const;
const HELPERS = ['hA', 'hB'] as const;

/** A layer with its number sequence. */
interface SeedLayer {
  /** circuit layer */
  l: number;
  /** slots of its weights and biases in the model oracle */
  W: string;
  b: string;
  rows: number;
  columns: number;
  /** log2 of the padded columns and rows */
  low: number;
  high: number;
  sequence: SeedTrace['layers'][number];
}

interface SeedContext {
  k: Kernels;
  layers: readonly SeedLayer[];
  model: Oracle;
  trace: Oracle;
  helper: Oracle;
  tau: readonly bigint[];
}

/**
 * Program seed (design 7.2, protocol section 6): the weights are the sequence of the public seed on real entries and 0 elsewhere, all biases 0. The statement
 * must bind the commitment to `modelOracle(weights)`.
 * @param sequences the generator's values, `seedTrace(widths, seed).layers`
 */
export async function proveSeed(
  session: Session,
  weights: Weights,
  seed: bigint,
  sequences: SeedTrace['layers'],
): Promise<ArgumentResult> {
  const { kernels: k } = session.backend;
  const { widths } = weights;
  const layers = seedLayers(widths, sequences);

  // 1. trace: limbs and multiplicities
  session.stage('trace');
  const model = modelOracle(weights);
  const trace = seedSlots(layers);
  const { points: tracePoints, challenge: beta } = await sendOracle(session, trace, T.names);

  // 2. helper: inverses of the lookups, in groups of three
  session.stage('lookups');
  const table = new LookupTable(k, beta, LIMB_BITS);
  const looked = lookupHelper(k, table, lookupGroups(layers), trace);
  const { points: helperPoints, challenge: x } = await sendHelper(session, looked, H.names);
  const helper = looked.oracle;

  // 3. the batch
  session.stage('sumcheck');
  const context = { k, layers, model, trace, helper, tau: squaresOf(x, Q.count) };
  const batch = seedSumcheckBatch(context, table, beta);
  const batch1 = batch.prove(session, [], R.logUp, 5);
  const evals1 = batch.evaluations(E.count);

  // 4. the claims
  const claims = seedClaims(context, session.absorb(evals1), evals1, batch1.point);
  const opened = await open(session, [model, trace, helper], claims);
  const shape = encodeShape(weights);
  return finish(session, { trace: tracePoints, helper: helperPoints }, opened, [shape, seed], {
    shape,
    seed,
    ...modelParameters(weights),
    modelOffset: offsetBits(model, layerNames(widths), MODEL_BITS),
    traceOffset: offsetBits(trace, T.names),
    helperOffset: offsetBits(helper, H.names),
    batch1: batch1.messages,
    evals1,
  });
}

function seedLayers(widths: readonly number[], sequences: SeedTrace['layers']): SeedLayer[] {
  const a = widthBits(widths);
  return sequences.map((sequence, i) => ({
    l: circuitLayer(widths, i + 1),
    W: `W${i + 1}`,
    b: `b${i + 1}`,
    rows: widths[i + 1],
    columns: widths[i],
    low: a[i],
    high: a[i + 1],
    sequence,
  }));
}

function seedSlots(layers: readonly SeedLayer[]): Oracle {
  const trace = slottedOracle([
    ...layers.flatMap((L) => TRACED.map((n) => ({ name: `${n}_${L.l}`, log2: L.low + L.high }))),
    { name: 'mult', log2: LIMB_BITS },
  ]);
  for (const { l, sequence } of layers) for (const n of TRACED) trace.put(`${n}_${l}`, sequence[n]);
  const limbs = lookupGroups(layers).flatMap((group) => group.limbs);
  trace.put('mult', multiplicities(LIMB_BITS, limbs));
  blindTrace(trace);
  return trace;
}

/** Two groups for each layer. */
function lookupGroups(layers: readonly SeedLayer[]): LookupGroup[] {
  return layers.flatMap(({ l, sequence }) =>
    HELPERS.map((n) => ({ slot: `${n}_${l}`, limbs: GROUPS[n].map((limb) => sequence[limb]) })),
  );
}

function seedSumcheckBatch(c: SeedContext, table: LookupTable, beta: bigint): SumcheckBatch {
  const { k, layers, trace, helper } = c;
  const batch = new SumcheckBatch(k, table, beta, c.tau);
  for (const layer of layers) addLayer(batch, c, layer);
  batch.addTable(R.table, E, helper.field(k, 'g'), trace.values(k, 'mult'));
  return batch;
}

/** The relations of a layer: both lookups, the sequence v (x + off + 1) = factor + q u, the weights. */
function addLayer(batch: SumcheckBatch, { k, model, trace, helper }: SeedContext, L: SeedLayer): void {
  const { l, sequence } = L;
  const eq = batch.eq(L.low, L.high);
  const tensor = (oracle: Oracle, name: string) => slotPoly(k, oracle, name, positions(L.low, L.high));
  const [v0, v1, u0, u1] = ['v0', 'v1', 'u0', 'u1'].map((n) => tensor(trace, `${n}_${l}`));
  const [hA, hB] = HELPERS.map((n) => tensor(helper, `${n}_${l}`));
  const W = tensor(model, L.W);
  const q = BigInt(sequence.q);
  const indices = Int32Array.from({ length: sequence.v0.length }, (_, i) => i + sequence.off + 1);
  const index = integerPoly(k, indices, eq.positions);
  const mask = integerPoly(k, realMask(L), eq.positions);
  const group = (n: 'hA' | 'hB') => GROUPS[n].map((limb) => sequence[limb]);
  batch.addLookup(R.groupA(l), eq, hA, group('hA'));
  const [w1] = batch.addLookup(R.groupB(l), eq, hB, group('hB'));
  batch.add(R.sequence(l), [
    term(eq, v0, index),
    times(LIMB, eq, v1, index),
    times(-BigInt(sequence.factor), eq),
    times(-q, eq, u0),
    times(-q * LIMB, eq, u1),
  ]);
  batch.add(R.weights(l), [
    term(eq, W),
    minus(eq, mask, v0),
    times(-LIMB, eq, mask, v1),
    times((q - 1n) / 2n, eq, mask),
  ]);
  batch.evaluateLimb(E.w1(l), w1);
  for (const [n, p] of Object.entries({ v0, v1, u0, u1, hA, hB, W })) batch.evaluate(E[n as 'W'](l), p);
}

function seedClaims(c: SeedContext, challenge: bigint, evals1: readonly bigint[], rho: readonly bigint[]): Claims {
  const { layers, model, trace, helper, tau } = c;
  const claims = new Claims(challenge, C.count);
  for (const L of layers) {
    const { l } = L;
    const point = join(rho, L.low, rho.slice(SIZE_BITS), L.high);
    const evaluation = (name: 'W' | (typeof TRACED)[number] | 'hA' | 'hB', oracle: OracleNumber, offset: number) =>
      claims.add(C[name](l), evals1[E[name](l)], [{ oracle, offset, point }]);
    for (const n of TRACED) evaluation(n, O.trace, trace.slots[`${n}_${l}`].offset);
    for (const n of HELPERS) evaluation(n, O.helper, helper.slots[`${n}_${l}`].offset);
    evaluation('W', O.model, model.slots[L.W].offset);
    claims.add(C.bias(l), 0n, [
      { oracle: O.model, offset: model.slots[L.b].offset, point: tau.slice(SIZE_BITS, SIZE_BITS + L.high) },
    ]);
  }
  addTableClaims(
    claims,
    E,
    evals1,
    rho,
    { oracle: O.helper, offset: helper.slots.g.offset },
    { oracle: O.trace, offset: trace.slots.mult.offset },
  );
  return claims;
}

/** 1 on real entries [i, j], j low, of a padded matrix. */
function realMask(L: { rows: number; columns: number; low: number; high: number }): Int32Array {
  const mask = new Int32Array(2 ** (L.low + L.high));
  for (let i = 0; i < L.rows; i++) mask.fill(1, i * 2 ** L.low, i * 2 ** L.low + L.columns);
  return mask;
}
