import { type Address, type Hex, type LocalAccount, type TransactionReceipt, zeroAddress } from 'viem';
import { DescentError } from '../../src/errors/DescentError.ts';
import { InputError } from '../../src/errors/InputError.ts';
import { modelRegistryAbi } from '../../src/generated/abi.ts';
import { clientReads } from '../../src/registry/clientReads.ts';
import { type Edge, edgeTransaction } from '../../src/registry/edge.ts';
import { type EdgeRun, runTransaction } from '../../src/registry/edgeRun.ts';
import type { Statement } from '../../src/registry/programs/definitions.ts';
import { PROGRAMS, TARGETS } from '../../src/registry/programs/list.ts';
import { isRegisteredBy, isRunRegisteredBy } from '../../src/registry/registered.ts';
import { typedRequest } from '../../src/registry/relay.ts';
import {
  edgeRequest,
  runRequest,
  type SignedEdge,
  type SignedRun,
  signedEdgeCall,
  signedRunCall,
} from '../../src/registry/signedEdge.ts';
import { resultId, subjectOf } from '../../src/registry/statement.ts';
import { carriageFor, requireRelay } from './carry.ts';
import { type Chain, requireContract } from './client.ts';
import { fileJournal } from './journal.ts';
import { readModel, readResult, readShard, translateErrors } from './readRegistry.ts';
import { explainRevert } from './revert.ts';
import { type Call, sendOnce } from './transaction.ts';

export interface Submission {
  id: Hex;
  program: Edge['statement']['program'];
  registry: Hex;
  chainId: number;
  /** False when it was registered before. */
  sent: boolean;
  transaction?: Hex;
  block?: number;
  gas?: number;
}

export interface RunSubmission {
  /** children of all segments, in order */
  ids: Hex[];
  /** those that became nodes */
  kept: Hex[];
  registry: Hex;
  chainId: number;
  /** False when it was registered before. */
  sent: boolean;
  transaction?: Hex;
  block?: number;
  gas?: number;
}

/**
 * Registers a run in one transaction, exactly once however often it is called.
 * @param journal file that keeps the signed transaction in between.
 * @throws as `submitEdge`
 */
export async function submitRun(
  chain: Chain,
  account: LocalAccount,
  run: EdgeRun,
  journal: string,
): Promise<RunSubmission> {
  const { to, data } = runTransaction(run);
  await requireContext(chain, run.edges[0]);
  requireTrainer(run.edges[0], account);
  return registerRun(chain, account, run, { to, data }, journal);
}

/** As `submitRun`, for a run that its trainer signed: the account only pays. */
export async function carryRun(
  chain: Chain,
  account: LocalAccount,
  signed: SignedRun,
  journal: string,
): Promise<RunSubmission> {
  const [first] = signed.run.edges;
  await requireContext(chain, first);
  await requireRelay(chain, first.context.registry, signed.relay);
  return registerRun(chain, account, signed.run, signedRunCall(signed), journal);
}

/** Signs a run for the relay that its registry trusts. @param seconds until the request expires @throws as `signEdge` */
export async function signRun(chain: Chain, account: LocalAccount, run: EdgeRun, seconds: number): Promise<SignedRun> {
  const [first] = run.edges;
  await requireContext(chain, first);
  requireTrainer(first, account);
  const where = await carriageFor(chain, first.context.registry, seconds);
  const signature = await account.signTypedData(typedRequest(runRequest(run, where)) as never);
  return { run, ...where, signature };
}

/**
 * Registers an edge, exactly once however often it is called.
 * @param journal file that keeps the signed transaction in between.
 * @throws InputError when the edge is of another chain or trainer; DescentError (proof) when the registry rejects it,
 * (chain) for everything else.
 */
export async function submitEdge(
  chain: Chain,
  account: LocalAccount,
  edge: Edge,
  journal: string,
): Promise<Submission> {
  const { to, data } = edgeTransaction(edge);
  await requireContext(chain, edge);
  requireTrainer(edge, account);
  return register(chain, account, edge, { to, data }, journal);
}

/** As `submitEdge`, for an edge that its trainer signed: the account only pays. */
export async function carryEdge(
  chain: Chain,
  account: LocalAccount,
  signed: SignedEdge,
  journal: string,
): Promise<Submission> {
  const { registry } = signed.edge.context;
  await requireContext(chain, signed.edge);
  await requireRelay(chain, registry, signed.relay);
  return register(chain, account, signed.edge, signedEdgeCall(signed), journal);
}

/**
 * Signs an edge for the relay that its registry trusts.
 * @param seconds until the request expires
 * @throws InputError when the edge is of another chain or trainer, or the registry trusts no relay
 */
export async function signEdge(chain: Chain, account: LocalAccount, edge: Edge, seconds: number): Promise<SignedEdge> {
  await requireContext(chain, edge);
  requireTrainer(edge, account);
  const where = await carriageFor(chain, edge.context.registry, seconds);
  const signature = await account.signTypedData(typedRequest(edgeRequest(edge, where)) as never);
  return { edge, ...where, signature };
}

