import { InputError } from '../errors/InputError.ts';
import { ceilLog2, isPowerOfTwo } from '../numbers/bits.ts';
import { ACTIVATION_BITS, SIGNED_LIMIT } from '../numbers/constants.ts';
import { show } from './json.ts';
import type { Picture } from './pictures.ts';
import { checkSalt } from './salt.ts';
import { checkSchema, featureNames, outputNames, pictureOf, type Schema, schemaShape } from './schema.ts';
import { checkShardShape, checkSize, type ShardShape } from './shape.ts';

/** A shard in memory: everything its commitment opens to. Real sizes in ShardShape, arrays padded with zeros. */
export interface Shard extends ShardShape {
  /** X[j, s] with s low, 2^a_0 x 2^sigma; fa fraction bits, in [-2^15, 2^15). */
  X: Int32Array;
  /** Y[i, s] with s low, 2^a_L x 2^sigma; one-hot times 2^fa for classes, 0 or 2^fa for labels, else as X. */
  Y: Int32Array;
  /** Element of F. */
  salt: bigint;
  /** What the numbers mean; absent where nobody said. */
  schema?: Schema;
}

/** Row-major: feature j of row r is features[r * inputs + j]. */
interface Features {
  inputs: number;
  outputs: number;
  /** Real range [-64, 64). */
  features: Float32Array;
  /** Names row 0, 1, .. in messages as the file counts them, such as `Line 3`; default: `Row 0`, .. */
  rowName?: (row: number) => string;
}

/** Rows of real numbers, before quantisation, with a class, targets or labels. */
export type Table = Features &
  (
    | { kind: 'classes' /** One class 0..outputs-1 a row. */; labels: ArrayLike<number> }
    | { kind: 'regression' /** Row-major, `outputs` a row, real range [-64, 64). */; targets: Float32Array }
    | { kind: 'labels' /** Any number a row: row-major, `outputs` a row, each 0 or 1. */; labels: ArrayLike<number> }
  );

export interface RowRange {
  first: number;
  rows: number;
}

/** log2 of the padded row count. */
export function shardRowBits(shard: { rows: number }): number {
  return ceilLog2(shard.rows);
}

/** A row of a table in a message, at the beginning of a sentence. */
export function nameOfRow({ rowName }: Pick<Table, 'rowName'>, row: number): string {
  return rowName === undefined ? `Row ${row}` : rowName(row);
}

/** Rows in a table. @throws InputError when its arrays disagree. */
export function tableRows(table: Table): number {
  checkSize('number of inputs', table.inputs);
  checkSize('number of outputs', table.outputs);
  const rows = table.features.length / table.inputs;
  const found =
    table.kind === 'classes'
      ? table.labels.length
      : (table.kind === 'labels' ? table.labels : table.targets).length / table.outputs;
  if (!Number.isInteger(rows) || found !== rows) {
    throw new InputError(`The table has features for ${rows} rows and ${table.kind} for ${found}.`);
  }
  return rows;
}

/**
 * Ranges of `size` rows (a power of two up to 4096, as training wants). What does not fill a range is dropped, or kept
 * as one shorter range (only good for `data` and for evaluation).
 * @throws InputError for a bad size, or when nothing would be left.
 */
export function splitRows(total: number, size: number, remainder: 'drop' | 'keep' = 'drop'): RowRange[] {
  checkSize('rows of a shard', size);
  if (!isPowerOfTwo(size)) throw new InputError(`The rows of a shard must be a power of two, not ${size}.`);
  const ranges: RowRange[] = [];
  for (let first = 0; first < total; first += size) {
    const rows = Math.min(size, total - first);
    if (rows === size || remainder === 'keep') ranges.push({ first, rows });
  }
  if (ranges.length === 0) throw new InputError(`${total} rows do not fill a shard of ${size}.`);
  return ranges;
}

/**
 * Quantises some rows of a table (rounding rule of `toFixed`, fa fraction bits).
 * @param salt fresh random element of F for each shard.
 * @param schema what the numbers of the table mean; the shard carries it
 * @throws InputError naming row and column of a value out of range.
 */
export function makeShard(table: Table, { first, rows }: RowRange, salt: bigint, schema?: Schema): Shard {
  const total = tableRows(table);
  if (!Number.isInteger(first) || first < 0 || first + rows > total) {
    throw new InputError(`Rows ${first}..${first + rows - 1} are not in a table of ${total} rows.`);
  }
  const { inputs, outputs, kind } = table;
  const shard: Shard = { ...emptyShard({ inputs, outputs, rows, kind }, salt), ...(schema && { schema }) };
  if (schema) checkShardSchema(shard, schema);
  const columns = schema && featureNames(schema);
  const targets = schema && outputNames(schema);
  const refuse = (what: string, name: string | undefined, k: number, r: number, x: number) => {
    const where = name === undefined ? `as ${what} ${k}` : `in column ${show(name)}`;
    throw new InputError(`${nameOfRow(table, r)} has ${x} ${where} of the prepared table, outside [-64, 64).`, {
      hint: 'Scale the columns: --scale standard, perhaps with --clip 8.',
      docs: 'argument.md#1-numbers',
    });
  };
  const sigma = shardRowBits(shard);
  for (let s = 0; s < rows; s++) {
    const r = first + s;
    for (let j = 0; j < inputs; j++) {
      const x = table.features[r * inputs + j];
      shard.X[(j << sigma) + s] = quantise(x, () => refuse('feature', columns?.[j], j, r, x));
    }
    if (table.kind === 'classes') {
      const label = table.labels[r];
      if (!Number.isInteger(label) || label < 0 || label >= outputs) {
        throw new InputError(`${nameOfRow(table, r)} has the class ${label}; classes are 0..${outputs - 1}.`);
      }
      shard.Y[(label << sigma) + s] = 1 << ACTIVATION_BITS;
    } else if (table.kind === 'labels') {
      for (let i = 0; i < outputs; i++) {
        const label = table.labels[r * outputs + i];
        if (label !== 0 && label !== 1) {
          throw new InputError(`${nameOfRow(table, r)} has ${label} as label ${i}; a label is 0 or 1.`);
        }
        shard.Y[(i << sigma) + s] = label << ACTIVATION_BITS;
      }
    } else {
      for (let i = 0; i < outputs; i++) {
        const y = table.targets[r * outputs + i];
        shard.Y[(i << sigma) + s] = quantise(y, () => refuse('target', targets?.[i], i, r, y));
      }
    }
  }
  return shard;
}

