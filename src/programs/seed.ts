import { Claims, type OracleNumber } from '../argument/claims.ts';
import type { Kernels } from '../argument/kernels.ts';
import { type LookupGroup, LookupTable, multiplicities } from '../argument/lookup.ts';
import { open } from '../argument/opening.ts';
import type { Oracle } from '../argument/oracle.ts';
import type { Session } from '../argument/session.ts';
import { NUMBERING } from '../generated/numbering.ts';
import { type AnyWeights, isNetworkWeights } from '../model/networkWeights.ts';
import { LIMB_BITS } from '../numbers/constants.ts';
import { squaresOf } from '../numbers/field.ts';
import type { SeedTrace } from '../training/seed.ts';
import { type Axes, pointOf, sizeOf } from './axes.ts';
import {
  type ArgumentResult,
  blindTrace,
  finish,
  integerPoly,
  offsetBits,
  sendOracle,
  slottedOracle,
} from './common.ts';
import { lookupHelper, sendHelper } from './helper.ts';
import { addTableClaims, entryMask, type ModelTensor, modelPoly, modelTensors, weightAxes } from './layers.ts';
import { modelInputs, modelOracle } from './oracles.ts';
import { LIMB } from './powers.ts';
import { minus, SumcheckBatch, term, times } from './sumcheckBatch.ts';

type SeedNumbers = typeof NUMBERING.seed | typeof NUMBERING.convSeed;

const TRACED = ['v0', 'v1', 'w1', 'u0', 'u1'] as const;
/** The two lookup groups by their slot in the helper. */
const GROUPS = { hA: ['v0', 'v1', 'w0'], hB: ['w1', 'u0', 'u1'] } as const;
const HELPERS = ['hA', 'hB'] as const;

/** W of a layer with its number sequence, and its bias. */
interface SeedLayer extends ModelTensor {
  bias: ModelTensor;
  sequence: SeedTrace['layers'][number];
}

interface SeedContext {
  k: Kernels;
  numbers: SeedNumbers;
  axes: Axes;
  layers: readonly SeedLayer[];
  model: Oracle;
  trace: Oracle;
  helper: Oracle;
  tau: readonly bigint[];
}

/**
 * Programs seed (design 7.2, protocol section 6) and, of convolutional networks, convSeed (section 12): the weights are the sequence of the public seed on real entries and 0 elsewhere, all biases 0. The statement
 * must bind the commitment to `modelOracle(weights)`.
 * @param sequences the generator's values, `seedTrace(shape, seed).layers`
 */
export function proveSeed(
  session: Session,
  weights: AnyWeights,
  seed: bigint,
  sequences: SeedTrace['layers'],
): Promise<ArgumentResult> {
  const numbers = isNetworkWeights(weights) ? NUMBERING.convSeed : NUMBERING.seed;
  return proveSequences(session, weights, { seed, sequences }, numbers);
}

async function proveSequences(
  session: Session,
  weights: AnyWeights,
  { seed, sequences }: { seed: bigint; sequences: SeedTrace['layers'] },
  numbers: SeedNumbers,
): Promise<ArgumentResult> {
  const { squares: Q, trace: T, helper: H, relations: R, evaluations: E } = numbers;
  const { kernels: k } = session.backend;
  const axes = weightAxes(weights);
  const layers = seedLayers(weights, sequences);

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
  const context = { k, numbers, axes, layers, model, trace, helper, tau: squaresOf(x, Q.count) };
  const batch = seedSumcheckBatch(context, table, beta);
  const batch1 = batch.prove(session, [], R.logUp, 5);
  const evals1 = batch.evaluations(E.count);

  // 4. the claims
  const claims = seedClaims(context, session.absorb(evals1), evals1, batch1.point);
  const opened = await open(session, [model, trace, helper], claims);
  const { parameters, inputs } = modelInputs(weights, model);
  return finish(session, { trace: tracePoints, helper: helperPoints }, opened, [...parameters, seed], {
    ...inputs,
    seed,
    traceOffset: offsetBits(trace, T.names),
    helperOffset: offsetBits(helper, H.names),
    batch1: batch1.messages,
    evals1,
  });
}

function seedLayers(weights: AnyWeights, sequences: SeedTrace['layers']): SeedLayer[] {
  const tensors = modelTensors(weights);
  return sequences.map((sequence, i) => ({ ...tensors[2 * i], bias: tensors[2 * i + 1], sequence }));
}

function seedSlots(layers: readonly SeedLayer[]): Oracle {
  const trace = slottedOracle([
    ...layers.flatMap((L) => TRACED.map((n) => ({ name: `${n}_${L.l}`, log2: sizeOf(L.bits) }))),
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
  const { k, numbers, layers, trace, helper } = c;
  const { relations: R, evaluations: E } = numbers;
  const batch = new SumcheckBatch(k, table, beta, c.tau, c.axes);
  for (const layer of layers) addLayer(batch, c, layer);
  batch.addTable(R.table, E, helper.field(k, 'g'), trace.values(k, 'mult'));
  return batch;
}

/** The relations of a layer: both lookups, the sequence v (x + off + 1) = factor + q u, the weights. */
function addLayer(batch: SumcheckBatch, c: SeedContext, L: SeedLayer): void {
  const { k, axes, model, trace, helper } = c;
  const { relations: R, evaluations: E } = c.numbers;
  const { l, sequence } = L;
  const eq = batch.eq(...L.bits);
  const tensor = (oracle: Oracle, name: string) => modelPoly(k, oracle, L, axes, name);
  const [v0, v1, u0, u1] = ['v0', 'v1', 'u0', 'u1'].map((n) => tensor(trace, `${n}_${l}`));
  const [hA, hB] = HELPERS.map((n) => tensor(helper, `${n}_${l}`));
  const W = tensor(model, L.slot);
  const q = BigInt(sequence.q);
  const indices = Int32Array.from({ length: sequence.v0.length }, (_, i) => i + sequence.off + 1);
  const index = integerPoly(k, indices, eq.positions);
  const mask = entryMask(k, L, 1, eq);
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
  const { axes, layers, model, trace, helper, tau } = c;
  const { oracles: O, evaluations: E, claims: C } = c.numbers;
  const claims = new Claims(challenge, C.count);
  for (const L of layers) {
    const { l } = L;
    const point = pointOf(axes, L.bits, rho);
    const evaluation = (name: 'W' | (typeof TRACED)[number] | 'hA' | 'hB', oracle: OracleNumber, offset: number) =>
      claims.add(C[name](l), evals1[E[name](l)], [{ oracle, offset, point }]);
    for (const n of TRACED) evaluation(n, O.trace, trace.slots[`${n}_${l}`].offset);
    for (const n of HELPERS) evaluation(n, O.helper, helper.slots[`${n}_${l}`].offset);
    evaluation('W', O.model, model.slots[L.slot].offset);
    claims.add(C.bias(l), 0n, [
      { oracle: O.model, offset: model.slots[L.bias.slot].offset, point: pointOf(axes, L.bias.bits, tau) },
    ]);
  }
  addTableClaims(claims, c.numbers, evals1, rho, c);
  return claims;
}
