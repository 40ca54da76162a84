// The same contracts under the rules of the current mainnet hard fork and of the one before. With real proofs: test/journey.
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { testChain } from './support/chain.ts';
import { deploy, ETHER, sendValue } from './support/money.ts';
import { RegistryFixture } from './support/registryFixture.ts';
import { digestOf, RelayFixture, TRAINER } from './support/relay.ts';

for (const hardfork of ['osaka', 'prague']) {
  describe(`under the rules of ${hardfork}`, () => {
    it('every kind of edge is registered and relayed, and a model is paid', async () => {
      const relay = await RelayFixture.create(await RegistryFixture.create(await testChain({ hardfork })));
      const { registry } = relay.fixture;
      for (const wish of Object.values(await relay.wishes(TRAINER))) await relay.carry(wish, TRAINER);
      // The start, the child that the wishes descend from and a merge of both, one node each of seed, train, import and merge,
      // two of a chain, and a foreign one.
      const count: bigint = await registry.read('nodeCount');
      assert.equal(count, 10n);
      const kinds = [];
      for (let number = 1n; number <= count; number++) {
        kinds.push(await registry.read('kindOf', [await registry.read('nodeAt', [number])]));
      }
      assert.deepEqual(kinds, [1, 3, 4, 1, 3, 2, 4, 3, 3, 5]);

      const { vault } = relay;
      // Those of the chain.
      const [above, last] = await Promise.all(
        [count - 2n, count - 1n].map((number) => registry.read('nodeAt', [number])),
      );
      await sendValue(vault, 'pay', [last], 1_000n);
      await vault.send('claim', [ETHER, above, last, []]);
      assert.equal(await vault.read('credit', [TRAINER.address, ETHER]), 70n);
      await vault.send('collect', [[last], ETHER]);
      assert.equal(await vault.read('credit', [TRAINER.address, ETHER]), 1_000n);

      const account = await deploy(relay.fixture.chain, 'SmartAccount', [0]);
      const request = relay.request(relay.drawing().action, account.address);
      await account.send('approve', [digestOf(request)]);
      await relay.send(request, '0x');
    });
  });
}
