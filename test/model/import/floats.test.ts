import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { FileFormatError } from '../../../src/errors/FileFormatError.ts';
import { decodeFloats } from '../../../src/model/import/floats.ts';
import { quantiseModel } from '../../../src/model/import/quantise.ts';
import type { Dtype } from '../../../src/model/safetensors.ts';

const decode = (dtype: Dtype, bytes: ArrayLike<number>, shape: number[]) =>
  decodeFloats('w', { dtype, shape, data: Uint8Array.from(bytes) });

describe('decodeFloats', () => {
  it('reads F32 and F64 as the platform does, at odd offsets too', () => {
    fc.assert(
      fc.property(fc.array(fc.double({ noNaN: true, noDefaultInfinity: true })), (values) => {
        for (const [dtype, array] of [
          ['F64', Float64Array.from(values)],
          ['F32', Float32Array.from(values)],
        ] as const) {
          if (!array.every(Number.isFinite)) continue;
          const shifted = new Uint8Array(array.byteLength + 1);
          shifted.set(new Uint8Array(array.buffer), 1);
          const data = shifted.subarray(1);
          assert.deepEqual([...decodeFloats('w', { dtype, shape: [values.length], data })], [...array]);
        }
      }),
    );
  });

  it('reads halves', () => {
    const cases: [number, number][] = [
      [0x0000, 0],
      [0x3c00, 1],
      [0xc000, -2],
      [0x3555, 0.333251953125],
      [0x7bff, 65504],
      [0x0400, 2 ** -14],
      [0x0001, 2 ** -24],
      [0x83ff, -1023 * 2 ** -24],
    ];
    for (const [bits, value] of cases) assert.equal(decode('F16', [bits & 255, bits >> 8], [1])[0], value);
  });

  it('reads brain floats as the upper half of float32', () => {
    const float = new Float32Array(1);
    const word = new Uint32Array(float.buffer);
    for (let bits = 0; bits < 2 ** 16; bits += 7) {
      word[0] = bits << 16;
      if (Number.isFinite(float[0])) assert.equal(decode('BF16', [bits & 255, bits >> 8], [1])[0], float[0]);
    }
  });

  it('refuses what is not finite, with name and index', () => {
    const nan = { F64: [0, 0, 0, 0, 0, 0, 0xf8, 0x7f], F32: [0, 0, 0xc0, 0x7f], F16: [0, 0x7e], BF16: [0xc0, 0x7f] };
    const infinite = {
      F64: [0, 0, 0, 0, 0, 0, 0xf0, 0xff],
      F32: [0, 0, 0x80, 0xff],
      F16: [0, 0xfc],
      BF16: [0x80, 0xff],
    };
    for (const dtype of ['F64', 'F32', 'F16', 'BF16'] as const) {
      const zero = nan[dtype].map(() => 0);
      const bytes = (last: number[]) => [...zero, ...zero, ...zero, ...zero, ...last, ...zero];
      assert.throws(() => decode(dtype, bytes(nan[dtype]), [2, 3]), /Entry \[1, 1\] of tensor "w" is NaN/);
      assert.throws(() => decode(dtype, bytes(infinite[dtype]), [2, 3]), /Entry \[1, 1\] of tensor "w" is -Infinity/);
    }
  });

  it('refuses integers', () => {
    assert.throws(() => decode('I8', [1], [1]), FileFormatError);
  });
});

describe('quantiseModel', () => {
  const model = (weight: number[], bias: number[]) => ({
    widths: [weight.length / bias.length, bias.length],
    layers: [{ weight: Float64Array.from(weight), bias: Float64Array.from(bias) }],
  });

  it('rounds halves upwards into padded arrays and reports how far off it is', () => {
    const half = 2 ** -33;
    const { weights, errors } = quantiseModel(model([1, -half, 3 * half, 0, -2, 2 ** -34], [half, -0.25]), 7n);
    assert.deepEqual([...weights.layers[0].W], [1n << 32n, 0n, 2n, 0n, 0n, -(1n << 33n), 0n, 0n]);
    assert.deepEqual([...weights.layers[0].b], [1n, -(1n << 30n)]);
    assert.equal(weights.salt, 7n);
    assert.deepEqual(errors[0], {
      tensor: 'layer1.weight',
      entries: 6,
      max: half,
      rms: Math.sqrt((2 * half ** 2 + 2 ** -68) / 6),
      largest: 2,
    });
    assert.deepEqual(errors[1], {
      tensor: 'layer1.bias',
      entries: 2,
      max: half,
      rms: Math.sqrt(half ** 2 / 2),
      largest: 0.25,
    });
  });

  it('never errs by more than half a step', () => {
    fc.assert(
      fc.property(fc.array(fc.double({ min: -64, max: 63.99, noNaN: true }), { minLength: 1 }), (values) => {
        const { weights, errors } = quantiseModel(model(values, [0]), 0n);
        assert.ok(errors[0].max <= 2 ** -29 && errors[0].rms <= errors[0].max + 2 ** -68);
        values.forEach((x, k) => {
          assert.ok(Math.abs(Number(weights.layers[0].W[k]) / 2 ** 32 - x) <= errors[0].max);
        });
      }),
    );
  });

  it('takes weights in [-32768, 32768) and no others, naming the entry', () => {
    const edge = 32768 - 2 ** -32;
    assert.deepEqual(
      [...quantiseModel(model([-32768, edge], [0]), 0n).weights.layers[0].W],
      [-(2n ** 47n), 2n ** 47n - 1n],
    );
    assert.throws(() => quantiseModel(model([0, 0, 0, 32768], [0, 0]), 0n), /Entry \[1, 1\] of layer1.weight is 32768/);
    assert.throws(() => quantiseModel(model([0, 0], [0, -32768.001]), 0n), /Entry \[1\] of layer1.bias is -32768.001/);
    assert.throws(() => quantiseModel(model([1e300], [0]), 0n), /is 1e\+300/);
  });
});
