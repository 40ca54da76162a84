// What the page shows of what no proof covers: models of foreign programs, and what is said of datasets.
import assert from 'node:assert/strict';
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import { encodeAbiParameters, type Hex, keccak256, parseEther } from 'viem';
import { resultId } from '../../src/registry/statement.ts';
import { AttestationFixture, idOf, type List } from '../contracts/support/attestations.ts';
import type { Contract } from '../contracts/support/chain.ts';
import { ForeignFixture } from '../contracts/support/foreign.ts';
import { deploy } from '../contracts/support/money.ts';
import { type NodeProxy, startNodeProxy } from '../support/nodeProxy.ts';
import { type PageServer, servePage } from './support/server.ts';

const FOLDER = join(process.cwd(), 'build/e2e-vouched');
const ARCHIVE: Hex = `0x${'a7'.repeat(32)}`;

let foreign: ForeignFixture;
let attested: AttestationFixture;
let statuses: Contract;
let proxy: NodeProxy;
let server: PageServer;
let list: List;
/** a seed, its foreign child, a child that was trained on the dataset, and one of the seed's */
let ids: { seed: Hex; foreign: Hex; trained: Hex; honest: Hex };

/** What the page of a model says. */
async function page(id: Hex): Promise<string> {
  const html = await (await fetch(`${server.origin}/model/${id}`)).text();
  return html.replace(/<!-- -->/g, '').replace(/<script.*?<\/script>/gs, '');
}

/** What it says of the dataset, without its elements, once it says this: the server asks the chain every other second. */
async function notes(says: RegExp): Promise<string> {
  for (let tries = 0; ; tries++) {
    const part = (await page(ids.trained)).split('data-testid="dataset"').at(-1)!.split('</dd>')[0];
    const text = part.replace(/<[^>]*>/g, '');
    if (says.test(text)) return text;
    assert.ok(tries < 20, `${says} in ${text}`);
    await new Promise((resolve) => setTimeout(resolve, 500));
  }
}

async function play(): Promise<void> {
  const { registered } = attested;
  const shard = await registered.registerShard({ inputs: 4, outputs: 2, rows: 16, kind: 'classes' });
  const seed = await registered.seedModel([4, 3, 2]);
  const child = await foreign.child([seed]);
  const trained = await registered.trainModel(child.claim, shard);
  const honest = await registered.trainModel(seed, shard);
  list = await attested.list([idFrom(shard)]);
  ids = { seed: idFrom(seed), foreign: child.id, trained: idFrom(trained), honest: idFrom(honest) };
}

const idFrom = ({ statement }: { statement: Parameters<typeof resultId>[0] }): Hex => resultId(statement);

describe('what others vouch for', () => {
  before(async () => {
    attested = await AttestationFixture.create();
    const { registered } = attested;
    foreign = await ForeignFixture.create(registered);
    const { chain, registry, datasets, trainers, relay } = registered;
    statuses = await deploy(
      chain,
      'Statuses',
      [registry, trainers, relay].map(({ address }) => address),
    );
    await play();
    proxy = await startNodeProxy((method, params) => chain.request(method, ...params));
    mkdirSync(FOLDER, { recursive: true });
    const file = join(FOLDER, 'deployment.json');
    const beside = { datasets, dataAttestations: attested.attestations, statuses, trainers };
    const addresses = Object.fromEntries(Object.entries(beside).map(([name, { address }]) => [name, address]));
    const place = { chainId: 31337, rpc: proxy.rpc, registry: registry.address, block: 0, ...addresses };
    writeFileSync(file, JSON.stringify(place));
    server = await servePage(file);
  });
  after(async () => {
    await server?.close();
    await proxy?.close();
  });

  it('a model of a foreign program is marked with its adapter, and so is all below it, and nothing else', async () => {
    const [own, below, beside] = [await page(ids.foreign), await page(ids.trained), await page(ids.honest)];
    assert.match(own, /Foreign program<\/span>/);
    assert.ok(own.toLowerCase().includes(foreign.adapter.address.toLowerCase()), 'the adapter');
    assert.ok(own.includes(ids.seed), 'a link to its parent');
    assert.match(own, /this is only as good as the adapter/);
    assert.match(below, /Below a foreign program/);
    assert.match(below, /for at least one a foreign program vouches/);
    assert.doesNotMatch(beside, /foreign/i);
    const tree = await (await fetch(`${server.origin}/api/graph?focus=${ids.trained}`)).json();
    const kinds = tree.nodes.map(({ kind, isForeign }: { kind: string; isForeign: boolean }) => [kind, isForeign]);
    assert.ok(kinds.some(([kind, marked]: [string, boolean]) => kind === 'foreign' && marked));
    assert.ok(kinds.some(([kind, marked]: [string, boolean]) => kind === 'seed' && !marked));
  });

  it('a dataset shows who attests it and who disputes that, until it is withdrawn', async () => {
    const { registered, attestations } = attested;
    const { alice, bob } = registered;
    assert.doesNotMatch(await notes(/Listed as/), /attests/);
    await attestations.send('attest', [list, alice, 'https://lab.example/<b>', 'CC-BY-4.0'], alice);
    const text = await notes(/attests that it is its own/);
    assert.match(text, /https:\/\/lab\.example\/(&lt;b&gt;|%3Cb%3E), licence CC-BY-4\.0/);
    assert.doesNotMatch(text, /Disputed/);
    const types = ['address', 'bytes32', 'address', 'uint256'].map((type) => ({ type }));
    const subject = keccak256(encodeAbiParameters(types, [attestations.address, idOf(list), alice, 0n]));
    assert.equal(await statuses.read('attestationSubject', [attestations.address, idOf(list), alice, 0n]), subject);
    await statuses.send('dispute', [2, subject, 'We took these rows ourselves.'], bob, parseEther('0.01'));
    assert.match(await notes(/Disputed/), /disputes an attestation with a bond of .*We took these rows ourselves\./);
    await attestations.send('withdraw', [list, alice], alice);
    await notes(/Listed as(?!.*attests)/);
  });

  it('a dataset shows where its registrar says that the rows are, and that he revoked it', async () => {
    const { datasets, bob } = attested.registered;
    await datasets.send('publish', [idOf(list), 'ipfs://rows-archive', ARCHIVE], bob);
    assert.match(await notes(/Its registrar says/), /the rows are at ipfs:\/\/rows-archive, SHA-256 0xa7/);
    await datasets.send('revoke', [idOf(list)], bob);
    await notes(/revoked by its registrar/);
  });
});