/** @throws InputError where the edge is of another chain, DescentError (chain) where its contract does not stand */
export async function requireContext(chain: Chain, { context, statement }: Edge): Promise<void> {
  if (context.chainId !== BigInt(chain.id)) {
    throw new InputError(`The edge is for chain ${context.chainId}; the node is of chain ${chain.id}.`, {
      hint: 'Give another --rpc.',
    });
  }
  await requireContract(chain, context.registry, TARGETS[PROGRAMS[statement.program].registers]);
}

/** @throws InputError where the key is of somebody else than the edge's trainer */
export function requireTrainer({ context: { trainer } }: Edge, account: LocalAccount): void {
  if (trainer.toLowerCase() === account.address.toLowerCase()) return;
  throw new InputError(`The edge was proved for ${trainer}; the key is of ${account.address}.`, {
    hint: `Submit it with the key of ${trainer}, or prove it again for yourself.`,
  });
}

async function register(
  chain: Chain,
  account: LocalAccount,
  edge: Edge,
  call: Call,
  journal: string,
): Promise<Submission> {
  const { context, statement } = edge;
  const { registry, trainer } = context;
  const known = { id: resultId(statement), program: statement.program, registry, chainId: chain.id };
  let receipt: TransactionReceipt;
  try {
    receipt = await sendOnce(chain, account, call, fileJournal(journal));
  } catch (error) {
    const reason = explainRevert(error);
    const registrant = await registrantOf(chain, registry, statement, reason);
    if (registrant?.toLowerCase() === trainer.toLowerCase()) return { ...known, sent: false };
    throw reason;
  }
  if (!isRegisteredBy(receipt.logs, edge)) throw notRegistered(receipt, registry, known.id, journal);
  return { ...known, ...sentBy(receipt) };
}

async function registerRun(
  chain: Chain,
  account: LocalAccount,
  run: EdgeRun,
  call: Call,
  journal: string,
): Promise<RunSubmission> {
  const { registry, trainer } = run.edges[0].context;
  const ids = run.edges.map(({ statement }) => resultId(statement));
  const known = { ids, kept: ids.filter((_, k) => run.keep[k]), registry, chainId: chain.id };
  let receipt: TransactionReceipt;
  try {
    receipt = await sendOnce(chain, account, call, fileJournal(journal));
  } catch (error) {
    const reason = explainRevert(error);
    const isThere = reason instanceof DescentError && ['ModelExists', 'NonceUsed'].includes(reason.code);
    // The last model can stand there as the end of a run of which less was kept.
    const registrants = isThere
      ? await Promise.all(known.kept.map((id) => trainerOf(chain, registry, id)))
      : [zeroAddress];
    if (registrants.every((one) => one.toLowerCase() === trainer.toLowerCase())) return { ...known, sent: false };
    throw reason;
  }
  if (!isRunRegisteredBy(receipt.logs, run)) throw notRegistered(receipt, registry, ids[ids.length - 1], journal);
  return { ...known, ...sentBy(receipt) };
}

/** Who registered a model; zero where nobody did. */
export function trainerOf(chain: Chain, registry: Hex, id: Hex): Promise<Address> {
  const call = { address: registry, abi: modelRegistryAbi, functionName: 'trainerOf', args: [id] } as const;
  return translateErrors(() => chain.client.readContract(call));
}

/** What a receipt says of a submission. */
export function sentBy(receipt: TransactionReceipt) {
  return {
    sent: true,
    transaction: receipt.transactionHash,
    block: Number(receipt.blockNumber),
    gas: Number(receipt.gasUsed),
  };
}

/** The error of a transaction that succeeded without the contract's event. */
export function notRegistered(receipt: TransactionReceipt, registry: Address, id: Hex, journal: string): DescentError {
  return new DescentError(
    `The transaction ${receipt.transactionHash} succeeded, but ${registry} says in no event of it that it registered ${id}.`,
    {
      code: 'NOT_REGISTERED',
      exit: 'chain',
      hint: `A file can name any contract: is ${registry} the one you mean? If so, remove ${journal} and submit again.`,
    },
  );
}

/** Who registered the edge's result, where the reason says that it is there already. */
async function registrantOf(
  chain: Chain,
  registry: Hex,
  statement: Statement,
  reason: unknown,
): Promise<Hex | undefined> {
  const there = ['ModelExists', 'ShardExists', 'SeedRequestUsed', 'NotBetter', 'NonceUsed', 'AlreadyShown'];
  if (!(reason instanceof DescentError) || !there.includes(reason.code)) return undefined;
  const { id, model, shard, measures, fact } = subjectOf(statement);
  switch (PROGRAMS[statement.program].registers) {
    case 'result': {
      const known = model && shard && (await readResult(chain, registry, model.id, shard.id));
      return known?.value === measures?.result ? known?.prover : undefined;
    }
    case 'inference':
      return undefined;
    case 'fact':
      return fact && (await clientReads(chain.client, chain.id).fact(registry, fact))?.prover;
    case 'shard':
      return (await readShard(chain, registry, id))?.owner;
    case 'model':
      return (await readModel(chain, registry, id))?.trainer;
  }
}
