import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import hre, { artifacts } from 'hardhat';

// EIP-170 and EIP-3860, in bytes.
const MAX_CODE = 24_576;
const MAX_INIT_CODE = 49_152;

// Lines counted for coverage make the code longer.
describe('the code of every contract', { skip: hre.globalOptions.coverage }, () => {
  it('fits what a chain takes', async () => {
    const names = [...(await artifacts.getAllFullyQualifiedNames())];
    const size = (code: string) => (code.length - 2) / 2;
    let contracts = 0;
    for (const name of names.filter((fullName) => /^contracts\/(?!mocks)/.test(fullName))) {
      const { bytecode, deployedBytecode } = await artifacts.readArtifact(name);
      assert.ok(size(deployedBytecode) <= MAX_CODE, `${name}: ${size(deployedBytecode)} bytes`);
      assert.ok(size(bytecode) <= MAX_INIT_CODE, `${name}: ${size(bytecode)} bytes to create it`);
      if (size(deployedBytecode) > 0) contracts++;
    }
    // Seven of ours and four examples at least.
    assert.ok(contracts >= 11, `${contracts}`);
  });
});
