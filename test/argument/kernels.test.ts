import assert from 'node:assert/strict';
import { before, describe, it } from 'node:test';
import { stepSums } from '../../src/argument/integers.ts';
import { Kernels, type Vec } from '../../src/argument/kernels.ts';
import { evaluatePolynomial, inverse, mod, powersOf, R, randomElement } from '../../src/numbers/field.ts';

const random = (n: number) => Array.from({ length: n }, randomElement);
const edge = [0n, 1n, 2n, R - 1n, R - 2n, 1n << 253n, (1n << 128n) - 1n, (R - 1n) / 2n];

for (const lanes of [true, false]) {
  describe(`field kernels ${lanes ? 'in lanes' : 'without relaxed SIMD'}`, () => {
    let k: Kernels;
    before(async () => {
      k = await Kernels.load({ lanes });
      assert.equal(k.lanes, lanes, 'every processor of the last ten years has a fused multiply-add');
    });
    const vec = (values: readonly bigint[]): Vec => k.fromBigints(values);

    it('adds, subtracts and multiplies like BigInt, at the edges of the field too', () => {
      const pairs = [...edge, ...random(40)].flatMap((a) => edge.map((b) => [a, b]));
      const a = vec(pairs.map((p) => p[0]));
      const b = vec(pairs.map((p) => p[1]));
      const expected = (f: (x: bigint, y: bigint) => bigint) => pairs.map(([x, y]) => mod(f(x, y)));
      assert.deepEqual(
        k.toBigints(k.mul(a, b)),
        expected((x, y) => x * y),
      );
      assert.deepEqual(
        k.toBigints(k.sub(a, b)),
        expected((x, y) => x - y),
      );
      const sum = k.copy(a);
      k.addTo(sum, b);
      assert.deepEqual(
        k.toBigints(sum),
        expected((x, y) => x + y),
      );
    });

    it('converts signed integers and writes canonical bytes', () => {
      const small = Int32Array.of(0, 1, -1, 2 ** 31 - 1, -(2 ** 31));
      assert.deepEqual(
        k.toBigints(k.fromIntegers(small)),
        Array.from(small, (v) => mod(BigInt(v))),
      );
      const large = BigInt64Array.of(0n, -1n, 2n ** 62n, -(2n ** 62n) - 5n);
      assert.deepEqual(k.toBigints(k.fromIntegers(large)), Array.from(large, mod));
      const bytes = k.canonicalBytes(vec([R - 1n, 258n]));
      assert.equal(bytes[32], 2);
      assert.equal(bytes[33], 1);
      assert.equal(BigInt(`0x${Buffer.from(bytes.subarray(0, 32)).reverse().toString('hex')}`), R - 1n);
    });

    it('contracts, folds and evaluates multilinear extensions', () => {
      const z = random(5);
      const values = random(32);
      const eq = Array.from({ length: 32 }, (_, x) => z.reduce((p, c, t) => mod(p * ((x >> t) & 1 ? c : 1n - c)), 1n));
      assert.deepEqual(k.toBigints(k.eqTable(z)), eq);
      const expected = mod(values.reduce((s, v, x) => s + v * eq[x], 0n));
      assert.equal(k.evaluate(vec(values), z), expected);
      let folded = vec(values);
      for (let t = 4; t >= 0; t--) folded = k.fold(folded, z[t]);
      assert.equal(k.get(folded, 0), expected);
      const M = vec(values);
      const e = random(4);
      assert.deepEqual(
        k.toBigints(k.contractLow(M, vec(e))),
        Array.from({ length: 8 }, (_, i) => mod(e.reduce((s, w, j) => s + w * values[4 * i + j], 0n))),
      );
      assert.deepEqual(
        k.toBigints(k.contractHigh(M, vec(e))),
        Array.from({ length: 8 }, (_, j) => mod(e.reduce((s, w, i) => s + w * values[8 * i + j], 0n))),
      );
    });

    it('takes exclusive sums from either end, repeats and tiles', () => {
      const v = vec([1n, 2n, 3n, 4n, 5n, 6n]);
      k.exclusiveSums(v, 3, 'start');
      assert.deepEqual(k.toBigints(v), [0n, 1n, 3n, 0n, 4n, 9n]);
      const w = vec([1n, 2n, 3n, 4n, 5n, 6n]);
      k.exclusiveSums(w, 3, 'end');
      assert.deepEqual(k.toBigints(w), [5n, 3n, 0n, 11n, 6n, 0n]);
      const tiled = k.repeatEach(vec([7n, 9n]), 2);
      k.mulTile(tiled, vec([1n, 10n]));
      assert.deepEqual(k.toBigints(tiled), [7n, 70n, 9n, 90n]);
      assert.deepEqual(k.toBigints(k.repeatEach(vec([1n, 2n, 3n, 4n]), 2, 2)), [1n, 2n, 1n, 2n, 3n, 4n, 3n, 4n]);
    });

    it('sums integers step by step, those of every pass over fewer rows than there are factors', () => {
      const [rows, features] = [8, 5];
      for (const [batch, passes, size] of [
        [1, 1, 2 ** 16],
        [4, 1, 2 ** 19],
        [2, 4, 2 ** 30],
        [8, 2, 2 ** 16],
      ]) {
        const data = Int32Array.from({ length: rows * features }, () => Math.floor((Math.random() - 0.5) * 2 * size));
        const e = random(rows * passes);
        const steps = e.length / batch;
        const out = k.raw(features * steps);
        stepSums(k, out, data, vec(e), { rows, batch });
        const expected = Array.from({ length: features * steps }, (_, at) => {
          const [j, step] = [Math.floor(at / steps), at % steps];
          const ofStep = e.slice(step * batch, (step + 1) * batch);
          return mod(ofStep.reduce((sum, x, b) => sum + x * BigInt(data[j * rows + ((step * batch + b) % rows)]), 0n));
        });
        assert.deepEqual(k.toBigints(out), expected);
      }
    });

    it('inverts a batch and refuses zero', () => {
      const values = random(9);
      const v = vec(values);
      k.invert(v);
      assert.deepEqual(
        k.toBigints(v),
        values.map((x) => inverse(x)),
      );
      assert.throws(() => k.invert(vec([1n, 0n])), RangeError);
    });

    it('divides by X^n - k', () => {
      const f = random(12);
      const gamma = randomElement();
      const x = randomElement();
      const { remainder, quotient } = k.divide(vec(f), 4, gamma);
      const at = (v: Vec) => k.horner(v, x);
      const x4 = powersOf(x, 5)[4];
      assert.equal(mod(at(quotient) * (x4 - gamma) + at(remainder)), evaluatePolynomial(f, x));
      assert.equal(remainder.len, 4);
    });

    it('gathers from a table and refuses an index outside', () => {
      const table = vec([5n, 6n, 7n]);
      const out = k.raw(3);
      k.gather(out, table, Int32Array.of(2, 0, 2));
      k.gather(out, table, Int32Array.of(1, 1, 0), true);
      assert.deepEqual(k.toBigints(out), [13n, 11n, 12n]);
      assert.throws(() => k.gather(out, table, Int32Array.of(3, 0, 0)), /outside the lookup table/);
      assert.throws(() => k.gather(out, table, Int32Array.of(-1, 0, 0)), /outside the lookup table/);
    });

    /** Values at the edges and random ones, more than a sum of products takes at once. */
    const mixed = (n: number, seed: number) =>
      Array.from({ length: n }, (_, i) => (i % 3 === 2 ? randomElement() : edge[(i * seed + (i >> 3)) % edge.length]));

    it('scales, adds multiples and folds like BigInt, also where the result is 0', () => {
      for (const factor of [...edge, randomElement()]) {
        const [a, b] = [mixed(301, 5), mixed(301, 3)];
        assert.deepEqual(
          k.toBigints(k.scale(vec(a), factor)),
          a.map((x) => mod(x * factor)),
        );
        const sum = vec(b);
        k.addScaled(sum, vec(a), factor);
        assert.deepEqual(
          k.toBigints(sum),
          a.map((x, i) => mod(b[i] + x * factor)),
        );
        const cancelled = vec(a.map((x) => mod(-x * factor)));
        k.addScaled(cancelled, vec(a), factor);
        assert.deepEqual(k.toBigints(cancelled), new Array(301).fill(0n));
        const folded = a.map((x, i) => mod(x + factor * (b[i] - x)));
        assert.deepEqual(k.toBigints(k.fold(vec([...a, ...b]), factor)), folded);
        const kept = vec([...a, ...b]);
        assert.deepEqual(k.toBigints(k.fold(kept, factor, k.raw(301))), folded);
        assert.deepEqual(k.toBigints(kept), [...a, ...b]);
      }
    });

    it('sums products like BigInt, the largest ones too', () => {
      for (const n of [1, 2, 3, 255, 256, 257, 1000]) {
        for (const [a, b] of [
          [mixed(n, 5), mixed(n, 3)],
          [new Array(n).fill(R - 1n), new Array(n).fill(R - 1n)],
          [new Array(n).fill(0n), mixed(n, 1)],
        ]) {
          const expected = mod(a.reduce((s, x, i) => s + x * b[i], 0n));
          assert.equal(k.dot(vec(a), vec(b)), expected);
          assert.deepEqual(k.toBigints(k.contractLow(vec([...a, ...b]), vec(b))), [
            expected,
            mod(b.reduce((s, x) => s + x * x, 0n)),
          ]);
        }
      }
    });

    /** Values of a factor at X = 0..degree for each x < half. */
    function along(values: readonly bigint[], half: number, x: number, X: number): bigint {
      if (values.length <= half) return values[x % values.length];
      return values[x] + BigInt(X) * (values[x + half] - values[x]);
    }

    function checkRound(factors: readonly bigint[][], half: number): void {
      const expected = Array.from({ length: factors.length + 1 }, (_, X) => {
        let sum = 0n;
        for (let x = 0; x < half; x++) sum += factors.reduce((p, values) => mod(p * along(values, half, x, X)), 1n);
        return mod(sum);
      });
      assert.deepEqual(k.roundProduct(factors.map(vec), half), expected);
    }

    it('sums rounds of one to five factors like BigInt, bound ones and shorter ones', () => {
      for (const half of [1, 2, 8, 512]) {
        const long = [5, 3, 7, 1, 2].map((seed) => mixed(2 * half, seed));
        for (let count = 1; count <= 5; count++) checkRound(long.slice(0, count), half);
        for (const short of [mixed(1, 1), mixed(half, 3), mixed(Math.min(2, half), 5)]) {
          checkRound([long[0], short], half);
          checkRound([short, long[1], long[2]], half);
          checkRound([short, short, long[2]], half);
        }
        const most = new Array<bigint>(2 * half).fill(R - 1n);
        const zero = new Array<bigint>(2 * half).fill(0n);
        checkRound([most, most], half);
        checkRound([most, most, most], half);
        checkRound(
          [most, [...zero.slice(half), ...most.slice(half)], [...most.slice(half), ...zero.slice(half)]],
          half,
        );
        checkRound([long[0], zero, long[1]], half);
      }
    });

    it('sums rounds of the lookup relation like BigInt', () => {
      for (const half of [1, 2, 512]) {
        const most = new Array<bigint>(2 * half).fill(R - 1n);
        for (const factors of [[5, 3, 7, 1, 2].map((seed) => mixed(2 * half, seed)), [most, most, most, most, most]]) {
          const expected = Array.from({ length: 6 }, (_, X) => {
            let sum = 0n;
            for (let x = 0; x < half; x++) {
              const [eq, h, x1, x2, x3] = factors.map((values) => mod(along(values, half, x, X)));
              sum += mod(eq * mod(h * x1 * mod(x2 * x3) - x1 * x2 - x1 * x3 - x2 * x3));
            }
            return mod(sum);
          });
          assert.deepEqual(k.roundLookup(factors.map(vec), half), expected);
        }
      }
    });
  });
}
