// Verification by Sourcify, with a server of our own in its place that does what Sourcify does: it compiles what it is sent
// with the locked compiler and compares the result with the chain's code.
import assert from 'node:assert/strict';
import { mkdtempSync, rmSync } from 'node:fs';
import { createServer, type IncomingMessage, type Server } from 'node:http';
import { createRequire } from 'node:module';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import hre, { network } from 'hardhat';
import { createPublicClient, type Hex, http } from 'viem';
import { type Deployment, deployRegistry, readDeployments } from '../../scripts/chain/deploy.ts';
import { developmentAccount } from '../../scripts/chain/keys.ts';
import { verifySources } from '../../scripts/chain/sourcify.ts';
import { DescentError } from '../../src/errors/DescentError.ts';

const CHAIN = 11155111;

interface Submission {
  stdJsonInput: { sources: Record<string, unknown>; settings: object };
  contractIdentifier: string;
  compilerVersion: string;
}

// Lines counted for coverage change the code.
describe('verification by Sourcify', { skip: hre.globalOptions.coverage }, () => {
  const folder = mkdtempSync(join(tmpdir(), 'sourcify-'));
  let node: { rpc: string; close(): Promise<void> };
  let sourcify: FakeSourcify;
  let deployment: Deployment;

  before(async () => {
    const server = await network.createServer(
      { network: 'default', override: { chainId: CHAIN } as object },
      '127.0.0.1',
    );
    const { port } = await server.listen();
    node = { rpc: `http://127.0.0.1:${port}`, close: () => server.close() };
    const deploymentsFile = join(folder, 'deployments.json');
    const account = developmentAccount(1);
    await deployRegistry(node.rpc, { account, allowDevKeysOffLocal: true, deploymentsFile });
    deployment = readDeployments(deploymentsFile)[CHAIN];
    sourcify = await FakeSourcify.start(node.rpc);
  });
  after(async () => {
    await Promise.all([node.close(), sourcify.close()]);
    rmSync(folder, { recursive: true });
  });

  it('sends sources of which each contract of a deployment is made, and nothing a second time', async () => {
    const { contracts } = deployment;
    await verifySources({ ...deployment, contracts }, node.rpc, sourcify.url);
    assert.deepEqual(Object.values(contracts).map(({ address }) => address).sort(), [...sourcify.verified.keys()].sort()); // biome-ignore format: one thought
    for (const [name, { address }] of Object.entries(contracts)) {
      const { contractIdentifier, compilerVersion, stdJsonInput } = sourcify.verified.get(address) ?? assert.fail();
      assert.ok(contractIdentifier.endsWith(name), contractIdentifier);
      assert.match(compilerVersion, /^v0\.8\.37\+commit\./);
      assert.ok(!Object.keys(stdJsonInput.sources).some((source) => source.includes('mocks')), 'only what it takes');
    }
    const asked = sourcify.submissions;
    await verifySources({ ...deployment, contracts }, node.rpc, sourcify.url);
    assert.equal(sourcify.submissions, asked);
  });

  it('fails where the code is another', async () => {
    const source = 'contracts/CreditVault.sol:CreditVault';
    const contracts = { [source]: deployment.contracts['contracts/ModelCards.sol:ModelCards'] };
    // What is verified is not compared again.
    sourcify.verified.delete(contracts[source].address);
    await assert.rejects(verifySources({ ...deployment, contracts }, node.rpc, sourcify.url), (error) => {
      assert.ok(error instanceof DescentError);
      assert.equal(error.code, 'NOT_VERIFIED');
      return true;
    });
  });
});

class FakeSourcify {
  readonly verified = new Map<string, Submission>();
  submissions = 0;
  readonly url: string;
  readonly #server: Server;
  readonly #rpc: string;
  readonly #jobs = new Map<string, string | undefined>();

  constructor(server: Server, rpc: string) {
    this.#server = server;
    this.#rpc = rpc;
    this.url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  }

  static async start(rpc: string): Promise<FakeSourcify> {
    let self: FakeSourcify | undefined;
    const server = createServer((request, response) => {
      const answer = self?.answer(request) ?? Promise.resolve([500, {}] as const);
      answer.then(
        ([status, body]) =>
          response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(body)),
        (error) => response.writeHead(500).end(String(error)),
      );
    });
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    self = new FakeSourcify(server, rpc);
    return self;
  }

  close(): Promise<void> {
    return new Promise((resolve) => this.#server.close(() => resolve()));
  }

  async answer(request: IncomingMessage): Promise<readonly [number, object]> {
    const [, , what, chain, address] = (request.url ?? '').split('/');
    if (what === 'contract') {
      const match = this.verified.has(address) ? 'match' : null;
      return [match ? 200 : 404, { match, creationMatch: match, runtimeMatch: match, chainId: chain, address }];
    }
    if (request.method === 'POST') {
      const submission = JSON.parse(await bodyOf(request)) as Submission;
      this.submissions++;
      const job = String(this.submissions);
      const reason = await this.#mismatch(address, submission);
      if (reason === undefined) this.verified.set(address, submission);
      this.#jobs.set(job, reason);
      return [202, { verificationId: job }];
    }
    const reason = this.#jobs.get(chain);
    const error = reason === undefined ? {} : { error: { customCode: 'no_match', message: reason, errorId: '1' } };
    const contract = { match: reason === undefined ? 'match' : null };
    return [200, { isJobCompleted: true, verificationId: chain, jobStartTime: 'now', contract, ...error }];
  }

  /** Why the compiled submission is not the chain's code, immutables aside. */
  async #mismatch(address: string, { stdJsonInput, contractIdentifier }: Submission): Promise<string | undefined> {
    const solc = createRequire(import.meta.url)('solc') as { compile(input: string): string };
    const outputSelection = { '*': { '*': ['evm.deployedBytecode'] } };
    const input = { ...stdJsonInput, settings: { ...stdJsonInput.settings, outputSelection } };
    const split = contractIdentifier.lastIndexOf(':');
    const output = JSON.parse(solc.compile(JSON.stringify(input)));
    const contract = output.contracts[contractIdentifier.slice(0, split)][contractIdentifier.slice(split + 1)];
    const { object, immutableReferences } = contract.evm.deployedBytecode;
    const client = createPublicClient({ transport: http(this.#rpc) });
    const code = (await client.getCode({ address: address as Hex })) ?? '0x';
    const places = Object.values(immutableReferences as Record<string, { start: number; length: number }[]>).flat();
    const masked = places.reduce(
      (text, { start, length }) => text.slice(0, 2 * start) + '0'.repeat(2 * length) + text.slice(2 * (start + length)),
      code.slice(2),
    );
    return masked === object ? undefined : 'The code differs.';
  }
}

async function bodyOf(request: IncomingMessage): Promise<string> {
  const parts: Buffer[] = [];
  for await (const part of request) parts.push(part as Buffer);
  return Buffer.concat(parts).toString();
}
