import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { floatForward, readAnyFloatModel } from '../../../../src/model/import/floatModel.ts';
import type { FloatNetwork } from '../../../../src/model/import/floatNetwork.ts';
import { quantiseModel } from '../../../../src/model/import/quantise.ts';
import { formatNetwork } from '../../../../src/model/network.ts';
import { checkNetworkWeights } from '../../../../src/model/networkWeights.ts';
import { pictureWidth } from '../../../../src/model/pictures.ts';
import { applyTransforms } from '../../../../src/model/transforms.ts';
import { attribute, integers, nameless as node, onnx, value } from '../../../support/onnx.ts';
import { gemm, layer, norm, normParts, number, pool, tensor, torchConv } from '../../../support/onnxPictures.ts';
import { runOnnxTensor } from '../../../support/onnxRuntime.ts';

// Graphs as their writers make them, told apart by ONNX Runtime: what is read of a graph computes what the graph does.

const ROWS = 3;
const { i, ints, s } = attribute;

interface Case {
  name: string;
  /** sizes of the graph's input behind the rows */
  input: (number | undefined)[];
  nodes: Uint8Array[];
  initializers: Uint8Array[];
  /** the network that is read */
  network: string;
  /** where the file has its channels last */
  isLast?: boolean;
}

const CASES: Case[] = [
  {
    name: 'torch.onnx: strides, padding, Flatten and Dropout',
    input: [1, 14, 14],
    nodes: [
      torchConv(['x', '0.weight', '0.bias'], 'a', 5, { stride: 2, padding: 2 }),
      node('Relu', ['a'], ['b']),
      torchConv(['b', '2.weight', '2.bias'], 'c', 3, { padding: 1 }),
      node('Relu', ['c'], ['d']),
      node('Flatten', ['d'], ['e'], i('axis', 1)),
      gemm('e', '5', 'g'),
      node('Relu', ['g'], ['h']),
      node('Dropout', ['h'], ['k']),
      gemm('k', '7', 'y'),
    ],
    initializers: [
      ...layer('0', [4, 1, 5, 5]),
      ...layer('2', [6, 4, 3, 3], 100),
      ...layer('5', [8, 6 * 49], 200),
      ...layer('7', [3, 8], 300),
    ],
    network: '14x14x1-c4k5s2p2-c6k3p1-8-3',
  },
  {
    name: 'torch.onnx: averages, a Reshape and several channels',
    input: [3, 12, 12],
    nodes: [
      torchConv(['x', 'a.weight', 'a.bias'], 'a', 3),
      node('Relu', ['a'], ['b']),
      pool('b', 'c', i('ceil_mode', 0), i('count_include_pad', 1), ints('pads', [0, 0, 0, 0]), s('auto_pad', 'NOTSET')),
      torchConv(['c', 'b.weight', 'b.bias'], 'd', 2),
      node('Relu', ['d'], ['e']),
      pool('e', 'g'),
      node('Reshape', ['g', 'shape'], ['h'], i('allowzero', 1)),
      gemm('h', 'c', 'y'),
    ],
    initializers: [
      ...layer('a', [4, 3, 3, 3]),
      ...layer('b', [5, 4, 2, 2], 50),
      integers('shape', [-1, 20]),
      ...layer('c', [2, 20], 90),
    ],
    network: '12x12x3-c4k3-a2-c5k2-a2-2',
  },
  {
    name: 'batch normalisations before and behind the Relu',
    input: [2, 8, 8],
    nodes: [
      torchConv(['x', 'a.weight'], 'a', 3, { padding: 1 }),
      norm('a', 'n1', 'b'),
      node('Relu', ['b'], ['c']),
      norm('c', 'n2', 'd'),
      pool('d', 'e'),
      torchConv(['e', 'b.weight', 'b.bias'], 'g', 3),
      node('Relu', ['g'], ['h']),
      norm('h', 'n3', 'k'),
      node('Flatten', ['k'], ['l']),
      norm('l', 'n4', 'm'),
      gemm('m', 'c', 'o'),
      norm('o', 'n5', 'y'),
    ],
    initializers: [
      tensor('a.weight', [3, 2, 3, 3]),
      ...normParts('n1', 3),
      ...normParts('n2', 3),
      ...layer('b', [4, 3, 3, 3], 40),
      ...normParts('n3', 4),
      ...normParts('n4', 16),
      ...layer('c', [2, 16], 80),
      ...normParts('n5', 2),
    ],
    network: '8x8x2-c3k3p1-a2-c4k3-2',
  },
  {
    name: 'a normalisation without offset before a convolution with padding',
    input: [2, 6, 6],
    nodes: [
      torchConv(['x', 'a.weight', 'a.bias'], 'a', 3),
      node('Relu', ['a'], ['b']),
      norm('b', 'n', 'c'),
      torchConv(['c', 'b.weight', 'b.bias'], 'd', 3, { padding: 1 }),
      node('Relu', ['d'], ['e']),
      node('Flatten', ['e'], ['g']),
      gemm('g', 'c', 'y'),
    ],
    initializers: [
      ...layer('a', [3, 2, 3, 3]),
      ...normParts('n', 3, 0),
      ...layer('b', [2, 3, 3, 3], 40),
      ...layer('c', [2, 32], 80),
    ],
    network: '6x6x2-c3k3-c2k3p1-2',
  },
  {
    name: 'tf2onnx of Keras: channels last around the convolutions, padding on one side',
    input: [12, 12, 2],
    nodes: [
      node('Transpose', ['x'], ['t'], ints('perm', [0, 3, 1, 2])),
      node(
        'Conv',
        ['t', 'a.weight'],
        ['a'],
        ints('strides', [2, 2]),
        s('auto_pad', 'SAME_UPPER'),
        ints('kernel_shape', [3, 3]),
      ),
      node('Add', ['a', 'a.bias4'], ['a2']),
      node('Relu', ['a2'], ['b']),
      node('Conv', ['b', 'b.weight', 'b.bias'], ['c'], ints('pads', [0, 0, 1, 1]), ints('kernel_shape', [2, 2])),
      node('Relu', ['c'], ['d']),
      pool('d', 'e', s('auto_pad', 'VALID')),
      node('Transpose', ['e'], ['g'], ints('perm', [0, 2, 3, 1])),
      node('Reshape', ['g', 'shape'], ['h']),
      node('MatMul', ['h', 'c.kernel'], ['k']),
      node('Add', ['k', 'c.bias'], ['y']),
    ],
    initializers: [
      tensor('a.weight', [3, 2, 3, 3]),
      tensor('a.bias4', [1, 3, 1, 1], 1, 20),
      ...layer('b', [4, 3, 2, 2], 40),
      integers('shape', [-1, 36]),
      tensor('c.kernel', [36, 5], 1, 60),
      tensor('c.bias', [5], 1, 70),
    ],
    network: '12x12x2-c3k4s2p1-c4k3p1-a2-5',
    isLast: true,
  },
  {
    name: 'tf2onnx of Keras: one channel by Reshape, the mean of a picture by ReduceMean',
    input: [8, 8, 1],
    nodes: [
      node('Reshape', ['x', 'first'], ['t']),
      node('Conv', ['t', 'a.weight', 'a.bias'], ['a'], ints('pads', [1, 1, 1, 1]), ints('kernel_shape', [3, 3])),
      node('Relu', ['a'], ['b']),
      node('ReduceMean', ['b'], ['c'], ints('axes', [2, 3]), i('keepdims', 0)),
      node('MatMul', ['c', 'c.kernel'], ['k']),
      node('Add', ['c.bias', 'k'], ['y']),
    ],
    initializers: [
      integers('first', [-1, 1, 8, 8]),
      ...layer('a', [4, 1, 3, 3]),
      tensor('c.kernel', [4, 2], 1, 60),
      tensor('c.bias', [2], 1, 70),
    ],
    network: '8x8x1-c4k3p1-2',
    isLast: true,
  },
  {
    name: 'torch.onnx of AdaptiveAvgPool2d(1), behind averages, and a dense layer in between',
    input: [1, 12, 12],
    nodes: [
      torchConv(['x', 'a.weight', 'a.bias'], 'a', 3, { padding: 1 }),
      node('Relu', ['a'], ['b']),
      pool('b', 'c'),
      node('GlobalAveragePool', ['c'], ['d']),
      node('Flatten', ['d'], ['e']),
      gemm('e', 'b', 'g'),
      node('Relu', ['g'], ['h']),
      gemm('h', 'c', 'y'),
    ],
    initializers: [...layer('a', [3, 1, 3, 3]), ...layer('b', [4, 3], 40), ...layer('c', [2, 4], 60)],
    network: '12x12x1-c3k3p1-a2-4-2',
  },
  {
    name: 'groups, dilation and kernels that are not square',
    input: [4, 9, 9],
    nodes: [
      node(
        'Conv',
        ['x', 'a.weight', 'a.bias'],
        ['a'],
        i('group', 2),
        ints('dilations', [2, 2]),
        ints('kernel_shape', [3, 3]),
      ),
      node('Relu', ['a'], ['b']),
      node('Conv', ['b', 'b.weight', 'b.bias'], ['c'], ints('kernel_shape', [1, 3]), ints('pads', [0, 1, 0, 1])),
      node('Relu', ['c'], ['d']),
      node('Conv', ['d', 'c.weight', 'c.bias'], ['e'], ints('kernel_shape', [5, 5])),
      node('Relu', ['e'], ['g']),
      node('Squeeze', ['g', 'axes'], ['h']),
      gemm('h', 'd', 'y'),
    ],
    initializers: [
      ...layer('a', [6, 2, 3, 3]),
      ...layer('b', [3, 6, 1, 3], 40),
      ...layer('c', [4, 3, 5, 5], 60),
      integers('axes', [2, 3]),
      ...layer('d', [2, 4], 80),
    ],
    network: '9x9x4-c6k5-c3k3p1-4-2',
  },
  {
    name: 'rows that become pictures, averages before the first layer, a last convolution over all that it reads',
    input: [64],
    nodes: [
      node('Reshape', ['x', 'shape'], ['r']),
      pool('r', 'p'),
      torchConv(['p', 'a.weight', 'a.bias'], 'a', 2),
      node('Relu', ['a'], ['b']),
      torchConv(['b', 'b.weight', 'b.bias'], 'c', 3),
      node('Flatten', ['c'], ['y']),
    ],
    initializers: [integers('shape', [0, 1, 8, 8]), ...layer('a', [3, 1, 2, 2]), ...layer('b', [2, 3, 3, 3], 30)],
    network: '8x8x1-a2-c3k2-2',
  },
  {
    name: 'an added channel, averages over all pixels by AveragePool, and a convolution of one pixel',
    input: [6, 6],
    nodes: [
      node('Unsqueeze', ['x', 'one'], ['r']),
      torchConv(['r', 'a.weight', 'a.bias'], 'a', 3, { stride: 2 }),
      node('Relu', ['a'], ['b']),
      torchConv(['b', 'b.weight', 'b.bias'], 'c', 2),
      node('Relu', ['c'], ['d']),
      torchConv(['d', 'c.weight', 'c.bias'], 'e', 1),
      node('Relu', ['e'], ['g']),
      node('AveragePool', ['g'], ['h'], ints('kernel_shape', [1, 1])),
      node('Flatten', ['h'], ['k']),
      gemm('k', 'd', 'y'),
    ],
    initializers: [
      integers('one', [1]),
      ...layer('a', [3, 1, 3, 3]),
      ...layer('b', [4, 3, 2, 2], 30),
      ...layer('c', [5, 4, 1, 1], 50),
      ...layer('d', [2, 5], 70),
    ],
    network: '6x6x1-c3k3s2-4-5-2',
  },
];

