import { createServer, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';

interface Question {
  id: number;
  method: string;
}

/** Answers instead of the node; false lets the question through. */
export type Interference = (question: Question, response: ServerResponse) => boolean;

/** What nodes, their providers and what stands before them do to people. */
export const TROUBLES = {
  rate: (_question, response) => {
    response.writeHead(429).end('{"error":"slow down"}');
    return true;
  },
  html: (_question, response) => {
    response.end('<html>rate limited</html>');
    return true;
  },
  http500: ({ method }, response) => {
    if (method !== 'eth_sendRawTransaction') return false;
    response.writeHead(500).end('oops');
    return true;
  },
  chain: ({ id, method }, response) => {
    if (method !== 'eth_chainId') return false;
    response.setHeader('content-type', 'application/json');
    response.end(JSON.stringify({ jsonrpc: '2.0', id, result: '0x1' }));
    return true;
  },
  late: ({ method }, response) => {
    // Only after the greeting: every later question is one too many.
    if (method === 'eth_chainId') return false;
    response.writeHead(429).end('Too Many Requests');
    return true;
  },
} satisfies Record<string, Interference>;

export interface NodeProxy {
  rpc: string;
  /** Methods that were asked for, in order. */
  asked: string[];
  close(): Promise<void>;
}

/** A proxy on 127.0.0.1 before a node. */
export async function startProxy(target: string, interfere: Interference): Promise<NodeProxy> {
  const asked: string[] = [];
  const server = createServer(async (request, response) => {
    let body = '';
    for await (const chunk of request) body += chunk;
    const question = JSON.parse(body) as Question;
    asked.push(question.method);
    if (interfere(question, response)) return;
    const answer = await fetch(target, { method: 'POST', headers: { 'content-type': 'application/json' }, body });
    response.setHeader('content-type', 'application/json');
    response.end(await answer.text());
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  return {
    rpc: `http://127.0.0.1:${port}`,
    asked,
    close: () => new Promise((resolve) => server.close(() => resolve()) && server.closeAllConnections()),
  };
}
