import { formatLog, type Log, type RpcLog } from 'viem';

/** A log as the store's readers take it. How logs are asked for and kept: src/registry/logHistory.ts. */
export type RawLog = Log<bigint, number, false>;

export function asLog(log: RpcLog): RawLog {
  return formatLog(log) as RawLog;
}
