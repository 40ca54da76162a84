// Chains of trainings in one transaction: what is registered, what is kept of it, and every way to cheat.
import assert from 'node:assert/strict';
import { afterEach, before, beforeEach, describe, it } from 'node:test';
import { type Hex, toHex, zeroHash } from 'viem';
import { encodeShape, encodeShard, type ShardShape } from '../../src/model/shape.ts';
import { modelId } from '../../src/registry/ids.ts';
import type { ShapeFields } from '../../src/registry/programs/definition.ts';
import { proofArgument } from '../../src/registry/programs/targets.ts';
import { resultId } from '../../src/registry/statement.ts';
import { reverts } from './support/chain.ts';
import {
  chainArguments,
  chainClaims,
  pointOf,
  type Rates,
  type Registered,
  RegistryFixture,
  type Seeded,
  type Trained,
  trainClaim,
} from './support/registryFixture.ts';

const WIDTHS = [5, 4, 3];
const SHARD: ShardShape = { inputs: 5, outputs: 3, rows: 16, kind: 'classes' };
const TRAIN = 3n;
const KIND_TRAIN = 3;
const [CATS, FOXES]: Hex[] = [toHex(1, { size: 32 }), toHex(2, { size: 32 })];

let fixture: RegistryFixture;
let shards: Registered[];
let parent: Seeded;
let parentId: Hex;
let snapshot: unknown;

before(async () => {
  fixture = await RegistryFixture.create();
  shards = [];
  for (const rows of [16, 13, 1, 4096]) shards.push(await fixture.registerShard({ ...SHARD, rows }));
  parent = await fixture.seedModel(WIDTHS, fixture.alice, 'softmax');
  parentId = resultId(parent.statement);
});
beforeEach(async () => {
  snapshot = await fixture.chain.request('evm_snapshot');
});
afterEach(async () => {
  await fixture.chain.request('evm_revert', snapshot);
});

const idOf = ({ statement }: { statement: Parameters<typeof resultId>[0] }) => resultId(statement);

/** A chain of so many segments, no two the same. */
function chain(count: number, from: { statement: ShapeFields; oracle: Trained['oracle'] } = parent): Trained[] {
  return chainOf(
    count,
    (i) => ({ learningRate: 65_536 - i, batch: 1, passes: 2 ** (i % 3), smoothing: 255 - i }),
    from,
  );
}

/** A chain of so many segments on one shard after the other. */
function chainOf(count: number, rates: (i: number) => Rates, from: Parameters<typeof chainClaims>[0] = parent) {
  const segments = Array.from({ length: count }, (_, i) => ({ shard: shards[i % shards.length], ...rates(i) }));
  return chainClaims(from, segments);
}

/** What the registry keeps of a segment. */
const trainingOf = ({ statement }: Trained) => ({
  shard: resultId({ program: 'data', shard: statement.shard, commitment: statement.shardCommitment, schema: zeroHash }),
  learningRate: BigInt(statement.learningRate),
  batch: BigInt(statement.batch),
  passes: BigInt(statement.passes),
  smoothing: BigInt(statement.smoothing),
});

async function requireTrainings(id: Hex, claims: readonly Trained[]): Promise<void> {
  assert.equal(await fixture.registry.read('segmentsOf', [id]), BigInt(claims.length));
  for (const [i, claim] of claims.entries()) {
    assert.deepEqual(await fixture.registry.read('trainingOf', [id, BigInt(i)]), trainingOf(claim));
  }
  const nothing = { shard: zeroHash, learningRate: 0n, batch: 0n, passes: 0n, smoothing: 0n };
  for (const beyond of [BigInt(claims.length), 2n ** 256n - 1n]) {
    assert.deepEqual(await fixture.registry.read('trainingOf', [id, beyond]), nothing);
  }
  assert.deepEqual(
    await fixture.registry.read('shardsOf', [id]),
    claims.map((claim) => trainingOf(claim).shard),
  );
}

