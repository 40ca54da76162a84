import assert from 'node:assert/strict';
import { createServer, type RequestListener } from 'node:http';
import type { AddressInfo } from 'node:net';
import { describe, it } from 'node:test';
import { createPublicClient, http } from 'viem';
import { type NodeTrouble, nodeAnswer } from '../../src/errors/nodeAnswer.ts';

/** What a real client throws when a server answers like this. */
async function errorOf(answer: RequestListener, timeout = 5_000): Promise<unknown> {
  const server = createServer(answer);
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/range/too-many-requests`;
  try {
    const client = createPublicClient({ transport: http(url, { retryCount: 0, timeout }) });
    await client.request({ method: 'eth_getLogs', params: [{ fromBlock: '0x0', toBlock: '0x1' }] });
  } catch (error) {
    return error;
  } finally {
    server.closeAllConnections();
    server.close();
  }
  throw new Error('the client threw nothing');
}

const rpc =
  (code: number, message: string, data?: unknown, status = 200): RequestListener =>
  (_request, response) => {
    response.writeHead(status, { 'content-type': 'application/json' });
    response.end(JSON.stringify({ jsonrpc: '2.0', id: 1, error: { code, message, data } }));
  };

/** Code, words, blocks named, and further data, as nodes and providers say it. */
const RANGES: [number, string, number?, unknown?][] = [
  [-32005, 'query returned more than 10000 results'],
  [-32005, 'query returned more than 10000 results. Try with this block range [0xCB3D, 0xCC3C].', 256],
  [-32005, 'query timeout exceeded'],
  [-32005, 'limit exceeded'],
  [-32005, 'block range too large, max range: 1000', 1000],
  [-32005, 'Log response size exceeded. Maximum allowed number of requested blocks is 1000'],
  [-32602, 'range 1000000 exceeds limit of 10000', 10_000],
  [-32602, 'query exceeds max results 20000, retry with the range 24383075-24383096', 22],
  [-32602, 'query exceeds max block range 100000'],
  [-32602, 'invalid params', 2000, { payload: 'range 9009594 is bigger than range limit 2000' }],
  [
    -32602,
    'Log response size exceeded. You can make eth_getLogs requests with up to a 2K block range and no limit on the response size, or you can request any block range with a cap of 10K logs in the response. Based on your parameters and the response size limit, this block range should work: [0xc5dc00, 0xc614a7]',
    14_504,
  ],
  [
    -32600,
    'Under the Free tier plan, you can make eth_getLogs requests with up to a 10 block range. Based on your parameters, this block range should work: [0x1180fca, 0x1180fd3]. Upgrade to PAYG for expanded block range.',
    10,
  ],
  [-32600, 'eth_getLogs block range too large, range: 9000, max: 500', 500],
  [-32000, 'query returned more than 10000 results'],
  [-32000, 'exceed maximum block range: 500', 500],
  [-32701, 'exceed maximum block range: 50000', 50_000],
  [-32000, 'block range is larger than max block range, block range = 5120, max block range = 5000', 5000],
  [-32000, 'too wide blocks range, the limit is 100', 100],
  [-32000, 'requested too many blocks from 0 to 16777216, maximum is set to 2048'],
  [-32000, 'query block range exceeds server limit, narrow your filter: 1000'],
  [-32602, 'eth_getLogs is limited to 0 - 50 blocks range', 50],
  [-32614, 'eth_getLogs is limited to a 10,000 range', 10_000],
  [35, 'ranges over 10000 blocks are not supported on freetier', 10_000],
  [-32008, 'Response is too big', undefined, 'Exceeded max limit of 167772160'],
];

describe('what answered', () => {
  for (const [code, words, most, data] of RANGES) {
    it(`takes ${code} "${words.slice(0, 60)}" for a range that is too large`, async () => {
      const answer = nodeAnswer(await errorOf(rpc(code, words, data)));
      assert.equal(answer.trouble, 'range');
      if (most !== undefined) assert.equal(answer.most, most);
    });
  }

  const reply =
    (status: number, type: string, body: string, headers: Record<string, string> = {}): RequestListener =>
    (_request, response) => {
      response.writeHead(status, { 'content-type': type, ...headers });
      response.end(body);
    };
  const CASES: [string, RequestListener, NodeTrouble, RegExp][] = [
    ['HTTP 429', reply(429, 'application/json', '{"error":"slow down"}'), 'busy', /HTTP 429, too many requests/],
    ['HTTP 429 as HTML', reply(429, 'text/html', '<html>slow</html>'), 'busy', /HTTP 429/],
    ['HTTP 429 with a time', reply(429, 'text/plain', '', { 'retry-after': '7' }), 'busy', /7 s of patience/],
    ['a limit in JSON', rpc(429, 'Your app has exceeded its compute units per second capacity.'), 'busy', /too often/],
    ['QuickNode’s limit', rpc(-32007, '50/second request limit reached - reduce calls'), 'busy', /too often/],
    ['Infura’s limit', rpc(-32005, 'daily request count exceeded, request rate limited'), 'busy', /too often/],
    ['HTTP 413', reply(413, 'text/html', '<html>413 Request Entity Too Large</html>'), 'range', /so many events/],
    ['HTTP 401', reply(401, 'application/json', '{"message":"no key"}'), 'forbidden', /HTTP 401/],
    ['a web page', reply(200, 'text/html', '<html>rate of exchange</html>'), 'page', /web page.*not a node/],
    ['a web page of a gateway', reply(502, 'text/html', '<!DOCTYPE html><html></html>'), 'page', /\(HTTP 502\)/],
    ['plain text', reply(200, 'text/plain', 'hello'), 'unreadable', /not a node/],
    ['an empty JSON', reply(200, 'application/json', ''), 'unreadable', /not a node/],
    ['HTTP 500', reply(500, 'text/plain', 'oops'), 'http', /HTTP 500/],
    ['a block to come', rpc(-32000, 'header not found'), 'behind', /does not have this block/],
    ['a head to come', rpc(-32602, 'block range extends beyond current head block'), 'behind', /does not have/],
    ['a dropped connection', (request) => request.socket.destroy(), 'silent', /does not answer\./],
    ['a revert', rpc(3, 'execution reverted', '0x08c379a0'), 'other', /^$/],
  ];
  for (const [name, listener, trouble, says] of CASES) {
    it(`names ${name}`, async () => {
      const answer = nodeAnswer(await errorOf(listener));
      assert.equal(answer.trouble, trouble);
      assert.match(answer.says, says);
    });
  }

  it('names a node that takes too long and one that is not there', async () => {
    assert.equal(nodeAnswer(await errorOf(() => undefined, 100)).trouble, 'timeout');
    const client = createPublicClient({ transport: http('http://127.0.0.1:1', { retryCount: 0 }) });
    const refused = await client.getChainId().catch((error: unknown) => error);
    assert.equal(nodeAnswer(refused).trouble, 'silent');
  });

  it('reads when to come back from seconds and from a date', async () => {
    const at = async (value: string) =>
      nodeAnswer(await errorOf(reply(429, 'text/plain', '', { 'retry-after': value }))).waitMs;
    assert.equal(await at('3'), 3000);
    const ms = await at(new Date(Date.now() + 20_000).toUTCString());
    assert.ok(ms !== undefined && ms > 15_000 && ms <= 20_000, `${ms}`);
    assert.equal(await at('soon'), undefined);
  });

  it('is silent about what is no error of a node', () => {
    for (const error of [undefined, null, 'text', new Error('division by zero')]) {
      assert.equal(nodeAnswer(error).trouble, 'other');
    }
  });
});
