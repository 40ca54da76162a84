// Statements of in-toto, one for each edge of a lineage (docs/papers.md).
import type { Hex } from 'viem';
import { formatShape, isNetworkShape } from '../../../src/model/anyShape.ts';
import { parameterCount } from '../../../src/model/layerTensors.ts';
import { type EdgeFacts, type LineageFacts, type Place, urnOf } from './facts.ts';

export const STATEMENT_TYPE = 'https://in-toto.io/Statement/v1';
export const PREDICATE_TYPE = 'urn:descent:edge:v1';
/** The commitment of a model's weights, as in-toto's sets of digests name it. */
export const MODEL_DIGEST = 'descentModel';

export interface Subject {
  name: string;
  digest: Record<string, string>;
}

export interface Claim {
  _type: string;
  subject: Subject[];
  predicateType: string;
  predicate: Predicate;
}

/** What the registry has of an edge. Each entry is compared by `descent check`. */
export type Predicate = Record<string, unknown>;

/** A file with the weights of the model, by its hash. */
export interface WeightsFile {
  name: string;
  /** 64 digits */
  sha256: string;
}

/** One statement for each edge: the model's own first. @param weights of the model */
export function claimsOf({ place, edges }: LineageFacts, weights?: WeightsFile): Claim[] {
  return edges.map((edge, k) => ({
    _type: STATEMENT_TYPE,
    subject: [subjectOf(place, edge.id), ...(k === 0 && weights !== undefined ? [fileSubject(weights)] : [])],
    predicateType: PREDICATE_TYPE,
    predicate: predicateOf(place, edge),
  }));
}

function subjectOf(place: Place, id: Hex): Subject {
  return { name: urnOf(place, 'model', id), digest: { [MODEL_DIGEST]: id.slice(2) } };
}

function fileSubject({ name, sha256 }: WeightsFile): Subject {
  return { name, digest: { sha256 } };
}

/** What the registry has of an edge, in the order of the document. */
export function predicateOf({ chainId, registry, devKeys }: Place, edge: EdgeFacts): Predicate {
  const { id, program, parents, trainings, coefficients, foreign, source, shape, trainer, transaction, block } = edge;
  return {
    chainId,
    registry,
    model: id,
    program,
    parents,
    shards: trainings.map(({ shard }) => shard),
    parameters: {
      [isNetworkShape(shape) ? 'network' : 'widths']: formatShape(shape),
      head: shape.head,
      count: parameterCount(shape),
      ...(trainings.length > 0 && {
        segments: trainings.map(({ learningRate, batch, passes, smoothing }) => ({
          learningRate,
          batch,
          passes,
          smoothing,
        })),
      }),
      ...(coefficients && { coefficients }),
      ...(foreign && { foreignProgram: foreign.program, adapter: foreign.adapter }),
      ...(source !== undefined && { declaredSource: source }),
    },
    trainer,
    depth: edge.depth,
    transaction,
    block,
    registeredAt: new Date(edge.registeredAt * 1000).toISOString(),
    key: edge.key,
    developmentKeys: devKeys,
  };
}

/** One document in a line. */
export function formatClaims(claims: readonly Claim[]): string {
  return claims.map((claim) => `${JSON.stringify(claim)}\n`).join('');
}
