// Credit, bounties and examples on the registry and the scoreboard themselves.
import assert from 'node:assert/strict';
import { before, describe, it } from 'node:test';
import { type Hex, toHex, zeroHash } from 'viem';
import { encodeAnyShape } from '../../src/model/anyShape.ts';
import { encodeShard } from '../../src/model/shape.ts';
import { modelId, shardId } from '../../src/registry/ids.ts';
import { shapeOf } from '../../src/registry/programs/definition.ts';
import { NO_RULES } from '../../src/registry/rules.ts';
import { applyLogs } from '../../web/lib/chain/events.ts';
import { Store } from '../../web/lib/chain/store.ts';
import type { ChainConfig } from '../../web/lib/chain/types.ts';
import { type Contract, reverts } from './support/chain.ts';
import { conditionsOf, evidenceOf, WHOLE } from './support/conditions.ts';
import { deploy, ETHER, MEASURE, sendValue } from './support/money.ts';
import {
  type Merged,
  type Model,
  mergeClaim,
  type Registered,
  RegistryFixture,
  scoreClaim,
  trainClaim,
} from './support/registryFixture.ts';

const WIDTHS = [4, 3, 2];
const SHARD = { inputs: 4, outputs: 2, rows: 16, kind: 'classes' } as const;

const LAYERS = WIDTHS.slice(1).map(() => [3 * 2 ** 12, 2 ** 12]);

