import assert from 'node:assert/strict';
import { beforeEach, describe, it } from 'node:test';
import { type Address, getAddress, parseEventLogs, type TransactionReceipt, toHex } from 'viem';
import { type Contract, reverts } from './support/chain.ts';
import { deploy, ETHER, Family, model, sendValue, TOKEN } from './support/money.ts';

const NOBODY = '0x00000000000000000000000000000000000beef1';

describe('CreditVault', () => {
  let family: Family;
  let vault: Contract;
  let token: Contract;
  let alice: Address;
  let bob: Address;
  let carol: Address;

  // 1 seed of Alice; 2 Bob's child of it; 3 Carol's seed; 4 Alice's merge of 2 (weight 3) and 3 (weight 1).
  beforeEach(async () => {
    family = await Family.create();
    ({ alice, bob, carol } = family);
    vault = await deploy(family.chain, 'CreditVault', [family.lineage.address]);
    token = await deploy(family.chain, 'HostileToken');
    await vault.send('chooseShare', [5_000], alice);
    await family.seed(1, alice);
    await family.train(2, bob, 1);
    await family.seed(3, carol);
    await family.merge(4, alice, [2, 3], [3, 1]);
  });

  const unsplit = (number: number, of = ETHER) => vault.read('unsplit', [model(number), of]);
  const earned = (number: number, of = ETHER) => vault.read('earned', [model(number), of]);
  const pay = (number: number, amount: bigint) => sendValue(vault, 'pay', [model(number)], amount);
  const events = (receipt: TransactionReceipt) =>
    parseEventLogs({ abi: vault.abi, logs: receipt.logs }).map((log) => [
      (log as unknown as { eventName: string }).eventName,
      Object.values((log as unknown as { args: object }).args),
    ]);

  describe('paying', () => {
    it('credits the model with the Ether sent and says so', async () => {
      const receipt = await pay(2, 1_000n);
      assert.equal(await unsplit(2), 1_000n);
      assert.equal(await earned(2), 0n);
      assert.deepEqual(events(receipt), [['Paid', [model(2), ETHER, family.chain.accounts[0], 1_000n]]]);
    });

    it('adds up payments and keeps tokens and models apart', async () => {
      await token.send('mint', [bob, 500n]);
      await pay(2, 1_000n);
      await pay(2, 1n);
      await vault.send('payToken', [model(2), token.address, 500n], bob);
      await pay(1, 7n);
      assert.equal(await unsplit(2), 1_001n);
      assert.equal(await unsplit(2, token.address), 500n);
      assert.equal(await unsplit(1), 7n);
    });

    it('reverts with UnknownModel for a model that is not registered', async () => {
      await reverts(pay(9, 1n), 'UnknownModel', [model(9)]);
      await token.send('mint', [bob, 5n]);
      await reverts(vault.send('payToken', [model(9), token.address, 5n], bob), 'UnknownModel', [model(9)]);
    });

    it('reverts with NothingReceived for no Ether and for no tokens', async () => {
      await reverts(pay(2, 0n), 'NothingReceived', [ETHER]);
      await reverts(vault.send('payToken', [model(2), token.address, 0n]), 'NothingReceived', [token.address]);
    });

    it('reverts with AmountTooLarge above 2^128 - 1 and accepts just that', async () => {
      const most = 2n ** 128n - 1n;
      await token.send('mint', [bob, 2n ** 129n]);
      await reverts(vault.send('payToken', [model(2), token.address, most + 1n], bob), 'AmountTooLarge', [most + 1n]);
      await vault.send('payToken', [model(2), token.address, most], bob);
      assert.equal(await unsplit(2, token.address), most);
    });

    it('reverts with AmountTooLarge where an account would hold more than 2^128 - 1, and changes nothing', async () => {
      const most = 2n ** 128n - 1n;
      await token.send('mint', [bob, 2n ** 130n]);
      const payToken = (number: number, amount: bigint) =>
        vault.send('payToken', [model(number), token.address, amount], bob);
      const settle = (number: number) => vault.send('settle', [model(number), token.address]);
      await payToken(1, most);
      await reverts(payToken(1, 1n), 'AmountTooLarge', [1n]);
      // 20 % of 100 would reach model 1, which has no room for any of it before it is settled.
      await payToken(2, 100n);
      await reverts(settle(2), 'AmountTooLarge', [20n]);
      await settle(1);
      await settle(2);
      assert.deepEqual([await unsplit(1, token.address), await earned(1, token.address)], [20n, most]);
      // Nor has what it has earned, before that is withdrawn.
      await reverts(settle(1), 'AmountTooLarge', [20n]);
      await vault.send('withdraw', [[model(1)], token.address, carol], alice);
      await settle(1);
      assert.deepEqual([await unsplit(1, token.address), await earned(1, token.address)], [0n, 20n]);
    });

    it('reverts with TransferFailed where the token has no code', async () => {
      for (const address of [ETHER, NOBODY] as const) {
        const args = [getAddress(address), vault.address, 5n];
        await reverts(vault.send('payToken', [model(2), address, 5n]), 'TransferFailed', args);
      }
    });

    it('takes no Ether without a model', async () => {
      const { wallet, accounts, read } = family.chain;
      const call = { account: accounts[0], to: vault.address, value: 1n } as const;
      await assert.rejects(read.call(call));
      await assert.rejects(wallet.sendTransaction({ ...call, chain: null, data: '0x12345678' }));
    });

    it('ignores Ether that was forced in', async () => {
      await family.chain.request('hardhat_setBalance', vault.address, '0x1000');
      await pay(1, 10n);
      await vault.send('settle', [model(1), ETHER]);
      assert.equal(await earned(1), 10n);
      await vault.send('withdraw', [[model(1)], ETHER, NOBODY], alice);
      assert.equal(await family.balance(vault.address), 0x1000n);
    });
  });

  describe('settling', () => {
    it('gives a seed and a declared import everything', async () => {
      await family.import(5, bob);
      for (const number of [1, 5]) {
        await pay(number, 99n);
        await vault.send('settle', [model(number), ETHER]);
        assert.deepEqual([await earned(number), await unsplit(number)], [99n, 0n]);
      }
    });

    it('splits between trainer and parents by the share, between parents by weight, one edge at a time', async () => {
      await pay(4, 8_000n);
      const receipt = await vault.send('settle', [model(4), ETHER]);
      assert.deepEqual([await earned(4), await unsplit(4)], [4_000n, 0n]);
      assert.deepEqual([await unsplit(2), await unsplit(3)], [3_000n, 1_000n]);
      assert.deepEqual([await unsplit(1), await earned(2)], [0n, 0n]);
      assert.deepEqual(events(receipt), [['Settled', [model(4), ETHER, 4_000n, [3_000n, 1_000n]]]]);
    });

    it('says what each parent got in the order of the parents, not of their numbers, and nothing for a seed', async () => {
      await family.merge(6, carol, [3, 1, 2], [1, 5, 4]);
      assert.deepEqual(await family.lineage.read('parents', [model(6)]), [3, 1, 2].map(model));
      await pay(6, 1_000n);
      const receipt = await vault.send('settle', [model(6), ETHER]);
      assert.deepEqual(events(receipt), [['Settled', [model(6), ETHER, 800n, [20n, 100n, 80n]]]]);
      assert.deepEqual([await unsplit(3), await unsplit(1), await unsplit(2)], [20n, 100n, 80n]);
      const ofSeed = await vault.send('settle', [model(1), ETHER]);
      assert.deepEqual(events(ofSeed), [['Settled', [model(1), ETHER, 100n, []]]]);
    });

    it('carries a payment to the seeds when the models of the line are named in order', async () => {
      await pay(4, 8_000n);
      await vault.send('settleAll', [[4, 2, 3, 1].map(model), ETHER]);
      // Bob chose nothing: 20 % of his 3,000 go to model 1.
      assert.deepEqual(
        [await earned(4), await earned(2), await earned(3), await earned(1)],
        [4_000n, 2_400n, 1_000n, 600n],
      );
    });

    it('does nothing where there is nothing to split, even for a model that does not exist', async () => {
      for (const number of [4, 9]) {
        assert.equal(await vault.simulate('settle', [model(number), ETHER]), 0n);
        assert.deepEqual(events(await vault.send('settle', [model(number), ETHER])), []);
      }
    });

    it('says how much it split', async () => {
      await pay(4, 8_000n);
      assert.equal(await vault.simulate('settle', [model(4), ETHER]), 8_000n);
    });

    it('rounds for the parents, so that small settlements cheat none of them', async () => {
      await pay(2, 1n);
      await vault.send('settle', [model(2), ETHER]);
      assert.deepEqual([await earned(2), await unsplit(1)], [0n, 1n]);
    });

    it('keeps every unit where weights do not divide', async () => {
      await family.merge(6, bob, [1, 2, 3], [1, 1, 1]);
      await pay(6, 50n);
      await vault.send('settle', [model(6), ETHER]);
      assert.equal(await earned(6), 40n);
      assert.deepEqual([await unsplit(1), await unsplit(2), await unsplit(3)], [3n, 3n, 4n]);
    });

    it('serves a merge of 8 parents', async () => {
      for (let number = 10; number < 18; number += 1) await family.seed(number, carol);
      const parents = [10, 11, 12, 13, 14, 15, 16, 17];
      await family.merge(18, bob, parents, [1, 2, 3, 4, 5, 6, 7, 2 ** 19]);
      await pay(18, 10n ** 18n);
      await vault.send('settle', [model(18), ETHER]);
      let sum: bigint = await earned(18);
      for (const parent of parents) sum += await unsplit(parent);
      assert.equal(sum, 10n ** 18n);
    });
  });

  describe('shares', () => {
    it('are what the trainer chose before the second of the model, by default 20 %', async () => {
      assert.equal(await vault.read('shareOf', [model(4)]), 5_000n);
      assert.equal(await vault.read('shareOf', [model(2)]), 2_000n);
      assert.equal(await vault.read('DEFAULT_SHARE'), 2_000n);
    });

    it('are zero without parents and without a model', async () => {
      for (const number of [1, 3, 9]) assert.equal(await vault.read('shareOf', [model(number)]), 0n);
    });

    it('of models that exist never change, not even by a choice in the very second of the model', async () => {
      const { chain } = family;
      await chain.request('evm_setAutomine', false);
      const { address, abi } = vault;
      const sent = [
        await chain.wallet.writeContract({
          address: family.lineage.address,
          abi: family.lineage.abi,
          functionName: 'addTrain',
          args: [model(7), bob, model(1)],
          account: carol,
          chain: null,
          gas: 400_000n,
        }),
        ...(await Promise.all(
          [600, 700].map((share) =>
            chain.wallet.writeContract({
              address,
              abi,
              functionName: 'chooseShare',
              args: [share],
              account: bob,
              chain: null,
              gas: 100_000n,
            }),
          ),
        )),
      ];
      await chain.mine(1);
      await chain.request('evm_setAutomine', true);
      const blocks = await Promise.all(
        sent.map(async (hash) => (await chain.read.getTransactionReceipt({ hash })).blockNumber),
      );
      assert.equal(new Set(blocks).size, 1, 'all in one block');
      assert.equal(await vault.read('shareOf', [model(7)]), 2_000n);
      // Two choices of one second are one choice, the last.
      await family.train(8, bob, 1);
      assert.ok([600n, 700n].includes(await vault.read('shareOf', [model(8)])));
      assert.equal(await vault.read('shareOf', [model(8)]), await vault.read('chosenShare', [bob]));
      assert.equal(await vault.read('shareOf', [model(4)]), 5_000n);
    });

    it('are a choice from the next second on', async () => {
      const { chain } = family;
      const at = (await chain.read.getBlock()).timestamp + 100n;
      await chain.request('evm_setNextBlockTimestamp', toHex(at));
      await vault.send('chooseShare', [600], bob);
      await chain.request('evm_setNextBlockTimestamp', toHex(at + 1n));
      await family.train(7, bob, 1);
      assert.equal((await family.lineage.read('node', [model(7)])).timestamp, at + 1n);
      assert.equal(await vault.read('shareOf', [model(7)]), 600n);
    });

    it('of many choices are each the last one before its model', async () => {
      const expected: [number, bigint][] = [];
      for (let number = 20; number < 27; number += 1) {
        await vault.send('chooseShare', [number * 100], bob);
        await family.train(number, bob, 1);
        expected.push([number, BigInt(number * 100)]);
      }
      for (const [number, share] of expected) assert.equal(await vault.read('shareOf', [model(number)]), share);
      assert.equal(await vault.read('shareOf', [model(2)]), 2_000n);
    });

    it('lie between 5 % and 90 %: others revert with ShareOutOfRange', async () => {
      for (const share of [499n, 9_001n, 0n, 2n ** 256n - 1n]) {
        await reverts(vault.send('chooseShare', [share]), 'ShareOutOfRange', [share]);
      }
      for (const share of [500n, 9_000n]) {
        const receipt = await vault.send('chooseShare', [share], carol);
        assert.deepEqual(events(receipt), [['ShareChosen', [carol, share]]]);
        assert.equal(await vault.read('chosenShare', [carol]), share);
      }
    });
  });

  describe('withdrawing', () => {
    it('sends what several models have earned, once', async () => {
      await pay(1, 100n);
      await pay(4, 100n);
      await vault.send('settleAll', [[1, 4].map(model), ETHER]);
      const receipt = await vault.send('withdraw', [[1, 4, 4].map(model), ETHER, NOBODY], alice);
      assert.equal(await family.balance(NOBODY), 150n);
      assert.equal(events(receipt)[0][0], 'Withdrawn');
      await reverts(vault.send('withdraw', [[1, 4].map(model), ETHER, NOBODY], alice), 'NothingOwed', [alice, ETHER]);
    });

    it('sends tokens', async () => {
      await token.send('mint', [bob, 40n]);
      await vault.send('payToken', [model(1), token.address, 40n], bob);
      await vault.send('settle', [model(1), token.address]);
      await vault.send('withdraw', [[model(1)], token.address, carol], alice);
      assert.equal(await token.read('balanceOf', [carol]), 40n);
      assert.equal(await token.read('balanceOf', [vault.address]), 0n);
    });

    it('leaves alone what was not settled', async () => {
      await pay(1, 100n);
      await vault.send('settle', [model(1), ETHER]);
      await pay(1, 7n);
      await vault.send('withdraw', [[model(1)], ETHER, NOBODY], alice);
      assert.deepEqual([await unsplit(1), await earned(1), await family.balance(NOBODY)], [7n, 0n, 100n]);
      await reverts(vault.send('withdraw', [[model(1)], ETHER, NOBODY], alice), 'NothingOwed', [alice, ETHER]);
    });

    it("reverts with NotTheTrainer for another's model and for one that does not exist", async () => {
      await pay(1, 100n);
      await vault.send('settle', [model(1), ETHER]);
      await reverts(vault.send('withdraw', [[model(1)], ETHER, bob], bob), 'NotTheTrainer', [model(1), bob]);
      await reverts(vault.send('withdraw', [[model(9)], ETHER, bob], bob), 'NotTheTrainer', [model(9), bob]);
    });

    it('reverts with UnusableRecipient for the zero address and the vault itself', async () => {
      await token.send('mint', [bob, 40n]);
      await pay(1, 100n);
      await vault.send('payToken', [model(1), token.address, 40n], bob);
      for (const money of [ETHER, token.address]) {
        await vault.send('settle', [model(1), money]);
        for (const to of [ETHER, vault.address]) {
          await reverts(vault.send('withdraw', [[model(1)], money, to], alice), 'UnusableRecipient', [to]);
        }
      }
    });
  });

  describe('split', () => {
    const split = async (number: number, amount: bigint, depth: number) => {
      const payouts = (await vault.read('split', [model(number), amount, depth])) as {
        account: Address;
        amount: bigint;
      }[];
      return payouts.map(({ account, amount: part }) => [account, part] as const);
    };
    const ascending = (parts: (readonly [Address, bigint])[]) =>
      [...parts].sort(([a], [b]) => (BigInt(a) < BigInt(b) ? -1 : 1));

    it('gives everything to the trainer at depth 0', async () => {
      assert.deepEqual(await split(4, 8_000n, 0), [[alice, 8_000n]]);
    });

    it('gives those who are reached at the stated depth everything that arrives', async () => {
      assert.deepEqual(
        await split(4, 8_000n, 1),
        ascending([
          [alice, 4_000n],
          [bob, 3_000n],
          [carol, 1_000n],
        ]),
      );
    });

    it('adds up the parts of one account and ends at the seeds, whatever the depth', async () => {
      const whole = ascending([
        [alice, 4_600n],
        [bob, 2_400n],
        [carol, 1_000n],
      ]);
      assert.deepEqual(await split(4, 8_000n, 2), whole);
      assert.deepEqual(await split(4, 8_000n, 1_000), whole);
    });

    it('counts a model that two paths of one length reach once', async () => {
      await family.train(30, bob, 1);
      await family.train(31, carol, 1);
      await family.merge(32, alice, [30, 31], [1, 1]);
      // 50 % for Alice, 25 % each for Bob and Carol, who pass on 20 % each to Alice's seed.
      assert.deepEqual(
        await split(32, 4_000n, 5),
        ascending([
          [alice, 2_400n],
          [bob, 800n],
          [carol, 800n],
        ]),
      );
    });

    it('leaves out who gets nothing, and is empty for nothing', async () => {
      assert.deepEqual(await split(2, 1n, 1), [[alice, 1n]]);
      assert.deepEqual(await split(4, 0n, 3), []);
      // Of 2 units one goes up, and rounding gives it to the second parent.
      assert.equal((await split(4, 2n, 1)).length, 2);
    });

    it('reverts with UnknownModel and AmountTooLarge', async () => {
      await reverts(split(9, 1n, 1), 'UnknownModel', [model(9)]);
      await reverts(split(4, 2n ** 128n, 1), 'AmountTooLarge', [2n ** 128n]);
    });

    describe('of a very wide lineage', () => {
      const fresh = (number: number) => getAddress(`0x${(0x10000 + number).toString(16).padStart(40, '0')}`);
      let last = 100;

      /** A model with so many parents, each with so many.. @returns its number */
      const grow = async ([parents = 0, ...above]: number[], trainer: (number: number) => Address): Promise<number> => {
        const ids: number[] = [];
        for (let i = 0; i < parents; i += 1) ids.push(await grow(above, trainer));
        last += 1;
        const { address, abi, chain } = family.lineage;
        await chain.wallet.writeContract({
          address,
          abi,
          functionName: parents === 0 ? 'addSeed' : 'addMerge',
          args:
            parents === 0
              ? [model(last), trainer(last)]
              : [model(last), trainer(last), ids.map(model), ids.map(() => 1)],
          account: alice,
          chain: null,
          gas: 3_000_000n,
        });
        return last;
      };

      it('reverts with SplitTooLarge above 128 recipients, and answers at less depth', async () => {
        const number = await grow([8, 7, 2], fresh);
        assert.equal((await split(number, 10n ** 18n, 2)).length, 1 + 8 + 56);
        await reverts(split(number, 10n ** 18n, 3), 'SplitTooLarge');
      });

      it('reverts with SplitTooLarge above 128 models on one level, however few the recipients', async () => {
        const number = await grow([8, 8, 3], () => bob);
        assert.deepEqual(await split(number, 10n ** 18n, 2), [[bob, 10n ** 18n]]);
        await reverts(split(number, 10n ** 18n, 3), 'SplitTooLarge');
      });
    });
  });

  it('names its registry', async () => {
    assert.equal(await vault.read('lineage'), family.lineage.address);
  });

  it('takes a fee-on-transfer token for what arrives', async () => {
    await token.send('behave', [TOKEN.feeOnTransfer, ETHER, '0x']);
    await token.send('mint', [bob, 1_000n]);
    assert.equal(await vault.simulate('payToken', [model(1), token.address, 1_000n], bob), 990n);
    await vault.send('payToken', [model(1), token.address, 1_000n], bob);
    assert.equal(await unsplit(1, token.address), 990n);
    assert.equal(await token.read('balanceOf', [vault.address]), 990n);
    await vault.send('settle', [model(1), token.address]);
    await vault.send('withdraw', [[model(1)], token.address, carol], alice);
    assert.equal(await token.read('balanceOf', [carol]), 981n);
    assert.equal(await token.read('balanceOf', [vault.address]), 0n);
  });
});
