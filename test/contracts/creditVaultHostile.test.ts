import assert from 'node:assert/strict';
import { beforeEach, describe, it } from 'node:test';
import { encodeFunctionData, toFunctionSelector } from 'viem';
import { type Contract, reverts } from './support/chain.ts';
import { CreditFixture } from './support/credit.ts';
import { actAs, deploy, ETHER, model, RECEIVER, TOKEN } from './support/money.ts';

const REENTERED = toFunctionSelector('ReentrancyGuardReentrantCall()');

describe('CreditVault among hostile parties', () => {
  let credit: CreditFixture;
  let vault: Contract;
  let token: Contract;
  let mallory: Contract;

  // Mallory, a contract, trained model 1, with a share of 20 %; Alice trained model 2 from it.
  beforeEach(async () => {
    credit = await CreditFixture.create();
    ({ vault, token } = credit);
    mallory = await deploy(credit.chain, 'HostileReceiver');
    await actAs(mallory, credit.lineage, 'chooseShare', [2_000]);
    await actAs(mallory, credit.lineage, 'addOrigin', [model(1), 1]);
    await credit.train(2, credit.alice, 1);
  });

  const call = (functionName: string, args: readonly unknown[]) =>
    encodeFunctionData({ abi: vault.abi, functionName, args });
  const withdrawOwn = (to = mallory.address) => ['withdraw', [mallory.address, ETHER, to]] as const;
  const owed = () => Promise.all([credit.credit(credit.alice), credit.credit(mallory.address)]);
  const held = () => credit.balance(vault.address);

  /** Mallory is owed 200, Alice 800. */
  const earn = async () => {
    await credit.pay(2, 1_000n);
    await credit.claim(1, 2);
    await credit.collect([2]);
    assert.deepEqual(await owed(), [800n, 200n]);
  };

  describe('who receive Ether', () => {
    for (const manner of ['revert', 'burnGas', 'revertBomb'] as const) {
      it(`reverts with TransferFailed for a receiver that answers with ${manner}, and nothing has happened`, async () => {
        await earn();
        await mallory.send('behave', [RECEIVER[manner], ETHER, '0x']);
        const args = [ETHER, mallory.address, 200n];
        await reverts(actAs(mallory, vault, ...withdrawOwn()), 'TransferFailed', args);
        assert.deepEqual(await owed(), [800n, 200n]);
        assert.equal(await held(), 1_000n);
      });
    }

    it('lets a receiver that refused send its money elsewhere', async () => {
      await earn();
      await mallory.send('behave', [RECEIVER.revert, ETHER, '0x']);
      const to = '0x00000000000000000000000000000000000beef2';
      await actAs(mallory, vault, ...withdrawOwn(to));
      assert.equal(await credit.balance(to), 200n);
    });

    it('pays a receiver that answers with a megabyte without copying it', async () => {
      await earn();
      await mallory.send('behave', [RECEIVER.accept, ETHER, '0x']);
      const plain = await actAs(mallory, vault, ...withdrawOwn());
      await earn2();
      await mallory.send('behave', [RECEIVER.returnBomb, ETHER, '0x']);
      const bomb = await actAs(mallory, vault, ...withdrawOwn());
      assert.equal(await credit.balance(mallory.address), 400n);
      // The receiver pays for its own memory, 2.2 million gas; a copy would cost as much again.
      assert.ok(bomb.gasUsed - plain.gasUsed < 2_400_000n, `${bomb.gasUsed} against ${plain.gasUsed}`);
    });

    const earn2 = async () => {
      await credit.pay(1, 200n);
      await credit.collect([1]);
    };

    it('holds up nobody else: payments, claims and other withdrawals go on', async () => {
      await mallory.send('behave', [RECEIVER.burnGas, ETHER, '0x']);
      await earn();
      await vault.send('withdraw', [credit.alice, ETHER, credit.carol], credit.alice);
      assert.equal(await held(), 200n);
    });

    it('pays a receiver that calls back to withdraw again only once', async () => {
      await earn();
      const again = call('withdraw', withdrawOwn()[1]);
      await mallory.send('behave', [RECEIVER.reenter, vault.address, again]);
      await actAs(mallory, vault, ...withdrawOwn());
      assert.equal(await mallory.read('reentered'), false);
      assert.equal(await mallory.read('answer'), REENTERED);
      assert.equal(await credit.balance(mallory.address), 200n);
      assert.equal(await held(), 800n);
    });

    it('lets a receiver call back to claim, which finds everything in order', async () => {
      await earn();
      await credit.pay(2, 500n);
      const inner = call('claim', [ETHER, model(1), model(2), []]);
      await mallory.send('behave', [RECEIVER.reenter, vault.address, inner]);
      await actAs(mallory, vault, ...withdrawOwn());
      assert.equal(await mallory.read('reentered'), true);
      await credit.collect([2]);
      assert.deepEqual(await owed(), [1_200n, 100n]);
      assert.equal(await held(), 1_300n);
    });

    it('holds up nobody by a payout address that refuses: its key takes the credit elsewhere', async () => {
      await credit.trainers.send('setPayout', [credit.alice, mallory.address], credit.alice);
      await earn();
      await mallory.send('behave', [RECEIVER.revert, ETHER, '0x']);
      for (const account of [credit.alice, mallory.address]) {
        const amount = await credit.credit(account);
        await reverts(vault.send('withdrawFor', [account, ETHER]), 'TransferFailed', [ETHER, mallory.address, amount]);
      }
      assert.deepEqual(await owed(), [800n, 200n]);
      const to = '0x00000000000000000000000000000000000beef4';
      await vault.send('withdraw', [credit.alice, ETHER, to], credit.alice);
      assert.equal(await credit.balance(to), 800n);
    });

    it('sends to one that withdraws for itself from within only once', async () => {
      await earn();
      const inner = call('withdrawFor', [mallory.address, ETHER]);
      await mallory.send('behave', [RECEIVER.reenter, vault.address, inner]);
      await vault.send('withdrawFor', [mallory.address, ETHER]);
      assert.equal(await mallory.read('answer'), REENTERED);
      assert.deepEqual([await credit.balance(mallory.address), await held()], [200n, 800n]);
    });
  });

  describe('that are tokens', () => {
    const payToken = (amount = 100n) => vault.send('payToken', [model(1), token.address, amount], credit.bob);
    const takeOut = (to = credit.carol) => actAs(mallory, vault, 'withdraw', [mallory.address, token.address, to]);
    const behave = (manner: keyof typeof TOKEN, target = ETHER, data = '0x') =>
      token.send('behave', [TOKEN[manner], target, data]);
    const balance = (of: string) => token.read('balanceOf', [of]);

    beforeEach(() => token.send('mint', [credit.bob, 1_000n]));

    for (const manner of ['standard', 'noReturn', 'returnBomb'] as const) {
      it(`takes and gives tokens whose answer is ${manner}`, async () => {
        await behave(manner);
        await payToken();
        await credit.collect([1], token.address);
        await takeOut();
        assert.deepEqual([await balance(credit.carol), await balance(vault.address)], [100n, 0n]);
      });
    }

    for (const manner of ['answersFalse', 'answersShort', 'reverts'] as const) {
      it(`reverts with TransferFailed on the way in where the answer is ${manner}`, async () => {
        await behave(manner);
        await reverts(payToken(), 'TransferFailed', [token.address, vault.address, 100n]);
      });

      it(`reverts with TransferFailed on the way out where the answer is ${manner}, and nothing has happened`, async () => {
        await payToken();
        await credit.collect([1], token.address);
        await behave(manner);
        await reverts(takeOut(), 'TransferFailed', [token.address, credit.carol, 100n]);
        await behave('standard');
        await takeOut();
        assert.equal(await balance(credit.carol), 100n);
      });
    }

    it('reverts with NothingReceived where nothing arrives, or less than nothing', async () => {
      await payToken();
      for (const manner of ['keepsEverything', 'takesBack'] as const) {
        await behave(manner);
        await reverts(payToken(), 'NothingReceived', [token.address]);
      }
    });

    it('counts a payment within a payment once', async () => {
      await token.send('mint', [token.address, 100n]);
      await behave('reenter', vault.address, call('payToken', [model(1), token.address, 100n]));
      await payToken();
      assert.equal(await token.read('reentered'), false);
      assert.equal(await token.read('answer'), REENTERED);
      assert.equal(await vault.read('paid', [model(1), token.address]), await balance(vault.address));
    });

    it('gives nothing twice to a token that calls back on the way out', async () => {
      await payToken();
      await credit.collect([1], token.address);
      const inner = call('withdraw', [mallory.address, token.address, credit.carol]);
      // The token calls Mallory, who is the trainer, who calls the vault.
      const asMallory = encodeFunctionData({ abi: mallory.abi, functionName: 'act', args: [vault.address, inner] });
      await behave('reenter', mallory.address, asMallory);
      await takeOut();
      assert.equal(await token.read('answer'), REENTERED);
      assert.deepEqual([await balance(credit.carol), await balance(vault.address)], [100n, 0n]);
    });

    it('leaves Ether and other tokens alone', async () => {
      await earn();
      const other = await deploy(credit.chain, 'HostileToken');
      await other.send('mint', [credit.bob, 70n]);
      await vault.send('payToken', [model(1), other.address, 70n], credit.bob);
      await payToken();
      await behave('keepsEverything');
      await credit.collect([1], token.address);
      await takeOut();
      assert.equal(await held(), 1_000n);
      assert.equal(await other.read('balanceOf', [vault.address]), 70n);
      assert.equal(await vault.read('paid', [model(1), other.address]), 70n);
    });
  });
});
