// Inferences (protocol section 13): their form, and public vectors as bytes and as polynomials.
import { type Hex, toHex } from 'viem';
import { InputError } from '../errors/InputError.ts';
import { ceilLog2 } from '../numbers/bits.ts';
import { ADDRESS_BITS, SIZE_BITS } from '../numbers/constants.ts';
import { mod, power } from '../numbers/field.ts';
import { type AnyShape, isNetworkShape, shapeSides } from './anyShape.ts';
import { int16Bytes, int16Values } from './int16.ts';
import { type Layout, layout } from './layout.ts';
import { checkSize, type ShardShape, shardLayout } from './shape.ts';

/** Who knows the inputs of an inference: everybody, the registry (they are a shard of it), or nobody but the prover. */
export const INPUT_KINDS = ['public', 'shard', 'committed'] as const;
export type InputKind = (typeof INPUT_KINDS)[number];

/** What the form of an inference says. */
export interface InferenceForm {
  rows: number;
  inputs: InputKind;
  /** the shard that the inputs are */
  shard: ShardShape | null;
  /** whether the outputs are public */
  shown: boolean;
}

/** Bits of a side of a picture in an exponent. */
const PICTURE_BITS = 6;

/** Where the values of a row stand, in the order of the bytes, and what power of x each weighs. */
export interface RowPlaces {
  /** features of the tensor */
  features: readonly number[];
  /** the power of x of each, in the first row */
  exponents: readonly number[];
  /** each further row weighs x^(2^rowBit) more */
  rowBit: number;
}

/** Of a row of inputs: of a network its pixels, without what pads its sides to powers of two. */
export function inputPlaces(shape: AnyShape): RowPlaces {
  if (!isNetworkShape(shape)) return plainPlaces(shapeSides(shape).inputs);
  const { side, channels } = shape;
  const bits = ceilLog2(side);
  const [features, exponents]: number[][] = [[], []];
  for (let c = 0; c < channels; c++)
    for (let y = 0; y < side; y++)
      for (let x = 0; x < side; x++) {
        features.push((((c << bits) + y) << bits) + x);
        exponents.push((((c << PICTURE_BITS) + y) << PICTURE_BITS) + x);
      }
  return { features, exponents, rowBit: 2 * PICTURE_BITS + SIZE_BITS };
}

/** Of a row of outputs. */
export function outputPlaces(shape: AnyShape): RowPlaces {
  return plainPlaces(shapeSides(shape).outputs);
}

function plainPlaces(count: number): RowPlaces {
  const features = Array.from({ length: count }, (_, i) => i);
  return { features, exponents: features, rowBit: SIZE_BITS };
}

/** The real values of a tensor [feature, s], row after row. */
export function rowValues(data: Int32Array, rows: number, { features }: RowPlaces): Int32Array {
  const sigma = ceilLog2(rows);
  const values = new Int32Array(rows * features.length);
  for (let s = 0, at = 0; s < rows; s++) for (const j of features) values[at++] = data[(j << sigma) + s];
  return values;
}

/** The inverse: a tensor of `length` features, with 0 where no value stands. */
export function rowTensor(values: Int32Array, rows: number, { features }: RowPlaces, length: number): Int32Array {
  const sigma = ceilLog2(rows);
  const data = new Int32Array(length << sigma);
  for (let s = 0, at = 0; s < rows; s++) for (const j of features) data[(j << sigma) + s] = values[at++];
  return data;
}

/** Two bytes a value, big endian, two's complement. */
export function valuesBytes(values: Int32Array): Hex {
  return toHex(int16Bytes(values));
}

/** @throws InputError for half a value */
export function bytesValues(bytes: Uint8Array): Int32Array {
  if (bytes.length % 2 !== 0) throw new InputError(`Public values have two bytes each, not ${bytes.length} in all.`);
  return int16Values(bytes);
}

/** The polynomial of public values at x. */
export function valuesAt(values: Int32Array, { exponents, rowBit }: RowPlaces, x: bigint): bigint {
  const powers = exponents.map((e) => power(x, BigInt(e)));
  const nextRow = power(x, 1n << BigInt(rowBit));
  let [sum, row] = [0n, 1n];
  for (let at = 0; at < values.length; at += powers.length) {
    let own = 0n;
    for (let k = 0; k < powers.length; k++) own += powers[k] * BigInt(values[at + k]);
    sum = mod(sum + row * mod(own));
    row = mod(row * nextRow);
  }
  return sum;
}

/** X alone, as an oracle of public or committed inputs has it. */
export function inputLayout(features: number, rows: number): Layout {
  return layout([{ name: 'X', log2: ceilLog2(features) + ceilLog2(rows) }]);
}

/** O, all that an oracle of outputs has. */
export function outputLayout(outputs: number, rows: number): Layout {
  return layout([{ name: 'O', log2: ceilLog2(outputs) + ceilLog2(rows) }]);
}

/** Where X stands in the oracle of the inputs. */
export function inputOffset({ shard }: Pick<InferenceForm, 'shard'>): number {
  return shard === null ? 0 : shardLayout(shard).slots.X.offset;
}

/** The word `form`. @throws InputError for sizes that the protocol does not have */
export function encodeForm(form: InferenceForm): bigint {
  checkSize('number of rows', form.rows);
  const bit = (is: boolean, at: number) => (is ? 1n << BigInt(SIZE_BITS + ADDRESS_BITS + at) : 0n);
  return (
    BigInt(form.rows - 1) +
    (BigInt(inputOffset(form)) << BigInt(SIZE_BITS)) +
    bit(form.inputs === 'public', 0) +
    bit(form.shown, 1) +
    bit(form.inputs === 'committed', 2)
  );
}
