import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { bn254 } from '@noble/curves/bn254.js';
import { Curve } from '../../src/argument/curve.ts';
import type { Point } from '../../src/argument/types.ts';
import { P, R, randomElement, toBytes } from '../../src/numbers/field.ts';

const G1 = bn254.G1.Point;
type NoblePoint = InstanceType<typeof G1>;
const G = G1.BASE;

/** Points as in Srs. */
function encodePoints(points: readonly NoblePoint[]): Uint8Array {
  const out = new Uint8Array(64 * points.length);
  points.forEach((point, i) => {
    const { x, y } = point.equals(G1.ZERO) ? { x: 0n, y: 0n } : point.toAffine();
    out.set(toBytes((x << 256n) % P), 64 * i);
    out.set(toBytes((y << 256n) % P), 64 * i + 32);
  });
  return out;
}

function encodeScalars(scalars: readonly bigint[], width: number): Uint8Array {
  const out = new Uint8Array(width * scalars.length);
  scalars.forEach((s, i) => {
    const bytes = toBytes(s);
    assert.ok(bytes.subarray(width).every((b) => b === 0));
    out.set(bytes.subarray(0, width), width * i);
  });
  return out;
}

function naive(points: readonly NoblePoint[], scalars: readonly bigint[]): Point {
  const sum = scalars.reduce(
    (acc, s, i) => (s % R === 0n ? acc : acc.add(points[i].multiplyUnsafe(s % R))),
    G1.ZERO as NoblePoint,
  );
  return sum.equals(G1.ZERO) ? { x: 0n, y: 0n } : sum.toAffine();
}

function randomPoints(n: number): NoblePoint[] {
  return Array.from({ length: n }, () => G.multiplyUnsafe(randomElement()));
}

/** Uniform below 2^bits. */
function randomBits(bits: number): bigint {
  return ((randomElement() << 256n) | randomElement()) & ((1n << BigInt(bits)) - 1n);
}

