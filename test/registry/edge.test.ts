import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { decodeFunctionData, encodeFunctionData, type Hex, toBytes, toHex } from 'viem';
import { FileFormatError } from '../../src/errors/FileFormatError.ts';
import { modelRegistryAbi } from '../../src/generated/abi.ts';
import { NUMBERING } from '../../src/generated/numbering.ts';
import { encodeShape } from '../../src/model/shape.ts';
import { mod, P, R } from '../../src/numbers/field.ts';
import { callWithin, readProvedCall } from '../../src/registry/calldata.ts';
import { type Edge, edgeTransaction, formatEdge, MAX_EDGE_LENGTH, parseEdge } from '../../src/registry/edge.ts';
import { JsonReader } from '../../src/registry/jsonReader.ts';
import { shapeOf } from '../../src/registry/programs/definition.ts';
import type { Statement } from '../../src/registry/programs/definitions.ts';
import { isRelayed, PROGRAM_NAMES } from '../../src/registry/programs/list.ts';
import { TARGETS_ABI } from '../../src/registry/programs/targets.ts';
import { NO_SCHEMA } from '../../src/registry/schemas.ts';
import { signedEdgeCall } from '../../src/registry/signedEdge.ts';
import { circuitFor, opensTables, oraclesOf, resultId, signalsOf } from '../../src/registry/statement.ts';
import { BOUND, REFUSED } from './edgeChanges.ts';
import { EDGES, NETWORK_EDGES, PROOF, point, RECORD_EDGE, REGISTRY, SHARD, TRAINER, WIDTHS } from './edges.ts';
import { at, change, leaves, objects, put, texts } from './fileFields.ts';

const RELAY = `0x${'e1'.repeat(20)}` as const;
const [DATA, SEED, TRAIN, IMPORT, MERGE, SCORE] = EDGES;

/** A complaint about the statement that says why. */
function namingStatement(says: RegExp): (error: unknown) => boolean {
  return (error) => {
    assert.ok(error instanceof FileFormatError);
    assert.match(error.message, /edge\.statement/);
    assert.match(String((error.cause as Error).message), says);
    return true;
  };
}

describe('the edges of these tests', () => {
  it('are of every program', () => {
    assert.deepEqual(
      EDGES.map(({ statement }) => statement.program),
      PROGRAM_NAMES,
    );
  });
});

describe('call data', () => {
  it('that registers nothing proved is refused', () => {
    const { data } = edgeTransaction(TRAIN);
    const request = encodeFunctionData({
      abi: modelRegistryAbi,
      functionName: 'requestSeed',
      args: [encodeShape({ widths: WIDTHS, head: 'squared error' }), NO_SCHEMA],
    });
    for (const bad of ['0x', '0x12345678', data.slice(0, 200), request] as Hex[]) {
      assert.throws(() => readProvedCall(bad), FileFormatError, bad.slice(0, 20));
    }
    assert.throws(() => readProvedCall(edgeTransaction(SEED).data), /nobody drew/);
  });

  it('gives a statement or a FileFormatError whatever is changed in it', () => {
    const attempt = (data: Hex) => {
      try {
        readProvedCall(data, { shape: { widths: WIDTHS, head: 'squared error' }, seed: 1n });
      } catch (error) {
        assert.ok(error instanceof FileFormatError, String(error));
      }
    };
    fc.assert(fc.property(fc.uint8Array({ maxLength: 300 }), (bytes) => attempt(toHex(bytes))));
    const calls = [...EDGES, ...NETWORK_EDGES].map((edge) => toBytes(edgeTransaction(edge).data));
    const edits = fc.array(fc.tuple(fc.nat(), fc.nat(255)), { minLength: 1, maxLength: 4 });
    fc.assert(
      fc.property(fc.constantFrom(...calls), edits, fc.option(fc.nat()), (call, changes, cut) => {
        const bytes = call.slice(0, cut === null ? call.length : cut % (call.length + 1));
        for (const [at, value] of changes) if (bytes.length > 0) bytes[at % bytes.length] = value;
        attempt(toHex(bytes));
      }),
      { numRuns: 1000 },
    );
  });
});

