// What trainers of descendants try so that an ancestor gets less than its share, and what all of it costs.
import assert from 'node:assert/strict';
import { before, beforeEach, describe, it } from 'node:test';
import hre from 'hardhat';
import { type Address, encodeFunctionData, getAddress, parseEther } from 'viem';
import { requirePinnedGas } from '../support/gas.ts';
import { reverts } from './support/chain.ts';
import { CreditFixture, type Step } from './support/credit.ts';
import { ETHER, model } from './support/money.ts';

const ONE = parseEther('1');
/** 5 %. */
const SHARE = 500;
const DUE = parseEther('0.05');

let credit: CreditFixture;
let base: Address;
let mallory: Address;

/** Node 1 is the base, with a share of 5 %. All other nodes are Mallory's. */
async function fresh(): Promise<void> {
  credit = await CreditFixture.create();
  [base, mallory] = [credit.alice, credit.bob];
  await credit.choose(base, SHARE);
  await credit.seed(1, base);
}

/** What the base gets of 1 Ether for a model, by one way. */
async function gets(of: number, steps: readonly Step[] = []): Promise<bigint> {
  await credit.pay(of, ONE);
  const before = await credit.credit(base);
  await credit.claim(1, of, steps);
  return (await credit.credit(base)) - before;
}

interface Payout {
  node: bigint;
  account: Address;
  ways: bigint;
  amount: bigint;
}

/** Payouts with the numbers of their nodes, and what is left. */
async function split(of: number, amount: bigint, limit: number): Promise<{ payouts: Payout[]; left: bigint }> {
  const [payouts, left] = await credit.vault.read('split', [model(of), amount, limit]);
  const list = (payouts as { node: string; account: Address; ways: bigint; amount: bigint }[]).map((payout) => ({
    ...payout,
    node: BigInt(payout.node),
  }));
  assert.equal(
    list.reduce((sum, payout) => sum + payout.amount, left as bigint),
    amount,
  );
  return { payouts: list, left };
}

const row = (payout: Payout) => [payout.node, payout.account, payout.ways, payout.amount];

describe('whatever lies between, the base gets its share', () => {
  beforeEach(fresh);

  it('0.05 of 1 Ether after two edges of the descendant’s owner, as without them', async () => {
    await credit.train(2, mallory, 1);
    await credit.train(3, mallory, 2);
    await credit.train(4, mallory, 3);
    assert.equal(await gets(2), DUE);
    assert.equal(await gets(4), DUE);
    await credit.collect([4]);
    assert.equal(await credit.credit(mallory), ONE - DUE);
  });

  it('the same where parents of the owner’s own take high shares, and where nothing would be left for it', async () => {
    await credit.choose(mallory, 5_000);
    await credit.seed(2, mallory);
    await credit.merge(3, mallory, [2, 1]);
    await reverts(credit.pay(3, ONE), 'StackTooHigh', [model(3), [model(2), model(1)]]);
    await credit.choose(mallory, 4_500);
    await credit.merge(4, mallory, [2, 1]);
    assert.equal(await gets(4, [[4, 1]]), DUE);
    await credit.choose(mallory, 0);
    await credit.train(5, mallory, 4);
    assert.equal(await gets(5, [[4, 1]]), DUE);
  });

  it('the same whatever the weights, also where other parents take the base’s weights out again', async () => {
    await credit.train(2, mallory, 1);
    await credit.seed(3, mallory);
    await credit.merge(4, mallory, [3, 2, 1], [2 ** 19, 1, 1]);
    // Once for each way: 4 - 2 - 1 and 4 - 1.
    assert.equal(await gets(4, [[4, 2]]), DUE);
    assert.equal(await gets(4, [[4, 1]]), 2n * DUE, 'of both payments');
    await credit.claim(1, 4, [[4, 2]]);
    assert.equal(await credit.credit(base), 4n * DUE);
  });

  it('the same through children that a foreign program made', async () => {
    await credit.seed(2, mallory);
    await credit.foreign(3, mallory, [2, 1]);
    await credit.foreign(4, mallory, [3]);
    assert.equal(await gets(4, [[3, 1]]), DUE);
  });

  it('once for each way through diamonds, until they cannot be paid', async () => {
    let top = 1;
    for (let ways = 2n; ways <= 16n; ways *= 2n) {
      await credit.train(top + 1, mallory, top);
      await credit.merge(top + 2, mallory, [top, top + 1]);
      top += 2;
      const { payouts } = await split(top, ONE, 50);
      assert.deepEqual(row(payouts[1]), [1n, base, ways, ways * DUE]);
    }
    assert.equal(await gets(top), DUE);
    assert.equal(
      await gets(top, [
        [top, top - 1],
        [top - 2, top - 3],
      ]),
      2n * DUE,
    );
    await credit.train(top + 1, mallory, top);
    await credit.merge(top + 2, mallory, [top, top + 1]);
    await reverts(credit.pay(top + 2, ONE), 'StackTooHigh', [model(top + 2), [model(top), model(top + 1)]]);
  });

  it('the same below a thousand nodes without a share, and through a thousand of them', async () => {
    await credit.seed(2, mallory);
    await credit.line(1, 10_000, 1_000, mallory);
    await credit.line(2, 20_000, 1_000, mallory);
    await credit.merge(3, mallory, [20_999, 10_999]);
    assert.equal(await gets(10_999), DUE);
    assert.equal(await gets(3, [[3, 10_999]]), DUE);
    const { payouts, left } = await split(3, ONE, 5);
    assert.deepEqual(payouts.map(row), [
      [3n, mallory, 1n, ONE - DUE],
      [1n, base, 1n, DUE],
    ]);
    assert.equal(left, 0n);
  });

  it('the same by a way of more merges than are claimed at once: it is recorded in parts', async () => {
    const steps: Step[] = [];
    let top = 1;
    await credit.seed(2, mallory);
    for (let number = 3; number < 43; number += 1) {
      await credit.merge(number, mallory, [2, top]);
      steps.unshift([number, top]);
      top = number;
    }
    const list = steps.flat().map((number) => model(number));
    await credit.pay(top, ONE);
    let mark = model(0);
    for (let done = 0; done < list.length; done += 20) {
      const args = [model(top), mark, list.slice(done, done + 20)];
      mark = await credit.vault.simulate('recordWay', args);
      await credit.vault.send('recordWay', args);
    }
    await credit.vault.send('claimAll', [ETHER, [[model(1), model(top), mark, []]]]);
    assert.equal(await credit.credit(base), DUE);
    assert.equal(await credit.claimed(1, top, steps), 0n);
  });

  it('the same whatever was chosen, lowered or handed on elsewhere', async () => {
    await credit.choose(mallory, 5_000);
    await credit.train(2, mallory, 1);
    await credit.choose(base, 0);
    await credit.choose(mallory, 0);
    await credit.train(3, mallory, 2);
    await credit.vault.send('lowerShare', [model(2), 0n], mallory);
    await credit.rotate(base, base, credit.carol);
    assert.equal(await gets(3), DUE);
  });
});

