// A node of ten thousand models for figures: real proofs for so many would take days. It answers what the page's server
// asks with events as the registry would have logged them, and proves nothing.
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import {
  type Address,
  concat,
  encodeAbiParameters,
  encodeEventTopics,
  encodeFunctionResult,
  type Hex,
  keccak256,
  numberToHex,
  padHex,
  parseAbiParameters,
  toFunctionSelector,
} from 'viem';
import { modelRegistryAbi } from '../../../src/generated/abi.ts';
import { type AnyShape, encodeAnyShape, layerCount } from '../../../src/model/anyShape.ts';

const REGISTRY: Address = '0x00000000000000000000000000000000000c0de5';
const SHAPE: AnyShape = { widths: [49, 32, 10], head: 'squared error' };
const TRAINERS = 40;
/** Models of one block. */
const A_BLOCK = 50;

export interface Crowd {
  rpc: string;
  registry: Address;
  /** how the node misbehaves from now on */
  faults: { silent?: boolean /** its logs from this block on are not to be had */; refusedFrom?: number };
  /** all questions so far, by method */
  asked: [method: string, params: unknown[]][];
  close(): Promise<void>;
}

/**
 * Model k descends from an earlier one nearby; every twelfth from two, every hundredth from none.
 * @param shape of all of them
 */
