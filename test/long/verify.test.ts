// What a person is told of an edge file that anybody may have written, with real proofs and a real node.
import assert from 'node:assert/strict';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { after, afterEach, before, beforeEach, describe, it } from 'node:test';
import { type Abi, encodeFunctionData, type Hex, parseAbi } from 'viem';
import { limitsOf } from '../../scripts/actions/verifyLimits.ts';
import { type FirstKey, firstKeys } from '../../scripts/chain/contracts.ts';
import { developmentAccount } from '../../scripts/chain/keys.ts';
import { readPowers, readProgramKey } from '../../scripts/runs/keys.ts';
import { keyFiles } from '../../scripts/setup/paths.ts';
import { verifiersAbi } from '../../src/generated/abi.ts';
import { writeShard } from '../../src/model/shardFile.ts';
import { writeWeights } from '../../src/model/weightsFile.ts';
import { checkProof } from '../../src/proof/checkProof.ts';
import { isVerified, verifyProof } from '../../src/proof/verify.ts';
import type { ChainReads } from '../../src/registry/chainReads.ts';
import { type Check, chainChecksOf, otherKeyReason, verdictOf } from '../../src/registry/check.ts';
import { checkOnChain } from '../../src/registry/checkEdge.ts';
import { clientReads } from '../../src/registry/clientReads.ts';
import { type Edge, edgeTransaction, formatEdge, parseEdge } from '../../src/registry/edge.ts';
import { CIRCUITS, PROGRAM_NAMES, type Program } from '../../src/registry/programs/list.ts';
import { publicSignals, resultId, signalsOf } from '../../src/registry/statement.ts';
import { readStoredEdge } from '../../src/registry/storedEdge.ts';
import type { ChainConfig } from '../../web/lib/chain/types.ts';
import { checkEdgeOnChain, edgeOfId } from '../../web/lib/chain/verifyEdge.ts';
import { descent, temporaryFolder } from '../cli/cli.ts';
import { simulatedGroth16, TEST_KEY } from '../contracts/support/knownKey.ts';
import { fieldsOf, isUncovered, type Json, withOther } from '../support/edgeFields.ts';
import { someModel } from '../support/models.ts';
import { nodeWithout } from '../support/nodeWithoutTrace.ts';
import { ProvedEdges, SCHEMA, WIDTHS } from '../support/provedEdges.ts';
import { describeRuns } from './runs.ts';

const NAMES = PROGRAM_NAMES;
const VERIFIED_BUT_FOR_KEYS = ['keys'];

let made: ProvedEdges;
let reads: ChainReads;
let snapshot: unknown;
const { folder, remove } = temporaryFolder();

before(async () => {
  made = await ProvedEdges.make();
  reads = clientReads(made.chain.client, made.chain.id);
});
after(async () => {
  await made.close();
  remove();
});

const keysOf = (program: Program) => {
  const { vkey, identity } = readProgramKey(program);
  return { vkey, srs: readPowers(), ...identity };
};
const trusted = () => {
  const { registry, scoreboard, inferences, audit } = made.place;
  return { registry, scoreboard, inferences, audit };
};
const askChain = async (edge: Edge, asked = reads) =>
  (await checkOnChain(edge, asked, trusted(), keysOf(edge.statement.program))).checks;
const checkAll = async (edge: Edge, asked = reads) => [
  ...(await checkProof(edge, keysOf(edge.statement.program))),
  ...(await askChain(edge, asked)),
];
const openOf = (checks: Pick<Check, 'about' | 'holds'>[]) =>
  checks.filter(({ holds }) => holds === 'open').map(({ about }) => about);
const falseOf = (checks: Pick<Check, 'about' | 'holds'>[]) =>
  checks.filter(({ holds }) => holds === false).map(({ about }) => about);

