// The counts of a score as a polynomial at a point, against sums of powers that are computed here by their definition.
import assert from 'node:assert/strict';
import { before, describe, it } from 'node:test';
import fc from 'fast-check';
import { type Hex, toHex } from 'viem';
import { countsAt, countsBytes } from '../../src/model/measures.ts';
import { mod, power, R } from '../../src/numbers/field.ts';
import { abiOf, Contract, reverts, testChain } from './support/chain.ts';

const [REGRESSION, CLASSES, LABELS] = [0, 1, 2];

/** sum C(i, j) x^(4096 i + j), term by term; of labels sum C(j) x^j. */
function sumOfPowers(counts: readonly number[], columns: number, x: bigint): bigint {
  return counts.reduce((sum, count, at) => {
    const [i, j] = [Math.floor(at / columns), at % columns];
    return mod(sum + BigInt(count) * power(x, 4096n * BigInt(i) + BigInt(j)));
  }, 0n);
}

const bytesOf = (counts: readonly number[]): Hex =>
  `0x${counts.map((count) => count.toString(16).padStart(4, '0')).join('')}`;

describe('Counts', () => {
  let harness: Contract;

  before(async () => {
    const chain = await testChain();
    harness = new Contract(chain, await chain.deploy('Harness'), await abiOf('Harness'));
  });

  const evaluate = (counts: Hex, kind: number, outputs: number, rows: number, x: bigint): Promise<[bigint, bigint]> =>
    harness.read('evaluateCounts', [counts, kind, outputs, rows, x]);

  const cases = [
    { kind: CLASSES, name: 'classes', sizes: [1, 2, 3, 10, 31, 32] },
    { kind: LABELS, name: 'labels', sizes: [1, 2, 33, 1023, 1024] },
  ] as const;
  for (const { kind, name, sizes } of cases) {
    for (const outputs of sizes) {
      it(`of ${outputs} ${name} are what their definition says, at any point`, async () => {
        const length = kind === CLASSES ? outputs ** 2 : outputs;
        // Their sum cannot be more than 4096 rows, or as many for each label.
        const most = Math.min(2 ** 16 - 1, Math.floor((kind === CLASSES ? 4096 : 4096 * outputs) / length));
        const count = fc.oneof(fc.nat(most), fc.constantFrom(0, most));
        const point = fc.oneof(fc.bigInt({ min: 0n, max: R - 1n }), fc.constantFrom(0n, 1n, 2n, R - 1n));
        const counts = fc.array(count, { minLength: length, maxLength: length });
        await fc.assert(
          fc.asyncProperty(counts, point, async (list, x) => {
            const expected = sumOfPowers(list, outputs, x);
            const sum = BigInt(list.reduce((total, one) => total + one, 0));
            assert.deepEqual(await evaluate(bytesOf(list), kind, outputs, 4096, x), [expected, sum]);
            const typed = Uint16Array.from(list);
            assert.equal(countsAt(name, typed, x), expected);
            assert.equal(toHex(countsBytes(typed)), bytesOf(list));
          }),
          { numRuns: length > 500 ? 4 : 20 },
        );
      });
    }
  }

  it('have the last count for the highest power, and a whole word of 16 bits each', async () => {
    // 65535 rows are more than a shard has: only the sum would forbid it.
    assert.deepEqual(await evaluate('0x0000000000000001', CLASSES, 2, 4096, 3n), [power(3n, 4097n), 1n]);
    assert.deepEqual(await evaluate('0x0000ffff', LABELS, 2, 40_000, 3n), [3n * 65535n, 65535n]);
    assert.deepEqual(await evaluate('0x0fff0001', LABELS, 2, 4096, 0n), [4095n, 4096n]);
  });

  it('are 0 and sum to 0 where none are stated, of whatever kind', async () => {
    for (const kind of [REGRESSION, CLASSES, LABELS]) {
      for (const outputs of [1, 33, 4096]) {
        assert.deepEqual(await evaluate('0x', kind, outputs, 9, 77n), [0n, 0n]);
      }
    }
  });

  it('are refused in any other length', async () => {
    for (const [kind, outputs, bytes, expected] of [
      [CLASSES, 1, 1, 2],
      [CLASSES, 1, 4, 2],
      [CLASSES, 3, 17, 18],
      [CLASSES, 3, 19, 18],
      [CLASSES, 3, 6, 18],
      [CLASSES, 3, 20, 18],
      [CLASSES, 32, 2046, 2048],
      [CLASSES, 33, 2 * 33 * 33, 0],
      [CLASSES, 33, 1, 0],
      [CLASSES, 4096, 2, 0],
      [LABELS, 3, 18, 6],
      [LABELS, 3, 5, 6],
      [LABELS, 1024, 2050, 2048],
      [LABELS, 1025, 2050, 0],
      [REGRESSION, 1, 2, 0],
      [REGRESSION, 3, 18, 0],
    ]) {
      const call = evaluate(`0x${'00'.repeat(bytes)}`, kind, outputs, 4096, 5n);
      await reverts(call, 'WrongCountsLength', [BigInt(bytes), BigInt(expected)]);
    }
  });

  it('are refused when they sum to more than all rows, of labels than all rows of all labels', async () => {
    const classes = (counts: number[], rows: number) => evaluate(bytesOf(counts), CLASSES, 2, rows, 5n);
    assert.equal((await classes([3, 4, 0, 2], 9))[1], 9n);
    await reverts(classes([3, 4, 1, 2], 9), 'CountsOutOfRange', [10n, 9n]);
    await reverts(classes([65535, 65535, 65535, 65535], 4096), 'CountsOutOfRange', [4n * 65535n, 4096n]);
    const labels = (counts: number[], rows: number) => evaluate(bytesOf(counts), LABELS, 2, rows, 5n);
    assert.equal((await labels([9, 9], 9))[1], 18n);
    await reverts(labels([9, 10], 9), 'CountsOutOfRange', [19n, 18n]);
  });
});
