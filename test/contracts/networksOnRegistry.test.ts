// Convolutional networks on registry, scoreboard and relay: everything that other models do, under programs 7 to 11.
import assert from 'node:assert/strict';
import { afterEach, before, beforeEach, describe, it } from 'node:test';
import { zeroHash } from 'viem';
import { encodeAnyShape, shapeSides } from '../../src/model/anyShape.ts';
import { parseNetwork } from '../../src/model/network.ts';
import { encodeShape, encodeShard, type ShardShape } from '../../src/model/shape.ts';
import { registryCall } from '../../src/registry/calls.ts';
import { scoreId, shardId } from '../../src/registry/ids.ts';
import { CIRCUITS } from '../../src/registry/programs/list.ts';
import { typedRequest } from '../../src/registry/relay.ts';
import { NO_RULES } from '../../src/registry/rules.ts';
import { NO_SCHEMA } from '../../src/registry/schemas.ts';
import { circuitFor, claimOf, parametersOf, resultId } from '../../src/registry/statement.ts';
import { abiOf, Contract, reverts } from './support/chain.ts';
import { conditionsOf, evidenceOf } from './support/conditions.ts';
import { deploy, ETHER, sendValue } from './support/money.ts';
import {
  chainArguments,
  chainClaims,
  importClaim,
  type Model,
  mergeClaim,
  type Registered,
  RegistryFixture,
  rawEdge,
  type Seeded,
  scoreClaim,
  trainClaim,
} from './support/registryFixture.ts';
import { RelayFixture, TRAINER, type Wish } from './support/relay.ts';

/** Six layers, of which two read averages. */
const DEEP = parseNetwork('16x16x3-c8k5p2-a2-c8k3p1-c16k3s2p1-a2-c16k2-32-4', 'softmax');
/** Two layers, none of which does, in two points: 2^18 weights and some more. */
const WIDE = parseNetwork('16x16x1-c16k3p1-64', 'sigmoid');
const PERCEPTRON = { widths: [768, 4], head: 'softmax' } as const;
const SHARD: ShardShape = { ...shapeSides(DEEP), rows: 16, kind: 'classes' };
const LABELS: ShardShape = { ...shapeSides(WIDE), rows: 16, kind: 'labels' };
const TIMES_16 = { learningRate: 32 };

let fixture: RegistryFixture;
let shard: Registered;
let start: Seeded;
let snapshot: unknown;

before(async () => {
  fixture = await RegistryFixture.create();
  shard = await fixture.registerShard(SHARD);
  start = await fixture.seedModel(DEEP);
});
beforeEach(async () => {
  snapshot = await fixture.chain.request('evm_snapshot');
});
afterEach(async () => {
  await fixture.chain.request('evm_revert', snapshot);
});

const record = (model: Model) => fixture.registry.read('node', [resultId(model.statement)]);

