import assert from 'node:assert/strict';
import { beforeEach, describe, it } from 'node:test';
import {
  type Address,
  encodeFunctionData,
  type Hex,
  keccak256,
  parseEventLogs,
  type TransactionReceipt,
  toFunctionSelector,
  toHex,
} from 'viem';
import { type Contract, reverts } from './support/chain.ts';
import { actAs, deploy, ETHER, Family, MEASURE, model, NO_MODEL, RECEIVER, sendValue, TOKEN } from './support/money.ts';

const BENCHMARK = keccak256(toHex('benchmark'));
const STATE = { none: 0, open: 1, won: 2, refunded: 3 };
const DAY = 86_400n;
/** What a function answers that is called from within. */
const REENTERED = toFunctionSelector('ReentrancyGuardReentrantCall()');

describe('BountyBoard', () => {
  let family: Family;
  let board: Contract;
  let scores: Contract;
  let token: Contract;
  let alice: Address;
  let bob: Address;
  let carol: Address;
  let deadline: bigint;

  // 1 seed of Alice, 2 Bob's child of it, 3 Carol's seed, 4 Carol's merge of 3 and 2.
  beforeEach(async () => {
    family = await Family.create();
    ({ alice, bob, carol } = family);
    scores = await deploy(family.chain, 'MockScores');
    board = await deploy(family.chain, 'BountyBoard', [family.lineage.address, scores.address]);
    token = await deploy(family.chain, 'HostileToken');
    await family.seed(1, alice);
    await family.train(2, bob, 1);
    await family.seed(3, carol);
    await family.merge(4, carol, [3, 2], [1, 1]);
    deadline = (await now()) + DAY;
  });

  const now = async () => (await family.chain.read.getBlock()).timestamp;
  /** Mines a block whose time is this. */
  const at = async (timestamp: bigint) => {
    await family.chain.request('evm_setNextBlockTimestamp', toHex(timestamp));
    await family.chain.mine(1);
  };
  const terms = (change: object = {}) => ({
    benchmark: BENCHMARK,
    threshold: 90n,
    deadline,
    ancestor: NO_MODEL,
    ...change,
  });
  const fund = (change: object = {}, value = 1_000n) => sendValue(board, 'fund', [terms(change)], value, alice);
  const score = (number: number, value: bigint, measure: number = MEASURE.rowsRight) =>
    scores.send('setScore', [model(number), BENCHMARK, { measure, value, rows: 100n }]);
  const claim = (id: bigint, number: number, path: Hex[] = []) => board.send('claim', [id, model(number), path]);
  const owed = (account: Address, money: Address = ETHER) => board.read('owed', [account, money]);

  describe('funding', () => {
    it('locks Ether under terms and numbers bounties from 1', async () => {
      await fund({ ancestor: model(1) });
      await fund();
      assert.equal(await board.read('bountyCount'), 2n);
      assert.deepEqual(await board.read('bounty', [1n]), {
        state: STATE.open,
        funder: alice,
        token: ETHER,
        amount: 1_000n,
        winner: NO_MODEL,
        terms: terms({ ancestor: model(1) }),
      });
      assert.equal(await family.balance(board.address), 2_000n);
    });

    it('locks what arrives of a token', async () => {
      await token.send('mint', [bob, 1_000n]);
      await token.send('behave', [TOKEN.feeOnTransfer, ETHER, '0x']);
      await board.send('fundToken', [terms(), token.address, 1_000n], bob);
      const bounty = await board.read('bounty', [1n]);
      assert.deepEqual([bounty.amount, bounty.token, bounty.funder], [990n, token.address, bob]);
    });

    it('reverts with NothingReceived for nothing', async () => {
      await reverts(fund({}, 0n), 'NothingReceived', [ETHER]);
      await reverts(board.send('fundToken', [terms(), token.address, 0n]), 'NothingReceived', [token.address]);
    });

    it('reverts with AmountTooLarge above 2^128 - 1 and accepts just that', async () => {
      const most = 2n ** 128n - 1n;
      await token.send('mint', [bob, 2n ** 130n]);
      const fundToken = (amount: bigint) => board.send('fundToken', [terms(), token.address, amount], bob);
      await reverts(fundToken(most + 1n), 'AmountTooLarge', [most + 1n]);
      await fundToken(most);
      assert.equal((await board.read('bounty', [1n])).amount, most);
    });

    it('reverts with DeadlineOutOfRange for a deadline that is past, or more than five years ahead', async () => {
      await at(deadline);
      const longest = 5n * 365n * DAY;
      // A call runs at the time of the latest block.
      const call = (chosen: bigint) =>
        family.chain.read.simulateContract({
          address: board.address,
          abi: board.abi,
          functionName: 'fund',
          args: [terms({ deadline: chosen })],
          account: alice,
          value: 1n,
        });
      await reverts(call(deadline), 'DeadlineOutOfRange', [deadline]);
      await reverts(call(deadline + longest + 1n), 'DeadlineOutOfRange', [deadline + longest + 1n]);
      await call(deadline + 1n);
      await call(deadline + longest);
    });

    it('reverts with UnknownModel for an ancestor that is not registered', async () => {
      await reverts(fund({ ancestor: model(9) }), 'UnknownModel', [model(9)]);
    });
  });

  describe('claiming', () => {
    it('owes the prize to the trainer of a model that reaches the threshold, whoever calls', async () => {
      await fund();
      await score(2, 90n);
      await board.send('claim', [1n, model(2), []], carol);
      assert.deepEqual([await owed(bob), await owed(carol)], [1_000n, 0n]);
      const bounty = await board.read('bounty', [1n]);
      assert.deepEqual([bounty.state, bounty.winner], [STATE.won, model(2)]);
    });

    it('reverts with NoScore without a proven score, also where a threshold is zero', async () => {
      await fund({ threshold: 0n });
      await reverts(claim(1n, 2), 'NoScore', [model(2), BENCHMARK]);
    });

    it('reverts with ScoreNotEnough one row below the threshold', async () => {
      await fund();
      await score(2, 89n);
      await reverts(claim(1n, 2), 'ScoreNotEnough', [89n, 90n]);
    });

    it('takes a squared error at the threshold, and reverts with ScoreNotEnough above', async () => {
      await fund();
      await score(2, 91n, MEASURE.squaredError);
      await reverts(claim(1n, 2), 'ScoreNotEnough', [91n, 90n]);
      await score(2, 90n, MEASURE.squaredError);
      await claim(1n, 2);
      assert.equal(await owed(bob), 1_000n);
    });

    it('reverts with UnknownModel for a model that is not registered, even with a score', async () => {
      await fund();
      await score(9, 99n);
      await reverts(claim(1n, 9), 'UnknownModel', [model(9)]);
    });

    it('pays one of several hunters, once', async () => {
      await fund();
      await score(2, 95n);
      await score(1, 99n);
      await claim(1n, 2);
      for (const number of [1, 2]) await reverts(claim(1n, number), 'NotOpen', [1n]);
      assert.deepEqual([await owed(bob), await owed(alice)], [1_000n, 0n]);
    });

    it('reverts with NotOpen for a bounty that does not exist', async () => {
      for (const id of [0n, 1n]) await reverts(claim(id, 2), 'NotOpen', [id]);
    });

    it('works in the last second and reverts with DeadlinePassed after it', async () => {
      await fund();
      await fund();
      await score(2, 95n);
      await family.chain.request('evm_setNextBlockTimestamp', toHex(deadline));
      const { address, abi } = board;
      const args = [1n, model(2), []] as const;
      const sent = { address, abi, functionName: 'claim', args, account: bob, chain: null, gas: 400_000n } as const;
      const hash = await family.chain.wallet.writeContract(sent);
      assert.equal((await family.chain.read.getTransactionReceipt({ hash })).status, 'success');
      assert.equal(await now(), deadline);
      await at(deadline + 1n);
      await reverts(claim(2n, 2), 'DeadlinePassed', [2n, deadline]);
    });

    it('asks for descent from the ancestor along the first line', async () => {
      await fund({ ancestor: model(1) });
      await score(3, 99n);
      await reverts(claim(1n, 3), 'NotADescendant', [model(3), model(1)]);
      await score(2, 99n);
      await claim(1n, 2);
      assert.equal(await owed(bob), 1_000n);
    });

    it('takes a path through other parents of merges, and no path that does not lead there', async () => {
      await fund({ ancestor: model(1) });
      await score(4, 99n);
      const wrong = [[], [1, 4], [2, 4], [1, 2], [3, 4], [1, 2, 3], [1, 3, 4]];
      for (const path of wrong) await reverts(claim(1n, 4, path.map(model)), 'NotADescendant', [model(4), model(1)]);
      await claim(1n, 4, [1, 2, 4].map(model));
      assert.equal(await owed(carol), 1_000n);
    });

    it('lets the ancestor itself win', async () => {
      await fund({ ancestor: model(1) });
      await score(1, 99n);
      await claim(1n, 1);
      assert.equal(await owed(alice), 1_000n);
    });
  });

  describe('refunding', () => {
    it('reverts with DeadlineNotPassed until the last second is over, whoever asks', async () => {
      await fund();
      for (const account of [alice, bob]) {
        await reverts(board.send('refund', [1n], account), 'DeadlineNotPassed', [1n, deadline]);
      }
      const { address, abi } = board;
      const sent = {
        address,
        abi,
        functionName: 'refund',
        args: [1n],
        account: alice,
        chain: null,
        gas: 200_000n,
      } as const;
      await family.chain.request('evm_setNextBlockTimestamp', toHex(deadline));
      await assert.rejects(family.chain.wallet.writeContract(sent));
      assert.equal(await now(), deadline);
      assert.equal(await owed(alice), 0n);
    });

    it('gives the amount back to the funder, once, whoever asks', async () => {
      await fund();
      await at(deadline + 1n);
      await board.send('refund', [1n], carol);
      assert.equal(await owed(alice), 1_000n);
      assert.equal((await board.read('bounty', [1n])).state, STATE.refunded);
      await reverts(board.send('refund', [1n]), 'NotOpen', [1n]);
      await score(2, 99n);
      await reverts(claim(1n, 2), 'NotOpen', [1n]);
    });

    it('reverts with NotOpen for what was won, and for what never was', async () => {
      await fund();
      await score(2, 99n);
      await claim(1n, 2);
      await at(deadline + 1n);
      for (const id of [0n, 1n, 2n]) await reverts(board.send('refund', [id]), 'NotOpen', [id]);
    });
  });

  describe('withdrawing', () => {
    it('sends what is owed in one token, once', async () => {
      await token.send('mint', [alice, 70n]);
      await fund();
      await board.send('fundToken', [terms(), token.address, 70n], alice);
      await score(2, 99n);
      await claim(1n, 2);
      await claim(2n, 2);
      const to = '0x00000000000000000000000000000000000beef3';
      await board.send('withdraw', [ETHER, to], bob);
      await board.send('withdraw', [token.address, to], bob);
      assert.deepEqual([await family.balance(to), await token.read('balanceOf', [to])], [1_000n, 70n]);
      for (const money of [ETHER, token.address]) {
        await reverts(board.send('withdraw', [money, to], bob), 'NothingOwed', [bob, money]);
      }
      assert.equal(await family.balance(board.address), 0n);
    });

    it('reverts with NothingOwed while a bounty is open: a funder cannot withdraw early', async () => {
      await fund();
      await reverts(board.send('withdraw', [ETHER, alice], alice), 'NothingOwed', [alice, ETHER]);
    });

    for (const manner of ['revert', 'burnGas', 'revertBomb'] as const) {
      it(`reverts with TransferFailed for a winner that answers with ${manner}, who harms only itself`, async () => {
        const mallory = await deploy(family.chain, 'HostileReceiver');
        await mallory.send('behave', [RECEIVER[manner], ETHER, '0x']);
        await family.train(20, mallory.address, 1);
        await fund();
        await fund();
        await score(20, 99n);
        await score(2, 99n);
        await claim(1n, 20);
        await claim(2n, 2);
        const own = actAs(mallory, board, 'withdraw', [ETHER, mallory.address]);
        await reverts(own, 'TransferFailed', [ETHER, mallory.address, 1_000n]);
        await board.send('withdraw', [ETHER, carol], bob);
        assert.equal(await owed(mallory.address), 1_000n);
      });
    }

    it('pays a winner that answers with a megabyte or calls back once', async () => {
      const mallory = await deploy(family.chain, 'HostileReceiver');
      await family.train(20, mallory.address, 1);
      await score(20, 99n);
      for (const [id, manner] of [
        [1n, 'returnBomb'],
        [2n, 'reenter'],
      ] as const) {
        const again = encodeFunctionData({ abi: board.abi, functionName: 'withdraw', args: [ETHER, mallory.address] });
        await mallory.send('behave', [RECEIVER[manner], board.address, again]);
        await fund();
        await claim(id, 20);
        await actAs(mallory, board, 'withdraw', [ETHER, mallory.address]);
        assert.equal(await family.balance(mallory.address), 1_000n * id);
        assert.equal(await family.balance(board.address), 0n);
      }
      assert.equal(await mallory.read('reentered'), false);
      assert.equal(await mallory.read('answer'), REENTERED);
    });

    it('takes tokens that return nothing, and none that answer false', async () => {
      await token.send('mint', [alice, 70n]);
      await token.send('behave', [TOKEN.answersFalse, ETHER, '0x']);
      const fundToken = () => board.send('fundToken', [terms(), token.address, 70n], alice);
      await reverts(fundToken(), 'TransferFailed', [token.address, board.address, 70n]);
      await token.send('behave', [TOKEN.noReturn, ETHER, '0x']);
      await fundToken();
      await score(2, 99n);
      await claim(1n, 2);
      await board.send('withdraw', [token.address, carol], bob);
      assert.equal(await token.read('balanceOf', [carol]), 70n);
    });

    it('counts a bounty within a bounty once', async () => {
      await token.send('mint', [alice, 70n]);
      // The call from within is the token's, which could pay for it.
      await token.send('mint', [token.address, 30n]);
      const args = [terms(), token.address, 30n];
      const inner = encodeFunctionData({ abi: board.abi, functionName: 'fundToken', args });
      await token.send('behave', [TOKEN.reenter, board.address, inner]);
      await board.send('fundToken', [terms(), token.address, 70n], alice);
      assert.equal(await token.read('answer'), REENTERED);
      assert.equal(await board.read('bountyCount'), 1n);
      assert.equal((await board.read('bounty', [1n])).amount, 70n);
    });
  });

  it('tells in events what was funded, won, given back and withdrawn', async () => {
    const events = async (sent: Promise<TransactionReceipt>) =>
      parseEventLogs({ abi: board.abi, logs: (await sent).logs }).map((log) => [log.eventName, log.args]);
    const funded = { id: 1n, funder: alice, benchmark: BENCHMARK, token: ETHER, amount: 1_000n };
    assert.deepEqual(await events(fund()), [['Funded', funded]]);
    await fund();
    await score(2, 90n);
    assert.deepEqual(await events(claim(1n, 2)), [['Won', { id: 1n, model: model(2), trainer: bob }]]);
    await at(deadline + 1n);
    assert.deepEqual(await events(board.send('refund', [2n])), [['Refunded', { id: 2n, funder: alice }]]);
    const withdrawn = { account: bob, token: ETHER, to: carol, amount: 1_000n };
    assert.deepEqual(await events(board.send('withdraw', [ETHER, carol], bob)), [['Withdrawn', withdrawn]]);
  });

  it('ignores Ether that was forced in and takes none without terms', async () => {
    await family.chain.request('hardhat_setBalance', board.address, '0x1000');
    await assert.rejects(family.chain.read.call({ account: alice, to: board.address, value: 1n }));
    await fund();
    await at(deadline + 1n);
    await board.send('refund', [1n]);
    await board.send('withdraw', [ETHER, bob], alice);
    assert.equal(await family.balance(board.address), 0x1000n);
  });

  it('names its registry and its judge, and has no function that could change them', async () => {
    assert.equal(await board.read('lineage'), family.lineage.address);
    assert.equal(await board.read('scores'), scores.address);
    const changing = board.abi.flatMap((entry) =>
      entry.type === 'function' && entry.stateMutability !== 'view' ? [entry.name] : [],
    );
    assert.deepEqual(changing.sort(), ['claim', 'fund', 'fundToken', 'refund', 'withdraw']);
  });
});
