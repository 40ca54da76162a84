// Shards in files, taken only where a source attests them.
import assert from 'node:assert/strict';
import { existsSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import type { Address, Hex } from 'viem';
import { openProver } from '../../scripts/runs/openProver.ts';
import type { Shard } from '../../src/model/shard.ts';
import { writeShard } from '../../src/model/shardFile.ts';
import { NO_SCHEMA } from '../../src/registry/schemas.ts';
import { resultId } from '../../src/registry/statement.ts';
import { AttestationFixture } from '../contracts/support/attestations.ts';
import { proofOf } from '../contracts/support/registryFixture.ts';
import { type NodeProxy, startNodeProxy } from '../support/nodeProxy.ts';
import { descent, document, smallShard, temporaryFolder } from './cli.ts';

describe('attested data', () => {
  const { folder, remove } = temporaryFolder();
  let made: AttestationFixture;
  let proxy: NodeProxy;
  let alice: Address;
  let bob: Address;
  const files = ['vouched', 'other', 'changed'].map((name) => join(folder, `${name}.safetensors`));
  let ids: Hex[];
  let dataset: Hex;

  before(async () => {
    made = await AttestationFixture.create();
    const { registered } = made;
    ({ alice, bob } = registered);
    proxy = await startNodeProxy((method, params) => registered.chain.request(method, ...params));
    const { prover } = await openProver([]);
    const register = async (shard: Shard): Promise<Hex> => {
      const commitment = await prover.commitShard(shard);
      const { inputs, outputs, rows, kind } = shard;
      const shape = { inputs, outputs, rows, kind };
      const statement = { program: 'data', shard: shape, schema: NO_SCHEMA, commitment } as const;
      await registered.submit({ statement, proof: proofOf() });
      return resultId(statement);
    };
    const [vouched, other, changed] = [smallShard(3n), smallShard(4n), smallShard(3n)];
    changed.X[5] ^= 1;
    for (const [k, shard] of [vouched, other, changed].entries()) writeFileSync(files[k], writeShard(shard));
    ids = [await register(vouched), await register(other)];
    await prover.close();
    const args = ['dataset', 'register', ids[0], '--uri', 'https://rows.example', '--account', '2'];
    dataset = document(await call(...args, '--json')).id;
    await call('attest', 'data', dataset, '--licence', 'CC0-1.0\u001b[2J', '--account', '1');
  });
  after(async () => {
    await proxy?.close();
    remove();
  });

  const call = (...args: string[]) =>
    descent([...args, '--runs', join(folder, 'runs')], {
      env: {
        DESCENT_RPC: proxy.rpc,
        DESCENT_REGISTRY: made.registered.registry.address,
        DESCENT_DATASETS: made.registered.datasets.address,
        DESCENT_ATTESTATIONS: made.attestations.address,
        XDG_CACHE_HOME: join(folder, 'cache'),
      },
    });
  const take = (source: string, ...shards: string[]) =>
    call('data', '--shard-file', ...shards, '--attested', source, '--run', 'taken');
  async function refused(code: number, says: RegExp, ...args: Parameters<typeof take>): Promise<void> {
    const { code: exit, stderr } = await take(...args);
    assert.match(stderr, says);
    assert.equal(exit, code, stderr);
    assert.equal(existsSync(join(folder, 'runs', 'taken')), false);
  }

  it('is taken from no source but the one that attests it, of its very rows alone', async () => {
    await refused(6, /Not attested by 0x.*\n.*\n.*vouched\.safetensors/, bob, files[0]);
    await refused(6, /other\.safetensors \(shard 0x/, alice, files[0], files[1]);
    await refused(6, /changed\.safetensors/, alice, files[2]);
    await refused(2, /not an address|no address/, 'alice', files[0]);
    const { code, stderr } = await call('data', '--csv', 'rows.csv', '--attested', alice);
    assert.match(stderr, /fresh salts/);
    assert.equal(code, 2);
  });

  it('becomes a run to train on, with what the source said', async () => {
    const { code, stdout, stderr } = await take(alice, files[0]);
    assert.equal(code, 0, stderr);
    assert.match(stdout, new RegExp(`attested .*${alice} says that it is its own, licence CC0-1.0.*${dataset}`));
    assert.ok(!stdout.includes('\u001b'));
    const { attested, shards } = document(await take(alice, files[0], '--json'));
    assert.deepEqual([attested[0].shard, attested[0].source, attested[0].dataset], [ids[0], alice, dataset]);
    assert.equal(shards.length, 1);
  });

  it('is no longer taken when the source takes its word back', async () => {
    await call('attest', 'withdraw', dataset, '--account', '1');
    const { code, stderr } = await take(alice, files[0]);
    assert.match(stderr, /Not attested/);
    assert.equal(code, 6);
  });
});
