// An edge, or a run of edges, that its trainer has signed for a relay: whoever holds the file may pay for its registration until the deadline.
import type { Address, Hex } from 'viem';
import { type Edge, edgeObject, readEdge } from './edge.ts';
import { chainOf, type EdgeRun, readRun, runObject } from './edgeRun.ts';
import { type RelayRequest, relayCall } from './relay.ts';
import { type Carriage, claims, formatSigned, parseSigned, requireTypedData } from './signedFile.ts';

export const SIGNED_EDGE_FORMAT = 'descent-signed-edge/3';
export const SIGNED_RUN_FORMAT = 'descent-signed-run/1';

/** A signed request to register an edge. */
export interface SignedEdge extends Carriage {
  edge: Edge;
  signature: Hex;
}

/** A signed request to register a run. */
export interface SignedRun extends Carriage {
  run: EdgeRun;
  signature: Hex;
}

/** What the edge's trainer signs. */
export function edgeRequest(edge: Edge, { relay, nonce, deadline }: Carriage): RelayRequest {
  const { chainId, registry, trainer } = edge.context;
  const action = { what: 'statement', statement: edge.statement } as const;
  return { relay, nonce, deadline, chainId, target: registry, trainer, action };
}

/** What the run's trainer signs. */
export function runRequest(run: EdgeRun, { relay, nonce, deadline }: Carriage): RelayRequest {
  const { chainId, registry, trainer } = run.edges[0].context;
  const { statements, keep } = chainOf(run);
  return {
    relay,
    nonce,
    deadline,
    chainId,
    target: registry,
    trainer,
    action: { what: 'trainMany', statements, keep },
  };
}

/** The call of the relay that registers the edge, whoever sends it. */
export function signedEdgeCall(signed: SignedEdge): { to: Address; data: Hex } {
  return relayCall(edgeRequest(signed.edge, signed), signed.signature, signed.edge.proof);
}

/** The call of the relay that registers the run, whoever sends it. */
export function signedRunCall(signed: SignedRun): { to: Address; data: Hex } {
  return relayCall(runRequest(signed.run, signed), signed.signature, ...chainOf(signed.run).proofs);
}

/** The text of the file. It also shows what was signed, as a wallet does; `parseSignedEdge` recomputes that. */
export function formatSignedEdge(signed: SignedEdge): string {
  const { edge } = signed;
  return formatSigned(SIGNED_EDGE_FORMAT, signed, edgeRequest(edge, signed), { edge: edgeObject(edge) });
}

/** The same of a run. */
export function formatSignedRun(signed: SignedRun): string {
  const { run } = signed;
  return formatSigned(SIGNED_RUN_FORMAT, signed, runRequest(run, signed), { run: runObject(run) });
}

/** Whether a text claims to be a signed edge, of whatever version, rather than an edge. */
export function isSignedEdge(text: string): boolean {
  return claims(text, SIGNED_EDGE_FORMAT);
}

/** Whether a text claims to be a signed run. */
export function isSignedRun(text: string): boolean {
  return claims(text, SIGNED_RUN_FORMAT);
}

/**
 * Reads a file that anyone may have written. Neither the signature nor the proof is verified here: the relay does both.
 * @throws FileFormatError for anything but a well-formed, consistent file, naming the place
 */
export function parseSignedEdge(text: string): SignedEdge {
  const { file, ...carriage } = parseSigned(text, SIGNED_EDGE_FORMAT, 'signed edge', 'edge');
  const signed = { edge: readEdge(file.at('edge')), ...carriage };
  requireTypedData(file, () => edgeRequest(signed.edge, signed));
  return signed;
}

/** The same of a run. @throws FileFormatError as `parseSignedEdge` */
export function parseSignedRun(text: string): SignedRun {
  const { file, ...carriage } = parseSigned(text, SIGNED_RUN_FORMAT, 'signed run', 'run');
  const signed = { run: readRun(file.at('run')), ...carriage };
  requireTypedData(file, () => runRequest(signed.run, signed));
  return signed;
}
