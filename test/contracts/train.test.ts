import assert from 'node:assert/strict';
import { after, afterEach, before, beforeEach, describe, it } from 'node:test';
import { type Hex, toHex } from 'viem';
import { HEADS } from '../../src/model/head.ts';
import { encodeShape, encodeShard, type ShardShape } from '../../src/model/shape.ts';
import { registryCall } from '../../src/registry/calls.ts';
import type { TrainStatement } from '../../src/registry/programs/train.ts';
import { resultId } from '../../src/registry/statement.ts';
import { reverts } from './support/chain.ts';
import {
  pointOf,
  type Registered,
  RegistryFixture,
  rawEdge,
  type Seeded,
  trainClaim,
} from './support/registryFixture.ts';

const WIDTHS = [5, 4, 3];
const SHARD: ShardShape = { inputs: 5, outputs: 3, rows: 16, kind: 'classes' };
const DESCRIPTOR = encodeShard(SHARD);
const TRAIN = 3n;
const KIND_TRAIN = 3;
const NO_MODEL = toHex(0, { size: 32 });
const UNKNOWN = toHex(1, { size: 32 });

let fixture: RegistryFixture;
let shard: Registered;
let parent: Seeded;
let parentId: Hex;
let snapshot: unknown;

before(async () => {
  fixture = await RegistryFixture.create();
  shard = await fixture.registerShard(SHARD);
  parent = await fixture.seedModel(WIDTHS);
  parentId = resultId(parent.statement);
});
beforeEach(async () => {
  snapshot = await fixture.chain.request('evm_snapshot');
});
afterEach(async () => {
  await fixture.chain.request('evm_revert', snapshot);
});

