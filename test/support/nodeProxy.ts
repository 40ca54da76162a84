// A real node as people meet it: behind a provider that gives few blocks at once, counts requests or balances several nodes.
import { createServer, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { Hex } from 'viem';

/** How a provider refuses: in JSON-RPC, or with a status of HTTP. */
export interface Refusal {
  code?: number;
  message?: string;
  data?: unknown;
  status?: number;
  body?: string;
  headers?: Record<string, string>;
}

export interface Faults {
  /** Blocks that eth_getLogs gives at once, and what it says otherwise. */
  most?: { blocks: number; refusal: Refusal };
  /** eth_getLogs comes from a node that is so many blocks behind; it says no word about it. */
  lag?: number;
  /** The node that is behind is asked for single blocks as well, and says that it does not know them. */
  lagsByHash?: boolean;
  /** The node behind answers so many times; then one that is up to date does. */
  lagsFor?: number;
  /** Every request, or every one of a method, or of all but one, is answered so, so many times. */
  refuse?: { times: number; refusal: Refusal; method?: string; except?: string };
  /** The node is asked, but its answer to this method is lost on the way, so many times. */
  lose?: { times: number; method: string };
  /** No answer comes to this method, nor an end. */
  hang?: string;
  /** What is answered to methods, whatever the node says. */
  instead?: Record<string, unknown>;
  /** The code of contracts appeared in this block. (Hardhat answers wrongly about blocks that hardhat_mine made.) */
  codeSince?: number;
  /** Blocks before this one have no state any more. */
  prunedBefore?: number;
}

export interface NodeProxy {
  rpc: string;
  faults: Faults;
  /** Questions by method, since the start or since it was emptied. */
  asked: Map<string, number>;
  /** eth_getLogs: how many blocks each question spanned. */
  spans: number[];
  close(): Promise<void>;
}

interface Question {
  id: unknown;
  method: string;
  params?: unknown[];
}

export type Upstream = (method: string, params: unknown[]) => Promise<unknown>;

class RpcFailure extends Error {
  readonly code: number;
  readonly data: unknown;
  constructor(code: number, message: string, data?: unknown) {
    super(message);
    this.code = code;
    this.data = data;
  }
}

class HttpFailure extends Error {
  readonly refusal: Refusal;
  constructor(refusal: Refusal) {
    super('refused');
    this.refusal = refusal;
  }
}

class Silence extends Error {
  readonly isLost: boolean;
  constructor(isLost: boolean) {
    super('no answer');
    this.isLost = isLost;
  }
}

/** A node over HTTP. */
export function upstreamOf(rpc: string): Upstream {
  return async (method, params) => {
    const body = JSON.stringify({ jsonrpc: '2.0', id: 1, method, params });
    const response = await fetch(rpc, { method: 'POST', headers: { 'content-type': 'application/json' }, body });
    const { result, error } = (await response.json()) as { result?: unknown; error?: Refusal };
    if (error) throw new RpcFailure(error.code ?? -32603, error.message ?? '', error.data);
    return result;
  };
}

export async function startNodeProxy(upstream: Upstream, faults: Faults = {}): Promise<NodeProxy> {
  const asked = new Map<string, number>();
  const spans: number[] = [];
  const isAhead = async (hash: Hex, lag: number) => {
    const block = (await upstream('eth_getBlockByHash', [hash, false])) as { number: Hex };
    return Number(block.number) > Number(await upstream('eth_blockNumber', [])) - lag;
  };
  const answer = async ({ method, params = [] }: Question): Promise<unknown> => {
    asked.set(method, (asked.get(method) ?? 0) + 1);
    if (isRefused(faults.refuse, method)) {
      faults.refuse.times--;
      refuse(faults.refuse.refusal);
    }
    if (faults.hang === method) throw new Silence(false);
    if (faults.instead && method in faults.instead) return faults.instead[method];
    if (faults.lose && faults.lose.times > 0 && faults.lose.method === method) {
      faults.lose.times--;
      await upstream(method, params).catch(() => undefined);
      throw new Silence(true);
    }
    const [first, second] = params as [{ fromBlock: Hex; toBlock: Hex; blockHash?: Hex }, Hex];
    if ((method === 'eth_getCode' || method === 'eth_call') && Number(second) < (faults.prunedBefore ?? 0)) {
      throw new RpcFailure(-32000, 'missing trie node 5c0f (path ) state 0x5c0f is not available');
    }
    if (method === 'eth_getCode' && faults.codeSince !== undefined && second !== undefined) {
      return Number(second) < faults.codeSince ? '0x' : upstream(method, [first, 'latest']);
    }
    if (method !== 'eth_getLogs') return upstream(method, params);
    if (first.blockHash !== undefined) {
      if (faults.lagsByHash && (await isAhead(first.blockHash, faults.lag ?? 0))) {
        throw new RpcFailure(-32000, 'unknown block');
      }
      return upstream(method, params);
    }
    const [from, to] = [Number(first.fromBlock), Number(first.toBlock)];
    spans.push(to - from + 1);
    if (faults.most && to - from + 1 > faults.most.blocks) refuse(faults.most.refusal);
    if (faults.lag === undefined || faults.lagsFor === 0) return upstream(method, params);
    if (faults.lagsFor !== undefined) faults.lagsFor--;
    const head = Number(await upstream('eth_blockNumber', [])) - faults.lag;
    if (from > head) return [];
    return upstream(method, [{ ...first, toBlock: `0x${Math.min(to, head).toString(16)}` }]);
  };
  const server = createServer(async (request, response) => {
    let text = '';
    for await (const part of request) text += part;
    response.setHeader('access-control-allow-origin', '*');
    response.setHeader('access-control-allow-headers', '*');
    if (request.method === 'OPTIONS') return void response.end();
    const questions = JSON.parse(text) as Question | Question[];
    try {
      const replies = await Promise.all([questions].flat().map((question) => reply(question, answer)));
      response.setHeader('content-type', 'application/json');
      response.end(JSON.stringify(Array.isArray(questions) ? replies : replies[0]));
    } catch (error) {
      if (error instanceof HttpFailure) return sendRefusal(response, error.refusal);
      if (!(error instanceof Silence)) throw error;
      if (error.isLost) request.socket.destroy();
    }
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return {
    rpc: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    faults,
    asked,
    spans,
    close: () => {
      server.closeAllConnections();
      return new Promise((resolve) => server.close(() => resolve()));
    },
  };
}

async function reply(question: Question, answer: (question: Question) => Promise<unknown>) {
  const { id } = question;
  try {
    return { jsonrpc: '2.0', id, result: await answer(question) };
  } catch (error) {
    if (error instanceof HttpFailure || error instanceof Silence) throw error;
    const { code = -32603, message, data } = error as { code?: number; message: string; data?: unknown };
    return { jsonrpc: '2.0', id, error: { code, message, data } };
  }
}

function isRefused(refuse: Faults['refuse'], method: string): refuse is NonNullable<Faults['refuse']> {
  if (refuse === undefined || refuse.times === 0 || refuse.except === method) return false;
  return refuse.method === undefined || refuse.method === method;
}

function refuse(refusal: Refusal): never {
  if (refusal.status !== undefined) throw new HttpFailure(refusal);
  throw new RpcFailure(refusal.code ?? -32000, refusal.message ?? '', refusal.data);
}

function sendRefusal(response: ServerResponse, { status = 500, body = '', headers = {} }: Refusal): void {
  response.writeHead(status, headers);
  response.end(body);
}
