import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { Reader } from '../../web/lib/chain/reader.ts';
import { ServedRegistry } from '../contracts/support/servedRegistry.ts';
import { type Faults, type NodeProxy, startNodeProxy } from '../support/nodeProxy.ts';

const ALWAYS = 1_000_000;

describe('what the page reads from', () => {
  let served: ServedRegistry;
  let proxy: NodeProxy;
  before(async () => {
    served = await ServedRegistry.create(1);
    proxy = await startNodeProxy(served.upstream);
  });
  after(() => proxy?.close());

  const open = () =>
    new Reader({
      chainId: 31337,
      chainName: 'Local chain',
      rpc: proxy.rpc,
      registry: served.fixture.registry.address,
      block: 0,
      devKeys: true,
      people: {},
    });

  const CASES: [string, NonNullable<Faults['refuse']>['refusal'], string][] = [
    ['HTTP 429', { status: 429, body: '{"error":"slow down"}' }, 'The node answers HTTP 429, too many requests.'],
    ['a web page', { status: 200, body: '<html>Welcome</html>' }, 'A web page answers there, not a node.'],
    ['a server in trouble', { status: 503, body: 'oops' }, 'The node answers HTTP 503.'],
  ];
  for (const [name, refusal, words] of CASES) {
    it(`${name} is named as such, and read from when it is a node again`, async () => {
      const reader = open();
      proxy.faults.refuse = { times: ALWAYS, refusal };
      await reader.refresh();
      assert.equal(reader.status.problem, words);
      assert.deepEqual([reader.status.answeredAt, reader.store.size], [0, 0]);
      proxy.faults.refuse = undefined;
      for (let tries = 0; reader.store.size === 0 && tries < 20; tries++) await reader.refresh(0);
      assert.equal(reader.store.size, served.models.length);
      assert.equal(reader.status.problem, undefined);
    });
  }
});
