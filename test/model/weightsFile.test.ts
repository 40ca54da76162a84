import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { FileFormatError } from '../../src/errors/FileFormatError.ts';
import { InputError } from '../../src/errors/InputError.ts';
import { HEADS } from '../../src/model/head.ts';
import { readTensors, type TensorFile, writeTensors } from '../../src/model/safetensors.ts';
import { formatSchema, SCHEMA_FORMAT } from '../../src/model/schema.ts';
import { checkWeights, type Weights, zeroWeights } from '../../src/model/weights.ts';
import { exportFloatWeights, readWeights, writeWeights } from '../../src/model/weightsFile.ts';
import { R } from '../../src/numbers/field.ts';

const limit = 2n ** 47n;
const weight = fc.oneof(fc.constantFrom(-limit, limit - 1n, 0n, -1n), fc.bigInt({ min: -limit, max: limit - 1n }));

const models: fc.Arbitrary<Weights> = fc
  .record({
    widths: fc.array(fc.integer({ min: 1, max: 6 }), { minLength: 2, maxLength: 5 }),
    head: fc.constantFrom(...HEADS),
    salt: fc.oneof(fc.constantFrom(0n, R - 1n), fc.bigInt({ min: 0n, max: R - 1n })),
    values: fc.infiniteStream(weight),
  })
  .map(({ widths, head, salt, values }) => {
    const weights = zeroWeights({ widths, head }, salt);
    weights.layers.forEach(({ W, b }, l) => {
      for (let i = 0; i < widths[l + 1]; i++) {
        for (let j = 0; j < widths[l]; j++) W[i * (W.length / b.length) + j] = values.next().value;
        b[i] = values.next().value;
      }
    });
    return weights;
  });

/** The file of a small model after a change of its parts. */
function changed(change: (file: TensorFile) => void): Uint8Array {
  const weights = zeroWeights({ widths: [3, 2], head: 'squared error' }, 5n);
  weights.layers[0].W[1] = 7n;
  const file = readTensors(writeWeights(weights));
  change(file);
  return writeTensors(file);
}

describe('weights file', () => {
  it('reads a Node buffer that shares its memory with others', () => {
    const weights = zeroWeights({ widths: [3, 2], head: 'squared error' }, 5n);
    weights.layers[0].W[1] = 7n;
    const shared = Buffer.alloc(16_384, 0xff);
    const bytes = writeWeights(weights);
    shared.set(bytes, 41);
    assert.deepEqual(readWeights(shared.subarray(41, 41 + bytes.length)), weights);
  });

  it('reads what it writes, byte for byte the same again', () => {
    fc.assert(
      fc.property(models, (weights) => {
        const bytes = writeWeights(weights);
        const read = readWeights(bytes);
        assert.deepEqual(read, weights);
        assert.deepEqual(writeWeights(read), bytes);
      }),
    );
  });

  it('is a plain safetensors file of unpadded I64 tensors [outputs, inputs]', () => {
    const weights = zeroWeights({ widths: [3, 2], head: 'squared error' }, 255n);
    weights.layers[0].W.set([1n, 2n, 3n, 0n, -1n, -2n, -3n]);
    const { tensors, metadata } = readTensors(writeWeights(weights));
    assert.deepEqual([...tensors.keys()], ['layer1.weight', 'layer1.bias']);
    const { dtype, shape, data } = tensors.get('layer1.weight')!;
    assert.deepEqual([dtype, shape], ['I64', [2, 3]]);
    assert.deepEqual([...new BigInt64Array(data.slice().buffer)], [1n, 2n, 3n, -1n, -2n, -3n]);
    assert.deepEqual(Object.fromEntries(metadata), {
      format: 'descent-weights/1',
      shape: '3-2',
      salt: `0x${'ff'.padStart(64, '0')}`,
      fraction_bits: '32',
    });
  });

  const LABELS = formatSchema({
    format: SCHEMA_FORMAT,
    kind: 'labels',
    columns: 3,
    decimal: '.',
    missing: 'refuse',
    transforms: [],
    labels: 2,
  });
  const set = (key: string, value: string) => (file: TensorFile) => void file.metadata.set(key, value);
  const refused: [string, (file: TensorFile) => void, RegExp][] = [
    ['another format', set('format', 'descent-weights/2'), /format "descent-weights\/2"/],
    ['an unknown head', set('head', 'hinge'), /impossible model/],
    [
      'a head that its schema has no use for',
      set('schema', LABELS),
      /impossible model[\s\S]*squared error does not go with rows of labels/,
    ],
    ['the head that goes without saying', set('head', 'squared error'), /goes without saying/],
    ['no format', (f) => void f.metadata.delete('format'), /format undefined/],
    ['no salt', (f) => void f.metadata.delete('salt'), /lacks "salt"/],
    ['a salt of r', set('salt', `0x${R.toString(16)}`), /salt/],
    ['a salt in other writing', set('salt', '5'), /salt/],
    ['other fraction bits', set('fraction_bits', '16'), /"16" fraction bits, expected 32/],
    ['a shape of nonsense', set('shape', '3-2-x'), /impossible model[\s\S]*3-2-x/],
    ['a shape of more layers', set('shape', '3-2-2'), /"layer2.weight" is missing/],
    ['a transposed shape', set('shape', '2-3'), /shape \[2,3\], expected \[3,2\]/],
    ['a shape above 2^23', set('shape', '4096-4096'), /impossible model[\s\S]*2\^25/],
    ['a missing bias', (f) => void f.tensors.delete('layer1.bias'), /"layer1.bias" is missing/],
    [
      'another tensor',
      (f) => void f.tensors.set('x', { dtype: 'U8', shape: [0], data: new Uint8Array(0) }),
      /unexpected/,
    ],
    [
      'another dtype',
      (f) => void f.tensors.set('layer1.bias', { dtype: 'F64', shape: [2], data: new Uint8Array(16) }),
      /holds F64, expected I64/,
    ],
    [
      'a weight of 32768.0',
      (f) => f.tensors.get('layer1.weight')!.data.set([0, 0, 0, 0, 0, 128, 0, 0], 0),
      /impossible model[\s\S]*Weight \[0, 0\] of layer 1 is 32768/,
    ],
  ];
  for (const [name, change, message] of refused) {
    it(`refuses ${name}`, () => {
      assert.throws(
        () => readWeights(changed(change)),
        (error: unknown) => error instanceof FileFormatError && message.test(error.message),
      );
    });
  }

  it('throws nothing but FileFormatError on damaged files', () => {
    const good = writeWeights(zeroWeights({ widths: [3, 2], head: 'squared error' }, 5n));
    fc.assert(
      fc.property(fc.nat(good.length - 1), fc.nat(255), fc.nat(good.length - 1), (at, value, length) => {
        const bytes = good.slice();
        bytes[at] = value;
        try {
          readWeights(bytes);
        } catch (error) {
          assert.ok(error instanceof FileFormatError, String(error));
        }
        assert.throws(() => readWeights(good.subarray(0, length)), FileFormatError);
      }),
      { numRuns: 1000 },
    );
  });

  it('refuses to write what it would not read', () => {
    const weights = zeroWeights({ widths: [3, 2], head: 'squared error' }, 5n);
    weights.layers[0].W[3] = 1n;
    assert.throws(() => writeWeights(weights), /padding/);
    assert.throws(
      () => writeWeights({ ...zeroWeights({ widths: [3, 2], head: 'squared error' }, 5n), salt: R }),
      InputError,
    );
  });
});

