import assert from 'node:assert/strict';
import { afterEach, before, beforeEach, describe, it } from 'node:test';
import { keccak256, toHex, zeroHash } from 'viem';
import { HEADS } from '../../src/model/head.ts';
import { encodeShape } from '../../src/model/shape.ts';
import { R } from '../../src/numbers/field.ts';
import type { SeedStatement } from '../../src/registry/programs/seed.ts';
import { resultId, seedFrom } from '../../src/registry/statement.ts';
import { reverts } from './support/chain.ts';
import { installHistory, recordHash } from './support/history.ts';
import { pointOf, RegistryFixture, secretOf } from './support/registryFixture.ts';

const WIDTHS = [5, 4, 3];
const SEED = 2n;
const KIND_SEED = 1;

let fixture: RegistryFixture;
let snapshot: unknown;

before(async () => {
  fixture = await RegistryFixture.create();
});
beforeEach(async () => {
  snapshot = await fixture.chain.request('evm_snapshot');
});
afterEach(async () => {
  await fixture.chain.request('evm_revert', snapshot);
});

describe('requestSeed', () => {
  it('records trainer, shape, the block that decides and the hash of the secret', async () => {
    const requestId = await fixture.requestSeed(WIDTHS);
    const block = await fixture.chain.read.getBlockNumber();
    assert.deepEqual(await fixture.registry.read('seedRequest', [requestId]), {
      trainer: fixture.alice,
      seedBlock: block + 1n,
      used: false,
      shape: encodeShape({ widths: WIDTHS, head: 'squared error' }),
      secretHash: keccak256(fixture.secretOf(requestId)),
      blockHash: zeroHash,
    });
  });

  it('numbers requests from 1 and says so in events', async () => {
    for (const expected of [1n, 2n, 3n]) {
      const secretHash = keccak256(secretOf(expected));
      const receipt = await fixture.registry.send(
        'requestSeed',
        [encodeShape({ widths: WIDTHS, head: HEADS[Number(expected) - 1] }), secretHash],
        fixture.bob,
      );
      const seedBlock = receipt.blockNumber + 1n;
      const args = {
        requestId: expected,
        trainer: fixture.bob,
        shape: encodeShape({ widths: WIDTHS, head: HEADS[Number(expected) - 1] }),
        seedBlock,
        secretHash,
      };
      assert.deepEqual(fixture.events(receipt), [{ eventName: 'SeedRequested', args }]);
    }
  });

  it('answers with zeros for an unknown request', async () => {
    const trainer = '0x0000000000000000000000000000000000000000';
    const nothing = { trainer, seedBlock: 0n, used: false, shape: 0n, secretHash: zeroHash, blockHash: zeroHash };
    for (const id of [0n, 1n]) assert.deepEqual(await fixture.registry.read('seedRequest', [id]), nothing);
  });

  it('reverts for shapes that no circuit takes', async () => {
    const request = (shape: bigint) => fixture.registry.simulate('requestSeed', [shape, zeroHash]);
    const shape = encodeShape({ widths: WIDTHS, head: 'softmax' });
    for (const other of [0n, shape ^ 1n, shape | (3n << 247n), shape | (1n << 249n), 2n ** 256n - 1n]) {
      await reverts(request(other), 'MalformedShape', [other]);
    }
    // 4096-4096, whose weights fill two models
    const wide = [0, 1, 2, 3, 4].reduce((sum, l) => sum | (4095n << BigInt(12 * l)), 0n);
    await reverts(request(wide), 'OracleTooLarge', [2n ** 24n + 4096n]);
  });
});

