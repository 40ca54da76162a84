import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { FileFormatError } from '../../src/errors/FileFormatError.ts';
import { digitSchema } from '../../src/model/digits.ts';
import { floatLayers } from '../../src/model/export/floatLayers.ts';
import { HEADS, type Head } from '../../src/model/head.ts';
import { layerTensors, parameterCount } from '../../src/model/layerTensors.ts';
import { formatNetwork, parseNetwork } from '../../src/model/network.ts';
import { checkNetworkWeights, type NetworkWeights, zeroNetworkWeights } from '../../src/model/networkWeights.ts';
import { readTensors, type TensorFile, writeTensors } from '../../src/model/safetensors.ts';
import { exportFloatWeights, readModel, readWeights, writeWeights } from '../../src/model/weightsFile.ts';

const TEXTS = [
  '28x28x1-c4k5s2p2-c6k5s2p2-10',
  '6x6x3-c5k3p1-a2-c4k3-7-2',
  '5x5x2-c3k2-a2-4-3',
  '4x4x1-a2-c3k2-2',
  '8x8x1-c2k3p1-a2-c2k3p1-a2-3',
  '3x3x4-c1k1-2',
];

/** Every real entry another number, in the order of the slot. */
function numbered(text: string, head: Head = 'squared error'): NetworkWeights {
  const weights = zeroNetworkWeights(parseNetwork(text, head), 77n);
  layerTensors(weights.network).forEach(({ real, bits, outputs }, l) => {
    const { W, b } = weights.layers[l];
    for (let x = 0; x < W.length; x++) {
      const index = bits.map((count, t) => (x >> bits.slice(0, t).reduce((sum, n) => sum + n, 0)) & (2 ** count - 1));
      if (index.every((i, t) => i < real[t])) W[x] = BigInt(x + 1) << 20n;
    }
    for (let i = 0; i < outputs; i++) b[i] = -BigInt(i + 1) << 31n;
  });
  checkNetworkWeights(weights);
  return weights;
}

const int64s = (data: Uint8Array) => new BigInt64Array(data.slice().buffer);

