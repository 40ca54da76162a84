import { halves } from '../../argument/axisSums.ts';
import { Claims, type ClaimTerm } from '../../argument/claims.ts';
import { LookupTable, multiplicities } from '../../argument/lookup.ts';
import { open } from '../../argument/opening.ts';
import type { Oracle } from '../../argument/oracle.ts';
import type { Session } from '../../argument/session.ts';
import { range } from '../../argument/sumcheck.ts';
import { NUMBERING, type Numbered } from '../../generated/numbering.ts';
import { NETWORK_LAYERS } from '../../model/network.ts';
import {
  checkSparse,
  MAX_TASKS,
  packCounts,
  packMethod,
  packSparseCoefficients,
  SPARSE_SLOTS,
} from '../../model/sparse/method.ts';
import { slotWords, type VectorSlot } from '../../model/sparse/vector.ts';
import { bitsOf } from '../../numbers/bits.ts';
import { LIMB_BITS, MODEL_BITS } from '../../numbers/constants.ts';
import { mod, squaresOf } from '../../numbers/field.ts';
import {
  type ArgumentResult,
  blindTrace,
  type CircuitInputs,
  finish,
  offsetBits,
  sendOracle,
  slotPoly,
  slottedOracle,
} from '../common.ts';
import { lookupHelper, sendHelper } from '../helper.ts';
import { addTableClaims } from '../layers.ts';
import { absentOracle, modelOracle } from '../oracles.ts';
import { SumcheckBatch } from '../sumcheckBatch.ts';
import { contextOf, type SparseContext, type SparseWitness, tracedOf, VECTOR } from './context.ts';
import { addRelations } from './relations.ts';

const { squares: Q, trace: T, helper: H, relations: R, evaluations: E, claims: C, oracles: O } = NUMBERING.sparseMerge;
type Name = Exclude<keyof typeof E, 'count' | 'names'>;
type Place = Numbered<'evaluation' | 'claim'>;

interface Committed {
  child: Oracle;
  /** the base, then the tasks */
  parents: readonly Oracle[];
  trace: Oracle;
  helper: Oracle;
}

/**
 * Program sparseMerge (protocol section 15): TIES and DARE over one vector of a model. The statement must bind the commitments to
 * child and parents.
 * @throws RangeError for a child weight outside [-2^47, 2^47)
 */
export async function proveSparseMerge(session: Session, witness: SparseWitness): Promise<ArgumentResult> {
  const { kernels: k } = session.backend;
  const { plan, merge } = witness;
  checkSparse(plan.method, plan.coefficients, merge.child.layers.length);
  const c = contextOf(k, witness);

  // 1. trace, then the thresholds
  session.stage('trace');
  const child = modelOracle(merge.child);
  const parents = plan.parents.map(modelOracle);
  const trace = sparseTrace(c);
  const { points: tracePoints } = await sendOracle(session, trace, T.names);
  const beta = session.absorb([...plan.thresholds]);

  // 2. helper: inverses of the lookups
  session.stage('lookups');
  const table = new LookupTable(k, beta, LIMB_BITS);
  const looked = lookupHelper(k, table, c.lookups, trace);
  const { points: helperPoints, challenge: x } = await sendHelper(session, looked, H.names);
  const helper = looked.oracle;

  // 3. the batch
  session.stage('sumcheck');
  const batch = sparseBatch(c, new SumcheckBatch(k, table, beta, squaresOf(x, Q.count), VECTOR), trace, helper);
  const batch1 = batch.prove(session, [], R.logUp, 5);
  const point = batch1.point.slice(0, c.at.length);
  const evals1 = batch.evaluations(E.count);
  evaluateModels(c, point, evals1);

  // 4. the claims
  const committed = { child, parents, trace, helper };
  const claims = sparseClaims(c, committed, session.absorb(evals1), evals1, batch1.point);
  const absent = range(parents.length, MAX_TASKS + 1 - parents.length).map(absentOracle);
  const opened = await open(session, [child, ...parents, ...absent, trace, helper], claims);
  const { parameters, inputs } = sparseInputs(c);
  return finish(session, { trace: tracePoints, helper: helperPoints }, opened, parameters, {
    ...inputs,
    traceOffset: offsetBits(trace, T.names),
    helperOffset: offsetBits(helper, H.names),
    batch1: batch1.messages,
    evals1,
  });
}

function sparseTrace(c: SparseContext): Oracle {
  const tensors = tracedOf(c);
  const names = T.names.filter((name) => tensors[name] !== undefined);
  const trace = slottedOracle([
    ...names.map((name) => ({ name, log2: c.merge.vector.log2 })),
    { name: 'mult', log2: LIMB_BITS },
  ]);
  for (const name of names) trace.put(name, tensors[name]);
  const limbs = c.lookups.flatMap((group) => group.limbs);
  trace.put('mult', multiplicities(LIMB_BITS, limbs));
  blindTrace(trace);
  return trace;
}

function sparseBatch(c: SparseContext, batch: SumcheckBatch, trace: Oracle, helper: Oracle): SumcheckBatch {
  const eq = batch.eq(c.merge.vector.log2);
  for (const { slot, relation, limbs, names } of c.lookups) {
    const h = slotPoly(c.k, helper, slot, c.at);
    const inside = batch.addLookup(relation, eq, h, limbs.slice(0, names.length), 3 - names.length);
    names.forEach((name, i) => {
      if (name !== undefined) batch.evaluateLimb(numberOf(name), inside[i]);
    });
    batch.evaluate(numberOf(slot), h);
  }
  addRelations(batch, c, eq);
  batch.addTable(R.table, E, helper.field(c.k, 'g'), trace.values(c.k, 'mult'));
  return batch;
}

