import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { DescentError } from '../../../../src/errors/DescentError.ts';
import { floatForward, readFloatModel } from '../../../../src/model/import/floatModel.ts';
import { type Dtype, type Tensor, writeTensors } from '../../../../src/model/safetensors.ts';
import { probabilitiesOf } from '../../../../src/training/probabilities.ts';
import {
  attribute,
  bytesField,
  integers,
  intField,
  message,
  node,
  onnx,
  TYPES,
  tensor,
  textField,
} from '../../../support/onnx.ts';

// files/: torch-* by torch.onnx.export of torch 1.13; the others with the helper of onnx 1.12, node by node as skl2onnx
// writes MLPClassifier and MLPRegressor, tf2onnx Dense layers, and torch's newer exporter values in a file of their own;
// halves.onnx has what else is folded; sklearn-binary, -labels and -logistic* are by skl2onnx 1.20 of scikit-learn 1.9. All passed onnx.checker. references.json: rows, and what ONNX Runtime 1.30 gives
// for them before the softmax (numpy in doubles for halves.onnx, scikit-learn for its own, with predict_proba).
const FILES = join(import.meta.dirname, 'files');
const file = (name: string) => ({ name, bytes: new Uint8Array(readFileSync(join(FILES, name))) });
const references: Record<string, { features: number[]; outputs: number[]; probabilities?: number[] }> = JSON.parse(
  readFileSync(join(FILES, 'references.json'), 'utf8'),
);
const sha256 = (...parts: Uint8Array[]) => {
  const hash = createHash('sha256');
  for (const bytes of parts) hash.update(bytes);
  return hash.digest();
};
const EXTERNAL = [file('external.onnx'), file('external.onnx.data')];

/** What is read of each file: widths, tensors of the layers, the operator that is the head, operators left out. */
const READ: Record<string, [number[], string[], string | undefined, string[]]> = {
  external: [[16, 8, 3], ['0.weight 0.bias out-in', '2.weight 2.bias out-in'], 'LogSoftmax', []],
  halves: [[3, 4, 2], ['w b in-out', 'c one out-in'], undefined, []],
  'keras-classifier': [
    [6, 5, 3],
    ['dense', 'dense_1'].map(
      (name) => `sequential/${name}/MatMul/ReadVariableOp:0 sequential/${name}/BiasAdd/ReadVariableOp:0 in-out`,
    ),
    'Softmax',
    [],
  ],
  'sklearn-classifier': [
    [4, 5, 4, 3],
    ['coefficient intercepts in-out', 'coefficient1 intercepts1 in-out', 'coefficient2 intercepts2 in-out'],
    'Softmax',
    ['Identity', 'ArgMax', 'ai.onnx.ml.ZipMap', 'ai.onnx.ml.ArrayFeatureExtractor', 'Reshape', 'Cast'],
  ],
  'sklearn-binary': [
    [4, 5, 1],
    ['coefficient intercepts in-out', 'coefficient1 intercepts1 in-out'],
    'Sigmoid',
    [
      ...['Sub', 'Concat', 'ArgMax', 'ai.onnx.ml.ZipMap', 'ai.onnx.ml.ArrayFeatureExtractor'],
      'Reshape',
      'Cast',
      'Cast',
    ],
  ],
  'sklearn-labels': [
    [4, 5, 3],
    ['coefficient intercepts in-out', 'coefficient1 intercepts1 in-out'],
    'Sigmoid',
    ['ai.onnx.ml.Binarizer', 'Cast', 'ai.onnx.ml.ZipMap', 'Cast'],
  ],
  'sklearn-logistic-binary': [
    [4, 2],
    ['coefficients intercepts out-in'],
    'ai.onnx.ml.LinearClassifier',
    ['Cast', 'ai.onnx.ml.ZipMap'],
  ],
  'sklearn-logistic': [
    [4, 3],
    ['coefficients intercepts out-in'],
    'ai.onnx.ml.LinearClassifier',
    ['Cast', 'ai.onnx.ml.Normalizer', 'ai.onnx.ml.ZipMap'],
  ],
  'sklearn-regressor': [[3, 6, 1], ['coefficient intercepts in-out', 'coefficient1 intercepts1 in-out'], undefined, []],
  'torch-classifier': [
    [6, 5, 4, 3],
    ['1.weight 1.bias out-in', '3.weight 3.bias out-in', '6.weight 6.bias out-in'],
    'Softmax',
    [],
  ],
  'torch-double': [[4, 5, 2], ['onnx::MatMul_8 undefined in-out', '2.weight 2.bias out-in'], undefined, []],
  'torch-regression': [[3, 8, 1], ['0.weight 0.bias out-in', '2.weight 2.bias out-in'], undefined, []],
};

