import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { checkEmbedder, type Embedder } from '../../../src/model/embedder.ts';
import { invertTransforms } from '../../../src/model/export/invertTransforms.ts';
import { formatManifest, parseManifest } from '../../../src/model/manifest.ts';
import { formatSchema, parseSchema, schemaHash } from '../../../src/model/schema.ts';
import { makeShard } from '../../../src/model/shard.ts';
import { applyDescription, datasetManifest, prepareDataset } from '../../../src/model/tables/dataset.ts';
import type { RawTable } from '../../../src/model/tables/rawTable.ts';
import { applyTransforms, rowLengths } from '../../../src/model/transforms.ts';

const embedder: Embedder = { name: 'all-MiniLM-L6-v2', sha256: '53aa'.padEnd(64, '0') };
const names = { name: 'texts', source: 'texts.npy' };

/** Rows of `width` numbers of these lengths, in directions that all differ. */
function rows(width: number, lengths: readonly number[]): RawTable {
  const raw = Float64Array.from({ length: width * lengths.length }, (_, k) => Math.sin(1 + k * k));
  const found = rowLengths(raw, width);
  const features = Float32Array.from(raw, (x, k) => {
    const r = Math.floor(k / width);
    return (x * lengths[r]) / found[r];
  });
  const labels = Int32Array.from(lengths, (_, r) => r % 2);
  return { kind: 'classes', inputs: width, outputs: 2, features, labels, classes: ['no', 'yes'] };
}

describe('embeddings', () => {
  it('of length 1 are scaled by the root of their width alone, so that other rows have the same schema', () => {
    const made = prepareDataset(rows(384, [1, 1, 0.995, 1]), { ...names, embedder });
    assert.deepEqual(made.description.schema.transforms, [{ name: 'scale', factor: Math.sqrt(384) }]);
    assert.match(made.notes.join(), /have length 1: their numbers are multiplied by the root of 384, 19\.596/);
    const other = prepareDataset(rows(384, [1, 1, 1, 1, 1.005, 1]), { ...names, embedder });
    assert.equal(schemaHash(other.description.schema), schemaHash(made.description.schema));
    const shard = makeShard(made.table, { first: 0, rows: 4 }, 1n, made.description.schema);
    const square = shard.X.reduce((sum, x) => sum + (x / 512) ** 2, 0) / (384 * 4);
    assert.ok(Math.abs(square - 1) < 0.02, `numbers are about 1, their mean square is ${square}`);
  });

  it('of other lengths stay as they are, and what to do is said', () => {
    const raw = rows(8, [1, 3, 0.25, 1]);
    const { description, notes, table } = prepareDataset(raw, { ...names, embedder });
    assert.deepEqual(description.schema.transforms, []);
    assert.deepEqual(table.features, raw.features);
    assert.match(notes.join(), /lengths of 0\.250 to 3\.00 and stay as they are: --unit-length/);
  });

  it('are made of length 1 where that is asked for, rows of zeros aside, and scaled after it', () => {
    const raw = rows(8, [1, 3, 0.25, 40]);
    const { description, table } = prepareDataset(raw, { ...names, embedder, unitLength: true });
    assert.deepEqual(description.schema.transforms, [{ name: 'unit-length' }, { name: 'scale', factor: Math.sqrt(8) }]);
    for (const length of rowLengths(table.features, 8)) assert.ok(Math.abs(length - Math.sqrt(8)) < 1e-6);
    const { features } = applyTransforms([3, 4, 0, 0], 2, [{ name: 'unit-length' }]);
    assert.deepEqual([...features], [Math.fround(0.6), Math.fround(0.8), 0, 0]);
    const scaled = prepareDataset(raw, { ...names, embedder, unitLength: true, scaling: 'standard' });
    assert.deepEqual(
      scaled.description.schema.transforms.map(({ name }) => name),
      ['unit-length', 'columns'],
    );
    assert.throws(() => invertTransforms(new Float64Array(2), 2, [{ name: 'unit-length' }]), /cannot be undone/);
  });

  it('only the rows that are trained on decide how they are scaled', () => {
    const { description } = prepareDataset(rows(8, [1, 1, 5, 5]), {
      ...names,
      embedder,
      training: { first: 0, rows: 2 },
    });
    assert.deepEqual(description.schema.transforms, [{ name: 'scale', factor: Math.sqrt(8) }]);
  });

  it('have their embedder in the text and hash of the schema, and in the manifest, which makes the same rows', () => {
    const raw = rows(384, [1, 1, 1, 1]);
    const { description, table } = prepareDataset(raw, { ...names, embedder });
    const { schema } = description;
    assert.ok(formatSchema(schema).includes(`"columns":384,"embedder":{"name":"all-MiniLM-L6-v2","sha256":"53aa`));
    assert.deepEqual(parseSchema(formatSchema(schema)), schema);
    const hashes = [
      schema,
      { ...schema, embedder: { ...embedder, name: 'another' } },
      { ...schema, embedder: { ...embedder, sha256: null } },
      prepareDataset(raw, { ...names, transforms: schema.transforms }).description.schema,
    ].map(schemaHash);
    assert.equal(new Set(hashes).size, 4);
    const manifest = parseManifest(formatManifest(datasetManifest(description, [])));
    assert.deepEqual(manifest.schema.embedder, embedder);
    assert.deepEqual(applyDescription(raw, manifest), table);
  });

  for (const [what, value, message] of [
    ['without a name', { name: ' ', sha256: null }, /not a name/],
    ['with a name of another form', { name: 'u\u0308', sha256: null }, /NFC/],
    ['with a name that is too long', { name: 'x'.repeat(201), sha256: null }, /at most 200 characters/],
    ['with a hash of great letters', { name: 'x', sha256: 'A'.repeat(64) }, /64 small hexadecimal digits/],
    ['with half a hash', { name: 'x', sha256: 'a'.repeat(32) }, /64 small hexadecimal digits/],
    ['that says nothing of its hash', { name: 'x' }, /lacks sha256/],
    ['that says more', { name: 'x', sha256: null, url: '' }, /unknown fields url/],
    ['that is a text', 'x', /not an object/],
  ] as const) {
    it(`an embedder is refused ${what}`, () => {
      assert.throws(() => checkEmbedder(value), message);
      const { schema } = prepareDataset(rows(4, [1, 1]), { ...names, embedder }).description;
      assert.throws(() => formatSchema({ ...schema, embedder: value as never }), message);
    });
  }
});
