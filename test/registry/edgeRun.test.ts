import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { decodeFunctionData, encodeFunctionData, hashTypedData, recoverTypedDataAddress } from 'viem';
import { privateKeyToAccount } from 'viem/accounts';
import { FileFormatError } from '../../src/errors/FileFormatError.ts';
import { InputError } from '../../src/errors/InputError.ts';
import { modelRegistryAbi } from '../../src/generated/abi.ts';
import { callWithin, readProvedCall, readProvedCalls } from '../../src/registry/calldata.ts';
import type { DecodedLog } from '../../src/registry/contractEvents.ts';
import { formatEdge } from '../../src/registry/edge.ts';
import {
  chainOf,
  checkRun,
  type EdgeRun,
  formatRun,
  isRun,
  parseRun,
  runTransaction,
} from '../../src/registry/edgeRun.ts';
import { edgesOf, MAX_SEGMENTS, trainManyCall } from '../../src/registry/programs/trainMany.ts';
import { areToldBy, statedEvents } from '../../src/registry/registered.ts';
import { typedRequest } from '../../src/registry/relay.ts';
import {
  formatSignedRun,
  isSignedEdge,
  isSignedRun,
  parseSignedRun,
  runRequest,
  type SignedRun,
  signedRunCall,
} from '../../src/registry/signedEdge.ts';
import { resultId } from '../../src/registry/statement.ts';
import { EDGES, point, REGISTRY, RUN, TRAINER } from './edges.ts';

const RELAY = `0x${'e1'.repeat(20)}` as const;
const ACCOUNT = privateKeyToAccount(`0x${'5e'.repeat(32)}`);
const IDS = RUN.edges.map(({ statement }) => resultId(statement));

/** The run with one edge changed. */
function withEdge(k: number, change: (edge: EdgeRun['edges'][number]) => object): EdgeRun {
  return { ...RUN, edges: RUN.edges.map((edge, i) => (i === k ? { ...edge, ...change(edge) } : edge)) };
}

const stating = (k: number, fields: object) => withEdge(k, (edge) => ({ statement: { ...edge.statement, ...fields } }));

/** What no chain takes as a run, whatever the proofs. */
const REFUSED: { name: string; run: EdgeRun; says: RegExp }[] = [
  { name: 'it has no segment', run: { edges: [], keep: [] }, says: /1 to 128 segments/ },
  {
    name: 'it has too many segments',
    run: { edges: new Array(MAX_SEGMENTS + 1).fill(RUN.edges[0]), keep: new Array(MAX_SEGMENTS + 1).fill(true) },
    says: /not 129/,
  },
  { name: 'it does not say of each segment whether it is kept', run: { ...RUN, keep: [true, true] }, says: /not 2/ },
  { name: 'its last model is not kept', run: { ...RUN, keep: [true, true, false] }, says: /always kept/ },
  {
    name: 'a parent is not the child before',
    run: stating(2, { parent: [point(9n)] }),
    says: /parent of segment 3/,
  },
  { name: 'two segments change places', run: { ...RUN, edges: RUN.edges.toReversed() }, says: /segment 2/ },
  { name: 'it comes back to its first model', run: stating(2, { child: [point(50n)] }), says: /segment 3 occurs/ },
  { name: 'a segment has another shape', run: stating(1, { widths: [5, 4, 4, 3] }), says: /another shape/ },
  {
    name: 'a segment is of another trainer',
    run: withEdge(1, ({ context }) => ({ context: { ...context, trainer: REGISTRY } })),
    says: /another trainer/,
  },
  {
    name: 'a segment is for another registry',
    run: withEdge(1, ({ context }) => ({ context: { ...context, registry: TRAINER } })),
    says: /another registry/,
  },
  {
    name: 'a segment is for another chain',
    run: withEdge(2, ({ context }) => ({ context: { ...context, chainId: 1n } })),
    says: /another chain/,
  },
  {
    name: 'a segment is proved with another key',
    run: withEdge(1, () => ({ verificationKey: `0x${'ac'.repeat(32)}` })),
    says: /another verification key/,
  },
];