/** The number of an evaluation, which its claim has too, by the name of its slot: name or name_i. */
function numberOf(slot: string): Place {
  const [name, task] = slot.split('_');
  const own = E[name as Name];
  return typeof own === 'function' ? own(Number(task)) : own;
}

/** Child, base and tasks at the batch's point. */
function evaluateModels(
  { k, merge, base, child, tasks }: SparseContext,
  point: readonly bigint[],
  evals1: bigint[],
): void {
  const valueAt = (vector: BigInt64Array) => k.scoped(() => k.evaluate(k.fromIntegers(vector), point));
  evals1[E.C] = valueAt(child);
  evals1[E.B] = valueAt(base);
  for (const i of range(1, tasks)) evals1[E.P(i)] = mod(valueAt(merge.changes[i - 1]) + evals1[E.B]);
}

function sparseClaims(
  c: SparseContext,
  { child, parents, trace, helper }: Committed,
  challenge: bigint,
  evals1: readonly bigint[],
  rho: readonly bigint[],
): Claims {
  const { merge, tasks } = c;
  const { log2, slots } = merge.vector;
  const claims = new Claims(challenge, C.count);
  const point = rho.slice(0, log2);
  for (const [oracle, place, names] of [
    [trace, O.trace, T.names],
    [helper, O.helper, H.names],
  ] as const) {
    for (const name of names) {
      if (name === 'mult' || name === 'g' || oracle.slots[name] === undefined) continue;
      const term = { oracle: place, offset: oracle.slots[name].offset, point };
      claims.add(numberOf(name), evals1[numberOf(name)], [term]);
    }
  }
  // A model is the sum of its slots, of which each has an indicator at the point and a point within.
  const within = slots.map((slot) => ({ ...slot, point: point.slice(0, slot.log2), inside: insideAt(slot, point) }));
  const model = (oracle: ClaimTerm['oracle'], { slots: own }: Oracle): ClaimTerm[] =>
    within.map(({ l, kind, point: at, inside }) => ({
      oracle,
      offset: own[`${kind}${l - slots[0].l + 1}`].offset,
      point: at,
      coefficient: inside,
    }));
  claims.add(C.C, evals1[E.C], model(O.child, child));
  claims.add(C.B, evals1[E.B], model(O.parent(0), parents[0]));
  for (const i of range(1, tasks)) claims.add(C.P(i), evals1[E.P(i)], model(O.parent(i), parents[i]));
  if (c.plan.method.signs) addCounts(claims, c, trace);
  addTableClaims(claims, NUMBERING.sparseMerge, evals1, rho, { trace, helper });
  return claims;
}

/** How many entries are kept of each tensor: the sum over a slot is 2^k times the value in the middle of it. */
function addCounts(claims: Claims, { merge: { vector, counts }, tasks }: SparseContext, trace: Oracle): void {
  for (const { number, offset, log2 } of vector.slots) {
    const middle = halves(log2);
    for (const i of range(1, tasks)) {
      const at = MAX_TASKS * number + i - 1;
      const place = trace.slots[`c_${i}`].offset + offset;
      claims.add(C.keptIn(at + 1), BigInt(counts[at]), [
        { oracle: O.trace, offset: place, point: middle, coefficient: 1n << BigInt(log2) },
      ]);
    }
  }
}

/** The extension of [an address is in the slot]. */
function insideAt({ offset, log2 }: VectorSlot, point: readonly bigint[]): bigint {
  return point.reduce((product, r, t) => {
    if (t < log2) return product;
    return mod(product * ((offset >> t) & 1 ? r : 1n - r));
  }, 1n);
}

/** The program's parameters as signals, in order, and the circuit's inputs of them. */
function sparseInputs({ plan, merge }: SparseContext): { parameters: bigint[]; inputs: CircuitInputs } {
  const { coefficients, method, thresholds } = plan;
  const [slots, word, counts] = [slotWords(merge.vector), packMethod(method), packCounts(merge.counts)];
  const words = packSparseCoefficients(coefficients);
  const numbers = range(0, SPARSE_SLOTS);
  const slotOf = (number: number) => merge.vector.slots.find((slot) => slot.number === number);
  const absent = NETWORK_LAYERS - coefficients.length;
  const flag = (value: boolean) => (value ? 1n : 0n);
  return {
    parameters: [...slots, word, method.seed, ...counts, ...words],
    inputs: {
      slots,
      method: word,
      seed: method.seed,
      counts,
      coefficients: words,
      offsets: numbers.map((n) => bitsOf(slotOf(n)?.offset ?? 0, MODEL_BITS)),
      logs: numbers.map((n) => BigInt(slotOf(n)?.log2 ?? 0)),
      present: range(0, NETWORK_LAYERS).map((l) => flag(l >= absent)),
      flags: [flag(method.signs), flag(method.kept.length > 0), flag(method.normalize)],
      kept: range(0, MAX_TASKS).map((i) => BigInt(method.kept[i] ?? 0)),
      keptCounts: merge.counts.map(BigInt),
      tasks: range(0, NETWORK_LAYERS).map((l) =>
        range(1, MAX_TASKS).map((i) => BigInt(coefficients[l - absent]?.[i] ?? 0)),
      ),
      mask: range(0, MODEL_BITS).map((t) => flag(t < merge.vector.log2)),
      thresholds,
    },
  };
}
