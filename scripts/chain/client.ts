import { createPublicClient, http, isAddress, type PublicClient } from 'viem';
import { DescentError } from '../../src/errors/DescentError.ts';
import { InputError } from '../../src/errors/InputError.ts';
import { commandLine } from '../terminal/invocation.ts';

export interface Chain {
  client: PublicClient;
  id: number;
  rpc: string;
}

/** @throws InputError for a bad URL, DescentError (chain) when nobody answers there. */
export async function connect(rpc: string): Promise<Chain> {
  if (!/^https?:\/\/\S+$/.test(rpc)) throw new InputError(`${JSON.stringify(rpc)} is not an http(s) URL of a node.`);
  const client = createPublicClient({ transport: http(rpc, { retryCount: 2, timeout: 60_000 }), pollingInterval: 500 });
  try {
    return { client, id: await client.getChainId(), rpc };
  } catch (cause) {
    throw new DescentError(`No node answers at ${redact(rpc)}.`, {
      cause,
      details: shortMessage(cause),
      code: 'NO_NODE',
      exit: 'chain',
      hint: `Start one with ${commandLine('demo', '--keep-node')}, or give another --rpc.`,
    });
  }
}

/** @throws InputError unless the text is an address. */
export function parseAddress(text: string, what: string): `0x${string}` {
  if (!isAddress(text, { strict: false })) throw new InputError(`${JSON.stringify(text)} is not an address (${what}).`);
  return text.toLowerCase() as `0x${string}`;
}

/** @throws DescentError (chain) when there is no contract at the address. */
export async function requireContract(
  chain: Chain,
  address: `0x${string}`,
  what: 'registry' | 'scoreboard' | 'relay' | 'cards' = 'registry',
): Promise<void> {
  const code = await chain.client.getCode({ address });
  if (code === undefined || code === '0x') {
    throw new DescentError(`There is no ${what} at ${address} on chain ${chain.id}.`, {
      code: `NO_${what.toUpperCase()}`,
      exit: 'chain',
      hint: what === 'relay' ? 'Check --rpc.' : `Check --${what} and --rpc.`,
    });
  }
}

/** First line of a library's error, which may be pages long. */
export function shortMessage(error: unknown): string {
  if (typeof error === 'object' && error !== null && 'shortMessage' in error) return String(error.shortMessage);
  return error instanceof Error ? error.message.split('\n')[0] : String(error);
}

/** URLs of providers carry API keys in their path, their query or their user part. */
export function redact(rpc: string): string {
  return new URL(rpc).origin;
}
