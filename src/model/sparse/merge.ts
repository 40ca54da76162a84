import { InputError } from '../../errors/InputError.ts';
import { FRACTION_BITS, LIMB_BITS, WEIGHT_LIMIT } from '../../numbers/constants.ts';
import { checkAlike, commonSchema } from '../merge.ts';
import { type AnyWeights, shapeOf } from '../networkWeights.ts';
import { checkSalt } from '../salt.ts';
import { maskSequence } from './masks.ts';
import { checkSparse, MAX_TASKS, SPARSE_SLOTS, type SparseMethod } from './method.ts';
import { flatten, type ModelVector, modelVector, unflatten, type VectorSlot } from './vector.ts';

const SIZE_LIMIT = 1n << BigInt(3 * LIMB_BITS);
const SUM_LIMIT = 1n << BigInt(4 * LIMB_BITS);
const [ONE, HALF] = [1n << 14n, 1n << 13n];

/** What a sparse merge is told: the base first, then the tasks, and what becomes of them. */
export interface SparsePlan<W extends AnyWeights = AnyWeights> {
  parents: readonly W[];
  /** [layer 1..L][parent]: the base 2^14, tasks 0 <= a < 2^17 over 2^14 */
  coefficients: readonly (readonly number[])[];
  method: SparseMethod;
  /** of slot n of twelve and task i at 4 n + i - 1: entries of this size and below are left out; all 0 without signs */
  thresholds: readonly bigint[];
}

/** A sparse merge with all that its proof speaks of. */
export interface SparseMerge<W extends AnyWeights = AnyWeights> {
  child: W;
  vector: ModelVector;
  /** by their names in the trace, 2^log2 entries each */
  traced: Record<string, Int32Array>;
  /** of each task P - B, entry by entry */
  changes: BigInt64Array[];
  /** kept entries by slot and task, as the thresholds */
  counts: number[];
}

/**
 * Thresholds that keep at most floor(density n) of the n entries of each tensor, the largest changes: all that are larger than the
 * next one. Of equal ones at the edge none is kept.
 * @param densities of each task, by layer 1..L, in 0..1
 */
export function thresholdsOf(parents: readonly AnyWeights[], densities: readonly (readonly number[])[]): bigint[] {
  const vector = modelVector(shapeOf(parents[0]));
  const [base, ...tasks] = parents.map((weights) => flatten(weights, vector));
  const out = new Array<bigint>(SPARSE_SLOTS * MAX_TASKS).fill(0n);
  const first = vector.slots[0].l;
  tasks.forEach((task, i) => {
    for (const { l, number, offset, log2, real } of vector.slots) {
      const sizes = new BigInt64Array(2 ** log2);
      for (let x = 0; x < sizes.length; x++) {
        const d = task[offset + x] - base[offset + x];
        sizes[x] = d < 0n ? -d : d;
      }
      sizes.sort();
      const keep = Math.floor(densities[i][l - first] * real);
      out[MAX_TASKS * number + i] = keep >= sizes.length ? 0n : sizes[sizes.length - 1 - keep];
    }
  });
  return out;
}

/**
 * The child of a sparse merge (protocol section 15).
 * @throws InputError naming what does not fit, and where a weight of the child leaves [-2^15, 2^15)
 */
export function sparseMerge<W extends AnyWeights>(plan: SparsePlan<W>, salt: bigint): SparseMerge<W> {
  const { parents, coefficients, method } = plan;
  checkAlike(parents);
  checkSparse(method, coefficients, parents[0].layers.length);
  checkSalt(salt);
  const vector = modelVector(shapeOf(parents[0]));
  const state = startOf(plan, vector);
  for (const slot of vector.slots) {
    for (let x = slot.offset; x < slot.offset + 2 ** slot.log2; x++) mergeEntry(state, slot, x);
  }
  finishGap(state);
  return {
    child: { ...unflatten(parents[0], state.child, salt), ...commonSchema(parents) },
    vector,
    traced: state.traced,
    changes: state.changes,
    counts: state.counts,
  };
}

