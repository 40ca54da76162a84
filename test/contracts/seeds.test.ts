import assert from 'node:assert/strict';
import { afterEach, before, beforeEach, describe, it } from 'node:test';
import { toHex } from 'viem';
import { encodeShape } from '../../src/model/shape.ts';
import { R } from '../../src/numbers/field.ts';
import { resultId, seedFrom } from '../../src/registry/statement.ts';
import { reverts } from './support/chain.ts';
import { installHistory, recordHash } from './support/history.ts';
import { pointOf } from './support/knownTau.ts';
import { RegistryFixture } from './support/registryFixture.ts';

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
  it('records trainer, shape and the block that decides', async () => {
    const requestId = await fixture.requestSeed(WIDTHS);
    const block = await fixture.chain.read.getBlockNumber();
    assert.deepEqual(await fixture.registry.read('seedRequest', [requestId]), {
      trainer: fixture.alice,
      seedBlock: block + 1n,
      used: false,
      shape: encodeShape(WIDTHS),
    });
  });

  it('numbers requests from 1 and says so in events', async () => {
    for (const expected of [1n, 2n, 3n]) {
      const receipt = await fixture.registry.send('requestSeed', [WIDTHS], fixture.bob);
      const seedBlock = receipt.blockNumber + 1n;
      const args = { requestId: expected, trainer: fixture.bob, shape: encodeShape(WIDTHS), seedBlock };
      assert.deepEqual(fixture.events(receipt), [{ eventName: 'SeedRequested', args }]);
    }
  });

  it('answers with zeros for an unknown request', async () => {
    const trainer = '0x0000000000000000000000000000000000000000';
    const nothing = { trainer, seedBlock: 0n, used: false, shape: 0n };
    for (const id of [0n, 1n]) assert.deepEqual(await fixture.registry.read('seedRequest', [id]), nothing);
  });

  it('reverts for shapes that no circuit takes', async () => {
    const request = (widths: number[]) => fixture.registry.simulate('requestSeed', [widths]);
    await reverts(request([4]), 'UnsupportedDepth', [1n]);
    await reverts(request([4, 0]), 'UnsupportedSize', [0n]);
    await reverts(request([4096, 4096]), 'OracleTooLarge', [2n ** 24n + 4096n + 1n]);
  });

  it('shows the canonical shape of widths without a request', async () => {
    assert.equal(await fixture.registry.read('shapeOf', [WIDTHS]), encodeShape(WIDTHS));
  });
});

describe('seedOf', () => {
  it('mixes the hash of the block, the trainer and the request, as its twin does', async () => {
    const requestId = await fixture.requestSeed(WIDTHS);
    await fixture.chain.mine(2);
    const { seedBlock } = await fixture.registry.read('seedRequest', [requestId]);
    const { hash } = await fixture.chain.read.getBlock({ blockNumber: seedBlock });
    const seed = await fixture.registry.read('seedOf', [requestId]);
    assert.equal(seed, seedFrom(hash, fixture.alice, requestId));
    assert.ok(seed < R);
  });

  it('differs between trainers and between requests of one block', async () => {
    await fixture.chain.request('evm_setAutomine', false);
    for (const account of [fixture.alice, fixture.alice, fixture.bob]) {
      const { address, abi } = fixture.registry;
      const request = {
        address,
        abi,
        functionName: 'requestSeed',
        args: [WIDTHS],
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
      seeds.add(await fixture.registry.read('seedOf', [id]));
    }
    assert.deepEqual([blocks.size, seeds.size], [1, 3]);
  });

  it('reverts with UnknownSeedRequest for a request that was never made', async () => {
    for (const id of [0n, 1n]) await reverts(fixture.registry.read('seedOf', [id]), 'UnknownSeedRequest', [id]);
  });

  it('reverts with SeedTooEarly until the deciding block is past', async () => {
    const requestId = await fixture.requestSeed(WIDTHS);
    const { seedBlock } = await fixture.registry.read('seedRequest', [requestId]);
    await reverts(fixture.registry.read('seedOf', [requestId]), 'SeedTooEarly', [requestId, seedBlock]);
    await fixture.chain.mine(1);
    await reverts(fixture.registry.read('seedOf', [requestId]), 'SeedTooEarly', [requestId, seedBlock]);
    await fixture.chain.mine(1);
    await fixture.registry.read('seedOf', [requestId]);
  });

  it('stays the same for 256 blocks and reverts with SeedExpired afterwards', async () => {
    const requestId = await fixture.requestSeed(WIDTHS);
    const { seedBlock } = await fixture.registry.read('seedRequest', [requestId]);
    await fixture.chain.mine(2);
    const seed = await fixture.registry.read('seedOf', [requestId]);
    await fixture.chain.mine(255);
    assert.equal(await fixture.chain.read.getBlockNumber(), seedBlock + 256n);
    assert.equal(await fixture.registry.read('seedOf', [requestId]), seed);
    await fixture.chain.mine(1);
    await reverts(fixture.registry.read('seedOf', [requestId]), 'SeedExpired', [requestId, seedBlock]);
  });

  it('stays the same for 8191 blocks where the chain keeps a history', async () => {
    const requestId = await fixture.requestSeed(WIDTHS);
    const { seedBlock } = await fixture.registry.read('seedRequest', [requestId]);
    await fixture.chain.mine(2);
    const seed = await fixture.registry.read('seedOf', [requestId]);
    const { hash } = await fixture.chain.read.getBlock({ blockNumber: seedBlock });
    await fixture.chain.mine(8190);
    await installHistory(fixture.chain);
    await recordHash(fixture.chain, seedBlock, hash);
    assert.equal(await fixture.chain.read.getBlockNumber(), seedBlock + 8191n);
    assert.equal(await fixture.registry.read('seedOf', [requestId]), seed);
    await fixture.chain.mine(1);
    await reverts(fixture.registry.read('seedOf', [requestId]), 'SeedExpired', [requestId, seedBlock]);
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
      shape: encodeShape(WIDTHS),
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
    const seed = await fixture.registry.read('seedOf', [requestId]);
    const statement = { ...first.statement, requestId, seed };
    await reverts(fixture.attempt({ ...first, statement }), 'ModelExists', [resultId(first.statement)]);
  });

  it('reverts with SeedTooEarly before the deciding block is past', async () => {
    const earlier = await fixture.seedModel(WIDTHS);
    const requestId = await fixture.requestSeed(WIDTHS);
    const { seedBlock } = await fixture.registry.read('seedRequest', [requestId]);
    const statement = { ...earlier.statement, requestId, commitment: pointOf(5n) };
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
    for (const other of [{ seed: claim.statement.seed + 1n }, { widths: [5, 3, 3] }]) {
      await fixture.expect({ ...claim, statement: { ...claim.statement, ...other } }, fixture.alice);
      await reverts(fixture.call(claim), 'ProofRejected', [SEED]);
    }
  });

  it('reverts with OpeningRejected when the commitment opens to another polynomial', async () => {
    const requestId = await fixture.requestSeed(WIDTHS);
    await fixture.chain.mine(2);
    const claim = await fixture.seedClaim(requestId, WIDTHS);
    const statement = { ...claim.statement, commitment: pointOf(77n) };
    await reverts(fixture.attempt({ ...claim, statement }), 'OpeningRejected', [SEED]);
  });
});
