import { type Address, encodeAbiParameters, type Hex, keccak256, parseEventLogs, zeroAddress } from 'viem';
import { dataAttestationsAbi, datasetsAbi } from '../../../src/generated/abi.ts';
import type { Attestation, Dataset, ListedDataset } from './dataTypes.ts';
import type { RawLog } from './scan.ts';
import type { Store } from './store.ts';

/** What strangers write can be as long as a block allows; no more of it is ever shown. */
const LONGEST_URI = 600;
/** Sources that are named for one dataset: anybody can be the source of anything. */
const MOST_SOURCES = 3;

/** Lists of shards, and what their registrars say of them later. */
export function applyDatasets(store: Store, raw: RawLog[]): void {
  for (const log of parseEventLogs({ abi: datasetsAbi, logs: raw, strict: true })) {
    if (log.eventName === 'DatasetRegistered') {
      const { id, registrar, shardIds, rows, uri } = log.args;
      store.addDataset({
        id,
        registrar,
        shards: [...shardIds],
        rows: Number(rows),
        uri: cut(uri),
        block: Number(log.blockNumber),
        transaction: log.transactionHash,
      });
    }
    if (log.eventName === 'DatasetPublished') {
      const { id, uri, archive } = log.args;
      store.dealings.noteDataset(id, { published: { uri: cut(uri), archive } });
    }
    if (log.eventName === 'DatasetRevoked') store.dealings.noteDataset(log.args.id, { revoked: true });
  }
}

/** What sources say of datasets. A source that takes it back is no longer named. */
export function applyAttestations(store: Store, raw: RawLog[]): void {
  for (const { eventName, args } of parseEventLogs({ abi: dataAttestationsAbi, logs: raw, strict: true })) {
    if (eventName === 'DataAttested') {
      const { dataset, source, index, operator, uri, licence } = args;
      const by = operator === zeroAddress ? {} : { operator };
      store.dealings.addAttestation(dataset, {
        source,
        index: Number(index),
        ...by,
        uri: cut(uri),
        licence: cut(licence),
      });
    }
    if (eventName === 'AttestationWithdrawn') store.dealings.dropAttestation(args.dataset, args.source);
  }
}

/** A dataset with what was said of it. @param contract that holds the attestations @param most sources that are named */
export function listedWithNotes(
  store: Store,
  { id, uri, registrar }: Dataset,
  contract: Address | undefined,
  most = MOST_SOURCES,
): ListedDataset {
  const notes = store.dealings.notesOf(id);
  const { attestations } = notes;
  // Whoever registered it may vouch for it himself: that says less than another does, and comes last.
  const others = attestations.filter(({ source }) => source !== registrar);
  const own = attestations.filter(({ source }) => source === registrar);
  const named = [...others, ...own].slice(0, most).map((attestation) => {
    const subject = contract && subjectOf(contract, id, attestation);
    return { ...attestation, disputes: subject ? [...store.dealings.disputesOf(subject)] : [] };
  });
  return { id, uri, ...notes, attestations: named, attestationTotal: attestations.length };
}

/** Under which an attestation is disputed: `attestationSubject` of IStatuses. */
function subjectOf(contract: Address, dataset: Hex, { source, index }: Attestation): Hex {
  const types = ['address', 'bytes32', 'address', 'uint256'].map((type) => ({ type }));
  return keccak256(encodeAbiParameters(types, [contract, dataset, source, BigInt(index)]));
}

function cut(text: string): string {
  return text.slice(0, LONGEST_URI).toWellFormed();
}