describe('an edge file', () => {
  for (const edge of [...EDGES, ...NETWORK_EDGES, RECORD_EDGE]) {
    const program = circuitFor(edge.statement);

    it(`of program ${program} is read as it was written`, () => {
      assert.deepEqual(parseEdge(formatEdge(edge)), edge);
    });

    it(`of program ${program} carries the transaction that the contract's ABI decodes to the statement`, () => {
      const file = JSON.parse(formatEdge(edge));
      const { to, from, chainId, value, data, function: functionName } = file.transaction;
      assert.deepEqual([to, from, chainId, value], [REGISTRY, TRAINER, '31337', '0']);
      const call = decodeFunctionData({ abi: TARGETS_ABI, data: data as Hex });
      assert.equal(call.functionName, functionName);
      assert.deepEqual(file.transaction.args, texts(call.args));
    });

    it(`of program ${program} is read back from its call data`, () => {
      const { statement } = edge;
      const drawn = statement.program === 'seed' ? { shape: shapeOf(statement), seed: statement.seed } : undefined;
      assert.deepEqual(readProvedCall(edgeTransaction(edge).data, drawn), { statement, proof: PROOF });
    });

    const skip = !isRelayed(edge.statement.program);
    it(`of program ${program} is read back from what a relay carried, only where it was carried to`, { skip }, () => {
      const { data, to } = edgeTransaction(edge);
      const signed = { edge, relay: RELAY, nonce: 1n, deadline: 2n, signature: '0x12' } as const;
      const carried = { to: RELAY, input: signedEdgeCall(signed).data };
      assert.equal(callWithin(carried, to, RELAY), data);
      assert.equal(callWithin({ to, input: data }, to, RELAY), data);
      assert.equal(callWithin(carried, TRAINER, RELAY), undefined);
      assert.equal(callWithin(carried, to, TRAINER), undefined);
      assert.equal(callWithin({ to: RELAY, input: data }, to, RELAY), undefined);
      assert.equal(callWithin({ to: null, input: data }, to, RELAY), undefined);
    });

    it(`of program ${program} states id, parameters, commitments and signals`, () => {
      const file = JSON.parse(formatEdge(edge));
      assert.equal(file.id, resultId(edge.statement));
      assert.deepEqual(file.signals, texts(signalsOf(edge.context, edge.statement, PROOF)));
      const { signals, oracles } = NUMBERING[program];
      assert.equal(file.signals.length, signals.count);
      assert.deepEqual(file.parameters, file.signals.slice(22));
      // Trace and helper are opened too, whose commitments the proof brings, and by train and score the tables. Five parents
      // of the merge are absent, and so are sets and what a record stands for.
      const absent = oraclesOf(edge.statement).filter((points) => points.length === 0).length;
      const others = 2 + absent + (opensTables(edge.statement.program) ? 1 : 0);
      assert.equal(file.commitments.length, oracles.count - others);
    });

    it(`of program ${program} is rejected when any single value in it is another`, () => {
      const text = formatEdge(edge);
      const free = /^(metadata\..*|devKeys|verificationKey|proof\.groth16\[\d\])$/;
      for (const path of leaves(JSON.parse(text))) {
        const file = JSON.parse(text);
        change(file, path);
        const attempt = () => parseEdge(JSON.stringify(file));
        // What nothing else in the file follows from may change: the proof tells. The calldata holds Groth16's words.
        if (free.test(path) && !path.startsWith('proof')) attempt();
        else assert.throws(attempt, FileFormatError, path);
      }
    });

    it(`of program ${program} is rejected when any field is missing or added`, () => {
      const text = formatEdge(edge);
      for (const path of objects(JSON.parse(text))) {
        if (path === 'metadata') continue;
        const added = JSON.parse(text);
        Object.assign(at(added, path), { surprise: '1' });
        assert.throws(() => parseEdge(JSON.stringify(added)), FileFormatError, path);
        for (const name of Object.keys(at(added, path)).filter((key) => key !== 'surprise')) {
          const less = JSON.parse(text);
          delete at(less, path)[name];
          assert.throws(() => parseEdge(JSON.stringify(less)), FileFormatError, `${path}.${name}`);
        }
      }
    });
  }

  it('takes numbers in decimal too', () => {
    const file = JSON.parse(formatEdge(SEED));
    file.statement.seed = BigInt(file.statement.seed).toString();
    file.proof.challenges.eta = '21';
    assert.deepEqual(parseEdge(JSON.stringify(file)), SEED);
  });

  it('is rejected when a network is not written in its one form', () => {
    const edge = NETWORK_EDGES.find(({ statement }) => statement.program === 'import')!;
    for (const other of ['28x28x1-a2-c08k5s2p2-3', '28x28x01-a2-c8k5s2p2-3', '28x28x1-a2-c8k5s2p2-03']) {
      const file = JSON.parse(formatEdge(edge));
      file.statement.network = other;
      assert.throws(() => parseEdge(JSON.stringify(file)), /must be written in its one form, 28x28x1-a2-c8k5s2p2-3/);
    }
  });

  it('is rejected when a value has another type', () => {
    const text = formatEdge(TRAIN);
    for (const path of [...leaves(JSON.parse(text)), ...objects(JSON.parse(text)).filter((p) => p !== '')]) {
      for (const other of [null, 1.5, [], {}, '', '0x', '-1', '1e3', true]) {
        const file = JSON.parse(text);
        if (JSON.stringify(at(file, path)) === JSON.stringify(other)) continue;
        if (path === 'metadata' && JSON.stringify(other) === '{}') continue;
        if (path.startsWith('metadata.') && typeof other === 'string') continue;
        put(file, path, other);
        assert.throws(() => parseEdge(JSON.stringify(file)), FileFormatError, `${path} = ${JSON.stringify(other)}`);
      }
    }
  });

  it('is rejected when it is no object, no JSON or too long', () => {
    for (const text of ['', '{', 'null', '[]', '"edge"', '5', '\u0000', ' '.repeat(MAX_EDGE_LENGTH + 1)]) {
      assert.throws(() => parseEdge(text), FileFormatError);
    }
  });

  it('is rejected when a field stands in it twice, whichever of the two is true', () => {
    const text = formatEdge(TRAIN);
    for (const [field, other] of [
      ['"learningRate": 64', '"learningRate": 65'],
      ['"program": "train"', '"program": "seed"'],
      ['"name": ', '"name": "other", "name": '],
    ]) {
      const at = text.indexOf(field);
      assert.ok(at > 0);
      const twice = other.includes(', ') ? text.replace(field, other) : text.replace(field, `${other}, ${field}`);
      assert.throws(() => parseEdge(twice), /has a field twice/, field);
      assert.throws(
        () => parseEdge(text.replace(field, `${field}${other.includes(', ') ? '"x", "name": ' : `, ${field}`}`)),
        /twice/,
      );
    }
    // However long a text in it is: it must not use up the stack.
    const long = text.replace('{', `{ "long": ${JSON.stringify('a"\n'.repeat(1 << 23))},`);
    assert.throws(() => JsonReader.parse(long.replace('"long"', '"format": 1, "long"'), 'file'), /has a field twice/);
    assert.ok(JsonReader.parse(long, 'file'));
    // A colon behind a text that is no name, and quotes within one, are no fields.
    const metadata = { a: '"b": 1', 'c\\"d': ': ', '': '\\' };
    assert.deepEqual(parseEdge(formatEdge({ ...TRAIN, metadata })).metadata, metadata);
    assert.throws(() => parseEdge('['.repeat(50_000)), FileFormatError);
  });

  it('is rejected when it is of another format', () => {
    for (const former of ['descent-edge/1', 'descent-edge/3', 'descent-edge/4']) {
      const text = formatEdge(DATA).replace('descent-edge/5', former);
      assert.throws(
        () => parseEdge(text),
        (error) =>
          error instanceof FileFormatError &&
          error.message.includes(`format descent-edge/5 but "${former}"`) &&
          /prove the statement again/.test(error.hint ?? ''),
      );
    }
  });

  it('is rejected when a point is infinity, off the curve or beyond the field, wherever it says so', () => {
    for (const bad of [
      { x: 0n, y: 0n },
      { x: 1n, y: 3n },
      { x: 1n + P, y: 2n },
    ]) {
      const edge = { ...DATA, statement: { ...DATA.statement, commitment: [bad] } } as Edge;
      assert.throws(() => parseEdge(formatEdge(edge)), /statement\.commitment/);
      const points = { ...PROOF.points, opening: bad };
      assert.throws(() => parseEdge(formatEdge({ ...DATA, proof: { ...PROOF, points } })), /proof\.points\.opening/);
    }
  });

  it('is rejected when a signal is r or more', () => {
    const refused = (change: object, says: RegExp) => {
      const challenges = { ...PROOF.challenges, ...change };
      assert.throws(() => parseEdge(formatEdge({ ...DATA, proof: { ...PROOF, challenges } })), says);
    };
    refused({ z: R }, /proof\.challenges\.z/);
    refused({ digest: R }, /proof\.challenges\.digest/);
    refused({ chunk: [...PROOF.challenges.chunk.slice(1), R] }, /proof\.challenges\.chunk\[2\]/);
  });

  it('is rejected when its proof names the chunk by another number of words than its longest vector needs', () => {
    const { chunk } = PROOF.challenges;
    for (const words of [[], chunk.slice(1), [...chunk, 0n], new Array<bigint>(10).fill(1n)]) {
      const file = JSON.parse(formatEdge(DATA));
      put(file, 'proof.challenges.chunk', texts(words));
      assert.throws(() => parseEdge(JSON.stringify(file)), /proof\.challenges\.chunk/);
      const challenges = { ...PROOF.challenges, chunk: words };
      assert.throws(() => formatEdge({ ...DATA, proof: { ...PROOF, challenges } }), RangeError);
    }
  });

  it('of a model with several chunks is read as it was written, in their order', () => {
    const commitment = [1n, 2n, 3n, 4n, 5n].map(point);
    const statement = { ...IMPORT.statement, widths: [1024, 1024, 3], commitment } as Statement;
    // five chunks have numbers of three bits
    const proof = { ...PROOF, challenges: { ...PROOF.challenges, chunk: [31n, 32n, 33n, 34n] } };
    assert.deepEqual(parseEdge(formatEdge({ ...IMPORT, statement, proof })), { ...IMPORT, statement, proof });
    const other = { ...statement, commitment: commitment.toReversed() } as Statement;
    assert.notEqual(resultId(statement), resultId(other));
  });

  it('is rejected when trace or helper has no chunk or more than 256', () => {
    for (const count of [0, 257]) {
      for (const name of ['trace', 'helper']) {
        const file = JSON.parse(formatEdge(DATA));
        const { rows } = file.proof.points;
        put(file, `proof.points.${name}`, new Array(count).fill(rows));
        assert.throws(() => parseEdge(JSON.stringify(file)), new RegExp(`proof\\.points\\.${name}`));
      }
    }
  });

  it('is rejected when it states sizes that no circuit takes', () => {
    const statements = [
      [DATA, 'shard', { ...SHARD, rows: 0 }],
      [SEED, 'widths', [5]],
      [SEED, 'widths', [5, 4097]],
      [SEED, 'widths', [2048, 4096, 3]],
      [TRAIN, 'batch', 3],
      [TRAIN, 'batch', 32],
      [TRAIN, 'passes', 3],
      [TRAIN, 'passes', 2048],
      [TRAIN, 'learningRate', 0],
      [TRAIN, 'learningRate', 65537],
    ] as const;
    for (const [edge, name, value] of statements) {
      const file = JSON.parse(formatEdge(edge));
      file.statement[name] = value;
      assert.throws(() => parseEdge(JSON.stringify(file)), FileFormatError);
    }
  });

  for (const { name, edge, change: changed, says } of REFUSED) {
    it(`is rejected, and so is its call data, though all of it agrees, when ${name}`, () => {
      const forged = { ...edge, statement: { ...edge.statement, ...changed } } as Edge;
      assert.throws(() => parseEdge(formatEdge(forged)), namingStatement(says));
      const { statement } = forged;
      const drawn = statement.program === 'seed' ? { shape: shapeOf(statement), seed: statement.seed } : undefined;
      assert.throws(() => readProvedCall(edgeTransaction(forged).data, drawn), FileFormatError);
    });
  }

  for (const { name, edge, change: changed } of BOUND) {
    it(`has another h_0, and so other signals, when ${name}`, () => {
      const other = { ...edge, statement: { ...edge.statement, ...changed } } as Edge;
      assert.deepEqual(parseEdge(formatEdge(other)), other);
      const [before, after] = [edge, other].map(({ context, statement }) => signalsOf(context, statement, PROOF));
      assert.notEqual(before[16], after[16]);
    });
  }

  it('of a score has the same h_0 and other signals at another point', () => {
    const at = (x: bigint) => {
      const edge = { ...SCORE, statement: { ...SCORE.statement, point: x } } as Edge;
      return signalsOf(edge.context, parseEdge(formatEdge(edge)).statement, PROOF);
    };
    const { names } = NUMBERING.score.signals;
    const [x, counts] = [names.indexOf('x'), names.indexOf('counts')];
    const [one, two] = [at(1n), at(2n)];
    assert.deepEqual([one[x], one[counts]], [1n, 11n]);
    // 4 + x^2 + 2 x^(4096 + 1) + x^8193 + 3 x^8194
    const power = (exponent: bigint): bigint =>
      exponent === 0n ? 1n : mod((exponent % 2n === 0n ? 1n : 2n) * power(exponent / 2n) ** 2n);
    const sum = mod(4n + power(2n) + 2n * power(4097n) + power(8193n) + 3n * power(8194n));
    assert.deepEqual([two[x], two[counts]], [2n, sum]);
    const others = one.flatMap((signal, i) => (signal === two[i] ? [] : [i]));
    assert.deepEqual(others, [x, counts]);
  });

  it('of a score is rejected when its point is not below r, or its counts are no whole bytes', () => {
    for (const [name, value, says] of [
      ['point', `0x${R.toString(16)}`, /edge\.statement\.point is too large/],
      ['counts', '0x0', /edge\.statement\.counts must be bytes/],
      ['counts', '0x00', /edge\.statement/],
      ['counts', `0x${'00'.repeat(2049)}`, /edge\.statement\.counts/],
      ['k', 1.5, /edge\.statement\.k must be an integer/],
    ] as const) {
      const file = JSON.parse(formatEdge(SCORE));
      file.statement[name] = value;
      assert.throws(() => parseEdge(JSON.stringify(file)), says, `${name} ${value}`.slice(0, 40));
    }
  });

  it('of a score without counts is read as it was written', () => {
    const statement = { ...SCORE.statement, counts: null } as Statement;
    assert.deepEqual(parseEdge(formatEdge({ ...SCORE, statement })), { ...SCORE, statement });
    const signals = signalsOf(SCORE.context, statement, PROOF);
    assert.equal(signals[NUMBERING.score.signals.names.indexOf('counts')], 0n);
  });

  it('is rejected when a merge has too few or too many parents or other coefficients than one each in range', () => {
    const { statement } = MERGE;
    if (statement.program !== 'merge') assert.fail();
    const row = (n: number) => new Array<number>(n).fill(1);
    for (const [count, coefficients] of [
      [1, [row(1), row(1)]],
      [9, [row(9), row(9)]],
      [3, [row(3)]],
      [3, [row(3), row(3), row(3)]],
      [3, [row(3), row(2)]],
      [3, [row(4), row(3)]],
      [3, [row(3), [1, 1, 2 ** 17]]],
      [3, [row(3), [1, 1, -(2 ** 17)]]],
      [3, [row(3), [1, 1, 0.5]]],
    ] as const) {
      const file = JSON.parse(formatEdge(MERGE));
      file.statement.parents = Array.from({ length: count }, (_, i) => [texts(point(BigInt(20 + i)))]);
      file.statement.coefficients = coefficients;
      assert.throws(() => parseEdge(JSON.stringify(file)), FileFormatError, JSON.stringify(coefficients));
    }
  });

  it('is rejected when a parent of a merge is infinity', () => {
    const statement = { ...MERGE.statement, parents: [[point(1n)], [point(2n)], [{ x: 0n, y: 0n }]] } as Statement;
    assert.throws(() => parseEdge(formatEdge({ ...MERGE, statement })), /statement\.parents\[2\]\[0\]/);
  });

  it('is rejected when its metadata is long', () => {
    assert.throws(() => parseEdge(formatEdge({ ...DATA, metadata: { name: 'x'.repeat(1001) } })), FileFormatError);
    const many = Object.fromEntries(Array.from({ length: 33 }, (_, i) => [`k${i}`, '']));
    assert.throws(() => parseEdge(formatEdge({ ...DATA, metadata: many })), FileFormatError);
  });

  it('cannot reach the prototype of anything through the names of its metadata', () => {
    const text = formatEdge({ ...DATA, metadata: {} }).replace('"metadata": {}', '"metadata": {"__proto__": "x"}');
    const { metadata } = parseEdge(text);
    assert.equal(Object.getPrototypeOf(metadata), Object.prototype);
    assert.deepEqual(Object.keys(metadata), ['__proto__']);
  });
});

describe('edgeTransaction', () => {
  it('names chain, sender and registry', () => {
    const { chainId, from, to, functionName } = edgeTransaction(TRAIN);
    assert.deepEqual([chainId, from, to, functionName], [31337n, TRAINER, REGISTRY, 'train']);
  });

  it('refuses a Groth16 proof that has not eight words', () => {
    for (const count of [0, 7, 9]) {
      const groth16 = new Array<bigint>(count).fill(1n);
      assert.throws(() => edgeTransaction({ ...TRAIN, proof: { ...PROOF, groth16 } }), RangeError);
    }
  });
});