/** Runs the command line, with a chain or without one. */
async function verify(what: Edge | Hex, { rpc = made.node.rpc, chain = true, args = [] as string[] } = {}) {
  const file = join(folder, 'one.edge.json');
  if (typeof what === 'object') writeFileSync(file, formatEdge(what));
  const { registry, scoreboard } = made.place;
  const env = { DESCENT_RPC: rpc, DESCENT_REGISTRY: registry, DESCENT_SCOREBOARD: scoreboard };
  const named = typeof what === 'object' ? file : what;
  const result = await descent(['verify', named, ...args, '--json'], chain ? { env } : {});
  const document = result.stdout === '' ? {} : JSON.parse(result.stdout);
  return { ...result, verdict: document.verdict, checks: (document.checks ?? []) as Check[] };
}

async function holdsIn(text: string): Promise<boolean> {
  const { context, statement, proof } = parseEdge(text);
  return isVerified(await verifyProof(context, statement, proof, keysOf(statement.program)));
}

const check = (checks: Check[], about: Check['about']) => checks.find((one) => one.about === about)!;

describe('a registered edge', () => {
  for (const program of NAMES) {
    it(`of program ${program} leaves only development keys open`, async () => {
      const checks = await checkAll(made.edges[program]);
      assert.deepEqual(falseOf(checks), []);
      assert.deepEqual(openOf(checks), VERIFIED_BUT_FOR_KEYS, JSON.stringify(checks.filter((c) => c.holds !== true)));
      assert.equal(verdictOf(checks), 'holds');
      assert.equal(verdictOf(checks.filter(({ about }) => about !== 'keys')), 'verified');
    });
  }

  it('is found by its id, and the command line says what is not shown', async () => {
    const { code, verdict, checks } = await verify(resultId(made.edges.train.statement));
    assert.deepEqual([code, verdict, openOf(checks)], [6, 'holds', ['keys']]);
  });

  it('is not Verified where no chain was asked: everything that only a chain tells is named', async () => {
    for (const program of NAMES) {
      const { code, verdict, checks } = await verify(made.edges[program], { chain: false });
      assert.deepEqual([code, verdict, openOf(checks)], [6, 'holds', ['keys', ...chainChecksOf(program)]]);
    }
  });
});

