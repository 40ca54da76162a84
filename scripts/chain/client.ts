import { createPublicClient, http, isAddress, type PublicClient, zeroAddress, zeroHash } from 'viem';
import { DescentError } from '../../src/errors/DescentError.ts';
import { InputError } from '../../src/errors/InputError.ts';
import { nodeAnswer } from '../../src/errors/nodeAnswer.ts';
import {
  bountyBoardAbi,
  creditVaultAbi,
  dataAttestationsAbi,
  datasetsAbi,
  inferencesAbi,
  lineageAuditAbi,
  modelCardsAbi,
  modelRegistryAbi,
  relayAbi,
  scoreboardAbi,
  statusesAbi,
  trainersAbi,
} from '../../src/generated/abi.ts';
import { commandLine } from '../terminal/invocation.ts';

export interface Chain {
  client: PublicClient;
  id: number;
  rpc: string;
}

/** Of one request; what is not answered is asked twice more. */
const TIMEOUT_MS = 30_000;
/** A node that does not say its chain in this time is not there. */
const GREETING_MS = 15_000;

/** @throws InputError for a bad URL, DescentError (chain) when no node answers there, naming what does. */
export async function connect(rpc: string): Promise<Chain> {
  if (!/^https?:\/\/\S+$/.test(rpc) || !URL.canParse(rpc)) {
    throw new InputError(`${JSON.stringify(rpc)} is not an http(s) URL of a node.`);
  }
  const greeting = createPublicClient({ transport: http(rpc, { retryCount: 1, timeout: GREETING_MS }) });
  const client = createPublicClient({
    transport: http(rpc, { retryCount: 2, timeout: TIMEOUT_MS }),
    pollingInterval: 500,
  });
  try {
    return { client, id: await greeting.getChainId(), rpc };
  } catch (cause) {
    throw nodeError(cause, rpc);
  }
}

/** What a node's failure to answer is for people. @param rpc where it was asked */
export function nodeError(cause: unknown, rpc: string): DescentError {
  const { trouble, says, hint } = nodeAnswer(cause);
  const isSilent = trouble === 'silent' || trouble === 'other';
  const start = `Start one with ${commandLine('demo', '--keep-node')}, or give another --rpc.`;
  return new DescentError(isSilent ? `No node answers at ${redact(rpc)}.` : `${says} (${redact(rpc)})`, {
    cause,
    details: isSilent ? lastWords(cause) : '',
    code: isSilent ? 'NO_NODE' : 'NODE_TROUBLE',
    exit: 'chain',
    hint: isSilent ? start : `${hint} --rpc names another node.`,
  });
}

// What the chain itself computes with, whatever its node says: CHAINID, returned.
const CHAIN_ID_CODE = '0x4660005260206000f3';

/** @throws DescentError (chain) when node and chain do not agree which chain it is. */
export async function requireChainId({ client, id }: Chain): Promise<void> {
  // Some nodes compute for contracts only.
  const computed = await client.call({ data: CHAIN_ID_CODE }).catch(() => undefined);
  if (computed?.data === undefined || BigInt(computed.data) === BigInt(id)) return;
  throw new DescentError(`The node says that it is of chain ${id}; its chain computes as ${BigInt(computed.data)}.`, {
    code: 'WRONG_CHAIN_ID',
    exit: 'chain',
    hint: 'A proof for one is refused by the other. Give another --rpc.',
  });
}

/** @throws InputError unless the text is an address. */
export function parseAddress(text: string, what: string): `0x${string}` {
  if (!isAddress(text, { strict: false })) throw new InputError(`${JSON.stringify(text)} is not an address (${what}).`);
  return text.toLowerCase() as `0x${string}`;
}

export type ContractName =
  | 'registry'
  | 'scoreboard'
  | 'relay'
  | 'cards'
  | 'datasets'
  | 'attestations'
  | 'trainers'
  | 'credit vault'
  | 'statuses'
  | 'inferences'
  | 'audit';

