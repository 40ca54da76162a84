import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import { fileURLToPath } from 'node:url';
import { buildPackage } from '../../scripts/build/package.ts';

const ROOT = join(dirname(fileURLToPath(import.meta.url)), '..', '..');
const NAME: string = JSON.parse(readFileSync(join(ROOT, 'package.json'), 'utf8')).name;

const CONTRACT = `// SPDX-License-Identifier: UNLICENSED
pragma solidity ^0.8.28;
import {ICreditVault} from "${NAME}/contracts/interfaces/ICreditVault.sol";
import {ILineage} from "${NAME}/contracts/interfaces/ILineage.sol";
import {MockLineage} from "${NAME}/contracts/mocks/MockLineage.sol";
contract Consumer {
    ILineage private immutable LINEAGE = new MockLineage();
    function tip(ICreditVault vault, bytes32 model) external payable { vault.pay{value: msg.value}(model); }
    function isSeed(bytes32 model) external view returns (bool) { return LINEAGE.kindOf(model) == ILineage.Kind.Seed; }
}
`;

// A stranger's own test: three of the examples on contracts of the package, with edges that nobody proved.
const EXAMPLES = `// SPDX-License-Identifier: UNLICENSED
pragma solidity ^0.8.28;
import {Conditions} from "${NAME}/contracts/Conditions.sol";
import {LineageReader} from "${NAME}/contracts/LineageReader.sol";
import {Trainers} from "${NAME}/contracts/Trainers.sol";
import {DescentGate} from "${NAME}/contracts/examples/DescentGate.sol";
import {LeaderInUse} from "${NAME}/contracts/examples/LeaderInUse.sol";
import {PartGate} from "${NAME}/contracts/examples/PartGate.sol";
import {IConditions} from "${NAME}/contracts/interfaces/IConditions.sol";
import {IDataAttestations} from "${NAME}/contracts/interfaces/IDataAttestations.sol";
import {IModelRegistry} from "${NAME}/contracts/interfaces/IModelRegistry.sol";
import {IScores} from "${NAME}/contracts/interfaces/IScores.sol";
import {MockLineage} from "${NAME}/contracts/mocks/MockLineage.sol";
import {MockScores} from "${NAME}/contracts/mocks/MockScores.sol";
contract ExamplesTest {
    bytes32 private constant BASE = "base";
    bytes32 private constant OTHER = "other";
    bytes32 private constant CHILD = "child";
    bytes32 private constant MIX = "mix";
    MockLineage private lineage = new MockLineage();
    Conditions private conditions;
    error Wrong(string what);
    function setUp() external {
        LineageReader reader = new LineageReader(IModelRegistry(address(lineage)));
        conditions = new Conditions(reader, IDataAttestations(address(0)));
        lineage.addSeed(BASE, address(1));
        lineage.addSeed(OTHER, address(1));
        lineage.addTrain(CHILD, address(this), BASE);
        bytes32[] memory parents = new bytes32[](2);
        uint256[] memory weights = new uint256[](2);
        (parents[0], parents[1], weights[0], weights[1]) = (CHILD, OTHER, 1, 3);
        lineage.addMerge(MIX, address(this), parents, weights);
    }
    function test_DescentGate() external {
        DescentGate gate = new DescentGate(conditions, new Trainers(address(0)), BASE);
        gate.enter(CHILD, new bytes32[](0));
        gate.enter(MIX, new bytes32[](0));
        if (!gate.admitted(CHILD) || !gate.admitted(MIX)) revert Wrong("descendants enter");
        DescentGate other = new DescentGate(conditions, new Trainers(address(0)), OTHER);
        bytes memory refusal = abi.encodeWithSelector(IConditions.NotADescendant.selector, CHILD, OTHER);
        refused(address(other), abi.encodeCall(other.enter, (CHILD, new bytes32[](0))), refusal);
    }
    function test_PartGate() external {
        PartGate gate = new PartGate(conditions, BASE, 50);
        gate.requirePart(CHILD, new bytes32[](0));
        bytes memory refusal = abi.encodeWithSelector(IConditions.PartTooSmall.selector, 0.25e18, 0.5e18);
        refused(address(gate), abi.encodeCall(gate.requirePart, (MIX, new bytes32[](0))), refusal);
    }
    function test_LeaderInUse() external {
        MockScores scores = new MockScores();
        LeaderInUse service = new LeaderInUse(lineage, scores, "benchmark", 9_000);
        refused(address(service), abi.encodeCall(service.update, ()), abi.encodePacked(LeaderInUse.NoLeader.selector));
        scores.setScore(CHILD, "benchmark", IScores.Score(IScores.Measure.RowsRight, 95, 100));
        service.update();
        if (service.model() != CHILD) revert Wrong("the leader is in use");
    }
    function refused(address to, bytes memory call, bytes memory refusal) private {
        (bool done, bytes memory reason) = to.call(call);
        if (done || keccak256(reason) != keccak256(refusal)) revert Wrong("refused for that reason");
    }
}
`;