describe('a file that was edited or made off line', () => {
  const train = () => structuredClone(made.edges.train) as Json;

  for (const chain of [false, true]) {
    const where = chain ? 'with a chain' : 'without a chain';

    it(`a train edge of another kind is false ${where}`, async () => {
      const edge = train();
      edge.statement.shard.kind = 'regression';
      const { code, verdict, checks } = await verify(edge, { chain });
      assert.deepEqual([code, verdict], [4, 'false']);
      assert.ok(falseOf(checks).includes('groth16'));
    });

    it(`a train edge whose shard has 54 inputs and 9 outputs is refused ${where}, and false with a model to match`, async () => {
      const edge = train();
      const file = JSON.parse(formatEdge(edge));
      Object.assign(file.statement.shard, { inputs: 54, outputs: 9 });
      const path = join(folder, 'shape.edge.json');
      writeFileSync(path, JSON.stringify(file));
      const args = chain ? { env: { DESCENT_RPC: made.node.rpc } } : {};
      const refused = await descent(['verify', path], args);
      assert.equal(refused.code, 3, refused.stderr);
      Object.assign(edge.statement.shard, { inputs: 54, outputs: 9 });
      edge.statement.widths = [54, 3, 9];
      assert.equal((await verify(edge, { chain })).code, 4);
    });

    it(`a model trained on a shard that nobody registered is not Verified ${where}`, async () => {
      const { code, verdict, checks, stdout } = await verify(made.stray.train, { chain });
      assert.deepEqual([code, verdict], [6, 'holds']);
      assert.ok(openOf(checks).includes('shard'), stdout);
    });

    it(`a changed request of a registered seed is false ${where}`, async () => {
      const edge = structuredClone(made.edges.seed) as Json;
      edge.statement.requestId += 1n;
      const { code, verdict, checks } = await verify(edge, { chain });
      assert.deepEqual([code, verdict], [4, 'false']);
      assert.deepEqual(falseOf(checks).includes('groth16'), true);
    });
  }

  it('a shard file of the right rows with other names is false, or open where nothing tells what was stated', async () => {
    const fileOf = (name: string, classes?: string[]) => {
      const path = join(folder, name);
      const schema = classes && { ...SCHEMA, kind: 'classes' as const, classes };
      writeFileSync(path, writeShard({ ...made.shard, ...(schema && { schema }) }));
      return ['--shard', path];
    };
    const [plain, right, turned] = [
      fileOf('plain.safetensors'),
      fileOf('right.safetensors', ['cat', 'dog']),
      fileOf('turned.safetensors', ['dog', 'cat']),
    ];
    for (const program of ['data', 'train', 'score'] as const) {
      const edge = made.edges[program];
      const findings = async (args: string[], chain: boolean) => {
        const { checks } = await verify(edge, { args, chain });
        return [
          checks.find(({ about }) => about === 'rows')?.holds,
          checks.find(({ about }) => about === 'names')?.holds,
        ];
      };
      assert.deepEqual(await findings(plain, true), [true, undefined]);
      assert.deepEqual(await findings(right, true), [true, true]);
      assert.deepEqual(await findings(turned, true), [true, false]);
      assert.deepEqual(await findings(turned, false), [true, program === 'data' ? false : 'open']);
    }
  });

  it('a weights file with other names than the registry has is not exported as the registered model', async () => {
    const env = { DESCENT_RPC: made.node.rpc, DESCENT_REGISTRY: made.place.registry };
    const exported = (classes: string[], out: string) => {
      const schema = { ...SCHEMA, kind: 'classes' as const, classes };
      const file = join(folder, 'import.safetensors');
      writeFileSync(file, writeWeights({ ...someModel(WIDTHS), schema }));
      return descent(['export', file, '--to', 'onnx', '--out', join(folder, out), '--json'], { env });
    };
    const { metadata } = JSON.parse((await exported(['cat', 'dog'], 'true.onnx')).stdout);
    assert.deepEqual(metadata['descent.schema_stated'], 'by the registry');
    const turned = await exported(['dog', 'cat'], 'turned.onnx');
    assert.deepEqual([turned.code, /has another schema of the model/.test(turned.stderr)], [2, true]);
  });

  it('a seed that nobody drew is not Verified without a chain, and false with one', async () => {
    const alone = await verify(made.stray.seed, { chain: false });
    assert.deepEqual([alone.code, alone.verdict, openOf(alone.checks).includes('request')], [6, 'holds', true]);
    const { code, verdict, checks } = await verify(made.stray.seed);
    assert.deepEqual([code, verdict, falseOf(checks)], [4, 'false', ['request']]);
  });

  it('a true edge says in words what is not shown', async () => {
    const file = join(folder, 'words.edge.json');
    writeFileSync(file, formatEdge(made.edges.train));
    const { stdout } = await descent(['verify', file]);
    assert.match(stdout, /\nThe proof holds; not shown: .*development keys.*registered/);
    assert.doesNotMatch(stdout, /\bVerified\b/);
    assert.match(stdout, /metadata \(name\).*nothing vouches/);
  });
});

