// Numbers that 32-bit floats do not tell apart: who reads them must say so, and not that they are all the same.
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { describe, it } from 'node:test';
import { tableFromArrays } from '../../../src/model/tables/arrays.ts';
import { readCsv } from '../../../src/model/tables/csv.ts';
import { prepareDataset } from '../../../src/model/tables/dataset.ts';
import { parseNpy } from '../../../src/model/tables/npy.ts';
import { readParquet } from '../../../src/model/tables/parquet.ts';

const BLURRED = /from 1700000001 to 1700000063, where 32-bit floats lie 128 apart: differences are lost/;
const ROWS = Array.from({ length: 64 }, (_, k) => k);

const csv = (header: string, row: (k: number) => string) =>
  new TextEncoder().encode(`${header}\n${ROWS.map(row).join('\n')}\n`);
const said = (warnings: string[] = []) => warnings.join('\n');

describe('a column whose differences 32-bit floats lose', () => {
  it('is named with a warning: of features and of targets in CSV', () => {
    const times = csv('time,x,label', (k) => `${1_700_000_000 + k},${k / 8},${'ab'[k % 2]}`);
    assert.match(said(readCsv(times, { label: 'label' }).warnings), BLURRED);
    assert.match(said(readCsv(times, { label: 'label' }).warnings), /^Column "time" holds values/);
    assert.match(said(readCsv(times, { targets: ['time'], ignore: ['label'] }).warnings), BLURRED);
  });

  it('is not said to hold one number', () => {
    const raw = readCsv(
      csv('time,x,label', (k) => `${1_700_000_000 + k},${k / 8},${'ab'[k % 2]}`),
      { label: 'label' },
    );
    const { notes } = prepareDataset(raw, { name: 'times', source: 'times.csv', scaling: 'standard' });
    assert.match(said(notes), /The same in all training rows, as 32-bit floats, .*"time"/);
  });

  it('is named of arrays', () => {
    const data = ROWS.flatMap((k) => [k / 8, 1_700_000_000 + k]);
    const answers = { dimensions: [64], data: ROWS.map((k) => k % 2) };
    const features = { dimensions: [64, 2], data: Float64Array.from(data) };
    assert.match(
      said(tableFromArrays(features, answers, { kind: 'classes' }).warnings),
      /^Feature 1 holds values from/,
    );
    const targets = { dimensions: [64, 2], data: Float64Array.from(data) };
    assert.match(said(tableFromArrays(features, targets, { kind: 'regression' }).warnings), /Target 1 holds values/);
  });

  for (const [file, found] of [
    ['times.parquet', /^Column "time" holds values/],
    ['times.npy', /^Feature 0 holds values/],
  ] as const) {
    it(`is named of ${file}`, () => {
      const bytes = new Uint8Array(readFileSync(new URL(`../../corpus/blur/${file}`, import.meta.url)));
      const answers = { dimensions: [64], data: ROWS.map((k) => k % 2) };
      const { warnings } = file.endsWith('npy')
        ? tableFromArrays(parseNpy(bytes), answers, { kind: 'classes' })
        : readParquet(bytes, { label: 'label' });
      assert.match(said(warnings), BLURRED);
      assert.match(said(warnings), found);
    });
  }
});

describe('a column that 32-bit floats keep', () => {
  it('is not warned of: fractions, numbers that are exact, one number in all rows', () => {
    const kept = csv('x,exact,same,label', (k) => `${k / 10 + 0.3},${16_777_216 + 2 * k},0.1,${'ab'[k % 2]}`);
    assert.deepEqual(readCsv(kept, { label: 'label' }).warnings ?? [], []);
  });
});

describe('a number beyond 32-bit floats', () => {
  it('is called too large', () => {
    const large = csv('x,label', (k) => `${k === 4 ? '1e39' : k},${'ab'[k % 2]}`);
    assert.throws(() => readCsv(large, { label: 'label' }), /Line 6 has "1e39" in column "x", which is too large/);
    const features = { dimensions: [2, 1], data: [1, 1e39] };
    const answers = { dimensions: [2], data: [0, 1] };
    assert.throws(() => tableFromArrays(features, answers, { kind: 'classes' }), /is 1e\+39, too large/);
  });
});

describe('answers of another shape', () => {
  it('are refused with what to save instead', () => {
    const features = { dimensions: [2, 1], data: [1, 2] };
    const oneHot = { dimensions: [2, 2], data: [1, 0, 0, 1] };
    assert.throws(
      () => tableFromArrays(features, oneHot, { kind: 'classes' }),
      (error: { hint: string }) => /argmax/.test(error.hint),
    );
  });
});
