// Datasets and what sources say of them, by commands against a chain.
import assert from 'node:assert/strict';
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import { type Address, type Hex, sha256, toHex } from 'viem';
import { printable } from '../../scripts/terminal/printable.ts';
import { attestationTypedData } from '../../src/registry/attestation.ts';
import { ascending, datasetId } from '../../src/registry/ids.ts';
import { formatSignedAttestation, parseSignedAttestation } from '../../src/registry/signedAttestation.ts';
import { formatSignedRequest, parseSignedRequest } from '../../src/registry/signedRequest.ts';
import { resultId } from '../../src/registry/statement.ts';
import { AttestationFixture, FAR, SOURCE } from '../contracts/support/attestations.ts';
import { type NodeProxy, startNodeProxy } from '../support/nodeProxy.ts';
import { descent, document, temporaryFolder } from './cli.ts';

const WIDTHS = [4, 3, 2];
const SHARD = { inputs: 4, outputs: 2, rows: 16, kind: 'classes' } as const;
const ALICE = ['--account', '1'];
const BOB = ['--account', '2'];
const UNKNOWN = `0x${'ab'.repeat(32)}`;

describe('datasets and their sources', () => {
  const { folder, remove } = temporaryFolder();
  let made: AttestationFixture;
  let proxy: NodeProxy;
  let alice: Address;
  let bob: Address;
  let shards: Hex[];
  let other: Hex;
  let model: Hex;
  const key = join(folder, 'source.key');

  before(async () => {
    made = await AttestationFixture.create();
    const { registered } = made;
    ({ alice, bob } = registered);
    proxy = await startNodeProxy((method, params) => registered.chain.request(method, ...params));
    const proved = [await registered.registerShard(SHARD), await registered.registerShard(SHARD)];
    const third = await registered.registerShard(SHARD);
    const first = await registered.trainModel(await registered.seedModel(WIDTHS), proved[0]);
    model = resultId((await registered.trainModel(first, third)).statement);
    shards = ascending(proved.map(({ statement }) => resultId(statement)));
    other = resultId(third.statement);
    writeFileSync(key, `0x${'51'.repeat(32)}`);
  });
  after(async () => {
    await proxy?.close();
    remove();
  });

  const env = () => ({
    DESCENT_RPC: proxy.rpc,
    DESCENT_REGISTRY: made.registered.registry.address,
    DESCENT_DATASETS: made.registered.datasets.address,
    DESCENT_ATTESTATIONS: made.attestations.address,
    XDG_CACHE_HOME: join(folder, 'cache'),
  });
  const call = (...args: string[]) => descent([...args, '--runs', join(folder, 'runs')], { env: env() });
  const done = async (...args: string[]) => document(await call(...args, '--json'));
  async function refused(code: number, says: RegExp, ...args: string[]): Promise<void> {
    const { code: exit, stderr } = await call(...args);
    assert.match(stderr, says);
    assert.equal(exit, code, stderr);
  }
  let count = 0;
  /** A dataset of Bob's with both first shards. */
  async function listed(): Promise<Hex> {
    return (await done('dataset', 'register', ...shards, '--uri', `rows ${++count}`, ...BOB)).id;
  }
  const isAttested = (dataset: Hex, source: Address) => made.attestations.read('isAttested', [dataset, source]);

  it('registers a dataset once', async () => {
    const args = ['dataset', 'register', ...shards.toReversed(), '--uri', 'ipfs://rows', ...BOB];
    const told = await done('dataset', 'id', ...shards, '--uri', 'ipfs://rows', '--registrar', bob);
    const first = await done(...args);
    assert.equal(first.id, datasetId(bob, shards, 'ipfs://rows'));
    assert.equal(told.id, first.id);
    assert.equal(first.sent, true);
    assert.equal((await made.registered.datasets.read('dataset', [first.id])).registrar, bob);
    const again = await done(...args);
    assert.deepEqual([again.id, again.sent], [first.id, false]);
  });

  it('publishes an archive by its file or hash, once each time that it changes', async () => {
    const id = await listed();
    const archive = join(folder, 'rows.zip');
    writeFileSync(archive, 'rows');
    const hash = sha256(toHex('rows'));
    const publish = (...more: string[]) =>
      done('dataset', 'publish', id, '--uri', 'https://rows.example', ...more, ...BOB);
    assert.deepEqual(
      [(await publish('--archive', archive)).archive, (await publish('--sha256', hash)).sent],
      [hash, false],
    );
    assert.equal((await publish('--sha256', 'cd'.repeat(32))).sent, true);
    const [first, second] = await made.registered.datasets.read('publications', [id, 0n, 9n]);
    assert.deepEqual([first.archive, second.archive], [hash, `0x${'cd'.repeat(32)}`]);
    const shown = await done('dataset', 'show', id);
    assert.deepEqual(
      shown.published,
      [first, second].map((one) => `https://rows.example, SHA-256 ${one.archive.slice(2)}`),
    );
    const at = ['dataset', 'publish', id, '--uri', 'x', ...BOB];
    await refused(2, /Which archive/, ...at);
    await refused(2, /Which archive/, ...at, '--archive', archive, '--sha256', hash);
    await refused(2, /is no SHA-256/, ...at, '--sha256', '12');
    await refused(2, /at most 256/, 'dataset', 'publish', id, '--uri', 'x'.repeat(257), '--sha256', hash, ...BOB);
    await refused(5, /NotTheRegistrar/, ...at.slice(0, -2), '--sha256', hash, ...ALICE);
  });

  it('revokes a dataset once, and shows it', async () => {
    const id = await listed();
    assert.equal((await done('dataset', 'show', id)).revoked, false);
    await refused(5, /NotTheRegistrar/, 'dataset', 'revoke', id, ...ALICE);
    assert.equal((await done('dataset', 'revoke', id, ...BOB)).sent, true);
    assert.equal((await done('dataset', 'revoke', id, ...BOB)).sent, false);
    const { revoked, registrar, rows, shards: list } = await done('dataset', 'show', id);
    assert.deepEqual([revoked, registrar, rows, list], [true, bob, 32, shards]);
    const { stdout } = await call('dataset', 'show', id);
    assert.match(stdout, /revoked +true/);
    assert.match(stdout, /published +none/);
  });

  it('refuses a dataset that is not there, and asks for the contract', async () => {
    for (const verb of ['revoke', 'show'])
      await refused(2, /knows no dataset/, 'dataset', verb, UNKNOWN, ...(verb === 'show' ? [] : BOB));
    await refused(2, /knows no dataset/, 'attest', 'data', UNKNOWN, ...ALICE);
    const { code, stderr } = await descent(['dataset', 'show', UNKNOWN], { env: { DESCENT_RPC: proxy.rpc } });
    assert.equal(code, 2);
    assert.match(stderr, /Which datasets/);
    const none = await descent(['attest', 'data', UNKNOWN, ...ALICE], { env: { DESCENT_RPC: proxy.rpc } });
    assert.match(none.stderr, /Which attestations/);
    const wrong = { ...env(), DESCENT_ATTESTATIONS: made.registered.datasets.address };
    assert.match(
      (await descent(['attest', 'data', UNKNOWN, ...ALICE], { env: wrong })).stderr,
      /is not a contract of attestations: it is a contract of datasets/,
    );
  });

  it('attests with its key and withdraws, each once', async () => {
    const id = await listed();
    const attest = () => done('attest', 'data', id, '--uri', 'https://alice.example', '--licence', 'CC0-1.0', ...ALICE);
    const first = await attest();
    assert.deepEqual([first.source, first.sent, first.licence], [alice, true, 'CC0-1.0']);
    assert.equal((await attest()).sent, false);
    assert.equal(await isAttested(id, alice), true);
    const withdraw = () => done('attest', 'withdraw', id, ...ALICE);
    assert.equal((await withdraw()).sent, true);
    assert.equal((await withdraw()).sent, false);
    assert.equal(await isAttested(id, alice), false);
    await refused(5, /NotAttested/, 'attest', 'withdraw', id, ...BOB);
    await refused(5, /NotTheSource/, 'attest', 'data', id, '--source', alice, ...BOB);
    await refused(2, /URI has 257 bytes/, 'attest', 'data', id, '--uri', 'x'.repeat(257), ...ALICE);
    await refused(2, /licence has 65 bytes/, 'attest', 'data', id, '--licence', 'x'.repeat(65), ...ALICE);
  });

  it('signs for a source without Ether, which anybody sends once', async () => {
    const id = await listed();
    const file = join(folder, 'signed.json');
    const sign = (...more: string[]) =>
      done('attest', 'data', id, '--licence', 'CC-BY-4.0', '--sign', '--key-file', key, '--out', file, ...more);
    const signed = await sign();
    assert.deepEqual([signed.source, signed.sent, signed.nonce], [SOURCE.address, false, '0']);
    assert.equal(await isAttested(id, SOURCE.address), false);
    assert.equal((await done('attest', 'send', file, ...BOB)).sent, true);
    assert.equal((await done('attest', 'send', file, ...BOB)).sent, false);
    assert.equal(await isAttested(id, SOURCE.address), true);
    const back = join(folder, 'back.json');
    await done('attest', 'withdraw', id, '--sign', '--key-file', key, '--out', back);
    assert.equal((await done('attest', 'send', back, ...ALICE)).sent, true);
    assert.equal(await isAttested(id, SOURCE.address), false);
    await refused(5, /signed with nonce 0; the source's next one is 2/, 'attest', 'send', file, ...BOB);
  });

  it('signs without a node what a node would have it sign', async () => {
    const id = await listed();
    const file = join(folder, 'offline.json');
    const args = ['attest', 'data', id, '--sign', '--key-file', key, '--out', file];
    const offline = { DESCENT_RPC: 'http://127.0.0.1:1', DESCENT_ATTESTATIONS: made.attestations.address };
    const { code, stderr } = await descent([...args, '--chain-id', '31337', '--nonce', '0'], { env: offline });
    assert.equal(code, 0, stderr);
    assert.equal((await done('attest', 'send', file, ...BOB)).sent, true);
    assert.equal(await isAttested(id, SOURCE.address), true);
    for (const some of [['--sign'], ['--nonce', '0']]) {
      const said = await descent(['attest', 'data', id, '--key-file', key, '--chain-id', '31337', ...some], {
        env: offline,
      });
      assert.equal(said.code, 2);
      assert.match(said.stderr, /Without a node only a signature/);
    }
  });

  it('refuses to sign for a source whose key it has not', async () => {
    const id = await listed();
    await refused(2, /signs for the source/, 'attest', 'data', id, '--sign', '--source', alice, '--key-file', key);
    assert.equal(existsSync(`${id.slice(2, 14)}.attestation.json`), false);
  });

  it('refuses a file for another chain or contract, and one that was changed', async () => {
    const id = await listed();
    const word = {
      says: 'attest',
      dataset: id,
      source: SOURCE.address,
      uri: '',
      licence: '',
      nonce: 0n,
      deadline: FAR - 1n,
    } as const;
    const write = async (place: { chainId: number; contract: Address }) => {
      const file = join(folder, 'strange.json');
      const signature = await SOURCE.signTypedData(attestationTypedData(place, word));
      writeFileSync(file, formatSignedAttestation({ place, word, signature }));
      return file;
    };
    const { chainId, contract } = made.place;
    await refused(
      2,
      /for chain 1; the node is of chain 31337/,
      'attest',
      'send',
      await write({ chainId: 1, contract }),
      ...BOB,
    );
    const elsewhere = await write({ chainId, contract: made.registered.datasets.address });
    await refused(2, /for the attestations/, 'attest', 'send', elsewhere, ...BOB);
    const good = await write({ chainId, contract });
    const text = readFileSync(good, 'utf8');
    writeFileSync(good, text.replace('"licence": "",\n  "nonce"', '"licence": "CC0-1.0",\n  "nonce"'));
    assert.notEqual(readFileSync(good, 'utf8'), text);
    await refused(3, /contradicts the rest of the file/, 'attest', 'send', good, ...BOB);
    assert.deepEqual(parseSignedAttestation(text).word, { ...word, source: SOURCE.address });
  });

  it('lets an operator act and no longer', async () => {
    const id = await listed();
    assert.equal((await done('attest', 'operator', bob, ...ALICE)).sent, true);
    assert.equal((await done('attest', 'operator', bob, ...ALICE)).sent, false);
    assert.equal((await done('attest', 'data', id, '--source', alice, ...BOB)).sent, true);
    assert.equal((await made.attestations.read('attestation', [id, alice])).operator, bob);
    assert.equal((await done('attest', 'operator', bob, '--end', ...ALICE)).sent, true);
    await refused(5, /NotTheSource/, 'attest', 'data', id, '--uri', 'new', '--source', alice, ...BOB);
    await done('attest', 'withdraw', id, ...ALICE);
  });

  describe('signed for the relay', () => {
    /** Signs as the source's key without Ether, and lets Alice carry it once. */
    async function carried(...args: string[]) {
      const file = join(folder, `request-${++count}.signed.json`);
      const signed = await done(...args, '--key-file', key, '--sign', '--out', file);
      assert.deepEqual([signed.sent, signed.file], [false, file]);
      const text = readFileSync(file, 'utf8');
      assert.equal(formatSignedRequest(parseSignedRequest(text)), text);
      const sent = await done('submit', file, ...ALICE);
      assert.deepEqual([sent.sent, sent.trainer], [true, SOURCE.address]);
      assert.equal((await done('submit', file, ...ALICE)).sent, false);
      return { signed, text };
    }

    it('a dataset is registered, published and revoked by who owns no Ether', async () => {
      const { signed } = await carried('dataset', 'register', ...shards, '--uri', 'of the source');
      const id = datasetId(SOURCE.address, shards, 'of the source');
      assert.equal(signed.id, id);
      const { datasets } = made.registered;
      assert.equal((await datasets.read('dataset', [id])).registrar, SOURCE.address);
      await carried('dataset', 'publish', id, '--uri', 'ipfs://archive', '--sha256', 'ab'.repeat(32));
      assert.equal(await datasets.read('publicationCount', [id]), 1n);
      await refused(5, /NotTheRegistrar/, 'dataset', 'revoke', id, '--sign', ...ALICE);
      await carried('dataset', 'revoke', id);
      assert.equal(await datasets.read('isRevoked', [id]), true);
    });

    it('a source lets an operator act, who says for it what it says, and cancels', async () => {
      const id = await listed();
      await refused(2, /signs for the source/, 'attest', 'cancel', id, '--source', SOURCE.address, ...BOB);
      await carried('attest', 'operator', bob);
      assert.equal(await made.attestations.read('mayActFor', [SOURCE.address, bob]), true);
      const file = join(folder, 'operator.signed.json');
      const about = [id, '--source', SOURCE.address, ...BOB, '--sign', '--out', file];
      for (const says of ['data', 'withdraw']) {
        assert.equal((await done('attest', says, ...about)).sent, false);
        assert.equal((await done('submit', file, ...ALICE)).trainer, bob);
        assert.equal(await isAttested(id, SOURCE.address), says === 'data');
      }
      assert.equal((await made.attestations.read('attestation', [id, SOURCE.address])).operator, bob);
      await carried('attest', 'cancel', id);
      assert.equal(await made.attestations.read('nonceOf', [id, SOURCE.address]), 3n);
    });

    it('a file of which anything was changed is refused', async () => {
      const id = await listed();
      const { text } = await carried('attest', 'cancel', id);
      const file = join(folder, 'changed.signed.json');
      for (const [from, to] of [
        [id.slice(2), 'ab'.repeat(32)],
        ['"cancelSignatures"', '"revoke"'],
        ['"31337"', '"31338"'],
      ]) {
        writeFileSync(file, text.replace(from, to));
        await refused(3, /request|contradicts/, 'submit', file, ...ALICE);
      }
      writeFileSync(file, text);
      await refused(2, /carried, not signed again/, 'submit', file, '--link');
    });
  });

  it('tells who says so of a dataset, of a shard and of all data behind a model', async () => {
    const id = await listed();
    const licence = 'CC0-1.0\u001b[2J';
    const before = await done('dataset', 'show', id);
    assert.deepEqual(before.sources, []);
    await done('attest', 'data', id, '--licence', licence, '--uri', 'https://alice.example', ...ALICE);
    const [said] = (await done('dataset', 'show', id)).sources;
    assert.notEqual(printable(licence), licence);
    assert.equal(said, `${alice} says that it is its own, licence ${printable(licence)}, "https://alice.example"`);
    const shown = await done('show', model);
    assert.equal(shown.attested, '1 of 2 shards by anybody');
    const [trained] = shards.filter((shard) => shown.sources.some((line: string) => line.includes(shard)));
    assert.ok(shown.sources.includes(`shard ${trained}: ${said}`));
    assert.equal(
      shown.sources.some((line: string) => line.includes(other)),
      false,
    );
    const ofShard = await done('show', other);
    assert.deepEqual([ofShard.attested, ofShard.sources], ['0 of 1 shard by anybody', undefined]);
    await done('attest', 'withdraw', id, ...ALICE);
    assert.equal((await done('dataset', 'show', id)).sources.length, 0);
  });
});