describe('every field of every edge file', () => {
  for (const program of NAMES) {
    it(`of program ${program} changes the verdict, or is printed as covered by nothing`, async () => {
      const edge = made.edges[program];
      const isShown = 'outputs' in edge.statement && edge.statement.outputs !== null;
      const uncovered: string[] = [];
      for (const path of fieldsOf(edge)) {
        const forged = withOther(edge, path);
        const [alone, asked] = await conclusions(forged);
        if (alone === 'holds' || asked === 'holds') uncovered.push(path);
        else
          assert.deepEqual(
            [alone, asked].filter((verdict) => verdict === 'verified'),
            [],
            path,
          );
        // The chain by itself notices whatever the statement or its context says otherwise, but what only the proof binds,
        // as the point of a score's counts, and the commitment to outputs that are recorded themselves.
        const byProofAlone = path === 'statement.point' || (isShown && path.startsWith('statement.output.'));
        if (asked === 'false' && /^(statement|origin)\./.test(path) && !byProofAlone) {
          assert.notEqual(verdictOf(await askChain(forged)), 'verified', path);
        }
      }
      // Nothing in a proof binds the secret of a seed; the chain holds its hash.
      const onlyChain = program === 'seed' ? ['statement.secret'] : [];
      assert.deepEqual(
        uncovered.filter((path) => !isUncovered(path)),
        onlyChain,
      );
      for (const path of onlyChain) assert.equal((await conclusions(withOther(edge, path)))[1], 'false');
      assert.notEqual(uncovered.length, 0);
      const printed = limitsOf(edge, { origins: undefined, schemas: {}, chain: true, files: false }).join('\n');
      for (const path of uncovered) assert.ok(printed.includes(path.split('.')[1]), `${path} is printed`);
    });

    it(`of program ${program} is compared with the rest of the file`, async () => {
      const file: Json = JSON.parse(formatEdge(made.edges[program]));
      for (const path of fieldsOf(file)) {
        const text = JSON.stringify(withOther(file, path));
        if (isUncovered(path)) parseEdge(text);
        else assert.notEqual((await concludeFrom(text))[0], 'holds', path);
      }
    });
  }

  /** What is said of an edge that somebody wrote consistently: without a chain and with one. */
  async function conclusions(edge: Edge): Promise<string[]> {
    try {
      return await concludeFrom(formatEdge(edge));
    } catch {
      return ['refused', 'refused'];
    }
  }

  async function concludeFrom(text: string): Promise<string[]> {
    try {
      const edge = parseEdge(text);
      const proof = await checkProof(edge, keysOf(edge.statement.program));
      return [verdictOf(proof), verdictOf([...proof, ...(await askChain(edge))])];
    } catch {
      return ['refused', 'refused'];
    }
  }
});

describe('keys of several versions', () => {
  const config = () => ({ ...trusted(), chainId: made.chain.id }) as ChainConfig;
  const ownFetch = globalThis.fetch;
  beforeEach(async () => {
    snapshot = await made.command('evm_snapshot');
    // The page fetches its keys from the server that it came from.
    globalThis.fetch = (async (input: string, init?: RequestInit) => {
      const program = /^\/files\/(\w+)\.vkey\.json$/.exec(String(input))?.[1] as Program | undefined;
      return program ? new Response(readFileSync(keyFiles(program).vkey)) : ownFetch(input, init);
    }) as typeof fetch;
  });
  afterEach(async () => {
    globalThis.fetch = ownFetch;
    await made.command('evm_revert', snapshot);
  });

  const owner = developmentAccount(0);
  /** Adds a key and lets the time pass until it counts. */
  const add = async (program: Program, { words, circuitHash }: FirstKey) => {
    const args = [BigInt(CIRCUITS[program]), { words, circuitHash }] as const;
    const data = encodeFunctionData({ abi: verifiersAbi as Abi, functionName: 'addKey', args });
    await made.send(made.place.verifiersContract, data, owner);
  };
  const passDelay = async () => {
    await made.command('evm_increaseTime', made.place.delay);
    await made.command('evm_mine');
  };
  const pageChecks = async (edge: Edge) => (await checkEdgeOnChain({ edge }, config(), made.chain.client)).checks;
  const byId = async (edge: Edge) => {
    const stored = parseEdge(await edgeOfId(resultId(edge.statement), config(), made.chain.client, holdsIn));
    return [...(await checkProof(stored, keysOf(stored.statement.program))), ...(await pageChecks(stored))];
  };

  it('old and new models are verified with the version that accepted them, by command line and page', async () => {
    const keys = firstKeys();
    for (const [k, program] of NAMES.entries()) await add(program, keys[k]);
    await passDelay();
    await made.register(made.waiting.data);
    await made.register(made.waiting.import);
    // Whoever knows the secrets of the newest can prove everything.
    for (const program of NAMES) await add(program, { words: TEST_KEY.words, circuitHash: keys[0].circuitHash });
    await passDelay();

    const old = NAMES.map((program) => [made.edges[program], 1] as const);
    const newer = [made.waiting.data, made.waiting.import].map((edge) => [edge, 2] as const);
    for (const [edge, version] of [...old, ...newer]) {
      const checks = await pageChecks(edge);
      assert.deepEqual([falseOf(checks), openOf(checks)], [[], []], edge.statement.program);
      assert.match(check(checks, 'key').says, new RegExp(`version ${version}, is the one here`));
    }
    for (const [edge, version] of [old[2], old[0], ...newer]) {
      const { code, checks } = await verify(resultId(edge.statement));
      assert.deepEqual([code, openOf(checks)], [6, ['keys']]);
      assert.match(check(checks, 'key').says, new RegExp(`version ${version}, is the one here`));
      assert.deepEqual(openOf(await byId(edge)), ['keys']);
    }

    // Accepted with an unknown key: neither true nor false here.
    const { context, statement, proof } = made.waiting.other;
    const signals = publicSignals(proof.challenges.digest, signalsOf(context, statement, proof));
    const groth16 = simulatedGroth16(TEST_KEY.secrets, signals, 9n);
    const forged = { ...made.waiting.other, proof: { ...proof, groth16 } };
    await made.register(forged);
    const unknown = await verify(resultId(forged.statement));
    assert.equal(unknown.code, 3, unknown.stdout);
    assert.match(unknown.stderr, /cannot be checked with the keys that are here/);
    assert.match(otherKeyReason(await byId(forged)) ?? '', /version 3, is 0x[0-9a-f]+, another one than the key here/);
  });
});

