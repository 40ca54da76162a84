// A description of a model as SPDX 3.0.1 has them, profile AI, in JSON-LD.
import type { Address, Hex } from 'viem';
import { formatShape } from '../../../src/model/anyShape.ts';
import { type EdgeFacts, type Place, urnOf } from './facts.ts';
import { limitLines } from './modelCard.ts';
import type { PaperFacts } from './paperFacts.ts';
import { plain } from './texts.ts';

type Json = Record<string, unknown>;

const CONTEXT = 'https://spdx.org/rdf/3.0.1/spdx-context.jsonld';
const CREATION = '_:creation';
/** What SPDX calls a licence of which nothing is said. */
const NO_ASSERTION = 'expandedlicensing_NoAssertionLicense';

export function spdxOf(facts: PaperFacts): Json {
  const { lineage } = facts;
  const { place, edges, shards } = lineage;
  const [edge] = edges;
  const base = urnOf(place, 'model', edge.id);
  const tool = `${base}:descent`;
  const trainers = [...new Set(edges.map(({ trainer }) => trainer))];
  const elements: Json[] = [
    { type: 'SoftwareAgent', spdxId: tool, creationInfo: CREATION, name: `descent ${facts.version}` },
    ...trainers.map((trainer) => agentOf(place, trainer)),
    ...edges.map((one, k) => packageOf(facts, one, k === 0)),
    ...shards.map((shard) => datasetOf(place, shard)),
    ...relationsOf(facts, base),
  ];
  const document = {
    type: 'SpdxDocument',
    spdxId: `${base}:document`,
    creationInfo: CREATION,
    name: `Model ${edge.id}`,
    profileConformance: ['core', 'software', 'ai', 'simpleLicensing', 'expandedLicensing'],
    rootElement: [base],
    element: elements.map(({ spdxId }) => spdxId),
  };
  const creation = {
    type: 'CreationInfo',
    '@id': CREATION,
    specVersion: '3.0.1',
    created: timeOf(edge.registeredAt),
    createdBy: [tool],
    comment: 'The time is that of the block in which the model was registered.',
  };
  return { '@context': CONTEXT, '@graph': [creation, ...elements, document] };
}

function agentOf(place: Place, trainer: Address): Json {
  return { type: 'Agent', spdxId: agentId(place, trainer), creationInfo: CREATION, name: trainer };
}

function agentId({ chainId }: Place, trainer: Address): string {
  return `urn:descent:eip155:${chainId}:account:${trainer}`;
}

function packageOf(facts: PaperFacts, edge: EdgeFacts, isSubject: boolean): Json {
  const { place } = facts.lineage;
  const { id, shape, trainer, program, transaction, key } = edge;
  const { weights, results = [], card } = facts;
  return {
    type: 'ai_AIPackage',
    spdxId: urnOf(place, 'model', id),
    creationInfo: CREATION,
    name: id,
    ...(isSubject && card?.name && { description: `Its trainer calls it: ${plain(card.name)}` }),
    suppliedBy: agentId(place, trainer),
    releaseTime: timeOf(edge.registeredAt),
    software_packageVersion: id,
    software_downloadLocation: urnOf(place, 'model', id),
    software_primaryPurpose: 'model',
    ai_typeOfModel: [`${formatShape(shape)}, ${shape.head}`],
    ai_informationAboutTraining: `${program}, registered by transaction ${transaction} of chain ${place.chainId}, registry ${place.registry}, key version ${key.version}${place.devKeys ? '; development keys: it proves nothing' : ''}.`,
    ...(hyperparametersOf(edge).length > 0 && { ai_hyperparameter: hyperparametersOf(edge) }),
    ...(isSubject && {
      ...(weights && { verifiedUsing: [{ type: 'Hash', algorithm: 'sha256', hashValue: weights.sha256 }] }),
      ...(results.length > 0 && {
        ai_metric: results.flatMap(({ benchmark, metrics, marks }) =>
          metrics.map(({ name, value, bound }) =>
            entry([`${name}, ${bound}; benchmark ${benchmark}`, ...marks].join('; '), `${value}`),
          ),
        ),
      }),
      ai_limitation: limitLines(facts)
        .map((limit) => `Not shown: ${limit}`)
        .join(' '),
    }),
  };
}

function hyperparametersOf({ trainings, coefficients, source, foreign }: EdgeFacts): Json[] {
  return [
    ...trainings.flatMap(({ learningRate, batch, passes, smoothing }, k) => [
      entry(`segment ${k}: learning rate in units`, `${learningRate}`),
      entry(`segment ${k}: batch`, `${batch}`),
      entry(`segment ${k}: passes`, `${passes}`),
      entry(`segment ${k}: smoothing in units of 2^-11`, `${smoothing}`),
    ]),
    ...(coefficients ?? []).map((row, k) => entry(`layer ${k}: coefficients in units of 2^-14`, row.join(' '))),
    ...(source === undefined ? [] : [entry('declared source, SHA-256', source)]),
    ...(foreign === undefined ? [] : [entry('adapter of the foreign program', foreign.adapter)]),
  ];
}

function entry(key: string, value: string): Json {
  return { type: 'DictionaryEntry', key, value };
}

/** A shard: committed rows. No licence, place or content of it is known. */
function datasetOf(place: Place, shard: Hex): Json {
  return {
    type: 'dataset_DatasetPackage',
    spdxId: urnOf(place, 'shard', shard),
    creationInfo: CREATION,
    name: shard,
    dataset_datasetType: ['noAssertion'],
    software_primaryPurpose: 'data',
  };
}

function relationsOf({ lineage, license }: PaperFacts, base: string): Json[] {
  const { place, edges } = lineage;
  const modelId = (id: Hex) => urnOf(place, 'model', id);
  const relation = (name: string, relationshipType: string, from: string, to: string[]): Json => ({
    type: 'Relationship',
    spdxId: `${from}:${name}`,
    creationInfo: CREATION,
    relationshipType,
    from,
    to,
  });
  const read = new Set(edges.map(({ id }) => id));
  const stated = `${base}:licence`;
  return [
    ...edges.flatMap(({ id, parents, trainings }, k) => {
      const from = modelId(id);
      const known = parents.filter((parent) => read.has(parent)).map(modelId);
      const used = [...new Set(trainings.map(({ shard }) => urnOf(place, 'shard', shard)))];
      return [
        ...(known.length > 0 ? [relation('parents', 'descendantOf', from, known)] : []),
        ...(used.length > 0 ? [relation('data', 'trainedOn', from, used)] : []),
        relation('declared-licence', 'hasDeclaredLicense', from, [k === 0 && license ? stated : NO_ASSERTION]),
        relation('concluded-licence', 'hasConcludedLicense', from, [NO_ASSERTION]),
      ];
    }),
    ...(license === undefined
      ? []
      : [
          {
            type: 'simplelicensing_LicenseExpression',
            spdxId: stated,
            creationInfo: CREATION,
            simplelicensing_licenseExpression: license,
          },
        ]),
  ];
}

/** SPDX knows no parts of a second. */
function timeOf(seconds: number): string {
  return new Date(seconds * 1000).toISOString().replace('.000Z', 'Z');
}
