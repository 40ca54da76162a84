import { type Abi, type Address, decodeEventLog, encodeEventTopics, type Hex } from 'viem';
import type { ChainLog } from './chainReads.ts';

/** An event as it is emitted, its arguments by name. */
export interface DecodedLog {
  name: string;
  args: Record<string, unknown>;
  log: ChainLog;
}

/** Topics that find an event with these indexed arguments. */
export function topicsOf(abi: Abi, eventName: string, args: Record<string, unknown>): (Hex | null)[] {
  return encodeEventTopics({ abi, eventName, args } as never) as (Hex | null)[];
}

/** The events of a contract's interface among logs; those of other contracts and of other kinds are left out. */
export function decodeLogs(abi: Abi, logs: readonly ChainLog[], emitter: Address): DecodedLog[] {
  return logs.flatMap((log) => {
    if (log.address.toLowerCase() !== emitter.toLowerCase()) return [];
    try {
      const topics = log.topics as [Hex, ...Hex[]];
      // The interface is known at run time only, and with it the types of its events.
      const decoded: unknown = decodeEventLog({ abi, data: log.data, topics, strict: true });
      const { eventName, args = {} } = decoded as { eventName: string; args?: Record<string, unknown> };
      return { name: eventName, args, log };
    } catch {
      return [];
    }
  });
}

/** The first argument in which two events differ, or undefined. Both must have the same arguments. */
export function firstDifference(
  found: Record<string, unknown>,
  expected: Record<string, unknown>,
): { name: string; found: string; expected: string } | undefined {
  for (const name of new Set([...Object.keys(found), ...Object.keys(expected)])) {
    const [a, b] = [textOf(found[name]), textOf(expected[name])];
    if (a !== b) return { name, found: a, expected: b };
  }
  return undefined;
}

/** One text for one value: addresses and hashes in lower case, integers alike whatever their type. */
function textOf(value: unknown): string {
  if (value === undefined) return 'nothing';
  if (typeof value === 'string') return value.toLowerCase();
  if (Array.isArray(value)) return `[${value.map(textOf).join(', ')}]`;
  if (typeof value === 'object' && value !== null) {
    const fields = Object.entries(value).map(([name, field]) => `${name}: ${textOf(field)}`);
    return `{${fields.sort().join(', ')}}`;
  }
  return String(value);
}
