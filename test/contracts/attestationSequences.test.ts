// Any sequence of acts of sources on overlapping datasets, beside a model of what they mean.
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import type { Hex } from 'viem';
import { AttestationFixture, idOf, type List } from './support/attestations.ts';
import { reverts } from './support/chain.ts';

const SHARDS = 4;
/** Which shards each dataset has: all pairs of them overlap in some way. */
const DATASETS = [[0, 1, 2, 3], [0, 1], [1, 2], [3], [0, 1]];
const ACTS = ['attest', 'withdraw', 'cancel', 'attestSigned', 'withdrawSigned'] as const;

describe('sources that act in any order', () => {
  it('attest a shard exactly while one of their standing datasets has it', async () => {
    const fixture = await AttestationFixture.create();
    const { registered, attestations } = fixture;
    const { chain } = registered;
    const shards = await fixture.shards(SHARDS);
    const lists: List[] = [];
    for (const some of DATASETS) lists.push(await fixture.list(some.map((k) => shards[k])));
    const sources = chain.accounts.slice(3, 5);
    const act = fc.record({
      what: fc.constantFrom(...ACTS),
      dataset: fc.nat(DATASETS.length - 1),
      source: fc.nat(sources.length - 1),
    });

    await fc.assert(
      fc.asyncProperty(fc.array(act, { minLength: 10, maxLength: 30 }), async (acts) => {
        const snapshot = await chain.request('evm_snapshot');
        const standing = new Set<string>();
        const said = new Map<string, number>();
        const nonces = new Map<string, bigint>();
        for (const { what, dataset, source } of acts) {
          const key = `${dataset} ${source}`;
          const [list, account] = [lists[dataset], sources[source]];
          const signature = async (says: 'attest' | 'withdraw'): Promise<Hex> => {
            const { domain, types, primaryType, message } = fixture.typed(
              await fixture.word(list, says, { source: account }),
            );
            return chain.wallet.signTypedData({ account, domain, types, primaryType, message });
          };
          const call = async (): Promise<[string, unknown[], typeof account]> => {
            if (what === 'cancel') return ['cancelSignatures', [idOf(list), account], account];
            if (what === 'attest') return ['attest', [list, account, 'uri', 'licence'], account];
            if (what === 'withdraw') return ['withdraw', [list, account], account];
            const word = await fixture.word(list, what === 'attestSigned' ? 'attest' : 'withdraw', { source: account });
            return [...fixture.call(list, word, await signature(word.says)), chain.accounts[0]];
          };
          const withdraws = what.startsWith('withdraw');
          if (withdraws && !standing.has(key)) {
            await reverts(attestations.simulate(...(await call())), 'NotAttested', [idOf(list), account]);
            continue;
          }
          await attestations.send(...(await call()));
          nonces.set(key, (nonces.get(key) ?? 0n) + 1n);
          if (withdraws) standing.delete(key);
          if (what.startsWith('attest')) {
            standing.add(key);
            said.set(key, (said.get(key) ?? 0) + 1);
          }
        }
        for (const [s, account] of sources.entries()) {
          for (const [k, shard] of shards.entries()) {
            const expected = DATASETS.some((some, d) => some.includes(k) && standing.has(`${d} ${s}`));
            assert.equal(await attestations.read('isAttestedBy', [shard, account]), expected);
          }
          for (const [d, list] of lists.entries()) {
            const args = [idOf(list), account];
            const key = `${d} ${s}`;
            assert.equal(await attestations.read('isAttested', args), standing.has(key));
            assert.equal(await attestations.read('nonceOf', args), nonces.get(key) ?? 0n);
            assert.equal(await attestations.read('attestationCount', args), BigInt(said.get(key) ?? 0));
          }
        }
        await chain.request('evm_revert', snapshot);
      }),
      { numRuns: 12 },
    );
  });
});
