import { type Address, formatEther } from 'viem';
import { DescentError } from '../../src/errors/DescentError.ts';
import { PROGRAM_NAMES, PROGRAMS, type Program } from '../../src/registry/programs/list.ts';
import { type Chain, nodeError } from './client.ts';

/** Gas of what is sent, at most: test/snapshots/gas.json has the exact figures. */
export const GAS_AT_MOST = {
  requestSeed: 130_000,
  ...(Object.fromEntries(PROGRAM_NAMES.map((name) => [name, PROGRAMS[name].gas])) as Record<Program, number>),
};

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
