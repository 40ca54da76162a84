// The files in `former` are of the last version that called the program `import` `root`, as it wrote them.
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { describe, it } from 'node:test';
import { decodeFunctionData } from 'viem';
import { FileFormatError } from '../../src/errors/FileFormatError.ts';
import { modelRegistryAbi } from '../../src/generated/abi.ts';
import { edgeTransaction, formatEdge, parseEdge } from '../../src/registry/edge.ts';
import { currentRun } from '../../src/registry/formerNames.ts';
import { formatSignedEdge, parseSignedEdge } from '../../src/registry/signedEdge.ts';
import { EDGES } from './edges.ts';

const read = (name: string) => readFileSync(new URL(`former/${name}`, import.meta.url), 'utf8');
const [EDGE, SIGNED] = [read('root.edge.json'), read('root.signed.json')];
const [IMPORT] = EDGES.filter(({ statement }) => statement.program === 'import');

describe('a file that calls an import root', () => {
  it('is read as the edge of an import, and written with the new names', () => {
    const edge = parseEdge(EDGE);
    assert.deepEqual({ ...edge, context: IMPORT.context }, IMPORT);
    const { data } = edgeTransaction(edge);
    assert.equal(decodeFunctionData({ abi: modelRegistryAbi, data }).functionName, 'importModel');
    assert.doesNotMatch(formatEdge(edge), /Root/i);
    assert.deepEqual(parseEdge(formatEdge(edge)), edge);
  });

  it('is read as a signed edge of an import, its signature untouched', () => {
    const signed = parseSignedEdge(SIGNED);
    assert.deepEqual(signed.edge, parseEdge(EDGE));
    assert.equal(signed.signature, JSON.parse(SIGNED).signature);
    assert.match(formatSignedEdge(signed), /"primaryType": "Import"/);
  });

  it('is compared with the rest of itself like any other', () => {
    const file = JSON.parse(EDGE);
    const refused = (change: object) =>
      assert.throws(() => parseEdge(JSON.stringify({ ...file, ...change })), FileFormatError, JSON.stringify(change));
    const { transaction } = file;
    refused({ program: 'Root' });
    refused({ transaction: null });
    refused({ transaction: { ...transaction, function: 'seed' } });
    refused({ transaction: { ...transaction, data: `0x12345678${transaction.data.slice(10)}` } });
    refused({ transaction: { ...transaction, data: transaction.data.slice(0, -2) } });
    refused({ statement: { ...file.statement, source: file.statement.schema } });
    const signed = JSON.parse(SIGNED);
    for (const typedData of [null, { ...signed.typedData, types: 7 }, { ...signed.typedData, primaryType: 'Seed' }]) {
      assert.throws(() => parseSignedEdge(JSON.stringify({ ...signed, typedData })), FileFormatError);
    }
  });

  it('is read as the run of an import: stages get the new names, files keep theirs', () => {
    const made = { files: { model: { name: 'model.safetensors' } } };
    const proved = { files: { edge: { name: 'root.edge.json' } } };
    const where = '31337 0x5fbdb2315678afecb367f032d93f642f64180aa3 0x70997970c51812dc3a010c7d01b50e0d17dc79c8';
    const state = { kind: 'root', stages: { root: made, [`prove root for ${where}`]: proved } };
    const stages = { import: made, [`prove import for ${where}`]: proved };
    assert.deepEqual(currentRun(state), { kind: 'import', stages });
    assert.deepEqual(currentRun({ kind: 'training', stages: {} }), { kind: 'trainAll', stages: {} });
    assert.deepEqual(currentRun({ kind: 'scoring', stages: {} }), { kind: 'scoreAll', stages: {} });
    const data = { kind: 'data', stages: { data: made, 'prove root for 1': proved } };
    assert.deepEqual(currentRun(data), data, 'a shard may have this name');
  });
});
