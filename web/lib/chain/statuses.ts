import { type Hex, parseEventLogs, zeroHash } from 'viem';
import { statusesAbi } from '../../../src/generated/abi.ts';
import type { RawLog } from './scan.ts';
import type { Store } from './store.ts';

/** In the order of the contract. */
const MARKS = ['current', 'deprecated', 'withdrawn'] as const;
const FACTS = ['source', 'verdict', 'attestation'] as const;
/** What anybody writes can be as long as the contract allows; no more of it is shown. */
const LONGEST_REASON = 400;

/** What trainers say of their nodes later, and what others dispute. */
export function applyStatuses(store: Store, raw: RawLog[]): void {
  for (const { eventName, args } of parseEventLogs({ abi: statusesAbi, logs: raw, strict: true })) {
    if (eventName === 'Superseded') {
      const { node, successor, descends } = args;
      store.dealings.setStanding(node, { successor: successor === zeroHash ? undefined : successor, descends });
    }
    if (eventName === 'StatusSet') {
      const mark = MARKS[args.mark];
      if (mark) store.dealings.setStanding(args.node, { mark, reason: cut(args.reason) });
    }
    if (eventName === 'Disputed') {
      const { dispute, subject, disputer, bond, reason } = args;
      const fact = FACTS[args.fact];
      if (fact) {
        const known = { id: dispute.toString(), disputer, fact, bond: bond.toString(), reason: cut(reason) };
        store.dealings.addDispute(subject, known);
      }
    }
    if (eventName === 'DisputeWithdrawn') store.dealings.dropDispute(args.subject, args.dispute.toString());
  }
}

function cut(reason: string): string {
  return reason.slice(0, LONGEST_REASON).toWellFormed();
}

/** The successors of a model, the next one first: a successor is registered later, so that this ends. */
export function successorsOf(id: Hex, store: Store, limit: number): Hex[] {
  const found: Hex[] = [];
  for (
    let at = store.dealings.standing(id)?.successor;
    at && found.length < limit;
    at = store.dealings.standing(at)?.successor
  )
    found.push(at);
  return found;
}
