// The least version of each program's keys on all ways to a model.
import assert from 'node:assert/strict';
import { afterEach, before, beforeEach, describe, it } from 'node:test';
import fc from 'fast-check';
import { toHex } from 'viem';
import type { ShardShape } from '../../src/model/shape.ts';
import { CIRCUITS, type Circuit } from '../../src/registry/programs/list.ts';
import { resultId } from '../../src/registry/statement.ts';
import { abiOf, Contract } from './support/chain.ts';
import { chainClaims, type Model, mergeClaim, RegistryFixture } from './support/registryFixture.ts';

const WIDTHS = [5, 4, 3];
const SHARD: ShardShape = { inputs: 5, outputs: 3, rows: 16, kind: 'classes' };
type Floors = Partial<Record<Circuit, number>>;

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

const use = (circuit: Circuit, version: number) =>
  fixture.verifiers.send('setVersion', [CIRCUITS[circuit], BigInt(version)]);

async function requireFloors({ statement }: Pick<Model, 'statement'>, expected: Floors): Promise<void> {
  const id = resultId(statement);
  const found: Floors = {};
  for (const [circuit, number] of Object.entries(CIRCUITS)) {
    const floor: bigint = await fixture.registry.read('versionFloor', [id, number]);
    if (floor > 0n) found[circuit as Circuit] = Number(floor);
  }
  assert.deepEqual(found, expected);
}

describe('versionFloor', () => {
  it('is the version of a seed or an import for its own program alone', async () => {
    await use('seed', 3);
    await use('import', 255);
    await requireFloors(await fixture.seedModel(WIDTHS), { seed: 3 });
    await requireFloors(await fixture.importModel(WIDTHS), { import: 255 });
    const stated = await fixture.importModel(WIDTHS, undefined, toHex(1, { size: 32 }));
    await requireFloors(stated, { import: 255 });
  });

  it('is zero for what is no model and no program', async () => {
    const seed = await fixture.seedModel(WIDTHS);
    for (const program of [0n, 6n, 7n, 2n ** 255n, 2n ** 256n - 1n]) {
      assert.equal(await fixture.registry.read('versionFloor', [resultId(seed.statement), program]), 0n);
    }
    assert.equal(await fixture.registry.read('versionFloor', [toHex(5, { size: 32 }), 2n]), 0n);
  });

  it('of a trained model is the least of its line and of its shards', async () => {
    await use('data', 4);
    const shard = await fixture.registerShard(SHARD);
    await use('data', 2);
    const older = await fixture.registerShard(SHARD);
    await use('train', 5);
    const first = await fixture.trainModel(await fixture.seedModel(WIDTHS), shard);
    await requireFloors(first, { seed: 1, train: 5, data: 4 });
    await use('train', 7);
    const second = await fixture.trainModel(first, older);
    await requireFloors(second, { seed: 1, train: 5, data: 2 });
    await use('train', 3);
    await requireFloors(await fixture.trainModel(second, shard), { seed: 1, train: 3, data: 2 });
  });

  it('counts the shards of segments that were not kept, but not those of later edges', async () => {
    await use('data', 9);
    const shard = await fixture.registerShard(SHARD);
    await use('data', 6);
    const middle = await fixture.registerShard(SHARD);
    await use('data', 2);
    const bad = await fixture.registerShard(SHARD);
    await use('train', 8);
    const claims = chainClaims(
      await fixture.seedModel(WIDTHS),
      [shard, middle, shard, bad, shard].map((each) => ({ shard: each })),
    );
    await fixture.trainMany(claims, [false, false, true]);
    await requireFloors(claims[2], { seed: 1, train: 8, data: 6 });
    await requireFloors(claims[4], { seed: 1, train: 8, data: 2 });
  });

  it('comes through every parent of a merge, and through merges of merges', async () => {
    await use('data', 9);
    const shard = await fixture.registerShard(SHARD);
    const models: Model[] = [];
    for (const version of [8, 7, 6, 5, 4]) {
      await use('seed', version);
      await use('train', 20 - version);
      models.push(await fixture.trainModel(await fixture.seedModel(WIDTHS), shard));
    }
    await use('merge', 30);
    const upper = await fixture.mergeModels(models.slice(0, 2));
    await requireFloors(upper, { seed: 7, train: 12, data: 9, merge: 30 });
    await use('merge', 40);
    await use('import', 50);
    const lower = await fixture.mergeModels([upper, models[2], await fixture.importModel(WIDTHS)]);
    await requireFloors(lower, { seed: 6, train: 12, data: 9, merge: 30, import: 50 });
    await requireFloors(await fixture.mergeModels([models[3], models[4], lower]), {
      seed: 4,
      train: 12,
      data: 9,
      merge: 30,
      import: 50,
    });
    // A child of a merge has its floors; the bad key of a sibling is none of its own.
    await requireFloors(await fixture.trainModel(upper as never, shard), { seed: 7, train: 12, data: 9, merge: 30 });
  });

  it('of a merge of eight is the least of all, wherever it stands', async () => {
    const models: Model[] = [];
    for (const version of [9, 9, 9, 9, 9, 9, 9, 2]) {
      await use('import', version);
      models.push(await fixture.importModel(WIDTHS));
    }
    for (const i of [0, 3, 7]) {
      const order = models.slice(0, 7).toSpliced(i, 0, models[7]);
      const claim = mergeClaim(order);
      await fixture.submit(claim);
      await requireFloors(claim, { import: 2, merge: 1 });
    }
  });
});

describe('Floors', () => {
  it('join to the least of each program, where 0 is none', async () => {
    const harness = new Contract(fixture.chain, await fixture.chain.deploy('Harness'), await abiOf('Harness'));
    const lane = fc.oneof(fc.constant(0), fc.integer({ min: 1, max: 255 }), fc.constantFrom(1, 255));
    const lanes = fc.array(lane, { minLength: 5, maxLength: 5 });
    const packed = (list: readonly number[]) => list.reduce((sum, v, i) => sum | (BigInt(v) << BigInt(8 * i)), 0n);
    await fc.assert(
      fc.asyncProperty(lanes, lanes, async (a, b) => {
        const both = a.map((v, i) => (v === 0 || b[i] === 0 ? v + b[i] : Math.min(v, b[i])));
        assert.equal(await harness.read('joinFloors', [packed(a), packed(b)]), packed(both));
        for (const [i, v] of a.entries()) {
          assert.equal(await harness.read('floorOf', [packed(a), BigInt(i + 1)]), BigInt(v));
        }
        for (const none of [0n, 6n]) assert.equal(await harness.read('floorOf', [packed(a), none]), 0n);
      }),
      { numRuns: 60 },
    );
  });
});
