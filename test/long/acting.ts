// A chain with a registry on which a contract acts on proved outputs, for the worked examples.
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { type Abi, type Address, createWalletClient, type Hex, http } from 'viem';
import { type Chain, connect } from '../../scripts/chain/client.ts';
import { type Deployment, deployRegistry } from '../../scripts/chain/deploy.ts';
import { developmentAccount } from '../../scripts/chain/keys.ts';
import { type LocalNode, startLocalNode } from '../../scripts/chain/localNode.ts';
import { registryCall } from '../../src/registry/calls.ts';
import { parseEdge } from '../../src/registry/edge.ts';
import { resultId } from '../../src/registry/statement.ts';
import { descent, document, temporaryFolder } from '../cli/cli.ts';

export interface Placed {
  address: Address;
  abi: Abi;
}

/** A proof as the examples' functions take it. */
export interface Brought {
  prover: Address;
  claim: unknown;
  outputs: Hex;
  proof: unknown;
}

export class Acting {
  readonly folder: string;
  readonly node: LocalNode;
  readonly chain: Chain;
  readonly deployment: Deployment;
  readonly #remove: () => void;

  private constructor(node: LocalNode, chain: Chain, deployment: Deployment) {
    const { folder, remove } = temporaryFolder();
    [this.folder, this.#remove] = [folder, remove];
    [this.node, this.chain, this.deployment] = [node, chain, deployment];
  }

  static async start(): Promise<Acting> {
    const node = await startLocalNode();
    try {
      return new Acting(node, await connect(node.rpc), await deployRegistry(node.rpc));
    } catch (error) {
      await node.close();
      throw error;
    }
  }

  async close(): Promise<void> {
    await this.node.close();
    this.#remove();
  }

  path(...names: string[]): string {
    return join(this.folder, ...names);
  }

  /** A command of alice's, with what it tells. */
  async run(...args: string[]) {
    const { registry, inferences } = this.deployment;
    const env = { DESCENT_RPC: this.node.rpc, DESCENT_REGISTRY: registry, DESCENT_INFERENCES: inferences };
    return document(await descent([...args, '--json', '--account', '1', '--runs', this.path('runs')], { env }));
  }

  /** The last model of a training, by its edge's file. */
  modelOf(edge: string): Hex {
    return resultId(parseEdge(readFileSync(edge, 'utf8')).statement);
  }

  /** Proves what a model gives on the rows of a table. */
  async prove(model: string, rows: string, run: string): Promise<Brought & { file: string }> {
    const { edges } = await this.run('infer', model, '--rows', rows, '--run', run);
    const { statement, proof, context } = parseEdge(readFileSync(edges[0].file, 'utf8'));
    const [claim, , outputs, sent] = registryCall(statement, proof).args;
    return { prover: context.trainer, claim, outputs: outputs as Hex, proof: sent, file: edges[0].file };
  }

  async deploy(example: string, args: readonly unknown[]): Promise<Placed> {
    const path = new URL(`../../artifacts/contracts/examples/${example}.sol/${example}.json`, import.meta.url);
    const { abi, bytecode } = JSON.parse(readFileSync(path, 'utf8')) as { abi: Abi; bytecode: Hex };
    const hash = await this.#wallet(0).deployContract({ abi, bytecode, args, chain: null });
    const { contractAddress } = await this.chain.client.waitForTransactionReceipt({ hash });
    return { address: contractAddress!, abi };
  }

  /** Sends and waits. @returns gas @throws where the call is refused */
  async send({ address, abi }: Placed, functionName: string, args: readonly unknown[], account = 2): Promise<number> {
    const wallet = this.#wallet(account);
    const call = { address, abi, functionName, args } as const;
    await this.chain.client.simulateContract({ ...call, account: wallet.account });
    const hash = await wallet.writeContract({ ...call, chain: null });
    return Number((await this.chain.client.waitForTransactionReceipt({ hash })).gasUsed);
  }

  read({ address, abi }: Placed, functionName: string, args: readonly unknown[] = []): Promise<unknown> {
    return this.chain.client.readContract({ address, abi, functionName, args });
  }

  #wallet(account: number) {
    return createWalletClient({ account: developmentAccount(account), transport: http(this.node.rpc) });
  }
}
