import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, it } from 'node:test';
import { unzipSync } from 'fflate';
import { floatLayers } from '../../../src/model/export/floatLayers.ts';
import { writeHdf5 } from '../../../src/model/export/hdf5.ts';
import { describeKerasInput, kerasCode, writeKeras } from '../../../src/model/export/keras.ts';
import { floatForward } from '../../../src/model/import/floatModel.ts';
import { type AnyWeights, headOf } from '../../../src/model/networkWeights.ts';
import { applyTransforms, type Transform } from '../../../src/model/transforms.ts';
import { predictRows } from '../../../src/training/predict.ts';
import { probabilitiesOf } from '../../../src/training/probabilities.ts';
import { KERAS_MODELS } from '../../corpus/export/kerasModels.ts';

// check_keras.py read the files with Keras; keras.json is what their models computed.
const FOLDER = join(import.meta.dirname, '..', '..', 'corpus', 'export');
const references: Record<string, { shape: number[]; outputs: number[] }> = JSON.parse(
  readFileSync(join(FOLDER, 'keras.json'), 'utf8'),
);

const CODE: Record<string, string[]> = {
  strided: [
    'ZeroPadding2D(2)',
    "Conv2D(4, 5, strides=2, activation='relu')",
    'AveragePooling2D(2)',
    'ZeroPadding2D(1)',
    "Conv2D(6, 3, strides=1, activation='relu')",
    'Flatten()',
    "Dense(8, activation='relu')",
    "Dense(3, activation='softmax')",
  ],
  averaged: [
    'AveragePooling2D(2)',
    "Conv2D(3, 2, strides=1, activation='relu')",
    'Flatten()',
    "Dense(2, activation='sigmoid')",
  ],
  flattened: [
    "Conv2D(4, 3, strides=1, activation='relu')",
    'AveragePooling2D(2)',
    'Flatten()',
    "Dense(5, activation='relu')",
    'Dense(2)',
  ],
  dense: ["Dense(4, activation='relu')", "Dense(3, activation='softmax')"],
};

/** The rows of check_keras.py as a shard has them. */
function rowsOf(weights: AnyWeights, shape: number[]): Float32Array {
  const count = shape.reduce((all, n) => all * n, 1);
  const raw = Float32Array.from({ length: count }, (_, k) => (((k * 389) % 1021) - 510) / 510);
  if (!('network' in weights)) return raw;
  const { side, channels } = weights.network;
  const [offset, factor] = [Array(channels).fill(0), Array(channels).fill(1)];
  const picture: Transform = { name: 'picture', side, channels, order: 'HWC', offset, factor };
  return applyTransforms(raw, count / shape[0], [picture]).features;
}

/** What a head makes of outputs, in doubles. */
function headed(weights: AnyWeights, outputs: Float64Array, width: number): number[] {
  const head = headOf(weights);
  if (head === 'squared error') return [...outputs];
  if (head === 'sigmoid') return [...outputs].map((z) => 1 / (1 + Math.exp(-z)));
  const exponentials = [...outputs].map(Math.exp);
  return exponentials.map((e, k) => {
    const first = k - (k % width);
    return e / exponentials.slice(first, first + width).reduce((sum, one) => sum + one, 0);
  });
}

describe('a model for Keras', () => {
  it('is one of each kind of layer and head', () => {
    assert.deepEqual(Object.keys(KERAS_MODELS).sort(), Object.keys(references).sort());
  });

  for (const [name, weights] of Object.entries(KERAS_MODELS)) {
    it(`is written byte for byte as Keras read it, and computes what Keras did: ${name}`, () => {
      const file = new Uint8Array(readFileSync(join(FOLDER, `${name}.keras`)));
      assert.deepEqual(writeKeras(weights, { a: 'b' }), file);
      assert.deepEqual(kerasCode(weights), CODE[name]);

      const { shape, outputs } = references[name];
      const width = outputs.length / shape[0];
      const rows = rowsOf(weights, shape);
      const layers = floatLayers(weights).map(({ weight, bias }) => ({
        weight: Float64Array.from(weight),
        bias: Float64Array.from(bias),
      }));
      const model =
        'network' in weights ? { network: weights.network, layers } : { widths: [...weights.widths], layers };
      const found = headed(weights, floatForward(model, rows), width);
      // In the integers of the proofs too, whose inputs have 9 bits after the point.
      const logits = predictRows(weights, rows, () => '');
      const predicted = probabilitiesOf(headOf(weights), logits, width) ?? logits;
      assert.equal(found.length, outputs.length);
      outputs.forEach((y, k) => {
        assert.ok(Math.abs(found[k] - y) < 1e-5, `output ${k}: ${found[k]}, Keras ${y}`);
        assert.ok(Math.abs(predicted[k] - y) < 0.02, `output ${k}: predict ${predicted[k]}, Keras ${y}`);
      });
    });
  }

  it('holds three files, of which one has the metadata', () => {
    const parts = unzipSync(writeKeras(KERAS_MODELS.dense, { 'descent.shape': '5-4-3' }));
    assert.deepEqual(Object.keys(parts), ['metadata.json', 'config.json', 'model.weights.h5']);
    const metadata = JSON.parse(new TextDecoder().decode(parts['metadata.json']));
    assert.deepEqual([metadata.keras_version, metadata['descent.shape']], ['3.0.0', '5-4-3']);
  });

  it('says what it takes', () => {
    assert.match(describeKerasInput(KERAS_MODELS.strided), /pictures \[rows, lines, columns, channels\].*no schema/);
    assert.match(describeKerasInput(KERAS_MODELS.dense), /^features as the network takes them/);
  });
});

describe('an HDF5 file', () => {
  it('has each tensor where its header says, in whole words', () => {
    const data = Float32Array.of(1, -2, 3);
    const bytes = writeHdf5(new Map([['group', new Map([['0', { shape: [3, 1], data }]])]]));
    const view = new DataView(bytes.buffer);
    const long = (at: number) => Number(view.getBigUint64(at, true));
    assert.equal(long(40), bytes.length, 'the end of the file');
    const links = (header: number) => {
      const found = new Map<string, number>();
      const end = header + 16 + view.getUint32(header + 8, true);
      for (let at = header + 16; at < end; at += 8 + view.getUint16(at + 2, true)) {
        if (view.getUint16(at, true) !== 6) continue;
        const length = bytes[at + 10];
        const name = new TextDecoder().decode(bytes.subarray(at + 11, at + 11 + length));
        found.set(name, long(at + 11 + length));
      }
      return found;
    };
    const group = links(long(64)).get('group')!;
    const header = links(group).get('0')!;
    assert.equal(view.getUint16(header + 2, true), 4, 'messages of a tensor');
    const layout = header + 16 + view.getUint32(header + 8, true) - 24;
    const [address, size] = [long(layout + 2), long(layout + 10)];
    assert.deepEqual([address % 8, size], [0, 12]);
    assert.deepEqual(new Float32Array(bytes.buffer, address, 3), data);
  });
});
