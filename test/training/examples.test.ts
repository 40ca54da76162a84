import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, it } from 'node:test';
import { makeShard } from '../../src/model/shard.ts';
import { tableFromArrays } from '../../src/model/tables/arrays.ts';
import { prepareDataset } from '../../src/model/tables/dataset.ts';
import { readNumpyFile } from '../../src/model/tables/numpyFile.ts';
import { seedWeights } from '../../src/training/seed.ts';
import { evaluate, trainTrial } from '../../src/training/trainer.ts';

const EXAMPLES = join(import.meta.dirname, '..', '..', 'examples');

describe('the example of embeddings', () => {
  const bytes = new Uint8Array(readFileSync(join(EXAMPLES, 'embeddings', 'packages.npz')));
  const [X, y] = ['X', 'y'].map((name) => readNumpyFile(bytes, name));
  const { table, description } = prepareDataset(tableFromArrays(X, y, { kind: 'classes' }), {
    name: 'packages',
    source: 'packages.npz',
    embedder: { name: 'all-MiniLM-L6-v2', sha256: null },
  });
  const shard = (first: number, rows: number) => makeShard(table, { first, rows }, 1n, description.schema);

  it('is as good as it says on rows that were not trained on, and better after the second person', () => {
    const tests = shard(768, 256);
    const { inputs, outputs } = tests;
    for (const seed of [1n, 2n, 3n]) {
      const start = seedWeights({ widths: [inputs, outputs], head: 'softmax' }, seed, 0n);
      const setting = { lr: 8, batch: 8, smoothing: 0 };
      const alice = trainTrial(start, shard(0, 128), { ...setting, passes: 16 }).child;
      const bob = trainTrial(alice, shard(128, 640), { ...setting, passes: 4 }).child;
      const [before, after] = [alice, bob].map((weights) => evaluate(weights, tests));
      // scikit-learn has 200 and 212 of 256 right; 5 are two points in a hundred.
      assert.ok(before.right! >= 195 && after.right! >= 207, `${before.right} and ${after.right} right`);
      assert.ok(after.loss < before.loss - 0.1);
    }
  });
});
