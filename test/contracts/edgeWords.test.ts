// What is stored of an edge, packed and taken apart; what numbers a registry has room for.
import assert from 'node:assert/strict';
import { before, describe, it } from 'node:test';
import fc from 'fast-check';
import { type Hex, toHex } from 'viem';
import { abiOf, Contract, reverts, testChain } from './support/chain.ts';
import { dataClaim, RegistryFixture } from './support/registryFixture.ts';

/** Where the registry counts schemas and shards: its third and fifteenth variable. */
const SCHEMA_COUNT = '0x2';
const SHARD_COUNT = '0xe';
const LAST = 2n ** 32n - 1n;

describe('the words of an edge', () => {
  let harness: Contract;
  before(async () => {
    const chain = await testChain();
    harness = new Contract(chain, await chain.deploy('Harness'), await abiOf('Harness'));
  });

  it('give back floors, schema and number of segments', async () => {
    for (const parts of [
      [2n ** 48n - 1n, 0n, 0n],
      [0n, 2n ** 32n - 1n, 0n],
      [0n, 0n, 2n ** 12n - 1n],
      [7n, 8n, 9n],
    ]) {
      assert.deepEqual(await harness.read('edgeWord', parts), parts);
    }
  });

  it('have room for 2^12 - 1 segments: then TooManySegments', async () => {
    await reverts(harness.read('edgeWord', [0n, 0n, 2n ** 12n]), 'TooManySegments', [2n ** 12n]);
  });

  it('give back the training of any segment, whatever stands beside it', async () => {
    const power = (most: number) => fc.integer({ min: 0, max: most }).map((k) => 2n ** BigInt(k));
    const training = fc.tuple(
      fc.bigInt({ min: 1n, max: LAST }),
      fc.bigInt({ min: 1n, max: 2n ** 16n }),
      power(12),
      power(14),
      fc.bigInt({ min: 0n, max: 255n }),
      fc.integer({ min: 1, max: 20 }),
      fc.boolean(),
    );
    await fc.assert(
      fc.asyncProperty(training, async ([shard, rate, batch, passes, smoothing, segments, alike]) => {
        const all = [shard, rate, batch, passes, smoothing];
        assert.deepEqual(await harness.read('lastTraining', [...all, BigInt(segments), alike]), all);
      }),
      { numRuns: 100 },
    );
  });

  it('give back nothing where there is no training', async () => {
    assert.deepEqual(await harness.read('lastTraining', [0n, 1n, 1n, 1n, 0n, 3n, false]), [0n, 0n, 0n, 0n, 0n]);
  });

  it('tell trainings that differ in nothing but the shard', async () => {
    const training = [7n, 3n, 4n, 2n, 5n];
    assert.equal(await harness.read('areLike', [training, [8n, 3n, 4n, 2n, 5n]]), true);
    for (const other of [
      [7n, 2n, 4n, 2n, 5n],
      [7n, 3n, 8n, 2n, 5n],
      [7n, 3n, 4n, 1n, 5n],
      [7n, 3n, 4n, 2n, 6n],
    ])
      assert.equal(await harness.read('areLike', [training, other]), false);
  });
});

describe('what stands where', () => {
  const [ALIKE, FIRST, SHARDS] = [92n, 93n, 125n];
  let harness: Contract;
  before(async () => {
    const chain = await testChain();
    harness = new Contract(chain, await chain.deploy('LayoutHarness'), await abiOf('LayoutHarness'));
  });

  it('of an edge: floors, schema, segments and whether trainings are alike, then what they have in common', async () => {
    const of = (...args: [floors: bigint, schema: bigint, segments: bigint, alike: boolean]) =>
      harness.read('firstWord', args);
    assert.equal(await of(2n ** 48n - 1n, 0n, 0n, false), 2n ** 48n - 1n);
    assert.equal(await of(0n, LAST, 0n, false), LAST << 48n);
    const trainings = (2n ** 128n - 1n) << FIRST;
    assert.equal(await of(0n, 0n, 2n, false), (2n << 80n) | trainings);
    const common = (2n ** 32n - 1n) << FIRST;
    const shards = (2n ** 128n - 1n) << SHARDS;
    assert.equal(await of(0n, 0n, 4n, true), (4n << 80n) | (1n << ALIKE) | common | shards);
  });

  it('of the trainings: two in the first word and four in each other, of those that are alike four and eight', async () => {
    const places = async (alike: boolean, count: number) => {
      const segments = Array.from({ length: count }, (_, i) => BigInt(i));
      return Promise.all(segments.map((segment) => harness.read('place', [segment, alike])));
    };
    const inWord = (word: bigint, count: number, from: bigint, bits: bigint) =>
      Array.from({ length: count }, (_, i) => [word, from + bits * BigInt(i)]);
    assert.deepEqual(await places(false, 11), [
      ...inWord(0n, 2, FIRST, 64n),
      ...inWord(1n, 4, 0n, 64n),
      ...inWord(2n, 4, 0n, 64n),
      [3n, 0n],
    ]);
    assert.deepEqual(await places(true, 21), [
      ...inWord(0n, 4, SHARDS, 32n),
      ...inWord(1n, 8, 0n, 32n),
      ...inWord(2n, 8, 0n, 32n),
      [3n, 0n],
    ]);
  });
});

describe('the numbers of a registry', () => {
  const shape = { inputs: 4, outputs: 2, rows: 16, kind: 'classes' } as const;
  const schema = (k: number): Hex => toHex(k, { size: 32 });

  it('of shards end at 2^32 - 1: then TooManyRecords', async () => {
    const fixture = await RegistryFixture.create();
    const count = toHex(LAST - 1n, { size: 32 });
    await fixture.chain.request('hardhat_setStorageAt', fixture.registry.address, SHARD_COUNT, count);
    const parent = await fixture.seedModel([4, 3, 2]);
    const last = await fixture.registerShard(shape);
    const child = await fixture.trainModel(parent, last);
    assert.equal((await fixture.registry.read('nodeCount')) as bigint, 2n);
    const [trainedOn] = await fixture.registry.read('shardsOf', [await fixture.registry.read('nodeAt', [2n])]);
    assert.equal((await fixture.registry.read('shard', [trainedOn])).number, LAST);
    assert.equal(child.statement.shardCommitment, last.oracle.commitment);
    await reverts(fixture.attempt(dataClaim(shape)), 'TooManyRecords', [LAST + 1n]);
  });

  it('of schemas end at 2^32 - 1: then TooManyRecords, while known ones are taken', async () => {
    const fixture = await RegistryFixture.create();
    const count = toHex(LAST - 1n, { size: 32 });
    await fixture.chain.request('hardhat_setStorageAt', fixture.registry.address, SCHEMA_COUNT, count);
    await fixture.registerShard(shape, fixture.alice, schema(1));
    await reverts(fixture.attempt(dataClaim(shape, schema(2))), 'TooManyRecords', [LAST + 1n]);
    await fixture.registerShard(shape, fixture.alice, schema(1));
    await fixture.registerShard(shape);
    const imported = await fixture.importModel([4, 2], undefined, schema(1));
    const id = await fixture.registry.read('nodeAt', [1n]);
    assert.equal(await fixture.registry.read('schemaOf', [id]), schema(1));
    assert.equal(imported.statement.schema, schema(1));
  });
});
