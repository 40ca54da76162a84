import assert from 'node:assert/strict';
import { beforeEach, describe, it } from 'node:test';
import { encodeFunctionData, keccak256, parseEventLogs, type TransactionReceipt, toHex } from 'viem';
import { type Contract, reverts } from './support/chain.ts';
import { ANY_MERGES, conditionsOf, WHOLE } from './support/conditions.ts';
import { actAs, deploy, ETHER, Family, MEASURE, model, NO_MODEL, RECEIVER, sendValue } from './support/money.ts';

const BENCHMARK = keccak256(toHex('benchmark'));

describe('examples', () => {
  let family: Family;
  let scores: Contract;
  let reader: Contract;
  let trainers: Contract;
  let conditions: Contract;

  // 1 seed of Alice, 2 Bob's child, 3 Carol's declared import, 4 Bob's merge of 3 and 2, 5 Carol's seed,
  // 6 Bob's merge of 5 and 2, 7 Alice's child of 2.
  beforeEach(async () => {
    family = await Family.create();
    const { alice, bob, carol } = family;
    scores = await deploy(family.chain, 'MockScores');
    reader = await deploy(family.chain, 'LineageReader', [family.lineage.address]);
    trainers = await deploy(family.chain, 'Trainers', [ETHER]);
    conditions = await deploy(family.chain, 'Conditions', [reader.address, ETHER]);
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
      gate = await deploy(family.chain, 'DescentGate', [conditions.address, trainers.address, model(1)]);
    });
    const enter = (number: number, steps: number[], account = family.bob) =>
      gate.send('enter', [model(number), steps.map(model)], account);

    it('admits a descendant of the first line and one through a merge', async () => {
      const admitted = { model: model(2), trainer: family.bob };
      assert.deepEqual(events(gate, await enter(2, [])), [['Admitted', admitted]]);
      await enter(6, [6, 2]);
      assert.deepEqual(await Promise.all([2, 6, 7].map((number) => gate.read('admitted', [model(number)]))), [
        true,
        true,
        false,
      ]);
    });

    it('asks for descent by proved edges and no more: its terms say so', async () => {
      const terms = conditionsOf({ ancestor: model(1), mostMerges: ANY_MERGES, undeclared: true, noForeign: true });
      assert.deepEqual(await gate.read('terms'), terms);
      // A grain of the base is descent too.
      await family.merge(8, family.bob, [5, 1], [2 ** 19, 1]);
      await enter(8, [8, 1]);
    });

    it("reverts with NotTheKey for another's model, and follows a trainer that handed on its rights", async () => {
      await reverts(enter(7, []), 'NotTheKey', [family.alice, family.bob]);
      await trainers.send('offerKey', [family.alice, family.bob], family.alice);
      await trainers.send('acceptKey', [family.alice], family.bob);
      assert.deepEqual(events(gate, await enter(7, [])), [['Admitted', { model: model(7), trainer: family.alice }]]);
      await reverts(enter(7, [], family.alice), 'NotTheKey', [family.alice, family.alice]);
    });

    it('reverts with NotADescendant off the first line and for steps that do not lead there', async () => {
      for (const steps of [[], [6, 5], [6], [2, 1], [6, 1]]) {
        await reverts(enter(6, steps), 'NotADescendant', [model(6), model(1)]);
      }
      await reverts(enter(5, [], family.carol), 'NotADescendant', [model(5), model(1)]);
    });

    it('reverts with DeclaredOrigin where any ancestor is declared, with ForeignOrigin where one is foreign', async () => {
      await reverts(enter(4, [4, 2]), 'DeclaredOrigin', [model(4)]);
      await family.lineage.send('addForeign', [model(9), family.bob, [model(2)]]);
      await reverts(enter(9, []), 'ForeignOrigin', [model(9)]);
    });

    it('cannot be made for a base that is not registered', async () => {
      const made = deploy(family.chain, 'DescentGate', [conditions.address, trainers.address, model(9)]);
      await assert.rejects(made);
    });
  });

  describe('PartGate', () => {
    const gateOf = (percent: bigint) => deploy(family.chain, 'PartGate', [conditions.address, model(1), percent]);
    const ask = (gate: Contract, number: number, steps: number[] = []) =>
      gate.read('requirePart', [model(number), steps.map(model)]);

    it('passes models that carry at least so much of the base, and refuses others with PartTooSmall', async () => {
      await family.merge(8, family.bob, [5, 7], [2, 3]);
      const gate = await gateOf(60n);
      for (const number of [1, 2, 7]) await ask(gate, number);
      await ask(gate, 8, [8, 7]);
      await reverts(ask(gate, 6, [6, 2]), 'PartTooSmall', [WHOLE / 2n, (WHOLE * 3n) / 5n]);
      await reverts(ask(await gateOf(61n), 8, [8, 7]), 'PartTooSmall', [(WHOLE * 3n) / 5n, (WHOLE * 61n) / 100n]);
      await reverts(ask(gate, 8), 'NotADescendant', [model(8), model(1)]);
    });

    it('refuses a grain of the base, which DescentGate admits', async () => {
      await family.merge(8, family.bob, [5, 1], [2 ** 19, 1]);
      const part = WHOLE / (2n ** 19n + 1n);
      await reverts(ask(await gateOf(1n), 8, [8, 1]), 'PartTooSmall', [part, WHOLE / 100n]);
    });

    it('takes a declared import beside the base, and nothing foreign: its terms say so', async () => {
      const gate = await gateOf(50n);
      await ask(gate, 4, [4, 2]);
      await family.lineage.send('addForeign', [model(9), family.bob, [model(2)]]);
      await reverts(ask(gate, 9), 'ForeignOrigin', [model(9)]);
      const terms = conditionsOf({ ancestor: model(1), leastPart: WHOLE / 2n, noForeign: true });
      assert.deepEqual(await gate.read('terms'), terms);
    });

    it('cannot be made for more than all of the base', async () => {
      await gateOf(100n);
      await assert.rejects(gateOf(101n));
    });
  });

  describe('LineagePay', () => {
    let pay: Contract;
    beforeEach(async () => {
      pay = await deploy(family.chain, 'LineagePay', [reader.address, trainers.address]);
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
      for (const trainer of [family.alice, family.bob]) await pay.send('withdrawFor', [trainer], family.carol);
      assert.deepEqual([before, await family.balance(pay.address)], [302n, 0n]);
    });

    it('reverts with UnknownModel, TooLittle and NothingOwed', async () => {
      await reverts(sendValue(pay, 'give', [model(9)], 302n), 'UnknownModel', [model(9)]);
      await reverts(sendValue(pay, 'give', [model(7)], 2n), 'TooLittle', [2n, 3n]);
      await reverts(pay.send('withdrawFor', [family.carol]), 'NothingOwed', [family.carol]);
    });

    it('sends what a trainer is owed to its payout address', async () => {
      const payout = '0x00000000000000000000000000000000000beef3';
      await trainers.send('setPayout', [family.bob, payout], family.bob);
      await sendValue(pay, 'give', [model(2)], 100n);
      await pay.send('distribute', [1n, 1n]);
      await pay.send('withdrawFor', [family.bob], family.carol);
      assert.equal(await family.balance(payout), 50n);
    });

    it('reverts with TransferFailed for a trainer that refuses, and pays one that calls back once', async () => {
      const mallory = await deploy(family.chain, 'HostileReceiver');
      await family.seed(20, mallory.address);
      await sendValue(pay, 'give', [model(20)], 50n);
      await pay.send('distribute', [1n, 9n]);
      await sendValue(pay, 'give', [model(7)], 300n);
      await mallory.send('behave', [RECEIVER.revert, ETHER, '0x']);
      const args = [mallory.address];
      await reverts(actAs(mallory, pay, 'withdrawFor', args), 'TransferFailed', args);
      const again = encodeFunctionData({ abi: pay.abi, functionName: 'withdrawFor', args });
      await mallory.send('behave', [RECEIVER.reenter, pay.address, again]);
      await actAs(mallory, pay, 'withdrawFor', args);
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
      cards = await deploy(family.chain, 'ModelCard', [reader.address, scores.address]);
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
        isForeign: false,
        stack: 0n,
        parents: [
          { id: model(3), weight: 1n },
          { id: model(2), weight: 1n },
        ],
        origins: [model(1), model(3)],
        allOrigins: true,
        score: { measure: MEASURE.rowsRight, value: 93n, rows: 100n },
      });
    });

    it('says whether somebody else vouches for a step, and what trainers take of payments', async () => {
      await family.lineage.send('chooseShare', [family.bob, 300n]);
      await family.lineage.send('addForeign', [model(9), family.bob, [model(2)]]);
      await family.train(10, family.bob, 9);
      const card = await cards.read('card', [model(10), BENCHMARK, 9n]);
      assert.deepEqual([card.isForeign, card.declared, card.stack], [true, false, 600n]);
    });

    it('says when its search for origins was cut short, and shows no score where none is proved', async () => {
      const card = await cards.read('card', [model(4), BENCHMARK, 2n]);
      assert.deepEqual([card.origins, card.allOrigins, card.score.measure], [[model(1)], false, MEASURE.none]);
    });

    it('reverts with UnknownModel', async () => {
      for (const id of [model(9), NO_MODEL])
        await reverts(cards.read('card', [id, BENCHMARK, 9n]), 'UnknownModel', [id]);
    });
  });
});
