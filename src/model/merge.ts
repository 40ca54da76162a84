import { InputError } from '../errors/InputError.ts';
import { mergeWasm } from '../generated/merge.wasm.ts';
import { FRACTION_BITS, MAX_LAYERS, WEIGHT_LIMIT } from '../numbers/constants.ts';
import { decodeWasm } from '../numbers/wasm.ts';
import { type AnyWeights, headOf, isNetworkWeights, shapeText } from './networkWeights.ts';
import { checkSalt } from './salt.ts';
import { type Schema, sameSchema } from './schema.ts';
import type { Weights } from './weights.ts';

/** Coefficients are integers over 2^14, in (-2^17, 2^17): real factors in (-8, 8) (protocol section 10). */
const MERGE_BITS = 14;
export const MERGE_ONE = 2 ** MERGE_BITS;
export const MERGE_LIMIT = 2 ** 17;
export const MIN_PARENTS = 2;
export const MAX_PARENTS = 8;

export interface Merge<W extends AnyWeights = Weights> {
  child: W;
  /** 2^14 x^C = M + 2^13 - rest, for each layer's W and b, padded as the weights */
  rest: { W: Int32Array; b: Int32Array }[];
}

interface MergeExports {
  memory: WebAssembly.Memory;
  heapBase(): number;
  addScaled(sum: number, x: number, n: number, a: bigint): void;
  round(out: number, rest: number, sum: number, n: number, k: bigint): void;
}

/**
 * x^C = round(sum_i coefficients[l][i] x_i / 2^14) for every weight and bias of layer l (design 7.4).
 * @param parents 2..8 models of one shape
 * @param coefficients [layer 1..L][parent]
 * @throws InputError for other parents or coefficients, and where a weight leaves [-2^15, 2^15)
 */
export function mergeWeights<W extends AnyWeights>(
  parents: readonly W[],
  coefficients: readonly (readonly number[])[],
  salt: bigint,
): Merge<W> {
  checkMerge(parents, coefficients);
  checkSalt(salt);
  const machine = new WebAssembly.Instance(module(), {}).exports as unknown as MergeExports;
  const blocks = parents[0].layers.map((_, l) => ({
    W: mergeBlock(
      machine,
      parents.map((p) => p.layers[l].W),
      coefficients[l],
    ),
    b: mergeBlock(
      machine,
      parents.map((p) => p.layers[l].b),
      coefficients[l],
    ),
  }));
  return {
    child: {
      ...shapeOf(parents[0]),
      layers: blocks.map(({ W, b }) => ({ W: W.out, b: b.out })),
      salt,
      ...commonSchema(parents),
    } as W,
    rest: blocks.map(({ W, b }) => ({ W: W.rest, b: b.rest })),
  };
}

function shapeOf(weights: AnyWeights) {
  if (isNetworkWeights(weights)) return { network: weights.network };
  return { widths: [...weights.widths], head: weights.head };
}

/** The one schema that the parents have; none where two differ. Parents without one do not count, as on chain. */
export function commonSchema(parents: readonly AnyWeights[]): { schema?: Schema } {
  const [schema, ...others] = parents.flatMap((parent) => (parent.schema === undefined ? [] : [parent.schema]));
  return schema !== undefined && others.every((other) => sameSchema(schema, other)) ? { schema } : {};
}

/** @throws InputError naming what does not fit */
export function checkMerge(parents: readonly AnyWeights[], coefficients: readonly (readonly number[])[]): void {
  if (parents.length < MIN_PARENTS || parents.length > MAX_PARENTS) {
    throw new InputError(`A merge has ${MIN_PARENTS} to ${MAX_PARENTS} parents, not ${parents.length}.`);
  }
  checkAlike(parents);
  checkCoefficients(coefficients, parents[0].layers.length, parents.length);
}

/** @throws InputError unless all have one shape and one head */
export function checkAlike(parents: readonly AnyWeights[]): void {
  const [shape, head] = [shapeText(parents[0]), headOf(parents[0])];
  for (const parent of parents) {
    if (shapeText(parent) !== shape)
      throw new InputError(`Parents of a merge have one shape: ${shape} and ${shapeText(parent)} differ.`);
    if (headOf(parent) !== head)
      throw new InputError(`Parents of a merge have one head: ${head} and ${headOf(parent)} differ.`);
  }
}

/** @throws InputError unless there is one coefficient in range for each layer and parent */
export function checkCoefficients(coefficients: readonly (readonly number[])[], layers: number, parents: number): void {
  if (coefficients.length !== layers) {
    throw new InputError(`A merge of ${layers} layers needs as many rows of coefficients, not ${coefficients.length}.`);
  }
  coefficients.forEach((row, l) => {
    if (row.length !== parents)
      throw new InputError(`Layer ${l + 1} has ${row.length} coefficients for ${parents} parents.`);
    for (const a of row) {
      if (!Number.isInteger(a) || Math.abs(a) >= MERGE_LIMIT) {
        throw new InputError(
          `Coefficients are integers over 2^14 in (-2^17, 2^17), that is factors in (-8, 8), not ${a}.`,
        );
      }
    }
  });
}

/** a_(i,l) for the circuit's layers 1..4 (or as many as it has) and parents 0..7, 0 where absent. */
export function circuitCoefficients(coefficients: readonly (readonly number[])[], layers = MAX_LAYERS): number[][] {
  const absent = layers - coefficients.length;
  return Array.from({ length: layers }, (_, l) =>
    Array.from({ length: MAX_PARENTS }, (_, i) => coefficients[l - absent]?.[i] ?? 0),
  );
}

/** The public signals of the circuit's layers: eight 18-bit fields a + 2^17 each (protocol section 10). */
export function packCoefficients(coefficients: readonly (readonly number[])[], layers = MAX_LAYERS): bigint[] {
  return circuitCoefficients(coefficients, layers).map((row) =>
    row.reduce((word, a, i) => word + (BigInt(a + MERGE_LIMIT) << BigInt(18 * i)), 0n),
  );
}

let compiled: WebAssembly.Module | undefined;

function module(): WebAssembly.Module {
  compiled ??= new WebAssembly.Module(decodeWasm(mergeWasm));
  return compiled;
}

function mergeBlock(
  machine: MergeExports,
  parents: readonly BigInt64Array[],
  coefficients: readonly number[],
): { out: BigInt64Array; rest: Int32Array } {
  const n = parents[0].length;
  const sum = (machine.heapBase() + 15) & ~15;
  const [x, rest] = [sum + 16 * n, sum + 24 * n];
  const missing = rest + 4 * n - machine.memory.buffer.byteLength;
  if (missing > 0) machine.memory.grow(Math.ceil(missing / 65536));
  new Uint8Array(machine.memory.buffer, sum, 16 * n).fill(0);
  const at = () => new BigInt64Array(machine.memory.buffer, x, n);
  parents.forEach((p, i) => {
    at().set(p);
    machine.addScaled(sum, x, n, BigInt(coefficients[i]));
  });
  machine.round(x, rest, sum, n, BigInt(MERGE_BITS));
  const out = at().slice();
  const outside = out.find((value) => value < -WEIGHT_LIMIT || value >= WEIGHT_LIMIT);
  if (outside !== undefined) {
    throw new InputError(
      `A weight of the merged model is ${Number(outside) / 2 ** FRACTION_BITS}, outside [-2^15, 2^15).`,
      {
        hint: 'Use smaller coefficients.',
      },
    );
  }
  return { out, rest: new Int32Array(machine.memory.buffer, rest, n).slice() };
}