describe('readFloatModel on ONNX', () => {
  for (const [name, [widths, layers, by, leftOut]] of Object.entries(READ)) {
    it(`computes what ONNX Runtime does: ${name}`, () => {
      const imported = readFloatModel(name === 'external' ? EXTERNAL : [file(`${name}.onnx`)]);
      assert.deepEqual(imported.model.widths, widths);
      assert.deepEqual(
        imported.mapping.map(({ weight, bias, orientation }) => `${weight} ${bias} ${orientation}`),
        layers,
      );
      assert.deepEqual([imported.head?.by, imported.leftOut], [by, leftOut]);
      const { features, outputs } = references[name];
      const found = floatForward(imported.model, features);
      assert.equal(found.length, outputs.length);
      // The reference adds in float32.
      outputs.forEach((x, k) => {
        assert.ok(Math.abs(x - found[k]) < 1e-5, `output ${k}: ${found[k]}, not ${x}`);
      });
    });
  }

  it('gives the head by which the probabilities are those of scikit-learn', () => {
    for (const name of ['sklearn-binary', 'sklearn-labels', 'sklearn-logistic-binary', 'sklearn-logistic']) {
      const { features, probabilities } = references[name];
      const { model, head } = readFloatModel([file(`${name}.onnx`)]);
      const outputs = model.widths[model.widths.length - 1];
      const found = probabilitiesOf(head!.head, floatForward(model, features), outputs)!;
      // Of two classes scikit-learn tells both, the network with one output the second.
      const known = name === 'sklearn-binary' ? probabilities!.filter((_, k) => k % 2 === 1) : probabilities!;
      assert.equal(found.length, known.length);
      known.forEach((p, k) => {
        assert.ok(Math.abs(p - found[k]) < 2e-3, `${name} ${k}: ${found[k]}, not ${p}`);
      });
    }
  });

  it('names a model by the SHA-256 of its file, or of the hashes of its files in the order of their names', () => {
    const one = file('torch-classifier.onnx');
    assert.equal(readFloatModel([one]).sha256, `0x${sha256(one.bytes).toString('hex')}`);
    const both = `0x${sha256(...EXTERNAL.map(({ bytes }) => sha256(bytes))).toString('hex')}`;
    for (const files of [EXTERNAL, EXTERNAL.toReversed()]) assert.equal(readFloatModel(files).sha256, both);
  });

  it('knows a model by its name, or else by how it begins', () => {
    const { bytes } = file('torch-regression.onnx');
    assert.deepEqual(readFloatModel([{ name: 'model', bytes }]).model.widths, [3, 8, 1]);
    assert.throws(
      () => readFloatModel([{ name: 'model.safetensors', bytes }]),
      /no safetensors file that can be read[\s\S]*ends in \.safetensors/,
    );
    const weight: Tensor = { dtype: 'F32', shape: [1, 1], data: new Uint8Array(4) };
    const other = writeTensors({ tensors: new Map([['0.weight', weight]]), metadata: new Map() });
    assert.deepEqual(readFloatModel([{ name: 'model', bytes: other }]).model.widths, [1, 1]);
    assert.throws(() => readFloatModel([{ name: 'model.onnx', bytes: other }]), /no protobuf message/);
  });

  it('refuses a mapping, which the graph states, and files that are missing, too many or of one name', () => {
    const files = [file('torch-regression.onnx')];
    for (const options of [{ orientation: 'in-out' as const }, { layers: [{ weight: '0.weight' }] }]) {
      assert.throws(() => readFloatModel(files, options), {
        name: 'InputError',
        message: /--layers and --orientation/,
      });
    }
    assert.throws(() => readFloatModel([EXTERNAL[0]]), {
      name: 'InputError',
      message: /"external\.onnx\.data", which/,
    });
    assert.throws(() => readFloatModel([...EXTERNAL, { name: 'x', bytes: EXTERNAL[1].bytes }]), /no values in .*"x"/);
    assert.throws(() => readFloatModel([...EXTERNAL, EXTERNAL[1]]), /same name/);
    assert.throws(() => readFloatModel([...files, EXTERNAL[0]]), /one ONNX file, not 2/);
    const cut = { name: EXTERNAL[1].name, bytes: EXTERNAL[1].bytes.subarray(0, 600) };
    assert.throws(() => readFloatModel([EXTERNAL[0], cut]), { name: 'FileFormatError', message: /of 600 bytes in/ });
  });
});

