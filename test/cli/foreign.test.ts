// What people are told of models that a program of another proof system vouches for, and of all that descends from them.
import assert from 'node:assert/strict';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import { type Address, type Hex, zeroAddress } from 'viem';
import { connect } from '../../scripts/chain/client.ts';
import { modelIdOf } from '../../scripts/runs/ids.ts';
import { writeWeights } from '../../src/model/weightsFile.ts';
import { clientReads } from '../../src/registry/clientReads.ts';
import { type ForeignStatement, foreignCall } from '../../src/registry/foreign.ts';
import {
  formatForeign,
  formatSignedForeign,
  parseForeign,
  parseSignedForeign,
} from '../../src/registry/foreignEdge.ts';
import { readStoredEdge } from '../../src/registry/storedEdge.ts';
import { seedWeights } from '../../src/training/seed.ts';
import type { ChainConfig } from '../../web/lib/chain/types.ts';
import { edgeOfId } from '../../web/lib/chain/verifyEdge.ts';
import { readFile } from '../../web/lib/readFile.ts';
import { type ForeignChild, ForeignFixture, idOf } from '../contracts/support/foreign.ts';
import { deploy } from '../contracts/support/money.ts';
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

  it('verify says in one sentence that the proof of its range is for other keys', async () => {
    const { code, stdout, stderr } = await call('verify', child.id);
    assert.deepEqual([code, stdout], [3, ''], stderr);
    assert.match(stderr, /The proof of this foreign model cannot be checked with the keys that are here/);
    assert.doesNotMatch(stderr, /\n {4}at /);
  });

  it('its registration is found in call data that another contract unwrapped, as its event tells it', async () => {
    const { client, id: chainId } = await connect(proxy.rpc);
    const reads = clientReads(client, chainId);
    const { statement, proof } = child.claim;
    const made = {
      statement,
      program: Number(child.program),
      parents: child.parents,
      foreignProof: child.foreignProof,
    };
    const stored = (call: ForeignStatement) => {
      const input = `0xdeadbeef${foreignCall(call, proof).data.slice(2)}` as const;
      const wrapped = { ...reads, transaction: async () => ({ to: zeroAddress, input }), trace: async () => undefined };
      return readStoredEdge(wrapped, served.fixture.registry.address, child.id, async () => true);
    };
    const { foreign: vouched, statement: range } = await stored(made);
    const { program, parents: named, foreignProof } = made;
    assert.deepEqual(vouched, { program, parents: named, foreignProof, adapter: foreign.adapter.address });
    assert.deepEqual(range, statement);
    for (const other of [{ program: program + 1 }, { parents: [...named].reverse() }]) {
      await assert.rejects(stored({ ...made, ...other }), { code: 'NO_CALL_DATA' });
    }
  });
});

