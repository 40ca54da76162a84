// What trainers take of payments to descendants of their models, and how it adds up.
import assert from 'node:assert/strict';
import { afterEach, before, beforeEach, describe, it } from 'node:test';
import fc from 'fast-check';
import { type Address, concat, encodeFunctionData, type Hex, toHex, zeroAddress } from 'viem';
import { abiOf, Contract, reverts } from './support/chain.ts';
import { idOf } from './support/foreign.ts';
import { deploy } from './support/money.ts';
import {
  chainClaims,
  type Model,
  mergeClaim,
  type Registered,
  RegistryFixture,
  trainClaim,
} from './support/registryFixture.ts';

const WIDTHS = [5, 4, 3];
const MOST = 5_000;
const OVER = 10_001n;

let fixture: RegistryFixture;
let shard: Registered;
let snapshot: unknown;

before(async () => {
  fixture = await RegistryFixture.create();
  shard = await fixture.registerShard({ inputs: 5, outputs: 3, rows: 16, kind: 'classes' });
});
beforeEach(async () => {
  snapshot = await fixture.chain.request('evm_snapshot');
});
afterEach(async () => {
  await fixture.chain.request('evm_revert', snapshot);
});

const choose = (trainer: Address, share: number) => fixture.registry.send('chooseShare', [share], trainer);
const chosen = (trainer: Address) => fixture.registry.read('chosenShare', [trainer]);
/** Share and stack of a model. */
async function creditOf(model: Model): Promise<[share: bigint, stack: bigint]> {
  const [trainer, number, share, stack] = await fixture.registry.read('creditOf', [idOf(model)]);
  const node = await fixture.registry.read('node', [idOf(model)]);
  assert.deepEqual([trainer, number], [node.trainer, node.number]);
  return [share, stack];
}
async function train(parent: Model, trainer = fixture.alice) {
  const claim = trainClaim(parent, shard);
  await fixture.submit(claim, trainer);
  return claim;
}

describe('a chosen share', () => {
  it('is none before, then what was chosen last, and an event says so', async () => {
    const { alice, bob } = fixture;
    assert.equal(await chosen(alice), 0n);
    for (const share of [MOST, 17, 0]) {
      assert.deepEqual(fixture.events(await choose(alice, share)), [
        { eventName: 'ShareChosen', args: { trainer: alice, share: BigInt(share) } },
      ]);
      assert.equal(await chosen(alice), BigInt(share));
      assert.equal(await chosen(bob), 0n);
    }
  });

  it('is at most half: above, ShareOutOfRange', async () => {
    for (const share of [5_001n, 10_000n, 2n ** 256n - 1n]) {
      await reverts(fixture.registry.send('chooseShare', [share], fixture.alice), 'ShareOutOfRange', [share]);
    }
  });

  it('is that of whom the relay speaks for', async () => {
    const { alice, bob, chain, verifiers } = fixture;
    const registry = await deploy(chain, 'ModelRegistry', [verifiers.address, bob]);
    const call = encodeFunctionData({ abi: registry.abi, functionName: 'chooseShare', args: [40n] });
    await chain.wallet.sendTransaction({
      account: bob,
      to: registry.address,
      data: concat([call, alice]),
      chain: null,
    });
    assert.deepEqual(
      [await registry.read('chosenShare', [alice]), await registry.read('chosenShare', [bob])],
      [40n, 0n],
    );
  });

  it('is kept by every kind of node as it was when the node was registered', async () => {
    const { alice, bob } = fixture;
    const before = await fixture.importModel(WIDTHS);
    await choose(alice, 100);
    await choose(bob, 30);
    const seed = await fixture.seedModel(WIDTHS);
    const imported = await fixture.importModel(WIDTHS);
    const trained = await train(seed, bob);
    const chain = chainClaims(imported, [{ shard }, { shard }, { shard }]);
    await fixture.trainMany(chain, [true, false, true]);
    const merge = mergeClaim([trained, chain[2], before]);
    await fixture.submit(merge, bob);
    const expected: [Model, bigint, bigint][] = [
      [before, 0n, 0n],
      [seed, 100n, 100n],
      [imported, 100n, 100n],
      [trained, 30n, 130n],
      [chain[0], 100n, 200n],
      [chain[2], 100n, 300n],
      [merge, 30n, 460n],
    ];
    const told = async () => {
      for (const [model, ...credit] of expected) assert.deepEqual(await creditOf(model), credit);
    };
    await told();
    // A later choice is for later nodes: what stands keeps its share, its stack and so do its children's stacks.
    await choose(alice, 0);
    await choose(bob, MOST);
    await told();
    assert.deepEqual(await creditOf(await train(merge)), [0n, 460n]);
    assert.deepEqual(await creditOf(await train(merge, bob)), [5_000n, 5_460n]);
  });

  it('counts once for each way that leads down from it', async () => {
    const { alice, bob } = fixture;
    await choose(alice, 100);
    const top = await fixture.seedModel(WIDTHS);
    const [left, right] = [await train(top, bob), await train(top, bob)];
    const merge = mergeClaim([left, right, top]);
    await fixture.submit(merge, bob);
    assert.deepEqual(await creditOf(merge), [0n, 300n]);
    const again = mergeClaim([merge, left]);
    await fixture.submit(again);
    assert.deepEqual(await creditOf(again), [100n, 500n]);
  });

  it('is all zero where there is no such node', async () => {
    const none = await fixture.registry.read('creditOf', [toHex(5, { size: 32 })]);
    assert.deepEqual(none, [zeroAddress, 0n, 0n, 0n]);
  });
});

