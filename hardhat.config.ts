import { createRequire } from 'node:module';
import hardhatEthers from '@nomicfoundation/hardhat-ethers';
import hardhatNodeTestRunner from '@nomicfoundation/hardhat-node-test-runner';
import { defineConfig } from 'hardhat/config';
import { branchCoverage } from './scripts/build/coverage/plugin.ts';

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

// With the usual settings the code of the registry and of the scoreboard is larger than a chain takes. It is written for size, over
// the compiler's intermediate language, and so is the test that creates a registry.
const LARGE = [
  'contracts/ModelRegistry.sol',
  'contracts/Scoreboard.sol',
  'test/contracts/solidity/RegistryInvariants.t.sol',
];
// Code that counts is larger: over the usual way these need more of the stack than there is. Solidity's own tests, which would
// too, are not compiled then.
const COUNTS = process.argv.includes('--coverage');
const DEEP_IF_COUNTED = ['contracts/mocks/RankingHarness.sol', 'contracts/mocks/BenchmarksHarness.sol'];
const SMALL_CODE = { ...COMPILER.settings, optimizer: { enabled: true, runs: 200 }, viaIR: true };

export default defineConfig({
  plugins: [hardhatEthers, hardhatNodeTestRunner, branchCoverage()],
  solidity: {
    compilers: [COMPILER],
    splitTestsCompilation: COUNTS,
    // A contract of OpenZeppelin that can own Verifiers, for tests.
    npmFilesToBuild: ['@openzeppelin/contracts/access/manager/AccessManager.sol'],
    overrides: {
      ...Object.fromEntries(
        [...LARGE, ...(COUNTS ? DEEP_IF_COUNTED : [])].map((file) => [file, { ...COMPILER, settings: SMALL_CODE }]),
      ),
      // Whose gas every proof or claim pays: over the intermediate language, some thousand gas are saved.
      'contracts/Verifiers.sol': { ...COMPILER, settings: { ...COMPILER.settings, viaIR: true } },
      'contracts/CreditVault.sol': { ...COMPILER, settings: { ...COMPILER.settings, viaIR: true } },
    },
  },
  paths: { tests: { nodejs: 'test/contracts', solidity: 'test/contracts/solidity' } },
  // Of contracts/, what only tests use is not counted.
  coverage: { skipFiles: ['contracts/mocks/**'] },
  // Random calls and sequences of calls: `hardhat test solidity`.
  test: { solidity: { fuzz: { runs: 10_000 }, invariant: { runs: 256, depth: 500, failOnRevert: true } } },
});