for (const lanes of [true, false]) {
  describe(`multi-scalar multiplication ${lanes ? 'in lanes' : 'without relaxed SIMD'}`, () => {
    let curve: Curve;
    before(async () => {
      curve = await Curve.load({ threads: 2, lanes });
      assert.equal(curve.lanes, lanes, 'every processor of the last ten years has a fused multiply-add');
    });
    after(() => curve.close());

    async function check(points: readonly NoblePoint[], scalars: readonly bigint[], width = 32) {
      const sum = await curve.msm(encodePoints(points), encodeScalars(scalars, width), width);
      assert.deepEqual(sum, naive(points, scalars));
    }

    it('agrees with an independent implementation on random points and scalars of every count near a power of two', async () => {
      const points = randomPoints(130);
      for (const n of [1, 2, 3, 5, 8, 16, 17, 31, 64, 129, 130]) {
        await check(points.slice(0, n), points.slice(0, n).map(randomElement));
      }
    });

    it('takes scalars of every width from 1 to 32 bytes', async () => {
      const points = randomPoints(6);
      for (let width = 1; width <= 32; width++) {
        const scalars = points.map(() => randomBits(8 * width) % R);
        scalars[0] = (1n << BigInt(8 * width)) - 1n;
        scalars[1] = 1n << BigInt(8 * width - 1);
        if (width === 32) scalars.splice(0, 2, R - 1n, R >> 1n);
        await check(points, scalars, width);
      }
    });

    it('is right at the limits of a scalar', async () => {
      const points = randomPoints(9);
      const half = R >> 1n;
      await check(points, [0n, 1n, R - 1n, half, half + 1n, half - 1n, 1n << 253n, (1n << 253n) - 1n, R - (1n << 16n)]);
    });

    it('is right for scalars whose digits are all at a limit', async () => {
      const points = randomPoints(12);
      // runs of ones, lone top bits and half-way digits, at many digit sizes
      const scalars = [2, 3, 5, 7, 8, 11, 12, 13, 14, 15, 16, 17].map((c) => {
        let s = 0n;
        for (let at = 0; at + c < 253; at += c) s |= 1n << BigInt(at + c - 1);
        return s;
      });
      await check(points, scalars);
      await check(
        points,
        scalars.map((s) => s - 1n),
      );
      for (const s of scalars) await check(points.slice(0, 1), [s]);
    });

    it('leaves out zero scalars and points at infinity', async () => {
      const points = randomPoints(8);
      points[3] = G1.ZERO as NoblePoint;
      points[7] = G1.ZERO as NoblePoint;
      const scalars = points.map(randomElement);
      scalars[0] = 0n;
      scalars[5] = 0n;
      await check(points, scalars);
      assert.deepEqual(await curve.msm(encodePoints(points), new Uint8Array(32 * 8), 32), { x: 0n, y: 0n });
      assert.deepEqual(await curve.msm(encodePoints(points), new Uint8Array(0), 32), { x: 0n, y: 0n });
    });

    it('adds equal points (doublings) in every position', async () => {
      const [p, q] = randomPoints(2);
      for (const n of [2, 3, 7, 64, 100]) {
        const same = Array.from({ length: n }, () => p);
        await check(
          same,
          same.map(() => 5n),
        );
        await check(same, same.map(randomElement));
        await check(
          same.map((_, i) => (i % 3 === 0 ? q : p)),
          same.map(() => R - 3n),
        );
      }
    });

    it('adds opposite points to infinity, also in the middle of a bucket', async () => {
      const [p, q] = randomPoints(2);
      const minus = p.negate();
      assert.deepEqual(await curve.msm(encodePoints([p, minus]), encodeScalars([9n, 9n], 1), 1), { x: 0n, y: 0n });
      await check([p, p], [77n, R - 77n]);
      await check([p, minus, p, minus, q, p], [3n, 3n, 3n, 3n, 3n, 3n]);
      await check([p, minus, minus, p, q, q.negate(), q, p], [3n, 3n, 3n, 3n, 3n, 3n, 3n, 3n]);
      await check([p, p.double(), p.double().negate(), minus], [6n, 6n, 6n, 6n]);
    });

    it('is right where sums of buckets meet: multiples of one point', async () => {
      const multiples = Array.from({ length: 40 }, (_, i) => G.multiplyUnsafe(BigInt(i + 1)));
      await check(
        multiples,
        multiples.map((_, i) => BigInt(i + 1)),
        1,
      );
      await check(
        multiples,
        multiples.map((_, i) => R - BigInt(i + 1)),
      );
      await check(
        [...multiples].reverse(),
        multiples.map((_, i) => BigInt(i % 4)),
      );
    });

    it('is right for mixed lengths: many small, few large, some negative', async () => {
      const points = randomPoints(200);
      const scalars = points.map((_, i) =>
        i % 50 === 0 ? randomElement() : i % 2 ? randomBits(14) : R - randomBits(9),
      );
      await check(points, scalars);
    });

    it('takes signed integers of 32 and 64 bits as they are, in one part or several', async () => {
      const small = Int32Array.of(0, 1, -1, 2 ** 31 - 1, -(2 ** 31), -65536, 12345, -3);
      const large = BigInt64Array.of(0n, 1n, -1n, 2n ** 47n - 1n, -(2n ** 47n), -(2n ** 63n), 2n ** 63n - 1n, -5n);
      const points = randomPoints(8);
      for (const data of [small, large, small.subarray(3), large.subarray(1, 6)]) {
        const scalars = Array.from<number | bigint, bigint>(data, (v) => (BigInt(v) + R) % R);
        for (const parts of [1, 3]) {
          assert.deepEqual(await curve.sum(encodePoints(points), data, parts), naive(points, scalars));
          const bytes = encodeScalars(scalars, 32);
          assert.deepEqual(await curve.sum(encodePoints(points), bytes, parts), naive(points, scalars));
        }
      }
      assert.deepEqual(await curve.sum(encodePoints(points), new Int32Array(8), 2), { x: 0n, y: 0n });
    });

    it('is right beyond one batch of additions and in several windows at a time', async () => {
      // known discrete logarithms, so the expected sum is one multiplication
      const logs = Array.from({ length: 20_000 }, () => randomElement());
      const points = await curve.fixedBase(encodeScalars(logs, 32));
      for (const bits of [254, 60, 14, 1]) {
        const scalars = logs.map(() => (bits === 254 ? randomElement() : randomBits(bits)));
        const expected = G.multiplyUnsafe(logs.reduce((s, a, i) => (s + a * scalars[i]) % R, 0n)).toAffine();
        assert.deepEqual(await curve.msm(points, encodeScalars(scalars, 32), 32), expected);
      }
    });

    it('does not depend on the number of workers, and reports progress', async () => {
      const points = encodePoints(randomPoints(50));
      const scalars = encodeScalars(Array.from({ length: 50 }, randomElement), 32);
      const expected = await curve.msm(points, scalars, 32);
      for (const threads of [1, 3]) {
        const other = await Curve.load({ threads, lanes });
        const steps: [number, number][] = [];
        assert.deepEqual(await other.msm(points, scalars, 32, (done, total) => steps.push([done, total])), expected);
        assert.deepEqual(steps.at(-1), [50, 50]);
        await other.close();
      }
    });

    it('refuses fewer points than scalars and lengths that do not fit', async () => {
      const points = encodePoints([G]);
      await assert.rejects(curve.msm(points, new Uint8Array(64), 32), RangeError);
      await assert.rejects(curve.msm(points, new Uint8Array(33), 32), RangeError);
      await assert.rejects(curve.msm(points, new Uint8Array(33), 33), RangeError);
      await assert.rejects(curve.msm(points, new Uint8Array(0), 0), RangeError);
    });

    it('rejects work under way and later work when it is closed', async () => {
      const other = await Curve.load({ threads: 1, lanes });
      const n = 1 << 14;
      const points = new Uint8Array(64 * n);
      for (let i = 0; i < n; i++) points.set(encodePoints([G]), 64 * i);
      const pending = assert.rejects(other.msm(points, new Uint8Array(32 * n).fill(7), 32), /closed/);
      await other.close();
      await pending;
      await assert.rejects(other.msm(points, new Uint8Array(32).fill(1), 32), /closed/);
    });
  });
}

describe('multiples of the generator', () => {
  it('agree with an independent implementation, limits and zero included', async () => {
    const curve = await Curve.load({ threads: 2 });
    const scalars = [0n, 1n, 2n, 1023n, 1024n, 1025n, 2047n, 2048n, R - 1n, R - 2n, R >> 1n, (1n << 253n) + 1n];
    for (let i = 0; i < 40; i++) scalars.push(i % 2 ? randomElement() : randomBits(6 * i + 1) % R);
    const points = await curve.fixedBase(encodeScalars(scalars, 32));
    assert.deepEqual(
      points,
      encodePoints(scalars.map((s) => (s === 0n ? (G1.ZERO as NoblePoint) : G.multiplyUnsafe(s)))),
    );
    await curve.close();
  });
});
