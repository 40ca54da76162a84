import { type Address, type Hex, type PublicClient, parseAbi, parseEventLogs, zeroAddress } from 'viem';
import { creditVaultAbi } from '../../../src/generated/abi.ts';
import type { RawLog } from './scan.ts';
import type { Store } from './store.ts';
import type { Credit } from './types.ts';

const TOKEN = parseAbi(['function symbol() view returns (string)', 'function decimals() view returns (uint8)']);

/** Anyone can pay in any token: only so many are asked about, those paid first. */
const MOST_TOKENS = 5;
/** A token's decimals beyond this are nonsense. */
const MOST_DECIMALS = 36;

/**
 * What was paid to models and how it was split. A settlement says what each parent got, not who they are: the store knows
 * them, because events are applied in the order of the chain and a model is registered before it is paid.
 */
export function applyVault(store: Store, raw: RawLog[]): void {
  for (const { eventName, args } of parseEventLogs({ abi: creditVaultAbi, logs: raw, strict: true })) {
    if (eventName === 'Paid') store.addCredit(args.model, args.token, { paid: args.amount });
    if (eventName !== 'Settled') continue;
    const { model, token, kept, passed } = args;
    store.addCredit(model, token, { kept, passed: passed.reduce((sum, part) => sum + part, 0n) });
    const parents = store.model(model)?.parents ?? [];
    for (const [k, { id }] of parents.entries()) store.addCredit(id, token, { received: passed[k] });
  }
}

/**
 * What a model was paid and is owed, one entry for each token. The vault says what is owed; sums come from its events.
 * @throws the node's error
 */
export async function readCredits(client: PublicClient, vault: Address, store: Store, id: Hex): Promise<Credit[]> {
  const sums = store.creditsOf(id).slice(0, MOST_TOKENS);
  const calls = sums.flatMap(({ token }) => [
    { address: vault, abi: creditVaultAbi, functionName: 'unsplit', args: [id, token] } as const,
    { address: vault, abi: creditVaultAbi, functionName: 'earned', args: [id, token] } as const,
    { address: token, abi: TOKEN, functionName: 'symbol' } as const,
    { address: token, abi: TOKEN, functionName: 'decimals' } as const,
  ]);
  if (calls.length === 0) return [];
  const answers = await client.multicall({ contracts: calls, deployless: true });
  return sums.map(({ token, paid, received, kept, passed }, k) => {
    const [unsplit, earned, symbol, decimals] = answers.slice(4 * k, 4 * k + 4).map(({ result }) => result);
    const isEther = token === zeroAddress;
    const known = typeof decimals === 'number' && decimals <= MOST_DECIMALS;
    return {
      token,
      symbol: isEther ? 'ETH' : typeof symbol === 'string' ? symbol.slice(0, 80) : '',
      decimals: isEther ? 18 : known ? decimals : 0,
      paid: paid.toString(),
      received: received.toString(),
      kept: kept.toString(),
      passed: passed.toString(),
      unsplit: String(unsplit ?? 0n),
      earned: String(earned ?? 0n),
    };
  });
}
