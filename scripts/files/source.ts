import { InputError } from '../../src/errors/InputError.ts';
import type { DatasetManifest } from '../../src/model/manifest.ts';
import { makeShard, type RowRange, type Shard, tableRows } from '../../src/model/shard.ts';
import { datasetManifest } from '../../src/model/tables/dataset.ts';
import { randomElement } from '../../src/numbers/field.ts';
import { counted } from '../terminal/plural.ts';
import { loadMnist } from './mnist.ts';
import { loadTable, pictureSaid, rowsTaken, type TableInputs } from './tables.ts';

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

/** Rows that are made into shards: `count` of `rows` rows each, from row `offset` on; the last of `last` rows, where that is said. */
export type SourceInputs = MnistInputs | TableInputs;

/** Rows in memory, quantised when they are asked for. */
export interface Source {
  /** What was left out, recognised or decided, one sentence each, for people. */
  notes: string[];
  /** What was taken one way and could be meant another way, likewise. */
  warnings: string[];
  /** A shard with a fresh salt. @throws InputError naming a value out of range */
  shard(range: RowRange): Shard;
  /** By what others make the same shards of the same files; undefined for MNIST, which is fixed. */
  manifest(shards: readonly (RowRange & { file: string })[]): DatasetManifest | undefined;
}

/** @throws InputError when the source has fewer rows than asked for; errors of the files, naming them */
export async function openSource(inputs: SourceInputs): Promise<Source> {
  if (inputs.source === 'mnist') {
    const { set, transform } = inputs as MnistInputs;
    const picture = pictureSaid(inputs) !== undefined;
    const split = (await loadMnist({ pooled: transform === 'pool4', picture }))[set];
    requireRows(inputs, split.rows, `MNIST's ${set} half, which has ${split.rows}`);
    const shard = (range: RowRange) => split.shard(range, randomElement());
    return { notes: [], warnings: [], shard, manifest: () => undefined };
  }
  const { table, description, notes, warnings } = await loadTable(inputs as TableInputs);
  const total = tableRows(table);
  requireRows(inputs, total, `a table of ${counted(total, 'row')}`);
  return {
    notes,
    warnings,
    shard: (range) => makeShard(table, range, randomElement(), description.schema),
    manifest: (shards) => datasetManifest(description, [...shards]),
  };
}

/** Where the shards of a source lie in it. */
export function rangesOf({ offset, rows, count, last }: SourceInputs): RowRange[] {
  return Array.from({ length: count }, (_, k) => ({
    first: offset + k * rows,
    rows: k === count - 1 ? ((last as number | undefined) ?? rows) : rows,
  }));
}

function requireRows(inputs: SourceInputs, total: number, where: string): void {
  const { offset } = inputs;
  const end = offset + rowsTaken(inputs);
  if (end <= total) return;
  throw new InputError(`Rows ${offset}..${end - 1} are not in ${where}.`, {
    hint: total > offset ? `From row ${offset} on there are ${total - offset}.` : 'Give a smaller --offset.',
  });
}
