import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';

/** A node before another one, which has no debug API, or answers with one trace. */
export async function nodeWithout(rpc: string, trace?: unknown) {
  const asked: string[] = [];
  const answer = async (call: { id: number; method: string }) => {
    asked.push(call.method);
    if (call.method !== 'debug_traceTransaction') return undefined;
    const refusal = { error: { code: -32601, message: 'the method debug_traceTransaction does not exist' } };
    return { jsonrpc: '2.0', id: call.id, ...(trace ? { result: trace } : refusal) };
  };
  const server: Server = createServer(async (request, response) => {
    const body = Buffer.concat(await request.toArray()).toString();
    const own = await answer(JSON.parse(body));
    const headers = { 'content-type': 'application/json' };
    const text = own ? JSON.stringify(own) : await (await fetch(rpc, { method: 'POST', headers, body })).text();
    response.writeHead(200, headers).end(text);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  const close = () => new Promise((resolve) => server.close(resolve));
  return { rpc: `http://127.0.0.1:${port}`, asked, close };
}
