import { InputError } from '../../src/errors/InputError.ts';
import type { DatasetManifest } from '../../src/model/manifest.ts';
import { makeShard, type RowRange, type Shard, tableRows } from '../../src/model/shard.ts';
import { datasetManifest } from '../../src/model/tables/dataset.ts';
import { randomElement } from '../../src/numbers/field.ts';
import { loadMnist } from './mnist.ts';
import { loadTable, type TableInputs } from './tables.ts';

/** Rows of MNIST as shards of equal size. */
export interface MnistInputs {
  [key: string]: string | number;
  source: 'mnist';
  set: 'train' | 'test';
  transform: 'none' | 'pool4';
  offset: number;
  rows: number;
  count: number;
}

/** Rows that are made into shards: `count` of `rows` rows each, from row `offset` on. */
export type SourceInputs = MnistInputs | TableInputs;

/** Rows in memory, quantised when they are asked for. */
export interface Source {
  /** A shard with a fresh salt. @throws InputError naming a value out of range */
  shard(range: RowRange): Shard;
  /** By what others make the same shards of the same files; undefined for MNIST, which is fixed. */
  manifest(shards: readonly (RowRange & { file: string })[]): DatasetManifest | undefined;
}

/** @throws InputError when the source has fewer rows than asked for; errors of the files, naming them */
export async function openSource(inputs: SourceInputs): Promise<Source> {
  if (inputs.source === 'mnist') {
    const { set, transform } = inputs as MnistInputs;
    const split = (await loadMnist({ pooled: transform === 'pool4' }))[set];
    requireRows(inputs, split.rows, `MNIST's ${set} half, which has ${split.rows}`);
    return { shard: (range) => split.shard(range, randomElement()), manifest: () => undefined };
  }
  const { table, description } = loadTable(inputs as TableInputs);
  const total = tableRows(table);
  requireRows(inputs, total, `a table of ${total} rows`);
  return {
    shard: (range) => makeShard(table, range, randomElement()),
    manifest: (shards) => datasetManifest(description, [...shards]),
  };
}

/** Where the shards of a source lie in it. */
export function rangesOf({ offset, rows, count }: SourceInputs): RowRange[] {
  return Array.from({ length: count }, (_, k) => ({ first: offset + k * rows, rows }));
}

function requireRows({ offset, rows, count }: SourceInputs, total: number, where: string): void {
  const end = offset + rows * count;
  if (end > total) throw new InputError(`Rows ${offset}..${end - 1} are not in ${where}.`);
}
