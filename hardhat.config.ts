import { createRequire } from 'node:module';
import hardhatEthers from '@nomicfoundation/hardhat-ethers';
import hardhatIgnition from '@nomicfoundation/hardhat-ignition';
import hardhatNodeTestRunner from '@nomicfoundation/hardhat-node-test-runner';
import { defineConfig } from 'hardhat/config';
import { branchCoverage } from './scripts/coverage/plugin.ts';

const COMPILER = {
  // The compiler comes from the lock file, so nothing is downloaded and every machine makes the same bytecode.
  version: '0.8.37',
  path: createRequire(import.meta.url).resolve('solc/soljson.js'),
  settings: {
    optimizer: { enabled: true, runs: 1_000_000 },
    evmVersion: 'prague',
    metadata: { bytecodeHash: 'none' },
  },
};

export default defineConfig({
  plugins: [hardhatEthers, hardhatIgnition, hardhatNodeTestRunner, branchCoverage()],
  // Ignition builds with the production profile. It must not compile each file by itself, as it would unless told: files
  // without contracts then leave build records that Hardhat's own network cannot read.
  solidity: { profiles: { default: COMPILER, production: { ...COMPILER, isolated: false } } },
  paths: { tests: { nodejs: 'test/contracts', solidity: 'test/contracts/solidity' }, ignition: 'scripts/ignition' },
  // Of contracts/, what nobody writes by hand and what only tests use is not counted.
  coverage: { skipFiles: ['contracts/verifiers/**', 'contracts/mocks/**'] },
  // Random calls and sequences of calls: `hardhat test solidity`.
  test: { solidity: { fuzz: { runs: 10_000 }, invariant: { runs: 256, depth: 500, failOnRevert: true } } },
});
