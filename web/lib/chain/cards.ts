import { parseEventLogs } from 'viem';
import { modelCardsAbi } from '../../../src/generated/abi.ts';
import type { RawLog } from './scan.ts';
import type { Store } from './store.ts';

/** What trainers wrote on their models' cards; the newest counts, two empty texts remove one. */
export function applyCards(store: Store, raw: RawLog[]): void {
  for (const { args } of parseEventLogs({ abi: modelCardsAbi, logs: raw, eventName: 'CardWritten', strict: true })) {
    store.setCard(args.model, { name: args.name, uri: args.uri });
  }
}
