import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { unzipSync } from 'fflate';
import { describeOnnxInput, writeOnnx } from '../../../src/model/export/onnx.ts';
import { torchModules, writeTorchState } from '../../../src/model/export/torchState.ts';
import type { Head } from '../../../src/model/head.ts';
import { floatForward, readAnyFloatModel } from '../../../src/model/import/floatModel.ts';
import { formatNetwork, parseNetwork } from '../../../src/model/network.ts';
import { type NetworkWeights, networkSides } from '../../../src/model/networkWeights.ts';
import { readTensors } from '../../../src/model/safetensors.ts';
import type { Schema } from '../../../src/model/schema.ts';
import { applyTransforms, type Transform } from '../../../src/model/transforms.ts';
import { exportFloatWeights } from '../../../src/model/weightsFile.ts';
import { predictRows } from '../../../src/training/predict.ts';
import { networkSeedWeights } from '../../../src/training/seed.ts';
import { runOnnx, runOnnxTensor } from '../../support/onnxRuntime.ts';

const ROWS = 5;
const common = { format: 'descent-schema/1', decimal: '.', missing: 'refuse' } as const;
const classes = (columns: number, transforms: Transform[], count: number): Schema => ({
  ...common,
  kind: 'classes',
  columns,
  transforms,
  classes: Array.from({ length: count }, (_, k) => `class ${k}`),
});
const near = (found: ArrayLike<number>, expected: ArrayLike<number>, error: number) => {
  assert.equal(found.length, expected.length);
  Array.from(expected).forEach((x, k) => {
    assert.ok(Math.abs(found[k] - x) <= error, `${k}: ${found[k]}, not ${x}`);
  });
};
const pixels = (count: number) => Float32Array.from({ length: count }, (_, k) => (k * 37 + ((k * k) % 11)) % 256);

/** A network of a seed, whose biases are not 0. */
function networkOf(text: string, head: Head): NetworkWeights {
  const weights = networkSeedWeights(parseNetwork(text, head), 3n, 2n);
  weights.layers.forEach(({ b }, l) => {
    for (let i = 0; i < weights.network.layers[l].channels; i++) b[i] = BigInt(i - 1) << 29n;
  });
  return weights;
}

const CASES: [network: string, head: Head, picture: Transform, raw: number][] = [
  [
    '12x12x1-c4k5s2p2-a2-c6k3p1-8-3',
    'softmax',
    { name: 'picture', side: 12, channels: 1, order: 'HWC', offset: [0], factor: [1 / 255] },
    144,
  ],
  [
    '8x8x3-c4k3-a2-c5k2-2',
    'squared error',
    { name: 'picture', side: 8, channels: 3, order: 'HWC', offset: [100, 120, 140], factor: [0.01, 0.02, 0.03] },
    192,
  ],
  [
    '6x6x2-a2-c3k2-2',
    'sigmoid',
    { name: 'picture', side: 6, channels: 2, order: 'CHW', offset: [1, 2], factor: [0.01, 0.02] },
    72,
  ],
];

