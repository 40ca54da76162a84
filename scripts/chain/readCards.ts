import { type Address, type Hex, parseEventLogs } from 'viem';
import { modelCardsAbi } from '../../src/generated/abi.ts';
import { printable } from '../terminal/printable.ts';
import type { Chain } from './client.ts';
import { type LogOptions, readLogs } from './readLogs.ts';
import { translateErrors } from './readRegistry.ts';

/** What a trainer says of a model; nothing of it is proved. */
export interface Card {
  name: string;
  uri: string;
}

/** The card of a model, made printable; both texts empty where there is none. @throws DescentError (chain) */
export async function readCard({ client }: Chain, cards: Address, model: Hex): Promise<Card> {
  return translateErrors(async () => {
    const call = { address: cards, abi: modelCardsAbi, functionName: 'card', args: [model] } as const;
    const [name, uri] = await client.readContract(call);
    return { name: printable(name), uri: printable(uri) };
  });
}

/** Names of all models that have one, by id, made printable. @throws DescentError (chain) */
export async function readNames(chain: Chain, cards: Address, options?: LogOptions): Promise<Map<string, string>> {
  return translateErrors(async () => {
    const logs = await readLogs(chain, cards, options);
    const written = parseEventLogs({ abi: modelCardsAbi, logs, eventName: 'CardWritten' });
    const names = new Map<string, string>();
    for (const { args } of written) names.set(args.model, printable(args.name));
    return new Map([...names].filter(([, name]) => name !== ''));
  });
}
