// What the tests do on a chain without proving anything.
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import {
  type Address,
  createWalletClient,
  encodeFunctionData,
  type Hex,
  http,
  type LocalAccount,
  parseEventLogs,
} from 'viem';
import { type Chain, connect } from '../../../scripts/chain/client.ts';
import type { Deployment } from '../../../scripts/chain/deploy.ts';
import { developmentAccount } from '../../../scripts/chain/keys.ts';
import { sendOnce } from '../../../scripts/chain/transaction.ts';
import {
  creditVaultAbi,
  datasetsAbi,
  modelCardsAbi,
  modelRegistryAbi,
  scoreboardAbi,
} from '../../../src/generated/abi.ts';
import { type Edge, edgeTransaction } from '../../../src/registry/edge.ts';
import { datasetId } from '../../../src/registry/ids.ts';
import { NO_RULES } from '../../../src/registry/rules.ts';

/** In seconds. */
const YEAR = 365n * 86_400n;
const ROOT = new URL('../../../', import.meta.url).pathname;

export interface Person {
  name: string;
  account: LocalAccount;
}

/** A registry on a local chain with the contracts beside it. */
export interface Place extends Deployment {
  rpc: string;
  /** stands for ENS's universal resolver */
  ens: Address;
}

export class Ledger {
  readonly place: Place;
  readonly chain: Chain;
  readonly folder: string;
  readonly alice: Person = { name: 'Alice', account: developmentAccount(1) };
  readonly bob: Person = { name: 'Bob', account: developmentAccount(2) };

  static async open(place: Place, folder: string): Promise<Ledger> {
    return new Ledger(place, await connect(place.rpc), folder);
  }

  constructor(place: Place, chain: Chain, folder: string) {
    this.place = place;
    this.chain = chain;
    this.folder = folder;
    const people = { Alice: this.alice.account.address, Bob: this.bob.account.address };
    writeFileSync(this.deploymentFile, `${JSON.stringify({ ...place, people }, null, 2)}\n`);
  }

  /** What the page reads: the file that the demo writes, too. */
  get deploymentFile(): string {
    return join(ROOT, this.folder, 'deployment.json');
  }

  /** Registers an edge with its trainer's key. */
  async submit(by: Person, edge: Edge): Promise<void> {
    const { to, data } = edgeTransaction(edge);
    await this.send(by, data, to);
  }

  async listDataset(by: Person, shards: readonly Hex[], uri: string): Promise<Hex> {
    const ids = [...shards].sort();
    const data = encodeFunctionData({ abi: datasetsAbi, functionName: 'registerDataset', args: [ids, uri] });
    await this.send(by, data, this.place.datasets);
    return datasetId(by.account.address, ids, uri);
  }

  /** Makes a dataset a benchmark. */
  async openBenchmark(by: Person, shards: readonly Hex[], uri: string): Promise<Hex> {
    const args = [by.account.address, [...shards].sort(), uri, NO_RULES] as const;
    const data = encodeFunctionData({ abi: scoreboardAbi, functionName: 'openBenchmark', args });
    const receipt = await this.send(by, data, this.place.scoreboard);
    const [event] = parseEventLogs({ abi: scoreboardAbi, logs: receipt.logs, eventName: 'BenchmarkOpened' });
    return event.args.id;
  }

  /** Commits to a benchmark that is opened after some block, within a year. */
  async sealBenchmark(by: Person, dataset: Hex, closingBlock: bigint): Promise<void> {
    const { timestamp } = await this.chain.client.getBlock();
    const args = [dataset, closingBlock, timestamp + YEAR, NO_RULES] as const;
    const data = encodeFunctionData({ abi: scoreboardAbi, functionName: 'sealBenchmark', args });
    await this.send(by, data, this.place.scoreboard);
  }

  /** Enters a model's sum in the leaderboard. */
  async rank(by: Person, model: Hex, benchmark: Hex): Promise<void> {
    const data = encodeFunctionData({ abi: scoreboardAbi, functionName: 'rank', args: [model, benchmark, []] });
    await this.send(by, data, this.place.scoreboard);
  }

  async writeCard(by: Person, model: Hex, name: string, uri: string): Promise<void> {
    const data = encodeFunctionData({ abi: modelCardsAbi, functionName: 'writeCard', args: [model, name, uri] });
    await this.send(by, data, this.place.cards);
  }

  /** Pays a model in Ether. */
  async pay(by: Person, model: Hex, value: bigint): Promise<void> {
    const data = encodeFunctionData({ abi: creditVaultAbi, functionName: 'pay', args: [model] });
    await this.sendEther(by, data, this.place.creditVault, value);
  }

  /** One transaction with Ether, waited for. */
  async sendEther(by: Person, data: Hex, to: Address, value: bigint): Promise<void> {
    const wallet = createWalletClient({ account: by.account, transport: http(this.place.rpc) });
    const hash = await wallet.sendTransaction({ to, data, value, chain: null });
    await this.chain.client.waitForTransactionReceipt({ hash });
  }

  /** Chooses the share of somebody's next models, in 1/10,000. */
  async chooseShare(by: Person, share: bigint): Promise<void> {
    await this.send(by, encodeFunctionData({ abi: modelRegistryAbi, functionName: 'chooseShare', args: [share] }));
  }

  /** One transaction, waited for. */
  async send(by: Person, data: Hex, to: Hex = this.place.registry) {
    // Nothing is resumed here: the chain begins anew each time.
    const journal = { read: () => undefined, write: () => {} };
    return sendOnce(this.chain, by.account, { to, data }, journal);
  }

  /** A method that only local chains have. */
  async command<T>(method: string, ...params: unknown[]): Promise<T> {
    return this.chain.client.request({ method: method as never, params: params as never });
  }

  /** Puts a contract at an address that answers every call with the same bytes. */
  async answerAlways(address: Address, answer: Hex): Promise<void> {
    const length = ((answer.length - 2) / 2).toString(16).padStart(4, '0');
    // PUSH2 length, DUP1, PUSH1 12, PUSH1 0, CODECOPY, PUSH1 0, RETURN, then the answer
    await this.command('hardhat_setCode', address, `0x61${length}80600c6000396000f3${answer.slice(2)}`);
  }
}
