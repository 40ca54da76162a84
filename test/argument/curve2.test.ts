import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { bn254 } from '@noble/curves/bn254.js';
import { Curve } from '../../src/argument/curve.ts';
import { P, R, randomElement, toBytes } from '../../src/numbers/field.ts';

const G2 = bn254.G2.Point;
type NoblePoint = InstanceType<typeof G2>;

/** 128 bytes a point: x and y, real parts first, times 2^256. */
function encodePoints(points: readonly NoblePoint[]): Uint8Array {
  const out = new Uint8Array(128 * points.length);
  points.forEach((point, i) => {
    if (point.is0()) return;
    const { x, y } = point.toAffine();
    [x.c0, x.c1, y.c0, y.c1].forEach((value, k) => {
      out.set(toBytes((value << 256n) % P), 128 * i + 32 * k);
    });
  });
  return out;
}

function encode(values: readonly bigint[]): Uint8Array {
  const out = new Uint8Array(32 * values.length);
  values.forEach((value, i) => {
    out.set(toBytes(value), 32 * i);
  });
  return out;
}

for (const lanes of [true, false]) {
  describe(`multi-scalar multiplication in G2 ${lanes ? 'in lanes' : 'without relaxed SIMD'}`, () => {
    let curve: Curve;
    before(async () => {
      curve = await Curve.load({ threads: 2, lanes });
      assert.equal(curve.lanes, lanes, 'every processor of the last ten years has a fused multiply-add');
    });
    after(() => curve.close());

    async function check(points: readonly NoblePoint[], scalars: readonly bigint[]) {
      const parts = await curve.msm2(encodePoints(points), encode(scalars));
      const sum = parts
        .filter(({ x, y }) => [...x, ...y].some((part) => part !== 0n))
        .map(({ x, y }) => G2.fromAffine({ x: { c0: x[0], c1: x[1] }, y: { c0: y[0], c1: y[1] } }))
        .reduce((a, b) => a.add(b), G2.ZERO as NoblePoint);
      const expected = scalars.reduce(
        (acc, s, i) => (s === 0n ? acc : acc.add(points[i].multiplyUnsafe(s))),
        G2.ZERO as NoblePoint,
      );
      assert.ok(sum.equals(expected));
    }

    const randomPoints = (n: number) => Array.from({ length: n }, () => G2.BASE.multiplyUnsafe(randomElement()));

    it('agrees with an independent implementation', async () => {
      const points = randomPoints(33);
      for (const n of [1, 2, 3, 8, 33]) await check(points.slice(0, n), points.slice(0, n).map(randomElement));
      await check(
        points,
        points.map((_, i) => (i % 4 === 0 ? R - BigInt(i + 1) : BigInt(i))),
      );
    });

    it('leaves out zeros, adds equal points and cancels opposite ones', async () => {
      const [p, q] = randomPoints(2);
      const zero = G2.ZERO as NoblePoint;
      await check([p, zero, q, zero], [0n, 5n, randomElement(), 0n]);
      await check([p, p, p, p, p], [5n, 5n, 5n, 5n, 5n]);
      await check([p, p, q, p, p], Array(5).fill(R - 3n));
      await check([p, p.negate(), q, p], [9n, 9n, 9n, 9n]);
      await check([p, p], [77n, R - 77n]);
      await check([p, p.double(), p.double().negate(), p.negate()], [6n, 6n, 6n, 6n]);
    });

    it('is right beyond one batch of additions', async () => {
      const [p] = randomPoints(1);
      const multiples = [p];
      for (let i = 1; i < 2_500; i++) multiples.push(multiples[i - 1].add(p));
      const scalars = multiples.map(randomElement);
      const parts = await curve.msm2(encodePoints(multiples), encode(scalars));
      const sum = parts
        .map(({ x, y }) => G2.fromAffine({ x: { c0: x[0], c1: x[1] }, y: { c0: y[0], c1: y[1] } }))
        .reduce((a, b) => a.add(b));
      const log = scalars.reduce((total, s, i) => (total + s * BigInt(i + 1)) % R, 0n);
      assert.ok(sum.equals(p.multiplyUnsafe(log)));
    });
  });
}
