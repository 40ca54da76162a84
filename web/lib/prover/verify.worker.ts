// Verifies an edge file apart from the page, which stays smooth meanwhile.
import { keccak256 } from 'viem';
import srsFile from '../../../src/generated/srs.json';
import { verifyProof } from '../../../src/proof/verify.ts';
import { type Edge, parseEdge } from '../../../src/registry/edge.ts';
import { parseSrs } from '../../../src/registry/opening.ts';
import type { Check } from './checks.ts';

export interface VerifyRequest {
  /** text of an edge file */
  text: string;
  /** where keys are fetched from */
  base: string;
}

export type VerifyReply = { check: Check } | { done: true };

const send = (reply: VerifyReply) => postMessage(reply);
const say = (id: Check['id'], state: Check['state'], detail?: string) =>
  send({ check: { id, state, ...(detail && { detail }) } });

addEventListener('message', async ({ data }: MessageEvent<VerifyRequest>) => {
  try {
    await verify(data);
  } finally {
    send({ done: true });
  }
});

async function verify({ text, base }: VerifyRequest): Promise<void> {
  say('file', 'running');
  let edge: Edge;
  try {
    edge = parseEdge(text);
  } catch (error) {
    return say('file', 'bad', reasonOf(error));
  }
  say('file', 'good', `program ${edge.statement.program}`);

  say('key', 'running');
  const response = await fetch(`${base}/files/${edge.statement.program}.vkey.json`);
  if (!response.ok) return say('key', 'bad', `This page has no key for ${edge.statement.program}.`);
  const bytes = new Uint8Array(await response.arrayBuffer());
  const hash = keccak256(bytes);
  if (hash !== edge.verificationKey)
    say('key', 'bad', `The file names ${edge.verificationKey}, this page has ${hash}.`);
  else say('key', 'good', hash);

  say('groth16', 'running');
  say('opening', 'running');
  const vkey = JSON.parse(new TextDecoder().decode(bytes));
  const { canonical, groth16, opening } = await verifyProof(edge.origin, edge.statement, edge.proof, {
    vkey,
    srs: parseSrs(srsFile),
  });
  say('groth16', groth16 ? 'good' : 'bad', canonical ? undefined : 'A public signal is not below the field’s order.');
  say('opening', opening ? 'good' : 'bad');
}

function reasonOf(error: unknown): string {
  const { shortMessage, cause } = error as { shortMessage?: string; cause?: unknown };
  const reason = shortMessage ?? String(error);
  return cause instanceof Error ? `${reason} ${cause.message.split('\n')[0]}` : reason;
}
