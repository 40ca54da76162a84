import assert from 'node:assert/strict';
import { before, describe, it } from 'node:test';
import { NUMBERING } from '../../src/generated/numbering.ts';
import { Random, range } from '../reference/algebra.ts';
import { Analysis } from '../reference/analysis.ts';
import { proveData, randomData } from '../reference/data.ts';
import { proveImport } from '../reference/import.ts';
import { mergeModels, proveMerge } from '../reference/merge.ts';
import { randomWeights } from '../reference/models.ts';
import { proveScore } from '../reference/score.ts';
import { proveSeed, type SeedRun, seedRun } from '../reference/seed.ts';
import { randomShard } from '../reference/shards.ts';
import type { Inputs } from '../reference/tensors.ts';
import { proveTrain } from '../reference/train.ts';
import { randomTrain, type TrainRun, train } from '../reference/train-run.ts';
import { type Checked, describeChecks } from '../support/constraintChecks.ts';

const { shared: SHARED, data: DATA, seed: SEED, train: TRAIN, score: SCORE, import: IMPORT, merge: MERGE } = NUMBERING;

const someWeights = (seed: number) => randomWeights([2, 1, 1, 2, 1], 2 ** 31, new Random(seed));

const PROGRAMS: Record<string, Checked> = {
  data: {
    prove: (hooks) => {
      const random = new Random(1);
      return proveData(random, randomData(random, { inputs: 2, outputs: 1, rows: 2, classes: true }), hooks).inputs;
    },
    slots: [
      ['shardOffset', SHARED.shard.names, ['shard']],
      ['traceOffset', DATA.trace.names, ['trace']],
      ['helperOffset', DATA.helper.names, ['helper']],
    ],
  },
  seed: {
    prove: (hooks) => proveSeed(new Random(1), seedRun([2, 1, 1, 2, 1], 3n), hooks).inputs,
    slots: [
      ['modelOffset', SHARED.model.names, ['model']],
      ['traceOffset', SEED.trace.names, ['trace']],
      ['helperOffset', SEED.helper.names, ['helper']],
    ],
  },
  import: {
    prove: (hooks) => proveImport(someWeights(1), new Random(1), hooks).inputs,
    slots: [
      ['modelOffset', SHARED.model.names, ['model']],
      ['traceOffset', IMPORT.trace.names, ['trace']],
      ['helperOffset', IMPORT.helper.names, ['helper']],
    ],
  },
  merge: {
    prove: (hooks) => {
      const parents = [someWeights(1), someWeights(2)];
      const a = range(4).map((l) => [9000n + BigInt(l), 7000n]);
      return proveMerge(mergeModels(parents, a, 5n), parents, a, new Random(1), hooks).inputs;
    },
    slots: [
      ['modelOffset', SHARED.model.names, ['child', 'parent_0', 'parent_1']],
      ['traceOffset', MERGE.trace.names, ['trace']],
      ['helperOffset', MERGE.helper.names, ['helper']],
    ],
  },
  train: {
    prove: (hooks) => {
      const random = new Random(1);
      const shape = { widths: [1, 1, 1, 1, 1], rows: 1, batch: 1, lr: 1, head: 'softmax', smoothing: 3 } as const;
      return proveTrain(random, randomTrain(random, { ...shape, widths: [...shape.widths] }), hooks).inputs;
    },
    slots: [
      ['modelOffset', SHARED.model.names, ['parent', 'child']],
      ['shardOffset', SHARED.shard.names, ['shard']],
      ['traceOffset', TRAIN.trace.names, ['trace']],
      ['helperOffset', TRAIN.helper.names, ['helper']],
    ],
  },
  score: {
    prove: (hooks) => {
      const random = new Random(1);
      const shard = randomShard({ inputs: 1, outputs: 2, rows: 2, classes: true }, random);
      const weights = { ...randomWeights([1, 1, 1, 1, 2], 2 ** 31, random), head: 'softmax' } as const;
      return proveScore(weights, shard, random, hooks).inputs;
    },
    slots: [
      ['modelOffset', SHARED.model.names, ['model']],
      ['shardOffset', SHARED.shard.names, ['shard']],
      ['traceOffset', SCORE.trace.names, ['trace']],
      ['helperOffset', SCORE.helper.names, ['helper']],
    ],
  },
};

for (const [program, checked] of Object.entries(PROGRAMS)) describeChecks(program, checked);