describe('a stack', () => {
  it('may take the whole, and is 10,001 from there on, however much more it would be', async () => {
    const { alice, bob } = fixture;
    await choose(alice, MOST);
    const half = await fixture.seedModel(WIDTHS);
    const whole = await train(half);
    assert.deepEqual(await creditOf(whole), [5_000n, 10_000n]);
    assert.deepEqual(await creditOf(await train(whole, bob)), [0n, 10_000n], 'a child that takes nothing');
    const over = await train(whole);
    assert.equal((await creditOf(over))[1], OVER);
    assert.deepEqual(await creditOf(await train(over)), [0n, OVER]);
    assert.deepEqual(
      await creditOf(await train(over, bob)),
      [0n, OVER],
      'nor does a child without a share bring it down',
    );
    await choose(bob, 1);
    assert.equal((await creditOf(await train(whole, bob)))[1], OVER);
    const merge = mergeClaim([half, whole]);
    await fixture.submit(merge);
    assert.equal((await creditOf(merge))[1], OVER);
    const models = [over];
    for (let i = 0; i < 7; i++) models.push(await train(whole));
    const eight = mergeClaim(models);
    await fixture.submit(eight);
    assert.deepEqual(await creditOf(eight), [0n, OVER], 'of eight parents that are all above');
  });

  it('is the sum over all ways in any lineage', async () => {
    const lineage = new Contract(
      fixture.chain,
      await fixture.chain.deploy('LineageHarness'),
      await abiOf('LineageHarness'),
    );
    const id = (n: number): Hex => toHex(n, { size: 32 });
    const node = fc.record({
      seed: fc.nat(1_000_000),
      count: fc.nat(4),
      share: fc.constantFrom(0, 1, 7, 300, 2_500, MOST),
    });
    await fc.assert(
      fc.asyncProperty(fc.array(node, { minLength: 12, maxLength: 24 }), async (choices) => {
        const before = await fixture.chain.request('evm_snapshot');
        const stacks: bigint[] = [0n];
        for (const { seed, count, share } of choices) {
          const next = stacks.length;
          const picks = Array.from({ length: count }, (_, i) => 1 + ((seed + i * 7919) % Math.max(1, next - 1)));
          const parents = next === 1 ? [] : [...new Set(picks)];
          await lineage.send('chooseShare', [share]);
          if (parents.length === 0) await lineage.send('addOrigin', [id(next), 1]);
          else if (seed % 5 === 0) await lineage.send('addForeign', [id(next), parents.map(id)]);
          else if (parents.length === 1) await lineage.send('addChild', [id(next), id(parents[0])]);
          else await lineage.send('addMerge', [id(next), parents.map(id), parents.map(() => 1n)]);
          const sum = parents.reduce((total, parent) => total + stacks[parent], BigInt(share));
          stacks.push(sum);
          const [, , told, stack] = await lineage.read('creditOf', [id(next)]);
          assert.equal(stack, sum > 10_000n ? OVER : sum);
          if (sum <= 10_000n) assert.equal(told, BigInt(share));
        }
        await fixture.chain.request('evm_revert', before);
      }),
      { numRuns: 8 },
    );
  });
});
