import assert from 'node:assert/strict';
import { before, beforeEach, describe, it } from 'node:test';
import { type Address, concat, encodeFunctionData, parseEventLogs, zeroAddress } from 'viem';
import { type Contract, reverts, type TestChain, testChain } from './support/chain.ts';
import { deploy } from './support/money.ts';

describe('Trainers', () => {
  let chain: TestChain;
  let trainers: Contract;
  let [alice, bob, carol, relay]: Address[] = [];

  before(async () => {
    chain = await testChain();
    [, alice, bob, carol, relay] = chain.accounts;
  });
  beforeEach(async () => {
    trainers = await deploy(chain, 'Trainers', [relay]);
  });

  const keyOf = (trainer: Address) => trainers.read('keyOf', [trainer]);
  const payoutOf = (trainer: Address) => trainers.read('payoutOf', [trainer]);
  const offeredTo = (trainer: Address) => trainers.read('offeredTo', [trainer]);
  /** Sends and tells the events. */
  async function send(account: Address, name: string, ...args: Address[]) {
    const { logs } = await trainers.send(name, args, account);
    return parseEventLogs({ abi: trainers.abi, logs }).map(({ eventName, args }) => ({ eventName, args }));
  }
  /** Alice's rights pass to Bob. */
  async function handOn() {
    await send(alice, 'offerKey', alice, bob);
    return send(bob, 'acceptKey', alice);
  }

  it('lets everybody act for itself and be paid itself until something was changed', async () => {
    assert.deepEqual([await keyOf(alice), await payoutOf(alice), await offeredTo(alice)], [alice, alice, zeroAddress]);
  });

  it('hands rights on in two steps: nothing changes by an offer', async () => {
    assert.deepEqual(await send(alice, 'offerKey', alice, bob), [
      { eventName: 'KeyOffered', args: { trainer: alice, key: bob } },
    ]);
    assert.deepEqual([await keyOf(alice), await offeredTo(alice)], [alice, bob]);
    assert.deepEqual(await send(bob, 'acceptKey', alice), [
      { eventName: 'KeyChanged', args: { trainer: alice, from: alice, to: bob } },
    ]);
    assert.deepEqual([await keyOf(alice), await payoutOf(alice), await offeredTo(alice)], [bob, bob, zeroAddress]);
    assert.deepEqual([await keyOf(bob), await keyOf(carol)], [bob, carol], 'nobody else is touched');
  });

  it('takes nothing from the old key any more, and all from the new one', async () => {
    await handOn();
    await reverts(send(alice, 'offerKey', alice, carol), 'NotTheKey', [alice, alice]);
    await reverts(send(alice, 'setPayout', alice, carol), 'NotTheKey', [alice, alice]);
    await send(bob, 'setPayout', alice, carol);
    await send(bob, 'offerKey', alice, carol);
    await send(carol, 'acceptKey', alice);
    assert.equal(await keyOf(alice), carol);
    await reverts(send(bob, 'setPayout', alice, bob), 'NotTheKey', [alice, bob]);
    await reverts(send(carol, 'setPayout', bob, carol), 'NotTheKey', [bob, carol]);
  });

  it('can come back to the trainer itself', async () => {
    await handOn();
    await send(bob, 'offerKey', alice, alice);
    assert.deepEqual(await send(alice, 'acceptKey', alice), [
      { eventName: 'KeyChanged', args: { trainer: alice, from: bob, to: alice } },
    ]);
    assert.equal(await keyOf(alice), alice);
  });

  it('takes rights only from whom they were offered to, once, and not after the offer was changed or taken back', async () => {
    await reverts(send(bob, 'acceptKey', alice), 'NotOffered', [alice, bob]);
    await send(alice, 'offerKey', alice, bob);
    await reverts(send(carol, 'acceptKey', alice), 'NotOffered', [alice, carol]);
    await send(alice, 'offerKey', alice, carol);
    await reverts(send(bob, 'acceptKey', alice), 'NotOffered', [alice, bob]);
    await send(alice, 'offerKey', alice, zeroAddress);
    await reverts(send(carol, 'acceptKey', alice), 'NotOffered', [alice, carol]);
    await reverts(trainers.simulate('acceptKey', [alice], zeroAddress), 'NotOffered', [alice, zeroAddress]);
    await handOn();
    await reverts(send(bob, 'acceptKey', alice), 'NotOffered', [alice, bob]);
  });

  it('does not hand on what a key holds of others together with its own', async () => {
    await handOn();
    await send(bob, 'offerKey', bob, carol);
    await send(carol, 'acceptKey', bob);
    assert.deepEqual([await keyOf(alice), await keyOf(bob)], [bob, carol]);
  });

  it('lets only the key act', async () => {
    await reverts(send(bob, 'offerKey', alice, bob), 'NotTheKey', [alice, bob]);
    await reverts(send(bob, 'setPayout', alice, bob), 'NotTheKey', [alice, bob]);
  });

  it('pays where the key says, else to the key; a new key begins without a payout address', async () => {
    const paid = (payout: Address) => [{ eventName: 'PayoutChanged', args: { trainer: alice, payout } }];
    assert.deepEqual(await send(alice, 'setPayout', alice, carol), paid(carol));
    assert.deepEqual([await payoutOf(alice), await keyOf(alice)], [carol, alice]);
    assert.deepEqual(await handOn(), [
      { eventName: 'KeyChanged', args: { trainer: alice, from: alice, to: bob } },
      ...paid(zeroAddress),
    ]);
    assert.equal(await payoutOf(alice), bob);
    await send(bob, 'setPayout', alice, carol);
    assert.deepEqual(await send(bob, 'setPayout', alice, zeroAddress), paid(zeroAddress));
    assert.equal(await payoutOf(alice), bob);
  });

  it('takes the word of its relay for who acts', async () => {
    const as = (trainer: Address, name: string, ...args: Address[]) => {
      const data = concat([encodeFunctionData({ abi: trainers.abi, functionName: name, args }), trainer]);
      return chain.wallet.sendTransaction({ account: relay, to: trainers.address, data, chain: null });
    };
    await as(alice, 'offerKey', alice, bob);
    await as(bob, 'acceptKey', alice);
    await as(bob, 'setPayout', alice, carol);
    assert.deepEqual([await keyOf(alice), await payoutOf(alice)], [bob, carol]);
    await assert.rejects(as(alice, 'setPayout', alice, alice));
    await reverts(send(relay, 'setPayout', alice, relay), 'NotTheKey', [alice, relay]);
  });
});