describe('on the registry', () => {
  let fixture: RegistryFixture;
  let shard: Registered;
  let conditions: Contract;
  let shards: Hex[];
  let benchmark: Hex;
  let seeds: Hex[];
  let child: Hex;
  let merge: Hex;
  let mergeModel: Merged;
  let parents: Model[];

  const idOf = ({ statement, oracle }: Model) => modelId(oracle.commitment, encodeAnyShape(shapeOf(statement)));

  // Alice seeds a model, Bob seeds one and trains it, Alice merges her seed and his child, 3 parts to 1.
  before(async () => {
    fixture = await RegistryFixture.create();
    shard = await fixture.registerShard(SHARD);
    await fixture.registry.send('chooseShare', [1_000], fixture.alice);
    await fixture.registry.send('chooseShare', [500], fixture.bob);
    const first = await fixture.seedModel(WIDTHS);
    const second = await fixture.seedModel(WIDTHS, fixture.bob);
    const trained = trainClaim(second, shard);
    await fixture.submit(trained, fixture.bob);
    parents = [first, trained];
    mergeModel = mergeClaim(parents, LAYERS);
    await fixture.submit(mergeModel);
    seeds = [first, second].map(idOf);
    child = idOf(trained);
    merge = idOf(mergeModel);
    shards = [shardId(shard.oracle.commitment, encodeShard(SHARD))];
    const beside = [fixture.datasets, fixture.trainers, fixture.relay].map(({ address }) => address);
    const attestations = await deploy(fixture.chain, 'DataAttestations', beside);
    conditions = await deploy(fixture.chain, 'Conditions', [fixture.reader.address, attestations.address]);
    await fixture.datasets.send('registerDataset', [shards, 'ipfs://rows'], fixture.alice);
    benchmark = await fixture.scoreboard.simulate('openBenchmark', [fixture.alice, shards, 'ipfs://rows', NO_RULES]);
    await fixture.scoreboard.send('openBenchmark', [fixture.alice, shards, 'ipfs://rows', NO_RULES]);
  });

  describe('credit', () => {
    let vault: Contract;
    before(async () => {
      const { chain, registry, trainers, relay } = fixture;
      vault = await deploy(
        chain,
        'CreditVault',
        [registry, trainers, relay].map(({ address }) => address),
      );
    });

    it('of a merge goes to each ancestor by its share, whatever lies between, and the rest to the trainer', async () => {
      await sendValue(vault, 'pay', [merge], 10_000n);
      const claims = [
        { ancestor: seeds[0], model: merge, mark: zeroHash, steps: [] },
        { ancestor: child, model: merge, mark: zeroHash, steps: [merge, child] },
        { ancestor: seeds[1], model: merge, mark: zeroHash, steps: [merge, child] },
      ];
      await vault.send('claimAll', [ETHER, claims]);
      await vault.send('collect', [[merge], ETHER]);
      const credit = (trainer: Hex) => vault.read('credit', [trainer, ETHER]);
      assert.deepEqual([await credit(fixture.alice), await credit(fixture.bob)], [9_000n, 1_000n]);
      // Again, nothing is due.
      await vault.send('claimAll', [ETHER, claims]);
      await vault.send('collect', [[merge], ETHER]);
      assert.deepEqual([await credit(fixture.alice), await credit(fixture.bob)], [9_000n, 1_000n]);
    });

    it('is taken by the trainers', async () => {
      const to = '0x000000000000000000000000000000000000bee1';
      await vault.send('withdraw', [fixture.alice, ETHER, to], fixture.alice);
      await vault.send('withdrawFor', [fixture.bob, ETHER], fixture.alice);
      assert.equal(await fixture.chain.read.getBalance({ address: vault.address }), 0n);
      assert.equal(await fixture.chain.read.getBalance({ address: to }), 9_000n);
    });

    it('is what the page sums up from the events, read at once or block by block', async () => {
      const address = [fixture.registry.address, vault.address];
      const logs = await fixture.chain.read.getLogs({ address, fromBlock: 0n });
      const blocks = [...new Set(logs.map(({ blockNumber }) => blockNumber))];
      const config = { registry: fixture.registry.address, creditVault: vault.address } as ChainConfig;
      for (const chunks of [[logs], blocks.map((block) => logs.filter(({ blockNumber }) => blockNumber === block))]) {
        const store = new Store();
        for (const chunk of chunks) applyLogs(store, config, chunk);
        assert.deepEqual(store.dealings.creditsOf(merge), [
          { token: ETHER, paid: 10_000n, claimed: 2_000n, returned: 0n, collected: 8_000n },
        ]);
        assert.deepEqual(store.dealings.creditsOf(child), []);
      }
    });

    it('reverts with UnknownModel for a model that nobody proved', async () => {
      await reverts(sendValue(vault, 'pay', [zeroHash], 1n), 'UnknownModel', [zeroHash]);
    });
  });

  describe('a bounty', () => {
    let board: Contract;
    let deadline: bigint;
    before(async () => {
      const { chain, scoreboard, trainers, relay } = fixture;
      const beside = [scoreboard, conditions, trainers, relay].map(({ address }) => address);
      board = await deploy(chain, 'BountyBoard', beside);
      deadline = (await chain.read.getBlock()).timestamp + 86_400n;
    });

    it('is won by a proved and ranked result, through the second parent of a merge that carries enough of it', async () => {
      const asked = { ancestor: seeds[1], leastPart: WHOLE / 4n, mostMerges: 1n, undeclared: true };
      const terms = { benchmark, threshold: 12n, deadline, conditions: conditionsOf(asked) };
      await reverts(sendValue(board, 'fund', [{ ...terms, threshold: 17n }], 5_000n), 'ThresholdOutOfReach', [
        17n,
        16n,
      ]);
      await sendValue(board, 'fund', [terms], 5_000n, fixture.bob);
      const claim = (steps: Hex[] = []) => board.send('claim', [1n, merge, evidenceOf({ steps })]);
      const steps = [merge, child];
      await reverts(claim(steps), 'NoScore', [merge, benchmark]);
      await fixture.submit(scoreClaim(mergeModel, shard, 11n));
      await fixture.scoreboard.send('rank', [merge, benchmark, []]);
      await reverts(claim(steps), 'ScoreNotEnough', [11n, 12n]);
      await fixture.submit(scoreClaim(mergeModel, shard, 12n));
      await reverts(claim(steps), 'ScoreNotEnough', [11n, 12n]);
      await fixture.scoreboard.send('rank', [merge, benchmark, []]);
      await reverts(claim(), 'NotADescendant', [merge, seeds[1]]);
      await claim(steps);
      assert.equal(await board.read('owed', [fixture.alice, ETHER]), 5_000n);
    });

    it('is not won by a model that was trained on the benchmark’s own rows', async () => {
      const { dataset } = await fixture.scoreboard.read('boardOf', [benchmark]);
      const terms = { benchmark, threshold: 1n, deadline, conditions: conditionsOf({ disjointFrom: dataset }) };
      await sendValue(board, 'fund', [terms], 5_000n, fixture.bob);
      const shown = { registrar: fixture.alice, shardIds: shards, uri: 'ipfs://rows' };
      const claim = board.send('claim', [
        2n,
        merge,
        evidenceOf({ ...shown, ancestry: [merge, child, seeds[1], seeds[0]] }),
      ]);
      await reverts(claim, 'TrainedOn', [child, shards[0]]);
    });

    it('asks for no dataset whose shards the funder might keep secret, with DatasetNotPublic', async () => {
      const fund = (disjointFrom: Hex) => {
        const terms = { benchmark, threshold: 1n, deadline, conditions: conditionsOf({ disjointFrom }) };
        return sendValue(board, 'fund', [terms], 5_000n, fixture.bob);
      };
      const uri = 'ipfs://other';
      const other: Hex = await fixture.datasets.read('datasetId', [fixture.bob, shards, uri]);
      for (const secret of [other, toHex(1, { size: 32 })]) await reverts(fund(secret), 'DatasetNotPublic', [secret]);
      await fixture.datasets.send('registerDataset', [shards, uri], fixture.bob);
      await fund(other);
    });
  });

  describe('the examples', () => {
    it('read a card whose every line was proved', async () => {
      const cards = await deploy(fixture.chain, 'ModelCard', [fixture.reader.address, fixture.scoreboard.address]);
      const card = await cards.read('card', [merge, benchmark, 9n]);
      assert.deepEqual([...card.origins].sort(), [...seeds].sort());
      assert.deepEqual([card.trainer, card.kind, card.depth, card.declared], [fixture.alice, 4, 1n, false]);
      assert.deepEqual(card.score, { measure: MEASURE.rowsRight, value: 12n, rows: 16n });
    });

    it('use the leader', async () => {
      const args = [fixture.registry.address, fixture.scoreboard.address, benchmark, 7_500n];
      const service = await deploy(fixture.chain, 'LeaderInUse', args);
      await service.send('update');
      assert.equal(await service.read('model'), merge);
    });

    it('admit descendants only, tell how much they carry, and pay a whole line', async () => {
      const { chain, reader, trainers } = fixture;
      const gate = await deploy(chain, 'DescentGate', [conditions.address, trainers.address, seeds[1]]);
      await gate.send('enter', [child, []], fixture.bob);
      await reverts(gate.send('enter', [merge, []], fixture.alice), 'NotADescendant', [merge, seeds[1]]);
      await gate.send('enter', [merge, [merge, child]], fixture.alice);
      const half = await deploy(chain, 'PartGate', [conditions.address, seeds[1], 50n]);
      await reverts(half.read('requirePart', [merge, [merge, child]]), 'PartTooSmall', [WHOLE / 4n, WHOLE / 2n]);
      const pay = await deploy(chain, 'LineagePay', [reader.address, trainers.address]);
      await sendValue(pay, 'give', [child], 100n);
      await pay.send('distribute', [1n, 10n]);
      assert.equal(await pay.read('owed', [fixture.bob]), 100n);
    });
  });
});
