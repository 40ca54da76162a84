import assert from 'node:assert/strict';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, it } from 'node:test';
import type { Head } from '../../../src/model/head.ts';
import { type AnyFloatModel, floatForward, readAnyFloatModel } from '../../../src/model/import/floatModel.ts';
import { quantiseModel } from '../../../src/model/import/quantise.ts';
import { formatNetwork, parseNetwork } from '../../../src/model/network.ts';
import { applyTransforms, type Transform } from '../../../src/model/transforms.ts';
import { runOnnxTensor } from '../../support/onnxRuntime.ts';

// Networks by the programs that people write them with, made by make_keras.py and make_torch.py beside them. keras.json and
// torch.json hold what those programs computed of the same rows, ONNX Runtime computes them anew.
const FILES = join(import.meta.dirname, '..', '..', 'corpus', 'networks');
const references: Record<string, { shape: number[]; outputs: number[] }> = Object.assign(
  {},
  ...['keras', 'torch'].map((name) => JSON.parse(readFileSync(join(FILES, `${name}.json`), 'utf8'))),
);

/** What is read of each file: the network, or the widths of a dense one, its head and the axis of the channels. */
const READ: Record<string, [network: string, head: Head | undefined, order?: 'HWC' | 'CHW']> = {
  'keras-averaged': ['9x9x2-c4k3p1-c5k3s2-3', 'softmax', 'HWC'],
  'keras-dense': ['6-5-3', 'softmax'],
  'keras-lenet-9': ['12x12x1-c3k5p2-a2-c4k3-a2-6-3', 'softmax', 'HWC'],
  'keras-lenet-18': ['12x12x1-c3k5p2-a2-c4k3-a2-6-3', 'softmax', 'HWC'],
  'keras-normalised-after': ['8x8x2-c3k3-c4k3-a2-3', undefined, 'HWC'],
  'keras-of-rows': ['8x8x1-c3k4s2p1-c4k1-2', undefined, 'HWC'],
  'keras-padded': ['9x9x4-c4k4s2p1-c3k3p1-2', 'softmax', 'HWC'],
  'keras-strided': ['10x10x3-c4k4s2p1-c5k3p1-4-2', 'sigmoid', 'HWC'],
  'keras-strided-export': ['10x10x3-c4k4s2p1-c5k3p1-4-2', 'sigmoid', 'HWC'],
  'keras-torch': ['10x10x2-c3k4s2p1-c4k2-a2-5-3', 'softmax', 'HWC'],
  'torch-adaptive-dynamo': ['9x9x2-c4k3-c3k5-2', undefined, 'CHW'],
  'torch-adaptive-traced': ['9x9x2-c4k3-c3k5-2', undefined, 'CHW'],
  'torch-last-convolution-dynamo': ['7x7x1-c4k3s2-3', undefined, 'CHW'],
  'torch-last-convolution-traced': ['7x7x1-c4k3s2-3', undefined, 'CHW'],
  'torch-lenet-dynamo': ['12x12x1-c3k5p2-a2-c4k3-a2-6-3', 'softmax', 'CHW'],
  'torch-lenet-traced': ['12x12x1-c3k5p2-a2-c4k3-a2-6-3', 'softmax', 'CHW'],
  'torch-normalised-dynamo': ['9x9x3-c4k3s2p1-c5k3-4-2', 'sigmoid', 'CHW'],
  'torch-normalised-traced': ['9x9x3-c4k3s2p1-c5k3-4-2', 'sigmoid', 'CHW'],
  'torch-sized-dynamo': ['6x6x2-c3k3p1-a2-2', undefined, 'CHW'],
  'torch-sized-traced': ['6x6x2-c3k3p1-a2-2', undefined, 'CHW'],
  'torch-viewed-dynamo': ['12x12x1-c3k5s2p2-c4k3-5-3', 'softmax', 'CHW'],
  'torch-viewed-fixed-dynamo': ['12x12x1-c3k5s2p2-c4k3-5-3', 'softmax', 'CHW'],
  'torch-viewed-fixed-traced': ['12x12x1-c3k5s2p2-c4k3-5-3', 'softmax', 'CHW'],
  'torch-viewed-traced': ['12x12x1-c3k5s2p2-c4k3-5-3', 'softmax', 'CHW'],
};

/** The rows of the makers. */
function numbers(shape: readonly number[]): Float32Array {
  const count = shape.reduce((all, n) => all * n, 1);
  return Float32Array.from({ length: count }, (_, k) => (((k * 389) % 1021) - 510) / 510);
}

