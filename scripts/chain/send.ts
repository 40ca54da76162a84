import { join } from 'node:path';
import { keccak256, type LocalAccount, type TransactionReceipt } from 'viem';
import type { Chain } from './client.ts';
import { fileJournal } from './journal.ts';
import { explainRevert } from './revert.ts';
import { type Call, sendOnce } from './transaction.ts';

/**
 * Sends a call that belongs to no run, once however often it is called.
 * @param runs folder of the runs: the signed transaction is kept in `transactions` below it
 * @throws DescentError with the contract's reason
 */
export async function sendCall(
  chain: Chain,
  account: LocalAccount,
  call: Call,
  runs: string,
): Promise<TransactionReceipt> {
  const name = keccak256(`${call.to}${call.data.slice(2)}`).slice(2, 18);
  try {
    return await sendOnce(chain, account, call, fileJournal(join(runs, 'transactions', `${name}.tx`)));
  } catch (error) {
    throw explainRevert(error);
  }
}