describe('seedOf', () => {
  it('mixes the hash of the block, the trainer, the request and the secret, as its twin does', async () => {
    const requestId = await fixture.requestSeed(WIDTHS);
    await fixture.chain.mine(2);
    const { seedBlock } = await fixture.registry.read('seedRequest', [requestId]);
    const { hash } = await fixture.chain.read.getBlock({ blockNumber: seedBlock });
    const seed = await fixture.seedOf(requestId);
    assert.equal(seed, seedFrom(hash, fixture.alice, requestId, fixture.secretOf(requestId)));
    assert.ok(seed < R);
  });

  it('differs between trainers and between requests of one block, even where the secret is the same', async () => {
    await fixture.chain.request('evm_setAutomine', false);
    for (const account of [fixture.alice, fixture.alice, fixture.bob]) {
      const { address, abi } = fixture.registry;
      const request = {
        address,
        abi,
        functionName: 'requestSeed',
        args: [encodeShape({ widths: WIDTHS, head: 'squared error' }), keccak256(secretOf(7n))],
        account,
        chain: null,
        gas: 500_000n,
      };
      await fixture.chain.wallet.writeContract(request);
    }
    await fixture.chain.mine(1);
    await fixture.chain.request('evm_setAutomine', true);
    await fixture.chain.mine(2);
    const blocks = new Set<bigint>();
    const seeds = new Set<bigint>();
    for (const id of [1n, 2n, 3n]) {
      blocks.add((await fixture.registry.read('seedRequest', [id])).seedBlock);
      seeds.add(await fixture.registry.read('seedOf', [id, secretOf(7n)]));
    }
    assert.deepEqual([blocks.size, seeds.size], [1, 3]);
  });

  it('reverts with UnknownSeedRequest for a request that was never made', async () => {
    for (const id of [0n, 1n]) await reverts(fixture.seedOf(id), 'UnknownSeedRequest', [id]);
  });

  it('reverts with SeedTooEarly until the deciding block is past', async () => {
    const requestId = await fixture.requestSeed(WIDTHS);
    const { seedBlock } = await fixture.registry.read('seedRequest', [requestId]);
    await reverts(fixture.seedOf(requestId), 'SeedTooEarly', [requestId, seedBlock]);
    await fixture.chain.mine(1);
    await reverts(fixture.seedOf(requestId), 'SeedTooEarly', [requestId, seedBlock]);
    await fixture.chain.mine(1);
    await fixture.seedOf(requestId);
  });

  it('stays the same for 256 blocks and reverts with SeedExpired afterwards', async () => {
    const requestId = await fixture.requestSeed(WIDTHS);
    const { seedBlock } = await fixture.registry.read('seedRequest', [requestId]);
    await fixture.chain.mine(2);
    const seed = await fixture.seedOf(requestId);
    await fixture.chain.mine(255);
    assert.equal(await fixture.chain.read.getBlockNumber(), seedBlock + 256n);
    assert.equal(await fixture.seedOf(requestId), seed);
    await fixture.chain.mine(1);
    await reverts(fixture.seedOf(requestId), 'SeedExpired', [requestId, seedBlock]);
  });

  it('stays the same for 8191 blocks where the chain keeps a history', async () => {
    const requestId = await fixture.requestSeed(WIDTHS);
    const { seedBlock } = await fixture.registry.read('seedRequest', [requestId]);
    await fixture.chain.mine(2);
    const seed = await fixture.seedOf(requestId);
    const { hash } = await fixture.chain.read.getBlock({ blockNumber: seedBlock });
    await fixture.chain.mine(8190);
    await installHistory(fixture.chain);
    await recordHash(fixture.chain, seedBlock, hash);
    // The history is believed by the block that the chain itself still knows.
    const newest = await fixture.chain.read.getBlock();
    await recordHash(fixture.chain, newest.number - 1n, newest.parentHash);
    assert.equal(await fixture.chain.read.getBlockNumber(), seedBlock + 8191n);
    assert.equal(await fixture.seedOf(requestId), seed);
    await fixture.chain.mine(1);
    await reverts(fixture.seedOf(requestId), 'SeedExpired', [requestId, seedBlock]);
  });
});