/** The text of a file of a run that `formatRun` would refuse to write. */
function textOf({ edges, keep }: EdgeRun): string {
  return JSON.stringify({ format: 'descent-run/1', edges: edges.map((edge) => JSON.parse(formatEdge(edge))), keep });
}

describe('a run file', () => {
  it('is read as it was written', () => {
    const text = formatRun(RUN);
    assert.ok(isRun(text));
    assert.deepEqual(parseRun(text), RUN);
    assert.equal(isRun(formatEdge(EDGES[2])), false);
    for (const other of ['', '{', 'null', '[]']) assert.equal(isRun(other), false);
  });

  for (const { name, run, says } of REFUSED) {
    it(`is refused where ${name}`, () => {
      assert.throws(() => checkRun(run), says);
      assert.throws(() => formatRun(run), InputError);
      assert.throws(() => parseRun(textOf(run)), FileFormatError);
    });
  }

  it('is refused with an edge that is none, of another program or changed, naming the place', () => {
    const file = JSON.parse(formatRun(RUN));
    const refused = (edges: unknown, says: RegExp) =>
      assert.throws(() => parseRun(JSON.stringify({ ...file, edges })), says);
    refused([JSON.parse(formatEdge(EDGES[3]))], /edges\[0\]\.program/);
    refused([file.edges[0], 5, file.edges[2]], /edges\[1\]/);
    const changed = structuredClone(file.edges);
    changed[1].statement.learningRate++;
    refused(changed, /edges\[1\]/);
    refused('all', /edges must be a list/);
  });

  it('is refused with a field missing, unknown, twice or of another kind, or of another format', () => {
    const file = JSON.parse(formatRun(RUN));
    for (const name of Object.keys(file)) {
      assert.throws(() => parseRun(JSON.stringify({ ...file, [name]: undefined })), FileFormatError);
    }
    assert.throws(() => parseRun(JSON.stringify({ ...file, more: 1 })), /unknown field/);
    assert.throws(() => parseRun(JSON.stringify({ ...file, keep: [1, 0, 1] })), /keep\[0\]/);
    assert.throws(() => parseRun(JSON.stringify({ ...file, format: 'descent-run/2' })), /descent-run\/1/);
    assert.throws(() => parseRun(formatEdge(EDGES[2])), /not a run of format/);
    assert.throws(() => parseRun(formatRun(RUN).replace('"keep"', '"keep": [], "keep"')), /twice/);
  });
});

describe("a run's transaction", () => {
  it('is the call of trainMany that the ABI decodes to its segments', () => {
    const { chainId, from, to, data } = runTransaction(RUN);
    assert.deepEqual([chainId, from, to], [31337n, TRAINER, REGISTRY]);
    const { functionName, args } = decodeFunctionData({ abi: modelRegistryAbi, data });
    assert.equal(functionName, 'trainMany');
    const [parent, , segments, proofs] = args as unknown as [
      object[],
      bigint,
      { keep: boolean; child: object[] }[],
      object[],
    ];
    assert.deepEqual(parent, RUN.edges[0].statement.parent);
    assert.deepEqual(
      segments.map(({ keep, child }) => [keep, child]),
      RUN.edges.map(({ statement }, k) => [RUN.keep[k], statement.child]),
    );
    assert.equal(proofs.length, 3);
  });

  it('is read back by edges, each up to a kept child', () => {
    const { data, to } = runTransaction(RUN);
    const calls = RUN.edges.map(({ statement, proof }) => ({ statement, proof }));
    assert.deepEqual(readProvedCalls(data), [[calls[0]], [calls[1], calls[2]]]);
    assert.throws(() => readProvedCall(data), /more than one/);
    const signed = { run: RUN, relay: RELAY, nonce: 1n, deadline: 2n, signature: '0x12' } as const;
    assert.equal(callWithin({ to: RELAY, input: signedRunCall(signed).data }, to, RELAY), data);
  });

  it('is read back also where it leads back to a model that is not kept: the contract takes that', () => {
    const { functionName, args } = decodeFunctionData({ abi: modelRegistryAbi, data: runTransaction(RUN).data });
    assert.ok(functionName === 'trainMany');
    const [parent, shape, segments, proofs] = args;
    const back = segments.map((segment, k) => ({ ...segment, keep: false, ...(k === 1 && { child: parent }) }));
    const data = encodeFunctionData({ abi: modelRegistryAbi, functionName, args: [parent, shape, back, proofs] });
    const [edge, ...others] = readProvedCalls(data);
    assert.deepEqual([edge.length, others.length], [3, 0]);
    assert.deepEqual(edge.at(-1)?.proof, RUN.edges[2].proof);
    assert.equal(resultId(edge[2].statement), IDS[2]);
    assert.throws(() => checkRun(stating(1, { child: RUN.edges[0].statement.parent })), InputError);
  });

  it('has a proof for each segment', () => {
    const chain = chainOf(RUN);
    assert.throws(() => trainManyCall({ ...chain, proofs: chain.proofs.slice(1) }), RangeError);
  });
});

