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

/** Trainers whose names a search asks for. */
const MOST_NAMED = 500;

const kept = new Map<string, { name: Promise<string | undefined>; at: number; answer?: string }>();

/**
 * The primary name of an address, which resolves to it again; undefined where the chain has no ENS, the address no name,
 * the name is not in its normal form, or nobody answers in time.
 */
export async function ensName(
  client: PublicClient,
  { chainId, ens }: ChainConfig,
  address: Address,
): Promise<string | undefined> {
  const resolver = resolverOf({ chainId, ...(ens && { ens }) });
  if (!resolver) return undefined;
  const key = `${chainId} ${resolver} ${address}`;
  const known = kept.get(key);
  if (known && Date.now() - known.at < FRESH_MS) return inTime(known.name);
  if (kept.size >= MOST_KEPT) kept.clear();
  const name = client
    .getEnsName({ address, universalResolverAddress: resolver })
    .then((found) => (found && normalize(found) === found ? found : undefined))
    .catch(() => undefined);
  const entry: NonNullable<ReturnType<typeof kept.get>> = { name, at: Date.now() };
  kept.set(key, entry);
  void name.then((answer) => {
    if (answer) entry.answer = answer;
  });
  return inTime(name);
}

function resolverOf({ chainId, ens }: Pick<ChainConfig, 'chainId' | 'ens'>): Address | undefined {
  return ens ?? (ENS_CHAINS.includes(chainId) ? RESOLVER : undefined);
}

/** The names of addresses, by lower-case address, as far as they are known now. Asks for the others, and does not wait. */
export function namesOf(client: PublicClient, config: ChainConfig, addresses: readonly Address[]): Map<string, string> {
  const resolver = resolverOf(config);
  const found = new Map<string, string>();
  for (const address of resolver ? addresses.slice(0, MOST_NAMED) : []) {
    void ensName(client, config, address);
    const answer = kept.get(`${config.chainId} ${resolver} ${address}`)?.answer;
    if (answer) found.set(address.toLowerCase(), answer);
  }
  return found;
}

/** The address of an ENS name in full; undefined for any other text, and where nobody answers in time. */
export async function findTrainer(
  client: PublicClient,
  config: ChainConfig,
  text: string,
): Promise<Address | undefined> {
  const resolver = resolverOf(config);
  if (!resolver || !/^[^\s.]+(\.[^\s.]+)+$/.test(text.trim())) return undefined;
  const asked = async () =>
    (await client.getEnsAddress({ name: normalize(text.trim()), universalResolverAddress: resolver })) ?? undefined;
  return inTime(asked().catch(() => undefined));
}

function inTime<T>(name: Promise<T | undefined>): Promise<T | undefined> {
  return Promise.race([
    name,
    new Promise<undefined>((resolve) => setTimeout(() => resolve(undefined), PATIENCE_MS).unref()),
  ]);
}
