import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { join } from 'node:path';
import { describe, it } from 'node:test';
import { fileURLToPath } from 'node:url';

const ROOT = fileURLToPath(new URL('../../', import.meta.url));
const NAMES = ['Verifiers', 'Relay', 'ModelRegistry', 'Scoreboard', 'CreditVault', 'BountyBoard', 'ModelCards'];

describe('the Ignition module', () => {
  it('deploys the verifiers, the registry and everything that stands on it', () => {
    // The default profile is what the tests around have built already.
    const args = ['ignition', 'deploy', '--build-profile', 'default', 'scripts/ignition/modules/Descent.ts'];
    const cli = join(ROOT, 'node_modules/hardhat/dist/src/cli.js');
    const output = execFileSync(process.execPath, [cli, ...args], { cwd: ROOT, encoding: 'utf8', timeout: 240_000 });
    assert.match(output, /successfully deployed/);
    for (const name of NAMES) assert.match(output, new RegExp(`Descent#${name} - 0x[0-9a-fA-F]{40}`), name);
  });
});