describe('an ONNX model and its twin in safetensors', () => {
  const WEIGHTS = [0.5, -0.25, 1, 2, -3, 0.125];
  const BIAS = [0.75, -1];
  const halves: Record<number, number> = { 0.5: 0x3800, [-0.25]: 0xb400, 1: 0x3c00, 2: 0x4000, [-3]: 0xc200 };
  Object.assign(halves, { 0.125: 0x3000, 0.75: 0x3a00, [-1]: 0xbc00 });
  const bits = {
    F16: (x: number) => halves[x],
    BF16: (x: number) => new Uint32Array(Float32Array.of(x).buffer)[0] >>> 16,
  };
  const raw: Record<string, (values: number[]) => Uint8Array> = {
    F32: (values) => new Uint8Array(Float32Array.from(values).buffer),
    F64: (values) => new Uint8Array(Float64Array.from(values).buffer),
    F16: (values) => new Uint8Array(Uint16Array.from(values, bits.F16).buffer),
    BF16: (values) => new Uint8Array(Uint16Array.from(values, bits.BF16).buffer),
  };
  /** The values where ONNX has a list for them. */
  const lists: Record<string, (values: number[]) => Parameters<typeof message>[0]> = {
    F32: (values) => (pbf) => pbf.writePackedFloat(4, values),
    F64: (values) => (pbf) => pbf.writePackedDouble(10, values),
    F16: (values) => (pbf) => pbf.writePackedVarint(5, values.map(bits.F16)),
    BF16: (values) => (pbf) => pbf.writePackedVarint(5, values.map(bits.BF16)),
  };

  for (const dtype of ['F32', 'F64', 'F16', 'BF16'] as const satisfies Dtype[]) {
    for (const [where, values] of [
      ['raw', (numbers: number[]) => bytesField(9, raw[dtype](numbers))],
      ['a list', lists[dtype]],
    ] as const) {
      it(`give identical weights: ${dtype} as ${where}`, () => {
        const bytes = onnx({
          nodes: [node('Gemm', ['x', 'fc.weight', 'fc.bias'], ['y'], attribute.i('transB', 1))],
          initializers: [
            tensor('fc.weight', TYPES[dtype], [2, 3], values(WEIGHTS)),
            tensor('fc.bias', TYPES[dtype], [2], values(BIAS)),
          ],
        });
        const tensors = new Map<string, Tensor>([
          ['fc.weight', { dtype, shape: [2, 3], data: raw[dtype](WEIGHTS) }],
          ['fc.bias', { dtype, shape: [2], data: raw[dtype](BIAS) }],
        ]);
        const twin = readFloatModel([{ name: 'm.safetensors', bytes: writeTensors({ tensors, metadata: new Map() }) }]);
        const { model, unused } = readFloatModel([{ name: 'm.onnx', bytes }]);
        assert.deepEqual(model, twin.model);
        assert.deepEqual([[...model.layers[0].weight], [...model.layers[0].bias]], [WEIGHTS, BIAS]);
        assert.deepEqual(unused, []);
      });
    }
  }

  it('differ in what the values of a tensor may not be', () => {
    const read = (type: number, dims: number[], ...values: Parameters<typeof message>) => {
      const initializers = [tensor('w', type, dims, ...values), integers('spare', [1])];
      const bytes = onnx({ nodes: [node('MatMul', ['x', 'w'], ['y'])], initializers });
      return () => readFloatModel([{ name: 'm.onnx', bytes }]);
    };
    const six = bytesField(9, raw.F32(WEIGHTS));
    assert.deepEqual(read(TYPES.F32, [3, 2], six)().unused, ['spare']);
    for (const [attempt, says] of [
      [read(TYPES.F32, [3, 3], six), /needs 36 bytes of F32, not 24/],
      [read(TYPES.F32, [3, 2]), /needs 24 bytes of F32, not 0/],
      [read(TYPES.F32, [3, 2], six, lists.F32(WEIGHTS)), /values twice/],
      [read(TYPES.F32, [3, 2], lists.F64(WEIGHTS)), /its values are double/],
      [read(TYPES.F16, [3, 2], lists.F16([1, 1])), /fewer than 6 values|needs 12 bytes/],
      [read(TYPES.F16, [3, 2], (pbf) => pbf.writePackedVarint(5, Array(7).fill(1))), /more than 6 entries/],
      [read(TYPES.F16, [3, 2], (pbf) => pbf.writePackedVarint(5, Array(6).fill(65536))), /no 16-bit float/],
      [read(TYPES.I64, [3, 2], six), /holds ONNX type 7/],
      [read(TYPES.F32, [3, -2], six), /negative size/],
      [
        read(TYPES.F32, [3, 2], bytesField(9, raw.F32([1, 2, Number.NaN, 4, 5, 6]))),
        /Entry \[1, 0\] of tensor "w" is NaN/,
      ],
      [read(TYPES.F32, [3, 2], intField(14, 1)), /in the file "", which was not given/],
      [
        read(
          TYPES.F32,
          [3, 2],
          intField(14, 1),
          bytesField(13, message(textField(1, 'location'), textField(2, '../w'))),
        ),
        /in the file "\.\.\/w"/,
      ],
    ] as const) {
      assert.throws(attempt, (error: unknown) => error instanceof DescentError && says.test(error.message));
    }
  });
});

