// Questions about agents' models, over the registry's real graph and against registries of agents written from the text of
// ERC-8004.
import assert from 'node:assert/strict';
import { beforeEach, describe, it } from 'node:test';
import { encodeAbiParameters, type Hex, keccak256, parseEventLogs, toHex, zeroHash } from 'viem';
import { type Contract, reverts, type TestChain, testChain } from './support/chain.ts';
import { deploy, MEASURE, model } from './support/money.ts';

const BENCHMARK = keccak256(toHex('benchmark'));
const KEY = 'descent.model';
const TOPIC = { score: 0, descent: 1, proven: 2, output: 3 } as const;
const [INPUTS, OUTPUTS] = ['inputs', 'outputs'].map((name) => keccak256(toHex(name)));
const KIND = { seed: 1, import: 2 } as const;
const AGENT = 0n;
const OTHER_AGENT = 1n;

interface Question {
  agentId: bigint;
  model: Hex;
  topic: number;
  subject: Hex;
  path: Hex[];
  salt: bigint;
}

describe('ValidationAdapter', () => {
  let chain: TestChain;
  let lineage: Contract;
  let scores: Contract;
  let inferences: Contract;
  let identities: Contract;
  let validations: Contract;
  let adapter: Contract;

  // 1 a seed, 2 its child, 3 an import, 4 the merge of 3 and 2, 5 what a foreign program made of 2. Agent 0 declares 2.
  beforeEach(async () => {
    chain = await testChain();
    lineage = await deploy(chain, 'LineageHarness');
    scores = await deploy(chain, 'MockScores');
    identities = await deploy(chain, 'AgentIdentities');
    validations = await deploy(chain, 'AgentValidations', [identities.address]);
    inferences = await deploy(chain, 'MockInferences');
    const ofOneDeployment = [lineage, scores, inferences].map(({ address }) => address);
    adapter = await deploy(chain, 'ValidationAdapter', [validations.address, ...ofOneDeployment]);
    await lineage.send('addOrigin', [model(1), KIND.seed]);
    await lineage.send('addChild', [model(2), model(1)]);
    await lineage.send('addOrigin', [model(3), KIND.import]);
    await lineage.send('addMerge', [model(4), [model(3), model(2)], [1n, 1n]]);
    await lineage.send('addForeign', [model(5), [model(2)]]);
    for (const owner of [agentOwner(), chain.accounts[2]]) await identities.send('register', [], owner);
    await declare(2);
  });

  const agentOwner = () => chain.accounts[1];
  const passerBy = () => chain.accounts[3];
  const declare = (number: number) => identities.send('setMetadata', [AGENT, KEY, model(number)], agentOwner());
  const question = (changes: Partial<Question> = {}): Question => ({
    agentId: AGENT,
    model: model(2),
    topic: TOPIC.descent,
    subject: model(1),
    path: [],
    salt: 0n,
    ...changes,
  });
  const about = (number: number, changes: Partial<Question>) => question({ model: model(number), ...changes });
  const hashOf = (asked: Question): Promise<Hex> => adapter.read('requestHashOf', [asked]);
  const request = async (asked: Question, validator = adapter.address, agentId = asked.agentId) =>
    validations.send('validationRequest', [validator, agentId, '', await hashOf(asked)], agentOwner());
  const respond = (asked: Question) => adapter.send('respond', [asked], passerBy());
  const answer = async (asked: Question) => {
    const { response, tag, value, rows } = await adapter.read('answer', [asked]);
    return [response, tag, value, rows];
  };
  const status = async (asked: Question) => validations.read('getValidationStatus', [await hashOf(asked)]);
  const score = (number: number, value: bigint, rows: bigint, measure: number = MEASURE.rowsRight) =>
    scores.send('setScore', [model(number), BENCHMARK, { measure, value, rows }]);
  const output = (changes: Partial<Question> = {}) =>
    question({ topic: TOPIC.output, subject: INPUTS, path: [OUTPUTS], ...changes });
  const scored = (changes: Partial<Question> = {}) => question({ topic: TOPIC.score, subject: BENCHMARK, ...changes });

  it('names the contracts that it stands on, and its interfaces', async () => {
    const standing = { validations, lineage, scores, inferences };
    const names = await Promise.all(Object.keys(standing).map((name) => adapter.read(name)));
    assert.deepEqual(
      names,
      Object.values(standing).map(({ address }) => address),
    );
    const has = (id: Hex) => adapter.read('supportsInterface', [id]);
    assert.deepEqual(await Promise.all([has('0x01ffc9a7'), has('0xffffffff')]), [true, false]);
  });

  it('answers a request in the registry of validations, whoever asks it to', async () => {
    await score(2, 197n, 200n);
    const asked = scored({ salt: 7n });
    await request(asked);
    const receipt = await respond(asked);
    const [validator, agentId, response, responseHash, tag] = await status(asked);
    const words = [{ type: 'bytes32' }, { type: 'bytes32' }, { type: 'uint256' }, { type: 'uint256' }] as const;
    const hash = keccak256(encodeAbiParameters(words, [model(2), BENCHMARK, 197n, 200n]));
    assert.deepEqual(
      [validator, agentId, response, responseHash, tag],
      [adapter.address, 0n, 98, hash, 'descent.score'],
    );
    const [event] = parseEventLogs({ abi: adapter.abi, logs: receipt.logs, eventName: 'Answered' });
    const requestHash = await hashOf(asked);
    const about = { requestHash, agentId: 0n, model: model(2), response: 98, tag, value: 197n, rows: 200n };
    assert.deepEqual(event.args, about);
  });

  it('commits to chain, adapter and question by the hash of a request', async () => {
    const tuple = {
      type: 'tuple',
      components: [
        { type: 'uint256', name: 'agentId' },
        { type: 'bytes32', name: 'model' },
        { type: 'uint8', name: 'topic' },
        { type: 'bytes32', name: 'subject' },
        { type: 'bytes32[]', name: 'path' },
        { type: 'uint256', name: 'salt' },
      ],
    } as const;
    const asked = question({ path: [model(1), model(2)], salt: 3n });
    const payload = encodeAbiParameters(
      [{ type: 'uint256' }, { type: 'address' }, tuple],
      [31337n, adapter.address, asked],
    );
    assert.equal(await hashOf(asked), keccak256(payload));
  });

  it('gives scores in percent of the rows, rounded down', async () => {
    for (const [value, rows, percent] of [
      [0n, 3n, 0],
      [2n, 3n, 66],
      [199n, 200n, 99],
      [200n, 200n, 100],
    ] as const) {
      await score(2, value, rows);
      assert.deepEqual(await answer(scored()), [percent, 'descent.score', value, rows]);
    }
  });

  it('says whether a model descends from another, along its first line or along a path', async () => {
    const tag = 'descent.line';
    assert.deepEqual(await answer(question()), [100, tag, 0n, 0n]);
    assert.deepEqual(await answer(question({ subject: model(3) })), [0, tag, 0n, 0n]);
    await declare(4);
    for (const [subject, path, response] of [
      [3, [], 100],
      [1, [], 0],
      [1, [1, 2, 4], 100],
      [2, [1, 2, 4], 0],
      [1, [1, 2], 0],
      [1, [1, 4], 0],
    ] as const)
      assert.deepEqual(await answer(about(4, { subject: model(subject), path: path.map(model) })), [
        response,
        tag,
        0n,
        0n,
      ]);
  });

  it('says whether no import and no foreign program is in the descent', async () => {
    for (const [number, response] of [
      [1, 100],
      [2, 100],
      [3, 0],
      [4, 0],
      [5, 0],
    ] as const) {
      await declare(number);
      const asked = about(number, { topic: TOPIC.proven, subject: zeroHash });
      assert.deepEqual(await answer(asked), [response, 'descent.proven', 0n, 0n]);
    }
  });

  it('says that a model gives outputs on inputs, once a proof of that was recorded', async () => {
    const asked = output();
    await request(asked);
    await reverts(respond(asked), 'NotInferred', [model(2), INPUTS, OUTPUTS]);
    await inferences.send('setInferred', [model(2), INPUTS, OUTPUTS]);
    await respond(asked);
    const words = [{ type: 'bytes32' }, { type: 'bytes32' }, { type: 'bytes32' }] as const;
    const hash = keccak256(encodeAbiParameters(words, [model(2), INPUTS, OUTPUTS]));
    assert.deepEqual((await status(asked)).slice(2, 5), [100, hash, 'descent.output']);
    // Not of other outputs, of the two the other way round, or of another model.
    for (const [inputs, outputs] of [
      [INPUTS, INPUTS],
      [OUTPUTS, INPUTS],
    ])
      await reverts(answer(output({ subject: inputs, path: [outputs] })), 'NotInferred', [model(2), inputs, outputs]);
    await declare(4);
    await reverts(answer(output({ model: model(4) })), 'NotInferred', [model(4), INPUTS, OUTPUTS]);
    assert.deepEqual(await answer(asked), [0, 'descent.other-model', 0n, 0n]);
  });

  it('takes an answer back once the agent declares another model or none', async () => {
    const asked = question();
    await request(asked);
    await respond(asked);
    assert.equal((await status(asked))[2], 100);
    await declare(4);
    await respond(asked);
    assert.deepEqual((await status(asked)).slice(2, 3), [0]);
    assert.equal((await status(asked))[4], 'descent.other-model');
    for (const value of ['0x', '0x01', `${model(2)}00`]) {
      await identities.send('setMetadata', [AGENT, KEY, value], agentOwner());
      assert.equal(await adapter.read('modelOf', [AGENT]), zeroHash);
      assert.deepEqual(await answer(asked), [0, 'descent.other-model', 0n, 0n]);
    }
    await declare(2);
    await respond(asked);
    assert.equal((await status(asked))[2], 100);
  });

  it('gives 0 for an agent that declares nothing', async () => {
    assert.deepEqual(await answer(question({ agentId: OTHER_AGENT })), [0, 'descent.other-model', 0n, 0n]);
  });

  describe('reverts', () => {
    it('with RequestOfAnother where nobody asked', async () => {
      const asked = question();
      const hash = await hashOf(asked);
      await reverts(respond(asked), 'RequestOfAnother', [hash, `0x${'00'.repeat(20)}`, 0n]);
    });

    it('with RequestOfAnother for a request to another validator', async () => {
      const asked = question();
      await request(asked, passerBy());
      const hash = await hashOf(asked);
      await reverts(respond(asked), 'RequestOfAnother', [hash, passerBy(), 0n]);
    });

    it("with RequestOfAnother for a request about one agent with a question about another's model", async () => {
      const asked = question({ agentId: OTHER_AGENT });
      await identities.send('setMetadata', [OTHER_AGENT, KEY, model(2)], chain.accounts[2]);
      await request(asked, adapter.address, AGENT);
      const hash = await hashOf(asked);
      await reverts(respond(asked), 'RequestOfAnother', [hash, adapter.address, AGENT]);
    });

    it('with UnknownModel for a model that is not registered', async () => {
      await reverts(answer(about(9, {})), 'UnknownModel', [model(9)]);
    });

    it('with NotScored where nothing was proved', async () => {
      await reverts(answer(scored()), 'NotScored', [model(2), BENCHMARK]);
    });

    it('with NoPercentage for squared errors', async () => {
      await score(2, 5n, 200n, MEASURE.squaredError);
      await reverts(answer(scored()), 'NoPercentage', [BENCHMARK]);
    });

    it('with MalformedQuestion unless a question about an output names one id of outputs', async () => {
      for (const path of [[], [OUTPUTS, OUTPUTS]]) await reverts(answer(output({ path })), 'MalformedQuestion');
    });

    it('with MalformedQuestion where a path or a subject has no use', async () => {
      const path = [model(1), model(2)];
      const proven = { topic: TOPIC.proven, subject: zeroHash };
      for (const asked of [scored({ path }), question({ ...proven, path }), question({ ...proven, subject: model(1) })])
        await reverts(answer(asked), 'MalformedQuestion');
    });
  });
});
