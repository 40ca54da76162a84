import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { packMethod } from '../../src/model/sparse/method.ts';
import { methodText } from '../../src/model/sparse/methodText.ts';

const UNKNOWN = 'a sparse merge by a method that is not known here';
const bytes = (word: bigint, seed = 0n) =>
  `0x${[word, seed, 0n, 0n, 0n, 0n, 0n].map((w) => w.toString(16).padStart(64, '0')).join('')}`;

describe('the method of a sparse merge in words', () => {
  it('says what was left out', () => {
    const ties = packMethod({ signs: true, normalize: true, kept: [], seed: 0n });
    assert.equal(methodText(bytes(ties), 2), 'TIES, normalized');
    const dare = packMethod({ signs: false, normalize: false, kept: [2 ** 15, 2 ** 16], seed: 7n });
    assert.equal(methodText(bytes(dare, 7n), 2), 'DARE, masks of seed 7 keep 0.5, 1');
  });

  it('is one sentence for words that say no method: they keep nobody from reading on', () => {
    const share = (i: number, value: bigint) => value << BigInt(3 + 17 * i);
    for (const [word, seed] of [
      [0n, 0n],
      [1n, 7n],
      [1n | share(0, 1n), 0n],
      [2n, 7n],
      [2n | share(0, 1n) | share(1, 5n), 7n],
      [2n ** 255n, 0n],
    ] as const)
      assert.equal(methodText(bytes(word, seed), 1), UNKNOWN, `${word}`);
    assert.equal(methodText('0x', 1), UNKNOWN);
  });
});