describeRuns(() => ({ made, reads }));

describe('a proof that another contract carried', () => {
  beforeEach(async () => {
    snapshot = await made.command('evm_snapshot');
  });
  afterEach(async () => {
    await made.command('evm_revert', snapshot);
  });
  const abi = parseAbi([
    'function run((address to, bytes data)[] calls)',
    'function keep(bytes part)',
    'function send(address to)',
  ]);

  it('is read from the call data of a batch, by a node that does not trace', async () => {
    const { to, data } = edgeTransaction(made.waiting.batch);
    const calls = encodeFunctionData({ abi, functionName: 'run', args: [[{ to, data }]] });
    await made.send(made.carriers.batch, calls);
    const proxy = await nodeWithout(made.node.rpc);
    try {
      const id = resultId(made.waiting.batch.statement);
      const { code, checks, stderr } = await verify(id, { rpc: proxy.rpc });
      assert.equal(code, 6, stderr);
      assert.deepEqual(openOf(checks), ['keys']);
      assert.ok(proxy.asked.includes('debug_traceTransaction'));
    } finally {
      await proxy.close();
    }
  });

  it('is told from calls of the same id that were never made, which whoever carries it puts beside it', async () => {
    const edge = made.waiting.batch;
    const id = resultId(edge.statement);
    const { to, data } = edgeTransaction(edge);
    const decoys = ['proof.groth16.0', 'statement.schema'].map((path) => edgeTransaction(withOther(edge, path)).data);
    const nobody = developmentAccount(5).address;
    const calls = [...decoys.map((decoy) => ({ to: nobody, data: decoy })), { to, data }];
    await made.send(made.carriers.batch, encodeFunctionData({ abi, functionName: 'run', args: [calls] }));
    const proxy = await nodeWithout(made.node.rpc);
    try {
      const { code, checks, stderr } = await verify(id, { rpc: proxy.rpc });
      assert.deepEqual([code, openOf(checks)], [6, ['keys']], stderr);
      const asked: boolean[] = [];
      const traced = await readStoredEdge(reads, made.place.registry, id, async () => assert.fail('the node traces'));
      assert.deepEqual(traced.proof.groth16, edge.proof.groth16);
      const none = readStoredEdge(
        { ...reads, trace: async () => undefined },
        made.place.registry,
        id,
        async (found) => {
          asked.push(found.proof.groth16[0] === edge.proof.groth16[0]);
          return false;
        },
      );
      await assert.rejects(none, { code: 'NO_CALL_DATA', hint: /no proof of it that holds with the keys here/ });
      // Of those that say something else than the events no proof is checked.
      assert.deepEqual(asked, [false, true]);
    } finally {
      await proxy.close();
    }
  });

  it('is read from the trace where the call data does not hold it, or the hint names the way out', async () => {
    const { data, to } = edgeTransaction(made.waiting.keeper);
    const half = 2 + 2 * Math.floor((data.length - 2) / 4);
    for (const part of [data.slice(0, half), `0x${data.slice(half)}`] as Hex[]) {
      await made.send(made.carriers.keeper, encodeFunctionData({ abi, functionName: 'keep', args: [part] }));
    }
    await made.send(made.carriers.keeper, encodeFunctionData({ abi, functionName: 'send', args: [to] }));
    const id = resultId(made.waiting.keeper.statement);
    const trace = {
      type: 'CALL',
      to: made.carriers.keeper,
      input: '0x',
      calls: [
        { type: 'CALL', to, input: data, error: 'execution reverted' },
        { type: 'DELEGATECALL', to: made.carriers.batch, input: '0x', calls: [{ type: 'CALL', to, input: data }] },
      ],
    };
    const [tracing, silent] = [await nodeWithout(made.node.rpc, trace), await nodeWithout(made.node.rpc)];
    try {
      const found = await verify(id, { rpc: tracing.rpc });
      assert.deepEqual([found.code, openOf(found.checks)], [6, ['keys']], found.stderr);
      const lost = await verify(id, { rpc: silent.rpc });
      assert.equal(lost.code, 5);
      assert.match(lost.stderr, /through another contract[\s\S]*debug_traceTransaction[\s\S]*edge file/);
    } finally {
      await tracing.close();
      await silent.close();
    }
  });
});

