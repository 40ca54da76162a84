import { type Address, encodeFunctionData, type Hex, type LocalAccount, parseEventLogs } from 'viem';
import { datasetsAbi, modelCardsAbi, scoreboardAbi } from '../../src/generated/abi.ts';
import { ascending } from '../../src/registry/ids.ts';
import { NO_RULES } from '../../src/registry/rules.ts';
import type { Chain } from '../chain/client.ts';
import { sendCall } from '../chain/send.ts';

/** Somebody who sends transactions to the contracts; their journals lie in `folder`. */
export interface Sender {
  chain: Chain;
  account: LocalAccount;
  folder: string;
}

/** Lists shards as a dataset and makes it a benchmark on which all models count. @throws DescentError (chain) */
export async function openBenchmark(
  { chain, account, folder }: Sender,
  { datasets, scoreboard }: { datasets: Address; scoreboard: Address },
  shards: readonly Hex[],
  uri: string,
): Promise<Hex> {
  const list = ascending(shards);
  const dataset = encodeFunctionData({ abi: datasetsAbi, functionName: 'registerDataset', args: [list, uri] });
  await sendCall(chain, account, { to: datasets, data: dataset }, folder);
  const benchmark = encodeFunctionData({
    abi: scoreboardAbi,
    functionName: 'openBenchmark',
    args: [account.address, list, uri, NO_RULES],
  });
  const receipt = await sendCall(chain, account, { to: scoreboard, data: benchmark }, folder);
  const [event] = parseEventLogs({ abi: scoreboardAbi, logs: receipt.logs, eventName: 'BenchmarkOpened' });
  return event.args.id;
}

/** Enters a model's results in the leaderboard. @returns gas. @throws DescentError (chain), as when it is not scored */
export async function rankModel(
  { chain, account, folder }: Sender,
  scoreboard: Address,
  model: Hex,
  benchmark: Hex,
): Promise<number> {
  const data = encodeFunctionData({ abi: scoreboardAbi, functionName: 'rank', args: [model, benchmark, []] });
  return Number((await sendCall(chain, account, { to: scoreboard, data }, folder)).gasUsed);
}

/** Names a model; only its trainer can. @throws DescentError (chain) */
export async function nameModel(
  { chain, account, folder }: Sender,
  cards: Address,
  model: Hex,
  name: string,
): Promise<void> {
  const data = encodeFunctionData({ abi: modelCardsAbi, functionName: 'writeCard', args: [model, name, ''] });
  await sendCall(chain, account, { to: cards, data }, folder);
}