/** All values 0 (not yet a valid shard of classes). */
export function emptyShard({ inputs, outputs, rows, kind }: ShardShape, salt: bigint): Shard {
  checkShardShape({ inputs, outputs, rows, kind });
  checkSalt(salt);
  const sigma = ceilLog2(rows);
  return {
    inputs,
    outputs,
    rows,
    kind,
    X: new Int32Array(2 ** (ceilLog2(inputs) + sigma)),
    Y: new Int32Array(2 ** (ceilLog2(outputs) + sigma)),
    salt,
  };
}

/** The class of a row of a shard of classes. */
export function shardLabel(shard: Shard, row: number): number {
  const sigma = shardRowBits(shard);
  for (let i = 0; i < shard.outputs; i++) if (shard.Y[(i << sigma) + row] !== 0) return i;
  throw new InputError(`Row ${row} of the shard has no class.`);
}

/**
 * Checks what the program `data` proves (protocol section 5): ranges, zero padding, one-hot classes, labels.
 * @throws InputError naming row and column.
 */
export function checkShard(shard: Shard): void {
  checkShardShape(shard);
  checkSalt(shard.salt);
  if (shard.schema !== undefined) checkShardSchema(shard, shard.schema);
  const { inputs, outputs, rows, kind, X, Y } = shard;
  const sigma = shardRowBits(shard);
  if (X.length !== 2 ** (ceilLog2(inputs) + sigma) || Y.length !== 2 ** (ceilLog2(outputs) + sigma)) {
    throw new InputError(`The shard has arrays of ${X.length} and ${Y.length} entries, not the padded sizes.`);
  }
  checkTensor(X, inputs, rows, sigma, 'feature');
  checkTensor(Y, outputs, rows, sigma, 'target');
  const picture = shard.schema && pictureOf(shard.schema);
  if (picture) checkBeyondSide(X, picture, sigma);
  if (kind === 'regression') return;
  for (let s = 0; s < rows; s++) {
    let ones = 0;
    for (let i = 0; i < outputs; i++) {
      const y = Y[(i << sigma) + s];
      if (y !== 0 && y !== 1 << ACTIVATION_BITS)
        throw new InputError(`Target ${i} of row ${s} is ${y}, ${kind === 'classes' ? 'not one-hot' : 'no label'}.`);
      if (y !== 0) ones++;
    }
    if (kind === 'classes' && ones !== 1)
      throw new InputError(`Row ${s} of the shard has ${ones} classes instead of one.`);
  }
}

function checkShardSchema({ kind, inputs, outputs }: ShardShape, schema: Schema): void {
  checkSchema(schema);
  const shape = schemaShape(schema);
  if (schema.kind !== kind || shape.inputs !== inputs || shape.outputs !== outputs) {
    throw new InputError(
      `The schema is of ${shape.inputs} inputs and ${shape.outputs} outputs (${schema.kind}); the shard has ${inputs} and ${outputs} (${kind}).`,
    );
  }
}

/** A schema that says pictures says that nothing stands beyond them, where networks would read it. */
function checkBeyondSide(X: Int32Array, { side, channels }: Picture, sigma: number): void {
  const bits = ceilLog2(side);
  const last = 2 ** bits - 1;
  for (let j = 0; j < channels << (2 * bits); j++) {
    const [x, y] = [j & last, (j >> bits) & last];
    if (x < side && y < side) continue;
    for (let index = j << sigma; index < (j + 1) << sigma; index++) {
      if (X[index] === 0) continue;
      throw new InputError(
        `The schema says pictures of ${side}x${side}x${channels}; beyond them, feature ${j} of row ${index & (2 ** sigma - 1)} is ${X[index] / 2 ** ACTIVATION_BITS}, not 0.`,
      );
    }
  }
}

function checkTensor(tensor: Int32Array, units: number, rows: number, sigma: number, what: string): void {
  const S = 1 << sigma;
  for (let index = 0; index < tensor.length; index++) {
    const value = tensor[index];
    if (value === 0) continue;
    const unit = index >> sigma;
    const row = index & (S - 1);
    if (unit >= units || row >= rows) {
      throw new InputError(`The ${what} [${unit}, ${row}] is padding and must be 0, not ${value}.`);
    }
    if (value < -SIGNED_LIMIT || value >= SIGNED_LIMIT) {
      throw new InputError(`The ${what} ${unit} of row ${row} is ${value / 2 ** ACTIVATION_BITS}, outside [-64, 64).`);
    }
  }
}

/** As toActivation; `refuse` throws for a value out of range, and knows its name. */
function quantise(x: number, refuse: () => number): number {
  const value = Math.floor(x * 2 ** ACTIVATION_BITS + 0.5);
  return value >= -SIGNED_LIMIT && value < SIGNED_LIMIT ? value + 0 : refuse();
}