/** What the entries are merged from and into. */
interface State {
  base: BigInt64Array;
  changes: BigInt64Array[];
  child: BigInt64Array;
  traced: Record<string, Int32Array>;
  counts: number[];
  method: SparseMethod;
  /** [layer of six][task] */
  coefficients: bigint[][];
  thresholds: readonly bigint[];
  filled: Uint8Array;
}

function startOf({ parents, coefficients, method, thresholds }: SparsePlan, vector: ModelVector): State {
  const size = 2 ** vector.log2;
  const [base, ...tasks] = parents.map((weights) => flatten(weights, vector));
  const changes = tasks.map((task) => task.map((value, x) => value - base[x]));
  const traced: Record<string, Int32Array> = {};
  const add = (...names: string[]) => {
    for (const name of names) traced[name] = new Int32Array(size);
  };
  tasks.forEach((_, i) => {
    const own = (names: string[]) => add(...names.map((name) => `${name}_${i + 1}`));
    if (method.signs) own(['s', 'c', 'k', 'a0', 'a1', 'a2', 'b0', 'b1', 'b2']);
    if (method.kept.length > 0) own(['m', 't']);
  });
  if (method.signs) add('o', 'e0', 'e1', 'e2', 'e3');
  if (method.normalize) add('z');
  add('r0', 'r1', 'y0', 'y1');
  if (method.kept.length > 0) drawMasks(traced, method, vector.log2);
  const absent = SPARSE_SLOTS / 2 - coefficients.length;
  return {
    base,
    changes,
    child: new BigInt64Array(size),
    traced,
    counts: new Array<number>(SPARSE_SLOTS * MAX_TASKS).fill(0),
    method,
    coefficients: Array.from({ length: SPARSE_SLOTS / 2 }, (_, l) =>
      tasks.map((_, i) => BigInt(coefficients[l - absent]?.[i + 1] ?? 0)),
    ),
    thresholds,
    filled: new Uint8Array(size),
  };
}

/** The sequence, and which entries it keeps of each task. */
function drawMasks(traced: Record<string, Int32Array>, { kept, seed }: SparseMethod, log2: number): void {
  const { v, u } = maskSequence(seed, log2);
  Object.assign(traced, { v0: v[0], v1: v[1], v2: v[2], v3: v[3], u0: u[0], u1: u[1] });
  kept.forEach((share, i) => {
    const [m, t] = [traced[`m_${i + 1}`], traced[`t_${i + 1}`]];
    for (let x = 0; x < m.length; x++) {
      m[x] = v[i][x] < share ? 1 : 0;
      t[x] = m[x] ? share - 1 - v[i][x] : v[i][x] - share;
    }
  });
}

/** One entry: who is kept, which sign is elected, the rounded quotient. */
function mergeEntry(state: State, slot: VectorSlot, x: number): void {
  const { method, traced, changes, base, child, filled } = state;
  const a = state.coefficients[slot.l - 1];
  filled[x] = 1;
  if (method.signs) for (let i = 0; i < changes.length; i++) keepEntry(state, slot, i, x);
  const elected = method.signs ? electSign(state, a, x) : 0;
  let [sum, agreed, all] = [0n, 0n, 0n];
  for (let i = 0; i < changes.length; i++) {
    const d = changes[i][x];
    let takes = method.signs ? 0 : traced[`m_${i + 1}`][x];
    if (method.signs && traced[`c_${i + 1}`][x] === 1 && (d > 0n ? 1 : 0) === elected) {
      traced[`k_${i + 1}`][x] = 1;
      takes = 1;
    }
    all += a[i];
    if (takes === 0) continue;
    sum += a[i] * d;
    agreed += a[i];
  }
  let [divisor, scale] = [1n, 1n];
  if (method.normalize) {
    [divisor, scale] = [agreed === 0n ? 1n : agreed, all];
    traced.z[x] = agreed === 0n ? 1 : 0;
  }
  child[x] = base[x] + quotient(traced, x, sum * scale, divisor);
  if (child[x] < -WEIGHT_LIMIT || child[x] >= WEIGHT_LIMIT) {
    throw new InputError(
      `A weight of the merged model is ${Number(child[x]) / 2 ** FRACTION_BITS}, outside [-2^15, 2^15).`,
      { hint: 'Use smaller weights.' },
    );
  }
}