describe('a node that lies in one answer', () => {
  const LIES: [string, Partial<ChainReads>][] = [
    ['no node', { node: async () => undefined }],
    ['no shard', { shard: async () => undefined }],
    ['no parents', { parents: async () => [] }],
    ['no events', { logs: async () => [] }],
    ['no key', { keyRecord: async () => undefined }],
    ['no code', { code: async () => '0x' }],
    ['other code', { code: async () => '0x6000' }],
    ['other powers', { srs: async () => ({ tau: [0n], tauC: [0n], tables: [0n] }) }],
    ['other chain', { chainId: 1n }],
    ['one version', { versionOf: async () => 0n }],
    ['nothing at all', { node: () => Promise.reject(new Error('down')) }],
  ];
  for (const [name, lie] of LIES) {
    it(`about ${name} does not get Verified for what is true, nor for what is not`, async () => {
      const edges = [
        made.edges.train,
        made.stray.train,
        made.stray.seed,
        withOther(made.edges.train, 'context.trainer'),
      ];
      for (const edge of edges) {
        const checks = await askChain(edge, { ...reads, ...lie });
        assert.notEqual(verdictOf(checks), 'verified', edge.statement.program);
        assert.deepEqual(
          checks.map(({ about }) => about),
          chainChecksOf(edge.statement.program),
        );
      }
    });
  }

  it('says of a true edge that it is open and not that it is false, where the node does not answer', async () => {
    const silent = { ...reads, logs: () => Promise.reject(new Error('range too large')) };
    const checks = await askChain(made.edges.train, silent);
    assert.deepEqual([falseOf(checks), openOf(checks)], [[], ['event']]);
  });

  it('takes a scoreboard for no registry and a registry for no scoreboard', async () => {
    for (const [program, registry] of [
      ['train', made.place.scoreboard],
      ['score', made.place.registry],
    ] as const) {
      const edge = { ...made.edges[program], context: { ...made.edges[program].context, registry } };
      const { checks } = await checkOnChain(edge, reads, {}, keysOf(program));
      assert.deepEqual(falseOf(checks), ['contract']);
    }
  });

  it('does not trust a registry that only the file names', async () => {
    const { checks } = await checkOnChain(made.edges.train, reads, {}, keysOf('train'));
    assert.deepEqual([falseOf(checks), openOf(checks)], [[], ['contract']]);
  });
});