describe('a network', () => {
  it('is seeded by program convSeed, with its layout beside its shape', async () => {
    assert.equal(CIRCUITS[circuitFor(start.statement)], 7);
    const [shape, first, second, seed, ...others] = parametersOf(start.statement);
    assert.deepEqual([shape, seed, others], [encodeAnyShape(DEEP), start.statement.seed, []]);
    assert.deepEqual((await networks()).slice(1), [first, second]);
    const { kind, declared } = await record(start);
    assert.deepEqual([kind, declared], [1, false]);
    const request = await fixture.registry.read('seedRequest', [start.statement.requestId]);
    assert.equal(request.shape, shape);
  });

  async function networks(): Promise<bigint[]> {
    const address = await fixture.registry.read('networks');
    const judge = new Contract(fixture.chain, address, await abiOf('Networks'));
    return judge.read('layoutOf', [encodeAnyShape(DEEP)]);
  }

  it('is imported by program convImport, and all that descends from it is declared', async () => {
    const imported = importClaim(WIDE);
    const receipt = await fixture.submit(imported);
    const [registered] = fixture.events(receipt);
    assert.deepEqual(registered.args, {
      id: resultId(imported.statement),
      trainer: fixture.alice,
      kind: 2,
      depth: 0n,
      shape: encodeAnyShape(WIDE),
      commitment: imported.oracle.commitment,
    });
    assert.equal(imported.oracle.commitment.length, 2);
    const labels = await fixture.registerShard(LABELS);
    // Where no layer reads averages, any rate goes.
    const child = await fixture.trainModel(imported, labels, { learningRate: 33 });
    assert.deepEqual([(await record(child)).declared, (await record(child)).kind], [true, 3]);
  });

  it('is trained by program convTrain, and its edge says how', async () => {
    const claim = trainClaim(start, shard, { learningRate: 48, batch: 8, passes: 2, smoothing: 5 });
    assert.equal(CIRCUITS[circuitFor(claim.statement)], 8);
    await fixture.submit(claim);
    const id = resultId(claim.statement);
    assert.deepEqual(await fixture.registry.read('trainingOf', [id, 0n]), {
      shard: shardId(shard.oracle.commitment, encodeShard(SHARD)),
      learningRate: 48n,
      batch: 8n,
      passes: 2n,
      smoothing: 5n,
    });
    assert.ok(await fixture.registry.read('isAncestor', [resultId(start.statement), id]));
    assert.equal((await record(claim)).depth, 1n);
  });

  it('is trained in a run, with children that are kept on the way', async () => {
    const claims = chainClaims(start, [
      { shard, ...TIMES_16 },
      { shard, learningRate: 16, passes: 2 },
      { shard, learningRate: 65_536, batch: 8 },
    ]);
    await fixture.trainMany(claims, [true, false, true]);
    const [kept, , last] = claims.map(({ statement }) => resultId(statement));
    assert.equal((await record(claims[0])).depth, 1n);
    assert.equal((await record(claims[1])).kind, 0);
    assert.equal((await record(claims[2])).parent, kept);
    assert.equal(await fixture.registry.read('segmentsOf', [last]), 2n);
  });

  it('is merged by program convMerge, with coefficients for each of six layers', async () => {
    const other = await fixture.trainModel(start, shard, TIMES_16);
    const coefficients = [1, 2, 3, 4, 5, 6].map((l) => [l * 1_000, 2 ** 14 - l * 1_000]);
    const claim = mergeClaim([start, other], coefficients);
    assert.equal(parametersOf(claim.statement).length, 9);
    const receipt = await fixture.submit(claim);
    const merged = fixture.events(receipt).find(({ eventName }) => eventName === 'Merged')!;
    assert.deepEqual((merged.args as { coefficients: unknown }).coefficients, coefficients);
    assert.deepEqual(await fixture.reader.read('weightedParents', [resultId(claim.statement)]), [
      { id: resultId(start.statement), weight: 21_000n },
      { id: resultId(other.statement), weight: 77_304n },
    ]);
  });

  it('is merged with the greatest coefficients in six layers, and with few layers', async () => {
    const other = await fixture.trainModel(start, shard, TIMES_16);
    const most = 2 ** 17 - 1;
    const claim = mergeClaim(
      [start, other],
      [1, 2, 3, 4, 5, 6].map((l) => (l % 2 ? [most, -most] : [-most, most])),
    );
    await fixture.submit(claim);
    const [{ weight }] = await fixture.reader.read('weightedParents', [resultId(claim.statement)]);
    assert.equal(weight, 6n * BigInt(most));
    const pair = [await fixture.importModel(WIDE), await fixture.importModel(WIDE)];
    await fixture.mergeModels(pair, [
      [2 ** 13, 2 ** 13],
      [1, 2],
    ]);
  });

  it('is scored by program convScore, in every measure', async () => {
    const counts = Uint16Array.from({ length: 16 }, (_, i) => (i % 5 === 0 ? 3 : 0));
    const claim = scoreClaim(start, shard, 12n, { loss: 77n, k: 2, top: 15n, counts, point: 99n });
    assert.deepEqual([CIRCUITS[circuitFor(claim.statement)], parametersOf(claim.statement).length], [11, 11]);
    await fixture.submit(claim, fixture.bob);
    const ids = [resultId(start.statement), shardId(shard.oracle.commitment, encodeShard(SHARD))] as const;
    const { prover, value } = await fixture.scoreboard.read('resultOf', ids);
    assert.deepEqual([prover, value], [fixture.bob, 12n]);
    const { loss, counted } = await fixture.scoreboard.read('measuresOf', ids);
    assert.deepEqual([loss, counted], [77n, 12n]);
    assert.equal(await fixture.scoreboard.read('topOf', [...ids, 2n]), 15n);
    assert.equal(resultId(claim.statement), scoreId(...ids));
    await reverts(fixture.attempt(claim), 'NotBetter', [12n, 12n]);
    await fixture.submit(scoreClaim(start, shard, 13n, { loss: 77n }));
  });

  it('stands on a leaderboard, and its lineage is paid', async () => {
    await fixture.registry.send('chooseShare', [2_000n], fixture.alice);
    const parent = await fixture.trainModel(start, shard, TIMES_16);
    await fixture.registry.send('chooseShare', [0n], fixture.alice);
    const child = await fixture.trainModel(parent, shard, TIMES_16);
    await fixture.submit(scoreClaim(child, shard, 9n, { loss: 5n }));
    const ids = [shardId(shard.oracle.commitment, encodeShard(SHARD))];
    await fixture.datasets.send('registerDataset', [ids, 'ipfs://pictures'], fixture.alice);
    const args = [fixture.alice, ids, 'ipfs://pictures', NO_RULES];
    const benchmark = await fixture.scoreboard.simulate('openBenchmark', args);
    await fixture.scoreboard.send('openBenchmark', args);
    await fixture.scoreboard.send('rank', [resultId(child.statement), benchmark, []]);
    assert.equal(await fixture.scoreboard.read('leader', [benchmark]), resultId(child.statement));

    const { registry, trainers, relay } = fixture;
    const given = [registry, trainers, relay].map(({ address }) => address);
    const vault = await deploy(fixture.chain, 'CreditVault', given);
    const [above, below] = [parent, child].map(({ statement }) => resultId(statement));
    await sendValue(vault, 'pay', [below], 10_000n);
    assert.equal(await vault.simulate('claim', [ETHER, above, below, []]), 2_000n);
    assert.equal(await vault.simulate('collect', [[below], ETHER]), 8_000n);
  });
});

