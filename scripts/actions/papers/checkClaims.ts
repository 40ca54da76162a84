// Statements of in-toto compared with a registry.
import type { Hex } from 'viem';
import { counted } from '../../terminal/plural.ts';
import { MODEL_DIGEST, PREDICATE_TYPE, predicateOf, STATEMENT_TYPE } from './claims.ts';
import { type LineageFacts, urnOf } from './facts.ts';
import { type Finding, finding, isSame, shown } from './finding.ts';
import { isRecord, type PaperFolder } from './folder.ts';

/** A file of the folder that may be a model: its hash, and the model whose commitment it opens. */
export interface FoundWeights {
  name: string;
  /** 64 digits */
  sha256: string;
  /** undefined where the file holds no weights with their salt */
  id: Hex | undefined;
}

type Claims = NonNullable<PaperFolder['claims']>;

/**
 * @param lineage of the model that the folder is about
 * @param files weights in the folder
 */
export function checkClaims(claims: Claims, lineage: LineageFacts, files: readonly FoundWeights[]): Finding[] {
  const told = new Set<Hex>();
  const findings = claims.flatMap(({ line, claim }) =>
    checkClaim(`Line ${line} of claims.jsonl`, { claim, lineage, files, told }),
  );
  const missing = lineage.edges.filter(({ id }) => !told.has(id)).length;
  if (missing > 0) {
    findings.push(
      finding(
        'claims',
        'open',
        `the whole lineage: claims.jsonl leaves out ${counted(missing, 'step')} of ${lineage.edges.length}.`,
      ),
    );
  }
  return findings;
}

/** The model that claims are about: the one that no other claim has as a parent; undefined where that is not one. */
export function modelOfClaims(claims: Claims): string | undefined {
  const predicates = claims.map(({ claim }) => claim.predicate).filter(isRecord);
  const parents = new Set(predicates.flatMap(({ parents }) => (Array.isArray(parents) ? parents : [])));
  const last = new Set(predicates.map(({ model }) => model).filter((model) => !parents.has(model)));
  const [model] = last;
  return last.size === 1 && typeof model === 'string' && /^0x[0-9a-f]{64}$/i.test(model)
    ? model.toLowerCase()
    : undefined;
}

interface Asked {
  claim: Record<string, unknown>;
  lineage: LineageFacts;
  files: readonly FoundWeights[];
  /** Models of which a claim was true. */
  told: Set<Hex>;
}

function checkClaim(where: string, { claim, lineage, files, told }: Asked): Finding[] {
  const { _type, predicateType, predicate, subject } = claim;
  if (_type !== STATEMENT_TYPE || predicateType !== PREDICATE_TYPE || !isRecord(predicate)) {
    return [finding('claims', 'open', `${where}: it is no statement of ${PREDICATE_TYPE}.`)];
  }
  const { place, edges } = lineage;
  if (predicate.chainId !== place.chainId || !isSame(predicate.registry, place.registry)) {
    return [finding('claims', 'open', `${where}: it is about another registry or chain, which was not asked.`)];
  }
  const edge = edges.find(({ id }) => isSame(predicate.model, id));
  if (edge === undefined) {
    const model = shown(predicate.model);
    return [
      finding(
        'claims',
        false,
        `${where} is about ${model}, which is neither the model ${edges[0].id} nor an ancestor of it.`,
      ),
    ];
  }
  const found = comparePredicate(where, predicate, predicateOf(place, edge));
  if (found.holds === true) told.add(edge.id);
  return [found, ...checkSubjects(where, subject, { urn: urnOf(place, 'model', edge.id), id: edge.id, files })];
}

function comparePredicate(where: string, said: Record<string, unknown>, has: Record<string, unknown>): Finding {
  const differ = Object.keys(said).filter((key) => Object.hasOwn(has, key) && !isSame(said[key], has[key]));
  const about = `${where}, ${String(has.program)} ${String(has.model)}`;
  if (differ.length > 0) {
    const words = differ.slice(0, 5).map((key) => `${key} ${shown(said[key])}, the registry has ${shown(has[key])}`);
    return finding('claims', false, `${about}, says ${words.join('; ')}.`);
  }
  const strange = Object.keys(said).filter((key) => !Object.hasOwn(has, key));
  if (strange.length > 0)
    return finding('claims', 'open', `${strange.slice(0, 5).map(shown).join(', ')} of ${about}: no registry has it.`);
  const silent = Object.keys(has).filter((key) => !Object.hasOwn(said, key));
  if (silent.length > 0) return finding('claims', 'open', `${silent.join(', ')} of ${about}: it does not say.`);
  return finding('claims', true, `${about}, is what the registry has.`);
}

function checkSubjects(
  where: string,
  subject: unknown,
  known: { urn: string; id: Hex; files: readonly FoundWeights[] },
): Finding[] {
  if (!Array.isArray(subject) || subject.length === 0) return [finding('claims', false, `${where} has no subject.`)];
  return subject.flatMap((one) => {
    if (!isRecord(one) || !isRecord(one.digest))
      return [finding('claims', false, `${where} has a subject without a digest.`)];
    return Object.entries(one.digest).map(([kind, digest]) =>
      checkDigest(where, { name: one.name, kind, digest }, known),
    );
  });
}

function checkDigest(
  where: string,
  { name, kind, digest }: { name: unknown; kind: string; digest: unknown },
  { urn, id, files }: { urn: string; id: Hex; files: readonly FoundWeights[] },
): Finding {
  const hex = typeof digest === 'string' ? digest.toLowerCase() : undefined;
  if (kind === MODEL_DIGEST) {
    if (hex !== id.slice(2)) return finding('claims', false, `${where} gives ${shown(digest)} for the model ${id}.`);
    const isNamed = typeof name === 'string' && name.toLowerCase() === urn.toLowerCase();
    return isNamed
      ? finding('claims', true, `${where} names its subject by the model's id.`)
      : finding('claims', false, `${where} calls its subject ${shown(name)}; it is ${urn}.`);
  }
  if (kind !== 'sha256')
    return finding('claims', 'open', `the digest ${shown(kind)} in ${where}: it is of no kind that is known here.`);
  const file = files.find(({ sha256 }) => sha256 === hex);
  const other = files.find((one) => one.name === name && one.sha256 !== hex);
  if (other !== undefined)
    return finding('claims', false, `${where} gives another SHA-256 for ${shown(name)} than the file here has.`);
  if (file === undefined)
    return finding('claims', 'open', `what ${where} says of a file with SHA-256 ${shown(digest)}: it is not here.`);
  if (file.id === undefined)
    return finding(
      'claims',
      'open',
      `that ${shown(file.name)} is the model ${id}, as ${where} says: it holds no salt.`,
    );
  return file.id === id
    ? finding('claims', true, `${where} gives the SHA-256 of ${shown(file.name)}, which opens the commitment of ${id}.`)
    : finding(
        'claims',
        false,
        `${where} gives the SHA-256 of ${shown(file.name)} for ${id}; the file is the model ${file.id}.`,
      );
}
