import assert from 'node:assert/strict';
import { beforeEach, describe, it } from 'node:test';
import { parseEventLogs, type TransactionReceipt, toHex } from 'viem';
import { BENCHMARK, BountyFixture, CLAIM_TIME, DATASET, DAY, SEALED, STATE } from './support/bounties.ts';
import { type Contract, reverts } from './support/chain.ts';
import { WHOLE } from './support/conditions.ts';
import { deploy, ETHER, type Family, MEASURE, model, NO_MODEL, TOKEN } from './support/money.ts';

const YEARS = 5n * 365n * DAY;

let fixture: BountyFixture;
let family: Family;
let board: Contract;
let deadline: bigint;

beforeEach(async () => {
  fixture = await BountyFixture.create();
  ({ family, board, deadline } = fixture);
});

/** Funds without sending, at the time of the latest block. */
const simulateFund = (change: object) =>
  family.chain.read.simulateContract({
    address: board.address,
    abi: board.abi,
    functionName: 'fund',
    args: [fixture.terms(change)],
    account: family.alice,
    value: 1n,
  });

describe('funding a bounty', () => {
  it('locks Ether under terms and numbers bounties from 1', async () => {
    await fixture.fund({}, { ancestor: model(1), leastPart: 5n, undeclared: true, registeredBefore: 2n ** 40n });
    await fixture.fund();
    assert.equal(await board.read('bountyCount'), 2n);
    assert.deepEqual(await board.read('bounty', [1n]), {
      state: STATE.open,
      wasSealed: false,
      funder: family.alice,
      token: ETHER,
      amount: 1_000n,
      winner: NO_MODEL,
      terms: fixture.terms({}, { ancestor: model(1), leastPart: 5n, undeclared: true, registeredBefore: 2n ** 40n }),
    });
    assert.equal(await family.balance(board.address), 2_000n);
  });

  it('locks what arrives of a token', async () => {
    const token = await deploy(family.chain, 'HostileToken');
    await token.send('mint', [family.bob, 1_000n]);
    await token.send('behave', [TOKEN.feeOnTransfer, ETHER, '0x']);
    await board.send('fundToken', [fixture.terms(), token.address, 1_000n], family.bob);
    const bounty = await board.read('bounty', [1n]);
    assert.deepEqual([bounty.amount, bounty.token, bounty.funder], [990n, token.address, family.bob]);
  });

  it('reverts with NothingReceived for nothing', async () => {
    const token = await deploy(family.chain, 'HostileToken');
    await reverts(fixture.fund({}, {}, 0n), 'NothingReceived', [ETHER]);
    const nothing = board.send('fundToken', [fixture.terms(), token.address, 0n]);
    await reverts(nothing, 'NothingReceived', [token.address]);
  });

  it('reverts with AmountTooLarge above 2^128 - 1 and accepts just that', async () => {
    const token = await deploy(family.chain, 'HostileToken');
    const most = 2n ** 128n - 1n;
    await token.send('mint', [family.bob, 2n ** 130n]);
    const fundToken = (amount: bigint) => board.send('fundToken', [fixture.terms(), token.address, amount], family.bob);
    await reverts(fundToken(most + 1n), 'AmountTooLarge', [most + 1n]);
    await fundToken(most);
    assert.equal((await board.read('bounty', [1n])).amount, most);
  });

  it('reverts with DeadlineOutOfRange for a deadline that is past, or more than five years ahead', async () => {
    await fixture.at(deadline);
    for (const wrong of [deadline, deadline + YEARS + 1n]) {
      await reverts(simulateFund({ deadline: wrong }), 'DeadlineOutOfRange', [wrong]);
    }
    await simulateFund({ deadline: deadline + 1n });
    await simulateFund({ deadline: deadline + YEARS });
  });

  it('reverts with UnknownBenchmark for one that is neither open nor sealed', async () => {
    const unknown = toHex(7, { size: 32 });
    await reverts(fixture.fund({ benchmark: unknown }), 'UnknownBenchmark', [unknown]);
  });

  it('reverts with ThresholdOutOfReach above the rows of an open benchmark, and takes exactly these', async () => {
    await reverts(fixture.fund({ threshold: 101n }), 'ThresholdOutOfReach', [101n, 100n]);
    await fixture.fund({ threshold: 100n });
  });

  it('takes any sum of squared errors as a threshold, and any number of rows while a benchmark is sealed', async () => {
    await fixture.seal(deadline);
    await fixture.fund({ benchmark: SEALED, threshold: 101n });
    await fixture.open(BENCHMARK, 1n, 0n, MEASURE.squaredError);
    await fixture.fund({ threshold: 2n ** 52n });
  });

  it('reverts with OpeningOutOfRange for a seal that should be open, or need not be for more than five years', async () => {
    await fixture.seal(deadline);
    await fixture.at(deadline - 1n);
    await simulateFund({ benchmark: SEALED, deadline: deadline + 1n });
    await fixture.at(deadline);
    const fund = () => simulateFund({ benchmark: SEALED, deadline: deadline + 1n });
    await reverts(fund(), 'OpeningOutOfRange', [SEALED, deadline]);
    const far = (await fixture.now()) + 100n + YEARS;
    await fixture.seal(far + 1n);
    await fixture.at(far - YEARS);
    await reverts(simulateFund({ benchmark: SEALED, deadline: far - 1n }), 'OpeningOutOfRange', [SEALED, far + 1n]);
    await fixture.seal(far + 2n);
    await fixture.at(far + 2n - YEARS);
    await simulateFund({ benchmark: SEALED, deadline: far - 1n });
  });

  it('hands on what no model could meet', async () => {
    await reverts(fixture.fund({}, { ancestor: model(9) }), 'UnknownModel', [model(9)]);
    await reverts(fixture.fund({}, { leastPart: 1n }), 'PartWithoutAncestor', [1n]);
    const conditions = { ancestor: model(1), leastPart: WHOLE + 1n };
    await reverts(fixture.fund({}, conditions), 'PartOutOfRange', [WHOLE + 1n]);
  });

  it('takes the benchmark’s own dataset as one that the model was not trained on, also while it is sealed', async () => {
    await fixture.seal(deadline);
    await fixture.fund({ benchmark: SEALED }, { disjointFrom: DATASET });
    await fixture.fund({}, { disjointFrom: DATASET });
  });
});

