import type { Command } from 'commander';
import { encodeFunctionData, formatEther, type Hex, zeroHash } from 'viem';
import { DescentError } from '../../src/errors/DescentError.ts';
import { InputError } from '../../src/errors/InputError.ts';
import { scoreboardAbi } from '../../src/generated/abi.ts';
import { waysTo } from '../../src/registry/ways.ts';
import { readLineage } from '../chain/readLineage.ts';
import { translateErrors } from '../chain/readRegistry.ts';
import { readBenchmarks } from '../chain/readScoreboard.ts';
import { sendCall } from '../chain/send.ts';
import { modelIdOf, parseId } from '../runs/ids.ts';
import { requireChainSchema } from '../runs/registered.ts';
import { commandLine } from '../terminal/invocation.ts';
import { counted } from '../terminal/plural.ts';
import { ether } from './benchmarkRules.ts';
import { type Board, type BoardOptions, openBoard, withWhere } from './board.ts';
import { outputOf } from './options.ts';

interface RankOptions extends BoardOptions {
  model: string;
  fee?: bigint;
  otherSchema?: boolean;
}

/** The command that enters a model. */
export function addRankCommand(benchmark: Command): void {
  withWhere(benchmark.command('rank'))
    .description("enter the sum of a model's proved results in the leaderboard")
    .argument('<benchmark>', 'its id')
    .requiredOption('--model <model>', 'id, edge file or weights file')
    .option('--fee <ether>', 'the most to pay as entry fee of a model that is not entered yet', ether)
    .option('--other-schema', 'go on where the rows have other columns, scaling or classes than the model was made for')
    .action(async (name: string, options: RankOptions) => {
      const id = parseId(name, 'benchmark');
      const board = await openBoard(options);
      const model = await modelIdOf(options.model);
      const known = (await readBenchmarks(board.chain, board.scoreboard)).find((one) => one.id === id);
      for (const shard of options.otherSchema ? [] : (known?.shards ?? []).slice(0, 1)) {
        // All shards of a dataset have one schema: the registry takes no others.
        const pair = { model: { id: model, file: options.model }, shard: { id: shard, file: `the benchmark ${id}` } };
        await requireChainSchema(board.chain, board.registry, pair);
      }
      const ranked = await rankModel(board, id, model, options);
      outputOf(options).result(ranked, describeRank(ranked));
    });
}

export interface Ranked {
  benchmark: Hex;
  model: Hex;
  /** False where the leaderboard has this sum already. */
  sent: boolean;
  value: bigint;
  rows: number;
  /** What was paid to enter it, in wei. */
  fee: bigint;
  transaction?: Hex;
}

/**
 * Enters a model's sum in the leaderboard.
 * @param fee the most to pay, in wei; nothing unless given
 * @throws InputError where more is due; DescentError NotScored where a shard lacks a result, ModelTooLate, UnknownBenchmark, ..
 */
export async function rankModel(
  board: Board,
  benchmark: Hex,
  model: Hex,
  { runs, fee: most = 0n }: { runs: string; fee?: bigint },
): Promise<Ranked> {
  const { chain, scoreboard, account } = board;
  const on = { address: scoreboard, abi: scoreboardAbi } as const;
  const { steps, fee } = await entryOf(board, benchmark, model);
  if (fee > most) {
    throw new InputError(`Entering this model costs ${formatEther(fee)} Ether, which the benchmark's opener is owed.`, {
      hint: `Give --fee ${formatEther(fee)} to pay it.`,
    });
  }
  const data = encodeFunctionData({ abi: scoreboardAbi, functionName: 'rank', args: [model, benchmark, steps] });
  let transaction: Hex | undefined;
  try {
    const call = { to: scoreboard, data, ...(fee > 0n && { value: fee }) };
    transaction = (await sendCall(chain, account, call, runs)).transactionHash;
  } catch (error) {
    if (!(error instanceof DescentError) || error.code !== 'NotBetter') throw error;
  }
  const { value, rows } = await chain.client.readContract({ ...on, functionName: 'best', args: [model, benchmark] });
  const sent = transaction !== undefined;
  const paid = sent ? fee : 0n;
  return { benchmark, model, sent, value, rows: Number(rows), fee: paid, ...(sent && { transaction }) };
}

/** What entering a model takes: a way up to the ancestor that the rules name, if they name one, and what is due. */
async function entryOf({ chain, scoreboard, registry }: Board, benchmark: Hex, model: Hex) {
  return translateErrors(async () => {
    const on = { address: scoreboard, abi: scoreboardAbi } as const;
    const { ancestor } = await chain.client.readContract({ ...on, functionName: 'rulesOf', args: [benchmark] });
    const fee = await chain.client.readContract({ ...on, functionName: 'feeOf', args: [model, benchmark] });
    if (ancestor === zeroHash) return { steps: [], fee };
    const { ways } = waysTo(model, ancestor, await readLineage(chain, registry), 1);
    // Where no way is known, the contract refuses the model, and says so.
    return { steps: ways[0] ?? [], fee };
  });
}

export function describeRank({ benchmark, model, sent, value, rows, fee }: Ranked): string {
  const head = sent ? `Ranked ${model}` : `${model} is ranked already`;
  const paid = fee > 0n ? ` Paid ${formatEther(fee)} Ether to enter it.` : '';
  return `${head}: ${value} on ${counted(rows, 'row')}.${paid}\nnext     ${commandLine('leaderboard', benchmark)}`;
}
