import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { evaluatePolynomial, inverse, mod, power, randomElement } from '../../src/numbers/field.ts';
import { BLINDING_ENTRIES } from '../../src/programs/common.ts';

const C = 2048;
const C2 = 64;
const random = (n: number) => Array.from({ length: n }, randomElement);
const eqAt = (z: readonly bigint[], i: number) => z.reduce((q, c, t) => mod(q * ((i >> t) & 1 ? c : 1n - c)), 1n);

function rank(rows: bigint[][]): number {
  const A = rows.map((r) => r.slice());
  let done = 0;
  for (let c = 0; c < A[0].length && done < A.length; c++) {
    const pivot = A.findIndex((r, i) => i >= done && r[c] !== 0n);
    if (pivot < 0) continue;
    [A[done], A[pivot]] = [A[pivot], A[done]];
    const scale = inverse(A[done][c]);
    for (let i = 0; i < A.length; i++) {
      if (i === done || A[i][c] === 0n) continue;
      const f = mod(A[i][c] * scale);
      A[i] = A[i].map((x, j) => mod(x - f * A[done][j]));
    }
    done++;
  }
  return done;
}

/**
 * Rank of the map from blinding entries (addresses in trace and helper) to what a reader sees of one proof: f_trace(tau), f_helper(tau), p'(tau), s(tau), s''(tau),
 * e2 = s''(z) (design section 9). T and T2 follow from these.
 */
function blindingRank(trace: readonly number[], helper: readonly number[], oracles: number): number {
  const [eta, gamma, theta, gamma2, z, tau] = random(6);
  const low = random(11);
  const entry = (oracle: number, index: number): bigint[] => {
    const [row, column] = [Math.floor(index / C), index % C];
    const scale = power(eta, BigInt(oracle));
    const inRows = mod(scale * eqAt(low, column)); // contribution to p'_row
    const inColumns = mod(scale * power(gamma, BigInt(row))); // to s_column
    const s2 = new Array<bigint>(C2).fill(0n);
    for (const [i, v] of [
      [row, inRows],
      [column, mod(theta * inColumns)],
    ] as [number, bigint][])
      s2[i % C2] = mod(s2[i % C2] + power(gamma2, BigInt(Math.floor(i / C2))) * v);
    const at = power(tau, BigInt(index));
    const isTrace = oracle === oracles - 2;
    return [
      isTrace ? at : 0n,
      isTrace ? 0n : at,
      mod(inRows * power(tau, BigInt(row))),
      mod(inColumns * power(tau, BigInt(column))),
      evaluatePolynomial(s2, tau),
      evaluatePolynomial(s2, z),
    ];
  };
  return rank([...trace.map((i) => entry(oracles - 2, i)), ...helper.map((i) => entry(oracles - 1, i))]);
}

describe('blinding', () => {
  // the slot of 2^12 stands at a multiple of 2^12, the helper's entry wherever its other slots end
  const cases: [string, number, number][] = [
    ['the smallest trace: the table, then the blinding', 1 << 14, 1 << 14],
    ['a helper that ends inside a row', 1 << 14, (1 << 14) + 24],
    ['49-32-10 with 512 rows', 9 * 16384 + 3 * 8192 + 16384 + 12288, 2 * 16384 + 8192 + 16384],
    ['784-128-10 with 1024 rows', 9 * 131072 + 4 * 16384, 2 * 131072 + 2 * 16384],
  ];
  for (const [name, trace, helper] of cases)
    it(`hides all six images at ${name}`, () => {
      for (const oracles of [3, 5])
        assert.equal(
          blindingRank(
            BLINDING_ENTRIES.map((e) => trace + e),
            [helper],
            oracles,
          ),
          6,
        );
    });

  it('would not hide with consecutive entries, which is why they are spread', () => {
    assert.ok(blindingRank([0, 1, 2, 3, 4], [1 << 14], 5) < 6);
  });
});
