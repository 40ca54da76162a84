import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { DescentError } from '../../../src/errors/DescentError.ts';
import { readFloatModel } from '../../../src/model/import/floatModel.ts';
import { readSource } from '../../../src/model/import/source.ts';
import { type Tensor, writeTensors } from '../../../src/model/safetensors.ts';

const text = (value: unknown) => new TextEncoder().encode(typeof value === 'string' ? value : JSON.stringify(value));
const floats = (shape: number[], values: number[]): Tensor => ({
  dtype: 'F32',
  shape,
  data: new Uint8Array(Float32Array.from(values).buffer),
});
const part = (tensors: Record<string, Tensor>) =>
  writeTensors({ tensors: new Map(Object.entries(tensors)), metadata: new Map() });
const sha256 = (...parts: Uint8Array[]) => {
  const hash = createHash('sha256');
  for (const bytes of parts) hash.update(bytes);
  return hash.digest();
};

const one = part({ '0.weight': floats([2, 1], [1, 2]), '0.bias': floats([2], [3, 4]) });
const two = part({ '1.weight': floats([1, 2], [5, 6]), '1.bias': floats([1], [7]) });
const weightMap = {
  '0.weight': 'b.safetensors',
  '0.bias': 'b.safetensors',
  '1.weight': 'a.safetensors',
  '1.bias': 'a.safetensors',
};
const index = (map: unknown = weightMap) => ({
  name: 'model.safetensors.index.json',
  bytes: text({ metadata: {}, weight_map: map }),
});
const files = [
  { name: 'b.safetensors', bytes: one },
  { name: 'a.safetensors', bytes: two },
];

describe('readSource', () => {
  it('names one file by its SHA-256', () => {
    const { sha256: hash, files: named } = readSource([{ name: 'x.safetensors', bytes: one }]);
    assert.equal(hash, `0x${sha256(one).toString('hex')}`);
    assert.deepEqual(named, [{ name: 'x.safetensors', sha256: hash }]);
  });

  it('names several files by the SHA-256 of their hashes in the order of their names, however they are given', () => {
    const expected = `0x${sha256(sha256(two), sha256(one)).toString('hex')}`;
    for (const given of [
      [index(), ...files],
      [...files.toReversed(), index()],
    ]) {
      const source = readSource(given);
      assert.equal(source.sha256, expected);
      assert.deepEqual(
        source.files.map(({ name }) => name),
        ['a.safetensors', 'b.safetensors'],
      );
    }
    const { model } = readFloatModel([...files, index()]);
    assert.deepEqual(model.widths, [1, 2, 1]);
    assert.deepEqual(
      model.layers.map(({ weight, bias }) => [[...weight], [...bias]]),
      [
        [
          [1, 2],
          [3, 4],
        ],
        [[5, 6], [7]],
      ],
    );
  });

  const refused: [string, () => unknown, RegExp][] = [
    ['no file', () => readSource([]), /not 0 files/],
    ['two files without index', () => readSource(files), /one index/],
    ['two indexes', () => readSource([index(), index(), ...files]), /one index/],
    ['an index alone', () => readSource([index()]), /b.safetensors of the index is missing/],
    ['a missing file', () => readSource([index(), files[0]]), /a.safetensors of the index is missing/],
    ['a file too many', () => readSource([index(), ...files, { name: 'c', bytes: one }]), /does not name the file c/],
    ['one file twice', () => readSource([index(), ...files, files[0]]), /same name/],
    [
      'a tensor that the index puts elsewhere',
      () => readSource([index({ ...weightMap, '0.bias': 'a.safetensors' }), ...files]),
      /"0.bias" is in b.safetensors; the index says "a.safe/,
    ],
    [
      'a tensor that no file has',
      () => readSource([index({ ...weightMap, x: 'a.safetensors' }), ...files]),
      /"x" is not in a.safetensors/,
    ],
    [
      'a tensor that the index does not name',
      () => readSource([index({ '0.weight': 'b.safetensors', '1.weight': 'a.safetensors' }), ...files]),
      /does not name the tensor "1.bias"/,
    ],
    [
      'a tensor in two files',
      () => readSource([index(), files[0], { name: 'a.safetensors', bytes: one }]),
      /is in another file too/,
    ],
    ['a path', () => readSource([index({ x: '../../etc/passwd' }), ...files]), /plain file name/],
    [
      'an index that is no map',
      () => readSource([index([]), ...files]),
      /weight_map of the index is not a JSON object/,
    ],
    ['an empty index', () => readSource([index({}), ...files]), /names no tensor/],
    [
      'an index with a tensor twice',
      () => readSource([{ name: 'i.json', bytes: text('{"weight_map":{"a":"x","a":"y"}}') }, ...files]),
      /names "a" twice/,
    ],
  ];
  for (const [name, run, message] of refused) {
    it(`refuses ${name}`, () => {
      assert.throws(run, (error: unknown) => error instanceof DescentError && message.test(error.message));
    });
  }

  it('gives a source or a DescentError for any index', () => {
    fc.assert(
      fc.property(
        fc.oneof(
          fc.json(),
          fc.json().map((json) => `{"weight_map":${json}}`),
          fc.string(),
        ),
        (json) => {
          try {
            readSource([{ name: 'i.json', bytes: text(json) }, ...files]);
          } catch (error) {
            assert.ok(error instanceof DescentError, String(error));
          }
        },
      ),
    );
  });
});

describe('readFloatModel', () => {
  it('turns tensors that are stored the other way round', () => {
    const bytes = part({ 'dense/kernel': floats([3, 2], [1, 2, 3, 4, 5, 6]), 'dense/bias': floats([2], [7, 8]) });
    const { model } = readFloatModel([{ name: 'x', bytes }]);
    assert.deepEqual(model.widths, [3, 2]);
    assert.deepEqual([...model.layers[0].weight], [1, 3, 5, 2, 4, 6]);
  });

  it('takes absent biases as 0 and says which tensors it left out', () => {
    const bytes = part({ a: floats([2, 1], [1, 2]), other: floats([1], [1]) });
    const { model, unused } = readFloatModel([{ name: 'x', bytes }], {
      layers: [{ weight: 'a', orientation: 'out-in' }],
    });
    assert.deepEqual([...model.layers[0].bias], [0, 0]);
    assert.deepEqual(unused, ['other']);
  });

  it('refuses a network that no circuit takes before it reads a value', () => {
    const tensor = (shape: number[]): Tensor => ({
      dtype: 'BF16',
      shape,
      data: new Uint8Array(2 * shape[0] * shape[1]),
    });
    const large = part({ '0.weight': tensor([4096, 2048]), '1.weight': tensor([10, 4096]) });
    assert.throws(() => readFloatModel([{ name: 'x', bytes: large }]), { name: 'CapacityError' });
    const wide = part({ '0.weight': tensor([2, 4097]) });
    assert.throws(() => readFloatModel([{ name: 'x', bytes: wide }]), /not 4097/);
    assert.throws(() => readFloatModel([{ name: 'x', bytes: part({ '0.weight': tensor([0, 4]) }) }]), /not 0/);
  });
});
