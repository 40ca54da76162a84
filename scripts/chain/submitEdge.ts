import { type Address, type Hex, type LocalAccount, type TransactionReceipt, zeroAddress } from 'viem';
import { generatePrivateKey } from 'viem/accounts';
import { DescentError } from '../../src/errors/DescentError.ts';
import { InputError } from '../../src/errors/InputError.ts';
import { relayedAbi } from '../../src/generated/abi.ts';
import { type Edge, edgeTransaction } from '../../src/registry/edge.ts';
import type { Statement } from '../../src/registry/programs/definitions.ts';
import { PROGRAMS, TARGETS } from '../../src/registry/programs/list.ts';
import { isRegisteredBy } from '../../src/registry/registered.ts';
import { typedRequest } from '../../src/registry/relay.ts';
import { edgeRequest, type SignedEdge, signedEdgeCall } from '../../src/registry/signedEdge.ts';
import { resultId, subjectOf } from '../../src/registry/statement.ts';
import { type Chain, requireContract } from './client.ts';
import { fileJournal } from './journal.ts';
import { readModel, readResult, readShard } from './readRegistry.ts';
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
  await requireContract(chain, signed.relay, 'relay');
  const trusted = await relayOf(chain, registry);
  if (trusted.toLowerCase() !== signed.relay.toLowerCase()) {
    throw new InputError(
      `The file is signed for the relay ${signed.relay}; the contract ${registry} trusts ${trusted}.`,
      {
        hint: 'Ask the trainer to sign the edge again.',
      },
    );
  }
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
  const relay = await relayOf(chain, edge.context.registry);
  // Unordered: any number that was not used will do, and nobody guesses the next one to be in the way.
  const nonce = BigInt(generatePrivateKey());
  const { timestamp } = await chain.client.getBlock();
  const where = { relay, nonce, deadline: timestamp + BigInt(seconds) };
  const signature = await account.signTypedData(typedRequest(edgeRequest(edge, where)) as never);
  return { edge, ...where, signature };
}

async function relayOf(chain: Chain, registry: Address): Promise<Address> {
  const trusted = { address: registry, abi: relayedAbi, functionName: 'trustedForwarder' } as const;
  const relay = await chain.client.readContract(trusted).catch(() => zeroAddress);
  if (relay !== zeroAddress) return relay;
  throw new InputError(`The registry ${registry} trusts no relay.`, { hint: 'Submit the edge with its own key.' });
}

async function requireContext(chain: Chain, { context, statement }: Edge): Promise<void> {
  if (context.chainId !== BigInt(chain.id)) {
    throw new InputError(`The edge is for chain ${context.chainId}; the node is of chain ${chain.id}.`, {
      hint: 'Give another --rpc.',
    });
  }
  await requireContract(chain, context.registry, TARGETS[PROGRAMS[statement.program].registers]);
}

function requireTrainer({ context: { trainer } }: Edge, account: LocalAccount): void {
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
  if (!isRegisteredBy(receipt.logs, edge)) {
    throw new DescentError(
      `The transaction ${receipt.transactionHash} succeeded, but ${registry} says in no event of it that it registered ${known.id}.`,
      {
        code: 'NOT_REGISTERED',
        exit: 'chain',
        hint: `An edge file can name any contract: is ${registry} the one you mean? If so, remove ${journal} and submit again.`,
      },
    );
  }
  return {
    ...known,
    sent: true,
    transaction: receipt.transactionHash,
    block: Number(receipt.blockNumber),
    gas: Number(receipt.gasUsed),
  };
}

/** Who registered the edge's result, where the reason says that it is there already. */
async function registrantOf(
  chain: Chain,
  registry: Hex,
  statement: Statement,
  reason: unknown,
): Promise<Hex | undefined> {
  const there = ['ModelExists', 'ShardExists', 'SeedRequestUsed', 'NotBetter', 'NonceUsed'];
  if (!(reason instanceof DescentError) || !there.includes(reason.code)) return undefined;
  const { id, model, shard, result } = subjectOf(statement);
  switch (PROGRAMS[statement.program].registers) {
    case 'result': {
      const known = model && shard && (await readResult(chain, registry, model.id, shard.id));
      return known?.value === result ? known?.prover : undefined;
    }
    case 'shard':
      return (await readShard(chain, registry, id))?.owner;
    case 'model':
      return (await readModel(chain, registry, id))?.trainer;
  }
}
