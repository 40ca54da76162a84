// What people are told of models that a program of another proof system vouches for, and of all that descends from them.
import assert from 'node:assert/strict';
import { join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import { type ForeignChild, ForeignFixture, idOf } from '../contracts/support/foreign.ts';
import type { Model } from '../contracts/support/registryFixture.ts';
import { ServedRegistry } from '../contracts/support/servedRegistry.ts';
import { type NodeProxy, startNodeProxy } from '../support/nodeProxy.ts';
import { descent, document, temporaryFolder } from './cli.ts';

const WIDTHS = [4, 3, 2];

describe('a registry with a foreign model', () => {
  const { folder, remove } = temporaryFolder();
  let served: ServedRegistry;
  let proxy: NodeProxy;
  let foreign: ForeignFixture;
  let parents: Model[];
  let child: ForeignChild;
  let trained: Model;

  before(async () => {
    served = await ServedRegistry.create(1);
    proxy = await startNodeProxy(served.upstream);
    const { fixture, shard } = served;
    foreign = await ForeignFixture.create(fixture);
    parents = [await fixture.seedModel(WIDTHS), await fixture.seedModel(WIDTHS)];
    child = await foreign.child(parents);
    trained = await fixture.trainModel(child.claim, shard);
  });
  after(async () => {
    await proxy?.close();
    remove();
  });
  const call = (...args: string[]) =>
    descent(args, { env: { ...served.env(proxy.rpc), XDG_CACHE_HOME: join(folder, 'cache') } });

  it('show names its program, its adapter and its parents, and marks what descends from it', async () => {
    const shown = document(await call('show', child.id, '--json'));
    const { address } = foreign.adapter;
    assert.equal(shown.kind, 'foreign');
    assert.equal(shown.foreign, `program ${foreign.program}, as far as its adapter ${address} can be trusted`);
    assert.deepEqual(shown.parents, child.parents);
    assert.deepEqual([shown.ancestors, shown.edges, shown.origins, shown.declared], [2, 2, 2, false]);
    const below = document(await call('show', idOf(trained), '--json'));
    assert.match(below.foreign, /by a model above it/);
    assert.deepEqual([below.kind, below.ancestors, below.origins], ['train', 3, 2]);
    const [beside] = served.models;
    assert.equal('foreign' in document(await call('show', beside, '--json')), false);
  });

  it('tree hangs it below its first parent, says what vouches for it and marks what is below', async () => {
    const { nodes } = document(await call('tree', '--json'));
    const found = (id: string) => nodes.find((node: { id: string }) => node.id === id);
    const { program, adapter, parents: of } = found(child.id).foreign;
    assert.deepEqual([program, adapter, of], [Number(foreign.program), foreign.adapter.address, child.parents]);
    assert.deepEqual([found(child.id).parent, found(child.id).isForeign], [idOf(parents[0]), true]);
    assert.deepEqual([found(idOf(trained)).isForeign, found(idOf(trained)).foreign], [true, undefined]);
    for (const id of [...served.models, ...child.parents]) assert.equal(found(id).isForeign, false);

    const { stdout } = await call('tree');
    const lines = stdout.split('\n');
    const [made] = lines.filter((line) => line.includes('foreign 0x'));
    assert.ok(made.includes(`foreign program ${foreign.program} (${foreign.adapter.address})`), made);
    const below = lines.filter((line) => line.includes('below a foreign model'));
    assert.equal(below.length, 1);
    assert.match(below[0], /train 0x/);
  });
});
