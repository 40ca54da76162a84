import { createRequire } from 'node:module';
import hardhatEthers from '@nomicfoundation/hardhat-ethers';
import hardhatNodeTestRunner from '@nomicfoundation/hardhat-node-test-runner';
import { defineConfig } from 'hardhat/config';

export default defineConfig({
  plugins: [hardhatEthers, hardhatNodeTestRunner],
  solidity: {
    // The compiler comes from the lock file, so nothing is downloaded and every machine makes the same bytecode.
    version: '0.8.37',
    path: createRequire(import.meta.url).resolve('solc/soljson.js'),
    settings: {
      optimizer: { enabled: true, runs: 1_000_000 },
      evmVersion: 'prague',
      metadata: { bytecodeHash: 'none' },
    },
  },
  paths: { tests: { nodejs: 'test/contracts', solidity: 'test/contracts/solidity' } },
  // Random calls and sequences of calls: `hardhat test solidity`.
  test: { solidity: { fuzz: { runs: 10_000 }, invariant: { runs: 256, depth: 500, failOnRevert: true } } },
});
