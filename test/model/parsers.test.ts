import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { DescentError } from '../../src/errors/DescentError.ts';
import { type DatasetManifest, formatManifest, parseManifest } from '../../src/model/manifest.ts';
import type { Schema } from '../../src/model/schema.ts';
import { emptyShard } from '../../src/model/shard.ts';
import { writeShard } from '../../src/model/shardFile.ts';
import type { Transform } from '../../src/model/transforms.ts';
import { zeroWeights } from '../../src/model/weights.ts';
import { exportFloatWeights, writeWeights } from '../../src/model/weightsFile.ts';
import { parserOf, SMALL } from '../corpus/cases.ts';
import { idx, npy, npyHeader } from '../corpus/files.ts';
import { npz } from '../corpus/npzFile.ts';
import { PARSERS, type Parser } from '../corpus/parsers.ts';
import { floats, node, onnx } from '../support/onnx.ts';

const utf8 = (text: string) => new TextEncoder().encode(text);
const weights = zeroWeights({ widths: [3, 2], head: 'squared error' }, 1n);
const manifest: DatasetManifest = {
  format: 'descent-dataset/2',
  name: 'n',
  source: 's',
  reading: { label: 'y' },
  shuffle: 1,
  schema: {
    format: 'descent-schema/1',
    kind: 'classes',
    columns: ['a'],
    decimal: '.',
    missing: 'refuse',
    transforms: [{ name: 'columns', offset: [0], factor: [1] }],
    classes: ['p', 'q'],
  },
  shards: [{ file: 'a.safetensors', rows: 2, first: 0 }],
};

/** Good files to damage. An edge needs a proof; test/registry damages real ones. */
const GOOD: Partial<Record<Parser, Uint8Array>> = {
  safetensors: writeWeights(weights),
  weights: writeWeights(weights),
  shard: writeShard(emptyShard({ inputs: 2, outputs: 1, rows: 3, kind: 'regression' }, 1n)),
  model: exportFloatWeights(weights),
  onnx: onnx({ nodes: [node('MatMul', ['x', 'w'], ['y'])], initializers: [floats('w', [3, 1], [1, 2, 3])] }),
  index: utf8('{"metadata":{"total_size":4},"weight_map":{"0.weight":"a.safetensors"}}'),
  csv: utf8('a,y\n1,p\n2,"q"\n'),
  parquet: new Uint8Array(readFileSync(join(import.meta.dirname, '..', 'corpus', 'parquet', 'encodings.parquet'))),
  npy: npy(npyHeader('<i4', [2, 2]), Array(16).fill(1)),
  npz: npz([{ name: 'X', bytes: npy(npyHeader('|u1', [2, 1]), [1, 2]), deflate: true }]),
  idx: idx(8, [2, 2], [1, 2, 3, 4]),
  manifest: utf8(formatManifest(manifest)),
};

describe('every parser', () => {
  for (const parser of Object.keys(PARSERS) as Parser[]) {
    const attempt = async (bytes: Uint8Array) => {
      try {
        await PARSERS[parser](bytes);
      } catch (error) {
        assert.ok(error instanceof DescentError, String(error));
      }
    };

    it(`gives a value or a DescentError, nothing else: ${parser}`, async () => {
      await fc.assert(fc.asyncProperty(fc.uint8Array({ maxLength: 200 }), attempt));
      await fc.assert(fc.asyncProperty(fc.json({ maxDepth: 4 }), (json) => attempt(utf8(json))));
      const seeds = SMALL.filter((one) => parserOf(one) === parser).map(({ make }) => make());
      const good = GOOD[parser];
      if (good) {
        await PARSERS[parser](good);
        seeds.push(good);
      }
      const edits = fc.array(fc.tuple(fc.nat(), fc.nat(255)), { minLength: 1, maxLength: 4 });
      await fc.assert(
        fc.asyncProperty(fc.constantFrom(...seeds), edits, fc.option(fc.nat()), async (seed, changes, cut) => {
          const bytes = seed.slice(0, cut === null ? seed.length : cut % (seed.length + 1));
          for (const [at, value] of changes) if (bytes.length > 0) bytes[at % bytes.length] = value;
          await attempt(bytes);
        }),
        { numRuns: 1000 },
      );
    });
  }
});

describe('parseManifest', () => {
  const number = fc.double({ noNaN: true, noDefaultInfinity: true }).map((x) => x + 0);
  const positive = number.map((x) => Math.abs(x) || 1);
  const transform = (width: number): fc.Arbitrary<Transform> => {
    const values = fc.array(number, { minLength: width, maxLength: width });
    return fc.oneof(
      fc.record({ name: fc.constant('scale' as const), factor: number }),
      fc.record({ name: fc.constant('clip' as const), limit: positive }),
      fc.record({ name: fc.constant('standardise' as const), mean: number, deviation: positive }),
      fc.record({ name: fc.constant('columns' as const), offset: values, factor: values }),
      fc.record({ name: fc.constant('fill' as const), values }),
    );
  };

  it('reads every manifest that was written', () => {
    fc.assert(
      fc.property(
        fc.record(
          {
            name: fc.string(),
            source: fc.string({ unit: 'binary' }),
            shuffle: fc.integer({ min: 0, max: 2 ** 32 - 1 }),
            schema: fc
              .integer({ min: 1, max: 5 })
              .chain((columns) =>
                fc.record({ columns: fc.constant(columns), transforms: fc.array(transform(columns)) }),
              )
              .map((fields): Schema => ({ ...manifest.schema, ...fields })),
          },
          { requiredKeys: ['name', 'source', 'schema'] },
        ),
        (fields) => {
          const { shuffle: _, ...base } = manifest;
          const full = structuredClone({ ...base, ...fields }); // plain prototypes
          assert.deepEqual(parseManifest(formatManifest(full)), full);
        },
      ),
    );
  });
});
