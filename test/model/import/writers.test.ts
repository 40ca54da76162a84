import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, it } from 'node:test';
import { DescentError } from '../../../src/errors/DescentError.ts';
import { floatForward, readFloatModel } from '../../../src/model/import/floatModel.ts';
import { type MappingOptions, openOrientation } from '../../../src/model/import/mapping.ts';
import { type Tensor, writeTensors } from '../../../src/model/safetensors.ts';

// The files were made with the libraries that people use, by make.py beside them; references.json holds rows and what
// torch, scikit-learn or ONNX Runtime computes of them.
const FILES = join(import.meta.dirname, '..', '..', 'corpus', 'models');
const references: Record<string, { features: number[]; outputs: number[] }> = JSON.parse(
  readFileSync(join(FILES, 'references.json'), 'utf8'),
);
const read = (name: string, options?: MappingOptions) =>
  readFloatModel([{ name, bytes: new Uint8Array(readFileSync(join(FILES, name))) }], options);

/** Compares with the reference; `order`: only which output is greatest, as the reference is after a softmax. */
function compare(name: string, options?: MappingOptions, order = false) {
  const imported = read(name, options);
  const { features, outputs } = references[name.replace(/\.\w+$/, '')];
  const found = floatForward(imported.model, features);
  assert.equal(found.length, outputs.length);
  if (order) {
    const width = imported.model.widths[imported.model.widths.length - 1];
    const best = (values: ArrayLike<number>, s: number) => {
      const row = Array.from(values).slice(s * width, (s + 1) * width);
      return row.indexOf(Math.max(...row));
    };
    for (let s = 0; s < outputs.length / width; s++) assert.equal(best(found, s), best(outputs, s));
  } else {
    outputs.forEach((x, k) => {
      assert.ok(Math.abs(x - found[k]) < 1e-5, `${name} output ${k}: ${found[k]}, not ${x}`);
    });
  }
  return imported;
}

const norms = ({ mapping }: ReturnType<typeof read>) =>
  mapping.map(({ before = [], after = [] }) => `${before.length}${after.length}`).join(' ');

describe('models by their real writers', () => {
  const folded: [string, string][] = [
    ['bn-before-relu.safetensors', '01 00'],
    ['bn-after-relu.safetensors', '00 10'],
    ['bn-first-and-last.safetensors', '10 01'],
    ['bn-without-affine.safetensors', '01 00'],
    ['onnx-bn-after-relu.onnx', '00 10'],
    ['onnx-bn-first.onnx', '11 00'],
  ];
  for (const [name, places] of folded) {
    it(`folds batch normalisation into the layers: ${name}`, () => {
      const imported = compare(name);
      assert.equal(norms(imported), places);
      assert.deepEqual(imported.unused, [], 'its tensors are no leftovers');
    });
  }

  it('asks where a normalisation stands when the numbers leave it open, and takes the answer', () => {
    for (const name of ['bn-named.safetensors', 'bn-open.safetensors']) {
      assert.throws(() => read(name), { name: 'InputError', message: /is not in the file[\s\S]*--batch-norm/ });
    }
    compare('bn-named.safetensors', { norms: { place: 'after-relu', epsilon: 1e-3 } });
    compare('bn-open.safetensors', { norms: { place: 'after-relu' } });
    const other = read('bn-open.safetensors', { norms: { place: 'before-relu' } });
    assert.equal(norms(other), '01 00');
    const without = read('bn-open.safetensors', { norms: { place: 'none' } });
    assert.deepEqual([norms(without), without.unused], ['00 00', ['3.running_mean']]);
  });

  it('counts the epsilon that is stated', () => {
    const place = 'after-relu' as const;
    const [stated, usual] = [{ place, epsilon: 1e-3 }, { place }].map(
      (options) => read('bn-named.safetensors', { norms: options }).model.layers[1].weight[0],
    );
    assert.notEqual(stated, usual);
  });

  it('names the operators that change no row', () => {
    const imported = compare('onnx-unchanged.onnx');
    assert.deepEqual(imported.dropped, ['Flatten', 'Identity', 'Dropout', 'Dropout']);
  });

  for (const name of ['onnx-weights-int8.onnx', 'onnx-weights-int8-channels.onnx']) {
    it(`reads quantised weights as the floats that they stand for: ${name}`, () => {
      assert.deepEqual(compare(name).dequantised, ['w0', 'w1']);
    });
  }

  it("knows scikit-learn's names: columns of coefs_, rows of coef_", () => {
    const network = compare('sklearn-names.safetensors', {}, true);
    assert.deepEqual(
      network.mapping.map(({ weight, bias, orientation }) => [weight, bias, orientation]),
      [0, 1, 2].map((k) => [`coefs_.${k}`, `intercepts_.${k}`, 'in-out']),
    );
    assert.equal(compare('sklearn-linear.safetensors').mapping[0].orientation, 'out-in');
  });

  it('reads torch’s newer exporter, and a model whose adapter was merged', () => {
    compare('onnx-dynamo.onnx');
    compare('adapter-merged.safetensors');
  });

  it('tells which weights fit either way round', () => {
    assert.deepEqual(openOrientation(compare('square.safetensors').mapping), { layers: [1, 2], all: true });
    assert.deepEqual(openOrientation(compare('square-inside.safetensors').mapping), { layers: [2], all: false });
    assert.deepEqual(openOrientation(compare('bn-before-relu.safetensors').mapping), { layers: [], all: false });
  });

  const MERGE = /Merge it into its model first \(PEFT: merge_and_unload\(\)\)/;
  const refused: [string, RegExp, RegExp][] = [
    ['adapter-lora.safetensors', /low-rank adapter \(LoRA\)/, MERGE],
    ['adapter-dora.safetensors', /low-rank adapter/, MERGE],
    ['adapter-lokr.safetensors', /LoKr/, MERGE],
    ['adapter-loha.safetensors', /LoHa/, MERGE],
    ['adapter-ia3.safetensors', /IA3/, MERGE],
    ['adapter-oft.safetensors', /OFT/, MERGE],
    ['adapter-vera.safetensors', /an adapter/, MERGE],
    ['adapter-unmerged.safetensors', /"0\.lora_A\.default\.weight"/, MERGE],
    ['layer-norm.safetensors', /"1\.weight" is a vector, as of a LayerNorm/, /train a network without it/],
    ['weight-norm.safetensors', /"0\.parametrizations\.weight\.original0" is neither/, /remove_parametrizations/],
    ['onnx-dynamic.onnx', /DynamicQuantizeLinear\) is not read/, /Export the float model, before quantisation/],
    ['onnx-qdq.onnx', /QuantizeLinear\) is not read/, /Export the float model, before quantisation/],
    ['onnx-qoperator.onnx', /QuantizeLinear\) is not read/, /Export the float model, before quantisation/],
    ['sklearn-pipeline.onnx', /Scaler\) is not read/, /Scale the data before/],
    ['sklearn-tanh.onnx', /Tanh\) is not read/, /only activation is ReLU/],
  ];
  for (const [name, message, hint] of refused) {
    it(`refuses ${name} and says what to do`, () => {
      assert.throws(
        () => read(name),
        (error: unknown) =>
          error instanceof DescentError && message.test(error.shortMessage) && hint.test(error.hint ?? ''),
      );
    });
  }
});