describe('train', () => {
  it('registers a node one deeper than its parent, of the sender', async () => {
    const claim = trainClaim(parent, shard);
    await fixture.submit(claim, fixture.bob);
    const block = await fixture.chain.read.getBlock();
    assert.deepEqual(await fixture.registry.read('node', [resultId(claim.statement)]), {
      trainer: fixture.bob,
      kind: KIND_TRAIN,
      depth: 1n,
      timestamp: block.timestamp,
      blockNumber: block.number,
      parent: parentId,
      declared: false,
      number: 2n,
      version: 1n,
    });
    const grandchild = await fixture.trainModel(claim, shard);
    assert.equal((await fixture.registry.read('node', [resultId(grandchild.statement)])).depth, 2n);
    assert.deepEqual(await fixture.registry.read('parents', [resultId(grandchild.statement)]), [
      resultId(claim.statement),
    ]);
    assert.equal(await fixture.registry.read('trainerOf', [resultId(grandchild.statement)]), fixture.alice);
  });

  it('returns the child and says in events what descending needs and the parameters of the edge', async () => {
    const claim = trainClaim(parent, shard, { learningRate: 77, batch: 8, passes: 2 });
    const child = resultId(claim.statement);
    assert.equal(await fixture.attempt(claim), child);
    const shape = encodeShape({ widths: WIDTHS, head: 'squared error' });
    const registered = {
      id: child,
      trainer: fixture.alice,
      kind: KIND_TRAIN,
      depth: 1n,
      shape,
      commitment: claim.statement.child,
    };
    const rates = { learningRate: 77n, batch: 8n, passes: 2n, smoothing: 0n };
    const trained = { child, parent: parentId, shard: resultId(shard.statement), ...rates, segment: 0n };
    assert.deepEqual(fixture.events(await fixture.submit(claim)), [
      { eventName: 'ModelRegistered', args: registered },
      { eventName: 'Trained', args: trained },
    ]);
  });

  it('takes the least and the greatest learning rate, batch and number of passes', async () => {
    for (const options of [
      { learningRate: 1, batch: 1, passes: 1 },
      { learningRate: 65536, batch: 16, passes: 1024 },
    ]) {
      await fixture.submit(trainClaim(parent, shard, options));
    }
  });

  it('takes a shard of any number of rows, in batches of up to the next power of two', async () => {
    const odd = await fixture.registerShard({ ...SHARD, rows: 13 });
    await fixture.submit(trainClaim(parent, odd, { batch: 16, passes: 1024 }));
    const single = await fixture.registerShard({ ...SHARD, rows: 1 });
    await fixture.submit(trainClaim(parent, single, { batch: 1, passes: 2 ** 14 }));
  });

  it('takes models and shards of many chunks', async () => {
    const wide = [1500, 1500, 3];
    const rows = { inputs: 1500, outputs: 3, rows: 4096, kind: 'classes' } as const;
    const large = await fixture.registerShard(rows);
    const model = await fixture.importModel(wide);
    assert.deepEqual([large.oracle.commitment.length, model.oracle.commitment.length], [33, 17]);
    const child = await fixture.trainModel(model, large);
    assert.equal(await fixture.registry.read('depthOf', [resultId(child.statement)]), 1n);
    const swapped = { ...trainClaim(child, large) };
    await fixture.expect(swapped, fixture.alice);
    const [first, second, ...others] = swapped.statement.child;
    const statement = { ...swapped.statement, child: [second, first, ...others] };
    await reverts(fixture.call({ ...swapped, statement }), 'ProofRejected', [TRAIN]);
  });

  it('takes shards of classes and of numbers and of anyone', async () => {
    const other = await fixture.registerShard({ ...SHARD, kind: 'regression' }, fixture.bob);
    await fixture.submit(trainClaim(parent, other));
  });

  it('takes softmax on classes and sigmoid on classes and labels, with smoothed targets, which it keeps', async () => {
    const labels = await fixture.registerShard({ ...SHARD, kind: 'labels' });
    for (const [head, on, smoothing] of [
      ['softmax', shard, 255],
      ['softmax', shard, 0],
      ['sigmoid', shard, 1],
      ['sigmoid', labels, 255],
      ['sigmoid', labels, 0],
    ] as const) {
      const model = await fixture.seedModel(WIDTHS, fixture.alice, head);
      const claim = trainClaim(model, on, { smoothing });
      const [registered, trained] = fixture.events(await fixture.submit(claim));
      assert.equal((registered.args as { shape: bigint }).shape >> 247n, BigInt(HEADS.indexOf(head)));
      assert.equal((trained.args as { smoothing: bigint }).smoothing, BigInt(smoothing));
      const kept = { learningRate: 64n, batch: 4n, passes: 1n, smoothing: BigInt(smoothing) };
      assert.deepEqual(await fixture.registry.read('trainingOf', [resultId(claim.statement), 0n]), {
        shard: resultId(on.statement),
        ...kept,
      });
    }
  });

  describe('reverts', () => {
    const edge = (statement: TrainStatement, changes: object = {}) => ({
      ...rawEdge(statement, DESCRIPTOR),
      ...changes,
    });

    it('with UnknownModel when the parent is not registered', async () => {
      const claim = trainClaim(parent, shard);
      const stranger = [pointOf()];
      const statement = { ...claim.statement, parent: stranger };
      const id = await fixture.registry.read('modelId', [
        stranger,
        encodeShape({ widths: WIDTHS, head: 'squared error' }),
      ]);
      await reverts(fixture.attempt({ ...claim, statement }), 'UnknownModel', [id]);
    });

    it('with UnknownModel when the parent is registered under another shape', async () => {
      const { statement, proof } = trainClaim(parent, shard);
      const shape = encodeShape({ widths: [5, 3, 3], head: 'squared error' });
      const id = await fixture.registry.read('modelId', [statement.parent, shape]);
      await reverts(fixture.train(edge(statement, { shape }), proof), 'UnknownModel', [id]);
    });

    it('with UnknownShard when the shard is not registered', async () => {
      const claim = trainClaim(parent, shard);
      const stranger = [pointOf()];
      const statement = { ...claim.statement, shardCommitment: stranger };
      const id = await fixture.registry.read('shardId', [stranger, DESCRIPTOR]);
      await reverts(fixture.attempt({ ...claim, statement }), 'UnknownShard', [id]);
    });

    it('with UnknownShard when the shard is registered under another descriptor', async () => {
      const { statement, proof } = trainClaim(parent, shard);
      for (const descriptor of [
        encodeShard({ ...SHARD, rows: 8 }),
        DESCRIPTOR ^ (1n << 37n),
        DESCRIPTOR | (1n << 200n),
      ]) {
        const id = await fixture.registry.read('shardId', [statement.shardCommitment, descriptor]);
        await reverts(fixture.train(edge(statement, { descriptor }), proof), 'UnknownShard', [id]);
      }
    });

    it('with InputsDiffer when the shard has another number of inputs than the model', async () => {
      const other = await fixture.registerShard({ ...SHARD, inputs: 6 });
      await reverts(fixture.attempt(trainClaim(parent, other)), 'InputsDiffer', [5n, 6n]);
    });

    it('with OutputsDiffer when the shard has another number of outputs than the model', async () => {
      const other = await fixture.registerShard({ ...SHARD, outputs: 4 });
      await reverts(fixture.attempt(trainClaim(parent, other)), 'OutputsDiffer', [3n, 4n]);
    });

    it('with HeadUnfit when the head of the model has no use for the kind of the shard', async () => {
      const regression = await fixture.registerShard({ ...SHARD, kind: 'regression' });
      const labels = await fixture.registerShard({ ...SHARD, kind: 'labels' });
      for (const [head, on, numbers] of [
        ['squared error', labels, [0, 2]],
        ['softmax', regression, [1, 0]],
        ['softmax', labels, [1, 2]],
        ['sigmoid', regression, [2, 0]],
      ] as const) {
        const model = await fixture.seedModel(WIDTHS, fixture.alice, head);
        await reverts(fixture.attempt(trainClaim(model, on)), 'HeadUnfit', numbers);
      }
    });

    it('with UnknownModel when the child would have another head than the parent', async () => {
      const { statement, proof } = trainClaim(parent, shard);
      const shape = encodeShape({ widths: WIDTHS, head: 'softmax' });
      const id = await fixture.registry.read('modelId', [statement.parent, shape]);
      await reverts(fixture.train(edge(statement, { shape }), proof), 'UnknownModel', [id]);
    });

    it('with SmoothingOutOfRange when nothing would be left for the right class', async () => {
      for (const [head, most] of [
        ['squared error', 0n],
        ['softmax', 255n],
        ['sigmoid', 255n],
      ] as const) {
        const model = await fixture.seedModel(WIDTHS, fixture.alice, head);
        const { statement, proof } = trainClaim(model, shard);
        for (const smoothing of [most + 1n, 2n ** 200n]) {
          await reverts(fixture.train(edge(statement, { smoothing }), proof), 'SmoothingOutOfRange', [smoothing]);
        }
      }
    });

    it('with LearningRateOutOfRange for 0 and for more than 2^16', async () => {
      const { statement, proof } = trainClaim(parent, shard);
      for (const learningRate of [0n, 65537n, 2n ** 200n]) {
        await reverts(fixture.train(edge(statement, { learningRate }), proof), 'LearningRateOutOfRange', [
          learningRate,
        ]);
      }
    });

    it('with UnsupportedBatch when the batch is no power of two or exceeds the rows', async () => {
      const { statement, proof } = trainClaim(parent, shard);
      for (const batch of [0n, 3n, 32n]) {
        await reverts(fixture.train(edge(statement, { batch }), proof), 'UnsupportedBatch', [batch, 16n]);
      }
    });

    it('with UnsupportedPasses when the passes are no power of two or make more than 2^14 rows', async () => {
      const { statement, proof } = trainClaim(parent, shard);
      for (const passes of [0n, 3n, 2048n, 2n ** 255n]) {
        await reverts(fixture.train(edge(statement, { passes }), proof), 'UnsupportedPasses', [passes, 16n]);
      }
    });

    it('with WrongPointCount when the child has not as many points as the parent', async () => {
      const { statement, proof } = trainClaim(parent, shard);
      for (const child of [[], [pointOf(), pointOf()]]) {
        await reverts(fixture.train(edge(statement, { child }), proof), 'WrongPointCount', [BigInt(child.length), 1n]);
      }
    });

    it('with ModelExists when the child is the parent', async () => {
      const { statement, proof } = trainClaim(parent, shard);
      await reverts(fixture.train(edge(statement, { child: statement.parent }), proof), 'ModelExists', [parentId]);
    });

    it('with ModelExists when the child is registered already', async () => {
      const claim = trainClaim(parent, shard);
      await fixture.submit(claim);
      await reverts(fixture.attempt(claim, fixture.bob), 'ModelExists', [resultId(claim.statement)]);
    });

    it('with ProofRejected when the sender is not the trainer of the proof', async () => {
      const claim = trainClaim(parent, shard);
      await fixture.expect(claim, fixture.alice);
      await reverts(fixture.call(claim, fixture.bob), 'ProofRejected', [TRAIN]);
    });

    it('with ProofRejected when learning rate, batch, passes, smoothing, parent, shard or child are not those of the proof', async () => {
      const claim = trainClaim(await fixture.seedModel(WIDTHS, fixture.alice, 'softmax'), shard);
      const otherShard = await fixture.registerShard(SHARD);
      const otherParent = await fixture.seedModel(WIDTHS, fixture.alice, 'softmax');
      await fixture.expect(claim, fixture.alice);
      for (const change of [
        { learningRate: 65 },
        { batch: 8 },
        { passes: 2 },
        { smoothing: 1 },
        { parent: otherParent.oracle.commitment },
        { shardCommitment: otherShard.oracle.commitment },
        { child: [pointOf()] },
      ]) {
        const statement = { ...claim.statement, ...change };
        await reverts(fixture.call({ ...claim, statement }), 'ProofRejected', [TRAIN]);
      }
    });

    it('with ProofRejected when parent and child are swapped', async () => {
      const forward = await fixture.trainModel(parent, shard);
      const backward = { ...forward.statement, parent: forward.statement.child, child: [pointOf()] };
      await fixture.expect(forward, fixture.alice);
      await reverts(fixture.call({ ...forward, statement: backward }), 'ProofRejected', [TRAIN]);
    });
  });
});