// Types only hold if the ABI is known literally.
const SCRIPT = `import { creditVaultAbi, errorsAbi, lineageAbi } from '${NAME}/abi';
type Name<T> = T extends readonly (infer E)[] ? (E extends { readonly type: 'function'; readonly name: infer N } ? N : never) : never;
const known: Name<typeof lineageAbi> = 'isAncestor';
// @ts-expect-error there is no such function
const unknown: Name<typeof creditVaultAbi> = 'stealEverything';
// A vault hands on what the registry refuses.
type Refusal<T> = T extends readonly (infer E)[] ? (E extends { readonly type: 'error'; readonly name: infer N } ? N : never) : never;
export const refusals: Refusal<typeof errorsAbi>[] = ['UnknownModel', 'ProofRejected'];
export const named = refusals.every((name) => errorsAbi.filter((entry) => entry.name === name).length === 1);
export const found = [known, lineageAbi.some((entry) => entry.type === 'function' && entry.name === known), unknown, named];
`;

const CONFIG = (compiler: string) => `import { defineConfig } from 'hardhat/config';
export default defineConfig({ solidity: { version: '0.8.37', path: ${JSON.stringify(compiler)} } });
`;

describe('the package in a stranger’s Hardhat project', () => {
  let folder: string;
  let installed: string;

  before(() => {
    folder = mkdtempSync(join(tmpdir(), 'descent-consumer-'));
    const modules = join(folder, 'node_modules');
    installed = join(modules, NAME);
    mkdirSync(join(folder, 'contracts'), { recursive: true });
    mkdirSync(installed, { recursive: true });
    buildPackage();
    execFileSync('npm', ['pack', '--silent', '--ignore-scripts', '--pack-destination', folder], { cwd: ROOT });
    const [tarball] = readdirSync(folder).filter((name) => name.endsWith('.tgz'));
    execFileSync('tar', ['xzf', join(folder, tarball), '--strip-components=1', '-C', installed]);
    symlinkSync(join(ROOT, 'node_modules', 'hardhat'), join(modules, 'hardhat'));
    writeFileSync(join(folder, 'package.json'), '{ "name": "consumer", "type": "module" }');
    writeFileSync(join(folder, 'contracts', 'Consumer.sol'), CONTRACT);
    writeFileSync(join(folder, 'contracts', 'Examples.t.sol'), EXAMPLES);
    writeFileSync(join(folder, 'consumer.ts'), SCRIPT);
    const compiler = createRequire(import.meta.url).resolve('solc/soljson.js');
    writeFileSync(join(folder, 'hardhat.config.ts'), CONFIG(compiler));
  });

  after(() => rmSync(folder, { recursive: true, force: true }));

  const node = (...args: string[]) =>
    execFileSync(process.execPath, args, {
      cwd: folder,
      encoding: 'utf8',
      env: { PATH: process.env.PATH, HOME: folder },
    });

  it('holds the contracts and their ABIs beside the sources of the command line, and nothing that is built or private', () => {
    const folders = readdirSync(installed).filter((name) => !name.endsWith('.md') && name !== 'LICENSE');
    const sources = [
      '.toolchain',
      'circuits',
      'contracts',
      'docs',
      'hardhat.config.ts',
      'scripts',
      'src',
      'tsconfig.json',
    ];
    assert.deepEqual(folders.sort(), [...sources, 'build', 'package.json', 'web'].sort());
    assert.deepEqual(readdirSync(join(installed, 'build')), ['package']);
    assert.deepEqual(readdirSync(join(installed, 'build', 'package')).sort(), [
      'abi.d.ts',
      'abi.js',
      'package-lock.json',
    ]);
    const files = readdirSync(installed, { recursive: true }).map(String);
    const foreign = /\.(zkey|ptau|r1cs|wtns)$|\.tsbuildinfo$|(^|\/)(node_modules|\.next)(\/|$)/;
    assert.deepEqual(
      files.filter((name) => foreign.test(name)),
      [],
    );
  });

  it('compiles with a contract of ten lines that imports interfaces and the mock registry', () => {
    node(join(ROOT, 'node_modules/hardhat/dist/src/cli.js'), 'build');
    const artifact = readFileSync(join(folder, 'artifacts/contracts/Consumer.sol/Consumer.json'), 'utf8');
    assert.ok(JSON.parse(artifact).bytecode.length > 1_000);
  });

  it('runs three of the examples in tests of the stranger’s own', () => {
    const told = node(join(ROOT, 'node_modules/hardhat/dist/src/cli.js'), 'test', 'solidity');
    for (const example of ['DescentGate', 'PartGate', 'LeaderInUse']) {
      assert.match(told, new RegExp(`^\\s*✔ test_${example}\\(\\)`, 'm'));
    }
    assert.match(told, /3 passing/);
  });

  it('gives ABIs whose names TypeScript knows, and Node.js without any framework', () => {
    const options = ['--noEmit', '--strict', '--target', 'es2022', '--module', 'nodenext'];
    node(join(ROOT, 'node_modules/typescript/bin/tsc'), ...options, 'consumer.ts');
    const print = "import('./consumer.ts').then(({ found }) => console.log(JSON.stringify(found)))";
    assert.equal(
      node('--disable-warning=ExperimentalWarning', '--input-type=module', '-e', print).trim(),
      '["isAncestor",true,"stealEverything",true]',
    );
  });

  it('exports nothing else', () => {
    const load = `import('${NAME}/scripts/descent.mjs').catch(({ code }) => console.log(code))`;
    assert.equal(node('--input-type=module', '-e', load).trim(), 'ERR_PACKAGE_PATH_NOT_EXPORTED');
  });
});
