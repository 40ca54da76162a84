// A bill of materials of a model as CycloneDX 1.6 has them (ECMA-424).
import type { Hex } from 'viem';
import { formatShape, isNetworkShape } from '../../../src/model/anyShape.ts';
import { PREDICATE_TYPE } from './claims.ts';
import { type EdgeFacts, type LineageFacts, type Place, urnOf } from './facts.ts';
import { limitLines, taskOf } from './modelCard.ts';
import type { PaperFacts } from './paperFacts.ts';
import type { ResultFacts } from './results.ts';
import { isAddress, plain } from './texts.ts';

type Json = Record<string, unknown>;

export function cycloneDxOf(facts: PaperFacts): Json {
  const { lineage, version, card, weights, license } = facts;
  const { place, edges } = lineage;
  const [edge, ...ancestors] = edges;
  const component = {
    ...componentOf(place, edge),
    ...(card?.name && { description: `Its trainer calls it: ${plain(card.name)}` }),
    ...(weights && { hashes: [{ alg: 'SHA-256', content: weights.sha256 }] }),
    ...(license !== undefined && { licenses: [{ license: { id: license } }] }),
    externalReferences: referencesOf(facts),
    ...(ancestors.length > 0 && {
      pedigree: {
        ancestors: ancestors.map((one) => componentOf(place, one)),
        notes:
          'All models that it descends from, through all parents, nearest first. The property descent:parent names parents.',
      },
    }),
    modelCard: modelCardOf(facts),
  };
  return {
    $schema: 'http://cyclonedx.org/schema/bom-1.6.schema.json',
    bomFormat: 'CycloneDX',
    specVersion: '1.6',
    serialNumber: `urn:uuid:${uuidOf(edge.id)}`,
    version: 1,
    metadata: {
      timestamp: new Date(edge.registeredAt * 1000).toISOString(),
      tools: { components: [{ type: 'application', name: 'descent', version }] },
      component,
    },
    components: dataComponents(facts),
  };
}

function componentOf(place: Place, edge: EdgeFacts): Json {
  const { id, program, parents, trainer, transaction, block, key, source, foreign, trainings } = edge;
  const properties: [string, string][] = [
    ['descent:program', program],
    ...parents.map((parent): [string, string] => ['descent:parent', parent]),
    ...trainings.map(({ shard }): [string, string] => ['descent:shard', shard]),
    ['descent:trainer', trainer],
    ['descent:transaction', transaction],
    ['descent:block', `${block}`],
    ['descent:chain', `${place.chainId}`],
    ['descent:registry', place.registry],
    ['descent:key', key.keyHash === null ? `version ${key.version}` : `version ${key.version}, ${key.keyHash}`],
    ['descent:developmentKeys', `${place.devKeys}`],
    ...(source === undefined ? [] : ([['descent:declaredSource', source]] satisfies [string, string][])),
    ...(foreign === undefined ? [] : ([['descent:foreignAdapter', foreign.adapter]] satisfies [string, string][])),
  ];
  return {
    type: 'machine-learning-model',
    'bom-ref': urnOf(place, 'model', id),
    name: id,
    properties: properties.map(([name, value]) => ({ name, value })),
  };
}

function referencesOf({ lineage, page, card }: PaperFacts): Json[] {
  const { place, edges } = lineage;
  const [{ id, transaction }] = edges;
  return [
    {
      type: 'attestation',
      url: `${urnOf(place, 'model', id)}`,
      comment: `claims.jsonl has a statement (${PREDICATE_TYPE}) for each step; the proof is in transaction ${transaction}.`,
    },
    ...(page === undefined ? [] : [{ type: 'evidence', url: `${page}/model/${id}` }]),
    ...(card?.uri && isAddress(card.uri) ? [{ type: 'website', url: card.uri, comment: 'as its trainer says' }] : []),
  ];
}

function modelCardOf(facts: PaperFacts): Json {
  const { lineage, results = [] } = facts;
  const [edge] = lineage.edges;
  const { shape } = edge;
  return {
    modelParameters: {
      ...(lineage.shards.length > 0 && { approach: { type: 'supervised' } }),
      ...(results.length > 0 && { task: taskOf(edge, results[0].kind) }),
      architectureFamily: isNetworkShape(shape) ? 'convolutional network' : 'multilayer perceptron',
      modelArchitecture: `${formatShape(shape)}, ${shape.head}`,
      ...(lineage.shards.length > 0 && { datasets: lineage.shards.map((shard) => ({ ref: refOf(lineage, shard) })) }),
    },
    ...(results.length > 0 && { quantitativeAnalysis: { performanceMetrics: results.flatMap(performanceOf) } }),
    considerations: { technicalLimitations: limitLines(facts).map((limit) => `Not shown: ${limit}`) },
  };
}

function performanceOf({ benchmark, metrics, marks }: ResultFacts): Json[] {
  return metrics.map(({ type, name, value, bound }) => ({
    type,
    value: `${value}`,
    slice: [`${name}, ${bound}; benchmark ${benchmark}`, ...marks].join('; '),
  }));
}

function refOf({ place }: LineageFacts, shard: Hex): string {
  return urnOf(place, 'shard', shard);
}

/** Shards as components: they are what trainings read. What datasets are said to be stands in their properties. */
function dataComponents({ lineage, data = [] }: PaperFacts): Json[] {
  return lineage.shards.map((shard) => {
    const listed = data.filter(({ shards }) => shards.some(({ id }) => id === shard));
    const properties = listed.flatMap(({ id, uri, sources }) => [
      { name: 'descent:dataset', value: `${id} ${plain(uri)}` },
      ...sources.map(({ source, licence }) => ({
        name: 'descent:source',
        value: `${source} says that it is its own${licence === '' ? '' : `, licence ${plain(licence)}`}`,
      })),
    ]);
    return {
      type: 'data',
      'bom-ref': refOf(lineage, shard),
      name: shard,
      ...(properties.length > 0 && { properties }),
    };
  });
}

/** A serial number that is the same whenever the same model is described. */
function uuidOf(id: Hex): string {
  const digits = id.slice(2, 34).split('');
  // Version 8 (RFC 9562): of the maker's own making.
  digits[12] = '8';
  digits[16] = '8';
  const text = digits.join('');
  return [text.slice(0, 8), text.slice(8, 12), text.slice(12, 16), text.slice(16, 20), text.slice(20)].join('-');
}