describe('claiming a bounty', () => {
  it('owes the prize to the trainer of a model that reaches the threshold, whoever calls', async () => {
    await fixture.fund();
    await fixture.score(2, 90n);
    await fixture.claim(1n, 2, {}, family.carol);
    assert.deepEqual([await fixture.owed(family.bob), await fixture.owed(family.carol)], [1_000n, 0n]);
    const bounty = await board.read('bounty', [1n]);
    assert.deepEqual([bounty.state, bounty.winner], [STATE.won, model(2)]);
  });

  it('reverts with NoScore without a proven score, also where a threshold is zero', async () => {
    await fixture.fund({ threshold: 0n });
    await reverts(fixture.claim(1n, 2), 'NoScore', [model(2), BENCHMARK]);
  });

  it('reverts with ScoreNotEnough one row below the threshold', async () => {
    await fixture.fund();
    await fixture.score(2, 89n);
    await reverts(fixture.claim(1n, 2), 'ScoreNotEnough', [89n, 90n]);
  });

  it('takes a squared error at the threshold, and reverts with ScoreNotEnough above', async () => {
    await fixture.fund();
    await fixture.score(2, 91n, MEASURE.squaredError);
    await reverts(fixture.claim(1n, 2), 'ScoreNotEnough', [91n, 90n]);
    await fixture.score(2, 90n, MEASURE.squaredError);
    await fixture.claim(1n, 2);
    assert.equal(await fixture.owed(family.bob), 1_000n);
  });

  it('reverts with UnknownModel for a model that is not registered, even with a score', async () => {
    await fixture.fund();
    await fixture.score(9, 99n);
    await reverts(fixture.claim(1n, 9), 'UnknownModel', [model(9)]);
  });

  it('pays one of several hunters, once', async () => {
    await fixture.fund();
    await fixture.score(2, 95n);
    await fixture.score(1, 99n);
    await fixture.claim(1n, 2);
    for (const number of [1, 2]) await reverts(fixture.claim(1n, number), 'NotOpen', [1n]);
    assert.deepEqual([await fixture.owed(family.bob), await fixture.owed(family.alice)], [1_000n, 0n]);
  });

  it('reverts with NotOpen for a bounty that does not exist', async () => {
    for (const id of [0n, 1n]) await reverts(fixture.claim(id, 2), 'NotOpen', [id]);
  });

  it('works in the last second and reverts with DeadlinePassed after it', async () => {
    await fixture.fund();
    await fixture.fund();
    await fixture.score(2, 95n);
    const evidence = { steps: [], ancestry: [], registrar: ETHER, shardIds: [], uri: '' };
    assert.equal(await fixture.sendAt(deadline, 'claim', [1n, model(2), evidence]), true);
    await fixture.at(deadline + 1n);
    await reverts(fixture.claim(2n, 2), 'DeadlinePassed', [2n, deadline]);
  });

  it('asks for the conditions, and takes evidence of them', async () => {
    const half = WHOLE / 2n;
    await fixture.fund({}, { ancestor: model(1), leastPart: half });
    await fixture.fund({}, { ancestor: model(1), mostMerges: 0n });
    for (const number of [1, 3, 4]) await fixture.score(number, 99n);
    await reverts(fixture.claim(1n, 3), 'NotADescendant', [model(3), model(1)]);
    await reverts(fixture.claim(1n, 4), 'NotADescendant', [model(4), model(1)]);
    const steps = [model(4), model(2)];
    await reverts(fixture.claim(2n, 4, { steps }), 'TooManyMerges', [1n, 0n]);
    await fixture.claim(1n, 4, { steps });
    // The ancestor is a descendant of itself.
    await fixture.claim(2n, 1);
    assert.deepEqual([await fixture.owed(family.carol), await fixture.owed(family.alice)], [1_000n, 1_000n]);
  });
});

