import { InputError } from '../errors/InputError.ts';
import { FRACTION_BITS, WEIGHT_LIMIT } from '../numbers/constants.ts';
import { checkFit, checkHead, type Head } from './head.ts';
import { checkSalt } from './salt.ts';
import { checkSchema, type Schema, schemaShape } from './schema.ts';
import { checkWidths, type ModelShape, widthBits } from './shape.ts';

export interface LayerWeights {
  /** W_l[i, j] with j low, padded to 2^a_l x 2^a_(l-1); f fraction bits; padding is 0. */
  W: BigInt64Array;
  /** b_l[i], padded to 2^a_l; f fraction bits; padding is 0. */
  b: BigInt64Array;
}

/** A model in memory: everything its commitment opens to. */
export interface Weights {
  /** Real widths n_0..n_L. */
  widths: number[];
  head: Head;
  /** layers[l - 1] is layer l. */
  layers: LayerWeights[];
  /** Element of F. */
  salt: bigint;
  /** What inputs and outputs mean: the schema of the rows of its line; absent where nobody said, or parents differ. */
  schema?: Schema;
}

/** All weights 0. */
export function zeroWeights({ widths, head }: ModelShape, salt: bigint): Weights {
  checkWidths(widths);
  checkHead(head);
  checkSalt(salt);
  const a = widthBits(widths);
  return {
    widths: [...widths],
    head,
    layers: a
      .slice(1)
      .map((bits, l) => ({ W: new BigInt64Array(2 ** (bits + a[l])), b: new BigInt64Array(2 ** bits) })),
    salt,
  };
}

/**
 * Checks array sizes, the head, the schema, zero padding and -2^47 <= w < 2^47, i.e. [-2^15, 2^15), of every weight and bias.
 * @throws InputError naming layer and index.
 */
export function checkWeights({ widths, head, layers, salt, schema }: Weights): void {
  checkWidths(widths);
  checkHead(head);
  checkSalt(salt);
  if (schema !== undefined) checkWeightsSchema({ widths, head }, schema);
  const a = widthBits(widths);
  if (layers.length !== widths.length - 1) {
    throw new InputError(`A network of ${widths.length - 1} layers has ${layers.length} weight matrices.`);
  }
  layers.forEach(({ W, b }, l) => {
    const layer = l + 1;
    if (W.length !== 2 ** (a[layer] + a[l]) || b.length !== 2 ** a[layer]) {
      throw new InputError(`Layer ${layer} has arrays of ${W.length} and ${b.length} entries, not the padded sizes.`);
    }
    checkBlock(W, b, { layer, rows: widths[layer], columns: widths[l], stride: 2 ** a[l] });
  });
}

function checkWeightsSchema({ widths, head }: ModelShape, schema: Schema): void {
  checkSchema(schema);
  checkFit(head, schema.kind);
  const { inputs, outputs } = schemaShape(schema);
  if (inputs !== widths[0] || outputs !== widths.at(-1)) {
    throw new InputError(
      `The schema is of ${inputs} inputs and ${outputs} outputs; the network is ${widths.join('-')}.`,
    );
  }
}

function checkBlock(
  W: BigInt64Array,
  b: BigInt64Array,
  { layer, rows, columns, stride }: { layer: number; rows: number; columns: number; stride: number },
): void {
  for (let i = 0; i < b.length; i++) {
    for (let j = 0; j < stride; j++) {
      checkEntry(W[i * stride + j], i < rows && j < columns, () => `Weight [${i}, ${j}] of layer ${layer}`);
    }
    checkEntry(b[i], i < rows, () => `Bias [${i}] of layer ${layer}`);
  }
}

function checkEntry(value: bigint, real: boolean, name: () => string): void {
  if (value === 0n) return;
  if (!real) throw new InputError(`${name()} is padding and must be 0, not ${value}.`);
  if (value < -WEIGHT_LIMIT || value >= WEIGHT_LIMIT) {
    const limit = Number(WEIGHT_LIMIT) / 2 ** FRACTION_BITS;
    throw new InputError(`${name()} is ${Number(value) / 2 ** FRACTION_BITS}; weights lie in [-${limit}, ${limit}).`);
  }
}
