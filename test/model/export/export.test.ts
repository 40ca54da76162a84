import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, it } from 'node:test';
import { unzipSync } from 'fflate';
import { invertTransforms } from '../../../src/model/export/invertTransforms.ts';
import { describeOnnxInput, writeOnnx } from '../../../src/model/export/onnx.ts';
import { writeTorchState } from '../../../src/model/export/torchState.ts';
import { floatForward, readFloatModel } from '../../../src/model/import/floatModel.ts';
import { readTensors } from '../../../src/model/safetensors.ts';
import type { Schema } from '../../../src/model/schema.ts';
import { applyTransforms, type Transform } from '../../../src/model/transforms.ts';
import { zeroWeights } from '../../../src/model/weights.ts';
import { exportFloatWeights } from '../../../src/model/weightsFile.ts';
import { seedWeights } from '../../../src/training/seed.ts';
import { runOnnx } from '../../support/onnxRuntime.ts';

const near = (found: ArrayLike<number>, expected: ArrayLike<number>, error: number) => {
  assert.equal(found.length, expected.length);
  Array.from(expected).forEach((x, k) => {
    assert.ok(Math.abs(found[k] - x) <= error, `${k}: ${found[k]}, not ${x}`);
  });
};
const common = { format: 'descent-schema/1', decimal: '.', missing: 'refuse' } as const;
const classes = (columns: number, transforms: Transform[]): Schema => ({
  ...common,
  kind: 'classes',
  columns,
  transforms,
  classes: ['a', 'b', 'c'],
});
const values = (count: number) => Float32Array.from({ length: count }, (_, k) => ((k * 37) % 64) / 8 - 4);
const reference = (weights: Parameters<typeof exportFloatWeights>[0], features: ArrayLike<number>) =>
  floatForward(readFloatModel([{ name: 'a.safetensors', bytes: exportFloatWeights(weights) }]).model, features);

