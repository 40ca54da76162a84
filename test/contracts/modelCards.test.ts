import assert from 'node:assert/strict';
import { beforeEach, describe, it } from 'node:test';
import { concat, encodeFunctionData, type Hex, parseEventLogs } from 'viem';
import { modelCardsAbi } from '../../src/generated/abi.ts';
import { Contract, reverts } from './support/chain.ts';
import { deploy, Family, model } from './support/money.ts';

describe('ModelCards', () => {
  let family: Family;
  let cards: Contract;
  let trainers: Contract;

  // Model 1 is Alice's, model 2 Bob's. The last account stands for the relay.
  beforeEach(async () => {
    family = await Family.create();
    const { chain, lineage, alice, bob } = family;
    trainers = await deploy(chain, 'Trainers', [chain.accounts[9]]);
    const given = [lineage.address, trainers.address, chain.accounts[9]];
    cards = new Contract(chain, await chain.deploy('ModelCards', given), modelCardsAbi as never);
    await family.seed(1, alice);
    await family.train(2, bob, 1);
  });

  const write = (number: number, name: string, uri: string, account = family.alice) =>
    cards.send('writeCard', [model(number), name, uri], account);
  const card = (number: number) => cards.read('card', [model(number)]);

  it('keeps what the trainer says, says so in an event and lets the trainer change and remove it', async () => {
    assert.deepEqual(await card(1), ['', '']);
    const { logs } = await write(1, 'Ziffern 1 – “first”', 'ipfs://cid/card.json');
    const [{ eventName, args }] = parseEventLogs({ abi: modelCardsAbi, logs });
    assert.equal(eventName, 'CardWritten');
    assert.deepEqual(args, {
      model: model(1),
      trainer: family.alice,
      name: 'Ziffern 1 – “first”',
      uri: 'ipfs://cid/card.json',
    });
    assert.deepEqual(await card(1), ['Ziffern 1 – “first”', 'ipfs://cid/card.json']);
    await write(1, 'x', '');
    assert.deepEqual(await card(1), ['x', '']);
    await write(1, '', '');
    assert.deepEqual(await card(1), ['', '']);
    assert.deepEqual(await card(2), ['', '']);
  });

  it('reads from the registry and the contract of trainers that it was given', async () => {
    assert.equal(await cards.read('lineage'), family.lineage.address);
    assert.equal(await cards.read('trainers'), trainers.address);
  });

  it('is written by the key of the trainer, whoever that is now; the event names the trainer', async () => {
    const { alice, bob } = family;
    await trainers.send('offerKey', [alice, bob], alice);
    await trainers.send('acceptKey', [alice], bob);
    await reverts(write(1, 'mine', ''), 'NotTheKeyOf', [model(1), alice]);
    const { logs } = await write(1, 'handed on', '', bob);
    const [{ args }] = parseEventLogs({ abi: modelCardsAbi, eventName: 'CardWritten', logs });
    assert.equal(args.trainer, alice);
    assert.deepEqual(await card(1), ['handed on', '']);
  });

  it("reverts with NotTheKeyOf for another's model and for one that is not registered", async () => {
    await reverts(write(2, 'mine', ''), 'NotTheKeyOf', [model(2), family.alice]);
    await reverts(write(3, 'mine', ''), 'NotTheKeyOf', [model(3), family.alice]);
  });

  it('takes 64 bytes of name and 256 of uri, and reverts with NameTooLong and UriTooLong beyond', async () => {
    await write(1, 'é'.repeat(32), 'u'.repeat(256));
    assert.deepEqual(await card(1), ['é'.repeat(32), 'u'.repeat(256)]);
    await reverts(write(1, `${'é'.repeat(32)}x`, ''), 'NameTooLong', [65n]);
    await reverts(write(1, '', 'u'.repeat(257)), 'UriTooLong', [257n]);
  });

  it('believes the relay alone about whom it speaks for', async () => {
    const { chain, alice, bob } = family;
    const data = encodeFunctionData({ abi: modelCardsAbi, functionName: 'writeCard', args: [model(1), 'relayed', ''] });
    const send = (from: Hex, tail: Hex) =>
      chain.wallet.sendTransaction({ account: from, to: cards.address, data: concat([data, tail]), chain: null });
    await send(chain.accounts[9], alice);
    assert.deepEqual(await card(1), ['relayed', '']);
    await assert.rejects(send(chain.accounts[9], bob), /NotTheKeyOf/);
    await assert.rejects(send(bob, alice), /NotTheKeyOf/);
  });
});
