import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import {
  exactExp,
  exactLossRest,
  exactSigmoid,
  expTable,
  lossTable,
  sigmoidTable,
  TABLE_SIZE,
} from '../../src/training/tables.ts';
import { EXP, LOSS, SIG } from '../reference/tables.ts';

/** x in units of 2^-96, by the series of exp: exact to far below what is rounded. */
const ONE = 1n << 96n;

/** exp(-numerator / 512) in units of 2^-96. */
function expOf(numerator: number): bigint {
  // exp(-n / 512) = exp(-r / 512) exp(-1)^q, n = 512 q + r
  let result = series(-BigInt(numerator % 512), 512n);
  const e = series(-512n, 512n);
  for (let q = 0; q < Math.floor(numerator / 512); q++) result = (result * e) >> 96n;
  return result;
}

/** exp(numerator / denominator), of at most 1. */
function series(numerator: bigint, denominator: bigint): bigint {
  let [sum, term] = [0n, ONE];
  for (let k = 1n; term !== 0n && k < 60n; k++) {
    sum += term;
    term = (term * numerator) / (denominator * k);
  }
  return sum;
}

const TABLES = [
  ['exponential', exactExp, expTable],
  ['sigmoid', exactSigmoid, sigmoidTable],
] as const;

describe('the tables of the heads', () => {
  for (const [name, exact, table] of TABLES) {
    it(`have no entry of the ${name} nearer than 1e-6 to a half`, () => {
      assert.equal(table().length, TABLE_SIZE);
      let nearest = 1;
      for (let k = 0; k < TABLE_SIZE; k++) nearest = Math.min(nearest, Math.abs((exact(k) % 1) - 0.5));
      assert.ok(nearest > 1e-6, `${nearest}`);
    });
  }

  it('are what integers say of the exponential', () => {
    const round = (numerator: bigint, denominator: bigint) =>
      Number((2n * numerator + denominator) / (2n * denominator));
    const [exp, sigmoid] = [expTable(), sigmoidTable()];
    // All that is not 0 or saturated, and some beyond.
    for (let t = 0; t < 7000; t++) assert.equal(exp[t], round((1n << 16n) * expOf(t), ONE), `EXP[${t}]`);
    for (let d = 0; d < 5000; d++) {
      const e = expOf(d);
      assert.equal(sigmoid[2 ** 15 + d], round(2048n * ONE, ONE + e), `SIG[${d}]`);
      assert.equal(sigmoid[2 ** 15 - d], round(2048n * e, ONE + e), `SIG[-${d}]`);
    }
    assert.ok(exp.subarray(7000).every((value) => value === 0));
    assert.ok(sigmoid.subarray(0, 2 ** 15 - 4999).every((value) => value === 0));
    assert.ok(sigmoid.subarray(2 ** 15 + 4999).every((value) => value === 2048));
  });

  it('have no entry of the log-loss nearer than 1e-6 to an integer, the part that is one aside', () => {
    let nearest = 1;
    for (let k = 0; k < TABLE_SIZE; k++) {
      const rest = exactLossRest(k);
      assert.ok(rest > 0);
      if (rest > 0.5) nearest = Math.min(nearest, Math.abs(rest - Math.round(rest)));
    }
    assert.ok(nearest > 1e-6, `${nearest}`);
  });

  it('are what integers say of the log-loss: its least upper bound in units of 2^-16', () => {
    const loss = lossTable();
    // exp of the bound is at least 1 + exp(-d / 512), of the bound less a unit below it
    for (let d = 0; d < 7000; d++) {
      const rest = loss[2 ** 15 - d];
      const exact = ONE + expOf(d);
      assert.ok(series(BigInt(rest - 1), 65536n) < exact && series(BigInt(rest), 65536n) >= exact, `LOSS[-${d}]`);
      assert.equal(loss[2 ** 15 + d], 128 * d + rest, `LOSS[${d}]`);
    }
    assert.ok(loss.subarray(0, 2 ** 15 - 6999).every((value) => value === 1));
    assert.ok(loss.subarray(2 ** 15 + 7000).every((value, k) => value === 128 * (7000 + k) + 1));
  });

  it('equal the big-integer reference in every entry', () => {
    assert.deepEqual([...expTable()], EXP.map(Number));
    assert.deepEqual([...sigmoidTable()], SIG.map(Number));
    assert.deepEqual([...lossTable()], LOSS.map(Number));
  });

  it('begin and end as they must', () => {
    assert.deepEqual([expTable()[0], expTable()[65535]], [65536, 0]);
    assert.deepEqual([lossTable()[0], lossTable()[2 ** 15], lossTable()[65535]], [1, 45427, 4194177]);
    assert.deepEqual([sigmoidTable()[0], sigmoidTable()[2 ** 15], sigmoidTable()[65535]], [0, 1024, 2048]);
  });
});