describe('the shape checks of seed', () => {
  let analysis: Analysis;
  before(async () => {
    analysis = await Analysis.of('seed');
  });
  const violated = (widths: number[], change: (run: SeedRun) => void) => {
    const run = seedRun(widths, 3n);
    change(run);
    return analysis.violated(proveSeed(new Random(1), run).inputs);
  };

  for (const l of [1, 2])
    it(`catch a hole above layer ${l} alone`, () => {
      // layer l is present, l + 1 is not
      const full = seedRun([2, 2, 2, 2, 2], 3n);
      const p = range(5).map((k) => (k === l || k === 4 ? 1n : 0n));
      assert.deepEqual(
        violated([2, 2], (r) => ([r.p, r.layers[l]] = [p, full.layers[l]])),
        [`present[${l - 1}] present[${l}]`],
      );
    });

  for (const l of [1, 2, 3])
    it(`catch another width of absent layer ${l} alone`, () => {
      const n = range(5).map((k) => (k < l ? 3 : k < 4 ? 4 : 2));
      assert.deepEqual(
        violated([3, 2], (r) => {
          r.n = n;
          // the first present layer now has four real columns, or three
          r.layers[4] = seedRun([n[3], 2], 3n).layers[4];
        }),
        [`product present[${l - 1}] widths1[${l - 1}] widths1[${l}]`],
      );
    });

  for (const l of [1, 2, 3])
    it(`catch a presence of 2 of layer ${l} alone`, () => {
      const result = violated(Array(6 - l).fill(1), (r) => {
        r.p[l] = 2n;
        // v (x + off + 1) = 2 factor + q u, W = v - (q - 1)
        const layer = r.layers[l];
        const v = (2n * (layer.v0[0] + 2n ** 16n * layer.v1[0])) % layer.q;
        const u = (v * (layer.offset + 1n) - 2n * layer.factor) / layer.q;
        const w = layer.q - 1n - v;
        [layer.v0[0], layer.v1[0], layer.u0[0], layer.u1[0], layer.w0[0], layer.w1[0]] = [v, u, w].flatMap((x) => [
          x % 2n ** 16n,
          x / 2n ** 16n,
        ]);
        layer.W[0] = v - (layer.q - 1n);
      });
      assert.deepEqual(result, [`0/1 present[${l - 1}]`]);
    });

  for (const [head, check] of [
    [[1n, 1n], 'head[0] head[1]'],
    [[2n, 0n], '0/1 head[0]'],
    [[0n, 2n], '0/1 head[1]'],
  ] as const)
    it(`catch a head of ${head} alone`, () => {
      const { inputs } = proveSeed(new Random(1), seedRun([2, 1], 3n));
      const shape = (inputs.shape as bigint) + head[0] * 2n ** 247n + head[1] * 2n ** 248n;
      assert.deepEqual(analysis.violated({ ...inputs, head: [...head], shape }), [check]);
    });
});

describe('the size checks of train', () => {
  let analysis: Analysis;
  before(async () => {
    analysis = await Analysis.of('train');
  });
  const violated = (
    shape: Parameters<typeof randomTrain>[1],
    change: (run: TrainRun) => void,
    after = (i: Inputs): Inputs => i,
  ) => {
    const random = new Random(1);
    const run = randomTrain(random, shape);
    change(run);
    return analysis.violated(after(proveTrain(random, run).inputs));
  };

  for (const l of [1, 2, 3])
    it(`catch another width of absent layer ${l} alone`, () => {
      // three and four columns have the same padding
      const result = violated({ widths: [3, 2], rows: 2, batch: 1, lr: 1 }, (r) => {
        r.n = range(5).map((k) => (k < l ? 3 : k < 4 ? 4 : 2));
      });
      assert.deepEqual(result, [`product present[${l - 1}] widths1[${l - 1}] widths1[${l}]`]);
    });

  for (const t of range(11).map((k) => k + 1))
    it(`catch a batch that takes row bit ${t} but not ${t - 1} alone`, () => {
      // steps numbered by the low bits, batches by the high one: a different order of the rows
      const random = new Random(1);
      const run = randomTrain(random, { widths: [1, 1], rows: 2 ** (t + 1), batch: 2, lr: 1 });
      run.stepBits = range(t);
      train(run);
      const names = ['segment.batchMask[', 'segment.batchMask['].map((n, k) => `${n}${t - 1 + k}]`);
      assert.deepEqual(analysis.violated(proveTrain(random, run).inputs), [names.sort().join(' ')]);
    });

  for (const t of range(12))
    it(`catch a batch of ${2 ** (t + 1)} in ${2 ** t} rows alone`, () => {
      const idle = (r: TrainRun) => {
        // nothing to learn: every sum is 0 whatever the steps
        r.X.fill(0n);
        r.Y.fill(0n);
        for (const v of r.b) v.fill(0n);
        train(r);
      };
      const wider = (i: Inputs): Inputs => ({
        ...i,
        batchRows1: 2n ** BigInt(t + 1) - 1n,
        seg: (i.seg as bigint) + 2n ** BigInt(29 + t),
      });
      const result = violated({ widths: [1, 1], rows: 2 ** t, batch: 2 ** t, lr: 1 }, idle, wider);
      assert.equal(result.length, 1, `${result}`);
      assert.match(result[0], new RegExp(`row(Mask|Bits)\\[${t}\\] segment.batchMask\\[${t}\\]`));
    });

  for (const [name, signal, value, shift] of [
    ['rows', 'rows1', 4096n, 17n],
    ['rate', 'lr', 2n ** 17n, 0n],
    ['smoothing', 'smoothing', 256n, 107n],
  ] as const)
    it(`catch ${name} out of range`, () => {
      const result = violated(
        { widths: [1, 1], rows: 1, batch: 1, lr: 1 },
        () => {},
        (i) => ({
          ...i,
          [signal]: (i[signal] as bigint) + value,
          seg: (i.seg as bigint) + value * 2n ** shift,
        }),
      );
      assert.ok(result.length > 0);
      assert.ok(!result.includes('word seg'));
    });
});
