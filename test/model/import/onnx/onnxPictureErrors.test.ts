import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { DescentError } from '../../../../src/errors/DescentError.ts';
import { readAnyFloatModel } from '../../../../src/model/import/floatModel.ts';
import { quantiseModel } from '../../../../src/model/import/quantise.ts';
import { attribute, integers, nameless as node, onnx, value } from '../../../support/onnx.ts';
import { gemm, layer, norm, normParts, pool, torchConv } from '../../../support/onnxPictures.ts';

const { i, ints, s } = attribute;

describe('a graph of convolutions that is no network here', () => {
  const conv = (attributes: Uint8Array[], dims = [2, 1, 3, 3]) => ({
    nodes: [
      node('Conv', ['x', 'a.weight', 'a.bias'], ['a'], ...attributes),
      node('Relu', ['a'], ['b']),
      node('Flatten', ['b'], ['c']),
      gemm('c', 'b', 'y'),
    ],
    initializers: [...layer('a', dims), ...layer('b', [2, 2 * 64])],
  });
  const after = (...nodes: Uint8Array[]) => ({
    nodes: [torchConv(['x', 'a.weight', 'a.bias'], 'a', 3, { padding: 1 }), ...nodes],
    initializers: [...layer('a', [2, 1, 3, 3]), ...layer('b', [2, 2, 3, 3]), ...layer('c', [2, 128])],
  });
  const relu = node('Relu', ['a'], ['b']);
  const cases: [string, { nodes: Uint8Array[]; initializers: Uint8Array[] }, RegExp, (number | undefined)[]?][] = [
    ['a stride of 3', conv([ints('strides', [3, 3])]), /stride of 3, .* on pictures of 8x8.*\n.*strides are 1 or 2/s],
    ['a kernel of 9', conv([ints('pads', [4, 4, 4, 4])], [2, 1, 9, 9]), /kernel of 9x9.*\n.*at most 7x7/s],
    ['a kernel that is too wide for its padding', conv([], [2, 1, 7, 7]), /kernel of 7x7.*kernel at most 5 wider/s],
    ['other strides of lines', conv([ints('strides', [1, 2])]), /stride of 1 and 2/],
    ['pictures that are no longer square', conv([ints('pads', [1, 0, 1, 0])]), /makes 8x6/],
    ['channels that do not fit', conv([], [2, 3, 3, 3]), /weights of \[2,3,3,3\] in 1 groups for 1 channels/],
    ['a stated kernel that is another', conv([ints('kernel_shape', [5, 5])]), /states a kernel of \[5,5\]/],
    ['negative padding', conv([ints('pads', [-1, 0, 0, 0])]), /four sizes/],
    ['an unknown padding', conv([s('auto_pad', 'MIRROR')]), /padded by MIRROR/],
    ['an unknown attribute', conv([i('output_padding', 1)]), /attribute "output_padding", which is not known/],
    ['pictures that are not square', conv([]), /pictures of 8x9 pixels.*\n.*square/s, [1, 8, 9]],
    ['pictures of an open size', conv([]), /size the graph does not state/, [1, undefined, undefined]],
    ['rows', conv([]), /reads 2 dimensions as pictures/, [64]],
    [
      'MaxPool',
      after(relu, node('MaxPool', ['b'], ['y'], ints('kernel_shape', [2, 2]))),
      /\(MaxPool\) is not read.\n.*average/,
    ],
    [
      'averages before the Relu',
      after(pool('a', 'b'), node('Relu', ['b'], ['y'])),
      /averages values before their Relu/,
    ],
    [
      'averages over 4x4',
      after(relu, node('AveragePool', ['b'], ['y'], ints('kernel_shape', [4, 4]), ints('strides', [4, 4]))),
      /averages over 4x4 pixels in steps of 4 on pictures of 8x8/,
    ],
    ['averages of averages', after(relu, pool('b', 'c'), pool('c', 'y')), /averages averages/],
    [
      'averages in steps of 1',
      after(relu, node('AveragePool', ['b'], ['y'], ints('kernel_shape', [2, 2]))),
      /steps of 1/,
    ],
    [
      'averages at the end',
      after(relu, node('GlobalAveragePool', ['b'], ['y'])),
      /comes after an average that no layer reads/,
    ],
    [
      'a convolution as the last layer',
      { nodes: [torchConv(['x', 'a.weight', 'a.bias'], 'y', 3)], initializers: layer('a', [2, 1, 3, 3]) },
      /last layer of a network is a dense one/,
    ],
    [
      'a convolution behind a dense layer',
      {
        nodes: [
          node('Flatten', ['x'], ['a']),
          gemm('a', 'a', 'b'),
          node('Relu', ['b'], ['c']),
          torchConv(['c', 'b.weight', 'b.bias'], 'y', 3),
        ],
        initializers: [...layer('a', [4, 64]), ...layer('b', [2, 1, 3, 3])],
      },
      /follows a dense layer/,
    ],
    [
      'a convolution behind a flattened picture',
      after(relu, node('Flatten', ['b'], ['c']), torchConv(['c', 'b.weight', 'b.bias'], 'y', 3)),
      /follows pictures that were flattened/,
    ],
    [
      'an offset that does not reach the padding',
      {
        nodes: [
          norm('x', 'n', 'z'),
          torchConv(['z', 'a.weight', 'a.bias'], 'a', 3, { padding: 1 }),
          relu,
          node('Flatten', ['b'], ['c']),
          gemm('c', 'c', 'y'),
        ],
        initializers: [...normParts('n', 1), ...layer('a', [2, 1, 3, 3]), ...layer('c', [2, 128])],
      },
      /comes before a convolution with padding/,
    ],
    [
      'a Transpose before dense layers',
      {
        nodes: [
          node('Transpose', ['x'], ['t'], ints('perm', [0, 2, 3, 1])),
          node('Flatten', ['t'], ['a']),
          gemm('a', 'a', 'y'),
        ],
        initializers: layer('a', [4, 64]),
      },
      /put into another order/,
    ],
    [
      'axes in another order',
      after(
        relu,
        node('Transpose', ['b'], ['c'], ints('perm', [0, 1, 3, 2])),
        node('Flatten', ['c'], ['d']),
        gemm('d', 'c', 'y'),
      ),
      /order 0,1,3,2/,
    ],
    [
      'a layer that reads too much',
      {
        nodes: [
          torchConv(['x', 'a.weight', 'a.bias'], 'a', 3, { padding: 1 }),
          relu,
          node('Flatten', ['b'], ['c']),
          gemm('c', 'c', 'y'),
        ],
        initializers: [...layer('a', [128, 1, 3, 3]), ...layer('c', [2, 8192])],
      },
      /reads more than 4096 values/,
    ],
  ];
  for (const [name, parts, message, input = [1, 8, 8]] of cases) {
    it(`is refused: ${name}`, () => {
      const bytes = onnx({ ...parts, inputs: [value('x', [undefined, ...input])] });
      assert.throws(
        () => readAnyFloatModel([{ name: 'a.onnx', bytes }]),
        (error: unknown) => {
          assert.match(String(error), message);
          return true;
        },
      );
    });
  }

  it('is refused: a Reshape that mixes channels and pixels', () => {
    const bytes = onnx({
      nodes: [
        node('Reshape', ['x', 'shape'], ['r']),
        torchConv(['r', 'a.weight', 'a.bias'], 'a', 3, { padding: 1 }),
        node('Relu', ['a'], ['b']),
        node('Flatten', ['b'], ['c']),
        gemm('c', 'c', 'y'),
      ],
      initializers: [integers('shape', [-1, 3, 8, 8]), ...layer('a', [2, 3, 3, 3]), ...layer('c', [2, 128])],
      inputs: [value('x', [undefined, 8, 8, 3])],
    });
    assert.throws(() => readAnyFloatModel([{ name: 'a.onnx', bytes }]), /\(Reshape\) makes \[-1,3,8,8\] of/);
  });
});

