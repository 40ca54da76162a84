import { rmSync } from 'node:fs';
import { join } from 'node:path';
import { concat, keccak256, type LocalAccount, numberToHex, type TransactionReceipt } from 'viem';
import type { Chain } from './client.ts';
import { fileJournal } from './journal.ts';
import { explainRevert } from './revert.ts';
import { type Call, sendOnce } from './transaction.ts';

/**
 * Sends a call that belongs to no run. One that was interrupted continues with the same transaction; one that succeeded is
 * forgotten, so that the same can be said again later: callers look first whether the chain says it already.
 * @param runs folder of the runs: the signed transaction is kept in `transactions` below it until it has succeeded
 * @throws DescentError with the contract's reason
 */
export async function sendCall(
  chain: Chain,
  account: LocalAccount,
  call: Call,
  runs: string,
): Promise<TransactionReceipt> {
  const sent = call.value === undefined ? [] : [numberToHex(call.value, { size: 32 })];
  const name = keccak256(concat([call.to, call.data, ...sent])).slice(2, 18);
  const file = join(runs, 'transactions', `${name}.tx`);
  try {
    const receipt = await sendOnce(chain, account, call, fileJournal(file));
    rmSync(file, { force: true });
    return receipt;
  } catch (error) {
    throw explainRevert(error);
  }
}