describe('the floors of a network', () => {
  const use = (circuit: keyof typeof CIRCUITS, version: bigint) =>
    fixture.verifiers.send('setVersion', [CIRCUITS[circuit], version]);
  const floors = async (model: Model) => {
    const found: Record<string, number> = {};
    for (const [circuit, number] of Object.entries(CIRCUITS)) {
      const floor: bigint = await fixture.registry.read('versionFloor', [resultId(model.statement), number]);
      if (floor > 0n) found[circuit] = Number(floor);
    }
    return found;
  };

  it('are of its own programs', async () => {
    await use('convSeed', 3n);
    await use('seed', 9n);
    const seed = await fixture.seedModel(DEEP);
    assert.deepEqual(await floors(seed), { convSeed: 3 });
    await use('data', 2n);
    const rows = await fixture.registerShard(SHARD);
    await use('convTrain', 7n);
    const trained = await fixture.trainModel(seed, rows, TIMES_16);
    assert.deepEqual(await floors(trained), { data: 2, convSeed: 3, convTrain: 7 });
    await use('convImport', 5n);
    const imported = await fixture.importModel(DEEP);
    assert.deepEqual(await floors(imported), { convImport: 5 });
    await use('convMerge', 255n);
    const merged = await fixture.mergeModels([trained, imported]);
    const all = { data: 2, convSeed: 3, convTrain: 7, convImport: 5, convMerge: 255 };
    assert.deepEqual(await floors(merged), all);
    await use('convTrain', 6n);
    assert.deepEqual(await floors(await fixture.trainModel(merged, shard, TIMES_16)), {
      ...all,
      data: 1,
      convTrain: 6,
    });
  });

  it('are what conditions ask of it: not those of the programs that it does not rest on', async () => {
    const { datasets, trainers, relay, reader } = fixture;
    const beside = [datasets, trainers, relay].map(({ address }) => address);
    const attestations = await deploy(fixture.chain, 'DataAttestations', beside);
    const conditions = await deploy(fixture.chain, 'Conditions', [reader.address, attestations.address]);
    const trained = resultId((await fixture.trainModel(start, shard, TIMES_16)).statement);
    const atLeast = (version: bigint, ...circuits: (keyof typeof CIRCUITS)[]) => {
      const lanes = circuits.map((circuit) => version << BigInt(8 * (CIRCUITS[circuit] - 1)));
      const terms = conditionsOf({ minimalVersions: lanes.reduce((sum, lane) => sum | lane) });
      return conditions.read('check', [trained, terms, evidenceOf()]);
    };
    await atLeast(1n, 'data', 'convSeed', 'convTrain', 'convImport', 'convMerge');
    await atLeast(2n, 'seed', 'train', 'import', 'merge', 'convImport', 'convMerge');
    for (const circuit of ['data', 'convSeed', 'convTrain'] as const)
      await reverts(atLeast(2n, circuit), 'KeyTooOld', [BigInt(CIRCUITS[circuit]), 1n, 2n]);
  });

  it('are zero for what is no program', async () => {
    for (const program of [0n, 11n, 12n, 2n ** 256n - 1n]) {
      assert.equal(await fixture.registry.read('versionFloor', [resultId(start.statement), program]), 0n);
    }
  });

  it('of another model are of the other programs', async () => {
    const perceptron = await fixture.seedModel(PERCEPTRON);
    assert.deepEqual(await floors(perceptron), { seed: 1 });
  });
});