describe('a damaged graph of convolutions', () => {
  it('is read or gives a DescentError, nothing else, whichever byte is another', () => {
    const good = onnx({
      nodes: [
        torchConv(['x', 'a.weight', 'a.bias'], 'a', 3, { padding: 1 }),
        node('Relu', ['a'], ['b']),
        pool('b', 'c', s('auto_pad', 'SAME_UPPER')),
        norm('c', 'n', 'd'),
        node('Reshape', ['d', 'shape'], ['e']),
        gemm('e', 'b', 'y'),
      ],
      initializers: [
        ...layer('a', [2, 1, 3, 3]),
        ...normParts('n', 2),
        integers('shape', [-1, 8]),
        ...layer('b', [2, 8]),
      ],
      inputs: [value('x', [undefined, 1, 4, 4])],
    });
    const attempt = (bytes: Uint8Array) => {
      try {
        quantiseModel(readAnyFloatModel([{ name: 'a.onnx', bytes }]).model, 0n);
      } catch (error) {
        assert.ok(error instanceof DescentError, String(error));
      }
    };
    attempt(good);
    fc.assert(
      fc.property(fc.nat(good.length - 1), fc.nat(255), (at, byte) => {
        attempt(good.with(at, byte));
        attempt(good.subarray(0, at));
      }),
      { numRuns: 2000 },
    );
  });
});
