import assert from 'node:assert/strict';
import { beforeEach, describe, it } from 'node:test';
import { keccak256, parseEventLogs, type TransactionReceipt, toHex } from 'viem';
import { type Contract, reverts } from './support/chain.ts';
import { actAs, deploy, ETHER, Family, MEASURE, model, NO_MODEL, RECEIVER, sendValue } from './support/money.ts';

const BENCHMARK = keccak256(toHex('benchmark'));

describe('examples', () => {
  let family: Family;
  let scores: Contract;

  // 1 seed of Alice, 2 Bob's child, 3 Carol's declared import, 4 Bob's merge of 3 and 2, 5 Carol's seed,
  // 6 Bob's merge of 5 and 2, 7 Alice's child of 2.
  beforeEach(async () => {
    family = await Family.create();
    const { alice, bob, carol } = family;
    scores = await deploy(family.chain, 'MockScores');
    await family.seed(1, alice);
    await family.train(2, bob, 1);
    await family.import(3, carol);
    await family.merge(4, bob, [3, 2], [1, 1]);
    await family.seed(5, carol);
    await family.merge(6, bob, [5, 2], [1, 1]);
    await family.train(7, alice, 2);
  });

  const score = (number: number, value: bigint, measure: number = MEASURE.rowsRight, rows = 100n) =>
    scores.send('setScore', [model(number), BENCHMARK, { measure, value, rows }]);
  const events = ({ abi }: Contract, { logs }: TransactionReceipt) =>
    parseEventLogs({ abi, logs }).map(({ eventName, args }) => [eventName, args]);

  describe('DescentGate', () => {
    let gate: Contract;
    beforeEach(async () => {
      gate = await deploy(family.chain, 'DescentGate', [family.lineage.address, model(1)]);
    });
    const enter = (number: number, path: number[], account = family.bob) =>
      gate.send('enter', [model(number), path.map(model)], account);

    it('admits a descendant of the first line and one through a path', async () => {
      const admitted = { model: model(2), trainer: family.bob };
      assert.deepEqual(events(gate, await enter(2, [])), [['Admitted', admitted]]);
      await enter(6, [1, 2, 6]);
      assert.deepEqual(await Promise.all([2, 6, 7].map((number) => gate.read('admitted', [model(number)]))), [
        true,
        true,
        false,
      ]);
    });

    it("reverts with NotTheTrainer for another's model", async () => {
      await reverts(enter(7, []), 'NotTheTrainer', [model(7), family.bob]);
    });

    it('reverts with NotADescendant off the first line and for a path that does not lead there', async () => {
      for (const path of [[], [2, 6], [1, 2], [1, 6], [1, 5, 6]])
        await reverts(enter(6, path), 'NotADescendant', [model(6)]);
      await reverts(enter(5, [], family.carol), 'NotADescendant', [model(5)]);
    });

    it('reverts with DeclaredOrigin where any ancestor is declared', async () => {
      await reverts(enter(4, [1, 2, 4]), 'DeclaredOrigin', [model(4)]);
    });
  });

  describe('LineagePay', () => {
    let pay: Contract;
    beforeEach(async () => {
      pay = await deploy(family.chain, 'LineagePay', [family.lineage.address]);
    });
    const owed = () => Promise.all([family.alice, family.bob].map((account) => pay.read('owed', [account])));

    it('pays every trainer of a line the same for each node, in as many calls as it takes', async () => {
      await sendValue(pay, 'give', [model(7)], 302n);
      assert.deepEqual(await owed(), [2n, 0n]);
      await pay.send('distribute', [1n, 2n]);
      assert.deepEqual(await owed(), [102n, 100n]);
      await pay.send('distribute', [1n, 2n]);
      assert.deepEqual(await owed(), [202n, 100n]);
      await pay.send('distribute', [1n, 2n]);
      assert.deepEqual(await owed(), [202n, 100n]);
      const before = await family.balance(pay.address);
      await pay.send('withdraw', [], family.alice);
      await pay.send('withdraw', [], family.bob);
      assert.deepEqual([before, await family.balance(pay.address)], [302n, 0n]);
    });

    it('reverts with UnknownModel, TooLittle and NothingOwed', async () => {
      await reverts(sendValue(pay, 'give', [model(9)], 302n), 'UnknownModel', [model(9)]);
      await reverts(sendValue(pay, 'give', [model(7)], 2n), 'TooLittle', [2n, 3n]);
      await reverts(pay.send('withdraw', [], family.carol), 'NothingOwed', [family.carol]);
    });

    it('reverts with TransferFailed for a trainer that refuses, and pays one that calls back once', async () => {
      const mallory = await deploy(family.chain, 'HostileReceiver');
      await family.seed(20, mallory.address);
      await sendValue(pay, 'give', [model(20)], 50n);
      await pay.send('distribute', [1n, 9n]);
      await sendValue(pay, 'give', [model(7)], 300n);
      await mallory.send('behave', [RECEIVER.revert, ETHER, '0x']);
      await reverts(actAs(mallory, pay, 'withdraw', []), 'TransferFailed', [mallory.address]);
      await mallory.send('behave', [RECEIVER.reenter, pay.address, '0x3ccfd60b']);
      await actAs(mallory, pay, 'withdraw', []);
      assert.equal(await mallory.read('reentered'), false);
      assert.equal(await family.balance(mallory.address), 50n);
      assert.equal(await family.balance(pay.address), 300n);
    });
  });

  describe('LeaderInUse', () => {
    let service: Contract;
    beforeEach(async () => {
      const args = [family.lineage.address, scores.address, BENCHMARK, 9_000n];
      service = await deploy(family.chain, 'LeaderInUse', args);
    });

    it('switches to the leader, and again when another takes the lead', async () => {
      await score(2, 90n);
      await service.send('update');
      assert.equal(await service.read('model'), model(2));
      await score(7, 90n);
      assert.equal((await service.send('update')).logs.length, 0);
      assert.equal(await service.read('model'), model(2));
      await score(7, 91n);
      const switched = { from: model(2), to: model(7), trainer: family.alice, rowsRight: 91n, rows: 100n };
      assert.deepEqual(events(service, await service.send('update')), [['Switched', switched]]);
      assert.equal(await service.read('model'), model(7));
    });

    it('reverts with NoLeader, NotGoodEnough and NotRows', async () => {
      await reverts(service.send('update'), 'NoLeader');
      await score(2, 89n);
      await reverts(service.send('update'), 'NotGoodEnough', [model(2), 89n, 100n]);
      await score(2, 89_999n, MEASURE.rowsRight, 100_000n);
      await reverts(service.send('update'), 'NotGoodEnough', [model(2), 89_999n, 100_000n]);
      await score(2, 1n, MEASURE.squaredError);
      await reverts(service.send('update'), 'NotRows', [BENCHMARK]);
    });
  });

  describe('ModelCard', () => {
    let cards: Contract;
    beforeEach(async () => {
      cards = await deploy(family.chain, 'ModelCard', [family.lineage.address, scores.address]);
    });

    it('reads everything that is proved about a model', async () => {
      await score(4, 93n);
      const card = await cards.read('card', [model(4), BENCHMARK, 9n]);
      const node = await family.lineage.read('node', [model(4)]);
      assert.deepEqual(card, {
        trainer: family.bob,
        kind: 4,
        depth: 1n,
        registeredAt: node.timestamp,
        declared: true,
        parents: [
          { id: model(3), weight: 1n },
          { id: model(2), weight: 1n },
        ],
        origins: [model(3), model(1)],
        allOrigins: true,
        score: { measure: MEASURE.rowsRight, value: 93n, rows: 100n },
      });
    });

    it('says when its search for origins was cut short, and shows no score where none is proved', async () => {
      const card = await cards.read('card', [model(4), BENCHMARK, 1n]);
      assert.deepEqual([card.origins, card.allOrigins, card.score.measure], [[model(3)], false, MEASURE.none]);
    });

    it('reverts with UnknownModel', async () => {
      for (const id of [model(9), NO_MODEL])
        await reverts(cards.read('card', [id, BENCHMARK, 9n]), 'UnknownModel', [id]);
    });
  });
});
