import { type Hex, numberToHex, type PublicClient, type RpcBlock, type RpcLog } from 'viem';
import { patiently } from '../errors/patience.ts';
import { modelRegistryAbi } from '../generated/abi.ts';
import type { Head, LogNode } from './logs.ts';

/** Repeating is left to the readers of logs, who know whether to ask for less. */
const ONCE = { retryCount: 0 } as const;

/**
 * What readers of logs ask, through a client.
 * @param contracts whose logs are read
 * @param registry whose models are counted
 */
export function logNodeOf(client: PublicClient, contracts: readonly Hex[], registry?: Hex): LogNode {
  const address = [...contracts];
  const logs = (where: { fromBlock: Hex; toBlock: Hex } | { blockHash: Hex }): Promise<RpcLog[]> =>
    client.request({ method: 'eth_getLogs', params: [{ address, ...where }] }, ONCE);
  const node: LogNode = {
    getLogs: (from, to) => logs({ fromBlock: numberToHex(from), toBlock: numberToHex(to) }),
    getLogsOf: (blockHash) => logs({ blockHash }),
    async getBlock(number) {
      const tag = number === 'latest' ? number : numberToHex(number);
      const block: RpcBlock | null = await client.request(
        { method: 'eth_getBlockByNumber', params: [tag, false] },
        ONCE,
      );
      return block === null ? undefined : headOf(block);
    },
  };
  if (registry === undefined) return node;
  const call = { address: registry, abi: modelRegistryAbi, functionName: 'nodeCount' } as const;
  return {
    ...node,
    nodeCount: async (block) => Number(await client.readContract({ ...call, blockNumber: BigInt(block) })),
  };
}

/**
 * The logs of one block, from a node that knows it: asked for by hash, where a range would come back empty.
 * @throws the node's error; undefined for a block that it does not have
 */
export async function logsOfBlock(node: LogNode, number: number): Promise<RpcLog[]> {
  return patiently(async () => {
    const block = await node.getBlock(number);
    if (block === undefined) throw new Error(`header not found: ${number}`);
    return node.getLogsOf(block.hash);
  });
}

/**
 * The block in which a contract was made, by asking for its code at earlier blocks; undefined where the node does not keep
 * the state of old blocks.
 */
export async function firstBlockOf(client: PublicClient, address: Hex, head: number): Promise<number | undefined> {
  const has = async (block: number) => {
    const params = [address, numberToHex(block)] as [Hex, Hex];
    const code = await patiently(() => client.request({ method: 'eth_getCode', params }, ONCE));
    return code !== '0x';
  };
  try {
    let [without, withCode] = [-1, head];
    while (withCode - without > 1) {
      const middle = Math.floor((without + withCode) / 2);
      if (await has(middle)) withCode = middle;
      else without = middle;
    }
    return withCode;
  } catch {
    return undefined;
  }
}

function headOf({ number, hash, logsBloom }: RpcBlock): Head {
  if (number === null || hash === null) throw new Error('The node gives a pending block.');
  const hasBloom = typeof logsBloom === 'string' && logsBloom.length === 514;
  return { number: Number(number), hash, ...(hasBloom && { logsBloom }) };
}