describe('a network is refused', () => {
  it('with MalformedShape and the other errors of its shape, by requests and imports', async () => {
    const shape = encodeAnyShape(DEEP);
    const { proof, statement } = importClaim(DEEP);
    const { args } = registryCall(statement, proof);
    for (const [other, error, values] of [
      [shape | (1n << 248n), 'MalformedShape', [shape | (1n << 248n)]],
      [shape | (1n << 250n), 'MalformedShape', [shape | (1n << 250n)]],
      // the kernel of the first layer: 5 becomes 6
      [shape + (1n << (18n + 18n)), 'SideDiffers', [1n, 16n, 15n]],
      // the last layer is no dense one
      [shape ^ (1n << (18n + 29n * 5n + 27n)), 'LayerNotFlat', [6n]],
    ] as const) {
      await reverts(fixture.registry.simulate('requestSeed', [other, zeroHash]), error, values);
      const call = fixture.registry.simulate('importModel', [other, ...args.slice(1)], fixture.alice);
      await reverts(call, error, values);
    }
  });

  it('with WrongPointCount where a commitment has not as many points as the network', async () => {
    const claim = importClaim(WIDE);
    const points = claim.oracle.commitment;
    for (const commitment of [points.slice(1), [...points, points[0]]]) {
      const statement = { ...claim.statement, commitment };
      await reverts(fixture.attempt({ ...claim, statement }), 'WrongPointCount', [BigInt(commitment.length), 2n]);
    }
    const requestId = await fixture.requestSeed(WIDE);
    await fixture.chain.mine(2);
    const seed = await fixture.seedClaim(requestId, WIDE);
    const statement = { ...seed.statement, commitment: points.slice(1) };
    await reverts(fixture.attempt({ ...seed, statement }), 'WrongPointCount', [1n, 2n]);
    const pair = [await fixture.importModel(WIDE), await fixture.importModel(WIDE)];
    const merge = mergeClaim(pair);
    const child = { ...merge, statement: { ...merge.statement, child: points.slice(1) } };
    await reverts(fixture.attempt(child), 'WrongPointCount', [1n, 2n]);
    const labels = await fixture.registerShard(LABELS);
    const trained = trainClaim(pair[0], labels);
    const other = { ...trained, statement: { ...trained.statement, child: points.slice(1) } };
    await reverts(fixture.attempt(other), 'WrongPointCount', [1n, 2n]);
  });

  it('with PooledLearningRate for a rate that 16 does not divide, alone and in a run', async () => {
    for (const learningRate of [1, 15, 33]) {
      const claim = trainClaim(start, shard, { learningRate });
      await reverts(fixture.attempt(claim), 'PooledLearningRate', [BigInt(learningRate)]);
      const claims = chainClaims(start, [
        { shard, ...TIMES_16 },
        { shard, learningRate },
      ]);
      await reverts(fixture.callMany(claims), 'PooledLearningRate', [BigInt(learningRate)]);
    }
  });

  it('with InputsDiffer or OutputsDiffer for rows that are no pictures of its size', async () => {
    const flat = await fixture.registerShard({ ...SHARD, inputs: 767 });
    await reverts(fixture.attempt(trainClaim(start, flat, TIMES_16)), 'InputsDiffer', [768n, 767n]);
    const classes = await fixture.registerShard({ ...SHARD, outputs: 5 });
    await reverts(fixture.attempt(trainClaim(start, classes, TIMES_16)), 'OutputsDiffer', [4n, 5n]);
    await reverts(fixture.attempt(scoreClaim(start, flat, 1n)), 'InputsDiffer', [768n, 767n]);
  });

  it('with ProofRejected where the proof is of the same program for other models', async () => {
    const claim = trainClaim(start, shard, TIMES_16);
    const args = [
      fixture.registry.address,
      fixture.alice,
      CIRCUITS.train,
      claimOf(claim.statement),
      registryCall(claim.statement, claim.proof).args[1],
    ];
    await fixture.verifiers.send('expect', args);
    await reverts(fixture.call(claim), 'ProofRejected', [8n]);
  });

  it('with UnknownModel where the parent is of another kind or network', async () => {
    const edge = rawEdge(trainClaim(start, shard, TIMES_16).statement, encodeShard(SHARD));
    for (const shape of [encodeShape(PERCEPTRON), encodeAnyShape({ ...DEEP, head: 'sigmoid' })]) {
      const call = fixture.train({ ...edge, shape }, trainClaim(start, shard).proof);
      await assert.rejects(call, /UnknownModel/);
    }
    const [parent, , segments, proofs] = chainArguments([trainClaim(start, shard, TIMES_16)]);
    const many = fixture.registry.simulate('trainMany', [parent, encodeShape(PERCEPTRON), segments, proofs]);
    await assert.rejects(many, /UnknownModel/);
  });

  it('with CoefficientsMismatch for any other number of layers', async () => {
    const other = await fixture.trainModel(start, shard, TIMES_16);
    for (const layers of [0, 1, 4, 5, 7]) {
      const claim = mergeClaim([start, other]);
      const { args } = registryCall(claim.statement, claim.proof);
      const edge = { ...(args[0] as object), coefficients: Array.from({ length: layers }, () => [1, 2]) };
      const call = fixture.registry.simulate('merge', [edge, args[1]], fixture.alice);
      await reverts(call, 'CoefficientsMismatch', [BigInt(layers), 6n]);
    }
  });
});

