import assert from 'node:assert/strict';
import { before, describe, it } from 'node:test';
import { Kernels, type Vec } from '../../src/argument/kernels.ts';
import { evaluatePolynomial, inverse, mod, powersOf, R, randomElement } from '../../src/numbers/field.ts';

const random = (n: number) => Array.from({ length: n }, randomElement);
const edge = [0n, 1n, 2n, R - 1n, R - 2n, 1n << 253n, (1n << 128n) - 1n, (R - 1n) / 2n];

describe('field kernels', () => {
  let k: Kernels;
  before(async () => {
    k = await Kernels.load();
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
});
