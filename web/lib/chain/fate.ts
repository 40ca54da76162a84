import type { Address, Hex, PublicClient, TransactionReceipt } from 'viem';
import type { Sent } from './sentTypes.ts';

/** Blocks after which nobody expects that a chain takes one back. */
const DEEP = 12;
/** A node that does not show a transaction may be late: it is not said to be dropped before. */
const DROPPED_AFTER_MS = 60_000;

/** What is to be remembered of a transaction now. */
export type Change = Pick<Sent, 'fate'> & Partial<Pick<Sent, 'nonce' | 'seenAt' | 'settled'>>;

/** Hash of what a transaction calls, with what and for how much. */
export async function callHash(to: Address, data: Hex, value: bigint): Promise<Hex> {
  const { encodePacked, keccak256 } = await import('viem');
  return keccak256(encodePacked(['address', 'uint256', 'bytes'], [to, value, data]));
}

/** Asks the chain what became of a transaction. It is ended only by a block. */
export async function fateOf(sent: Sent, client: PublicClient): Promise<Change> {
  const receipt = await receiptOf(client, sent.hash);
  if (receipt) return inBlock(receipt, client);
  const known = await transactionOf(client, sent.hash);
  if (known) return { fate: { phase: 'submitted' }, nonce: known.nonce, seenAt: Date.now() };
  const { nonce, sender: address } = sent;
  const isLong = Date.now() - sent.seenAt > DROPPED_AFTER_MS;
  // Without its nonce nothing tells whether another took its place.
  if (nonce === undefined) return { fate: { phase: isLong ? 'dropped' : 'submitted' } };
  const [used, waiting] = await Promise.all([
    client.getTransactionCount({ address }),
    client.getTransactionCount({ address, blockTag: 'pending' }),
  ]);
  if (used > nonce) return (await takenBy(sent, nonce, client)) ?? { fate: { phase: 'superseded' } };
  if (waiting > nonce) return { fate: { phase: 'submitted', replacing: true } };
  return { fate: { phase: isLong ? 'dropped' : 'submitted' } };
}

async function inBlock(
  { transactionHash: hash, blockNumber, status, gasUsed }: TransactionReceipt,
  client: PublicClient,
  replaced = false,
): Promise<Change> {
  const block = Number(blockNumber);
  const settled = Number(await client.getBlockNumber()) - block >= DEEP;
  if (status !== 'success') return { fate: { phase: 'reverted', hash, block }, settled };
  const gas = Number(gasUsed);
  return { fate: { phase: 'confirmed', hash, block, gas, ...(replaced && { replaced }) }, settled };
}

/** The transaction in a block that has the nonce; undefined where the node does not find it. */
async function takenBy(sent: Sent, nonce: number, client: PublicClient): Promise<Change | undefined> {
  const blockNumber = await blockOf(sent, nonce, client).catch(() => undefined);
  if (blockNumber === undefined) return undefined;
  const { transactions } = await client.getBlock({ blockNumber, includeTransactions: true });
  const other = transactions.find(({ from, nonce: its }) => its === nonce && isSame(from, sent.sender));
  // A node that shows the block but not yet the receipt: it is asked again.
  if (other?.hash === sent.hash) return { fate: { phase: 'submitted' } };
  if (!other) return undefined;
  const isSameCall = other.to !== null && (await callHash(other.to, other.input, other.value)) === sent.call;
  const receipt = await receiptOf(client, other.hash);
  if (!receipt) return undefined;
  const change = await inBlock(receipt, client, true);
  if (isSameCall) return change;
  return { ...change, fate: { phase: 'cancelled', hash: other.hash, block: Number(blockNumber) } };
}

/** The first block after which the sender has used the nonce. Fails where the node keeps no state of the past. */
async function blockOf({ sender: address, since }: Sent, nonce: number, client: PublicClient): Promise<bigint> {
  let [before, at] = [BigInt(since), await client.getBlockNumber()];
  while (at - before > 1n) {
    const middle = (before + at) / 2n;
    const used = await client.getTransactionCount({ address, blockNumber: middle });
    if (used > nonce) at = middle;
    else before = middle;
  }
  return at;
}

const isSame = (a: string, b: string) => a.toLowerCase() === b.toLowerCase();

/** @returns undefined where the node does not know it */
function receiptOf(client: PublicClient, hash: Hex): Promise<TransactionReceipt | undefined> {
  return client.getTransactionReceipt({ hash }).catch(unless('TransactionReceiptNotFoundError'));
}

function transactionOf(client: PublicClient, hash: Hex) {
  return client.getTransaction({ hash }).catch(unless('TransactionNotFoundError'));
}

/** Any other error is the node's, and says nothing of the transaction. */
function unless(name: string): (error: Error) => undefined {
  return (error) => {
    if (error.name === name) return undefined;
    throw error;
  };
}