/** Sign, size and distance from the threshold of what a task changes of an entry. */
function keepEntry(
  { method, traced, changes, thresholds, counts }: State,
  slot: VectorSlot,
  i: number,
  x: number,
): void {
  const d = changes[i][x];
  const size = d < 0n ? -d : d;
  if (size >= SIZE_LIMIT) {
    throw new InputError(`Model ${i + 1} differs from the base by 2^16 or more in a weight of layer ${slot.l}.`);
  }
  const at = MAX_TASKS * slot.number + i;
  const drawn = method.kept.length === 0 || traced[`m_${i + 1}`][x] === 1;
  const threshold = thresholds[at];
  const kept = drawn && size > threshold;
  traced[`s_${i + 1}`][x] = d > 0n ? 1 : 0;
  traced[`c_${i + 1}`][x] = kept ? 1 : 0;
  if (kept) counts[at]++;
  putLimbs(
    traced,
    ['a0', 'a1', 'a2'].map((name) => `${name}_${i + 1}`),
    x,
    kept ? size - 1n : size,
  );
  if (!drawn) return;
  putLimbs(
    traced,
    ['b0', 'b1', 'b2'].map((name) => `${name}_${i + 1}`),
    x,
    kept ? size - threshold - 1n : threshold - size,
  );
}

/** 1 where the sum of what is kept is not negative. */
function electSign({ traced, changes }: State, a: readonly bigint[], x: number): number {
  let sum = 0n;
  for (let i = 0; i < changes.length; i++) if (traced[`c_${i + 1}`][x] === 1) sum += a[i] * changes[i][x];
  const elected = sum >= 0n ? 1 : 0;
  const size = elected === 1 ? sum : -sum - 1n;
  if (size >= SUM_LIMIT) {
    throw new InputError('The weighted changes of an entry sum to 2^18 or more.', { hint: 'Use smaller weights.' });
  }
  traced.o[x] = elected;
  putLimbs(traced, ['e0', 'e1', 'e2', 'e3'], x, size);
  return elected;
}

/** round(numerator / (2^14 divisor)), halves up, and its remainder. */
function quotient(traced: Record<string, Int32Array>, x: number, numerator: bigint, divisor: bigint): bigint {
  const whole = ONE * divisor;
  const raised = numerator + HALF * divisor;
  let remainder = raised % whole;
  if (remainder < 0n) remainder += whole;
  putLimbs(traced, ['r0', 'r1'], x, remainder);
  putLimbs(traced, ['y0', 'y1'], x, whole - 1n - remainder);
  return (raised - remainder) / whole;
}

/** Outside of the slots all is 0: the sum is not negative, nothing agrees, and the quotient is 0. */
function finishGap({ filled, method, traced }: State): void {
  for (let x = 0; x < filled.length; x++) {
    if (filled[x] === 1) continue;
    if (method.signs) traced.o[x] = 1;
    if (method.normalize) traced.z[x] = 1;
    quotient(traced, x, 0n, 1n);
  }
}

const word = new BigUint64Array(1);
const limbs = new Uint16Array(word.buffer);

function putLimbs(traced: Record<string, Int32Array>, names: readonly string[], x: number, value: bigint): void {
  word[0] = value;
  names.forEach((name, k) => {
    traced[name][x] = limbs[k];
  });
}