describe('a damaged ONNX file', () => {
  const attempt = (bytes: Uint8Array) => {
    try {
      readFloatModel([{ name: 'm.onnx', bytes }]);
    } catch (error) {
      assert.ok(error instanceof DescentError, String(error));
      return true;
    }
    return false;
  };

  it('is refused when it is cut at any byte', () => {
    for (const name of ['torch-classifier', 'torch-double', 'halves']) {
      const { bytes } = file(`${name}.onnx`);
      for (let end = 0; end < bytes.length; end++) assert.ok(attempt(bytes.subarray(0, end)), `${name} cut at ${end}`);
    }
  });

  it('gives a value or an error of ours whichever bytes are changed', () => {
    const seeds = Object.keys(READ).map((name) => file(`${name}.onnx`).bytes);
    const edits = fc.array(fc.tuple(fc.nat(), fc.nat(255)), { minLength: 1, maxLength: 4 });
    const property = fc.property(fc.constantFrom(...seeds), edits, (seed, changes) => {
      const bytes = seed.slice();
      for (const [at, byte] of changes) bytes[at % bytes.length] = byte;
      attempt(bytes);
    });
    fc.assert(property, { numRuns: 2000 });
    for (const seed of seeds) {
      for (let bit = 0; bit < 8 * seed.length; bit++) {
        const bytes = seed.slice();
        bytes[bit >> 3] ^= 1 << (bit & 7);
        attempt(bytes);
      }
    }
  });
});