describe('the events of a run', () => {
  const logs = edgesOf(RUN.edges, RUN.keep).flatMap((segments) =>
    statedEvents(segments.map(({ statement }) => statement)),
  );
  const told = (events: object[]) => {
    const decoded = events as DecodedLog[];
    return edgesOf(RUN.edges, RUN.keep).map((segments) => areToldBy(decoded, segments));
  };

  it('name the ends of each edge and number its segments', () => {
    assert.deepEqual(
      logs.map(({ args }) => [args.parent === IDS[0], args.child, args.segment]),
      [
        [false, IDS[0], 0],
        [true, IDS[2], 0],
        [true, IDS[2], 1],
      ],
    );
    assert.deepEqual(told(logs), [true, true]);
  });

  it('must be all there, and no other of the same edge', () => {
    assert.deepEqual(told(logs.slice(0, 2)), [true, false]);
    const other = { ...logs[2], args: { ...logs[2].args, segment: 2 } };
    assert.deepEqual(told([...logs, other]), [true, false]);
    assert.deepEqual(told([logs[0], logs[1], { ...logs[2], args: { ...logs[2].args, passes: 16 } }]), [true, false]);
  });
});

describe('a signed run', () => {
  const WHERE = { relay: RELAY, nonce: 7n, deadline: 2_000_000_000n };

  async function signed(): Promise<SignedRun> {
    const edges = RUN.edges.map((edge) => ({ ...edge, context: { ...edge.context, trainer: ACCOUNT.address } }));
    const run = { ...RUN, edges };
    const signature = await ACCOUNT.signTypedData(typedRequest(runRequest(run, WHERE)) as never);
    const { relay } = parseSignedRun(formatSignedRun({ run, ...WHERE, signature }));
    return { run, ...WHERE, relay, signature };
  }

  it('is read as it was written, and shows typed data that any wallet hashes to what was signed', async () => {
    const made = await signed();
    const text = formatSignedRun(made);
    assert.deepEqual([isSignedRun(text), isSignedEdge(text), isRun(text)], [true, false, false]);
    assert.deepEqual(parseSignedRun(text), made);
    const { typedData, signature } = JSON.parse(text);
    assert.equal(hashTypedData(typedData), hashTypedData(typedRequest(runRequest(made.run, made)) as never));
    assert.equal(await recoverTypedDataAddress({ ...typedData, signature }), ACCOUNT.address);
  });

  it('binds which children are kept and every segment', async () => {
    const made = await signed();
    const hash = (run: EdgeRun) => hashTypedData(typedRequest(runRequest(run, WHERE)) as never);
    const { edges } = made.run;
    const passes = edges.map((edge) => ({ ...edge, statement: { ...edge.statement, passes: 16 } }));
    assert.notEqual(hash(made.run), hash({ edges, keep: [true, true, true] }));
    assert.notEqual(hash(made.run), hash({ edges: passes, keep: RUN.keep }));
    const file = JSON.parse(formatSignedRun(made));
    file.typedData.message.segments[1].keep = true;
    assert.throws(() => parseSignedRun(JSON.stringify(file)), /typedData/);
  });
});
