import assert from 'node:assert/strict';
import { beforeEach, describe, it } from 'node:test';
import { type Address, concat, encodeFunctionData, getAddress, type Hex, toHex, zeroHash } from 'viem';
import { reverts } from './support/chain.ts';
import { CreditFixture, eventsOf, stepsOf } from './support/credit.ts';
import { ETHER, model, TOKEN } from './support/money.ts';

const NOBODY = '0x00000000000000000000000000000000000beef1';
const MOST = 2n ** 128n - 1n;

describe('CreditVault', () => {
  let credit: CreditFixture;
  let alice: Address;
  let bob: Address;
  let carol: Address;

  // 1 seed of Alice (10 %); 2 Bob's child of it (20 %); 3 Carol's import (no share); 4 Carol's merge of 2 and 3.
  beforeEach(async () => {
    credit = await CreditFixture.create();
    ({ alice, bob, carol } = credit);
    await credit.choose(alice, 1_000);
    await credit.choose(bob, 2_000);
    await credit.seed(1, alice);
    await credit.train(2, bob, 1);
    await credit.import(3, carol);
    await credit.merge(4, carol, [2, 3], [3, 1]);
  });

  const vault = () => credit.vault;
  const send = (functionName: string, args: readonly unknown[], account?: Address) =>
    credit.vault.send(functionName, args, account);
  const payToken = (number: number, amount: bigint) =>
    credit.vault.send('payToken', [model(number), credit.token.address, amount], bob);
  const all = async (token = ETHER) => [
    await credit.credit(alice, token),
    await credit.credit(bob, token),
    await credit.credit(carol, token),
  ];

  describe('paying', () => {
    it('says what arrived, adds up, and keeps tokens and models apart', async () => {
      const receipt = await credit.pay(2, 1_000n);
      assert.deepEqual(eventsOf(receipt, vault()), [['Paid', [model(2), ETHER, credit.chain.accounts[0], 1_000n]]]);
      await credit.pay(2, 1n);
      await credit.pay(1, 7n);
      await credit.token.send('mint', [bob, 500n]);
      await payToken(2, 500n);
      const paid = (number: number, token = ETHER) => vault().read('paid', [model(number), token]);
      assert.deepEqual([await paid(2), await paid(1), await paid(2, credit.token.address)], [1_001n, 7n, 500n]);
    });

    it('reverts with UnknownModel and NothingReceived, in Ether and in tokens', async () => {
      await reverts(credit.pay(9, 1n), 'UnknownModel', [model(9)]);
      await credit.token.send('mint', [bob, 5n]);
      await reverts(payToken(9, 5n), 'UnknownModel', [model(9)]);
      await reverts(credit.pay(2, 0n), 'NothingReceived', [ETHER]);
      await reverts(payToken(2, 0n), 'NothingReceived', [credit.token.address]);
    });

    it('takes 2^128 - 1 in all, reverts with AmountTooLarge beyond, and what is due of it is exact', async () => {
      await credit.token.send('mint', [bob, 2n ** 130n]);
      await reverts(payToken(2, MOST + 1n), 'AmountTooLarge', [MOST + 1n]);
      await payToken(2, MOST);
      await reverts(payToken(2, 1n), 'AmountTooLarge', [1n]);
      await credit.claim(1, 2, [], credit.token.address);
      await credit.collect([2], credit.token.address);
      assert.deepEqual(await all(credit.token.address), [MOST / 10n, (MOST * 9n) / 10n, 0n]);
    });

    it('reverts with StackTooHigh above the whole and names the parents; just the whole can be paid', async () => {
      await credit.choose(bob, 5_000);
      await credit.train(5, bob, 2);
      assert.deepEqual(await credit.lineage.read('creditOf', [model(5)]), [bob, 5n, 5_000n, 8_000n]);
      await credit.choose(bob, 2_000);
      await credit.train(6, bob, 5);
      await credit.pay(6, 10n);
      await credit.choose(bob, 1);
      await credit.merge(7, bob, [6, 3]);
      await reverts(credit.pay(7, 10n), 'StackTooHigh', [model(7), [model(6), model(3)]]);
      await credit.token.send('mint', [bob, 5n]);
      await reverts(payToken(7, 5n), 'StackTooHigh', [model(7), [model(6), model(3)]]);
      await reverts(vault().read('split', [model(7), 1n, 9n]), 'StackTooHigh', [model(7), [model(6), model(3)]]);
      // A share that was never worth anything cannot be lowered either, and nothing is due.
      await reverts(send('lowerShare', [model(7), 0n], bob), 'StackTooHigh', [model(7), [model(6), model(3)]]);
      assert.equal(await vault().read('collectable', [model(7), ETHER]), 0n);
      assert.equal(await vault().simulate('collect', [[model(7)], ETHER]), 0n);
    });

    it('reverts with TransferFailed where the token has no code, and takes no Ether without a model', async () => {
      for (const address of [ETHER, NOBODY] as const) {
        const args = [getAddress(address), vault().address, 5n];
        await reverts(send('payToken', [model(2), address, 5n]), 'TransferFailed', args);
      }
      const { wallet, accounts, read } = credit.chain;
      const call = { account: accounts[0], to: vault().address, value: 1n } as const;
      await assert.rejects(read.call(call));
      await assert.rejects(wallet.sendTransaction({ ...call, chain: null, data: '0x12345678' }));
    });

    it('ignores Ether that was forced in', async () => {
      await credit.chain.request('hardhat_setBalance', vault().address, '0x1000');
      await credit.pay(1, 10n);
      await credit.collect([1]);
      await send('withdraw', [alice, ETHER, NOBODY], alice);
      assert.deepEqual([await credit.balance(vault().address), await credit.balance(NOBODY)], [0x1000n, 10n]);
    });

    it('takes a fee-on-transfer token for what arrives', async () => {
      await credit.token.send('behave', [TOKEN.feeOnTransfer, ETHER, '0x']);
      await credit.token.send('mint', [bob, 1_000n]);
      const { address } = credit.token;
      assert.equal(await vault().simulate('payToken', [model(1), address, 1_000n], bob), 990n);
      await payToken(1, 1_000n);
      await credit.collect([1], address);
      await send('withdraw', [alice, address, carol], alice);
      assert.deepEqual(
        [await credit.token.read('balanceOf', [carol]), await credit.token.read('balanceOf', [vault().address])],
        [981n, 0n],
      );
    });
  });

  describe('claiming', () => {
    it('credits each ancestor with its share of the whole payment and the model with the rest, and says so', async () => {
      await credit.pay(4, 10_000n);
      const receipt = await credit.claim(1, 4);
      assert.deepEqual(eventsOf(receipt, vault()), [['Claimed', [model(4), ETHER, model(1), model(4), 1_000n, 0n]]]);
      await credit.claim(2, 4);
      const collected = await credit.collect([4]);
      assert.deepEqual(eventsOf(collected, vault()), [['Collected', [model(4), ETHER, 7_000n]]]);
      assert.deepEqual(await all(), [1_000n, 2_000n, 7_000n]);
    });

    it('credits what is new, whenever it comes, and nothing twice', async () => {
      assert.equal(await credit.claimed(1, 4), 0n);
      await credit.pay(4, 10_000n);
      assert.equal(await credit.claimed(1, 4), 1_000n);
      await credit.claim(1, 4);
      assert.deepEqual(eventsOf(await credit.claim(1, 4), vault()), []);
      await credit.pay(4, 500n);
      assert.deepEqual(await vault().read('claimable', [ETHER, [model(1), model(4), zeroHash, []]]), [50n, 0n]);
      await credit.claim(1, 4);
      assert.deepEqual(eventsOf(await credit.claim(1, 4), vault()), []);
      await credit.collect([4, 4]);
      assert.deepEqual(eventsOf(await credit.collect([4]), vault()), []);
      assert.deepEqual(await all(), [1_050n, 0n, 7_350n]);
    });

    it('loses nothing where single units are claimed one by one', async () => {
      for (let i = 0; i < 25; i += 1) {
        await credit.pay(2, 1n);
        await credit.claim(1, 2);
        await credit.collect([2]);
      }
      assert.deepEqual(await all(), [2n, 22n, 0n]);
    });

    it('goes through merges and foreign children by named steps, by one list for each way', async () => {
      await credit.merge(5, carol, [3, 2]);
      await credit.foreign(6, carol, [3, 5]);
      await credit.pay(6, 10_000n);
      assert.equal(
        await credit.claimed(1, 6, [
          [6, 5],
          [5, 2],
        ]),
        1_000n,
      );
      const refused: (readonly [number, number])[][] = [
        [],
        [[6, 5]],
        [[5, 2]],
        // The first parent is not named, no node that is no parent, no child beside the way; each step once.
        [
          [6, 3],
          [5, 2],
        ],
        [[6, 2]],
        [
          [6, 5],
          [4, 3],
        ],
        [
          [6, 5],
          [5, 2],
          [5, 2],
        ],
        [
          [5, 2],
          [6, 5],
        ],
      ];
      for (const steps of refused) await reverts(credit.claim(1, 6, steps), 'NotAWay', [model(1), model(6)]);
      const odd = [
        ...stepsOf([
          [6, 5],
          [5, 2],
        ]),
        model(1),
      ];
      await reverts(send('claim', [ETHER, model(1), model(6), odd]), 'NotAWay', [model(1), model(6)]);
      // The empty list is that of a way along first parents: to name a first parent is no other list for it.
      await reverts(credit.claim(2, 4, [[4, 2]]), 'NotAWay', [model(2), model(4)]);
    });

    it('reverts with NotAWay for who is no ancestor, for the model itself and for what does not exist', async () => {
      await credit.pay(2, 10_000n);
      for (const [ancestor, of] of [
        [4, 2],
        [3, 2],
        [2, 2],
        [9, 2],
        [1, 9],
        [9, 9],
        [0, 0],
      ] as const) {
        await reverts(credit.claim(ancestor, of), 'NotAWay', [model(ancestor), model(of)]);
      }
    });

    it('reverts with NoShare where an ancestor was registered with none, and nothing is written', async () => {
      await credit.pay(4, 10_000n);
      await reverts(credit.claim(3, 4, [[4, 3]]), 'NoShare', [model(3)]);
    });

    it('makes many claims at once, or none', async () => {
      await credit.pay(4, 10_000n);
      await credit.pay(2, 100n);
      const claims = [
        [model(1), model(4), zeroHash, []],
        [model(2), model(4), zeroHash, []],
        [model(1), model(2), zeroHash, []],
        [model(1), model(2), zeroHash, []],
      ];
      assert.equal(await vault().simulate('claimAll', [ETHER, claims]), 3_010n);
      await send('claimAll', [ETHER, claims]);
      assert.deepEqual(await all(), [1_010n, 2_000n, 0n]);
      const bad = [claims[0], [model(1), model(3), zeroHash, []]];
      await reverts(send('claimAll', [ETHER, bad]), 'NotAWay', [model(1), model(3)]);
    });

    it('pays a trainer of several nodes for each', async () => {
      await credit.train(5, alice, 4);
      await credit.pay(5, 1_000n);
      await credit.claim(1, 5);
      await credit.collect([5]);
      // 10 % for node 1, and what is left for node 5, of which Bob has 20 %.
      assert.deepEqual(await all(), [800n, 0n, 0n]);
    });

    it('reverts with UnknownModel where the rest of no model would be collected', async () => {
      await reverts(credit.collect([4, 9]), 'UnknownModel', [model(9)]);
    });

    it('leaves the rest at nothing where ancestors take the whole', async () => {
      await credit.choose(alice, 5_000);
      await credit.seed(5, alice);
      await credit.train(6, alice, 5);
      await credit.choose(bob, 0);
      await credit.train(7, bob, 6);
      await credit.pay(7, 11n);
      assert.equal(await vault().read('collectable', [model(7), ETHER]), 0n);
      await credit.claim(5, 7);
      await credit.claim(6, 7);
      await credit.collect([7]);
      // What rounding leaves, half a unit twice, is nobody's.
      assert.deepEqual(await all(), [10n, 0n, 0n]);
    });
  });

  describe('ways in parts', () => {
    // 5 merges 3 and 2; 6, 7, 8 each merge 3 and the one before.
    beforeEach(async () => {
      for (const [number, parent] of [
        [5, 2],
        [6, 5],
        [7, 6],
        [8, 7],
      ]) {
        await credit.merge(number, carol, [3, parent]);
      }
      await credit.pay(8, 10_000n);
    });
    const WAY = [
      [8, 7],
      [7, 6],
      [6, 5],
      [5, 2],
    ] as const;
    const part = (from: number, to: number) => stepsOf(WAY.slice(from, to));
    const mark = (steps: Hex[], from: Hex = zeroHash): Promise<Hex> => vault().read('markOf', [model(8), from, steps]);

    it('are recorded one after the other and claimed by their marks, once, however they were cut', async () => {
      const first = await mark(part(0, 1));
      const receipt = await send('recordWay', [model(8), zeroHash, part(0, 1)]);
      assert.deepEqual(eventsOf(receipt, vault()), [['WayRecorded', [model(8), model(7), first]]]);
      assert.equal(await vault().read('recordedEnd', [model(8), first]), model(7));
      const third = await mark(part(1, 3), first);
      assert.equal(third, await mark(part(0, 3)));
      assert.equal(await vault().simulate('recordWay', [model(8), first, part(1, 3)]), third);
      await send('recordWay', [model(8), first, part(1, 3)]);
      await send('recordWay', [model(8), third, part(3, 4)]);
      const whole = await mark(part(0, 4));

      const claim = (from: Hex, steps: Hex[]) => [model(1), model(8), from, steps];
      const due = (from: Hex, steps: Hex[]) => vault().read('claimable', [ETHER, claim(from, steps)]);
      for (const [from, steps] of [
        [zeroHash, part(0, 4)],
        [first, part(1, 4)],
        [third, part(3, 4)],
        [whole, []],
      ] as const) {
        assert.deepEqual(await due(from, [...steps]), [1_000n, 0n]);
      }
      const claimed = await send('claimAll', [ETHER, [claim(third, part(3, 4))]]);
      assert.deepEqual(eventsOf(claimed, vault()), [['Claimed', [model(8), ETHER, model(1), whole, 1_000n, 0n]]]);
      assert.equal(await credit.claimed(1, 8, WAY), 0n);
      assert.deepEqual(await due(whole, []), [0n, 0n]);
      assert.equal(await credit.credit(alice), 1_000n);
    });

    it('reverts with NotSteps for no steps, half a step and steps that lead nowhere', async () => {
      for (const steps of [[], [model(8)], stepsOf([[8, 3]]), stepsOf([[7, 6]]), [...part(0, 1), zeroHash]]) {
        await reverts(send('recordWay', [model(8), zeroHash, steps]), 'NotSteps', [model(8)]);
      }
      await reverts(send('recordWay', [model(9), zeroHash, part(0, 1)]), 'NotSteps', [model(9)]);
    });

    it("reverts with UnknownMark for what was not recorded, and for another model's", async () => {
      const first = await mark(part(0, 1));
      const claims = (of: number) => [ETHER, [[model(1), model(of), first, part(1, 4)]]];
      await reverts(send('claimAll', claims(8)), 'UnknownMark', [model(8), first]);
      await reverts(send('recordWay', [model(8), first, part(1, 2)]), 'UnknownMark', [model(8), first]);
      await send('recordWay', [model(8), zeroHash, part(0, 1)]);
      await send('claimAll', claims(8));
      await credit.pay(7, 10_000n);
      await reverts(send('claimAll', claims(7)), 'UnknownMark', [model(7), first]);
      // The id of the model is the name of the way without steps, not a recorded mark.
      const own = [ETHER, [[model(1), model(8), model(8), part(0, 4)]]];
      await reverts(send('claimAll', own), 'UnknownMark', [model(8), model(8)]);
    });
  });

  describe('lowering', () => {
    it('passes the difference on to the paid model, for what is not claimed yet, and only goes down', async () => {
      await credit.pay(4, 10_000n);
      await credit.claim(2, 4);
      await credit.pay(4, 10_000n);
      const receipt = await send('lowerShare', [model(2), 500n], bob);
      assert.deepEqual(eventsOf(receipt, vault()), [['ShareLowered', [model(2), 2_000n, 500n]]]);
      assert.deepEqual(await vault().read('claimable', [ETHER, [model(2), model(4), zeroHash, []]]), [500n, 1_500n]);
      const claimed = await credit.claim(2, 4);
      assert.deepEqual(eventsOf(claimed, vault()), [['Claimed', [model(4), ETHER, model(2), model(4), 500n, 1_500n]]]);
      assert.deepEqual(await all(), [0n, 2_500n, 1_500n]);
      for (const share of [500n, 501n, 2n ** 256n - 1n]) {
        await reverts(send('lowerShare', [model(2), share], bob), 'ShareNotLower', [model(2), 500n, share]);
      }
      await send('lowerShare', [model(2), 0n], bob);
      await reverts(send('lowerShare', [model(2), 0n], bob), 'ShareNotLower', [model(2), 0n, 0n]);
      await credit.pay(4, 10_000n);
      assert.equal(await credit.claimed(2, 4), 0n);
      await credit.claim(2, 4);
      assert.deepEqual(await all(), [0n, 2_500n, 3_500n]);
      assert.equal(await vault().read('shareOf', [model(2)]), 0n);
      // What the registry says stays.
      assert.deepEqual(await credit.lineage.read('creditOf', [model(2)]), [bob, 2n, 2_000n, 3_000n]);
    });

    it('leaves the rest of the model and the shares of others alone', async () => {
      await credit.pay(4, 10_000n);
      await send('lowerShare', [model(2), 0n], bob);
      assert.equal(await vault().read('collectable', [model(4), ETHER]), 7_000n);
      assert.equal(await credit.claimed(1, 4), 1_000n);
      // Of its own payments a model's trainer has what is left, whatever its share.
      await credit.pay(2, 10_000n);
      assert.equal(await vault().read('collectable', [model(2), ETHER]), 9_000n);
    });

    it('loses no unit to whoever claims after every unit', async () => {
      await send('lowerShare', [model(2), 1_999n], bob);
      for (let i = 0; i < 16; i += 1) {
        await credit.pay(4, 1n);
        await credit.claim(2, 4);
      }
      // 16 * 0.1999 and 16 * 0.0001, each rounded down.
      assert.deepEqual(await all(), [0n, 3n, 0n]);
    });

    it("is the trainer's key's alone", async () => {
      for (const account of [alice, carol, credit.relay]) {
        await reverts(send('lowerShare', [model(2), 1n], account), 'NotTheKey', [bob, senderOf(account)]);
      }
      await credit.rotate(bob, bob, carol);
      await reverts(send('lowerShare', [model(2), 1n], bob), 'NotTheKey', [bob, bob]);
      await send('lowerShare', [model(2), 1n], carol);
      await reverts(send('lowerShare', [model(9), 0n], bob), 'UnknownModel', [model(9)]);
      assert.equal(await vault().read('shareOf', [model(9)]), 0n);
    });

    /** A call of the relay without a trainer behind it ends with the last argument. */
    const senderOf = (account: Address) => (account === credit.relay ? getAddress(toHex(1, { size: 20 })) : account);
  });

  describe('withdrawing', () => {
    beforeEach(async () => {
      await credit.pay(4, 1_000n);
      await credit.claim(2, 4);
    });

    it('sends all credit, once, and says so', async () => {
      const receipt = await send('withdraw', [bob, ETHER, NOBODY], bob);
      assert.deepEqual(eventsOf(receipt, vault()), [['Withdrawn', [bob, ETHER, getAddress(NOBODY), 200n]]]);
      assert.equal(await credit.balance(NOBODY), 200n);
      await reverts(send('withdraw', [bob, ETHER, NOBODY], bob), 'NothingOwed', [bob, ETHER]);
      await reverts(send('withdrawFor', [bob, ETHER]), 'NothingOwed', [bob, ETHER]);
    });

    it('sends tokens', async () => {
      await credit.token.send('mint', [bob, 40n]);
      await payToken(1, 40n);
      await credit.collect([1], credit.token.address);
      await send('withdraw', [alice, credit.token.address, carol], alice);
      assert.equal(await credit.token.read('balanceOf', [carol]), 40n);
    });

    it("is the key's alone, also where the key changed between payment and claim", async () => {
      for (const account of [alice, carol]) {
        await reverts(send('withdraw', [bob, ETHER, account], account), 'NotTheKey', [bob, account]);
      }
      await credit.rotate(bob, bob, carol);
      await credit.pay(4, 1_000n);
      await credit.claim(2, 4);
      await reverts(send('withdraw', [bob, ETHER, bob], bob), 'NotTheKey', [bob, bob]);
      // Carol's own credit is another.
      await reverts(send('withdraw', [carol, ETHER, NOBODY], carol), 'NothingOwed', [carol, ETHER]);
      await send('withdraw', [bob, ETHER, NOBODY], carol);
      assert.equal(await credit.balance(NOBODY), 400n);
    });

    it('is done by anybody to where the money goes: the trainer, its key, or the payout address', async () => {
      const before = await credit.balance(bob);
      await send('withdrawFor', [bob, ETHER], alice);
      assert.equal(await credit.balance(bob), before + 200n);
      await credit.trainers.send('setPayout', [bob, NOBODY], bob);
      await credit.pay(4, 1_000n);
      await credit.claim(2, 4);
      const receipt = await send('withdrawFor', [bob, ETHER], alice);
      assert.deepEqual(eventsOf(receipt, vault()), [['Withdrawn', [bob, ETHER, getAddress(NOBODY), 200n]]]);
      await credit.rotate(bob, bob, carol);
      await credit.pay(4, 1_000n);
      await credit.claim(2, 4);
      const ofCarol = await credit.balance(carol);
      await send('withdrawFor', [bob, ETHER], alice);
      assert.equal(await credit.balance(carol), ofCarol + 200n);
    });

    it('reverts with UnusableRecipient for the zero address and the vault itself, also as payout', async () => {
      for (const to of [ETHER, vault().address]) {
        await reverts(send('withdraw', [bob, ETHER, to], bob), 'UnusableRecipient', [to]);
      }
      await credit.trainers.send('setPayout', [bob, vault().address], bob);
      await reverts(send('withdrawFor', [bob, ETHER]), 'UnusableRecipient', [vault().address]);
    });

    it('believes the relay alone about whom it speaks for', async () => {
      const args = [bob, ETHER, NOBODY] as const;
      const data = encodeFunctionData({ abi: vault().abi, functionName: 'withdraw', args });
      const act = (from: Address, tail: Address) =>
        credit.chain.wallet.sendTransaction({
          account: from,
          to: vault().address,
          data: concat([data, tail]),
          chain: null,
        });
      await assert.rejects(act(credit.relay, alice), /NotTheKey/);
      await assert.rejects(act(alice, bob), /NotTheKey/);
      await act(credit.relay, bob);
      assert.equal(await credit.balance(NOBODY), 200n);
    });
  });

  it('names its registry, the contract of trainers and its relay', async () => {
    assert.equal(await vault().read('lineage'), credit.lineage.address);
    assert.equal(await vault().read('trainers'), credit.trainers.address);
    assert.equal(await vault().read('trustedForwarder'), credit.relay);
  });
});
