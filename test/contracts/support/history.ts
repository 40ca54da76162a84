// The history contract of EIP-2935. Hardhat has only a stand-in that reverts, so tests install the real code and write
// the hashes that a chain's system calls would have written.
import { type Address, type Hex, toHex } from 'viem';
import type { TestChain } from './chain.ts';

export const HISTORY: Address = '0x0000F90827F1C53a10cb7A02335B175320002935';

/** Runtime code as the EIP gives it. */
const CODE: Hex =
  '0x3373fffffffffffffffffffffffffffffffffffffffe14604657602036036042575f35600143038111604257611fff81430311604257611fff9006545f5260205ff35b5f5ffd5b5f35611fff60014303065500';
const WINDOW = 8191n;

export async function installHistory(chain: TestChain): Promise<void> {
  await chain.request('hardhat_setCode', HISTORY, CODE);
}

export async function recordHash(chain: TestChain, block: bigint, hash: Hex): Promise<void> {
  await chain.request('hardhat_setStorageAt', HISTORY, toHex(block % WINDOW), hash);
}