describe('a batch normalisation of a stranger', () => {
  const floats = (...values: number[]): Tensor => ({
    dtype: 'F32',
    shape: [values.length],
    data: new Uint8Array(Float32Array.from(values).buffer),
  });
  const matrix = (rows: number, columns: number): Tensor => ({
    dtype: 'F32',
    shape: [rows, columns],
    data: new Uint8Array(4 * rows * columns),
  });
  const model = (more: Record<string, Tensor>, options?: MappingOptions) => {
    const layers = { '0.weight': matrix(2, 3), '0.bias': floats(1, 2), '3.weight': matrix(1, 2), '3.bias': floats(0) };
    const tensors = new Map(Object.entries({ ...layers, ...more }));
    return readFloatModel([{ name: 'a.safetensors', bytes: writeTensors({ tensors, metadata: new Map() }) }], options);
  };
  const norm = (name: string, mean: Tensor, variance: Tensor) => ({
    [`${name}.running_mean`]: mean,
    [`${name}.running_var`]: variance,
  });

  it('is computed as stated', () => {
    const { layers } = model(norm('1', floats(1, 0), floats(3, 0)), { norms: { epsilon: 1 } }).model;
    assert.deepEqual([...layers[0].bias], [0, 2]);
    const twice = { ...norm('1', floats(1, 0), floats(3, 0)), '1.weight': floats(2, 5), '1.bias': floats(7, 8) };
    assert.deepEqual([...model(twice, { norms: { epsilon: 1 } }).model.layers[0].bias], [7, 18]);
  });

  const refused: [string, Record<string, Tensor>, RegExp][] = [
    ['a negative variance', norm('1', floats(0, 0), floats(1, -1)), /Entry \[1\] of "1\.running_var" is -1/],
    ['an infinite mean', norm('1', floats(0, Number.POSITIVE_INFINITY), floats(1, 1)), /running_mean/],
    ['no variance', { '1.running_mean': floats(0, 0) }, /has no variance/],
    ['another number of features', norm('1', floats(0), floats(1)), /has 1 features, its place 2/],
    ['parts of two lengths', norm('1', floats(0, 0), floats(1)), /vectors of one length/],
    ['a matrix of means', norm('1', matrix(2, 1), floats(1, 1)), /vectors of one length/],
    ['a place after the last ReLU', norm('5', floats(0), floats(1)), /is not in the file/],
    [
      'two for one number',
      { ...norm('1', floats(0, 0), floats(1, 1)), ...norm('bn1', floats(0, 0), floats(1, 1)) },
      /is not in the file/,
    ],
  ];
  for (const [name, tensors, message] of refused) {
    it(`is refused with ${name}`, () => {
      assert.throws(
        () => model(tensors),
        (error: unknown) => error instanceof DescentError && message.test(error.message),
      );
    });
  }
});