describe('the weights file of a convolutional network', () => {
  for (const text of TEXTS) {
    it(`is read as it was written, byte for byte the same again: ${text}`, () => {
      for (const head of HEADS) {
        const weights = numbered(text, head);
        const bytes = writeWeights(weights);
        const read = readModel(bytes);
        assert.deepEqual(read, weights);
        assert.deepEqual(writeWeights(read), bytes);
        assert.throws(() => readWeights(bytes), /holds the convolutional network/);
      }
    });
  }

  it('has tensors of the shapes and in the order of PyTorch', () => {
    const weights = numbered('5x5x2-c3k2-a2-4-3', 'softmax');
    const { tensors, metadata } = readTensors(writeWeights(weights));
    assert.deepEqual(
      [...tensors].map(([name, { dtype, shape }]) => [name, dtype, shape]),
      [
        ['layer1.weight', 'I64', [3, 2, 2, 2]],
        ['layer1.bias', 'I64', [3]],
        // pooled 4x4 to 2x2, flattened as (channel, line, column)
        ['layer2.weight', 'I64', [4, 3 * 2 * 2]],
        ['layer2.bias', 'I64', [4]],
        ['layer3.weight', 'I64', [3, 4]],
        ['layer3.bias', 'I64', [3]],
      ],
    );
    assert.deepEqual(Object.fromEntries(metadata), {
      format: 'descent-weights/1',
      shape: '5x5x2-c3k2-a2-4-3',
      salt: `0x${(77).toString(16).padStart(64, '0')}`,
      fraction_bits: '32',
      fraction_bits_pooled: '30',
      head: 'softmax',
    });
    const [first, , second] = [...tensors.values()].map(({ data }) => int64s(data));
    // slots are dx + 2^d dy + 2^2d c + 2^(2d + c_(l-1)) i
    for (const [i, c, y, x] of [
      [0, 0, 0, 0],
      [2, 1, 0, 1],
      [1, 0, 1, 0],
    ]) {
      assert.equal(first[((i * 2 + c) * 2 + y) * 2 + x], weights.layers[0].W[x + 2 * y + 4 * c + 8 * i]);
      assert.equal(second[i * 12 + c * 4 + y * 2 + x], weights.layers[1].W[x + 2 * y + 4 * c + 16 * i]);
    }
  });

  it('keeps kernels and sides that are no powers of two', () => {
    const weights = numbered('6x6x3-c5k3p1-a2-c4k3-7-2');
    const { tensors } = readTensors(writeWeights(weights));
    const third = int64s(tensors.get('layer2.weight')!.data);
    assert.equal(third[((3 * 5 + 4) * 3 + 2) * 3 + 1], weights.layers[1].W[1 + 4 * 2 + 16 * 4 + 128 * 3]);
  });

  const bytes = writeWeights({
    ...zeroNetworkWeights(parseNetwork('28x28x1-c2k5s2p2-a2-10', 'softmax'), 5n),
    schema: digitSchema({ pooled: false, picture: true }),
  });
  const changed = (change: (file: TensorFile) => void) => {
    const file = readTensors(bytes);
    change(file);
    return writeTensors(file);
  };
  const set = (key: string, value: string) => (file: TensorFile) => void file.metadata.set(key, value);
  const refused: [string, (file: TensorFile) => void, RegExp][] = [
    ['a stride that goes without saying', set('shape', '28x28x1-c2k5s2p2-a2-010'), /one form, 28x28x1-c2k5s2p2-a2-10/],
    ['another kernel', set('shape', '28x28x1-c2k3s2p1-a2-10'), /shape \[2,1,5,5\], expected \[2,1,3,3\]/],
    ['another side', set('shape', '26x26x1-c2k5s2p2-10'), /averages/],
    ['no averages', set('shape', '28x28x1-c2k5s2p2-10'), /fraction_bits_pooled, and no layer reads averages/],
    ['a picture that goes into no network', set('shape', '99x99x1-c2k5-10'), /side of 1 to 64/],
    ['a picture that is not square', set('shape', '28x27x1-c2k5-10'), /no part of a network/],
    ['more layers', set('shape', '28x28x1-c2k5s2p2-a2-10-10'), /"layer3.weight" is missing/],
    ['seven layers', set('shape', '28x28x1-c2k5-2-2-2-2-2-10'), /2 to 6 layers, not 7/],
    ['a network above 2^23', set('shape', '1x1x1-c4096k1-4096-10'), /impossible model/],
    ['other fraction bits', set('fraction_bits', '30'), /"30" fraction bits, expected 32/],
    [
      'other fraction bits of averages',
      set('fraction_bits_pooled', '32'),
      /read averages have "32" fraction bits, expected 30/,
    ],
    ['none of averages', (f) => void f.metadata.delete('fraction_bits_pooled'), /lacks "fraction_bits_pooled"/],
    ['widths', set('shape', '784-10'), /fraction_bits_pooled/],
    [
      'a schema of other pictures',
      (f) => {
        const text = f.metadata.get('schema')!;
        f.metadata.set('schema', text.replace('"columns":784', '"columns":900').replace('"side":28', '"side":30'));
      },
      /pictures of 30x30x1; the network reads 28x28x1/,
    ],
    [
      'a weight beyond the range',
      (f) => f.tensors.get('layer1.weight')!.data.set([0, 0, 0, 0, 0, 128, 0, 0], 8),
      /impossible model[\s\S]*Weight \[0, 0, 0, 1\] of layer 1/,
    ],
  ];
  for (const [name, change, message] of refused) {
    it(`refuses ${name}`, () => {
      assert.throws(
        () => readModel(changed(change)),
        (error: unknown) => error instanceof FileFormatError && message.test(error.message),
      );
    });
  }

  it('throws nothing but FileFormatError on damaged files', () => {
    const good = writeWeights(numbered('4x4x1-a2-c3k2-2'));
    fc.assert(
      fc.property(fc.nat(good.length - 1), fc.nat(255), fc.nat(good.length - 1), (at, value, length) => {
        const damaged = good.slice();
        damaged[at] = value;
        try {
          readModel(damaged);
        } catch (error) {
          assert.ok(error instanceof FileFormatError, String(error));
        }
        assert.throws(() => readModel(good.subarray(0, length)), FileFormatError);
      }),
      { numRuns: 1000 },
    );
  });
});

describe('floats of a convolutional network', () => {
  it('are the real weights, of averages where a layer reads them', () => {
    const weights = numbered('5x5x2-c3k2-a2-4-3');
    const [first, second, third] = floatLayers(weights);
    assert.deepEqual(
      [first.shape, second.shape, third.shape],
      [
        [3, 2, 2, 2],
        [4, 12],
        [3, 4],
      ],
    );
    assert.deepEqual([first.inputs, second.inputs, third.inputs], [8, 12, 4]);
    assert.equal(first.weight[0], 2 ** -12);
    assert.equal(second.weight[0], 2 ** -10);
    assert.equal(third.weight[0], 2 ** -12);
    assert.equal(second.bias[1], -1);
    const { tensors, metadata } = readTensors(exportFloatWeights(weights));
    assert.deepEqual(tensors.get('layer1.weight')?.shape, [3, 2, 2, 2]);
    assert.equal(metadata.get('shape'), '5x5x2-c3k2-a2-4-3');
  });

  it('count their parameters', () => {
    assert.equal(parameterCount(parseNetwork('5x5x2-c3k2-a2-4-3', 'softmax')), 24 + 3 + 48 + 4 + 12 + 3);
    assert.equal(parameterCount({ widths: [5, 4, 3], head: 'softmax' }), 20 + 4 + 12 + 3);
    assert.equal(formatNetwork(parseNetwork('5x5x2-c3k2s1p0-a2-4-3', 'softmax')), '5x5x2-c3k2-a2-4-3');
  });
});
