// The tables by which the prover reads pictures, against the automaton of the protocol.
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { parseNetwork } from '../../src/model/network.ts';
import { presentLayers } from '../../src/model/networkWeights.ts';
import { mod } from '../../src/numbers/field.ts';
import {
  addressWeights,
  eqOfPlaces,
  isPlaceAt,
  pixelPoint,
  pixelsOfPlaces,
  pixelsOfTaps,
  placesAt,
  placesOfTaps,
  readPictures,
} from '../../src/programs/pictures/kernel.ts';
import { eqTable, Random, range } from '../reference/algebra.ts';
import { geometryOf } from '../reference/conv-geometry.ts';
import { kernelAt, pool } from '../reference/conv-tensors.ts';

const TEXTS = ['8x8x1-c2k5s2p2-a2-c3k2p1-3', '12x12x1-c1k7s2p3-c1k3-a2-c2k2-4-2', '5x5x2-c2k4p3-c1k1s2-2'];

const dot = (a: readonly bigint[], b: readonly bigint[]) => mod(a.reduce((sum, v, i) => sum + v * b[i], 0n));
/** Bits of a number as a point. */
const bitsOf = (value: number, count: number) => range(count).map((t) => BigInt((value >> t) & 1));

describe('the tables of a layer that reads pictures', () => {
  for (const text of TEXTS) {
    const network = parseNetwork(text, 'softmax');
    const geometry = geometryOf(network).slice(6 - network.layers.length);
    presentLayers(network).forEach((layer, l) => {
      if (l === 0) return;
      const g = geometry[l];
      it(`are the extension of the automaton: layer ${l} of ${text}`, () => {
        const random = new Random(11);
        const [d, y, u] = [layer.logs.kernel, layer.logs.side, layer.logs.read].map((n) =>
          range(n).map(() => random.element()),
        );
        const at = kernelAt(g, d, u, y);
        const [eqD, eqY, eqU] = [d, y, u].map(eqTable);
        assert.equal(
          dot(
            pixelsOfPlaces(layer, d).map((row) => dot(row, eqU)),
            eqY,
          ),
          at,
        );
        assert.equal(
          dot(
            placesOfTaps(layer, u).map((row) => dot(row, eqY)),
            eqD,
          ),
          at,
        );
        assert.equal(
          dot(
            pixelsOfTaps(layer, eqY).map((row) => dot(row, eqU)),
            eqD,
          ),
          at,
        );
        assert.equal(dot(placesAt(layer, d, u), eqY), at);
        range(2 ** layer.logs.side).forEach((place) => {
          const own = pixelsOfPlaces(layer, d)[place];
          assert.equal(dot(own, eqU), kernelAt(g, d, u, bitsOf(place, layer.logs.side)));
        });
      });

      it(`weigh an address as a claim does: layer ${l} of ${text}`, () => {
        const random = new Random(12);
        const [d, y] = [layer.logs.kernel, layer.logs.side].map((n) => range(n).map(() => random.element()));
        const weights = addressWeights(layer, d, y);
        const bits = layer.logs.read + (layer.pooled ? 1 : 0);
        assert.equal(weights.length, 2 ** bits);
        weights.forEach((weight, address) => {
          const read = layer.pooled ? address >> 1 : address;
          assert.equal(weight, kernelAt(g, d, bitsOf(read, layer.logs.read), y));
        });
        const r = range(6).map(() => random.element());
        assert.deepEqual(pixelPoint(layer, r), r.slice(layer.pooled ? 1 : 0, bits));
      });

      it(`know places from what pads them: layer ${l} of ${text}`, () => {
        const random = new Random(13);
        const [y, x] = range(2).map(() => range(layer.logs.side).map(() => random.element()));
        const le = (point: readonly bigint[]) =>
          eqTable(point)
            .slice(0, layer.side)
            .reduce((sum, v) => sum + v, 0n);
        assert.equal(isPlaceAt(layer, y, x), mod(le(y) * le(x)));
        assert.deepEqual(
          eqOfPlaces(layer, y),
          eqTable(y).map((v, place) => (place < layer.side ? v : 0n)),
        );
      });

      it(`read sums of 2x2 pixels or the pixels themselves: layer ${l} of ${text}`, () => {
        const rows = 2;
        const side = 2 ** (layer.logs.read + (layer.pooled ? 1 : 0));
        const pictures = Int32Array.from({ length: 2 * side * side * rows }, (_, at) => (at * 7919) % 1000);
        const expected = pool(g, [...pictures].map(BigInt), rows);
        assert.deepEqual([...readPictures(layer, pictures, rows)].map(BigInt), [...expected]);
      });
    });
  }
});