describe('split', () => {
  beforeEach(fresh);

  it('names the model, then ancestors with a share, the latest first, with their ways', async () => {
    await credit.choose(mallory, 1_000);
    await credit.train(2, mallory, 1);
    await credit.choose(mallory, 0);
    await credit.train(3, mallory, 2);
    await credit.train(4, mallory, 2);
    await credit.merge(5, credit.carol, [3, 4, 1]);
    const { payouts, left } = await split(5, 1_000n, 20);
    assert.deepEqual(payouts.map(row), [
      [5n, credit.carol, 1n, 650n],
      [2n, mallory, 2n, 200n],
      [1n, base, 3n, 150n],
    ]);
    assert.equal(left, 0n);
  });

  it('is what claims and collections credit, and tells what rounding leaves', async () => {
    await credit.choose(mallory, 333);
    await credit.train(2, mallory, 1);
    await credit.train(3, mallory, 2);
    await credit.vault.send('lowerShare', [model(2), 77n], mallory);
    await credit.choose(credit.carol, 4_000);
    await credit.merge(4, credit.carol, [3, 2]);
    const { payouts, left } = await split(4, 999n, 20);
    await credit.pay(4, 999n);
    for (const [ancestor, steps] of [
      [3, []],
      [2, []],
      [1, []],
      [2, [[4, 2]]],
      [1, [[4, 2]]],
    ] as [number, Step[]][]) {
      await credit.claim(ancestor, 4, steps);
    }
    await credit.collect([4]);
    const sum = (account: Address) =>
      payouts.filter((payout) => payout.account === account).reduce((total, { amount }) => total + amount, 0n);
    for (const account of [base, mallory, credit.carol]) assert.equal(await credit.credit(account), sum(account));
    // 5 ways and the rest, and 2 of the ways in two parts.
    assert.ok(left > 0n && left < 8n, `${left}`);
    assert.equal(
      left,
      999n - (await credit.credit(base)) - (await credit.credit(mallory)) - (await credit.credit(credit.carol)),
    );
  });

  it('finds the top of runs without a share, however long, and visits no node without a stack', async () => {
    for (const length of [1, 2, 3, 4, 5, 8, 21]) {
      const first = 1_000 * length;
      await credit.line(1, first, length, mallory);
      const { payouts } = await split(first + length - 1, ONE, 3);
      assert.deepEqual(row(payouts[1]), [1n, base, 1n, DUE]);
    }
    // A run below a merge whose second parent bears the share, and one below a node with a share amid a line.
    await credit.seed(2, mallory);
    await credit.merge(3, mallory, [2, 1]);
    await credit.line(3, 50_000, 9, mallory);
    await credit.choose(mallory, 100);
    await credit.train(4, mallory, 50_008);
    await credit.choose(mallory, 0);
    await credit.line(4, 60_000, 9, mallory);
    const { payouts } = await split(60_008, ONE, 6);
    assert.deepEqual(
      payouts.map(({ node, amount }) => [node, amount]),
      [
        [60_008n, ONE - DUE - ONE / 100n],
        [4n, ONE / 100n],
        [1n, DUE],
      ],
    );
    // Nobody has a share: one look is enough.
    assert.equal((await split(2, ONE, 1)).payouts.length, 1);
  });

  it('reverts with SplitTooLarge above its limit, UnknownModel and AmountTooLarge', async () => {
    await credit.train(2, mallory, 1);
    await credit.train(3, mallory, 2);
    await split(3, ONE, 3);
    for (const limit of [1, 2]) await reverts(split(3, ONE, limit), 'SplitTooLarge', [BigInt(limit)]);
    await reverts(split(9, ONE, 3), 'UnknownModel', [model(9)]);
    await reverts(split(3, 2n ** 128n, 3), 'AmountTooLarge', [2n ** 128n]);
    assert.deepEqual((await split(3, 2n ** 128n - 1n, 3)).payouts.length, 2);
  });

  it('of 400 nodes with a share each answers within the gas of a transaction', async () => {
    await credit.choose(mallory, 9);
    await credit.line(1, 10_000, 400, mallory);
    const { payouts } = await split(10_399, ONE, 401);
    assert.equal(payouts.length, 401);
    assert.deepEqual(row(payouts[400]), [1n, base, 1n, DUE]);
  });
});

