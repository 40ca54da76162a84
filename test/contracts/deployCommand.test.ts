import assert from 'node:assert/strict';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import hre from 'hardhat';
import { connect } from '../../scripts/chain/client.ts';
import { readDeployments } from '../../scripts/chain/deploy.ts';
import { type LocalNode, startLocalNode } from '../../scripts/chain/localNode.ts';
import { PLACES } from '../../scripts/chain/places.ts';
import { descent, temporaryFolder } from '../cli/cli.ts';

const NOBODY = '0x0000000000000000000000000000000000000000';

// A contract that counts what is executed is too large for a transaction.
describe('descent deploy', { skip: hre.globalOptions.coverage }, () => {
  const { folder, remove } = temporaryFolder();
  const file = join(folder, 'deployments.json');
  let node: LocalNode;
  before(async () => {
    node = await startLocalNode();
  });
  after(async () => {
    await node.close();
    remove();
  });

  const deploy = (...args: string[]) => descent(['deploy', '--rpc', node.rpc, '--account', '1', ...args]);

  it('puts everything on the chain, says where and keeps it; a second time it finds it', async () => {
    const first = await deploy('--owner', NOBODY, '--deployments', file, '--json');
    assert.equal(first.code, 0, first.stderr);
    const deployment = JSON.parse(first.stdout);
    assert.deepEqual(readDeployments(file), { 31337: deployment });
    assert.equal(deployment.owner, NOBODY);
    const { client } = await connect(node.rpc);
    for (const name of [...Object.keys(PLACES), 'verifiersContract']) {
      assert.ok(await client.getCode({ address: deployment[name] }), name);
    }
    const block = await client.getBlockNumber({ cacheTime: 0 });
    const second = await deploy('--owner', NOBODY, '--deployments', file);
    assert.equal(second.code, 0, second.stderr);
    assert.match(second.stdout, /development keys: it proves nothing/);
    for (const name of Object.keys(PLACES)) assert.ok(second.stdout.includes(deployment[name]), name);
    assert.deepEqual(readDeployments(file), { 31337: deployment });
    assert.equal(await client.getBlockNumber({ cacheTime: 0 }), block);
  });

  it('refuses an owner that is no address, and leaves no file', async () => {
    const other = join(folder, 'other.json');
    const { code, stderr } = await deploy('--owner', 'me', '--deployments', other);
    assert.equal(code, 2);
    assert.match(stderr, /"me" is not an address \(--owner\)/);
    assert.equal(existsSync(other), false);
  });
});
