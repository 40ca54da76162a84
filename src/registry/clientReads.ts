import {
  AbiDecodingDataSizeTooSmallError,
  type Address,
  BaseError,
  BlockNotFoundError,
  ContractFunctionRevertedError,
  ContractFunctionZeroDataError,
  type Hex,
  numberToHex,
  type PublicClient,
  type RpcLog,
  zeroAddress,
} from 'viem';
import {
  foreignProgramsAbi,
  inferencesAbi,
  lineageAuditAbi,
  modelRegistryAbi,
  relayedAbi,
  scoreboardAbi,
  verifiersAbi,
} from '../generated/abi.ts';
import type { CallFrame, ChainLog, ChainReads, LogFilter } from './chainReads.ts';
import { firstBlockOf, logNodeOf, logsOfBlock } from './logNode.ts';
import { scanLogs } from './logs.ts';
import { shardKindOf } from './programs/data.ts';
import type { FactKey } from './programs/definition.ts';

/** What a client of viem answers about edges. */
export function clientReads(client: PublicClient, chainId: number | bigint): ChainReads {
  const registryAt = (address: Address) => ({ address, abi: modelRegistryAbi }) as const;
  const verifiersAt = (address: Address) => ({ address, abi: verifiersAbi }) as const;
  const scoreboardAt = (address: Address) => ({ address, abi: scoreboardAbi }) as const;
  return {
    chainId: BigInt(chainId),
    code: async (address) => (await client.getCode({ address })) ?? '0x',
    registryOf: (scoreboard) =>
      unlessRefused(client.readContract({ ...scoreboardAt(scoreboard), functionName: 'registry' })),
    verifiersOf: (registry) =>
      unlessRefused(client.readContract({ ...registryAt(registry), functionName: 'verifiers' })),
    relayOf: (address) => client.readContract({ address, abi: relayedAbi, functionName: 'trustedForwarder' }),
    srs: (verifiers) => client.readContract({ ...verifiersAt(verifiers), functionName: 'srs' }),
    versionOf: (verifiers, program) =>
      client.readContract({ ...verifiersAt(verifiers), functionName: 'versionOf', args: [BigInt(program)] }),
    keyRecord: async (verifiers, program, version) => {
      const args = [BigInt(program), version] as const;
      const record = await client.readContract({ ...verifiersAt(verifiers), functionName: 'keyRecordOf', args });
      return record.pointer === zeroAddress ? undefined : record;
    },
    timeOf: async (block) => (await blockOf(client, block))?.timestamp,
    hashOf: async (block) => (await blockOf(client, block))?.hash ?? undefined,
    node: async (registry, id) => {
      const record = await client.readContract({ ...registryAt(registry), functionName: 'node', args: [id] });
      return record.trainer === zeroAddress ? undefined : record;
    },
    isForeign: (registry, id) =>
      client.readContract({ ...registryAt(registry), functionName: 'isForeign', args: [id] }),
    foreignProgramOf: (registry, id) =>
      client.readContract({ ...registryAt(registry), functionName: 'foreignProgramOf', args: [id] }),
    adapterOf: async (registry, program) => {
      const address = await client.readContract({ ...registryAt(registry), functionName: 'foreignPrograms' });
      const call = { address, abi: foreignProgramsAbi, functionName: 'adapterOf', args: [program] } as const;
      const adapter = await client.readContract(call);
      return adapter === zeroAddress ? undefined : adapter;
    },
    parents: (registry, id) => client.readContract({ ...registryAt(registry), functionName: 'parents', args: [id] }),
    schemaOf: (registry, id) => client.readContract({ ...registryAt(registry), functionName: 'schemaOf', args: [id] }),
    shard: async (registry, id) => {
      const stored = await client.readContract({ ...registryAt(registry), functionName: 'shard', args: [id] });
      if (stored.owner === zeroAddress) return undefined;
      const sizes = { inputs: Number(stored.inputs), outputs: Number(stored.outputs), rows: Number(stored.rows) };
      return { ...stored, ...sizes, kind: shardKindOf(stored.kind) };
    },
    seedRequest: async (registry, requestId) => {
      const call = { ...registryAt(registry), functionName: 'seedRequest', args: [requestId] } as const;
      const request = await client.readContract(call);
      return request.trainer === zeroAddress ? undefined : request;
    },
    segmentsOf: (registry, id) =>
      client.readContract({ ...registryAt(registry), functionName: 'segmentsOf', args: [id] }),
    training: (registry, id, segment) =>
      client.readContract({ ...registryAt(registry), functionName: 'trainingOf', args: [id, segment] }),
    result: async (scoreboard, model, shard) => {
      const call = { ...scoreboardAt(scoreboard), functionName: 'resultOf', args: [model, shard] } as const;
      const stored = await client.readContract(call);
      return stored.prover === zeroAddress ? undefined : stored;
    },
    inferredBy: async (address, ...args) => {
      const prover = await client.readContract({ address, abi: inferencesAbi, functionName: 'inferredBy', args });
      return prover === zeroAddress ? undefined : prover;
    },
    measures: async (scoreboard, model, shard, k) => {
      const at = scoreboardAt(scoreboard);
      const args = [model, shard] as const;
      const [measures, top] = await Promise.all([
        client.readContract({ ...at, functionName: 'measuresOf', args }),
        client.readContract({ ...at, functionName: 'topOf', args: [...args, BigInt(k)] }),
      ]);
      return { ...measures, top };
    },
    fact: (audit, key) => factOf(client, audit, key),
    logs: (filter) => logsOf(client, filter),
    transaction: async (hash) => {
      const { to, input } = await client.getTransaction({ hash });
      return { to, input };
    },
    trace: (hash) => traceOf(client, hash),
  };
}

