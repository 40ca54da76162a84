import assert from 'node:assert/strict';
import { beforeEach, describe, it } from 'node:test';
import { encodeFunctionData, toFunctionSelector } from 'viem';
import { type Contract, reverts } from './support/chain.ts';
import { actAs, deploy, ETHER, Family, model, RECEIVER, sendValue, TOKEN } from './support/money.ts';

const REENTERED = toFunctionSelector('ReentrancyGuardReentrantCall()');

describe('CreditVault among hostile parties', () => {
  let family: Family;
  let vault: Contract;
  let token: Contract;
  let mallory: Contract;

  // Mallory, a contract, trained model 1; Alice trained model 2 from it.
  beforeEach(async () => {
    family = await Family.create();
    vault = await deploy(family.chain, 'CreditVault', [family.lineage.address]);
    token = await deploy(family.chain, 'HostileToken');
    mallory = await deploy(family.chain, 'HostileReceiver');
    await family.seed(1, mallory.address);
    await family.train(2, family.alice, 1);
  });

  const call = (functionName: string, args: readonly unknown[]) =>
    encodeFunctionData({ abi: vault.abi, functionName, args });
  const withdrawOwn = (to = mallory.address) => ['withdraw', [[model(1)], ETHER, to]] as const;
  const earned = (number: number, of = ETHER) => vault.read('earned', [model(number), of]);
  const held = () => family.balance(vault.address);

  /** Model 1 has earned 200 and model 2 800. */
  const earn = async () => {
    await sendValue(vault, 'pay', [model(2)], 1_000n);
    await vault.send('settleAll', [[2, 1].map(model), ETHER]);
    assert.deepEqual([await earned(2), await earned(1)], [800n, 200n]);
  };

  describe('who receive Ether', () => {
    for (const manner of ['revert', 'burnGas', 'revertBomb'] as const) {
      it(`reverts with TransferFailed for a receiver that answers with ${manner}, and nothing has happened`, async () => {
        await earn();
        await mallory.send('behave', [RECEIVER[manner], ETHER, '0x']);
        const args = [ETHER, mallory.address, 200n];
        await reverts(actAs(mallory, vault, ...withdrawOwn()), 'TransferFailed', args);
        assert.equal(await earned(1), 200n);
        assert.equal(await held(), 1_000n);
      });
    }

    it('lets a receiver that refused send its money elsewhere', async () => {
      await earn();
      await mallory.send('behave', [RECEIVER.revert, ETHER, '0x']);
      const to = '0x00000000000000000000000000000000000beef2';
      await actAs(mallory, vault, ...withdrawOwn(to));
      assert.equal(await family.balance(to), 200n);
    });

    it('pays a receiver that answers with a megabyte without copying it', async () => {
      await earn();
      await mallory.send('behave', [RECEIVER.accept, ETHER, '0x']);
      const plain = await actAs(mallory, vault, ...withdrawOwn());
      await earn2();
      await mallory.send('behave', [RECEIVER.returnBomb, ETHER, '0x']);
      const bomb = await actAs(mallory, vault, ...withdrawOwn());
      assert.equal(await family.balance(mallory.address), 400n);
      // The receiver pays for its own memory, 2.2 million gas; a copy would cost as much again.
      assert.ok(bomb.gasUsed - plain.gasUsed < 2_400_000n, `${bomb.gasUsed} against ${plain.gasUsed}`);
    });

    const earn2 = async () => {
      await sendValue(vault, 'pay', [model(1)], 200n);
      await vault.send('settle', [model(1), ETHER]);
    };

    it('holds up nobody else: payments, settlements and other withdrawals go on', async () => {
      await mallory.send('behave', [RECEIVER.burnGas, ETHER, '0x']);
      await earn();
      await vault.send('withdraw', [[model(2)], ETHER, family.carol], family.alice);
      assert.equal(await held(), 200n);
    });

    it('pays a receiver that calls back to withdraw again only once', async () => {
      await earn();
      const again = call('withdraw', withdrawOwn()[1]);
      await mallory.send('behave', [RECEIVER.reenter, vault.address, again]);
      await actAs(mallory, vault, ...withdrawOwn());
      assert.equal(await mallory.read('reentered'), false);
      assert.equal(await mallory.read('answer'), REENTERED);
      assert.equal(await family.balance(mallory.address), 200n);
      assert.equal(await held(), 800n);
    });

    it('lets a receiver call back to settle, which finds everything in order', async () => {
      await earn();
      await sendValue(vault, 'pay', [model(2)], 500n);
      await mallory.send('behave', [RECEIVER.reenter, vault.address, call('settleAll', [[2, 1].map(model), ETHER])]);
      await actAs(mallory, vault, ...withdrawOwn());
      assert.equal(await mallory.read('reentered'), true);
      assert.deepEqual([await earned(2), await earned(1)], [1_200n, 100n]);
      assert.equal(await held(), 1_300n);
    });
  });

  describe('that are tokens', () => {
    const payToken = (amount = 100n) => vault.send('payToken', [model(1), token.address, amount], family.bob);
    const takeOut = (to = family.carol) => actAs(mallory, vault, 'withdraw', [[model(1)], token.address, to]);
    const behave = (manner: keyof typeof TOKEN, target = ETHER, data = '0x') =>
      token.send('behave', [TOKEN[manner], target, data]);
    const balance = (of: string) => token.read('balanceOf', [of]);

    beforeEach(() => token.send('mint', [family.bob, 1_000n]));

    for (const manner of ['standard', 'noReturn', 'returnBomb'] as const) {
      it(`takes and gives tokens whose answer is ${manner}`, async () => {
        await behave(manner);
        await payToken();
        await vault.send('settle', [model(1), token.address]);
        await takeOut();
        assert.deepEqual([await balance(family.carol), await balance(vault.address)], [100n, 0n]);
      });
    }

    for (const manner of ['answersFalse', 'answersShort', 'reverts'] as const) {
      it(`reverts with TransferFailed on the way in where the answer is ${manner}`, async () => {
        await behave(manner);
        await reverts(payToken(), 'TransferFailed', [token.address, vault.address, 100n]);
      });

      it(`reverts with TransferFailed on the way out where the answer is ${manner}, and nothing has happened`, async () => {
        await payToken();
        await vault.send('settle', [model(1), token.address]);
        await behave(manner);
        await reverts(takeOut(), 'TransferFailed', [token.address, family.carol, 100n]);
        await behave('standard');
        await takeOut();
        assert.equal(await balance(family.carol), 100n);
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
      assert.equal(await vault.read('unsplit', [model(1), token.address]), await balance(vault.address));
    });

    it('gives nothing twice to a token that calls back on the way out', async () => {
      await payToken();
      await vault.send('settle', [model(1), token.address]);
      const inner = call('withdraw', [[model(1)], token.address, family.carol]);
      // The token calls Mallory, who is the trainer, who calls the vault.
      const asMallory = encodeFunctionData({ abi: mallory.abi, functionName: 'act', args: [vault.address, inner] });
      await behave('reenter', mallory.address, asMallory);
      await takeOut();
      assert.equal(await token.read('answer'), REENTERED);
      assert.deepEqual([await balance(family.carol), await balance(vault.address)], [100n, 0n]);
    });

    it('leaves Ether and other tokens alone', async () => {
      await earn();
      const other = await deploy(family.chain, 'HostileToken');
      await other.send('mint', [family.bob, 70n]);
      await vault.send('payToken', [model(1), other.address, 70n], family.bob);
      await payToken();
      await behave('keepsEverything');
      await vault.send('settle', [model(1), token.address]);
      await takeOut();
      assert.equal(await held(), 1_000n);
      assert.equal(await other.read('balanceOf', [vault.address]), 70n);
      assert.equal(await vault.read('unsplit', [model(1), other.address]), 70n);
    });
  });
});
