import assert from 'node:assert/strict';
import { before, describe, it } from 'node:test';
import { loadMnist } from '../../../scripts/files/mnist.ts';
import { fitToRanges } from '../../../src/model/import/fit.ts';
import { floatForward, readFloatModel } from '../../../src/model/import/floatModel.ts';
import { quantiseModel } from '../../../src/model/import/quantise.ts';
import { makeShard, type Table } from '../../../src/model/shard.ts';
import { checkWeights } from '../../../src/model/weights.ts';
import { exportFloatWeights } from '../../../src/model/weightsFile.ts';
import { forwardTrace } from '../../../src/training/forward.ts';
import { outputAt } from '../../../src/training/network.ts';
import { compareOnShard } from '../../../src/training/quantisation.ts';
import { trainFloatModel } from '../../support/float-model.ts';
import { random, randomWeights } from '../../training/helpers.ts';

const ROWS = 512;

function rowsOf(table: Table): Float32Array[] {
  return Array.from({ length: table.features.length / table.inputs }, (_, r) =>
    table.features.subarray(r * table.inputs, (r + 1) * table.inputs),
  );
}

describe('a float model that another library trained', () => {
  let file: Uint8Array;
  let predicted: number[];
  let test: Table;

  before(async () => {
    const mnist = await loadMnist({ pooled: true });
    const train = mnist.train.table({ first: 0, rows: ROWS });
    test = mnist.test.table({ first: 0, rows: 1000 });
    const labels = (train as Table & { kind: 'classes' }).labels;
    const model = trainFloatModel(rowsOf(train), labels, [49, 32, 10]);
    file = model.file;
    predicted = model.predict(rowsOf(test));
  });

  it('keeps its decisions on more than 99 % of rows after import', () => {
    const { model, mapping, unused } = readFloatModel([{ name: 'model.safetensors', bytes: file }]);
    assert.deepEqual(model.widths, [49, 32, 10]);
    assert.deepEqual(
      mapping.map(({ weight, bias, orientation }) => [weight, bias, orientation]),
      [
        ['0.weight', '0.bias', 'out-in'],
        ['2.weight', '2.bias', 'out-in'],
      ],
    );
    assert.deepEqual(unused, []);
    const { weights } = quantiseModel(model, 5n);
    checkWeights(weights);
    const shard = makeShard(test, { first: 0, rows: 1000 }, 1n);
    const Q = forwardTrace(weights, shard).trace.output.Q;
    const same = predicted.filter((label, s) => {
      const outputs = Array.from({ length: 10 }, (_, i) => outputAt(Q, i * 1024 + s));
      return outputs.indexOf(Math.max(...outputs)) === label;
    });
    assert.ok(same.length > 990, `${same.length}`);
    const labels = (test as Table & { kind: 'classes' }).labels;
    const right = predicted.filter((label, s) => label === labels[s]).length;
    assert.ok(right > 650, `the library learned: ${right}`);
  });

  it('is compared with its quantised form on a shard', () => {
    const { model } = readFloatModel([{ name: 'model.safetensors', bytes: file }]);
    const { weights } = quantiseModel(model, 5n);
    const report = compareOnShard(model, weights, makeShard(test, { first: 0, rows: 1000 }, 1n));
    assert.equal(report.rows, 1000);
    assert.ok(report.changed <= 10, `${report.changed} decisions changed`);
    assert.ok(report.maxDifference > 0 && report.maxDifference < 0.05, `${report.maxDifference}`);
    assert.ok(report.rmsDifference < report.maxDifference);
    assert.ok(report.right!.fixed > 650 && Math.abs(report.right!.fixed - report.right!.float) <= 20);
    // A model that is another is seen.
    const other = structuredClone(weights);
    other.layers[1].b[3] += 1n << 32n;
    const worse = compareOnShard(model, other, makeShard(test, { first: 0, rows: 1000 }, 1n));
    assert.ok(worse.maxDifference > 0.9 && worse.changed > 20, JSON.stringify(worse));
  });

  it('is scaled into the ranges of the proofs without another decision', () => {
    const { model } = readFloatModel([{ name: 'model.safetensors', bytes: file }]);
    const huge = {
      widths: model.widths,
      layers: model.layers.map(({ weight, bias }) => ({
        weight: weight.map((w) => w * 12),
        bias: bias.map((b) => b * 12),
      })),
    };
    const shard = makeShard(test, { first: 0, rows: 1000 }, 1n);
    assert.throws(() => compareOnShard(huge, quantiseModel(huge, 1n).weights, shard), { name: 'TrainingRangeError' });
    const { model: fitted, factors } = fitToRanges(huge, test.features, { kind: 'classes' });
    assert.ok(factors.some((c) => c < 1) && factors.every((c) => Number.isInteger(Math.log2(c))), `${factors}`);
    const outputs = floatForward(huge, test.features);
    assert.deepEqual(
      [...floatForward(fitted, test.features)],
      [...outputs].map((x) => x * factors[1]),
    );
    const report = compareOnShard(fitted, quantiseModel(fitted, 1n).weights, shard);
    assert.ok(report.changed <= 10, JSON.stringify(report));
  });
});

describe('fitToRanges', () => {
  const model = { widths: [1, 1], layers: [{ weight: Float64Array.of(160), bias: Float64Array.of(0) }] };

  it('leaves outputs of a regression, and refuses those that cannot be held', () => {
    assert.throws(() => fitToRanges(model, [1], { kind: 'regression' }), /output of the model is 160/);
    assert.deepEqual(fitToRanges(model, [0.2], { kind: 'regression' }).factors, [1]);
    assert.deepEqual(fitToRanges(model, [1], { kind: 'classes' }).factors, [1 / 32]);
    assert.deepEqual(fitToRanges(model, [1], { kind: 'classes', logits: 1 }).factors, [1 / 256]);
  });

  it('refuses no rows, bad limits and values that overflow', () => {
    assert.throws(() => fitToRanges(model, [], { kind: 'classes' }), /at least one row/);
    assert.throws(() => fitToRanges(model, [1], { kind: 'classes', logits: 33 }), /not 33/);
    const vast = { widths: [1, 1], layers: [{ weight: Float64Array.of(1e308), bias: Float64Array.of(0) }] };
    assert.throws(() => fitToRanges(vast, [100], { kind: 'classes' }), /overflow/);
  });
});

describe('exported weights', () => {
  it('come back as they were, to float32 precision', () => {
    const weights = randomWeights([5, 7, 3], random(9));
    const { model, sha256 } = readFloatModel([{ name: 'x.safetensors', bytes: exportFloatWeights(weights) }]);
    assert.match(sha256, /^0x[0-9a-f]{64}$/);
    const { weights: back } = quantiseModel(model, weights.salt);
    back.layers.forEach(({ W, b }, l) => {
      assert.ok(W.every((w, k) => Math.abs(Number(w - weights.layers[l].W[k])) <= 2 ** 6));
      assert.ok(b.every((x, k) => Math.abs(Number(x - weights.layers[l].b[k])) <= 2 ** 6));
    });
  });
});