describe('seed', () => {
  it('registers a node without parents at depth 0 and marks the request as used', async () => {
    const claim = await fixture.seedModel(WIDTHS);
    const id = resultId(claim.statement);
    const block = await fixture.chain.read.getBlock();
    assert.deepEqual(await fixture.registry.read('node', [id]), {
      trainer: fixture.alice,
      kind: KIND_SEED,
      depth: 0n,
      timestamp: block.timestamp,
      blockNumber: block.number,
      parent: toHex(0, { size: 32 }),
      declared: false,
      number: 1n,
      version: 1n,
    });
    assert.deepEqual(await fixture.registry.read('parents', [id]), []);
    assert.equal(await fixture.registry.read('trainerOf', [id]), fixture.alice);
    assert.equal((await fixture.registry.read('seedRequest', [claim.statement.requestId])).used, true);
  });

  it('returns the id and says in events what descending needs and where it came from', async () => {
    const requestId = await fixture.requestSeed(WIDTHS);
    await fixture.chain.mine(2);
    const claim = await fixture.seedClaim(requestId, WIDTHS);
    const id = resultId(claim.statement);
    assert.equal(await fixture.attempt(claim), id);
    const { commitment, seed } = claim.statement;
    const registered = {
      id,
      trainer: fixture.alice,
      kind: KIND_SEED,
      depth: 0n,
      shape: encodeShape({ widths: WIDTHS, head: 'squared error' }),
      commitment,
    };
    assert.deepEqual(fixture.events(await fixture.submit(claim)), [
      { eventName: 'ModelRegistered', args: registered },
      { eventName: 'Seeded', args: { id, requestId, seed } },
    ]);
  });

  it('reverts with UnknownSeedRequest for a request that was never made', async () => {
    const claim = await fixture.seedModel(WIDTHS);
    const statement = { ...claim.statement, requestId: 99n };
    await reverts(fixture.attempt({ ...claim, statement }), 'UnknownSeedRequest', [99n]);
  });

  it('reverts with SeedRequestOfAnother for another sender than the one who asked', async () => {
    const requestId = await fixture.requestSeed(WIDTHS);
    await fixture.chain.mine(2);
    const claim = await fixture.seedClaim(requestId, WIDTHS);
    await reverts(fixture.attempt(claim, fixture.bob), 'SeedRequestOfAnother', [requestId, fixture.alice]);
  });

  it('reverts with SeedRequestUsed for a second model of one request', async () => {
    const { requestId } = (await fixture.seedModel(WIDTHS)).statement;
    const second = await fixture.seedClaim(requestId, WIDTHS);
    await reverts(fixture.attempt(second), 'SeedRequestUsed', [requestId]);
  });

  it('reverts with ModelExists for the commitment of a registered model', async () => {
    const first = await fixture.seedModel(WIDTHS);
    const requestId = await fixture.requestSeed(WIDTHS);
    await fixture.chain.mine(2);
    const [seed, secret] = [await fixture.seedOf(requestId), fixture.secretOf(requestId)];
    const statement = { ...first.statement, requestId, seed, secret };
    await reverts(fixture.attempt({ ...first, statement }), 'ModelExists', [resultId(first.statement)]);
  });

  it('reverts with SeedTooEarly before the deciding block is past', async () => {
    const earlier = await fixture.seedModel(WIDTHS);
    const requestId = await fixture.requestSeed(WIDTHS);
    const { seedBlock } = await fixture.registry.read('seedRequest', [requestId]);
    const secret = fixture.secretOf(requestId);
    const statement = { ...earlier.statement, requestId, secret, commitment: [pointOf()] };
    await reverts(fixture.attempt({ ...earlier, statement }), 'SeedTooEarly', [requestId, seedBlock]);
  });

  it('reverts with SeedExpired when the request is too old', async () => {
    const requestId = await fixture.requestSeed(WIDTHS);
    await fixture.chain.mine(2);
    const claim = await fixture.seedClaim(requestId, WIDTHS);
    const { seedBlock } = await fixture.registry.read('seedRequest', [requestId]);
    await fixture.chain.mine(300);
    await reverts(fixture.attempt(claim), 'SeedExpired', [requestId, seedBlock]);
  });

  it('reverts with ProofRejected for a proof of another seed or shape', async () => {
    const requestId = await fixture.requestSeed(WIDTHS);
    await fixture.chain.mine(2);
    const claim = await fixture.seedClaim(requestId, WIDTHS);
    const { network: _, ...statement } = claim.statement;
    for (const other of [{ seed: statement.seed + 1n }, { widths: [5, 3, 3] }, { head: 'softmax' as const }]) {
      await fixture.expect({ ...claim, statement: { ...statement, ...other } as SeedStatement }, fixture.alice);
      await reverts(fixture.call(claim), 'ProofRejected', [SEED]);
    }
  });

  it('reverts with WrongSecret for any secret but the one that the request holds the hash of', async () => {
    const requestId = await fixture.requestSeed(WIDTHS);
    await fixture.chain.mine(2);
    const claim = await fixture.seedClaim(requestId, WIDTHS);
    await fixture.expect(claim, fixture.alice);
    const right = fixture.secretOf(requestId);
    for (const secret of [keccak256(right), zeroHash, toHex(BigInt(right) ^ 1n, { size: 32 })]) {
      const other = { ...claim, statement: { ...claim.statement, secret } };
      await reverts(fixture.call(other), 'WrongSecret', [requestId]);
      await reverts(fixture.registry.read('seedOf', [requestId, secret]), 'WrongSecret', [requestId]);
    }
    await fixture.call(claim);
  });

  it('takes the secret of another request where both were asked with it, for another seed', async () => {
    const first = await fixture.requestSeed(WIDTHS, fixture.alice, secretOf(9n));
    const second = await fixture.requestSeed(WIDTHS, fixture.bob, secretOf(9n));
    await fixture.chain.mine(2);
    const claims = [await fixture.seedClaim(first, WIDTHS), await fixture.seedClaim(second, WIDTHS)];
    await fixture.submit(claims[0]);
    assert.notEqual(claims[0].statement.seed, claims[1].statement.seed);
    // Whoever copies the secret from the first transaction is still not the trainer of the second request.
    await reverts(fixture.attempt(claims[1], fixture.alice), 'SeedRequestOfAnother', [second, fixture.bob]);
    await fixture.submit(claims[1], fixture.bob);
  });

  it('reverts with WrongPointCount for more points than the shape has chunks, or none', async () => {
    const requestId = await fixture.requestSeed(WIDTHS);
    await fixture.chain.mine(2);
    const claim = await fixture.seedClaim(requestId, WIDTHS);
    for (const commitment of [[], [pointOf(), pointOf()]]) {
      const statement = { ...claim.statement, commitment };
      await reverts(fixture.attempt({ ...claim, statement }), 'WrongPointCount', [BigInt(commitment.length), 1n]);
    }
  });
});

