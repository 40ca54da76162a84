import {
  BlockNotFoundError,
  concat,
  type Hex,
  keccak256,
  type LocalAccount,
  numberToHex,
  TransactionNotFoundError,
  type TransactionReceipt,
  TransactionReceiptNotFoundError,
} from 'viem';
import { DescentError } from '../../src/errors/DescentError.ts';
import { patiently, sleep } from '../../src/errors/patience.ts';
import { gasLimit } from '../../src/registry/gas.ts';
import { type Chain, shortMessage } from './client.ts';

export interface Call {
  to: Hex;
  data: Hex;
  /** sent along, in wei; none unless given */
  value?: bigint;
}

/** A signed transaction as kept on disk: enough to repeat it, nothing that signs another. */
export interface SentTransaction {
  chainId: number;
  from: Hex;
  nonce: number;
  /** keccak256 of the call's data, and of what is sent along if anything is. */
  call: Hex;
  hash: Hex;
  raw: Hex;
  /** Hash of the chain's first block; absent where the node does not give it. */
  genesis?: Hex;
  /** Where the chain took it. */
  accepted?: { gas: number; block: number };
}

/** Where the signed transaction is kept between attempts; `write` is durable before it returns. */
export interface Journal {
  read(): SentTransaction | undefined;
  write(sent: SentTransaction): void;
}

const RECEIPT_TIMEOUT_MS = 300_000;
/** A node behind a balancer may not have the block yet that another one counts. */
const ASK_AGAIN = 5;

/**
 * Sends a call exactly once, however often this is interrupted and repeated: the transaction is signed locally, its
 * bytes are kept before they are sent, and a repetition sends the same bytes again (same nonce: at most one counts).
 * @throws whatever the gas estimate throws (a revert), DescentError (chain) when it takes more gas than a transaction has,
 * when the receipt does not come or failed.
 */
export async function sendOnce(
  chain: Chain,
  account: LocalAccount,
  call: Call,
  journal: Journal,
): Promise<TransactionReceipt> {
  const sent = await resume(chain, account, call, journal);
  if ('receipt' in sent) return accept(sent.receipt, journal);
  await broadcast(chain, sent);
  try {
    return accept(await waitForReceipt(chain, sent.hash), journal);
  } catch (cause) {
    if (cause instanceof DescentError) throw cause;
    throw new DescentError(`The transaction ${sent.hash} is sent, but no receipt came.`, {
      cause,
      details: shortMessage(cause),
      code: 'NO_RECEIPT',
      exit: 'chain',
      hint: 'Run the same command again: it waits for this transaction and does not send another.',
    });
  }
}

/** What tells a call from others to the same contract. */
function callHash({ data, value = 0n }: Call): Hex {
  return keccak256(value === 0n ? data : concat([data, numberToHex(value, { size: 32 })]));
}

async function resume(
  chain: Chain,
  account: LocalAccount,
  call: Call,
  journal: Journal,
): Promise<SentTransaction | { receipt: TransactionReceipt }> {
  const sent = journal.read();
  const isSame = sent?.chainId === chain.id && sent.from === account.address && sent.call === callHash(call);
  if (sent === undefined || !isSame) return sign(chain, account, call, journal);
  // The count first: a transaction mined between the two questions then has its receipt.
  const count = await patiently(() => chain.client.getTransactionCount({ address: account.address }));
  const receipt = await findReceipt(chain, sent.hash, count > sent.nonce ? ASK_AGAIN : 0);
  if (receipt?.status === 'success') return { receipt };
  // One that failed, or whose place another has taken, counts no more: what is wrong now, the estimate of gas tells.
  if (count > sent.nonce) return sign(chain, account, call, journal);
  // A gap before the nonce: a node that is behind, or a local chain that began anew, where this one is lost.
  const next = await chain.client.getTransactionCount({ address: account.address, blockTag: 'pending' });
  if (next >= sent.nonce) return sent;
  const isBehind = sent.genesis !== undefined && sent.genesis === (await genesisOf(chain));
  return isBehind ? sent : sign(chain, account, call, journal);
}

/** What tells a chain from one that began anew under the same number: local ones note the time of their beginning. */
async function genesisOf({ client }: Chain): Promise<Hex | undefined> {
  try {
    return (await patiently(() => client.getBlock({ blockNumber: 0n }))).hash;
  } catch (error) {
    if (error instanceof BlockNotFoundError) return undefined;
    throw error;
  }
}

async function sign(chain: Chain, account: LocalAccount, call: Call, journal: Journal): Promise<SentTransaction> {
  const gas = gasLimit(await chain.client.estimateGas({ account: account.address, ...call }));
  const nonce = await chain.client.getTransactionCount({ address: account.address, blockTag: 'pending' });
  const fees = await chain.client.estimateFeesPerGas();
  const raw = await account.signTransaction({
    ...call,
    ...fees,
    type: 'eip1559',
    chainId: chain.id,
    nonce,
    gas,
  });
  const sent = {
    chainId: chain.id,
    from: account.address,
    nonce,
    call: callHash(call),
    hash: keccak256(raw),
    raw,
    genesis: await genesisOf(chain),
  };
  journal.write(sent);
  return sent;
}

/** The receipt, or undefined where the node says that it has none, so many times again. @throws the node's error */
async function findReceipt({ client }: Chain, hash: Hex, again: number): Promise<TransactionReceipt | undefined> {
  for (let asked = 0; ; asked++) {
    try {
      return await patiently(() => client.getTransactionReceipt({ hash }));
    } catch (error) {
      if (!(error instanceof TransactionReceiptNotFoundError)) throw error;
      if (asked === again) return undefined;
      await sleep(client.pollingInterval);
    }
  }
}

function waitForReceipt({ client }: Chain, hash: Hex): Promise<TransactionReceipt> {
  const end = Date.now() + RECEIPT_TIMEOUT_MS;
  // What replaces a transaction need not make the same call.
  const wait = { hash, checkReplacement: false };
  return patiently(() => client.waitForTransactionReceipt({ ...wait, timeout: Math.max(1, end - Date.now()) }));
}

async function broadcast(chain: Chain, sent: SentTransaction): Promise<void> {
  try {
    await chain.client.sendRawTransaction({ serializedTransaction: sent.raw });
  } catch (cause) {
    const isThere = await isKnown(chain, sent.hash);
    if (isThere) return;
    const what =
      isThere === false
        ? 'The node did not take the transaction.'
        : `It is not known whether the node took the transaction ${sent.hash}.`;
    throw new DescentError(what, {
      cause,
      details: shortMessage(cause),
      code: 'NOT_SENT',
      exit: 'chain',
      hint: 'Run the same command again: it looks for this transaction first and does not send it twice.',
    });
  }
}

/** Whether the node has a transaction; undefined where it does not answer. */
async function isKnown({ client }: Chain, hash: Hex): Promise<boolean | undefined> {
  try {
    await patiently(() => client.getTransaction({ hash }));
    return true;
  } catch (error) {
    return error instanceof TransactionNotFoundError ? false : undefined;
  }
}

function accept(receipt: TransactionReceipt, journal: Journal): TransactionReceipt {
  if (receipt.status === 'success') {
    const sent = journal.read();
    if (sent !== undefined && sent.accepted === undefined) {
      journal.write({ ...sent, accepted: { gas: Number(receipt.gasUsed), block: Number(receipt.blockNumber) } });
    }
    return receipt;
  }
  throw new DescentError(`The transaction ${receipt.transactionHash} was included but failed.`, {
    code: 'TRANSACTION_FAILED',
    exit: 'chain',
    hint: 'The chain changed between the check and the block. Run the command again.',
  });
}
