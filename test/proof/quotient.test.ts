import assert from 'node:assert/strict';
import { after, describe, it } from 'node:test';
import { Curve } from '../../src/argument/curve.ts';
import { fromBytes, inverse, mod, power, R, rootOfUnity, toBytes } from '../../src/numbers/field.ts';
import { quotientConstants } from '../../src/proof/groth16/prove.ts';
import { Random, range } from '../reference/algebra.ts';

interface Entry {
  matrix: number;
  row: number;
  column: number;
  value: bigint;
}

/** As a proving key has them. */
function encoded(entries: readonly Entry[]): Uint8Array {
  const out = new Uint8Array(44 * entries.length);
  const view = new DataView(out.buffer);
  entries.forEach(({ matrix, row, column, value }, i) => {
    [matrix, row, column].forEach((word, k) => {
      view.setUint32(44 * i + 4 * k, word, true);
    });
    out.set(toBytes((value << 512n) % R), 44 * i + 12);
  });
  return out;
}

/** Values at x of the polynomials that have the columns of values on the roots of order 2^k, by Lagrange's formula. */
function valueAt(values: readonly bigint[], k: number, x: bigint): bigint {
  const [n, root] = [BigInt(values.length), rootOfUnity(k)];
  const vanishing = mod(power(x, n) - 1n);
  const terms = values.map((value, i) => {
    const point = power(root, BigInt(i));
    return mod(mod(value * point) * inverse(mod(x - point)));
  });
  return mod(mod(vanishing * inverse(n)) * mod(terms.reduce((sum, term) => sum + term, 0n)));
}

/** (A w)(B w) - C w on the odd powers of the root of order 2^(k+1). */
function expected(entries: readonly Entry[], witness: readonly bigint[], k: number): bigint[] {
  const [a, b] = [0, 1].map((matrix) => {
    const rows = range(1 << k).map(() => 0n);
    for (const entry of entries)
      if (entry.matrix === matrix) rows[entry.row] = mod(rows[entry.row] + entry.value * witness[entry.column]);
    return rows;
  });
  const c = a.map((x, i) => mod(x * b[i]));
  return range(1 << k).map((i) => {
    const x = power(rootOfUnity(k + 1), BigInt(2 * i + 1));
    return mod(valueAt(a, k, x) * valueAt(b, k, x) - valueAt(c, k, x));
  });
}

for (const lanes of [true, false]) {
  describe(`the scalars of H, ${lanes ? 'in lanes where they run' : 'without lanes'}`, async () => {
    const curve = await Curve.load({ threads: 1, lanes });
    after(() => curve.close());

    const check = async (entries: readonly Entry[], witness: readonly bigint[], k: number) => {
      const bytes = new Uint8Array(32 * witness.length);
      witness.forEach((value, i) => {
        bytes.set(toBytes(value), 32 * i);
      });
      const coded = { bytes: encoded(entries), count: entries.length };
      const out = await curve.quotient(coded, bytes, k, quotientConstants(k));
      const actual = range(1 << k).map((i) => fromBytes(out.subarray(32 * i)));
      assert.deepEqual(actual, expected(entries, witness, k));
    };

    for (const k of [1, 2, 3, 4, 6]) {
      it(`are right on a domain of 2^${k}, for rows of any length in any order`, async () => {
        const random = new Random(k);
        const signals = 40;
        const witness = range(signals).map((i) => (i % 5 === 0 ? 0n : i % 3 === 0 ? R - 1n : random.element()));
        const entries: Entry[] = [];
        for (const row of range(1 << k)) {
          for (const matrix of [0, 1]) {
            // empty rows, short ones, long ones of odd and even length, one that takes several reductions
            const length = row === 1 ? 700 : [0, 1, 9, 16, 7, 33][(2 * row + matrix) % 6];
            for (const i of range(length)) {
              const value = i % 4 === 0 ? R - 1n : i % 4 === 1 ? 1n : random.element();
              entries.push({ matrix, row, column: (7 * i + row) % signals, value });
            }
          }
        }
        await check(entries, witness, k);
        if (k > 4) return;
        await check(entries.reverse(), witness, k);
        await check([...entries.slice(5), ...entries.slice(0, 5)], witness, k);
      });
    }

    it('are right where every value is 0 or -1', async () => {
      const entries = range(16).flatMap((row) => [0, 1].map((matrix) => ({ matrix, row, column: 0, value: 1n })));
      await check(entries, [R - 1n], 4);
      await check(entries, [0n], 4);
    });
  });
}