describe('checkWeights', () => {
  it('finds padding, size and range in any layer', () => {
    const cases: [(weights: Weights) => void, RegExp][] = [
      [
        (w) => {
          w.layers[1].W[7] = 1n;
        },
        /Weight \[1, 3\] of layer 2 is padding/,
      ],
      [
        (w) => {
          w.layers[0].b[3] = 1n;
        },
        /Bias \[3\] of layer 1 is padding/,
      ],
      [
        (w) => {
          w.layers[1].b[0] = -limit - 1n;
        },
        /Bias \[0\] of layer 2 is -32768/,
      ],
      [
        (w) => {
          w.layers[0].W = new BigInt64Array(3);
        },
        /Layer 1 has arrays of 3/,
      ],
      [(w) => void w.layers.pop(), /2 layers has 1 weight/],
    ];
    for (const [change, message] of cases) {
      const weights = zeroWeights({ widths: [1, 3, 2], head: 'squared error' }, 0n);
      checkWeights(weights);
      change(weights);
      assert.throws(() => checkWeights(weights), message);
    }
  });
});

describe('exportFloatWeights', () => {
  it('writes the same numbers as float32, without the salt', () => {
    fc.assert(
      fc.property(models, (weights) => {
        const { tensors, metadata } = readTensors(exportFloatWeights(weights));
        assert.equal(metadata.has('salt'), false);
        weights.layers.forEach(({ W, b }, l) => {
          const [n, k] = [weights.widths[l + 1], weights.widths[l]];
          const { dtype, shape, data } = tensors.get(`layer${l + 1}.weight`)!;
          assert.deepEqual([dtype, shape], ['F32', [n, k]]);
          const floats = new Float32Array(data.slice().buffer);
          const bias = new Float32Array(tensors.get(`layer${l + 1}.bias`)!.data.slice().buffer);
          for (let i = 0; i < n; i++) {
            for (let j = 0; j < k; j++) {
              assert.equal(floats[i * k + j], Math.fround(Number(W[i * (W.length / b.length) + j]) / 2 ** 32));
            }
            assert.equal(bias[i], Math.fround(Number(b[i]) / 2 ** 32));
          }
        });
      }),
    );
  });
});
