// What a chain tells of an edge of program score: its event word for word, or what the scoreboard holds by now.
import assert from 'node:assert/strict';
import { before, describe, it } from 'node:test';
import type { Address } from 'viem';
import type { ChainReads } from '../../src/registry/chainReads.ts';
import { findRegistration } from '../../src/registry/checkRecord.ts';
import { clientReads } from '../../src/registry/clientReads.ts';
import type { Edge } from '../../src/registry/edge.ts';
import { type Model, type Registered, RegistryFixture, type Scored, scoreClaim } from './support/registryFixture.ts';

const SHARD = { inputs: 4, outputs: 2, rows: 16, kind: 'classes' } as const;
const COUNTS = Uint16Array.of(5, 1, 2, 6);
const STATED = { loss: 90_000n, k: 1, top: 11n, counts: COUNTS };
const NO_LOGS = { logs: async () => [] };

describe('an edge of a score', () => {
  let fixture: RegistryFixture;
  let reads: ChainReads;
  let shard: Registered;
  let model: Model;
  before(async () => {
    fixture = await RegistryFixture.create();
    reads = clientReads(fixture.chain.read as never, 31337);
    shard = await fixture.registerShard(SHARD);
    model = await fixture.seedModel([4, 2], fixture.alice, 'softmax');
  });

  /** Whether record and event hold, and whether it is registered. */
  async function found({ statement, proof }: Scored, other: Partial<ChainReads> = {}, by: Address = fixture.alice) {
    const context = { chainId: 31337n, registry: fixture.scoreboard.address, trainer: by };
    const edge: Edge = { context, statement, proof, verificationKey: '0x', devKeys: true, metadata: {} };
    const at = { registry: fixture.registry.address, contract: fixture.scoreboard.address };
    const { checks, isRegistered } = await findRegistration([edge], { reads: { ...reads, ...other }, ...at });
    return [...checks.map(({ holds }) => holds), isRegistered];
  }
  const claim = (result: bigint, changes = {}) => scoreClaim(model, shard, result, { ...STATED, ...changes });
  const [REGISTERED, HELD, OPEN] = [
    [true, true, true],
    [true, 'open', true],
    ['open', 'open', false],
  ];

  it('is registered where an event says all that it states', async () => {
    assert.deepEqual(await found(claim(11n)), OPEN);
    await fixture.submit(claim(11n));
    assert.deepEqual(await found(claim(11n)), REGISTERED);
    for (const changes of [
      { loss: 89_999n },
      { absolute: 1n },
      { k: 2 },
      { top: 10n },
      { counts: COUNTS.with(0, 4) },
    ]) {
      assert.deepEqual(await found(claim(11n, changes)), OPEN, Object.keys(changes)[0]);
    }
    // It states less than was registered.
    assert.deepEqual(await found(claim(11n, { counts: null })), HELD);
    assert.deepEqual(await found(claim(10n)), OPEN);
    assert.deepEqual(await found(claim(11n), {}, fixture.bob), OPEN);
  });

  it('is held where the node gives no event, as long as the scoreboard has each of its measures', async () => {
    assert.deepEqual(await found(claim(11n), NO_LOGS), HELD);
    for (const changes of [
      { loss: 89_999n },
      { loss: 90_001n },
      { absolute: 1n },
      { k: 2 },
      { top: 10n },
      { top: 12n },
      { counts: COUNTS.with(0, 4) },
    ]) {
      assert.deepEqual(await found(claim(11n, changes), NO_LOGS), OPEN, String(Object.entries(changes)));
    }
    assert.deepEqual(await found(claim(10n), NO_LOGS), OPEN);
    assert.deepEqual(await found(claim(11n), NO_LOGS, fixture.bob), OPEN);
  });

  it('is registered though its result was not the best, where another part was better', async () => {
    const other = claim(3n, { loss: 70_000n, counts: null });
    await fixture.submit(other, fixture.bob);
    assert.deepEqual(await found(other, {}, fixture.bob), REGISTERED);
    // The first one was accepted, though its log-loss is not the best any more; without its event nobody can tell.
    assert.deepEqual(await found(claim(11n)), REGISTERED);
    assert.deepEqual(await found(claim(11n), NO_LOGS), OPEN);
    assert.deepEqual(await found(other, NO_LOGS, fixture.bob), OPEN);
  });
});
