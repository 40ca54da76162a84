// What bounties owe, and to whom it goes.
import assert from 'node:assert/strict';
import { beforeEach, describe, it } from 'node:test';
import { type Address, concat, encodeFunctionData, getAddress, parseEventLogs, toFunctionSelector } from 'viem';
import { BountyFixture } from './support/bounties.ts';
import { type Contract, reverts } from './support/chain.ts';
import { actAs, deploy, ETHER, type Family, RECEIVER, TOKEN } from './support/money.ts';

/** What a function answers that is called from within. */
const REENTERED = toFunctionSelector('ReentrancyGuardReentrantCall()');
const OUTSIDE = getAddress('0x00000000000000000000000000000000000beef3');

let fixture: BountyFixture;
let family: Family;
let board: Contract;
let token: Contract;
let alice: Address;
let bob: Address;
let carol: Address;

beforeEach(async () => {
  fixture = await BountyFixture.create();
  ({ family, board } = fixture);
  ({ alice, bob, carol } = family);
  token = await deploy(family.chain, 'HostileToken');
});

/** Lets Bob's model win a bounty of Ether. */
async function win(): Promise<void> {
  await fixture.fund();
  await fixture.score(2, 99n);
  await fixture.claim(await board.read('bountyCount'), 2);
}

/** Lets Alice have back what she funded a bounty with. */
async function giveBack(): Promise<void> {
  await fixture.fund();
  await fixture.at(fixture.deadline + 1n);
  await board.send('refund', [await board.read('bountyCount')]);
}

describe('a prize', () => {
  it('is sent where the trainer’s key says, in one token, once', async () => {
    await token.send('mint', [alice, 70n]);
    await win();
    await board.send('fundToken', [fixture.terms(), token.address, 70n], alice);
    await fixture.claim(2n, 2);
    const sent = await board.send('withdraw', [bob, ETHER, OUTSIDE], bob);
    const withdrawn = { trainer: bob, token: ETHER, to: OUTSIDE, amount: 1_000n };
    assert.deepEqual(
      parseEventLogs({ abi: board.abi, logs: sent.logs }).map(({ eventName, args }) => [eventName, args]),
      [['Withdrawn', withdrawn]],
    );
    await board.send('withdraw', [bob, token.address, OUTSIDE], bob);
    assert.deepEqual([await family.balance(OUTSIDE), await token.read('balanceOf', [OUTSIDE])], [1_000n, 70n]);
    for (const money of [ETHER, token.address]) {
      await reverts(board.send('withdraw', [bob, money, OUTSIDE], bob), 'NothingOwed', [bob, money]);
      await reverts(board.send('withdrawFor', [bob, money]), 'NothingOwed', [bob, money]);
    }
    assert.equal(await family.balance(board.address), 0n);
  });

  it('is the key’s once the trainer handed on its rights, and no longer the trainer’s', async () => {
    await win();
    await reverts(board.send('withdraw', [bob, ETHER, carol], carol), 'NotTheKey', [bob, carol]);
    await fixture.trainers.send('offerKey', [bob, carol], bob);
    await fixture.trainers.send('acceptKey', [bob], carol);
    await reverts(board.send('withdraw', [bob, ETHER, bob], bob), 'NotTheKey', [bob, bob]);
    await board.send('withdraw', [bob, ETHER, OUTSIDE], carol);
    assert.equal(await family.balance(OUTSIDE), 1_000n);
  });

  it('is sent to the payout address by anybody, and to the key where there is none', async () => {
    await win();
    const before = await family.balance(bob);
    await board.send('withdrawFor', [bob, ETHER], carol);
    assert.equal((await family.balance(bob)) - before, 1_000n);
    await fixture.trainers.send('setPayout', [bob, OUTSIDE], bob);
    await win();
    await board.send('withdrawFor', [bob, ETHER], carol);
    assert.equal(await family.balance(OUTSIDE), 1_000n);
  });

  it('is withdrawn by a request that the relay carries for the key, and by nobody else’s', async () => {
    await win();
    const call = encodeFunctionData({ abi: board.abi, functionName: 'withdraw', args: [bob, ETHER, OUTSIDE] });
    const carry = (from: Address, signer: Address) =>
      family.chain.read.call({ account: from, to: board.address, data: concat([call, signer]) });
    await assert.rejects(carry(fixture.relay, carol));
    await assert.rejects(carry(carol, bob));
    await carry(fixture.relay, bob);
    const data = concat([call, bob]);
    await family.chain.wallet.sendTransaction({ account: fixture.relay, to: board.address, data, chain: null });
    assert.equal(await family.balance(OUTSIDE), 1_000n);
  });

  for (const manner of ['revert', 'burnGas', 'revertBomb'] as const) {
    it(`reverts with TransferFailed for a winner that answers with ${manner}, who harms only itself`, async () => {
      const mallory = await deploy(family.chain, 'HostileReceiver');
      await mallory.send('behave', [RECEIVER[manner], ETHER, '0x']);
      await family.train(20, mallory.address, 1);
      await win();
      await fixture.fund();
      await fixture.score(20, 99n);
      await fixture.claim(2n, 20);
      const own = actAs(mallory, board, 'withdraw', [mallory.address, ETHER, mallory.address]);
      await reverts(own, 'TransferFailed', [ETHER, mallory.address, 1_000n]);
      await board.send('withdraw', [bob, ETHER, carol], bob);
      assert.equal(await fixture.owed(mallory.address), 1_000n);
    });
  }

  it('goes once to a winner that answers with a megabyte or calls back', async () => {
    const mallory = await deploy(family.chain, 'HostileReceiver');
    await family.train(20, mallory.address, 1);
    await fixture.score(20, 99n);
    const args = [mallory.address, ETHER, mallory.address];
    for (const [id, manner] of [
      [1n, 'returnBomb'],
      [2n, 'reenter'],
    ] as const) {
      const again = encodeFunctionData({ abi: board.abi, functionName: 'withdraw', args });
      await mallory.send('behave', [RECEIVER[manner], board.address, again]);
      await fixture.fund();
      await fixture.claim(id, 20);
      await actAs(mallory, board, 'withdraw', args);
      assert.equal(await family.balance(mallory.address), 1_000n * id);
      assert.equal(await family.balance(board.address), 0n);
    }
    assert.equal(await mallory.read('reentered'), false);
    assert.equal(await mallory.read('answer'), REENTERED);
  });
});

