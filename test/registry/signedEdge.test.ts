import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { getAddress, hashTypedData, recoverTypedDataAddress } from 'viem';
import { privateKeyToAccount } from 'viem/accounts';
import { FileFormatError } from '../../src/errors/FileFormatError.ts';
import { formatEdge } from '../../src/registry/edge.ts';
import { isRelayed } from '../../src/registry/programs/list.ts';
import { relayCall, typedRequest } from '../../src/registry/relay.ts';
import {
  edgeRequest,
  formatSignedEdge,
  isSignedEdge,
  parseSignedEdge,
  type SignedEdge,
  signedEdgeCall,
} from '../../src/registry/signedEdge.ts';
import { EDGES } from './edges.ts';

const ACCOUNT = privateKeyToAccount(`0x${'5e'.repeat(32)}`);
const WHERE = {
  relay: getAddress('0x00000000000000000000000000000000000000aa'),
  nonce: 2n ** 255n + 7n,
  deadline: 2_000_000_000n,
};

async function signed(index: number): Promise<SignedEdge> {
  const edge = { ...EDGES[index], context: { ...EDGES[index].context, trainer: ACCOUNT.address } };
  const signature = await ACCOUNT.signTypedData(typedRequest(edgeRequest(edge, WHERE)) as never);
  return { edge, ...WHERE, signature };
}

describe('a signed edge', () => {
  for (const [index, edge] of EDGES.entries()) {
    const { program } = edge.statement;
    if (!isRelayed(program)) {
      it(`of program ${program} cannot be made: the relay carries none`, async () => {
        await assert.rejects(signed(index), /The relay carries no proofs/);
      });
      continue;
    }

    it(`of program ${program} is read as it was written, and makes the relay's call`, async () => {
      const made = await signed(index);
      const text = formatSignedEdge(made);
      assert.ok(isSignedEdge(text));
      assert.deepEqual(parseSignedEdge(text), made);
      const request = edgeRequest(made.edge, made);
      assert.deepEqual(signedEdgeCall(made), relayCall(request, made.signature, made.edge.proof));
      assert.throws(() => relayCall(request, made.signature), RangeError);
    });

    it(`of program ${program} shows typed data that any wallet hashes to what was signed`, async () => {
      const made = await signed(index);
      const { typedData, signature } = JSON.parse(formatSignedEdge(made));
      assert.equal(hashTypedData(typedData), hashTypedData(typedRequest(edgeRequest(made.edge, WHERE)) as never));
      assert.equal(await recoverTypedDataAddress({ ...typedData, signature }), ACCOUNT.address);
    });

    it(`of program ${program} is refused with any part of its typed data changed`, async () => {
      const file = JSON.parse(formatSignedEdge(await signed(index)));
      for (const part of ['domain', 'message'] as const) {
        for (const name of Object.keys(file.typedData[part])) {
          const changed = structuredClone(file);
          changed.typedData[part][name] = 'something else';
          assert.throws(() => parseSignedEdge(JSON.stringify(changed)), FileFormatError, `${part}.${name}`);
        }
      }
    });
  }

  it('is refused with a field missing, unknown or of the wrong kind', async () => {
    const file = JSON.parse(formatSignedEdge(await signed(0)));
    const refused = (changed: object) =>
      assert.throws(
        () => parseSignedEdge(JSON.stringify(changed)),
        FileFormatError,
        JSON.stringify(changed).slice(0, 99),
      );
    for (const name of Object.keys(file)) refused({ ...file, [name]: undefined });
    refused({ ...file, more: 1 });
    for (const signature of ['1234', '0x123', `0x${'00'.repeat(10_000)}`, 7]) refused({ ...file, signature });
    for (const nonce of ['-1', (2n ** 256n).toString(), 7]) refused({ ...file, nonce });
    refused({ ...file, deadline: (2n ** 64n).toString() });
    refused({ ...file, relay: '0x12' });
    refused({ ...file, edge: { ...file.edge, id: `0x${'00'.repeat(32)}` } });
    refused({ ...file, format: 'descent-signed-edge/1' });
    refused([]);
  });

  it('is no edge, and an edge is no signed edge', () => {
    assert.equal(isSignedEdge(formatEdge(EDGES[0])), false);
    for (const text of ['', 'null', '[]', '{']) assert.equal(isSignedEdge(text), false);
    assert.throws(() => parseSignedEdge(formatEdge(EDGES[0])), FileFormatError);
    assert.throws(() => parseSignedEdge(' '.repeat(130_000_000)), FileFormatError);
  });
});