/** Questions that of all our contracts only the named one answers. */
const QUESTIONS = {
  registry: { abi: modelRegistryAbi, functionName: 'verifiers' },
  scoreboard: { abi: scoreboardAbi, functionName: 'resultOf', args: [zeroHash, zeroHash] },
  datasets: { abi: datasetsAbi, functionName: 'publicationCount', args: [zeroHash] },
  attestations: { abi: dataAttestationsAbi, functionName: 'nonceOf', args: [zeroHash, zeroAddress] },
  cards: { abi: modelCardsAbi, functionName: 'card', args: [zeroHash] },
  relay: { abi: relayAbi, functionName: 'isUsed', args: [zeroAddress, 0n] },
  trainers: { abi: trainersAbi, functionName: 'offeredTo', args: [zeroAddress] },
  'credit vault': { abi: creditVaultAbi, functionName: 'recordedEnd', args: [zeroHash, zeroHash] },
  statuses: { abi: statusesAbi, functionName: 'disputeCount' },
  inferences: { abi: inferencesAbi, functionName: 'inferredBy', args: [zeroHash, zeroHash, zeroHash] },
  audit: { abi: lineageAuditAbi, functionName: 'disjoint', args: [zeroHash, zeroHash] },
  'bounty board': { abi: bountyBoardAbi, functionName: 'bountyCount' },
} as const;

/**
 * That a contract of ours stands at the address, and the right one.
 * @throws DescentError (chain) naming what stands there instead
 */
export async function requireContract(
  chain: Chain,
  address: `0x${string}`,
  what: ContractName = 'registry',
): Promise<void> {
  const check = what === 'relay' ? 'Check --rpc.' : `Check --${what.replace(' ', '-')} and --rpc.`;
  const refuse = (message: string, hint = check) => {
    throw new DescentError(message, { code: `NO_${what.toUpperCase().replace(' ', '_')}`, exit: 'chain', hint });
  };
  const wanted = inWords(what);
  const code = await chain.client.getCode({ address }).catch((cause) => {
    throw nodeError(cause, chain.rpc);
  });
  if (code === undefined || code === '0x') refuse(`There is no ${wanted} at ${address} on chain ${chain.id}.`);
  if ((await ask(chain, address, what)) !== undefined) return;
  for (const other of Object.keys(QUESTIONS) as (keyof typeof QUESTIONS)[]) {
    const answer = other === what ? undefined : await ask(chain, address, other);
    if (answer === undefined) continue;
    const found = `${address} is not a ${wanted}: it is a ${inWords(other)}`;
    if (what === 'registry' && other === 'scoreboard') {
      const call = { address, abi: scoreboardAbi, functionName: 'registry' } as const;
      const registry = await chain.client.readContract(call);
      refuse(`${found}, of the registry ${registry}.`, `Give --registry ${registry}.`);
    }
    refuse(`${found}.`);
  }
  refuse(`The contract at ${address} on chain ${chain.id} is not a ${wanted} of Descent.`);
}

/** What a contract is called. */
function inWords(what: keyof typeof QUESTIONS): string {
  return ['datasets', 'attestations', 'trainers', 'statuses', 'inferences'].includes(what)
    ? `contract of ${what}`
    : what;
}

/** The answer to a contract's question, or undefined where the contract knows no such question. */
async function ask({ client, rpc }: Chain, address: `0x${string}`, what: keyof typeof QUESTIONS): Promise<unknown> {
  try {
    return await client.readContract({ address, ...QUESTIONS[what] } as never);
  } catch (cause) {
    if (nodeAnswer(cause).trouble === 'other') return undefined;
    throw nodeError(cause, rpc);
  }
}

/** What answered instead of the node; else the first line of a library's error, which may be pages long. */
export function shortMessage(error: unknown): string {
  return nodeAnswer(error).says || lastWords(error);
}

function lastWords(error: unknown): string {
  if (typeof error === 'object' && error !== null && 'shortMessage' in error) return String(error.shortMessage);
  return error instanceof Error ? error.message.split('\n')[0] : String(error);
}

/** URLs of providers carry API keys in their path, their query or their user part. */
export function redact(rpc: string): string {
  return new URL(rpc).origin;
}
