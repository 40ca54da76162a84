import type { ContractCall } from '../../../../lib/chain/useCall.ts';

/** Sends a call to the scoreboard and says what was done once it is in a block. */
export type Act = (call: Omit<ContractCall, 'to' | 'abi'>, done: string) => Promise<void>;
