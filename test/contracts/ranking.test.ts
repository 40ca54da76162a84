import assert from 'node:assert/strict';
import { before, describe, it } from 'node:test';
import fc from 'fast-check';
import { getAddress, toHex } from 'viem';
import { abiOf, Contract, type TestChain, testChain } from './support/chain.ts';

const MOST = 32;

/** The board by sorting: entries in the order in which they were entered, an owner's better value replaces an earlier one. */
class Sorted {
  #entries: { owner: bigint; number: bigint; value: bigint }[] = [];
  readonly #ascending: boolean;

  constructor(ascending: boolean) {
    this.#ascending = ascending;
  }

  /** @returns the place, 0 for none, as where the value is not better than the owner's on the board */
  enter(owner: bigint, number: bigint, value: bigint): bigint {
    const own = this.#entries.find((entry) => entry.owner === owner);
    if (own !== undefined && !this.#better(value, own.value)) return 0n;
    const all = [...this.#entries.filter((entry) => entry !== own), { owner, number, value }];
    all.sort((a, b) => (this.#better(a.value, b.value) ? -1 : this.#better(b.value, a.value) ? 1 : 0));
    this.#entries = all.slice(0, MOST);
    return BigInt(this.#entries.findIndex((entry) => entry.owner === owner) + 1);
  }

  numbers(): bigint[] {
    return this.#entries.map(({ number }) => number);
  }

  #better(a: bigint, b: bigint): boolean {
    return this.#ascending ? a < b : a > b;
  }
}

const addressOf = (owner: bigint) => getAddress(toHex(owner, { size: 20 }));

describe('Ranking', () => {
  let chain: TestChain;

  before(async () => {
    chain = await testChain();
  });

  const fresh = async () => new Contract(chain, await chain.deploy('RankingHarness'), await abiOf('RankingHarness'));

  for (const ascending of [false, true]) {
    it(`keeps the same 32 in the same order as sorting does, ${ascending ? 'least' : 'greatest'} first`, async () => {
      const value = fc.oneof(fc.bigInt({ min: 0n, max: 12n }), fc.bigInt({ min: 0n, max: 2n ** 64n - 1n }));
      const entry = fc.tuple(fc.bigInt({ min: 1n, max: 45n }), fc.bigInt({ min: 0n, max: 2n }), value);
      await fc.assert(
        fc.asyncProperty(fc.array(entry, { minLength: 60, maxLength: 110 }), async (entries) => {
          const board = await fresh();
          const sorted = new Sorted(ascending);
          for (const [owner, model, points] of entries) {
            const number = 3n * owner + model;
            const place = sorted.enter(owner, number, points);
            assert.equal(await board.simulate('enter', [addressOf(owner), number, points, ascending]), place);
            await board.send('enter', [addressOf(owner), number, points, ascending]);
            assert.deepEqual(await board.read('numbers', []), sorted.numbers());
          }
        }),
        { numRuns: 4 },
      );
    });
  }

  it('refuses a value that only equals the last of 32, and lets a better one push it out', async () => {
    const board = await fresh();
    for (let number = 1n; number <= 32n; number++)
      await board.send('enter', [addressOf(number), number, 100n - number, false]);
    assert.equal(await board.simulate('enter', [addressOf(99n), 99n, 68n, false]), 0n);
    assert.equal(await board.simulate('enter', [addressOf(99n), 99n, 69n, false]), 32n);
    await board.send('enter', [addressOf(99n), 99n, 69n, false]);
    const numbers: bigint[] = await board.read('numbers', []);
    assert.deepEqual([numbers.length, numbers[30], numbers[31]], [32, 31n, 99n]);
  });

  it('keeps one place for an owner, that of its best number, the earlier of equals', async () => {
    const board = await fresh();
    const own = addressOf(7n);
    await board.send('enter', [own, 1n, 10n, false]);
    for (const [number, value, place, listed] of [
      [2n, 9n, 0n, 1n],
      [3n, 10n, 0n, 1n],
      [4n, 11n, 1n, 4n],
      [1n, 12n, 1n, 1n],
    ] as const) {
      assert.equal(await board.simulate('enter', [own, number, value, false]), place);
      await board.send('enter', [own, number, value, false]);
      assert.deepEqual(await board.read('numbers', []), [listed]);
    }
  });

  it('takes back one that was pushed out', async () => {
    const board = await fresh();
    for (let number = 1n; number <= 33n; number++)
      await board.send('enter', [addressOf(number), number, number, false]);
    assert.equal((await board.read('numbers', [])).includes(1n), false);
    assert.equal(await board.simulate('enter', [addressOf(1n), 1n, 1000n, false]), 1n);
    await board.send('enter', [addressOf(1n), 1n, 1000n, false]);
    const numbers: bigint[] = await board.read('numbers', []);
    assert.deepEqual([numbers.length, numbers[0], numbers.includes(2n)], [32, 1n, false]);
  });
});
