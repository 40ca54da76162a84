// What fits in a transaction since Osaka: 2^24 gas. Lists that do not are refused with how many of them do.
import assert from 'node:assert/strict';
import { before, describe, it } from 'node:test';
import hre from 'hardhat';
import { BaseError, ContractFunctionRevertedError, type Hex } from 'viem';
import { resultId } from '../../src/registry/statement.ts';
import { type Contract, reverts, type TestChain, testChain } from './support/chain.ts';
import { deploy, ETHER, model, sendValue } from './support/money.ts';
import { type Model, mergeClaim, RegistryFixture } from './support/registryFixture.ts';

const MOST_GAS = 2n ** 24n;
const KIND_SEED = 1;

/** The arguments of a revert that has this name. */
async function revertedWith(call: Promise<unknown>, name: string): Promise<readonly unknown[]> {
  const error = await call.then(
    () => assert.fail(`no revert, but ${name} was expected`),
    (reason: unknown) => reason,
  );
  const revert = error instanceof BaseError ? error.walk((e) => e instanceof ContractFunctionRevertedError) : undefined;
  if (!(revert instanceof ContractFunctionRevertedError)) throw error;
  assert.equal(revert.data?.errorName, name);
  return revert.data?.args ?? [];
}

describe('under the rules of osaka, in transactions of at most 2^24 gas', { concurrency: false }, () => {
  let chain: TestChain;
  /** The registry's own graph, without proofs. */
  let lineage: Contract;
  let vault: Contract;
  /** 1,200 nodes below one seed, for parents. */
  const LINE = 1_000_000;
  let lastParent = LINE;
  let lastModel = 0;

  before(async () => {
    chain = await testChain({ hardfork: 'osaka' });
    lineage = await deploy(chain, 'LineageHarness');
    vault = await deploy(chain, 'CreditVault', [lineage.address]);
    await lineage.send('addOrigin', [model(LINE), KIND_SEED]);
    for (let first = LINE + 1; first < LINE + 1_200; first += 100) {
      await transact('addLine', [model(first === LINE + 1 ? LINE : first - 1), BigInt(first), 100n]);
    }
  });

  async function transact(functionName: string, args: readonly unknown[], contract = lineage) {
    const { address, abi } = contract;
    const call = { address, abi, functionName, args, account: chain.accounts[0], chain: null, gas: MOST_GAS };
    const receipt = await chain.read.getTransactionReceipt({ hash: await chain.wallet.writeContract(call) });
    assert.equal(receipt.status, 'success');
    assert.ok(receipt.gasUsed <= MOST_GAS);
    return receipt;
  }

  const simulate = (functionName: string, args: readonly unknown[], gas: bigint) => {
    const { address, abi } = vault;
    return chain.read.simulateContract({ address, abi, functionName, args, account: chain.accounts[0], gas });
  };

  /** Models that were paid, each a merge of as many parents that nobody ever credited. */
  async function paidMerges(count: number, parents: number): Promise<Hex[]> {
    const ids: Hex[] = [];
    for (let i = 0; i < count; i++) {
      const id = model(++lastModel);
      const of = Array.from({ length: parents }, () => model(++lastParent));
      await lineage.send('addMerge', [id, of, of.map(() => 1n)]);
      await sendValue(vault, 'pay', [id], 10n ** 9n);
      ids.push(id);
    }
    return ids;
  }

  const unsplit = async (ids: readonly Hex[]) => {
    let sum = 0n;
    for (const id of ids) sum += await vault.read('unsplit', [id, ETHER]);
    return sum;
  };

  // Counting lines takes gas, so that Hardhat lifts the limit for it.
  it('more gas is refused by the chain', { skip: hre.globalOptions.coverage }, async () => {
    const call = { account: chain.accounts[0], to: chain.accounts[1], chain: null, gas: MOST_GAS + 1n };
    await assert.rejects(chain.wallet.sendTransaction(call), /gas/i);
    await chain.wallet.sendTransaction({ ...call, gas: MOST_GAS });
  });

  it('everything is deployed, and 8 parents are merged', async () => {
    const fixture = await RegistryFixture.create(await testChain({ hardfork: 'osaka' }));
    const widths = [5, 4, 3, 3, 3];
    const models: Model[] = [];
    while (models.length < 8) models.push(await fixture.importModel(widths));
    const claim = mergeClaim(models);
    const receipt = await fixture.submit(claim);
    assert.ok(receipt.gasUsed <= MOST_GAS, `${receipt.gasUsed}`);
    assert.equal((await fixture.registry.read('parents', [resultId(claim.statement)])).length, 8);
  });

  it('200 models with 2 parents each are settled at once', { skip: hre.globalOptions.coverage }, async () => {
    const ids = await paidMerges(200, 2);
    await transact('settleAll', [ids, ETHER], vault);
    assert.equal(await unsplit(ids), 0n);
    await transact('withdraw', [ids, ETHER, chain.accounts[1]], vault);
  });

  it('50 models with 8 parents each that were never credited are settled at once, more in several transactions', {
    skip: hre.globalOptions.coverage,
  }, async () => {
    const ids = await paidMerges(90, 8);
    const [count, fit] = (await revertedWith(
      simulate('settleAll', [ids, ETHER], MOST_GAS),
      'TooManyModels',
    )) as bigint[];
    assert.equal(count, 90n);
    assert.ok(fit >= 50n && fit < 90n, `${fit} fit`);
    // What the error says is so: that many fit, and the rest after them.
    await transact('settleAll', [ids.slice(0, Number(fit)), ETHER], vault);
    await transact('settleAll', [ids.slice(Number(fit)), ETHER], vault);
    assert.equal(await unsplit(ids), 0n);
  });

  it('a list that is too long changes nothing and names how many fit: settleAll and withdraw', async () => {
    const ids = await paidMerges(4, 2);
    const before_ = await unsplit(ids);
    assert.deepEqual(await revertedWith(simulate('settleAll', [ids, ETHER], 400_000n), 'TooManyModels'), [4n, 0n]);
    const [, fit] = (await revertedWith(simulate('settleAll', [ids, ETHER], 680_000n), 'TooManyModels')) as bigint[];
    assert.ok(fit > 0n && fit < 4n, `${fit}`);
    assert.equal(await unsplit(ids), before_);
    await transact('settleAll', [ids, ETHER], vault);
    const arguments_ = [ids, ETHER, chain.accounts[1]];
    assert.deepEqual(await revertedWith(simulate('withdraw', arguments_, 400_000n), 'TooManyModels'), [4n, 0n]);
    await transact('withdraw', arguments_, vault);
  });

  it('a split that is too deep for the gas names how many levels fit', async () => {
    const deepest = model(LINE + 900);
    const split = (depth: bigint, gas: bigint) => simulate('split', [deepest, 10n ** 18n, depth], gas);
    assert.deepEqual(await revertedWith(split(0n, 400_000n), 'SplitTooDeep'), [0n]);
    const [levels] = (await revertedWith(split(10_000n, 2_000_000n), 'SplitTooDeep')) as bigint[];
    assert.ok(levels > 20n && levels < 900n, `${levels}`);
    const { result } = await split(levels, 2_000_000n);
    assert.equal(
      (result as { amount: bigint }[]).reduce((sum, { amount }) => sum + amount, 0n),
      10n ** 18n,
    );
    await reverts(split(levels + 30n, 2_000_000n), 'SplitTooDeep', [levels]);
  });
});
