// A board of bounties over a mock lineage and a mock board of scores, whose benchmarks tests open and seal as they like.
import assert from 'node:assert/strict';
import { type Address, type Hex, keccak256, type TransactionReceipt, toHex } from 'viem';
import type { Contract } from './chain.ts';
import { type Conditions, conditionsOf, type Evidence, evidenceOf } from './conditions.ts';
import { deploy, ETHER, Family, MEASURE, model, sendValue } from './money.ts';

export const BENCHMARK = keccak256(toHex('benchmark'));
export const SEALED = keccak256(toHex('sealed'));
/** Of the sealed benchmark. */
export const DATASET = keccak256(toHex('dataset'));
export const STATE = { none: 0, open: 1, won: 2, refunded: 3 };
export const DAY = 86_400n;
export const CLAIM_TIME = 30n * DAY;

export class BountyFixture {
  readonly family: Family;
  readonly board: Contract;
  readonly scores: Contract;
  readonly trainers: Contract;
  readonly conditions: Contract;
  readonly relay: Address;
  readonly deadline: bigint;

  constructor(
    family: Family,
    contracts: Pick<BountyFixture, 'board' | 'scores' | 'trainers' | 'conditions'>,
    relay: Address,
    deadline: bigint,
  ) {
    this.family = family;
    this.board = contracts.board;
    this.scores = contracts.scores;
    this.trainers = contracts.trainers;
    this.conditions = contracts.conditions;
    this.relay = relay;
    this.deadline = deadline;
  }

  /** Models: 1 seed of Alice, 2 Bob's child of it, 3 Carol's seed, 4 Carol's merge of 3 and 2. BENCHMARK has 100 rows and is open. */
  static async create(): Promise<BountyFixture> {
    const family = await Family.create();
    const { chain, alice, bob, carol, lineage } = family;
    // An account that names in its calls for whom it speaks, as the relay does.
    const relay = chain.accounts[9];
    const scores = await deploy(chain, 'MockScores');
    const reader = await deploy(chain, 'LineageReader', [lineage.address]);
    const trainers = await deploy(chain, 'Trainers', [relay]);
    const conditions = await deploy(chain, 'Conditions', [reader.address, ETHER]);
    const beside = [scores, conditions, trainers].map(({ address }) => address);
    const board = await deploy(chain, 'BountyBoard', [...beside, relay]);
    await family.seed(1, alice);
    await family.train(2, bob, 1);
    await family.seed(3, carol);
    await family.merge(4, carol, [3, 2], [1, 1]);
    const { timestamp } = await chain.read.getBlock();
    const fixture = new BountyFixture(family, { board, scores, trainers, conditions }, relay, timestamp + DAY);
    await fixture.open(BENCHMARK, timestamp);
    return fixture;
  }

  async now(): Promise<bigint> {
    return (await this.family.chain.read.getBlock()).timestamp;
  }

  /** Mines a block whose time is this. */
  async at(timestamp: bigint): Promise<void> {
    await this.family.chain.request('evm_setNextBlockTimestamp', toHex(timestamp));
    await this.family.chain.mine(1);
  }

  open(benchmark: Hex, openedAt: bigint, openBy = 0n, measure: number = MEASURE.rowsRight) {
    const board = { measure, rows: 100n, openedAt, openBy, dataset: DATASET };
    return this.scores.send('setBoard', [benchmark, board]);
  }

  /** Says that SEALED is sealed and will be opened by then. */
  seal(openBy: bigint) {
    const board = { measure: MEASURE.none, rows: 0n, openedAt: 0n, openBy, dataset: DATASET };
    return this.scores.send('setBoard', [SEALED, board]);
  }

  terms(change: object = {}, conditions: Partial<Conditions> = {}) {
    return {
      benchmark: BENCHMARK,
      threshold: 90n,
      deadline: this.deadline,
      ...change,
      conditions: conditionsOf(conditions),
    };
  }

  /** Funds a bounty as Alice. */
  fund(change: object = {}, conditions: Partial<Conditions> = {}, value = 1_000n): Promise<TransactionReceipt> {
    return sendValue(this.board, 'fund', [this.terms(change, conditions)], value, this.family.alice);
  }

  score(number: number, value: bigint, measure: number = MEASURE.rowsRight, benchmark = BENCHMARK) {
    return this.scores.send('setScore', [model(number), benchmark, { measure, value, rows: 100n }]);
  }

  claim(id: bigint, number: number, evidence: Partial<Evidence> = {}, account = this.family.carol) {
    return this.board.send('claim', [id, model(number), evidenceOf(evidence)], account);
  }

  owed(account: Address, money: Address = ETHER): Promise<bigint> {
    return this.board.read('owed', [account, money]);
  }

  refundOwed(account: Address, money: Address = ETHER): Promise<bigint> {
    return this.board.read('refundOwed', [account, money]);
  }

  /** Sends a transaction in the block of exactly this second. @returns whether it succeeded */
  async sendAt(timestamp: bigint, functionName: string, args: readonly unknown[]): Promise<boolean> {
    const { chain, alice } = this.family;
    const { address, abi } = this.board;
    const sent = { address, abi, functionName, args, account: alice, chain: null, gas: 500_000n } as const;
    await chain.request('evm_setNextBlockTimestamp', toHex(timestamp));
    const done = await chain.wallet.writeContract(sent).then(
      async (hash) => (await chain.read.getTransactionReceipt({ hash })).status === 'success',
      () => false,
    );
    assert.equal(await this.now(), timestamp);
    return done;
  }
}
