import {
  type Address,
  BaseError,
  ContractFunctionRevertedError,
  type Hex,
  type PublicClient,
  parseAbi,
  parseEventLogs,
  zeroAddress,
} from 'viem';
import { creditVaultAbi } from '../../../src/generated/abi.ts';
import type { Credit, Payout, Split, Token } from './creditTypes.ts';
import type { RawLog } from './scan.ts';
import type { Store } from './store.ts';

const TOKEN = parseAbi(['function symbol() view returns (string)', 'function decimals() view returns (uint8)']);

/** Anyone can pay in any token: only so many are asked about, those paid first. */
const MOST_TOKENS = 5;
/** A token's decimals beyond this are nonsense. */
const MOST_DECIMALS = 36;
/** Nodes that a split looks at, so that a node answers in time. */
const SPLIT_NODES = 256n;

/** What was paid to models and what became of it. */
export function applyVault(store: Store, raw: RawLog[]): void {
  for (const { eventName, args } of parseEventLogs({ abi: creditVaultAbi, logs: raw, strict: true })) {
    if (eventName === 'Paid') store.dealings.addCredit(args.model, args.token, { paid: args.amount });
    if (eventName === 'Claimed')
      store.dealings.addCredit(args.model, args.token, { claimed: args.amount, returned: args.passed });
    if (eventName === 'Collected') store.dealings.addCredit(args.model, args.token, { collected: args.amount });
  }
}

/**
 * What a model was paid, one entry for each token. The vault says what can be collected; sums come from its events.
 * @throws the node's error
 */
export async function readCredits(client: PublicClient, vault: Address, store: Store, id: Hex): Promise<Credit[]> {
  const sums = store.dealings.creditsOf(id).slice(0, MOST_TOKENS);
  if (sums.length === 0) return [];
  const [tokens, collectable] = await Promise.all([
    readTokens(
      client,
      sums.map(({ token }) => token),
    ),
    client.multicall({
      contracts: sums.map(
        ({ token }) =>
          ({ address: vault, abi: creditVaultAbi, functionName: 'collectable', args: [id, token] }) as const,
      ),
      deployless: true,
    }),
  ]);
  return sums.map(({ paid, claimed, returned, collected }, k) => ({
    ...tokens[k],
    paid: paid.toString(),
    claimed: claimed.toString(),
    returned: returned.toString(),
    collected: collected.toString(),
    collectable: String(collectable[k].result ?? 0n),
  }));
}

/** Names and units of tokens; of what is no proper token, its address has to do. */
export async function readTokens(client: PublicClient, tokens: readonly Address[]): Promise<Token[]> {
  const calls = tokens.flatMap((address) => [
    { address, abi: TOKEN, functionName: 'symbol' } as const,
    { address, abi: TOKEN, functionName: 'decimals' } as const,
  ]);
  const answers = calls.length === 0 ? [] : await client.multicall({ contracts: calls, deployless: true });
  return tokens.map((token, k) => {
    if (token === zeroAddress) return { token, symbol: 'ETH', decimals: 18 };
    const [symbol, decimals] = [answers[2 * k].result, answers[2 * k + 1].result];
    const known = typeof decimals === 'number' && decimals <= MOST_DECIMALS;
    return { token, symbol: typeof symbol === 'string' ? symbol.slice(0, 80) : '', decimals: known ? decimals : 0 };
  });
}

/** Who would get how much of an amount that a model is paid now. @throws the node's error */
export async function readSplit(client: PublicClient, vault: Address, model: Hex, amount: bigint): Promise<Split> {
  const call = {
    address: vault,
    abi: creditVaultAbi,
    functionName: 'split',
    args: [model, amount, SPLIT_NODES],
  } as const;
  try {
    const [payouts, left] = await client.readContract(call);
    return { amount: amount.toString(), payouts: payouts.map(payoutOf), left: left.toString() };
  } catch (error) {
    const revert = error instanceof BaseError && error.walk((cause) => cause instanceof ContractFunctionRevertedError);
    const name = revert instanceof ContractFunctionRevertedError ? revert.data?.errorName : undefined;
    if (name === 'StackTooHigh') return { amount: amount.toString(), refused: 'stack' };
    if (name === 'SplitTooLarge') return { amount: amount.toString(), refused: 'large' };
    throw error;
  }
}

function payoutOf({
  node,
  account,
  ways,
  amount,
}: {
  node: Hex;
  account: Address;
  ways: bigint;
  amount: bigint;
}): Payout {
  return { node, account, ways: ways.toString(), amount: amount.toString() };
}