describe('refunding a bounty', () => {
  it('reverts with DeadlineNotPassed until the last second is over, whoever asks', async () => {
    await fixture.fund();
    for (const account of [family.alice, family.bob]) {
      await reverts(board.send('refund', [1n], account), 'DeadlineNotPassed', [1n, deadline]);
    }
    assert.equal(await fixture.sendAt(deadline, 'refund', [1n]), false);
    assert.equal(await fixture.refundOwed(family.alice), 0n);
    assert.equal(await fixture.sendAt(deadline + 1n, 'refund', [1n]), true);
  });

  it('gives the amount back to the funder, once, whoever asks', async () => {
    await fixture.fund();
    await fixture.at(deadline + 1n);
    await board.send('refund', [1n], family.carol);
    assert.deepEqual([await fixture.refundOwed(family.alice), await fixture.owed(family.alice)], [1_000n, 0n]);
    assert.equal((await board.read('bounty', [1n])).state, STATE.refunded);
    await reverts(board.send('refund', [1n]), 'NotOpen', [1n]);
    await fixture.score(2, 99n);
    await reverts(fixture.claim(1n, 2), 'NotOpen', [1n]);
  });

  it('reverts with NotOpen for what was won, and for what never was', async () => {
    await fixture.fund();
    await fixture.score(2, 99n);
    await fixture.claim(1n, 2);
    await fixture.at(deadline + 1n);
    for (const id of [0n, 1n, 2n]) await reverts(board.send('refund', [id]), 'NotOpen', [id]);
  });
});

