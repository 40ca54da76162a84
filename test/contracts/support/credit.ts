// The registry's graph without proofs, a credit vault on it, and accounts with names.
import { type Address, type Hex, parseEventLogs, type TransactionReceipt } from 'viem';
import { type Contract, type TestChain, testChain } from './chain.ts';
import { deploy, ETHER, model, sendValue } from './money.ts';

const KIND = { seed: 1, import: 2 } as const;

/** A step of a way: a child and that parent of it, not the first, with which the way goes on. */
export type Step = readonly [child: number, parent: number];

/** Steps as the contracts take them. */
export const stepsOf = (steps: readonly Step[]): Hex[] => steps.flat().map((number) => model(number));

/** Names and values of all events of contracts. */
export function eventsOf(receipt: TransactionReceipt, ...contracts: readonly Contract[]): [string, unknown[]][] {
  const abi = contracts.flatMap((contract) => contract.abi);
  return parseEventLogs({ abi, logs: receipt.logs }).map((log) => {
    const { eventName, args } = log as unknown as { eventName: string; args: object };
    return [eventName, Object.values(args)];
  });
}

export class CreditFixture {
  readonly chain: TestChain;
  readonly lineage: Contract;
  readonly trainers: Contract;
  readonly vault: Contract;
  readonly token: Contract;

  constructor(chain: TestChain, [lineage, trainers, vault, token]: readonly Contract[]) {
    [this.chain, this.lineage, this.trainers, this.vault, this.token] = [chain, lineage, trainers, vault, token];
  }

  static async create(options: Parameters<typeof testChain>[0] = {}): Promise<CreditFixture> {
    const chain = await testChain(options);
    const lineage = await deploy(chain, 'LineageHarness');
    const relay = chain.accounts[9];
    const trainers = await deploy(chain, 'Trainers', [relay]);
    const vault = await deploy(chain, 'CreditVault', [lineage.address, trainers.address, relay]);
    return new CreditFixture(chain, [lineage, trainers, vault, await deploy(chain, 'HostileToken')]);
  }

  get alice(): Address {
    return this.chain.accounts[1];
  }

  get bob(): Address {
    return this.chain.accounts[2];
  }

  get carol(): Address {
    return this.chain.accounts[3];
  }

  /** Stands for the relay. */
  get relay(): Address {
    return this.chain.accounts[9];
  }

  /** The share of a trainer's next nodes, in 1/10,000. */
  choose(trainer: Address, share: number) {
    return this.lineage.send('chooseShare', [share], trainer);
  }

  seed(number: number, trainer: Address) {
    return this.lineage.send('addOrigin', [model(number), KIND.seed], trainer);
  }

  import(number: number, trainer: Address) {
    return this.lineage.send('addOrigin', [model(number), KIND.import], trainer);
  }

  train(number: number, trainer: Address, parent: number) {
    return this.lineage.send('addChild', [model(number), model(parent)], trainer);
  }

  merge(number: number, trainer: Address, parents: readonly number[], weights = parents.map(() => 1)) {
    return this.lineage.send('addMerge', [model(number), parents.map(model), weights], trainer);
  }

  foreign(number: number, trainer: Address, parents: readonly number[]) {
    return this.lineage.send('addForeign', [model(number), parents.map(model)], trainer);
  }

  /** A line of nodes below a parent, with numbers from `first` on. */
  async line(parent: number, first: number, count: number, trainer: Address): Promise<void> {
    for (let done = 0; done < count; done += 100) {
      const above = done === 0 ? parent : first + done - 1;
      await this.lineage.send(
        'addLine',
        [model(above), BigInt(first + done), BigInt(Math.min(100, count - done))],
        trainer,
      );
    }
  }

  pay(number: number, amount: bigint) {
    return sendValue(this.vault, 'pay', [model(number)], amount);
  }

  claim(ancestor: number, of: number, steps: readonly Step[] = [], token = ETHER) {
    return this.vault.send('claim', [token, model(ancestor), model(of), stepsOf(steps)]);
  }

  /** What one claim would credit. */
  claimed(ancestor: number, of: number, steps: readonly Step[] = [], token = ETHER): Promise<bigint> {
    return this.vault.simulate('claim', [token, model(ancestor), model(of), stepsOf(steps)]);
  }

  collect(numbers: readonly number[], token = ETHER) {
    return this.vault.send('collect', [numbers.map(model), token]);
  }

  credit(trainer: Address, token = ETHER): Promise<bigint> {
    return this.vault.read('credit', [trainer, token]);
  }

  /** Hands on the rights of a trainer. */
  async rotate(trainer: Address, from: Address, to: Address): Promise<void> {
    await this.trainers.send('offerKey', [trainer, to], from);
    await this.trainers.send('acceptKey', [trainer], to);
  }

  balance(address: Address): Promise<bigint> {
    return this.chain.read.getBalance({ address });
  }
}
