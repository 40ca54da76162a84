import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { compareSchemas } from '../../../src/model/compareSchemas.ts';
import { formatManifest, parseManifest } from '../../../src/model/manifest.ts';
import { formatSchema, outputNames, parseSchema, schemaShape } from '../../../src/model/schema.ts';
import { checkShard } from '../../../src/model/shard.ts';
import { readShard, writeShard } from '../../../src/model/shardFile.ts';
import { tableFromArrays } from '../../../src/model/tables/arrays.ts';
import { type CsvOptions, readCsv } from '../../../src/model/tables/csv.ts';
import { applyDescription, cutShards, datasetManifest, prepareDataset } from '../../../src/model/tables/dataset.ts';
import { treatMissing } from '../../../src/model/tables/missing.ts';
import type { RawTable } from '../../../src/model/tables/rawTable.ts';
import { isSorted } from '../../../src/model/tables/shuffle.ts';

const LABELS = ['red', 'round'];
const read = (text: string, options: CsvOptions = { labels: LABELS }) =>
  readCsv(new TextEncoder().encode(text), options);
const labelsIn = (table: { kind: string; labels?: ArrayLike<number> }) => {
  assert.equal(table.kind, 'labels');
  return Array.from(table.labels!);
};
const prepare = (raw: RawTable, missing?: 'drop') =>
  prepareDataset(raw, { name: 'fruit', source: 'a test', scaling: 'standard', ...(missing && { missing }) });

describe('labels, of which a row has any number', () => {
  const text = 'x,round,y,red\n1,0,2,1\n2,1,3,1\n3,0,5,0\n4,true,7,FALSE\n';
  const numbers = text.replace('true', '1').replace('FALSE', '0');

  it('are read from columns of 0 and 1, true and false, in the order they are named', () => {
    const table = read(text);
    assert.deepEqual([table.columns, table.targetNames, table.outputs], [['x', 'y'], LABELS, 2]);
    assert.deepEqual(labelsIn(table), [1, 0, 1, 1, 0, 0, 0, 1]);
    assert.deepEqual(
      labelsIn(read(text, { labels: ['red'], ignore: ['round'] })),
      [1, 1, 0, 0],
      'one column is one output',
    );
  });

  it('are read from arrays', () => {
    const features = { dimensions: [2, 1], data: [5, 6] };
    const table = tableFromArrays(features, { dimensions: [2, 3], data: [0, 1, 1, 0, 0, 0] }, { kind: 'labels' });
    assert.deepEqual([labelsIn(table), table.outputs, table.targetNames], [[0, 1, 1, 0, 0, 0], 3, undefined]);
    assert.deepEqual(
      prepare(table).description.schema.kind === 'labels' && outputNames(prepare(table).description.schema),
      undefined,
    );
    assert.equal(tableFromArrays(features, { dimensions: [2], data: [0, 1] }, { kind: 'labels' }).outputs, 1);
    assert.throws(
      () => tableFromArrays(features, { dimensions: [2, 2], data: [0, 1, 1, 0.5] }, { kind: 'labels' }),
      /Row 1 has 0.5 as label 1; a label is 0 or 1/,
    );
    assert.throws(
      () => tableFromArrays(features, { dimensions: [2], texts: ['a', 'b'] }, { kind: 'labels' }),
      /labels are texts.*\n.*leave --labels out/,
    );
  });

  it('are 0 or 1, and nothing else', () => {
    for (const [cell, message] of [
      ['2', /Line 3 has 2 as label "red"; a label is 0 or 1.*\n.*--label.*--targets/],
      ['0.5', /Line 3 has 0.5 as label "red"/],
      ['no', /Line 3 has "no" in column "red", which is not a number.*\n.*A label is 0 or 1, or true or false/],
    ] as const) {
      assert.throws(() => read(`x,red,round\n1,0,1\n2,${cell},1\n`), message);
    }
    assert.throws(() => read(text, { labels: ['red', 'red'] }), /The column "red" was given two roles/);
    assert.throws(() => read(text, { labels: ['red'], label: 'round' }), /Which column is to be predicted/);
    assert.throws(() => read(text, { labels: ['red'], targets: ['round'] }), /Give one of/);
    assert.throws(() => read(text, { labels: ['rot'] }), /no column "rot"/);
  });

  it('that are missing are named, or their rows left out', () => {
    const raw = read('x,red,round\n1,0,1\n2,,1\n3,1,0\n');
    assert.deepEqual(labelsIn(raw), [0, 1, -1, 1, 1, 0]);
    assert.throws(() => treatMissing(raw, 'refuse'), /Line 3 lacks its label "red"/);
    assert.throws(() => treatMissing(raw, 'refuse'), { hint: 'Leave such rows out with --missing drop.' });
    assert.throws(() => treatMissing(raw, 'mean'), /Line 3 lacks its label "red"/);
    assert.deepEqual(labelsIn(prepare(raw, 'drop').table), [0, 1, 1, 0]);
  });

  it('stand in schema and manifest, by which others make the same shard', () => {
    const raw = read(text);
    const { table, description } = prepare(raw);
    const { schema } = description;
    assert.deepEqual([schemaShape(schema), outputNames(schema)], [{ inputs: 2, outputs: 2 }, LABELS]);
    assert.deepEqual(parseSchema(formatSchema(schema)), schema);
    assert.match(formatSchema(schema), /"kind":"labels".*"labels":\["red","round"\]/);
    const shards = cutShards(table, { size: 4, salt: () => 7n, file: () => 'a', schema });
    const [{ shard }] = shards;
    checkShard(shard);
    assert.equal(shard.kind, 'labels');
    assert.deepEqual([...shard.Y], [512, 512, 0, 0, 0, 512, 0, 512]);
    assert.deepEqual(readShard(writeShard(shard)), shard);
    const manifest = parseManifest(
      formatManifest(datasetManifest({ ...description, reading: { labels: LABELS } }, shards)),
    );
    assert.deepEqual(manifest.reading, { labels: LABELS });
    const again = cutShards(applyDescription(raw, manifest), { size: 4, salt: () => 7n, file: () => 'a', schema });
    assert.deepEqual(again[0].shard, shard);
    assert.throws(
      () => applyDescription(read(text, { labels: ['round', 'red'] }), manifest),
      /labels of the rows are not/,
    );
    assert.throws(
      () => applyDescription(read(numbers, { targets: LABELS }), manifest),
      /2 outputs \(regression\); the dataset has 2 \(labels\)/,
    );
  });

  it('are compared with those of other rows', () => {
    const { schema } = prepare(read(text)).description;
    assert.deepEqual(compareSchemas(schema, schema), []);
    const turned = prepare(read(text, { labels: ['round', 'red'] })).description.schema;
    assert.deepEqual(compareSchemas(schema, turned), [{ what: 'labels', a: LABELS, b: ['round', 'red'] }]);
    const targets = prepare(read(numbers, { targets: LABELS })).description.schema;
    assert.deepEqual(compareSchemas(schema, targets)[0], {
      what: 'what is predicted',
      a: ['labels, any number a row'],
      b: ['numbers'],
    });
  });

  it('are seen to be sorted by their sets', () => {
    const rows = (pairs: string[]) =>
      read(`x,red,round\n${pairs.map((pair, k) => `${(k * 7) % 5},${pair}`).join('\n')}\n`);
    const sets = ['0,0', '0,1', '1,0', '1,1'];
    assert.equal(isSorted(rows(sets.flatMap((set) => Array(8).fill(set)))), true);
    assert.equal(isSorted(rows(Array.from({ length: 32 }, (_, k) => sets[k % 4]))), false);
  });
});