describe('ONNX', () => {
  const cases: [string, number, number, Transform[]][] = [
    ['no scaling', 4, 4, []],
    ['a factor', 4, 4, [{ name: 'scale', factor: 1 / 255 }]],
    ['rows of length 1', 4, 4, [{ name: 'unit-length' }, { name: 'scale', factor: 2 }]],
    ['one mean and deviation', 4, 4, [{ name: 'standardise', mean: 0.5, deviation: 2 }]],
    [
      'columns and a limit',
      3,
      3,
      [
        { name: 'columns', offset: [1, 2, 3], factor: [0.5, 2, 4] },
        { name: 'clip', limit: 3 },
      ],
    ],
    [
      'pooling',
      16,
      4,
      [
        { name: 'scale', factor: 2 },
        { name: 'average-pool', height: 4, width: 4, size: 2 },
      ],
    ],
    [
      'pictures with the channels last',
      18,
      32,
      [
        { name: 'picture', side: 3, channels: 2, order: 'HWC', offset: [1, -1], factor: [0.5, 2] },
        { name: 'clip', limit: 3 },
      ],
    ],
    [
      'pictures with the channels first, of a side that needs no padding',
      8,
      8,
      [
        { name: 'scale', factor: 2 },
        { name: 'picture', side: 2, channels: 2, order: 'CHW', offset: [1, -1], factor: [0.5, 2] },
      ],
    ],
  ];
  for (const [name, raw, inputs, transforms] of cases) {
    it(`takes raw numbers and gives what the scaled network gives: ${name}`, async () => {
      const weights = {
        ...seedWeights({ widths: [inputs, 5, 3], head: 'squared error' }, 3n, 2n),
        schema: classes(raw, transforms),
      };
      const features = values(raw * 6);
      const expected = reference(weights, applyTransforms(features, raw, transforms).features);
      const found = await runOnnx(writeOnnx(weights, { scaled: false, metadata: {} }), features, raw);
      near(found.logits, expected, 1e-4);
      assert.deepEqual(
        found.class,
        Array.from({ length: 6 }, (_, s) => {
          const row = Array.from(expected.subarray(3 * s, 3 * s + 3));
          return row.indexOf(Math.max(...row));
        }),
      );
    });
  }

  it('gives probabilities where the head is softmax or sigmoid, and is read again with it', async () => {
    const labels: Schema = { ...common, kind: 'labels', columns: 4, transforms: [], labels: ['a', 'b', 'c'] };
    for (const [head, known] of [
      ['softmax', undefined],
      ['sigmoid', undefined],
      ['softmax', classes(4, [])],
      ['sigmoid', labels],
    ] as const) {
      const weights = { ...seedWeights({ widths: [4, 5, 3], head }, 3n, 2n), ...(known && { schema: known }) };
      const bytes = writeOnnx(weights, { scaled: true, metadata: {} });
      const found = await runOnnx(bytes, values(24), 4);
      const logits = reference(weights, values(24));
      near(found.logits, logits, 1e-5);
      const expected = Array.from(logits, (x, k) => {
        const row = Array.from(logits.subarray(3 * Math.floor(k / 3), 3 * Math.floor(k / 3) + 3), Math.exp);
        return head === 'sigmoid' ? 1 / (1 + Math.exp(-x)) : Math.exp(x) / row.reduce((sum, e) => sum + e, 0);
      });
      near(found.probabilities, expected, 1e-5);
      assert.equal('class' in found, known?.kind === 'classes');
      const again = readFloatModel([{ name: 'a.onnx', bytes }]);
      assert.equal(again.head?.head, head);
      near(floatForward(again.model, values(8)), reference(weights, values(8)), 1e-9);
    }
  });

  it('puts the stated values in place of missing ones', async () => {
    const fill: Transform = { name: 'fill', values: [7, 8] };
    const schema: Schema = { ...classes(2, [fill]), missing: 'mean' };
    const weights = { ...seedWeights({ widths: [2, 3], head: 'squared error' }, 3n, 2n), schema };
    const found = await runOnnx(writeOnnx(weights, { scaled: false, metadata: {} }), [Number.NaN, 1, 2, Number.NaN], 2);
    near(found.logits, reference(weights, [7, 1, 2, 8]), 1e-5);
  });

  it('gives targets in original units', async () => {
    const targetTransforms: Transform[] = [{ name: 'columns', offset: [100, -5], factor: [0.01, 4] }];
    const schema: Schema = { ...common, kind: 'regression', columns: 3, transforms: [], targets: 2, targetTransforms };
    const weights = { ...seedWeights({ widths: [3, 4, 2], head: 'squared error' }, 3n, 2n), schema };
    const found = await runOnnx(writeOnnx(weights, { scaled: false, metadata: {} }), values(12), 3);
    const scaled = reference(weights, values(12));
    near(found.targets, invertTransforms(scaled, 2, targetTransforms), 1e-3);
    near(
      found.targets,
      scaled.map((x, k) => (k % 2 === 0 ? x / 0.01 + 100 : x / 4 - 5)),
      1e-3,
    );
  });

  it('takes scaled features on request, and those of a model without a schema', async () => {
    const plain = seedWeights({ widths: [4, 5, 3], head: 'squared error' }, 3n, 2n);
    const schema = classes(4, [{ name: 'scale', factor: 9 }]);
    for (const [weights, scaled] of [
      [plain, false],
      [{ ...plain, schema }, true],
    ] as const) {
      const found = await runOnnx(writeOnnx(weights, { scaled, metadata: {} }), values(8), 4);
      near(found.logits, reference(plain, values(8)), 1e-5);
    }
    assert.match(describeOnnxInput(plain, false), /no schema/);
    assert.match(describeOnnxInput({ ...plain, schema }, true), /after the scaling/);
    assert.match(describeOnnxInput({ ...plain, schema }, false), /scaling is part of the graph/);
  });

  it('can be imported again where it holds no scaling, and keeps its metadata', () => {
    const weights = {
      ...seedWeights({ widths: [4, 5, 3], head: 'squared error' }, 3n, 2n),
      schema: classes(4, [{ name: 'scale', factor: 9 }]),
    };
    const bytes = writeOnnx(weights, { scaled: true, metadata: { 'descent.model': '0x1234' } });
    const { model, leftOut, dropped } = readFloatModel([{ name: 'a.onnx', bytes }]);
    near(floatForward(model, values(8)), reference(weights, values(8)), 1e-9);
    assert.deepEqual([dropped, leftOut], [['Identity'], ['ArgMax']]);
    assert.match(Buffer.from(bytes).toString('latin1'), /descent\.model.{2}0x1234/s);
    const scaled = writeOnnx(weights, { scaled: false, metadata: {} });
    assert.throws(
      () => readFloatModel([{ name: 'a.onnx', bytes: scaled }]),
      /Mul\) multiplies values that are not[\s\S]*Scale the data/,
    );
  });
});

