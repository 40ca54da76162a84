import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { CHUNK_SIZE, COLUMN_BITS, COLUMN2_BITS } from '../../src/numbers/constants.ts';
import { evaluatePolynomial, inverse, mod, power, randomElement } from '../../src/numbers/field.ts';
import { BLINDING_ENTRIES, blindHelper, blindTrace, slottedOracle } from '../../src/programs/common.ts';

const C = 2 ** COLUMN_BITS;
const C2 = 2 ** COLUMN2_BITS;
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

/** A random coefficient of a chunk of the trace (0) or the helper (1), behind its entries. */
interface Coefficient {
  oracle: 0 | 1;
  chunk: number;
  at: number;
}

/**
 * Rank of the map from random coefficients to what a reader sees of one proof: every chunk of trace and helper at tau, p'(tau), s(tau), s''(tau), e2 = s''(z)
 * (design section 9). T, T2 and pi follow from these, and T2 tells s''(tau).
 */
function blindingRank(
  coefficients: readonly Coefficient[],
  chunks: readonly [number, number],
  oracles: number,
): number {
  const [eta, gamma, theta, gamma2, z, tau] = random(6);
  const low = random(COLUMN_BITS);
  const high = random(8);
  const image = ({ oracle, chunk, at }: Coefficient): bigint[] => {
    const index = CHUNK_SIZE + at;
    const [row, column] = [Math.floor(index / C), index % C];
    const scale = mod(power(eta, BigInt(oracles - 2 + oracle)) * eqAt(high, chunk));
    const inRows = mod(scale * eqAt(low, column)); // contribution to p'_row
    const inColumns = mod(scale * power(gamma, BigInt(row))); // to s_column
    const s2 = new Array<bigint>(C2).fill(0n);
    for (const [i, v] of [
      [row, inRows],
      [column, mod(theta * inColumns)],
    ] as [number, bigint][])
      s2[i % C2] = mod(s2[i % C2] + power(gamma2, BigInt(Math.floor(i / C2))) * v);
    const points = chunks.flatMap((count, o) =>
      Array.from({ length: count }, (_, h) => (o === oracle && h === chunk ? power(tau, BigInt(index)) : 0n)),
    );
    return [
      ...points,
      mod(inRows * power(tau, BigInt(row))),
      mod(inColumns * power(tau, BigInt(column))),
      evaluatePolynomial(s2, tau),
      evaluatePolynomial(s2, z),
    ];
  };
  return rank(coefficients.map(image));
}

/** The coefficients that a prover draws for vectors of so many entries. */
function drawn(trace: number, helper: number): { coefficients: Coefficient[]; chunks: [number, number] } {
  const oracles = [trace, helper].map((log2s) =>
    slottedOracle(Array.from({ length: log2s }, (_, i) => ({ name: `${i}`, log2: 17 }))),
  );
  blindTrace(oracles[0]);
  blindHelper(oracles[1]);
  return {
    coefficients: oracles.flatMap(({ tails }, oracle) =>
      tails.flatMap((tail, chunk) => tail.map(({ at }) => ({ oracle: oracle as 0 | 1, chunk, at }))),
    ),
    chunks: [oracles[0].chunks, oracles[1].chunks],
  };
}

describe('blinding', () => {
  for (const [trace, helper] of [
    [1, 1],
    [3, 1],
    [1, 4],
    [8, 3],
  ])
    it(`hides every chunk and all images of ${trace} and ${helper} eighths of a million entries`, () => {
      const { coefficients, chunks } = drawn(trace, helper);
      assert.equal(coefficients.length, chunks[0] + chunks[1] + 4);
      for (const oracles of [3, 5])
        assert.equal(blindingRank(coefficients, chunks, oracles), chunks[0] + chunks[1] + 4);
    });

  it('hides all six images of first chunks alone, whatever the other chunks hide', () => {
    const first: Coefficient[] = [
      ...BLINDING_ENTRIES.map((at): Coefficient => ({ oracle: 0, chunk: 0, at })),
      { oracle: 1, chunk: 0, at: 0 },
    ];
    for (const oracles of [3, 4, 5, 11]) assert.equal(blindingRank(first, [1, 1], oracles), 6);
    for (let leave = 0; leave < 6; leave++)
      assert.equal(
        blindingRank(
          first.filter((_, i) => i !== leave),
          [1, 1],
          5,
        ),
        5,
        'no coefficient is idle',
      );
  });

  it('would not hide with consecutive coefficients, which is why they are spread', () => {
    const beside = [0, 1, 2, 3, 4].map((at): Coefficient => ({ oracle: 0, chunk: 0, at }));
    assert.ok(blindingRank([...beside, { oracle: 1, chunk: 0, at: 0 }], [1, 1], 5) < 6);
  });

  it('stands in the two rows behind the entries', () => {
    for (const at of BLINDING_ENTRIES) assert.ok(at < 2 * C);
  });
});