describe('trainMany', () => {
  for (const count of [1, 2, 3, 4, 7, 8, 12]) {
    it(`registers the last of ${count} segments as one edge, of which every segment is kept`, async () => {
      const claims = chain(count);
      for (const claim of claims) await fixture.expect(claim, fixture.alice);
      const child = idOf(claims[count - 1]);
      assert.deepEqual(await fixture.callMany(claims), [child]);
      await fixture.trainMany(claims);
      const node = await fixture.registry.read('node', [child]);
      assert.deepEqual([node.kind, node.depth, node.parent, node.number], [KIND_TRAIN, 1n, parentId, 2n]);
      assert.equal(await fixture.registry.read('nodeCount'), 2n);
      await requireTrainings(child, claims);
    });
  }

  it('keeps every segment of trainings that differ in their shards alone, and in one thing more', async () => {
    const usual = { learningRate: 65_536, batch: 1, passes: 2 };
    const others = [{ learningRate: 65_535 }, { passes: 4 }, { smoothing: 1 }];
    for (const count of [2, 4, 5, 12, 13]) {
      for (const other of [{}, ...others]) {
        const claims = chainOf(count, (i) => (i === count - 1 ? { ...usual, ...other } : usual));
        await fixture.trainMany(claims);
        await requireTrainings(idOf(claims[count - 1]), claims);
      }
    }
    const claims = chainOf(6, (i) => (i === 1 ? { ...usual, batch: 2 } : usual));
    await fixture.trainMany(claims);
    await requireTrainings(idOf(claims[5]), claims);
  });

  it('stores four trainings that are alike in one word, and eight in each further one', async () => {
    const spent = async (count: number, first: number) => {
      const rates = (i: number) => ({ learningRate: i === 0 ? first : 5, batch: 1, passes: 1 });
      return Number((await fixture.trainMany(chainOf(count, rates))).gasUsed);
    };
    const word = 20_000;
    for (const [count, words, others] of [
      [2, 1, 1],
      [3, 1, 2],
      [4, 1, 2],
      [7, 2, 3],
      [8, 2, 3],
      [12, 2, 4],
      [13, 3, 4],
    ]) {
      const more = (await spent(count, 6)) - (await spent(count, 5));
      assert.ok(Math.round(more / word) === others - words, `${count} segments`);
    }
  });

  it('registers every kept child, each with the segments since the one before, and no other', async () => {
    const claims = chain(6);
    const keep = [false, true, true, false, false, false];
    await fixture.trainMany(claims, keep);
    const kept = [claims[1], claims[2], claims[5]];
    assert.equal(await fixture.registry.read('nodeCount'), 4n);
    const lines = [claims.slice(0, 2), claims.slice(2, 3), claims.slice(3)];
    let above = parentId;
    for (const [i, claim] of kept.entries()) {
      const node = await fixture.registry.read('node', [idOf(claim)]);
      assert.deepEqual([node.depth, node.parent, node.trainer], [BigInt(i + 1), above, fixture.alice]);
      await requireTrainings(idOf(claim), lines[i]);
      above = idOf(claim);
    }
    assert.equal(await fixture.registry.read('isAncestor', [parentId, above]), true);
    for (const claim of [claims[0], claims[3], claims[4]]) {
      assert.equal(await fixture.registry.read('kindOf', [idOf(claim)]), 0);
    }
  });

  it('says in events each node and, of each edge, all segments from 0 on', async () => {
    const claims = chain(4);
    const receipt = await fixture.trainMany(claims, [false, true, false, true]);
    const registered = (claim: Trained, depth: bigint) => ({
      eventName: 'ModelRegistered',
      args: {
        id: idOf(claim),
        trainer: fixture.alice,
        kind: KIND_TRAIN,
        depth,
        shape: encodeShape({ widths: WIDTHS, head: 'softmax' }),
        commitment: claim.statement.child,
      },
    });
    const trained = (claim: Trained, from: Hex, to: Trained, segment: bigint) => ({
      eventName: 'Trained',
      args: { child: idOf(to), parent: from, ...trainingOf(claim), segment },
    });
    const middle = idOf(claims[1]);
    assert.deepEqual(fixture.events(receipt), [
      registered(claims[1], 1n),
      trained(claims[0], parentId, claims[1], 0n),
      trained(claims[1], parentId, claims[1], 1n),
      registered(claims[3], 2n),
      trained(claims[2], middle, claims[3], 0n),
      trained(claims[3], middle, claims[3], 1n),
    ]);
  });

  it('keeps of a single training the same as train does', async () => {
    const claim = trainClaim(parent, shards[1], { learningRate: 7, batch: 16, passes: 1024 });
    await fixture.submit(claim);
    await requireTrainings(idOf(claim), [claim]);
    const other = trainClaim(parent, shards[3], { learningRate: 65_536, batch: 4096, passes: 4 });
    await fixture.trainMany([other]);
    await requireTrainings(idOf(other), [other]);
  });

  it('answers with nothing for what is no training edge', async () => {
    const merged = await fixture.mergeModels([
      parent,
      await fixture.importModel(WIDTHS, zeroHash, zeroHash, 'softmax'),
    ]);
    for (const id of [parentId, idOf(merged), toHex(9, { size: 32 })]) await requireTrainings(id, []);
  });

  it('takes the same shard and rates again and again: rows may be gone through twice', async () => {
    const claims = chainClaims(
      parent,
      Array.from({ length: 5 }, () => ({ shard: shards[0] })),
    );
    await fixture.trainMany(claims);
    await requireTrainings(idOf(claims[4]), claims);
  });

  it('goes on from a child that was kept, and from no other', async () => {
    const claims = chain(3);
    await fixture.trainMany(claims, [true, false, true]);
    await fixture.trainModel(claims[0], shards[0]);
    const unkept = modelId(claims[1].oracle.commitment, encodeShape({ widths: WIDTHS, head: 'softmax' }));
    await reverts(fixture.attempt(trainClaim(claims[1], shards[0])), 'UnknownModel', [unkept]);
  });

  it('hands on the schema of the last shard that states one, and says each change', async () => {
    const [cats, foxes] = [
      await fixture.registerShard(SHARD, fixture.alice, CATS),
      await fixture.registerShard(SHARD, fixture.alice, FOXES),
    ];
    const order = [shards[0], cats, shards[0], foxes, foxes, cats, shards[0]];
    const claims = chainClaims(
      parent,
      order.map((shard) => ({ shard })),
    );
    const receipt = await fixture.trainMany(claims);
    const child = idOf(claims[6]);
    const changes = fixture.events(receipt).filter(({ eventName }) => eventName === 'SchemaChanged');
    assert.deepEqual(
      changes.map(({ args }) => args),
      [
        { child, from: CATS, to: FOXES },
        { child, from: FOXES, to: CATS },
      ],
    );
    assert.equal(await fixture.registry.read('schemaOf', [child]), CATS);
  });

  it('lets a child that is not kept be registered by whoever proves it as a node', async () => {
    const claims = chain(2);
    await fixture.trainMany(claims);
    await fixture.submit(claims[0], fixture.bob);
    assert.equal(await fixture.registry.read('trainerOf', [idOf(claims[0])]), fixture.bob);
  });

  describe('reverts', () => {
    let claims: Trained[];
    beforeEach(async () => {
      claims = chain(8);
      for (const claim of claims) await fixture.expect(claim, fixture.alice);
    });
    afterEach(async () => {
      // Nothing of a chain stands unless all of it does.
      assert.equal(await fixture.registry.read('nodeCount'), 1n);
    });

    const rejected = (call: Promise<unknown>) => reverts(call, 'ProofRejected', [TRAIN]);
    const changed = (i: number, changes: object) =>
      claims.with(i, { ...claims[i], statement: { ...claims[i].statement, ...changes } });

    it('with ProofRejected for a bad proof at any place', async () => {
      for (const i of claims.keys()) {
        const { groth16 } = claims[i].proof;
        const bad = { ...claims[i], proof: { ...claims[i].proof, groth16: groth16.with(2, groth16[2] + 1n) } };
        await rejected(fixture.callMany(claims.with(i, bad)));
      }
    });

    it('with ProofRejected when rate, batch, passes, smoothing, shard or child of any segment are not those of its proof', async () => {
      for (const i of claims.keys()) {
        const other = shards.find((shard) => shard.oracle.commitment !== claims[i].statement.shardCommitment);
        if (!other) assert.fail();
        const { shard, oracle } = { shard: other.statement.shard, oracle: other.oracle };
        for (const changes of [
          { learningRate: 3 },
          { passes: claims[i].statement.passes * 2 },
          { smoothing: 3 },
          { shard, shardCommitment: oracle.commitment, passes: 1 },
          { child: [pointOf()] },
        ]) {
          await rejected(fixture.callMany(changed(i, changes)));
        }
      }
      await rejected(fixture.callMany(changed(0, { batch: 2 })));
    });

    it('with ProofRejected when two segments or two proofs are swapped', async () => {
      const [a, b] = claims;
      await rejected(fixture.callMany([b, a, ...claims.slice(2)].map((claim, i) => (i ? claim : withParent(claim)))));
      const proofs = [{ ...a, proof: b.proof }, { ...b, proof: a.proof }, ...claims.slice(2)];
      await rejected(fixture.callMany(proofs));
      await rejected(fixture.callMany([...claims.slice(0, 6), claims[7], claims[6]]));
    });

    it('with ModelExists when a segment leads to the model where it starts, kept or not', async () => {
      for (const i of claims.keys()) {
        const { parent: start } = claims[i].statement;
        const same = changed(i, { child: start });
        await fixture.expect(same[i], fixture.alice);
        const id = modelId(start, encodeShape({ widths: WIDTHS, head: 'softmax' }));
        for (const keep of [false, true]) {
          const list = claims.map((_, k) => k === i && keep);
          await reverts(fixture.callMany(same, list), 'ModelExists', [id]);
        }
      }
    });

    it('with ModelExists when a segment stands twice with one proof, with ProofRejected when one is left out', async () => {
      const twice = (i: number) => fixture.callMany(claims.toSpliced(i, 0, claims[i]));
      for (const i of [0, 4, 7]) await reverts(twice(i), 'ModelExists', [idOf(claims[i])]);
      for (const i of [1, 4, 6]) await rejected(fixture.callMany(claims.toSpliced(i, 1)));
    });

    it('with ProofRejected for another sender than the trainer of the proofs', async () => {
      await rejected(fixture.callMany(claims, [], fixture.bob));
      await fixture.callMany(claims);
    });

    it('with ProofRejected when a segment of another run is put in', async () => {
      const other = chain(8);
      for (const claim of other) await fixture.expect(claim, fixture.alice);
      for (const i of [1, 3, 7]) await rejected(fixture.callMany(claims.with(i, other[i])));
      await rejected(fixture.callMany([...claims.slice(0, 4), ...other.slice(4)]));
    });

    it('with UnknownModel when the chain starts at an unkept child of another run, or at its own', async () => {
      for (const i of [1, 5]) {
        const id = modelId(claims[i].statement.parent, encodeShape({ widths: WIDTHS, head: 'softmax' }));
        await reverts(fixture.callMany(claims.slice(i)), 'UnknownModel', [id]);
      }
    });

    it('with UnknownModel when the shape is not that of the parent', async () => {
      const [first, , segments, proofs] = chainArguments(claims);
      const shape = encodeShape({ widths: [5, 3, 3], head: 'softmax' });
      const call = fixture.registry.simulate('trainMany', [first, shape, segments, proofs], fixture.alice);
      await reverts(call, 'UnknownModel', [modelId(first, shape)]);
    });

    it('with UnknownShard, InputsDiffer and HeadUnfit for shards of any segment', async () => {
      const shardCommitment = [pointOf()];
      const id = await fixture.registry.read('shardId', [shardCommitment, encodeShard(claims[5].statement.shard)]);
      await reverts(fixture.callMany(changed(5, { shardCommitment })), 'UnknownShard', [id]);
      const wide = await fixture.registerShard({ ...SHARD, inputs: 6 });
      const { shard, oracle } = { shard: wide.statement.shard, oracle: wide.oracle };
      const call = fixture.callMany(changed(7, { shard, shardCommitment: oracle.commitment }));
      await reverts(call, 'InputsDiffer', [5n, 6n]);
      const labels = await fixture.registerShard({ ...SHARD, kind: 'labels' });
      const unfit = { shard: labels.statement.shard, shardCommitment: labels.oracle.commitment };
      await reverts(fixture.callMany(changed(4, unfit)), 'HeadUnfit', [1, 2]);
    });

    it('with the errors of rates for any segment', async () => {
      const bad: [Rates, string, bigint[]][] = [
        [{ learningRate: 0 }, 'LearningRateOutOfRange', [0n]],
        [{ batch: 8192 }, 'UnsupportedBatch', [8192n, 4096n]],
        [{ passes: 8 }, 'UnsupportedPasses', [8n, 4096n]],
        [{ passes: 3 }, 'UnsupportedPasses', [3n, 4096n]],
        [{ smoothing: 256 }, 'SmoothingOutOfRange', [256n]],
      ];
      for (const [rates, name, args] of bad) {
        for (const i of [3, 7]) {
          const [first, shape, segments, proofs] = chainArguments(claims);
          const changes = Object.fromEntries(Object.entries(rates).map(([key, value]) => [key, BigInt(value)]));
          const list = segments.with(i, { ...segments[i], ...changes });
          const call = fixture.registry.simulate('trainMany', [first, shape, list, proofs], fixture.alice);
          await reverts(call, name, args);
        }
      }
    });

    it('with WrongPointCount when a child in the middle has not as many points as the shape', async () => {
      for (const child of [[], [pointOf(), pointOf()]]) {
        await reverts(fixture.callMany(changed(3, { child })), 'WrongPointCount', [BigInt(child.length), 1n]);
      }
    });

    it('with WrongProofCount without segments and for more or fewer proofs than segments', async () => {
      const [first, shape, segments, proofs] = chainArguments(claims);
      const call = (...lists: [object[], object[]]) =>
        fixture.registry.simulate('trainMany', [first, shape, ...lists], fixture.alice);
      await reverts(call([], []), 'WrongProofCount', [0n, 0n]);
      await reverts(call([], proofs), 'WrongProofCount', [0n, 8n]);
      await reverts(call(segments, proofs.slice(1)), 'WrongProofCount', [8n, 7n]);
      await reverts(call(segments, [...proofs, proofArgument(claims[0].proof)]), 'WrongProofCount', [8n, 9n]);
    });

    it('with ModelExists when a kept child is a node already, of this chain or before', async () => {
      // A training that leads back to where it started, with the same salt.
      const back = claims.with(7, trainClaim(claims[6], shards[0]));
      back[7].statement.child = claims[2].statement.child;
      await fixture.expect(back[7], fixture.alice);
      const keep = claims.map((_, i) => i === 2 || i === 7);
      await reverts(fixture.callMany(back, keep), 'ModelExists', [idOf(claims[2])]);
      const home = claims.with(7, trainClaim(claims[6], shards[0]));
      home[7].statement.child = parent.oracle.commitment;
      await fixture.expect(home[7], fixture.alice);
      await reverts(fixture.callMany(home), 'ModelExists', [parentId]);
    });
  });
});

/** The same with the chain's parent, which is where the arguments begin. */
function withParent(claim: Trained): Trained {
  return { ...claim, statement: { ...claim.statement, parent: parent.oracle.commitment } };
}
