import { readFileSync } from 'node:fs';
import type { LocalAccount } from 'viem';
import { mnemonicToAccount, privateKeyToAccount } from 'viem/accounts';
import { InputError } from '../../src/errors/InputError.ts';

/** Chains whose accounts are public anyway: Hardhat's and Ganache's. */
export const LOCAL_CHAINS: readonly number[] = [31337, 1337];

// The mnemonic that Hardhat, Anvil and Foundry publish for local chains.
const DEVELOPMENT_MNEMONIC = 'test test test test test test test test test test test junk';

export interface KeyOptions {
  keyFile?: string;
  /** Index of a development account, for local chains only. */
  account?: number;
}

/**
 * The account that signs: `--key-file`, else the environment's DESCENT_PRIVATE_KEY, else a development account.
 * The key is never part of an error or of any output.
 * @throws InputError when no key is given, a key is malformed, or a development account is asked for on a real chain.
 */
export function loadAccount(options: KeyOptions, chainId: number, environment = process.env): LocalAccount {
  if (options.keyFile !== undefined && options.account !== undefined) {
    throw new InputError('Give either --key-file or --account, not both.');
  }
  if (options.account !== undefined) {
    if (!LOCAL_CHAINS.includes(chainId)) {
      throw new InputError(
        `--account names a development account, whose key is public; chain ${chainId} is not a local one.`,
        {
          hint: 'Use --key-file or DESCENT_PRIVATE_KEY.',
        },
      );
    }
    return developmentAccount(options.account);
  }
  if (options.keyFile !== undefined) return parseKey(readKeyFile(options.keyFile), `the key file ${options.keyFile}`);
  const key = environment.DESCENT_PRIVATE_KEY;
  if (key !== undefined && key !== '') return parseKey(key, 'DESCENT_PRIVATE_KEY');
  throw new InputError('No key to sign with.', {
    hint: 'Use --key-file, DESCENT_PRIVATE_KEY or, on a local chain, --account <index>.',
  });
}

/** Account `index` of Hardhat's public mnemonic. */
export function developmentAccount(index: number): LocalAccount {
  return mnemonicToAccount(DEVELOPMENT_MNEMONIC, { addressIndex: index });
}

function readKeyFile(path: string): string {
  try {
    return readFileSync(path, 'utf8');
  } catch (cause) {
    throw new InputError(`Cannot read the key file ${path}.`, { details: (cause as NodeJS.ErrnoException).code });
  }
}

function parseKey(text: string, where: string): LocalAccount {
  const digits = text.trim().replace(/^0x/i, '');
  // The offending value must not be shown, and neither must the library's message, which could quote it.
  if (!/^[0-9a-fA-F]{64}$/.test(digits))
    throw new InputError(`${capitalize(where)} does not hold 32 bytes in hexadecimal.`);
  try {
    return privateKeyToAccount(`0x${digits}`);
  } catch {
    throw new InputError(`${capitalize(where)} does not hold a valid secp256k1 key.`);
  }
}

function capitalize(text: string): string {
  return text[0].toUpperCase() + text.slice(1);
}
