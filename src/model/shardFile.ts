import { FileFormatError } from '../errors/FileFormatError.ts';
import { InputError } from '../errors/InputError.ts';
import { ACTIVATION_BITS } from '../numbers/constants.ts';
import { show } from './json.ts';
import {
  expectFormat,
  readTensors,
  refuseOtherTensors,
  type Tensor,
  takeMetadata,
  takeTensor,
  writeTensors,
} from './safetensors.ts';
import { formatSalt, parseSalt } from './salt.ts';
import { formatSchema, parseSchema } from './schema.ts';
import { checkShardShape, SHARD_KINDS, type ShardKind } from './shape.ts';
import { checkShard, emptyShard, type Shard, shardRowBits } from './shard.ts';

export const SHARD_FORMAT = 'descent-shard/1';

/**
 * A safetensors file with I16 tensors X [rows, inputs] and Y [rows, outputs] (real sizes, fa fraction bits) and metadata
 * format, kind, inputs, outputs, rows, salt, fraction_bits and, where it is known, schema (its text). The same shard gives the same bytes.
 * @throws InputError when the shard breaks its ranges.
 */
export function writeShard(shard: Shard): Uint8Array<ArrayBuffer> {
  checkShard(shard);
  const { inputs, outputs, rows } = shard;
  const metadata = new Map([
    ['format', SHARD_FORMAT],
    ['kind', shard.kind],
    ['inputs', `${inputs}`],
    ['outputs', `${outputs}`],
    ['rows', `${rows}`],
    ['salt', formatSalt(shard.salt)],
    ['fraction_bits', `${ACTIVATION_BITS}`],
    ...(shard.schema === undefined ? [] : [['schema', formatSchema(shard.schema)] as const]),
  ]);
  const tensors = new Map<string, Tensor>([
    ['X', { dtype: 'I16', shape: [rows, inputs], data: toRows(shard.X, inputs, shard) }],
    ['Y', { dtype: 'I16', shape: [rows, outputs], data: toRows(shard.Y, outputs, shard) }],
  ]);
  return writeTensors({ tensors, metadata });
}

/** @throws FileFormatError for anything but what `writeShard` could have written. */
export function readShard(bytes: Uint8Array): Shard {
  const file = readTensors(bytes);
  expectFormat(file, SHARD_FORMAT);
  const fraction = takeMetadata(file, 'fraction_bits');
  if (fraction !== `${ACTIVATION_BITS}`) {
    throw new FileFormatError(`The shard has ${show(fraction)} fraction bits, expected ${ACTIVATION_BITS}.`);
  }
  const kind = takeMetadata(file, 'kind');
  if (!SHARD_KINDS.includes(kind as ShardKind)) throw new FileFormatError(`The shard has unknown kind ${show(kind)}.`);
  const count = (key: string) => {
    const text = takeMetadata(file, key);
    if (!/^[1-9]\d{0,3}$/.test(text)) throw new FileFormatError(`The metadata ${key} is ${show(text)}.`);
    return Number(text);
  };
  const shape = { inputs: count('inputs'), outputs: count('outputs'), rows: count('rows'), kind: kind as ShardKind };
  try {
    checkShardShape(shape);
    const X = takeTensor(file, 'X', 'I16', [shape.rows, shape.inputs]);
    const Y = takeTensor(file, 'Y', 'I16', [shape.rows, shape.outputs]);
    const shard = emptyShard(shape, parseSalt(takeMetadata(file, 'salt')));
    fromRows(X, shard.X, shape.inputs, shard);
    fromRows(Y, shard.Y, shape.outputs, shard);
    refuseOtherTensors(file, ['X', 'Y']);
    const schema = file.metadata.get('schema');
    if (schema !== undefined) shard.schema = parseSchema(schema);
    checkShard(shard);
    return shard;
  } catch (error) {
    if (error instanceof InputError) {
      throw new FileFormatError('The shard file holds an impossible shard.', { cause: error });
    }
    throw error;
  }
}

function toRows(array: Int32Array, units: number, shard: Shard): Uint8Array {
  const sigma = shardRowBits(shard);
  const out = new Int16Array(shard.rows * units);
  for (let s = 0; s < shard.rows; s++) {
    for (let j = 0; j < units; j++) out[s * units + j] = array[(j << sigma) + s];
  }
  return new Uint8Array(out.buffer);
}

function fromRows(tensor: Tensor, array: Int32Array, units: number, shard: Shard): void {
  const sigma = shardRowBits(shard);
  const values = new Int16Array(new Uint8Array(tensor.data).buffer);
  for (let s = 0; s < shard.rows; s++) {
    for (let j = 0; j < units; j++) array[(j << sigma) + s] = values[s * units + j];
  }
}