export async function startCrowd(models: number, shape = SHAPE): Promise<Crowd> {
  const logs = Array.from({ length: models }, (_, k) => logsOf(k, shape)).flat();
  const head = Math.ceil(models / A_BLOCK) + 1;
  const nodeSelector = toFunctionSelector(
    modelRegistryAbi.find((item) => item.type === 'function' && item.name === 'node')!,
  );
  const countSelector = toFunctionSelector('nodeCount()');
  const faults: Crowd['faults'] = {};
  const asked: Crowd['asked'] = [];
  const answer = (method: string, params: unknown[]): unknown => {
    if (method === 'eth_chainId') return numberToHex(31337);
    if (method === 'eth_blockNumber') return numberToHex(head);
    if (method === 'eth_getBlockByNumber') return block(params[0] === 'latest' ? head : Number(params[0]));
    if (method === 'eth_getLogs') {
      const { fromBlock, toBlock } = params[0] as { fromBlock: Hex; toBlock: Hex };
      if (Number(toBlock) >= (faults.refusedFrom ?? Infinity)) throw new Error('not now');
      return logs.filter(
        ({ blockNumber }) => Number(blockNumber) >= Number(fromBlock) && Number(blockNumber) <= Number(toBlock),
      );
    }
    if (method === 'eth_call' && (params[0] as { data: Hex }).data.startsWith(countSelector)) {
      return numberToHex(Math.min(models, Number(params[1]) * A_BLOCK), { size: 32 });
    }
    if (method === 'eth_call') return times((params[0] as { data: Hex }).data.split(nodeSelector.slice(2)).length - 1);
    throw new Error(`the crowd does not answer ${method}`);
  };
  const server = createServer(async (request, response) => {
    if (faults.silent) return void request.socket.destroy();
    // Pages ask it, too.
    response.setHeader('access-control-allow-origin', '*');
    response.setHeader('access-control-allow-headers', '*');
    if (request.method === 'OPTIONS') return void response.end();
    let text = '';
    for await (const part of request) text += part;
    const questions = JSON.parse(text);
    const one = ({ id, method, params }: { id: number; method: string; params: unknown[] }) => {
      asked.push([method, params]);
      try {
        return { jsonrpc: '2.0', id, result: answer(method, params) };
      } catch (error) {
        return { jsonrpc: '2.0', id, error: { code: -32601, message: (error as Error).message } };
      }
    };
    response.setHeader('content-type', 'application/json');
    response.end(JSON.stringify(Array.isArray(questions) ? questions.map(one) : one(questions)));
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return {
    rpc: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    registry: REGISTRY,
    faults,
    asked,
    close: () => {
      server.closeAllConnections();
      return new Promise((resolve) => server.close(() => resolve()));
    },
  };
}

export const idOf = (k: number) => keccak256(numberToHex(k, { size: 32 }));

function parentsOf(k: number): number[] {
  if (k % 100 === 0) return [];
  const near = (salt: number) => Math.max(0, k - 1 - ((k * 7919 + salt) % Math.min(k, 37)));
  return k % 12 === 0 ? [...new Set([near(0), near(17)])] : [near(0)];
}

function logsOf(k: number, shape: AnyShape) {
  const id = idOf(k);
  const trainer = padHex(numberToHex((k % TRAINERS) + 1), { size: 20 });
  const parents = parentsOf(k);
  const kind = [1, 3, 4][parents.length];
  const logs: { topics: Hex[]; data: Hex }[] = [];
  const add = (eventName: 'ModelRegistered' | 'Seeded' | 'Trained' | 'Merged', args: Record<string, unknown>) => {
    const event = modelRegistryAbi.find((item) => item.type === 'event' && item.name === eventName)!;
    const inputs = (event as { inputs: readonly { name: string; type: string; indexed: boolean }[] }).inputs;
    logs.push({
      topics: encodeEventTopics({ abi: modelRegistryAbi, eventName, args } as never) as Hex[],
      data: encodeAbiParameters(
        inputs.filter(({ indexed }) => !indexed) as never,
        inputs.filter(({ indexed }) => !indexed).map(({ name }) => args[name]) as never,
      ),
    });
  };
  const commitment = [{ x: BigInt(k + 1), y: 2n }];
  add('ModelRegistered', {
    id,
    trainer,
    kind,
    depth: BigInt(Math.floor(k / 30)),
    shape: encodeAnyShape(shape),
    commitment,
  });
  if (parents.length === 0) add('Seeded', { id, requestId: BigInt(k), seed: BigInt(k + 7) });
  else if (parents.length === 1)
    add('Trained', {
      child: id,
      parent: idOf(parents[0]),
      shard: idOf(k + 1e6),
      learningRate: 256n,
      batch: 8n,
      passes: 1n,
      smoothing: 0n,
      segment: 0n,
    });
  else {
    const ids = parents.map(idOf);
    const coefficients = Array.from({ length: layerCount(shape) }, () => [8192, 8192]);
    add('Merged', { child: id, firstParent: ids[0], parents: ids, coefficients });
  }
  const blockNumber = numberToHex(Math.floor(k / A_BLOCK) + 1);
  return logs.map((log, j) => ({
    ...log,
    address: REGISTRY,
    blockNumber,
    blockHash: hashOf(Number(blockNumber)),
    transactionHash: keccak256(concat([id, '0x01'])),
    transactionIndex: numberToHex(k % A_BLOCK),
    logIndex: numberToHex((k % A_BLOCK) * 2 + j),
    removed: false,
  }));
}

const hashOf = (number: number) => keccak256(numberToHex(number, { size: 4 }));

function block(number: number) {
  const zero = padHex('0x0', { size: 32 });
  return {
    number: numberToHex(number),
    hash: hashOf(number),
    parentHash: zero,
    timestamp: numberToHex(1_760_000_000 + number),
    transactions: [],
    gasLimit: '0x1c9c380',
    gasUsed: '0x0',
    difficulty: '0x0',
    baseFeePerGas: '0x1',
    size: '0x1',
  };
}

/** Multicall's answer about so many nodes: only the time in it is read. */
function times(count: number): Hex {
  const returnData = encodeFunctionResult({
    abi: modelRegistryAbi,
    functionName: 'node',
    result: {
      trainer: REGISTRY,
      kind: 3,
      depth: 1n,
      timestamp: 1_760_000_000n,
      blockNumber: 1n,
      parent: padHex('0x0', { size: 32 }),
      declared: false,
      number: 1n,
      version: 1n,
    },
  });
  const results = Array.from({ length: count }, () => ({ success: true, returnData }));
  return encodeAbiParameters(parseAbiParameters('(bool success, bytes returnData)[]'), [results]);
}
