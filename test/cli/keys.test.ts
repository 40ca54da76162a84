import assert from 'node:assert/strict';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { after, describe, it } from 'node:test';
import { inspect } from 'node:util';
import { privateKeyToAccount } from 'viem/accounts';
import { connect, redact } from '../../scripts/chain/client.ts';
import { developmentAccount, type KeyOptions, loadAccount } from '../../scripts/chain/keys.ts';
import { temporaryFolder } from './cli.ts';

const KEY = '0x4c0883a69102937d6231471b5dbb6204fe5129617082792ae468d01a3f362318';
const MAINNET = 1;
const LOCAL = 31337;

describe('keys', () => {
  const { folder, remove } = temporaryFolder();
  after(remove);
  const file = (content: string) => {
    const path = join(folder, 'key');
    writeFileSync(path, content);
    return path;
  };
  const refused = (options: KeyOptions, chainId: number, environment: NodeJS.ProcessEnv = {}) => {
    try {
      loadAccount(options, chainId, environment);
    } catch (error) {
      return error as Error;
    }
    return assert.fail('it was accepted');
  };

  it('come from a file, with or without 0x and line end, or from the environment', () => {
    const { address } = privateKeyToAccount(KEY);
    for (const content of [KEY, `${KEY}\n`, KEY.slice(2), KEY.toUpperCase().replace('0X', '0x')]) {
      assert.equal(loadAccount({ keyFile: file(content) }, MAINNET, {}).address, address);
    }
    assert.equal(loadAccount({}, MAINNET, { DESCENT_PRIVATE_KEY: KEY }).address, address);
  });

  it('of the development mnemonic serve local chains only', () => {
    assert.equal(developmentAccount(0).address, '0xf39Fd6e51aad88F6F4ce6aB8827279cffFb92266');
    assert.equal(loadAccount({ account: 0 }, LOCAL, {}).address, developmentAccount(0).address);
    assert.match(refused({ account: 0 }, MAINNET).message, /chain 1 is not a local one/);
  });

  it('are demanded, and demanded once', () => {
    assert.match(refused({}, LOCAL).message, /No key to sign with/);
    assert.match(refused({ account: 0, keyFile: file(KEY) }, LOCAL).message, /not both/);
  });

  it('are never shown, however wrong they are', () => {
    const secret = KEY.slice(2);
    for (const content of [`${KEY}00`, `key=${KEY}`, secret.slice(0, 60), `0x${'f'.repeat(64)}`]) {
      for (const error of [
        refused({ keyFile: file(content) }, MAINNET),
        refused({}, MAINNET, { DESCENT_PRIVATE_KEY: content }),
      ]) {
        const everything = inspect(error, { depth: 10, showHidden: true });
        assert.ok(!everything.includes(content) && !everything.includes(secret.slice(0, 20)), error.message);
        assert.match(error.message, /does not hold/);
      }
    }
  });

  it("of a provider's URL are not shown either", async () => {
    assert.equal(redact('https://user:pass@example.org/v3/secret?key=secret'), 'https://example.org');
    await assert.rejects(
      connect('http://127.0.0.1:9/secret-token'),
      (error: Error) => !error.message.includes('secret'),
    );
  });
});
