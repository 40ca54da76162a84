import type { Command } from 'commander';
import type { Hex, LocalAccount, TransactionReceipt } from 'viem';
import { DescentError } from '../../src/errors/DescentError.ts';
import { InputError } from '../../src/errors/InputError.ts';
import { encodeShape, encodeShard } from '../../src/model/shape.ts';
import { type Edge, edgeTransaction, parseEdge } from '../../src/registry/edge.ts';
import { modelId, resultId, shardId } from '../../src/registry/ids.ts';
import type { Statement } from '../../src/registry/statement.ts';
import { type Chain, connect, requireContract } from '../chain/client.ts';
import { fileJournal } from '../chain/journal.ts';
import { loadAccount } from '../chain/keys.ts';
import { readModel, readResult, readShard } from '../chain/readRegistry.ts';
import { explainRevert } from '../chain/revert.ts';
import { sendOnce } from '../chain/transaction.ts';
import { readParsed } from '../files/read.ts';
import { type ChainOptions, type CommonOptions, outputOf, withCommon, withKey, withRpc } from './options.ts';

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

export function addSubmitCommand(program: Command): void {
  withCommon(withKey(withRpc(program.command('submit'))))
    .description('send a proved edge to its registry')
    .argument('<edge>', 'edge file (*.edge.json)')
    .action(async (file: string, options: CommonOptions & ChainOptions) => {
      const output = outputOf(options);
      const edge = readEdgeFile(file);
      const chain = await connect(options.rpc);
      const account = loadAccount(options, chain.id);
      output.progress.stage(`submit ${edge.statement.program}`);
      const submission = await submitEdge(chain, account, edge, `${file}.tx`);
      output.progress.done();
      output.result(submission, describeSubmission(submission));
    });
}

export function readEdgeFile(path: string): Edge {
  return readParsed(path, (bytes) => parseEdge(new TextDecoder().decode(bytes)));
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
  const { chainId, from, to, data } = edgeTransaction(edge);
  const program = edge.statement.program;
  const id = resultId(edge.statement);
  if (chainId !== BigInt(chain.id)) {
    throw new InputError(`The edge is for chain ${chainId}; the node is of chain ${chain.id}.`, {
      hint: 'Give another --rpc.',
    });
  }
  if (from.toLowerCase() !== account.address.toLowerCase()) {
    throw new InputError(`The edge was proved for ${from}; the key is of ${account.address}.`, {
      hint: `Submit it with the key of ${from}, or prove it again for yourself.`,
    });
  }
  await requireContract(chain, to, program === 'score' ? 'scoreboard' : 'registry');
  const known = { id, program, registry: to, chainId: chain.id };
  let receipt: TransactionReceipt;
  try {
    receipt = await sendOnce(chain, account, { to, data }, fileJournal(journal));
  } catch (error) {
    const reason = explainRevert(error);
    const registrant = await registrantOf(chain, to, edge.statement, reason);
    if (registrant?.toLowerCase() === from.toLowerCase()) return { ...known, sent: false };
    throw reason;
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
  const there = ['ModelExists', 'ShardExists', 'SeedRequestUsed', 'NotBetter'];
  if (!(reason instanceof DescentError) || !there.includes(reason.code)) return undefined;
  if (statement.program === 'score') {
    const model = modelId(statement.model, encodeShape(statement.widths));
    const shard = shardId(statement.shardCommitment, encodeShard(statement.shard));
    const known = await readResult(chain, registry, model, shard);
    return known?.value === statement.result ? known.prover : undefined;
  }
  const id = resultId(statement);
  if (statement.program === 'data') return (await readShard(chain, registry, id))?.owner;
  return (await readModel(chain, registry, id))?.trainer;
}

export function describeSubmission({ id, program, sent, transaction, block, gas }: Submission): string {
  if (!sent) return `${program} ${id} is registered already.`;
  return `Registered ${program} ${id}.\ngas      ${gas?.toLocaleString('en-US')}\nblock    ${block}, transaction ${transaction}`;
}
