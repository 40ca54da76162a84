import { InputError } from '../../errors/InputError.ts';
import { DATASET_FORMAT, type DatasetManifest, type ManifestShard } from '../manifest.ts';
import { makeShard, type RowRange, type Shard, splitRows, type Table, tableRows } from '../shard.ts';
import { applyTransforms, type Transform } from '../transforms.ts';
import type { RawTable } from './rawTable.ts';
import { fitColumns, type Scaling } from './scaling.ts';

/** A manifest before its shards are made. */
export type DatasetDescription = Omit<DatasetManifest, 'shards'>;

export interface PrepareOptions {
  name: string;
  /** Where the raw rows come from, for people. */
  source: string;
  /** Seed of a new order of the rows, 0..2^32-1; absent: the order of the file. Files sorted by class need one. */
  shuffle?: number;
  /** Transforms before scaling, such as UNIT_PIXELS or a pooling. */
  transforms?: readonly Transform[];
  /** Of every feature, and of regression targets. */
  scaling?: Scaling;
  /** Features beyond +-clip become +-clip, after scaling; a shard holds values in [-16, 16). */
  clip?: number;
  /** The first rows (after the shuffle), on which scaling is fitted; default all. The others are for testing. */
  trainingRows?: number;
}

/**
 * Orders, transforms and scales a table, and describes how, so that anyone with the raw rows gets the same table.
 * @throws InputError when an option does not fit the table
 */
export function prepareDataset(
  raw: RawTable,
  { name, source, shuffle, transforms = [], scaling, clip, trainingRows }: PrepareOptions,
): { table: Table; description: DatasetDescription } {
  const ordered = reorder(raw, shuffle);
  const total = ordered.features.length / ordered.inputs;
  const fitted = trainingRows ?? total;
  if (!Number.isInteger(fitted) || fitted < 1 || fitted > total) {
    throw new InputError(`The number of training rows must be an integer in 1..${total}, not ${fitted}.`);
  }
  const before = applyTransforms(ordered.features, ordered.inputs, transforms);
  const steps = [...transforms];
  if (scaling) steps.push(fitColumns(before.features.subarray(0, fitted * before.inputs), before.inputs, scaling));
  if (clip !== undefined) steps.push({ name: 'clip', limit: clip });
  const targetTransforms =
    ordered.kind === 'regression' && scaling
      ? [fitColumns(ordered.targets.subarray(0, fitted * ordered.outputs), ordered.outputs, scaling)]
      : undefined;
  if (targetTransforms?.[0].factor.includes(0)) {
    throw new InputError('A target is the same in all training rows: there is nothing to learn.');
  }
  const description: DatasetDescription = {
    format: DATASET_FORMAT,
    name,
    source,
    kind: raw.kind,
    inputs: before.inputs,
    outputs: raw.outputs,
    ...(shuffle !== undefined && { shuffle }),
    transforms: steps,
    ...(targetTransforms && { targetTransforms }),
    ...(raw.columns && { columns: raw.columns }),
    ...(raw.classes && { classes: raw.classes }),
  };
  return { table: transform(ordered, description), description };
}

/**
 * Applies a description (a manifest will do) to raw rows: those it was made of, or others of the same kind.
 * @throws InputError when columns or classes are others
 */
export function applyDescription(raw: RawTable, description: DatasetDescription): Table {
  const { kind, outputs, columns, classes, shuffle } = description;
  if (raw.kind !== kind || raw.outputs !== outputs) {
    throw new InputError(`The rows have ${raw.outputs} outputs (${raw.kind}); the dataset has ${outputs} (${kind}).`, {
      hint: 'Read the file with the classes of the manifest.',
    });
  }
  for (const [what, wanted, found] of [
    ['columns', columns, raw.columns],
    ['classes', classes, raw.classes],
  ] as const) {
    if (wanted && (found?.length !== wanted.length || wanted.some((name, k) => found[k] !== name))) {
      throw new InputError(`The ${what} of the rows are not those of the dataset.`);
    }
  }
  return transform(reorder(raw, shuffle), description);
}

export interface DatasetShard extends ManifestShard {
  shard: Shard;
}

/**
 * Cuts rows of a prepared table into shards.
 * @param range rows to use; default all
 * @param size rows of a shard, a power of two
 * @param salt gives a fresh random element of F for each shard
 * @param file gives the file name of shard 0, 1, ..
 * @throws InputError naming row and column of a value outside [-16, 16)
 */
export function cutShards(
  table: Table,
  {
    size,
    remainder = 'drop',
    range = { first: 0, rows: tableRows(table) },
    salt,
    file,
  }: {
    size: number;
    remainder?: 'drop' | 'keep';
    range?: RowRange;
    salt: () => bigint;
    file: (k: number) => string;
  },
): DatasetShard[] {
  return splitRows(range.rows, size, remainder).map(({ first, rows }, k) => {
    const at = { first: range.first + first, rows };
    return { file: file(k), ...at, shard: makeShard(table, at, salt()) };
  });
}

/** The manifest of shards that were made of a description's table. */
export function datasetManifest(description: DatasetDescription, shards: readonly ManifestShard[]): DatasetManifest {
  return { ...description, shards: shards.map(({ file, rows, first }) => ({ file, rows, first })) };
}

/**
 * A random order of 0..rows-1: Fisher and Yates' shuffle from the last position down, each draw floor(u (k + 1)) with u
 * from mulberry32 of the seed. Part of the manifest's format.
 */
export function shuffledOrder(rows: number, seed: number): Uint32Array {
  if (!Number.isInteger(seed) || seed < 0 || seed >= 2 ** 32) {
    throw new InputError(`The seed of a shuffle is an integer in 0..2^32-1, not ${seed}.`);
  }
  let state = seed;
  const next = () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let t = Math.imul(state ^ (state >>> 15), state | 1);
    t ^= t + Math.imul(t ^ (t >>> 7), t | 61);
    return ((t ^ (t >>> 14)) >>> 0) / 2 ** 32;
  };
  const order = Uint32Array.from({ length: rows }, (_, k) => k);
  for (let k = rows - 1; k > 0; k--) {
    const other = Math.floor(next() * (k + 1));
    [order[k], order[other]] = [order[other], order[k]];
  }
  return order;
}

function reorder(raw: RawTable, seed: number | undefined): RawTable {
  if (seed === undefined) return raw;
  const order = shuffledOrder(raw.features.length / raw.inputs, seed);
  const pick = (values: Float32Array, width: number) => {
    const out = new Float32Array(values.length);
    order.forEach((from, to) => {
      out.set(values.subarray(from * width, (from + 1) * width), to * width);
    });
    return out;
  };
  const features = pick(raw.features, raw.inputs);
  return raw.kind === 'classes'
    ? { ...raw, features, labels: Int32Array.from(order, (from) => raw.labels[from]) }
    : { ...raw, features, targets: pick(raw.targets, raw.outputs) };
}

function transform(raw: RawTable, { transforms, targetTransforms = [], inputs }: DatasetDescription): Table {
  const { features, inputs: found } = applyTransforms(raw.features, raw.inputs, transforms);
  if (found !== inputs) throw new InputError(`The rows have ${found} features; the dataset has ${inputs}.`);
  const common = { inputs, outputs: raw.outputs, features };
  return raw.kind === 'classes'
    ? { ...common, kind: 'classes', labels: raw.labels }
    : {
        ...common,
        kind: 'regression',
        targets: applyTransforms(raw.targets, raw.outputs, targetTransforms).features,
      };
}