describe('what a funder has back', () => {
  it('is sent where the funder says, once', async () => {
    await giveBack();
    const sent = await board.send('withdrawRefund', [ETHER, OUTSIDE], alice);
    const withdrawn = { funder: alice, token: ETHER, to: OUTSIDE, amount: 1_000n };
    assert.deepEqual(
      parseEventLogs({ abi: board.abi, logs: sent.logs }).map(({ eventName, args }) => [eventName, args]),
      [['RefundWithdrawn', withdrawn]],
    );
    assert.equal(await family.balance(OUTSIDE), 1_000n);
    await reverts(board.send('withdrawRefund', [ETHER, OUTSIDE], alice), 'NothingOwed', [alice, ETHER]);
  });

  it('is nothing while a bounty is open: a funder cannot withdraw early', async () => {
    await fixture.fund();
    await reverts(board.send('withdrawRefund', [ETHER, alice], alice), 'NothingOwed', [alice, ETHER]);
    await reverts(board.send('withdraw', [alice, ETHER, alice], alice), 'NothingOwed', [alice, ETHER]);
  });

  it('stays the funder’s where it handed on its rights as a trainer', async () => {
    await fixture.trainers.send('offerKey', [alice, carol], alice);
    await fixture.trainers.send('acceptKey', [alice], carol);
    await giveBack();
    await reverts(board.send('withdraw', [alice, ETHER, carol], carol), 'NothingOwed', [alice, ETHER]);
    await reverts(board.send('withdrawFor', [alice, ETHER], carol), 'NothingOwed', [alice, ETHER]);
    await board.send('withdrawRefund', [ETHER, OUTSIDE], alice);
    assert.equal(await family.balance(OUTSIDE), 1_000n);
  });

  it('goes once to a funder that calls back', async () => {
    const mallory = await deploy(family.chain, 'HostileReceiver');
    await actAs(mallory, board, 'fund', [fixture.terms()], 1_000n);
    await fixture.fund();
    await fixture.at(fixture.deadline + 1n);
    for (const id of [1n, 2n]) await board.send('refund', [id]);
    const args = [ETHER, mallory.address];
    const again = encodeFunctionData({ abi: board.abi, functionName: 'withdrawRefund', args });
    await mallory.send('behave', [RECEIVER.reenter, board.address, again]);
    await actAs(mallory, board, 'withdrawRefund', args);
    assert.equal(await mallory.read('answer'), REENTERED);
    assert.deepEqual([await family.balance(mallory.address), await family.balance(board.address)], [1_000n, 1_000n]);
  });
});

describe('money of bounties', () => {
  it('is taken in tokens that return nothing, and in none that answer false', async () => {
    await token.send('mint', [alice, 70n]);
    await token.send('behave', [TOKEN.answersFalse, ETHER, '0x']);
    const fundToken = () => board.send('fundToken', [fixture.terms(), token.address, 70n], alice);
    await reverts(fundToken(), 'TransferFailed', [token.address, board.address, 70n]);
    await token.send('behave', [TOKEN.noReturn, ETHER, '0x']);
    await fundToken();
    await fixture.score(2, 99n);
    await fixture.claim(1n, 2);
    await board.send('withdraw', [bob, token.address, carol], bob);
    assert.equal(await token.read('balanceOf', [carol]), 70n);
  });

  it('is counted once where a bounty is funded within a bounty', async () => {
    await token.send('mint', [alice, 70n]);
    // The call from within is the token's, which could pay for it.
    await token.send('mint', [token.address, 30n]);
    const args = [fixture.terms(), token.address, 30n];
    const inner = encodeFunctionData({ abi: board.abi, functionName: 'fundToken', args });
    await token.send('behave', [TOKEN.reenter, board.address, inner]);
    await board.send('fundToken', [fixture.terms(), token.address, 70n], alice);
    assert.equal(await token.read('answer'), REENTERED);
    assert.equal(await board.read('bountyCount'), 1n);
    assert.equal((await board.read('bounty', [1n])).amount, 70n);
  });

  it('is nobody’s if it was forced in, and none is taken without terms', async () => {
    await family.chain.request('hardhat_setBalance', board.address, '0x1000');
    await assert.rejects(family.chain.read.call({ account: alice, to: board.address, value: 1n }));
    await giveBack();
    await board.send('withdrawRefund', [ETHER, bob], alice);
    assert.equal(await family.balance(board.address), 0x1000n);
    assert.equal(await fixture.owed(bob), 0n);
  });
});
