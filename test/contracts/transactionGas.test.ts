// What fits in a transaction since Osaka: 2^24 gas.
import assert from 'node:assert/strict';
import { before, describe, it } from 'node:test';
import hre from 'hardhat';
import { type Hex, zeroHash } from 'viem';
import { resultId } from '../../src/registry/statement.ts';
import { type Contract, type TestChain, testChain } from './support/chain.ts';
import { deploy, ETHER, model, sendValue } from './support/money.ts';
import { type Model, mergeClaim, RegistryFixture } from './support/registryFixture.ts';

const MOST_GAS = 2n ** 24n;
const KIND_SEED = 1;

describe('under the rules of osaka, in transactions of at most 2^24 gas', { concurrency: false }, () => {
  let chain: TestChain;
  /** The registry's own graph, without proofs. */
  let lineage: Contract;
  let vault: Contract;
  /** Seeds with a share of 1 % each, from this number on. */
  const SEEDS = 1_000_000;

  before(async () => {
    chain = await testChain({ hardfork: 'osaka' });
    lineage = await deploy(chain, 'LineageHarness');
    const trainers = await deploy(chain, 'Trainers', [chain.accounts[9]]);
    vault = await deploy(chain, 'CreditVault', [lineage.address, trainers.address, chain.accounts[9]]);
    await lineage.send('chooseShare', [100n]);
    for (let seed = SEEDS; seed < SEEDS + 8; seed++) await lineage.send('addOrigin', [model(seed), KIND_SEED]);
    await lineage.send('chooseShare', [0n]);
  });

  async function transact(functionName: string, args: readonly unknown[]) {
    const { address, abi } = vault;
    const call = { address, abi, functionName, args, account: chain.accounts[0], chain: null, gas: MOST_GAS };
    const receipt = await chain.read.getTransactionReceipt({ hash: await chain.wallet.writeContract(call) });
    assert.equal(receipt.status, 'success');
    assert.ok(receipt.gasUsed <= MOST_GAS);
  }

  /** Models that were paid 10,000 units each, merges of all seeds. */
  async function paidMerges(first: number, count: number): Promise<Hex[]> {
    const parents = Array.from({ length: 8 }, (_, i) => model(SEEDS + i));
    const ids = Array.from({ length: count }, (_, i) => model(first + i));
    for (const id of ids) {
      await lineage.send('addMerge', [id, parents, parents.map(() => 1n)]);
      await sendValue(vault, 'pay', [id], 10_000n);
    }
    return ids;
  }

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

  it('120 first claims through the last of 8 parents are made at once, and as many models collected', {
    skip: hre.globalOptions.coverage,
  }, async () => {
    const ids = await paidMerges(1, 120);
    const ancestor = model(SEEDS + 7);
    const claims = ids.map((id) => ({ ancestor, model: id, mark: zeroHash, steps: [id, ancestor] }));
    await transact('claimAll', [ETHER, claims]);
    const credit = () => vault.read('credit', [chain.accounts[0], ETHER]);
    assert.equal(await credit(), 120n * 100n);
    await transact('collect', [ids, ETHER]);
    assert.equal(await credit(), 120n * (100n + 9_200n));
  });

  it('200 merges of a way are recorded at once', {
    skip: hre.globalOptions.coverage,
  }, async () => {
    const [first, length] = [10_000, 200];
    const steps: Hex[] = [];
    let below = model(SEEDS);
    for (let number = first; number < first + length; number++) {
      await lineage.send('addMerge', [model(number), [model(SEEDS + 1), below], [1n, 1n]]);
      steps.unshift(model(number), below);
      below = model(number);
    }
    const mark = await vault.read('markOf', [below, zeroHash, steps]);
    await transact('recordWay', [below, zeroHash, steps]);
    assert.equal(await vault.read('recordedEnd', [below, mark]), model(SEEDS));
  });
});
