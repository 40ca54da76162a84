import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { readAnyFloatModel } from '../../../src/model/import/floatModel.ts';
import type { FloatNetwork } from '../../../src/model/import/floatNetwork.ts';
import type { MappingOptions } from '../../../src/model/import/mapping.ts';
import { formatNetwork, parseNetwork } from '../../../src/model/network.ts';
import { readTensors, type Tensor, writeTensors } from '../../../src/model/safetensors.ts';
import { exportFloatWeights } from '../../../src/model/weightsFile.ts';
import { networkSeedWeights } from '../../../src/training/seed.ts';

const TEXT = '10x10x2-c3k3p1-a2-c4k2-6-3';
const network = parseNetwork(TEXT, 'squared error');
const own = exportFloatWeights(networkSeedWeights(network, 3n, 2n));
const { tensors } = readTensors(own);

function file(parts: Record<string, Tensor>): Uint8Array {
  return writeTensors({ tensors: new Map(Object.entries(parts)), metadata: new Map() });
}

function read(bytes: Uint8Array, options: MappingOptions = {}): FloatNetwork {
  const { model, architecture } = readAnyFloatModel([{ name: 'a.safetensors', bytes }], options);
  assert.ok('network' in model);
  assert.equal(architecture, options.network === undefined ? TEXT : undefined);
  return model;
}

const reference = read(own);
const renamed = (names: string[]) =>
  file(
    Object.fromEntries(
      [...tensors.values()].map((tensor, k) => [`${names[k >> 1]}.${k % 2 === 0 ? 'weight' : 'bias'}`, tensor]),
    ),
  );

/** A tensor with its indexes in another order. */
function permuted({ shape, data, dtype }: Tensor, sizes: readonly number[], order: readonly number[]): Tensor {
  const values = new Float32Array(data.slice().buffer);
  const turned = order.map((axis) => sizes[axis]);
  const strides = sizes.map((_, axis) => sizes.slice(axis + 1).reduce((all, n) => all * n, 1));
  const out = Float32Array.from(values, (_, k) => {
    let [rest, from] = [k, 0];
    for (let t = order.length - 1; t >= 0; t--) {
      from += (rest % turned[t]) * strides[order[t]];
      rest = Math.floor(rest / turned[t]);
    }
    return values[from];
  });
  return { dtype, shape: shape.length === sizes.length ? turned : shape, data: new Uint8Array(out.buffer) };
}

describe('a state dict of a convolutional network', () => {
  it('of an export of Descent says its network itself', () => {
    assert.equal(formatNetwork(reference.network), TEXT);
    assert.deepEqual(
      reference.layers.map(({ weight, bias }) => [weight.length, bias.length]),
      [
        [54, 3],
        [48, 4],
        [4 * 16 * 6, 6],
        [18, 3],
      ],
    );
  });

  for (const names of [
    ['0', '3', '7', '9'],
    ['conv1', 'conv2', 'fc1', 'fc2'],
    ['features.0', 'features.3', 'classifier.1', 'classifier.3'],
    ['z', 'b', 'y', 'a'],
  ]) {
    it(`is read with the network that was said: ${names.join(', ')}`, () => {
      assert.deepEqual(read(renamed(names), { network }), reference);
    });
  }

  it('is read as Keras has it: [lines, columns, inputs, outputs], and pixels as (line, column, channel)', () => {
    const [first, a, second, b, third, c, fourth, d] = tensors.values();
    // pixels of 4 channels of 4x4, [outputs, channel, line, column] as [line, column, channel, outputs]
    const dense = permuted(third, [6, 4, 4, 4], [2, 3, 1, 0]);
    const bytes = file({
      'conv2d/kernel:0': permuted(first, [3, 2, 3, 3], [2, 3, 1, 0]),
      'conv2d/bias:0': a,
      'conv2d_1/kernel:0': permuted(second, [4, 3, 2, 2], [2, 3, 1, 0]),
      'conv2d_1/bias:0': b,
      'dense/kernel:0': { ...dense, shape: [64, 6] },
      'dense/bias:0': c,
      'dense_1/kernel:0': permuted(fourth, [3, 6], [1, 0]),
      'dense_1/bias:0': d,
    });
    assert.deepEqual(read(bytes, { network }), reference);
  });

  it('has normalisations of channels that become part of the weights', () => {
    const names = ['0', '4', '8', '10'];
    const vector = (values: number[]): Tensor => ({
      dtype: 'F32',
      shape: [values.length],
      data: new Uint8Array(Float32Array.from(values).buffer),
    });
    const norm = (name: string, factor: number[]) => ({
      [`${name}.running_mean`]: vector(factor.map(() => 0)),
      [`${name}.running_var`]: vector(factor.map(() => 1)),
      [`${name}.weight`]: vector(factor),
    });
    const { tensors: parts } = readTensors(renamed(names));
    const bytes = file({ ...Object.fromEntries(parts), ...norm('1', [2, 4, 8]) });
    const made = read(bytes, { network, norms: { epsilon: 0 } });
    made.layers[0].weight.forEach((w, k) => {
      assert.equal(w, reference.layers[0].weight[k] * 2 ** (1 + Math.floor(k / 18)));
    });
    // behind the Relu and the average, before the second convolution
    const after = read(file({ ...Object.fromEntries(parts), ...norm('3', [2, 4, 8]) }), {
      network,
      norms: { epsilon: 0 },
    });
    after.layers[1].weight.forEach((w, k) => {
      assert.equal(w, reference.layers[1].weight[k] * 2 ** (1 + (Math.floor(k / 4) % 3)));
    });
  });

  it('is refused where it is another network, or none was said', () => {
    const conv = renamed(['conv1', 'conv2', 'fc1', 'fc2']);
    const refused: [MappingOptions, RegExp][] = [
      [{}, /is of a convolution.\n.*--architecture 28x28x1/],
      [
        { network: parseNetwork('10x10x2-c3k3p1-a2-c4k3-6-3', 'softmax') },
        /has weights of \[4,3,3,3\]; "conv2.weight" has \[4,3,2,2\]/,
      ],
      [{ network: parseNetwork('10x10x2-c3k3p1-c4k2-6-3', 'softmax') }, /"fc1.weight" has \[6,64\]/],
      [{ network: parseNetwork('10x10x2-c3k3p1-a2-c4k2-3', 'softmax') }, /has 4 layers; .* has 3/],
      [{ network, layers: [{ weight: 'conv1.weight' }] }, /has 1 layers/],
    ];
    for (const [options, message] of refused) {
      assert.throws(
        () => readAnyFloatModel([{ name: 'a.safetensors', bytes: conv }], options),
        (error: unknown) => {
          assert.match(String(error), message);
          return true;
        },
      );
    }
    const two = (k: number): Tensor => ({ dtype: 'F32', shape: [2, k, 2, 2], data: new Uint8Array(32 * k) });
    const same = parseNetwork('6x6x2-c2k2-c2k2-2', 'softmax');
    const last: Tensor = { dtype: 'F32', shape: [2, 32], data: new Uint8Array(256) };
    const open = file({ 'b.weight': two(2), 'a.weight': two(2), 'c9.weight': last });
    assert.throws(
      () => readAnyFloatModel([{ name: 'a.safetensors', bytes: open }], { network: same }),
      /in 2 ways[\s\S]*--layers/,
    );
  });
});