describe('invertTransforms', () => {
  it('undoes what was done to targets', () => {
    const transforms: Transform[] = [
      { name: 'scale', factor: 0.5 },
      { name: 'standardise', mean: 3, deviation: 2 },
      { name: 'columns', offset: [1, 2], factor: [4, 8] },
    ];
    const { features } = applyTransforms([5, -7, 0.25, 100], 2, transforms);
    near(invertTransforms(Float64Array.from(features), 2, transforms), [5, -7, 0.25, 100], 1e-4);
  });

  it('refuses what cannot be undone', () => {
    for (const transform of [
      { name: 'scale', factor: 0 },
      { name: 'columns', offset: [0], factor: [0] },
      { name: 'average-pool', height: 2, width: 2, size: 2 },
    ] as Transform[]) {
      assert.throws(() => invertTransforms(new Float64Array(1), 1, [transform]), { name: 'InputError' });
    }
  });
});

describe('a state dict of torch', () => {
  const FOLDER = join(import.meta.dirname, '..', '..', 'corpus', 'export');
  const file = new Uint8Array(readFileSync(join(FOLDER, 'torch-state.pt')));

  // check.py read the file with torch.load and load_state_dict; torch-state.json is what torch computed.
  it('is written byte for byte as torch read it, and computes what torch did', () => {
    // the numbers that the file holds, which are fewer bits than weights have
    const parts = unzipSync(file);
    const weights = zeroWeights({ widths: [5, 4, 3], head: 'squared error' }, 2n);
    weights.layers.forEach(({ W, b }, l) => {
      const [matrix, bias] = [0, 1].map((k) => new Float32Array(parts[`model/data/${2 * l + k}`].slice().buffer));
      const [columns, stride] = [weights.widths[l], W.length / b.length];
      matrix.forEach((w, x) => {
        W[Math.floor(x / columns) * stride + (x % columns)] = BigInt(w * 2 ** 32);
      });
      bias.forEach((w, i) => {
        b[i] = BigInt(w * 2 ** 32);
      });
    });
    assert.deepEqual(writeTorchState(weights, { a: 'b' }), file);
    const { features, outputs } = JSON.parse(readFileSync(join(FOLDER, 'torch-state.json'), 'utf8'));
    near(reference(weights, features), outputs, 1e-6);
  });

  it('holds each tensor as its bytes, and the metadata beside them', () => {
    const parts = unzipSync(file);
    assert.deepEqual(JSON.parse(new TextDecoder().decode(parts['model/descent.json'])), { a: 'b' });
    const weights = seedWeights({ widths: [5, 4, 3], head: 'squared error' }, 1n, 2n);
    const written = unzipSync(writeTorchState(weights, {}));
    const { tensors } = readTensors(exportFloatWeights(weights));
    [...tensors.values()].forEach(({ data }, k) => {
      assert.deepEqual(Buffer.from(written[`model/data/${k}`]), Buffer.from(data));
    });
    assert.match(Buffer.from(parts['model/data.pkl']).toString('latin1'), /0\.weight[\s\S]*0\.bias[\s\S]*2\.weight/);
  });
});

describe('a float safetensors file', () => {
  it('keeps the metadata it is given, but not instead of its own', () => {
    const { metadata } = readTensors(
      exportFloatWeights(seedWeights({ widths: [2, 1], head: 'squared error' }, 1n, 2n), {
        'descent.a': 'b',
        shape: '9',
      }),
    );
    assert.deepEqual([metadata.get('descent.a'), metadata.get('shape')], ['b', '2-1']);
    assert.equal(metadata.has('salt'), false);
  });
});