describe('the relay carries a network', () => {
  it('as people read it, in every request of its trainer', async () => {
    const relay = await RelayFixture.create(fixture);
    const rows = await fixture.registerShard(SHARD);
    const secretHash = `0x${'ab'.repeat(32)}` as const;
    await relay.carry({ action: { what: 'requestSeed', shape: DEEP, secretHash }, claims: [] }, TRAINER);
    const imported = importClaim(DEEP, undefined, NO_SCHEMA);
    await relay.carry(relay.wishOf(imported), TRAINER);
    assert.equal(await fixture.registry.read('trainerOf', [resultId(imported.statement)]), TRAINER.address);
    const trained = trainClaim(imported, rows, TIMES_16);
    await relay.carry(relay.wishOf(trained), TRAINER);
    const claims = chainClaims(trained, [
      { shard: rows, ...TIMES_16 },
      { shard: rows, ...TIMES_16 },
    ]);
    const statements = claims.map(({ statement }) => statement);
    const run: Wish = { action: { what: 'trainMany', statements, keep: [false, true] }, claims };
    await relay.carry(run, TRAINER);
    await relay.carry(relay.wishOf(mergeClaim([imported, trained])), TRAINER);
    await relay.carry(relay.wishOf(scoreClaim(trained, rows, 4n, { loss: 1n })), TRAINER);
    const request = relay.request(relay.wishOf(importClaim(DEEP)).action, TRAINER.address);
    const { network, head } = typedRequest(request).message;
    assert.deepEqual([network, head], ['16x16x3-c8k5p2-a2-c8k3p1-c16k3s2p1-a2-c16k2-32-4', 1]);
  });
});
