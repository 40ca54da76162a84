import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { countBranches } from '../../scripts/build/coverage/countBranches.ts';
import { coverageReport } from '../../scripts/build/coverage/report.ts';

const ROOT = fileURLToPath(new URL('../../', import.meta.url));

// Every kind of decision; the letter before the first has two bytes.
const CONTRACT = `// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

contract Every {
    function half(uint256 x) external pure returns (uint256) {
        /* é */ require(x != 5, unicode"é");
        // Not counted, as the function is pure.
        assembly ("memory-safe") { if gt(x, 100) { x := 100 } }
        return x / 2;
    }

    function every(uint256 x) external view returns (uint256 y) {
        if (x == 1 || x == 2 || x == 20) y = 1;
        if (x > 2 && (x != 9)) {
            if (x == 4) return 40;
        } else y += x > 8 ? 1 : 2;
        for (uint256 i = 0; i < x; ++i) ++y;
        while (y > 6) y -= 2;
        do ++y; while (y % 2 == 1);
        while (true) if (++y > 5) break;
        try this.half(x) returns (uint256 h) { y += h; } catch { y += 70; }
        assembly ("memory-safe") {
            function raised(a, b) -> c { if gt(a, 7) { a := 2 } c := add(a, b) }
            switch x
            case 0 { y := add(y, 100) }
            default { y := raised(y, 200) }
            switch x case 1 { y := add(y, 1) }
            for { let i := 0 } lt(i, x) { i := add(i, 1) } { y := add(y, 1) }
        }
    }
}
`;

// By argument: what the contract answers when nothing is counted.
const ANSWERS = { 0: 106, 1: 209, 2: 204, 3: 210, 4: 40, 5: 207, 8: 210, 9: 211, 12: 214 };

const MISSING_AFTER_3 = `
contracts/Every.sol:6:25  x != 5  was never false
contracts/Every.sol:13:13  x == 1 || x == 2 || x == 20  was never true
contracts/Every.sol:13:13  x == 1  was never true
contracts/Every.sol:13:23  x == 2  was never true
contracts/Every.sol:14:13  x > 2 && (x != 9)  was never false
contracts/Every.sol:14:13  x > 2  was never false
contracts/Every.sol:15:17  x == 4  was never true
contracts/Every.sol:16:21  x > 8  was never true
contracts/Every.sol:16:21  x > 8  was never false
contracts/Every.sol:18:16  y > 6  was never true
contracts/Every.sol:19:24  y % 2 == 1  was never true
contracts/Every.sol:21:64  { y += 70; }  was never entered
contracts/Every.sol:23:45  gt(a, 7)  was never true
contracts/Every.sol:25:20  { y := add(y, 100) }  was never entered
contracts/Every.sol:27:29  { y := add(y, 1) }  was never entered
`;

const CONFIG = `import hardhatNodeTestRunner from '@nomicfoundation/hardhat-node-test-runner';
import { defineConfig } from 'hardhat/config';
import { branchCoverage } from '${pathToFileURL(join(ROOT, 'scripts/build/coverage/plugin.ts'))}';
export default defineConfig({
  plugins: [hardhatNodeTestRunner, branchCoverage()],
  solidity: { version: '0.8.37', path: '${createRequire(import.meta.url).resolve('solc/soljson.js')}' },
});
`;

const TEST = `import assert from 'node:assert/strict';
import { it } from 'node:test';
import { artifacts, network } from 'hardhat';
import { decodeFunctionResult, encodeFunctionData } from 'viem';
it('answers', async () => {
  const { provider } = await network.create();
  const { abi, bytecode } = await artifacts.readArtifact('Every');
  const [from] = await provider.request({ method: 'eth_accounts' });
  const hash = await provider.request({ method: 'eth_sendTransaction', params: [{ from, data: bytecode }] });
  const { contractAddress: to } = await provider.request({ method: 'eth_getTransactionReceipt', params: [hash] });
  for (const [x, answer] of Object.entries(JSON.parse(process.env.ANSWERS))) {
    const data = encodeFunctionData({ abi, functionName: 'every', args: [BigInt(x)] });
    const result = await provider.request({ method: 'eth_call', params: [{ to, data }] });
    assert.equal(decodeFunctionResult({ abi, functionName: 'every', data: result }), BigInt(answer));
  }
});
`;

describe('branch coverage', () => {
  let folder: string;

  before(() => {
    folder = mkdtempSync(join(tmpdir(), 'descent-coverage-'));
    for (const name of ['contracts', 'test']) mkdirSync(join(folder, name));
    symlinkSync(join(ROOT, 'node_modules'), join(folder, 'node_modules'));
    writeFileSync(join(folder, 'package.json'), '{ "name": "counted", "type": "module" }');
    writeFileSync(join(folder, 'hardhat.config.ts'), CONFIG);
    writeFileSync(join(folder, 'contracts', 'Every.sol'), CONTRACT);
    writeFileSync(join(folder, 'test', 'every.ts'), TEST);
  });

  after(() => rmSync(folder, { recursive: true, force: true }));

  /** Runs the project's test, in which the contract must answer as it does uncounted. */
  const run = (answers: object, ...options: string[]) => {
    const cli = join(ROOT, 'node_modules', 'hardhat', 'dist', 'src', 'cli.js');
    const result = spawnSync(process.execPath, [cli, 'test', 'nodejs', 'test/every.ts', ...options], {
      cwd: folder,
      // Nothing of the run that this is part of: neither its configuration nor its being a test.
      env: { PATH: process.env.PATH, HOME: folder, ANSWERS: JSON.stringify(answers) },
      encoding: 'utf8',
    });
    assert.match(result.stdout, /1 passing/, result.stdout + result.stderr);
    return result;
  };

  it('counts nothing unless it is asked for', () => {
    const { status, stdout } = run(ANSWERS);
    assert.equal(status, 0);
    assert.doesNotMatch(stdout, /branches/);
  });

  it('names each branch that no test takes, and fails', () => {
    const { status, stdout } = run({ 3: ANSWERS[3] }, '--coverage');
    assert.equal(`\n${stdout.match(/^.*was never.*\n/gm)?.join('')}`, MISSING_AFTER_3);
    assert.match(stdout, /^total .* 55\.88 % \(19\/34\)$/m);
    assert.equal(status, 1);
  });

  it('is complete when every decision went every way, and Hardhat’s figures are those of the source as written', () => {
    const { status, stdout } = run(ANSWERS, '--coverage');
    assert.match(stdout, /^total +100\.00 % \(19\/19\) +100\.00 % \(23\/23\) +100\.00 % \(34\/34\)$/m);
    assert.match(stdout, /contracts\/Every\.sol │ 100\.00 │ 100\.00 /);
    assert.equal(status, 0);
  });

  it('is not complete when nothing was counted', () => {
    assert.equal(coverageReport(new Map(), new Map(), new Set()).complete, false);
  });

  it('refuses a source that it cannot count', () => {
    assert.throws(() => countBranches('a.sol', CONTRACT, CONTRACT), /a\.sol: Hardhat's calls are not as expected/);
    assert.throws(
      () => countBranches('a.sol', 'contract {', 'contract {'),
      /a\.sol does not parse: Expected identifier/,
    );
  });
});