/** Rows of a picture of a graph's input, and the same as a shard has them. */
function rowsOf({ network }: FloatNetwork, { input, isLast }: Case): { raw: Float32Array; laidOut: Float32Array } {
  const { side, channels } = network;
  const count = input.reduce<number>((all, n) => all * n!, 1);
  const raw = Float32Array.from({ length: ROWS * count }, (_, k) => number(k + 5));
  const order = isLast && channels > 1 ? 'HWC' : channels > 1 ? 'CHW' : 'HWC';
  const picture = {
    name: 'picture',
    side,
    channels,
    order,
    offset: Array(channels).fill(0),
    factor: Array(channels).fill(1),
  };
  const { features, inputs } = applyTransforms(raw, count, [picture as never]);
  assert.equal(inputs, pictureWidth({ side, channels }));
  return { raw, laidOut: features };
}

function read(bytes: Uint8Array): FloatNetwork {
  const { model } = readAnyFloatModel([{ name: 'a.onnx', bytes }]);
  assert.ok('network' in model);
  return model;
}

describe('a graph of convolutions', () => {
  for (const one of CASES) {
    it(`is read as what ONNX Runtime computes: ${one.name}`, async () => {
      const bytes = onnx({ ...one, inputs: [value('x', [undefined, ...one.input])] });
      const model = read(bytes);
      assert.equal(formatNetwork(model.network), one.network);
      const { raw, laidOut } = rowsOf(model, one);
      const expected = (await runOnnxTensor(bytes, raw, [ROWS, ...(one.input as number[])])).y;
      const found = floatForward(model, laidOut);
      assert.equal(found.length, expected.length);
      const largest = Math.max(...expected.map(Math.abs));
      assert.ok(largest > 0.01, 'the outputs are all 0');
      found.forEach((x, k) => {
        assert.ok(Math.abs(x - expected[k]) <= 2e-5 * Math.max(1, largest), `${k}: ${x}, not ${expected[k]}`);
      });
      const { weights, errors } = quantiseModel(model, 5n);
      checkNetworkWeights(weights);
      assert.ok(errors.every(({ max }) => max <= 2 ** -31));
    });
  }
});