/** Who showed a fact first, or undefined where nobody did. */
async function factOf(client: PublicClient, address: Address, { about, shard, other }: FactKey) {
  const functionName = `${about}Fact` as const;
  const fact = await client.readContract({ address, abi: lineageAuditAbi, functionName, args: [shard, other] });
  return fact.prover === zeroAddress ? undefined : fact;
}

/** A block, or undefined where the node does not have it. */
async function blockOf(client: PublicClient, blockNumber: bigint) {
  try {
    return await client.getBlock({ blockNumber });
  } catch (error) {
    if (error instanceof BaseError && error.walk((inner) => inner instanceof BlockNotFoundError) !== null)
      return undefined;
    throw error;
  }
}

/** The logs of one block, or of a range, in as many questions as the node wants. */
async function logsOf(client: PublicClient, { address, topics, from, to }: LogFilter): Promise<ChainLog[]> {
  const isWanted = (log: RpcLog) => topics.every((topic, k) => topic === null || log.topics[k] === topic);
  const found: RpcLog[] = [];
  if (from === to) {
    found.push(...(await logsOfBlock(logNodeOf(client, [address]), Number(from))));
  } else {
    const last = Number(to ?? (await client.getBlockNumber({ cacheTime: 0 })));
    const first = from > 0n ? Number(from) : ((await firstBlockOf(client, address, last)) ?? 0);
    const ask = (fromBlock: number, toBlock: number): Promise<RpcLog[]> => {
      const blocks = { fromBlock: numberToHex(fromBlock), toBlock: numberToHex(toBlock) };
      const params = [{ address, topics: [...topics], ...blocks }] as [never];
      return client.request({ method: 'eth_getLogs', params }, { retryCount: 0 });
    };
    await scanLogs(ask, { from: first, to: last }, (logs) => found.push(...logs));
  }
  return found.filter(isWanted).flatMap((log) => {
    const { blockNumber, logIndex, transactionHash } = log;
    if (blockNumber === null || logIndex === null || transactionHash === null) return [];
    return { ...log, transactionHash, blockNumber: BigInt(blockNumber), logIndex: Number(logIndex) };
  });
}

/** A contract that refuses a call, or has no such function, has no answer; a node that fails is another matter. */
export async function unlessRefused<T>(answer: Promise<T>): Promise<T | undefined> {
  try {
    return await answer;
  } catch (error) {
    const refused = (inner: unknown) =>
      inner instanceof ContractFunctionRevertedError ||
      inner instanceof ContractFunctionZeroDataError ||
      inner instanceof AbiDecodingDataSizeTooSmallError;
    if (error instanceof BaseError && error.walk(refused) !== null) return undefined;
    throw error;
  }
}

/** Few public nodes trace; one that does not says so in many ways. */
async function traceOf(client: PublicClient, hash: Hex): Promise<CallFrame | undefined> {
  const ask = client.request as (call: { method: string; params: unknown[] }) => Promise<unknown>;
  try {
    const frame = await ask({ method: 'debug_traceTransaction', params: [hash, { tracer: 'callTracer' }] });
    const { type, input } = (frame ?? {}) as Partial<CallFrame>;
    return typeof type === 'string' && typeof input === 'string' ? (frame as CallFrame) : undefined;
  } catch {
    return undefined;
  }
}