describe('a convolutional network as ONNX', () => {
  for (const [text, head, picture, raw] of CASES) {
    it(`takes raw numbers and gives what predict gives, within rounding: ${text}`, async () => {
      const plain = networkOf(text, head);
      const outputs = networkSides(plain.network).outputs;
      const transforms: Transform[] = [picture, { name: 'clip', limit: 3 }];
      const schema: Schema =
        head === 'sigmoid'
          ? { ...common, kind: 'labels', columns: raw, transforms, labels: outputs }
          : classes(raw, transforms, outputs);
      const weights = { ...plain, schema };
      const rows = pixels(ROWS * raw);
      const laidOut = applyTransforms(rows, raw, transforms).features;
      const found = await runOnnx(writeOnnx(weights, { scaled: false, metadata: { a: 'b' } }), rows, raw);
      // in floats of the same rows, and in the integers of the proofs, whose inputs have 9 bits after the point
      near(
        found.logits,
        predictRows(weights, laidOut, () => ''),
        0.02,
      );
      assert.equal('probabilities' in found, head !== 'squared error');
      assert.equal('class' in found, head !== 'sigmoid');

      // scaled features are pictures, and such a graph is read again as the network that it is
      const bytes = writeOnnx(weights, { scaled: true, metadata: {} });
      const { model, head: again } = readAnyFloatModel([{ name: 'a.onnx', bytes }]);
      assert.ok('network' in model);
      assert.equal(formatNetwork(model.network), text);
      if (head !== 'squared error') assert.equal(again?.head, head);
      const { side, channels } = plain.network;
      near(floatForward(model, laidOut), found.logits, 1e-4);
      const scaled = unpadded(laidOut, plain);
      near((await runOnnxTensor(bytes, scaled, [ROWS, channels, side, side])).logits, found.logits, 1e-4);
      assert.match(describeOnnxInput(weights, true), /pictures \[rows, channels, lines, columns\] after the scaling/);
      assert.match(describeOnnxInput(weights, false), /raw numbers/);
    });
  }

  it('takes the columns of a schema that says nothing of pictures as a shard has them', async () => {
    const weights = {
      ...networkOf('5x5x1-c3k3-2', 'squared error'),
      schema: classes(64, [{ name: 'scale', factor: 0.01 }], 2),
    };
    const rows = pixels(ROWS * 64);
    const laidOut = applyTransforms(rows, 64, weights.schema.transforms).features;
    // what is beyond the side is not read by a graph
    for (let k = 0; k < laidOut.length; k++) if (k % 8 >= 5 || Math.floor(k / 8) % 8 >= 5) laidOut[k] = 0;
    const found = await runOnnx(writeOnnx(weights, { scaled: false, metadata: {} }), rows, 64);
    near(
      found.logits,
      predictRows(weights, laidOut, () => ''),
      0.02,
    );
  });

  it('takes pictures where it has no schema', async () => {
    const weights = networkOf('5x5x2-c3k3-2', 'squared error');
    const rows = pixels(ROWS * 50).map((x) => x / 255);
    const found = await runOnnxTensor(writeOnnx(weights, { scaled: false, metadata: {} }), rows, [ROWS, 2, 5, 5]);
    const picture: Transform = { name: 'picture', side: 5, channels: 2, order: 'CHW', offset: [0, 0], factor: [1, 1] };
    near(
      found.logits,
      predictRows(weights, applyTransforms(rows, 50, [picture]).features, () => ''),
      0.02,
    );
  });
});

/** Pictures [rows, channels, lines, columns] of rows as a shard has them. */
function unpadded(laidOut: Float32Array, { network }: NetworkWeights): number[] {
  const { side, channels } = network;
  const padded = 2 ** Math.ceil(Math.log2(side));
  const out: number[] = [];
  for (let r = 0; r < ROWS; r++)
    for (let c = 0; c < channels; c++)
      for (let y = 0; y < side; y++)
        for (let x = 0; x < side; x++) out.push(laidOut[((r * channels + c) * padded + y) * padded + x]);
  return out;
}

describe('a convolutional network as a state dict of torch', () => {
  const weights = networkOf('16x16x1-c4k5s2p2-a2-c6k3p1-a2-8-3', 'softmax');

  it('has the modules of a torch.nn.Sequential, whose numbers its tensors bear', () => {
    assert.deepEqual(
      torchModules(weights).map(({ code }) => code),
      [
        'Conv2d(1, 4, 5, stride=2, padding=2)',
        'ReLU()',
        'AvgPool2d(2)',
        'Conv2d(4, 6, 3, stride=1, padding=1)',
        'ReLU()',
        'AvgPool2d(2)',
        'Flatten()',
        'Linear(24, 8)',
        'ReLU()',
        'Linear(8, 3)',
      ],
    );
    const files = unzipSync(writeTorchState(weights, {}));
    const pickle = Buffer.from(files['model/data.pkl']).toString('latin1');
    for (const place of [0, 3, 7, 9]) assert.match(pickle, new RegExp(`${place}\\.weight[\\s\\S]*${place}\\.bias`));
    const { tensors } = readTensors(exportFloatWeights(weights));
    [...tensors.values()].forEach(({ data }, k) => {
      assert.deepEqual(Buffer.from(files[`model/data/${k}`]), Buffer.from(data));
    });
  });

  it('names the modules of dense networks as before', () => {
    const dense = {
      widths: [3, 2, 1],
      head: 'squared error' as const,
      layers: [0, 1].map((l) => ({ W: new BigInt64Array(l === 0 ? 8 : 2), b: new BigInt64Array(l === 0 ? 2 : 1) })),
      salt: 1n,
    };
    assert.deepEqual(
      torchModules(dense).map(({ code }) => code),
      ['Linear(3, 2)', 'ReLU()', 'Linear(2, 1)'],
    );
  });
});