describe('descent foreign', () => {
  const { folder, remove } = temporaryFolder();
  const BOB = ['--account', '2'];
  const PROOF: Hex = '0xf0e1d2c3';
  let served: ServedRegistry;
  let proxy: NodeProxy;
  let foreign: ForeignFixture;
  let parents: Hex[];
  const child = join(folder, 'child.safetensors');
  const proof = join(folder, 'pruned.proof');

  before(async () => {
    served = await ServedRegistry.create(1);
    proxy = await startNodeProxy(served.upstream);
    foreign = await ForeignFixture.create(served.fixture);
    parents = served.models.slice(0, 2);
    writeFileSync(child, writeWeights(seedWeights({ widths: WIDTHS, head: 'squared error' }, 5n, 6n)));
    writeFileSync(proof, `${PROOF}\n`);
  });
  after(async () => {
    await proxy?.close();
    remove();
  });
  const call = (...args: string[]) =>
    descent([...args, '--runs', join(folder, 'runs')], {
      env: { ...served.env(proxy.rpc), XDG_CACHE_HOME: join(folder, 'cache') },
    });
  const prove = (program: string | bigint, ...more: string[]) =>
    call(
      'foreign',
      'prove',
      child,
      '--parents',
      ...parents,
      '--program',
      `${program}`,
      '--foreign-proof',
      proof,
      ...more,
    );
  async function refused(code: number, says: RegExp, result: ReturnType<typeof call>): Promise<void> {
    const { code: exit, stderr } = await result;
    assert.match(stderr, says);
    assert.equal(exit, code, stderr);
  }

  it('adds an adapter once and lists what was added, with hostile names made harmless', async () => {
    const { address } = await deploy(served.fixture.chain, 'ExpectingAdapter', ['evil\u001b[2J']);
    const added = document(await call('foreign', 'add', address, ...BOB, '--json'));
    assert.deepEqual([added.program, added.adapter, added.sent], [Number(foreign.program) + 1, address, true]);
    const again = document(await call('foreign', 'add', address, ...BOB, '--json'));
    assert.deepEqual([again.program, again.sent], [added.program, false]);
    const { programs } = document(await call('foreign', 'list', '--json'));
    assert.deepEqual(
      programs.map(({ adapter }: { adapter: Address }) => adapter),
      [foreign.adapter.address, address],
    );
    assert.ok(!programs[1].name.includes('\u001b'));
    await refused(5, /NoAdapter/, call('foreign', 'add', served.fixture.bob, ...BOB));
  });

  it('refuses what names no program, no registered parent, or no parent twice', async () => {
    await refused(2, /knows no foreign program 99999/, prove('99999', ...BOB));
    await refused(2, /knows no foreign program 0x/, prove(served.fixture.bob, ...BOB));
    await refused(2, /neither the id of a foreign program nor the address/, prove('pruned', ...BOB));
    const unknown = `0x${'ab'.repeat(32)}`;
    const about = ['--program', `${foreign.program}`, '--foreign-proof', proof, ...BOB];
    await refused(2, /is a parent twice/, call('foreign', 'prove', child, '--parents', unknown, unknown, ...about));
    await refused(2, /is not registered at/, call('foreign', 'prove', child, '--parents', unknown, ...about));
    const odd = join(folder, 'odd.proof');
    writeFileSync(odd, '0xabc');
    const args = ['--parents', ...parents, '--program', `${foreign.program}`, '--foreign-proof', odd, ...BOB];
    await refused(3, /whole bytes in hexadecimal/, call('foreign', 'prove', child, ...args));
  });

  it('asks the adapter before it proves, and exits with 4 where that refuses', async () => {
    await refused(4, /adapter of program \d+ does not accept/, prove(foreign.program, ...BOB));
    await foreign.adapter.send('refuseBy', [1]);
    await refused(4, /does not accept the foreign proof\. It says/, prove(foreign.program, ...BOB));
    await foreign.adapter.send('refuseBy', [0]);
  });

  it('proves the range, says what vouches for the rest, and is registered by what the trainer signed', async () => {
    const { fixture } = served;
    const id = await modelIdOf(child);
    const told = [fixture.registry.address, fixture.bob, parents, id, PROOF];
    await foreign.adapter.send('expect', [foreign.programs.address, ...told]);
    const { code, stdout, stderr } = await prove(foreign.adapter.address, ...BOB);
    assert.equal(code, 0, stderr);
    assert.match(stdout, /Proved the range of 0x/);
    assert.match(stdout, /Not proved here: .* only as good as the adapter 0x/);
    const made = document(await prove(foreign.program, ...BOB, '--json'));
    assert.deepEqual([made.id, made.program, made.parents], [id, Number(foreign.program), parents]);
    const text = readFileSync(made.edge, 'utf8');
    const { range, ...about } = parseForeign(text);
    assert.deepEqual(about, { program: Number(foreign.program), parents, foreignProof: PROOF });
    assert.equal(formatForeign(parseForeign(text)), text);

    await refused(2, /no link/, call('submit', made.edge, '--link'));
    await refused(2, /was proved for/, call('submit', made.edge, '--account', '1'));
    const { file } = document(await call('submit', made.edge, '--sign', ...BOB, '--json'));
    const signed = readFileSync(file, 'utf8');
    assert.equal(formatSignedForeign(parseSignedForeign(signed)), signed);
    const changed = join(folder, 'changed.signed.json');
    writeFileSync(changed, signed.replaceAll(PROOF.slice(2), 'ffffffff'));
    await refused(3, /contradicts the rest/, call('submit', changed, '--account', '1'));
    await refused(3, /contradicts the rest/, call('verify', changed));
    await verifiesFiles(made.edge, file, id);

    // These verifiers accept what they are told.
    await fixture.expect({ statement: range.statement, proof: range.proof } as never, fixture.bob);
    const sent = document(await call('submit', file, '--account', '1', '--json'));
    assert.deepEqual([sent.sent, sent.id, sent.program], [true, id, 'foreign']);
    assert.equal(document(await call('submit', made.edge, ...BOB, '--json')).sent, false);
    assert.equal(await fixture.registry.read('trainerOf', [id]), fixture.bob);
    const known = document(await call('show', id, '--json'));
    assert.deepEqual([known.kind, known.parents], ['foreign', parents]);
    await verifiesRegistered(made.edge, id);
  });

  /** What `verify` says: the exit code, each check by what it is about, and the rest. */
  async function verified(...args: string[]) {
    const { code, stdout, stderr } = await call('verify', ...args, '--json');
    assert.doesNotMatch(stderr, /\n {4}at /);
    assert.ok(stdout, stderr);
    const { checks, ...rest } = JSON.parse(stdout);
    const holds = (about: string) => checks.find((check: { about: string }) => check.about === about)?.holds;
    const says = (about: string) => checks.find((check: { about: string }) => check.about === about)?.says;
    return { code, holds, says, ...rest };
  }

  /** All is checked of a file but the descent, which stays open; so does what the chain does not have yet. */
  async function verifiesFiles(edge: string, signed: string, id: Hex): Promise<void> {
    const { registry } = served.fixture;
    for (const file of [edge, signed]) {
      const { code, holds, says, ...rest } = await verified(file, '--registry', registry.address);
      assert.deepEqual([code, rest.verdict, rest.id, rest.program], [6, 'holds', id, 'foreign']);
      const about = [Number(foreign.program), foreign.adapter.address, parents];
      assert.deepEqual([rest.foreignProgram, rest.adapter, rest.parents], about);
      for (const shown of ['file', 'groth16', 'opening', 'contract', 'parents', 'adapter']) {
        assert.equal(holds(shown), true, shown);
      }
      for (const open of ['record', 'event', 'descent']) assert.equal(holds(open), 'open', open);
      assert.match(says('descent'), /vouched for by foreign program \d+, by its adapter 0x\w{40}: Descent does not/);
      assert.ok(rest.doesNotShow.some((limit: string) => /What the adapter accepts: .*foreign list.*show/.test(limit)));
      const signs = rest.doesNotShow.some((limit: string) => limit.includes('signed the request'));
      assert.equal(signs, file === signed);
    }
    const text = readFileSync(edge, 'utf8');
    const child = parseForeign(text);
    const written = async (other: Partial<typeof child>) => {
      const file = join(folder, 'other.edge.json');
      writeFileSync(file, formatForeign({ ...child, ...other }));
      return verified(file, '--registry', registry.address);
    };
    const unknown: Hex = `0x${'ab'.repeat(32)}`;
    const elsewhere = await written({ parents: [...parents, unknown], program: child.program + 99 });
    assert.deepEqual([elsewhere.code, elsewhere.holds('parents'), elsewhere.holds('adapter')], [6, 'open', 'open']);
    assert.match(elsewhere.says('adapter'), /knows no foreign program/);
    const { range } = child;
    const [first, ...others] = range.proof.groth16;
    const forged = await written({ range: { ...range, proof: { ...range.proof, groth16: [first + 1n, ...others] } } });
    assert.deepEqual([forged.code, forged.verdict, forged.holds('groth16')], [4, 'false', false]);
    assert.throws(() => readFile(text), /file of a foreign child, which a program of another proof system vouches for/);
  }

  /** Of a node the record and its events are compared too; the page says why it checks none of this. */
  async function verifiesRegistered(edge: string, id: Hex): Promise<void> {
    const { registry } = served.fixture;
    for (const what of [id, edge]) {
      const { code, holds, says, ...rest } = await verified(what, '--registry', registry.address);
      assert.deepEqual([code, rest.verdict, rest.program, rest.parents], [6, 'holds', 'foreign', parents]);
      for (const shown of ['groth16', 'opening', 'contract', 'record', 'event', 'parents', 'adapter']) {
        assert.equal(holds(shown), true, `${shown}: ${says(shown)}`);
      }
      assert.equal(holds('descent'), 'open');
    }
    const { stdout } = await call('verify', id);
    assert.match(stdout, /open +That it follows from its parents is vouched for by foreign program/);
    assert.match(stdout, /The proof holds; not shown: .*follows from its parents \(a foreign program vouches\)/);

    const child = parseForeign(readFileSync(edge, 'utf8'));
    const file = join(folder, 'other.edge.json');
    for (const other of [{ parents: [parents[1], parents[0]] }, { program: child.program + 1 }]) {
      writeFileSync(file, formatForeign({ ...child, ...other }));
      const { code, holds } = await verified(file, '--registry', registry.address);
      assert.deepEqual([code, holds('record'), holds('event')], [4, false, false]);
    }
    const { client, id: chainId } = await connect(proxy.rpc);
    const config = { registry: registry.address, chainId } as ChainConfig;
    const paged = edgeOfId(id, config, client, async () => assert.fail('the relay shows the call'));
    await assert.rejects(paged, {
      code: 'FOREIGN_MODEL',
      shortMessage: new RegExp(`^${id} is a foreign model\\. That it follows from its parents is vouched for by`),
    });
  }
});