/** What a head makes of outputs, in doubles. */
function headed(head: Head | undefined, outputs: Float64Array, width: number, isLog: boolean): number[] {
  if (head === undefined) return [...outputs];
  if (head === 'sigmoid') return [...outputs].map((z) => 1 / (1 + Math.exp(-z)));
  const rows = Array.from({ length: outputs.length / width }, (_, r) => outputs.slice(r * width, (r + 1) * width));
  return rows.flatMap((row) => {
    const sum = row.reduce((all, z) => all + Math.exp(z), 0);
    return [...row].map((z) => (isLog ? z - Math.log(sum) : Math.exp(z) / sum));
  });
}

/** The rows of the makers as a shard has them. */
function rowsOf(model: AnyFloatModel, shape: readonly number[], order: 'HWC' | 'CHW' = 'CHW'): Float32Array {
  const raw = numbers(shape);
  if (!('network' in model)) return raw;
  const { side, channels } = model.network;
  const [offset, factor] = [Array(channels).fill(0), Array(channels).fill(1)];
  const picture: Transform = { name: 'picture', side, channels, order, offset, factor };
  return applyTransforms(raw, raw.length / shape[0], [picture]).features;
}

describe('networks by their real writers', () => {
  it('has a test of every file', () => {
    const files = readdirSync(FILES).filter((name) => name.endsWith('.onnx'));
    assert.deepEqual(
      files.sort(),
      Object.keys(READ)
        .map((name) => `${name}.onnx`)
        .sort(),
    );
  });

  for (const [name, [text, head, order]] of Object.entries(READ)) {
    it(`computes what ONNX Runtime and its writer do: ${name}`, async () => {
      const bytes = new Uint8Array(readFileSync(join(FILES, `${name}.onnx`)));
      const imported = readAnyFloatModel([{ name: 'a.onnx', bytes }]);
      const { model } = imported;
      assert.equal('network' in model ? formatNetwork(model.network) : model.widths.join('-'), text);
      assert.equal(imported.head?.head, head);
      assert.deepEqual(imported.leftOut, []);

      const { shape, outputs } = references[name];
      const raw = numbers(shape);
      const rows = rowsOf(model, shape, order);
      const width = outputs.length / shape[0];
      const found = headed(head, floatForward(model, rows), width, imported.head?.by === 'LogSoftmax');
      const [run] = Object.values(await runOnnxTensor(bytes, raw, shape));
      assert.ok(Math.max(...outputs) - Math.min(...outputs) > 0.01, 'the outputs are all the same');
      assert.equal(found.length, outputs.length);
      found.forEach((y, k) => {
        assert.ok(Math.abs(y - run[k]) < 1e-5, `output ${k}: ${y}, ONNX Runtime ${run[k]}`);
        assert.ok(Math.abs(y - outputs[k]) < 1e-5, `output ${k}: ${y}, its writer ${outputs[k]}`);
      });
      assert.ok(quantiseModel(model, 5n).errors.every(({ max }) => max <= 2 ** -31));
    });
  }

  // A state dict says nothing but its tensors.
  const DICTS: [name: string, text: string, norms: string][] = [
    ['torch-named', '12x12x1-c3k5s2p2-c4k3-5-3', '0 0 0 0'],
    ['torch-numbered', '11x11x2-c4k3s2p1-a2-c5k2-2', '1 1 0'],
  ];
  for (const [name, text, norms] of DICTS) {
    it(`reads a state dict as PyTorch computes it, where the architecture is said: ${name}`, () => {
      const file = { name: 'a.safetensors', bytes: new Uint8Array(readFileSync(join(FILES, `${name}.safetensors`))) };
      const { model, mapping, unused } = readAnyFloatModel([file], { network: parseNetwork(text, 'squared error') });
      assert.deepEqual([mapping.map(({ after = [] }) => after.length).join(' '), unused], [norms, []]);
      const { shape, outputs } = references[name];
      const found = floatForward(model, rowsOf(model, shape));
      assert.equal(found.length, outputs.length);
      outputs.forEach((y, k) => {
        assert.ok(Math.abs(y - found[k]) < 1e-5, `output ${k}: ${found[k]}, PyTorch ${y}`);
      });
      assert.throws(() => readAnyFloatModel([file]), /is of a convolution[\s\S]*--architecture/);
    });
  }
});