// Counting lines takes gas. Code over the intermediate language differs a little with what is compiled beside it.
const TOLERANCE = 200;
describe('on a line of 10,000 nodes', { skip: hre.globalOptions.coverage }, () => {
  const LAST = 10_001;
  const DEPTHS = [0, 1, 2, 6, 62, 1_022, 4_094, 4_095, 5_000, 7_777, 8_188, 8_190, 8_191, 9_000, 9_990, 9_998];

  /** Gas of a claim of the node at a depth, as a transaction. */
  const gasOf = async (depth: number) => {
    const { address, abi } = credit.vault;
    const args = [ETHER, model(depth + 2), model(LAST), []];
    const data = encodeFunctionData({ abi, functionName: 'claim', args });
    const hash = await credit.chain.wallet.sendTransaction({ account: mallory, to: address, data, chain: null });
    const receipt = await credit.chain.read.getTransactionReceipt({ hash });
    assert.equal(receipt.status, 'success');
    return Number(receipt.gasUsed);
  };

  // Nodes 2 to 10,001, each with a share of 1/10,000 and the same trainer.
  before(async () => {
    credit = await CreditFixture.create();
    [base, mallory] = [credit.alice, credit.bob];
    await credit.choose(base, 1);
    await credit.seed(2, base);
    await credit.line(2, 3, 9_999, base);
    await credit.pay(LAST, ONE);
  });

  it('each claim takes at most 120,000 gas, the very first of a trainer 140,000', async () => {
    const measured = [];
    // Each depth once as the very first claim of all: then the trainer has no credit yet.
    for (const depth of DEPTHS) {
      const snapshot = await credit.chain.request('evm_snapshot');
      measured.push(await gasOf(depth));
      await credit.chain.request('evm_revert', snapshot);
    }
    const first = Math.max(...measured);
    const further = [];
    for (const depth of DEPTHS) further.push(await gasOf(depth));
    const later = Math.max(...further.slice(1));
    await credit.pay(LAST, ONE);
    const again = [];
    for (const depth of DEPTHS) again.push(await gasOf(depth));
    assert.equal(await credit.credit(base), (2n * BigInt(DEPTHS.length) * ONE) / 10_000n);
    // Then the word of the trainer's credit is new.
    assert.ok(first <= 140_000, `${first}: the very first`);
    assert.ok(later <= 120_000, `${later}: the first for a way`);
    const gas = {
      'claim on 10,000 nodes, the very first of a trainer, at most': first,
      'claim on 10,000 nodes, the first for a way, at most': later,
      'claim on 10,000 nodes, later, at most': Math.max(...again),
    };
    requirePinnedGas(gas, TOLERANCE);
  });

  it('a payment, a collection and a withdrawal take the same as anywhere', async () => {
    const paid = await credit.pay(LAST, ONE);
    const collected = await credit.collect([LAST]);
    const to = getAddress('0x00000000000000000000000000000000000beef3');
    const withdrawn = await credit.vault.send('withdraw', [base, ETHER, to], base);
    await credit.pay(LAST, ONE);
    const later = await credit.collect([LAST]);
    const gas = {
      'pay, later': Number(paid.gasUsed),
      'collect, first time': Number(collected.gasUsed),
      'collect, first since a withdrawal': Number(later.gasUsed),
      'withdraw to an account that is new': Number(withdrawn.gasUsed),
    };
    requirePinnedGas(gas, TOLERANCE);
  });
});