describe('a registry with verifiers that burn their gas', () => {
  it('reverts without a reason and keeps the other gas of the caller', async () => {
    const { chain } = fixture;
    const claim = trainClaim(parent, shard);
    // A call is given all gas but a 64th.
    await chain.request('hardhat_setCode', fixture.verifiers.address, '0xfe');
    const { functionName, args } = registryCall(claim.statement, claim.proof);
    const { address, abi } = fixture.registry;
    const call = { address, abi, functionName, args, account: fixture.alice, gas: 700_000n };
    await assert.rejects(chain.read.simulateContract(call), /revert/);
  });

  it('reverts where they have no code', async () => {
    const claim = trainClaim(parent, shard);
    await fixture.chain.request('hardhat_setCode', fixture.verifiers.address, '0x');
    await assert.rejects(fixture.call(claim), /revert/);
  });
});

describe('children', () => {
  // One parent with seven children, made once: the tests only read.
  let outer: unknown;
  const ids: Hex[] = [];

  before(async () => {
    outer = await fixture.chain.request('evm_snapshot');
    for (let i = 0; i < 7; i++) ids.unshift(resultId((await fixture.trainModel(parent, shard)).statement));
  });
  after(async () => {
    await fixture.chain.request('evm_revert', outer);
  });

  const page = (id: Hex, cursor: Hex, limit: number): Promise<[Hex[], Hex]> =>
    fixture.registry.read('children', [id, cursor, limit]);

  it('lists all children, the newest first', async () => {
    assert.deepEqual(await page(parentId, NO_MODEL, 100), [ids, NO_MODEL]);
    assert.deepEqual(await page(parentId, NO_MODEL, 7), [ids, NO_MODEL]);
  });

  it('gives pages that continue where the one before ended', async () => {
    for (const limit of [1, 2, 3, 6]) {
      const seen: Hex[] = [];
      let cursor: Hex = NO_MODEL;
      do {
        const [found, next] = await page(parentId, cursor, limit);
        assert.ok(found.length <= limit && found.length > 0);
        seen.push(...found);
        cursor = next;
      } while (cursor !== NO_MODEL);
      assert.deepEqual(seen, ids);
    }
  });

  it('gives an empty page that points to the first child when the limit is 0', async () => {
    assert.deepEqual(await page(parentId, NO_MODEL, 0), [[], ids[0]]);
  });

  it('is empty for a leaf and for an unknown model', async () => {
    for (const id of [ids[0], UNKNOWN]) assert.deepEqual(await page(id, NO_MODEL, 5), [[], NO_MODEL]);
  });

  it('keeps grandchildren apart', async () => {
    const child = await fixture.trainModel(parent, shard);
    const grandchild = await fixture.trainModel(child, shard);
    assert.deepEqual(await page(resultId(child.statement), NO_MODEL, 5), [[resultId(grandchild.statement)], NO_MODEL]);
    assert.equal((await page(parentId, NO_MODEL, 100))[0].length, 8);
  });

  it('reverts with NotAChild when the cursor is no child of the model', async () => {
    await reverts(page(ids[0], ids[1], 5), 'NotAChild', [ids[1], ids[0]]);
    await reverts(page(parentId, UNKNOWN, 5), 'NotAChild', [UNKNOWN, parentId]);
    await reverts(page(parentId, parentId, 5), 'NotAChild', [parentId, parentId]);
    // A seed has no parent, and no model has the id 0.
    await reverts(page(NO_MODEL, parentId, 5), 'NotAChild', [parentId, NO_MODEL]);
  });
});

describe('an unknown model', () => {
  it('has no fields, no trainer and no parents', async () => {
    const nobody = '0x0000000000000000000000000000000000000000';
    assert.deepEqual(await fixture.registry.read('node', [UNKNOWN]), {
      trainer: nobody,
      kind: 0,
      depth: 0n,
      timestamp: 0n,
      blockNumber: 0n,
      parent: NO_MODEL,
      declared: false,
      number: 0n,
      version: 0n,
    });
    assert.equal(await fixture.registry.read('trainerOf', [UNKNOWN]), nobody);
    assert.deepEqual(await fixture.registry.read('parents', [UNKNOWN]), []);
  });
});