describe('fixSeed', () => {
  it('stores the hash of the block, so that the seed stays the same for good', async () => {
    const requestId = await fixture.requestSeed(WIDTHS);
    await fixture.chain.mine(2);
    const { seedBlock } = await fixture.registry.read('seedRequest', [requestId]);
    const { hash } = await fixture.chain.read.getBlock({ blockNumber: seedBlock });
    const claim = await fixture.seedClaim(requestId, WIDTHS);
    const receipt = await fixture.registry.send('fixSeed', [requestId], fixture.bob);
    assert.deepEqual(fixture.events(receipt), [{ eventName: 'SeedFixed', args: { requestId, blockHash: hash } }]);
    assert.equal((await fixture.registry.read('seedRequest', [requestId])).blockHash, hash);
    await fixture.chain.mine(10_000);
    assert.equal(await fixture.seedOf(requestId), claim.statement.seed);
    await fixture.submit(claim);
  });

  it('does nothing where the hash is stored already, however late', async () => {
    const requestId = await fixture.requestSeed(WIDTHS);
    await fixture.chain.mine(2);
    await fixture.registry.send('fixSeed', [requestId]);
    await fixture.chain.mine(300);
    assert.deepEqual(fixture.events(await fixture.registry.send('fixSeed', [requestId])), []);
  });

  it('reverts with SeedTooEarly before the block is past, with SeedExpired when its hash is gone', async () => {
    const requestId = await fixture.requestSeed(WIDTHS);
    const { seedBlock } = await fixture.registry.read('seedRequest', [requestId]);
    const fix = () => fixture.registry.simulate('fixSeed', [requestId]);
    await reverts(fix(), 'SeedTooEarly', [requestId, seedBlock]);
    await fixture.chain.mine(257);
    await fix();
    await fixture.chain.mine(1);
    await reverts(fix(), 'SeedExpired', [requestId, seedBlock]);
    assert.equal((await fixture.registry.read('seedRequest', [requestId])).blockHash, zeroHash);
  });

  it('reverts with UnknownSeedRequest, and with SeedRequestUsed once a model was made', async () => {
    await reverts(fixture.registry.simulate('fixSeed', [1n]), 'UnknownSeedRequest', [1n]);
    const { requestId } = (await fixture.seedModel(WIDTHS)).statement;
    await reverts(fixture.registry.simulate('fixSeed', [requestId]), 'SeedRequestUsed', [requestId]);
  });
});
