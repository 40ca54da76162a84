import { type Address, formatEther } from 'viem';
import { DescentError } from '../../src/errors/DescentError.ts';
import type { TrainEdge } from '../../src/registry/edgeRun.ts';
import { MAX_TRANSACTION_GAS } from '../../src/registry/gas.ts';
import { PROGRAM_NAMES, PROGRAMS, type Program } from '../../src/registry/programs/list.ts';
import { MAX_SEGMENTS } from '../../src/registry/programs/trainMany.ts';
import { type Chain, nodeError } from './client.ts';

/** Gas of what is sent, at most: test/snapshots/gas.json has the exact figures. */
export const GAS_AT_MOST = {
  requestSeed: 160_000,
  fixSeed: 65_000,
  ...(Object.fromEntries(PROGRAM_NAMES.map((name) => [name, PROGRAMS[name].gas])) as Record<Program, number>),
};

/** What a run takes beside its segments, and each segment whose oracles have one chunk each, at most. */
const RUN_GAS = 400_000;
const SEGMENT_GAS = 225_000;
/** What a segment takes whose child becomes a node. */
const NODE_GAS = 105_000;
/** What a further chunk of an oracle takes: its weight, its digest, its words in the call. */
export const CHUNK_GAS = 9_000;
/** Oracles of train: parent, child, shard, trace and helper. */
const ORACLES = 5;

/**
 * Gas of registering a run of segments, at most; 0 for none.
 * @param kept all unless given
 * @param further chunks of all oracles of a segment beyond one each
 */
export function runGas(segments: number, kept = segments, further = 0): number {
  return segments === 0 ? 0 : RUN_GAS + (SEGMENT_GAS + CHUNK_GAS * further) * segments + NODE_GAS * kept;
}

/** How many segments like this one, all kept, fit into one transaction, with a tenth of the gas to spare; at least one. */
export function segmentsAtOnce({ statement, proof }: TrainEdge): number {
  const { parent, child, shardCommitment } = statement;
  const { trace, helper } = proof.points;
  const chunks = [parent, child, shardCommitment, trace, helper].flat().length;
  const each = SEGMENT_GAS + NODE_GAS + CHUNK_GAS * (chunks - ORACLES);
  const room = (Number(MAX_TRANSACTION_GAS) * 9) / 10 - RUN_GAS;
  return Math.max(1, Math.min(MAX_SEGMENTS, Math.floor(room / each)));
}

export interface Funds {
  address: Address;
  gas: number;
  /** Wei: the gas at the price that a transaction would offer now. */
  needed: bigint;
  held: bigint;
}

/** What an account holds and what so much gas costs now. @throws DescentError (chain) */
export async function readFunds({ client, rpc }: Chain, address: Address, gas: number): Promise<Funds> {
  try {
    const [held, { maxFeePerGas }] = await Promise.all([client.getBalance({ address }), client.estimateFeesPerGas()]);
    return { address, gas, needed: BigInt(gas) * maxFeePerGas, held };
  } catch (cause) {
    throw nodeError(cause, rpc);
  }
}

/** @throws DescentError (NO_FUNDS) when the account cannot pay for so much gas now. */
export async function requireFunds(chain: Chain, address: Address, gas: number): Promise<void> {
  const funds = await readFunds(chain, address, gas);
  if (funds.held >= funds.needed) return;
  throw new DescentError(`${describeFunds(funds)}.`, {
    code: 'NO_FUNDS',
    exit: 'chain',
    hint: `Send it at least ${ether(funds.needed - funds.held)} Ether on chain ${chain.id}, then run the command again.`,
  });
}

export function describeFunds({ address, gas, needed, held }: Funds): string {
  return `${address} holds ${ether(held)} Ether; this takes up to ${ether(needed)} Ether (${gas.toLocaleString('en-US')} gas)`;
}

/** Four digits that count, rounded up: an amount that is sent must do. */
function ether(wei: bigint): string {
  const digits = wei.toString().length;
  const unit = digits > 4 ? 10n ** BigInt(digits - 4) : 1n;
  return formatEther(((wei + unit - 1n) / unit) * unit);
}
