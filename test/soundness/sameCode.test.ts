// The same contracts at the same addresses, whoever compiles them and wherever: two clones of different names and the package
// that npm packs, built by themselves.
import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { cpSync, mkdirSync, readdirSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import { fileURLToPath } from 'node:url';
// @ts-expect-error: plain JavaScript, because it runs before anything is installed
import { prepareHome } from '../../scripts/bootstrap/home.mjs';
import { buildPackage } from '../../scripts/build/package.ts';
import { connect } from '../../scripts/chain/client.ts';
import { type Deployment, deployRegistry } from '../../scripts/chain/deploy.ts';
import { developmentAccount } from '../../scripts/chain/keys.ts';
import { startLocalNode } from '../../scripts/chain/localNode.ts';
import { temporaryFolder } from '../cli/cli.ts';

const ROOT = fileURLToPath(new URL('../..', import.meta.url)).replace(/\/$/, '');
/** What a clone has of all that Hardhat compiles or a deployment reads. */
const PARTS = ['contracts', 'test/contracts/solidity', 'scripts', 'src', 'hardhat.config.ts', 'package.json'];
/** The compiler writes metadata, which Hardhat does not ask for by itself. */
const CONFIG = `import config from './hardhat.config.ts';
const outputSelection = { '*': { '*': ['metadata'] } };
const withMetadata = (compiler) => ({ ...compiler, settings: { ...compiler.settings, outputSelection } });
const compilers = config.solidity.compilers.map(withMetadata);
const overrides = Object.entries(config.solidity.overrides).map(([file, compiler]) => [file, withMetadata(compiler)]);
export default { ...config, solidity: { compilers, overrides: Object.fromEntries(overrides) } };
`;

interface Compiled {
  bytecode: string;
  deployedBytecode: string;
  metadata: string;
}

describe('the contracts that a deployment makes', { concurrency: false }, () => {
  const { folder, remove } = temporaryFolder();
  const roots: string[] = [];

  before(async () => {
    for (const name of ['descent', 'Another clone, of (another) name']) {
      const root = join(folder, name);
      for (const part of PARTS) cpSync(join(ROOT, part), join(root, part), { recursive: true });
      roots.push(root);
    }
    roots.push(await unpacked());
    for (const root of roots) {
      symlinkSync(join(ROOT, 'node_modules'), join(root, 'node_modules'));
      writeFileSync(join(root, 'metadata.config.ts'), CONFIG);
      const build = ['node_modules/hardhat/dist/src/cli.js', '--config', 'metadata.config.ts', 'build'];
      execFileSync(process.execPath, build, { cwd: root, stdio: 'pipe' });
    }
  });
  after(remove);

  /** The package as npm packs it, in the folder in which it is built after it was installed. */
  async function unpacked(): Promise<string> {
    const installed = join(folder, 'lib', 'node_modules', 'descent-registry');
    mkdirSync(installed, { recursive: true });
    buildPackage();
    execFileSync('npm', ['pack', '--silent', '--ignore-scripts', '--pack-destination', folder], { cwd: ROOT });
    const [tarball] = readdirSync(folder).filter((name) => name.endsWith('.tgz'));
    execFileSync('tar', ['xzf', join(folder, tarball), '--strip-components=1', '-C', installed]);
    return prepareHome(installed, () => {}, join(folder, 'homes'));
  }

  /** A contract by `<source>:<name>`, as a root's own build made it. */
  function compiled(root: string, contract: string): Compiled {
    const [source, name] = contract.split(':');
    const artifact = JSON.parse(readFileSync(join(root, 'artifacts', source, `${name}.json`), 'utf8'));
    const output = join(root, 'artifacts', 'build-info', `${artifact.buildInfoId}.output.json`);
    const { contracts } = JSON.parse(readFileSync(output, 'utf8')).output;
    const { metadata } = contracts[artifact.inputSourceName][name];
    return { bytecode: artifact.bytecode, deployedBytecode: artifact.deployedBytecode, metadata };
  }

  it('have the same addresses: what was deployed from one root is found from the others', async () => {
    const node = await startLocalNode();
    try {
      const { client } = await connect(node.rpc);
      const sent = () => client.getTransactionCount({ address: developmentAccount(0).address });
      const deployments: Deployment[] = [];
      let count = 0;
      for (const root of roots) {
        deployments.push(await deployRegistry(node.rpc, { root }));
        count ||= await sent();
      }
      assert.ok(count >= 7, `${count} transactions`);
      assert.equal(await sent(), count);
      const [first, ...others] = deployments;
      for (const other of others) assert.deepEqual(other.contracts, first.contracts);
      for (const contract of Object.keys(first.contracts)) {
        const [one, ...rest] = roots.map((root) => compiled(root, contract));
        assert.ok(one.bytecode.length > 100 && one.metadata.length > 100, contract);
        for (const same of rest) assert.deepEqual(same, one, contract);
        const here = JSON.parse(readFileSync(join(ROOT, 'artifacts', `${contract.replace(':', '/')}.json`), 'utf8'));
        assert.equal(here.bytecode, one.bytecode, `${contract} of this checkout`);
      }
    } finally {
      await node.close();
    }
  });

  it('have metadata that names no folder', () => {
    for (const name of ['ModelRegistry', 'Relay']) {
      const { metadata } = compiled(roots[1], `contracts/${name}.sol:${name}`);
      assert.ok(!metadata.includes(folder) && !/another/i.test(JSON.stringify(JSON.parse(metadata).settings)));
      const { compilationTarget } = JSON.parse(metadata).settings;
      assert.deepEqual(compilationTarget, { [`project/contracts/${name}.sol`]: name });
    }
  });
});
