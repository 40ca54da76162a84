import type { Address, PublicClient } from 'viem';
import { normalize } from 'viem/ens';
import type { ChainConfig } from './types.ts';

/** ENS's universal resolver has the same address where ENS itself stands. */
const RESOLVER: Address = '0xeeeeeeee14d718c2b47d9923deab1335e144eeee';
const ENS_CHAINS = [1, 11155111];
/** How long an answer is believed. */
const FRESH_MS = 600_000;
/** A page does not wait longer for a name. */
const PATIENCE_MS = 2_000;
const MOST_KEPT = 10_000;

const kept = new Map<string, { name: Promise<string | undefined>; at: number }>();

/**
 * The primary name of an address, which resolves to it again; undefined where the chain has no ENS, the address no name,
 * the name is not in its normal form, or nobody answers in time.
 */
export async function ensName(
  client: PublicClient,
  { chainId, ens }: ChainConfig,
  address: Address,
): Promise<string | undefined> {
  const resolver = ens ?? (ENS_CHAINS.includes(chainId) ? RESOLVER : undefined);
  if (!resolver) return undefined;
  const key = `${chainId} ${resolver} ${address}`;
  const known = kept.get(key);
  if (known && Date.now() - known.at < FRESH_MS) return inTime(known.name);
  if (kept.size >= MOST_KEPT) kept.clear();
  const name = client
    .getEnsName({ address, universalResolverAddress: resolver })
    .then((found) => (found && normalize(found) === found ? found : undefined))
    .catch(() => undefined);
  kept.set(key, { name, at: Date.now() });
  return inTime(name);
}

function inTime(name: Promise<string | undefined>): Promise<string | undefined> {
  return Promise.race([
    name,
    new Promise<undefined>((resolve) => setTimeout(() => resolve(undefined), PATIENCE_MS).unref()),
  ]);
}
