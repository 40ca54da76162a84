// What a command asks a contract for without a proof: sent with its own key, or signed so that another pays.
import type { Command } from 'commander';
import type { Address, Hex, LocalAccount } from 'viem';
import type { PlainAction } from '../../src/registry/requests.ts';
import { formatSignedRequest } from '../../src/registry/signedRequest.ts';
import { signRequest } from '../chain/carry.ts';
import type { Chain } from '../chain/client.ts';
import { sendCall } from '../chain/send.ts';
import { writeDurably } from '../files/durable.ts';
import { commandLine } from '../terminal/invocation.ts';
import { type CommonOptions, withValidFor } from './options.ts';

/** Options of commands whose request the relay can carry. */
export interface SignOptions extends CommonOptions {
  sign?: boolean;
  validFor: number;
  out?: string;
}

/** Adds --sign, --valid-for and --out. */
export function withSign(command: Command): Command {
  return withValidFor(command, 'request')
    .option('--sign', 'send nothing; write a file with which anybody can pay for the transaction (descent submit)')
    .option('--out <file>', 'with --sign: the file (default: <request>-<number>.signed.json)');
}

/** What became of a request, for the command's document and for people. */
export interface Outcome {
  facts: Record<string, unknown>;
  /** what stands below the command's own sentence; empty where nothing does */
  text: string;
  signed: boolean;
}

/**
 * Sends a call, or signs the same request for the relay that the contract trusts.
 * @param request the call as `sendCall` takes it, and the same as the relay carries it; undefined where nothing is to be done
 * @throws InputError when it is to be signed and the contract trusts no relay; DescentError with the contract's reason
 */
export async function sendOrSign(
  chain: Chain,
  account: LocalAccount,
  request: { to: Address; data: Hex; action: PlainAction } | undefined,
  options: SignOptions,
): Promise<Outcome> {
  if (request === undefined) return { facts: { sent: false }, text: '', signed: false };
  const { to, data, action } = request;
  if (!options.sign) {
    const { transactionHash } = await sendCall(chain, account, { to, data }, options.runs);
    return { facts: { sent: true, transaction: transactionHash }, text: '', signed: false };
  }
  const signed = await signRequest(chain, account, { target: to, action, seconds: options.validFor * 3600 });
  const { nonce, deadline, relay } = signed.request;
  const file = options.out ?? `${action.what}-${nonce.toString(16).slice(0, 8)}.signed.json`;
  writeDurably(file, formatSignedRequest(signed));
  const until = new Date(Number(deadline) * 1000).toISOString();
  return {
    facts: { sent: false, file, relay, nonce: `${nonce}`, deadline: Number(deadline) },
    text: `\nSigned, not sent: ${file}\nAnybody can send it until ${until}: ${commandLine('submit', file)}`,
    signed: true,
  };
}
