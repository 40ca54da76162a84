import assert from 'node:assert/strict';
import { before, describe, it } from 'node:test';
import fc from 'fast-check';
import { type Address, getAddress, type Hex, toHex } from 'viem';
import type { Point } from '../../src/argument/types.ts';
import { ascending, datasetId, modelId, shardId } from '../../src/registry/ids.ts';
import { abiOf, Contract, testChain } from './support/chain.ts';

const word = fc.bigInt({ min: 0n, max: 2n ** 256n - 1n });
const point: fc.Arbitrary<Point> = fc.record({ x: word, y: word });
const chunks = fc.array(point, { minLength: 1, maxLength: 4 });
const address: fc.Arbitrary<Address> = fc
  .bigInt({ min: 0n, max: 2n ** 160n - 1n })
  .map((a) => getAddress(toHex(a, { size: 20 })));

describe('Identity', () => {
  let harness: Contract;

  before(async () => {
    const chain = await testChain();
    harness = new Contract(chain, await chain.deploy('Harness'), await abiOf('Harness'));
  });

  it('makes ids as their twins do', async () => {
    const ids = fc.array(
      word.map((id) => toHex(id, { size: 32 })),
      { maxLength: 5 },
    );
    const args = [chunks, word, address, ids, fc.string({ unit: 'binary' })] as const;
    await fc.assert(
      fc.asyncProperty(...args, async (commitment, geometry, registrar, shards, uri) => {
        assert.equal(await harness.read('modelId', [commitment, geometry]), modelId(commitment, geometry));
        assert.equal(await harness.read('shardId', [commitment, geometry]), shardId(commitment, geometry));
        assert.equal(await harness.read('datasetId', [registrar, shards, uri]), datasetId(registrar, shards, uri));
      }),
      { numRuns: 40 },
    );
  });

  it('sorts ids as the registry compares them', () => {
    const id = (n: bigint): Hex => toHex(n, { size: 32 });
    const upper = id(0xabcn).replace('abc', 'ABC') as Hex;
    assert.deepEqual(ascending([id(2n ** 255n), id(9n), upper, id(10n), id(9n)]), [
      id(9n),
      id(10n),
      id(0xabcn),
      id(2n ** 255n),
    ]);
  });
});