describe('a bounty on a sealed benchmark', () => {
  const fundSealed = (change: object = {}) => fixture.fund({ benchmark: SEALED, ...change });
  const until = () => board.read('claimableUntil', [1n]);

  it('does not go back while its judge is shut: a funder who does not open waits 30 days after it should have', async () => {
    const openBy = deadline - 10n;
    await fixture.seal(openBy);
    await fundSealed();
    assert.equal((await board.read('bounty', [1n])).wasSealed, true);
    await fixture.at(deadline + 1n);
    await reverts(board.send('refund', [1n], family.alice), 'DeadlineNotPassed', [1n, openBy + CLAIM_TIME]);
    assert.equal(await fixture.sendAt(openBy + CLAIM_TIME, 'refund', [1n]), false);
    assert.equal(await fixture.sendAt(openBy + CLAIM_TIME + 1n, 'refund', [1n]), true);
  });

  it('can be won for 30 days after its opening, however late: a funder who opens after the deadline keeps nobody out', async () => {
    const openBy = deadline - 10n;
    await fixture.seal(openBy);
    await fundSealed();
    const openedAt = openBy + CLAIM_TIME - 5n;
    await fixture.at(openedAt);
    await fixture.open(SEALED, openedAt, openBy);
    await fixture.at(openedAt + CLAIM_TIME - 10n);
    await reverts(board.send('refund', [1n], family.alice), 'DeadlineNotPassed', [1n, openedAt + CLAIM_TIME]);
    await fixture.score(2, 95n, MEASURE.rowsRight, SEALED);
    await fixture.claim(1n, 2);
    assert.equal(await fixture.owed(family.bob), 1_000n);
  });

  it('ends 30 days after an early opening, but never before its deadline', async () => {
    await fixture.seal(deadline + DAY);
    await fundSealed({ deadline: deadline + 40n * DAY });
    assert.equal(await until(), deadline + 40n * DAY);
    await fixture.open(SEALED, deadline, deadline + DAY);
    assert.equal(await until(), deadline + 40n * DAY);
    await fixture.open(SEALED, deadline + 11n * DAY, deadline + DAY);
    assert.equal(await until(), deadline + 41n * DAY);
    await fixture.at(deadline + 41n * DAY);
    await fixture.score(2, 95n, MEASURE.rowsRight, SEALED);
    await reverts(fixture.claim(1n, 2), 'DeadlinePassed', [1n, deadline + 41n * DAY]);
  });

  it('ends at its deadline if the benchmark was open when it was funded', async () => {
    await fixture.open(SEALED, await fixture.now(), deadline);
    await fundSealed();
    assert.equal((await board.read('bounty', [1n])).wasSealed, false);
    assert.equal(await until(), deadline);
    assert.equal(await fixture.sendAt(deadline + 1n, 'refund', [1n]), true);
    assert.equal(await board.read('claimableUntil', [2n]), 0n);
  });
});

describe('a board of bounties', () => {
  it('tells in events what was funded, with all terms, what was won and what was given back', async () => {
    const events = async (sent: Promise<TransactionReceipt>) =>
      parseEventLogs({ abi: board.abi, logs: (await sent).logs }).map((log) => [log.eventName, log.args]);
    const { alice, bob } = family;
    const money = { token: ETHER, amount: 1_000n };
    const conditions = { ancestor: model(1), minimalVersions: 3n, disjointFrom: DATASET, noForeign: true };
    const terms = fixture.terms({}, conditions);
    const funded = { id: 1n, funder: alice, benchmark: BENCHMARK, ...money, wasSealed: false, terms };
    assert.deepEqual(await events(fixture.fund({}, conditions)), [['Funded', funded]]);
    await fixture.seal(deadline);
    const sealed = { ...funded, id: 2n, benchmark: SEALED, wasSealed: true };
    const change = { benchmark: SEALED };
    assert.deepEqual(await events(fixture.fund(change)), [['Funded', { ...sealed, terms: fixture.terms(change) }]]);
    await fixture.fund();
    await fixture.fund();
    await fixture.score(2, 90n);
    const won = { id: 3n, model: model(2), trainer: bob, ...money };
    assert.deepEqual(await events(fixture.claim(3n, 2)), [['Won', won]]);
    await fixture.at(deadline + 1n);
    assert.deepEqual(await events(board.send('refund', [4n])), [['Refunded', { id: 4n, funder: alice, ...money }]]);
  });

  it('names whom it asks, and has no function that could change them', async () => {
    assert.equal(await board.read('lineage'), family.lineage.address);
    assert.equal(await board.read('scores'), fixture.scores.address);
    assert.equal(await board.read('conditions'), fixture.conditions.address);
    assert.equal(await board.read('trainers'), fixture.trainers.address);
    const changing = board.abi.flatMap((entry) =>
      entry.type === 'function' && !['view', 'pure'].includes(entry.stateMutability) ? [entry.name] : [],
    );
    const expected = ['claim', 'fund', 'fundToken', 'refund', 'withdraw', 'withdrawFor', 'withdrawRefund'];
    assert.deepEqual(changing.sort(), expected);
  });
});
